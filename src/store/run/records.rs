//! Records of people: those of a result, a page at a time, and those of one person.

use std::collections::{BTreeMap, BTreeSet};

use super::Input;
use super::condition;
use super::text::Text;
use crate::domain::scope::identifier::{Key, Kind};
use crate::domain::scope::recipe::bind::BoundLeaf;
use crate::domain::scope::recipe::eval::Seen;
use crate::error::Result;
use crate::store::{Engine, Exec, Tx};

/// A record as it is in the database. Times are seconds since 1970-01-01 UTC.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Listed {
    /// The number of the source.
    pub source: i64,
    /// The anchor.
    pub key: Key,
    /// The line in the source.
    pub line: i64,
    /// The kind of the anchor, by its number; see [`Listed::anchor`].
    pub kind: i64,
    /// Other identifiers in the record.
    pub email_key: Option<Key>,
    /// Other identifiers in the record.
    pub phone_key: Option<Key>,
    /// The number of the order or ticket.
    pub record_key: Option<Key>,
    /// Other identifiers in the record.
    pub cookie_key: Option<Key>,
    /// Created, registered, subscribed.
    pub since: Option<i64>,
    /// Ended.
    pub until: Option<i64>,
    /// The event.
    pub at: Option<i64>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// US state.
    pub region: Option<String>,
    /// Language tag.
    pub lang: Option<String>,
    /// Year of birth.
    pub birth_year: Option<i64>,
    /// What the person is to the company.
    pub role: Option<String>,
    /// Kinds of data, separated by spaces.
    pub exposed: Option<String>,
    /// JSON object of further attributes.
    pub more: Option<String>,
    /// Addresses under the incident's key.
    pub sealed: Option<Vec<u8>>,
}

/// The columns of [`Listed`] of the record `l`.
fn columns(engine: Engine) -> String {
    let more = match engine {
        Engine::Sqlite => "l.more",
        Engine::Postgres => "cast(l.more as text)",
    };
    format!(
        "l.source, l.key, l.line, l.kind, l.email_key, l.phone_key, l.record_key, l.cookie_key, l.since,
         l.until, l.at, l.country, l.region, l.lang, l.birth_year, l.role, l.exposed, {more} as more,
         l.sealed"
    )
}

impl Listed {
    /// The kind of the anchor.
    #[must_use]
    pub fn anchor(&self) -> Option<Kind> {
        Kind::numbered(self.kind)
    }

    /// The other identifiers in it.
    pub fn others(&self) -> impl Iterator<Item = Key> {
        [
            self.email_key,
            self.phone_key,
            self.record_key,
            self.cookie_key,
        ]
        .into_iter()
        .flatten()
    }

    /// The identifier in the column of a kind.
    pub(super) fn other(&self, kind: Kind) -> Option<Key> {
        match kind {
            Kind::Account => None,
            Kind::Email => self.email_key,
            Kind::Phone => self.phone_key,
            Kind::Order | Kind::Ticket => self.record_key,
            Kind::Cookie => self.cookie_key,
        }
    }

    /// What conditions may ask of it; `source` is the source's name.
    #[must_use]
    pub fn seen(&self, source: &str) -> Seen {
        let more = self.more.as_deref().unwrap_or("{}");
        let more: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(more).unwrap_or_default();
        Seen {
            source: source.to_owned(),
            line: self.line,
            since: self.since,
            until: self.until,
            at: self.at,
            country: self.country.clone(),
            region: self.region.clone(),
            lang: self.lang.clone(),
            birth_year: self.birth_year,
            role: self.role.clone(),
            exposed: self.exposed.clone(),
            more: more
                .into_iter()
                .filter_map(|(name, value)| match value {
                    serde_json::Value::Null => None,
                    serde_json::Value::String(text) => Some((name, text)),
                    other => Some((name, other.to_string())),
                })
                .collect(),
        }
    }
}

/// A record of a person of the result.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Piece {
    /// The person.
    pub label: Key,
    /// The record.
    #[sqlx(flatten)]
    pub record: Listed,
}

/// Where the next page of [`records`] goes on: the last piece of the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct After {
    /// The person.
    pub label: Key,
    /// The number of the source.
    pub source: i64,
    /// The line.
    pub line: i64,
    /// The key.
    pub key: Key,
}

impl From<&Piece> for After {
    fn from(piece: &Piece) -> Self {
        Self {
            label: piece.label,
            source: piece.record.source,
            line: piece.record.line,
            key: piece.record.key,
        }
    }
}

