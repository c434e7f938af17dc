//! Answering the questions that decide which rules apply. An answer stands until another one replaces it; none is lost.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::known::{Known, Records, number_or_range, place_of, standing_answers};
use super::{Ctx, incident, obligation};
use crate::app::App;
use crate::catalog::Catalog;
use crate::domain::access::Action;
use crate::domain::condition::{ANYWHERE, Applies, Missing};
use crate::domain::evidence::Entry;
use crate::error::{Check, Result};
use crate::ids::{AnswerId, IncidentId};
use crate::store::answer::{self, Answer};
use crate::store::obligation::Obligation;

/// An answer to record.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewAnswer {
    /// Id of a question, or `people(PLACE)` with a country (`AT`), a US state (`US-TX`), a group
    /// (`EEA`) or `any`.
    #[schema(required, example = "risk_unlikely")]
    pub question: String,
    /// `yes` or `no`; for `people(PLACE)` a number or a range such as `100-300`.
    #[schema(required, example = "no")]
    pub value: String,
    /// On what the answer rests. Up to 2,000 characters; needed when it replaces another answer.
    pub reason: Option<String>,
}

/// Records answers, and computes every obligation of the incident anew. All of them or none.
pub async fn record(ctx: &Ctx<'_>, id: IncidentId, new: &[NewAnswer]) -> Result<Vec<AnswerId>> {
    let mut w = ctx.begin(Action::RecordFact, "answer.record").await?;
    if let Some(done) = w.replay(&(id, new)).await? {
        return Ok(done);
    }
    let incident = incident::lock_open(&mut w, id).await?;
    let earlier = answer::list(&mut w.tx, id).await?;
    let standing = standing_answers(&earlier);
    let mut check = Check::default();
    if new.is_empty() {
        check.fail(
            "value",
            "Nothing is answered. Answer at least one question.",
        );
    }
    let mut ids = Vec::new();
    let mut seen = BTreeSet::new();
    for one in new {
        if !seen.insert(one.question.trim()) {
            check.fail(
                one.question.trim(),
                "This is answered twice here. Keep the answer that is right.",
            );
            continue;
        }
        let before = standing.get(one.question.trim()).copied();
        let Some(answer) = read(&w.app.catalog, one, before, &mut check) else {
            continue;
        };
        let answer = Answer {
            id: AnswerId(w.app.rng.uuid(w.now)),
            incident_id: id,
            recorded_by: w.actor.name.clone(),
            recorded_at: w.now,
            question: answer.0,
            value: answer.1,
            reason: answer.2,
            replaces: before.map(|b| b.id),
        };
        answer::insert(&mut w.tx, &answer).await?;
        w.record(
            Entry::new("answer.recorded", Some(id))
                .with("question", answer.question.clone())
                .with("value", answer.value.clone())
                .of(&answer),
        );
        ids.push(answer.id);
    }
    check.done()?;
    obligation::refresh(&mut w, &incident, "answered questions").await?;
    w.commit(ids).await
}

/// Question, value and reason, checked. Errors stand at the field named like the question.
fn read(
    catalog: &Catalog,
    new: &NewAnswer,
    before: Option<&Answer>,
    check: &mut Check,
) -> Option<(String, String, Option<String>)> {
    let question = new.question.trim();
    let value = new.value.trim();
    let reason = check.optional_text("reason", new.reason.as_deref(), 2_000);
    let good = match place_of(question) {
        Some(place) if !is_place(catalog, place) => {
            check.fail(
                question,
                format!(
                    "\"{place}\" is no place that rules ask about. Write a country (AT), a US \
                     state (US-TX), a group such as EEA, or any."
                ),
            );
            false
        }
        Some(_) if number_or_range(value).is_none() => {
            check.fail(
                question,
                format!(
                    "\"{value}\" is not a number of people. Write a number such as 120, or a range \
                     such as 100-300."
                ),
            );
            false
        }
        Some(_) => true,
        None if catalog.questions().question(question).is_none() => {
            check.fail(
                "question",
                format!("There is no question \"{question}\". Look at the list of questions."),
            );
            false
        }
        None if !matches!(value, "yes" | "no") => {
            check.fail(question, "Answer with yes or no.");
            false
        }
        None => true,
    };
    if good && before.is_some_and(|b| b.value != value) && reason.is_none() {
        check.fail(
            question,
            "This was answered otherwise before. Give the reason for the new answer.",
        );
        return None;
    }
    good.then(|| (question.to_owned(), value.to_owned(), reason))
}

/// Whether some rule, or any sensible one, could ask for the place.
fn is_place(catalog: &Catalog, place: &str) -> bool {
    let upper = |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase());
    place == ANYWHERE
        || upper(place)
        || place.strip_prefix("US-").is_some_and(upper)
        || catalog.questions().groups.iter().any(|g| g.id == place)
}

/// The question that an unknown thing is asked with; nothing for what only the operator profile
/// can say.
#[must_use]
pub fn question_of(missing: &Missing) -> Option<String> {
    match missing {
        Missing::Question(id) => Some(id.clone()),
        Missing::People(place) => Some(format!("people({place})")),
        Missing::Sector(_) => None,
    }
}

/// Something that is not known, with what it would decide.
#[derive(Clone, Debug)]
pub struct OpenQuestion {
    /// What is missing.
    pub missing: Missing,
    /// How many rules wait for it, counted for each controller.
    pub duties: usize,
    /// The earliest end among them, UTC.
    pub due_at: Option<DateTime<Utc>>,
    /// Their ids, each once, in the order of their names.
    pub rules: BTreeSet<String>,
}

/// What is not known about an incident, the most urgent first.
pub async fn open_questions(app: &App, id: IncidentId) -> Result<Vec<OpenQuestion>> {
    let records = Records::read(app, id).await?;
    let known = Known::new(&app.catalog, &records, app.time.now())?;
    Ok(waiting(&known, &app.catalog, &records.obligations))
}

fn waiting(known: &Known, catalog: &Catalog, rows: &[Obligation]) -> Vec<OpenQuestion> {
    let mut all: BTreeMap<Missing, OpenQuestion> = BTreeMap::new();
    for one in known.derive(catalog) {
        let Applies::Unknown(missing) = &one.applies else {
            continue;
        };
        let settled = rows.iter().any(|row| {
            row.rule == one.regime.id
                && row.outcome.is_some()
                && one
                    .controller
                    .is_none_or(|c| row.controller.is_empty() || row.controller == c.id)
        });
        if settled {
            continue;
        }
        let due = one.term.deadline().map(|deadline| deadline.due_utc);
        for missing in missing {
            let open = all.entry(missing.clone()).or_insert_with(|| OpenQuestion {
                missing: missing.clone(),
                duties: 0,
                due_at: None,
                rules: BTreeSet::new(),
            });
            open.duties += 1;
            open.due_at = match (open.due_at, due) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
            open.rules.insert(one.regime.id.clone());
        }
    }
    let mut all: Vec<OpenQuestion> = all.into_values().collect();
    all.sort_by_key(|one| {
        let due = one.due_at.unwrap_or(DateTime::<Utc>::MAX_UTC);
        (due, std::cmp::Reverse(one.duties), one.missing.clone())
    });
    all
}
