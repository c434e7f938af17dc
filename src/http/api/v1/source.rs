//! Sources: sending a list, saying what its columns mean, trying it, reading it, and what came of it.

use axum::Json;
use axum::body::Body as Raw;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::incident::seen;
use super::source_wire::{Preview, RejectedRow, Source, Trial};
use super::wire::{Done, created};
use crate::app::App;
use crate::domain::access::Action;
use crate::http::error::{Answer, Kind, Problem};
use crate::http::extract::{Ask, At, Body, Caller, Page, Paging};
use crate::http::{source_rejected, upload};
use crate::ids::{IncidentId, SourceId};
use crate::service::source::{self, About, Settings};
use crate::store;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get, set, discard))
        .routes(routes!(preview))
        .routes(routes!(begin))
        .routes(routes!(stop))
        .routes(routes!(rejections))
        .routes(routes!(download))
}

/// What may take long.
pub(super) fn lasting() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(receive))
        .routes(routes!(query))
        .routes(routes!(trial))
}

/// What is said about the list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Said {
    /// How recipes call it: a word of lower-case letters, digits and _, at most 40.
    #[param(example = "orders")]
    name: String,
    /// The system of the operator profile that it is a list of; empty: none, such as a list of staff.
    #[serde(default)]
    #[param(required = false)]
    system: String,
    /// The site whose account ids it holds; empty: it holds none.
    #[serde(default)]
    #[param(required = false)]
    site: String,
    /// It was taken from the exposed system itself, so what it lists was there.
    #[serde(default)]
    #[param(required = false, default = false)]
    in_system: bool,
    /// The file's name, for people and as a hint what it is.
    #[serde(default = "unnamed")]
    #[param(required = false, default = "list.csv")]
    file: String,
}

fn unnamed() -> String {
    "list.csv".to_owned()
}

/// Send a list of people
///
/// The body is the file itself: CSV, JSON Lines, Parquet or an access log, plain or packed with gzip or
/// zstd. Nothing is read of it yet but its first rows. Look at the preview, set what its columns mean,
/// and begin.
#[utoipa::path(
    post, path = "/incidents/{incident}/sources", tag = "Sources", operation_id = "send_source",
    params(("incident" = IncidentId, Path, description = "The incident's id"), Said),
    request_body(
        content = String, content_type = "application/octet-stream",
        example = "order_no,email,ordered_at\nA-1001,anna@example.org,2026-10-03T10:00:00+02:00\n"
    ),
    responses((status = CREATED, body = Done<SourceId>, description = "The list is received"))
)]
async fn receive(
    State(app): State<App>,
    caller: Caller,
    At(id): At<IncidentId>,
    Ask(said): Ask<Said>,
    headers: HeaderMap,
    body: Raw,
) -> Answer<Response> {
    caller.require(Action::ImportRoster)?;
    seen(&app, id).await?;
    if is_form(&headers) {
        return Err(Problem::new(
            Kind::MediaType,
            "Send the file itself and not a form, with the header \"Content-Type: \
             application/octet-stream\".",
        ));
    }
    let file = upload::body(&headers, body, app.config.upload_max_bytes).await?;
    let about = About {
        name: said.name,
        system: said.system,
        site: said.site,
        in_system: said.in_system,
    };
    let made = source::receive(&caller.ctx(), id, &about, &said.file, file).await?;
    let at = format!("/api/v1/incidents/{id}/sources/{}", made.id);
    Ok(created(made.id, &at))
}

/// A query as a source.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct NewQuery {
    /// What is said about the list.
    about: About,
    /// What is asked of which database.
    query: source::Query,
}

/// Ask a database for a list of people
///
/// One `select` against one of the company's own databases that the operator set up (setting
/// `connections`), with named parameters. It is asked in a transaction that can only read; nothing is read
/// yet but the first rows.
#[utoipa::path(
    post, path = "/incidents/{incident}/queries", tag = "Sources", operation_id = "ask_source",
    params(("incident" = IncidentId, Path, description = "The incident's id")),
    request_body(content = NewQuery, example = json!({
        "about": {"name": "orders", "system": "orders", "site": "shop", "in_system": true},
        "query": {
            "connection": "shop",
            "sql": "select order_no, user_id, ordered_at from orders where ordered_at >= :from",
            "params": {"from": "2026-10-01"},
        },
    })),
    responses((status = CREATED, body = Done<SourceId>, description = "The query can be read"))
)]
async fn query(
    State(app): State<App>,
    caller: Caller,
    At(id): At<IncidentId>,
    Body(new): Body<NewQuery>,
) -> Answer<Response> {
    caller.require(Action::ImportRoster)?;
    seen(&app, id).await?;
    let made = source::receive_query(&caller.ctx(), id, &new.about, &new.query).await?;
    let at = format!("/api/v1/incidents/{id}/sources/{}", made.id);
    Ok(created(made.id, &at))
}

