//! The day on which the event happens is not counted; day one is the first counted day after it.
//!
//! Reg 1182/71 Art 3(1); ABGB § 902; C.R.S. 2-4-108.

use crate::dates::{calendar, day, last_day, promise};

#[test]
fn the_count_starts_on_the_next_business_day() {
    let deadline = promise("2026-11-23T00:00:00+01:00");
    assert_eq!(last_day(&deadline, "KG"), day("2026-12-02"));
    assert_eq!(deadline.legs[0].steps[0].day, None);
    assert_eq!(deadline.legs[0].steps[1].day, Some(1));

    // Counting the day itself would end one business day earlier, on 1 December.
    let included = calendar("AT")
        .nth_business_day_after(day("2026-11-22"), 7)
        .unwrap();
    assert_eq!(included, day("2026-12-01"));
}
