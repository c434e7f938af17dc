use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;

use super::eval::{Seen, explain};
use super::join::{Pair, join};
use super::tests::bound;
use super::*;
use crate::domain::scope::identifier::Key;

fn seen(source: &str, line: i64) -> Seen {
    Seen {
        source: source.to_owned(),
        line,
        ..Seen::default()
    }
}

fn is_in(text: &str, records: &[Seen]) -> bool {
    explain(&bound(text, &[], Tz::UTC).unwrap(), records, &[]).affected
}

#[test]
fn not_deleted_before_keeps_who_was_never_deleted() {
    let text = "a = accounts where not until < 2026-10-01";
    assert!(is_in(text, &[seen("accounts", 1)]));
    let deleted = |until| Seen {
        until: Some(until),
        ..seen("accounts", 1)
    };
    // 2026-10-01 00:00 UTC is 1790812800.
    assert!(!is_in(text, &[deleted(1_790_812_799)]));
    assert!(is_in(text, &[deleted(1_790_812_800)]));
    // The other way of writing it loses them, and says so.
    let bound = bound("a = accounts where until >= 2026-10-01", &[], Tz::UTC).unwrap();
    let trace = explain(&bound, &[seen("accounts", 7)], &[]);
    assert!(!trace.affected);
    let leaf = &trace.steps[0].leaves[0];
    assert_eq!(leaf.unknown(), 1);
    assert_eq!(
        leaf.records[0].sentence(),
        "accounts, line 7: does not count; until has no value, which decided it."
    );
}

#[test]
fn the_last_day_of_between_is_in_it() {
    let text = "a = orders where at between 2026-10-01 and 2026-10-14";
    let at = |at| Seen {
        at: Some(at),
        ..seen("orders", 1)
    };
    // 2026-10-15 00:00 UTC is 1792022400.
    assert!(is_in(text, &[at(1_792_022_399)]));
    assert!(!is_in(text, &[at(1_792_022_400)]));
    assert!(is_in(text, &[at(1_790_812_800)]));
    assert!(!is_in(text, &[at(1_790_812_799)]));
}

#[test]
fn kept_holds_unless_the_rule_deleted_it() {
    let until = |until| Seen {
        until,
        ..seen("accounts", 1)
    };
    // The rule in `bound`: what ended before second 1000 is gone.
    assert!(is_in("a = accounts where kept", &[until(None)]));
    assert!(is_in("a = accounts where kept", &[until(Some(1000))]));
    assert!(!is_in("a = accounts where kept", &[until(Some(999))]));
    assert!(is_in("a = accounts where not kept", &[until(Some(999))]));
    // No rule for orders.
    assert!(is_in("a = orders where kept", &[seen("orders", 1)]));
}

#[test]
fn a_person_has_what_one_of_the_records_has() {
    let austrian = Seen {
        country: Some("AT".to_owned()),
        ..seen("accounts", 1)
    };
    let records = [seen("orders", 1), austrian];
    let with = |condition: &str| {
        format!("x = orders\na = (x where {condition}) except (accounts where country = US)")
    };
    assert!(is_in(&with("country = AT"), &records));
    assert!(!is_in(&with("country != AT"), &records));
    assert!(!is_in(&with("not country = AT"), &records));
    assert!(!is_in(&with("country is missing"), &records));
    assert!(is_in(&with("lang is missing"), &records));
    assert!(is_in(&with("not lang = de"), &records));
}

#[test]
fn a_window_ends_before_its_end() {
    let text = "a = orders during log where log.by = 4711";
    let bound = bound(text, &[], Tz::UTC).unwrap();
    let window = |line, since, until, by: &str| Seen {
        since,
        until,
        more: BTreeMap::from([("by".to_owned(), by.to_owned())]),
        ..seen("log", line)
    };
    let logs = [
        window(1, Some(100), Some(200), "4711"),
        window(2, Some(100), Some(900), "4712"),
        window(3, Some(300), None, "4711"),
        window(4, Some(150), Some(160), "4711"),
    ];
    let trace = |at| {
        let order = Seen {
            at,
            ..seen("orders", 1)
        };
        let mut trace = explain(&bound, &[order], &logs);
        trace.steps.remove(0).leaves.remove(0).records.remove(0)
    };
    assert_eq!(trace(Some(100)).windows, [1]);
    assert_eq!(trace(Some(155)).windows, [1, 4]);
    assert!(!trace(Some(99)).counts);
    assert!(!trace(Some(200)).counts);
    assert!(!trace(Some(301)).counts);
    assert!(trace(None).open);
    assert_eq!(
        trace(Some(155)).sentence(),
        "orders, line 1: counts; it lies in the window of line 1, 4 of the log."
    );
    // Line 3 may have been a window.
    assert_eq!(
        eval::open_windows(bound.steps[0].set.leaves()[0], &logs),
        (1, 0)
    );
}

#[test]
fn unknown_is_counted_against_the_person_only() {
    let text = "gone = accounts where until < 2026-10-01\na = accounts except gone";
    let bound = bound(text, &[], Tz::UTC).unwrap();
    let trace = explain(&bound, &[seen("accounts", 1)], &[]);
    assert!(trace.affected);
    // Not being in `gone` for want of a date keeps the person in.
    assert_eq!(trace.steps[0].leaves[0].unknown(), 0);
    let text = "gone = accounts where not until > 2026-10-01\na = accounts except gone";
    let bound = super::tests::bound(text, &[], Tz::UTC).unwrap();
    let trace = explain(&bound, &[seen("accounts", 1)], &[]);
    assert!(!trace.affected);
    assert_eq!(trace.steps[0].leaves[0].unknown(), 1);
}

fn key(n: u8) -> Key {
    Key::new([n; 16])
}

#[test]
fn joining_stops_at_shared_identifiers_and_long_chains() {
    let pair = |anchor, other| Pair {
        anchor: key(anchor),
        other: key(other),
    };
    let anchors: BTreeSet<Key> = (1..=9).map(key).collect();
    let limits = Limits { link: 2, person: 3 };
    let labels = |pairs: &[Pair], apart: &[(u8, u8)]| -> Vec<(Key, Key)> {
        let apart = apart.iter().map(|(a, b)| (key(*a), key(*b))).collect();
        join(pairs, &anchors, &apart, limits)
            .labels
            .into_iter()
            .collect()
    };
    // 20 stands in no other record: it joins nothing.
    assert!(labels(&[pair(3, 20)], &[]).is_empty());
    let two = [pair(3, 20), pair(2, 20)];
    let joined = [(key(2), key(2)), (key(3), key(2)), (key(20), key(2))];
    assert_eq!(labels(&two, &[]), joined);
    assert!(labels(&two, &[(20, 3)]).is_empty());
    // A third one makes it shared.
    assert!(labels(&[two[0], two[1], pair(4, 20)], &[]).is_empty());
    // A chain of four is too long; of three it is not.
    assert_eq!(labels(&[pair(1, 2), pair(2, 3)], &[]).len(), 3);
    assert!(labels(&[pair(1, 2), pair(2, 3), pair(3, 4)], &[]).is_empty());
    let long = join(
        &[pair(1, 2), pair(2, 3), pair(3, 4)],
        &anchors,
        &BTreeSet::new(),
        limits,
    );
    assert_eq!(long.long, [4]);
}
