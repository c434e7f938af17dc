//! An hour is sixty elapsed minutes, also in the night in which the clocks change.

use crate::dates::{from_aware, instant};

#[test]
fn the_wall_clock_shows_another_hour_after_a_change() {
    // Denver goes back one hour on 1 November 2026.
    let autumn = from_aware("eu_gdpr_33_1", "2026-10-30T22:00:00-06:00");
    assert_eq!(autumn.due.to_rfc3339(), "2026-11-02T21:00:00-07:00");
    assert_eq!(autumn.governed_by, "INC");
    // Vienna goes forward one hour on 28 March 2027.
    let spring = from_aware("eu_gdpr_33_1", "2027-03-26T10:00:00+01:00");
    assert_eq!(spring.due.to_rfc3339(), "2027-03-29T11:00:00+02:00");

    // The same wall-clock time three days later would be an hour late and an hour early.
    assert_ne!(autumn.due, instant("2026-11-02T22:00:00-07:00"));
    assert_ne!(spring.due, instant("2027-03-29T10:00:00+02:00"));
}

#[test]
fn all_controllers_are_due_at_once_and_the_one_that_was_asked_in_its_own_time_governs() {
    let vienna = from_aware("eu_gdpr_33_1", "2026-11-23T10:00:00+01:00");
    assert_eq!(
        (vienna.governed_by.as_str(), vienna.legs[0].due),
        ("KG", vienna.legs[1].due)
    );
    let denver = from_aware("eu_gdpr_33_1", "2026-11-23T02:00:00-07:00");
    assert_eq!(denver.governed_by, "INC");
    assert_eq!(denver.due, vienna.due);
    // In neither zone's time: the first controller.
    assert_eq!(
        from_aware("eu_gdpr_33_1", "2026-11-23T09:00:00Z").governed_by,
        "KG"
    );
}
