//! What the arguments say about a list: over what was detected and guessed.

use chrono_tz::Tz;
use clap::ValueEnum;

use crate::domain::moment;
use crate::domain::scope::field::{Field, Mapping, Unique};
use crate::domain::scope::value;
use crate::intake::{Format, Kind, Paths};
use crate::service::source::About;

use super::super::CliError;

/// What is said about the list, its file and its columns.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Said {
    /// How recipes call the list: a word of lower-case letters, digits and _
    #[arg(long, value_name = "WORD", required_unless_present = "resume")]
    name: Option<String>,
    /// The system of the operator profile that it is a list of [none, such as a list of staff]
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    system: String,
    /// The site whose account ids it holds [it holds none]
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    site: String,
    /// It was taken from the exposed system itself, so what it lists was there
    #[arg(long)]
    in_system: bool,
    /// What a column means, such as order_no=order or plan=more.plan; COLUMN= is not read; may be
    /// repeated [what the names of the columns suggest]
    #[arg(long = "map", value_name = "COLUMN=FIELD", value_parser = column)]
    maps: Vec<(String, Option<Field>)>,
    /// What is the same on every line, such as role=customer; may be repeated
    #[arg(long = "fixed", value_name = "FIELD=VALUE", value_parser = pair)]
    fixed: Vec<(String, String)>,
    /// The zone of times without an offset, such as Europe/Vienna [the operator's]
    #[arg(long, value_parser = moment::zone)]
    zone: Option<Tz>,
    /// Where phone numbers without a country code are, such as AT
    #[arg(long, value_name = "CODE", value_parser = country)]
    phone_country: Option<String>,
    /// Which second line is a repetition: of a person, of an order or ticket, or none
    /// [by the columns]
    #[arg(long, value_parser = unique, value_name = "person|record|line")]
    unique: Option<Unique>,
    /// What the rows look like (by default found out)
    #[arg(long, value_enum)]
    format: Option<Rows>,
    /// What separates fields of CSV, one character or "tab" (by default found out)
    #[arg(long, value_name = "CHARACTER", value_parser = character)]
    delimiter: Option<char>,
    /// What encloses fields of CSV, one character or "none" ["]
    #[arg(long, value_name = "CHARACTER", value_parser = quote)]
    quote: Option<Quote>,
    /// The first line of CSV is a row; the columns are called "column 1", "column 2" and so on
    #[arg(long)]
    no_header: bool,
    /// The encoding of text, such as UTF-8 or windows-1252 (by default found out)
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
    /// What a request touched, read from its path: /orders/{order} makes a column order; may be
    /// repeated, the first that fits counts
    #[arg(long = "path-pattern", value_name = "PATTERN")]
    patterns: Vec<String>,
    /// The column with the path of a request
    #[arg(long, value_name = "COLUMN", default_value = "path")]
    path_column: String,
}

/// What rows look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Rows {
    /// Lines of fields
    Csv,
    /// One JSON object a line
    Jsonl,
    /// Apache Parquet
    Parquet,
    /// A web server's access log in the Common Log Format
    CommonLog,
    /// The same with referer and agent
    CombinedLog,
}

/// What encloses fields.
#[derive(Clone, Copy, Debug)]
struct Quote(Option<char>);

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or("write a field and a value, such as role=customer")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

fn column(text: &str) -> Result<(String, Option<Field>), String> {
    // A column's name may have such a sign in it; a field's has none.
    let (name, field) = text
        .rsplit_once('=')
        .ok_or("write a column and a field, such as order_no=order")?;
    let field = match field.trim() {
        "" => None,
        name => Some(Field::named(name)?),
    };
    Ok((name.to_owned(), field))
}

fn country(text: &str) -> Result<String, String> {
    Ok(value::country(text)?.as_str().to_owned())
}

fn unique(text: &str) -> Result<Unique, String> {
    Unique::named(text).ok_or_else(|| "write person, record or line".to_owned())
}

fn character(text: &str) -> Result<char, String> {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        _ if matches!(text, "tab" | "\\t") => Ok('\t'),
        (Some(one), None) if one.is_ascii() => Ok(one),
        _ => Err("write one ASCII character, or tab".to_owned()),
    }
}

fn quote(text: &str) -> Result<Quote, String> {
    match text {
        "none" => Ok(Quote(None)),
        one => character(one)
            .map(|c| Quote(Some(c)))
            .map_err(|_| "write one ASCII character, or none".to_owned()),
    }
}

impl Said {
    /// What is said about the list.
    pub(super) fn about(&self) -> About {
        About {
            name: self.name.clone().unwrap_or_default(),
            system: self.system.clone(),
            site: self.site.clone(),
            in_system: self.in_system,
        }
    }

