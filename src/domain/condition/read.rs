//! Reads `people(US-TX) >= 250 and not proven(encrypted)`.
//!
//! Always holds: every sign is understood or the whole is refused with a sentence; `and` binds
//! closer than `or`, `not` closest.

use std::str::FromStr;

use super::{Comparison, Condition, Expr, Where};

/// Why a condition cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the condition cannot be read {place}: {wrong}; write it like `people(US-TX) >= 250 and not \
     proven(encrypted)`"
)]
pub struct ConditionError {
    place: String,
    wrong: String,
}

impl FromStr for Condition {
    type Err = ConditionError;

    fn from_str(text: &str) -> Result<Self, ConditionError> {
        let mut reader = Reader {
            rest: text,
            depth: 0,
        };
        let expr = reader.any_of()?;
        reader.space();
        if !reader.rest.is_empty() {
            return Err(reader.wrong("nothing more is expected here"));
        }
        Ok(Self {
            text: text.split_whitespace().collect::<Vec<_>>().join(" "),
            expr,
        })
    }
}

/// Deeper nesting than any rule has, and than the stack should be asked for.
const DEPTH_MAX: u32 = 20;

struct Reader<'a> {
    rest: &'a str,
    depth: u32,
}

impl<'a> Reader<'a> {
    fn wrong(&self, wrong: impl Into<String>) -> ConditionError {
        let place = match self.rest.split_whitespace().next() {
            Some(next) => format!("at \"{next}\""),
            None => "at its end".to_owned(),
        };
        ConditionError {
            place,
            wrong: wrong.into(),
        }
    }

    fn space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// Takes `sign` if it comes next.
    fn sign(&mut self, sign: &str) -> bool {
        self.space();
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// The next word, left where it is.
    fn peek(&mut self) -> &'a str {
        self.space();
        let end = self
            .rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')))
            .unwrap_or(self.rest.len());
        self.rest.get(..end).unwrap_or_default()
    }

    fn word(&mut self, what: &str) -> Result<&'a str, ConditionError> {
        let word = self.peek();
        if word.is_empty() {
            return Err(self.wrong(format!("{what} is missing")));
        }
        self.rest = self.rest.get(word.len()..).unwrap_or_default();
        Ok(word)
    }

    fn keyword(&mut self, keyword: &str) -> bool {
        let found = self.peek() == keyword;
        if found {
            self.rest = self.rest.get(keyword.len()..).unwrap_or_default();
        }
        found
    }

    fn any_of(&mut self) -> Result<Expr, ConditionError> {
        let mut all = vec![self.all_of()?];
        while self.keyword("or") {
            all.push(self.all_of()?);
        }
        Ok(single_or(all, Expr::Or))
    }

    fn all_of(&mut self) -> Result<Expr, ConditionError> {
        let mut all = vec![self.one()?];
        while self.keyword("and") {
            all.push(self.one()?);
        }
        Ok(single_or(all, Expr::And))
    }

    fn one(&mut self) -> Result<Expr, ConditionError> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(self.wrong("it is nested too deeply"));
        }
        let expr = self.inner();
        self.depth -= 1;
        expr
    }

    fn inner(&mut self) -> Result<Expr, ConditionError> {
        if self.keyword("not") {
            return Ok(Expr::Not(Box::new(self.one()?)));
        }
        if self.sign("(") {
            let inner = self.any_of()?;
            return self.close().map(|()| inner);
        }
        let word = self.word("a condition")?;
        match word {
            "yes" => Ok(Expr::Always(true)),
            "no" => Ok(Expr::Always(false)),
            "and" | "or" => Err(self.wrong(format!("\"{word}\" needs something before it"))),
            "proven" => Ok(Expr::Proven(self.argument("a question")?)),
            "seat" => Ok(Expr::Seat(self.argument("a country")?)),
            "people" => {
                let place = Where::Place(self.argument("a place")?);
                self.comparison(place)
            }
            "largest_state" => self.comparison(Where::LargestState),
            _ => match word.strip_prefix("sector.") {
                Some(sector) if is_id(sector) => Ok(Expr::Sector(sector.to_owned())),
                _ if is_id(word) => Ok(Expr::Question(word.to_owned())),
                _ => Err(self.wrong(format!("\"{word}\" is not the id of a question"))),
            },
        }
    }

    fn argument(&mut self, what: &str) -> Result<String, ConditionError> {
        if !self.sign("(") {
            return Err(self.wrong("an opening parenthesis is missing"));
        }
        let word = self.word(what)?.to_owned();
        self.close().map(|()| word)
    }

    fn close(&mut self) -> Result<(), ConditionError> {
        if self.sign(")") {
            Ok(())
        } else {
            Err(self.wrong("a closing parenthesis is missing"))
        }
    }

    fn comparison(&mut self, place: Where) -> Result<Expr, ConditionError> {
        let signs = [
            (">=", Comparison::AtLeast),
            ("<=", Comparison::AtMost),
            (">", Comparison::MoreThan),
            ("<", Comparison::LessThan),
        ];
        for (sign, comparison) in signs {
            if self.sign(sign) {
                let number = self.word("a number")?;
                let n = number
                    .parse()
                    .map_err(|_| self.wrong(format!("\"{number}\" is not a number of people")))?;
                return Ok(Expr::People(place, comparison, n));
            }
        }
        Ok(Expr::People(place, Comparison::AtLeast, 1))
    }
}

fn is_id(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_lowercase())
        && word
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

fn single_or(mut all: Vec<Expr>, many: fn(Vec<Expr>) -> Expr) -> Expr {
    match (all.len(), all.pop()) {
        (1, Some(only)) => only,
        (_, Some(last)) => {
            all.push(last);
            many(all)
        }
        (_, None) => Expr::Always(true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_refused_where_it_stands() {
        let wrong = |text: &str| text.parse::<Condition>().unwrap_err().to_string();
        assert!(wrong("").contains("at its end: a condition is missing"));
        assert!(wrong("high_risk and").contains("a condition is missing"));
        assert!(wrong("high_risk high").contains("at \"high\": nothing more is expected"));
        assert!(wrong("people(US-TX >= 3").contains("a closing parenthesis is missing"));
        assert!(wrong("people(US-TX) >= many").contains("\"many\" is not a number of people"));
        assert!(wrong("people >= 3").contains("an opening parenthesis is missing"));
        assert!(wrong("Risk").contains("\"Risk\" is not the id of a question"));
        assert!(wrong("(((((((((((((((((((((yes)").contains("nested too deeply"));
    }

    #[test]
    fn and_binds_closer_than_or() {
        let read = |text: &str| text.parse::<Condition>().unwrap().expr;
        assert_eq!(read("a or b and c"), read("a or (b and c)"));
        assert_ne!(read("a or b and c"), read("(a or b) and c"));
        assert_eq!(read("not a and b"), read("(not a) and b"));
    }
}
