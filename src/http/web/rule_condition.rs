//! A condition of a rule as a sentence: `people(US-TX) >= 250` becomes "at least 250 affected people
//! live in Texas". What it cannot say stays as it was written.

use super::{part, place};
use crate::domain::condition::{Condition, Missing};
use crate::domain::question::Questions;

/// The condition in words; nothing where it always holds.
pub(super) fn sentence(condition: &Condition, questions: &Questions) -> Option<String> {
    let text = condition.as_str();
    if text == "yes" {
        return None;
    }
    let mut reader = Reader {
        rest: text,
        questions,
        out: String::new(),
    };
    while reader.next() {}
    Some(reader.out)
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
            place::name(code, questions)
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
    out: String,
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
                self.write("(");
            } else {
                self.out.push(')');
            }
            return true;
        }
        let words = self.said(false);
        self.write(&words);
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
                let shown = if not {
                    "it is not shown"
                } else {
                    "it is shown"
                };
                format!("{shown}: “{ask}” yes")
            }
            "seat" => {
                let outside = if not { "outside of" } else { "in" };
                let place = place::name(self.argument(), self.questions);
                format!("the controller has its seat {outside} {place}")
            }
            "people" => {
                let code = self.argument();
                self.people(&place::name(code, self.questions), not)
            }
            "largest_state" => self.people("the US state with most of them", not),
            word => match word.strip_prefix("sector.") {
                Some(id) => format!("“{}” {answer}", sector(id, self.questions)),
                None => format!("“{}” {answer}", question(word, self.questions)),
            },
        }
    }

    fn write(&mut self, words: &str) {
        if !self.out.is_empty() && !self.out.ends_with('(') {
            self.out.push(' ');
        }
        self.out.push_str(words);
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

    fn said(text: &str) -> String {
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
        sentence(&text.parse().unwrap(), &questions).unwrap_or_default()
    }

    #[test]
    fn a_condition_is_a_sentence() {
        assert_eq!(said("yes"), "");
        assert_eq!(
            said("people(US-TX) >= 1250 and not proven(encrypted)"),
            "at least 1,250 affected people live in Texas and it is not shown: “Was the data \
             encrypted?” yes"
        );
        assert_eq!(
            said("( sector.bank or encrypted ) and seat(AT) and people(DE)"),
            "(“Is the operator a bank?” yes or “Was the data encrypted?” yes) and the controller \
             has its seat in Austria and somebody affected lives in Germany"
        );
        assert_eq!(
            said("not (bank_asked or not encrypted) and not seat(US) and not people(AT) < 10"),
            "not (“bank_asked” yes or “Was the data encrypted?” no) and the controller has its seat \
             outside of United States and at least 10 affected people live in Austria"
        );
        assert_eq!(
            said("largest_state > 500 or no"),
            "more than 500 affected people live in the US state with most of them or never"
        );
    }
}
