//! Exposures: which system was open, from when until when. Added, never changed.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
pub use sqlx::types::Json;

use super::{Exec, Tx};
use crate::domain::evidence::Evidenced;
use crate::error::Result;
use crate::ids::{ExposureId, IncidentId};
use crate::sql;

/// One system exposed in one incident.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Exposure {
    /// Its id.
    pub id: ExposureId,
    /// The incident.
    pub incident_id: IncidentId,
    /// Id of the system in the operator profile.
    pub system: String,
    /// When the window opened, UTC; none: not known.
    pub from_at: Option<DateTime<Utc>>,
    /// The offset from UTC in seconds with which that was given.
    pub from_offset_s: i64,
    /// When the window closed, UTC; none: still open, or not known.
    pub until_at: Option<DateTime<Utc>>,
    /// The offset from UTC in seconds with which that was given.
    pub until_offset_s: i64,
    /// The IANA zone in which both were said.
    pub zone: String,
    /// Ids of the kinds of data; empty: all that the system holds.
    pub kinds: Json<Vec<String>>,
    /// What is known about it.
    pub note: Option<String>,
    /// The row it takes the place of.
    pub replaces: Option<ExposureId>,
    /// The one it replaces was not exposed after all.
    pub withdrawn: bool,
    /// Why it takes the place of another.
    pub reason: Option<String>,
    /// Who recorded it.
    pub recorded_by: String,
    /// When it was recorded, UTC.
    pub recorded_at: DateTime<Utc>,
}

impl Evidenced for Exposure {
    const TABLE: &'static str = "exposure";

    fn row_id(&self) -> String {
        self.id.to_string()
    }

    fn view(&self) -> Value {
        json!({
            "incident": self.incident_id, "system": self.system, "from": self.from_at,
            "from_offset_s": self.from_offset_s, "until": self.until_at,
            "until_offset_s": self.until_offset_s, "zone": self.zone, "kinds": self.kinds.0,
            "note": self.note, "replaces": self.replaces, "withdrawn": self.withdrawn,
            "reason": self.reason, "recorded_by": self.recorded_by,
            "recorded_at": self.recorded_at,
        })
    }
}

/// Adds an exposure.
pub async fn insert(tx: &mut Tx, e: &Exposure) -> Result<()> {
    tx.command(sql!(
        "insert into exposure (id, incident_id, system, from_at, from_offset_s, until_at,
            until_offset_s, zone, kinds, note, replaces, withdrawn, reason, recorded_by, recorded_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
    ))
    .bind(e.id)
    .bind(e.incident_id)
    .bind(&e.system)
    .bind(e.from_at)
    .bind(e.from_offset_s)
    .bind(e.until_at)
    .bind(e.until_offset_s)
    .bind(&e.zone)
    .bind(&e.kinds)
    .bind(&e.note)
    .bind(e.replaces)
    .bind(e.withdrawn)
    .bind(&e.reason)
    .bind(&e.recorded_by)
    .bind(e.recorded_at)
    .run()
    .await?;
    Ok(())
}

/// Every exposure of an incident, in the order of their recording; the replaced and withdrawn ones too.
pub async fn list(db: impl Exec<'_>, incident: IncidentId) -> Result<Vec<Exposure>> {
    db.query(sql!(
        "select * from exposure where incident_id = $1 order by recorded_at, id limit 1000"
    ))
    .bind(incident)
    .all()
    .await
}
