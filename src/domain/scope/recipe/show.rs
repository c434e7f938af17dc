//! The text of a recipe in one spelling; read again, it is the same recipe.

use std::fmt;

use super::{Condition, Leaf, Link, Op, Recipe, Set, Step, Test, Value, With, Written};

impl fmt::Display for Recipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let default = super::Limits::default();
        for link in &self.links {
            writeln!(f, "{link}")?;
        }
        if self.limits.link != default.link {
            writeln!(f, "limit link {}", self.limits.link)?;
        }
        if self.limits.person != default.person {
            writeln!(f, "limit person {}", self.limits.person)?;
        }
        for step in &self.steps {
            writeln!(f, "{step}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds: Vec<&str> = self.kinds.iter().map(|k| k.name()).collect();
        write!(f, "link {} by {}", self.source.text, kinds.join(", "))
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {}", self.name.text, self.set)
    }
}

impl fmt::Display for Set {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Leaf(leaf) => leaf.fmt(f),
            Self::Both(left, op, right) => {
                operand(f, left, *op, false)?;
                write!(f, " {} ", op.word())?;
                operand(f, right, *op, true)
            }
        }
    }
}

/// What stands beside an operator, in parentheses where it needs them.
fn operand(f: &mut fmt::Formatter<'_>, set: &Set, beside: Op, right: bool) -> fmt::Result {
    let bare = match set {
        Set::Leaf(leaf) => !leaf.ends_open(),
        Set::Both(_, op, _) => {
            let closer = *op == Op::Intersect && beside != Op::Intersect;
            let same_rank = (*op == Op::Intersect) == (beside == Op::Intersect);
            closer || (same_rank && !right)
        }
    };
    if bare {
        write!(f, "{set}")
    } else {
        write!(f, "({set})")
    }
}

impl Leaf {
    /// Whether it ends in a condition that no parenthesis ends.
    fn ends_open(&self) -> bool {
        match &self.during {
            Some(during) => during.filter.is_some(),
            None => self.filter.is_some(),
        }
    }
}

impl fmt::Display for Leaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name.text)?;
        if let Some(filter) = &self.filter {
            write!(f, " where {filter}")?;
        }
        if let Some(during) = &self.during {
            write!(f, " during {}", during.log.text)?;
            if let Some(filter) = &during.filter {
                write!(f, " where {filter}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(all) => joined(f, all, " and ", |c| {
                matches!(c, Self::All(_) | Self::Any(_))
            }),
            Self::Any(all) => joined(f, all, " or ", |c| matches!(c, Self::Any(_))),
            Self::Not(one) if matches!(**one, Self::All(_) | Self::Any(_)) => {
                write!(f, "not ({one})")
            }
            Self::Not(one) => write!(f, "not {one}"),
            Self::Kept(_) => f.write_str("kept"),
            Self::Test(test) => test.fmt(f),
        }
    }
}

fn joined(
    f: &mut fmt::Formatter<'_>,
    all: &[Condition],
    word: &str,
    wrapped: fn(&Condition) -> bool,
) -> fmt::Result {
    for (n, one) in all.iter().enumerate() {
        if n > 0 {
            f.write_str(word)?;
        }
        if wrapped(one) {
            write!(f, "({one})")?;
        } else {
            write!(f, "{one}")?;
        }
    }
    Ok(())
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = &self.field;
        match &self.with {
            With::Value(sign, value) => write!(f, "{field} {} {value}", sign.text()),
            With::Between(a, b) => write!(f, "{field} between {a} and {b}"),
            With::OneOf(values) => {
                let values: Vec<String> = values.iter().map(Value::to_string).collect();
                write!(f, "{field} in ({})", values.join(", "))
            }
            With::Has(value) => write!(f, "{field} has {value}"),
            With::Missing => write!(f, "{field} is missing"),
            With::Known => write!(f, "{field} is known"),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.written {
            Written::Param(name) => write!(f, ":{name}"),
            Written::Text(text) if is_bare(text) => f.write_str(text),
            Written::Text(text) => write!(f, "\"{}\"", text.replace('"', "\"\"")),
        }
    }
}

/// Whether a text can stand without quotes.
fn is_bare(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b':' | b'+'))
}
