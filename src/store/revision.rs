//! Revisions: what each change of a roster did, who came with it and who left.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Exec, Sql, Tx};
use crate::domain::evidence::Evidenced;
use crate::domain::scope::identifier::Key;
use crate::error::Result;
use crate::ids::{ImportId, IncidentId};
use crate::sql;

/// What changed a roster.
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
#[schema(as = RevisionCause)]
pub enum Cause {
    /// A roster file.
    File,
    /// An applied run of a recipe.
    Recipe,
    /// Ids and addresses were hashed for the first time; nobody came or left.
    Keyed,
}

/// One change of a roster.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Revision {
    /// The incident.
    pub incident_id: IncidentId,
    /// From 1.
    pub number: i64,
    /// What made it.
    pub cause: Cause,
    /// The file's import.
    pub import_id: Option<ImportId>,
    /// The recipe's run.
    pub run_id: Option<Uuid>,
    /// New people.
    pub added: i64,
    /// People who had left and are on it again.
    pub back: i64,
    /// People who left.
    pub left_n: i64,
    /// People who stayed, with another row.
    pub changed: i64,
    /// On the roster after it.
    pub persons: i64,
    /// SHA-256 over everybody on it in their order, hex.
    pub result_sha256: String,
    /// Why; there when anybody left.
    pub reason: Option<String>,
    /// Who made it.
    pub made_by: String,
    /// When, UTC.
    pub made_at: DateTime<Utc>,
}

impl Evidenced for Revision {
    const TABLE: &'static str = "revision";

    fn row_id(&self) -> String {
        format!("{}/{}", self.incident_id, self.number)
    }

    fn view(&self) -> Value {
        json!({
            "cause": self.cause, "import": self.import_id, "run": self.run_id,
            "added": self.added, "back": self.back, "left": self.left_n, "changed": self.changed,
            "persons": self.persons, "result_sha256": self.result_sha256, "reason": self.reason,
            "made_by": self.made_by, "made_at": self.made_at,
        })
    }
}

/// Adds a revision.
pub async fn insert(tx: &mut Tx, r: &Revision) -> Result<()> {
    tx.command(sql!(
        "insert into revision (incident_id, number, cause, import_id, run_id, added, back, left_n,
            changed, persons, result_sha256, reason, made_by, made_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
    ))
    .bind(r.incident_id)
    .bind(r.number)
    .bind(r.cause)
    .bind(r.import_id)
    .bind(r.run_id)
    .bind(r.added)
    .bind(r.back)
    .bind(r.left_n)
    .bind(r.changed)
    .bind(r.persons)
    .bind(&r.result_sha256)
    .bind(&r.reason)
    .bind(&r.made_by)
    .bind(r.made_at)
    .run()
    .await?;
    Ok(())
}

/// The revisions of an incident, newest first.
pub async fn list(db: impl Exec<'_>, incident: IncidentId) -> Result<Vec<Revision>> {
    db.query(sql!(
        "select * from revision where incident_id = $1 order by number desc limit 1000"
    ))
    .bind(incident)
    .all()
    .await
}

/// One revision.
pub async fn find(
    db: impl Exec<'_>,
    incident: IncidentId,
    number: i64,
) -> Result<Option<Revision>> {
    db.query(sql!(
        "select * from revision where incident_id = $1 and number = $2"
    ))
    .bind(incident)
    .bind(number)
    .optional()
    .await
}

/// The number of the next revision of an incident that is locked.
pub async fn next_number(db: impl Exec<'_>, incident: IncidentId) -> Result<i64> {
    let (last,): (i64,) = db
        .query(sql!(
            "select cast(coalesce(max(number), 0) as bigint) from revision where incident_id = $1"
        ))
        .bind(incident)
        .one()
        .await?;
    Ok(last + 1)
}

/// Somebody who came with a revision, left with it, or came back.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Moved {
    /// The site; empty: no account.
    pub site_id: String,
    /// The person.
    pub person_key: Key,
    /// The sealed contact.
    pub sealed: Option<Vec<u8>>,
    /// Had counted as notified when leaving, or since; of somebody who is new, false.
    pub told: bool,
}

/// Where a list of people goes on: the site and key of the last one shown.
pub type After<'a> = Option<(&'a str, Key)>;

const FIRST: (&str, Key) = ("", Key::new([0; 16]));

/// People whom revision `number` brought for the first time, up to `limit` after `after`.
pub async fn came(
    db: impl Exec<'_>,
    incident: IncidentId,
    number: i64,
    after: After<'_>,
    limit: i64,
) -> Result<Vec<Moved>> {
    // The index of later revisions is only taken where the condition of it stands in so many words.
    let sql = if number > 1 {
        sql!(
            "select site_id, person_key, sealed, false as told from person
              where incident_id = $1 and revision = $2 and revision > 1
                and (site_id, person_key) > ($3, $4)
              order by site_id, person_key limit $5"
        )
    } else {
        sql!(
            "select site_id, person_key, sealed, false as told from person
              where incident_id = $1 and revision = $2 and (site_id, person_key) > ($3, $4)
              order by site_id, person_key limit $5"
        )
    };
    moved(db, sql, incident, number, after, limit).await
}

