//! Cuts a recipe into words and signs, each with its place.

use super::{Mistake, Place};

/// What a piece of the text is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A name, a keyword or a bare value.
    Word(String),
    /// A text in quotes.
    Quoted(String),
    /// `:name`.
    Param(String),
    /// One of [`SIGNS`].
    Sign(&'static str),
    /// The end of a line that has something in it.
    Line,
}

/// Longer ones first.
const SIGNS: [&str; 9] = ["!=", "<=", ">=", "=", "<", ">", "(", ")", ","];

/// Signs that people know from elsewhere, and what to write here.
const FOREIGN: [(&str, &str); 7] = [
    ("==", "="),
    ("<>", "!="),
    ("&&", "and (between conditions) or intersect (between sets)"),
    ("&", "and (between conditions) or intersect (between sets)"),
    ("||", "or (between conditions) or union (between sets)"),
    ("|", "or (between conditions) or union (between sets)"),
    ("!", "not"),
];

/// The pieces of a text; every line's end is a [`Token::Line`].
pub(super) fn tokens(text: &str, mistakes: &mut Vec<Mistake>) -> Vec<(Place, Token)> {
    let mut found = Vec::new();
    for (n, line) in text.lines().enumerate() {
        let mut cut = Cut {
            line: n + 1,
            column: 1,
            rest: line,
        };
        let before = found.len();
        while let Some(next) = cut.next(mistakes) {
            found.push(next);
        }
        if found.len() > before {
            found.push((cut.place(), Token::Line));
        }
    }
    found
}

struct Cut<'a> {
    line: usize,
    column: usize,
    rest: &'a str,
}

impl<'a> Cut<'a> {
    fn place(&self) -> Place {
        Place {
            line: self.line,
            column: self.column,
        }
    }

    /// Takes the first `bytes` of the rest.
    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.column += taken.chars().count();
        self.rest = rest;
        taken
    }

    fn next(&mut self, mistakes: &mut Vec<Mistake>) -> Option<(Place, Token)> {
        loop {
            self.take(self.rest.len() - self.rest.trim_start().len());
            let place = self.place();
            let first = self.rest.chars().next().filter(|c| *c != '#')?;
            if first == '"' || first == '\'' {
                return Some((place, Token::Quoted(self.quoted(first, mistakes))));
            }
            if let Some(rest) = self.rest.strip_prefix(':') {
                let end = rest.find(|c| !in_word(c)).unwrap_or(rest.len());
                self.take(1);
                let name = self.take(end).to_owned();
                if !super::reader::is_name(&name) {
                    mistakes.push(Mistake::at(
                        place,
                        "After : comes the name of a parameter, a word of lower-case letters, digits and _, \
                         such as :from.",
                    ));
                }
                return Some((place, Token::Param(name)));
            }
            if let Some((sign, right)) = FOREIGN.iter().find(|(s, _)| self.rest.starts_with(s))
                && !self.rest.starts_with("!=")
            {
                mistakes.push(Mistake::at(
                    place,
                    format!("\"{sign}\" is not used here. Write {right}."),
                ));
                self.take(sign.len());
                continue;
            }
            if let Some(sign) = SIGNS.into_iter().find(|s| self.rest.starts_with(s)) {
                self.take(sign.len());
                return Some((place, Token::Sign(sign)));
            }
            if in_word(first) {
                let end = self.rest.find(|c| !in_word(c)).unwrap_or(self.rest.len());
                return Some((place, Token::Word(self.take(end).to_owned())));
            }
            mistakes.push(Mistake::at(
                place,
                format!(
                    "The sign \"{}\" is not used in a recipe. Put a text with such signs in quotes.",
                    first.escape_default()
                ),
            ));
            self.take(first.len_utf8());
        }
    }

    /// A text in quotes; a quote in it stands twice.
    fn quoted(&mut self, quote: char, mistakes: &mut Vec<Mistake>) -> String {
        let start = self.place();
        self.take(1);
        let mut text = String::new();
        loop {
            let Some(end) = self.rest.find(quote) else {
                mistakes.push(Mistake::at(
                    start,
                    format!("This text has no end on its line. Close it with {quote}."),
                ));
                text.push_str(self.take(self.rest.len()));
                return text;
            };
            text.push_str(self.take(end));
            self.take(1);
            if !self.rest.starts_with(quote) {
                return text;
            }
            text.push(quote);
            self.take(1);
        }
    }
}

/// What a name, a date, an instant with its zone or a number is made of.
fn in_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '+' | '[' | ']' | '/')
}
