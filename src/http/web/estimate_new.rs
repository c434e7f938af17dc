//! Estimating how many people are affected, in the first hours: everywhere together, and by place.
//!
//! An estimate is an answer to `people(PLACE)`. It counts where no roster says more.

use axum::extract::State;
use maud::{Markup, html};

use super::answer::{Answer, At, go, page, page_with_status, require};
use super::estimate_part::{Estimates, place_name};
use super::form::{Form, Typed};
use super::incident_show::load;
use super::layout::{Page, Viewer};
use super::session::Posted;
use super::{sample, sample_exposure};
use crate::app::App;
use crate::catalog::Catalog;
use crate::domain::access::{Action, Role};
use crate::domain::condition::ANYWHERE;
use crate::error::{Error, FieldError};
use crate::ids::IncidentId;
use crate::service::answer::{self as service, NewAnswer};
use crate::service::known::{number_or_range, place_of, standing_answers};
use crate::store::answer;
use crate::store::incident::Incident;

/// Rows for places beyond those that were estimated.
const EMPTY: usize = 4;

/// The page.
#[derive(Debug)]
pub(crate) struct EstimateNew {
    viewer: Viewer,
    form: Form,
    incident: Incident,
    /// How many rows it has, the total first.
    rows: usize,
    /// What was estimated so far.
    known: Estimates,
}

impl EstimateNew {
    fn new(
        catalog: &Catalog,
        viewer: Viewer,
        form: Form,
        incident: Incident,
        answers: &[answer::Answer],
    ) -> Self {
        let rows = rows(&form.typed);
        let labels: Vec<(String, String)> = (0..rows)
            .flat_map(|n| {
                let what = match n {
                    0 => "Everywhere together".to_owned(),
                    n => format!("Place {n}"),
                };
                [
                    (format!("place-{n}"), format!("{what}: code")),
                    (format!("from-{n}"), format!("{what}: at least")),
                    (format!("to-{n}"), format!("{what}: at most")),
                ]
            })
            .collect();
        let mut fields: Vec<(&str, &str)> = labels
            .iter()
            .map(|(name, label)| (name.as_str(), label.as_str()))
            .collect();
        fields.push(("reason", "On what it rests"));
        Self {
            form: form.with_fields(&fields),
            known: Estimates::of(catalog, answers),
            viewer,
            incident,
            rows,
        }
    }

    fn row(&self, n: usize) -> Markup {
        let f = &self.form;
        let (place, from, to) = (format!("place-{n}"), format!("from-{n}"), format!("to-{n}"));
        html! {
            @if n == 0 {
                input type="hidden" name=(place) value=(ANYWHERE);
                h2 { "Everywhere together" }
            } @else {
                @if n == 1 { h2 { "By place" } }
            }
            div.pair.three[n > 0] {
                @if n > 0 {
                    (f.field(&place, &format!("Place {n}")).optional()
                        .hint(if n == 1 { "A country (AT) or a US state (US-CO)." } else { "" }).input("text"))
                }
                (f.field(&from, "At least").optional().input("text"))
                (f.field(&to, "At most").optional()
                    .hint(if n == 0 { "The same number twice where it is known." } else { "" }).input("text"))
            }
        }
    }
}

/// How many rows the form has.
fn rows(typed: &Typed) -> usize {
    let place = |n: usize| !typed.get(&format!("place-{n}")).trim().is_empty();
    let last = (1..=typed.0.len()).rev().find(|n| place(*n)).unwrap_or(0);
    last.max(EMPTY) + 1
}

impl Page for EstimateNew {
    fn title(&self) -> String {
        "Estimate how many are affected".to_owned()
    }

    fn viewer(&self) -> Option<&Viewer> {
        Some(&self.viewer)
    }

    fn incident(&self) -> Option<&Incident> {
        Some(&self.incident)
    }