/// People who had left and whom revision `number` brought back.
pub async fn back(
    db: impl Exec<'_>,
    incident: IncidentId,
    number: i64,
    after: After<'_>,
    limit: i64,
) -> Result<Vec<Moved>> {
    let sql = sql!(
        "select p.site_id, p.person_key, p.sealed, g.told
           from person_gone g
           join person p on p.incident_id = g.incident_id and p.site_id = g.site_id
                and p.person_key = g.person_key
          where g.incident_id = $1 and g.back_revision = $2
                and (g.site_id, g.person_key) > ($3, $4)
          order by g.site_id, g.person_key limit $5"
    );
    moved(db, sql, incident, number, after, limit).await
}

/// People who left with revision `number`.
pub async fn left(
    db: impl Exec<'_>,
    incident: IncidentId,
    number: i64,
    after: After<'_>,
    limit: i64,
) -> Result<Vec<Moved>> {
    let sql = sql!(
        "select p.site_id, p.person_key, p.sealed, g.told
           from person_gone g
           join person p on p.incident_id = g.incident_id and p.site_id = g.site_id
                and p.person_key = g.person_key
          where g.incident_id = $1 and g.revision = $2
                and (g.site_id, g.person_key) > ($3, $4)
          order by g.site_id, g.person_key limit $5"
    );
    moved(db, sql, incident, number, after, limit).await
}

/// The people whom one of the statements above finds, which all take the same values.
async fn moved(
    db: impl Exec<'_>,
    sql: Sql,
    incident: IncidentId,
    number: i64,
    after: After<'_>,
    limit: i64,
) -> Result<Vec<Moved>> {
    let (site, key) = after.unwrap_or(FIRST);
    db.query(sql)
        .bind(incident)
        .bind(number)
        .bind(site)
        .bind(key)
        .bind(limit)
        .all()
        .await
}

/// Why and how somebody left last.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Gone {
    /// The revision.
    pub revision: i64,
    /// Why.
    pub reason: String,
    /// Had counted as notified.
    pub told: bool,
    /// Had been sent a notice at least.
    pub served: bool,
}

/// Why and how somebody left with revision `revision`.
pub async fn gone(
    db: impl Exec<'_>,
    incident: IncidentId,
    revision: i64,
    site: &str,
    key: Key,
) -> Result<Option<Gone>> {
    db.query(sql!(
        "select revision, reason, told, served from person_gone
         where incident_id = $1 and revision = $2 and site_id = $3 and person_key = $4"
    ))
    .bind(incident)
    .bind(revision)
    .bind(site)
    .bind(key)
    .optional()
    .await
}

/// Somebody counts as notified only now; when they have left meanwhile, that row must say so, because
/// they are owed a correction.
pub async fn told_after_leaving(
    tx: &mut Tx,
    incident: IncidentId,
    site: &str,
    key: Key,
) -> Result<u64> {
    tx.command(sql!(
        sqlite: "update person_gone set told = 1
            where incident_id = $1 and site_id = $2 and person_key = $3
                and revision = (select p.left_revision from person p
                    where p.incident_id = $1 and p.site_id = $2 and p.person_key = $3)",
        postgres: "update person_gone set told = true
            where incident_id = $1 and site_id = $2 and person_key = $3
                and revision = (select p.left_revision from person p
                    where p.incident_id = $1 and p.site_id = $2 and p.person_key = $3)"
    ))
    .bind(incident)
    .bind(site)
    .bind(key)
    .run()
    .await
}

/// How many of those who left with revision `number` had been told.
pub async fn told_of(db: impl Exec<'_>, incident: IncidentId, number: i64) -> Result<i64> {
    let (n,): (i64,) = db
        .query(sql!(
            "select count(case when told then 1 end) from person_gone
             where incident_id = $1 and revision = $2"
        ))
        .bind(incident)
        .bind(number)
        .one()
        .await?;
    Ok(n)
}

/// How many people are off the roster and had been told that they were affected.
pub async fn wrongly_told(db: impl Exec<'_>, incident: IncidentId) -> Result<i64> {
    let (n,): (i64,) = db
        .query(sql!(
            "select count(case when g.told then 1 end)
               from person p
               join person_gone g on g.incident_id = p.incident_id
                    and g.revision = p.left_revision and g.site_id = p.site_id
                    and g.person_key = p.person_key
              where p.incident_id = $1 and p.left_revision is not null"
        ))
        .bind(incident)
        .one()
        .await?;
    Ok(n)
}