/// Up to `limit` records of the result's people after `after`, in the order of person, source and line.
/// None at all: there are no more.
///
/// All records of a person in the recipe's sources are given, also those that did not bring the person
/// into the result: a list of accounts says where somebody lives who is affected by an order.
/// [`run`](super::run) must have been called in this transaction, with the same input.
pub async fn records(
    tx: &mut Tx,
    input: &Input<'_>,
    after: Option<After>,
    limit: i64,
) -> Result<Vec<Piece>> {
    let engine = tx.engine();
    let columns = columns(engine);
    let numbers: Vec<String> = input
        .bound
        .sources
        .iter()
        .map(|name| input.number(name).map(|n| format!("select {n} as no")))
        .collect::<Result<_>>()?;
    let sources = numbers.join(" union all ");
    // People have two records or so, and what does not fit is read again. Each has one, and those of the
    // first may all have been on the page before: two people are enough to come further.
    let mut people = Text::new("select label from run_result");
    if let Some(after) = after {
        people = people.ours(" where label >= ").key(after.label);
    }
    let people = people.ours(" order by label limit ").number(limit / 2 + 2);
    // Of SQLite, `cross join` asks to go from the left to the right.
    let mut keys = people.clone();
    keys = Text::new("select label, label as key from (")
        .then(keys)
        .ours(") as p");
    if input.joins() {
        keys = keys
            .ours(" union all select p.label, s.id_key as key from (")
            .then(people)
            .ours(") as p cross join run_same s where s.label = p.label");
    }
    let mut select = Text::new(&format!("select p.label, {columns} from ("))
        .then(keys)
        .ours(&format!(
            ") as p cross join ({sources}) as o cross join listed l
             where l.source = o.no and l.key = p.key"
        ));
    if let Some(after) = after {
        select = select
            .ours(" and (p.label > ")
            .key(after.label)
            .ours(" or (l.source, l.line, l.key) > (")
            .number(after.source)
            .ours(", ")
            .number(after.line)
            .ours(", ")
            .key(after.key)
            .ours("))");
    }
    select
        .ours(" order by p.label, l.source, l.line, l.key limit ")
        .number(limit)
        .on(tx)
        .all()
        .await
}

/// The most records that [`records_of`] and [`covering`] give.
pub const RECORDS_MAX: i64 = 2000;

/// The records of some sources with one of these keys as their anchor, at most [`RECORDS_MAX`], in the
/// order of source and line.
pub async fn records_of<'c>(
    db: impl Exec<'c> + Engined,
    sources: &[i64],
    keys: &BTreeSet<Key>,
) -> Result<Vec<Listed>> {
    if sources.is_empty() || keys.is_empty() {
        return Ok(Vec::new());
    }
    let sources: Vec<String> = sources.iter().map(i64::to_string).collect();
    let keys = keys.iter().map(|key| Text::default().key(*key));
    let columns = columns(db.engine());
    Text::new(&format!(
        "select {columns} from listed l where l.source in ({}) and l.key in (",
        sources.join(", ")
    ))
    .then(Text::joined(keys, ", "))
    .ours(") order by l.source, l.line, l.key limit ")
    .number(RECORDS_MAX)
    .on(db)
    .all()
    .await
}

/// The records of the log of a leaf whose window has one of these times, and that meet its condition: what
/// [`explain`](crate::domain::scope::recipe::eval::explain) needs for one person.
pub async fn covering<'c>(
    db: impl Exec<'c> + Engined,
    input: &Input<'_>,
    leaf: &BoundLeaf,
    times: &BTreeSet<i64>,
) -> Result<Vec<Listed>> {
    let Some((log, filter)) = &leaf.during else {
        return Ok(Vec::new());
    };
    if times.is_empty() {
        return Ok(Vec::new());
    }
    let (engine, number) = (db.engine(), input.number(log)?);
    let columns = columns(engine);
    let within = times.iter().take(500).map(|at| {
        Text::new("l.since <= ")
            .number(*at)
            .ours(" and l.until > ")
            .number(*at)
            .wrapped()
    });
    let mut select = Text::new(&format!(
        "select {columns} from listed l where l.source = {number} and "
    ))
    .then(Text::joined(within, " or ").wrapped());
    if let Some(filter) = filter {
        select = select.ours(" and ").then(condition::filter(filter, engine));
    }
    select
        .ours(" order by l.line, l.key limit ")
        .number(RECORDS_MAX)
        .on(db)
        .all()
        .await
}

/// Something of which the engine is known before it is asked.
pub trait Engined {
    /// Which engine it is.
    fn engine(&self) -> Engine;
}

impl Engined for &crate::store::Db {
    fn engine(&self) -> Engine {
        crate::store::Db::engine(self)
    }
}

impl Engined for &mut Tx {
    fn engine(&self) -> Engine {
        Tx::engine(self)
    }
}

/// The names of sources by their numbers.
pub(super) fn names(sources: &BTreeMap<String, i64>) -> BTreeMap<i64, &str> {
    sources
        .iter()
        .map(|(name, no)| (*no, name.as_str()))
        .collect()
}
