//! In Colorado a holiday on Sunday moves to Monday; one on Saturday moves nowhere.
//!
//! C.R.S. 24-11-101(2). The Friday before is a practice of state offices, not of the statute.

use crate::dates::{calendar, day, last_day, promise};

#[test]
fn the_friday_before_a_saturday_holiday_is_a_business_day() {
    let co = calendar("US-CO");
    for friday in [
        "2026-07-03",
        "2027-06-18",
        "2027-12-24",
        "2027-12-31",
        "2028-11-10",
    ] {
        assert!(co.is_business_day(day(friday)).unwrap(), "{friday}");
    }
    let deadline = promise("2026-07-01T20:00:00-06:00");
    assert_eq!(last_day(&deadline, "INC"), day("2026-07-10"));
    // With Friday 3 July free, the count would end on Monday 13 July.
    let late = co.nth_business_day_after(day("2026-07-01"), 8).unwrap();
    assert_eq!(late, day("2026-07-13"));
}

#[test]
fn the_monday_after_a_sunday_holiday_is_free() {
    let co = calendar("US-CO");
    assert_eq!(
        co.holiday(day("2027-07-05")),
        Some("Independence Day (observed)")
    );
    assert!(!co.is_business_day(day("2027-07-05")).unwrap());
    assert!(
        !calendar("US-CO")
            .is_business_day(day("2022-06-20"))
            .unwrap()
    );
    // Austria has no substitute day at all: All Saints 2026 is a Sunday.
    assert!(calendar("AT").is_business_day(day("2026-11-02")).unwrap());
}
