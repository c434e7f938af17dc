//! Date expressions: `"12-25"`, `"easter+39"`, `"mon#-1/05"`, `"sat>=06-20"`, `"@lunar-new-year"`.
//!
//! Always holds: an expression that parses can be evaluated for every year and answers with the
//! dates it means in that year, which may be none (29 February, a fifth Monday, a year that a
//! table does not list). It does not know about weekends, shifts or kinds; `rule.rs` does.

mod read;

use std::collections::BTreeMap;
use std::fmt;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::{Serialize, Serializer};

/// Named lists of dates that an expression can point at with `@name`.
pub type DateTables = BTreeMap<String, Vec<NaiveDate>>;

/// A base date and a number of days to move from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expr {
    base: Base,
    days: i32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Base {
    Fixed {
        month: u32,
        day: u32,
    },
    Easter,
    Orthodox,
    /// The n-th (from the end when negative) weekday of a month.
    Nth {
        weekday: Weekday,
        n: i8,
        month: u32,
    },
    /// The nearest weekday on one side of another date.
    Near {
        weekday: Weekday,
        side: Side,
        of: Box<Expr>,
    },
    Table(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    After,
    OnOrAfter,
    Before,
    OnOrBefore,
}

impl Expr {
    /// Reads one expression of the grammar in `playbooks/README.md`.
    ///
    /// # Errors
    /// A sentence that says which part cannot be read.
    pub fn parse(text: &str) -> Result<Self, String> {
        read::read(text)
    }

    /// The dates meant in the nominal `year`; an offset may carry them into a neighbouring year.
    #[must_use]
    pub fn dates(&self, year: i32, tables: &DateTables) -> Vec<NaiveDate> {
        let bases = match &self.base {
            Base::Fixed { month, day } => NaiveDate::from_ymd_opt(year, *month, *day)
                .into_iter()
                .collect(),
            Base::Easter => western_easter(year).into_iter().collect(),
            Base::Orthodox => orthodox_easter(year).into_iter().collect(),
            Base::Nth { weekday, n, month } => nth_weekday(year, *month, *weekday, *n)
                .into_iter()
                .collect(),
            Base::Near { weekday, side, of } => of
                .dates(year, tables)
                .into_iter()
                .filter_map(|date| nearest(date, *weekday, *side))
                .collect(),
            Base::Table(name) => tables
                .get(name)
                .map(|dates| {
                    dates
                        .iter()
                        .copied()
                        .filter(|date| date.year() == year)
                        .collect()
                })
                .unwrap_or_default(),
        };
        let mut dates: Vec<NaiveDate> = bases;
        for date in &mut dates {
            match moved(*date, self.days) {
                Some(target) => *date = target,
                None => return Vec::new(),
            }
        }
        dates
    }

    /// The tables that this expression points at.
    #[must_use]
    pub fn table(&self) -> Option<&str> {
        match &self.base {
            Base::Table(name) => Some(name),
            Base::Near { of, .. } => of.table(),
            _ => None,
        }
    }
}

impl fmt::Display for Expr {
    /// Writes the expression so that [`Expr::parse`] reads the same one again.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.base {
            Base::Fixed { month, day } => write!(f, "{month:02}-{day:02}")?,
            Base::Easter => f.write_str("easter")?,
            Base::Orthodox => f.write_str("orthodox")?,
            Base::Nth { weekday, n, month } => {
                write!(f, "{}#{n}/{month:02}", weekday_name(*weekday))?;
            }
            Base::Near { weekday, side, of } => {
                let side = match side {
                    Side::After => ">",
                    Side::OnOrAfter => ">=",
                    Side::Before => "<",
                    Side::OnOrBefore => "<=",
                };
                write!(f, "{}{side}({of})", weekday_name(*weekday))?;
            }
            Base::Table(name) => write!(f, "@{name}")?,
        }
        if self.days == 0 {
            Ok(())
        } else {
            write!(f, "{:+}", self.days)
        }
    }
}

impl Serialize for Expr {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// `mon` … `sun` as a weekday.
#[must_use]
pub fn parse_weekday(text: &str) -> Option<Weekday> {
    Some(match text {
        "mon" => Weekday::Mon,
        "tue" => Weekday::Tue,
        "wed" => Weekday::Wed,
        "thu" => Weekday::Thu,
        "fri" => Weekday::Fri,
        "sat" => Weekday::Sat,
        "sun" => Weekday::Sun,
        _ => return None,
    })
}

/// The weekday as `mon` … `sun`.
#[must_use]
pub fn weekday_name(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Mon => "mon",
        Weekday::Tue => "tue",
        Weekday::Wed => "wed",
        Weekday::Thu => "thu",
        Weekday::Fri => "fri",
        Weekday::Sat => "sat",
        Weekday::Sun => "sun",
    }
}

/// `date` plus `days`, which may be negative; nothing when that leaves the years chrono knows.
pub(super) fn moved(date: NaiveDate, days: i32) -> Option<NaiveDate> {
    let count = Days::new(u64::from(days.unsigned_abs()));
    if days < 0 {
        date.checked_sub_days(count)
    } else {
        date.checked_add_days(count)
    }
}

