//! Notices: drafting, reading with every version, approving, going live, withdrawing.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::incident::seen;
use super::wire::{Done, created};
use crate::app::App;
use crate::domain::access::Action;
use crate::error::Error;
use crate::http::error::Answer;
use crate::http::extract::{Ask, At, Body, Caller, Page, Paging};
use crate::ids::{IncidentId, NoticeId};
use crate::service::notice::{self, Activate, Approve, Edit, NewNotice, Withdraw};
use crate::store;
use crate::store::notice::{Audience, Status};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, draft))
        .routes(routes!(get))
        .routes(routes!(edit))
        .routes(routes!(approve))
        .routes(routes!(activate))
        .routes(routes!(withdraw))
}

/// A text shown to affected people.
#[derive(Debug, Serialize, ToSchema)]
struct Notice {
    id: NoticeId,
    incident: IncidentId,
    status: Status,
    /// The newest version's number.
    current: i64,
    /// May the person hide it for the page view?
    hideable: bool,
    /// Everybody on the roster, or who left it after having been told.
    audience: Audience,
    created_at: DateTime<Utc>,
    /// From when it was live for everybody whom it is for.
    activated_at: Option<DateTime<Utc>>,
    activated_by: Option<String>,
    withdrawn_at: Option<DateTime<Utc>>,
    withdrawn_reason: Option<String>,
    /// Send it with a change; a change of an older state is refused.
    version: i64,
}

impl From<store::notice::Notice> for Notice {
    fn from(n: store::notice::Notice) -> Self {
        Self {
            id: n.id,
            incident: n.incident_id,
            status: n.status,
            current: n.current,
            hideable: n.hideable,
            audience: n.audience,
            created_at: n.created_at,
            activated_at: n.activated_at,
            activated_by: n.activated_by,
            withdrawn_at: n.withdrawn_at,
            withdrawn_reason: n.withdrawn_reason,
            version: n.version,
        }
    }
}

/// A notice with its texts and approvals.
#[derive(Debug, Serialize, ToSchema)]
struct NoticeWithTexts {
    #[serde(flatten)]
    notice: Notice,
    /// Every version, the newest first.
    versions: Vec<Version>,
    /// Every approval, the newest first.
    approvals: Vec<Approval>,
    /// What keeps the newest version from being approved.
    gaps: Vec<Gap>,
}

/// One version of the text.
#[derive(Debug, Serialize, ToSchema)]
struct Version {
    /// From 1.
    number: i64,
    /// SHA-256 over all languages: what is approved.
    content_hash: String,
    author: String,
    created_at: DateTime<Utc>,
    /// The text by language.
    texts: BTreeMap<String, Text>,
}

/// The text in one language.
#[derive(Debug, Serialize, ToSchema)]
struct Text {
    title: String,
    /// In the notice markup, as it can be sent back.
    source: String,
    /// As it is read.
    plain: String,
}

/// An approval of exactly one text.
#[derive(Debug, Serialize, ToSchema)]
struct Approval {
    /// The version's number.
    number: i64,
    content_hash: String,
    approver: String,
    approved_at: DateTime<Utc>,
}

/// Something that is missing in a text.
#[derive(Debug, Serialize, ToSchema)]
struct Gap {
    language: String,
    /// A sentence.
    reason: String,
}

fn version(v: &store::notice::Version) -> Answer<Version> {
    let texts = notice::contents(v)?
        .into_iter()
        .map(|(language, content)| {
            let text = Text {
                source: content.to_source(),
                plain: content.to_plain_text(),
                title: content.title,
            };
            (language, text)
        })
        .collect();
    Ok(Version {
        number: v.number,
        content_hash: v.content_hash.clone(),
        author: v.author.clone(),
        created_at: v.created_at,
        texts,
    })
}

/// List an incident's notices, in the order of their making
#[utoipa::path(
    get, path = "/incidents/{incident}/notices", tag = "Notices", operation_id = "list_notices",
    params(("incident" = IncidentId, Path, description = "The incident's id"), Paging),
    responses((status = OK, body = Page<Notice>, description = "A page of notices"))
)]
async fn list(
    State(app): State<App>,
    caller: Caller,
    At(id): At<IncidentId>,
    Ask(paging): Ask<Paging>,
) -> Answer<Json<Page<Notice>>> {
    caller.require(Action::ViewIncident)?;
    seen(&app, id).await?;
    let rows = store::notice::list(&app.db, id).await?;
    Page::cut(rows, &paging, |n| n.id, Notice::from).map(Json)
}

/// Draft a notice
///
/// From the playbook's text: the answers are put where they belong, the rest comes from the incident
/// and the operator profile. An answer that is left out stays as a placeholder. A correction, with the
/// audience `wrongly_told`, takes one answer in each language: `finding`.
#[utoipa::path(
    post, path = "/incidents/{incident}/notices", tag = "Notices", operation_id = "draft_notice",
    params(("incident" = IncidentId, Path, description = "The incident's id")),
    request_body(content = NewNotice, example = json!({
        "answers": {
            "en": {
                "what_happened": "A link to an export of customer accounts was open to everybody.",
                "consequences": "Your name and e-mail address may be used for deceptive mails.",
                "measures": "The link was closed and the logs are being examined.",
                "advice": "Be wary of mails that ask for your password."
            },
            "de": {
                "what_happened": "Ein Link zu einem Export von Kundenkonten war für alle offen.",
                "consequences": "Name und E-Mail-Adresse können für Betrugsmails benutzt werden.",
                "measures": "Der Link wurde geschlossen, die Protokolle werden untersucht.",
                "advice": "Seien Sie vorsichtig bei Mails, die nach dem Passwort fragen."
            }
        },
        "hideable": false,
        "audience": "affected"
    })),
    responses((status = CREATED, body = Done<NoticeId>, description = "It is drafted"))
)]
async fn draft(
    caller: Caller,
    At(id): At<IncidentId>,
    Body(body): Body<NewNotice>,
) -> Answer<Response> {
    let notice = notice::draft(&caller.ctx(), id, &body).await?;
    Ok(created(notice, &format!("/api/v1/notices/{notice}")))
}

