use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;

use super::bind::Check;
use super::eval::{Seen, explain};
use super::join::{Pair, join};
use super::*;
use crate::domain::scope::identifier::Key;

const SOURCES: [&str; 4] = ["accounts", "orders", "staff", "log"];

fn known() -> Known {
    Known::names(SOURCES)
}

fn good(text: &str) -> Recipe {
    read(text, &known()).unwrap_or_else(|m| panic!("{text}: {m:?}"))
}

fn only(text: &str) -> Mistake {
    let mut all = read(text, &known()).expect_err(text);
    assert_eq!(all.len(), 1, "{text}: {all:?}");
    all.remove(0)
}

#[test]
fn every_mistake_has_its_sentence_and_its_place() {
    let mut failed = Vec::new();
    let mut wrong = |text: &str, place: (usize, usize), sentence: &str| {
        let all = read(text, &known()).err().unwrap_or_default();
        let told = |m: &Mistake| (m.line, m.column) == place && m.sentence.contains(sentence);
        if all.len() != 1 || !told(&all[0]) {
            failed.push(format!("{text}: {all:?}"));
        }
    };
    wrong("", (1, 1), "has no step");
    wrong("# nothing", (1, 1), "has no step");
    wrong(
        "a = acounts",
        (1, 5),
        "There is no source or earlier step acounts. Is accounts meant?",
    );
    wrong(
        "a = people",
        (1, 5),
        "Sources are accounts, log, orders, staff.",
    );
    wrong("a = b\nb = orders", (1, 5), "comes only later");
    wrong("a = a union orders", (1, 5), "is made of itself");
    wrong(
        "a = orders\na = staff",
        (2, 1),
        "\"a\" stands on line 1 already",
    );
    wrong("orders = accounts", (1, 1), "is the name of a source");
    wrong(
        "affected = orders\nb = staff",
        (1, 1),
        "must be the last one",
    );
    wrong("A = orders", (1, 1), "cannot be a name");
    wrong("where = orders", (1, 1), "has a meaning of its own");
    wrong("a orders", (1, 3), "A step is a name, = and a set");
    wrong(
        "a =",
        (1, 4),
        "Here should be the name of a source or of an earlier step, not the end",
    );
    wrong(
        "a = orders minus staff",
        (1, 12),
        "write except instead of \"minus\"",
    );
    wrong(
        "a = orders and staff",
        (1, 12),
        "write intersect instead of \"and\"",
    );
    wrong("a = orders unoin staff", (1, 12), "Is union meant?");
    wrong("a = orders staff", (1, 12), "is not expected here");
    wrong(
        "a = (orders union staff",
        (1, 24),
        "A closing parenthesis is missing",
    );
    wrong("a = orders)", (1, 11), "closes nothing");
    wrong(
        "a = orders union staff where kept",
        (1, 24),
        "in parentheses",
    );
    wrong(
        "a = orders where kept union staff",
        (1, 12),
        "in parentheses: (SOURCE where …) union …",
    );
    wrong(
        "a = (orders) where kept",
        (1, 14),
        "Give what stands before it a name",
    );
    wrong("a = orders && staff", (1, 12), "intersect (between sets)");
    wrong(
        "a = orders where country == AT",
        (1, 26),
        "\"==\" is not used here. Write =.",
    );
    wrong(
        "a = orders where country = AT;",
        (1, 30),
        "The sign \";\" is not used",
    );
    wrong(
        "a = orders where role = \"guest",
        (1, 25),
        "has no end on its line",
    );
    wrong(
        "a = orders where at < :From",
        (1, 23),
        "After : comes the name of a parameter",
    );
    wrong("a = orders where", (1, 17), "Here should be a condition");
    wrong(
        "a = orders where cuontry = AT",
        (1, 18),
        "\"cuontry\" is no field",
    );
    wrong(
        "a = orders where cuontry = AT",
        (1, 18),
        "Is country meant?",
    );
    wrong(
        "a = orders where email = \"a@b.at\"",
        (1, 18),
        "kept as a keyed hash only",
    );
    wrong("a = orders where log.by = x", (1, 18), "that is orders");
    wrong(
        "a = orders where country < AT",
        (1, 26),
        "is a text, which can be the same or another",
    );
    wrong(
        "a = orders where country between AT and DE",
        (1, 34),
        "has no between",
    );
    wrong(
        "a = orders where country = Austria",
        (1, 28),
        "is not a code of two letters",
    );
    wrong(
        "a = orders where state = XX",
        (1, 26),
        "two-letter code of a US state",
    );
    wrong(
        "a = orders where at < yesterday",
        (1, 23),
        "is not a time. Write a day, 2026-10-01",
    );
    wrong("a = orders where at < 2026-02-30", (1, 23), "is not a time");
    wrong(
        "a = orders where at < 2026-10-01T10:00:00",
        (1, 23),
        "instant with its offset",
    );
    wrong(
        "a = orders where at in (2026-10-01)",
        (1, 24),
        "Times are compared with between",
    );
    wrong(
        "a = orders where at between 2026-10-01",
        (1, 39),
        "two values with and",
    );
    wrong(
        "a = orders where at is empty",
        (1, 24),
        "After is comes missing or known",
    );
    wrong(
        "a = orders where at not < 2026-10-01",
        (1, 25),
        "Write not before the field",
    );
    wrong(
        "a = orders where exposed = name",
        (1, 26),
        "exposed has KIND",
    );
    wrong(
        "a = orders where role has guest",
        (1, 27),
        "Only exposed has kinds",
    );
    wrong(
        "a = orders where birth_year > old",
        (1, 31),
        "is not a year",
    );
    wrong(
        "a = orders where role in guest",
        (1, 26),
        "values in parentheses",
    );
    wrong(
        "a = orders where role = \"\"",
        (1, 25),
        "Write role is missing",
    );
    wrong("a = orders during logs", (1, 19), "There is no source logs");
    wrong(
        "a = orders\nb = a where at is known",
        (2, 13),
        "at is about single records",
    );
    wrong(
        "a = orders\nb = a where kept",
        (2, 13),
        "kept is about single records",
    );
    wrong(
        "a = orders\nb = a during log",
        (2, 14),
        "a is a set of people",
    );
    wrong(
        "link order by email\na = orders",
        (1, 6),
        "There is no source order. A link is about a source. Is orders meant?",
    );
    wrong(
        "link orders by mail\na = orders",
        (1, 16),
        "is no kind of identifier",
    );
    wrong(
        "link orders email\na = orders",
        (1, 13),
        "comes by and the kinds",
    );
    wrong(
        "limit link none\na = orders",
        (1, 12),
        "A limit is a whole number from 1 to 1000",
    );
    wrong("limit links 5\na = orders", (1, 7), "comes link or person");
    wrong(
        &format!("a = {}accounts{}", "(".repeat(13), ")".repeat(13)),
        (1, 18),
        "nested too deeply",
    );
    wrong(
        &format!("a = orders where {}kept", "not ".repeat(13)),
        (1, 70),
        "Remove every second not",
    );
    wrong(
        &format!("a = {}", vec!["orders"; 51].join(" union ")),
        (1, 655),
        "at most 50 sets",
    );
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn too_much_is_refused_before_it_is_read() {
    let long = format!("a = orders\n#{}", "x".repeat(BYTES_MAX));
    assert!(only(&long).sentence.contains("20000 are allowed"));
    let steps: String = (0..=STEPS_MAX)
        .map(|n| format!("s{n} = orders\n"))
        .collect();
    assert!(only(&steps).sentence.contains("at most 50 steps"));
    let values = format!("a = orders where role in ({})", vec!["x"; 201].join(", "));
    assert!(only(&values).sentence.contains("at most 200 values"));
}

#[test]
fn all_mistakes_are_told_at_once() {
    let text = "\
a = orders where at < yesterday
b = acounts
link orders by mail
c = a union (b except staf)";
    let lines: Vec<usize> = read(text, &known())
        .unwrap_err()
        .iter()
        .map(|m| m.line)
        .collect();
    // `a` is not told to be missing on line 4: it is there, and wrong.
    assert_eq!(lines, [1, 2, 3, 4]);
}

#[test]
fn a_source_without_the_column_is_told() {
    let orders = [Field::At, Field::Id(Kind::Email)];
    let known = Known::new(BTreeMap::from([
        ("orders".to_owned(), Some(BTreeSet::from(orders))),
        ("log".to_owned(), Some(BTreeSet::from([Field::Since]))),
    ]));
    let sentences = |text: &str| -> Vec<String> {
        let all = read(text, &known).expect_err(text);
        all.into_iter().map(|m| m.sentence).collect()
    };
    assert!(read("link orders by email\na = orders where at is known", &known).is_ok());
    assert!(sentences("a = orders where since is known")[0].starts_with("orders has no since"));
    assert!(sentences("link orders by phone\na = orders")[0].contains("read as phone number"));
    assert!(sentences("a = orders during log")[0].starts_with("log has no until"));
}

#[test]
fn a_line_goes_on_where_something_must_follow() {
    let one = "a = (orders where at < :to and not kept) union accounts except staff";
    let many = "\
a = (
    orders   # bought
    where at < :to and
      not kept
  ) union

  accounts
  except staff";
    assert_eq!(good(one).to_string(), good(many).to_string());
    assert_eq!(good(one).params(), ["to"]);
}

