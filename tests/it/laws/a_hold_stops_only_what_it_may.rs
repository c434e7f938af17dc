//! A law-enforcement hold stops a period where its law says so, for as long as the law says, and the
//! rest of the period goes on or begins again; GDPR Art 33 is not stopped by anybody.
//!
//! 45 CFR 164.412 (an oral request: 30 days at most); C.R.S. 6-1-716(2)(c) (anew from its end).

use duenotice::domain::deadline::{DeadlineError, Flag};
use duenotice::domain::hold::Hold;

use super::made::{has, held, says, vienna};
use crate::dates::{day, instant};

fn hold(from: &str, until: &str) -> Hold {
    Hold {
        authority: "Sheriff of Denver".to_owned(),
        reference: "26-1234".to_owned(),
        oral: false,
        from: instant(from),
        until: (!until.is_empty()).then(|| instant(until)),
        jurisdictions: Vec::new(),
    }
}

fn oral(from: &str, until: &str) -> Hold {
    Hold {
        oral: true,
        ..hold(from, until)
    }
}

const AWARE: &str = "aware=2026-11-02T10:00:00+01:00";

/// The last day in Vienna, and whether it says that it was held.
#[track_caller]
fn assert_last(rule: &str, holds: &[Hold], last: &str, moved: bool) {
    let deadline = vienna(rule, &[AWARE], holds);
    assert_eq!(deadline.last_permitted_day, Some(day(last)), "{holds:?}");
    assert_eq!(has(&deadline, Flag::Held), moved, "{holds:?}");
}

#[test]
fn the_days_that_were_left_go_on_from_its_end() {
    assert_last("made.hold_days", &[], "2027-01-01", false);
    // Nine days were used up, 3 to 11 November; 51 are left after 22 November.
    let first = hold("2026-11-12T10:00:00+01:00", "2026-11-22T10:00:00+01:00");
    assert_last(
        "made.hold_days",
        std::slice::from_ref(&first),
        "2027-01-12",
        true,
    );
    // And nine more, 23 November to 1 December; 42 are left after 7 December.
    let second = hold("2026-12-02T10:00:00+01:00", "2026-12-07T10:00:00+01:00");
    assert_last(
        "made.hold_days",
        &[first.clone(), second.clone()],
        "2027-01-18",
        true,
    );
    // In whatever order they are recorded.
    assert_last(
        "made.hold_days",
        &[second, first.clone()],
        "2027-01-18",
        true,
    );
    // One within another takes nothing more.
    let within = hold("2026-11-14T10:00:00+01:00", "2026-11-15T10:00:00+01:00");
    assert_last("made.hold_days", &[first, within], "2027-01-12", true);
}

#[test]
fn business_days_and_hours_go_on_too() {
    // One business day, the 24th, was used up; after the 27th six more, up to 7 December.
    let deadline = vienna(
        "made.hold_business",
        &["aware=2026-11-23T10:00:00+01:00"],
        &[hold(
            "2026-11-25T09:00:00+01:00",
            "2026-11-27T09:00:00+01:00",
        )],
    );
    assert_eq!(deadline.last_permitted_day, Some(day("2026-12-07")));
    assert!(says(&deadline.legs[0], "6 business days that were left"));
    assert!(says(
        &deadline.legs[0],
        "Fri 27 Nov 2026 not counted: the day on which the hold ended"
    ));
    // Sixty hours of hold, 24 hours before it and 48 after it.
    let deadline = vienna(
        "made.hold_hours",
        &[AWARE],
        &[hold(
            "2026-11-03T10:00:00+01:00",
            "2026-11-05T22:00:00+01:00",
        )],
    );
    assert_eq!(deadline.due, instant("2026-11-07T22:00:00+01:00"));
    assert!(has(&deadline, Flag::Held));
    // It began before the anchor: all 72 hours come after it.
    let deadline = vienna(
        "made.hold_hours",
        &[AWARE],
        &[hold(
            "2026-11-01T10:00:00+01:00",
            "2026-11-03T10:00:00+01:00",
        )],
    );
    assert_eq!(deadline.due, instant("2026-11-06T10:00:00+01:00"));
}

