//! Recipes: how the affected people follow from the sources, as a text with versions.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::incident::seen;
use crate::app::App;
use crate::domain::access::Action;
use crate::error::Error;
use crate::http::error::Answer;
use crate::http::extract::{Ask, At, Body, Caller, Page, Paging};
use crate::ids::{IncidentId, RecipeId};
use crate::service::recipe::{self, Checked, Draft, Values};
use crate::store;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, save))
        .routes(routes!(check))
}

/// A version of a recipe. It is never changed; a correction is a new version.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Recipe)]
struct Version {
    id: RecipeId,
    /// From 1.
    version: i64,
    /// The text.
    body: String,
    /// Why this version.
    note: String,
    written_by: String,
    written_at: DateTime<Utc>,
}

impl From<store::recipe::Recipe> for Version {
    fn from(r: store::recipe::Recipe) -> Self {
        Self {
            id: r.id,
            version: r.version,
            body: r.body,
            note: r.note,
            written_by: r.written_by,
            written_at: r.written_at,
        }
    }
}

/// List the versions of an incident's recipe, the newest first
#[utoipa::path(
    get, path = "/incidents/{incident}/recipes", tag = "Recipes", operation_id = "list_recipes",
    params(("incident" = IncidentId, Path, description = "The incident's id"), Paging),
    responses((status = OK, body = Page<Version>, description = "A page of versions"))
)]
async fn list(
    State(app): State<App>,
    caller: Caller,
    At(id): At<IncidentId>,
    Ask(paging): Ask<Paging>,
) -> Answer<Json<Page<Version>>> {
    caller.require(Action::ViewIncident)?;
    seen(&app, id).await?;
    let rows = store::recipe::list(&app.db, id).await?;
    Page::cut(rows, &paging, |r| r.id, Version::from).map(Json)
}

/// Save a version of an incident's recipe
///
/// Nothing is run. A text with mistakes is not saved: each mistake is an error of `body` with its line
/// and character. The text of the newest version is that version.
#[utoipa::path(
    post, path = "/incidents/{incident}/recipes", tag = "Recipes", operation_id = "save_recipe",
    params(("incident" = IncidentId, Path, description = "The incident's id")),
    request_body(content = Draft, example = json!({
        "body": "link orders by email\nregistered = accounts where since < :to and not until < :from\n\
                 affected = registered union (orders where at between 2026-10-01 and 2026-10-14)",
        "note": "Orders of the two weeks in which the export was open."
    })),
    responses((status = CREATED, body = Version, description = "It is saved"))
)]
async fn save(caller: Caller, At(id): At<IncidentId>, Body(body): Body<Draft>) -> Answer<Response> {
    let saved = recipe::save(&caller.ctx(), id, &body).await?;
    let at = format!("/api/v1/incidents/{id}/recipes");
    Ok((
        StatusCode::CREATED,
        [(LOCATION, at)],
        Json(Version::from(saved)),
    )
        .into_response())
}

/// A text to read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CheckRecipe {
    /// The text.
    body: String,
    /// The values of its parameters; null: those are not looked at.
    #[serde(default)]
    params: Option<BTreeMap<String, String>>,
    /// The IANA zone of days; empty: the first controller's.
    #[serde(default)]
    zone: String,
}

/// Read a recipe without saving it
///
/// Gives every mistake with its place, and each step as a sentence. Nothing is written.
#[utoipa::path(
    post, path = "/incidents/{incident}/recipes/check", tag = "Recipes",
    operation_id = "check_recipe",
    params(("incident" = IncidentId, Path, description = "The incident's id")),
    request_body(content = CheckRecipe, example = json!({
        "body": "affected = accounts where since < :to", "params": { "to": "2026-10-14" }
    })),
    responses((status = OK, body = Checked, description = "What it says"))
)]
async fn check(
    State(app): State<App>,
    caller: Caller,
    At(id): At<IncidentId>,
    Body(body): Body<CheckRecipe>,
) -> Answer<Json<Checked>> {
    caller.require(Action::ViewIncident)?;
    seen(&app, id).await?;
    let zone = recipe::zone(&app, &body.zone).map_err(|why| Error::invalid("zone", why))?;
    let params = body.params.as_ref();
    let values = params.map(|params| Values { params, zone });
    Ok(Json(recipe::check(&app, id, &body.body, values).await?))
}
