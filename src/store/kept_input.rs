//! Rules and calendars as they were when a deadline was computed with them.
//!
//! Always holds: a text stands under the SHA-256 of itself, which the results name, so it needs no
//! other proof.

use super::{Exec, Tx};
use crate::error::Result;
use crate::sql;

/// Keeps a text under its hash; one that is there already stays.
pub async fn keep(tx: &mut Tx, hash: &str, kind: &str, body: &str) -> Result<()> {
    tx.command(sql!(
        "insert into kept_input (hash, kind, body) values ($1, $2, $3) on conflict do nothing"
    ))
    .bind(hash)
    .bind(kind)
    .bind(body)
    .run()
    .await?;
    Ok(())
}

/// Whether a text with this hash is kept.
pub async fn is_kept(db: impl Exec<'_>, hash: &str) -> Result<bool> {
    let found: Option<(String,)> = db
        .query(sql!("select hash from kept_input where hash = $1"))
        .bind(hash)
        .optional()
        .await?;
    Ok(found.is_some())
}

/// The text with this hash.
pub async fn find(db: impl Exec<'_>, hash: &str) -> Result<Option<String>> {
    let found: Option<(String,)> = db
        .query(sql!("select body from kept_input where hash = $1"))
        .bind(hash)
        .optional()
        .await?;
    Ok(found.map(|(body,)| body))
}
