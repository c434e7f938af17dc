//! A condition of a rule in words: `people(US-TX) >= 250` becomes "at least 250 affected people
//! live in Texas". What it cannot say stays as it was written.

use super::{part, place};
use crate::domain::condition::{Condition, Missing};
use crate::domain::question::Questions;

/// The condition in words, a part for each thing that must be so; nothing where it always holds.
pub(super) fn parts(condition: &Condition, questions: &Questions) -> Vec<String> {
    let text = condition.as_str();
    if text == "yes" {
        return Vec::new();
    }
    let mut reader = Reader {
        rest: text,
        questions,
        depth: 0,
        parts: vec![String::new()],
        or: false,
    };
    while reader.next() {}
    if reader.or {
        vec![reader.parts.join(" and ")]
    } else {
        reader.parts
    }
}

/// What has to be known before the condition can be decided.
pub(super) fn asks(condition: &Condition, questions: &Questions) -> Vec<String> {
    let ask = |missing: &Missing| match missing {
        Missing::Question(id) => question(id, questions),
        Missing::Sector(id) => sector(id, questions),
        Missing::People(code) if code == crate::domain::condition::ANYWHERE => {
            "How many people are affected?".to_owned()
        }
        Missing::People(code) => format!(
            "How many affected people live in {}?",
            place::within(code, questions)
        ),
    };
    condition.asks().iter().map(ask).collect()
}

fn question(id: &str, questions: &Questions) -> String {
    let known = questions.question(id);
    known.map_or_else(|| id.to_owned(), |one| one.ask.clone())
}

fn sector(id: &str, questions: &Questions) -> String {
    let known = questions.sector(id);
    known.map_or_else(|| id.to_owned(), |one| one.ask.clone())
}

/// Reads a condition from left to right; it was checked when it was loaded.
struct Reader<'a> {
    rest: &'a str,
    questions: &'a Questions,
    depth: u32,
    /// What stands between the "and"s outside of all parentheses.
    parts: Vec<String>,
    /// Whether an "or" stands outside of all parentheses.
    or: bool,
}

impl<'a> Reader<'a> {
    /// Writes what the next word says; false at the end.
    fn next(&mut self) -> bool {
        self.rest = self.rest.trim_start();
        let Some(first) = self.rest.chars().next() else {
            return false;
        };
        if matches!(first, '(' | ')') {
            self.rest = self.rest.get(1..).unwrap_or_default();
            if first == '(' {
                self.depth += 1;
                self.write("(");
            } else {
                self.depth = self.depth.saturating_sub(1);
                self.write(")");
            }
            return true;
        }
        let words = self.said(false);
        match (words.as_str(), self.depth) {
            ("and", 0) => self.parts.push(String::new()),
            ("or", 0) => {
                self.or = true;
                self.write("or");
            }
            _ => self.write(&words),
        }
        true
    }

    /// What the next word says, or its opposite.
    fn said(&mut self, not: bool) -> String {
        let answer = if not { "no" } else { "yes" };
        match self.word() {
            // No sign that a condition can have; shown, not lost.
            "" if !not => std::mem::take(&mut self.rest).to_owned(),
            "" => "not".to_owned(),
            word @ ("and" | "or") => word.to_owned(),
            "not" => {
                self.take(|c| c == ' ');
                self.said(!not)
            }
            "yes" => if not { "never" } else { "always" }.to_owned(),
            "no" => if not { "always" } else { "never" }.to_owned(),
            "proven" => {
                let ask = question(self.argument(), self.questions);
                let is = if not { "is not" } else { "is" };
                format!("“{ask}” {is} answered with yes")
            }
            "seat" => {
                let outside = if not { "outside of" } else { "in" };
                let place = place::within(self.argument(), self.questions);
                format!("the controller has its seat {outside} {place}")
            }
            "people" => {
                let code = self.argument();
                self.people(&place::within(code, self.questions), not)
            }
            "largest_state" => self.people("the US state with most of them", not),
            word => match word.strip_prefix("sector.") {
                Some(id) => format!(
                    "the operator profile says {answer} to “{}”",
                    sector(id, self.questions)
                ),
                None => format!(
                    "“{}” is answered with {answer}",
                    question(word, self.questions)
                ),
            },
        }
    }

    fn write(&mut self, words: &str) {
        if let Some(part) = self.parts.last_mut() {
            if !part.is_empty() && !part.ends_with('(') && words != ")" {
                part.push(' ');
            }
            part.push_str(words);
        }
    }

    fn take(&mut self, belongs: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !belongs(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    fn word(&mut self) -> &'a str {
        self.take(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
    }

    /// What stands in the parentheses that come next.
    fn argument(&mut self) -> &'a str {
        self.take(|c| c == '(' || c == ' ');
        let word = self.word();
        self.take(|c| c == ' ');
        self.rest = self.rest.strip_prefix(')').unwrap_or(self.rest);
        word
    }

    fn people(&mut self, place: &str, not: bool) -> String {
        self.take(|c| c == ' ');
        let sign = self.take(|c| matches!(c, '<' | '>' | '='));
        self.take(|c| c == ' ');
        let how = match (sign, not) {
            (">=", false) | ("<", true) => "at least",
            (">", false) | ("<=", true) => "more than",
            ("<=", false) | (">", true) => "at most",
            ("<", false) | (">=", true) => "fewer than",
            (_, false) => return format!("somebody affected lives in {place}"),
            (_, true) => return format!("nobody affected lives in {place}"),
        };
        let n = self.take(|c| c.is_ascii_digit() || c == '_');
        let n = n
            .parse()
            .map_or_else(|_| n.to_owned(), |n: i64| part::number(n));
        format!("{how} {n} affected people live in {place}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::question::Question;

    fn said(text: &str) -> Vec<String> {
        let ask = |id: &str, ask: &str| Question {
            id: id.to_owned(),
            ask: ask.to_owned(),
            help: None,
        };
        let questions = Questions {
            questions: vec![ask("encrypted", "Was the data encrypted?")],
            sectors: vec![ask("bank", "Is the operator a bank?")],
            groups: Vec::new(),
        };
        parts(&text.parse().unwrap(), &questions)
    }

    #[test]
    fn a_condition_is_said_in_parts() {
        assert_eq!(said("yes"), Vec::<String>::new());
        assert_eq!(
            said("people(US-TX) >= 1250 and not proven(encrypted)"),
            [
                "at least 1,250 affected people live in Texas",
                "“Was the data encrypted?” is not answered with yes"
            ]
        );
        assert_eq!(
            said("( sector.bank or encrypted ) and seat(AT) and people(DE)"),
            [
                "(the operator profile says yes to “Is the operator a bank?” or “Was the data \
                 encrypted?” is answered with yes)",
                "the controller has its seat in Austria",
                "somebody affected lives in Germany"
            ]
        );
        assert_eq!(
            said("not (bank_asked or not encrypted) and not seat(US) and not people(AT) < 10"),
            [
                "not (“bank_asked” is answered with yes or “Was the data encrypted?” is answered \
                 with no)",
                "the controller has its seat outside of the United States",
                "at least 10 affected people live in Austria"
            ]
        );
        assert_eq!(
            said("largest_state > 500 and no or seat(EEA)"),
            [
                "more than 500 affected people live in the US state with most of them and never or \
              the controller has its seat in the European Economic Area"
            ]
        );
    }
}
