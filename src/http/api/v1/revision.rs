//! Revisions of a roster: what each change did, and who came or left with it.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::incident::seen;
use super::wire::{Done, created};
use crate::app::App;
use crate::domain::access::Action;
use crate::domain::scope::identifier::Key;
use crate::error::Error;
use crate::http::error::Answer;
use crate::http::extract::{Ask, At, Body, Caller, Page, Paging};
use crate::ids::{ImportId, IncidentId};
use crate::service::incident_key::{self, Destroy, Opener};
use crate::store::revision::{self, Cause};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get))
        .routes(routes!(people))
        .routes(routes!(destroy_key))
}

/// One change of a roster.
#[derive(Debug, Serialize, ToSchema)]
struct Revision {
    /// From 1.
    number: i64,
    cause: Cause,
    /// The file's import.
    import: Option<ImportId>,
    /// The recipe's run.
    run: Option<Uuid>,
    /// New people.
    added: i64,
    /// People who had left and are on it again.
    back: i64,
    left: i64,
    /// People who stayed, with another row.
    changed: i64,
    /// On the roster after it.
    persons: i64,
    /// SHA-256 over everybody on it, hex.
    roster_sha256: String,
    reason: Option<String>,
    made_by: String,
    made_at: DateTime<Utc>,
}

impl From<revision::Revision> for Revision {
    fn from(r: revision::Revision) -> Self {
        Self {
            number: r.number,
            cause: r.cause,
            import: r.import_id,
            run: r.run_id,
            added: r.added,
            back: r.back,
            left: r.left_n,
            changed: r.changed,
            persons: r.persons,
            roster_sha256: r.result_sha256,
            reason: r.reason,
            made_by: r.made_by,
            made_at: r.made_at,
        }
    }
}

/// List the revisions of an incident's roster, the newest first
#[utoipa::path(
    get, path = "/incidents/{incident}/revisions", tag = "Roster", operation_id = "list_revisions",
    params(("incident" = IncidentId, Path, description = "The incident's id"), Paging),
    responses((status = OK, body = Page<Revision>, description = "A page of revisions"))
)]
async fn list(
    State(app): State<App>,
    caller: Caller,
    At(id): At<IncidentId>,
    Ask(paging): Ask<Paging>,
) -> Answer<Json<Page<Revision>>> {
    caller.require(Action::ViewIncident)?;
    seen(&app, id).await?;
    let rows = revision::list(&app.db, id).await?;
    Page::cut(rows, &paging, |r| r.number, Revision::from).map(Json)
}

/// A change of a roster, and what is owed for it.
#[derive(Debug, Serialize, ToSchema)]
struct RevisionWithDues {
    #[serde(flatten)]
    revision: Revision,
    /// Of those who left, how many had been told: they are owed a correction.
    left_told: i64,
}

/// Read one revision
#[utoipa::path(
    get, path = "/incidents/{incident}/revisions/{number}", tag = "Roster",
    operation_id = "get_revision",
    params(
        ("incident" = IncidentId, Path, description = "The incident's id"),
        ("number" = i64, Path, description = "The revision's number")
    ),
    responses((status = OK, body = RevisionWithDues, description = "The revision"))
)]
async fn get(
    State(app): State<App>,
    caller: Caller,
    At((id, number)): At<(IncidentId, i64)>,
) -> Answer<Json<RevisionWithDues>> {
    caller.require(Action::ViewIncident)?;
    let row = revision::find(&app.db, id, number).await?;
    let row = row.ok_or(Error::NotFound("This revision"))?;
    Ok(Json(RevisionWithDues {
        revision: row.into(),
        left_told: revision::told_of(&app.db, id, number).await?,
    }))
}

/// Which people of a revision.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Moving {
    /// On the roster for the first time.
    Came,
    /// On it again.
    Back,
    /// Off it.
    Left,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Who {
    /// Who came, who is back, or who left.
    #[param(inline)]
    who: Moving,
    /// From the `next` of the page before. Empty: the first page.
    #[serde(default)]
    after: Option<String>,
    /// How many at most, 1 to 200; 50 when not given.
    #[serde(default)]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<i64>,
}

/// Somebody who came, came back or left.
#[derive(Debug, Serialize, ToSchema)]
struct Moved {
    /// Empty: no account.
    site: String,
    /// What stands for the person: a keyed hash, 32 hexadecimal digits.
    person: String,
    /// The company's id of the user; null when it is not known, or the incident's key was destroyed.
    user: Option<String>,
    /// Had counted as notified when leaving.
    told: bool,
}

/// List who came with a revision, came back or left, by site and keyed hash
#[utoipa::path(
    get, path = "/incidents/{incident}/revisions/{number}/people", tag = "Roster",
    operation_id = "list_moved_people",
    params(
        ("incident" = IncidentId, Path, description = "The incident's id"),
        ("number" = i64, Path, description = "The revision's number"),
        Who
    ),
    responses((status = OK, body = Page<Moved>, description = "A page of people"))
)]
async fn people(
    State(app): State<App>,
    caller: Caller,
    At((id, number)): At<(IncidentId, i64)>,
    Ask(who): Ask<Who>,
) -> Answer<Json<Page<Moved>>> {
    caller.require(Action::LookUpPerson)?;
    let row = revision::find(&app.db, id, number).await?;
    row.ok_or(Error::NotFound("This revision"))?;
    let paging = Paging {
        after: who.after,
        limit: who.limit,
    };
    let limit = paging.limit()?;
    let after: Option<(String, Key)> = paging.after()?;
    let after = after.as_ref().map(|(site, key)| (&**site, *key));
    let db = &app.db;
    let rows = match who.who {
        Moving::Came => revision::came(db, id, number, after, limit + 1).await?,
        Moving::Back => revision::back(db, id, number, after, limit + 1).await?,
        Moving::Left => revision::left(db, id, number, after, limit + 1).await?,
    };
    let opener = Opener::read(&app, id).await?;
    let key = |m: &revision::Moved| (m.site_id.clone(), m.person_key);
    let wire = |m: revision::Moved| {
        let contact = opener.contact(&m.person_key, m.sealed.as_deref());
        Moved {
            site: m.site_id,
            person: m.person_key.to_string(),
            user: contact.and_then(|c| c.user),
            told: m.told,
        }
    };
    Ok(Json(Page::of(rows, limit, key, wire)))
}

/// Destroy the key of a closed incident
///
/// No account id and no address of its people can be read any more, here or in a backup of later. The
/// roster, the notices and the evidence go on working by keyed hashes. It cannot be undone.
#[utoipa::path(
    post, path = "/incidents/{incident}/key/destroy", tag = "Roster", operation_id = "destroy_key",
    params(("incident" = IncidentId, Path, description = "The incident's id")),
    request_body(content = Destroy, example = json!({ "reason": "Two years after the incident." })),
    responses((status = CREATED, body = Done<IncidentId>, description = "It is destroyed"))
)]
async fn destroy_key(
    caller: Caller,
    At(id): At<IncidentId>,
    Body(body): Body<Destroy>,
) -> Answer<Response> {
    let id = incident_key::destroy(&caller.ctx(), id, &body).await?;
    Ok(created(id, &format!("/api/v1/incidents/{id}")))
}
