//! One line of a recipe from the fields of the form that builds it, and where it goes in the text.

use super::form::Typed;
use crate::domain::scope::field::Field;
use crate::domain::scope::identifier::Kind;
use crate::domain::scope::recipe::{
    Condition, Leaf, Link, Name, Op, Place, RESULT, Set, Sign, Step, Test, Value, With, Written,
    parse,
};
use crate::error::{Check, FieldError};

/// How a field is compared: the word in the form, and in a list.
pub(crate) const COMPARISONS: [(&str, &str); 11] = [
    ("=", "is"),
    ("!=", "is something else than"),
    ("<", "is before, or less than"),
    ("<=", "is at most (a day: until its end)"),
    (">", "is after, or more than"),
    (">=", "is at least (a day: from its start)"),
    ("between", "is between … and …, both included"),
    ("in", "is one of …, …"),
    ("has", "has this kind of data"),
    ("missing", "has no value"),
    ("known", "has a value"),
];

/// The fields that build a step, with their labels.
pub(crate) const STEP: [(&str, &str); 9] = [
    ("step_name", "Name of the step"),
    ("step_first", "People of"),
    ("step_field", "Only records whose"),
    ("step_sign", "Comparison"),
    ("step_value", "Value"),
    ("step_not", "The other way round"),
    ("step_kept", "Only what retention kept"),
    ("step_op", "Combined with"),
    ("step_second", "People of, too"),
];

/// The fields that build a link, with their labels.
pub(crate) const LINK: [(&str, &str); 2] =
    [("link_source", "Records of"), ("link_by", "Join people by")];

/// Empties the fields of a form's builder, after its line was added.
pub(crate) fn clear(typed: &mut Typed, fields: &[(&str, &str)]) {
    typed
        .0
        .retain(|(name, _)| !fields.iter().any(|(field, _)| field == name));
}

fn name(text: &str) -> Name {
    Name {
        text: text.to_owned(),
        place: Place::default(),
    }
}

fn leaf(of: &str, filter: Option<Condition>) -> Set {
    Set::Leaf(Box::new(Leaf {
        name: name(of),
        filter,
        during: None,
    }))
}

fn value(text: &str) -> Value {
    let text = text.trim();
    Value {
        written: match text.strip_prefix(':') {
            Some(param) => Written::Param(param.to_owned()),
            None => Written::Text(text.trim_matches('"').to_owned()),
        },
        place: Place::default(),
    }
}

/// The step that the form's fields say, as a line.
///
/// # Errors
/// Each field that says nothing or something else than it can.
pub(crate) fn step(t: &Typed) -> Result<String, Vec<FieldError>> {
    let mut wrong = Check::default();
    let called = t.get("step_name").trim();
    if called.is_empty() {
        wrong.fail("step_name", "Give the step a name, such as buyers.");
    }
    let first = t.get("step_first");
    if first.is_empty() {
        wrong.fail("step_first", "Choose whose people.");
    }
    let test = condition(t, &mut wrong);
    let kept = t
        .has("step_kept")
        .then(|| Condition::Kept(Place::default()));
    let mut all: Vec<Condition> = test.into_iter().chain(kept).collect();
    let filter = match all.len() {
        0 | 1 => all.pop(),
        _ => Some(Condition::All(all)),
    };
    let op = match t.get("step_op") {
        "union" => Some(Op::Union),
        "intersect" => Some(Op::Intersect),
        "except" => Some(Op::Except),
        _ => None,
    };
    let second = t.get("step_second");
    if op.is_some() && second.is_empty() {
        wrong.fail(
            "step_second",
            "Choose whose people, or combine with nothing.",
        );
    }
    if op.is_none() && !second.is_empty() {
        wrong.fail("step_op", "Choose how the two are combined.");
    }
    let own = leaf(first, filter);
    let set = match op {
        Some(op) => Set::Both(Box::new(own), op, Box::new(leaf(second, None))),
        None => own,
    };
    readable(
        wrong,
        Step {
            name: name(called),
            set,
        }
        .to_string(),
        ("step_name", "step_value"),
    )
}

