//! Each controller owes the promise under its own law and zone; the earlier instant is the deadline.

use crate::dates::{day, instant, promise};

#[test]
fn the_earliest_instant_governs_whoever_it_belongs_to() {
    // Thanksgiving lengthens only the Denver count.
    let vienna = promise("2026-11-23T10:00:00+01:00");
    assert_eq!(vienna.governed_by, "KG");
    assert_eq!(vienna.due, instant("2026-12-03T00:00:00+01:00"));
    assert_eq!(vienna.legs[1].last_day, Some(day("2026-12-03")));

    // Immaculate Conception lengthens only the Vienna count.
    let denver = promise("2026-12-03T10:00:00+01:00");
    assert_eq!(denver.governed_by, "INC");
    assert_eq!(denver.due.to_rfc3339(), "2026-12-15T00:00:00-07:00");

    // On the same last day, midnight comes to Vienna first.
    let same = promise("2027-01-06T10:00:00+01:00");
    assert_eq!(same.legs[0].last_day, same.legs[1].last_day);
    assert_eq!(same.governed_by, "KG");

    // Taking always the first controller, or the later instant, gives another answer.
    assert_ne!(denver.due, denver.legs[0].due);
    assert_ne!(
        vienna.due,
        vienna.legs.iter().map(|leg| leg.due).max().unwrap()
    );
}

#[test]
fn the_local_day_of_each_controller_is_its_own_day_zero() {
    // One minute apart: 16:00 in Denver is midnight in Vienna, so the Vienna day changes.
    let before = promise("2026-11-25T15:59:00-07:00");
    let after = promise("2026-11-25T16:00:00-07:00");
    assert_eq!(before.due.to_rfc3339(), "2026-12-05T00:00:00+01:00");
    assert_eq!(after.due.to_rfc3339(), "2026-12-08T00:00:00+01:00");
    assert_eq!(before.legs[1].trigger_day, after.legs[1].trigger_day);
}