#[test]
fn the_text_in_one_spelling() {
    for (written, shown) in [
        ("a = orders", "a = orders\n"),
        ("a=orders UNION staff", "a = orders union staff\n"),
        // Equal rank from left to right, intersect closer.
        (
            "a = ((orders union staff) except log) intersect accounts",
            "a = (orders union staff except log) intersect accounts\n",
        ),
        (
            "a = orders union (staff intersect log)",
            "a = orders union staff intersect log\n",
        ),
        (
            "a = orders except (staff union log)",
            "a = orders except (staff union log)\n",
        ),
        (
            "a = (orders where kept) union staff",
            "a = (orders where kept) union staff\n",
        ),
        (
            "a = orders where not (at is missing or not role = 'it''s') and lang = de",
            "a = orders where not (at is missing or not role = \"it's\") and lang = de\n",
        ),
        (
            "a = orders where country not in (at, DE) or not not at is not known",
            "a = orders where not country in (at, DE) or at is missing\n",
        ),
        (
            "a = orders where kept during log where log.by = 4711 and log.since < 2026-10-01",
            "a = orders where kept during log where more.by = 4711 and since < 2026-10-01\n",
        ),
        (
            "limit person 30\nlimit link 5\nlink orders by order, email, order\na = orders",
            "link orders by order, email\nlimit person 30\na = orders\n",
        ),
    ] {
        assert_eq!(good(written).to_string(), shown, "{written}");
        assert_eq!(good(shown).to_string(), shown);
    }
}