    /// How the file is read, where `detected` was found out.
    ///
    /// # Errors
    /// Flags that do not go together.
    pub(super) fn format(&self, detected: &Format) -> Result<Format, CliError> {
        let mut format = detected.clone();
        match self.format {
            None => {}
            Some(Rows::Csv) if matches!(format.kind, Kind::Csv { .. }) => {}
            Some(Rows::Csv) => format.kind = Kind::csv(','),
            Some(Rows::Jsonl) => format.kind = Kind::JsonLines,
            Some(Rows::Parquet) => format.kind = Kind::Parquet,
            Some(Rows::CommonLog) => format.kind = Kind::CommonLog,
            Some(Rows::CombinedLog) => format.kind = Kind::CombinedLog,
        }
        if let Kind::Csv {
            delimiter,
            quote,
            header,
        } = &mut format.kind
        {
            *delimiter = self.delimiter.unwrap_or(*delimiter);
            *quote = self.quote.map_or(*quote, |q| q.0);
            *header = *header && !self.no_header;
        } else if self.delimiter.is_some() || self.quote.is_some() || self.no_header {
            return Err(CliError::Usage(
                "--delimiter, --quote and --no-header are about CSV, and this file is none; leave \
                 them out, or add --format csv"
                    .to_owned(),
            ));
        }
        if let Some(encoding) = &self.encoding {
            format.encoding.clone_from(encoding);
        }
        if !self.patterns.is_empty() {
            format.paths = Some(Paths {
                column: self.path_column.clone(),
                patterns: self.patterns.clone(),
            });
        }
        Ok(format)
    }

    /// What the columns mean: what they seem to, and over that what is said.
    pub(super) fn mapping(&self, seems: Mapping) -> Mapping {
        let mut mapping = seems;
        mapping.zone = self.zone.unwrap_or(mapping.zone);
        let said = |column: &String| self.maps.iter().any(|(name, _)| name == column);
        for (_, field) in &self.maps {
            // Who says that another column is the address knows it better than the names do.
            mapping
                .columns
                .retain(|column, guessed| said(column) || Some(&*guessed) != field.as_ref());
        }
        for (name, _) in &self.fixed {
            mapping
                .columns
                .retain(|column, guessed| said(column) || guessed.to_string() != *name);
        }
        for (column, field) in &self.maps {
            match field {
                Some(field) => mapping.columns.insert(column.clone(), field.clone()),
                None => mapping.columns.remove(column),
            };
        }
        mapping.fixed = self.fixed.iter().cloned().collect();
        mapping.phone_country.clone_from(&self.phone_country);
        mapping.unique = self.unique.unwrap_or_else(|| mapping.likely_unique());
        mapping
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(Debug, clap::Parser)]
    struct Line {
        #[command(flatten)]
        said: Said,
        #[arg(long)]
        resume: Option<String>,
    }

    fn said(arguments: &[&str]) -> Said {
        let arguments = ["x", "--name", "orders"].iter().chain(arguments);
        Line::try_parse_from(arguments).unwrap().said
    }

    fn columns(names: &[&str]) -> Vec<String> {
        names.iter().map(|n| (*n).to_owned()).collect()
    }

    #[test]
    fn what_is_said_stands_over_what_is_guessed() {
        let names = columns(&["order_no", "email", "contact", "country", "a=b"]);
        let mapping = said(&[
            "--map",
            "contact=email",
            "--map",
            "order_no=",
            "--map",
            "a=b=more.plan",
            "--fixed",
            "country=AT",
            "--zone",
            "Europe/Vienna",
        ])
        .mapping(Mapping::guess(&names, Tz::UTC));
        let of = |name: &str| mapping.columns.get(name).map(Field::to_string);
        assert_eq!(of("contact").as_deref(), Some("email"));
        assert_eq!(of("a=b").as_deref(), Some("more.plan"));
        assert_eq!(
            (of("email"), of("order_no"), of("country")),
            (None, None, None)
        );
        assert_eq!(mapping.unique, Unique::Person, "there is no order any more");
        assert_eq!(mapping.zone, Tz::Europe__Vienna);
        assert_eq!(mapping.mistakes(&names), []);
    }

    #[test]
    fn two_columns_of_one_meaning_are_left_for_the_check_to_tell() {
        let names = columns(&["a", "b"]);
        let mapping = said(&["--map", "a=email", "--map", "b=email"])
            .mapping(Mapping::guess(&names, Tz::UTC));
        assert!(mapping.mistakes(&names)[0].1.contains("both read as"));
    }

    #[test]
    fn the_format_is_what_was_detected_but_for_what_is_said() {
        let detected = Format {
            packed: crate::intake::Packed::Gzip,
            kind: Kind::csv(','),
            encoding: "UTF-8".to_owned(),
            paths: None,
        };
        let format = said(&["--delimiter", "tab", "--quote", "none", "--no-header"]);
        let format = format.format(&detected).unwrap();
        let kind = Kind::Csv {
            delimiter: '\t',
            quote: None,
            header: false,
        };
        assert_eq!(format.kind, kind);
        assert_eq!(format.packed, detected.packed);
        let log = said(&[
            "--format",
            "combined_log",
            "--path-pattern",
            "/orders/{order}",
        ]);
        let format = log.format(&detected).unwrap();
        assert_eq!(format.kind, Kind::CombinedLog);
        assert_eq!(format.paths.unwrap().patterns, ["/orders/{order}"]);
        let both = said(&["--format", "jsonl", "--delimiter", ";"]);
        assert!(matches!(both.format(&detected), Err(CliError::Usage(_))));
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for arguments in [
            ["--map", "order_no"],
            ["--map", "order_no=oder"],
            ["--fixed", "customer"],
            ["--zone", "Vienna"],
            ["--phone-country", "Austria"],
            ["--unique", "order"],
            ["--delimiter", "::"],
            ["--format", "xml"],
        ] {
            let line = ["x", "--name", "orders"].iter().chain(&arguments);
            assert!(Line::try_parse_from(line).is_err(), "{arguments:?}");
        }
    }
}
