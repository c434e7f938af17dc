//! One person's identifiers: what the links join to one of them, with the records that say so.

use std::collections::{BTreeMap, BTreeSet};

use super::records::{names, records_of};
use super::same::column;
use super::text::Text;
use super::{Input, Listed};
use crate::domain::scope::identifier::{Key, Kind};
use crate::domain::scope::recipe::join::{Pair, join};
use crate::error::Result;
use crate::store::Db;

/// A record that says that two identifiers are one person's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The name of the source.
    pub source: String,
    /// The line in it.
    pub line: i64,
    /// The record's anchor.
    pub anchor: Key,
    /// The kind of the anchor.
    pub anchor_kind: Option<Kind>,
    /// The other identifier.
    pub other: Key,
    /// Its kind.
    pub other_kind: Kind,
    /// A person separated the two.
    pub apart: bool,
}

/// One person's identifiers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chain {
    /// Which person: the smallest of `keys`.
    pub label: Key,
    /// The identifiers that are joined, with the one that was asked for.
    pub keys: BTreeSet<Key>,
    /// Why: every record that joins two of them, or would.
    pub edges: Vec<Edge>,
    /// Identifiers in the person's records that are shared by too many to join anybody.
    pub shared: BTreeSet<Key>,
    /// The chain has more identifiers than allowed: nothing was joined.
    pub too_long: bool,
    /// The person's records in the recipe's sources, at most [`super::records::RECORDS_MAX`].
    pub records: Vec<Listed>,
}

/// What the links join to `key`. Where the recipe has links, each round reads the linked sources once
/// from start to end: other identifiers have no index of their own. Two or three rounds are usual.
pub async fn chain(db: &Db, input: &Input<'_>, key: Key) -> Result<Chain> {
    let sources: Vec<i64> = input
        .bound
        .sources
        .iter()
        .map(|name| input.number(name))
        .collect::<Result<_>>()?;
    let mut walk = Walk {
        db,
        input,
        sources,
        apart: input.apart.iter().copied().collect(),
        pairs: BTreeSet::new(),
        anchors: BTreeSet::new(),
        shared: BTreeSet::new(),
        asked: BTreeSet::new(),
    };
    let most = usize::try_from(input.bound.limits.person).unwrap_or(usize::MAX);
    let mut known = BTreeSet::from([key]);
    let mut new = known.clone();
    while input.joins() && !new.is_empty() && known.len() <= most {
        let found = walk.beside(&new).await?;
        new = found.difference(&known).copied().collect();
        known.extend(&new);
    }
    let pairs: Vec<Pair> = walk.pairs.iter().copied().collect();
    let joined = join(&pairs, &walk.anchors, &walk.apart, input.bound.limits);
    let label = joined.label(key);
    let mut keys: BTreeSet<Key> = known
        .into_iter()
        .filter(|k| joined.label(*k) == label)
        .collect();
    keys.insert(key);
    let records = records_of(db, &walk.sources, &keys).await?;
    Ok(Chain {
        label,
        edges: walk.edges(&records),
        shared: walk.shared,
        too_long: !joined.long.is_empty(),
        keys,
        records,
    })
}

struct Walk<'a> {
    db: &'a Db,
    input: &'a Input<'a>,
    sources: Vec<i64>,
    apart: BTreeSet<(Key, Key)>,
    pairs: BTreeSet<Pair>,
    /// Keys that are the anchor of a record.
    anchors: BTreeSet<Key>,
    shared: BTreeSet<Key>,
    /// Identifiers whose anchors are known.
    asked: BTreeSet<Key>,
}

