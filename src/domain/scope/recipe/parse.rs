//! Reads a recipe: its lines and the sets in them. Conditions are in [`super::condition`].
//!
//! A line goes on where something must follow: after an operator or a comma, in parentheses, and where
//! the next line begins with an operator. After a mistake it goes on with the next line.

use std::collections::BTreeSet;

use super::lex::{Token, tokens};
use super::{
    BYTES_MAX, DEPTH_MAX, During, LIMIT_MAX, Leaf, Link, Mistake, Name, OPERANDS_MAX, Op, Place,
    RESULT, Recipe, STEPS_MAX, Set, Step,
};
use crate::domain::scope::identifier::Kind;

/// Words that cannot be names.
const RESERVED: [&str; 18] = [
    "link",
    "limit",
    "by",
    "union",
    "intersect",
    "except",
    "where",
    "during",
    "and",
    "or",
    "not",
    "in",
    "between",
    "is",
    "missing",
    "known",
    "kept",
    "has",
];

/// Words that begin no line: one that starts with them goes on from the line before.
const GOES_ON: [&str; 7] = [
    "union",
    "intersect",
    "except",
    "where",
    "during",
    "and",
    "or",
];

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

/// Whether a word can be a name: lower-case letters, digits and `_`, beginning with a letter.
pub(super) fn is_name(word: &str) -> bool {
    word.len() <= 40
        && word.starts_with(|c: char| c.is_ascii_lowercase())
        && word
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

pub(super) struct Reader<'a> {
    tokens: &'a [(Place, Token)],
    at: usize,
    /// Open parentheses.
    depth: usize,
    /// `not`s around.
    pub(super) nots: usize,
    operands: usize,
}

/// A set, and the place of a filter in it that no parenthesis ends.
struct Part {
    set: Set,
    open: Option<Place>,
}

