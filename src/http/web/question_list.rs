//! What has to be known before one can say which rules apply, and answering it.
//!
//! A question that nobody has answered counts as open: the rules behind it may apply, and the
//! earliest of their ends stands beside it.

use std::collections::BTreeMap;

use axum::extract::State;
use chrono_tz::Tz;
use maud::{Markup, html};

use super::answer::{Answer, At, go, page, page_with_status, require};
use super::form::{Form, Typed};
use super::incident_show::load;
use super::layout::{Page, Viewer};
use super::session::Posted;
use super::{part, place, sample};
use crate::app::App;
use crate::catalog::Catalog;
use crate::domain::access::{Action, Role};
use crate::domain::condition::{ANYWHERE, Missing};
use crate::error::Result;
use crate::ids::IncidentId;
use crate::service::answer::{self as service, NewAnswer, OpenQuestion};
use crate::service::known::{place_of, standing_answers};
use crate::store::answer;
use crate::store::incident::{Incident, Status};

/// A question with what is said to it.
#[derive(Clone, Debug)]
struct Asked {
    /// Id, or `people(PLACE)`.
    id: String,
    ask: String,
    help: Option<String>,
    /// What waits for it; nothing once nothing does.
    open: Option<OpenQuestion>,
    answered: Option<answer::Answer>,
}

/// The page.
#[derive(Clone, Debug)]
pub(crate) struct QuestionList {
    viewer: Viewer,
    form: Form,
    incident: Incident,
    asked: Vec<Asked>,
    /// What only the operator profile can say.
    sectors: Vec<(String, OpenQuestion)>,
    done: bool,
}

impl QuestionList {
    async fn read(
        app: &App,
        viewer: Viewer,
        form: Form,
        incident: Incident,
        done: bool,
    ) -> Result<Self> {
        let open = service::open_questions(app, incident.id).await?;
        let answers = answer::list(&app.db, incident.id).await?;
        Ok(Self::new(
            &app.catalog,
            viewer,
            form,
            incident,
            open,
            &answers,
            done,
        ))
    }

    fn new(
        catalog: &Catalog,
        viewer: Viewer,
        form: Form,
        incident: Incident,
        open: Vec<OpenQuestion>,
        answers: &[answer::Answer],
        done: bool,
    ) -> Self {
        let mut answers: BTreeMap<&str, &answer::Answer> = standing_answers(answers);
        let (mut asked, mut sectors) = (Vec::new(), Vec::new());
        for one in open {
            match service::question_of(&one.missing) {
                Some(id) => {
                    let answered = answers.remove(id.as_str()).cloned();
                    asked.push(describe(catalog, id, Some(one), answered));
                }
                None => {
                    if let Missing::Sector(id) = &one.missing {
                        let sector = catalog.questions().sector(id);
                        let ask = sector.map_or_else(|| id.clone(), |s| s.ask.clone());
                        sectors.push((ask, one));
                    }
                }
            }
        }
        for (id, answer) in answers {
            asked.push(describe(catalog, id.to_owned(), None, Some(answer.clone())));
        }
        let labels: Vec<(String, String)> = asked
            .iter()
            .map(|one| (one.id.clone(), one.ask.clone()))
            .collect();
        let mut fields: Vec<(&str, &str)> = labels
            .iter()
            .map(|(id, ask)| (id.as_str(), ask.as_str()))
            .collect();
        fields.push(("reason", "On what the answers rest"));
        let form = form.with_fields(&fields);
        Self {
            viewer,
            form,
            incident,
            asked,
            sectors,
            done,
        }
    }

    fn places(&self) -> impl Iterator<Item = &Asked> {
        self.asked.iter().filter(|one| place_of(&one.id).is_some())
    }

    fn questions(&self) -> impl Iterator<Item = &Asked> {
        self.asked.iter().filter(|one| place_of(&one.id).is_none())
    }

    fn question(&self, one: &Asked) -> Markup {
        let f = &self.form;
        let zone = self.viewer.zone();
        html! {
            div.asked.open[one.open.is_some()] {
                (f.field(&one.id, &one.ask).optional().radios(&[
                    ("yes", "Yes", ""),
                    ("no", "No", ""),
                ]))
                @if let Some(help) = &one.help { p.small.prose { (help) } }
                (stands(one, zone))
            }
        }
    }