#[test]
fn what_a_recipe_is_made_of() {
    let recipe = good(
        "link accounts by email\na = orders during log\nb = staff\nc = a except (accounts where since < :to)",
    );
    assert_eq!(recipe.sources(), ["accounts", "orders", "staff"]);
    assert_eq!(recipe.logs(), ["log"]);
    assert_eq!(recipe.unused(), ["b"]);
    assert_eq!(recipe.params(), ["to"]);
    assert_eq!(
        recipe.limits,
        Limits {
            link: 5,
            person: 25
        }
    );
}

#[test]
fn a_step_in_plain_words() {
    let words = |text: &str| {
        let recipe = good(text);
        recipe.result().unwrap().sentence(&recipe)
    };
    assert_eq!(
        words("a = orders where at between 2026-10-01 and 2026-10-14"),
        "People with a record in orders that is dated from 1 October 2026 to 14 October 2026."
    );
    assert_eq!(
        words("a = accounts where since < :to and not until < :from"),
        "People with a record in accounts that began before :to and did not end before :from or has no \
         value for it."
    );
    assert_eq!(
        words("b = staff\na = (orders union b) except (accounts where country = AT)"),
        "(people with a record in orders, or people of the step b), but not people with a record in \
         accounts that has the country AT."
    );
    assert_eq!(
        words("a = orders during log where log.by = 4711"),
        "People with a record in orders that is dated within a window of log, of those windows whose \
         record has the by 4711."
    );
}

