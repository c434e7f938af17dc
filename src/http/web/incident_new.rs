//! Reporting an incident.

use axum::extract::State;
use maud::{Markup, html};

use super::answer::{Answer, go, page, page_with_status, require};
use super::form::{Form, Typed};
use super::layout::{Page, Section, Viewer};
use super::sample;
use super::session::Posted;
use crate::app::App;
use crate::catalog::Catalog;
use crate::domain::access::{Action, Role};
use crate::error::FieldError;
use crate::service::incident::{self, Report};

/// Value, words and a smaller line of a checkbox.
type Choice = (String, String, String);

/// The page.
#[derive(Debug)]
pub(crate) struct IncidentNew {
    viewer: Viewer,
    form: Form,
    systems: Vec<Choice>,
    data_kinds: Vec<Choice>,
    processors: Vec<String>,
}

impl IncidentNew {
    fn new(catalog: &Catalog, viewer: Viewer, form: Form) -> Self {
        let operator = catalog.operator();
        let systems = operator.systems.iter().map(|s| {
            let data: Vec<_> = s
                .data
                .iter()
                .filter_map(|id| operator.data_kind(id))
                .map(|kind| kind.label.get("en"))
                .collect();
            (s.id.clone(), s.name.get("en").to_owned(), data.join(", "))
        });
        let kinds = operator.data_kinds.iter().map(|kind| {
            let words = kind.label.get("en").to_owned();
            (kind.id.clone(), words, String::new())
        });
        Self {
            systems: systems.collect(),
            data_kinds: kinds.collect(),
            processors: operator.processors.iter().map(|p| p.name.clone()).collect(),
            viewer,
            form: form.with_fields(&[
                ("title", "In a line"),
                ("description", "In more words"),
                ("confidentiality", "What was breached"),
                ("zone", "Time zone"),
                ("detected_at", "Detected"),
                ("occurred_from", "Occurred from"),
                ("occurred_until", "Occurred until"),
                ("systems", "Systems"),
                ("data_kinds", "Kinds of data"),
                ("processor", "Processor"),
            ]),
        }
    }
}

impl Page for IncidentNew {
    fn title(&self) -> String {
        "Report an incident".to_owned()
    }

    fn viewer(&self) -> Option<&Viewer> {
        Some(&self.viewer)
    }

    fn section(&self) -> Section {
        Section::Incidents
    }

    fn trail(&self) -> Vec<(String, String)> {
        vec![("/incidents".to_owned(), "Incidents".to_owned())]
    }

    fn body(&self) -> Markup {
        let f = &self.form;
        html! {
            (f.summary())
            p.lead { "Report what is known now. A suspicion is enough; facts can be added and corrected \
                      later, and every deadline is computed anew then." }
            (f.render(html! {
                section.sheet aria-labelledby="what-h" {
                    h2 #what-h { "What happened" }
                    (f.field("title", "In a line")
                        .hint("As you would say it on the phone. No names of affected people.").input("text"))
                    (f.field("description", "In more words")
                        .hint("What was noticed, by whom, and what was done so far.").area(6))
                    (f.field("confidentiality", "What was breached").flags(&[
                        ("confidentiality", "Confidentiality", "data was disclosed or stolen"),
                        ("integrity", "Integrity", "data was altered"),
                        ("availability", "Availability", "data was lost or locked"),
                    ]))
                }
                section.sheet aria-labelledby="when-h" {
                    h2 #when-h { "When" }
                    (f.zone("zone", "Time zone"))
                    (f.moment("detected_at", "Detected",
                        Some("When somebody or something first noticed signs of it."), false))
                    div.pair {
                        (f.moment("occurred_from", "Occurred from",
                            Some("Leave both empty when it is not known."), true))
                        (f.moment("occurred_until", "Occurred until",
                            Some("Only if it went on for a while."), true))
                    }
                }
                section.sheet aria-labelledby="which-h" {
                    h2 #which-h { "Which systems and data" }
                    (f.field("systems", "Systems").checks(&self.systems))
                    (f.field("data_kinds", "Kinds of data").checks(&self.data_kinds))
                    (f.field("processor", "Processor it came from")
                        .hint(&format!("Known ones: {}.", self.processors.join(", ")))
                        .optional().input("text"))
                }
                section.sheet aria-labelledby="drill-h" {
                    h2 #drill-h { "Is this an exercise?" }
                    (f.field("drill", "This is a drill")
                        .hint("A drill is marked everywhere and never reaches a real person. It cannot \
                               be turned into a real incident later.").flag())
                }
                div.send {
                    button.main type="submit" { "Report the incident" }
                    a.button href="/incidents" { "Cancel" }
                }
            }))
        }
    }

    fn samples() -> Vec<Self> {
        let viewer = || Viewer::sample(Role::Reporter);
        let form = || empty(&viewer());
        let wrong = form()
            .with("title", "Laptop lost")
            .with("occurred_from", "2026-03-29T02:30")
            .wrong("description", "This cannot be empty.")
            .wrong(
                "confidentiality",
                "Choose at least one: was data disclosed, altered, or lost? If unsure, choose \
                 confidentiality; a later correction is possible.",
            )
            .wrong("systems", "Choose at least one system.")
            .wrong("detected_at", "Give the date and the time.")
            .wrong(
                "occurred_from",
                "2026-03-29 02:30 did not exist in Europe/Vienna: the clocks were put forward then. \
                 Give the time before or after the change.",
            );
        let held = form()
            .with("title", "Laptop lost")
            .noted("Your session had ended. You are signed in again, and what you typed is below.");
        [form(), wrong, held]
            .into_iter()
            .map(|form| Self::new(sample::catalog(), viewer(), form))
            .collect()
    }
}

fn empty(viewer: &Viewer) -> Form {
    Form::new(viewer, "report", "/incidents/new").with("zone", viewer.zone().name())
}

fn read(typed: &Typed, wrong: &mut Vec<FieldError>) -> Report {
    Report {
        title: typed.text("title"),
        description: typed.text("description"),
        drill: typed.has("drill"),
        zone: typed.text("zone"),
        occurred_from: typed.moment("occurred_from", "zone", wrong),
        occurred_until: typed.moment("occurred_until", "zone", wrong),
        detected_at: typed.needed_moment("detected_at", "zone", wrong),
        confidentiality: typed.has("confidentiality"),
        integrity: typed.has("integrity"),
        availability: typed.has("availability"),
        processor: typed.some("processor"),
        systems: typed.all("systems"),
        data_kinds: typed.all("data_kinds"),
    }
}

/// Shows the empty form.
pub(crate) async fn show(State(app): State<App>, me: Viewer) -> Answer {
    require(&app, &me, Action::ReportIncident)?;
    let form = empty(&me);
    Ok(page(&app, &IncidentNew::new(&app.catalog, me, form)))
}

/// Reports.
pub(crate) async fn send(State(app): State<App>, mut sent: Posted) -> Answer {
    let mut wrong = Vec::new();
    let report = read(&sent.typed, &mut wrong);
    let ctx = sent.ctx(&app, "report");
    match sent.run(incident::report(&ctx, &report)).await {
        Ok(id) if sent.me.may(Action::ViewIncident) => {
            go(&format!("/incidents/{id}?done=reported"))
        }
        Ok(_) => go("/incidents?done=reported"),
        Err(stop) => {
            require(&app, &sent.me, Action::ReportIncident)?;
            let action = "/incidents/new".to_owned();
            let (status, form) = sent.again(&app, stop, wrong, "report", action)?;
            let shown = IncidentNew::new(&app.catalog, sent.me, form);
            Ok(page_with_status(&app, status, &shown))
        }
    }
}
