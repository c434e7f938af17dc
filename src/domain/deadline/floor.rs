//! Two lower bounds of a count in business days, shown on request.
//!
//! Always holds: neither is ever later than `due`, and neither is used for it. They say how much of
//! a result hangs on the calendars.

use chrono::{DateTime, Datelike as _, FixedOffset, NaiveDate, Weekday};
use serde::Serialize;

use crate::domain::calendar::{Calendar, CalendarError, CountedDay};
use crate::domain::regime::Regime;

use super::leg::{Place, day_end};
use super::{Anchor, DeadlineError, Situation, anchor_for, bound_controllers, written};

/// One lower bound.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Floor {
    /// Last local day.
    pub last_day: NaiveDate,
    /// The end of that day where it ends first.
    pub due: DateTime<FixedOffset>,
}

/// Both lower bounds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Floors {
    /// A day counts when it is a business day in any of the calendars.
    pub any_business: Floor,
    /// Every day counts that is not a weekend; holidays are ignored.
    pub weekends_only: Floor,
}

/// The lower bounds of a rule in business days or Werktage; nothing for other units.
///
/// Both begin after the earliest of the controllers' local days. A rule with a cap has none: the cap
/// may end it before any count does.
///
/// # Errors
/// As `compute`.
pub fn floors(regime: &Regime, given: &Situation<'_>) -> Result<Option<Floors>, DeadlineError> {
    let Some((n, counted)) = regime
        .period
        .filter(|_| regime.cap.is_none())
        .and_then(|period| Some((period.n(), period.unit().counted_day()?)))
    else {
        return Ok(None);
    };
    let anchor = anchor_for(regime, given.anchors, &mut Vec::new())?;
    let places = bound_controllers(regime, given.controllers)
        .into_iter()
        .map(|one| Place::of(regime, one, given))
        .collect::<Result<Vec<_>, _>>()?;
    let local = |place: &Place<'_>| anchor.at.with_timezone(&place.zone).date_naive();
    let Some(first) = places.iter().map(local).min() else {
        return Ok(None);
    };
    let any_business = count(first, n, |day| {
        let mut counts = false;
        for place in &places {
            counts |= place.calendar.counts(counted, day)?;
        }
        Ok(counts)
    })?;
    let weekends_only = count(first, n, |day| {
        let mut counts = false;
        for place in &places {
            // A Saturday on which people work by decree counts as well.
            counts |= !is_free_weekday(place.calendar, counted, day)
                || place.calendar.counts(counted, day)?;
        }
        Ok(counts)
    })?;
    Ok(Some(Floors {
        any_business: floor(any_business, regime, &anchor, &places)?,
        weekends_only: floor(weekends_only, regime, &anchor, &places)?,
    }))
}

fn is_free_weekday(calendar: &Calendar, counted: CountedDay, day: NaiveDate) -> bool {
    match counted {
        CountedDay::Business => calendar.is_weekend(day),
        CountedDay::Werktag => day.weekday() == Weekday::Sun,
    }
}

fn count(
    first: NaiveDate,
    n: u32,
    counts: impl Fn(NaiveDate) -> Result<bool, CalendarError>,
) -> Result<NaiveDate, CalendarError> {
    let (mut day, mut number) = (first, 0);
    while number < n {
        day = day.succ_opt().unwrap_or(NaiveDate::MAX);
        number += u32::from(counts(day)? || day == NaiveDate::MAX);
    }
    Ok(day)
}

fn floor(
    last_day: NaiveDate,
    regime: &Regime,
    anchor: &Anchor,
    places: &[Place<'_>],
) -> Result<Floor, DeadlineError> {
    let ends = places.iter().map(|place| {
        written(
            day_end(last_day, regime.cutoff, place.zone),
            anchor,
            place.zone,
        )
    });
    let mut earliest: Option<DateTime<FixedOffset>> = None;
    for end in ends {
        let end = end?;
        earliest = Some(earliest.map_or(end, |other| other.min(end)));
    }
    Ok(Floor {
        last_day,
        due: earliest.unwrap_or(anchor.at),
    })
}
