//! Exposed systems of an incident.

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
use crate::catalog::Catalog;
use crate::domain::access::Action;
use crate::domain::scope::identifier::Kind;
use crate::domain::scope::retention::Counted;
use crate::http::error::Answer;
use crate::http::extract::{At, Body, Caller};
use crate::ids::{ExposureId, IncidentId};
use crate::service::exposure::{self, NewExposure, WithdrawExposure};
use crate::store;
use crate::store::hold::with_offset;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, record))
        .routes(routes!(withdraw))
}

/// A system that was exposed. It is never changed; a correction or a withdrawal is a new one that
/// replaces it.
#[derive(Debug, Serialize, ToSchema)]
struct Exposure {
    id: ExposureId,
    /// Id of the system in the operator profile.
    system: String,
    /// When the window opened, in the offset in which it was given; null when not known.
    from: Option<DateTime<FixedOffset>>,
    /// When it closed; null while it is open, or when not known.
    until: Option<DateTime<FixedOffset>>,
    /// The IANA zone in which both were said.
    zone: String,
    /// Ids of the kinds of data that were exposed.
    kinds: Vec<String>,
    /// By what its people can be told apart.
    identifiers: Vec<Kind>,
    /// Ids of the processors and third parties that are involved in the system.
    processors: Vec<String>,
    note: Option<String>,
    reason: Option<String>,
    replaces: Option<ExposureId>,
    /// The exposure that replaces or withdraws it; null while it stands.
    replaced_by: Option<ExposureId>,
    /// It says that the one it replaces was not exposed after all.
    withdrawn: bool,
    /// What the system's retention rule says; null once it does not stand, and where the rule bounds
    /// nothing.
    retention: Option<Retention>,
    recorded_by: String,
    recorded_at: DateTime<Utc>,
}

/// Which records were deleted before the window opened.
#[derive(Debug, Serialize, ToSchema)]
struct Retention {
    /// Calendar months.
    months: u16,
    /// The time of a record that they count from.
    from: Counted,
    /// A record of before this was deleted by then and cannot have leaked, unless a list from the system
    /// itself still shows it.
    cutoff: DateTime<FixedOffset>,
    /// The same in sentences.
    says: Vec<String>,
}

/// The exposures of an incident, in the order of their recording.
#[derive(Debug, Serialize, ToSchema)]
struct Exposures {
    items: Vec<Exposure>,
}

fn wire(
    catalog: &Catalog,
    one: &store::exposure::Exposure,
    all: &[store::exposure::Exposure],
) -> Exposure {
    let operator = catalog.operator();
    let replaced_by = all
        .iter()
        .find(|o| o.replaces == Some(one.id))
        .map(|o| o.id);
    let bound = exposure::bound(catalog, all, &one.system)
        .filter(|_| replaced_by.is_none() && !one.withdrawn);
    Exposure {
        id: one.id,
        system: one.system.clone(),
        from: one.from_at.map(|at| with_offset(at, one.from_offset_s)),
        until: one.until_at.map(|at| with_offset(at, one.until_offset_s)),
        zone: one.zone.clone(),
        kinds: exposure::kinds_of(catalog, one).to_vec(),
        identifiers: operator
            .system(&one.system)
            .map_or_else(Vec::new, |system| system.identifiers.clone()),
        processors: operator
            .processors_of(&one.system)
            .map(|processor| processor.id.clone())
            .collect(),
        note: one.note.clone(),
        reason: one.reason.clone(),
        replaces: one.replaces,
        replaced_by,
        withdrawn: one.withdrawn,
        retention: bound.map(|bound| Retention {
            months: bound.rule.months,
            from: bound.rule.from,
            cutoff: bound.cutoff.with_timezone(&bound.zone).fixed_offset(),
            says: exposure::retention_words(catalog, all, &one.system),
        }),
        recorded_by: one.recorded_by.clone(),
        recorded_at: one.recorded_at,
    }
}

/// List an incident's exposed systems, the replaced and withdrawn ones too
#[utoipa::path(
    get, path = "/incidents/{incident}/exposures", tag = "Exposures",
    operation_id = "list_exposures",
    params(("incident" = IncidentId, Path, description = "The incident's id")),
    responses((status = OK, body = Exposures, description = "The exposures"))
)]
async fn list(
    State(app): State<App>,
    caller: Caller,
    At(id): At<IncidentId>,
) -> Answer<Json<Exposures>> {
    caller.require(Action::ViewIncident)?;
    seen(&app, id).await?;
    let all = store::exposure::list(&app.db, id).await?;
    let items = all
        .iter()
        .map(|one| wire(&app.catalog, one, &all))
        .collect();
    Ok(Json(Exposures { items }))
}

/// Record an exposed system, or correct one
///
/// The incident names the system and its kinds of data from then on, and every obligation is computed
/// anew.
#[utoipa::path(
    post, path = "/incidents/{incident}/exposures", tag = "Exposures",
    operation_id = "record_exposure",
    params(("incident" = IncidentId, Path, description = "The incident's id")),
    request_body(content = NewExposure, example = json!({
        "system": "support",
        "from": "2026-11-01T00:00:00+01:00",
        "until": "2026-11-23T09:10:00+01:00",
        "zone": "Europe/Vienna",
        "kinds": ["name", "email"],
        "note": "The folder could be read by everybody until it was closed."
    })),
    responses((status = CREATED, body = Done<ExposureId>, description = "It is recorded"))
)]
async fn record(
    caller: Caller,
    At(id): At<IncidentId>,
    Body(body): Body<NewExposure>,
) -> Answer<Response> {
    let exposure = exposure::record(&caller.ctx(), id, &body).await?;
    Ok(created(
        exposure,
        &format!("/api/v1/incidents/{id}/exposures"),
    ))
}

/// Withdraw an exposed system: it was not exposed after all
#[utoipa::path(
    post, path = "/incidents/{incident}/exposures/{exposure}/withdraw", tag = "Exposures",
    operation_id = "withdraw_exposure",
    params(
        ("incident" = IncidentId, Path, description = "The incident's id"),
        ("exposure" = ExposureId, Path, description = "The exposure's id")
    ),
    request_body(content = WithdrawExposure, example = json!({
        "reason": "It was another folder."
    })),
    responses((status = CREATED, body = Done<ExposureId>, description = "The withdrawal is recorded"))
)]
async fn withdraw(
    caller: Caller,
    At((id, exposure)): At<(IncidentId, ExposureId)>,
    Body(body): Body<WithdrawExposure>,
) -> Answer<Response> {
    let done = exposure::withdraw(&caller.ctx(), id, exposure, &body).await?;
    Ok(created(done, &format!("/api/v1/incidents/{id}/exposures")))
}
