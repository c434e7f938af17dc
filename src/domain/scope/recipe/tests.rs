use std::collections::BTreeMap;

use chrono_tz::Tz;

use super::bind::Check;
use super::*;

const SOURCES: [&str; 4] = ["accounts", "orders", "staff", "log"];

pub(super) fn known() -> Known {
    Known::names(SOURCES)
}

fn good(text: &str) -> Recipe {
    read(text, &known()).unwrap_or_else(|m| panic!("{text}: {m:?}"))
}

#[test]
fn a_line_goes_on_where_something_must_follow() {
    let one = "a = (orders where at < :to and not kept) union accounts except staff";
    let many = "\
a = (
    orders   # bought
    where at < :to and
      not kept
  ) union

  accounts
  except staff";
    assert_eq!(good(one).to_string(), good(many).to_string());
    assert_eq!(good(one).params(), ["to"]);
}

#[test]
fn the_text_in_one_spelling() {
    for (written, shown) in [
        ("a = orders", "a = orders\n"),
        ("a=orders UNION staff", "a = orders union staff\n"),
        // Equal rank from left to right, intersect closer.
        (
            "a = ((orders union staff) except log) intersect accounts",
            "a = (orders union staff except log) intersect accounts\n",
        ),
        (
            "a = orders union (staff intersect log)",
            "a = orders union staff intersect log\n",
        ),
        (
            "a = orders except (staff union log)",
            "a = orders except (staff union log)\n",
        ),
        (
            "a = (orders where kept) union staff",
            "a = (orders where kept) union staff\n",
        ),
        (
            "a = orders where not (at is missing or not role = 'it''s') and lang = de",
            "a = orders where not (at is missing or not role = \"it's\") and lang = de\n",
        ),
        (
            "a = orders where country not in (at, DE) or not not at is not known",
            "a = orders where not country in (at, DE) or at is missing\n",
        ),
        (
            "a = orders where kept during log where log.by = 4711 and log.since < 2026-10-01",
            "a = orders where kept during log where more.by = 4711 and since < 2026-10-01\n",
        ),
        (
            "limit person 30\nlimit link 5\nlink orders by order, email, order\na = orders",
            "link orders by order, email\nlimit person 30\na = orders\n",
        ),
    ] {
        assert_eq!(good(written).to_string(), shown, "{written}");
        assert_eq!(good(shown).to_string(), shown);
    }
}

#[test]
fn what_a_recipe_is_made_of() {
    let recipe = good(
        "link accounts by email\na = orders during log\nb = staff\nc = a except (accounts where since < :to)",
    );
    assert_eq!(recipe.sources(), ["accounts", "orders", "staff"]);
    assert_eq!(recipe.logs(), ["log"]);
    assert_eq!(recipe.unused(), ["b"]);
    assert_eq!(recipe.params(), ["to"]);
    assert_eq!(
        recipe.limits,
        Limits {
            link: 5,
            person: 25
        }
    );
}

#[test]
fn a_step_in_plain_words() {
    let words = |text: &str| {
        let recipe = good(text);
        recipe.result().unwrap().sentence(&recipe)
    };
    assert_eq!(
        words("a = orders where at between 2026-10-01 and 2026-10-14"),
        "People with a record in orders that is dated from 1 October 2026 to 14 October 2026."
    );
    assert_eq!(
        words("a = accounts where since < :to and not until < :from"),
        "People with a record in accounts that began before :to and did not end before :from or has no \
         value for it."
    );
    assert_eq!(
        words("b = staff\na = (orders union b) except (accounts where country = AT)"),
        "(People with a record in orders, or people of the step b), but not people with a record in \
         accounts that has the country AT."
    );
    assert_eq!(
        words("a = orders during log where log.by = 4711"),
        "People with a record in orders that is dated within a window of log, of those windows whose \
         record has the by 4711."
    );
}

pub(super) fn bound(text: &str, params: &[(&str, &str)], zone: Tz) -> Result<Bound, Vec<Mistake>> {
    let params = params
        .iter()
        .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
        .collect();
    let given = Given {
        params: &params,
        zone,
        retention: &BTreeMap::from([("accounts".to_owned(), (Field::Until, 1000))]),
    };
    bind(&good(text), &given)
}

/// The bounds of the only filter.
fn bounds(condition: &str, zone: Tz) -> (Option<i64>, Option<i64>, bool) {
    let bound = bound(&format!("a = orders where {condition}"), &[], zone).unwrap();
    match bound.steps[0].set.leaves()[0].filter.clone().unwrap() {
        Check::Within {
            from,
            until,
            outside,
            ..
        } => (from, until, outside),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_date_is_the_whole_day_of_the_zone() {
    // date -d '2026-10-01 00:00 +0200' +%s = 1790805600; a day later 1790892000;
    // date -d '2026-10-15 00:00 +0200' +%s = 1792015200.
    let vienna = Tz::Europe__Vienna;
    let (start, next) = (1_790_805_600, 1_790_892_000);
    for (text, from, until, outside) in [
        ("at = 2026-10-01", Some(start), Some(next), false),
        ("at != 2026-10-01", Some(start), Some(next), true),
        ("at < 2026-10-01", None, Some(start), false),
        ("at <= 2026-10-01", None, Some(next), false),
        ("at > 2026-10-01", Some(next), None, false),
        ("at >= 2026-10-01", Some(start), None, false),
        (
            "at between 2026-10-01 and 2026-10-14",
            Some(start),
            Some(1_792_015_200),
            false,
        ),
        (
            "at <= 2026-10-01T00:00:00+02:00",
            None,
            Some(start + 1),
            false,
        ),
        ("at < 2026-09-30T22:00:00Z", None, Some(start), false),
        ("birth_year < 2013", None, Some(2013), false),
        ("birth_year >= 2013", Some(2013), None, false),
    ] {
        assert_eq!(bounds(text, vienna), (from, until, outside), "{text}");
    }
    // date -d '2026-10-01 00:00 UTC' +%s = 1790812800.
    assert_eq!(bounds("at < 2026-10-01", Tz::UTC).1, Some(1_790_812_800));
    // 25 October 2026 has 25 hours in Vienna.
    let (from, until, _) = bounds("at = 2026-10-25", vienna);
    assert_eq!(until.unwrap() - from.unwrap(), 25 * 3600);
}

#[test]
fn a_parameter_that_is_missing_or_wrong_is_told() {
    let text = "a = orders where at < :to and country = :land and at > :to";
    let wrong = bound(text, &[("land", "Austria")], Tz::UTC).unwrap_err();
    let told: Vec<String> = wrong.iter().map(Mistake::to_string).collect();
    assert_eq!(
        told,
        [
            "Line 1, character 23: The parameter :to has no value. Give it one for this run.",
            "Line 1, character 41: The parameter :land: \"Austria\" is not a code of two letters, such as AT \
             or US.",
            "Line 1, character 56: The parameter :to has no value. Give it one for this run.",
        ]
    );
    assert!(bound(text, &[("land", "at"), ("to", " 2026-10-01 ")], Tz::UTC).is_ok());
}
