//! By when something must have been done, and why.
//!
//! Always holds: every controller is counted completely in its own zone and with its own calendar
//! (or in those that the rule names), and the earliest instant governs. Calendars are never merged:
//! a day that is free in either would make the result later than the strictest controller allows.
//! `target <= due <= latest_arguable`: `due` is the strictest defensible reading, and no weekend or
//! holiday moves it; a generous reading is only shown. Hours are elapsed time. A date that a
//! calendar does not know is an error, and a rule without a number gets no date. It does not decide
//! whether a rule applies, and it never asks what time it is.

mod change;
mod floor;
mod leg;
mod order;
mod reading;

use std::fmt;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, Offset, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::calendar::{CalendarError, Calendars};
use super::controller::Controller;
use super::fact::{Anchors, FactKind};
use super::hold::Hold;
use super::period::Period;
use super::regime::Regime;

pub use change::what_would_change;
pub use floor::{Floor, Floors, floors};
pub use order::{compute_after, not_later_than};
pub use reading::Reading;

/// Whether the due instant itself is still on time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// On time only before `due` (day periods: `due` is the midnight after the last day).
    Before,
    /// On time up to and including `due` (hour periods).
    AtOrBefore,
}

impl Bound {
    /// The word for it in storage and in results.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::AtOrBefore => "at_or_before",
        }
    }
}

/// What a reader of the result must know before relying on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Flag {
    /// The anchor of the rule is not recorded; the earliest recorded one was used.
    AnchorFallback,
    /// Read literally, from the occurrence, the period had ended when the anchor was reached.
    LapsedLiteral,
    /// The literal reading starts outside the years of a calendar and could not be computed.
    LiteralUnknown,
    /// Nobody compared the rule with its source.
    UnverifiedRule,
    /// Nobody compared a calendar that was counted with the law.
    UnverifiedCalendar,
    /// A reading exists that its own literature disputes; it is shown and never used.
    DisputedReading,
    /// The rule was not law on the day of its anchor.
    NotInForce,
    /// The rule is a proposal: a preview that alarms nobody.
    Preview,
    /// A law-enforcement hold moved the end.
    Held,
    /// The law has no number; the end follows from another notice that must not come first.
    FromOrder,
}

impl fmt::Display for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::AnchorFallback => "ANCHOR_FALLBACK",
            Self::LapsedLiteral => "LAPSED_LITERAL",
            Self::LiteralUnknown => "LITERAL_UNKNOWN",
            Self::UnverifiedRule => "UNVERIFIED_RULE",
            Self::UnverifiedCalendar => "UNVERIFIED_CALENDAR",
            Self::DisputedReading => "DISPUTED_READING",
            Self::NotInForce => "NOT_IN_FORCE",
            Self::Preview => "PREVIEW",
            Self::Held => "HELD",
            Self::FromOrder => "FROM_ORDER",
        })
    }
}

/// The fact that a result was counted from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// Its kind.
    pub kind: FactKind,
    /// Its instant, with the offset it was recorded with.
    pub at: DateTime<FixedOffset>,
}

/// One counted or uncounted day, or the one sentence about an hour period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Local day of the controller.
    pub date: NaiveDate,
    /// Its number in the count; nothing when it is not counted.
    pub day: Option<u32>,
    /// A sentence that says why.
    pub why: String,
}

/// The result for one controller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leg {
    /// Id of the controller.
    pub controller: String,
    /// Code of its calendar.
    pub calendar: String,
    /// Hash of the calendar's data; nothing when no calendar was counted.
    #[serde(default)]
    pub calendar_hash: Option<String>,
    /// Its zone.
    pub zone: Tz,
    /// Local day that the count starts after; nothing for hour periods.
    pub trigger_day: Option<NaiveDate>,
    /// Last local day on which it is on time; nothing for hour periods.
    pub last_day: Option<NaiveDate>,
    /// The instant, in the controller's offset.
    pub due: DateTime<FixedOffset>,
    /// Day by day, from the trigger day to the last day.
    pub steps: Vec<Step>,
    /// Whether a law-enforcement hold moved its end.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub held: bool,
}

/// The same rule counted from the fact that its wording names literally.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Literal {
    /// What it was counted from.
    pub anchor: Anchor,
    /// When it ended, in the offset of the controller that governs this reading.
    pub due: DateTime<FixedOffset>,
    /// Last local day of that controller; nothing for hour periods.
    pub last_permitted_day: Option<NaiveDate>,
    /// Id of that controller.
    pub governed_by: String,
}

