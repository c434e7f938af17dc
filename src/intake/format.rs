//! What a file is: how it is packed, what its rows look like, and in which encoding it is written.

use serde::{Deserialize, Serialize};

/// How a file is to be read. It is kept with the source, as JSON, so that a second reading reads the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FileFormat)]
pub struct Format {
    /// How the bytes are packed.
    pub packed: Packed,
    /// What a row looks like.
    pub kind: Kind,
    /// The encoding of text by its WHATWG name, such as `UTF-8`, `windows-1252` or `UTF-16LE`. A
    /// byte-order mark in the file wins over it. Parquet is always UTF-8.
    pub encoding: String,
    /// Path patterns whose named parts become columns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paths: Option<Paths>,
}

/// How the bytes of a file are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Packed {
    /// Not at all.
    Plain,
    /// gzip, of one member or several.
    Gzip,
    /// Zstandard.
    Zstd,
}

/// What a row looks like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FileKind)]
pub enum Kind {
    /// Lines of fields, RFC 4180.
    Csv {
        /// What separates fields: one ASCII character.
        #[schema(value_type = String, example = ",")]
        delimiter: char,
        /// What encloses a field that has a delimiter, a quote or an end of line in it; none when a
        /// quote is a character as any other.
        #[schema(value_type = Option<String>, example = "\"")]
        quote: Option<char>,
        /// The first line holds the names of the columns. Without it they are `column 1`, `column 2`, …
        header: bool,
    },
    /// One JSON object a line. The columns are the keys that the first 1,000 rows have; a key of a
    /// nested object is `outer.inner`, an array is its JSON text.
    JsonLines,
    /// Apache Parquet. A group is `outer.inner`, a list or a map its JSON text.
    Parquet,
    /// A web server's access log in the Common Log Format.
    CommonLog,
    /// The same with referer and agent.
    CombinedLog,
}

/// Patterns that are held against a column with the path of a request, see
/// [`Pattern`](super::pattern::Pattern).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PathPatterns)]
pub struct Paths {
    /// The column with the path, `path` in access logs.
    pub column: String,
    /// The first pattern that fits gives the columns. Which one that was stands in the column
    /// [`MATCHED`].
    pub patterns: Vec<String>,
}

/// The column that says which of the patterns fitted; missing when none did.
pub const MATCHED: &str = "matched";

impl Kind {
    /// CSV with a header and double quotes.
    pub fn csv(delimiter: char) -> Self {
        Self::Csv {
            delimiter,
            quote: Some('"'),
            header: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_kept_as_json() {
        let format = Format {
            packed: Packed::Gzip,
            kind: Kind::csv(';'),
            encoding: "windows-1252".to_owned(),
            paths: None,
        };
        let json = serde_json::to_string(&format).unwrap();
        assert_eq!(
            json,
            r#"{"packed":"gzip","kind":{"csv":{"delimiter":";","quote":"\"","header":true}},"encoding":"windows-1252"}"#
        );
        assert_eq!(serde_json::from_str::<Format>(&json).unwrap(), format);
        let log = r#"{"packed":"plain","kind":"combined_log","encoding":"UTF-8","paths":{"column":"path","patterns":["/a/{b}"]}}"#;
        let read: Format = serde_json::from_str(log).unwrap();
        assert_eq!(read.kind, Kind::CombinedLog);
        assert_eq!(serde_json::to_string(&read).unwrap(), log);
    }
}
