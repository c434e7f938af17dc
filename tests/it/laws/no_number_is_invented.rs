//! "Without undue delay" gets no number: no date, or that of a notice which must not come first.

use duenotice::domain::deadline::{self, DeadlineError, Flag, Situation};

use super::made::{catalog, due, facts, held};

const AWARE: &str = "aware=2027-01-31T09:00:00+01:00";

#[test]
fn there_is_no_date() {
    let error = held("made.no_number", &[AWARE], &[]).unwrap_err();
    assert!(matches!(error, DeadlineError::NoNumber { .. }));
    let sentence = error.to_string();
    assert!(
        sentence.contains("\"without undue delay\"") && sentence.contains("act at once"),
        "{sentence}"
    );
}

#[test]
fn what_must_not_come_after_another_is_due_with_it() {
    let (catalog, anchors) = (catalog(), facts(&[AWARE]));
    let given = Situation {
        anchors: &anchors,
        holds: &[],
        controllers: &catalog.operator().controllers,
        calendars: catalog.calendars(),
    };
    let rule = catalog.regime("made.no_number").unwrap();
    let other = catalog.regime("made.month").unwrap();
    let deadline = deadline::compute_after(rule, other, &given).unwrap();
    assert_eq!(deadline.rule, "made.no_number");
    assert_eq!(deadline.due, due("made.month", &[AWARE]).due);
    assert_eq!(deadline.flags, [Flag::FromOrder]);
    let why = &deadline.legs[0].steps.last().unwrap().why;
    assert!(why.contains("it must not come after made.month"), "{why}");
}