/// By when, for whom, counted how. Everything needed to recompute it is inside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// Id of the rule.
    pub rule: String,
    /// The instant, in the offset of the governing controller.
    pub due: DateTime<FixedOffset>,
    /// The same instant in UTC.
    pub due_utc: DateTime<Utc>,
    /// Whether `due` itself is on time.
    pub bound: Bound,
    /// Last local day of the governing controller; nothing for hour periods.
    pub last_permitted_day: Option<NaiveDate>,
    /// Id of the controller whose instant is the earliest.
    pub governed_by: String,
    /// The most generous reading with a citation, where it is later than `due`; never used for
    /// alarms.
    pub latest_arguable: Option<DateTime<FixedOffset>>,
    /// What to know before relying on it, in the order of [`Flag`].
    pub flags: Vec<Flag>,
    /// The result for each controller, in the order given.
    pub legs: Vec<Leg>,
    /// What it was counted from.
    pub anchor: Anchor,
    /// Hash of the rule it was computed with.
    pub rule_hash: String,
    /// The literal reading, where the rule has one and its fact is recorded.
    #[serde(default)]
    pub literal: Option<Literal>,
    /// The goal inside the house, never later than `due`.
    #[serde(default)]
    pub target: Option<DateTime<FixedOffset>>,
    /// Why the goal is then.
    #[serde(default)]
    pub target_why: Option<String>,
    /// Which reading `latest_arguable` is, or that there is none.
    #[serde(default)]
    pub latest_why: Option<String>,
    /// Every reading that was looked at beside `due`, the disputed ones too.
    #[serde(default)]
    pub readings: Vec<Reading>,
}

/// Why there is no deadline; each says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeadlineError {
    /// Nothing is recorded to start from.
    #[error("{rule} counts from \"{anchor}\", and nothing is recorded; record when that was")]
    NoAnchor {
        /// Id of the rule.
        rule: String,
        /// The fact it asks for.
        anchor: FactKind,
    },
    /// The law has no number, and none is made up.
    #[error(
        "{rule} sets no number (\"{qualifier}\"), so there is no date to compute; act at once, and \
         count the days that have passed"
    )]
    NoNumber {
        /// Id of the rule.
        rule: String,
        /// What the law says instead.
        qualifier: String,
    },
    /// None of the given controllers is bound by the rule.
    #[error("{rule} binds {bound}, and none of the controllers asked about; ask for one of those")]
    NoController {
        /// Id of the rule.
        rule: String,
        /// The controllers it binds, in words.
        bound: String,
    },
    /// A calendar is missing or does not know a date.
    #[error(transparent)]
    Calendar(#[from] CalendarError),
    /// A law-enforcement hold has not ended, so the period has no end yet.
    #[error(
        "{rule} is stopped by a law-enforcement hold since {since} ({authority}); it has no end \
         while the hold lasts. Record the end of the hold when the authority gives it up"
    )]
    HeldOpen {
        /// Id of the rule.
        rule: String,
        /// Start of the hold.
        since: DateTime<FixedOffset>,
        /// Who asked for it.
        authority: String,
    },
    /// The instant cannot be written with a four-digit year and an offset of whole minutes.
    #[error(
        "counting from {at} in {zone} leaves the time that can be written exactly (years 0 to \
         9999, offsets of whole minutes); check the year"
    )]
    Unwritable {
        /// The anchor.
        at: DateTime<FixedOffset>,
        /// The zone that was counted in.
        zone: Tz,
    },
}

/// What a deadline is computed from, beside the rule.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    /// The facts that stand.
    pub anchors: &'a Anchors,
    /// The law-enforcement holds.
    pub holds: &'a [Hold],
    /// Who may be bound, in order.
    pub controllers: &'a [Controller],
    /// The calendars, with the operator's overrides in them.
    pub calendars: &'a Calendars,
}

/// Computes by when `regime` is to be met, counted from the facts in `anchors`, without any hold.
///
/// All `controllers` that the rule binds are counted, in the order given; the earliest instant
/// governs. When two are due at the same instant, as in hour periods, the one whose local offset
/// at the anchor is the offset the anchor was recorded with governs, otherwise the first.
///
/// # Errors
/// When the rule has no number, nothing is recorded to start from, no controller is bound, or a
/// date is outside the years that a calendar knows.
pub fn compute(
    regime: &Regime,
    anchors: &Anchors,
    controllers: &[Controller],
    calendars: &Calendars,
) -> Result<Deadline, DeadlineError> {
    compute_in(
        regime,
        &Situation {
            anchors,
            holds: &[],
            controllers,
            calendars,
        },
    )
}

