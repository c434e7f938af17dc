//! Members of staff, their sessions, and the failures to sign in.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{Exec, Tx};
use crate::domain::access::Role;
use crate::domain::evidence::Evidenced;
use crate::error::Result;
use crate::ids::AccountId;
use crate::sql;

/// A member of staff who can sign in.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Lower case.
    pub email: String,
    /// The name to show.
    pub name: String,
    /// What the person is trusted with.
    pub role: Role,
    /// Argon2id, PHC string.
    pub password_hash: String,
    /// When it was made, UTC.
    pub created_at: DateTime<Utc>,
    /// Since when the person can no longer sign in, UTC.
    pub disabled_at: Option<DateTime<Utc>>,
}

impl Evidenced for Account {
    const TABLE: &'static str = "account";

    fn row_id(&self) -> String {
        self.id.to_string()
    }

    fn view(&self) -> Value {
        json!({
            "email": self.email, "name": self.name, "role": self.role,
            "created_at": self.created_at, "disabled_at": self.disabled_at,
        })
    }
}

/// A signed-in browser.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Session {
    /// Whose it is.
    pub account_id: AccountId,
    /// What every form must carry.
    pub csrf: String,
    /// When it ends, UTC.
    pub expires_at: DateTime<Utc>,
}

/// Adds an account. False when the e-mail address is taken.
pub async fn insert(tx: &mut Tx, a: &Account) -> Result<bool> {
    let n = tx
        .command(sql!(
            "insert into account (id, email, name, role, password_hash, created_at)
             values ($1, $2, $3, $4, $5, $6) on conflict (email) do nothing"
        ))
        .bind(a.id)
        .bind(&a.email)
        .bind(&a.name)
        .bind(a.role)
        .bind(&a.password_hash)
        .bind(a.created_at)
        .run()
        .await?;
    Ok(n == 1)
}

/// Writes what may change of an account.
pub async fn update(tx: &mut Tx, a: &Account) -> Result<()> {
    tx.command(sql!(
        "update account set name = $2, role = $3, password_hash = $4, disabled_at = $5
         where id = $1"
    ))
    .bind(a.id)
    .bind(&a.name)
    .bind(a.role)
    .bind(&a.password_hash)
    .bind(a.disabled_at)
    .run()
    .await?;
    Ok(())
}

/// The account with this id.
pub async fn find(db: impl Exec<'_>, id: AccountId) -> Result<Option<Account>> {
    db.query(sql!("select * from account where id = $1"))
        .bind(id)
        .optional()
        .await
}

/// The account with this e-mail address, in lower case.
pub async fn find_by_email(db: impl Exec<'_>, email: &str) -> Result<Option<Account>> {
    db.query(sql!("select * from account where email = $1"))
        .bind(email)
        .optional()
        .await
}

/// Every account, by name.
pub async fn list(db: impl Exec<'_>) -> Result<Vec<Account>> {
    db.query(sql!("select * from account order by name, id limit 1000"))
        .all()
        .await
}

/// Adds a session.
pub async fn insert_session(
    tx: &mut Tx,
    token_hash: &[u8],
    session: &Session,
    now: DateTime<Utc>,
) -> Result<()> {
    tx.command(sql!(
        "insert into session (token_hash, account_id, csrf, created_at, expires_at)
         values ($1, $2, $3, $4, $5)"
    ))
    .bind(token_hash.to_vec())
    .bind(session.account_id)
    .bind(&session.csrf)
    .bind(now)
    .bind(session.expires_at)
    .run()
    .await?;
    Ok(())
}

/// The session of a cookie, if it has not ended.
pub async fn find_session(
    db: impl Exec<'_>,
    token_hash: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<Session>> {
    db.query(sql!(
        "select account_id, csrf, expires_at from session
         where token_hash = $1 and expires_at > $2"
    ))
    .bind(token_hash.to_vec())
    .bind(now)
    .optional()
    .await
}

/// Ends the session of a cookie.
pub async fn delete_session(tx: &mut Tx, token_hash: &[u8]) -> Result<()> {
    tx.command(sql!("delete from session where token_hash = $1"))
        .bind(token_hash.to_vec())
        .run()
        .await?;
    Ok(())
}

/// Ends every session of an account.
pub async fn delete_sessions_of(tx: &mut Tx, account: AccountId) -> Result<()> {
    tx.command(sql!("delete from session where account_id = $1"))
        .bind(account)
        .run()
        .await?;
    Ok(())
}

/// Removes sessions that ended.
pub async fn delete_ended_sessions(tx: &mut Tx, now: DateTime<Utc>) -> Result<u64> {
    tx.command(sql!("delete from session where expires_at <= $1"))
        .bind(now)
        .run()
        .await
}

/// How often a sign-in failed for a key, and when last.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Failures {
    /// Since the last success or the last quiet hour.
    pub failures: i64,
    /// When, UTC.
    pub last_at: DateTime<Utc>,
}

/// The failures for `key`.
pub async fn failures(db: impl Exec<'_>, key: &str) -> Result<Option<Failures>> {
    db.query(sql!(
        "select failures, last_at from sign_in_failure where key = $1"
    ))
    .bind(key)
    .optional()
    .await
}

/// Counts one more failure for `key`; those from before `forget_before` no longer count.
pub async fn add_failure(
    tx: &mut Tx,
    key: &str,
    now: DateTime<Utc>,
    forget_before: DateTime<Utc>,
) -> Result<()> {
    tx.command(sql!(
        "insert into sign_in_failure (key, failures, last_at) values ($1, 1, $2)
         on conflict (key) do update set last_at = $2, failures =
            case when sign_in_failure.last_at < $3 then 1 else sign_in_failure.failures + 1 end"
    ))
    .bind(key)
    .bind(now)
    .bind(forget_before)
    .run()
    .await?;
    Ok(())
}

/// Forgets the failures for `key`.
pub async fn clear_failures(tx: &mut Tx, key: &str) -> Result<()> {
    tx.command(sql!("delete from sign_in_failure where key = $1"))
        .bind(key)
        .run()
        .await?;
    Ok(())
}

/// Forgets the failures whose last one was before `before`.
pub async fn forget_failures(tx: &mut Tx, before: DateTime<Utc>) -> Result<u64> {
    tx.command(sql!("delete from sign_in_failure where last_at < $1"))
        .bind(before)
        .run()
        .await
}
