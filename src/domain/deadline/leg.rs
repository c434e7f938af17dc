//! One controller's deadline, counted in its own zone and calendar, with a sentence for every day.
//!
//! Always holds: the local day of the event is day zero and is never counted, whatever day it is;
//! the count is not shifted at its start or at its end; a day period ends at the first instant of
//! the local day after its last day.

use chrono::{DateTime, Days, NaiveDate};
use chrono_tz::Tz;

use crate::domain::calendar::{Calendar, CalendarError, Calendars, CountedDay};
use crate::domain::controller::Controller;
use crate::domain::instant::start_of_day;
use crate::domain::period::{Period, Unit};
use crate::domain::regime::Regime;

use super::{Anchor, DeadlineError, Leg, Step, hours, written};

pub(super) fn compute(
    regime: &Regime,
    anchor: &Anchor,
    controller: &Controller,
    calendars: &Calendars,
) -> Result<Leg, DeadlineError> {
    let calendar = calendars.get(&controller.calendar)?;
    let local = anchor.at.with_timezone(&controller.zone);
    match regime.period.unit().counted_day() {
        None if regime.period.unit() == Unit::Hour => {
            by_hours(regime.period, anchor, controller, local)
        }
        counted => by_days(
            regime.period,
            anchor,
            controller,
            calendar,
            local.date_naive(),
            counted,
        ),
    }
}

fn by_hours(
    period: Period,
    anchor: &Anchor,
    controller: &Controller,
    local: DateTime<Tz>,
) -> Result<Leg, DeadlineError> {
    let end = local.checked_add_signed(hours(period.n()));
    let due = written(end, anchor, controller.zone)?;
    let format = "%a %-d %b %Y %H:%M:%S%.f %:z";
    let why = format!(
        "{period} of elapsed time from {} end on {}",
        local.format(format),
        due.format(format)
    );
    Ok(Leg {
        controller: controller.id.clone(),
        calendar: controller.calendar.clone(),
        calendar_hash: None,
        zone: controller.zone,
        trigger_day: None,
        last_day: None,
        due,
        steps: vec![Step {
            date: due.date_naive(),
            day: None,
            why,
        }],
    })
}

fn by_days(
    period: Period,
    anchor: &Anchor,
    controller: &Controller,
    calendar: &Calendar,
    trigger: NaiveDate,
    counted: Option<CountedDay>,
) -> Result<Leg, DeadlineError> {
    let unwritable = || DeadlineError::Unwritable {
        at: anchor.at,
        zone: controller.zone,
    };
    let last = match counted {
        Some(counted) => calendar.nth_day_after(counted, trigger, period.n())?,
        None => trigger
            .checked_add_days(Days::new(period.n().into()))
            .ok_or_else(unwritable)?,
    };
    let next = last.succ_opt().ok_or_else(unwritable)?;
    let due = written(start_of_day(next, controller.zone), anchor, controller.zone)?;
    Ok(Leg {
        controller: controller.id.clone(),
        calendar: controller.calendar.clone(),
        calendar_hash: counted.map(|_| calendar.hash().to_owned()),
        zone: controller.zone,
        trigger_day: Some(trigger),
        last_day: Some(last),
        due,
        steps: steps(calendar, counted, trigger, last)?,
    })
}

fn steps(
    calendar: &Calendar,
    counted: Option<CountedDay>,
    trigger: NaiveDate,
    last: NaiveDate,
) -> Result<Vec<Step>, CalendarError> {
    let unit = match counted {
        Some(CountedDay::Business) => "business day",
        Some(CountedDay::Werktag) => "Werktag",
        None => "calendar day",
    };
    let mut number = 0;
    let mut steps = Vec::new();
    for date in trigger.iter_days().take_while(|day| *day <= last) {
        let named = date.format("%a %-d %b %Y");
        let counts = match counted {
            Some(counted) => calendar.counts(counted, date)?,
            None => true,
        };
        let (day, why) = if date == trigger {
            (None, format!("{named} not counted: the day of the event"))
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
    Ok(steps)
}

fn why_free(calendar: &Calendar, date: NaiveDate) -> String {
    match calendar.holiday(date) {
        Some(name) => format!("{name} ({})", calendar.code()),
        None => date.format("%A").to_string(),
    }
}
