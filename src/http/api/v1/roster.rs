//! The roster: sending a file, what its imports did, how many people, and whether one is among them.

use axum::Json;
use axum::body::Body as Raw;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::incident::seen;
use super::rejections;
use crate::app::App;
use crate::domain::access::Action;
use crate::http::error::{Answer, Kind, Problem};
use crate::http::extract::{Ask, At, Body, Caller, Page, Paging};
use crate::http::upload;
use crate::ids::{ImportId, IncidentId};
use crate::service::late::FoundLater;
use crate::service::places;
use crate::service::roster::{self, FoundPerson, Imported, Upload};
use crate::store;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(imports))
        .routes(routes!(counts))
        .routes(routes!(look_up))
        .merge(rejections::routes())
}

/// What may take long.
pub(super) fn uploads() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(import))
}

/// Which users the file lists.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Which {
    /// The id of the site whose users the file lists.
    site: String,
    /// The file's name, for people.
    #[serde(default = "unnamed")]
    #[param(required = false, default = "roster.csv")]
    file: String,
    /// When the new people in it were found to be affected, RFC 3339 with an offset: they get a
    /// period of their own from then. Empty: their period is the incident's.
    #[serde(default)]
    #[param(example = "2026-12-04T10:00:00+01:00")]
    found_at: Option<String>,
    /// The IANA zone in which that was said.
    #[serde(default)]
    #[param(example = "Europe/Vienna")]
    found_zone: Option<String>,
    /// Why they were found only then.
    #[serde(default)]
    found_reason: Option<String>,
}

impl Which {
    fn found(&self) -> Option<FoundLater> {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let any = [&self.found_at, &self.found_zone, &self.found_reason]
            .iter()
            .any(|one| one.is_some());
        any.then(|| FoundLater {
            at: text(&self.found_at),
            zone: text(&self.found_zone),
            reason: text(&self.found_reason),
        })
    }
}

fn unnamed() -> String {
    "roster.csv".to_owned()
}

/// Import a roster
///
/// The body is the CSV file itself, in UTF-8. Its first line names the columns: `user_id`, and any of
/// `email`, `lang`, `country`, `state`, `birth_year`, `exposed`. Good rows are taken, bad ones come
/// back with line and reason. The same file twice changes nothing.
#[utoipa::path(
    post, path = "/incidents/{incident}/roster", tag = "Roster", operation_id = "import_roster",
    params(("incident" = IncidentId, Path, description = "The incident's id"), Which),
    request_body(
        content = String, content_type = "text/csv",
        example = "user_id,email,lang,country\nu-1001,anna@example.org,de,AT\n"
    ),
    responses(
        (status = CREATED, body = Imported, description = "What the import did"),
        (status = OK, body = Imported, description = "The same file was imported before")
    )
)]
async fn import(
    State(app): State<App>,
    caller: Caller,
    At(id): At<IncidentId>,
    Ask(which): Ask<Which>,
    headers: HeaderMap,
    body: Raw,
) -> Answer<Response> {
    caller.require(Action::ImportRoster)?;
    seen(&app, id).await?;
    if !is_csv(&headers) {
        return Err(Problem::new(
            Kind::MediaType,
            "Send the CSV file itself, with the header \"Content-Type: text/csv\".",
        ));
    }
    let file = upload::body(&headers, body, app.config.upload_max_bytes).await?;
    let found = which.found();
    let upload = Upload {
        name: &which.file,
        file: &file,
        site: &which.site,
        found: found.as_ref(),
    };
    let done = roster::import(&caller.ctx(), id, &upload).await?;
    let status = if done.repeated {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    Ok((status, Json(done)).into_response())
}

fn is_csv(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.split(';').next())
        .is_some_and(|v| v.trim().eq_ignore_ascii_case("text/csv"))
}

/// One import of a roster file.
#[derive(Debug, Serialize, ToSchema)]
struct Import {
    id: ImportId,
    /// The roster's revision after it, from 1.
    revision: i64,
    site: String,
    file: String,
    file_sha256: String,
    /// Rows in the file, the header and empty lines not counted.
    rows: i64,
    added: i64,
    changed: i64,
    unchanged: i64,
    rejected: i64,
    imported_by: String,
    imported_at: DateTime<Utc>,
}

impl From<store::person::Import> for Import {
    fn from(i: store::person::Import) -> Self {
        Self {
            id: i.id,
            revision: i.revision,
            site: i.site_id,
            file: i.file_name,
            file_sha256: i.file_sha256,
            rows: i.rows_total,
            added: i.added,
            changed: i.changed,
            unchanged: i.unchanged,
            rejected: i.rejected,
            imported_by: i.imported_by,
            imported_at: i.imported_at,
        }
    }
}

