//! The exposed systems of an incident: window, kinds of data, whose, and what retention says about it.

use chrono_tz::Tz;
use maud::{Markup, html};

use super::deadline_card::zone_of;
use super::layout::Viewer;
use super::{part, query_new};
use crate::app::App;
use crate::catalog::Catalog;
use crate::domain::access::Action;
use crate::error::Result;
use crate::ids::IncidentId;
use crate::service::exposure::{kinds_of, retention_words, standing};
use crate::store::exposure::{self, Exposure};
use crate::store::incident::{Incident, Status};

/// One exposed system with what the operator profile says about it.
#[derive(Clone, Debug)]
struct One {
    row: Exposure,
    name: String,
    kinds: Vec<String>,
    subjects: Vec<String>,
    identifiers: Vec<&'static str>,
    processors: Vec<String>,
    /// What retention says, in sentences.
    retention: Vec<String>,
    /// How to fetch a list of its people.
    fetch: Option<String>,
    /// The operator profile has a query for that.
    asks: bool,
    /// What it replaced, the newest first.
    earlier: Vec<Exposure>,
}

/// The section.
#[derive(Clone, Debug, Default)]
pub(crate) struct Exposures {
    all: Vec<One>,
    /// Systems that the incident names, of which no window is recorded: id and name.
    without: Vec<(String, String)>,
}

impl Exposures {
    /// Reads them.
    pub async fn read(app: &App, incident: &Incident) -> Result<Self> {
        let all = exposure::list(&app.db, incident.id).await?;
        Ok(Self::of(&app.catalog, incident, &all))
    }

    /// Puts what is recorded beside the operator profile.
    pub fn of(catalog: &Catalog, incident: &Incident, all: &[Exposure]) -> Self {
        let standing = standing(all);
        let without = incident.systems.0.iter();
        let without = without.filter(|id| !standing.iter().any(|one| one.system == **id));
        Self {
            without: without
                .map(|id| (id.clone(), system_name(catalog, id)))
                .collect(),
            all: standing
                .into_iter()
                .map(|row| One::of(catalog, all, row))
                .collect(),
        }
    }

    /// What stands on the page of the incident.
    pub fn section(&self, incident: &Incident, viewer: &Viewer) -> Markup {
        let may = incident.status == Status::Open && viewer.may(Action::RecordFact);
        let new = format!("/incidents/{}/exposures/new", incident.id);
        html! {
            section.sheet aria-labelledby="exposures-h" {
                div.section-head {
                    h2 #exposures-h { "Exposed systems" }
                    @if may { a.button.quiet href=(new) { "Record an exposed system" } }
                }
                @if self.all.is_empty() {
                    p { "No window of exposure is recorded. From when until when a system was open decides who \
                         can be affected." }
                }
                @for one in &self.all { (one.shown(incident.id, viewer, may)) }
                @if !self.without.is_empty() && (may || !self.all.is_empty()) {
                    p.small {
                        "Without a window: "
                        @for (n, (id, name)) in self.without.iter().enumerate() {
                            @if n > 0 { ", " }
                            @if may { a href={ (new) "?system=" (id) } { (name) span.sr { ": record its window" } } }
                            @else { (name) }
                        }
                        "."
                    }
                }
            }
        }
    }
}

/// The name of a system for people; its id when the profile does not have it any more.
pub(super) fn system_name(catalog: &Catalog, id: &str) -> String {
    let system = catalog.operator().system(id);
    system.map_or_else(|| id.to_owned(), |one| one.name.get("en").to_owned())
}

/// From when until when, in the zone in which it was said.
pub(super) fn window(row: &Exposure, zone: Tz) -> Markup {
    html! {
        @match row.from_at {
            Some(from) => { "from " (part::when(from, zone)) }
            None => "since when is not known",
        }
        @match row.until_at {
            Some(until) => {
                @if row.from_at.is_none() { "," } " until " (part::when(until, zone))
            }
            None => ", still open or not known until when",
        }
    }
}

