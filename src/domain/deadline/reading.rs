//! The values beside `due`: the goal inside the house, and the readings that would allow more.
//!
//! Always holds: a goal is never later than `due`; a reading that is not later than `due` is not
//! the latest arguable one; a disputed reading is shown and never chosen.

use chrono::{DateTime, Days, FixedOffset, Months, NaiveDate, NaiveTime, TimeDelta, TimeZone as _};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::domain::calendar::{Calendar, CalendarError, Calendars};
use crate::domain::instant::{self, next_full_hour, start_of_day};
use crate::domain::period::{Period, Unit};
use crate::domain::regime::{Arguable, Regime};

use super::{Anchor, Counted, DeadlineError, Leg, hours, written};

/// What another reading of the law would allow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// The instant, in the offset of the governing controller.
    pub due: DateTime<FixedOffset>,
    /// Which reading, with its citation.
    pub why: String,
    /// Whether its own literature disputes it.
    pub disputed: bool,
}

/// Hours of work end then; the goal of a day period (local time of each controller).
const OFFICE_ENDS: NaiveTime = match NaiveTime::from_hms_opt(17, 0, 0) {
    Some(time) => time,
    None => NaiveTime::MIN,
};

/// The goal of an hour period is a quarter of it earlier, and at most this much.
const MARGIN_MAX: TimeDelta = TimeDelta::hours(12);

