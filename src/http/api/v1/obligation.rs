//! Obligations: by when, how that was computed, and settling.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::incident::seen;
use super::wire::{Computation, Done};
use crate::app::App;
use crate::domain::access::Action;
use crate::domain::instant;
use crate::error::Error;
use crate::http::error::Answer;
use crate::http::extract::{Ask, At, Body, Caller, Page, Paging};
use crate::ids::{IncidentId, ObligationId};
use crate::service::obligation::{self, Decide, Settle};
use crate::service::{explain, order};
use crate::store;
use crate::store::obligation::Outcome;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get))
        .routes(routes!(settle))
        .routes(routes!(decide))
}

/// What one incident owes under one rule.
#[derive(Debug, Serialize, ToSchema)]
struct Obligation {
    id: ObligationId,
    incident: IncidentId,
    /// The rule's id.
    #[schema(example = "policy_promise_7bd")]
    rule: String,
    /// The controller that owes it; empty when one act meets it for all controllers.
    controller: String,
    /// 0 for everybody of the first notice; otherwise the roster revision that brought the people it
    /// is about, who were found later.
    cohort: i64,
    /// Whether the rule applies: `yes`, `no`, `unknown`.
    applies: String,
    /// Why not, or what is missing.
    applies_why: Option<String>,
    /// The kind of fact that its period begins with, while that has not come.
    waits_for: Option<String>,
    /// `required` when a named person decided so; null while undecided.
    decision: Option<String>,
    decided_by: Option<String>,
    decided_at: Option<DateTime<Utc>>,
    rationale: Option<String>,
    /// What the law says in place of a number, or beside it.
    qualifier: Option<String>,
    /// What is to be said about its order among the other obligations.
    order: Vec<String>,
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
    /// What would change its date, a sentence each.
    what_would_change: Vec<String>,
    /// Every deadline ever computed, the newest first.
    computations: Vec<Computation>,
}

async fn wire(app: &App, o: store::obligation::Obligation) -> Answer<Obligation> {
    let deadline = match o.deadline_id {
        Some(id) => store::obligation::find_deadline(&app.db, id).await?,
        None => None,
    };
    let rule = app.catalog.regime(&o.rule);
    let all = store::obligation::list(&app.db, o.incident_id).await?;
    Ok(Obligation {
        controller: o.controller.clone(),
        cohort: o.cohort,
        applies: o.applies.clone(),
        applies_why: o.applies_why.clone(),
        waits_for: o.waits_for.clone(),
        decision: o.decision.clone(),
        decided_by: o.decided_by.clone(),
        decided_at: o.decided_at,
        rationale: o.rationale.clone(),
        qualifier: rule.and_then(|r| r.qualifier.clone()),
        order: order::sentences(&app.catalog, &o, &all),
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
    let mut rows = store::obligation::list(&app.db, id).await?;
    obligation::in_order(&app.catalog, &mut rows);
    let page = Page::cut(rows, &paging, |o| o.id, |o| o)?;
    let mut items = Vec::with_capacity(page.items.len());
    for o in page.items {
        items.push(wire(&app, o).await?);
    }
    let next = page.next;
    Ok(Json(Page { items, next }))
}

/// Up to when.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AsOf {
    /// Only what was computed until this instant, RFC 3339 with an offset: what was thought then.
    #[serde(default)]
    #[param(example = "2026-11-24T09:00:00+01:00")]
    as_of: Option<String>,
}

/// Read an obligation with everything that was ever computed for it
///
/// With `as_of`, what was computed until then, the newest first: why it was thought to be due when
/// it was.
#[utoipa::path(
    get, path = "/obligations/{obligation}", tag = "Obligations", operation_id = "get_obligation",
    params(("obligation" = ObligationId, Path, description = "Its id"), AsOf),
    responses((status = OK, body = ObligationWithHistory, description = "The obligation"))
)]
async fn get(
    State(app): State<App>,
    caller: Caller,
    At(id): At<ObligationId>,
    Ask(asked): Ask<AsOf>,
) -> Answer<Json<ObligationWithHistory>> {
    caller.require(Action::ViewIncident)?;
    let found = store::obligation::find(&app.db, id)
        .await?
        .ok_or(Error::NotFound("This obligation"))?;
    let until = asked
        .as_of
        .map(|text| instant::parse(&text).map_err(|e| Error::invalid("as_of", e.to_string())))
        .transpose()?;
    let computations = store::obligation::deadlines(&app.db, id)
        .await?
        .into_iter()
        .filter(|c| until.is_none_or(|until| c.computed_at <= until))
        .map(Computation::read)
        .collect::<Result<_, _>>()?;
    Ok(Json(ObligationWithHistory {
        what_would_change: explain::changes(&app, &found).await?,
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

/// Decide that an obligation is required
///
/// With a rationale; the name of who decides stands beside it. That it is not required is a
/// settlement.
#[utoipa::path(
    post, path = "/obligations/{obligation}/decide", tag = "Obligations",
    operation_id = "decide_obligation",
    params(("obligation" = ObligationId, Path, description = "Its id")),
    request_body(content = Decide, example = json!({
        "rationale": "A risk to the persons cannot be excluded.",
        "version": 2
    })),
    responses((status = OK, body = Done<ObligationId>, description = "It is decided"))
)]
async fn decide(
    caller: Caller,
    At(id): At<ObligationId>,
    Body(body): Body<Decide>,
) -> Answer<Json<Done<ObligationId>>> {
    let id = obligation::decide(&caller.ctx(), id, &body).await?;
    Ok(Json(Done { id }))
}
