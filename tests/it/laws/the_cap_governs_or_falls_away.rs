//! "Within 4 hours from the classification and no later than 24 hours from awareness"; classified
//! later than that, within 4 hours of it (Delegated Regulation (EU) 2025/301 Art 5(1)(a)).

use duenotice::domain::deadline::{Bound, Flag};

use super::made::{due, has, says};
use crate::dates::instant;

fn capped(aware: &str, classified: &str) -> duenotice::domain::deadline::Deadline {
    due(
        "made.capped",
        &[
            &format!("awareness={aware}"),
            &format!("classification={classified}"),
        ],
    )
}

#[test]
fn the_four_hours_govern_when_they_end_first() {
    // D01 of the worked deadlines.
    let deadline = capped("2026-11-27T15:00:00+01:00", "2026-11-27T16:00:00+01:00");
    assert_eq!(deadline.due.to_rfc3339(), "2026-11-27T20:00:00+01:00");
    assert_eq!(deadline.bound, Bound::AtOrBefore);
    assert!(says(&deadline.legs[0], "so it changes nothing"));
}

#[test]
fn the_twenty_four_hours_govern_when_they_end_first() {
    let deadline = capped("2026-11-25T10:00:00+01:00", "2026-11-26T08:00:00+01:00");
    assert_eq!(deadline.due, instant("2026-11-26T10:00:00+01:00"));
    assert!(says(&deadline.legs[0], "earlier, so this governs"));
    // Without the cap it would be two hours later.
    assert!(deadline.due < instant("2026-11-26T12:00:00+01:00"));
}

#[test]
fn classified_later_than_the_cap_it_falls_away() {
    let aware = "2026-11-25T10:00:00+01:00";
    // At the very end of the 24 hours it is not later, so it is due at once.
    let at_the_end = capped(aware, "2026-11-26T10:00:00+01:00");
    assert_eq!(at_the_end.due, instant("2026-11-26T10:00:00+01:00"));
    let later = capped(aware, "2026-11-26T10:00:01+01:00");
    assert_eq!(later.due, instant("2026-11-26T14:00:01+01:00"));
    assert!(says(&later.legs[0], "falls away"));
    // A cap without that exception stays, even in the past.
    let always = due(
        "made.capped_always",
        &[
            &format!("aware={aware}"),
            "classified_major=2026-11-28T10:00:00+01:00",
        ],
    );
    assert_eq!(always.due, instant("2026-11-26T10:00:00+01:00"));
}

#[test]
fn without_a_classification_the_earliest_fact_is_counted_from() {
    let deadline = due("made.capped", &["aware=2026-11-25T10:00:00+01:00"]);
    assert_eq!(deadline.due, instant("2026-11-25T14:00:00+01:00"));
    assert!(has(&deadline, Flag::AnchorFallback));
    // Without awareness there is no cap.
    let alone = due(
        "made.capped",
        &["classified_major=2026-11-25T10:00:00+01:00"],
    );
    assert_eq!(alone.due, instant("2026-11-25T14:00:00+01:00"));
}

#[test]
fn a_cap_in_hours_can_end_a_count_of_days() {
    let deadline = due(
        "made.capped_days",
        &[
            "aware=2026-11-23T10:00:00+01:00",
            "detected=2026-11-22T10:00:00+01:00",
        ],
    );
    assert_eq!(deadline.due, instant("2026-11-23T10:00:00+01:00"));
    assert_eq!(deadline.bound, Bound::AtOrBefore);
    assert_eq!(deadline.last_permitted_day, None);
    assert!(deadline.target.unwrap() <= deadline.due);
}
