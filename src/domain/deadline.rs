//! By when something must have been done, and why.
//!
//! Always holds: every controller is counted completely in its own zone and with its own calendar,
//! and the earliest instant governs. Calendars are never merged: a day that is free in either
//! would make the result later than the strictest controller allows. `due` is the strictest
//! defensible reading; no weekend or holiday moves it; a generous reading is only shown, in
//! `latest_arguable`. Hours are elapsed time. A date that a calendar does not know is an error.
//! It does not decide whether a rule applies, and it never asks what time it is.

mod leg;

use std::fmt;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, Offset, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::calendar::{CalendarError, Calendars};
use super::controller::Controller;
use super::fact::{Anchors, FactKind};
use super::instant::next_full_hour;
use super::period::Unit;
use super::regime::{Arguable, Regime};

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
}

impl fmt::Display for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::AnchorFallback => "ANCHOR_FALLBACK",
            Self::LapsedLiteral => "LAPSED_LITERAL",
            Self::LiteralUnknown => "LITERAL_UNKNOWN",
            Self::UnverifiedRule => "UNVERIFIED_RULE",
            Self::UnverifiedCalendar => "UNVERIFIED_CALENDAR",
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
    /// Local day of the anchor, which is not counted; nothing for hour periods.
    pub trigger_day: Option<NaiveDate>,
    /// Last local day on which it is on time; nothing for hour periods.
    pub last_day: Option<NaiveDate>,
    /// The instant, in the controller's offset.
    pub due: DateTime<FixedOffset>,
    /// Day by day, from the trigger day to the last day.
    pub steps: Vec<Step>,
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
    /// The most generous reading with a citation; never used for alarms.
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

/// Computes by when `regime` is to be met, counted from the facts in `anchors`.
///
/// All `controllers` that the rule binds are counted, in the order given; the earliest instant
/// governs. When two are due at the same instant, as in hour periods, the one whose local offset
/// at the anchor is the offset the anchor was recorded with governs, otherwise the first.
///
/// # Errors
/// When nothing is recorded to start from, when no controller is bound, or when a date is outside
/// the years that a calendar knows.
pub fn compute(
    regime: &Regime,
    anchors: &Anchors,
    controllers: &[Controller],
    calendars: &Calendars,
) -> Result<Deadline, DeadlineError> {
    let bound: Vec<&Controller> = controllers
        .iter()
        .filter(|one| regime.controllers.is_empty() || regime.controllers.contains(&one.id))
        .collect();
    let mut flags = Vec::new();
    let anchor = anchor_for(regime, anchors, &mut flags)?;
    let legs = legs(regime, &anchor, &bound, calendars)?;
    let governing = governing(&legs, &anchor).ok_or_else(|| no_controller(regime))?;
    let literal = literal(regime, anchors, &anchor, &bound, calendars, &mut flags)?;
    if !regime.verified {
        flags.push(Flag::UnverifiedRule);
    }
    if regime.period.unit().counted_day().is_some() {
        for leg in &legs {
            if !calendars.get(&leg.calendar)?.spec().verified {
                flags.push(Flag::UnverifiedCalendar);
            }
        }
    }
    flags.sort_unstable();
    flags.dedup();
    Ok(Deadline {
        rule: regime.id.clone(),
        due: governing.due,
        due_utc: governing.due.to_utc(),
        bound: if regime.period.unit() == Unit::Hour {
            Bound::AtOrBefore
        } else {
            Bound::Before
        },
        last_permitted_day: governing.last_day,
        governed_by: governing.controller.clone(),
        latest_arguable: latest_arguable(regime, &anchor, governing.zone)?,
        flags,
        anchor,
        rule_hash: regime.hash().to_owned(),
        literal,
        legs,
    })
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
    anchor: &Anchor,
    controllers: &[&Controller],
    calendars: &Calendars,
) -> Result<Vec<Leg>, DeadlineError> {
    controllers
        .iter()
        .map(|one| leg::compute(regime, anchor, one, calendars))
        .collect()
}

fn governing<'a>(legs: &'a [Leg], anchor: &Anchor) -> Option<&'a Leg> {
    let earliest = legs.iter().map(|leg| leg.due).min()?;
    let mut tied = legs.iter().filter(|leg| leg.due == earliest);
    let first = tied.next()?;
    let given_here =
        |leg: &&Leg| anchor.at.with_timezone(&leg.zone).offset().fix() == *anchor.at.offset();
    Some(
        std::iter::once(first)
            .chain(tied)
            .find(given_here)
            .unwrap_or(first),
    )
}

/// Counts from the literal anchor too, and flags it when that had ended before the real anchor.
fn literal(
    regime: &Regime,
    anchors: &Anchors,
    used: &Anchor,
    controllers: &[&Controller],
    calendars: &Calendars,
    flags: &mut Vec<Flag>,
) -> Result<Option<Literal>, DeadlineError> {
    let Some((kind, at)) = regime
        .literal_anchor
        .and_then(|kind| anchors.get(kind).map(|at| (kind, at)))
    else {
        return Ok(None);
    };
    let anchor = Anchor { kind, at };
    let legs = match legs(regime, &anchor, controllers, calendars) {
        // A breach that began long before the calendars must not hide the deadline that is due.
        Err(DeadlineError::Calendar(
            CalendarError::Outside { .. } | CalendarError::Beyond { .. },
        )) => {
            flags.push(Flag::LiteralUnknown);
            return Ok(None);
        }
        other => other?,
    };
    let Some(leg) = governing(&legs, &anchor) else {
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

fn latest_arguable(
    regime: &Regime,
    anchor: &Anchor,
    zone: Tz,
) -> Result<Option<DateTime<FixedOffset>>, DeadlineError> {
    match (regime.latest_arguable, regime.period.unit()) {
        (Some(Arguable::Reg1182FullHour), Unit::Hour) => {
            let end = next_full_hour(anchor.at, zone)
                .and_then(|start| start.checked_add_signed(hours(regime.period.n())));
            Ok(Some(written(end, anchor, zone)?))
        }
        (_, _) => Ok(None),
    }
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
    let bound = if regime.controllers.is_empty() {
        "every controller".to_owned()
    } else {
        regime.controllers.join(", ")
    };
    DeadlineError::NoController {
        rule: regime.id.clone(),
        bound,
    }
}
