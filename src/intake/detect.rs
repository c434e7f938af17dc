//! What a file is, found out from its bytes.

use std::fs::File;

use super::{Broken, Format};

/// What was found out about a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detected {
    /// How it is best read. Every part may be put right by a person.
    pub format: Format,
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The first rows that can be read, at most [`PREVIEW_ROWS`].
    pub rows: Vec<Sample>,
    /// The rows among them that cannot: line and sentence.
    pub bad: Vec<(i64, String)>,
    /// Sentences about what was chosen and why, and what looks odd.
    pub notes: Vec<String>,
}

/// A row of a preview.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// As [`Row::line`](super::Row::line).
    pub line: i64,
    /// The fields in the order of the columns.
    pub fields: Vec<Option<String>>,
}

/// How many rows a preview has.
pub const PREVIEW_ROWS: usize = 20;

/// Finds out what `file` is; `name` is what it was called where it came from, a hint.
///
/// # Errors
/// A sentence: a folder, an empty file, or a kind of file that is not read.
pub fn detect(_file: &File, name: &str) -> Result<Detected, Broken> {
    Err(Broken(format!("{name} cannot be read yet.")))
}

/// The preview of `file` when it is read as `format` says, after a person put it right.
///
/// # Errors
/// As [`open`](super::open).
pub fn preview(_file: &File, format: &Format) -> Result<Detected, Broken> {
    Err(Broken(format!("{:?} cannot be read yet.", format.kind)))
}
