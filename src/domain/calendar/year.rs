//! A year of a calendar as a person looks at it: what each day is, and which days only seem free.
//!
//! Always holds: what is said about a day is what is counted. It lays nothing out.

use chrono::{Datelike, NaiveDate, Weekday};

use super::rule::{Kind, Spec};
use super::{Calendar, CalendarError};

/// What a day is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Counted.
    Business,
    /// Not counted, as it is on the weekend; no holiday falls on it.
    Weekend,
    /// A holiday, on a weekend or not.
    Free,
    /// Counted although the weekend or a holiday says otherwise.
    Worked,
}

/// A business day that many take for a free one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seeming {
    /// The day.
    pub date: NaiveDate,
    /// Who takes it off.
    pub kind: Kind,
    /// Its name.
    pub name: String,
}

impl Calendar {
    /// What `date` is.
    ///
    /// # Errors
    /// When `date` is outside the valid years.
    pub fn look(&self, date: NaiveDate) -> Result<Look, CalendarError> {
        let business = self.is_business_day(date)?;
        Ok(if business && self.opened(date).is_some() {
            Look::Worked
        } else if business {
            Look::Business
        } else if self.holiday(date).is_some() {
            Look::Free
        } else {
            Look::Weekend
        })
    }

    /// The business days in `from..=to` on which banks or offices close, or somebody may, in date order.
    ///
    /// # Errors
    /// When either date is outside the valid years.
    pub fn seeming(&self, from: NaiveDate, to: NaiveDate) -> Result<Vec<Seeming>, CalendarError> {
        self.is_business_day(from)?;
        self.is_business_day(to)?;
        let mut all = self.spec().other_days(from.year(), to.year());
        all.retain(|one| {
            from <= one.date && one.date <= to && self.is_business_day(one.date) == Ok(true)
        });
        all.sort_by(|a, b| (a.date, &a.name).cmp(&(b.date, &b.name)));
        all.dedup();
        Ok(all)
    }
}

impl Spec {
    /// The days of the rules that do not interrupt counting, in the order of the rules.
    fn other_days(&self, from: i32, to: i32) -> Vec<Seeming> {
        let mut days = Vec::new();
        for rule in self.rules.iter().filter(|rule| rule.kind != Kind::Public) {
            for year in from.saturating_sub(1)..=to.saturating_add(1) {
                for date in rule.kept(year, &self.tables) {
                    days.push(Seeming {
                        date,
                        kind: rule.kind,
                        name: rule.name.clone(),
                    });
                }
            }
        }
        days
    }
}

/// The weeks of a month from Monday to Sunday; nothing where a day belongs to another month.
#[must_use]
pub fn weeks(year: i32, month: u32) -> Vec<[Option<NaiveDate>; 7]> {
    let mut weeks = Vec::new();
    let Some(first) = NaiveDate::from_ymd_opt(year, month, 1) else {
        return weeks;
    };
    let mut week = [None; 7];
    for date in first.iter_days().take_while(|date| date.month() == month) {
        let place = usize::try_from(date.weekday().num_days_from_monday()).unwrap_or_default();
        if let Some(day) = week.get_mut(place) {
            *day = Some(date);
        }
        if date.weekday() == Weekday::Sun {
            weeks.push(week);
            week = [None; 7];
        }
    }
    if week.iter().any(Option::is_some) {
        weeks.push(week);
    }
    weeks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_has_all_its_days_each_below_its_weekday() {
        for (year, month, days, rows) in [(2026, 2, 28, 5), (2027, 2, 28, 4), (2026, 11, 30, 6)] {
            let weeks = weeks(year, month);
            assert_eq!(weeks.len(), rows, "{year}-{month}");
            let all: Vec<_> = weeks.iter().flatten().flatten().collect();
            assert_eq!(all.len(), days);
            for week in &weeks {
                for (place, date) in (0..).zip(week) {
                    assert!(date.is_none_or(|d| d.weekday().num_days_from_monday() == place));
                }
            }
        }
        assert_eq!(weeks(2026, 13), Vec::<[Option<NaiveDate>; 7]>::new());
    }
}
