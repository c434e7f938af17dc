//! Recipes on both engines: what they join, what they find, and that the database and the pure rules
//! agree.

mod agree;
mod fixed;
mod links;
mod random;

use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;
use duenotice::domain::scope::field::Field;
use duenotice::domain::scope::identifier::{Key, Kind};
use duenotice::domain::scope::recipe::{Bound, Given, Known, bind, read};
use duenotice::store::run::{self, Input, Listed, Outcome};
use duenotice::store::{Exec as _, Tx};

/// The sources of every recipe here, with their numbers.
pub const SOURCES: [(&str, i64); 4] = [("accounts", 3), ("orders", 1), ("staff", 7), ("log", 5)];

/// The numbers by name.
pub fn numbers() -> BTreeMap<String, i64> {
    SOURCES
        .iter()
        .map(|(n, no)| ((*n).to_owned(), *no))
        .collect()
}

/// A key; their order is not that of `n`.
pub fn key(n: u8) -> Key {
    let mut bytes = [n; 16];
    bytes[0] = n.wrapping_mul(157);
    Key::new(bytes)
}

/// A record of an account with nothing else in it.
pub fn record(source: &str, line: i64, anchor: u8) -> Listed {
    Listed {
        source: numbers()[source],
        key: key(anchor),
        line,
        kind: Kind::Account.number(),
        email_key: None,
        phone_key: None,
        record_key: None,
        cookie_key: None,
        since: None,
        until: None,
        at: None,
        country: None,
        region: None,
        lang: None,
        birth_year: None,
        role: None,
        exposed: None,
        more: None,
        sealed: None,
    }
}

/// Puts records into the database, in the order in which they come.
pub async fn insert(tx: &mut Tx, records: &[Listed]) {
    for r in records {
        tx.command(duenotice::sql!(
            sqlite: "insert into listed (source, key, line, kind, email_key, phone_key, record_key, cookie_key,
                since, until, at, country, region, lang, birth_year, role, exposed, more)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
            postgres: "insert into listed (source, key, line, kind, email_key, phone_key, record_key, cookie_key,
                since, until, at, country, region, lang, birth_year, role, exposed, more)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
                cast($18 as jsonb))"
        ))
        .bind(r.source)
        .bind(r.key)
        .bind(r.line)
        .bind(r.kind)
        .bind(r.email_key)
        .bind(r.phone_key)
        .bind(r.record_key)
        .bind(r.cookie_key)
        .bind(r.since)
        .bind(r.until)
        .bind(r.at)
        .bind(&r.country)
        .bind(&r.region)
        .bind(&r.lang)
        .bind(r.birth_year)
        .bind(&r.role)
        .bind(&r.exposed)
        .bind(&r.more)
        .run()
        .await
        .unwrap();
    }
}

/// A recipe, bound in UTC; accounts that ended before second 3 are not kept.
pub fn bound(text: &str) -> Bound {
    let known = Known::names(SOURCES.map(|(name, _)| name));
    let recipe = read(text, &known).unwrap_or_else(|m| panic!("{text}\n{m:?}"));
    let given = Given {
        params: &BTreeMap::new(),
        zone: Tz::UTC,
        retention: &BTreeMap::from([("accounts".to_owned(), (Field::Until, 3))]),
    };
    bind(&recipe, &given).unwrap()
}

/// What a recipe finds among these records: the outcome and the people.
pub async fn find(
    tx: &mut Tx,
    text: &str,
    records: &[Listed],
    apart: &[(Key, Key)],
) -> (Outcome, BTreeSet<Key>) {
    insert(tx, records).await;
    again(tx, text, apart).await
}

/// The same over the records that are there.
pub async fn again(tx: &mut Tx, text: &str, apart: &[(Key, Key)]) -> (Outcome, BTreeSet<Key>) {
    let (bound, sources) = (bound(text), numbers());
    let input = Input {
        bound: &bound,
        sources: &sources,
        apart,
    };
    let outcome = run::run(tx, &input).await.unwrap();
    let pieces = run::records(tx, &input, None, 100_000).await.unwrap();
    (outcome, pieces.into_iter().map(|p| p.label).collect())
}

/// Some keys.
pub fn keys(numbers: &[u8]) -> BTreeSet<Key> {
    numbers.iter().map(|n| key(*n)).collect()
}