fn condition(t: &Typed, wrong: &mut Check) -> Option<Condition> {
    let asked = t.get("step_field");
    let typed = t.get("step_value").trim();
    if asked.is_empty() {
        if !typed.is_empty() {
            wrong.fail("step_field", "Choose what is compared with the value.");
        }
        return None;
    }
    let field = match Field::named(asked) {
        Ok(field) => field,
        Err(why) => {
            wrong.fail("step_field", why);
            return None;
        }
    };
    let sign = t.get("step_sign");
    let alone = matches!(sign, "missing" | "known");
    if typed.is_empty() && !alone {
        wrong.fail("step_value", "Give the value to compare with.");
        return None;
    }
    let with = match sign {
        "missing" => With::Missing,
        "known" => With::Known,
        "has" => With::Has(value(typed)),
        "in" => With::OneOf(typed.split(',').map(value).collect()),
        "between" => {
            let Some((from, to)) = typed.split_once(" and ") else {
                wrong.fail(
                    "step_value",
                    "Give two values with and between them, such as: 2026-10-01 and 2026-10-14.",
                );
                return None;
            };
            With::Between(value(from), value(to))
        }
        "!=" => With::Value(Sign::IsNot, value(typed)),
        "<" => With::Value(Sign::Less, value(typed)),
        "<=" => With::Value(Sign::AtMost, value(typed)),
        ">" => With::Value(Sign::More, value(typed)),
        ">=" => With::Value(Sign::AtLeast, value(typed)),
        _ => With::Value(Sign::Is, value(typed)),
    };
    let test = Condition::Test(Test {
        field,
        place: Place::default(),
        with,
    });
    Some(if t.has("step_not") {
        Condition::Not(Box::new(test))
    } else {
        test
    })
}

/// The link that the form's fields say, as a line.
///
/// # Errors
/// Each field that says nothing.
pub(crate) fn link(t: &Typed) -> Result<String, Vec<FieldError>> {
    let mut wrong = Check::default();
    let source = t.get("link_source");
    if source.is_empty() {
        wrong.fail("link_source", "Choose whose records.");
    }
    let kinds: Vec<Kind> = t
        .all("link_by")
        .iter()
        .filter_map(|kind| Kind::named(kind))
        .collect();
    if kinds.is_empty() {
        wrong.fail("link_by", "Choose at least one kind of identifier.");
    }
    let line = Link {
        source: name(source),
        kinds,
    }
    .to_string();
    match wrong.done() {
        Ok(()) => Ok(line),
        Err(error) => Err(fields(error)),
    }
}

fn fields(error: crate::error::Error) -> Vec<FieldError> {
    match error {
        crate::error::Error::Invalid(all) => all,
        other => vec![FieldError {
            field: "body".to_owned(),
            reason: other.to_string(),
        }],
    }
}

/// The line when nothing is wrong and it can be read; what cannot be read in it is about the first
/// field where it stands at the line's start, else about the second one.
fn readable(
    wrong: Check,
    line: String,
    (start, rest): (&str, &str),
) -> Result<String, Vec<FieldError>> {
    wrong.done().map_err(fields)?;
    match parse(&line) {
        Ok(_) => Ok(line),
        Err(mistakes) => Err(mistakes
            .into_iter()
            .map(|m| FieldError {
                field: if m.column == 1 { start } else { rest }.to_owned(),
                reason: m.sentence,
            })
            .collect()),
    }
}

/// The text with a step added: at the end, but before the step that is the result.
pub(crate) fn with_step(text: &str, line: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let result = lines.iter().rposition(|l| defines(l) == Some(RESULT));
    inserted(&lines, result.unwrap_or(lines.len()), line)
}

/// The text with a link added: after the links and limits that it has, or at the start.
pub(crate) fn with_link(text: &str, line: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let declares = |l: &&str| l.starts_with("link ") || l.starts_with("limit ");
    let last = lines.iter().rposition(declares);
    let comment = |l: &&&str| l.trim_start().starts_with('#');
    let at = last.map_or_else(|| lines.iter().take_while(comment).count(), |n| n + 1);
    inserted(&lines, at, line)
}

fn inserted(lines: &[&str], at: usize, line: &str) -> String {
    let (before, after) = lines.split_at_checked(at).unwrap_or((lines, &[]));
    let all: Vec<&str> = before.iter().chain([&line]).chain(after).copied().collect();
    format!("{}\n", all.join("\n"))
}

