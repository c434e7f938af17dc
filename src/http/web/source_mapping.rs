//! What is said about a source, between a form and the use-cases: how its file is read, what its columns
//! mean, and what holds for every line.

use std::collections::BTreeMap;

use chrono_tz::Tz;

use super::form::Typed;
use crate::domain::moment;
use crate::domain::scope::field::{Field, Mapping, Unique};
use crate::domain::scope::value::Code;
use crate::error::{Error, FieldError, Result};
use crate::intake::{Format, Kind, Packed, Paths};
use crate::service::source::About;
use crate::store::source::Source;

/// What can be the same on every line, with words and an example.
pub(super) const FIXED: [(&str, &str, &str); 3] = [
    ("role", "Role", "What everybody on it is, such as customer."),
    (
        "country",
        "Country",
        "Where everybody on it lives: two letters, such as AT.",
    ),
    (
        "exposed",
        "Kinds of data",
        "What was exposed of everybody on it, separated by spaces.",
    ),
];

/// The kinds of rows with their words.
pub(super) const KINDS: [(&str, &str); 5] = [
    ("csv", "Lines of fields (CSV)"),
    ("json_lines", "A JSON object on each line"),
    ("parquet", "Parquet"),
    ("common_log", "Access log, Common Log Format"),
    ("combined_log", "Access log with referer and browser"),
];

/// How a file can be packed, with words.
pub(super) const PACKED: [(&str, &str); 3] =
    [("plain", "Not packed"), ("gzip", "gzip"), ("zstd", "zstd")];

/// Names for characters that a form cannot hold well, or that say little.
pub(super) const DELIMITERS: [(char, &str, &str); 4] = [
    (',', "comma", "Comma"),
    (';', "semicolon", "Semicolon"),
    ('\t', "tab", "Tab"),
    ('|', "bar", "Vertical bar"),
];

const QUOTES: [(char, &str); 2] = [('"', "double"), ('\'', "single")];

/// A further attribute that a column can be, by the column's name.
pub(super) fn attribute(n: usize, column: &str) -> Field {
    let mut name = String::new();
    for c in column.trim().to_lowercase().chars() {
        match c {
            'a'..='z' | '0'..='9' => name.push(c),
            _ if name.ends_with('_') || name.is_empty() => {}
            _ => name.push('_'),
        }
    }
    let name: String = name.trim_end_matches('_').chars().take(40).collect();
    let good = name.starts_with(|c: char| c.is_ascii_lowercase());
    Field::More(if good {
        name
    } else {
        format!("column_{}", n + 1)
    })
}

/// The field of a form for column `n`, and the one that names the column.
pub(super) fn means(n: usize) -> String {
    format!("means.{n}")
}

fn column(n: usize) -> String {
    format!("column.{n}")
}

/// What stands in the form of a source at first.
pub(super) fn typed(s: &Source, format: &Format, columns: &[String], mapping: &Mapping) -> Typed {
    let mut t = Typed::default();
    t.set("name", &s.name);
    t.set("system", &s.system);
    t.set("site", s.site_id.as_deref().unwrap_or_default());
    if s.in_system {
        t.set("in_system", "yes");
    }
    set_format(&mut t, format);
    set_columns(&mut t, columns, mapping);
    for (name, value) in &mapping.fixed {
        t.set(&format!("fixed.{name}"), value);
    }
    t.set("zone", mapping.zone.name());
    t.set(
        "phone_country",
        mapping.phone_country.as_deref().unwrap_or_default(),
    );
    t.set("unique", mapping.unique.name());
    t
}

fn set_format(t: &mut Typed, format: &Format) {
    let packed = match format.packed {
        Packed::Plain => "plain",
        Packed::Gzip => "gzip",
        Packed::Zstd => "zstd",
    };
    t.set("packed", packed);
    t.set("encoding", &format.encoding);
    let kind = match &format.kind {
        Kind::Csv {
            delimiter,
            quote,
            header,
        } => {
            let known = DELIMITERS.iter().find(|(c, ..)| c == delimiter);
            let own = delimiter.to_string();
            t.set("delimiter", known.map_or(own.as_str(), |(_, name, _)| name));
            let known = QUOTES.iter().find(|(c, _)| Some(*c) == *quote);
            let own = quote.map_or("none".to_owned(), String::from);
            t.set("quote", known.map_or(own.as_str(), |(_, name)| name));
            if *header {
                t.set("header", "yes");
            }
            "csv"
        }
        Kind::JsonLines => "json_lines",
        Kind::Parquet => "parquet",
        Kind::CommonLog => "common_log",
        Kind::CombinedLog => "combined_log",
    };
    t.set("kind", kind);
    if let Some(paths) = &format.paths {
        t.set("path_column", &paths.column);
        t.set("patterns", paths.patterns.join("\n"));
    }
}

