//! How much time is left until a deadline, in the units of a working week.
//!
//! Days of a calendar are counted as such: on Monday at ten, a deadline that ends with Wednesday is
//! "2 business days, 14 h" away: Tuesday and Wednesday, and what is left of Monday. Hours are elapsed
//! time. This is for reading; whether something is late is decided by the instant alone.

use std::fmt;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

use super::calendar::{Calendar, CountedDay};
use super::deadline::Bound;
use super::instant::start_of_day;

/// What is left at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// Nothing: it was due so long ago.
    Late(TimeDelta),
    /// Elapsed time.
    Time(TimeDelta),
    /// Days that count, after today, and what is left of today when today counts.
    Days {
        /// Whole days that count, today not among them.
        days: u32,
        /// Until the end of today, when today counts.
        rest: Option<TimeDelta>,
        /// The whole as elapsed time.
        time: TimeDelta,
    },
}

/// Below so many hours, elapsed, a deadline is due soon.
const SOON_HOURS: i64 = 24;

impl Left {
    /// What is left at `now` of a deadline in hours.
    #[must_use]
    pub fn hours(now: DateTime<Utc>, due: DateTime<Utc>, bound: Bound) -> Self {
        let late = match bound {
            Bound::Before => now >= due,
            Bound::AtOrBefore => now > due,
        };
        if late {
            Self::Late(now - due)
        } else {
            Self::Time(due - now)
        }
    }

    /// What is left at `now` of a deadline in business days, whose last day is `last`.
    ///
    /// Elapsed time when the calendar does not know a day in between.
    #[must_use]
    pub fn business_days(
        now: DateTime<Utc>,
        due: DateTime<Utc>,
        last: NaiveDate,
        zone: Tz,
        calendar: &Calendar,
    ) -> Self {
        let plain = Self::hours(now, due, Bound::Before);
        let Self::Time(time) = plain else {
            return plain;
        };
        let today = now.with_timezone(&zone).date_naive();
        let counts = |day| calendar.counts(CountedDay::Business, day).ok();
        let mut days = 0;
        for day in today.iter_days().skip(1).take_while(|day| *day <= last) {
            match counts(day) {
                Some(true) => days += 1,
                Some(false) => {}
                None => return plain,
            }
        }
        let end = today.succ_opt().and_then(|next| start_of_day(next, zone));
        let rest = end
            .filter(|_| counts(today) == Some(true))
            .map(|end| end.to_utc() - now);
        Self::Days { days, rest, time }
    }

    /// Is it late?
    #[must_use]
    pub fn is_late(&self) -> bool {
        matches!(self, Self::Late(_))
    }

    /// Is little left: less than a day, or one business day at most?
    #[must_use]
    pub fn is_soon(&self) -> bool {
        match self {
            Self::Late(_) => false,
            Self::Time(time) => *time < TimeDelta::hours(SOON_HOURS),
            Self::Days { days, time, .. } => *days <= 1 || *time < TimeDelta::hours(SOON_HOURS),
        }
    }
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Late(by) => write!(f, "late by {}", span(*by)),
            Self::Time(time) => write!(f, "{} left", span(*time)),
            Self::Days { days: 0, time, .. } => write!(f, "{} left", span(*time)),
            Self::Days { days, rest, .. } => {
                write!(
                    f,
                    "{days} business {}",
                    if *days == 1 { "day" } else { "days" }
                )?;
                if let Some(rest) = rest.filter(|rest| rest.num_hours() > 0) {
                    write!(f, ", {} h", rest.num_hours())?;
                }
                f.write_str(" left")
            }
        }
    }
}

/// A span in its two largest units: "2 d 3 h", "14 h 5 min", "12 min".
#[must_use]
pub fn span(time: TimeDelta) -> String {
    let minutes = time.num_minutes();
    let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    match (days, hours, minutes) {
        (0, 0, m) => format!("{m} min"),
        (0, h, 0) => format!("{h} h"),
        (0, h, m) => format!("{h} h {m} min"),
        (d, 0, _) => format!("{d} d"),
        (d, h, _) => format!("{d} d {h} h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    fn t(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn left(now: &str, due: &str, last: &str) -> String {
        let catalog = Catalog::builtin().unwrap();
        let calendar = catalog.calendars().get("AT").unwrap();
        let last = last.parse().unwrap();
        Left::business_days(t(now), t(due), last, Tz::Europe__Vienna, calendar).to_string()
    }

    #[test]
    fn days_that_count_and_the_rest_of_today() {
        // Monday 10:00 in Vienna; the last day is Wednesday.
        let due = "2026-12-02T23:00:00Z";
        assert_eq!(
            left("2026-11-30T09:00:00Z", due, "2026-12-02"),
            "2 business days, 14 h left"
        );
        // On Saturday only the days to come are counted.
        assert_eq!(
            left("2026-11-28T09:00:00Z", due, "2026-12-02"),
            "3 business days left"
        );
        assert_eq!(
            left("2026-12-02T22:30:00Z", due, "2026-12-02"),
            "30 min left"
        );
        assert_eq!(left(due, due, "2026-12-02"), "late by 0 min");
    }

    #[test]
    fn the_last_instant_of_hours_is_on_time() {
        let due = t("2026-11-26T10:00:00Z");
        assert!(!Left::hours(due, due, Bound::AtOrBefore).is_late());
        assert!(Left::hours(due, due, Bound::Before).is_late());
        let now = t("2026-11-24T07:00:00Z");
        assert_eq!(
            Left::hours(now, due, Bound::AtOrBefore).to_string(),
            "2 d 3 h left"
        );
    }
}
