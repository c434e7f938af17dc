//! The facts on the page of their incident: what is known, and what was said before.

use maud::{Markup, html};

use super::deadline_card::zone_of;
use super::layout::Viewer;
use super::{part, words};
use crate::domain::access::Action;
use crate::domain::chronology::RECORDED;
use crate::domain::fact::FactKind;
use crate::service::fact::standing;
use crate::store::fact::Fact;
use crate::store::incident::{Incident, Status};

/// All facts of an incident, corrected ones too.
#[derive(Clone, Debug)]
pub(crate) struct Facts(pub Vec<Fact>);

impl Facts {
    /// The section on the page of the incident.
    pub fn section(&self, viewer: &Viewer, incident: &Incident) -> Markup {
        let may = incident.status == Status::Open && viewer.may(Action::RecordFact);
        let new = format!("/incidents/{}/facts/new", incident.id);
        let standing = standing(&self.0);
        let missing = RECORDED
            .into_iter()
            .filter(|kind| !standing.iter().any(|f| f.kind == *kind));
        html! {
            section.sheet aria-labelledby="facts-h" {
                div.section-head {
                    h2 #facts-h { "Facts" }
                    @if may {
                        div.actions { @for kind in missing {
                            a.button.quiet href={ (new) "?kind=" (kind) } {
                                "Record: " (words::fact(kind).to_lowercase())
                            }
                        }
                            a.button.quiet href=(new) { "Record another fact" }
                        }
                    }
                }
                dl.facts {
                    @for fact in &standing {
                        dt { (words::fact(fact.kind)) }
                        dd { (self.fact(fact, viewer, may.then_some(incident))) }
                    }
                    @if !standing.iter().any(|f| f.kind == FactKind::Aware) {
                        dt { "Became aware" }
                        dd { span.left.unknown { "Not recorded. Most deadlines start here." } }
                    }
                }
            }
        }
    }

    /// One fact; it can be corrected where `open` gives its incident.
    fn fact(&self, fact: &Fact, viewer: &Viewer, open: Option<&Incident>) -> Markup {
        let zone = zone_of(&fact.zone, viewer);
        let earlier = corrected(&self.0, fact);
        html! {
            @match (fact.at, fact.until) {
                (Some(at), Some(until)) => {
                    (part::when_full(at, zone)) " until " (part::when_full(until, zone))
                }
                (Some(at), None) => (part::when_full(at, zone)),
                (None, _) => "not known yet",
            }
            @if let Some(reason) = &fact.reason { p.small.prose { (reason) } }
            p.small {
                "recorded by " (fact.recorded_by) ", " (part::when(fact.recorded_at, viewer.zone()))
                @if let Some(incident) = open {
                    " · " a href={ "/incidents/" (incident.id) "/facts/" (fact.id) "/correct" } {
                        "Correct" span.sr { ": " (words::fact(fact.kind)) }
                    }
                }
            }
            @if !earlier.is_empty() {
                details {
                    summary { (part::count(i64::try_from(earlier.len()).unwrap_or(0), "correction", "corrections")) }
                    ul.small {
                        @for old in earlier {
                            li {
                                "said before: "
                                @if let Some(at) = old.at { (part::when(at, zone_of(&old.zone, viewer))) }
                                @else { "not known" }
                                ", by " (old.recorded_by)
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The facts that `fact` replaced, newest first.
fn corrected<'f>(all: &'f [Fact], fact: &Fact) -> Vec<&'f Fact> {
    let mut found = Vec::new();
    let mut next = fact.corrects;
    while let Some(old) = next.and_then(|id| all.iter().find(|f| f.id == id)) {
        found.push(old);
        next = old.corrects;
    }
    found
}