/// Puts columns with what they mean into a form, in place of those that stand there.
pub(super) fn set_columns(t: &mut Typed, columns: &[String], mapping: &Mapping) {
    t.0.retain(|(name, _)| !name.starts_with("column.") && !name.starts_with("means."));
    for (n, name) in columns.iter().enumerate() {
        let meaning = mapping
            .columns
            .get(name)
            .map(Field::to_string)
            .unwrap_or_default();
        t.0.push((column(n), name.clone()));
        t.0.push((means(n), meaning));
    }
}

/// The columns that a form names, in their order.
pub(super) fn columns(t: &Typed) -> Vec<String> {
    (0..)
        .map(column)
        .map_while(|name| t.has(&name).then(|| t.get(&name).to_owned()))
        .collect()
}

/// What is said about the list.
pub(super) fn about(t: &Typed) -> About {
    About {
        name: t.get("name").trim().to_owned(),
        system: t.get("system").to_owned(),
        site: t.get("site").to_owned(),
        in_system: t.has("in_system"),
    }
}

/// How the file is to be read.
///
/// # Errors
/// `kind`, `packed`, `delimiter` or `quote`: none of the choices.
pub(super) fn format(t: &Typed) -> Result<Format> {
    let none = |field: &str| Error::invalid(field, "Choose one of the offered values.");
    let packed = match t.get("packed") {
        "plain" => Packed::Plain,
        "gzip" => Packed::Gzip,
        "zstd" => Packed::Zstd,
        _ => return Err(none("packed")),
    };
    let kind = match t.get("kind") {
        "csv" => {
            let named = t.get("delimiter");
            let known = DELIMITERS.iter().find(|(_, name, _)| *name == named);
            // Chosen anew from another kind, it has none yet.
            let own = if named.is_empty() {
                Some(',')
            } else {
                one(named)
            };
            let quote = t.get("quote");
            let known_quote = QUOTES.iter().find(|(_, name)| *name == quote);
            Kind::Csv {
                delimiter: known
                    .map(|(c, ..)| *c)
                    .or(own)
                    .ok_or_else(|| none("delimiter"))?,
                quote: match quote {
                    "none" => None,
                    "" => Some('"'),
                    _ => Some(
                        known_quote
                            .map(|(c, _)| *c)
                            .or_else(|| one(quote))
                            .ok_or_else(|| none("quote"))?,
                    ),
                },
                header: t.has("header"),
            }
        }
        "json_lines" => Kind::JsonLines,
        "parquet" => Kind::Parquet,
        "common_log" => Kind::CommonLog,
        "combined_log" => Kind::CombinedLog,
        _ => return Err(none("kind")),
    };
    let patterns: Vec<String> = t
        .text("patterns")
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect();
    let path_column = t.get("path_column").trim();
    Ok(Format {
        packed,
        kind,
        encoding: t.get("encoding").to_owned(),
        paths: (!patterns.is_empty()).then(|| Paths {
            column: if path_column.is_empty() {
                "path".to_owned()
            } else {
                path_column.to_owned()
            },
            patterns,
        }),
    })
}

fn one(text: &str) -> Option<char> {
    let mut chars = text.chars();
    let first = chars.next()?;
    chars.next().is_none().then_some(first)
}

