//! The evidence log: an incident's timeline, the whole log, and checking it.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::incident::seen;
use crate::app::App;
use crate::domain::access::Action;
use crate::http::error::Answer;
use crate::http::extract::{Ask, At, Caller, Page, Paging};
use crate::ids::IncidentId;
use crate::service;
use crate::service::evidence::Report;
use crate::store::evidence::{self, Stored};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(timeline))
        .routes(routes!(log))
}

/// What may take long.
pub(super) fn checks() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(verify))
}

/// One entry of the log.
#[derive(Debug, Serialize, ToSchema)]
struct Entry {
    /// Its place in the whole log, from 1, without gaps.
    seq: i64,
    incident: Option<IncidentId>,
    /// Its place in the incident, from 1, without gaps.
    iseq: Option<i64>,
    #[schema(example = "fact.recorded")]
    kind: String,
    recorded_at: DateTime<Utc>,
    /// Who did it: `account:…`, `token:…`, `person` or `system`.
    actor: Option<String>,
    /// What it says in clear.
    data: Value,
    /// The bytes that are hashed: RFC 8785 canonical JSON.
    body: String,
    /// SHA-256 over a zero byte and the body, hex.
    hash: String,
}

impl From<Stored> for Entry {
    fn from(e: Stored) -> Self {
        let mut body: Value = serde_json::from_str(&e.body).unwrap_or_default();
        Self {
            seq: e.seq,
            incident: e.incident_id,
            iseq: e.iseq,
            kind: e.kind,
            recorded_at: e.recorded_at,
            actor: body["actor"].as_str().map(str::to_owned),
            data: body["data"].take(),
            body: e.body,
            hash: hex::encode(e.hash),
        }
    }
}

/// Read an incident's timeline, from its first entry on
#[utoipa::path(
    get, path = "/incidents/{incident}/evidence", tag = "Evidence", operation_id = "get_timeline",
    params(("incident" = IncidentId, Path, description = "The incident's id"), Paging),
    responses((status = OK, body = Page<Entry>, description = "A page of entries"))
)]
async fn timeline(
    State(app): State<App>,
    caller: Caller,
    At(id): At<IncidentId>,
    Ask(paging): Ask<Paging>,
) -> Answer<Json<Page<Entry>>> {
    caller.require(Action::ViewIncident)?;
    seen(&app, id).await?;
    let limit = paging.limit()?;
    let after = paging.after::<i64>()?.unwrap_or(0);
    let rows = evidence::incident_page(&app.db, id, after, limit + 1).await?;
    Ok(Json(Page::of(rows, limit, |e| e.iseq, Entry::from)))
}

/// Read the whole log, from its first entry on
#[utoipa::path(
    get, path = "/evidence", tag = "Evidence", operation_id = "get_log",
    params(Paging),
    responses((status = OK, body = Page<Entry>, description = "A page of entries"))
)]
async fn log(
    State(app): State<App>,
    caller: Caller,
    Ask(paging): Ask<Paging>,
) -> Answer<Json<Page<Entry>>> {
    caller.require(Action::VerifyEvidence)?;
    let limit = paging.limit()?;
    let after = paging.after::<i64>()?.unwrap_or(0);
    let rows = evidence::page(&app.db, after, limit + 1).await?;
    Ok(Json(Page::of(rows, limit, |e| e.seq, Entry::from)))
}

/// Check the whole log and every row that it tells of
///
/// It holds when `problems` is empty. A large log takes minutes.
#[utoipa::path(
    get, path = "/evidence/verify", tag = "Evidence", operation_id = "verify_evidence",
    responses((status = OK, body = Report, description = "What was checked, and what does not hold"))
)]
async fn verify(State(app): State<App>, caller: Caller) -> Answer<Json<Report>> {
    caller.require(Action::VerifyEvidence)?;
    Ok(Json(service::evidence::verify(&app.db).await?))
}
