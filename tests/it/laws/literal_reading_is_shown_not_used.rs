//! The promise says "should a data breach occur … within 7 business days": read literally, it counts
//! from the breach. We count from awareness and show when the literal period ended.

use duenotice::domain::deadline::Flag;
use duenotice::domain::fact::{Anchors, FactKind};

use crate::dates::{compute, day, instant, promise};

fn with(occurred: &str, aware: &str) -> duenotice::domain::deadline::Deadline {
    let anchors = Anchors::from_iter([
        (FactKind::Occurred, instant(occurred)),
        (FactKind::Aware, instant(aware)),
    ]);
    compute("policy_promise_7bd", &anchors).unwrap()
}

#[test]
fn a_period_that_had_ended_before_awareness_is_flagged() {
    let deadline = with("2026-08-03T12:00:00+02:00", "2026-09-01T09:00:00+02:00");
    assert_eq!(deadline.due, promise("2026-09-01T09:00:00+02:00").due);
    assert_eq!(deadline.flags, [Flag::LapsedLiteral]);
    let literal = deadline.literal.unwrap();
    assert_eq!(literal.last_permitted_day, Some(day("2026-08-12")));
    // Using it would be a deadline that nobody could ever have met.
    assert!(literal.due < deadline.anchor.at);
}

#[test]
fn a_period_that_still_runs_is_shown_without_a_flag() {
    // The literal period ends at the midnight after 12 August.
    let end = "2026-08-13T00:00:00+02:00";
    let running = with("2026-08-03T12:00:00+02:00", "2026-08-12T23:59:59+02:00");
    assert!(running.flags.is_empty());
    assert_eq!(running.literal.unwrap().due, instant(end));
    // At the very instant at which it ends, it has ended.
    assert_eq!(
        with("2026-08-03T12:00:00+02:00", end).flags,
        [Flag::LapsedLiteral]
    );
}

#[test]
fn a_law_without_such_wording_has_no_literal_reading() {
    let anchors = Anchors::from_iter([
        (FactKind::Occurred, instant("2026-08-03T12:00:00+02:00")),
        (FactKind::Aware, instant("2026-09-01T09:00:00+02:00")),
    ]);
    let gdpr = compute("eu_gdpr_33_1", &anchors).unwrap();
    assert_eq!((gdpr.literal, gdpr.flags), (None, Vec::new()));
}

#[test]
fn an_occurrence_before_the_calendars_does_not_hide_the_deadline() {
    let deadline = with("1999-05-01T12:00:00+02:00", "2026-09-01T09:00:00+02:00");
    assert_eq!(deadline.due, promise("2026-09-01T09:00:00+02:00").due);
    assert_eq!(deadline.flags, [Flag::LiteralUnknown]);
}
