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
    /// Id of the controller that owes it; empty when one act meets it for all.
    pub controller: String,
    /// The roster revision that brought the people it is about; 0: those of the first notice.
    pub cohort: i64,
    /// Whether the rule applies: `yes`, `no`, `unknown`.
    pub applies: String,
    /// Why not, or what is missing.
    pub applies_why: Option<String>,
    /// The fact its period begins with, when that is an act of ours or may never come.
    pub waits_for: Option<String>,
    /// The newest computed deadline.
    pub deadline_id: Option<DeadlineId>,
    /// When it is due, UTC.
    pub due_at: Option<DateTime<Utc>>,
    /// `before` or `at_or_before`.
    pub bound: Option<String>,
    /// Why no deadline could be computed.
    pub problem: Option<String>,
    /// `required`, when a named person decided so; none while undecided.
    pub decision: Option<String>,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When that was recorded, UTC.
    pub decided_at: Option<DateTime<Utc>>,
    /// Why it was decided so.
    pub rationale: Option<String>,
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
        let mut view = json!({
            "incident": self.incident_id, "rule": self.rule, "deadline": self.deadline_id,
            "due_at": self.due_at, "bound": self.bound, "problem": self.problem,
            "outcome": self.outcome, "met_at": self.met_at, "late": self.late, "note": self.note,
            "settled_by": self.settled_by, "settled_at": self.settled_at,
        });
        // Rows written before these columns came are in the log without them.
        let later = [
            (
                "controller",
                json!(self.controller),
                self.controller.is_empty(),
            ),
            ("cohort", json!(self.cohort), self.cohort == 0),
            ("applies", json!(self.applies), self.applies == "yes"),
            (
                "applies_why",
                json!(self.applies_why),
                self.applies_why.is_none(),
            ),
            ("waits_for", json!(self.waits_for), self.waits_for.is_none()),
            ("decision", json!(self.decision), self.decision.is_none()),
            (
                "decided_by",
                json!(self.decided_by),
                self.decided_by.is_none(),
            ),
            (
                "decided_at",
                json!(self.decided_at),
                self.decided_at.is_none(),
            ),
            ("rationale", json!(self.rationale), self.rationale.is_none()),
        ];
        for (name, value, absent) in later {
            if !absent {
                view[name] = value;
            }
        }
        view
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
    /// What it was computed with, as JSON (`service::duty::Inputs`); none in rows of old.
    pub inputs: Option<String>,
}

impl Evidenced for Computed {
    const TABLE: &'static str = "deadline";

    fn row_id(&self) -> String {
        self.id.to_string()
    }

    fn view(&self) -> Value {
        let mut view = json!({
            "obligation": self.obligation_id, "computed_at": self.computed_at,
            "cause": self.cause, "due_at": self.due_at, "result": self.result,
        });
        // Rows written before this column came are in the log without it.
        if let Some(inputs) = &self.inputs {
            view["inputs"] = json!(inputs);
        }
        view
    }
}

/// Adds an obligation.
pub async fn insert(tx: &mut Tx, o: &Obligation) -> Result<()> {
    tx.command(sql!(
        "insert into obligation (id, incident_id, rule, deadline_id, due_at, bound, problem, version,
            controller, cohort, applies, applies_why, waits_for)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
    ))
    .bind(o.id)
    .bind(o.incident_id)
    .bind(&o.rule)
    .bind(o.deadline_id)
    .bind(o.due_at)
    .bind(&o.bound)
    .bind(&o.problem)
    .bind(o.version)
    .bind(&o.controller)
    .bind(o.cohort)
    .bind(&o.applies)
    .bind(&o.applies_why)
    .bind(&o.waits_for)
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
                settled_at = $12, controller = $13, applies = $14, applies_why = $15,
                waits_for = $16, decision = $17, decided_by = $18, decided_at = $19,
                rationale = $20, version = version + 1
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
        .bind(&o.controller)
        .bind(&o.applies)
        .bind(&o.applies_why)
        .bind(&o.waits_for)
        .bind(&o.decision)
        .bind(&o.decided_by)
        .bind(o.decided_at)
        .bind(&o.rationale)
        .run()
        .await?;
    Ok(n == 1)
}

/// The obligations of an incident, the earliest due first.
pub async fn list(db: impl Exec<'_>, incident: IncidentId) -> Result<Vec<Obligation>> {
    db.query(sql!(
        "select * from obligation where incident_id = $1
         order by case when due_at is null then 1 else 0 end, due_at, rule, controller, cohort"
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
        "select * from obligation where outcome is null and applies <> 'no'
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
        "insert into deadline (id, obligation_id, computed_at, cause, due_at, result, inputs)
         values ($1, $2, $3, $4, $5, $6, $7)"
    ))
    .bind(d.id)
    .bind(d.obligation_id)
    .bind(d.computed_at)
    .bind(&d.cause)
    .bind(d.due_at)
    .bind(&d.result)
    .bind(&d.inputs)
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

/// The newest deadline that was computed for an obligation until `at`.
pub async fn deadline_until(
    db: impl Exec<'_>,
    obligation: ObligationId,
    at: DateTime<Utc>,
) -> Result<Option<Computed>> {
    db.query(sql!(
        "select * from deadline where obligation_id = $1 and computed_at <= $2
         order by computed_at desc, id desc limit 1"
    ))
    .bind(obligation)
    .bind(at)
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
         where o.outcome is null and o.applies <> 'no' and o.due_at <= $1 and (o.due_at, o.id) > ($2, $3)
         order by o.due_at, o.id limit $4"
    ))
    .bind(until)
    .bind(after.0)
    .bind(after.1)
    .bind(limit)
    .all()
    .await
}
