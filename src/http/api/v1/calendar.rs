//! Days of a calendar that the operator set.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::wire::{Done, created};
use crate::app::App;
use crate::domain::access::Action;
use crate::domain::calendar::OverrideKind;
use crate::error::Error;
use crate::http::error::Answer;
use crate::http::extract::{Ask, At, Body, Caller, Page, Paging};
use crate::ids::CalendarOverrideId;
use crate::service::calendar_override::{self, NewOverride, Withdrawal};
use crate::store::calendar_override::{Set, history, sets};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .routes(routes!(withdraw))
}

/// A day that the operator set, over what the calendar's file says.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CalendarOverride)]
struct SetDay {
    id: CalendarOverrideId,
    date: NaiveDate,
    kind: OverrideKind,
    reason: String,
    entered_by: String,
    entered_at: DateTime<Utc>,
    /// Why it was taken back; null while it is in force.
    withdrawn_because: Option<String>,
    withdrawn_by: Option<String>,
    withdrawn_at: Option<DateTime<Utc>>,
}

impl From<Set> for SetDay {
    fn from(set: Set) -> Self {
        let gone = set.withdrawn.as_ref();
        Self {
            id: set.row.id,
            date: set.row.day,
            kind: set.row.kind,
            withdrawn_because: gone.map(|w| w.reason.clone()),
            withdrawn_by: gone.map(|w| w.entered_by.clone()),
            withdrawn_at: gone.map(|w| w.entered_at),
            reason: set.row.reason,
            entered_by: set.row.entered_by,
            entered_at: set.row.entered_at,
        }
    }
}

/// List the days that the operator set in a calendar
///
/// In the order of the days; withdrawn ones too.
#[utoipa::path(
    get, path = "/calendars/{code}/overrides", tag = "Playbooks", operation_id = "list_overrides",
    params(("code" = String, Path, description = "The calendar's code", example = "AT"), Paging),
    responses((status = OK, body = Page<SetDay>, description = "A page of days"))
)]
async fn list(
    State(app): State<App>,
    caller: Caller,
    At(code): At<String>,
    Ask(paging): Ask<Paging>,
) -> Answer<Json<Page<SetDay>>> {
    caller.require(Action::ViewIncidents)?;
    if app.catalog.calendars().get(&code).is_err() {
        return Err(Error::NotFound("This calendar").into());
    }
    let rows = sets(&history(&app.db, &code).await?);
    Page::cut(rows, &paging, |set| set.row.id, SetDay::from).map(Json)
}

/// Set a day of a calendar
///
/// `closed`, `bridge` and `proclaimed` make it a free day, `open` a business day. Every deadline of
/// every open incident is computed anew; what was computed before stays.
#[utoipa::path(
    post, path = "/calendars/{code}/overrides", tag = "Playbooks", operation_id = "add_override",
    params(("code" = String, Path, description = "The calendar's code", example = "AT")),
    request_body(content = NewOverride, example = json!({
        "date": "2026-11-27", "kind": "proclaimed", "reason": "Day of mourning"
    })),
    responses((status = CREATED, body = Done<CalendarOverrideId>, description = "It is set"))
)]
async fn add(
    caller: Caller,
    At(code): At<String>,
    Body(body): Body<NewOverride>,
) -> Answer<Response> {
    let id = calendar_override::add(&caller.ctx(), &code, &body).await?;
    Ok(created(id, &format!("/api/v1/calendars/{code}/overrides")))
}

/// Withdraw a day that was set
///
/// Every deadline of every open incident is computed anew; what was computed before stays.
#[utoipa::path(
    post, path = "/calendars/{code}/overrides/{override}/withdraw", tag = "Playbooks",
    operation_id = "withdraw_override",
    params(
        ("code" = String, Path, description = "The calendar's code", example = "AT"),
        ("override" = CalendarOverrideId, Path, description = "The id of what was set")
    ),
    request_body(content = Withdrawal, example = json!({ "reason": "It was another day." })),
    responses((status = CREATED, body = Done<CalendarOverrideId>, description = "It is withdrawn"))
)]
async fn withdraw(
    caller: Caller,
    At((code, id)): At<(String, CalendarOverrideId)>,
    Body(body): Body<Withdrawal>,
) -> Answer<Response> {
    let id = calendar_override::withdraw(&caller.ctx(), &code, id, &body).await?;
    Ok(created(id, &format!("/api/v1/calendars/{code}/overrides")))
}
