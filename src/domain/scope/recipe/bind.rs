//! A recipe with every value resolved: parameters given, days in a zone, retention rules in place.
//!
//! What is compared is decided here once, so that the database and [`super::eval`] cannot differ in it.
//!
//! Always holds: a date means the whole local day of the run's zone: `< 2026-10-01` ends before its
//! first instant, `<= 2026-10-01` and `between … and 2026-10-01` end with its last. Times are whole
//! seconds since 1970-01-01 UTC; of an instant with parts of a second they are cut off.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use chrono_tz::Tz;

use super::{
    Condition, During, Leaf, Limits, Mistake, Op, Recipe, Set, Sign, Test, Value, With, Written,
};
use crate::domain::instant;
use crate::domain::scope::field::Field;
use crate::domain::scope::identifier::Kind;
use crate::domain::scope::normal::excerpt;

/// What a run is given.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// The values of parameters, by name without the colon.
    pub params: &'a BTreeMap<String, String>,
    /// The zone of days.
    pub zone: Tz,
    /// By source: records whose `since`, `until` or `at` is before that second are not `kept`.
    pub retention: &'a BTreeMap<String, (Field, i64)>,
}

/// A recipe, ready to be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// Source and kinds.
    pub links: Vec<(String, Vec<Kind>)>,
    /// What stops joining.
    pub limits: Limits,
    /// In their order; the last one is the result.
    pub steps: Vec<BoundStep>,
    /// The sources whose records are people.
    pub sources: Vec<String>,
    /// The sources that are asked for windows.
    pub logs: Vec<String>,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoundStep {
    /// Its name.
    pub name: String,
    /// Its text.
    pub text: String,
    /// The people.
    pub set: People,
}

/// A set of people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum People {
    /// Those of a source or step.
    Leaf(Box<BoundLeaf>),
    /// In one of them.
    Union(Vec<People>),
    /// In each of them.
    Intersect(Vec<People>),
    /// In the first and not in the second.
    Except(Box<People>, Box<People>),
}

/// A source or a step with its filters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoundLeaf {
    /// Its number among all leaves of the recipe.
    pub number: usize,
    /// What it is about.
    pub of: Of,
    /// Which records or people.
    pub filter: Option<Check>,
    /// Windows that `at` must lie in: the log and which of its records.
    pub during: Option<(String, Option<Check>)>,
    /// As written.
    pub text: String,
    /// Being in it can bring a person into the result.
    pub brings: bool,
    /// Being in it can take a person out of the result.
    pub takes: bool,
}

/// What a leaf names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Of {
    /// A source.
    Source(String),
    /// A step, by its place.
    Step(usize),
}

/// A condition with its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    /// All of them.
    All(Vec<Self>),
    /// At least one.
    Any(Vec<Self>),
    /// Not that.
    Not(Box<Self>),
    /// Always so.
    Always,
    /// Known, and from the first (included) until the second (not included); `outside`: known, and not
    /// there.
    Within {
        /// A time or the year of birth.
        field: Field,
        /// The first value that is within.
        from: Option<i64>,
        /// The first value that is past it.
        until: Option<i64>,
        /// The other way round.
        outside: bool,
    },
    /// Known, and one of these; `outside`: known, and none of these.
    OneOf {
        /// A text.
        field: Field,
        /// The values.
        values: Vec<String>,
        /// The other way round.
        outside: bool,
    },
    /// The kinds of data have this one.
    Has(String),
    /// Has a value.
    Known(Field),
    /// Missing, or not before that second.
    KeptFrom(Field, i64),
}

