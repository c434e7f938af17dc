//! Working days of a jurisdiction.
//!
//! Always holds: a calendar answers only for the years it is valid for; any other date, and any
//! count whose result would leave them, is an error that names the calendar and the years. Only
//! public holidays and the weekend interrupt counting. The count starts on the day after the given
//! one, whether or not the given one is a business day: shifting it first would add a day.
//! It knows no time of day and no zone arithmetic (`domain/deadline.rs`), and reads no files.

mod expr;
mod rule;
mod shift;
mod table;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate, Weekday};

pub use expr::{DateTables, Expr, parse_weekday, weekday_name};
pub use rule::{Kind, Limit, Rule, Spec};
pub use shift::{Move, Shift};
use table::Table;

/// Which days a count counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountedDay {
    /// Neither weekend nor public holiday.
    Business,
    /// Neither Sunday nor public holiday: the German and Austrian `Werktag`, which includes Saturday.
    Werktag,
}

/// Why a calendar cannot answer, or cannot be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// The date asked about is not in the valid years.
    #[error(
        "{date} is outside the years {from} to {to} for which the calendar {code} is known; \
         extend the calendar's valid years after checking its rules"
    )]
    Outside {
        /// Code of the calendar.
        code: String,
        /// The date asked about.
        date: NaiveDate,
        /// First valid year.
        from: i32,
        /// Last valid year.
        to: i32,
    },
    /// The count begins inside the valid years and ends after them.
    #[error(
        "{n} days after {date} is beyond the years {from} to {to} for which the calendar {code} \
         is known; extend the calendar's valid years after checking its rules"
    )]
    Beyond {
        /// Code of the calendar.
        code: String,
        /// The date counted from.
        date: NaiveDate,
        /// How many days were to be counted.
        n: u32,
        /// First valid year.
        from: i32,
        /// Last valid year.
        to: i32,
    },
    /// Counting zero days is not a period.
    #[error("a period of zero days has no last day; count at least one")]
    Zero,
    /// The valid years are reversed, too many, or not representable.
    #[error("the calendar {code} has valid years {from} to {to}; give two years in order, at most {max} apart", max = table::YEARS_MAX)]
    Years {
        /// Code of the calendar.
        code: String,
        /// First valid year.
        from: i32,
        /// Last valid year.
        to: i32,
    },
    /// Every day of the valid years is free.
    #[error("the calendar {code} has no business day at all; check its weekend and its rules")]
    NoBusinessDay {
        /// Code of the calendar.
        code: String,
    },
    /// No calendar has this code.
    #[error("there is no calendar {code}; known are {known}")]
    Unknown {
        /// The code asked for.
        code: String,
        /// The codes that exist, separated by commas.
        known: String,
    },
}

/// The working days of one jurisdiction, compiled for its valid years.
#[derive(Clone, Debug)]
pub struct Calendar {
    spec: Spec,
    hash: String,
    first: NaiveDate,
    last: NaiveDate,
    free: BTreeMap<NaiveDate, String>,
    business: Table,
    werktage: Table,
}

impl Calendar {
    /// Evaluates the rules once and lays the counting tables out.
    ///
    /// # Errors
    /// [`CalendarError::Years`] and [`CalendarError::NoBusinessDay`].
    pub fn new(spec: Spec) -> Result<Self, CalendarError> {
        let (from, to) = spec.valid;
        let years = || CalendarError::Years {
            code: spec.code.clone(),
            from,
            to,
        };
        if to < from || to - from > table::YEARS_MAX {
            return Err(years());
        }
        let first = NaiveDate::from_ymd_opt(from, 1, 1).ok_or_else(years)?;
        let last = NaiveDate::from_ymd_opt(to, 12, 31).ok_or_else(years)?;
        let free = spec.free_days();
        let counts = |date: NaiveDate, weekend: &[Weekday]| {
            spec.open.contains_key(&date)
                || !(weekend.contains(&date.weekday()) || free.contains_key(&date))
        };
        let business =
            Table::new(first, last, |date| counts(date, &spec.weekend)).ok_or_else(years)?;
        let werktage =
            Table::new(first, last, |date| counts(date, &[Weekday::Sun])).ok_or_else(years)?;
        if business.is_empty() {
            return Err(CalendarError::NoBusinessDay { code: spec.code });
        }
        let hash = super::canonical::sha256_hex(&spec);
        Ok(Self {
            hash,
            first,
            last,
            free,
            business,
            werktage,
            spec,
        })
    }