    fn where_they_live(&self) -> Markup {
        let f = &self.form;
        let open: usize = self
            .places()
            .filter_map(|one| one.open.as_ref())
            .map(|o| o.duties)
            .sum();
        html! {
            section.sheet aria-labelledby="places-h" {
                h2 #places-h { "Where the affected people live" }
                p.prose {
                    "Many laws depend on it"
                    @if open > 0 { "; " (open) " rules wait for it" }
                    ". A roster with country and state answers it exactly. Until there is one, an estimate helps: a \
                     number, or a range such as 100-300. 0 where nobody lives."
                }
                div.places {
                    @for one in self.places() {
                        div {
                            (f.field(&one.id, &one.ask).optional().input("text"))
                            (stands(one, self.viewer.zone()))
                        }
                    }
                }
            }
        }
    }
}

/// What waits for an answer, and what was answered.
fn stands(one: &Asked, zone: Tz) -> Markup {
    html! {
        p.small {
            @if let Some(open) = &one.open {
                (part::count(i64::try_from(open.duties).unwrap_or(0), "rule waits", "rules wait")) " for it"
                @if let Some(due) = open.due_at { ", the earliest due " (part::when(due, zone)) }
                "."
            }
            @if let Some(answer) = &one.answered {
                " Answered “" (answer.value) "” by " (answer.recorded_by) ", "
                (part::when(answer.recorded_at, zone))
                @if let Some(reason) = &answer.reason { ": " (reason) } @else { "." }
            }
        }
    }
}

fn describe(
    catalog: &Catalog,
    id: String,
    open: Option<OpenQuestion>,
    answered: Option<answer::Answer>,
) -> Asked {
    let question = catalog.questions().question(&id);
    let ask = match (question, place_of(&id)) {
        (Some(question), _) => question.ask.clone(),
        (None, Some(ANYWHERE)) => "Everywhere together".to_owned(),
        (None, Some(code)) => format!("{} ({code})", place::name(code, catalog.questions())),
        (None, None) => id.clone(),
    };
    Asked {
        help: question.and_then(|q| q.help.clone()),
        id,
        ask,
        open,
        answered,
    }
}

impl Page for QuestionList {
    fn title(&self) -> String {
        "Open questions".to_owned()
    }

    fn viewer(&self) -> Option<&Viewer> {
        Some(&self.viewer)
    }

    fn incident(&self) -> Option<&Incident> {
        Some(&self.incident)
    }

