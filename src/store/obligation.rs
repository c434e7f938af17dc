//! Obligations, what one incident owes under one rule, and every deadline ever computed for them.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{Exec, Tx};
use crate::domain::evidence::Evidenced;
use crate::error::Result;
use crate::ids::{DeadlineId, IncidentId, ObligationId};
use crate::sql;

/// How an obligation ended.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
    sqlx::Type,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Outcome {
    /// It was done: published, filed.
    Met,
    /// A named person decided, with a rationale, that it is not owed.
    NotRequired,
}

/// What one incident owes under one rule.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Obligation {
    /// Its id.
    pub id: ObligationId,
    /// The incident.
    pub incident_id: IncidentId,
    /// The rule's id.
    pub rule: String,
    /// The newest computed deadline.
    pub deadline_id: Option<DeadlineId>,
    /// When it is due, UTC.
    pub due_at: Option<DateTime<Utc>>,
    /// `before` or `at_or_before`.
    pub bound: Option<String>,
    /// Why no deadline could be computed.
    pub problem: Option<String>,
    /// None while open.
    pub outcome: Option<Outcome>,
    /// When it was met in fact, UTC.
    pub met_at: Option<DateTime<Utc>>,
    /// Frozen when met: was that late?
    pub late: Option<bool>,
    /// Reference of the filing, or the rationale.
    pub note: Option<String>,
    /// Who settled it.
    pub settled_by: Option<String>,
    /// When that was recorded, UTC.
    pub settled_at: Option<DateTime<Utc>>,
    /// Rises with each change.
    pub version: i64,
}

impl Evidenced for Obligation {
    const TABLE: &'static str = "obligation";

    fn row_id(&self) -> String {
        self.id.to_string()
    }

    fn view(&self) -> Value {
        json!({
            "incident": self.incident_id, "rule": self.rule, "deadline": self.deadline_id,
            "due_at": self.due_at, "bound": self.bound, "problem": self.problem,
            "outcome": self.outcome, "met_at": self.met_at, "late": self.late, "note": self.note,
            "settled_by": self.settled_by, "settled_at": self.settled_at,
        })
    }
}

/// One deadline as it was computed.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Computed {
    /// Its id.
    pub id: DeadlineId,
    /// The obligation.
    pub obligation_id: ObligationId,
    /// When it was computed, UTC.
    pub computed_at: DateTime<Utc>,
    /// What made it be computed.
    pub cause: String,
    /// When it is due, UTC.
    pub due_at: DateTime<Utc>,
    /// The whole result as JSON (`domain::deadline::Deadline`).
    pub result: String,
}

impl Evidenced for Computed {
    const TABLE: &'static str = "deadline";

    fn row_id(&self) -> String {
        self.id.to_string()
    }

    fn view(&self) -> Value {
        json!({
            "obligation": self.obligation_id, "computed_at": self.computed_at,
            "cause": self.cause, "due_at": self.due_at, "result": self.result,
        })
    }
}

/// Adds an obligation.
pub async fn insert(tx: &mut Tx, o: &Obligation) -> Result<()> {
    tx.command(sql!(
        "insert into obligation (id, incident_id, rule, deadline_id, due_at, bound, problem, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8)"
    ))
    .bind(o.id)
    .bind(o.incident_id)
    .bind(&o.rule)
    .bind(o.deadline_id)
    .bind(o.due_at)
    .bind(&o.bound)
    .bind(&o.problem)
    .bind(o.version)
    .run()
    .await?;
    Ok(())
}

/// Writes what may change of an obligation, if nobody changed it since; false otherwise.
pub async fn update(tx: &mut Tx, o: &Obligation) -> Result<bool> {
    let n = tx
        .command(sql!(
            "update obligation set deadline_id = $3, due_at = $4, bound = $5, problem = $6,
                outcome = $7, met_at = $8, late = $9, note = $10, settled_by = $11,
                settled_at = $12, version = version + 1
             where id = $1 and version = $2"
        ))
        .bind(o.id)
        .bind(o.version)
        .bind(o.deadline_id)
        .bind(o.due_at)
        .bind(&o.bound)
        .bind(&o.problem)
        .bind(o.outcome)
        .bind(o.met_at)
        .bind(o.late)
        .bind(&o.note)
        .bind(&o.settled_by)
        .bind(o.settled_at)
        .run()
        .await?;
    Ok(n == 1)
}