/// Gives a recipe its values.
///
/// # Errors
/// Every mistake: a parameter that is not given, or whose value cannot be one of the field.
pub fn bind(recipe: &Recipe, given: &Given<'_>) -> Result<Bound, Vec<Mistake>> {
    let mut binding = Binding {
        recipe,
        given,
        mistakes: Vec::new(),
        leaves: 0,
    };
    let mut steps: Vec<BoundStep> = recipe
        .steps
        .iter()
        .map(|step| BoundStep {
            name: step.name.text.clone(),
            text: step.set.to_string(),
            set: binding.people(&step.set),
        })
        .collect();
    turn(&mut steps);
    if !binding.mistakes.is_empty() {
        binding.mistakes.sort();
        binding.mistakes.dedup();
        return Err(binding.mistakes);
    }
    let owned = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect();
    Ok(Bound {
        links: recipe
            .links
            .iter()
            .map(|link| (link.source.text.clone(), link.kinds.clone()))
            .collect(),
        limits: recipe.limits,
        steps,
        sources: owned(recipe.sources()),
        logs: owned(recipe.logs()),
    })
}

struct Binding<'a> {
    recipe: &'a Recipe,
    given: &'a Given<'a>,
    mistakes: Vec<Mistake>,
    leaves: usize,
}

impl Binding<'_> {
    fn people(&mut self, set: &Set) -> People {
        match set {
            Set::Leaf(leaf) => People::Leaf(Box::new(self.leaf(leaf))),
            Set::Both(left, op, right) => {
                let (left, right) = (self.people(left), self.people(right));
                match (op, left) {
                    (Op::Except, left) => People::Except(Box::new(left), Box::new(right)),
                    (Op::Union, People::Union(mut all)) => {
                        all.push(right);
                        People::Union(all)
                    }
                    (Op::Union, left) => People::Union(vec![left, right]),
                    (Op::Intersect, People::Intersect(mut all)) => {
                        all.push(right);
                        People::Intersect(all)
                    }
                    (Op::Intersect, left) => People::Intersect(vec![left, right]),
                }
            }
        }
    }

    fn leaf(&mut self, leaf: &Leaf) -> BoundLeaf {
        let name = &leaf.name.text;
        let step = self.recipe.steps.iter().position(|s| s.name.text == *name);
        let number = self.leaves;
        self.leaves += 1;
        let check = |binding: &mut Self, of: &str, c: &Option<Condition>| -> Option<Check> {
            c.as_ref().map(|c| binding.check(of, c))
        };
        BoundLeaf {
            number,
            of: step.map_or_else(|| Of::Source(name.clone()), Of::Step),
            filter: check(self, name, &leaf.filter),
            during: leaf
                .during
                .as_ref()
                .map(|During { log, filter }| (log.text.clone(), check(self, &log.text, filter))),
            text: leaf.to_string(),
            brings: false,
            takes: false,
        }
    }

    fn check(&mut self, of: &str, condition: &Condition) -> Check {
        match condition {
            Condition::All(all) => Check::All(all.iter().map(|c| self.check(of, c)).collect()),
            Condition::Any(all) => Check::Any(all.iter().map(|c| self.check(of, c)).collect()),
            Condition::Not(one) => Check::Not(Box::new(self.check(of, one))),
            Condition::Kept(_) => match self.given.retention.get(of) {
                Some((field, cutoff)) => Check::KeptFrom(field.clone(), *cutoff),
                None => Check::Always,
            },
            Condition::Test(test) => self.test(test).unwrap_or(Check::Always),
        }
    }

    /// None: a value could not be read, and the mistake is noted.
    fn test(&mut self, test: &Test) -> Option<Check> {
        let field = test.field.clone();
        let within = |(from, until), outside| Check::Within {
            field: field.clone(),
            from,
            until,
            outside,
        };
        Some(match &test.with {
            With::Missing => Check::Not(Box::new(Check::Known(field))),
            With::Known => Check::Known(field),
            With::Has(value) => Check::Has(self.text(&field, value)?),
            With::OneOf(values) if field == Field::BirthYear => {
                let spans: Vec<_> = values.iter().map(|v| self.span(&field, v)).collect();
                let all: Option<Vec<Check>> = spans
                    .into_iter()
                    .map(|s| s.map(|(from, until)| within((Some(from), Some(until)), false)))
                    .collect();
                Check::Any(all?)
            }
            With::OneOf(values) => {
                let read: Vec<_> = values.iter().map(|v| self.text(&field, v)).collect();
                Check::OneOf {
                    field,
                    values: read.into_iter().collect::<Option<_>>()?,
                    outside: false,
                }
            }
            With::Between(a, b) => {
                let (a, b) = (self.span(&field, a), self.span(&field, b));
                within((Some(a?.0), Some(b?.1)), false)
            }
            With::Value(sign, value) if super::condition::is_ordered(&field) => {
                let (from, until) = self.span(&field, value)?;
                match sign {
                    Sign::Is => within((Some(from), Some(until)), false),
                    Sign::IsNot => within((Some(from), Some(until)), true),
                    Sign::Less => within((None, Some(from)), false),
                    Sign::AtMost => within((None, Some(until)), false),
                    Sign::More => within((Some(until), None), false),
                    Sign::AtLeast => within((Some(from), None), false),
                }
            }
            With::Value(sign, value) => Check::OneOf {
                values: vec![self.text(&field, value)?],
                field,
                outside: *sign == Sign::IsNot,
            },
        })
    }

    /// The text that a value stands for, or the mistake.
    fn resolved(&mut self, value: &Value) -> Option<String> {
        match &value.written {
            Written::Text(text) => Some(text.clone()),
            Written::Param(name) => {
                let found = self.given.params.get(name).map(|v| v.trim().to_owned());
                if found.as_ref().is_none_or(String::is_empty) {
                    self.mistakes.push(Mistake::at(
                        value.place,
                        format!("The parameter :{name} has no value. Give it one for this run."),
                    ));
                    return None;
                }
                found
            }
        }
    }

    fn read<T>(&mut self, value: &Value, result: Result<T, String>) -> Option<T> {
        match result {
            Ok(read) => Some(read),
            Err(why) => {
                let sentence = match &value.written {
                    Written::Text(_) => why,
                    Written::Param(name) => format!("The parameter :{name}: {why}"),
                };
                self.mistakes.push(Mistake::at(value.place, sentence));
                None
            }
        }
    }

    fn text(&mut self, field: &Field, value: &Value) -> Option<String> {
        let text = self.resolved(value)?;
        let read = text_of(field, &text);
        self.read(value, read)
    }

    /// From the first second (or year) that the value means, until the first after it.
    fn span(&mut self, field: &Field, value: &Value) -> Option<(i64, i64)> {
        let text = self.resolved(value)?;
        let read = span_of(field, &text, self.given.zone);
        self.read(value, read)
    }
}

