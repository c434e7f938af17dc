//! What a step means, in a sentence for a page.

use chrono::NaiveDate;

use super::{Condition, Leaf, Op, Recipe, Set, Sign, Step, Test, Value, With, Written};
use crate::domain::scope::field::Field;

impl Step {
    /// One sentence: "People with a record in orders that is dated from 1 October 2026 to 14 October 2026."
    #[must_use]
    pub fn sentence(&self, recipe: &Recipe) -> String {
        let words = set(&self.set, recipe, false);
        // A parenthesis before it does not make the first word a small one.
        let start = words.find(char::is_alphabetic).unwrap_or_default();
        let (before, rest) = words.split_at_checked(start).unwrap_or(("", &words));
        let mut letters = rest.chars();
        let first: String = letters
            .next()
            .into_iter()
            .flat_map(char::to_uppercase)
            .collect();
        format!("{before}{first}{}.", letters.as_str())
    }
}

fn set(of: &Set, recipe: &Recipe, inner: bool) -> String {
    match of {
        Set::Leaf(leaf) => people(leaf, recipe),
        Set::Both(left, op, right) => {
            let (left, right) = (set(left, recipe, true), set(right, recipe, true));
            let words = match op {
                Op::Union => format!("{left}, or {right}"),
                Op::Intersect => format!("{left} who are also {right}"),
                Op::Except => format!("{left}, but not {right}"),
            };
            if inner { format!("({words})") } else { words }
        }
    }
}

fn people(leaf: &Leaf, recipe: &Recipe) -> String {
    let name = &leaf.name.text;
    if recipe.steps.iter().any(|s| s.name.text == *name) {
        return match &leaf.filter {
            None => format!("people of the step {name}"),
            Some(filter) => format!(
                "people of the step {name} with records of which one {}",
                condition(filter, false)
            ),
        };
    }
    let mut words = format!("people with a record in {name}");
    if let Some(filter) = &leaf.filter {
        words = format!("{words} that {}", condition(filter, false));
    }
    if let Some(during) = &leaf.during {
        let and = if leaf.filter.is_some() {
            " and"
        } else {
            " that"
        };
        words = format!(
            "{words}{and} is dated within a window of {}",
            during.log.text
        );
        if let Some(filter) = &during.filter {
            words = format!(
                "{words}, of those windows whose record {}",
                condition(filter, false)
            );
        }
    }
    words
}

fn condition(of: &Condition, not: bool) -> String {
    match of {
        Condition::All(all) => many(all, not, if not { "or" } else { "and" }),
        Condition::Any(all) => many(all, not, if not { "and" } else { "or" }),
        Condition::Not(one) => condition(one, !not),
        Condition::Kept(_) if not => {
            "should have been deleted by the retention rule before the exposure began".to_owned()
        }
        Condition::Kept(_) => {
            "was still kept by the retention rule when the exposure began".to_owned()
        }
        Condition::Test(test) => comparison(test, not),
    }
}

fn many(all: &[Condition], not: bool, word: &str) -> String {
    let parts: Vec<String> = all
        .iter()
        .map(|c| match c {
            Condition::All(_) | Condition::Any(_) => format!("({})", condition(c, not)),
            _ => condition(c, not),
        })
        .collect();
    parts.join(&format!(" {word} "))
}

fn comparison(test: &Test, not: bool) -> String {
    let field = &test.field;
    // A missing value makes the negation true, which is easily forgotten.
    let or_missing = if not { " or has no value for it" } else { "" };
    let verb = |yes: &str, no: &str| if not { no.to_owned() } else { yes.to_owned() };
    let (began, is) = match field {
        Field::Since => (verb("began", "did not begin"), String::new()),
        Field::Until => (verb("ended", "did not end"), String::new()),
        Field::At => (verb("is dated", "is not dated"), String::new()),
        other => (
            format!("{} {}", verb("has", "does not have"), name(other)),
            " ".to_owned(),
        ),
    };
    let text = match &test.with {
        With::Missing if not => return format!("has a value for {}", name(field)),
        With::Missing => return format!("has no value for {}", name(field)),
        With::Known if not => return format!("has no value for {}", name(field)),
        With::Known => return format!("has a value for {}", name(field)),
        With::Has(value) => {
            return format!(
                "{} {} among its kinds of data{or_missing}",
                verb("has", "does not have"),
                shown(value)
            );
        }
        With::OneOf(values) => {
            let all: Vec<String> = values.iter().map(shown).collect();
            format!("{began} {}", all.join(" or "))
        }
        With::Between(a, b) => format!("{began} from {} to {}", shown(a), shown(b)),
        With::Value(sign, value) => {
            let time = is.is_empty();
            let word = match (sign, time) {
                (Sign::Is, true) => "on ",
                (Sign::Is, false) => "",
                (Sign::IsNot, true) => "on another day than ",
                (Sign::IsNot, false) => "other than ",
                (Sign::Less, _) => "before ",
                (Sign::AtMost, _) => "until the end of ",
                (Sign::More, _) => "after ",
                (Sign::AtLeast, true) => "on or after ",
                (Sign::AtLeast, false) => "from ",
            };
            format!("{began} {word}{}", shown(value))
        }
    };
    format!("{text}{or_missing}")
}

fn name(field: &Field) -> String {
    match field {
        Field::Since => "its beginning".to_owned(),
        Field::Until => "its end".to_owned(),
        Field::At => "its time".to_owned(),
        Field::BirthYear => "the birth year".to_owned(),
        Field::Exposed => "its kinds of data".to_owned(),
        Field::More(name) => format!("the {name}"),
        other => format!(
            "the {}",
            other.words().split(" (").next().unwrap_or_default()
        ),
    }
}

fn shown(value: &Value) -> String {
    match &value.written {
        Written::Param(name) => format!(":{name}"),
        Written::Text(text) => NaiveDate::parse_from_str(text, "%Y-%m-%d").map_or_else(
            |_| text.clone(),
            |date| date.format("%-d %B %Y").to_string(),
        ),
    }
}
