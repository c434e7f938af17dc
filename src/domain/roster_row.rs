//! One line of a roster file: which columns there may be, and what may stand in them.
//!
//! A line that cannot be taken is rejected with a sentence; it never takes others with it. Nothing is
//! guessed or put right: an id with a space at its end is another id, or a mistake a person must see.

use std::collections::BTreeSet;

use super::scope::identifier::Kind;
use super::scope::normal::{self, excerpt};
use super::scope::value;

/// The columns a roster file may have; `user_id` it must have.
pub const COLUMNS: [&str; 7] = [
    "user_id",
    "email",
    "lang",
    "country",
    "state",
    "birth_year",
    "exposed",
];

/// A column's place in a row of [`COLUMNS`].
const EMAIL: usize = 1;
const LANG: usize = 2;
const COUNTRY: usize = 3;
const STATE: usize = 4;
const BIRTH_YEAR: usize = 5;
const EXPOSED: usize = 6;

/// The longest line, in bytes without its end.
pub const LINE_BYTES_MAX: usize = 65_536;

/// Where the known columns stand in a file, and what separates them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// `,`, `;` or a tab.
    pub delimiter: u8,
    /// For each field of a line, its place in [`COLUMNS`].
    columns: Vec<usize>,
}

/// What a line says about a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// The company's stable id of the user.
    pub user_id: String,
    /// For the fallback channel.
    pub email: Option<String>,
    /// Language tag, such as `de` or `pt-BR`.
    pub lang: Option<String>,
    /// ISO 3166-1 alpha-2, upper case.
    pub country: Option<String>,
    /// US state, two letters, upper case.
    pub state: Option<String>,
    /// Year of birth.
    pub birth_year: Option<i64>,
    /// Kinds of data, sorted, separated by a space.
    pub exposed: Option<String>,
}

impl Header {
    /// Reads the first line of a file.
    ///
    /// # Errors
    /// A sentence: a column that is not known or stands twice, or no `user_id`.
    pub fn read(line: &str) -> Result<Self, String> {
        let delimiter = *[b',', b';', b'\t']
            .iter()
            .max_by_key(|d| line.bytes().filter(|b| b == *d).count())
            .unwrap_or(&b',');
        let names: Vec<String> = line
            .split(char::from(delimiter))
            .map(|name| name.trim().trim_matches('"').trim().to_lowercase())
            .collect();
        let mut columns = Vec::with_capacity(names.len());
        for name in &names {
            let name = match name.as_str() {
                "language" => "lang",
                "us_state" | "region" => "state",
                other => other,
            };
            let Some(column) = COLUMNS.iter().position(|c| *c == name) else {
                return Err(format!(
                    "The first line must name the columns, and \"{}\" is none of them. Columns may \
                     be: {}.",
                    excerpt(name),
                    COLUMNS.join(", ")
                ));
            };
            if columns.contains(&column) {
                return Err(format!(
                    "The column {name} stands twice in the first line. Remove one of them."
                ));
            }
            columns.push(column);
        }
        if !columns.contains(&0) {
            return Err(
                "The first line names no column user_id. Every person needs one.".to_owned(),
            );
        }
        Ok(Self { delimiter, columns })
    }

    /// How many fields a line must have.
    pub fn fields(&self) -> usize {
        self.columns.len()
    }

    /// Reads the fields of a line. `year` is the present one; `kinds` are the operator's kinds of data.
    ///
    /// # Errors
    /// A sentence about the first field that cannot be taken.
    pub fn row<'a>(
        &self,
        fields: impl Iterator<Item = &'a str>,
        year: i64,
        kinds: &BTreeSet<String>,
    ) -> Result<Row, String> {
        let mut values = [""; COLUMNS.len()];
        for (column, field) in self.columns.iter().zip(fields) {
            values[*column] = field;
        }
        let some = |column: usize| Some(values[column].trim()).filter(|v| !v.is_empty());
        let mut row = Row {
            user_id: normal::of(Kind::Account, values[0], None)?.into_owned(),
            ..Row::default()
        };
        if let Some(email) = some(EMAIL) {
            normal::of(Kind::Email, email, None)?;
            row.email = Some(email.to_owned());
        }
        if let Some(lang) = some(LANG) {
            row.lang = Some(value::lang(lang)?.into_owned());
        }
        let country = some(COUNTRY).map(value::country).transpose()?;
        let state = some(STATE)
            .map(|text| value::state(text, country))
            .transpose()?;
        row.country = country.map(|code| code.as_str().to_owned());
        row.state = state.map(|code| code.as_str().to_owned());
        row.birth_year = some(BIRTH_YEAR)
            .map(|text| value::birth_year(text, year))
            .transpose()?;
        row.exposed = some(EXPOSED)
            .map(|text| value::exposed(text, kinds))
            .transpose()?;
        Ok(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds() -> BTreeSet<String> {
        ["name", "email"].map(str::to_owned).into()
    }

    fn row(header: &str, fields: &[&str]) -> Result<Row, String> {
        Header::read(header)?.row(fields.iter().copied(), 2026, &kinds())
    }

    #[test]
    fn a_full_row_is_read() {
        let row = row(
            "user_id;email;language;country;us_state;birth_year;exposed",
            &[
                "u-1",
                "a@b.example",
                "en_US",
                "us",
                "co",
                "1980",
                "email name",
            ],
        );
        let row = row.unwrap();
        assert_eq!(row.state.as_deref(), Some("CO"));
        assert_eq!(row.lang.as_deref(), Some("en-US"));
        assert_eq!(row.exposed.as_deref(), Some("email name"));
    }

    #[test]
    fn a_wrong_header_is_refused_with_its_reason() {
        assert!(Header::read("user_id,emial").unwrap_err().contains("emial"));
        assert!(
            Header::read("user_id,email,user_id")
                .unwrap_err()
                .contains("twice")
        );
        assert!(
            Header::read("email,lang")
                .unwrap_err()
                .contains("no column user_id")
        );
    }

    #[test]
    fn each_bad_field_has_its_sentence() {
        for (header, field, word) in [
            ("user_id", " u-1", "space"),
            ("user_id", "", "empty"),
            ("user_id,email", "u-1|nobody", "e-mail"),
            ("user_id,lang", "u-1|german!", "language"),
            ("user_id,country", "u-1|Austria", "country"),
            ("user_id,state", "u-1|CO", "country is not US"),
            ("user_id,birth_year", "u-1|2050", "birth year"),
            ("user_id,email", "u-1|a@b..example", "e-mail"),
            ("user_id,exposed", "u-1|shoe_size", "kind of data"),
        ] {
            let fields: Vec<&str> = field.split('|').collect();
            let why = row(header, &fields).unwrap_err();
            assert!(why.contains(word), "{header} {field}: {why}");
        }
    }
}
