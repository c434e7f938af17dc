//! What the people on a roster are, as far as who asks may know it: roles, ages, kinds of data, reach.

use std::collections::BTreeMap;

use crate::app::App;
use crate::domain::access::Actor;
use crate::domain::scope::suppress::{self, Shown};
use crate::error::Result;
use crate::ids::IncidentId;
use crate::store::tally::{self, Tally};

/// How many people are one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tallied {
    /// `role`, `minor`, `kind`, `place_from`, `reach`.
    pub what: String,
    /// Which role, kind …; empty: not stated.
    pub value: String,
    /// How many people, or a range.
    pub shown: Shown,
}

/// Counts by what people are; small ones are ranges for who only watches.
#[derive(Clone, Debug, Default)]
pub struct Tallies {
    /// Most first within each `what`. Where even ranges would give a number away, that `what` is left out.
    pub rows: Vec<Tallied>,
    /// The threshold, when something is not exact because of it.
    pub ranges_below: Option<u64>,
}

/// The counts of an incident for `actor`.
///
/// # Errors
/// When the database cannot be read.
pub async fn seen_by(app: &App, actor: &Actor, incident: IncidentId) -> Result<Tallies> {
    let all = tally::list(&app.db, incident).await?;
    Ok(of(actor, all, app.config.small_counts_below))
}

/// These counts for `actor`; those under `below` are ranges for who only watches.
#[must_use]
pub fn of(actor: &Actor, all: Vec<Tally>, below: u64) -> Tallies {
    let below = if actor.sees_exact_counts() { 0 } else { below };
    let mut tables: BTreeMap<String, Vec<Tally>> = BTreeMap::new();
    for one in all {
        tables.entry(one.what.clone()).or_default().push(one);
    }
    let mut seen = Tallies::default();
    for table in tables.into_values() {
        let counts = table
            .iter()
            .map(|one| u64::try_from(one.persons).unwrap_or(0));
        let counts: Vec<u64> = counts.collect();
        let shown = suppress::table(&counts, below).unwrap_or_default();
        if shown.len() < counts.len() || shown.iter().any(|one| one.exact().is_none()) {
            seen.ranges_below = Some(below);
        }
        let rows = table.into_iter().zip(shown);
        seen.rows.extend(rows.map(|(one, shown)| Tallied {
            what: one.what,
            value: one.value,
            shown,
        }));
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::access::Role;

    fn tally(what: &str, value: &str, persons: i64) -> Tally {
        Tally {
            what: what.to_owned(),
            value: value.to_owned(),
            persons,
        }
    }

    #[test]
    fn who_only_watches_sees_no_small_number_of_any_table() {
        let all = || {
            vec![
                tally("minor", "adult", 900),
                tally("minor", "unknown", 40),
                tally("minor", "under13", 2),
                tally("reach", "account", 942),
                tally("role", "customer", 3),
            ]
        };
        let told = |role| {
            let actor = Actor {
                role: Some(role),
                ..Actor::person()
            };
            let seen = of(&actor, all(), 5);
            let rows = seen.rows.iter();
            let rows = rows.map(|r| format!("{} {} {}", r.what, r.value, r.shown));
            (rows.collect::<Vec<_>>(), seen.ranges_below)
        };
        // 2 alone would be 942 less the others; a table of one small number says nothing at all.
        assert_eq!(
            told(Role::Manager),
            (
                vec![
                    "minor adult 900".to_owned(),
                    "minor unknown 5 or more".to_owned(),
                    "minor under13 1–4".to_owned(),
                    "reach account 942".to_owned(),
                ],
                Some(5)
            )
        );
        let (rows, below) = told(Role::Responder);
        assert_eq!((rows.len(), below), (5, None));
        assert!(rows.contains(&"minor under13 2".to_owned()));
    }
}
