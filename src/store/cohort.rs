//! People who were found later: the roster revision that brought them, and when that was.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{Exec, Tx};
use crate::domain::evidence::Evidenced;
use crate::error::Result;
use crate::ids::{CohortId, IncidentId};
use crate::sql;

/// The people of one later import.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Cohort {
    /// Its id.
    pub id: CohortId,
    /// The incident.
    pub incident_id: IncidentId,
    /// The roster revision that brought them.
    pub revision: i64,
    /// How many were new.
    pub persons: i64,
    /// When they were found to be affected, UTC; none: their period is that of the incident.
    pub found_at: Option<DateTime<Utc>>,
    /// The offset from UTC in seconds with which that was given.
    pub found_offset_s: i64,
    /// The IANA zone in which it was said.
    pub zone: String,
    /// Why they were found only then.
    pub reason: Option<String>,
    /// Who recorded it.
    pub recorded_by: String,
    /// When it was recorded, UTC.
    pub recorded_at: DateTime<Utc>,
}

impl Evidenced for Cohort {
    const TABLE: &'static str = "cohort";

    fn row_id(&self) -> String {
        self.id.to_string()
    }

    fn view(&self) -> Value {
        json!({
            "incident": self.incident_id, "revision": self.revision, "persons": self.persons,
            "found_at": self.found_at, "found_offset_s": self.found_offset_s, "zone": self.zone,
            "reason": self.reason, "recorded_by": self.recorded_by,
            "recorded_at": self.recorded_at,
        })
    }
}

/// Adds a cohort.
pub async fn insert(tx: &mut Tx, c: &Cohort) -> Result<()> {
    tx.command(sql!(
        "insert into cohort (id, incident_id, revision, persons, found_at, found_offset_s, zone,
            reason, recorded_by, recorded_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
    ))
    .bind(c.id)
    .bind(c.incident_id)
    .bind(c.revision)
    .bind(c.persons)
    .bind(c.found_at)
    .bind(c.found_offset_s)
    .bind(&c.zone)
    .bind(&c.reason)
    .bind(&c.recorded_by)
    .bind(c.recorded_at)
    .run()
    .await?;
    Ok(())
}

/// The cohorts of an incident, in the order of their revisions.
pub async fn list(db: impl Exec<'_>, incident: IncidentId) -> Result<Vec<Cohort>> {
    db.query(sql!(
        "select * from cohort where incident_id = $1 order by revision limit 1000"
    ))
    .bind(incident)
    .all()
    .await
}
