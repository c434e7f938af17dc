//! Reads a recipe line by line. Sets are in [`super::sets`], conditions in [`super::condition`].
//!
//! A line goes on where something must follow: after an operator or a comma, in parentheses, and where
//! the next line begins with an operator. After a mistake it goes on with the next line.

use std::collections::BTreeSet;

use super::lex::{Token, tokens};
use super::reader::{Reader, near};
use super::{BYTES_MAX, LIMIT_MAX, Link, Mistake, Name, Place, RESULT, Recipe, STEPS_MAX, Step};
use crate::domain::scope::identifier::Kind;

/// Words from elsewhere, and what to write here.
const FOREIGN: [(&str, &str); 8] = [
    ("minus", "except"),
    ("without", "except"),
    ("but", "except"),
    ("difference", "except"),
    ("plus", "union"),
    ("or", "union"),
    ("and", "intersect"),
    ("with", "where"),
];

/// Reads a text. Whether its sources exist is for [`super::check`].
///
/// # Errors
/// Every mistake, in the order of the text.
pub fn parse(text: &str) -> Result<Recipe, Vec<Mistake>> {
    let read = parse_all(text);
    if read.mistakes.is_empty() {
        Ok(read.recipe)
    } else {
        Err(read.mistakes)
    }
}

/// What could be read, and what could not.
pub(super) struct Partly {
    pub recipe: Recipe,
    pub mistakes: Vec<Mistake>,
    /// Names of steps that could not be read.
    pub broken: BTreeSet<String>,
}

pub(super) fn parse_all(text: &str) -> Partly {
    let mut mistakes = Vec::new();
    if text.len() > BYTES_MAX {
        mistakes.push(Mistake::at(
            Place { line: 1, column: 1 },
            format!(
                "This recipe has {} characters; {BYTES_MAX} are allowed. Long lists of people belong in a \
                 source.",
                text.len()
            ),
        ));
        return Partly {
            recipe: Recipe::default(),
            mistakes,
            broken: BTreeSet::new(),
        };
    }
    let tokens = tokens(text, &mut mistakes);
    let unread: BTreeSet<usize> = mistakes.iter().map(|m| m.line).collect();
    let mut reader = Reader {
        tokens: &tokens,
        at: 0,
        depth: 0,
        nots: 0,
        operands: 0,
    };
    let mut recipe = Recipe::default();
    let mut broken = BTreeSet::new();
    while reader.at < tokens.len() {
        let start = reader.at;
        if let Err(mistake) = reader.statement(&mut recipe) {
            // Where a sign was not understood, what follows from that is no second mistake.
            if !unread.contains(&mistake.line) {
                mistakes.push(mistake);
            }
            if let Some((_, Token::Word(name))) = tokens.get(start) {
                broken.insert(name.clone());
            }
            reader.skip(start);
        }
    }
    if recipe.steps.is_empty() && mistakes.is_empty() {
        mistakes.push(Mistake::at(
            Place { line: 1, column: 1 },
            "This recipe has no step. Write one, such as: affected = accounts",
        ));
    }
    names(&recipe, &mut mistakes);
    mistakes.sort();
    Partly {
        recipe,
        mistakes,
        broken,
    }
}

/// What is wrong with the names of steps among themselves.
fn names(recipe: &Recipe, mistakes: &mut Vec<Mistake>) {
    let mut seen: Vec<&Name> = Vec::new();
    for step in &recipe.steps {
        if let Some(first) = seen.iter().find(|n| n.text == step.name.text) {
            mistakes.push(Mistake::at(
                step.name.place,
                format!(
                    "\"{}\" stands on line {} already. Give this step another name.",
                    first.text, first.place.line
                ),
            ));
        }
        seen.push(&step.name);
    }
    if let Some((_, before)) = recipe.steps.split_last() {
        for step in before.iter().filter(|s| s.name.text == RESULT) {
            mistakes.push(Mistake::at(
                step.name.place,
                format!(
                    "The step {RESULT} is the result and must be the last one. Move it to the end, or \
                     rename it."
                ),
            ));
        }
    }
    if let Some(step) = recipe.steps.get(STEPS_MAX) {
        mistakes.push(Mistake::at(
            step.name.place,
            format!("A recipe has at most {STEPS_MAX} steps. Combine some."),
        ));
    }
}