/// Marks the leaves whose people bring into the result and those that take out of it.
fn turn(steps: &mut [BoundStep]) {
    let mut ways = vec![(false, false); steps.len()];
    if let Some(last) = ways.last_mut() {
        last.0 = true;
    }
    for n in (0..steps.len()).rev() {
        let mut way = ways.get(n).copied().unwrap_or_default();
        if way == (false, false) {
            // Nothing uses it; it is counted as if it were a result.
            way.0 = true;
        }
        if let Some(step) = steps.get_mut(n) {
            step.set.turn(way, &mut ways);
        }
    }
}

impl People {
    fn turn(&mut self, way: (bool, bool), ways: &mut [(bool, bool)]) {
        match self {
            Self::Leaf(leaf) => {
                (leaf.brings, leaf.takes) = way;
                if let Of::Step(n) = leaf.of
                    && let Some(of) = ways.get_mut(n)
                {
                    *of = (of.0 || way.0, of.1 || way.1);
                }
            }
            Self::Union(all) | Self::Intersect(all) => {
                all.iter_mut().for_each(|p| p.turn(way, ways));
            }
            Self::Except(left, right) => {
                left.turn(way, ways);
                right.turn((way.1, way.0), ways);
            }
        }
    }

    /// Its leaves from left to right.
    #[must_use]
    pub fn leaves(&self) -> Vec<&BoundLeaf> {
        match self {
            Self::Leaf(leaf) => vec![leaf],
            Self::Union(all) | Self::Intersect(all) => all.iter().flat_map(Self::leaves).collect(),
            Self::Except(left, right) => {
                let mut all = left.leaves();
                all.extend(right.leaves());
                all
            }
        }
    }
}

