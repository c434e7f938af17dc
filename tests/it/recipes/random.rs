//! Random recipes, records, links and splits. Few values, so that they meet.

use duenotice::domain::scope::identifier::{Key, Kind};
use duenotice::store::run::Listed;
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

use super::{key, record};

/// All of a case.
#[derive(Clone, Debug)]
pub struct Case {
    /// The recipe.
    pub text: String,
    /// The records, each with a line of its own.
    pub records: Vec<Listed>,
    /// What a person separated.
    pub apart: Vec<(Key, Key)>,
}

pub fn any_case() -> impl Strategy<Value = Case> {
    (
        any_recipe(),
        vec(any_record(), 0..14),
        vec(any_log(), 0..5),
        vec((any_key(), any_key()), 0..3),
    )
        .prop_map(|(text, mut records, logs, apart)| {
            records.extend(logs);
            for (record, line) in records.iter_mut().zip(1..) {
                record.line = line;
            }
            Case {
                text,
                records,
                apart,
            }
        })
}

/// An identifier of a kind: few of each.
fn of_kind(kind: Kind) -> impl Strategy<Value = Key> {
    let first = u8::try_from(kind.number() * 10).unwrap();
    (0..3_u8).prop_map(move |n| key(first + n))
}

fn any_kind() -> impl Strategy<Value = Kind> {
    prop::sample::select(vec![
        Kind::Account,
        Kind::Account,
        Kind::Email,
        Kind::Phone,
        Kind::Order,
        Kind::Cookie,
    ])
}

fn any_key() -> impl Strategy<Value = Key> {
    any_kind().prop_flat_map(of_kind)
}

fn any_time() -> impl Strategy<Value = Option<i64>> {
    prop_oneof![1 => Just(None), 3 => (0..6_i64).prop_map(Some)]
}

fn word(all: &'static [&'static str]) -> impl Strategy<Value = Option<String>> {
    of(prop::sample::select(all).prop_map(str::to_owned))
}

const PLANS: [&str; 2] = ["free", "it's"];

fn any_more() -> impl Strategy<Value = Option<String>> {
    of(prop::sample::select(&PLANS[..]).prop_map(|plan| format!("{{\"plan\": \"{plan}\"}}")))
}

fn any_record() -> impl Strategy<Value = Listed> {
    let source = prop::sample::select(vec!["accounts", "orders", "staff"]);
    let anchor = any_kind().prop_flat_map(|kind| (Just(kind), of_kind(kind)));
    let others = (
        of(of_kind(Kind::Email)),
        of(of_kind(Kind::Phone)),
        of(of_kind(Kind::Order)),
        of(of_kind(Kind::Cookie)),
    );
    let times = (any_time(), any_time(), any_time());
    let words = (
        word(&["AT", "DE"]),
        word(&["TX", "CA"]),
        of(2012..2014_i64),
        word(&["guest", "staff"]),
        word(&["name", "email name", "names"]),
        any_more(),
    );
    (source, anchor, others, times, words).prop_map(
        |(source, (kind, anchor), others, times, words)| Listed {
            key: anchor,
            kind: kind.number(),
            email_key: others.0,
            phone_key: others.1,
            record_key: others.2,
            cookie_key: others.3,
            since: times.0,
            until: times.1,
            at: times.2,
            country: words.0,
            region: words.1,
            birth_year: words.2,
            role: words.3,
            exposed: words.4,
            more: words.5,
            ..record(source, 0, 0)
        },
    )
}

fn any_log() -> impl Strategy<Value = Listed> {
    (any_time(), any_time(), any_more()).prop_map(|(since, until, more)| Listed {
        since,
        until,
        more,
        ..record("log", 0, 99)
    })
}

fn any_recipe() -> impl Strategy<Value = String> {
    let links = vec(
        (
            prop::sample::select(vec!["accounts", "orders", "staff"]),
            prop::sample::select(vec![
                "email",
                "phone",
                "order",
                "cookie",
                "email, phone",
                "account",
            ]),
        )
            .prop_map(|(source, kinds)| format!("link {source} by {kinds}\n")),
        0..4,
    );
    let steps = (any_set(0), any_set(1), any_set(2))
        .prop_map(|(a, b, c)| format!("s0 = {a}\ns1 = {b}\ns2 = {c}\n"));
    (links, 1..4_i64, 2..6_i64, steps).prop_map(|(links, link, person, steps)| {
        format!(
            "{}limit link {link}\nlimit person {person}\n{steps}",
            links.concat()
        )
    })
}

fn any_set(before: usize) -> impl Strategy<Value = String> {
    let source = prop::sample::select(vec!["accounts", "orders", "staff"]);
    let source = (
        source,
        of(any_condition(false)),
        of(of(any_condition(false))),
    )
        .prop_map(|(source, filter, during)| {
            let mut text = source.to_owned();
            if let Some(filter) = filter {
                text.push_str(&format!(" where {filter}"));
            }
            match during {
                None => {}
                Some(None) => text.push_str(" during log"),
                Some(Some(filter)) => text.push_str(&format!(" during log where {filter}")),
            }
            format!("({text})")
        });
    let leaf = if before == 0 {
        source.boxed()
    } else {
        let step = (0..before, of(any_condition(true))).prop_map(|(n, filter)| match filter {
            None => format!("s{n}"),
            Some(filter) => format!("(s{n} where {filter})"),
        });
        prop_oneof![source, step].boxed()
    };
    leaf.prop_recursive(2, 6, 3, |inner| {
        let op = prop::sample::select(vec!["union", "intersect", "except"]);
        (inner.clone(), op, inner).prop_map(|(a, op, b)| format!("({a} {op} {b})"))
    })
}

/// A condition about records, or about the people of a step.
fn any_condition(of_people: bool) -> impl Strategy<Value = String> {
    let people = prop::sample::select(vec![
        "country = AT",
        "country != AT",
        "country in (AT, DE)",
        "country is missing",
        "state = TX",
        "lang is known",
        "birth_year < 2013",
        "birth_year in (2012, 2013)",
        "birth_year != 2012",
        "role = guest",
        "role not in (guest, customer)",
    ])
    .prop_map(str::to_owned);
    let records = prop::sample::select(vec![
        "kept",
        "exposed has name",
        "exposed is known",
        "more.plan = free",
        "more.plan != \"it's\"",
        "more.plan is missing",
        "more.nothing = x",
        "at is known",
    ])
    .prop_map(str::to_owned);
    let field = prop::sample::select(vec!["since", "until", "at"]);
    let sign = prop::sample::select(vec!["=", "!=", "<", "<=", ">", ">="]);
    let instant = |n: i64| format!("1970-01-01T00:00:0{n}Z");
    let compared = (field.clone(), sign, 0..6_i64)
        .prop_map(move |(field, sign, n)| format!("{field} {sign} {}", instant(n)));
    let between = (field, 0..4_i64, 0..4_i64).prop_map(move |(field, from, long)| {
        format!(
            "{field} between {} and {}",
            instant(from),
            instant(from + long)
        )
    });
    let single = if of_people {
        people.boxed()
    } else {
        prop_oneof![1 => people, 1 => records, 2 => compared, 1 => between].boxed()
    };
    single.prop_recursive(3, 6, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|c| format!("not ({c})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) and ({b})")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("({a}) or ({b})")),
        ]
    })
}