/// The obligations of an incident, the earliest due first.
pub async fn list(db: impl Exec<'_>, incident: IncidentId) -> Result<Vec<Obligation>> {
    db.query(sql!(
        "select * from obligation where incident_id = $1
         order by case when due_at is null then 1 else 0 end, due_at, rule"
    ))
    .bind(incident)
    .all()
    .await
}

/// One obligation.
pub async fn find(db: impl Exec<'_>, id: ObligationId) -> Result<Option<Obligation>> {
    db.query(sql!("select * from obligation where id = $1"))
        .bind(id)
        .optional()
        .await
}

/// Every open obligation, the earliest due first, up to `limit`.
pub async fn open(db: impl Exec<'_>, limit: i64) -> Result<Vec<Obligation>> {
    db.query(sql!(
        "select * from obligation where outcome is null
         order by case when due_at is null then 0 else 1 end, due_at, id limit $1"
    ))
    .bind(limit)
    .all()
    .await
}

/// The obligations that were settled since `since`, newest first, up to `limit`.
pub async fn settled_since(
    db: impl Exec<'_>,
    since: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Obligation>> {
    db.query(sql!(
        "select * from obligation where outcome is not null and settled_at >= $1
         order by settled_at desc, id limit $2"
    ))
    .bind(since)
    .bind(limit)
    .all()
    .await
}

/// Adds a computed deadline.
pub async fn insert_deadline(tx: &mut Tx, d: &Computed) -> Result<()> {
    tx.command(sql!(
        "insert into deadline (id, obligation_id, computed_at, cause, due_at, result)
         values ($1, $2, $3, $4, $5, $6)"
    ))
    .bind(d.id)
    .bind(d.obligation_id)
    .bind(d.computed_at)
    .bind(&d.cause)
    .bind(d.due_at)
    .bind(&d.result)
    .run()
    .await?;
    Ok(())
}

/// One computed deadline.
pub async fn find_deadline(db: impl Exec<'_>, id: DeadlineId) -> Result<Option<Computed>> {
    db.query(sql!("select * from deadline where id = $1"))
        .bind(id)
        .optional()
        .await
}

/// Every deadline ever computed for an obligation, newest first.
pub async fn deadlines(db: impl Exec<'_>, obligation: ObligationId) -> Result<Vec<Computed>> {
    db.query(sql!(
        "select * from deadline where obligation_id = $1 order by computed_at desc, id desc
         limit 200"
    ))
    .bind(obligation)
    .all()
    .await
}

/// An open obligation with its newest deadline, as a reminder needs it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Nearing {
    /// The obligation.
    pub id: ObligationId,
    /// The incident.
    pub incident_id: IncidentId,
    /// The incident's reference.
    pub reference: String,
    /// Is the incident a drill?
    pub drill: bool,
    /// The rule's id.
    pub rule: String,
    /// The newest deadline.
    pub deadline_id: DeadlineId,
    /// When it is due, UTC.
    pub due_at: DateTime<Utc>,
    /// The whole result as JSON (`domain::deadline::Deadline`).
    pub result: String,
}

/// The open obligations due until `until` that come after `after` (instant and id), the earliest
/// first, up to `limit`.
pub async fn nearing(
    db: impl Exec<'_>,
    until: DateTime<Utc>,
    after: (DateTime<Utc>, ObligationId),
    limit: i64,
) -> Result<Vec<Nearing>> {
    db.query(sql!(
        "select o.id, o.incident_id, i.reference, i.drill, o.rule, o.deadline_id, o.due_at, d.result
         from obligation o
         join incident i on i.id = o.incident_id
         join deadline d on d.id = o.deadline_id
         where o.outcome is null and o.due_at <= $1 and (o.due_at, o.id) > ($2, $3)
         order by o.due_at, o.id limit $4"
    ))
    .bind(until)
    .bind(after.0)
    .bind(after.1)
    .bind(limit)
    .all()
    .await
}
