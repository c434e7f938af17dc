//! The records of one person become rows of the roster: one for each account, or one where there is
//! none.
//!
//! Always holds: what a row says comes from the account's own records first, then from the others in
//! the order of source and line; of two years of birth the later one counts, because a child must not
//! be taken for an adult; country and state come from one record.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::scope::identifier::{Key, Kind};
use crate::domain::scope::recipe::bind::{Bound, BoundLeaf, Of};
use crate::domain::scope::recipe::eval;
use crate::domain::scope::seal::{Contact, Sealer};
use crate::error::{Error, Result};
use crate::store::alias::Alias;
use crate::store::run::Piece;
use crate::store::source::Source;
use crate::store::stage::Staged;

/// What is needed of a source while its records are folded.
#[derive(Clone, Debug)]
pub struct SourceOf {
    /// How recipes call it.
    pub name: String,
    /// The site of its account ids; empty: it has none.
    pub site: String,
    /// The kinds of data that its system exposed; none: no system.
    pub kinds: Vec<String>,
}

/// Folds people.
#[derive(Debug)]
pub struct Fold<'a> {
    bound: &'a Bound,
    sources: BTreeMap<i64, SourceOf>,
    sealer: &'a Sealer,
    /// Kinds of data depend on which records meet a condition.
    exact: bool,
    /// The sources that can bring somebody into the result.
    bringing: BTreeSet<String>,
    next: i64,
}

impl SourceOf {
    /// Of a source; `kinds` are those that its system exposed.
    pub fn new(s: &Source, kinds: Vec<String>) -> Self {
        Self {
            name: s.name.clone(),
            site: s.site_id.clone().unwrap_or_default(),
            kinds,
        }
    }
}

impl<'a> Fold<'a> {
    /// For the records of a run.
    pub fn new(bound: &'a Bound, sources: BTreeMap<i64, SourceOf>, sealer: &'a Sealer) -> Self {
        let leaves: Vec<&BoundLeaf> = bound.steps.iter().flat_map(|s| s.set.leaves()).collect();
        let during = leaves.iter().any(|leaf| leaf.during.is_some());
        let filtered = leaves.iter().any(|leaf| leaf.filter.is_some());
        let bringing = leaves.iter().filter(|leaf| leaf.brings);
        let bringing = bringing.filter_map(|leaf| match &leaf.of {
            Of::Source(name) => Some(name.clone()),
            Of::Step(_) => None,
        });
        Self {
            bringing: bringing.collect(),
            bound,
            sources,
            sealer,
            exact: filtered && !during,
            next: 0,
        }
    }

    /// The rows of one person, given all of the person's records, with every identifier of each.
    ///
    /// # Errors
    /// The pure reading of the recipe says that the person is not affected: the two must never differ.
    pub fn person(
        &mut self,
        pieces: &[Piece],
        rows: &mut Vec<Staged>,
        aliases: &mut Vec<Alias>,
    ) -> Result<()> {
        let Some(first) = pieces.first() else {
            return Ok(());
        };
        let exposed = self.exposed(pieces)?;
        let accounts: BTreeSet<(String, Key)> = pieces
            .iter()
            .filter(|p| p.record.kind == Kind::Account.number())
            .filter_map(|p| {
                Some((
                    self.sources.get(&p.record.source)?.site.clone(),
                    p.record.key,
                ))
            })
            .collect();
        let grouped = (accounts.len() > 1).then_some(first.label);
        let keys: Vec<(String, Key)> = if accounts.is_empty() {
            // Without an account: the best identifier that the person is known by.
            let best = pieces.iter().map(|p| (p.record.kind, p.record.key)).min();
            best.map(|(_, key)| (String::new(), key))
                .into_iter()
                .collect()
        } else {
            accounts.into_iter().collect()
        };
        for (site_id, person_key) in keys {
            let mut own: Vec<&Piece> = pieces.iter().collect();
            own.sort_by_key(|p| p.record.key != person_key);
            self.next += 1;
            let place = own.iter().find(|p| p.record.country.is_some());
            rows.push(Staged {
                line: self.next,
                sealed: self.contact(person_key, &own),
                lang: own.iter().find_map(|p| p.record.lang.clone()),
                country: place.and_then(|p| p.record.country.clone()),
                region: place.and_then(|p| p.record.region.clone()),
                place_from: place
                    .and_then(|p| self.sources.get(&p.record.source))
                    .map(|s| s.name.clone()),
                birth_year: own.iter().filter_map(|p| p.record.birth_year).max(),
                role: own.iter().find_map(|p| p.record.role.clone()),
                exposed: exposed.clone(),
                grouped,
                site_id: site_id.clone(),
                person_key,
            });
            let ids = pieces
                .iter()
                .flat_map(|p| std::iter::once(p.record.key).chain(p.record.others()));
            let ids: BTreeSet<Key> = ids.filter(|key| *key != person_key).collect();
            aliases.extend(ids.into_iter().map(|id_key| Alias {
                line: self.next,
                id_key,
                site_id: site_id.clone(),
                person_key,
            }));
        }
        Ok(())
    }

    /// The kinds of data that were exposed of a person; none: those of the incident.
    fn exposed(&self, pieces: &[Piece]) -> Result<Option<String>> {
        let counts: Option<BTreeSet<(String, i64)>> = if self.exact {
            let seen: Vec<eval::Seen> = pieces
                .iter()
                .filter_map(|p| Some(p.record.seen(&self.sources.get(&p.record.source)?.name)))
                .collect();
            let trace = eval::explain(self.bound, &seen, &[]);
            if !trace.affected {
                return Err(Error::internal(
                    "a recipe gave a person that it does not give when it is read for this person alone",
                ));
            }
            let leaves = trace.steps.into_iter().flat_map(|step| step.leaves);
            let records = leaves
                .filter(|leaf| leaf.brings)
                .flat_map(|leaf| leaf.records);
            Some(
                records
                    .filter(|r| r.counts)
                    .map(|r| (r.source, r.line))
                    .collect(),
            )
        } else {
            None
        };
        let mut kinds = BTreeSet::new();
        for piece in pieces {
            let Some(source) = self.sources.get(&piece.record.source) else {
                continue;
            };
            let here = match &counts {
                Some(counts) => counts.contains(&(source.name.clone(), piece.record.line)),
                None => self.bringing.contains(&source.name),
            };
            if !here {
                continue;
            }
            match &piece.record.exposed {
                Some(own) => kinds.extend(own.split(' ').map(str::to_owned)),
                None => kinds.extend(source.kinds.iter().cloned()),
            }
        }
        Ok((!kinds.is_empty()).then(|| kinds.into_iter().collect::<Vec<_>>().join(" ")))
    }

    /// What the records say together, sealed about the row's key.
    fn contact(&self, about: Key, own: &[&Piece]) -> Option<Vec<u8>> {
        if let [only] = own
            && only.record.key == about
        {
            return only.record.sealed.clone();
        }
        let mut all = Contact::default();
        for piece in own {
            let sealed = piece.record.sealed.as_deref();
            let Some(one) = sealed.and_then(|s| self.sealer.open_contact(&piece.record.key, s))
            else {
                continue;
            };
            if piece.record.key == about {
                all.user = all.user.or(one.user);
            }
            all.email = all.email.or(one.email);
            all.phone = all.phone.or(one.phone);
        }
        self.sealer.contact(&about, &all)
    }
}
