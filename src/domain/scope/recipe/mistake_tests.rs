use std::collections::{BTreeMap, BTreeSet};

use super::tests::known;
use super::*;

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