    /// Code of the jurisdiction, such as `US-CO`.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.spec.code
    }

    /// The definition it was compiled from: name, source, rules, whether it is verified.
    #[must_use]
    pub fn spec(&self) -> &Spec {
        &self.spec
    }

    /// SHA-256 (hex) over the canonical JSON of the definition, inherited rules and tables included.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// First and last day it can answer for, both inclusive.
    #[must_use]
    pub fn range(&self) -> (NaiveDate, NaiveDate) {
        (self.first, self.last)
    }

    /// The `n`-th business day after `date`; `date` itself is never counted (day zero).
    ///
    /// # Errors
    /// When `date` or the answer is outside the valid years, or `n` is zero.
    pub fn nth_business_day_after(
        &self,
        date: NaiveDate,
        n: u32,
    ) -> Result<NaiveDate, CalendarError> {
        self.nth_day_after(CountedDay::Business, date, n)
    }

    /// The `n`-th counted day after `date`; `date` itself is never counted (day zero).
    ///
    /// # Errors
    /// When `date` or the answer is outside the valid years, or `n` is zero.
    pub fn nth_day_after(
        &self,
        counted: CountedDay,
        date: NaiveDate,
        n: u32,
    ) -> Result<NaiveDate, CalendarError> {
        match self.table(counted).nth_after(date, n) {
            Some(day) => Ok(day),
            None => Err(self.no_nth(date, n)),
        }
    }

    /// Whether `date` is counted.
    ///
    /// # Errors
    /// When `date` is outside the valid years.
    pub fn counts(&self, counted: CountedDay, date: NaiveDate) -> Result<bool, CalendarError> {
        self.table(counted)
            .counts(date)
            .ok_or_else(|| self.outside(date))
    }

    /// Whether `date` is neither weekend nor public holiday.
    ///
    /// # Errors
    /// When `date` is outside the valid years.
    pub fn is_business_day(&self, date: NaiveDate) -> Result<bool, CalendarError> {
        self.counts(CountedDay::Business, date)
    }

    /// How many business days lie in `from..=to`; zero when `to` is before `from`.
    ///
    /// # Errors
    /// When either date is outside the valid years.
    pub fn business_days_between(
        &self,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<usize, CalendarError> {
        self.counts(CountedDay::Business, from)?;
        self.business
            .between(from, to)
            .ok_or_else(|| self.outside(to))
    }

    /// Name of the public holiday on `date`, weekends included; nothing on other days.
    #[must_use]
    pub fn holiday(&self, date: NaiveDate) -> Option<&str> {
        self.free.get(&date).map(String::as_str)
    }

    /// Public holidays in `from..=to`, weekends included, in date order.
    ///
    /// # Errors
    /// When either date is outside the valid years.
    pub fn holidays(
        &self,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<(NaiveDate, &str)>, CalendarError> {
        self.counts(CountedDay::Business, from)?;
        self.counts(CountedDay::Business, to)?;
        if to < from {
            return Ok(Vec::new());
        }
        Ok(self
            .free
            .range(from..=to)
            .map(|(date, name)| (*date, name.as_str()))
            .collect())
    }

    /// Whether `date` falls on the weekend of this jurisdiction.
    #[must_use]
    pub fn is_weekend(&self, date: NaiveDate) -> bool {
        self.spec.weekend.contains(&date.weekday())
    }

    fn table(&self, counted: CountedDay) -> &Table {
        match counted {
            CountedDay::Business => &self.business,
            CountedDay::Werktag => &self.werktage,
        }
    }

    #[cold]
    fn no_nth(&self, date: NaiveDate, n: u32) -> CalendarError {
        if n == 0 {
            CalendarError::Zero
        } else if date < self.first || date > self.last {
            self.outside(date)
        } else {
            let (from, to) = self.spec.valid;
            CalendarError::Beyond {
                code: self.spec.code.clone(),
                date,
                n,
                from,
                to,
            }
        }
    }

    #[cold]
    fn outside(&self, date: NaiveDate) -> CalendarError {
        let (from, to) = self.spec.valid;
        CalendarError::Outside {
            code: self.spec.code.clone(),
            date,
            from,
            to,
        }
    }
}

/// For code written against the `bdays` crate, and for comparing with it in tests.
///
/// The trait has no way to say "outside the valid years": there, only the weekend is free. Its
/// `advance_bdays` rolls a weekend trigger forward first and is then one business day late; use
/// [`Calendar::nth_business_day_after`], which nothing here replaces.
impl bdays::HolidayCalendar<NaiveDate> for Calendar {
    fn is_holiday(&self, date: NaiveDate) -> bool {
        self.free.contains_key(&date)
    }

    fn is_bday(&self, date: NaiveDate) -> bool {
        self.business
            .counts(date)
            .unwrap_or_else(|| !self.is_weekend(date))
    }
}

/// All calendars at hand, by code.
#[derive(Clone, Debug, Default)]
pub struct Calendars(BTreeMap<String, Arc<Calendar>>);

impl Calendars {
    /// The calendar with this code.
    ///
    /// # Errors
    /// [`CalendarError::Unknown`], which lists the known codes.
    pub fn get(&self, code: &str) -> Result<&Calendar, CalendarError> {
        self.0
            .get(code)
            .map(Arc::as_ref)
            .ok_or_else(|| CalendarError::Unknown {
                code: code.to_owned(),
                known: self
                    .0
                    .keys()
                    .map(String::as_str)
                    .collect::<Vec<_>>()
                    .join(", "),
            })
    }

    /// Adds a calendar; one with the same code is replaced.
    pub fn insert(&mut self, calendar: Calendar) {
        self.0
            .insert(calendar.code().to_owned(), Arc::new(calendar));
    }

    /// All of them, by code.
    pub fn iter(&self) -> impl Iterator<Item = &Calendar> {
        self.0.values().map(Arc::as_ref)
    }
}

impl FromIterator<Calendar> for Calendars {
    fn from_iter<T: IntoIterator<Item = Calendar>>(iter: T) -> Self {
        let mut calendars = Self::default();
        for calendar in iter {
            calendars.insert(calendar);
        }
        calendars
    }
}
