//! Tokens for programs. Only a hash is stored: the token itself is shown once.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{Exec, Tx};
use crate::domain::access::Role;
use crate::domain::evidence::Evidenced;
use crate::error::Result;
use crate::ids::{AccountId, ApiTokenId};
use crate::sql;

/// A token for a program.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ApiToken {
    /// Its id.
    pub id: ApiTokenId,
    /// What it is for.
    pub name: String,
    /// What the program is trusted with.
    pub role: Role,
    /// SHA-256 of the token.
    pub token_hash: Vec<u8>,
    /// Who made it.
    pub created_by: AccountId,
    /// When, UTC.
    pub created_at: DateTime<Utc>,
    /// When it ends, UTC.
    pub expires_at: DateTime<Utc>,
    /// When it was revoked, UTC.
    pub revoked_at: Option<DateTime<Utc>>,
    /// When it was last used, UTC; to the hour.
    pub last_used_at: Option<DateTime<Utc>>,
}

impl Evidenced for ApiToken {
    const TABLE: &'static str = "api_token";

    fn row_id(&self) -> String {
        self.id.to_string()
    }

    fn view(&self) -> Value {
        json!({
            "name": self.name, "role": self.role, "created_by": self.created_by,
            "created_at": self.created_at, "expires_at": self.expires_at,
            "revoked_at": self.revoked_at,
        })
    }
}

/// Adds a token.
pub async fn insert(tx: &mut Tx, t: &ApiToken) -> Result<()> {
    tx.command(sql!(
        "insert into api_token (id, name, role, token_hash, created_by, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7)"
    ))
    .bind(t.id)
    .bind(&t.name)
    .bind(t.role)
    .bind(&t.token_hash)
    .bind(t.created_by)
    .bind(t.created_at)
    .bind(t.expires_at)
    .run()
    .await?;
    Ok(())
}

/// The token with this hash.
pub async fn find_by_hash(db: impl Exec<'_>, hash: &[u8]) -> Result<Option<ApiToken>> {
    db.query(sql!("select * from api_token where token_hash = $1"))
        .bind(hash.to_vec())
        .optional()
        .await
}

/// The token with this id.
pub async fn find(db: impl Exec<'_>, id: ApiTokenId) -> Result<Option<ApiToken>> {
    db.query(sql!("select * from api_token where id = $1"))
        .bind(id)
        .optional()
        .await
}

/// Every token, newest first.
pub async fn list(db: impl Exec<'_>) -> Result<Vec<ApiToken>> {
    db.query(sql!(
        "select * from api_token order by created_at desc, id limit 1000"
    ))
    .all()
    .await
}

/// Revokes a token.
pub async fn revoke(tx: &mut Tx, id: ApiTokenId, now: DateTime<Utc>) -> Result<()> {
    tx.command(sql!(
        "update api_token set revoked_at = $2 where id = $1 and revoked_at is null"
    ))
    .bind(id)
    .bind(now)
    .run()
    .await?;
    Ok(())
}

/// Notes that a token was used.
pub async fn touch(db: impl Exec<'_>, id: ApiTokenId, now: DateTime<Utc>) -> Result<()> {
    db.command(sql!("update api_token set last_used_at = $2 where id = $1"))
        .bind(id)
        .bind(now)
        .run()
        .await?;
    Ok(())
}
