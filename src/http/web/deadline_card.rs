//! One obligation as a card: by when, why, and every day that was counted or passed over.

use chrono::NaiveDate;
use maud::{Markup, html};

use super::layout::Viewer;
use super::part;
use super::standing::{Owed, Standing};
use super::words;
use crate::domain::access::Action;
use crate::domain::deadline::{Deadline, Leg};
use crate::domain::moment;

/// The card. `whole` shows the sentences about the days open; `more` stands at its end.
pub(crate) fn card(owed: &Owed, viewer: &Viewer, whole: bool, more: &Markup) -> Markup {
    let id = format!("o-{}", owed.row.id);
    html! {
        section.sheet.deadline.(owed.standing.class()) aria-labelledby=(id) {
            div.deadline-head {
                h3 #(id) {
                    @if whole { (owed.rule) }
                    @else { a href={ "/obligations/" (owed.row.id) } { (owed.rule) } }
                }
                (owed.standing.badge())
            }
            @match &owed.standing {
                Standing::Unknown(why) => p.due-line { span.left.unknown { (why) } },
                Standing::Met { at, .. } => p.due-line {
                    @if let Some(at) = at { "Met " (part::when_full(*at, owed.zone)) }
                    @if owed.deadline.is_some() { br; "Was due " (owed.due()) }
                },
                Standing::NotRequired => p.due-line {
                    "Decided as not required"
                    @if let Some(by) = &owed.row.settled_by { " by " (by) }
                    "."
                },
                _ => p.due-line { (owed.standing.left()) br; "Due " (owed.due()) },
            }
            @if let Some(note) = &owed.row.note { p.prose { (note) } }
            @if let Some(d) = &owed.deadline { (counted(d, viewer, whole)) }
            (more)
        }
    }
}

/// The link to settling, for who may.
pub(crate) fn settle(owed: &Owed, viewer: &Viewer) -> Markup {
    html! {
        @if owed.row.outcome.is_none() && viewer.may(Action::SettleObligation) {
            p { a href={ "/obligations/" (owed.row.id) "/settle" } {
                "Settle this obligation" span.sr { ": " (owed.rule) }
            } }
        }
    }
}

/// How a deadline was counted.
pub(crate) fn counted(d: &Deadline, viewer: &Viewer, whole: bool) -> Markup {
    let today = |leg: &Leg| viewer.now.with_timezone(&leg.zone).date_naive();
    html! {
        @if !d.flags.is_empty() {
            ul.flags {
                @for flag in &d.flags { li { (words::flag(*flag)) " " code { (flag.to_string()) } } }
            }
        }
        p.small {
            "Counted from “" (words::fact(d.anchor.kind)) "”: "
            (d.anchor.at.format("%a %-d %b %Y, %H:%M (UTC%:z)")) "."
            @if let Some(latest) = d.latest_arguable {
                " The most generous reading with a citation would be "
                (latest.format("%a %-d %b, %H:%M")) "; it is never used for alarms."
            }
            @if let Some(literal) = &d.literal {
                " Read literally, from “" (words::fact(literal.anchor.kind)) "”, the period ends "
                (literal.due.format("%a %-d %b %Y, %H:%M (UTC%:z)")) "."
            }
        }
        div.legs {
            @for leg in &d.legs { (self::leg(leg, leg.controller == d.governed_by, viewer, today(leg), whole)) }
        }
    }
}

fn leg(leg: &Leg, governs: bool, viewer: &Viewer, today: NaiveDate, whole: bool) -> Markup {
    let name = viewer
        .seats
        .iter()
        .find(|seat| seat.id == leg.controller)
        .map_or(leg.controller.as_str(), |seat| seat.name.as_str());
    html! {
        div.leg.governs[governs] {
            h4 { (name) @if governs { (part::badge("open", "governs")) } }
            p.small {
                "due " (leg.due.format("%a %-d %b %Y, %H:%M")) " " (part::city(leg.zone))
                @if leg.trigger_day.is_some() { " · calendar " (leg.calendar) }
            }
            @if leg.trigger_day.is_some() {
                ol.days aria-hidden="true" {
                    @for step in &leg.steps {
                        li.counted[step.day.is_some()]
                            .zero[leg.trigger_day == Some(step.date)]
                            .last[leg.last_day == Some(step.date)]
                            .today[today == step.date]
                            title=(step.why) {
                            (step.date.format("%a"))
                            span.date { (step.date.format("%-d")) }
                            span.no {
                                @if let Some(n) = step.day { (n) }
                                @else if leg.trigger_day == Some(step.date) { "0" }
                                @else { "–" }
                            }
                        }
                    }
                }
            }
            details open[whole] {
                summary { "Every step in words" span.sr { " for " (leg.controller) } }
                ul.steps {
                    @for step in &leg.steps { li.skipped[step.day.is_none() && leg.trigger_day.is_some()] { (step.why) } }
                }
            }
        }
    }
}

/// The zone with this name, or the viewer's first.
pub(crate) fn zone_of(name: &str, viewer: &Viewer) -> chrono_tz::Tz {
    moment::zone(name).unwrap_or_else(|_| viewer.zone())
}
