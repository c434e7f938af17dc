//! `target <= due <= latest_arguable`: the goal is earlier, the strictest reading is due, and what
//! may be had on conditions is only arguable. The two floors are never later than `due`.

use super::made::{due, floors, vienna};
use crate::dates::{day, instant};

#[test]
fn the_goal_is_while_people_are_at_work() {
    // Vienna's five o'clock on the last day, although Denver governs.
    let deadline = due("policy_promise_7bd", &["aware=2026-12-29T11:00:00+01:00"]);
    assert_eq!(deadline.governed_by, "INC");
    assert_eq!(deadline.target, Some(instant("2027-01-08T17:00:00+01:00")));
    // A quarter of 72 hours would be 18; twelve are the most.
    let hours = due("eu_gdpr_33_1", &["aware=2026-11-23T10:00:00+01:00"]);
    assert_eq!(hours.target, Some(instant("2026-11-25T22:00:00+01:00")));
    // A quarter of four hours.
    let four = due(
        "made.capped",
        &["classified_major=2026-11-27T16:00:00+01:00"],
    );
    assert_eq!(four.target, Some(instant("2026-11-27T19:00:00+01:00")));
    // Where the day ends before five o'clock, the goal is before that.
    let early = due("made.early_cutoff", &["aware=2026-11-23T10:00:00+01:00"]);
    assert_eq!(early.due, instant("2026-12-02T09:00:00+01:00"));
    assert_eq!(early.target, Some(instant("2026-12-02T08:00:00+01:00")));
}

#[test]
fn what_may_be_had_on_conditions_is_not_due() {
    let aware = &["aware=2026-11-23T10:00:00+01:00"];
    let days = vienna("made.extended", aware, &[]);
    assert_eq!(days.last_permitted_day, Some(day("2026-12-23")));
    assert_eq!(
        days.latest_arguable,
        Some(instant("2027-01-08T00:00:00+01:00"))
    );
    assert!(
        days.latest_why
            .unwrap()
            .contains("15 calendar days more for good cause"),
        "why"
    );
    // Two months are two months, and days are days, whatever the period itself is in.
    let months = vienna("made.extended_by_months", aware, &[]);
    assert_eq!(months.due, instant("2026-12-24T00:00:00+01:00"));
    assert_eq!(
        months.latest_arguable,
        Some(instant("2027-02-24T00:00:00+01:00"))
    );
    let hours = vienna("made.hours_extended_by_days", aware, &[]);
    assert_eq!(hours.due, instant("2026-11-26T10:00:00+01:00"));
    assert_eq!(
        hours.latest_arguable,
        Some(instant("2026-12-12T00:00:00+01:00"))
    );
}

#[test]
fn the_floors_end_when_the_rule_ends() {
    let fact = &["materiality_determined=2026-11-20T18:00:00-05:00"];
    let found = floors("made.cutoff", fact).unwrap();
    // Without Thanksgiving it would be Thursday, at half past five as well.
    assert_eq!(
        found.weekends_only.due,
        instant("2026-11-26T17:30:00-05:00")
    );
    assert_eq!(found.any_business.due, due("made.cutoff", fact).due);
    let capped = &[
        "aware=2026-11-23T10:00:00+01:00",
        "detected=2026-11-22T10:00:00+01:00",
    ];
    assert_eq!(floors("made.capped_days", capped), None);
    assert_eq!(floors("eu_gdpr_33_1", capped), None);
}
