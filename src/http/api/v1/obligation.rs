//! Obligations: by when, how that was computed, and settling.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::incident::seen;
use super::wire::{Computation, Done};
use crate::app::App;
use crate::domain::access::Action;
use crate::error::Error;
use crate::http::error::Answer;
use crate::http::extract::{Ask, At, Body, Caller, Page, Paging};
use crate::ids::{IncidentId, ObligationId};
use crate::service::obligation::{self, Settle};
use crate::store;
use crate::store::obligation::Outcome;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get))
        .routes(routes!(settle))
}

/// What one incident owes under one rule.
#[derive(Debug, Serialize, ToSchema)]
struct Obligation {
    id: ObligationId,
    incident: IncidentId,
    /// The rule's id.
    #[schema(example = "policy_promise_7bd")]
    rule: String,
    /// The rule's name; null when the playbooks no longer have it.
    rule_name: Option<String>,
    citation: Option<String>,
    /// Who is to be told.
    recipient: Option<String>,
    /// The newest deadline; null while none can be computed.
    deadline: Option<Computation>,
    /// Why no deadline can be computed.
    problem: Option<String>,
    /// Null while it is open.
    outcome: Option<Outcome>,
    /// When it was met in fact.
    met_at: Option<DateTime<Utc>>,
    /// Whether that was late; frozen when it was settled.
    late: Option<bool>,
    /// Reference of the filing, or the rationale.
    note: Option<String>,
    settled_by: Option<String>,
    settled_at: Option<DateTime<Utc>>,
    /// Send it with a change; a change of an older state is refused.
    version: i64,
}

/// An obligation with everything that was ever computed for it.
#[derive(Debug, Serialize, ToSchema)]
struct ObligationWithHistory {
    #[serde(flatten)]
    obligation: Obligation,
    /// Every deadline ever computed, the newest first.
    computations: Vec<Computation>,
}

async fn wire(app: &App, o: store::obligation::Obligation) -> Answer<Obligation> {
    let deadline = match o.deadline_id {
        Some(id) => store::obligation::find_deadline(&app.db, id).await?,
        None => None,
    };
    let rule = app.catalog.regime(&o.rule);
    Ok(Obligation {
        id: o.id,
        incident: o.incident_id,
        rule_name: rule.map(|r| r.name.clone()),
        citation: rule.map(|r| r.citation.clone()),
        recipient: rule.map(|r| r.recipient.as_str().to_owned()),
        rule: o.rule,
        deadline: deadline.map(Computation::read).transpose()?,
        problem: o.problem,
        outcome: o.outcome,
        met_at: o.met_at,
        late: o.late,
        note: o.note,
        settled_by: o.settled_by,
        settled_at: o.settled_at,
        version: o.version,
    })
}

/// List what an incident owes, the earliest due first
#[utoipa::path(
    get, path = "/incidents/{incident}/obligations", tag = "Obligations",
    operation_id = "list_obligations",
    params(("incident" = IncidentId, Path, description = "The incident's id"), Paging),
    responses((status = OK, body = Page<Obligation>, description = "A page of obligations"))
)]
async fn list(
    State(app): State<App>,
    caller: Caller,
    At(id): At<IncidentId>,
    Ask(paging): Ask<Paging>,
) -> Answer<Json<Page<Obligation>>> {
    caller.require(Action::ViewIncident)?;
    seen(&app, id).await?;
    let rows = store::obligation::list(&app.db, id).await?;
    let page = Page::cut(rows, &paging, |o| o.id, |o| o)?;
    let mut items = Vec::with_capacity(page.items.len());
    for o in page.items {
        items.push(wire(&app, o).await?);
    }
    let next = page.next;
    Ok(Json(Page { items, next }))
}

/// Read an obligation with everything that was ever computed for it
#[utoipa::path(
    get, path = "/obligations/{obligation}", tag = "Obligations", operation_id = "get_obligation",
    params(("obligation" = ObligationId, Path, description = "Its id")),
    responses((status = OK, body = ObligationWithHistory, description = "The obligation"))
)]
async fn get(
    State(app): State<App>,
    caller: Caller,
    At(id): At<ObligationId>,
) -> Answer<Json<ObligationWithHistory>> {
    caller.require(Action::ViewIncident)?;
    let found = store::obligation::find(&app.db, id)
        .await?
        .ok_or(Error::NotFound("This obligation"))?;
    let computations = store::obligation::deadlines(&app.db, id)
        .await?
        .into_iter()
        .map(Computation::read)
        .collect::<Result<_, _>>()?;
    Ok(Json(ObligationWithHistory {
        obligation: wire(&app, found).await?,
        computations,
    }))
}

/// Settle an obligation
///
/// As met, with the reference of the filing; or as not required, with the rationale. Whether it was
/// late is frozen here. A promise to affected people is met by activating a notice, not here.
#[utoipa::path(
    post, path = "/obligations/{obligation}/settle", tag = "Obligations",
    operation_id = "settle_obligation",
    params(("obligation" = ObligationId, Path, description = "Its id")),
    request_body(content = Settle, example = json!({
        "outcome": "met",
        "met_at": "2026-11-25T15:00:00+01:00",
        "zone": "Europe/Vienna",
        "note": "Filed with the authority, reference D124.456",
        "version": 2
    })),
    responses((status = OK, body = Done<ObligationId>, description = "It is settled"))
)]
async fn settle(
    caller: Caller,
    At(id): At<ObligationId>,
    Body(body): Body<Settle>,
) -> Answer<Json<Done<ObligationId>>> {
    let id = obligation::settle(&caller.ctx(), id, &body).await?;
    Ok(Json(Done { id }))
}