/// Computes as [`compute`] does, with the law-enforcement holds that stop this rule.
///
/// # Errors
/// As [`compute`], and when a hold that stops the rule has not ended.
pub fn compute_in(regime: &Regime, given: &Situation<'_>) -> Result<Deadline, DeadlineError> {
    let Some(period) = regime.period else {
        return Err(DeadlineError::NoNumber {
            rule: regime.id.clone(),
            qualifier: regime.how_long(),
        });
    };
    let bound = bound_controllers(regime, given.controllers);
    let mut flags = Vec::new();
    let anchor = anchor_for(regime, given.anchors, &mut flags)?;
    let counted = legs(regime, period, &anchor, &bound, given, true)?;
    let governing = governing(&counted, &anchor).ok_or_else(|| no_controller(regime))?;
    let literal = literal(regime, period, &anchor, &bound, given, &mut flags)?;
    let readings = reading::all(regime, &anchor, governing, given.calendars)?;
    let target = reading::target(period, &governing.leg, &counted);
    flag(
        regime,
        &anchor,
        &counted,
        &readings,
        given.calendars,
        &mut flags,
    )?;
    let latest = reading::latest(&readings, governing.leg.due);
    Ok(Deadline {
        rule: regime.id.clone(),
        due: governing.leg.due,
        due_utc: governing.leg.due.to_utc(),
        bound: governing.bound,
        last_permitted_day: governing.leg.last_day,
        governed_by: governing.leg.controller.clone(),
        target: Some(target.0),
        target_why: Some(target.1),
        latest_arguable: latest.map(|one| one.due),
        latest_why: Some(latest.map_or_else(
            || {
                "No more generous reading with a citation is known; the due instant is the last."
                    .to_owned()
            },
            |one| one.why.clone(),
        )),
        readings,
        flags,
        anchor,
        rule_hash: regime.hash().to_owned(),
        literal,
        legs: counted.into_iter().map(|one| one.leg).collect(),
    })
}

/// Of several versions of one rule, the one that is law on the day of the anchor it asks for.
///
/// Where none was law then, the version closest to that day; its result is flagged. `versions` are
/// in the order of their first days.
#[must_use]
pub fn version_at<'a>(versions: &'a [Regime], anchors: &Anchors) -> Option<&'a Regime> {
    let day = |rule: &Regime| law_day(rule, anchors);
    let covering = versions
        .iter()
        .find(|rule| day(rule).is_some_and(|day| rule.effective.covers(day)));
    covering.or_else(|| {
        let before = |rule: &&Regime| {
            day(rule).is_some_and(|day| rule.effective.from.is_some_and(|from| day < from))
        };
        versions.iter().find(before).or(versions.last())
    })
}

/// The day by whose law a rule is judged: the local day of its anchor, or of the earliest recorded
/// fact; nothing while nothing is recorded.
#[must_use]
pub fn law_day(regime: &Regime, anchors: &Anchors) -> Option<NaiveDate> {
    let at = anchors
        .get(regime.anchor)
        .or_else(|| anchors.earliest().map(|(_, at)| at))?;
    Some(regime.day_of(at))
}

/// The controllers that a rule binds, by id and by seat.
#[must_use]
pub fn bound_controllers<'a>(
    regime: &Regime,
    controllers: &'a [Controller],
) -> Vec<&'a Controller> {
    controllers
        .iter()
        .filter(|one| regime.controllers.is_empty() || regime.controllers.contains(&one.id))
        .filter(|one| regime.seat.is_empty() || regime.seat.contains(&one.country))
        .collect()
}

/// A leg with what is needed to go on from it.
struct Counted {
    leg: Leg,
    bound: Bound,
}

fn flag(
    regime: &Regime,
    anchor: &Anchor,
    legs: &[Counted],
    readings: &[Reading],
    calendars: &Calendars,
    flags: &mut Vec<Flag>,
) -> Result<(), DeadlineError> {
    if !regime.verified {
        flags.push(Flag::UnverifiedRule);
    }
    if readings.iter().any(|one| one.disputed) {
        flags.push(Flag::DisputedReading);
    }
    if regime.status == super::regime::Status::Proposal {
        flags.push(Flag::Preview);
    } else if !regime.effective.covers(regime.day_of(anchor.at)) {
        flags.push(Flag::NotInForce);
    }
    for Counted { leg, .. } in legs {
        if leg.held {
            flags.push(Flag::Held);
        }
        if leg.calendar_hash.is_some() && !calendars.get(&leg.calendar)?.spec().verified {
            flags.push(Flag::UnverifiedCalendar);
        }
    }
    flags.sort_unstable();
    flags.dedup();
    Ok(())
}