impl Reader<'_> {
    /// Goes to the next line that begins a statement.
    fn skip(&mut self, start: usize) {
        self.depth = 0;
        self.at = self.at.max(start + 1);
        // What is wrong may be that a line ended too early: then this one begins anew.
        if let Some((_, Token::Line)) = self.tokens.get(self.at - 1) {
            self.at -= 1;
        }
        while let Some((_, token)) = self.tokens.get(self.at) {
            self.at += 1;
            if *token != Token::Line {
                continue;
            }
            let begins = match self.tokens.get(self.at) {
                Some((_, Token::Word(w))) if w == "link" || w == "limit" => true,
                Some((_, Token::Word(_))) => {
                    matches!(self.tokens.get(self.at + 1), Some((_, Token::Sign("="))))
                }
                _ => false,
            };
            if begins {
                return;
            }
        }
    }

    fn statement(&mut self, recipe: &mut Recipe) -> Result<(), Mistake> {
        self.depth = 0;
        self.nots = 0;
        self.operands = 0;
        if self.keyword("link") {
            let link = self.link()?;
            recipe.links.push(link);
        } else if self.keyword("limit") {
            self.limit(recipe)?;
        } else {
            let step = self.definition()?;
            recipe.steps.push(step);
        }
        if self.peek().is_some() {
            return self.more_than_expected();
        }
        self.at += 1;
        Ok(())
    }

    fn more_than_expected<T>(&mut self) -> Result<T, Mistake> {
        let here = self.here();
        if let Some(Token::Word(word)) = self.peek() {
            let word = word.to_ascii_lowercase();
            if let Some((_, right)) = FOREIGN.iter().find(|(w, _)| *w == word) {
                return self.wrong(format!("Between sets, write {right} instead of {here}."));
            }
            if word == "where" {
                return self.wrong(
                    "A filter follows the name of a source or step directly. Give what stands before it a \
                     name on a line of its own, then filter that name.",
                );
            }
            let near = near(&word, ["union", "intersect", "except", "where", "during"]);
            if let Some(near) = near {
                return self.wrong(format!("{here} is not known here. Is {near} meant?"));
            }
        }
        if self.sign(")") {
            self.at -= 1;
            return self.wrong("This parenthesis closes nothing. Remove it, or open one before.");
        }
        self.wrong(format!(
            "{here} is not expected here. Combine sets with union, intersect or except; begin each step on a \
             line of its own."
        ))
    }

    fn link(&mut self) -> Result<Link, Mistake> {
        let source = self.name("the name of a source, such as: link orders by email")?;
        if !self.keyword("by") {
            let here = self.here();
            return self.wrong(format!(
                "After \"link {}\" comes by and the kinds of identifiers, such as: link {} by email. Here \
                 is {here}.",
                source.text, source.text
            ));
        }
        let mut kinds = Vec::new();
        loop {
            self.must_go_on();
            let kind = match self.peek() {
                Some(Token::Word(word)) => Kind::named(&word.to_ascii_lowercase()),
                _ => None,
            };
            let Some(kind) = kind else {
                let names: Vec<&str> = Kind::ALL.iter().map(|k| k.name()).collect();
                let here = self.here();
                let close = match self.peek() {
                    Some(Token::Word(word)) => near(word, names.iter().copied()),
                    _ => None,
                };
                let meant = close.map_or_else(String::new, |n| format!(" Is {n} meant?"));
                return self.wrong(format!(
                    "{here} is no kind of identifier. Kinds are {}.{meant}",
                    names.join(", ")
                ));
            };
            self.at += 1;
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
            if !self.sign(",") {
                return Ok(Link { source, kinds });
            }
        }
    }

    fn limit(&mut self, recipe: &mut Recipe) -> Result<(), Mistake> {
        let link = self.keyword("link");
        if !link && !self.keyword("person") {
            let here = self.here();
            return self.wrong(format!(
                "After limit comes link or person and a number, such as: limit link 5. Here is {here}."
            ));
        }
        let number = match self.peek() {
            Some(Token::Word(word)) => word.parse::<i64>().ok(),
            _ => None,
        };
        let Some(number) = number.filter(|n| (1..=LIMIT_MAX).contains(n)) else {
            let here = self.here();
            return self.wrong(format!(
                "A limit is a whole number from 1 to {LIMIT_MAX}; {here} is not."
            ));
        };
        self.at += 1;
        if link {
            recipe.limits.link = number;
        } else {
            recipe.limits.person = number;
        }
        Ok(())
    }

    fn definition(&mut self) -> Result<Step, Mistake> {
        let name =
            self.name("the name of a step (or link, or limit), such as: affected = accounts")?;
        if !self.sign("=") {
            let here = self.here();
            return self.wrong(format!(
                "A step is a name, = and a set, such as: {} = accounts. After \"{}\" comes {here}.",
                name.text, name.text
            ));
        }
        self.must_go_on();
        let set = self.set()?;
        Ok(Step { name, set })
    }
}
