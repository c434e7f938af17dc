//! Incidents: reporting, reading, closing.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::wire::{Done, created};
use crate::app::App;
use crate::domain::access::Action;
use crate::error::Error;
use crate::http::error::Answer;
use crate::http::extract::{Ask, At, Body, Caller, Page, Paging};
use crate::ids::IncidentId;
use crate::service::incident::{self, Close, Report};
use crate::store;
use crate::store::incident::{Incident, Status};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, report))
        .routes(routes!(get))
        .routes(routes!(close))
}

/// An incident in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IncidentInList)]
struct InList {
    id: IncidentId,
    /// What a person says on the phone.
    #[schema(example = "2026-014")]
    reference: String,
    title: String,
    /// A drill never reaches a real person.
    drill: bool,
    status: Status,
    reported_by: String,
    reported_at: DateTime<Utc>,
    /// How many people are on the roster.
    persons: i64,
}

impl From<Incident> for InList {
    fn from(i: Incident) -> Self {
        Self {
            id: i.id,
            reference: i.reference,
            title: i.title,
            drill: i.drill,
            status: i.status,
            reported_by: i.reported_by,
            reported_at: i.reported_at,
            persons: i.persons,
        }
    }
}

/// An incident.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Incident)]
struct Whole {
    id: IncidentId,
    /// What a person says on the phone.
    #[schema(example = "2026-014")]
    reference: String,
    title: String,
    description: String,
    /// A drill never reaches a real person.
    drill: bool,
    status: Status,
    confidentiality: bool,
    integrity: bool,
    availability: bool,
    /// The processor it came from.
    processor: Option<String>,
    /// Ids of systems in the operator profile.
    systems: Vec<String>,
    /// Ids of kinds of data in the operator profile.
    data_kinds: Vec<String>,
    reported_by: String,
    reported_at: DateTime<Utc>,
    /// How many people are on the roster.
    persons: i64,
    closed_at: Option<DateTime<Utc>>,
    closed_reason: Option<String>,
    /// Send it with a change; a change of an older state is refused.
    version: i64,
}

impl From<Incident> for Whole {
    fn from(i: Incident) -> Self {
        Self {
            id: i.id,
            reference: i.reference,
            title: i.title,
            description: i.description,
            drill: i.drill,
            status: i.status,
            confidentiality: i.confidentiality,
            integrity: i.integrity,
            availability: i.availability,
            processor: i.processor,
            systems: i.systems.0,
            data_kinds: i.data_kinds.0,
            reported_by: i.reported_by,
            reported_at: i.reported_at,
            persons: i.persons,
            closed_at: i.closed_at,
            closed_reason: i.closed_reason,
            version: i.version,
        }
    }
}

/// The incident, if the caller may see it.
pub(super) async fn seen(app: &App, id: IncidentId) -> Answer<Incident> {
    Ok(store::incident::find(&app.db, id)
        .await?
        .ok_or(Error::NotFound("This incident"))?)
}

/// List incidents, the newest first
#[utoipa::path(
    get, path = "/incidents", tag = "Incidents", operation_id = "list_incidents",
    params(Paging),
    responses((status = OK, body = Page<InList>, description = "A page of incidents"))
)]
async fn list(
    State(app): State<App>,
    caller: Caller,
    Ask(paging): Ask<Paging>,
) -> Answer<Json<Page<InList>>> {
    caller.require(Action::ViewIncidents)?;
    let limit = paging.limit()?;
    let before = paging.after::<(DateTime<Utc>, IncidentId)>()?;
    let rows = store::incident::list(&app.db, before, limit + 1).await?;
    Ok(Json(Page::of(
        rows,
        limit,
        |i| (i.reported_at, i.id),
        InList::from,
    )))
}

/// Report an incident
///
/// Opens it with its first facts and deadlines, and tells the team.
#[utoipa::path(
    post, path = "/incidents", tag = "Incidents", operation_id = "report_incident",
    request_body(content = Report, example = json!({
        "title": "Export of customer accounts was open",
        "description": "An export link could be opened by everybody for three days.",
        "drill": false,
        "zone": "Europe/Vienna",
        "occurred_from": "2026-11-20T08:00:00+01:00",
        "occurred_until": "2026-11-22T18:00:00+01:00",
        "detected_at": "2026-11-23T09:12:00+01:00",
        "confidentiality": true,
        "integrity": false,
        "availability": false,
        "processor": null,
        "systems": ["website_account"],
        "data_kinds": ["name", "email"]
    })),
    responses((status = CREATED, body = Done<IncidentId>, description = "It is open"))
)]
async fn report(caller: Caller, Body(body): Body<Report>) -> Answer<Response> {
    let id = incident::report(&caller.ctx(), &body).await?;
    Ok(created(id, &format!("/api/v1/incidents/{id}")))
}

/// Read an incident
#[utoipa::path(
    get, path = "/incidents/{incident}", tag = "Incidents", operation_id = "get_incident",
    params(("incident" = IncidentId, Path, description = "Its id")),
    responses((status = OK, body = Whole, description = "The incident"))
)]
async fn get(
    State(app): State<App>,
    caller: Caller,
    At(id): At<IncidentId>,
) -> Answer<Json<Whole>> {
    caller.require(Action::ViewIncident)?;
    Ok(Json(seen(&app, id).await?.into()))
}

/// Close an incident
///
/// Every obligation must be settled.
#[utoipa::path(
    post, path = "/incidents/{incident}/close", tag = "Incidents", operation_id = "close_incident",
    params(("incident" = IncidentId, Path, description = "Its id")),
    request_body(content = Close, example = json!({
        "reason": "Everything that was owed is done.", "version": 3
    })),
    responses((status = OK, body = Done<IncidentId>, description = "It is closed"))
)]
async fn close(
    caller: Caller,
    At(id): At<IncidentId>,
    Body(body): Body<Close>,
) -> Answer<Json<Done<IncidentId>>> {
    let id = incident::close(&caller.ctx(), id, &body).await?;
    Ok(Json(Done { id }))
}