/// What the columns mean, and what holds for every line; what cannot be read goes to `wrong`.
pub(super) fn mapping(t: &Typed, wrong: &mut Vec<FieldError>) -> Mapping {
    let mut fail = |field: String, reason: String| wrong.push(FieldError { field, reason });
    let mut columns_of = BTreeMap::new();
    for (n, name) in columns(t).into_iter().enumerate() {
        let meaning = t.get(&means(n));
        if meaning.is_empty() {
            continue;
        }
        match Field::named(meaning) {
            Ok(field) => {
                columns_of.insert(name, field);
            }
            Err(why) => fail(means(n), why),
        }
    }
    let fixed = t.0.iter().filter_map(|(name, value)| {
        let name = name.strip_prefix("fixed.")?;
        let value = value.trim();
        (!value.is_empty()).then(|| (name.to_owned(), value.to_owned()))
    });
    let fixed: BTreeMap<String, String> = fixed.collect();
    let zone = moment::zone(t.get("zone")).unwrap_or_else(|why| {
        fail("zone".to_owned(), why);
        Tz::UTC
    });
    let phone = t.get("phone_country").trim();
    // A wrong one stays as it was typed, for the sentence about it.
    let phone_country = (!phone.is_empty()).then(|| {
        Code::read(phone).map_or_else(|| phone.to_owned(), |code| code.as_str().to_owned())
    });
    Mapping {
        columns: columns_of,
        fixed,
        zone,
        phone_country,
        unique: Unique::named(t.get("unique")).unwrap_or_default(),
    }
}

/// Mistakes of the use-case at the fields of the form: `mapping.COLUMN` is the choice of that column.
pub(super) fn placed(t: &Typed, errors: Vec<FieldError>) -> Vec<FieldError> {
    let columns = columns(t);
    errors
        .into_iter()
        .map(|e| {
            let of = e.field.strip_prefix("mapping.");
            let n = of.and_then(|name| columns.iter().position(|c| c == name));
            FieldError {
                field: n.map_or(e.field, means),
                reason: e.reason,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_form_says_is_what_was_put_into_it() {
        let columns = ["E-Mail".to_owned(), "Plan".to_owned(), "x".to_owned()];
        let mut mapping = Mapping::guess(&columns, Tz::Europe__Vienna);
        mapping
            .columns
            .insert("Plan".to_owned(), attribute(1, "Plan"));
        mapping
            .fixed
            .insert("role".to_owned(), "customer".to_owned());
        mapping.phone_country = Some("AT".to_owned());
        mapping.unique = Unique::Line;
        for (delimiter, quote, header) in [
            (';', Some('"'), true),
            ('\t', None, false),
            ('~', Some('^'), true),
        ] {
            let format = Format {
                packed: Packed::Gzip,
                kind: Kind::Csv {
                    delimiter,
                    quote,
                    header,
                },
                encoding: "windows-1252".to_owned(),
                paths: Some(Paths {
                    column: "request".to_owned(),
                    patterns: vec!["/a/{b}".to_owned(), "/c".to_owned()],
                }),
            };
            let mut t = Typed::default();
            set_format(&mut t, &format);
            set_columns(&mut t, &columns, &mapping);
            t.set("fixed.role", " customer ");
            t.set("fixed.country", "");
            t.set("zone", "Europe/Vienna");
            t.set("phone_country", "at");
            t.set("unique", "line");
            assert_eq!(super::format(&t).unwrap(), format);
            let mut wrong = Vec::new();
            assert_eq!(super::mapping(&t, &mut wrong), mapping);
            assert_eq!(wrong, []);
        }
    }

    #[test]
    fn what_is_wrong_stands_at_its_field() {
        let mut t = Typed::default();
        let columns = ["a".to_owned(), "b".to_owned()];
        set_columns(&mut t, &columns, &Mapping::guess(&[], Tz::UTC));
        t.set("means.1", "emial");
        t.set("zone", "Vienna");
        t.set("phone_country", "Austria");
        t.set("fixed.country", "Austria");
        let mut wrong = Vec::new();
        mapping(&t, &mut wrong);
        let fields: Vec<_> = wrong.iter().map(|e| e.field.as_str()).collect();
        // What the values may be is told by the use-case, as to programs.
        assert_eq!(fields, ["means.1", "zone"]);
        let told = Error::invalid("mapping.b", "No.");
        let Error::Invalid(told) = told else { panic!() };
        assert_eq!(placed(&t, told)[0].field, "means.1");
    }

    #[test]
    fn an_attribute_is_called_like_its_column() {
        for (column, name) in [
            ("Plan", "more.plan"),
            (" Last  Order (EUR) ", "more.last_order_eur"),
            ("2nd", "more.column_3"),
            ("Größe", "more.gr_e"),
            ("数", "more.column_3"),
        ] {
            let field = attribute(2, column);
            assert_eq!(field.to_string(), name);
            assert_eq!(Field::named(name).unwrap(), field);
        }
    }
}
