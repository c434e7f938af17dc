//! An old incident keeps its law: the version that was law on the day of its anchor. A proposal is
//! only a preview.

use duenotice::domain::condition::Circumstances;
use duenotice::domain::deadline::{Flag, version_at};
use duenotice::domain::obligation::{Case, derive};
use duenotice::domain::period::{Count, Period, Unit};

use super::made::{catalog, due, facts, has, vienna};
use crate::dates::day;

#[test]
fn forty_five_days_until_february_2020_thirty_after() {
    let old = vienna("made_version", &["aware=2020-02-29T23:59:59+01:00"], &[]);
    assert_eq!(old.last_permitted_day, Some(day("2020-04-14")));
    let new = vienna("made_version", &["aware=2020-03-01T00:00:00+01:00"], &[]);
    assert_eq!(new.last_permitted_day, Some(day("2020-03-31")));
    assert_ne!(old.rule_hash, new.rule_hash);
    assert!(!has(&old, Flag::NotInForce) && !has(&new, Flag::NotInForce));
    // Another fact does not decide while the anchor is there.
    let anchors = facts(&[
        "occurred=2019-05-01T10:00:00Z",
        "aware=2026-05-01T10:00:00Z",
    ]);
    let version = catalog().regime_at("made_version", &anchors).unwrap();
    assert_eq!(version.period.unwrap().n(), 30);
    // Where the anchor is missing, the earliest fact decides, as it does for the count.
    let anchors = facts(&[
        "occurred=2019-05-01T10:00:00Z",
        "detected=2026-05-01T10:00:00Z",
    ]);
    let version = catalog().regime_at("made_version", &anchors).unwrap();
    assert_eq!(version.period.unwrap().n(), 45);
}

#[test]
fn a_rule_that_was_not_law_yet_is_flagged() {
    let before = due("made.from_2027", &["aware=2026-12-31T10:00:00+01:00"]);
    assert_eq!(before.flags, [Flag::NotInForce]);
    let after = due("made.from_2027", &["aware=2027-01-01T10:00:00+01:00"]);
    assert!(after.flags.is_empty());
    let rule = catalog().regime("made.from_2027").unwrap();
    assert!(!rule.in_force_on(day("2026-12-31")) && rule.in_force_on(day("2027-01-01")));
}

#[test]
fn a_proposal_is_a_preview_and_never_in_force() {
    let deadline = due("made.proposal", &["aware=2026-11-23T10:00:00+01:00"]);
    assert_eq!(deadline.flags, [Flag::Preview]);
    assert_eq!(deadline.due.to_rfc3339(), "2026-11-27T10:00:00+01:00");
    let rule = catalog().regime("made.proposal").unwrap();
    assert!(!rule.in_force_on(day("2026-11-23")) && !rule.is_law_on(day("2090-01-01")));
    let known = Circumstances::default();
    let anchors = facts(&["aware=2026-11-23T10:00:00+01:00"]);
    let case = Case {
        anchors: &anchors,
        holds: &[],
        controllers: &catalog().operator().controllers,
        calendars: catalog().calendars(),
        circumstances: &known,
        met: &[],
        today: day("2026-11-23"),
    };
    let owed = derive(catalog().rules(), |id| catalog().versions(id), &case);
    let in_force: Vec<&str> = owed.iter().map(|one| one.regime.id.as_str()).collect();
    assert!(in_force.contains(&"made.month"));
    assert!(!in_force.contains(&"made.proposal") && !in_force.contains(&"made.from_2027"));
}

/// Five in the morning of 1 January in Greenwich is the evening of 31 December in California: the
/// law of the old year, which had no number (SB 446 is in force since 2026-01-01).
#[test]
fn the_day_is_that_of_the_rules_place_however_the_instant_is_written() {
    let catalog = duenotice::catalog::Catalog::builtin().unwrap();
    let versions = catalog.versions("us_ca_1798_82_resident");
    let law = |at: &str| version_at(versions, &facts(&[at])).unwrap().period;
    assert_eq!(law("discovered=2026-01-01T05:00:00Z"), None);
    assert_eq!(law("discovered=2025-12-31T21:00:00-08:00"), None);
    let thirty = Some(Period::new(30, Unit::CalendarDay, Count::DayExcl).unwrap());
    assert_eq!(law("discovered=2026-01-01T08:00:00Z"), thirty);
    assert_eq!(law("discovered=2026-01-01T00:00:00-08:00"), thirty);
}
