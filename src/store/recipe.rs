//! Recipes and their runs.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{Exec, Tx};
use crate::domain::evidence::Evidenced;
use crate::error::Result;
use crate::ids::{IncidentId, RecipeId, RunId};
use crate::sql;

/// One version of a recipe.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Recipe {
    /// Its id.
    pub id: RecipeId,
    /// The incident.
    pub incident_id: IncidentId,
    /// From 1.
    pub version: i64,
    /// The text.
    pub body: String,
    /// Why this version.
    pub note: String,
    /// Who wrote it.
    pub written_by: String,
    /// When, UTC.
    pub written_at: DateTime<Utc>,
}

impl Evidenced for Recipe {
    const TABLE: &'static str = "recipe";

    fn row_id(&self) -> String {
        self.id.to_string()
    }

    fn view(&self) -> Value {
        json!({
            "incident": self.incident_id, "version": self.version, "body": self.body,
            "note": self.note, "written_by": self.written_by, "written_at": self.written_at,
        })
    }
}

/// How far a run is.
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
#[schema(as = RunStatus)]
pub enum Status {
    /// The server has not taken it up yet, or is at it.
    Waiting,
    /// It has a result.
    Done,
    /// It could not be run.
    Failed,
}

impl Status {
    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

/// One evaluation of a recipe.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// The incident.
    pub incident_id: IncidentId,
    /// The recipe.
    pub recipe_id: RecipeId,
    /// JSON: parameter to value.
    pub params: String,
    /// The IANA zone of days.
    pub zone: String,
    /// How far it is.
    pub status: Status,
    /// Why it failed.
    pub problem: Option<String>,
    /// JSON: what was read.
    pub sources: Option<String>,
    /// JSON: steps with counts, and what the links joined.
    pub steps: Option<String>,
    /// Rows of the roster that it gives.
    pub persons: Option<i64>,
    /// SHA-256 over that roster, hex.
    pub result_sha256: Option<String>,
    /// JSON: who comes, leaves, changes against the roster as it stood.
    pub difference: Option<String>,
    /// The roster becomes its result.
    pub apply: bool,
    /// JSON: when and why new people were found only now.
    pub found: Option<String>,
    /// Why the roster is changed.
    pub reason: Option<String>,
    /// The revision that it made.
    pub revision: Option<i64>,
    /// Who asked for it.
    pub asked_by: String,
    /// When, UTC.
    pub asked_at: DateTime<Utc>,
    /// UTC.
    pub done_at: Option<DateTime<Utc>>,
}

impl Evidenced for Run {
    const TABLE: &'static str = "run";

    fn row_id(&self) -> String {
        self.id.to_string()
    }

    fn view(&self) -> Value {
        json!({
            "incident": self.incident_id, "recipe": self.recipe_id, "params": self.params,
            "zone": self.zone, "status": self.status, "problem": self.problem,
            "sources": self.sources, "steps": self.steps, "persons": self.persons,
            "result_sha256": self.result_sha256, "difference": self.difference,
            "apply": self.apply, "found": self.found, "reason": self.reason,
            "revision": self.revision, "asked_by": self.asked_by, "asked_at": self.asked_at,
            "done_at": self.done_at,
        })
    }
}

/// Adds a version.
pub async fn insert(tx: &mut Tx, r: &Recipe) -> Result<()> {
    tx.command(sql!(
        "insert into recipe (id, incident_id, version, body, note, written_by, written_at)
         values ($1, $2, $3, $4, $5, $6, $7)"
    ))
    .bind(r.id)
    .bind(r.incident_id)
    .bind(r.version)
    .bind(&r.body)
    .bind(&r.note)
    .bind(&r.written_by)
    .bind(r.written_at)
    .run()
    .await?;
    Ok(())
}

/// The versions of an incident's recipe, newest first.
pub async fn list(db: impl Exec<'_>, incident: IncidentId) -> Result<Vec<Recipe>> {
    db.query(sql!(
        "select * from recipe where incident_id = $1 order by version desc limit 500"
    ))
    .bind(incident)
    .all()
    .await
}

/// The recipe with this id.
pub async fn find(db: impl Exec<'_>, id: RecipeId) -> Result<Option<Recipe>> {
    db.query(sql!("select * from recipe where id = $1"))
        .bind(id)
        .optional()
        .await
}

/// Adds a run that waits.
pub async fn insert_run(tx: &mut Tx, r: &Run) -> Result<()> {
    tx.command(sql!(
        "insert into run (id, incident_id, recipe_id, params, zone, status, apply, found, reason,
            asked_by, asked_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    ))
    .bind(r.id)
    .bind(r.incident_id)
    .bind(r.recipe_id)
    .bind(&r.params)
    .bind(&r.zone)
    .bind(r.status)
    .bind(r.apply)
    .bind(&r.found)
    .bind(&r.reason)
    .bind(&r.asked_by)
    .bind(r.asked_at)
    .run()
    .await?;
    Ok(())
}

/// Writes how a run ended, when it waits still; `false`: another has ended it.
pub async fn end_run(tx: &mut Tx, r: &Run) -> Result<bool> {
    let touched = tx
        .command(sql!(
            "update run set status = $2, problem = $3, sources = $4, steps = $5, persons = $6,
                result_sha256 = $7, difference = $8, revision = $9, done_at = $10
             where id = $1 and status = 'waiting'"
        ))
        .bind(r.id)
        .bind(r.status)
        .bind(&r.problem)
        .bind(&r.sources)
        .bind(&r.steps)
        .bind(r.persons)
        .bind(&r.result_sha256)
        .bind(&r.difference)
        .bind(r.revision)
        .bind(r.done_at)
        .run()
        .await?;
    Ok(touched == 1)
}

/// One run.
pub async fn find_run(db: impl Exec<'_>, id: RunId) -> Result<Option<Run>> {
    db.query(sql!("select * from run where id = $1"))
        .bind(id)
        .optional()
        .await
}

/// The runs of an incident, newest first.
pub async fn runs(db: impl Exec<'_>, incident: IncidentId) -> Result<Vec<Run>> {
    db.query(sql!(
        "select * from run where incident_id = $1 order by asked_at desc, id desc limit 200"
    ))
    .bind(incident)
    .all()
    .await
}

/// The newest run that became the roster.
pub async fn applied(db: impl Exec<'_>, incident: IncidentId) -> Result<Option<Run>> {
    db.query(sql!(
        "select * from run where incident_id = $1 and revision is not null
         order by revision desc limit 1"
    ))
    .bind(incident)
    .optional()
    .await
}