/// The body is the encoding of a form, as some programs send a file when nothing else is said.
fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok());
    let kind = kind.unwrap_or_default().trim_start().to_ascii_lowercase();
    kind.starts_with("application/x-www-form-urlencoded") || kind.starts_with("multipart/")
}

/// List an incident's sources, the newest first
#[utoipa::path(
    get, path = "/incidents/{incident}/sources", tag = "Sources", operation_id = "list_sources",
    params(("incident" = IncidentId, Path, description = "The incident's id"), Paging),
    responses((status = OK, body = Page<Source>, description = "A page of sources"))
)]
async fn list(
    State(app): State<App>,
    caller: Caller,
    At(id): At<IncidentId>,
    Ask(paging): Ask<Paging>,
) -> Answer<Json<Page<Source>>> {
    caller.require(Action::ViewIncident)?;
    seen(&app, id).await?;
    let now = app.time.now();
    let rows = store::source::list(&app.db, id).await?;
    let page = Page::cut(rows, &paging, |s| s.id, |s| s)?;
    let items = page.items.into_iter().map(|s| Source::at(s, now));
    Ok(Json(Page {
        items: items.collect::<Result<_, _>>()?,
        next: page.next,
    }))
}

/// Read a source: how far it is, and what came of it
#[utoipa::path(
    get, path = "/incidents/{incident}/sources/{source}", tag = "Sources",
    operation_id = "get_source",
    params(
        ("incident" = IncidentId, Path, description = "The incident's id"),
        ("source" = SourceId, Path, description = "The source's id")
    ),
    responses((status = OK, body = Source, description = "The source"))
)]
async fn get(
    State(app): State<App>,
    caller: Caller,
    At((incident, id)): At<(IncidentId, SourceId)>,
) -> Answer<Json<Source>> {
    caller.require(Action::ViewIncident)?;
    let s = source::find(&app, incident, id).await?;
    Ok(Json(Source::at(s, app.time.now())?))
}

/// Look at the first rows of a source and at what its columns mean
///
/// While nothing was set, the mapping is what the names of the columns suggest.
#[utoipa::path(
    get, path = "/incidents/{incident}/sources/{source}/preview", tag = "Sources",
    operation_id = "preview_source",
    params(
        ("incident" = IncidentId, Path, description = "The incident's id"),
        ("source" = SourceId, Path, description = "The source's id")
    ),
    responses(
        (status = OK, body = Preview, description = "The first rows"),
        (status = CONFLICT, description = "It is done or put aside, and its file is deleted")
    )
)]
async fn preview(
    State(app): State<App>,
    caller: Caller,
    At((incident, id)): At<(IncidentId, SourceId)>,
) -> Answer<Json<Preview>> {
    caller.require(Action::ImportRoster)?;
    let s = source::find(&app, incident, id).await?;
    Ok(Json(source::preview(&app, &s).await?.into()))
}

/// Set what is said about a source, how its file is read and what its columns mean
///
/// Take format and mapping from the preview and change them. What was read of it before is dropped.
#[utoipa::path(
    put, path = "/incidents/{incident}/sources/{source}", tag = "Sources",
    operation_id = "set_source",
    params(
        ("incident" = IncidentId, Path, description = "The incident's id"),
        ("source" = SourceId, Path, description = "The source's id")
    ),
    request_body(content = Settings, example = json!({
        "about": { "name": "orders", "system": "orders", "in_system": true },
        "mapping": {
            "columns": { "order_no": "order", "email": "email", "ordered_at": "at" },
            "fixed": { "role": "customer" },
            "zone": "Europe/Vienna",
            "unique": "record"
        }
    })),
    responses((status = OK, body = Done<SourceId>, description = "It is set"))
)]
async fn set(
    caller: Caller,
    At((incident, id)): At<(IncidentId, SourceId)>,
    Body(settings): Body<Settings>,
) -> Answer<Json<Done<SourceId>>> {
    source::set(&caller.ctx(), incident, id, &settings).await?;
    Ok(Json(Done { id }))
}

