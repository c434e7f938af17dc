//! A month ends on the day with the same number, or on the last day of a month that is too short.
//!
//! Reg 1182/71 Art 3(2)(c); CJEU C-171/03 Toeters: it runs from the day of the event, so 4 March and
//! one month give 4 April; C.R.S. 2-4-108(3) has the same clamp.

use super::made::vienna;
use crate::dates::day;

fn last(rule: &str, aware: &str) -> String {
    let deadline = vienna(rule, &[&format!("aware={aware}")], &[]);
    deadline.last_permitted_day.unwrap().to_string()
}

#[test]
fn the_same_number_or_the_last_day() {
    for (aware, one_month) in [
        ("2026-03-04T10:00:00+01:00", "2026-04-04"),
        ("2027-01-31T09:00:00+01:00", "2027-02-28"),
        ("2028-01-31T09:00:00+01:00", "2028-02-29"),
        ("2028-01-29T09:00:00+01:00", "2028-02-29"),
        ("2026-02-28T09:00:00+01:00", "2026-03-28"),
        ("2026-08-31T09:00:00+02:00", "2026-09-30"),
        ("2026-12-31T09:00:00+01:00", "2027-01-31"),
    ] {
        assert_eq!(last("made.month", aware), one_month, "{aware}");
    }
    // Three months after 30 November: not three times thirty days, and not month by month.
    assert_eq!(
        last("made.three_months", "2026-11-30T09:00:00+01:00"),
        "2027-02-28"
    );
    assert_eq!(
        last("made.three_months", "2026-01-31T09:00:00+01:00"),
        "2026-04-30"
    );
}

#[test]
fn the_local_day_of_the_controller_has_the_number() {
    // 30 January in Denver is 31 January in Vienna.
    let late = vienna("made.month", &["aware=2027-01-30T20:00:00-07:00"], &[]);
    assert_eq!(late.last_permitted_day, Some(day("2027-02-28")));
    assert_eq!(late.legs[0].trigger_day, Some(day("2027-01-31")));
    let steps = &late.legs[0].steps;
    assert!(
        steps
            .last()
            .unwrap()
            .why
            .contains("the last day of a month that is too short"),
        "{steps:?}"
    );
}

#[test]
fn the_end_of_the_month_may_be_a_holiday_and_rolls_only_in_the_generous_reading() {
    // 4 April 2026 is the Saturday before Easter; Easter Monday is a holiday in Austria.
    let deadline = vienna("made.month", &["aware=2026-03-04T10:00:00+01:00"], &[]);
    assert_eq!(deadline.due.to_rfc3339(), "2026-04-05T00:00:00+02:00");
    assert_eq!(
        deadline.latest_arguable.unwrap().to_rfc3339(),
        "2026-04-08T00:00:00+02:00"
    );
}
