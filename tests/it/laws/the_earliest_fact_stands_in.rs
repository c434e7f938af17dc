//! Where the anchor of a rule is not recorded, the earliest recorded fact is counted from, and said.

use duenotice::domain::deadline::{DeadlineError, Flag};
use duenotice::domain::fact::FactKind;

use super::made::{due, has, held};
use crate::dates::instant;

#[test]
fn the_earliest_and_not_the_nearest() {
    let deadline = due(
        "made.thirty_days_colorado",
        &[
            "aware=2026-11-23T10:00:00-07:00",
            "detected=2026-11-20T10:00:00-07:00",
            "occurred=2026-11-21T10:00:00-07:00",
        ],
    );
    assert!(has(&deadline, Flag::AnchorFallback));
    assert_eq!(deadline.anchor.kind, FactKind::Detected);
    assert_eq!(deadline.due, instant("2026-12-21T00:00:00-07:00"));
}

#[test]
fn the_recorded_anchor_is_used_even_when_others_are_earlier() {
    let deadline = due(
        "made.thirty_days_colorado",
        &[
            "aware=2026-11-20T10:00:00-07:00",
            "determined=2026-11-23T10:00:00-07:00",
        ],
    );
    assert!(!has(&deadline, Flag::AnchorFallback));
    assert_eq!(deadline.due, instant("2026-12-24T00:00:00-07:00"));
}

#[test]
fn without_any_fact_there_is_no_date() {
    let error = held("made.month", &[], &[]).unwrap_err();
    assert!(matches!(error, DeadlineError::NoAnchor { .. }));
    assert!(
        error.to_string().contains("record when that was"),
        "{error}"
    );
}