impl Check {
    /// Whether `not` stands in it: only then does a missing value make something true.
    #[must_use]
    pub fn has_not(&self) -> bool {
        match self {
            Self::All(all) | Self::Any(all) => all.iter().any(Self::has_not),
            Self::Not(one) => !matches!(**one, Self::Known(_)),
            _ => false,
        }
    }

    /// The fields it asks for, in their order.
    #[must_use]
    pub fn fields(&self) -> BTreeSet<&Field> {
        match self {
            Self::All(all) | Self::Any(all) => all.iter().flat_map(Self::fields).collect(),
            Self::Not(one) => one.fields(),
            Self::Always => BTreeSet::new(),
            Self::Within { field, .. }
            | Self::OneOf { field, .. }
            | Self::Known(field)
            | Self::KeptFrom(field, _) => BTreeSet::from([field]),
            Self::Has(_) => BTreeSet::from([&Field::Exposed]),
        }
    }
}

/// Whether a text can be a value of a field.
///
/// # Errors
/// A sentence.
pub(super) fn could_be(field: &Field, text: &str) -> Result<(), String> {
    if super::condition::is_ordered(field) {
        span_of(field, text, Tz::UTC).map(drop)
    } else {
        text_of(field, text).map(drop)
    }
}

fn text_of(field: &Field, text: &str) -> Result<String, String> {
    let letters = |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_alphabetic());
    match field {
        Field::Country if letters(text) => Ok(text.to_ascii_uppercase()),
        Field::Country => Err(format!(
            "\"{}\" is not a code of two letters, such as AT or US.",
            excerpt(text)
        )),
        Field::State => {
            let upper = text.to_ascii_uppercase();
            let code = upper.strip_prefix("US-").unwrap_or(&upper);
            crate::domain::scope::value::US_STATES
                .contains(&code)
                .then(|| code.to_owned())
                .ok_or_else(|| {
                    format!(
                        "\"{}\" is not the two-letter code of a US state, DC or a territory.",
                        excerpt(text)
                    )
                })
        }
        Field::Exposed => {
            let good = !text.is_empty() && !text.contains([' ', '|', '+']);
            good.then(|| text.to_owned())
                .ok_or_else(|| format!("\"{}\" is not one kind of data.", excerpt(text)))
        }
        _ if text.is_empty() => Err(format!(
            "A value of {field} is never empty. Write {field} is missing."
        )),
        _ => Ok(text.to_owned()),
    }
}

fn span_of(field: &Field, text: &str, zone: Tz) -> Result<(i64, i64), String> {
    if *field == Field::BirthYear {
        return text
            .parse()
            .ok()
            .filter(|year| (1800..=2200).contains(year))
            .map(|year: i64| (year, year + 1))
            .ok_or_else(|| format!("\"{}\" is not a year, such as 2013.", excerpt(text)));
    }
    if let Ok(date) = NaiveDate::parse_from_str(text, "%Y-%m-%d")
        && text.len() == 10
    {
        let start = |date: NaiveDate| instant::start_of_day(date, zone).map(|at| at.timestamp());
        let next = date.checked_add_days(Days::new(1));
        return start(date)
            .zip(next.and_then(start))
            .ok_or_else(|| format!("\"{text}\" is too far away."));
    }
    instant::parse(text)
        .map(|at| (at.timestamp(), at.timestamp() + 1))
        .map_err(|_| {
            format!(
                "\"{}\" is not a time. Write a day, 2026-10-01, or an instant with its offset, \
                 2026-10-01T12:30:00+02:00.",
                excerpt(text)
            )
        })
}
