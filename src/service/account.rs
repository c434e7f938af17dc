//! Members of staff: making accounts, signing in and out, throttling, disabling.

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Argon2, PasswordHash};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Ctx, OrNotFound as _};
use crate::app::App;
use crate::domain::access::{Action, Actor, Role, Who};
use crate::domain::evidence::Entry;
use crate::error::{Check, Error, Result};
use crate::ids::AccountId;
use crate::store::account::{self, Account, Session};

/// The shortest password that is taken, in characters (NIST SP 800-63B-4, 3.1.1.2: 15 for a password
/// alone; no rules about kinds of characters).
pub const PASSWORD_CHARS_MIN: usize = 15;
const PASSWORD_BYTES_MAX: usize = 1_024;
/// From this many failures on, each further try waits.
const FREE_FAILURES: i64 = 5;
/// A key without a failure for this long starts anew.
const FORGET_AFTER: TimeDelta = TimeDelta::hours(1);
const WAIT_MAX_S: i64 = 900;

/// A new member of staff.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewAccount {
    /// What the person types to sign in.
    pub email: String,
    /// The name to show.
    pub name: String,
    /// What the person is trusted with.
    pub role: Role,
    /// At least [`PASSWORD_CHARS_MIN`] characters.
    pub password: String,
}

/// Makes an account.
pub async fn create(ctx: &Ctx<'_>, new: &NewAccount) -> Result<AccountId> {
    let mut check = Check::default();
    let email = check.text("email", &new.email, 254).to_lowercase();
    if !email.is_empty() && (!email.contains('@') || email.contains(char::is_whitespace)) {
        check.fail("email", "This is not an e-mail address.");
    }
    let name = check.text("name", &new.name, 100);
    check_password(&mut check, "password", &new.password);
    ctx.require(Action::ManageAccounts)?;
    check.done()?;
    let password_hash = hash_password(ctx.app, new.password.clone()).await?;
    let mut w = ctx.begin(Action::ManageAccounts, "account.create").await?;
    if let Some(done) = w.replay(&(&email, &name, new.role)).await? {
        return Ok(done);
    }
    let account = Account {
        id: AccountId(w.app.rng.uuid(w.now)),
        email,
        name,
        role: new.role,
        password_hash,
        created_at: w.now,
        disabled_at: None,
    };
    if !account::insert(&mut w.tx, &account).await? {
        return Err(Error::invalid(
            "email",
            "There is an account with this e-mail address already.",
        ));
    }
    w.record(
        Entry::new("account.created", None)
            .with("account", account.id.to_string())
            .with("role", account.role.as_str())
            .of(&account),
    );
    w.commit(account.id).await
}

fn check_password(check: &mut Check, field: &str, password: &str) {
    let n = password.chars().count();
    if n < PASSWORD_CHARS_MIN {
        check.fail(
            field,
            format!(
                "The password has {n} characters; at least {PASSWORD_CHARS_MIN} are needed. A \
                     sentence is a good password."
            ),
        );
    }
    if password.len() > PASSWORD_BYTES_MAX {
        check.fail(
            field,
            "The password is longer than 1,024 bytes. Choose a shorter one.",
        );
    }
}

async fn hash_password(app: &App, password: String) -> Result<String> {
    let salt: [u8; 16] = app.rng.bytes();
    // Argon2 with its recommended cost takes tens of milliseconds: not on a thread that serves others.
    tokio::task::spawn_blocking(move || {
        Argon2::default()
            .hash_password_with_salt(password.as_bytes(), &salt)
            .map(|hash| hash.to_string())
            .map_err(Error::internal)
    })
    .await
    .map_err(Error::internal)?
}

async fn verify_password(stored: String, password: String) -> bool {
    tokio::task::spawn_blocking(move || {
        PasswordHash::new(&stored).is_ok_and(|hash| {
            Argon2::default()
                .verify_password(password.as_bytes(), &hash)
                .is_ok()
        })
    })
    .await
    .unwrap_or(false)
}

/// What a signed-in browser gets.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// For the cookie; only its hash is stored.
    pub secret: String,
    /// The session.
    pub session: Session,
}

