//! Reads conditions: `since < :to and not until < :from`. `not` binds closest, then `and`, then `or`.

use super::lex::Token;
use super::reader::{Reader, near};
use super::{Condition, DEPTH_MAX, Mistake, Place, Sign, Test, VALUES_MAX, Value, With, Written};
use crate::domain::scope::field::Field;
use crate::domain::scope::identifier::Kind;

/// The fields that conditions may name.
pub(super) const FIELDS: [&str; 9] = [
    "since",
    "until",
    "at",
    "country",
    "state",
    "lang",
    "birth_year",
    "role",
    "exposed",
];

impl Reader<'_> {
    /// `where CONDITION` about the records of `of`.
    pub(super) fn filter(&mut self, of: &str) -> Result<Condition, Mistake> {
        self.step();
        self.must_go_on();
        self.any(of)
    }

    fn any(&mut self, of: &str) -> Result<Condition, Mistake> {
        let mut all = vec![self.all(of)?];
        while self.keyword("or") {
            self.must_go_on();
            all.push(self.all(of)?);
        }
        Ok(single_or(all, Condition::Any))
    }

    fn all(&mut self, of: &str) -> Result<Condition, Mistake> {
        let mut all = vec![self.one_condition(of)?];
        while self.keyword("and") {
            self.must_go_on();
            all.push(self.one_condition(of)?);
        }
        Ok(single_or(all, Condition::All))
    }

    fn one_condition(&mut self, of: &str) -> Result<Condition, Mistake> {
        let place = self.place();
        if self.keyword("not") {
            self.must_go_on();
            self.nots += 1;
            if self.nots > DEPTH_MAX {
                return self.wrong("This is nested too deeply. Remove every second not.");
            }
            let inner = self.one_condition(of)?;
            self.nots -= 1;
            return Ok(negated(inner));
        }
        if self.sign("(") {
            self.deeper()?;
            let inner = self.any(of)?;
            self.close()?;
            return Ok(inner);
        }
        if self.keyword("kept") {
            return Ok(Condition::Kept(place));
        }
        let field = self.field(of)?;
        self.test(field, place)
    }

    fn field(&mut self, of: &str) -> Result<Field, Mistake> {
        let here = self.here();
        let Some(Token::Word(word)) = self.peek() else {
            return self.wrong(format!(
                "Here should be a condition, such as country = AT, not {here}."
            ));
        };
        let found = field_named(word, of);
        match found {
            Ok(field) => {
                self.step();
                Ok(field)
            }
            Err(why) => self.wrong(why),
        }
    }

    fn test(&mut self, field: Field, place: Place) -> Result<Condition, Mistake> {
        let not = self.keyword("not");
        let with = self.with(&field, not)?;
        let test = Condition::Test(Test { field, place, with });
        Ok(if not { negated(test) } else { test })
    }

    fn with(&mut self, field: &Field, not: bool) -> Result<With, Mistake> {
        if self.keyword("between") {
            self.ordered(field, "between")?;
            self.must_go_on();
            let from = self.value(field)?;
            if !self.keyword("and") {
                let here = self.here();
                return self.wrong(format!(
                    "After between come two values with and, such as: between 2026-10-01 and 2026-10-14. Here \
                     is {here}."
                ));
            }
            self.must_go_on();
            let to = self.value(field)?;
            return Ok(With::Between(from, to));
        }
        if self.keyword("in") {
            return self.list(field);
        }
        if not {
            let here = self.here();
            return self.wrong(format!(
                "After not comes in or between, not {here}. Write not before the field: not {field} …"
            ));
        }
        if self.keyword("is") {
            let not = self.keyword("not");
            return if self.keyword("missing") {
                Ok(if not { With::Known } else { With::Missing })
            } else if self.keyword("known") {
                Ok(if not { With::Missing } else { With::Known })
            } else {
                let here = self.here();
                self.wrong(format!(
                    "After is comes missing or known, not {here}. To compare with a value, write = ."
                ))
            };
        }
        if self.keyword("has") {
            if *field != Field::Exposed {
                return self.wrong(format!(
                    "Only exposed has kinds in it. Write {field} = … or {field} in (…)."
                ));
            }
            self.must_go_on();
            return Ok(With::Has(self.value(field)?));
        }
        self.comparison(field)
    }

    fn comparison(&mut self, field: &Field) -> Result<With, Mistake> {
        const ALL: [Sign; 6] = [
            Sign::Is,
            Sign::IsNot,
            Sign::Less,
            Sign::AtMost,
            Sign::More,
            Sign::AtLeast,
        ];
        if *field == Field::Exposed {
            return self.wrong(
                "exposed can have several kinds of data in it. Write exposed has KIND, exposed is missing or \
                 exposed is known.",
            );
        }
        let place = self.place();
        let Some(sign) = ALL.into_iter().find(|s| self.sign(s.text())) else {
            let here = self.here();
            return self.wrong(format!(
                "After {field} comes a comparison: =, !=, <, <=, >, >=, between, in, is missing or is known; \
                 not {here}."
            ));
        };
        if !matches!(sign, Sign::Is | Sign::IsNot) && !is_ordered(field) {
            return Err(Mistake::at(
                place,
                format!(
                    "{field} is a text, which can be the same or another one, not less or more. Write =, != \
                     or in."
                ),
            ));
        }
        self.must_go_on();
        Ok(With::Value(sign, self.value(field)?))
    }

    fn list(&mut self, field: &Field) -> Result<With, Mistake> {
        if matches!(field, Field::Since | Field::Until | Field::At) {
            return self.wrong(format!(
                "Times are compared with between: {field} between 2026-10-01 and 2026-10-14."
            ));
        }
        if *field == Field::Exposed {
            return self.wrong("Write exposed has A or exposed has B.");
        }
        if !self.sign("(") {
            let here = self.here();
            return self.wrong(format!(
                "After in come values in parentheses, such as: in (AT, DE). Here is {here}."
            ));
        }
        self.deeper()?;
        let mut values = Vec::new();
        loop {
            values.push(self.value(field)?);
            if values.len() > VALUES_MAX {
                return self.wrong(format!(
                    "A list has at most {VALUES_MAX} values. Longer ones belong in a source."
                ));
            }
            if !self.sign(",") {
                break;
            }
        }
        self.close()?;
        Ok(With::OneOf(values))
    }

    fn ordered(&self, field: &Field, word: &str) -> Result<(), Mistake> {
        if is_ordered(field) {
            return Ok(());
        }
        self.wrong(format!(
            "{field} is a text and has no {word}. Write =, != or in."
        ))
    }

    fn value(&mut self, field: &Field) -> Result<Value, Mistake> {
        let place = self.place();
        let here = self.here();
        let written = match self.peek() {
            Some(Token::Word(text) | Token::Quoted(text)) => {
                if let Err(why) = super::bind::could_be(field, text) {
                    return self.wrong(why);
                }
                Written::Text(text.clone())
            }
            Some(Token::Param(name)) => Written::Param(name.clone()),
            _ => {
                return self.wrong(format!("Here should be a value for {field}, not {here}."));
            }
        };
        self.step();
        Ok(Value { written, place })
    }
}

