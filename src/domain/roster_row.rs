//! One line of a roster file: which columns there may be, and what may stand in them.
//!
//! A line that cannot be taken is rejected with a sentence; it never takes others with it. Nothing is
//! guessed or put right: an id with a space at its end is another id, or a mistake a person must see.

use std::collections::BTreeSet;

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
            user_id: user_id(values[0])?,
            ..Row::default()
        };
        if let Some(email) = some(EMAIL) {
            row.email = Some(read_email(email)?);
        }
        if let Some(lang) = some(LANG) {
            row.lang = Some(read_lang(lang)?);
        }
        if let Some(country) = some(COUNTRY) {
            let upper = country.to_ascii_uppercase();
            if upper.len() != 2 || !upper.bytes().all(|b| b.is_ascii_uppercase()) {
                return Err(format!(
                    "The country \"{}\" is not a code of two letters, such as AT or US.",
                    excerpt(country)
                ));
            }
            row.country = Some(upper);
        }
        if let Some(state) = some(STATE) {
            let upper = state.to_ascii_uppercase();
            if row.country.as_deref() != Some("US") {
                return Err(format!(
                    "The state \"{}\" is given, but the country is not US. Correct one of them.",
                    excerpt(state)
                ));
            }
            if !US_STATES.contains(&upper.as_str()) {
                return Err(format!(
                    "The state \"{}\" is not the two-letter code of a US state, DC or a territory.",
                    excerpt(state)
                ));
            }
            row.state = Some(upper);
        }
        if let Some(born) = some(BIRTH_YEAR) {
            let number = born.parse().ok().filter(|y| (1900..=year).contains(y));
            row.birth_year = Some(number.ok_or_else(|| {
                format!(
                    "The birth year \"{}\" is not between 1900 and {year}.",
                    excerpt(born)
                )
            })?);
        }
        if let Some(exposed) = some(EXPOSED) {
            let mut named = BTreeSet::new();
            for kind in exposed.split([' ', '|', '+']).filter(|k| !k.is_empty()) {
                if !kinds.contains(kind) {
                    return Err(format!(
                        "\"{}\" is not a kind of data in the operator profile. Separate several \
                         kinds by a space.",
                        excerpt(kind)
                    ));
                }
                named.insert(kind);
            }
            row.exposed = Some(named.into_iter().collect::<Vec<_>>().join(" "));
        }
        Ok(row)
    }
}

fn user_id(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        return Err("The user id is empty.".to_owned());
    }
    if text.trim() != text {
        return Err(format!(
            "The user id \"{}\" has a space at its start or end. Remove it, if it does not belong \
             to the id.",
            excerpt(text)
        ));
    }
    if text.chars().count() > 128 {
        return Err("The user id has more than 128 characters.".to_owned());
    }
    if text.chars().any(char::is_control) {
        return Err("The user id has a control character in it.".to_owned());
    }
    Ok(text.to_owned())
}

fn read_email(text: &str) -> Result<String, String> {
    let good = text.len() <= 254
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
        && text.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty()
                && domain.contains('.')
                && !domain.contains('@')
                && !domain.starts_with('.')
                && !domain.ends_with('.')
        });
    if good {
        Ok(text.to_owned())
    } else {
        Err(format!("\"{}\" is not an e-mail address.", excerpt(text)))
    }
}

fn read_lang(text: &str) -> Result<String, String> {
    let mut parts = text.split(['-', '_']);
    let language = parts.next().unwrap_or_default();
    let good = (2..=3).contains(&language.len())
        && language.bytes().all(|b| b.is_ascii_alphabetic())
        && parts
            .all(|p| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()));
    if good {
        Ok(text.replace('_', "-"))
    } else {
        Err(format!(
            "\"{}\" is not a language tag, such as de or en-US.",
            excerpt(text)
        ))
    }
}

/// The start of a text, for a sentence about it.
fn excerpt(text: &str) -> String {
    let start: String = text
        .chars()
        .take(40)
        .map(|c| if c.is_control() { '?' } else { c })
        .collect();
    if start.chars().count() < text.chars().count() {
        format!("{start}…")
    } else {
        start
    }
}

/// The 50 states, the District of Columbia, and the territories with a breach statute.
const US_STATES: [&str; 55] = [
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS",
    "KY", "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY",
    "NC", "ND", "OH", "OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA", "WV",
    "WI", "WY", "DC", "PR", "GU", "VI", "MP",
];

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
            ("user_id,exposed", "u-1|shoe_size", "kind of data"),
        ] {
            let fields: Vec<&str> = field.split('|').collect();
            let why = row(header, &fields).unwrap_err();
            assert!(why.contains(word), "{header} {field}: {why}");
        }
    }
}