impl Walk<'_> {
    fn is_apart(&self, a: Key, b: Key) -> bool {
        self.apart.contains(&(a, b)) || self.apart.contains(&(b, a))
    }

    /// The linked kinds of each linked source, by its number.
    fn links(&self) -> BTreeMap<i64, BTreeSet<Kind>> {
        let mut links: BTreeMap<i64, BTreeSet<Kind>> = BTreeMap::new();
        for (source, kinds) in &self.input.bound.links {
            if let Ok(number) = self.input.number(source) {
                links.entry(number).or_default().extend(kinds);
            }
        }
        links
    }

    /// The identifiers beside these, as far as they join.
    async fn beside(&mut self, keys: &BTreeSet<Key>) -> Result<BTreeSet<Key>> {
        let links = self.links();
        let mut others = keys.clone();
        for record in records_of(self.db, &self.sources, keys).await? {
            self.anchors.insert(record.key);
            for kind in links.get(&record.source).into_iter().flatten() {
                if let Some(other) = record.other(*kind).filter(|o| *o != record.key) {
                    others.insert(other);
                    let anchor = record.key;
                    self.pairs.insert(Pair { anchor, other });
                }
            }
        }
        others.retain(|key| self.asked.insert(*key));
        self.anchors_of(&others, &links).await?;
        for record in records_of(self.db, &self.sources, &others).await? {
            self.anchors.insert(record.key);
        }
        let mut found = BTreeSet::new();
        for other in others.iter().chain(keys) {
            let with: BTreeSet<Key> = self
                .pairs
                .iter()
                .filter(|p| p.other == *other && !self.is_apart(p.anchor, p.other))
                .map(|p| p.anchor)
                .collect();
            let most = usize::try_from(self.input.bound.limits.link).unwrap_or(usize::MAX);
            // Beside a key in a record, and yet not joined to it: a person separated the two.
            let reached = keys.contains(other) || with.iter().any(|anchor| keys.contains(anchor));
            if with.len() > most {
                self.shared.insert(*other);
            } else if reached && (with.len() > 1 || self.anchors.contains(other)) {
                if !with.is_empty() {
                    found.insert(*other);
                }
                found.extend(with);
            }
        }
        Ok(found)
    }

    /// Reads with which anchors these identifiers stand, of each no more than decides.
    async fn anchors_of(
        &mut self,
        others: &BTreeSet<Key>,
        links: &BTreeMap<i64, BTreeSet<Kind>>,
    ) -> Result<()> {
        let mut selects = Vec::new();
        for (number, kinds) in links {
            let columns: BTreeSet<&str> = kinds.iter().filter_map(|k| column(*k)).collect();
            for column in columns {
                let keys = others.iter().map(|key| Text::default().key(*key));
                let select = Text::new(&format!(
                    "select l.{column} as other, l.key as anchor from listed l
                     where l.source = {number} and l.{column} <> l.key and l.{column} in ("
                ))
                .then(Text::joined(keys, ", "))
                .ours(")");
                selects.push(select);
            }
        }
        if selects.is_empty() || others.is_empty() {
            return Ok(());
        }
        let apart = i64::try_from(self.apart.len()).unwrap_or(i64::MAX);
        let most = self
            .input
            .bound
            .limits
            .link
            .saturating_add(apart)
            .saturating_add(1);
        let rows: Vec<(Key, Key)> = Text::new(
            "select other, anchor from (
                select other, anchor, row_number() over (partition by other order by anchor) as n
                from (select distinct other, anchor from (",
        )
        .then(Text::joined(selects, " union all "))
        .ours(") as one) as pair) as numbered where n <= ")
        .number(most)
        .on(self.db)
        .all()
        .await?;
        for (other, anchor) in rows {
            self.anchors.insert(anchor);
            self.pairs.insert(Pair { anchor, other });
        }
        Ok(())
    }

    /// What the records say about identifiers that stand with more than one anchor or are one.
    fn edges(&self, records: &[Listed]) -> Vec<Edge> {
        let (names, links) = (names(self.input.sources), self.links());
        let mut edges = Vec::new();
        for record in records {
            for kind in links.get(&record.source).into_iter().flatten() {
                let Some(other) = record.other(*kind).filter(|o| *o != record.key) else {
                    continue;
                };
                let with = self.pairs.iter().filter(|p| p.other == other).count();
                if with > 1 || self.anchors.contains(&other) {
                    edges.push(Edge {
                        source: (*names.get(&record.source).unwrap_or(&"")).to_owned(),
                        line: record.line,
                        anchor: record.key,
                        anchor_kind: record.anchor(),
                        other,
                        other_kind: *kind,
                        apart: self.is_apart(record.key, other),
                    });
                }
            }
        }
        edges
    }
}
