//! Conditions as SQL.
//!
//! [`sure`] is null where a missing value could decide, which is SQL's own logic; [`used`] counts a
//! comparison with a missing value as false before anything is made of it.

use super::text::Text;
use crate::domain::scope::field::Field;
use crate::domain::scope::recipe::bind::Check;
use crate::store::Engine;

/// What a single comparison becomes.
pub(super) type Single<'a> = dyn FnMut(&Check) -> Text + 'a;

/// Yes, no, or null.
pub(super) fn sure(check: &Check, single: &mut Single<'_>) -> Text {
    whole(check, single)
}

/// Yes or no.
pub(super) fn used(check: &Check, single: &mut Single<'_>) -> Text {
    whole(check, &mut |one| {
        Text::new("coalesce(").then(single(one)).ours(", false)")
    })
}

fn whole(check: &Check, single: &mut Single<'_>) -> Text {
    let mut many = |all: &[Check], between: &str| {
        let parts: Vec<Text> = all.iter().map(|c| whole(c, single)).collect();
        Text::joined(parts, between).wrapped()
    };
    match check {
        Check::All(all) => many(all, " and "),
        Check::Any(all) => many(all, " or "),
        Check::Not(one) => Text::new("not ").then(whole(one, single)).wrapped(),
        Check::Always => Text::new("true"),
        one => single(one),
    }
}

/// Whether a missing value can leave it open.
pub(super) fn can_be_open(check: &Check) -> bool {
    match check {
        Check::All(all) | Check::Any(all) => all.iter().any(can_be_open),
        Check::Not(one) => can_be_open(one),
        Check::Always | Check::Known(_) | Check::KeptFrom(..) => false,
        Check::Within { .. } | Check::OneOf { .. } | Check::Has(_) => true,
    }
}

/// What must hold in a `where`, where null is as good as false.
pub(super) fn filter(check: &Check, engine: Engine) -> Text {
    let mut single = |one: &Check| of_record(one, engine);
    if check.has_not() {
        used(check, &mut single)
    } else {
        sure(check, &mut single)
    }
}

/// A comparison of the record `l`; null where the value is missing.
pub(super) fn of_record(check: &Check, engine: Engine) -> Text {
    match check {
        Check::Within {
            field,
            from,
            until,
            outside,
        } => {
            let (from_sign, until_sign, word) = if *outside {
                (" < ", " >= ", " or ")
            } else {
                (" >= ", " < ", " and ")
            };
            let bound = |sign: &str, n: &i64| column(field, engine).ours(sign).number(*n);
            let from = from.iter().map(|n| bound(from_sign, n));
            let until = until.iter().map(|n| bound(until_sign, n));
            Text::joined(from.chain(until).collect::<Vec<_>>(), word).wrapped()
        }
        Check::OneOf {
            field,
            values,
            outside,
        } => {
            let values = values.iter().map(|v| Text::default().value(v));
            column(field, engine)
                .ours(if *outside { " not in (" } else { " in (" })
                .then(Text::joined(values, ", "))
                .ours(")")
                .wrapped()
        }
        Check::Has(kind) => Text::new(match engine {
            Engine::Sqlite => "(instr(' ' || l.exposed || ' ', ",
            Engine::Postgres => "(strpos(' ' || l.exposed || ' ', ",
        })
        .value(&format!(" {kind} "))
        .ours(") > 0)"),
        Check::Known(field) => column(field, engine).ours(" is not null").wrapped(),
        Check::KeptFrom(field, cutoff) => Text::new("coalesce(")
            .then(column(field, engine))
            .ours(" >= ")
            .number(*cutoff)
            .ours(", true)"),
        Check::Always | Check::All(_) | Check::Any(_) | Check::Not(_) => Text::new("true"),
    }
}

/// A field of the record `l`.
fn column(field: &Field, engine: Engine) -> Text {
    Text::new(match field {
        Field::Since => "l.since",
        Field::Until => "l.until",
        Field::At => "l.at",
        Field::Country => "l.country",
        Field::State => "l.region",
        Field::Lang => "l.lang",
        Field::BirthYear => "l.birth_year",
        Field::Role => "l.role",
        Field::Exposed => "l.exposed",
        Field::Id(_) => "null",
        Field::More(name) => {
            return match engine {
                Engine::Sqlite => Text::new("cast(l.more ->> ").value(name).ours(" as text)"),
                Engine::Postgres => Text::new("(l.more ->> ").value(name).ours(")"),
            };
        }
    })
}