/// List an incident's imports, the newest first
#[utoipa::path(
    get, path = "/incidents/{incident}/imports", tag = "Roster", operation_id = "list_imports",
    params(("incident" = IncidentId, Path, description = "The incident's id"), Paging),
    responses((status = OK, body = Page<Import>, description = "A page of imports"))
)]
async fn imports(
    State(app): State<App>,
    caller: Caller,
    At(id): At<IncidentId>,
    Ask(paging): Ask<Paging>,
) -> Answer<Json<Page<Import>>> {
    caller.require(Action::ViewIncident)?;
    seen(&app, id).await?;
    let rows = store::person::imports(&app.db, id).await?;
    Page::cut(rows, &paging, |i| i.id, Import::from).map(Json)
}

/// How many people are on the roster, and where.
#[derive(Debug, Serialize, ToSchema)]
struct Counts {
    /// All of them.
    persons: i64,
    /// By country and state, most first.
    places: Vec<Place>,
    /// For who only watches: counts under this are ranges; null when every number is shown. No places at
    /// all are listed where even ranges would give one away.
    ranges_below: Option<u64>,
}

/// How many people in one country and state.
#[derive(Debug, Serialize, ToSchema)]
struct Place {
    /// ISO 3166-1 alpha-2; null when the file did not say.
    country: Option<String>,
    /// US state.
    state: Option<String>,
    /// Null when only the range is shown.
    persons: Option<u64>,
    /// At least so many.
    from: u64,
    /// At most so many; null when there is no end.
    to: Option<u64>,
}

/// Count the people on the roster by country and state
#[utoipa::path(
    get, path = "/incidents/{incident}/roster/counts", tag = "Roster",
    operation_id = "count_roster",
    params(("incident" = IncidentId, Path, description = "The incident's id")),
    responses((status = OK, body = Counts, description = "The counts"))
)]
async fn counts(
    State(app): State<App>,
    caller: Caller,
    At(id): At<IncidentId>,
) -> Answer<Json<Counts>> {
    caller.require(Action::ViewIncident)?;
    let incident = seen(&app, id).await?;
    let seen = places::seen_by(&app, &caller.actor, id).await?;
    let place = |one: places::Place| Place {
        country: one.country,
        state: one.region,
        persons: one.shown.exact(),
        from: one.shown.from(),
        to: one.shown.to(),
    };
    Ok(Json(Counts {
        persons: incident.persons,
        ranges_below: seen.ranges_below,
        places: seen.rows.into_iter().map(place).collect(),
    }))
}

/// Whom to look up.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LookUp {
    /// The id of the site whose user this is.
    site: String,
    /// The company's id of the user.
    user: String,
}

/// Whether a person is affected.
#[derive(Serialize, ToSchema)]
struct Affected {
    affected: bool,
    /// What the roster says; null for who was never on it.
    person: Option<Person>,
    /// Why and when somebody left the roster who had been on it; null for who is on it.
    left: Option<Left>,
}

/// How somebody left a roster.
#[derive(Serialize, ToSchema)]
struct Left {
    /// The revision that took the person off.
    revision: i64,
    reason: String,
    /// Had been told before, so is owed a correction.
    told: bool,
}

/// A person on the roster.
#[derive(Serialize, ToSchema)]
struct Person {
    /// Null when none is known, or the incident's key was destroyed.
    email: Option<String>,
    lang: Option<String>,
    country: Option<String>,
    state: Option<String>,
    birth_year: Option<i64>,
    /// Kinds of data that were exposed; empty: those of the incident.
    exposed: Vec<String>,
    /// The roster's revision that brought the person.
    revision: i64,
    /// The one that last changed the row.
    changed_revision: i64,
}

/// Look one person up
///
/// The question goes into the evidence log. It is a POST so that no id of a person stands in an
/// address.
#[utoipa::path(
    post, path = "/incidents/{incident}/roster/lookup", tag = "Roster",
    operation_id = "look_up_person",
    params(("incident" = IncidentId, Path, description = "The incident's id")),
    request_body(content = LookUp, example = json!({ "site": "shop", "user": "u-1001" })),
    responses((status = OK, body = Affected, description = "Whether the person is affected"))
)]
async fn look_up(
    caller: Caller,
    At(id): At<IncidentId>,
    Body(who): Body<LookUp>,
) -> Answer<Json<Affected>> {
    let found = roster::look_up(&caller.ctx(), id, &who.site, &who.user).await?;
    let left = found.as_ref().and_then(|f| f.gone.clone());
    Ok(Json(Affected {
        affected: found
            .as_ref()
            .is_some_and(|f| f.person.left_revision.is_none()),
        left: left.map(|gone| Left {
            revision: gone.revision,
            reason: gone.reason,
            told: gone.told,
        }),
        person: found.map(
            |FoundPerson {
                 person: p, contact, ..
             }| Person {
                email: contact.email,
                lang: p.lang,
                country: p.country,
                state: p.region,
                birth_year: p.birth_year,
                exposed: p
                    .exposed
                    .iter()
                    .flat_map(|kinds| kinds.split(' '))
                    .map(str::to_owned)
                    .collect(),
                revision: p.revision,
                changed_revision: p.changed_revision,
            },
        ),
    }))
}