    fn body(&self) -> Markup {
        let f = &self.form;
        let may = self.incident.status == Status::Open && self.viewer.may(Action::RecordFact);
        let (open, answered): (Vec<&Asked>, Vec<&Asked>) =
            self.questions().partition(|one| one.open.is_some());
        html! {
            (f.summary())
            @if self.done { p.notice-line role="status" { "The answers are recorded, and every rule was held against them anew." } }
            p.lead { "The law asks these questions. A rule whose question nobody has answered may apply: it counts as \
                      open, and never as “no”." }
            @if self.asked.is_empty() && self.sectors.is_empty() {
                (part::empty("Nothing is open.", "Every rule is known to apply or not to apply.", &html! {}))
            }
            (f.render(html! {
                @if !open.is_empty() {
                    section.sheet aria-labelledby="open-h" {
                        h2 #open-h { "Not answered yet" }
                        @for one in &open { (self.question(one)) }
                    }
                }
                @if self.places().next().is_some() { (self.where_they_live()) }
                @if !answered.is_empty() {
                    section.sheet aria-labelledby="answered-h" {
                        h2 #answered-h { "Answered" }
                        @for one in &answered { (self.question(one)) }
                    }
                }
                @if may && !self.asked.is_empty() {
                    div.sheet {
                        (f.field("reason", "On what the answers rest").optional()
                            .hint("Needed when an answer changes. Earlier answers stay visible.").area(3))
                        div.send {
                            button.main type="submit" { "Record the answers" }
                            a.button href={ "/incidents/" (self.incident.id) } { "Cancel" }
                        }
                    }
                }
            }))
            @if !self.sectors.is_empty() {
                section.sheet aria-labelledby="sectors-h" {
                    h2 #sectors-h { "What the operator profile does not say" }
                    p.prose { "These are about the company and not about the incident. They are answered once, under \
                               “[sectors]” in the operator profile of the playbooks." }
                    ul { @for (ask, one) in &self.sectors { li {
                        (ask) " "
                        @if let Missing::Sector(id) = &one.missing { code { (id) } }
                        span.small { " · " (one.rules.iter().cloned().collect::<Vec<_>>().join(", ")) }
                    } } }
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let viewer = Viewer::sample(Role::Responder);
        let open = |missing, duties| OpenQuestion {
            missing,
            duties,
            due_at: Some(viewer.now),
            rules: std::iter::once("eu_gdpr_34".to_owned()).collect(),
        };
        let answered = answer::Answer {
            id: crate::ids::AnswerId(sample::incident().id.0),
            incident_id: sample::incident().id,
            question: "risk_unlikely".to_owned(),
            value: "no".to_owned(),
            reason: Some("Names and addresses were read.".to_owned()),
            replaces: None,
            recorded_by: "Rita".to_owned(),
            recorded_at: viewer.now,
        };
        let all = vec![
            open(Missing::Question("high_risk".to_owned()), 2),
            open(Missing::People("US-TX".to_owned()), 3),
            open(Missing::People("EEA".to_owned()), 1),
            open(Missing::Sector("nis2_entity".to_owned()), 10),
        ];
        let form = || Form::new(&viewer, "questions", "/incidents/x/questions");
        let show = |form: Form, open: Vec<OpenQuestion>, done| {
            Self::new(
                sample::catalog(),
                viewer.clone(),
                form,
                sample::incident(),
                open,
                std::slice::from_ref(&answered),
                done,
            )
        };
        let wrong = form().with("people(US-TX)", "many").wrong(
            "people(US-TX)",
            "\"many\" is not a number of people. Write a number such as 120, or a range such as 100-300.",
        );
        vec![
            show(form(), all.clone(), false),
            show(wrong, all, false),
            show(form(), Vec::new(), true),
        ]
    }
}

fn filled(form: Form, answers: &[answer::Answer]) -> Form {
    let mut form = form;
    for (id, answer) in standing_answers(answers) {
        form = form.with(id, answer.value.clone());
    }
    form
}

/// Shows the questions.
pub(crate) async fn show(
    State(app): State<App>,
    me: Viewer,
    At(id): At<IncidentId>,
    super::answer::Asked(query): super::answer::Asked<super::incident_show::Done>,
) -> Answer {
    let incident = load(&app, &me, id).await?;
    let answers = answer::list(&app.db, id).await?;
    let form = filled(
        Form::new(&me, "questions", format!("/incidents/{id}/questions")),
        &answers,
    );
    let done = query.done == "answered";
    Ok(page(
        &app,
        &QuestionList::read(&app, me, form, incident, done).await?,
    ))
}

/// The answers that say something new.
fn given(typed: &Typed, before: &[answer::Answer]) -> Vec<NewAnswer> {
    let before = standing_answers(before);
    let reason = typed.some("reason");
    typed
        .0
        .iter()
        .filter(|(name, value)| {
            let known = before.get(name.as_str()).map(|a| a.value.as_str());
            !value.trim().is_empty() && known != Some(value.trim())
        })
        .filter(|(name, _)| !matches!(name.as_str(), "reason" | "csrf" | "once" | "version"))
        .map(|(name, value)| NewAnswer {
            question: name.clone(),
            value: value.clone(),
            reason: reason.clone(),
        })
        .collect()
}

/// Records answers.
pub(crate) async fn send(
    State(app): State<App>,
    At(id): At<IncidentId>,
    mut sent: Posted,
) -> Answer {
    let before = answer::list(&app.db, id).await?;
    let new = given(&sent.typed, &before);
    let ctx = sent.ctx(&app, "questions");
    match sent.run(service::record(&ctx, id, &new)).await {
        Ok(_) => go(&format!("/incidents/{id}/questions?done=answered")),
        Err(stop) => {
            require(&app, &sent.me, Action::RecordFact)?;
            let incident = load(&app, &sent.me, id).await?;
            let action = format!("/incidents/{id}/questions");
            let (status, form) = sent.again(&app, stop, Vec::new(), "questions", action)?;
            let shown = QuestionList::read(&app, sent.me, form, incident, false).await?;
            Ok(page_with_status(&app, status, &shown))
        }
    }
}
