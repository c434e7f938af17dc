//! A period in hours runs over weekends and holidays and may end on one.
//!
//! Reg 1182/71 Art 3(3) and (4): only periods "expressed otherwise than in hours" are extended.

use duenotice::domain::deadline::Bound;

use crate::dates::{from_aware, instant};

#[test]
fn seventy_two_hours_end_on_christmas_day() {
    let deadline = from_aware("eu_gdpr_33_1", "2020-12-22T12:17:00+01:00");
    assert_eq!(deadline.due.to_rfc3339(), "2020-12-25T12:17:00+01:00");
    assert_eq!(deadline.bound, Bound::AtOrBefore);
    assert_eq!(deadline.last_permitted_day, None);
    // Not counting the hour of the event is shown, and never used.
    assert_eq!(
        deadline.latest_arguable,
        Some(instant("2020-12-25T13:00:00+01:00"))
    );
    assert!(deadline.due < deadline.latest_arguable.unwrap());
    // Rolled over to the next working day it would be 28 December.
    assert!(deadline.due < instant("2020-12-28T00:00:00+01:00"));
}

#[test]
fn a_full_hour_is_left_out_as_well_in_the_generous_reading() {
    let deadline = from_aware("eu_gdpr_33_1", "2026-11-23T10:00:00+01:00");
    assert_eq!(deadline.due, instant("2026-11-26T10:00:00+01:00"));
    assert_eq!(
        deadline.latest_arguable,
        Some(instant("2026-11-26T11:00:00+01:00"))
    );
}
