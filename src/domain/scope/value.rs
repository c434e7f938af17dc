//! What may stand in the fields of a person: each read from text, or a sentence.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::normal::excerpt;

/// An upper-case code of two letters, packed: no allocation for each of ten million people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Code([u8; 2]);

impl Code {
    /// From two letters of any case.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let bytes: [u8; 2] = text.as_bytes().try_into().ok()?;
        bytes
            .iter()
            .all(u8::is_ascii_alphabetic)
            .then(|| Self(bytes.map(|b| b.to_ascii_uppercase())))
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// A country, ISO 3166-1 alpha-2.
///
/// # Errors
/// A sentence.
pub fn country(text: &str) -> Result<Code, String> {
    Code::read(text).ok_or_else(|| {
        format!(
            "The country \"{}\" is not a code of two letters, such as AT or US.",
            excerpt(text)
        )
    })
}

/// A US state of a person in `country`.
///
/// # Errors
/// A sentence: another country, or no state of that code.
pub fn state(text: &str, country: Option<Code>) -> Result<Code, String> {
    if country.as_ref().map(Code::as_str) != Some("US") {
        return Err(format!(
            "The state \"{}\" is given, but the country is not US. Correct one of them.",
            excerpt(text)
        ));
    }
    Code::read(text)
        .filter(|code| US_STATES.contains(&code.as_str()))
        .ok_or_else(|| {
            format!(
                "The state \"{}\" is not the two-letter code of a US state, DC or a territory.",
                excerpt(text)
            )
        })
}

/// A language tag (BCP 47), such as `de` or `pt-BR`.
///
/// # Errors
/// A sentence.
pub fn lang(text: &str) -> Result<Cow<'_, str>, String> {
    let mut parts = text.split(['-', '_']);
    let language = parts.next().unwrap_or_default();
    let good = (2..=3).contains(&language.len())
        && language.bytes().all(|b| b.is_ascii_alphabetic())
        && parts
            .all(|p| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()));
    if !good {
        return Err(format!(
            "\"{}\" is not a language tag, such as de or en-US.",
            excerpt(text)
        ));
    }
    Ok(if text.contains('_') {
        Cow::Owned(text.replace('_', "-"))
    } else {
        Cow::Borrowed(text)
    })
}

/// A year of birth from 1900 to `year`, the present one; of a whole date the year.
///
/// # Errors
/// A sentence.
pub fn birth_year(text: &str, year: i64) -> Result<i64, String> {
    let digits = match text.len() {
        10 if text.as_bytes()[4] == b'-' => text.get(..4),
        10 if text.as_bytes()[2] == b'.' => text.get(6..),
        _ => Some(text),
    };
    digits
        .and_then(|d| d.parse().ok())
        .filter(|y| (1900..=year).contains(y))
        .ok_or_else(|| {
            format!(
                "The birth year \"{}\" is not between 1900 and {year}.",
                excerpt(text)
            )
        })
}

/// Kinds of data, separated by spaces, `|` or `+`: sorted, each once, separated by a space.
///
/// # Errors
/// A sentence: a kind that the operator profile does not have.
pub fn exposed(text: &str, kinds: &BTreeSet<String>) -> Result<String, String> {
    let mut named = BTreeSet::new();
    for kind in text.split([' ', '|', '+']).filter(|k| !k.is_empty()) {
        if !kinds.contains(kind) {
            return Err(format!(
                "\"{}\" is not a kind of data in the operator profile. Separate several kinds by a space.",
                excerpt(kind)
            ));
        }
        named.insert(kind);
    }
    Ok(named.into_iter().collect::<Vec<_>>().join(" "))
}

/// The 50 states, the District of Columbia, and the territories with a breach statute.
pub const US_STATES: [&str; 55] = [
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS",
    "KY", "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY",
    "NC", "ND", "OH", "OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA", "WV",
    "WI", "WY", "DC", "PR", "GU", "VI", "MP",
];