impl One {
    fn of(catalog: &Catalog, all: &[Exposure], row: &Exposure) -> Self {
        let operator = catalog.operator();
        let system = operator.system(&row.system);
        let kind = |id: &String| {
            let known = operator.data_kind(id);
            known.map_or_else(|| id.clone(), |one| one.label.get("en").to_owned())
        };
        let subject = |id: &String| {
            let known = operator.subject_kind(id);
            known.map_or_else(|| id.clone(), |one| one.label.get("en").to_owned())
        };
        Self {
            name: system_name(catalog, &row.system),
            kinds: kinds_of(catalog, row).iter().map(kind).collect(),
            subjects: system.map_or_else(Vec::new, |s| s.subjects.iter().map(subject).collect()),
            identifiers: system.map_or_else(Vec::new, |s| {
                s.identifiers.iter().map(|kind| kind.words()).collect()
            }),
            processors: operator
                .processors_of(&row.system)
                .map(|one| format!("{} ({})", one.name, one.purpose.get("en")))
                .collect(),
            retention: retention_words(catalog, all, &row.system),
            fetch: system
                .and_then(|s| s.fetch.as_ref())
                .map(|fetch| fetch.how.get("en").to_owned()),
            asks: system
                .and_then(|s| s.fetch.as_ref())
                .is_some_and(|fetch| fetch.query.is_some()),
            earlier: earlier(all, row),
            row: row.clone(),
        }
    }

    fn shown(&self, incident: IncidentId, viewer: &Viewer, may: bool) -> Markup {
        let row = &self.row;
        let zone = zone_of(&row.zone, viewer);
        let at = format!("/incidents/{incident}/exposures/{}", row.id);
        html! {
            h3 { (self.name) }
            dl.facts {
                dt { "Window" } dd { (window(row, zone)) }
                dt { "Kinds of data" }
                dd { (self.kinds.join(", ")) @if row.kinds.0.is_empty() { span.small { " (all it holds)" } } }
                @if !self.subjects.is_empty() { dt { "Whose" } dd { (self.subjects.join(", ")) } }
                @if !self.identifiers.is_empty() { dt { "Found by" } dd { (self.identifiers.join(", ")) } }
                @if !self.processors.is_empty() { dt { "Processors" } dd { (self.processors.join(", ")) } }
                @if !self.retention.is_empty() {
                    dt { "Retention" }
                    dd { @for sentence in &self.retention { p { (sentence) } } }
                }
                @if let Some(note) = &row.note { dt { "Known" } dd.prose { (note) } }
            }
            @if let Some(fetch) = &self.fetch {
                details {
                    summary { "How to get a list" span.sr { ": " (self.name) } }
                    p.small.prose { (fetch) }
                    @if self.asks && viewer.may(Action::ImportRoster) {
                        p { a href=(query_new::of_system(incident, &row.system)) {
                            "Ask the database" span.sr { " for " (self.name) }
                        } }
                    }
                }
            }
            @if !self.earlier.is_empty() {
                details {
                    summary {
                        (part::count(i64::try_from(self.earlier.len()).unwrap_or(0), "correction", "corrections"))
                        span.sr { ": " (self.name) }
                    }
                    @if let Some(reason) = &row.reason { p.small.prose { (reason) } }
                    ul.small { @for old in &self.earlier {
                        li { "said before: " (window(old, zone_of(&old.zone, viewer))) ", by " (old.recorded_by) }
                    } }
                }
            }
            p.small {
                "recorded by " (row.recorded_by) ", " (part::when(row.recorded_at, viewer.zone()))
                @if may {
                    " · " a href={ (at) "/change" } { "Correct" span.sr { ": " (self.name) } }
                    " · " a href={ (at) "/withdraw" } { "Withdraw" span.sr { ": " (self.name) } }
                }
            }
        }
    }
}

/// What `row` replaced, the newest first.
fn earlier(all: &[Exposure], row: &Exposure) -> Vec<Exposure> {
    let mut found = Vec::new();
    let mut next = row.replaces;
    while let Some(old) = next.and_then(|id| all.iter().find(|one| one.id == id)) {
        found.push(old.clone());
        next = old.replaces;
    }
    found
}