/// The goal inside the house, and why.
pub(super) fn target(
    period: Period,
    governing: &Leg,
    legs: &[Counted],
) -> (DateTime<FixedOffset>, String) {
    let due = governing.due;
    if let (Some(day), true) = (governing.last_day, period.unit() != Unit::Hour) {
        let ends = legs.iter().filter_map(|one| {
            let zone = one.leg.zone;
            let at = at_time(day, OFFICE_ENDS, zone)?;
            (at.fixed_offset() <= due).then(|| (at.fixed_offset(), zone))
        });
        if let Some((at, zone)) = ends.min_by_key(|(at, _)| *at) {
            let why = format!(
                "17:00 in {zone} on the last day, {}: where office hours end first",
                day.format("%a %-d %b %Y")
            );
            return (at, why);
        }
    }
    if period.unit() != Unit::Hour {
        let at = due.checked_sub_signed(TimeDelta::hours(1)).unwrap_or(due);
        return (at, "an hour before the end".to_owned());
    }
    let margin = (hours(period.n()) / 4).min(MARGIN_MAX);
    let (whole, rest) = (margin.num_hours(), margin.num_minutes() % 60);
    let long = match (whole, rest) {
        (0, minutes) => format!("{minutes} minutes"),
        (1, 0) => "1 hour".to_owned(),
        (hours, 0) => format!("{hours} hours"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    };
    let why = format!("{long} before the end: a quarter of the period, at most 12 hours");
    (due.checked_sub_signed(margin).unwrap_or(due), why)
}

/// The most generous reading that is later than `due` and not disputed.
pub(super) fn latest(readings: &[Reading], due: DateTime<FixedOffset>) -> Option<&Reading> {
    readings
        .iter()
        .filter(|one| !one.disputed && one.due > due)
        .max_by_key(|one| one.due)
}

/// Every reading that gives another end than `due`.
pub(super) fn all(
    regime: &Regime,
    anchor: &Anchor,
    governing: &Counted,
    calendars: &Calendars,
) -> Result<Vec<Reading>, DeadlineError> {
    let leg = &governing.leg;
    let calendar = calendars.get(&leg.calendar)?;
    let mut readings = Vec::new();
    match regime.latest_arguable {
        None => {}
        Some(Arguable::Reg1182FullHour) => {
            readings.extend(full_hour(regime, anchor, leg)?);
            readings.extend(two_working_days(anchor, leg, calendar)?);
        }
        Some(Arguable::DoraNoon) => readings.extend(noon(leg, anchor, calendar)?),
        Some(Arguable::Eu1182Art34) => readings.extend(rolled(
            leg,
            anchor,
            calendar,
            "Regulation (EEC, Euratom) 1182/71 Art 3(4): a last day that is a public holiday, \
             Sunday or Saturday gives way to the following working day",
        )?),
        Some(Arguable::Co24108) => readings.extend(rolled(
            leg,
            anchor,
            calendar,
            "C.R.S. 2-4-108(2): a last day that is a Saturday, Sunday or legal holiday is extended \
             to the next day that is none",
        )?),
        Some(Arguable::NextBusinessDay) => readings.extend(rolled(
            leg,
            anchor,
            calendar,
            "a last day that is no business day moves to the next one",
        )?),
    }
    if let Some(more) = &regime.extension {
        readings.extend(extended(more, anchor, leg, calendar)?);
    }
    Ok(readings)
}

fn full_hour(
    regime: &Regime,
    anchor: &Anchor,
    leg: &Leg,
) -> Result<Option<Reading>, DeadlineError> {
    let Some(period) = regime.period else {
        return Ok(None);
    };
    let end = next_full_hour(anchor.at, leg.zone)
        .and_then(|start| start.checked_add_signed(hours(period.n())));
    Ok(Some(Reading {
        due: written(end, anchor, leg.zone)?,
        why: format!(
            "Regulation (EEC, Euratom) 1182/71 Art 3(1): the hour of the event is not counted, so \
             {period} run from the next full hour"
        ),
        disputed: false,
    }))
}

/// Art 3(5): "any period of two days or more shall include at least two working days". Whether that
/// is said of periods in hours is disputed, and what half a working day counts for is open; days
/// that the period touches are counted.
fn two_working_days(
    anchor: &Anchor,
    leg: &Leg,
    calendar: &Calendar,
) -> Result<Option<Reading>, DeadlineError> {
    let first = anchor.at.with_timezone(&leg.zone).date_naive();
    let last = leg.due.date_naive();
    // Outside the years of the calendar this reading, which is only shown, is left out.
    let Ok(touched) = calendar.business_days_between(first, last) else {
        return Ok(None);
    };
    let Some(missing) = 2_usize.checked_sub(touched).filter(|n| *n > 0) else {
        return Ok(None);
    };
    let Ok(day) = calendar.nth_business_day_after(last, u32::try_from(missing).unwrap_or(2)) else {
        return Ok(None);
    };
    let end = day.succ_opt().and_then(|next| start_of_day(next, leg.zone));
    Ok(Some(Reading {
        due: written(end, anchor, leg.zone)?,
        why: "Regulation (EEC, Euratom) 1182/71 Art 3(5), two working days at least: disputed for \
              periods in hours (against: BayLfD, LDI NRW; for: Piltz/Pradel, ZD 2019, 152). Never \
              rely on it"
            .to_owned(),
        disputed: true,
    }))
}

fn rolled(
    leg: &Leg,
    anchor: &Anchor,
    calendar: &Calendar,
    why: &str,
) -> Result<Option<Reading>, DeadlineError> {
    let Some(day) = leg.last_day else {
        return Ok(None);
    };
    let Some(next) = free_until(calendar, day)? else {
        return Ok(None);
    };
    let end = next
        .succ_opt()
        .and_then(|after| start_of_day(after, leg.zone));
    Ok(Some(Reading {
        due: written(end, anchor, leg.zone)?,
        why: format!("{why}, {}", next.format("%a %-d %b %Y")),
        disputed: false,
    }))
}

fn noon(leg: &Leg, anchor: &Anchor, calendar: &Calendar) -> Result<Option<Reading>, DeadlineError> {
    let day = leg.last_day.unwrap_or_else(|| leg.due.date_naive());
    let Some(next) = free_until(calendar, day)? else {
        return Ok(None);
    };
    let end = NaiveTime::from_hms_opt(12, 0, 0).and_then(|noon| at_time(next, noon, leg.zone));
    Ok(Some(Reading {
        due: written(end, anchor, leg.zone)?,
        why: format!(
            "Delegated Regulation (EU) 2025/301 Art 5(4): a limit on a weekend or bank holiday may \
             be kept by noon of the next working day, {}; not for those in Art 5(5)",
            next.format("%a %-d %b %Y")
        ),
        disputed: false,
    }))
}

/// The next business day after `day`, if `day` is none itself.
fn free_until(calendar: &Calendar, day: NaiveDate) -> Result<Option<NaiveDate>, DeadlineError> {
    let next = calendar.is_business_day(day).and_then(|works| {
        if works {
            Ok(None)
        } else {
            calendar.nth_business_day_after(day, 1).map(Some)
        }
    });
    match next {
        // What is only shown must not hide what is due.
        Err(CalendarError::Outside { .. } | CalendarError::Beyond { .. }) => Ok(None),
        other => Ok(other?),
    }
}

fn extended(
    more: &crate::domain::regime::Extension,
    anchor: &Anchor,
    leg: &Leg,
    calendar: &Calendar,
) -> Result<Option<Reading>, DeadlineError> {
    let n = more.period.n();
    let from = leg.last_day.unwrap_or_else(|| leg.due.date_naive());
    let day = match (more.period.unit().counted_day(), more.period.unit()) {
        (None, Unit::Hour) => {
            let end = leg
                .due
                .with_timezone(&leg.zone)
                .checked_add_signed(hours(n));
            return Ok(Some(reading_of(more, written(end, anchor, leg.zone)?)));
        }
        // What is only shown must not hide what is due.
        (Some(counted), _) => calendar.nth_day_after(counted, from, n).ok(),
        (None, Unit::Month) => from.checked_add_months(Months::new(n)),
        (None, _) => from.checked_add_days(Days::new(n.into())),
    };
    let Some(day) = day else { return Ok(None) };
    let end = day.succ_opt().and_then(|next| start_of_day(next, leg.zone));
    Ok(Some(reading_of(more, written(end, anchor, leg.zone)?)))
}

fn reading_of(more: &crate::domain::regime::Extension, due: DateTime<FixedOffset>) -> Reading {
    Reading {
        why: format!("{} more {}: {}", more.period, more.why, instant::long(due)),
        due,
        disputed: false,
    }
}

fn at_time(day: NaiveDate, time: NaiveTime, zone: Tz) -> Option<DateTime<Tz>> {
    zone.from_local_datetime(&day.and_time(time)).earliest()
}
