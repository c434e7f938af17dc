//! What is owed next, over all incidents.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::domain::access::Action;
use crate::http::error::Answer;
use crate::http::extract::{Caller, LIMIT_MAX};
use crate::ids::{IncidentId, ObligationId};
use crate::service::obligation::is_late;
use crate::store;
use crate::store::obligation::{Obligation, Outcome};

/// How long a settled obligation stays on the dashboard.
const SETTLED: TimeDelta = TimeDelta::days(30);

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get))
}

/// What is owed next.
#[derive(Debug, Serialize, ToSchema)]
struct Dashboard {
    /// The server's present.
    now: DateTime<Utc>,
    /// Open obligations: those without a deadline first, then the earliest due; at most 200.
    open: Vec<Due>,
    /// Open incidents to which rules may apply of which nobody knows yet; the earliest due first.
    unclear: Vec<NotClear>,
    /// Settled in the last 30 days, the newest first; at most 200.
    settled: Vec<Due>,
}

/// What is not clear about an incident. It counts as open.
#[derive(Debug, Serialize, ToSchema)]
struct NotClear {
    incident: IncidentId,
    /// How many rules may apply, counted for each controller.
    duties: i64,
    /// The earliest of their ends.
    due_at: Option<DateTime<Utc>>,
}

/// An obligation of some incident.
#[derive(Debug, Serialize, ToSchema)]
struct Due {
    obligation: ObligationId,
    incident: IncidentId,
    /// The incident's reference.
    reference: String,
    title: String,
    drill: bool,
    rule: String,
    rule_name: Option<String>,
    /// The controller that owes it; empty when one act meets it for all controllers.
    controller: String,
    due_at: Option<DateTime<Utc>>,
    /// Whether the due instant has passed without it being met.
    overdue: bool,
    /// Why no deadline can be computed.
    problem: Option<String>,
    outcome: Option<Outcome>,
    met_at: Option<DateTime<Utc>>,
    late: Option<bool>,
}

/// See what is owed next, over all incidents
#[utoipa::path(
    get, path = "/dashboard", tag = "Dashboard", operation_id = "get_dashboard",
    responses((status = OK, body = Dashboard, description = "What is owed next"))
)]
async fn get(State(app): State<App>, caller: Caller) -> Answer<Json<Dashboard>> {
    caller.require(Action::ViewIncidents)?;
    let now = app.time.now();
    let open = store::obligation::open(&app.db, LIMIT_MAX).await?;
    let settled = store::obligation::settled_since(&app.db, now - SETTLED, LIMIT_MAX).await?;
    let mut incidents = HashMap::new();
    for o in open.iter().chain(&settled) {
        if let Entry::Vacant(place) = incidents.entry(o.incident_id) {
            place.insert(store::incident::find(&app.db, o.incident_id).await?);
        }
    }
    let wire = |o: Obligation| {
        let incident = incidents.get(&o.incident_id)?.as_ref()?;
        let overdue = |due| is_late(now, due, o.bound.as_deref());
        Some(Due {
            obligation: o.id,
            incident: o.incident_id,
            reference: incident.reference.clone(),
            title: incident.title.clone(),
            drill: incident.drill,
            rule_name: app.catalog.regime(&o.rule).map(|r| r.name.clone()),
            overdue: o.outcome.is_none() && o.due_at.is_some_and(overdue),
            controller: o.controller,
            rule: o.rule,
            due_at: o.due_at,
            problem: o.problem,
            outcome: o.outcome,
            met_at: o.met_at,
            late: o.late,
        })
    };
    let unclear = store::unclear::open(&app.db, LIMIT_MAX).await?;
    Ok(Json(Dashboard {
        now,
        unclear: unclear
            .into_iter()
            .map(|u| NotClear {
                incident: u.incident_id,
                duties: u.duties,
                due_at: u.due_at,
            })
            .collect(),
        open: open.into_iter().filter_map(&wire).collect(),
        settled: settled.into_iter().filter_map(&wire).collect(),
    }))
}
