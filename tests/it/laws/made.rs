//! Rules made for these tests (`rules.toml`), beside the built-in ones, and short ways to use them.

use std::sync::LazyLock;

use duenotice::catalog::{Catalog, Files};
use duenotice::domain::controller::Controller;
use duenotice::domain::deadline::{self, Deadline, DeadlineError, Flag, Floors, Leg, Situation};
use duenotice::domain::fact::{Anchors, FactKind};
use duenotice::domain::hold::Hold;

use crate::dates::instant;

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    let mut files = Files::builtin();
    let text = include_str!("rules.toml");
    files.insert("regimes/made.toml", text.as_bytes().to_vec());
    Catalog::from_files(&files).unwrap()
});

pub(crate) fn catalog() -> &'static Catalog {
    &CATALOG
}

/// Facts as the command line gives them: `aware=2026-11-23T10:00:00+01:00`.
pub(crate) fn facts(pairs: &[&str]) -> Anchors {
    let fact = |pair: &&str| {
        let (kind, at) = pair.split_once('=').unwrap();
        (FactKind::parse(kind).unwrap(), instant(at))
    };
    pairs.iter().map(fact).collect()
}

fn with<T>(
    rule: &str,
    pairs: &[&str],
    holds: &[Hold],
    controllers: &[Controller],
    work: impl FnOnce(&duenotice::domain::regime::Regime, &Situation<'_>) -> T,
) -> T {
    let anchors = facts(pairs);
    let given = Situation {
        anchors: &anchors,
        holds,
        controllers,
        calendars: catalog().calendars(),
    };
    work(catalog().regime_at(rule, &anchors).unwrap(), &given)
}

/// The rule for both controllers under these holds.
pub(crate) fn held(rule: &str, pairs: &[&str], holds: &[Hold]) -> Result<Deadline, DeadlineError> {
    let both = &catalog().operator().controllers;
    with(rule, pairs, holds, both, deadline::compute_in)
}

/// The rule for both controllers.
pub(crate) fn due(rule: &str, pairs: &[&str]) -> Deadline {
    held(rule, pairs, &[]).unwrap()
}

/// The rule for the controller in Vienna.
pub(crate) fn vienna(rule: &str, pairs: &[&str], holds: &[Hold]) -> Deadline {
    let kg = [catalog().operator().controller("KG").unwrap().clone()];
    with(rule, pairs, holds, &kg, deadline::compute_in).unwrap()
}

pub(crate) fn floors(rule: &str, pairs: &[&str]) -> Option<Floors> {
    floors_of(rule, &facts(pairs))
}

/// The lower bounds of the rule for both controllers.
pub(crate) fn floors_of(rule: &str, anchors: &Anchors) -> Option<Floors> {
    let given = Situation {
        anchors,
        holds: &[],
        controllers: &catalog().operator().controllers,
        calendars: catalog().calendars(),
    };
    deadline::floors(catalog().regime_at(rule, anchors).unwrap(), &given).unwrap()
}

pub(crate) fn has(deadline: &Deadline, flag: Flag) -> bool {
    deadline.flags.contains(&flag)
}

/// Whether a sentence of the leg has these words.
pub(crate) fn says(leg: &Leg, words: &str) -> bool {
    leg.steps.iter().any(|step| step.why.contains(words))
}
