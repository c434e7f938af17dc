//! Detecting signs of a breach is not yet being aware of it; the two are different anchors.
//!
//! EDPB Guidelines 9/2022: aware means a reasonable degree of certainty.

use duenotice::domain::deadline::{DeadlineError, Flag};
use duenotice::domain::fact::{Anchors, FactKind};

use crate::dates::{compute, instant, promise};

#[test]
fn the_deadline_counts_from_awareness_when_that_is_recorded() {
    let detected = (FactKind::Detected, instant("2026-11-20T10:00:00+01:00"));
    let aware = (FactKind::Aware, instant("2026-11-23T10:00:00+01:00"));
    let both = compute("policy_promise_7bd", &Anchors::from_iter([detected, aware])).unwrap();
    assert_eq!(both.due, promise("2026-11-23T10:00:00+01:00").due);
    assert_eq!(both.anchor.kind, FactKind::Aware);
    assert!(both.flags.is_empty());
    // Counted from detection it would be another day.
    assert_ne!(both.due, promise("2026-11-20T10:00:00+01:00").due);
}

#[test]
fn without_awareness_the_earliest_fact_is_used_and_said_so() {
    let detected = (FactKind::Detected, instant("2026-11-20T10:00:00+01:00"));
    let occurred = (FactKind::Occurred, instant("2026-11-18T10:00:00+01:00"));
    let anchors = Anchors::from_iter([detected, occurred]);
    let fallback = compute("eu_gdpr_33_1", &anchors).unwrap();
    assert_eq!(fallback.anchor.kind, FactKind::Occurred);
    assert_eq!(fallback.flags, [Flag::AnchorFallback]);
    assert_eq!(fallback.due, instant("2026-11-21T10:00:00+01:00"));
    // The later of the two would be too generous.
    assert!(fallback.due < instant("2026-11-23T10:00:00+01:00"));

    let nothing = compute("eu_gdpr_33_1", &Anchors::new());
    assert!(matches!(nothing, Err(DeadlineError::NoAnchor { .. })));
}

#[test]
fn a_controller_is_aware_when_its_processor_tells_it() {
    // The processor knew on 20 November; the controller's 72 hours start when it was told.
    let anchors = Anchors::from_iter([
        (
            FactKind::ProcessorAware,
            instant("2026-11-20T09:00:00+01:00"),
        ),
        (FactKind::Aware, instant("2026-11-22T15:30:00+01:00")),
    ]);
    let deadline = compute("eu_gdpr_33_1", &anchors).unwrap();
    assert_eq!(deadline.due, instant("2026-11-25T15:30:00+01:00"));
    assert_ne!(deadline.due, instant("2026-11-23T09:00:00+01:00"));
}
