//! Answers to the questions that decide which rules apply. Added, never changed.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{Exec, Tx};
use crate::domain::evidence::Evidenced;
use crate::error::Result;
use crate::ids::{AnswerId, IncidentId};
use crate::sql;

/// One answer; it stands until another one replaces it.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Answer {
    /// Its id.
    pub id: AnswerId,
    /// The incident.
    pub incident_id: IncidentId,
    /// Id of the question, or `people(PLACE)`.
    pub question: String,
    /// `yes` or `no`; a number or a range such as `100-300` for `people(PLACE)`.
    pub value: String,
    /// On what it rests.
    pub reason: Option<String>,
    /// The answer to the same question that it takes the place of.
    pub replaces: Option<AnswerId>,
    /// Who recorded it.
    pub recorded_by: String,
    /// When it was recorded, UTC.
    pub recorded_at: DateTime<Utc>,
}

impl Evidenced for Answer {
    const TABLE: &'static str = "answer";

    fn row_id(&self) -> String {
        self.id.to_string()
    }

    fn view(&self) -> Value {
        json!({
            "incident": self.incident_id, "question": self.question, "value": self.value,
            "reason": self.reason, "replaces": self.replaces,
            "recorded_by": self.recorded_by, "recorded_at": self.recorded_at,
        })
    }
}

/// Adds an answer.
pub async fn insert(tx: &mut Tx, a: &Answer) -> Result<()> {
    tx.command(sql!(
        "insert into answer (id, incident_id, question, value, reason, replaces, recorded_by,
            recorded_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)"
    ))
    .bind(a.id)
    .bind(a.incident_id)
    .bind(&a.question)
    .bind(&a.value)
    .bind(&a.reason)
    .bind(a.replaces)
    .bind(&a.recorded_by)
    .bind(a.recorded_at)
    .run()
    .await?;
    Ok(())
}

/// Every answer of an incident, in the order of their recording; the replaced ones too.
pub async fn list(db: impl Exec<'_>, incident: IncidentId) -> Result<Vec<Answer>> {
    db.query(sql!(
        "select * from answer where incident_id = $1 order by recorded_at, id"
    ))
    .bind(incident)
    .all()
    .await
}