impl<'a> Reader<'a> {
    /// The next piece. In parentheses, and where the next line goes on, the line's end is passed over.
    pub(super) fn peek(&mut self) -> Option<&'a Token> {
        if let Some((_, Token::Line)) = self.tokens.get(self.at) {
            let goes_on = self.depth > 0
                || matches!(
                    self.tokens.get(self.at + 1),
                    Some((_, Token::Word(w))) if GOES_ON.contains(&w.to_ascii_lowercase().as_str())
                );
            if !goes_on || self.at + 1 == self.tokens.len() {
                return None;
            }
            self.at += 1;
        }
        self.tokens.get(self.at).map(|(_, token)| token)
    }

    /// Passes over the end of the line, because something must follow.
    pub(super) fn must_go_on(&mut self) {
        if let Some((_, Token::Line)) = self.tokens.get(self.at)
            && self.at + 1 < self.tokens.len()
        {
            self.at += 1;
        }
    }

    pub(super) fn place(&self) -> Place {
        self.tokens
            .get(self.at)
            .or_else(|| self.tokens.last())
            .map(|(place, _)| *place)
            .unwrap_or_default()
    }

    pub(super) fn step(&mut self) {
        self.at += 1;
    }

    pub(super) fn wrong<T>(&self, sentence: impl Into<String>) -> Result<T, Mistake> {
        Err(Mistake::at(self.place(), sentence))
    }

    /// What stands here, for a sentence.
    pub(super) fn here(&mut self) -> String {
        match self.peek() {
            Some(Token::Word(text) | Token::Quoted(text)) => format!("\"{text}\""),
            Some(Token::Param(name)) => format!(":{name}"),
            Some(Token::Sign(sign)) => format!("\"{sign}\""),
            Some(Token::Line) | None => "the end of the line".to_owned(),
        }
    }

    /// Takes `sign` if it comes next.
    pub(super) fn sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Sign(s)) if *s == sign);
        if found {
            self.at += 1;
        }
        found
    }

    /// Whether this keyword comes next, in either case of letters.
    pub(super) fn is_keyword(&mut self, keyword: &str) -> bool {
        matches!(self.peek(), Some(Token::Word(w)) if w.eq_ignore_ascii_case(keyword))
    }

    /// Takes `keyword` if it comes next.
    pub(super) fn keyword(&mut self, keyword: &str) -> bool {
        let found = self.is_keyword(keyword);
        if found {
            self.at += 1;
        }
        found
    }

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
        let part = self.sets()?;
        Ok(Step {
            name,
            set: part.set,
        })
    }

    pub(super) fn name(&mut self, what: &str) -> Result<Name, Mistake> {
        let place = self.place();
        let here = self.here();
        match self.peek() {
            Some(Token::Word(word)) if RESERVED.contains(&word.to_ascii_lowercase().as_str()) => {
                self.wrong(format!(
                    "Here should be {what}. {here} has a meaning of its own and cannot be a name."
                ))
            }
            Some(Token::Word(word)) if is_name(word) => {
                self.at += 1;
                Ok(Name {
                    text: word.clone(),
                    place,
                })
            }
            Some(Token::Word(_)) => self.wrong(format!(
                "{here} cannot be a name. A name is a word of at most 40 lower-case letters, digits and _ \
                 that begins with a letter."
            )),
            _ => self.wrong(format!("Here should be {what}, not {here}.")),
        }
    }

    /// `union` and `except`, from left to right.
    fn sets(&mut self) -> Result<Part, Mistake> {
        let mut left = self.both()?;
        loop {
            let op = if self.is_keyword("union") {
                Op::Union
            } else if self.is_keyword("except") {
                Op::Except
            } else {
                return Ok(left);
            };
            left = self.combined(left, op, Self::both)?;
        }
    }

    /// `intersect` binds closer.
    fn both(&mut self) -> Result<Part, Mistake> {
        let mut left = self.one()?;
        while self.is_keyword("intersect") {
            left = self.combined(left, Op::Intersect, Self::one)?;
        }
        Ok(left)
    }

    fn combined(
        &mut self,
        left: Part,
        op: Op,
        next: fn(&mut Self) -> Result<Part, Mistake>,
    ) -> Result<Part, Mistake> {
        self.at += 1;
        self.must_go_on();
        let right = next(self)?;
        if let Some(place) = left.open.or(right.open) {
            return Err(Mistake::at(
                place,
                format!(
                    "Nobody should have to guess what this filter belongs to. Put it and its source in \
                     parentheses: (SOURCE where …) {} …",
                    op.word()
                ),
            ));
        }
        Ok(Part {
            set: Set::Both(Box::new(left.set), op, Box::new(right.set)),
            open: None,
        })
    }

    fn one(&mut self) -> Result<Part, Mistake> {
        if self.sign("(") {
            self.deeper()?;
            let inner = self.sets()?;
            self.close()?;
            return Ok(Part {
                set: inner.set,
                open: None,
            });
        }
        self.operands += 1;
        if self.operands > OPERANDS_MAX {
            return self.wrong(format!(
                "A step combines at most {OPERANDS_MAX} sets. Make two steps of it."
            ));
        }
        let name = self.name("the name of a source or of an earlier step")?;
        let mut open = None;
        let mut filter = None;
        if self.is_keyword("where") {
            open = Some(self.place());
            filter = Some(self.filter(&name.text)?);
        }
        let mut during = None;
        if self.keyword("during") {
            self.must_go_on();
            open = None;
            let log = self.name("the name of an access log")?;
            let mut filter = None;
            if self.is_keyword("where") {
                open = Some(self.place());
                filter = Some(self.filter(&log.text)?);
            }
            during = Some(During { log, filter });
        }
        Ok(Part {
            set: Set::Leaf(Box::new(Leaf {
                name,
                filter,
                during,
            })),
            open,
        })
    }

    pub(super) fn deeper(&mut self) -> Result<(), Mistake> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return self.wrong("This is nested too deeply. Make a step of the inner part.");
        }
        Ok(())
    }

    pub(super) fn close(&mut self) -> Result<(), Mistake> {
        if self.sign(")") {
            self.depth -= 1;
            return Ok(());
        }
        let here = self.here();
        self.wrong(format!(
            "A closing parenthesis is missing before {here}. Check that each ( has its )."
        ))
    }
}

/// The nearest of some words, if one is near enough to be meant.
pub(super) fn near<'n>(word: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    names
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(word, name), name))
        .filter(|(distance, name)| *distance > 0 && *distance * 3 <= name.len().max(3))
        .min()
        .map(|(_, name)| name)
}
