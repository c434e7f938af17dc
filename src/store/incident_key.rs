//! The keys that seal the contacts of each incident's people, wrapped.

use chrono::{DateTime, Utc};

use super::{Exec, Tx};
use crate::error::Result;
use crate::ids::IncidentId;
use crate::sql;

/// An incident's key as it is stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct IncidentKey {
    /// The key under one from the server's secret; none: it was destroyed.
    pub wrapped: Option<Vec<u8>>,
    /// When it was destroyed, UTC.
    pub destroyed_at: Option<DateTime<Utc>>,
    /// Who did it.
    pub destroyed_by: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// The key of an incident; none when nothing was sealed yet.
pub async fn find(db: impl Exec<'_>, incident: IncidentId) -> Result<Option<IncidentKey>> {
    db.query(sql!(
        "select wrapped, destroyed_at, destroyed_by, reason from incident_key
         where incident_id = $1"
    ))
    .bind(incident)
    .optional()
    .await
}

/// Adds the key of an incident; `false` when there is one.
pub async fn insert(tx: &mut Tx, incident: IncidentId, wrapped: &[u8]) -> Result<bool> {
    tx.command(sql!(
        "insert into incident_key (incident_id, wrapped) values ($1, $2) on conflict do nothing"
    ))
    .bind(incident)
    .bind(wrapped.to_vec())
    .run_unless_exists()
    .await
}

/// Takes the key away for good; who did it and why stays. The row is made when there was none, so that
/// none can be made later.
pub async fn destroy(
    tx: &mut Tx,
    incident: IncidentId,
    at: DateTime<Utc>,
    by: &str,
    reason: &str,
) -> Result<()> {
    tx.command(sql!(
        "insert into incident_key (incident_id, wrapped, destroyed_at, destroyed_by, reason)
         values ($1, null, $2, $3, $4)
         on conflict (incident_id) do update set wrapped = null,
            destroyed_at = excluded.destroyed_at, destroyed_by = excluded.destroyed_by,
            reason = excluded.reason"
    ))
    .bind(incident)
    .bind(at)
    .bind(by)
    .bind(reason)
    .run()
    .await?;
    Ok(())
}

/// Says with which secret this database's hashes are made; the one that stands is given back.
pub async fn check_secret(db: &super::Db, fingerprint: &str) -> Result<String> {
    db.command(sql!(
        "insert into secret_check (id, fingerprint) values (1, $1) on conflict do nothing"
    ))
    .bind(fingerprint)
    .run()
    .await?;
    let (stands,): (String,) = db
        .query(sql!("select fingerprint from secret_check where id = 1"))
        .one()
        .await?;
    Ok(stands)
}
