//! A recipe over the records of one person: is the person affected, and why.
//!
//! The same answer as the database's, which a test with random recipes holds against this one.

use std::collections::BTreeMap;

use super::bind::{Bound, BoundLeaf, Check, Of, People};
use super::eval_trace::{LeafTrace, RecordTrace, StepTrace, Trace};
use crate::domain::scope::field::Field;

/// What conditions may ask of a record. Times are seconds since 1970-01-01 UTC.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// The source's name.
    pub source: String,
    /// The line in it.
    pub line: i64,
    /// Created, registered; of a log, the start of the window.
    pub since: Option<i64>,
    /// Ended; of a log, the end of the window, which is not in it.
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
    /// Further attributes.
    pub more: BTreeMap<String, String>,
}

impl Seen {
    fn number(&self, field: &Field) -> Option<i64> {
        match field {
            Field::Since => self.since,
            Field::Until => self.until,
            Field::At => self.at,
            Field::BirthYear => self.birth_year,
            _ => None,
        }
    }

    fn text(&self, field: &Field) -> Option<&str> {
        match field {
            Field::Country => self.country.as_deref(),
            Field::State => self.region.as_deref(),
            Field::Lang => self.lang.as_deref(),
            Field::Role => self.role.as_deref(),
            Field::Exposed => self.exposed.as_deref(),
            Field::More(name) => self.more.get(name).map(String::as_str),
            _ => None,
        }
    }

    fn has(&self, field: &Field) -> bool {
        self.number(field).is_some() || self.text(field).is_some()
    }

    /// A single comparison; none: the value is missing.
    fn holds(&self, check: &Check) -> Option<bool> {
        match check {
            Check::Within {
                field,
                from,
                until,
                outside,
            } => self.number(field).map(|n| {
                let inside = from.is_none_or(|f| n >= f) && until.is_none_or(|u| n < u);
                inside != *outside
            }),
            Check::OneOf {
                field,
                values,
                outside,
            } => self
                .text(field)
                .map(|t| values.iter().any(|v| v == t) != *outside),
            Check::Has(kind) => self
                .exposed
                .as_deref()
                .map(|all| all.split(' ').any(|k| k == kind)),
            Check::Known(field) => Some(self.has(field)),
            Check::KeptFrom(field, cutoff) => Some(self.number(field).is_none_or(|n| n >= *cutoff)),
            Check::Always | Check::All(_) | Check::Any(_) | Check::Not(_) => Some(true),
        }
    }
}

/// A condition's answer as it is used, and with what is missing left open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Answer {
    /// A comparison with a missing value is false.
    used: bool,
    /// The same in Kleene's logic: none where what is missing could decide.
    sure: Option<bool>,
}

impl Answer {
    const YES: Self = Self {
        used: true,
        sure: Some(true),
    };

    fn of(single: Option<bool>) -> Self {
        Self {
            used: single.unwrap_or(false),
            sure: single,
        }
    }

    fn and(self, other: Self) -> Self {
        let sure = match (self.sure, other.sure) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        };
        Self {
            used: self.used && other.used,
            sure,
        }
    }

    fn not(self) -> Self {
        Self {
            used: !self.used,
            sure: self.sure.map(|s| !s),
        }
    }
}

impl Check {
    fn answer(&self, single: &impl Fn(&Self) -> Option<bool>) -> Answer {
        match self {
            Self::All(all) => all.iter().fold(Answer::YES, |a, c| a.and(c.answer(single))),
            Self::Any(all) => all
                .iter()
                .fold(Answer::YES, |a, c| a.and(c.answer(single).not()))
                .not(),
            Self::Not(one) => one.answer(single).not(),
            _ => Answer::of(single(self)),
        }
    }

    fn missing(&self, single: &impl Fn(&Self) -> Option<bool>, found: &mut Vec<String>) {
        match self {
            Self::All(all) | Self::Any(all) => all.iter().for_each(|c| c.missing(single, found)),
            Self::Not(one) => one.missing(single, found),
            _ if single(self).is_none() => {
                for field in self.fields() {
                    let name = field.to_string();
                    if !found.contains(&name) {
                        found.push(name);
                    }
                }
            }
            _ => {}
        }
    }
}

fn optional(filter: Option<&Check>, single: &impl Fn(&Check) -> Option<bool>) -> Answer {
    filter.map_or(Answer::YES, |c| c.answer(single))
}

/// Whether the record of a log is a window of this leaf.
fn window(filter: Option<&Check>, log: &Seen) -> Answer {
    let proper = log.since.zip(log.until).map(|(since, until)| since < until);
    optional(filter, &|c| log.holds(c)).and(Answer::of(proper))
}