fn bound(text: &str, params: &[(&str, &str)], zone: Tz) -> Result<Bound, Vec<Mistake>> {
    let params = params
        .iter()
        .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
        .collect();
    let given = Given {
        params: &params,
        zone,
        retention: &BTreeMap::from([("accounts".to_owned(), (Field::Until, 1000))]),
    };
    bind(&good(text), &given)
}

/// The bounds of the only filter.
fn bounds(condition: &str, zone: Tz) -> (Option<i64>, Option<i64>, bool) {
    let bound = bound(&format!("a = orders where {condition}"), &[], zone).unwrap();
    match bound.steps[0].set.leaves()[0].filter.clone().unwrap() {
        Check::Within {
            from,
            until,
            outside,
            ..
        } => (from, until, outside),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_date_is_the_whole_day_of_the_zone() {
    // date -d '2026-10-01 00:00 +0200' +%s = 1790805600; a day later 1790892000;
    // date -d '2026-10-15 00:00 +0200' +%s = 1792015200.
    let vienna = Tz::Europe__Vienna;
    let (start, next) = (1_790_805_600, 1_790_892_000);
    for (text, from, until, outside) in [
        ("at = 2026-10-01", Some(start), Some(next), false),
        ("at != 2026-10-01", Some(start), Some(next), true),
        ("at < 2026-10-01", None, Some(start), false),
        ("at <= 2026-10-01", None, Some(next), false),
        ("at > 2026-10-01", Some(next), None, false),
        ("at >= 2026-10-01", Some(start), None, false),
        (
            "at between 2026-10-01 and 2026-10-14",
            Some(start),
            Some(1_792_015_200),
            false,
        ),
        (
            "at <= 2026-10-01T00:00:00+02:00",
            None,
            Some(start + 1),
            false,
        ),
        ("at < 2026-09-30T22:00:00Z", None, Some(start), false),
        ("birth_year < 2013", None, Some(2013), false),
        ("birth_year >= 2013", Some(2013), None, false),
    ] {
        assert_eq!(bounds(text, vienna), (from, until, outside), "{text}");
    }
    // date -d '2026-10-01 00:00 UTC' +%s = 1790812800.
    assert_eq!(bounds("at < 2026-10-01", Tz::UTC).1, Some(1_790_812_800));
    // 25 October 2026 has 25 hours in Vienna.
    let (from, until, _) = bounds("at = 2026-10-25", vienna);
    assert_eq!(until.unwrap() - from.unwrap(), 25 * 3600);
}

#[test]
fn a_parameter_that_is_missing_or_wrong_is_told() {
    let text = "a = orders where at < :to and country = :land and at > :to";
    let wrong = bound(text, &[("land", "Austria")], Tz::UTC).unwrap_err();
    let told: Vec<String> = wrong.iter().map(Mistake::to_string).collect();
    assert_eq!(
        told,
        [
            "Line 1, character 23: The parameter :to has no value. Give it one for this run.",
            "Line 1, character 41: The parameter :land: \"Austria\" is not a code of two letters, such as AT \
             or US.",
            "Line 1, character 56: The parameter :to has no value. Give it one for this run.",
        ]
    );
    assert!(bound(text, &[("land", "at"), ("to", " 2026-10-01 ")], Tz::UTC).is_ok());
}

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
    let bound = self::bound(text, &[], Tz::UTC).unwrap();
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