/// The name of the step that begins on a line.
fn defines(line: &str) -> Option<&str> {
    let (name, _) = line.split_once('=')?;
    let name = name.trim_end();
    let word = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    (!name.is_empty() && name.bytes().all(word)).then_some(name)
}

/// The names of the steps in a text that may not be finished.
pub(crate) fn steps(text: &str) -> Vec<String> {
    text.lines()
        .filter_map(defines)
        .map(ToOwned::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(fields: &[(&str, &str)]) -> Typed {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Typed(fields.iter().map(own).collect())
    }

    #[test]
    fn the_fields_of_the_form_make_a_line() {
        let made = |fields: &[(&str, &str)]| step(&typed(fields)).unwrap();
        assert_eq!(
            made(&[("step_name", "affected"), ("step_first", "accounts")]),
            "affected = accounts"
        );
        assert_eq!(
            made(&[
                ("step_name", "buyers"),
                ("step_first", "orders"),
                ("step_field", "at"),
                ("step_sign", "between"),
                ("step_value", "2026-10-01 and :to"),
                ("step_op", "except"),
                ("step_second", "staff"),
            ]),
            "buyers = (orders where at between 2026-10-01 and :to) except staff"
        );
        assert_eq!(
            made(&[
                ("step_name", "kept_ones"),
                ("step_first", "accounts"),
                ("step_field", "until"),
                ("step_sign", "<"),
                ("step_value", ":from"),
                ("step_not", "yes"),
                ("step_kept", "yes"),
            ]),
            "kept_ones = accounts where not until < :from and kept"
        );
        assert_eq!(
            made(&[
                ("step_name", "x"),
                ("step_first", "a"),
                ("step_field", "more.plan"),
                ("step_sign", "in"),
                ("step_value", "pro, \"big one\""),
            ]),
            "x = a where more.plan in (pro, \"big one\")"
        );
        assert_eq!(
            link(&typed(&[
                ("link_source", "orders"),
                ("link_by", "order"),
                ("link_by", "email")
            ]))
            .unwrap(),
            "link orders by order, email"
        );
    }

    #[test]
    fn what_a_field_lacks_stands_at_the_field() {
        let at = |fields: &[(&str, &str)]| -> Vec<String> {
            let wrong = step(&typed(fields)).unwrap_err();
            wrong.into_iter().map(|e| e.field).collect()
        };
        assert_eq!(at(&[]), ["step_name", "step_first"]);
        let named = ("step_name", "x");
        let first = ("step_first", "a");
        assert_eq!(at(&[named, first, ("step_op", "union")]), ["step_second"]);
        assert_eq!(at(&[named, first, ("step_second", "b")]), ["step_op"]);
        assert_eq!(at(&[named, first, ("step_value", "b")]), ["step_field"]);
        assert_eq!(at(&[named, first, ("step_field", "at")]), ["step_value"]);
        let sign = ("step_sign", "between");
        let asked = ("step_field", "at");
        assert_eq!(
            at(&[named, first, asked, sign, ("step_value", "2026-10-01")]),
            ["step_value"]
        );
        // What only the whole line shows: a reserved word as the name.
        assert_eq!(at(&[("step_name", "union"), first]), ["step_name"]);
        let none: Vec<String> = link(&Typed::default())
            .unwrap_err()
            .into_iter()
            .map(|e| e.field)
            .collect();
        assert_eq!(none, ["link_source", "link_by"]);
    }

    #[test]
    fn a_line_goes_where_it_can_be_read() {
        assert_eq!(with_step("", "a = b"), "a = b\n");
        let text = "# why\nlink x by email\nlimit link 9\na = b\naffected = a\n";
        assert_eq!(
            with_step(text, "c = d"),
            "# why\nlink x by email\nlimit link 9\na = b\nc = d\naffected = a\n"
        );
        assert_eq!(
            with_link(text, "link y by phone"),
            "# why\nlink x by email\nlimit link 9\nlink y by phone\na = b\naffected = a\n"
        );
        assert_eq!(
            with_link("# why\na = b\n", "link y by phone"),
            "# why\nlink y by phone\na = b\n"
        );
        assert_eq!(steps("# x = y\na = b\n c = d\nlimit link 5\n"), ["a"]);
    }
}
