//! Facts: dated events about an incident. Added, never changed.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{Exec, Tx};
use crate::domain::evidence::Evidenced;
use crate::domain::fact::FactKind;
use crate::error::Result;
use crate::ids::{FactId, IncidentId};
use crate::sql;

/// One dated event about an incident.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Fact {
    /// Its id.
    pub id: FactId,
    /// The incident.
    pub incident_id: IncidentId,
    /// What it says.
    #[sqlx(try_from = "String")]
    pub kind: FactKind,
    /// When, UTC; none when unknown.
    pub at: Option<DateTime<Utc>>,
    /// The end of a range, UTC.
    pub until: Option<DateTime<Utc>>,
    /// The IANA zone in which it was said.
    pub zone: String,
    /// The offset from UTC in seconds with which it was given.
    pub offset_s: i64,
    /// Why it is so, or why it was corrected.
    pub reason: Option<String>,
    /// The fact it replaces.
    pub corrects: Option<FactId>,
    /// Who recorded it.
    pub recorded_by: String,
    /// When it was recorded, UTC.
    pub recorded_at: DateTime<Utc>,
}

impl Evidenced for Fact {
    const TABLE: &'static str = "fact";

    fn row_id(&self) -> String {
        self.id.to_string()
    }

    fn view(&self) -> Value {
        json!({
            "incident": self.incident_id, "kind": self.kind.as_str(), "at": self.at,
            "until": self.until, "zone": self.zone, "offset_s": self.offset_s,
            "reason": self.reason, "corrects": self.corrects, "recorded_by": self.recorded_by,
            "recorded_at": self.recorded_at,
        })
    }
}

/// Adds a fact.
pub async fn insert(tx: &mut Tx, f: &Fact) -> Result<()> {
    tx.command(sql!(
        "insert into fact (id, incident_id, kind, at, until, zone, offset_s, reason, corrects,
            recorded_by, recorded_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    ))
    .bind(f.id)
    .bind(f.incident_id)
    .bind(f.kind.as_str())
    .bind(f.at)
    .bind(f.until)
    .bind(&f.zone)
    .bind(f.offset_s)
    .bind(&f.reason)
    .bind(f.corrects)
    .bind(&f.recorded_by)
    .bind(f.recorded_at)
    .run()
    .await?;
    Ok(())
}

/// Every fact of an incident, in the order of their recording; the replaced ones too.
pub async fn list(db: impl Exec<'_>, incident: IncidentId) -> Result<Vec<Fact>> {
    db.query(sql!(
        "select * from fact where incident_id = $1 order by recorded_at, id limit 1000"
    ))
    .bind(incident)
    .all()
    .await
}
