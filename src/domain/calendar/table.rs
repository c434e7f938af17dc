//! Counting tables: which days count, and the n-th of them after a date, without a loop.
//!
//! Always holds: `days` is ascending, `through[i]` is how many of them are not later than the
//! i-th day of the range, so the n-th day after a date is one look into each. It does not know why
//! a day does not count.

use chrono::{Datelike, NaiveDate};

/// Longest range of years that the 16-bit counters can number.
pub(super) const YEARS_MAX: i32 = 175;

#[derive(Clone, Debug)]
pub(super) struct Table {
    first_ce: i32,
    through: Vec<u16>,
    days: Vec<NaiveDate>,
}

impl Table {
    /// Lists the days from `first` to `last` inclusive for which `counts` is true.
    ///
    /// No more than [`YEARS_MAX`] years, whose days a 16-bit number can hold.
    pub(super) fn new(
        first: NaiveDate,
        last: NaiveDate,
        counts: impl Fn(NaiveDate) -> bool,
    ) -> Self {
        let mut through = Vec::new();
        let mut days = Vec::new();
        for day in first.iter_days().take_while(|day| *day <= last) {
            if counts(day) {
                days.push(day);
            }
            through.push(u16::try_from(days.len()).unwrap_or(u16::MAX));
        }
        Self {
            first_ce: first.num_days_from_ce(),
            through,
            days,
        }
    }

    fn through(&self, date: NaiveDate) -> Option<usize> {
        let index = usize::try_from(date.num_days_from_ce() - self.first_ce).ok()?;
        self.through.get(index).map(|count| usize::from(*count))
    }

    /// The n-th counted day after `date`, which is not counted itself, whatever day it is.
    ///
    /// Nothing when `n` is zero, or when `date` or the answer is outside the range.
    pub(super) fn nth_after(&self, date: NaiveDate, n: u32) -> Option<NaiveDate> {
        let before = self.through(date)?;
        let n = usize::try_from(n).ok()?.checked_sub(1)?;
        self.days.get(before.checked_add(n)?).copied()
    }

    /// Whether `date` counts; nothing outside the range.
    pub(super) fn counts(&self, date: NaiveDate) -> Option<bool> {
        let through = self.through(date)?;
        Some(through > 0 && self.days.get(through - 1) == Some(&date))
    }

    /// How many days in `from..=to` count; nothing when either is outside the range.
    pub(super) fn between(&self, from: NaiveDate, to: NaiveDate) -> Option<usize> {
        let upto = self.through(to)?;
        let before = self.through(from)? - usize::from(self.counts(from)?);
        Some(upto.saturating_sub(before))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.days.is_empty()
    }
}
