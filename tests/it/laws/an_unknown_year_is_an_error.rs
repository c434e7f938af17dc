//! A date outside the years a calendar was checked for is an error, never silently a business day.

use duenotice::domain::calendar::CalendarError;
use duenotice::domain::deadline::DeadlineError;
use duenotice::domain::fact::{Anchors, FactKind};

use crate::dates::{calendar, compute, day, instant};

#[test]
fn neither_the_event_nor_the_result_may_leave_the_valid_years() {
    let error = |at: &str| {
        let anchors = Anchors::from_iter([(FactKind::Aware, instant(at))]);
        compute("policy_promise_7bd", &anchors).unwrap_err()
    };
    let before = error("1999-12-31T10:00:00+01:00");
    assert!(matches!(
        before,
        DeadlineError::Calendar(CalendarError::Outside { .. })
    ));
    let sentence = before.to_string();
    assert!(
        sentence.contains("AT") && sentence.contains("2000 to 2075"),
        "{sentence}"
    );
    let beyond = error("2075-12-30T10:00:00+01:00");
    assert!(matches!(
        beyond,
        DeadlineError::Calendar(CalendarError::Beyond { .. })
    ));
    assert!(beyond.to_string().contains("2000 to 2075"));
    assert!(
        error("2076-01-01T10:00:00+01:00")
            .to_string()
            .contains("2076-01-01")
    );
}

#[test]
fn the_last_computable_day_is_computed() {
    let at = calendar("AT");
    // 19, 20, 23, 24, 27, 30 and 31 December: the last seven business days that are known.
    assert_eq!(
        at.nth_business_day_after(day("2075-12-18"), 7),
        Ok(day("2075-12-31"))
    );
    assert!(at.nth_business_day_after(day("2075-12-19"), 7).is_err());
    assert_eq!(
        at.nth_business_day_after(day("2075-12-31"), 1).unwrap_err(),
        CalendarError::Beyond {
            code: "AT".to_owned(),
            date: day("2075-12-31"),
            n: 1,
            from: 2000,
            to: 2075,
        }
    );
    assert_eq!(
        at.nth_business_day_after(day("2026-01-01"), 0),
        Err(CalendarError::Zero)
    );
    assert!(
        at.nth_business_day_after(day("2026-01-01"), u32::MAX)
            .is_err()
    );
}

#[test]
fn hours_need_no_calendar_but_a_time_that_can_be_written() {
    let due = |at: &str| {
        let anchors = Anchors::from_iter([(FactKind::Aware, instant(at))]);
        compute("eu_gdpr_33_1", &anchors)
    };
    assert_eq!(
        due("1999-12-31T10:00:00+01:00").unwrap().due,
        instant("2000-01-03T10:00:00+01:00")
    );
    assert!(matches!(
        due("9999-12-30T10:00:00+01:00"),
        Err(DeadlineError::Unwritable { .. })
    ));
    // Vienna's offset was 1:05:21 then, which RFC 3339 cannot write.
    assert!(matches!(
        due("1880-01-01T10:00:00Z"),
        Err(DeadlineError::Unwritable { .. })
    ));
}
