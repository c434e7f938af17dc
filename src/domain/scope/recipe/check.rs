//! Whether a recipe fits the sources there are.

use std::collections::{BTreeMap, BTreeSet};

use super::parse::parse_all;
use super::reader::near;
use super::{Condition, Leaf, Mistake, Name, Recipe};
use crate::domain::scope::field::Field;

/// The sources there are: for each its fields, or none where they are not known.
#[derive(Clone, Debug, Default)]
pub struct Known(BTreeMap<String, Option<BTreeSet<Field>>>);

impl Known {
    /// Sources by name, with what their mappings give.
    #[must_use]
    pub fn new(sources: BTreeMap<String, Option<BTreeSet<Field>>>) -> Self {
        Self(sources)
    }

    /// Sources of which only the names are known.
    #[must_use]
    pub fn names<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        Self(names.into_iter().map(|n| (n.to_owned(), None)).collect())
    }

    fn list(&self) -> String {
        if self.0.is_empty() {
            return "There are no sources yet; import one first.".to_owned();
        }
        let names: Vec<&str> = self.0.keys().map(String::as_str).collect();
        format!("Sources are {}.", names.join(", "))
    }
}

/// Reads a text and holds it against the sources.
///
/// # Errors
/// Every mistake, in the order of the text.
pub fn read(text: &str, known: &Known) -> Result<Recipe, Vec<Mistake>> {
    let mut partly = parse_all(text);
    let mut mistakes = partly.mistakes;
    check(&partly.recipe, known, &partly.broken, &mut mistakes);
    if mistakes.is_empty() {
        return Ok(std::mem::take(&mut partly.recipe));
    }
    mistakes.sort();
    mistakes.dedup();
    Err(mistakes)
}

fn check(recipe: &Recipe, known: &Known, broken: &BTreeSet<String>, mistakes: &mut Vec<Mistake>) {
    for link in &recipe.links {
        let name = &link.source;
        let Some(fields) = known.0.get(&name.text) else {
            mistakes.push(no_source(name, known, "A link is about a source."));
            continue;
        };
        for kind in &link.kinds {
            if fields
                .as_ref()
                .is_some_and(|f| !f.contains(&Field::Id(*kind)))
            {
                mistakes.push(Mistake::at(
                    name.place,
                    format!(
                        "No column of {} is read as {}, so nothing can be linked by it.",
                        name.text,
                        kind.words()
                    ),
                ));
            }
        }
    }
    for step in recipe
        .steps
        .iter()
        .filter(|s| known.0.contains_key(&s.name.text))
    {
        mistakes.push(Mistake::at(
            step.name.place,
            format!(
                "\"{}\" is the name of a source. Give this step another name.",
                step.name.text
            ),
        ));
    }
    for (n, leaf) in recipe.leaves() {
        check_leaf(recipe, n, leaf, known, broken, mistakes);
    }
}

fn check_leaf(
    recipe: &Recipe,
    n: usize,
    leaf: &Leaf,
    known: &Known,
    broken: &BTreeSet<String>,
    mistakes: &mut Vec<Mistake>,
) {
    let name = &leaf.name;
    if let Some(during) = &leaf.during {
        let log = &during.log;
        if !known.0.contains_key(&log.text) {
            mistakes.push(no_source(
                log,
                known,
                "After during comes a source with windows.",
            ));
        } else {
            for field in [Field::Since, Field::Until] {
                asks(&log.text, log, &field, known, mistakes);
            }
        }
    }
    for (of, condition) in leaf.conditions() {
        condition.each(&mut |c| {
            if let Condition::Test(test) = c {
                let at = Name {
                    text: String::new(),
                    place: test.place,
                };
                asks(&of.text, &at, &test.field, known, mistakes);
            }
        });
    }
    if known.0.contains_key(&name.text) {
        if leaf.during.is_some() {
            asks(&name.text, name, &Field::At, known, mistakes);
        }
        return;
    }
    match recipe.steps.iter().position(|s| s.name.text == name.text) {
        Some(of) if of < n => check_step(leaf, mistakes),
        Some(of) if of == n => mistakes.push(Mistake::at(
            name.place,
            format!(
                "The step {} is made of itself. Use earlier steps.",
                name.text
            ),
        )),
        Some(_) => mistakes.push(Mistake::at(
            name.place,
            format!(
                "The step {} comes only later. Move it before this one.",
                name.text
            ),
        )),
        None if broken.contains(&name.text) => {}
        None => mistakes.push(no_set(recipe, n, name, known)),
    }
}

/// A step is people, who have no order date.
fn check_step(leaf: &Leaf, mistakes: &mut Vec<Mistake>) {
    let name = &leaf.name.text;
    if let Some(during) = &leaf.during {
        mistakes.push(Mistake::at(
            during.log.place,
            format!(
                "{name} is a set of people, whose records are not at hand here. Ask the source: SOURCE during \
                 {}.",
                during.log.text
            ),
        ));
    }
    let Some(filter) = &leaf.filter else { return };
    filter.each(&mut |c| {
        let (place, what) = match c {
            Condition::Test(t) if !is_of_people(&t.field) => (t.place, t.field.to_string()),
            Condition::Kept(place) => (*place, "kept".to_owned()),
            _ => return,
        };
        mistakes.push(Mistake::at(
            place,
            format!(
                "{name} is a set of people, and {what} is about single records. Filter the source, or ask for \
                 country, state, lang, birth_year or role."
            ),
        ));
    });
}

/// Whether a field says something about a person, not about one record.
fn is_of_people(field: &Field) -> bool {
    matches!(
        field,
        Field::Country | Field::State | Field::Lang | Field::BirthYear | Field::Role
    )
}

fn asks(of: &str, at: &Name, field: &Field, known: &Known, mistakes: &mut Vec<Mistake>) {
    if let Some(Some(fields)) = known.0.get(of)
        && !fields.contains(field)
    {
        mistakes.push(Mistake::at(
            at.place,
            format!(
                "{of} has no {field}: no column of it is read as that. Correct its mapping, or ask for \
                 something else."
            ),
        ));
    }
}

fn no_source(name: &Name, known: &Known, what: &str) -> Mistake {
    let near = near(&name.text, known.0.keys().map(String::as_str));
    let meant = near.map_or_else(|| known.list(), |n| format!("Is {n} meant?"));
    Mistake::at(
        name.place,
        format!("There is no source {}. {what} {meant}", name.text),
    )
}

fn no_set(recipe: &Recipe, n: usize, name: &Name, known: &Known) -> Mistake {
    let steps = recipe.steps.iter().take(n).map(|s| s.name.text.as_str());
    let names = known.0.keys().map(String::as_str).chain(steps);
    let meant = near(&name.text, names).map_or_else(|| known.list(), |n| format!("Is {n} meant?"));
    Mistake::at(
        name.place,
        format!("There is no source or earlier step {}. {meant}", name.text),
    )
}
