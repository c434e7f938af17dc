//! Calendars are never merged: a day that is free in either would make the deadline later.

use chrono::{Datelike as _, NaiveDate};
use duenotice::domain::calendar::Calendar;

use crate::dates::{calendar, day, promise};

/// The seventh day that is a business day in both calendars: the reading that is wrong.
fn seventh_of_both(at: &Calendar, co: &Calendar, trigger: NaiveDate) -> NaiveDate {
    trigger
        .iter_days()
        .skip(1)
        .filter(|date| at.is_business_day(*date).unwrap() && co.is_business_day(*date).unwrap())
        .nth(6)
        .unwrap()
}

#[test]
fn the_union_of_holidays_is_later_than_the_strictest() {
    let (at, co) = (calendar("AT"), calendar("US-CO"));
    let trigger = day("2026-12-21");
    let deadline = promise("2026-12-21T12:00:00Z");
    assert_eq!(deadline.last_permitted_day, Some(day("2026-12-31")));
    assert_eq!(seventh_of_both(at, co, trigger), day("2026-12-31"));

    // The same with a holiday on one side only.
    let deadline = promise("2026-11-25T12:00:00Z");
    assert_eq!(deadline.last_permitted_day, Some(day("2026-12-04")));
    assert_eq!(
        seventh_of_both(at, co, day("2026-11-25")),
        day("2026-12-07")
    );

    let days: Vec<NaiveDate> = day("2000-01-01")
        .iter_days()
        .take_while(|date| date.year() <= 2074)
        .collect();
    let late = days
        .iter()
        .filter(|date| {
            let strictest = [at, co].map(|one| one.nth_business_day_after(**date, 7).unwrap());
            let merged = seventh_of_both(at, co, **date);
            assert!(merged >= *strictest.iter().max().unwrap(), "{date}");
            merged > *strictest.iter().min().unwrap()
        })
        .count();
    // 44 of 100 days.
    assert!(late * 100 / days.len() > 40, "{late} of {}", days.len());
}
