//! Questions that decide which rules apply: what is open, and the answers.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::incident::seen;
use super::wire::created;
use crate::app::App;
use crate::domain::access::Action;
use crate::domain::condition::Missing;
use crate::http::error::Answer;
use crate::http::extract::{At, Body, Caller};
use crate::ids::{AnswerId, IncidentId};
use crate::service::answer::{self, NewAnswer, OpenQuestion};
use crate::store;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(open))
        .routes(routes!(list, record))
}

/// Something that is not known.
#[derive(Debug, Serialize, ToSchema)]
struct Question {
    /// What to answer it with: a question's id, or `people(PLACE)`; null when only the operator
    /// profile can say it.
    question: Option<String>,
    /// What is missing, in words.
    missing: String,
    /// The question in plain words.
    ask: Option<String>,
    /// How many rules wait for it, counted for each controller.
    duties: usize,
    /// The earliest of their ends.
    due_at: Option<DateTime<Utc>>,
    /// Their ids.
    rules: Vec<String>,
}

/// The open questions of an incident.
#[derive(Debug, Serialize, ToSchema)]
struct Questions {
    /// How many rules may apply, counted for each controller. They count as open.
    duties: i64,
    /// The earliest of their ends.
    due_at: Option<DateTime<Utc>>,
    /// The most urgent first.
    questions: Vec<Question>,
}

fn wire(app: &App, one: OpenQuestion) -> Question {
    let questions = app.catalog.questions();
    let ask = match &one.missing {
        Missing::Question(id) => questions.question(id).map(|q| q.ask.clone()),
        Missing::Sector(id) => questions.sector(id).map(|q| q.ask.clone()),
        Missing::People(_) => None,
    };
    Question {
        question: answer::question_of(&one.missing),
        missing: one.missing.to_string(),
        ask,
        duties: one.duties,
        due_at: one.due_at,
        rules: one.rules.into_iter().collect(),
    }
}

/// List what is not known about an incident, the most urgent first
///
/// A rule whose question nobody has answered may apply: it counts as open, never as "no".
#[utoipa::path(
    get, path = "/incidents/{incident}/questions", tag = "Questions",
    operation_id = "list_questions",
    params(("incident" = IncidentId, Path, description = "The incident's id")),
    responses((status = OK, body = Questions, description = "The open questions"))
)]
async fn open(
    State(app): State<App>,
    caller: Caller,
    At(id): At<IncidentId>,
) -> Answer<Json<Questions>> {
    caller.require(Action::ViewIncident)?;
    seen(&app, id).await?;
    let unclear = store::unclear::find(&app.db, id).await?;
    let questions = answer::open_questions(&app, id).await?;
    Ok(Json(Questions {
        duties: unclear.as_ref().map_or(0, |u| u.duties),
        due_at: unclear.and_then(|u| u.due_at),
        questions: questions.into_iter().map(|one| wire(&app, one)).collect(),
    }))
}

/// An answer. It is never changed; it stands until another one replaces it.
#[derive(Debug, Serialize, ToSchema)]
struct Answered {
    id: AnswerId,
    question: String,
    /// `yes` or `no`; a number or a range for `people(PLACE)`.
    value: String,
    reason: Option<String>,
    /// The answer to the same question that it takes the place of.
    replaces: Option<AnswerId>,
    recorded_by: String,
    recorded_at: DateTime<Utc>,
}

/// The answers of an incident, in the order of their recording.
#[derive(Debug, Serialize, ToSchema)]
struct Answers {
    items: Vec<Answered>,
}

/// List an incident's answers, the replaced ones too
#[utoipa::path(
    get, path = "/incidents/{incident}/answers", tag = "Questions", operation_id = "list_answers",
    params(("incident" = IncidentId, Path, description = "The incident's id")),
    responses((status = OK, body = Answers, description = "The answers"))
)]
async fn list(
    State(app): State<App>,
    caller: Caller,
    At(id): At<IncidentId>,
) -> Answer<Json<Answers>> {
    caller.require(Action::ViewIncident)?;
    seen(&app, id).await?;
    let items = store::answer::list(&app.db, id)
        .await?
        .into_iter()
        .map(|a| Answered {
            id: a.id,
            question: a.question,
            value: a.value,
            reason: a.reason,
            replaces: a.replaces,
            recorded_by: a.recorded_by,
            recorded_at: a.recorded_at,
        })
        .collect();
    Ok(Json(Answers { items }))
}

/// Answers to record, all of them or none.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAnswers {
    answers: Vec<NewAnswer>,
}

/// What was recorded.
#[derive(Debug, Serialize, ToSchema)]
struct AnswerIds {
    ids: Vec<AnswerId>,
}

/// Answer questions
///
/// Every rule is held against the incident anew; what was computed before stays.
#[utoipa::path(
    post, path = "/incidents/{incident}/answers", tag = "Questions", operation_id = "record_answers",
    params(("incident" = IncidentId, Path, description = "The incident's id")),
    request_body(content = NewAnswers, example = json!({
        "answers": [
            { "question": "risk_unlikely", "value": "no", "reason": "Names and addresses were read." },
            { "question": "people(US-CO)", "value": "100-300" }
        ]
    })),
    responses((status = CREATED, body = AnswerIds, description = "They are recorded"))
)]
async fn record(
    caller: Caller,
    At(id): At<IncidentId>,
    Body(body): Body<NewAnswers>,
) -> Answer<Response> {
    let ids = answer::record(&caller.ctx(), id, &body.answers).await?;
    Ok(created(ids, &format!("/api/v1/incidents/{id}/answers")))
}
