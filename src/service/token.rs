//! Tokens for programs: made with a role and an end, shown once, stored hashed.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::account::token_hash;
use super::{Ctx, OrNotFound as _};
use crate::app::App;
use crate::domain::access::{Action, Actor, Role, Who};
use crate::domain::evidence::Entry;
use crate::error::{Check, Error, Result};
use crate::ids::ApiTokenId;
use crate::store::api_token::{self, ApiToken};

/// Every token begins with it, so that one found in a log or a repository is known for what it is.
pub const PREFIX: &str = "dnt_";
/// The longest life of a token, in days.
pub const DAYS_MAX: i64 = 366;

/// A token to make.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What it is for, 1 to 100 characters.
    pub name: String,
    /// What the program is trusted with.
    pub role: Role,
    /// Days until it ends, 1 to 366.
    pub days: i64,
}

/// A token that was just made.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Made {
    /// Its id.
    pub id: ApiTokenId,
    /// The token itself. It is not shown again.
    pub token: String,
    /// When it ends, UTC.
    pub expires_at: DateTime<Utc>,
}

/// Makes a token. It is not repeatable: the token itself is never stored, not even for a repetition.
pub async fn create(ctx: &Ctx<'_>, new: &NewToken) -> Result<Made> {
    let Who::Account(created_by) = ctx.actor.who else {
        return Err(Error::Denied(
            "Only a person who is signed in can make a token.".to_owned(),
        ));
    };
    let mut check = Check::default();
    let name = check.text("name", &new.name, 100);
    if !(1..=DAYS_MAX).contains(&new.days) {
        check.fail("days", format!("A token lives 1 to {DAYS_MAX} days."));
    }
    let ctx = ctx.clone().with_key(None);
    let mut w = ctx.begin(Action::ManageTokens, "api_token.create").await?;
    check.done()?;
    let token = format!("{PREFIX}{}", w.app.rng.secret());
    let row = ApiToken {
        id: ApiTokenId(w.app.rng.uuid(w.now)),
        name,
        role: new.role,
        token_hash: token_hash(&token).to_vec(),
        created_by,
        created_at: w.now,
        expires_at: w.now + TimeDelta::days(new.days),
        revoked_at: None,
        last_used_at: None,
    };
    api_token::insert(&mut w.tx, &row).await?;
    w.record(
        Entry::new("api_token.created", None)
            .with("token", row.id.to_string())
            .with("role", row.role.as_str())
            .of(&row),
    );
    w.commit(()).await?;
    Ok(Made {
        id: row.id,
        token,
        expires_at: row.expires_at,
    })
}

/// Revokes a token; it stops working at once.
pub async fn revoke(ctx: &Ctx<'_>, id: ApiTokenId) -> Result<ApiTokenId> {
    let mut w = ctx.begin(Action::ManageTokens, "api_token.revoke").await?;
    if let Some(done) = w.replay(&id).await? {
        return Ok(done);
    }
    let found = api_token::find(&mut w.tx, id)
        .await?
        .or_not_found("This token")?;
    if found.revoked_at.is_none() {
        api_token::revoke(&mut w.tx, id, w.now).await?;
        let revoked = ApiToken {
            revoked_at: Some(w.now),
            ..found
        };
        w.record(
            Entry::new("api_token.revoked", None)
                .with("token", id.to_string())
                .of(&revoked),
        );
    }
    w.commit(id).await
}

/// Who a bearer token stands for.
///
/// # Errors
/// One sentence for an unknown, ended or revoked token.
pub async fn actor_of(app: &App, token: &str) -> Result<Actor> {
    let now = app.time.now();
    let found = if token.starts_with(PREFIX) {
        api_token::find_by_hash(&app.db, &token_hash(token)).await?
    } else {
        None
    };
    let Some(found) = found.filter(|t| t.revoked_at.is_none() && t.expires_at > now) else {
        return Err(Error::Unauthenticated(
            "This token is unknown, ended or revoked. Ask an administrator for a new one."
                .to_owned(),
        ));
    };
    if found
        .last_used_at
        .is_none_or(|at| now - at > TimeDelta::hours(1))
    {
        // Beside the request: a reader must not wait for whoever is writing just now.
        let (db, id) = (app.db.clone(), found.id);
        tokio::spawn(async move {
            if let Err(error) = api_token::touch(&db, id, now).await {
                tracing::warn!(%error, "the use of a token could not be noted");
            }
        });
    }
    Ok(Actor {
        who: Who::Token(found.id),
        name: found.name,
        role: Some(found.role),
    })
}
