//! Incidents.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::types::Json;

use super::{Exec, Tx};
use crate::domain::evidence::Evidenced;
use crate::error::Result;
use crate::ids::IncidentId;
use crate::sql;

/// Whether somebody still works on it.
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
#[schema(as = IncidentStatus)]
pub enum Status {
    /// From the report on.
    Open,
    /// Closed with a reason.
    Closed,
}

/// The case from first report to closure.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Incident {
    /// Its id.
    pub id: IncidentId,
    /// What a person says on the phone: "2026-014", "DRILL-2026-003".
    pub reference: String,
    /// A line.
    pub title: String,
    /// What happened, in the words of who reported it.
    pub description: String,
    /// A drill never reaches a real person.
    pub drill: bool,
    /// Open or closed.
    pub status: Status,
    /// Was confidentiality breached?
    pub confidentiality: bool,
    /// Was integrity breached?
    pub integrity: bool,
    /// Was availability breached?
    pub availability: bool,
    /// The processor it came from, when it did.
    pub processor: Option<String>,
    /// Ids of systems in the operator profile.
    pub systems: Json<Vec<String>>,
    /// Ids of kinds of data in the operator profile.
    pub data_kinds: Json<Vec<String>>,
    /// Who reported it.
    pub reported_by: String,
    /// When it was reported, UTC.
    pub reported_at: DateTime<Utc>,
    /// How many people are on the roster.
    pub persons: i64,
    /// When it was closed, UTC.
    pub closed_at: Option<DateTime<Utc>>,
    /// Why it was closed.
    pub closed_reason: Option<String>,
    /// Rises with each change.
    pub version: i64,
}

impl Evidenced for Incident {
    const TABLE: &'static str = "incident";

    fn row_id(&self) -> String {
        self.id.to_string()
    }

    fn view(&self) -> Value {
        json!({
            "reference": self.reference, "title": self.title, "description": self.description,
            "drill": self.drill, "status": self.status,
            "confidentiality": self.confidentiality, "integrity": self.integrity,
            "availability": self.availability, "processor": self.processor,
            "systems": self.systems.0, "data_kinds": self.data_kinds.0,
            "reported_by": self.reported_by, "reported_at": self.reported_at,
            "persons": self.persons, "closed_at": self.closed_at,
            "closed_reason": self.closed_reason,
        })
    }
}

/// Adds an incident.
pub async fn insert(tx: &mut Tx, i: &Incident) -> Result<()> {
    tx.command(sql!(
        "insert into incident (id, reference, title, description, drill, status, confidentiality,
            integrity, availability, processor, systems, data_kinds, reported_by, reported_at,
            persons, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
    ))
    .bind(i.id)
    .bind(&i.reference)
    .bind(&i.title)
    .bind(&i.description)
    .bind(i.drill)
    .bind(i.status)
    .bind(i.confidentiality)
    .bind(i.integrity)
    .bind(i.availability)
    .bind(&i.processor)
    .bind(i.systems.clone())
    .bind(i.data_kinds.clone())
    .bind(&i.reported_by)
    .bind(i.reported_at)
    .bind(i.persons)
    .bind(i.version)
    .run()
    .await?;
    Ok(())
}

/// The incident with this id.
pub async fn find(db: impl Exec<'_>, id: IncidentId) -> Result<Option<Incident>> {
    db.query(sql!("select * from incident where id = $1"))
        .bind(id)
        .optional()
        .await
}

/// The incident with this id, kept from changing until the transaction ends.
pub async fn lock(tx: &mut Tx, id: IncidentId) -> Result<Option<Incident>> {
    tx.query(sql!(
        sqlite: "select * from incident where id = $1",
        postgres: "select * from incident where id = $1 for update"
    ))
    .bind(id)
    .optional()
    .await
}

/// The incident with this reference.
pub async fn find_by_reference(db: impl Exec<'_>, reference: &str) -> Result<Option<Incident>> {
    db.query(sql!("select * from incident where reference = $1"))
        .bind(reference)
        .optional()
        .await
}

/// Up to `limit` incidents, newest first, from before `before` (report time and id) on.
pub async fn list(
    db: impl Exec<'_>,
    before: Option<(DateTime<Utc>, IncidentId)>,
    limit: i64,
) -> Result<Vec<Incident>> {
    let mut q = db.query(sql!("select * from incident"));
    if let Some((at, id)) = before {
        q = q
            .push(" where (reported_at, id) < (")
            .push_bind(at)
            .push(", ")
            .push_bind(id)
            .push(")");
    }
    q.push(" order by reported_at desc, id desc limit ")
        .push_bind(limit)
        .all()
        .await
}

/// The ids of all open incidents, in one order for everybody who locks several.
pub async fn open_ids(db: impl Exec<'_>) -> Result<Vec<IncidentId>> {
    let ids: Vec<(IncidentId,)> = db
        .query(sql!(
            "select id from incident where status = 'open' order by id"
        ))
        .all()
        .await?;
    Ok(ids.into_iter().map(|(id,)| id).collect())
}

/// Writes what may change of an incident, if nobody changed it since; false otherwise.
pub async fn update(tx: &mut Tx, i: &Incident) -> Result<bool> {
    let n = tx
        .command(sql!(
            "update incident set status = $3, persons = $4, closed_at = $5, closed_reason = $6,
                systems = $7, data_kinds = $8, version = version + 1
             where id = $1 and version = $2"
        ))
        .bind(i.id)
        .bind(i.version)
        .bind(i.status)
        .bind(i.persons)
        .bind(i.closed_at)
        .bind(&i.closed_reason)
        .bind(i.systems.clone())
        .bind(i.data_kinds.clone())
        .run()
        .await?;
    Ok(n == 1)
}

/// The next number of the counter `name`, from 1.
pub async fn next_number(tx: &mut Tx, name: &str) -> Result<i64> {
    let (n,): (i64,) = tx
        .command(sql!(
            "insert into counter (name, value) values ($1, 1)
             on conflict (name) do update set value = counter.value + 1 returning value"
        ))
        .bind(name)
        .one()
        .await?;
    Ok(n)
}
