//! The last day ends at midnight, not at the close of business; midnight itself is too late.
//!
//! ABGB § 903 ("Ablauf des letzten Tages"); Reg 1182/71 Art 3(2)(b).

use chrono::{TimeDelta, Timelike as _};
use duenotice::domain::deadline::Bound;

use crate::dates::{day, instant, promise};

#[test]
fn the_due_instant_is_the_first_that_is_late() {
    let deadline = promise("2026-11-23T10:00:00+01:00");
    assert_eq!(deadline.bound, Bound::Before);
    assert_eq!(deadline.due, instant("2026-12-03T00:00:00+01:00"));
    assert_eq!(deadline.due_utc, instant("2026-12-02T23:00:00Z"));
    let last_moment = deadline.due - TimeDelta::milliseconds(1);
    assert_eq!(last_moment.date_naive(), day("2026-12-02"));
    assert_eq!(Some(last_moment.date_naive()), deadline.last_permitted_day);
    // Neither 17:00 nor the same time of day.
    assert_eq!(deadline.due.hour(), 0);
}

#[test]
fn the_offset_is_that_of_the_last_day_and_not_of_the_first() {
    // Both zones change their clocks in between.
    let deadline = promise("2026-10-22T09:00:00+02:00");
    assert_eq!(deadline.due.to_rfc3339(), "2026-11-03T00:00:00-07:00");
    assert_ne!(deadline.due, instant("2026-11-03T00:00:00-06:00"));
    let forward = promise("2027-03-24T10:00:00+01:00");
    assert_eq!(
        forward.legs[0].due.to_rfc3339(),
        "2027-04-06T00:00:00+02:00"
    );
}