/// The anchor of the rule, or the earliest recorded fact with a flag.
fn anchor_for(
    regime: &Regime,
    anchors: &Anchors,
    flags: &mut Vec<Flag>,
) -> Result<Anchor, DeadlineError> {
    if let Some(at) = anchors.get(regime.anchor) {
        return Ok(Anchor {
            kind: regime.anchor,
            at,
        });
    }
    let (kind, at) = anchors.earliest().ok_or_else(|| DeadlineError::NoAnchor {
        rule: regime.id.clone(),
        anchor: regime.anchor,
    })?;
    flags.push(Flag::AnchorFallback);
    Ok(Anchor { kind, at })
}

fn legs(
    regime: &Regime,
    period: Period,
    anchor: &Anchor,
    controllers: &[&Controller],
    given: &Situation<'_>,
    capped: bool,
) -> Result<Vec<Counted>, DeadlineError> {
    controllers
        .iter()
        .map(|one| leg::compute(regime, period, anchor, one, given, capped))
        .collect()
}

fn governing<'a>(legs: &'a [Counted], anchor: &Anchor) -> Option<&'a Counted> {
    let earliest = legs.iter().map(|one| one.leg.due).min()?;
    let mut tied = legs.iter().filter(|one| one.leg.due == earliest);
    let first = tied.next()?;
    let given_here = |one: &&Counted| {
        anchor.at.with_timezone(&one.leg.zone).offset().fix() == *anchor.at.offset()
    };
    if given_here(&first) {
        return Some(first);
    }
    Some(tied.find(given_here).unwrap_or(first))
}

fn literal(
    regime: &Regime,
    period: Period,
    used: &Anchor,
    controllers: &[&Controller],
    given: &Situation<'_>,
    flags: &mut Vec<Flag>,
) -> Result<Option<Literal>, DeadlineError> {
    let Some((kind, at)) = regime
        .literal_anchor
        .and_then(|kind| given.anchors.get(kind).map(|at| (kind, at)))
    else {
        return Ok(None);
    };
    let anchor = Anchor { kind, at };
    let legs = match legs(regime, period, &anchor, controllers, given, false) {
        // A breach that began long before the calendars must not hide the deadline that is due.
        Err(DeadlineError::Calendar(
            CalendarError::Outside { .. } | CalendarError::Beyond { .. },
        )) => {
            flags.push(Flag::LiteralUnknown);
            return Ok(None);
        }
        other => other?,
    };
    let Some(Counted { leg, .. }) = governing(&legs, &anchor) else {
        return Ok(None);
    };
    if used.kind != kind && leg.due <= used.at {
        flags.push(Flag::LapsedLiteral);
    }
    Ok(Some(Literal {
        due: leg.due,
        last_permitted_day: leg.last_day,
        governed_by: leg.controller.clone(),
        anchor,
    }))
}

fn hours(n: u32) -> TimeDelta {
    TimeDelta::hours(i64::from(n))
}

/// The instant with a fixed offset, if RFC 3339 can write it exactly.
///
/// Before standard time, offsets have seconds, which RFC 3339 would round away.
fn written(
    at: Option<DateTime<Tz>>,
    anchor: &Anchor,
    zone: Tz,
) -> Result<DateTime<FixedOffset>, DeadlineError> {
    at.map(|at| at.fixed_offset())
        .filter(|at| {
            at.offset().local_minus_utc() % 60 == 0
                && (0..=9999).contains(&at.year())
                && (0..=9999).contains(&at.to_utc().year())
        })
        .ok_or(DeadlineError::Unwritable {
            at: anchor.at,
            zone,
        })
}

fn no_controller(regime: &Regime) -> DeadlineError {
    let bound = match (regime.controllers.is_empty(), regime.seat.is_empty()) {
        (true, true) => "every controller".to_owned(),
        (false, _) => regime.controllers.join(", "),
        (true, false) => format!("controllers with their seat in {}", regime.seat.join(", ")),
    };
    DeadlineError::NoController {
        rule: regime.id.clone(),
        bound,
    }
}
