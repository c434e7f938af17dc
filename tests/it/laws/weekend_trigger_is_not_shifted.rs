//! An event on a weekend or a holiday is counted from that day, not from the next business day.
//!
//! Moving it forward first and then leaving that day out as well would add a day.

use bdays::HolidayCalendar as _;
use chrono::{Datelike as _, NaiveDate};

use crate::dates::{calendar, day, last_day, promise};

#[expect(
    clippy::disallowed_methods,
    reason = "shows that it is one business day late"
)]
fn advanced(code: &str, date: NaiveDate, n: i32) -> NaiveDate {
    calendar(code).advance_bdays(date, n)
}

fn rolled_back_then_advanced(code: &str, date: NaiveDate, n: i32) -> NaiveDate {
    advanced(code, calendar(code).to_bday(date, false), n)
}

#[test]
fn a_saturday_counts_like_the_friday_before_it() {
    let saturday = promise("2026-11-21T10:00:00+01:00");
    assert_eq!(last_day(&saturday, "KG"), day("2026-12-01"));
    assert_eq!(
        last_day(&promise("2026-11-20T10:00:00+01:00"), "KG"),
        day("2026-12-01")
    );
    assert_eq!(
        last_day(&promise("2026-11-22T10:00:00+01:00"), "KG"),
        day("2026-12-01")
    );

    // Rolled forward to Monday first: one business day late.
    assert_eq!(advanced("AT", day("2026-11-21"), 7), day("2026-12-02"));
}

#[test]
fn on_every_day_we_agree_with_rolling_back_and_never_with_rolling_forward_on_free_days() {
    for code in ["AT", "US-CO"] {
        let calendar = calendar(code);
        // The first business day of the range has none before it to roll back to.
        for date in day("2000-01-04")
            .iter_days()
            .take_while(|date| date.year() <= 2074)
        {
            for n in [1_u8, 4, 7, 30] {
                let ours = calendar.nth_business_day_after(date, n.into()).unwrap();
                assert_eq!(
                    ours,
                    rolled_back_then_advanced(code, date, n.into()),
                    "{code} {date}"
                );
            }
            let ours = calendar.nth_business_day_after(date, 7).unwrap();
            let forward = advanced(code, date, 7);
            if calendar.is_business_day(date).unwrap() {
                assert_eq!(ours, forward, "{code} {date}");
            } else {
                assert!(forward > ours, "{code} {date}: rolling forward is late");
                let next = calendar.nth_business_day_after(ours, 1).unwrap();
                assert_eq!(forward, next, "{code} {date}: by exactly one business day");
            }
        }
    }
}
