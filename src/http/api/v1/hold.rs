//! Law-enforcement holds of an incident.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, FixedOffset, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::incident::seen;
use super::wire::{Done, created};
use crate::app::App;
use crate::domain::access::Action;
use crate::http::error::Answer;
use crate::http::extract::{At, Body, Caller};
use crate::ids::{HoldId, IncidentId};
use crate::service::hold::{self, NewHold};
use crate::store;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, record))
}

/// An interval in which an authority asked not to notify. It is never changed; its end, or a
/// correction, is a new one that replaces it.
#[derive(Debug, Serialize, ToSchema)]
struct Hold {
    id: HoldId,
    authority: String,
    reference: String,
    oral: bool,
    from: DateTime<FixedOffset>,
    /// Null while it lasts.
    until: Option<DateTime<FixedOffset>>,
    zone: String,
    jurisdictions: Vec<String>,
    reason: Option<String>,
    replaces: Option<HoldId>,
    /// The hold that replaces it; null while it stands.
    replaced_by: Option<HoldId>,
    recorded_by: String,
    recorded_at: DateTime<Utc>,
}

/// The holds of an incident, in the order of their recording.
#[derive(Debug, Serialize, ToSchema)]
struct Holds {
    items: Vec<Hold>,
}

/// List an incident's law-enforcement holds, the replaced ones too
#[utoipa::path(
    get, path = "/incidents/{incident}/holds", tag = "Holds", operation_id = "list_holds",
    params(("incident" = IncidentId, Path, description = "The incident's id")),
    responses((status = OK, body = Holds, description = "The holds"))
)]
async fn list(
    State(app): State<App>,
    caller: Caller,
    At(id): At<IncidentId>,
) -> Answer<Json<Holds>> {
    caller.require(Action::ViewIncident)?;
    seen(&app, id).await?;
    let all = store::hold::list(&app.db, id).await?;
    let items = all
        .iter()
        .map(|h| {
            let interval = h.interval();
            Hold {
                id: h.id,
                authority: h.authority.clone(),
                reference: h.reference.clone(),
                oral: h.oral,
                from: interval.from,
                until: interval.until,
                zone: h.zone.clone(),
                jurisdictions: h.jurisdictions.0.clone(),
                reason: h.reason.clone(),
                replaces: h.replaces,
                replaced_by: all.iter().find(|o| o.replaces == Some(h.id)).map(|o| o.id),
                recorded_by: h.recorded_by.clone(),
                recorded_at: h.recorded_at,
            }
        })
        .collect();
    Ok(Json(Holds { items }))
}

/// Record a law-enforcement hold, its end, or a correction
///
/// It stops only the rules whose law lets a hold stop them, and they go on from its end as that law
/// says.
#[utoipa::path(
    post, path = "/incidents/{incident}/holds", tag = "Holds", operation_id = "record_hold",
    params(("incident" = IncidentId, Path, description = "The incident's id")),
    request_body(content = NewHold, example = json!({
        "authority": "Denver Police Department",
        "reference": "Case 26-114, Det. Ruiz",
        "from": "2026-11-24T09:00:00-07:00",
        "until": null,
        "zone": "America/Denver",
        "jurisdictions": ["US-CO"]
    })),
    responses((status = CREATED, body = Done<HoldId>, description = "It is recorded"))
)]
async fn record(
    caller: Caller,
    At(id): At<IncidentId>,
    Body(body): Body<NewHold>,
) -> Answer<Response> {
    let hold = hold::record(&caller.ctx(), id, &body).await?;
    Ok(created(hold, &format!("/api/v1/incidents/{id}/holds")))
}
