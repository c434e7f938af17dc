//! The whole evidence log, newest first.

use std::collections::HashMap;

use axum::extract::State;
use maud::{Markup, html};
use serde::Deserialize;

use super::answer::{Answer, Asked, page, require};
use super::evidence_words::{Names, Told};
use super::form::Form;
use super::layout::{Page, Section, Viewer};
use super::{part, sample, sample_evidence};
use crate::app::App;
use crate::domain::access::{Action, Role};
use crate::error::Result;
use crate::ids::IncidentId;
use crate::store::{evidence, incident};

const PAGE: i64 = 50;

/// The page.
#[derive(Debug)]
pub(crate) struct EvidenceShow {
    viewer: Viewer,
    entries: Vec<Told>,
    /// References of the incidents that the entries are about.
    references: HashMap<IncidentId, String>,
    /// Is it the newest part of the log?
    first: bool,
    /// The place of the last one shown, when there are more.
    next: Option<i64>,
    check: Form,
}

impl EvidenceShow {
    /// The part of the log before place `before`.
    pub async fn read(app: &App, viewer: Viewer, before: Option<i64>, check: Form) -> Result<Self> {
        let newest = before.unwrap_or(i64::MAX);
        let mut stored = evidence::newest(&app.db, newest, PAGE + 1).await?;
        let more = i64::try_from(stored.len()).is_ok_and(|n| n > PAGE);
        if more {
            stored.pop();
        }
        let names = Names::read(app).await?;
        let mut references = HashMap::new();
        for id in stored.iter().filter_map(|e| e.incident_id) {
            if !references.contains_key(&id)
                && let Some(found) = incident::find(&app.db, id).await?
            {
                references.insert(id, found.reference);
            }
        }
        let zone = viewer.zone();
        Ok(Self {
            next: stored.last().filter(|_| more).map(|e| e.seq),
            entries: stored.iter().map(|e| Told::of(e, &names, zone)).collect(),
            references,
            first: before.is_none(),
            check,
            viewer,
        })
    }

    fn incident(&self, told: &Told) -> Markup {
        html! {
            @if let Some((id, reference)) = told.incident.and_then(|id| self.references.get_key_value(&id)) {
                " " @if self.viewer.may(Action::ViewIncident) {
                    a href={ "/incidents/" (id) } { (reference) }
                } @else { (reference) }
            }
        }
    }
}

/// The form that starts the check of the whole log.
pub(super) fn check_form(viewer: &Viewer) -> Form {
    Form::new(viewer, "check", "/evidence/check")
}

impl Page for EvidenceShow {
    fn title(&self) -> String {
        "Evidence".to_owned()
    }

    fn viewer(&self) -> Option<&Viewer> {
        Some(&self.viewer)
    }

    fn section(&self) -> Section {
        Section::Evidence
    }

    fn body(&self) -> Markup {
        html! {
            (self.check.summary())
            section.sheet aria-labelledby="log-h" {
                h2 #log-h { "What this log is" }
                p {
                    "Every change that was made with this product stands here, in the order in which it was made. \
                     Each entry holds the hash of the one before it, so none can be changed, taken out or put in \
                     between without the check finding it. Texts and personal data are not in the log: it holds \
                     sealed commitments to them."
                }
                p.small { "The check reads every entry, and every row that the log accounts for. On a long log it \
                           takes a while." }
                (self.check.render(html! {
                    div.send { button.main type="submit" { "Check the whole log" } }
                }))
            }
            @if self.entries.is_empty() {
                (part::empty("Nothing stands here.", "The log has no entry that is this old.", &html! {
                    a.button href="/evidence" { "Newest entries" }
                }))
            } @else {
                ol.timeline reversed start=(self.entries.first().map_or(0, |told| told.seq)) {
                    @for told in &self.entries {
                        (told.item(self.viewer.zone(), &self.incident(told)))
                    }
                }
                @if !self.first || self.next.is_some() {
                    nav.pages aria-label="Pages of the log" {
                        @if !self.first { a href="/evidence" { "Newest" } }
                        @if let Some(seq) = self.next {
                            a href={ "/evidence?before=" (seq) } rel="next" { "Older" }
                        }
                    }
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let show = |role, entries: Vec<Told>, first| {
            let viewer = Viewer::sample(role);
            let incident = sample::incident();
            Self {
                next: entries.last().filter(|_| first).map(|told| told.seq),
                entries,
                references: HashMap::from([(incident.id, incident.reference)]),
                first,
                check: check_form(&viewer),
                viewer,
            }
        };
        vec![
            show(Role::Manager, sample_evidence::entries(), true),
            show(Role::Administrator, Vec::new(), false),
        ]
    }
}

/// From where on the log is shown.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Query {
    before: Option<i64>,
}

/// Shows the page.
pub(crate) async fn show(State(app): State<App>, me: Viewer, Asked(query): Asked<Query>) -> Answer {
    require(&app, &me, Action::VerifyEvidence)?;
    let check = check_form(&me);
    let shown = EvidenceShow::read(&app, me, query.before, check).await?;
    Ok(page(&app, &shown))
}
