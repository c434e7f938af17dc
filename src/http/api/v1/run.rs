//! Runs of recipes: asking for one, and what it gave.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::incident::seen;
use crate::app::App;
use crate::domain::access::{Action, Actor};
use crate::error::{Error, Result};
use crate::http::error::Answer;
use crate::http::extract::{Ask, At, Body, Caller, Page, Paging};
use crate::ids::{IncidentId, RecipeId, RunId};
use crate::service::late::FoundLater;
use crate::service::recipe::{self, Ask as AskRun, Difference, Read};
use crate::store;
use crate::store::recipe::Status;
use crate::store::run::{Links, Outcome, StepCount};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, ask))
        .routes(routes!(get))
}

/// One evaluation of a recipe.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Run)]
struct Run {
    id: RunId,
    /// The version of the recipe.
    version: i64,
    /// Parameter to value.
    params: BTreeMap<String, String>,
    /// The IANA zone of days.
    zone: String,
    status: Status,
    /// Why it failed.
    problem: Option<String>,
    /// The sources as it read them; null until then.
    sources: Option<Vec<Read>>,
    /// Each step with its number of people; null until it is done, and for who sees no small counts.
    steps: Option<Vec<StepCount>>,
    /// What the links joined; null also where the recipe has no links.
    links: Option<Links>,
    /// Rows of the roster that it gives: one for each account, and one for who has none.
    persons: Option<i64>,
    /// SHA-256 over that roster, hex.
    result_sha256: Option<String>,
    /// Who comes, leaves and changes against the roster as it stood.
    difference: Option<Difference>,
    /// The roster becomes its result.
    apply: bool,
    /// Why the roster is changed.
    reason: Option<String>,
    /// When and why new people were found only then.
    found: Option<FoundLater>,
    /// The revision of the roster that it made.
    revision: Option<i64>,
    asked_by: String,
    asked_at: DateTime<Utc>,
    done_at: Option<DateTime<Utc>>,
}

fn json<T: DeserializeOwned>(text: Option<&str>) -> Result<Option<T>> {
    let read = text.map(serde_json::from_str).transpose();
    read.map_err(Error::internal)
}

/// A run for `actor`, of a recipe whose versions are known.
fn wire(run: store::recipe::Run, versions: &BTreeMap<RecipeId, i64>, actor: &Actor) -> Result<Run> {
    let outcome: Option<Outcome> = json(run.steps.as_deref())?;
    // A step may hold two people of one state: whoever must not count those does not see steps.
    let outcome = outcome.filter(|_| actor.sees_exact_counts());
    let (steps, links) = outcome.map_or((None, None), |o| (Some(o.steps), o.links));
    Ok(Run {
        id: run.id,
        version: versions.get(&run.recipe_id).copied().unwrap_or_default(),
        params: json(Some(&run.params))?.unwrap_or_default(),
        zone: run.zone,
        status: run.status,
        problem: run.problem,
        sources: json(run.sources.as_deref())?,
        steps,
        links,
        persons: run.persons,
        result_sha256: run.result_sha256,
        difference: json(run.difference.as_deref())?,
        apply: run.apply,
        reason: run.reason,
        found: json(run.found.as_deref())?,
        revision: run.revision,
        asked_by: run.asked_by,
        asked_at: run.asked_at,
        done_at: run.done_at,
    })
}

/// The version of each recipe of an incident.
async fn versions(app: &App, id: IncidentId) -> Result<BTreeMap<RecipeId, i64>> {
    let all = store::recipe::list(&app.db, id).await?;
    Ok(all.into_iter().map(|r| (r.id, r.version)).collect())
}

/// List the runs of an incident's recipe, the newest first
#[utoipa::path(
    get, path = "/incidents/{incident}/runs", tag = "Recipes", operation_id = "list_runs",
    params(("incident" = IncidentId, Path, description = "The incident's id"), Paging),
    responses((status = OK, body = Page<Run>, description = "A page of runs"))
)]
async fn list(
    State(app): State<App>,
    caller: Caller,
    At(id): At<IncidentId>,
    Ask(paging): Ask<Paging>,
) -> Answer<Json<Page<Run>>> {
    caller.require(Action::ViewIncident)?;
    seen(&app, id).await?;
    let versions = versions(&app, id).await?;
    let rows = store::recipe::runs(&app.db, id).await?;
    let page = Page::cut(
        rows,
        &paging,
        |r| r.id,
        |r| wire(r, &versions, &caller.actor),
    )?;
    Ok(Json(Page {
        items: page.items.into_iter().collect::<Result<_>>()?,
        next: page.next,
    }))
}

/// Run a recipe
///
/// The server does it; read the run to see what it gave. With `apply` its result becomes the roster,
/// else nothing changes and its difference says what would. `found_at`, `found_zone` and `found_reason`
/// are fields of `found`.
#[utoipa::path(
    post, path = "/incidents/{incident}/runs", tag = "Recipes", operation_id = "ask_run",
    params(("incident" = IncidentId, Path, description = "The incident's id")),
    request_body(content = AskRun, example = json!({
        "params": { "from": "2026-10-01", "to": "2026-10-14" },
        "apply": true,
        "reason": "The window of the export is known now."
    })),
    responses((status = ACCEPTED, body = Run, description = "It will be run"))
)]
async fn ask(
    State(app): State<App>,
    caller: Caller,
    At(id): At<IncidentId>,
    Body(body): Body<AskRun>,
) -> Answer<Response> {
    caller.require(Action::ImportRoster)?;
    seen(&app, id).await?;
    let run = recipe::ask(&caller.ctx(), id, &body, false).await?;
    let at = format!("/api/v1/incidents/{id}/runs/{}", run.id);
    let run = wire(run, &versions(&app, id).await?, &caller.actor)?;
    Ok((StatusCode::ACCEPTED, [(LOCATION, at)], Json(run)).into_response())
}

/// Read a run of an incident's recipe
#[utoipa::path(
    get, path = "/incidents/{incident}/runs/{run}", tag = "Recipes", operation_id = "get_run",
    params(
        ("incident" = IncidentId, Path, description = "The incident's id"),
        ("run" = RunId, Path, description = "The run's id")
    ),
    responses((status = OK, body = Run, description = "The run"))
)]
async fn get(
    State(app): State<App>,
    caller: Caller,
    At((id, run)): At<(IncidentId, RunId)>,
) -> Answer<Json<Run>> {
    caller.require(Action::ViewIncident)?;
    seen(&app, id).await?;
    let run = recipe::find_run(&app, id, run).await?;
    Ok(Json(wire(run, &versions(&app, id).await?, &caller.actor)?))
}