    fn body(&self) -> Markup {
        let f = &self.form;
        html! {
            (f.summary())
            p.lead { "Authorities ask in the first hours, before there is a roster. Give a range: the least that is \
                      certain, and the most that is possible. It counts for every rule that depends on numbers \
                      until a roster says more." }
            div.columns {
                (f.render(html! {
                    div.sheet {
                        @for n in 0..self.rows { (self.row(n)) }
                        (f.field("reason", "On what it rests")
                            .hint("How the numbers were found. Needed when one replaces another.").area(3))
                        div.send {
                            button.main type="submit" { "Record the estimate" }
                            a.button href={ "/incidents/" (self.incident.id) } { "Cancel" }
                        }
                    }
                }))
                section.sheet aria-labelledby="known-h" {
                    h2 #known-h { "Known so far" }
                    @if self.incident.persons > 0 {
                        p { "There is a roster. It counts where it says more than an estimate." }
                    }
                    (self.known.shown(&self.viewer))
                    p.small { "Nothing is overwritten: a new estimate stands beside the earlier ones in the \
                               evidence." }
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let viewer = Viewer::sample(Role::Responder);
        let form = || Form::new(&viewer, "estimate", "/incidents/x/estimate");
        let show = |form, answers: &[answer::Answer]| {
            let incident = Incident {
                persons: 0,
                ..sample::incident()
            };
            Self::new(sample::catalog(), viewer.clone(), form, incident, answers)
        };
        let answers = sample_exposure::estimates();
        let wrong = form()
            .with("place-1", "Texas")
            .with("from-1", "300")
            .with("to-1", "100")
            .wrong("to-1", MIXED_UP)
            .wrong("reason", "This cannot be empty.");
        vec![
            show(form(), &[]),
            show(filled(form(), &answers), &answers),
            show(wrong, &[]),
        ]
    }
}

const MIXED_UP: &str =
    "The most that is possible is less than the least that is certain. Swap them.";

/// The form with the estimates that stand.
fn filled(form: Form, answers: &[answer::Answer]) -> Form {
    let mut form = form;
    let mut next = 1;
    for (question, answer) in standing_answers(answers) {
        let (Some(code), Some((from, to))) = (place_of(question), number_or_range(&answer.value))
        else {
            continue;
        };
        let n = match code {
            ANYWHERE => 0,
            _ => {
                next += 1;
                next - 1
            }
        };
        form = form
            .with(&format!("place-{n}"), code)
            .with(&format!("from-{n}"), from.to_string())
            .with(&format!("to-{n}"), to.to_string());
    }
    form
}

/// Shows the form.
pub(crate) async fn show(State(app): State<App>, me: Viewer, At(id): At<IncidentId>) -> Answer {
    require(&app, &me, Action::RecordFact)?;
    let incident = load(&app, &me, id).await?;
    let answers = answer::list(&app.db, id).await?;
    let form = filled(Form::new(&me, "estimate", here(id)), &answers);
    let shown = EstimateNew::new(&app.catalog, me, form, incident, &answers);
    Ok(page(&app, &shown))
}

fn here(id: IncidentId) -> String {
    format!("/incidents/{id}/estimate")
}

/// What was typed, as answers with the number of their row; what cannot be read goes to `wrong`.
fn given(
    catalog: &Catalog,
    typed: &Typed,
    before: &[answer::Answer],
    wrong: &mut Vec<FieldError>,
) -> Vec<(usize, NewAnswer)> {
    let before = standing_answers(before);
    let mut found: Vec<(usize, NewAnswer)> = Vec::new();
    let mut fail = |field: String, reason: &str| {
        wrong.push(FieldError {
            field,
            reason: reason.to_owned(),
        });
    };
    for n in 0..rows(typed) {
        let get = |what: &str| typed.get(&format!("{what}-{n}")).trim().to_owned();
        let (place, from, to) = (get("place"), get("from"), get("to"));
        if from.is_empty() && to.is_empty() {
            if n > 0 && !place.is_empty() {
                fail(
                    format!("from-{n}"),
                    "Give the numbers for this place, or empty its code.",
                );
            }
            continue;
        }
        if place.is_empty() {
            fail(
                format!("place-{n}"),
                "Say for which place these numbers are.",
            );
            continue;
        }
        let code = match catalog.questions().groups.iter().any(|g| g.id == place) {
            true => place,
            false if place == ANYWHERE => place,
            false => place.to_uppercase(),
        };
        // One number alone is both.
        let least = if from.is_empty() { "0" } else { &from };
        let most = if to.is_empty() { &from } else { &to };
        let mut good = true;
        for (field, text) in [("from", least), ("to", most)] {
            if number_or_range(text).is_none_or(|(a, b)| a != b) {
                good = false;
                let reason =
                    format!("\"{text}\" is not a number of people. Write one such as 120.");
                fail(format!("{field}-{n}"), &reason);
            }
        }
        let value = match least == most {
            true => least.to_owned(),
            false => format!("{least}-{most}"),
        };
        if good && number_or_range(&value).is_none() {
            fail(format!("to-{n}"), MIXED_UP);
            good = false;
        }
        let question = format!("people({code})");
        if good && found.iter().any(|(_, one)| one.question == question) {
            let name = place_name(catalog, &code);
            let reason = format!("{name} is estimated twice here. Keep the row that is right.");
            fail(format!("place-{n}"), &reason);
            good = false;
        }
        let same = before.get(question.as_str()).map(|a| a.value.as_str()) == Some(&value);
        if good && !same {
            found.push((
                n,
                NewAnswer {
                    question,
                    value,
                    reason: typed.some("reason"),
                },
            ));
        }
    }
    found
}

/// Records the estimates that say something new.
pub(crate) async fn send(
    State(app): State<App>,
    At(id): At<IncidentId>,
    mut sent: Posted,
) -> Answer {
    let before = answer::list(&app.db, id).await?;
    let mut wrong = Vec::new();
    let new = given(&app.catalog, &sent.typed, &before, &mut wrong);
    if sent.typed.some("reason").is_none() {
        wrong.push(FieldError {
            field: "reason".to_owned(),
            reason: "Say on what the numbers rest: an authority will ask.".to_owned(),
        });
    }
    if new.is_empty() && wrong.is_empty() {
        wrong.push(FieldError {
            field: "from-0".to_owned(),
            reason: "Nothing is new here. Give a number, or go back.".to_owned(),
        });
    }
    let ctx = sent.ctx(&app, "estimate");
    let answers: Vec<NewAnswer> = new.iter().map(|(_, one)| one.clone()).collect();
    let failed = !wrong.is_empty();
    let work = async {
        if failed {
            return Err(Error::Invalid(Vec::new()));
        }
        let result = service::record(&ctx, id, &answers).await;
        // The service names the question; the form has a row.
        result.map_err(|error| {
            new.iter().fold(error, |error, (n, one)| {
                error.renamed(&one.question, &format!("place-{n}"))
            })
        })
    };
    match sent.run(work).await {
        Ok(_) => go(&format!("/incidents/{id}?done=estimate")),
        Err(stop) => {
            require(&app, &sent.me, Action::RecordFact)?;
            let incident = load(&app, &sent.me, id).await?;
            let (status, form) = sent.again(&app, stop, wrong, "estimate", here(id))?;
            let shown = EstimateNew::new(&app.catalog, sent.me, form, incident, &before);
            Ok(page_with_status(&app, status, &shown))
        }
    }
}
