//! Good Friday, 24 and 31 December are business days in Austria: they are no legal public holidays.
//!
//! ARG § 7(2) since BGBl I 22/2019. They only move the end of procedural periods (AVG § 33(2)).

use crate::dates::{calendar, day, last_day, promise};

#[test]
fn good_friday_is_counted_and_easter_monday_is_not() {
    let at = calendar("AT");
    for date in ["2027-03-26", "2026-12-24", "2026-12-31"] {
        assert!(at.is_business_day(day(date)).unwrap(), "{date}");
        assert_eq!(at.holiday(day(date)), None);
    }
    assert!(!at.is_business_day(day("2027-03-29")).unwrap());

    let deadline = promise("2027-03-24T10:00:00+01:00");
    assert_eq!(last_day(&deadline, "KG"), day("2027-04-05"));
    let friday = deadline.legs[0]
        .steps
        .iter()
        .find(|step| step.date == day("2027-03-26"));
    assert_eq!(friday.unwrap().day, Some(2));

    // With Good Friday left out, the count would end a day later.
    let left_out = at.nth_business_day_after(day("2027-03-24"), 8).unwrap();
    assert_eq!(left_out, day("2027-04-06"));
}
