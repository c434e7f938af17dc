//! A recipe: how the affected people follow from the sources, as a text that people write and check.
//!
//! ```text
//! # who could have been in the export
//! link orders by order, email
//! limit link 5
//! buyers = orders where at between 2026-10-01 and 2026-10-14
//! registered = accounts where since < :to and not until < :from
//! affected = (registered union buyers) except staff
//! ```
//!
//! The last line is the result. Sets are of people; a source stands for the people of its records.
//!
//! Always holds: every sign is understood, or the whole is refused with a sentence for each mistake; a
//! comparison with a missing value is false and its `not` is true, and how often that decided against a
//! person is counted; the database ([`crate::store`]) and [`eval`] give the same answer.

pub mod bind;
pub mod check;
mod condition;
pub mod eval;
pub mod eval_trace;
pub mod join;
mod lex;
mod parse;
mod reader;
mod sets;
mod show;
mod words;

use serde::{Deserialize, Serialize};

use super::field::Field;
use super::identifier::Kind;

pub use bind::{Bound, Given, bind};
pub use check::{Known, read};
pub use parse::parse;

/// The longest recipe, in bytes.
pub const BYTES_MAX: usize = 20_000;
/// The most steps.
pub const STEPS_MAX: usize = 50;
/// The most sources and steps that one step combines. SQLite takes 500 in one statement.
pub const OPERANDS_MAX: usize = 50;
/// The most values in `in (…)`.
pub const VALUES_MAX: usize = 200;
/// The deepest nesting of parentheses and `not`.
pub const DEPTH_MAX: usize = 12;
/// The name that may only stand last.
pub const RESULT: &str = "affected";

/// A place in the text, both from 1; a column is a character.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The character in the line.
    pub column: usize,
}

/// What is wrong at a place of a recipe, and what to do about it.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
pub struct Mistake {
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
    /// A sentence.
    pub sentence: String,
}

impl Mistake {
    /// At a place.
    pub(crate) fn at(place: Place, sentence: impl Into<String>) -> Self {
        Self {
            line: place.line,
            column: place.column,
            sentence: sentence.into(),
        }
    }
}

/// "Line 3, character 8: …".
impl std::fmt::Display for Mistake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            line,
            column,
            sentence,
        } = self;
        write!(f, "Line {line}, character {column}: {sentence}")
    }
}

/// A recipe as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recipe {
    /// What joins records of one person; nothing else does.
    pub links: Vec<Link>,
    /// What stops joining.
    pub limits: Limits,
    /// The steps in their order; the last one is the result.
    pub steps: Vec<Step>,
}

/// The records of a source join their anchor with the identifiers of these kinds in the same record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The source.
    pub source: Name,
    /// The kinds.
    pub kinds: Vec<Kind>,
}

/// What stops joining.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// An identifier that stands with more different anchors joins nobody: it is shared.
    pub link: i64,
    /// A chain of more identifiers is not joined at all.
    pub person: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            link: 5,
            person: 25,
        }
    }
}

/// The most that `limit` takes.
pub const LIMIT_MAX: i64 = 1000;

/// A word and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The word.
    pub text: String,
    /// Where.
    pub place: Place,
}

/// `name = set`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its name.
    pub name: Name,
    /// The people.
    pub set: Set,
}

/// A set of people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Set {
    /// Those of a source or a step.
    Leaf(Box<Leaf>),
    /// Two sets combined.
    Both(Box<Set>, Op, Box<Set>),
}

/// How two sets are combined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// In one or the other.
    Union,
    /// In both.
    Intersect,
    /// In the first and not in the second.
    Except,
}

impl Op {
    /// The word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Union => "union",
            Self::Intersect => "intersect",
            Self::Except => "except",
        }
    }
}

/// `NAME [where CONDITION] [during LOG [where CONDITION]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// A source or an earlier step.
    pub name: Name,
    /// Which of its records (of a source) or people (of a step).
    pub filter: Option<Condition>,
    /// Only records whose `at` lies in a window of a log.
    pub during: Option<During>,
}

/// `during LOG [where CONDITION]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct During {
    /// A source whose records are windows from `since` until `until`.
    pub log: Name,
    /// Which of them.
    pub filter: Option<Condition>,
}

/// What must hold for a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// All of them.
    All(Vec<Self>),
    /// At least one.
    Any(Vec<Self>),
    /// Not that.
    Not(Box<Self>),
    /// By the retention rule the record still existed when the exposure began.
    Kept(Place),
    /// A comparison.
    Test(Test),
}

/// A comparison of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// The field.
    pub field: Field,
    /// Where it stands.
    pub place: Place,
    /// With what.
    pub with: With,
}

/// What a field is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum With {
    /// A value.
    Value(Sign, Value),
    /// `between A and B`, both included; a date as B includes that whole day.
    Between(Value, Value),
    /// `in (…)`.
    OneOf(Vec<Value>),
    /// `exposed has KIND`.
    Has(Value),
    /// `is missing`.
    Missing,
    /// `is known`.
    Known,
}

