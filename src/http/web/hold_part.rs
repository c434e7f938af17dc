//! Law-enforcement holds on the page of their incident.

use maud::{Markup, html};

use super::deadline_card::zone_of;
use super::layout::Viewer;
use super::part;
use crate::domain::access::Action;
use crate::service::known::standing_holds;
use crate::store::hold::Hold;
use crate::store::incident::{Incident, Status};

/// All holds of an incident, corrected ones too.
#[derive(Clone, Debug)]
pub(crate) struct Holds(pub Vec<Hold>);

impl Holds {
    /// The section on the page of the incident.
    pub fn section(&self, viewer: &Viewer, incident: &Incident) -> Markup {
        let may = incident.status == Status::Open && viewer.may(Action::RecordFact);
        let path = format!("/incidents/{}/holds", incident.id);
        let standing = standing_holds(&self.0);
        html! {
            section.sheet aria-labelledby="holds-h" {
                div.section-head {
                    h2 #holds-h { "Law-enforcement holds" }
                    @if may {
                        a.button.quiet href={ (path) "/new" } { "Record a hold" }
                    }
                }
                @if standing.is_empty() { p.small { "No authority has asked to hold notices back." } }
                dl.facts { @for hold in standing {
                    @let zone = zone_of(&hold.zone, viewer);
                    dt { (hold.authority) }
                    dd {
                        (part::when(hold.from_at, zone))
                        @if let Some(until) = hold.until_at { " until " (part::when(until, zone)) }
                        @else { " " (part::badge("soon", "Still on")) }
                        p.small {
                            (hold.reference) @if hold.oral { ", orally" }
                            @if !hold.jurisdictions.0.is_empty() { " · only " (hold.jurisdictions.0.join(", ")) }
                            " · recorded by " (hold.recorded_by)
                            @if may {
                                " · " a href={ (path) "/" (hold.id) "/change" } {
                                    @if hold.until_at.is_none() { "Record its end" } @else { "Correct" }
                                    span.sr { ": " (hold.authority) }
                                }
                            }
                        }
                    }
                } }
            }
        }
    }
}