/// Try a source: read it for at most 20 seconds, say what would be taken, and write nothing
#[utoipa::path(
    post, path = "/incidents/{incident}/sources/{source}/trial", tag = "Sources",
    operation_id = "try_source",
    params(
        ("incident" = IncidentId, Path, description = "The incident's id"),
        ("source" = SourceId, Path, description = "The source's id")
    ),
    responses((status = OK, body = Trial, description = "What was found"))
)]
async fn trial(
    State(app): State<App>,
    caller: Caller,
    At((incident, id)): At<(IncidentId, SourceId)>,
) -> Answer<Json<Trial>> {
    caller.require(Action::ImportRoster)?;
    let s = source::find(&app, incident, id).await?;
    Ok(Json(source::trial(&app, &s).await?.into()))
}

/// Begin to read a source, or go on where it was stopped
///
/// The server does the rest. Read the source to see how far it is.
#[utoipa::path(
    post, path = "/incidents/{incident}/sources/{source}/begin", tag = "Sources",
    operation_id = "begin_source",
    params(
        ("incident" = IncidentId, Path, description = "The incident's id"),
        ("source" = SourceId, Path, description = "The source's id")
    ),
    responses((status = OK, body = Done<SourceId>, description = "It will be read"))
)]
async fn begin(
    caller: Caller,
    At((incident, id)): At<(IncidentId, SourceId)>,
) -> Answer<Json<Done<SourceId>>> {
    source::begin(&caller.ctx(), incident, id, false).await?;
    Ok(Json(Done { id }))
}

/// Stop the reading of a source
///
/// What was read is kept, and it can go on.
#[utoipa::path(
    post, path = "/incidents/{incident}/sources/{source}/stop", tag = "Sources",
    operation_id = "stop_source",
    params(
        ("incident" = IncidentId, Path, description = "The incident's id"),
        ("source" = SourceId, Path, description = "The source's id")
    ),
    responses((status = OK, body = Done<SourceId>, description = "It is stopped"))
)]
async fn stop(
    caller: Caller,
    At((incident, id)): At<(IncidentId, SourceId)>,
) -> Answer<Json<Done<SourceId>>> {
    source::stop(&caller.ctx(), incident, id).await?;
    Ok(Json(Done { id }))
}

/// Put a source aside that is not done
///
/// Its file and what was read of it are deleted.
#[utoipa::path(
    delete, path = "/incidents/{incident}/sources/{source}", tag = "Sources",
    operation_id = "discard_source",
    params(
        ("incident" = IncidentId, Path, description = "The incident's id"),
        ("source" = SourceId, Path, description = "The source's id")
    ),
    responses((status = NO_CONTENT, description = "It is put aside"))
)]
async fn discard(
    caller: Caller,
    At((incident, id)): At<(IncidentId, SourceId)>,
) -> Answer<StatusCode> {
    source::discard(&caller.ctx(), incident, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List the rows of a source that could not be taken, by line
#[utoipa::path(
    get, path = "/incidents/{incident}/sources/{source}/rejections", tag = "Sources",
    operation_id = "list_source_rejections",
    params(
        ("incident" = IncidentId, Path, description = "The incident's id"),
        ("source" = SourceId, Path, description = "The source's id"),
        Paging
    ),
    responses((status = OK, body = Page<RejectedRow>, description = "A page of rejected rows"))
)]
async fn rejections(
    State(app): State<App>,
    caller: Caller,
    At((incident, id)): At<(IncidentId, SourceId)>,
    Ask(paging): Ask<Paging>,
) -> Answer<Json<Page<RejectedRow>>> {
    caller.require(Action::ImportRoster)?;
    let s = source::find(&app, incident, id).await?;
    let limit = paging.limit()?;
    let after = paging.after::<i64>()?.unwrap_or(0);
    let rows = source::rejected(&app, &s, after, limit + 1).await?;
    Ok(Json(Page::of(rows, limit, |r| r.line, RejectedRow::from)))
}

/// Download the rows of a source that could not be taken as CSV
///
/// `line,column,reason,row`. A cell that a spreadsheet could take for a formula begins with an
/// apostrophe.
#[utoipa::path(
    get, path = "/incidents/{incident}/sources/{source}/rejections.csv", tag = "Sources",
    operation_id = "download_source_rejections",
    params(
        ("incident" = IncidentId, Path, description = "The incident's id"),
        ("source" = SourceId, Path, description = "The source's id")
    ),
    responses((
        status = OK, body = String, content_type = "text/csv", description = "The rejected rows"
    ))
)]
async fn download(
    State(app): State<App>,
    caller: Caller,
    At((incident, id)): At<(IncidentId, SourceId)>,
) -> Answer<Response> {
    caller.require(Action::ImportRoster)?;
    let s = source::find(&app, incident, id).await?;
    Ok(source_rejected::file(app, s))
}
