//! "Werktag" includes Saturday in Austria, so "7 Werktage" end earlier than "7 business days".

use duenotice::domain::deadline::{DeadlineError, Flag};
use duenotice::domain::fact::{Anchors, FactKind};

use crate::dates::{catalog, compute, day, from_aware, instant, last_day, promise};

#[test]
fn saturdays_are_counted() {
    let at = "2026-11-23T10:00:00+01:00";
    let werktage = from_aware("policy_promise_7werktage", at);
    assert_eq!(werktage.due.to_rfc3339(), "2026-12-02T00:00:00+01:00");
    assert_eq!(last_day(&werktage, "KG"), day("2026-12-01"));
    assert_eq!(last_day(&promise(at), "KG"), day("2026-12-02"));
    assert!(werktage.flags.contains(&Flag::UnverifiedRule));
    // A holiday on a Saturday is no Werktag: 26 December 2026.
    let over = from_aware("policy_promise_7werktage", "2026-12-22T10:00:00+01:00");
    let saturday = over.legs[0]
        .steps
        .iter()
        .find(|step| step.date == day("2026-12-26"))
        .unwrap();
    assert_eq!(saturday.day, None);
    assert!(saturday.why.contains("Stefanitag"), "{}", saturday.why);
}

#[test]
fn the_rule_binds_only_vienna_and_starts_nothing() {
    let regime = catalog().regime("policy_promise_7werktage").unwrap();
    assert!(!regime.in_force_on(day("2026-11-23")));
    assert!(
        catalog()
            .regime("policy_promise_7bd")
            .unwrap()
            .in_force_on(day("2026-11-23"))
    );

    let anchors = Anchors::from_iter([(FactKind::Aware, instant("2026-11-23T10:00:00+01:00"))]);
    assert_eq!(
        compute("policy_promise_7werktage", &anchors)
            .unwrap()
            .legs
            .len(),
        1
    );
    let inc = catalog().operator().controller("INC").unwrap().clone();
    let refused =
        duenotice::domain::deadline::compute(regime, &anchors, &[inc], catalog().calendars());
    assert!(matches!(refused, Err(DeadlineError::NoController { .. })));
}