/// Whether its values come one after the other.
pub(super) fn is_ordered(field: &Field) -> bool {
    matches!(
        field,
        Field::Since | Field::Until | Field::At | Field::BirthYear
    )
}

/// The field of that name, about the records of `of`: `since`, `more.plan`, `log.since`, `log.by`.
fn field_named(word: &str, of: &str) -> Result<Field, String> {
    let lower = word.to_ascii_lowercase();
    if let Some(own) = lower.strip_prefix(of).and_then(|w| w.strip_prefix('.')) {
        return if FIELDS.contains(&own) || own.starts_with("more.") {
            Field::named(own)
        } else {
            Field::named(&format!("more.{own}"))
        };
    }
    if FIELDS.contains(&lower.as_str()) || lower.starts_with("more.") {
        return Field::named(&lower);
    }
    if let Some(kind) = Kind::named(&lower) {
        return Err(format!(
            "A recipe cannot ask for a certain {}: it is kept as a keyed hash only. Make a source with the \
             people you mean.",
            kind.words()
        ));
    }
    if let Some((other, _)) = lower.split_once('.') {
        return Err(format!(
            "\"{other}\" is not what this condition is about; that is {of}. Write {of}.… or more.NAME."
        ));
    }
    let meant = near(&lower, FIELDS).map_or_else(String::new, |n| format!(" Is {n} meant?"));
    Err(format!(
        "\"{word}\" is no field. Fields are {}, and more.NAME for other columns.{meant}",
        FIELDS.join(", ")
    ))
}

fn negated(inner: Condition) -> Condition {
    match inner {
        Condition::Not(one) => *one,
        other => Condition::Not(Box::new(other)),
    }
}

fn single_or(mut all: Vec<Condition>, many: fn(Vec<Condition>) -> Condition) -> Condition {
    match (all.len(), all.pop()) {
        (1, Some(only)) => only,
        (_, Some(last)) => {
            all.push(last);
            many(all)
        }
        (_, None) => many(all),
    }
}
