//! One obligation as a card: by when, why, and every day that was counted or passed over.

use chrono::{DateTime, FixedOffset, Offset as _};
use chrono_tz::Tz;
use maud::{Markup, html};

use super::layout::Viewer;
use super::part;
use super::standing::{Owed, Standing};
use super::{count_picture, words};
use crate::domain::access::Action;
use crate::domain::deadline::{Bound, Deadline, Leg};
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
                span { (owed.standing.badge()) (owed.undecided()) }
            }
            @match &owed.standing {
                Standing::Unknown(why) => p.due-line { span.left.unknown { (why) } },
                Standing::Met { at, .. } => p.due-line {
                    @if let Some(at) = at { "Met " (part::when_full(*at, owed.zone)) }
                    @if owed.deadline.is_some() { br; "Was due " (owed.due()) }
                },
                Standing::NoNumber(_) | Standing::Waits(_) | Standing::DoesNotApply(_) => {
                    p.due-line { (owed.standing.left()) }
                }
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

/// How a deadline was counted; `whole` shows everything, otherwise most of it is folded.
pub(crate) fn counted(d: &Deadline, viewer: &Viewer, whole: bool) -> Markup {
    html! {
        (flags(d))
        @if whole { (values(d)) }
        (from(d, !whole))
        @if whole {
            (count_picture::counts(d, |id| name_of(id, viewer), viewer.now, true))
            (readings(d))
        } @else {
            details {
                summary { "How it was counted" span.sr { ": " (d.rule) } }
                (count_picture::counts(d, |id| name_of(id, viewer), viewer.now, false))
                (readings(d))
            }
        }
    }
}

/// What to know before relying on it.
pub(crate) fn flags(d: &Deadline) -> Markup {
    html! {
        @if !d.flags.is_empty() {
            ul.flags {
                @for flag in &d.flags { li { (words::flag(*flag)) " " code { (flag.to_string()) } } }
            }
        }
    }
}

/// The three values, each with its reason; what an old result does not have is left out.
pub(crate) fn values(d: &Deadline) -> Markup {
    let strictest = match (d.bound, d.last_permitted_day) {
        (Bound::Before, Some(day)) => format!(
            "The strictest reading: by the end of {}. No weekend or holiday moves it.",
            day.format("%a %-d %b %Y")
        ),
        (Bound::Before, None) => "The strictest reading; that instant is too late.".to_owned(),
        (Bound::AtOrBefore, _) => "The strictest reading; that instant is still on time. No \
                                   weekend or holiday moves it."
            .to_owned(),
    };
    html! {
        dl.values {
            @if let Some(target) = d.target {
                div {
                    dt { "Target" }
                    dd {
                        (at(d, target))
                        @if let Some(why) = &d.target_why { p.small { (why) } }
                    }
                }
            }
            div.due {
                dt { "Due" }
                dd { (at(d, d.due)) p.small { (strictest) } }
            }
            @if d.latest_arguable.is_some() || d.latest_why.is_some() {
                div {
                    dt { "Latest arguable" }
                    dd {
                        (at(d, d.latest_arguable.unwrap_or(d.due)))
                        @if let Some(why) = &d.latest_why { p.small { (why) } }
                        @if d.latest_arguable.is_some() { p.small { "Shown only; never used for alarms." } }
                    }
                }
            }
        }
    }
}

/// What was counted from; `brief` adds the values beside `due` in a line each.
fn from(d: &Deadline, brief: bool) -> Markup {
    html! {
        p.small {
            "Counted from “" (words::fact(d.anchor.kind)) "”: "
            (d.anchor.at.format("%a %-d %b %Y, %H:%M (UTC%:z)")) "."
            @if let (true, Some(target)) = (brief, d.target) { " Target: " (at(d, target)) "." }
            @if let (true, Some(latest)) = (brief, d.latest_arguable) {
                " The most generous reading with a citation would be " (at(d, latest))
                "; it is never used for alarms."
            }
            @if let Some(literal) = &d.literal {
                " Read literally, from “" (words::fact(literal.anchor.kind)) "”, the period ends "
                (literal.due.format("%a %-d %b %Y, %H:%M (UTC%:z)")) "."
            }
        }
    }
}

/// The readings beside `due`, the disputed ones too.
pub(crate) fn readings(d: &Deadline) -> Markup {
    html! {
        @if !d.readings.is_empty() {
            p.label { "Other readings" }
            ul.readings {
                @for one in &d.readings {
                    li {
                        strong { (at(d, one.due)) } " "
                        @if one.disputed { (part::badge("unknown", "disputed")) }
                        @else if one.due <= d.due { (part::badge("none", "not later")) }
                        " " (one.why)
                    }
                }
            }
        }
    }
}

/// An instant in the zone of the controller that it was written for.
fn at(d: &Deadline, at: DateTime<FixedOffset>) -> Markup {
    let here = |leg: &&Leg| at.with_timezone(&leg.zone).offset().fix() == *at.offset();
    let governing = d.legs.iter().find(|leg| leg.controller == d.governed_by);
    let zone = governing
        .filter(here)
        .or_else(|| d.legs.iter().find(here))
        .or(governing)
        .map_or(Tz::UTC, |leg| leg.zone);
    part::when(at.to_utc(), zone)
}

/// The registered name of a controller.
pub(crate) fn name_of(id: &str, viewer: &Viewer) -> String {
    let seat = viewer.seats.iter().find(|seat| seat.id == id);
    seat.map_or_else(|| id.to_owned(), |seat| seat.name.clone())
}

/// The zone with this name, or the viewer's first.
pub(crate) fn zone_of(name: &str, viewer: &Viewer) -> Tz {
    moment::zone(name).unwrap_or_else(|_| viewer.zone())
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::domain::access::Role;

    #[test]
    fn a_result_of_old_is_still_shown() {
        let aware = Some("2026-11-23T10:00:00+01:00");
        let d = sample::computed("policy_promise_7bd", aware, None).unwrap();
        let mut stored = serde_json::to_value(&d).unwrap();
        let fields = stored.as_object_mut().unwrap();
        for new in ["target", "target_why", "latest_why", "readings", "literal"] {
            fields.remove(new).unwrap();
        }
        let old: Deadline = serde_json::from_value(stored).unwrap();
        let viewer = Viewer::sample(Role::Manager);
        for whole in [true, false] {
            let now = counted(&d, &viewer, whole).into_string();
            let then = counted(&old, &viewer, whole).into_string();
            assert!(now.contains("Target") && !then.contains("Target"));
            assert!(!then.contains("Latest arguable"));
            assert_eq!(then.matches("<table class=\"count\"").count(), 2);
            assert!(then.contains("Thu 26 Nov 2026 not counted: Thanksgiving (US-CO)"));
        }
    }
}
