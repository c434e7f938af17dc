//! Law-enforcement holds. Added, never changed: an end or a correction replaces a row.

use chrono::{DateTime, FixedOffset, TimeZone as _, Utc};
use serde_json::{Value, json};
pub use sqlx::types::Json;

use super::{Exec, Tx};
use crate::domain::evidence::Evidenced;
use crate::domain::hold;
use crate::error::Result;
use crate::ids::{HoldId, IncidentId};
use crate::sql;

/// One recorded hold.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Hold {
    /// Its id.
    pub id: HoldId,
    /// The incident.
    pub incident_id: IncidentId,
    /// Who asked not to notify.
    pub authority: String,
    /// Its reference, or name and function of the officer.
    pub reference: String,
    /// Whether it was asked for orally only.
    pub oral: bool,
    /// When it began, UTC.
    pub from_at: DateTime<Utc>,
    /// The offset from UTC in seconds with which that was given.
    pub from_offset_s: i64,
    /// When it ended, UTC; none while it lasts.
    pub until_at: Option<DateTime<Utc>>,
    /// The offset from UTC in seconds with which that was given.
    pub until_offset_s: i64,
    /// The IANA zone in which both were said.
    pub zone: String,
    /// Codes of the jurisdictions it is limited to.
    pub jurisdictions: Json<Vec<String>>,
    /// Why it was recorded anew.
    pub reason: Option<String>,
    /// The row it replaces.
    pub replaces: Option<HoldId>,
    /// Who recorded it.
    pub recorded_by: String,
    /// When it was recorded, UTC.
    pub recorded_at: DateTime<Utc>,
}

impl Hold {
    /// The hold as deadlines look at it.
    #[must_use]
    pub fn interval(&self) -> hold::Hold {
        hold::Hold {
            authority: self.authority.clone(),
            reference: self.reference.clone(),
            oral: self.oral,
            from: with_offset(self.from_at, self.from_offset_s),
            until: self.until_at.map(|at| with_offset(at, self.until_offset_s)),
            jurisdictions: self.jurisdictions.0.clone(),
        }
    }
}

/// An instant with the offset it was given with; in UTC where that is none.
pub(crate) fn with_offset(at: DateTime<Utc>, offset_s: i64) -> DateTime<FixedOffset> {
    i32::try_from(offset_s)
        .ok()
        .and_then(FixedOffset::east_opt)
        .map_or_else(
            || at.fixed_offset(),
            |offset| offset.from_utc_datetime(&at.naive_utc()),
        )
}

impl Evidenced for Hold {
    const TABLE: &'static str = "hold";

    fn row_id(&self) -> String {
        self.id.to_string()
    }

    fn view(&self) -> Value {
        json!({
            "incident": self.incident_id, "authority": self.authority,
            "reference": self.reference, "oral": self.oral, "from": self.from_at,
            "from_offset_s": self.from_offset_s, "until": self.until_at,
            "until_offset_s": self.until_offset_s, "zone": self.zone,
            "jurisdictions": self.jurisdictions.0, "reason": self.reason,
            "replaces": self.replaces, "recorded_by": self.recorded_by,
            "recorded_at": self.recorded_at,
        })
    }
}

/// Adds a hold.
pub async fn insert(tx: &mut Tx, h: &Hold) -> Result<()> {
    tx.command(sql!(
        "insert into hold (id, incident_id, authority, reference, oral, from_at, from_offset_s,
            until_at, until_offset_s, zone, jurisdictions, reason, replaces, recorded_by,
            recorded_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
    ))
    .bind(h.id)
    .bind(h.incident_id)
    .bind(&h.authority)
    .bind(&h.reference)
    .bind(h.oral)
    .bind(h.from_at)
    .bind(h.from_offset_s)
    .bind(h.until_at)
    .bind(h.until_offset_s)
    .bind(&h.zone)
    .bind(&h.jurisdictions)
    .bind(&h.reason)
    .bind(h.replaces)
    .bind(&h.recorded_by)
    .bind(h.recorded_at)
    .run()
    .await?;
    Ok(())
}

/// Every hold of an incident, in the order of their recording; the replaced ones too.
pub async fn list(db: impl Exec<'_>, incident: IncidentId) -> Result<Vec<Hold>> {
    db.query(sql!(
        "select * from hold where incident_id = $1 order by recorded_at, id limit 1000"
    ))
    .bind(incident)
    .all()
    .await
}
