//! The database and the pure rules give the same people, counts and joins for random recipes.

use std::collections::{BTreeMap, BTreeSet};

use duenotice::domain::scope::identifier::{Key, Kind};
use duenotice::domain::scope::recipe::Bound;
use duenotice::domain::scope::recipe::eval::{Seen, explain, open_windows};
use duenotice::domain::scope::recipe::join::{Joined, Pair, join};
use duenotice::store::run::{self, Input, Listed, chain};
use duenotice::store::{Db, Exec as _};
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use super::random::{Case, any_case};
use super::{bound, insert, numbers};
use crate::support::db::Fresh;

crate::both_engines![
    the_database_finds_what_the_rules_say,
    one_chain_is_what_all_are
];

/// Runs `check` for many random cases.
fn many<F: Future<Output = Result<(), TestCaseError>>>(cases: u32, check: impl Fn(Case) -> F) {
    tokio::task::block_in_place(|| {
        let mut runner = TestRunner::new(Config {
            cases,
            failure_persistence: None,
            max_shrink_iters: 400,
            ..Config::default()
        });
        let handle = tokio::runtime::Handle::current();
        let result = runner.run(&any_case(), |case| handle.block_on(check(case)));
        assert!(result.is_ok(), "{}", result.unwrap_err());
    });
}

async fn the_database_finds_what_the_rules_say(fresh: Fresh) {
    many(600, |case| holds(fresh.db.clone(), case));
}

/// What the rules say, person by person.
struct Said {
    joined: Joined,
    /// People, unknown and unknown windows of each step.
    steps: Vec<(i64, i64, i64)>,
    affected: BTreeSet<Key>,
}

fn other(record: &Listed, kind: Kind) -> Option<Key> {
    match kind {
        Kind::Account => None,
        Kind::Email => record.email_key,
        Kind::Phone => record.phone_key,
        Kind::Order | Kind::Ticket => record.record_key,
        Kind::Cookie => record.cookie_key,
    }
}

fn joined(bound: &Bound, case: &Case) -> Joined {
    let numbers = numbers();
    let of_recipe: BTreeSet<i64> = bound.sources.iter().map(|s| numbers[s]).collect();
    let anchors = case
        .records
        .iter()
        .filter(|r| of_recipe.contains(&r.source))
        .map(|r| r.key)
        .collect();
    let mut pairs = Vec::new();
    for (source, kinds) in &bound.links {
        for record in case.records.iter().filter(|r| r.source == numbers[source]) {
            pairs.extend(kinds.iter().filter_map(|kind| {
                Some(Pair {
                    anchor: record.key,
                    other: other(record, *kind)?,
                })
            }));
        }
    }
    join(
        &pairs,
        &anchors,
        &case.apart.iter().copied().collect(),
        bound.limits,
    )
}

fn said(bound: &Bound, case: &Case) -> Said {
    let joined = joined(bound, case);
    let names: BTreeMap<i64, String> = numbers().into_iter().map(|(n, no)| (no, n)).collect();
    let mut people: BTreeMap<Key, Vec<Seen>> = BTreeMap::new();
    let mut logs = Vec::new();
    for record in &case.records {
        let name = &names[&record.source];
        if bound.sources.contains(name) {
            people
                .entry(joined.label(record.key))
                .or_default()
                .push(record.seen(name));
        } else if name == "log" {
            logs.push(record.seen(name));
        }
    }
    let mut steps: Vec<(i64, i64, i64)> = bound
        .steps
        .iter()
        .map(|step| {
            let windows = step.set.leaves().into_iter().map(|leaf| {
                let (out, taken) = open_windows(leaf, &logs);
                usize::from(leaf.brings) * out + usize::from(leaf.takes) * taken
            });
            (0, 0, i64::try_from(windows.sum::<usize>()).unwrap())
        })
        .collect();
    let mut affected = BTreeSet::new();
    for (label, records) in people {
        let trace = explain(bound, &records, &logs);
        for (step, count) in trace.steps.iter().zip(&mut steps) {
            count.0 += i64::from(step.holds);
            let unknown: usize = step.leaves.iter().map(|leaf| leaf.unknown()).sum();
            count.1 += i64::try_from(unknown).unwrap();
        }
        if trace.affected {
            affected.insert(label);
        }
    }
    Said {
        joined,
        steps,
        affected,
    }
}

async fn holds(db: Db, case: Case) -> Result<(), TestCaseError> {
    let (bound, sources) = (bound(&case.text), numbers());
    let said = said(&bound, &case);
    let input = Input {
        bound: &bound,
        sources: &sources,
        apart: &case.apart,
    };
    let mut tx = db.begin("test").await.unwrap();
    insert(&mut tx, &case.records).await;
    let outcome = run::run(&mut tx, &input).await.unwrap();
    let counts: Vec<_> = outcome
        .steps
        .iter()
        .map(|s| (s.persons, s.unknown, s.unknown_windows))
        .collect();
    proptest::prop_assert_eq!(counts, said.steps);
    if let Some(links) = &outcome.links {
        let many = |n: usize| i64::try_from(n).unwrap();
        proptest::prop_assert_eq!(links.shared, many(said.joined.shared.len()));
        proptest::prop_assert_eq!(links.long, many(said.joined.long.len()));
        proptest::prop_assert_eq!(links.long_identifiers, many(said.joined.long.iter().sum()));
        proptest::prop_assert_eq!(links.identifiers, many(said.joined.labels.len()));
    }
    // The records of the affected, in pages of three.
    let of_recipe: BTreeSet<i64> = bound.sources.iter().map(|s| sources[s]).collect();
    let mut expected: Vec<(Key, i64, i64)> = case
        .records
        .iter()
        .filter(|r| of_recipe.contains(&r.source))
        .map(|r| (said.joined.label(r.key), r.source, r.line))
        .filter(|(label, ..)| said.affected.contains(label))
        .collect();
    expected.sort_unstable();
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let page = run::records(&mut tx, &input, after, 3).await.unwrap();
        found.extend(
            page.iter()
                .map(|p| (p.label, p.record.source, p.record.line)),
        );
        after = page.last().map(Into::into);
        if page.is_empty() {
            break;
        }
    }
    proptest::prop_assert_eq!(found, expected);
    Ok(())
}

async fn one_chain_is_what_all_are(fresh: Fresh) {
    many(600, |case| follows(fresh.db.clone(), case));
}

async fn follows(db: Db, case: Case) -> Result<(), TestCaseError> {
    let (bound, sources) = (bound(&case.text), numbers());
    let joined = joined(&bound, &case);
    let mut tx = db.begin("test").await.unwrap();
    tx.command(duenotice::sql!("delete from listed"))
        .run()
        .await
        .unwrap();
    insert(&mut tx, &case.records).await;
    tx.commit().await.unwrap();
    let input = Input {
        bound: &bound,
        sources: &sources,
        apart: &case.apart,
    };
    for record in case.records.iter().take(4) {
        let chain = chain(&db, &input, record.key).await.unwrap();
        let label = joined.label(record.key);
        proptest::prop_assert_eq!(chain.label, label);
        let mut keys: BTreeSet<Key> = joined
            .labels
            .iter()
            .filter(|(_, l)| **l == label)
            .map(|(key, _)| *key)
            .collect();
        keys.insert(record.key);
        proptest::prop_assert_eq!(chain.keys, keys);
    }
    Ok(())
}
