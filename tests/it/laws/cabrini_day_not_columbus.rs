//! Colorado keeps Frances Xavier Cabrini Day, the first Monday of October, since 2020; not Columbus Day.
//!
//! C.R.S. 24-11-101(1) as amended by HB20-1031.

use crate::dates::{calendar, day, last_day, promise};

#[test]
fn the_first_monday_of_october_is_free_and_the_second_is_not() {
    let co = calendar("US-CO");
    assert_eq!(
        co.holiday(day("2026-10-05")),
        Some("Frances Xavier Cabrini Day")
    );
    assert!(co.is_business_day(day("2026-10-12")).unwrap());
    // Before the change it was the other way round.
    assert_eq!(co.holiday(day("2019-10-14")), Some("Columbus Day"));
    assert!(co.is_business_day(day("2019-10-07")).unwrap());

    let deadline = promise("2026-09-30T12:00:00-06:00");
    assert_eq!(last_day(&deadline, "INC"), day("2026-10-12"));
    let without = calendar("US-CO")
        .nth_business_day_after(day("2026-09-30"), 6)
        .unwrap();
    assert_eq!(
        without,
        day("2026-10-09"),
        "where a calendar without Cabrini Day would end"
    );
}

#[test]
fn cesar_chavez_day_is_optional_and_counts() {
    assert!(
        calendar("US-CO")
            .is_business_day(day("2027-03-31"))
            .unwrap()
    );
    assert_eq!(
        last_day(&promise("2027-03-24T10:00:00+01:00"), "INC"),
        day("2027-04-02")
    );
}
