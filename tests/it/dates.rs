//! What date tests have in common: the built-in catalog, and short ways to write days and instants.

use std::sync::LazyLock;

use chrono::{DateTime, FixedOffset, NaiveDate};
use duenotice::catalog::Catalog;
use duenotice::domain::calendar::Calendar;
use duenotice::domain::deadline::{self, Deadline, DeadlineError};
use duenotice::domain::fact::{Anchors, FactKind};

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::builtin().unwrap());

pub(crate) fn catalog() -> &'static Catalog {
    &CATALOG
}

pub(crate) fn calendar(code: &str) -> &'static Calendar {
    catalog().calendars().get(code).unwrap()
}

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

pub(crate) fn instant(text: &str) -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// The rule for both controllers, from these facts.
pub(crate) fn compute(rule: &str, anchors: &Anchors) -> Result<Deadline, DeadlineError> {
    let catalog = catalog();
    let regime = catalog.regime(rule).unwrap();
    deadline::compute(
        regime,
        anchors,
        &catalog.operator().controllers,
        catalog.calendars(),
    )
}

/// The rule for both controllers, from awareness alone.
pub(crate) fn from_aware(rule: &str, at: &str) -> Deadline {
    compute(rule, &Anchors::from_iter([(FactKind::Aware, instant(at))])).unwrap()
}

/// The promise, counted from awareness.
pub(crate) fn promise(at: &str) -> Deadline {
    from_aware("policy_promise_7bd", at)
}

/// The last day of one controller.
pub(crate) fn last_day(deadline: &Deadline, controller: &str) -> NaiveDate {
    let leg = deadline
        .legs
        .iter()
        .find(|leg| leg.controller == controller)
        .unwrap();
    leg.last_day.unwrap()
}

/// The lines that the batch command writes for `csv`.
pub(crate) fn batch(csv: &str) -> Vec<String> {
    batch_bytes(csv.as_bytes()).unwrap()
}

/// The same for bytes that need not be text; the sentence when the batch is refused as a whole.
pub(crate) fn batch_bytes(mut csv: &[u8]) -> Result<Vec<String>, String> {
    let mut out = Vec::new();
    let controllers = &catalog().operator().controllers;
    duenotice::cli::batch::run(&mut csv, &mut out, catalog(), controllers)
        .map_err(|error| error.to_string())?;
    Ok(String::from_utf8(out)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect())
}
