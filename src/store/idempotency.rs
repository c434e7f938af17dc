//! Answers to requests that carried an `Idempotency-Key`, so that a repetition changes nothing.

use chrono::{DateTime, Utc};

use super::{Exec, Tx};
use crate::error::Result;
use crate::sql;

/// What was asked and answered.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Answered {
    /// SHA-256 of the request, hex.
    pub request_hash: String,
    /// The answer as JSON.
    pub answer: String,
}

/// The answer to `actor`'s request with `key`, if there was one.
pub async fn find(db: impl Exec<'_>, actor: &str, key: &str) -> Result<Option<Answered>> {
    db.query(sql!(
        "select request_hash, answer from idempotency where actor = $1 and key = $2"
    ))
    .bind(actor)
    .bind(key)
    .optional()
    .await
}

/// Keeps an answer. False when the same key was answered meanwhile.
pub async fn keep(
    tx: &mut Tx,
    actor: &str,
    key: &str,
    answered: &Answered,
    now: DateTime<Utc>,
) -> Result<bool> {
    let n = tx
        .command(sql!(
            "insert into idempotency (actor, key, request_hash, answer, created_at)
             values ($1, $2, $3, $4, $5) on conflict (actor, key) do nothing"
        ))
        .bind(actor)
        .bind(key)
        .bind(&answered.request_hash)
        .bind(&answered.answer)
        .bind(now)
        .run()
        .await?;
    Ok(n == 1)
}

/// Forgets the answers from before `before`.
pub async fn forget(tx: &mut Tx, before: DateTime<Utc>) -> Result<u64> {
    tx.command(sql!("delete from idempotency where created_at < $1"))
        .bind(before)
        .run()
        .await
}
