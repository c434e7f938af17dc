//! A filing is received until 17:30 in New York, and at 17:30 it is still on time (Form 8-K Item
//! 1.05 with Reg S-T rule 13: filings begun by 17:30 have that day's date).

use duenotice::domain::deadline::Bound;

use super::made::{due, says};
use crate::dates::day;

#[test]
fn four_business_days_end_at_half_past_five() {
    // Friday: Monday, Tuesday, Wednesday, not Thanksgiving, Friday.
    let deadline = due(
        "made.cutoff",
        &["materiality_determination=2026-11-20T18:00:00-05:00"],
    );
    assert_eq!(deadline.due.to_rfc3339(), "2026-11-27T17:30:00-05:00");
    assert_eq!(deadline.bound, Bound::AtOrBefore);
    assert_eq!(deadline.last_permitted_day, Some(day("2026-11-27")));
    assert!(says(&deadline.legs[0], "ends at 17:30 in America/New_York"));
    // The goal, 17:00, is before the cutoff.
    assert_eq!(
        deadline.target.unwrap().to_rfc3339(),
        "2026-11-27T17:00:00-05:00"
    );
}

#[test]
fn the_determination_on_a_weekend_counts_from_the_first_business_day() {
    // Form 8-K General Instruction B.1: on a Saturday the period begins "to run on, and include, the
    // first business day thereafter": Monday, Tuesday, Wednesday, Friday.
    let deadline = due(
        "made.cutoff",
        &["materiality_determination=2026-11-21T12:00:00-05:00"],
    );
    assert_eq!(deadline.last_permitted_day, Some(day("2026-11-27")));
}

#[test]
fn the_day_is_that_of_new_york() {
    // Sunday 23:30 in Denver is Monday in New York: Tuesday is the first day.
    let deadline = due(
        "made.cutoff",
        &["materiality_determination=2026-11-08T23:30:00-07:00"],
    );
    assert_eq!(deadline.legs[0].trigger_day, Some(day("2026-11-09")));
    // 10 November, not Veterans Day, 12, 13, 16.
    assert_eq!(deadline.last_permitted_day, Some(day("2026-11-16")));
}