/// Read a notice with every version and approval
#[utoipa::path(
    get, path = "/notices/{notice}", tag = "Notices", operation_id = "get_notice",
    params(("notice" = NoticeId, Path, description = "Its id")),
    responses((status = OK, body = NoticeWithTexts, description = "The notice"))
)]
async fn get(
    State(app): State<App>,
    caller: Caller,
    At(id): At<NoticeId>,
) -> Answer<Json<NoticeWithTexts>> {
    caller.require(Action::ViewIncident)?;
    let notice = store::notice::find(&app.db, id)
        .await?
        .ok_or(Error::NotFound("This notice"))?;
    let versions = store::notice::versions(&app.db, id).await?;
    let current = versions.iter().find(|v| v.number == notice.current);
    let gaps = match current {
        Some(v) => notice::gaps(notice.audience, &notice::contents(v)?),
        None => Vec::new(),
    };
    let approvals = store::notice::approvals(&app.db, id)
        .await?
        .into_iter()
        .map(|a| Approval {
            number: a.number,
            content_hash: a.content_hash,
            approver: a.approver,
            approved_at: a.approved_at,
        })
        .collect();
    Ok(Json(NoticeWithTexts {
        notice: notice.into(),
        versions: versions.iter().map(version).collect::<Answer<_>>()?,
        approvals,
        gaps: gaps
            .into_iter()
            .map(|(language, reason)| Gap { language, reason })
            .collect(),
    }))
}

/// Write a new version of a notice
///
/// In every language, in the notice markup. An approval of the text before falls away.
#[utoipa::path(
    post, path = "/notices/{notice}/versions", tag = "Notices", operation_id = "edit_notice",
    params(("notice" = NoticeId, Path, description = "Its id")),
    request_body(content = Edit, example = json!({
        "sources": { "en": "# Your data was affected\n\n…", "de": "# Ihre Daten sind betroffen\n\n…" },
        "hideable": false,
        "version": 1
    })),
    responses((status = CREATED, body = Done<NoticeId>, description = "It is written"))
)]
async fn edit(caller: Caller, At(id): At<NoticeId>, Body(body): Body<Edit>) -> Answer<Response> {
    let id = notice::edit(&caller.ctx(), id, &body).await?;
    Ok(created(id, &format!("/api/v1/notices/{id}")))
}

/// Approve exactly one text
///
/// Whoever wrote any version of the notice cannot approve it.
#[utoipa::path(
    post, path = "/notices/{notice}/approve", tag = "Notices", operation_id = "approve_notice",
    params(("notice" = NoticeId, Path, description = "Its id")),
    request_body(content = Approve, example = json!({
        "number": 1,
        "content_hash": "the content_hash of the version that was read"
    })),
    responses((status = OK, body = Done<NoticeId>, description = "It is approved"))
)]
async fn approve(
    caller: Caller,
    At(id): At<NoticeId>,
    Body(body): Body<Approve>,
) -> Answer<Json<Done<NoticeId>>> {
    let id = notice::approve(&caller.ctx(), id, &body).await?;
    Ok(Json(Done { id }))
}

/// Make an approved notice live for everybody on the roster
///
/// The promises to the affected people are met by this.
#[utoipa::path(
    post, path = "/notices/{notice}/activate", tag = "Notices", operation_id = "activate_notice",
    params(("notice" = NoticeId, Path, description = "Its id")),
    request_body(content = Activate, example = json!({ "version": 2 })),
    responses((status = OK, body = Done<NoticeId>, description = "It is live"))
)]
async fn activate(
    caller: Caller,
    At(id): At<NoticeId>,
    Body(body): Body<Activate>,
) -> Answer<Json<Done<NoticeId>>> {
    let id = notice::activate(&caller.ctx(), id, &body).await?;
    Ok(Json(Done { id }))
}

/// Take a live notice down
#[utoipa::path(
    post, path = "/notices/{notice}/withdraw", tag = "Notices", operation_id = "withdraw_notice",
    params(("notice" = NoticeId, Path, description = "Its id")),
    request_body(content = Withdraw, example = json!({
        "reason": "It named the wrong kind of data.", "version": 3
    })),
    responses((status = OK, body = Done<NoticeId>, description = "It is no longer shown"))
)]
async fn withdraw(
    caller: Caller,
    At(id): At<NoticeId>,
    Body(body): Body<Withdraw>,
) -> Answer<Json<Done<NoticeId>>> {
    let id = notice::withdraw(&caller.ctx(), id, &body).await?;
    Ok(Json(Done { id }))
}