fn nearest(date: NaiveDate, weekday: Weekday, side: Side) -> Option<NaiveDate> {
    let ahead = i32::try_from(weekday.days_since(date.weekday())).ok()?;
    moved(
        date,
        match side {
            Side::OnOrAfter => ahead,
            Side::After if ahead == 0 => 7,
            Side::After => ahead,
            Side::OnOrBefore if ahead == 0 => 0,
            Side::OnOrBefore | Side::Before => ahead - 7,
        },
    )
}

fn nth_weekday(year: i32, month: u32, weekday: Weekday, n: i8) -> Option<NaiveDate> {
    if n > 0 {
        return NaiveDate::from_weekday_of_month_opt(year, month, weekday, n.unsigned_abs());
    }
    let next = if month == 12 {
        NaiveDate::from_ymd_opt(year.checked_add(1)?, 1, 1)
    } else {
        NaiveDate::from_ymd_opt(year, month + 1, 1)
    }?;
    let last = nearest(next, weekday, Side::Before)?;
    let date = moved(last, 7 * (i32::from(n) + 1))?;
    (date.month() == month).then_some(date)
}

/// Easter Sunday of the Gregorian computus (Meeus, Jones and Butcher), for any Gregorian year.
fn western_easter(year: i32) -> Option<NaiveDate> {
    let y = u32::try_from(year).ok()?;
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 19 * l) / 433;
    let n = (h + l + 90 - 7 * m) / 25;
    let day = (h + l + 33 * n + 19 - 7 * m) % 32;
    NaiveDate::from_ymd_opt(year, n, day)
}

/// Orthodox Easter Sunday: the Julian computus (Meeus), written as a Gregorian date.
fn orthodox_easter(year: i32) -> Option<NaiveDate> {
    let y = u32::try_from(year).ok()?;
    let (a, b, c) = (y % 4, y % 7, y % 19);
    let d = (19 * c + 15) % 30;
    let e = (2 * a + 4 * b + 34 - d) % 7;
    let julian = NaiveDate::from_ymd_opt(year, (d + e + 114) / 31, (d + e + 114) % 31 + 1)?;
    // The two calendars drift apart by three days in 400 years; 13 days from 1900 to 2099.
    julian.checked_add_days(Days::new(u64::from((y / 100).checked_sub(y / 400 + 2)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_year(text: &str, year: i32) -> Vec<String> {
        let expr = Expr::parse(text).unwrap();
        assert_eq!(
            Expr::parse(&expr.to_string()).unwrap(),
            expr,
            "{text} round trip"
        );
        expr.dates(year, &DateTables::new())
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn dates_are_found() {
        for (text, year, date) in [
            ("12-25", 2026, "2026-12-25"),
            ("12-25-1", 2026, "2026-12-24"),
            ("01-01-1", 2026, "2025-12-31"),
            ("easter", 2026, "2026-04-05"),
            ("easter-2", 2027, "2027-03-26"),
            ("easter+60", 2026, "2026-06-04"),
            ("easter", 2038, "2038-04-25"),
            ("easter", 3401, "3401-03-22"),
            ("orthodox", 2026, "2026-04-12"),
            ("orthodox+1", 2024, "2024-05-06"),
            ("mon#3/01", 2026, "2026-01-19"),
            ("mon#-1/05", 2026, "2026-05-25"),
            ("mon#-1/12", 2026, "2026-12-28"),
            ("thu#4/11", 2026, "2026-11-26"),
            ("thu#4/11+1", 2026, "2026-11-27"),
            ("fri>=06-19", 2026, "2026-06-19"),
            ("fri>06-19", 2026, "2026-06-26"),
            ("fri<=06-19", 2026, "2026-06-19"),
            ("fri<06-19", 2026, "2026-06-12"),
            ("mon<(12-25-1)", 2026, "2026-12-21"),
            ("sat>=(sun#1/11-1)+2", 2026, "2026-11-02"),
        ] {
            assert_eq!(in_year(text, year), [date], "{text} in {year}");
        }
        assert!(in_year("02-29", 2027).is_empty());
        assert!(in_year("mon#5/02", 2026).is_empty());
        assert!(in_year("mon#-5/02", 2026).is_empty());
    }

    #[test]
    fn tables_answer_only_for_their_years() {
        let date = NaiveDate::from_ymd_opt(2026, 3, 20).unwrap();
        let tables = DateTables::from([("equinox-spring".to_owned(), vec![date])]);
        let expr = Expr::parse("@equinox-spring+1").unwrap();
        assert_eq!(expr.table(), Some("equinox-spring"));
        assert_eq!(expr.dates(2026, &tables), [date.succ_opt().unwrap()]);
        assert!(expr.dates(2027, &tables).is_empty());
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        for text in [
            "",
            "13-01",
            "02-30",
            "1-1",
            "01-01x",
            "easter+",
            "easter+301",
            "mon#0/01",
            "mon#6/01",
            "mon#1",
            "mon",
            "1",
            "01-1",
            "mon#1/1",
            "mon>=(01-01",
            "mon>=((((01-01))))",
            "@",
            "@x1",
            "pâques",
            "Mon#1/01",
            "easter--1",
            "+1-01",
            "mo\u{301}n",
        ] {
            assert!(Expr::parse(text).is_err(), "{text:?} should not parse");
        }
    }

    #[test]
    fn easter_agrees_with_the_bdays_crate_while_that_is_right() {
        for year in 1900..3401 {
            let theirs = bdays::easter::easter_naive_date(year).unwrap();
            assert_eq!(western_easter(year), Some(theirs), "{year}");
        }
    }
}
