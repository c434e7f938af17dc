//! The incidents, newest first.

use axum::extract::State;
use maud::{Markup, html};
use serde::Deserialize;

use super::answer::{Answer, Asked, page, require};
use super::dashboard::report;
use super::layout::{Page, Section, Viewer};
use super::part;
use super::sample;
use crate::app::App;
use crate::domain::access::{Action, Role};
use crate::ids::IncidentId;
use crate::store::incident::{self, Incident, Status};

const PAGE: i64 = 50;

/// The page.
#[derive(Debug)]
pub(crate) struct IncidentList {
    viewer: Viewer,
    incidents: Vec<Incident>,
    /// Is there an earlier page of the list?
    first: bool,
    /// The last one shown, when there are more.
    next: Option<IncidentId>,
    done: String,
}

impl Page for IncidentList {
    fn title(&self) -> String {
        "Incidents".to_owned()
    }

    fn viewer(&self) -> Option<&Viewer> {
        Some(&self.viewer)
    }

    fn section(&self) -> Section {
        Section::Incidents
    }

    fn aside(&self) -> Markup {
        html! { div.actions { (report(&self.viewer)) } }
    }

    fn body(&self) -> Markup {
        let may = self.viewer.may(Action::ViewIncident);
        html! {
            (part::done(&self.done))
            @if self.incidents.is_empty() {
                (part::empty(
                    "No incident was reported yet.",
                    "Report a breach as soon as somebody suspects one. A first report needs a line, \
                     what happened, and when it was detected; the rest can follow.",
                    &report(&self.viewer),
                ))
            } @else {
                ol.rows.incidents {
                    @for i in &self.incidents {
                        li {
                            div.state {
                                @if i.drill { (part::badge("drill", "Drill")) }
                                @if i.status == Status::Open { (part::badge("open", "Open")) }
                                @else { (part::badge("none", "Closed")) }
                            }
                            div.what {
                                @if may {
                                    a.subject href={ "/incidents/" (i.id) } { (i.reference) " " (i.title) }
                                } @else { span.subject { (i.reference) " " (i.title) } }
                                span.small {
                                    "reported by " (i.reported_by) ", "
                                    (part::when(i.reported_at, self.viewer.zone()))
                                }
                            }
                            div.people.small { (part::count(i.persons, "person affected", "people affected")) }
                        }
                    }
                }
                @if !self.first || self.next.is_some() {
                    nav.pages aria-label="Pages of the list" {
                        @if !self.first { a href="/incidents" { "Newest" } }
                        @if let Some(id) = self.next {
                            a href={ "/incidents?before=" (id) } rel="next" { "Older" }
                        }
                    }
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let list = |role, incidents| Self {
            viewer: Viewer::sample(role),
            incidents,
            first: true,
            next: None,
            done: String::new(),
        };
        let closed = Incident {
            status: Status::Closed,
            reference: "2026-009".to_owned(),
            title: "Newsletter sent with open recipients".to_owned(),
            persons: 1,
            ..sample::incident()
        };
        let all = vec![sample::incident(), sample::drill(), closed];
        vec![
            Self {
                next: Some(sample::incident().id),
                first: false,
                done: "reported".to_owned(),
                ..list(Role::Responder, all.clone())
            },
            list(Role::Reporter, all),
            list(Role::Manager, Vec::new()),
        ]
    }
}

/// From where on the list is shown.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Query {
    before: Option<IncidentId>,
    done: String,
}

/// Shows the page.
pub(crate) async fn show(State(app): State<App>, me: Viewer, Asked(query): Asked<Query>) -> Answer {
    require(&app, &me, Action::ViewIncidents)?;
    let before = match query.before {
        Some(id) => incident::find(&app.db, id).await?,
        None => None,
    };
    let from = before.as_ref().map(|i| (i.reported_at, i.id));
    let mut incidents = incident::list(&app.db, from, PAGE + 1).await?;
    let more = i64::try_from(incidents.len()).is_ok_and(|n| n > PAGE);
    if more {
        incidents.pop();
    }
    let list = IncidentList {
        viewer: me,
        next: incidents.last().filter(|_| more).map(|i| i.id),
        incidents,
        first: before.is_none(),
        done: query.done,
    };
    Ok(page(&app, &list))
}
