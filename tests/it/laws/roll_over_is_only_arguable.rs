//! A last day that is a weekend or a holiday is due all the same; that the law extends it is shown.
//!
//! C.R.S. 2-4-108(2); Reg 1182/71 Art 3(4). U02, U03, N03 and N06 of the worked deadlines.

use super::made::due;
use crate::dates::day;

#[track_caller]
fn assert_rolls(rule: &str, fact: &str, last: &str, end: &str, rolled: &str) {
    let deadline = due(rule, &[fact]);
    assert_eq!(deadline.last_permitted_day, Some(day(last)), "{fact}");
    assert_eq!(deadline.due.to_rfc3339(), end, "{fact}");
    assert_eq!(
        deadline.latest_arguable.unwrap().to_rfc3339(),
        rolled,
        "{fact}"
    );
}

#[test]
fn colorado_extends_sunday_and_cabrini_day() {
    assert_rolls(
        "made.thirty_days_colorado",
        "determination=2026-11-27T10:00:00-07:00",
        "2026-12-27",
        "2026-12-28T00:00:00-07:00",
        "2026-12-29T00:00:00-07:00",
    );
    assert_rolls(
        "made.thirty_days_colorado",
        "determination=2026-09-05T10:00:00-06:00",
        "2026-10-05",
        "2026-10-06T00:00:00-06:00",
        "2026-10-07T00:00:00-06:00",
    );
}

#[test]
fn the_union_extends_to_the_end_of_the_next_working_day() {
    // 25 December is a Friday, 26 December a holiday on a Saturday: Monday.
    assert_rolls(
        "made.three_days",
        "initial_notification_submitted=2026-12-23T09:00:00+01:00",
        "2026-12-26",
        "2026-12-27T00:00:00+01:00",
        "2026-12-29T00:00:00+01:00",
    );
    // One month after 31 January ends on Sunday 28 February.
    assert_rolls(
        "made.month",
        "aware=2027-01-31T09:00:00+01:00",
        "2027-02-28",
        "2027-03-01T00:00:00+01:00",
        "2027-03-02T00:00:00+01:00",
    );
}

#[test]
fn a_last_day_that_is_a_working_day_has_no_later_reading() {
    let deadline = due(
        "made.thirty_days_colorado",
        &["determination=2026-11-23T10:00:00-07:00"],
    );
    assert_eq!(deadline.last_permitted_day, Some(day("2026-12-23")));
    assert_eq!(deadline.latest_arguable, None);
}