/// Follows every step for one person.
///
/// `records` are all records of the person in the recipe's sources;
/// `logs` are records of its logs, at least those whose window has the `at` of one of the records in it.
#[must_use]
pub fn explain(bound: &Bound, records: &[Seen], logs: &[Seen]) -> Trace {
    let mut steps: Vec<StepTrace> = Vec::with_capacity(bound.steps.len());
    for step in &bound.steps {
        let mut leaves = Vec::new();
        let holds = people(&step.set, records, logs, &steps, &mut leaves);
        steps.push(StepTrace {
            name: step.name.clone(),
            text: step.text.clone(),
            holds,
            leaves,
        });
    }
    Trace {
        affected: steps.last().is_some_and(|step| step.holds),
        steps,
    }
}

fn people(
    set: &People,
    records: &[Seen],
    logs: &[Seen],
    before: &[StepTrace],
    leaves: &mut Vec<LeafTrace>,
) -> bool {
    let mut each = |set: &People| people(set, records, logs, before, leaves);
    match set {
        // Every operand is followed, even where the answer is clear: the trace shows them all.
        People::Union(all) => all.iter().fold(false, |found, p| each(p) | found),
        People::Intersect(all) => all.iter().fold(true, |found, p| each(p) & found),
        People::Except(left, right) => each(left) & !each(right),
        People::Leaf(leaf) => {
            let trace = match &leaf.of {
                Of::Source(source) => of_source(leaf, source, records, logs),
                Of::Step(n) => of_step(leaf, before.get(*n), records),
            };
            let holds = trace.holds;
            leaves.push(trace);
            holds
        }
    }
}

fn of_source(leaf: &BoundLeaf, source: &str, records: &[Seen], logs: &[Seen]) -> LeafTrace {
    let mut traced = Vec::new();
    for record in records.iter().filter(|r| r.source == source) {
        let single = |c: &Check| record.holds(c);
        let mut answer = optional(leaf.filter.as_ref(), &single);
        let mut missing = Vec::new();
        if let Some(filter) = &leaf.filter {
            filter.missing(&single, &mut missing);
        }
        let mut windows = Vec::new();
        if let Some((log, filter)) = &leaf.during {
            let found = record.at.map(|at| {
                windows = logs
                    .iter()
                    .filter(|l| l.source == *log && window(filter.as_ref(), l).used)
                    .filter(|l| l.since.is_some_and(|s| s <= at) && l.until.is_some_and(|u| at < u))
                    .map(|l| l.line)
                    .collect();
                !windows.is_empty()
            });
            if found.is_none() && !missing.iter().any(|m| m == "at") {
                missing.push("at".to_owned());
            }
            answer = answer.and(Answer::of(found));
        }
        traced.push(RecordTrace {
            source: source.to_owned(),
            line: record.line,
            counts: answer.used,
            open: answer.sure.is_none(),
            missing,
            windows,
        });
    }
    LeafTrace {
        text: leaf.text.clone(),
        holds: traced.iter().any(|r| r.counts),
        open: false,
        missing: Vec::new(),
        records: traced,
        brings: leaf.brings,
        takes: leaf.takes,
    }
}

fn of_step(leaf: &BoundLeaf, step: Option<&StepTrace>, records: &[Seen]) -> LeafTrace {
    let within = step.is_some_and(|s| s.holds);
    // Of all records of the person: one for which it holds is enough.
    let single = |check: &Check| {
        let mut all = records.iter().filter_map(|r| r.holds(check));
        let first = all.next();
        first.map(|first| first || all.any(|holds| holds))
    };
    let answer = optional(leaf.filter.as_ref(), &single);
    let mut missing = Vec::new();
    if let Some(filter) = leaf.filter.as_ref().filter(|_| within) {
        filter.missing(&single, &mut missing);
    }
    LeafTrace {
        text: leaf.text.clone(),
        holds: within && answer.used,
        open: within && answer.sure.is_none(),
        missing,
        records: Vec::new(),
        brings: leaf.brings,
        takes: leaf.takes,
    }
}

/// How many records of a log a missing value kept from being a window of this leaf, and how many it made one.
#[must_use]
pub fn open_windows(leaf: &BoundLeaf, logs: &[Seen]) -> (usize, usize) {
    let Some((log, filter)) = &leaf.during else {
        return (0, 0);
    };
    let open = |used: bool| {
        logs.iter()
            .filter(|l| l.source == *log)
            .map(|l| window(filter.as_ref(), l))
            .filter(|a| a.sure.is_none() && a.used == used)
            .count()
    };
    (open(false), open(true))
}
