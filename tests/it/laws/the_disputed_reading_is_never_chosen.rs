//! "Any period of two days or more shall include at least two working days" (Reg 1182/71 Art 3(5)):
//! whether that is said of 72 hours is disputed, so it is shown and never used.

use duenotice::domain::deadline::{Deadline, Flag};

use super::made::{has, vienna};
use crate::dates::instant;

fn gdpr(aware: &str) -> Deadline {
    vienna("eu_gdpr_33_1", &[&format!("aware={aware}")], &[])
}

#[test]
fn a_period_over_easter_with_one_working_day() {
    // Good Friday is a working day in Austria, Easter Monday is none: one working day is touched.
    let deadline = gdpr("2026-04-03T18:00:00+02:00");
    assert_eq!(deadline.due, instant("2026-04-06T18:00:00+02:00"));
    assert!(has(&deadline, Flag::DisputedReading));
    let disputed: Vec<_> = deadline
        .readings
        .iter()
        .filter(|one| one.disputed)
        .collect();
    assert_eq!(disputed.len(), 1);
    // The second working day is Tuesday.
    assert_eq!(disputed[0].due.to_rfc3339(), "2026-04-08T00:00:00+02:00");
    assert!(disputed[0].why.contains("Art 3(5)") && disputed[0].why.contains("Never rely on it"));
    // What is chosen is the full hour, Art 3(1).
    assert_eq!(
        deadline.latest_arguable,
        Some(instant("2026-04-06T19:00:00+02:00"))
    );
}

#[test]
fn a_period_with_two_working_days_has_no_such_reading() {
    for aware in [
        // Maundy Thursday and Good Friday.
        "2026-04-02T18:00:00+02:00",
        // Friday evening to Monday.
        "2026-11-27T18:20:00+01:00",
        // 22, 23 and 24 December.
        "2020-12-22T12:17:00+01:00",
    ] {
        let deadline = gdpr(aware);
        assert!(!has(&deadline, Flag::DisputedReading), "{aware}");
        assert!(deadline.readings.iter().all(|one| !one.disputed), "{aware}");
    }
}

#[test]
fn christmas_with_no_working_day_but_one() {
    // Thursday 24 December 2026 at night: Friday to Sunday are free, the count ends on Sunday.
    let deadline = gdpr("2026-12-24T23:00:00+01:00");
    assert_eq!(deadline.due, instant("2026-12-27T23:00:00+01:00"));
    let disputed = deadline.readings.iter().find(|one| one.disputed).unwrap();
    assert_eq!(disputed.due, instant("2026-12-29T00:00:00+01:00"));
    assert_eq!(
        deadline.latest_arguable,
        Some(instant("2026-12-28T00:00:00+01:00"))
    );
}
