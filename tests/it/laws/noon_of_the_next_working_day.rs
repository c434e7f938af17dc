//! A DORA limit on a weekend or bank holiday may be kept by noon of the next working day; some kinds
//! of entities may not use that (Delegated Regulation (EU) 2025/301 Art 5(4) and (5)).

use super::made::{due, vienna};
use crate::dates::{day, instant};

#[test]
fn it_is_arguable_and_never_due() {
    // Saturday evening; Monday 30 November is the next working day.
    let deadline = due(
        "made.capped",
        &[
            "aware=2026-11-28T15:00:00+01:00",
            "classified_major=2026-11-28T16:00:00+01:00",
        ],
    );
    assert_eq!(deadline.due, instant("2026-11-28T20:00:00+01:00"));
    assert_eq!(
        deadline.latest_arguable.unwrap().to_rfc3339(),
        "2026-11-30T12:00:00+01:00"
    );
}

#[test]
fn a_month_that_ends_on_a_sunday() {
    let deadline = vienna(
        "made.month_noon",
        &["intermediate_submitted=2027-01-31T09:00:00+01:00"],
        &[],
    );
    assert_eq!(deadline.last_permitted_day, Some(day("2027-02-28")));
    assert_eq!(deadline.due.to_rfc3339(), "2027-03-01T00:00:00+01:00");
    assert_eq!(
        deadline.latest_arguable.unwrap().to_rfc3339(),
        "2027-03-01T12:00:00+01:00"
    );
}

#[test]
fn a_working_day_has_no_later_reading() {
    let deadline = due(
        "made.capped",
        &[
            "aware=2026-11-27T15:00:00+01:00",
            "classified_major=2026-11-27T16:00:00+01:00",
        ],
    );
    assert_eq!(deadline.latest_arguable, None);
    assert!(
        deadline
            .latest_why
            .unwrap()
            .contains("No more generous reading")
    );
    // Christmas Eve and New Year's Eve are working days in Austria.
    let eve = due(
        "made.capped",
        &[
            "aware=2026-12-24T10:00:00+01:00",
            "classified_major=2026-12-24T11:00:00+01:00",
        ],
    );
    assert_eq!(eve.latest_arguable, None);
}
