//! Working days of a jurisdiction.
//!
//! Always holds: a calendar answers only for the years it is valid for; any other date, and any
//! count whose result would leave them, is an error that names the calendar and the years. Only
//! public holidays and the weekend interrupt counting. The count starts on the day after the given
//! one, whether or not the given one is a business day: shifting it first would add a day.
//! It knows no time of day and no zone arithmetic (`domain/deadline.rs`), and reads no files.

mod expr;
mod overlay;
mod rule;
mod set;
mod shift;
mod table;
mod year;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use chrono::{Datelike, NaiveDate, Weekday};

pub use expr::{DateTables, Expr, parse_weekday, weekday_name};
pub use overlay::{Override, OverrideKind};
pub use rule::{Kind, Limit, Rule, Spec};
pub use set::Calendars;
pub use shift::{Move, Shift};
use table::Table;
pub use year::{Look, Seeming, weeks};

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
    #[error("there is no calendar {code}; {known}")]
    Unknown {
        /// The code asked for.
        code: String,
        /// Which codes exist, as a part of a sentence.
        known: String,
    },
}

/// The working days of one jurisdiction; a handle that costs nothing to clone.
///
/// What its rules say is worked out when it is first asked about a day, once: most of the calendars
/// of a program are never asked.
#[derive(Clone, Debug)]
pub struct Calendar(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    spec: Spec,
    overrides: Vec<Override>,
    first: NaiveDate,
    last: NaiveDate,
    hash: OnceLock<String>,
    days: OnceLock<Days>,
}

/// The valid years of a calendar, day by day.
#[derive(Debug)]
struct Days {
    free: BTreeMap<NaiveDate, String>,
    business: Table,
    werktage: Table,
}

impl Days {
    fn new(spec: &Spec, first: NaiveDate, last: NaiveDate) -> Self {
        let free = spec.free_days();
        let table = |weekend: &[Weekday]| {
            Table::new(first, last, |date| {
                spec.open.contains_key(&date)
                    || !(weekend.contains(&date.weekday()) || free.contains_key(&date))
            })
        };
        Self {
            business: table(&spec.weekend),
            werktage: table(&[Weekday::Sun]),
            free,
        }
    }
}

impl Calendar {
    /// Checks what can be wrong with a calendar as a whole.
    ///
    /// # Errors
    /// [`CalendarError::Years`] and [`CalendarError::NoBusinessDay`].
    pub fn new(spec: Spec) -> Result<Self, CalendarError> {
        Self::build(spec, Vec::new())
    }

    /// The same calendar with days that the operator set laid over it, the last entered on top.
    ///
    /// # Errors
    /// When one of the days is outside the valid years, or no business day is left.
    pub fn with_overrides(&self, overrides: &[Override]) -> Result<Self, CalendarError> {
        let mut spec = self.0.spec.clone();
        let mut all = self.0.overrides.clone();
        all.extend(overrides.iter().cloned());
        all.sort_by_key(|one| (one.at, one.id));
        for one in &all {
            let date = one.date;
            if date < self.0.first || date > self.0.last {
                return Err(self.outside(date));
            }
            if one.kind.is_free() {
                spec.open.remove(&date);
                spec.closed.insert(date, one.to_string());
            } else {
                spec.closed.remove(&date);
                spec.open.insert(date, one.to_string());
            }
        }
        all.sort_by_key(|one| (one.date, one.at, one.id));
        Self::build(spec, all)
    }

    fn build(spec: Spec, overrides: Vec<Override>) -> Result<Self, CalendarError> {
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
        let suspicious = !spec.surely_has_business_days(first, last);
        let calendar = Self(Arc::new(Inner {
            spec,
            overrides,
            first,
            last,
            hash: OnceLock::new(),
            days: OnceLock::new(),
        }));
        if suspicious && calendar.days().business.is_empty() {
            return Err(CalendarError::NoBusinessDay {
                code: calendar.code().to_owned(),
            });
        }
        Ok(calendar)
    }

    fn days(&self) -> &Days {
        let inner = &*self.0;
        inner
            .days
            .get_or_init(|| Days::new(&inner.spec, inner.first, inner.last))
    }

    /// Code of the jurisdiction, such as `US-CO`.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.0.spec.code
    }

    /// The definition it was compiled from: name, source, rules, whether it is verified; the days that
    /// the operator set stand in `closed` and `open`.
    #[must_use]
    pub fn spec(&self) -> &Spec {
        &self.0.spec
    }

    /// The days that the operator set, in date order.
    #[must_use]
    pub fn overrides(&self) -> &[Override] {
        &self.0.overrides
    }

    /// SHA-256 (hex) over the canonical JSON of the definition, inherited rules, tables and the days
    /// that the operator set included.
    #[must_use]
    pub fn hash(&self) -> &str {
        self.0.hash.get_or_init(|| {
            if self.0.overrides.is_empty() {
                super::canonical::sha256_hex(&self.0.spec)
            } else {
                super::canonical::sha256_hex(&(&self.0.spec, &self.0.overrides))
            }
        })
    }

    /// First and last day it can answer for, both inclusive.
    #[must_use]
    pub fn range(&self) -> (NaiveDate, NaiveDate) {
        (self.0.first, self.0.last)
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
        self.days()
            .business
            .between(from, to)
            .ok_or_else(|| self.outside(to))
    }

    /// Name of the public holiday on `date`, weekends included; nothing on other days.
    #[must_use]
    pub fn holiday(&self, date: NaiveDate) -> Option<&str> {
        self.days().free.get(&date).map(String::as_str)
    }

    /// Why `date` is worked although the weekend or a rule says otherwise; nothing on other days.
    #[must_use]
    pub fn opened(&self, date: NaiveDate) -> Option<&str> {
        self.0.spec.open.get(&date).map(String::as_str)
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
            .days()
            .free
            .range(from..=to)
            .map(|(date, name)| (*date, name.as_str()))
            .collect())
    }

    /// Whether `date` falls on the weekend of this jurisdiction.
    #[must_use]
    pub fn is_weekend(&self, date: NaiveDate) -> bool {
        self.0.spec.weekend.contains(&date.weekday())
    }

    fn table(&self, counted: CountedDay) -> &Table {
        match counted {
            CountedDay::Business => &self.days().business,
            CountedDay::Werktag => &self.days().werktage,
        }
    }

    #[cold]
    fn no_nth(&self, date: NaiveDate, n: u32) -> CalendarError {
        if n == 0 {
            CalendarError::Zero
        } else if date < self.0.first || date > self.0.last {
            self.outside(date)
        } else {
            let (from, to) = self.0.spec.valid;
            CalendarError::Beyond {
                code: self.0.spec.code.clone(),
                date,
                n,
                from,
                to,
            }
        }
    }

    #[cold]
    fn outside(&self, date: NaiveDate) -> CalendarError {
        let (from, to) = self.0.spec.valid;
        CalendarError::Outside {
            code: self.0.spec.code.clone(),
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
        self.days().free.contains_key(&date)
    }

    fn is_bday(&self, date: NaiveDate) -> bool {
        self.days()
            .business
            .counts(date)
            .unwrap_or_else(|| !self.is_weekend(date))
    }
}
