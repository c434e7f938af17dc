//! The whole timeline of an incident, newest first.

use axum::extract::State;
use maud::{Markup, html};
use serde::Deserialize;

use super::answer::{Answer, Asked, At, page};
use super::evidence_words::Told;
use super::incident_show::{load, told};
use super::layout::{Page, Viewer};
use super::{part, sample, sample_evidence};
use crate::app::App;
use crate::domain::access::{Action, Role};
use crate::ids::IncidentId;
use crate::store::incident::Incident;

const PAGE: i64 = 50;

/// The page.
#[derive(Debug)]
pub(crate) struct IncidentEvidence {
    viewer: Viewer,
    incident: Incident,
    entries: Vec<Told>,
    first: bool,
    /// The place in the incident of the last one shown, when there are more.
    next: Option<i64>,
}

impl Page for IncidentEvidence {
    fn title(&self) -> String {
        format!("Evidence of {}", self.incident.reference)
    }

    fn viewer(&self) -> Option<&Viewer> {
        Some(&self.viewer)
    }

    fn incident(&self) -> Option<&Incident> {
        Some(&self.incident)
    }

    fn aside(&self) -> Markup {
        html! {
            @if self.viewer.may(Action::VerifyEvidence) {
                div.actions { a.button.quiet href="/evidence" { "Check the whole log" } }
            }
        }
    }

    fn body(&self) -> Markup {
        let path = format!("/incidents/{}/evidence", self.incident.id);
        html! {
            @if self.entries.is_empty() {
                (part::empty("Nothing stands here.", "This incident has no entry that is this old.", &html! {
                    a.button href=(path) { "Newest entries" }
                }))
            } @else {
                ol.timeline reversed {
                    @for one in &self.entries { (one.item(self.viewer.zone(), &html! {})) }
                }
            }
            @if !self.first || self.next.is_some() {
                nav.pages aria-label="Pages of the timeline" {
                    @if !self.first { a href=(path) { "Newest" } }
                    @if let Some(place) = self.next {
                        a href={ (path) "?before=" (place) } rel="next" { "Older" }
                    }
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let one = |incident, entries: Vec<Told>, first| Self {
            viewer: Viewer::sample(Role::Manager),
            incident,
            entries,
            first,
            next: first.then_some(12),
        };
        vec![
            one(sample::incident(), sample_evidence::entries(), true),
            one(sample::drill(), Vec::new(), false),
        ]
    }
}

/// From where on the timeline is shown.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Query {
    before: Option<i64>,
}

/// Shows the page.
pub(crate) async fn show(
    State(app): State<App>,
    me: Viewer,
    At(id): At<IncidentId>,
    Asked(query): Asked<Query>,
) -> Answer {
    let incident = load(&app, &me, id).await?;
    let mut entries = told(&app, id, query.before, PAGE + 1, me.zone()).await?;
    let more = i64::try_from(entries.len()).is_ok_and(|n| n > PAGE);
    if more {
        entries.pop();
    }
    let shown = IncidentEvidence {
        next: entries.last().filter(|_| more).and_then(|one| one.iseq),
        viewer: me,
        incident,
        entries,
        first: query.before.is_none(),
    };
    Ok(page(&app, &shown))
}
