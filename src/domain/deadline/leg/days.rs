//! Counting days and months, with a sentence for every day.

use chrono::{Datelike as _, Days, Months, NaiveDate, NaiveTime, TimeZone as _};
use chrono_tz::Tz;

use crate::domain::calendar::{Calendar, CalendarError, CountedDay};
use crate::domain::instant::start_of_day;
use crate::domain::period::{Period, Unit};
use crate::domain::regime::Start;

use super::super::{Anchor, Bound, DeadlineError, Step, written};
use super::{End, Place};

/// The end of a period in days or months after the local day `trigger`.
pub(super) fn count(
    period: Period,
    anchor: &Anchor,
    trigger: NaiveDate,
    place: &Place<'_>,
    start: Option<Start>,
    cutoff: Option<NaiveTime>,
) -> Result<End, DeadlineError> {
    let unwritable = || DeadlineError::Unwritable {
        at: anchor.at,
        zone: place.zone,
    };
    let first = match start {
        None => trigger,
        Some(Start::EndOfYear) => {
            NaiveDate::from_ymd_opt(trigger.year(), 12, 31).ok_or_else(unwritable)?
        }
    };
    let last = match (period.unit().counted_day(), period.unit()) {
        (Some(counted), _) => place.calendar.nth_day_after(counted, first, period.n())?,
        // The same day number, or the last day of a shorter month: chrono clamps.
        (None, Unit::Month) => first
            .checked_add_months(Months::new(period.n()))
            .ok_or_else(unwritable)?,
        (None, _) => first
            .checked_add_days(Days::new(period.n().into()))
            .ok_or_else(unwritable)?,
    };
    let end = day_end(last, cutoff, place.zone);
    let bound = match cutoff {
        Some(_) => Bound::AtOrBefore,
        None => Bound::Before,
    };
    let zero = if start.is_some() {
        "the day that the period begins after"
    } else {
        "the day of the event"
    };
    let mut steps = steps(period, place.calendar, (first, zero), last)?;
    if start.is_some() {
        let why = format!(
            "the period begins with the end of {}, the year of the event ({})",
            first.year(),
            trigger.format("%a %-d %b %Y")
        );
        steps.insert(
            0,
            Step {
                date: first,
                day: None,
                why,
            },
        );
    }
    if let Some(time) = cutoff {
        let why = format!(
            "the last day ends at {} in {}",
            time.format("%H:%M"),
            place.zone
        );
        steps.push(Step {
            date: last,
            day: None,
            why,
        });
    }
    Ok(End {
        due: written(end, anchor, place.zone)?,
        bound,
        trigger_day: Some(first),
        last_day: Some(last),
        steps,
    })
}

/// When the last day ends: at the cutoff of the rule, otherwise with the day.
pub(in super::super) fn day_end(
    last: NaiveDate,
    cutoff: Option<NaiveTime>,
    zone: Tz,
) -> Option<chrono::DateTime<Tz>> {
    match cutoff {
        Some(time) => at_time(last, time, zone),
        None => start_of_day(last.succ_opt()?, zone),
    }
}

/// The instant of `time` on `day`; where a clock change leaves it out, the start of the next day.
fn at_time(day: NaiveDate, time: NaiveTime, zone: Tz) -> Option<chrono::DateTime<Tz>> {
    let local = zone.from_local_datetime(&day.and_time(time));
    local
        .earliest()
        .or_else(|| day.succ_opt().and_then(|next| start_of_day(next, zone)))
}

fn steps(
    period: Period,
    calendar: &Calendar,
    (first, zero): (NaiveDate, &str),
    last: NaiveDate,
) -> Result<Vec<Step>, CalendarError> {
    let counted = period.unit().counted_day();
    let unit = match counted {
        Some(CountedDay::Business) => "business day",
        Some(CountedDay::Werktag) => "Werktag",
        None => "calendar day",
    };
    let mut number = 0;
    let mut steps = Vec::new();
    for date in first.iter_days().take_while(|day| *day <= last) {
        let named = date.format("%a %-d %b %Y");
        let counts = match counted {
            Some(counted) => calendar.counts(counted, date)?,
            None => true,
        };
        let (day, why) = if date == first {
            (None, format!("{named} not counted: {zero}"))
        } else if counts {
            number += 1;
            let open = calendar
                .spec()
                .open
                .get(&date)
                .filter(|_| counted.is_some());
            let reason = open.map(|why| format!(" ({why})")).unwrap_or_default();
            (Some(number), format!("{named} is {unit} {number}{reason}"))
        } else {
            (
                None,
                format!("{named} not counted: {}", why_free(calendar, date)),
            )
        };
        steps.push(Step { date, day, why });
    }
    if period.unit() == Unit::Month {
        steps.push(Step {
            date: last,
            day: None,
            why: month_end(period, first, last),
        });
    }
    Ok(steps)
}

fn month_end(period: Period, first: NaiveDate, last: NaiveDate) -> String {
    let clamped = if first.day() == last.day() {
        "the day with the same number"
    } else {
        "the last day of a month that is too short for the same number"
    };
    format!(
        "{period} after {} end with {}: {clamped}",
        first.format("%a %-d %b %Y"),
        last.format("%a %-d %b %Y")
    )
}

fn why_free(calendar: &Calendar, date: NaiveDate) -> String {
    match calendar.holiday(date) {
        Some(name) => format!("{name} ({})", calendar.code()),
        None => date.format("%A").to_string(),
    }
}
