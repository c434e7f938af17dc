//! The rows of an import that could not be taken: as JSON, and as a file to mend.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::domain::access::Action;
use crate::error::Error;
use crate::http::error::Answer;
use crate::http::extract::{Ask, At, Caller, Page, Paging};
use crate::http::rejected;
use crate::ids::{ImportId, IncidentId};
use crate::service::roster;
use crate::store::person;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(download))
}

/// A row that could not be taken.
#[derive(Debug, Serialize, ToSchema)]
struct Rejection {
    /// The line in the file; the header is line 1.
    line: i64,
    /// A sentence.
    reason: String,
    /// The line as it stood in the file, at most 1,000 characters.
    raw: String,
}

impl From<roster::Rejection> for Rejection {
    fn from(r: roster::Rejection) -> Self {
        Self {
            line: r.line,
            reason: r.reason,
            raw: r.raw,
        }
    }
}

async fn import_of(app: &App, incident: IncidentId, id: ImportId) -> Answer<person::Import> {
    Ok(person::find_import(&app.db, id)
        .await?
        .filter(|i| i.incident_id == incident)
        .ok_or(Error::NotFound("This import"))?)
}

/// List the rejected rows of an import, by line
#[utoipa::path(
    get, path = "/incidents/{incident}/imports/{import}/rejections", tag = "Roster",
    operation_id = "list_rejections",
    params(
        ("incident" = IncidentId, Path, description = "The incident's id"),
        ("import" = ImportId, Path, description = "The import's id"),
        Paging
    ),
    responses((status = OK, body = Page<Rejection>, description = "A page of rejected rows"))
)]
async fn list(
    State(app): State<App>,
    caller: Caller,
    At((incident, id)): At<(IncidentId, ImportId)>,
    Ask(paging): Ask<Paging>,
) -> Answer<Json<Page<Rejection>>> {
    caller.require(Action::ImportRoster)?;
    let import = import_of(&app, incident, id).await?;
    let limit = paging.limit()?;
    let after = paging.after::<i64>()?.unwrap_or(0);
    let rows = roster::rejections(&app, &import, after, limit + 1).await?;
    Ok(Json(Page::of(rows, limit, |r| r.line, Rejection::from)))
}

/// Download the rejected rows of an import as CSV
///
/// `line,reason,raw`. A cell that a spreadsheet could take for a formula begins with an apostrophe.
#[utoipa::path(
    get, path = "/incidents/{incident}/imports/{import}/rejections.csv", tag = "Roster",
    operation_id = "download_rejections",
    params(
        ("incident" = IncidentId, Path, description = "The incident's id"),
        ("import" = ImportId, Path, description = "The import's id")
    ),
    responses((
        status = OK, body = String, content_type = "text/csv", description = "The rejected rows"
    ))
)]
async fn download(
    State(app): State<App>,
    caller: Caller,
    At((incident, id)): At<(IncidentId, ImportId)>,
) -> Answer<Response> {
    caller.require(Action::ImportRoster)?;
    let import = import_of(&app, incident, id).await?;
    Ok(rejected::file(app, &import))
}
