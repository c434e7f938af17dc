//! Federal law of the United States binds the controller that is seated there, and not the other.

use duenotice::domain::deadline::{self, DeadlineError};

use super::made::{catalog, due, facts};

#[test]
fn only_the_controller_seated_there_is_counted() {
    let deadline = due(
        "made.seated_in_the_us",
        &["aware=2026-11-23T10:00:00+01:00"],
    );
    assert_eq!(deadline.legs.len(), 1);
    assert_eq!(deadline.governed_by, "INC");
    assert_eq!(deadline.due.to_rfc3339(), "2027-01-23T00:00:00-07:00");
}

#[test]
fn asked_about_the_other_it_says_whom_it_binds() {
    let catalog = catalog();
    let kg = catalog.operator().controller("KG").unwrap().clone();
    let rule = catalog.regime("made.seated_in_the_us").unwrap();
    let anchors = facts(&["aware=2026-11-23T10:00:00+01:00"]);
    let error = deadline::compute(rule, &anchors, &[kg], catalog.calendars()).unwrap_err();
    assert!(matches!(error, DeadlineError::NoController { .. }));
    assert!(error.to_string().contains("seat in US"), "{error}");
}
