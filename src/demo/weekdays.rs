//! The dates of the story: they follow the present, in business days.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};

use crate::app::App;
use crate::domain::calendar::Calendar;
use crate::domain::controller::Controller;
use crate::domain::instant;
use crate::error::{Error, Result};

/// Days counted back in business days of the first controller.
pub(super) struct Weekdays<'a> {
    calendar: &'a Calendar,
    controller: &'a Controller,
    today: NaiveDate,
}

impl<'a> Weekdays<'a> {
    /// Counted back from `now`.
    pub(super) fn of(app: &'a App, now: DateTime<Utc>) -> Result<Self> {
        let operator = app.catalog.operator();
        let controller = operator
            .controllers
            .first()
            .ok_or_else(|| Error::internal("the operator profile names no controller"))?;
        let calendar = app
            .catalog
            .calendars()
            .get(&controller.calendar)
            .map_err(Error::internal)?;
        let today = now.with_timezone(&controller.zone).date_naive();
        Ok(Self {
            calendar,
            controller,
            today,
        })
    }

    /// The business day from which today is the `n`-th business day, at `hour`:`minute` local time.
    pub(super) fn back(&self, n: usize, hour: u32, minute: u32) -> Result<DateTime<Utc>> {
        let mut day = self.today;
        loop {
            day = day
                .checked_sub_days(Days::new(1))
                .ok_or_else(|| Error::internal("no such day"))?;
            let next = day + Days::new(1);
            let counted = self
                .calendar
                .business_days_between(next, self.today)
                .map_err(Error::internal)?;
            if counted >= n
                && self
                    .calendar
                    .is_business_day(day)
                    .map_err(Error::internal)?
            {
                let start = instant::start_of_day(day, self.controller.zone)
                    .ok_or_else(|| Error::internal("no such day"))?;
                let time = NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default();
                return Ok(start.to_utc() + (time - NaiveTime::MIN));
            }
        }
    }
}
