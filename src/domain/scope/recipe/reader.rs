//! Goes through the pieces of a recipe: what comes next, and what is said when it should not.

use super::lex::Token;
use super::{DEPTH_MAX, Mistake, Name, Place};

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

/// Whether a word can be a name: lower-case letters, digits and `_`, beginning with a letter.
pub(super) fn is_name(word: &str) -> bool {
    word.len() <= 40
        && word.starts_with(|c: char| c.is_ascii_lowercase())
        && word
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

pub(super) struct Reader<'a> {
    pub(super) tokens: &'a [(Place, Token)],
    pub(super) at: usize,
    /// Open parentheses.
    pub(super) depth: usize,
    /// `not`s around.
    pub(super) nots: usize,
    /// Sources and steps in the set.
    pub(super) operands: usize,
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
