//! "Within 60 days after the end of the calendar year" of the discovery: 1 March, in a leap year
//! 29 February (45 CFR 164.408(c), 16 CFR 318.5(c)).

use super::made::{due, says, vienna};
use crate::dates::{day, last_day};

#[test]
fn the_first_of_march_or_the_leap_day() {
    for (aware, last) in [
        ("2026-11-23T10:00:00+01:00", "2027-03-01"),
        ("2026-01-01T10:00:00+01:00", "2027-03-01"),
        ("2027-07-04T10:00:00+02:00", "2028-02-29"),
        ("2028-02-29T10:00:00+01:00", "2029-03-01"),
    ] {
        let deadline = vienna("made.year_end", &[&format!("aware={aware}")], &[]);
        assert_eq!(deadline.last_permitted_day, Some(day(last)), "{aware}");
        assert!(says(&deadline.legs[0], "the year of the event"), "{aware}");
    }
}

#[test]
fn the_year_is_that_of_the_controller() {
    // New Year's Eve in Denver, New Year in Vienna.
    let deadline = due("made.year_end", &["aware=2026-12-31T20:00:00-07:00"]);
    assert_eq!(last_day(&deadline, "INC"), day("2027-03-01"));
    assert_eq!(last_day(&deadline, "KG"), day("2028-02-29"));
    assert_eq!(deadline.governed_by, "INC");
}