/// How a field and a value are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// `=`
    Is,
    /// `!=`: known, and another value.
    IsNot,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

impl Sign {
    /// As it is written.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Is => "=",
            Self::IsNot => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
        }
    }
}

/// A value as it was written; what it means follows from the field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// What stands there.
    pub written: Written,
    /// Where.
    pub place: Place,
}

/// A value's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// A word or a quoted text.
    Text(String),
    /// `:name`, which each run is given.
    Param(String),
}

impl Recipe {
    /// The step that is the result.
    #[must_use]
    pub fn result(&self) -> Option<&Step> {
        self.steps.last()
    }

    /// Every leaf with the number of its step.
    pub fn leaves(&self) -> impl Iterator<Item = (usize, &Leaf)> {
        self.steps
            .iter()
            .enumerate()
            .flat_map(|(n, step)| step.set.leaves().into_iter().map(move |leaf| (n, leaf)))
    }

    /// The names of its parameters, each once, in their order.
    #[must_use]
    pub fn params(&self) -> Vec<&str> {
        let mut found: Vec<&str> = Vec::new();
        for (_, leaf) in self.leaves() {
            leaf.each_value(&mut |value| {
                if let Written::Param(name) = &value.written
                    && !found.contains(&name.as_str())
                {
                    found.push(name);
                }
            });
        }
        found
    }

    /// The sources whose records are people: those in steps and in links, but no logs.
    #[must_use]
    pub fn sources(&self) -> Vec<&str> {
        let steps: Vec<&str> = self.steps.iter().map(|s| s.name.text.as_str()).collect();
        let leaves = self.leaves().map(|(_, leaf)| leaf.name.text.as_str());
        let links = self.links.iter().map(|link| link.source.text.as_str());
        sorted(leaves.chain(links).filter(|name| !steps.contains(name)))
    }

    /// The sources that are asked for windows.
    #[must_use]
    pub fn logs(&self) -> Vec<&str> {
        sorted(
            self.leaves()
                .filter_map(|(_, leaf)| leaf.during.as_ref())
                .map(|during| during.log.text.as_str()),
        )
    }

    /// Steps that the result does not use: their people are counted and then forgotten.
    #[must_use]
    pub fn unused(&self) -> Vec<&str> {
        let mut used = vec![false; self.steps.len()];
        if let Some(last) = used.last_mut() {
            *last = true;
        }
        for (n, step) in self.steps.iter().enumerate().rev() {
            if !used.get(n).copied().unwrap_or_default() {
                continue;
            }
            for leaf in step.set.leaves() {
                let of = self
                    .steps
                    .iter()
                    .position(|s| s.name.text == leaf.name.text);
                if let Some(flag) = of.and_then(|of| used.get_mut(of)) {
                    *flag = true;
                }
            }
        }
        self.steps
            .iter()
            .zip(used)
            .filter(|(_, used)| !used)
            .map(|(step, _)| step.name.text.as_str())
            .collect()
    }
}

fn sorted<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let set: std::collections::BTreeSet<&str> = names.collect();
    set.into_iter().collect()
}

impl Set {
    /// Its leaves from left to right.
    #[must_use]
    pub fn leaves(&self) -> Vec<&Leaf> {
        match self {
            Self::Leaf(leaf) => vec![leaf],
            Self::Both(left, _, right) => {
                let mut all = left.leaves();
                all.extend(right.leaves());
                all
            }
        }
    }
}

impl Leaf {
    /// Its conditions, with the name of the source or step that each is about.
    pub fn conditions(&self) -> impl Iterator<Item = (&Name, &Condition)> {
        let own = self.filter.as_ref().map(|c| (&self.name, c));
        let logs = self
            .during
            .as_ref()
            .and_then(|d| d.filter.as_ref().map(|c| (&d.log, c)));
        own.into_iter().chain(logs)
    }

    fn each_value<'a>(&'a self, with: &mut impl FnMut(&'a Value)) {
        for (_, condition) in self.conditions() {
            condition.each(&mut |c| {
                if let Condition::Test(test) = c {
                    test.values().into_iter().for_each(&mut *with);
                }
            });
        }
    }
}

impl Condition {
    /// Calls `with` for it and all in it.
    pub fn each<'a>(&'a self, with: &mut impl FnMut(&'a Self)) {
        with(self);
        match self {
            Self::All(all) | Self::Any(all) => all.iter().for_each(|c| c.each(with)),
            Self::Not(one) => one.each(with),
            Self::Kept(_) | Self::Test(_) => {}
        }
    }
}

impl Test {
    /// The values it compares with.
    #[must_use]
    pub fn values(&self) -> Vec<&Value> {
        match &self.with {
            With::Value(_, value) | With::Has(value) => vec![value],
            With::Between(a, b) => vec![a, b],
            With::OneOf(values) => values.iter().collect(),
            With::Missing | With::Known => Vec::new(),
        }
    }
}

#[cfg(test)]
mod eval_tests;
#[cfg(test)]
mod mistake_tests;
#[cfg(test)]
mod tests;
