//! One controller's deadline, counted in its own zone and calendar, with a sentence for every day.
//!
//! Always holds: the local day of the event is day zero and is never counted, whatever day it is;
//! the count is not shifted at its start or at its end; a day period ends at the first instant of
//! the local day after its last day, or at the hour the rule names. A cap can only make it earlier,
//! a hold only later.

mod days;
mod held;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime};
use chrono_tz::Tz;

use crate::domain::calendar::Calendar;
use crate::domain::controller::Controller;
use crate::domain::instant;
use crate::domain::period::{Period, Unit};
use crate::domain::regime::{Regime, Start};

pub(super) use days::day_end;

use super::{Anchor, Bound, Counted, DeadlineError, Leg, Situation, Step, hours, written};

/// Where a rule is counted for one controller.
pub(super) struct Place<'a> {
    pub(super) calendar: &'a Calendar,
    pub(super) zone: Tz,
}

impl<'a> Place<'a> {
    pub(super) fn of(
        regime: &Regime,
        controller: &Controller,
        given: &Situation<'a>,
    ) -> Result<Self, DeadlineError> {
        let code = regime.calendar.as_ref().unwrap_or(&controller.calendar);
        let calendar = given.calendars.get(code)?;
        Ok(Self {
            calendar,
            zone: regime.zone.unwrap_or(controller.zone),
        })
    }
}

/// The end of one period, with how it was counted.
pub(super) struct End {
    pub(super) due: DateTime<FixedOffset>,
    pub(super) bound: Bound,
    pub(super) trigger_day: Option<NaiveDate>,
    pub(super) last_day: Option<NaiveDate>,
    pub(super) steps: Vec<Step>,
}

pub(super) fn compute(
    regime: &Regime,
    period: Period,
    anchor: &Anchor,
    controller: &Controller,
    given: &Situation<'_>,
    whole: bool,
) -> Result<Counted, DeadlineError> {
    let place = Place::of(regime, controller, given)?;
    let mut end = end_of(period, anchor, &place, regime.start, regime.cutoff)?;
    let mut held = false;
    if whole {
        cap(regime, anchor, &place, given, &mut end)?;
        held = held::apply(regime, period, anchor, &place, given.holds, &mut end)?;
    }
    let counted = period.unit().counted_day().is_some();
    Ok(Counted {
        bound: end.bound,
        leg: Leg {
            controller: controller.id.clone(),
            calendar: place.calendar.code().to_owned(),
            calendar_hash: counted.then(|| place.calendar.hash().to_owned()),
            zone: place.zone,
            trigger_day: end.trigger_day,
            last_day: end.last_day,
            due: end.due,
            steps: end.steps,
            held,
        },
    })
}

/// When `period` ends that begins with `anchor`.
fn end_of(
    period: Period,
    anchor: &Anchor,
    place: &Place<'_>,
    start: Option<Start>,
    cutoff: Option<NaiveTime>,
) -> Result<End, DeadlineError> {
    let local = anchor.at.with_timezone(&place.zone);
    if period.unit() == Unit::Hour {
        return by_hours(period, anchor, local, place.zone);
    }
    days::count(period, anchor, local.date_naive(), place, start, cutoff)
}

fn by_hours(
    period: Period,
    anchor: &Anchor,
    local: DateTime<Tz>,
    zone: Tz,
) -> Result<End, DeadlineError> {
    let due = written(local.checked_add_signed(hours(period.n())), anchor, zone)?;
    let why = format!(
        "{period} of elapsed time from {} end on {}",
        instant::long(local.fixed_offset()),
        instant::long(due)
    );
    Ok(End {
        due,
        bound: Bound::AtOrBefore,
        trigger_day: None,
        last_day: None,
        steps: vec![Step {
            date: due.date_naive(),
            day: None,
            why,
        }],
    })
}

/// The rule's second period, if it ends earlier.
fn cap(
    regime: &Regime,
    anchor: &Anchor,
    place: &Place<'_>,
    given: &Situation<'_>,
    end: &mut End,
) -> Result<(), DeadlineError> {
    let Some(cap) = &regime.cap else {
        return Ok(());
    };
    let Some(at) = given.anchors.get(cap.anchor) else {
        return Ok(());
    };
    let from = Anchor {
        kind: cap.anchor,
        at,
    };
    let mut other = end_of(cap.period, &from, place, None, None)?;
    let limit = format!(
        "at the latest {} after \"{}\", {}",
        cap.period,
        cap.anchor,
        instant::long(other.due)
    );
    let step = |why: String, date| Step {
        date,
        day: None,
        why,
    };
    let day = other.due.date_naive();
    if cap.unless_later && anchor.at > other.due {
        let why = format!(
            "{limit}: falls away, because \"{}\" came later than that",
            anchor.kind
        );
        end.steps.push(step(why, day));
    } else if other.due < end.due {
        let mut steps = std::mem::take(&mut end.steps);
        steps.append(&mut other.steps);
        steps.push(step(format!("{limit}: earlier, so this governs"), day));
        *end = End { steps, ..other };
    } else {
        end.steps.push(step(
            format!("{limit}: not earlier, so it changes nothing"),
            day,
        ));
    }
    Ok(())
}