/// Signs a person in with e-mail address and password. `address` is where the request came from.
///
/// # Errors
/// One sentence for every wrong pair, whether the account exists or not; and after several failures
/// for the same account or address, how long to wait.
pub async fn sign_in(app: &App, email: &str, password: &str, address: &str) -> Result<SignedIn> {
    let now = app.time.now();
    let email = email.trim().to_lowercase();
    let keys = [
        format!("email:{}", hex::encode(&Sha256::digest(&email)[..16])),
        format!("address:{address}"),
    ];
    for (key, free) in keys.iter().zip([FREE_FAILURES, FREE_FAILURES * 10]) {
        if let Some(f) = account::failures(&app.db, key).await? {
            let wait = wait_s(f.failures, free) - (now - f.last_at).num_seconds();
            if wait > 0 && now - f.last_at < FORGET_AFTER {
                return Err(Error::TooMany(u64::try_from(wait).unwrap_or(1)));
            }
        }
    }
    let found = account::find_by_email(&app.db, &email)
        .await?
        .filter(|a| a.disabled_at.is_none());
    // A hash is computed for an unknown account too, so that the time tells nothing.
    let stored = found
        .as_ref()
        .map_or_else(|| NOBODY.to_owned(), |a| a.password_hash.clone());
    let right =
        password.len() <= PASSWORD_BYTES_MAX && verify_password(stored, password.to_owned()).await;
    let Some(account) = found.filter(|_| right) else {
        let mut tx = app.db.begin("account.sign_in_failed").await?;
        for key in &keys {
            account::add_failure(&mut tx, key, now, now - FORGET_AFTER).await?;
        }
        tx.commit().await?;
        return Err(Error::invalid(
            "password",
            "This e-mail address and password do not belong together. Try again, or ask an \
             administrator for a new password.",
        ));
    };
    let actor = Actor {
        who: Who::Account(account.id),
        name: account.name.clone(),
        role: Some(account.role),
    };
    let ctx = Ctx::new(app, actor);
    let mut w = ctx.begin_unchecked("account.sign_in").await?;
    let secret = app.rng.secret();
    let session = Session {
        account_id: account.id,
        csrf: app.rng.secret(),
        expires_at: now + TimeDelta::hours(i64::from(app.config.session_hours)),
    };
    account::clear_failures(&mut w.tx, &keys[0]).await?;
    account::insert_session(&mut w.tx, &token_hash(&secret), &session, now).await?;
    w.record(Entry::new("account.signed_in", None).with("account", account.id.to_string()));
    w.commit(()).await?;
    Ok(SignedIn { secret, session })
}

/// A hash that no password has, with the cost of a real one.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5$\
     AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn wait_s(failures: i64, free: i64) -> i64 {
    let over = failures - free;
    if over < 0 {
        0
    } else {
        (1_i64 << over.min(10)).min(WAIT_MAX_S)
    }
}

/// What is stored of a secret.
pub fn token_hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// Whose session a cookie's secret is.
pub async fn session_of(
    app: &App,
    secret: &str,
    now: DateTime<Utc>,
) -> Result<Option<(Account, Session)>> {
    let Some(session) = account::find_session(&app.db, &token_hash(secret), now).await? else {
        return Ok(None);
    };
    let account = account::find(&app.db, session.account_id).await?;
    Ok(account
        .filter(|a| a.disabled_at.is_none())
        .map(|a| (a, session)))
}

/// Ends a session.
pub async fn sign_out(app: &App, secret: &str) -> Result<()> {
    let mut tx = app.db.begin("account.sign_out").await?;
    account::delete_session(&mut tx, &token_hash(secret)).await?;
    tx.commit().await
}

/// Disables an account and ends its sessions.
pub async fn disable(ctx: &Ctx<'_>, id: AccountId) -> Result<AccountId> {
    let mut w = ctx.begin(Action::ManageAccounts, "account.disable").await?;
    if let Some(done) = w.replay(&id).await? {
        return Ok(done);
    }
    let mut found = account::find(&mut w.tx, id)
        .await?
        .or_not_found("This account")?;
    if ctx.actor.who == Who::Account(id) {
        return Err(Error::Conflict(
            "You cannot disable your own account.".to_owned(),
        ));
    }
    if found.disabled_at.is_none() {
        found.disabled_at = Some(w.now);
        account::update(&mut w.tx, &found).await?;
        account::delete_sessions_of(&mut w.tx, id).await?;
        w.record(
            Entry::new("account.disabled", None)
                .with("account", id.to_string())
                .of(&found),
        );
    }
    w.commit(id).await
}

/// Gives an account a new password and ends its sessions. No key is kept for it: a hash of the
/// request would be one of the password, and quick to try out.
pub async fn set_password(ctx: &Ctx<'_>, id: AccountId, password: &str) -> Result<AccountId> {
    let ctx = ctx.clone().with_key(None);
    ctx.require(Action::ManageAccounts)?;
    let mut check = Check::default();
    check_password(&mut check, "password", password);
    check.done()?;
    let password_hash = hash_password(ctx.app, password.to_owned()).await?;
    let mut w = ctx
        .begin(Action::ManageAccounts, "account.set_password")
        .await?;
    let mut found = account::find(&mut w.tx, id)
        .await?
        .or_not_found("This account")?;
    found.password_hash = password_hash;
    account::update(&mut w.tx, &found).await?;
    account::delete_sessions_of(&mut w.tx, id).await?;
    w.record(
        Entry::new("account.password_set", None)
            .with("account", id.to_string())
            .of(&found),
    );
    w.commit(id).await
}
