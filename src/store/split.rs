//! Identifiers that a link joins and a person says are not one. Withdrawn by a row that says so.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{Exec, Tx};
use crate::domain::evidence::Evidenced;
use crate::domain::scope::identifier::Key;
use crate::error::Result;
use crate::ids::{IncidentId, SplitId};
use crate::sql;

/// A decision about two identifiers.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Split {
    /// Its id.
    pub id: SplitId,
    /// The incident.
    pub incident_id: IncidentId,
    /// One identifier.
    pub a: Key,
    /// The other one.
    pub b: Key,
    /// False: the split is taken back.
    pub apart: bool,
    /// Why.
    pub reason: String,
    /// Who decided.
    pub decided_by: String,
    /// When, UTC.
    pub decided_at: DateTime<Utc>,
}

impl Evidenced for Split {
    const TABLE: &'static str = "split";

    fn row_id(&self) -> String {
        self.id.to_string()
    }

    fn view(&self) -> Value {
        json!({
            "incident": self.incident_id, "a": self.a, "b": self.b, "apart": self.apart,
            "reason": self.reason, "decided_by": self.decided_by, "decided_at": self.decided_at,
        })
    }
}

/// Adds a decision.
pub async fn insert(tx: &mut Tx, split: &Split) -> Result<()> {
    tx.command(sql!(
        "insert into split (id, incident_id, a, b, apart, reason, decided_by, decided_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)"
    ))
    .bind(split.id)
    .bind(split.incident_id)
    .bind(split.a)
    .bind(split.b)
    .bind(split.apart)
    .bind(&split.reason)
    .bind(&split.decided_by)
    .bind(split.decided_at)
    .run()
    .await?;
    Ok(())
}

/// The most decisions of an incident.
pub const SPLITS_MAX: i64 = 10_000;

/// The decisions of an incident, oldest first.
pub async fn list(db: impl Exec<'_>, incident: IncidentId) -> Result<Vec<Split>> {
    db.query(sql!(
        "select * from split where incident_id = $1 order by decided_at, id limit $2"
    ))
    .bind(incident)
    .bind(SPLITS_MAX)
    .all()
    .await
}

/// The pairs that are apart now, the smaller one first: of each pair the newest decision holds.
pub async fn apart(db: impl Exec<'_>, incident: IncidentId) -> Result<Vec<(Key, Key)>> {
    let mut pairs = BTreeMap::new();
    for split in list(db, incident).await? {
        let pair = (split.a.min(split.b), split.a.max(split.b));
        pairs.insert(pair, split.apart);
    }
    let apart = pairs.into_iter().filter(|(_, apart)| *apart);
    Ok(apart.map(|(pair, _)| pair).collect())
}
