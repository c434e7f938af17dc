//! The counts of a deadline side by side: a small calendar for each controller, week below week.
//!
//! Always holds: both calendars begin with the same Monday and end with the same week, so that a
//! week stands at one height in both; every day is the local day of its controller; what the
//! picture shows is in the sentences below it too.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike as _, Days, NaiveDate, Utc};
use maud::{Markup, html};

use super::part;
use crate::domain::deadline::{Deadline, Leg};

/// Longer counts are folded in the middle.
const WEEKS_MAX: usize = 13;

/// How many weeks of a folded count stay at its beginning, and at its end.
const WEEKS_KEPT: usize = 4;

/// What a day is in a count.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Mark {
    /// The day of the event, or the day that the period begins after.
    Zero,
    /// Counted, as this one.
    Counted(u32),
    /// Not counted, as it is a Saturday or Sunday.
    Weekend,
    /// Not counted, for this reason.
    Free(String),
}

/// Controllers that are counted in the same way.
struct Group<'d> {
    leg: &'d Leg,
    controllers: Vec<&'d str>,
}

/// All counts of `d`, the one that governs marked; `name` gives the name of a controller. `whole`
/// opens the sentences.
pub(super) fn counts(
    d: &Deadline,
    name: impl Fn(&str) -> String,
    now: DateTime<Utc>,
    whole: bool,
) -> Markup {
    let groups = groups(&d.legs);
    let weeks = weeks(&d.legs);
    html! {
        (legend(d, now))
        div.legs {
            @for group in &groups {
                @let governs = group.controllers.contains(&d.governed_by.as_str());
                div.leg.governs[governs] {
                    h4 {
                        (group.controllers.iter().map(|id| name(id)).collect::<Vec<_>>().join(" and "))
                        @if governs && groups.len() > 1 { (part::badge("open", "governs")) }
                    }
                    (ends(group.leg))
                    @if group.leg.trigger_day.is_some() {
                        (calendar(group.leg, &weeks, now.with_timezone(&group.leg.zone).date_naive()))
                    } @else { (line(d, group.leg)) }
                    details open[whole] {
                        summary { "Every step in words" span.sr { " for " (group.controllers.join(" and ")) } }
                        ul.steps {
                            @for step in &group.leg.steps {
                                li.skipped[step.day.is_none() && group.leg.trigger_day.is_some()] { (step.why) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The legs, those together that differ in nothing but the controller.
fn groups(legs: &[Leg]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for leg in legs {
        let same = groups.iter_mut().find(|group| {
            let other = group.leg;
            other.zone == leg.zone && other.calendar == leg.calendar && other.steps == leg.steps
        });
        match same {
            Some(group) => group.controllers.push(&leg.controller),
            None => groups.push(Group {
                leg,
                controllers: vec![&leg.controller],
            }),
        }
    }
    groups
}

/// The Mondays of the weeks that any of the counts touches.
fn weeks(legs: &[Leg]) -> Vec<NaiveDate> {
    let first = legs.iter().filter_map(|leg| leg.trigger_day).min();
    let last = legs.iter().filter_map(|leg| leg.last_day).max();
    let (Some(first), Some(last)) = (first, last) else {
        return Vec::new();
    };
    let monday = first.checked_sub_days(Days::new(first.weekday().num_days_from_monday().into()));
    monday
        .unwrap_or(first)
        .iter_weeks()
        .take_while(|monday| *monday <= last)
        .collect()
}

fn ends(leg: &Leg) -> Markup {
    html! {
        p.small {
            "due " (leg.due.format("%a %-d %b %Y, %H:%M")) " " (part::city(leg.zone))
            @if leg.held { " · moved by a hold" }
            @if leg.calendar_hash.is_some() { " · calendar " (leg.calendar) }
        }
    }
}

/// A period in hours: from when to when, on the controller's clocks.
fn line(d: &Deadline, leg: &Leg) -> Markup {
    let from = d.anchor.at.with_timezone(&leg.zone);
    html! {
        p.span-line {
            span { (from.format("%a %-d %b, %H:%M")) }
            span.rail aria-hidden="true" {}
            span.sr { " until " }
            strong { (leg.due.format("%a %-d %b, %H:%M")) }
        }
    }
}

/// What each day is. When a hold begins the count anew, the new numbers stand.
fn marks(leg: &Leg) -> BTreeMap<NaiveDate, Mark> {
    let mut marks = BTreeMap::new();
    for step in &leg.steps {
        match step.day {
            Some(n) => {
                if n == 1 {
                    marks.retain(|date, _| *date < step.date);
                }
                marks.insert(step.date, Mark::Counted(n));
            }
            None => {
                // A sentence about more than its day, such as that of a cap, marks none.
                if let Some(mark) = uncounted(step.date, &step.why) {
                    marks.entry(step.date).or_insert(mark);
                }
            }
        }
    }
    marks
}

fn uncounted(date: NaiveDate, why: &str) -> Option<Mark> {
    let (_, reason) = why.split_once(" not counted: ")?;
    if reason.starts_with("the day ") {
        Some(Mark::Zero)
    } else if reason == date.format("%A").to_string() {
        Some(Mark::Weekend)
    } else {
        Some(Mark::Free(reason.to_owned()))
    }
}

fn calendar(leg: &Leg, weeks: &[NaiveDate], today: NaiveDate) -> Markup {
    let marks = marks(leg);
    let folded = weeks.len() > WEEKS_MAX;
    let gap = WEEKS_KEPT..weeks.len().saturating_sub(WEEKS_KEPT);
    let named: Vec<_> = marks
        .iter()
        .filter_map(|(date, mark)| match mark {
            Mark::Free(reason) => Some((date, reason)),
            _ => None,
        })
        .collect();
    html! {
        table.count {
            caption.sr { "The count in the calendar " (leg.calendar) }
            thead {
                tr {
                    th scope="col" { span.sr { "Week of" } }
                    @for day in ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] { th scope="col" { (day) } }
                }
            }
            tbody {
                @for (n, monday) in weeks.iter().enumerate() {
                    @if folded && gap.contains(&n) {
                        @if n == gap.start {
                            tr.fold { td colspan="8" { "… " (gap.len()) " weeks more …" } }
                        }
                    } @else { (week(leg, *monday, &marks, today)) }
                }
            }
        }
        @if !named.is_empty() {
            ul.named {
                @for (date, reason) in named { li { strong { (date.format("%a %-d %b")) } " " (reason) } }
            }
        }
    }
}

fn week(
    leg: &Leg,
    monday: NaiveDate,
    marks: &BTreeMap<NaiveDate, Mark>,
    today: NaiveDate,
) -> Markup {
    html! {
        tr {
            th scope="row" { (monday.format("%-d %b")) }
            @for date in monday.iter_days().take(7) {
                @let mark = marks.get(&date);
                td.outside[mark.is_none()]
                    .zero[mark == Some(&Mark::Zero)]
                    .counted[matches!(mark, Some(Mark::Counted(_)))]
                    .weekend[mark == Some(&Mark::Weekend)]
                    .free[matches!(mark, Some(Mark::Free(_)))]
                    .last[leg.last_day == Some(date)]
                    .today[today == date] {
                    span.date { (date.format("%-d")) }
                    span.no {
                        @match mark {
                            Some(Mark::Zero) => "0",
                            Some(Mark::Counted(n)) => (n),
                            Some(Mark::Weekend) => "–",
                            Some(Mark::Free(_)) => "H",
                            None => "",
                        }
                    }
                }
            }
        }
    }
}

/// What the signs in the calendars mean.
fn legend(d: &Deadline, now: DateTime<Utc>) -> Markup {
    let days = d.legs.iter().any(|leg| leg.trigger_day.is_some());
    let today = d.legs.iter().any(|leg| {
        let today = now.with_timezone(&leg.zone).date_naive();
        leg.trigger_day.is_some_and(|first| first <= today)
            && leg.last_day.is_some_and(|last| today <= last)
    });
    let has = |what: fn(&Mark) -> bool| d.legs.iter().any(|leg| marks(leg).values().any(what));
    html! {
        @if days {
            p.small.legend {
                "Below each date its number in the count: 0 for the day that it starts after"
                @if has(|mark| *mark == Mark::Weekend) { ", – for a weekend" }
                @if has(|mark| matches!(mark, Mark::Free(_))) { ", H for a day that is free, named below" }
                "; the last day is filled"
                @if today { ", today has a ring" }
                "."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn days_are_marked_as_they_were_counted() {
        let aware = Some("2026-11-23T10:00:00+01:00");
        let d = sample::computed("policy_promise_7bd", aware, None).unwrap();
        let denver = marks(&d.legs[1]);
        assert_eq!(denver[&day("2026-11-23")], Mark::Zero);
        assert_eq!(denver[&day("2026-11-25")], Mark::Counted(2));
        let thanksgiving = Mark::Free("Thanksgiving (US-CO)".to_owned());
        assert_eq!(denver[&day("2026-11-26")], thanksgiving);
        assert_eq!(denver[&day("2026-11-28")], Mark::Weekend);
        assert_eq!(denver[&day("2026-12-03")], Mark::Counted(7));
        assert_eq!(denver.get(&day("2026-12-04")), None);
        assert_eq!(weeks(&d.legs), [day("2026-11-23"), day("2026-11-30")]);
        assert_eq!(groups(&d.legs).len(), 2);
    }

    #[test]
    fn a_count_that_begins_anew_takes_the_place_of_the_old_one() {
        let aware = Some("2026-11-23T10:00:00+01:00");
        let d = sample::computed("policy_promise_7bd", aware, None).unwrap();
        let mut leg = d.legs[0].clone();
        let again = leg.steps[1..=2].to_vec();
        for (n, mut step) in (1..).zip(again) {
            step.date = day("2026-12-09") + Days::new(n.into());
            step.day = Some(n);
            leg.steps.push(step);
        }
        let mut between = leg.steps[1].clone();
        between.date = day("2026-11-25");
        between.day = Some(1);
        leg.steps.push(between);
        let marks = marks(&leg);
        assert_eq!(marks[&day("2026-11-24")], Mark::Counted(1));
        assert_eq!(marks[&day("2026-11-25")], Mark::Counted(1));
        assert_eq!(marks.get(&day("2026-11-26")), None);
    }
}