#[test]
fn time_that_two_holds_share_is_taken_once() {
    // From 3 November 10:00 to 6 November 10:00 without a gap: three days more.
    let deadline = vienna(
        "made.hold_hours",
        &[AWARE],
        &[
            hold("2026-11-03T10:00:00+01:00", "2026-11-05T10:00:00+01:00"),
            hold("2026-11-04T10:00:00+01:00", "2026-11-06T10:00:00+01:00"),
            hold("2026-11-04T12:00:00+01:00", "2026-11-04T14:00:00+01:00"),
        ],
    );
    assert_eq!(deadline.due, instant("2026-11-08T10:00:00+01:00"));
}

#[test]
fn a_month_is_longer_by_the_time_it_took() {
    let deadline = vienna(
        "made.hold_month",
        &["aware=2026-01-31T10:00:00+01:00"],
        &[hold(
            "2026-02-10T00:00:00+01:00",
            "2026-02-12T00:00:00+01:00",
        )],
    );
    // 28 February and two days; it ends with 2 March.
    assert_eq!(deadline.due, instant("2026-03-03T00:00:00+01:00"));
    assert_eq!(deadline.last_permitted_day, Some(day("2026-03-02")));
}

#[test]
fn where_the_law_says_so_the_period_begins_again() {
    assert_last("made.hold_restart", &[], "2026-12-02", false);
    assert_last(
        "made.hold_restart",
        &[hold(
            "2026-11-12T10:00:00+01:00",
            "2026-11-20T10:00:00+01:00",
        )],
        "2026-12-20",
        true,
    );
}

#[test]
fn a_hold_outside_of_the_period_changes_nothing() {
    for outside in [
        hold("2026-10-01T10:00:00+01:00", "2026-11-02T09:59:59+01:00"),
        hold("2026-12-03T00:00:00+01:00", "2026-12-24T10:00:00+01:00"),
        // Not ended yet, but too late to stop anything.
        hold("2026-12-03T00:00:00+01:00", ""),
        // Thirty days from its end are no later.
        hold("2026-10-01T10:00:00+01:00", "2026-11-02T12:00:00+01:00"),
        // Only for Colorado; the rule is of the Union.
        Hold {
            jurisdictions: vec!["US-CO".to_owned()],
            ..hold("2026-11-12T10:00:00+01:00", "")
        },
    ] {
        assert_last("made.hold_restart", &[outside], "2026-12-02", false);
    }
}

#[test]
fn while_it_lasts_there_is_no_end() {
    let open = hold("2026-11-12T10:00:00+01:00", "");
    let error = held("made.hold_restart", &[AWARE], &[open]).unwrap_err();
    assert!(matches!(error, DeadlineError::HeldOpen { .. }));
    let sentence = error.to_string();
    assert!(
        sentence.contains("Sheriff of Denver") && sentence.contains("Record the end"),
        "{sentence}"
    );
}

#[test]
fn an_oral_request_counts_for_thirty_days_at_most() {
    // 12 November and thirty days: 12 December; thirty days from there: 11 January.
    for until in ["", "2027-01-20T10:00:00+01:00", "2026-12-12T10:00:00+01:00"] {
        assert_last(
            "made.hold_restart",
            &[oral("2026-11-12T10:00:00+01:00", until)],
            "2027-01-11",
            true,
        );
    }
    // Given up earlier, it ends earlier.
    assert_last(
        "made.hold_restart",
        &[oral(
            "2026-11-12T10:00:00+01:00",
            "2026-11-20T10:00:00+01:00",
        )],
        "2026-12-20",
        true,
    );
}

#[test]
fn the_seventy_two_hours_go_on_whatever_an_authority_asks() {
    for until in ["", "2026-11-20T10:00:00+01:00"] {
        let holds = [hold("2026-11-02T11:00:00+01:00", until)];
        let deadline = held("eu_gdpr_33_1", &[AWARE], &holds).unwrap();
        assert_eq!(deadline.due, instant("2026-11-05T10:00:00+01:00"));
        assert!(!has(&deadline, Flag::Held));
    }
}
