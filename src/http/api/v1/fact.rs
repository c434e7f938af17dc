//! Facts of an incident: the standing ones, the replaced ones, and new ones.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, FixedOffset, TimeZone as _, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::incident::seen;
use super::wire::{Done, created};
use crate::app::App;
use crate::domain::access::Action;
use crate::http::error::Answer;
use crate::http::extract::{Ask, At, Body, Caller, Page, Paging};
use crate::ids::{FactId, IncidentId};
use crate::service::fact::{self, NewFact};
use crate::store;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, record))
}

/// One dated event. It is never changed; a correction is a new fact.
#[derive(Debug, Serialize, ToSchema)]
struct Fact {
    id: FactId,
    /// `occurred`, `detected`, `aware` or `determined`.
    kind: String,
    /// When, in the offset in which it was given; null when unknown.
    at: Option<DateTime<FixedOffset>>,
    /// The end of a range.
    until: Option<DateTime<FixedOffset>>,
    /// The IANA zone in which it was said.
    zone: String,
    reason: Option<String>,
    /// The fact that it replaces.
    corrects: Option<FactId>,
    /// The fact that replaces it; null while it stands.
    corrected_by: Option<FactId>,
    recorded_by: String,
    recorded_at: DateTime<Utc>,
}

impl Fact {
    fn of(f: &store::fact::Fact, all: &[store::fact::Fact]) -> Self {
        let offset = i32::try_from(f.offset_s)
            .ok()
            .and_then(FixedOffset::east_opt)
            .unwrap_or_else(|| chrono::Offset::fix(&Utc));
        let local = |t: DateTime<Utc>| offset.from_utc_datetime(&t.naive_utc());
        Self {
            id: f.id,
            kind: f.kind.to_string(),
            at: f.at.map(local),
            until: f.until.map(local),
            zone: f.zone.clone(),
            reason: f.reason.clone(),
            corrects: f.corrects,
            corrected_by: all.iter().find(|o| o.corrects == Some(f.id)).map(|o| o.id),
            recorded_by: f.recorded_by.clone(),
            recorded_at: f.recorded_at,
        }
    }
}

/// List an incident's facts, in the order of their recording
///
/// Replaced facts too.
#[utoipa::path(
    get, path = "/incidents/{incident}/facts", tag = "Facts", operation_id = "list_facts",
    params(("incident" = IncidentId, Path, description = "The incident's id"), Paging),
    responses((status = OK, body = Page<Fact>, description = "A page of facts"))
)]
async fn list(
    State(app): State<App>,
    caller: Caller,
    At(id): At<IncidentId>,
    Ask(paging): Ask<Paging>,
) -> Answer<Json<Page<Fact>>> {
    caller.require(Action::ViewIncident)?;
    seen(&app, id).await?;
    let rows = store::fact::list(&app.db, id).await?;
    let all = rows.clone();
    Page::cut(rows, &paging, |f| f.id, |f| Fact::of(&f, &all)).map(Json)
}

/// Record a fact, or correct one
///
/// Every deadline of the incident is computed anew; what was computed before stays.
#[utoipa::path(
    post, path = "/incidents/{incident}/facts", tag = "Facts", operation_id = "record_fact",
    params(("incident" = IncidentId, Path, description = "The incident's id")),
    request_body(content = NewFact, example = json!({
        "kind": "aware",
        "at": "2026-11-23T10:00:00+01:00",
        "zone": "Europe/Vienna",
        "reason": "The logs had to be read before we knew.",
        "corrects": null
    })),
    responses((status = CREATED, body = Done<FactId>, description = "It is recorded"))
)]
async fn record(
    caller: Caller,
    At(id): At<IncidentId>,
    Body(body): Body<NewFact>,
) -> Answer<Response> {
    let fact = fact::record(&caller.ctx(), id, &body).await?;
    Ok(created(fact, &format!("/api/v1/incidents/{id}/facts")))
}
