//! Reading what a company hands over, files and queries, in constant memory, into rows of text.
//!
//! ```text
//! file ─▶ unpack (gzip, zstd, bounds) ─▶ lines ─▶ text (encodings) ─▶ csv · json · log ─┐
//! file ─▶ parquet ──────────────────────────────────────────────────────────────────────┼─▶ Rows
//! server ─▶ query (read-only, one moment) ─▶ json ──────────────────────────────────────┘
//! ```
//!
//! What a column means is for others to say. A row that cannot be read is [`Next::Bad`] with a
//! sentence and the next one is read as if it had not been there; a source that cannot be read on is
//! [`Broken`]. Nothing is guessed silently: what [`detect()`] chose stands in its notes.

mod access_log;
mod csv;
pub mod detect;
pub mod format;
mod json;
mod lines;
mod parquet;
pub mod pattern;
pub mod query;
pub mod row;
mod text;
mod unpack;
mod with_paths;

use std::fs::File;

pub use detect::{Detected, detect};
pub use format::{Format, Kind, Packed, Paths};
pub use row::{Fields, Row};

/// What comes next in a source.
#[derive(Debug)]
pub enum Next<'a> {
    /// A row.
    Row(Row<'a>),
    /// A row that cannot be taken.
    Bad {
        /// As [`Row::line`].
        line: i64,
        /// The column, when the fault lies in one.
        field: Option<String>,
        /// A sentence.
        reason: String,
        /// The bytes as they stand in the source, at most [`RAW_BYTES_MAX`].
        raw: &'a [u8],
    },
    /// The source was read to its end.
    End,
}

/// The longest part of a bad row that is handed on, in bytes.
pub const RAW_BYTES_MAX: usize = 65_536;

/// Rows one after the other.
pub trait Rows: Send {
    /// The names of the columns, each once.
    fn columns(&self) -> &[String];

    /// The next row. After [`Next::End`] and after an error there is nothing more.
    ///
    /// # Errors
    /// The source cannot be read on.
    fn next(&mut self) -> Result<Next<'_>, Broken>;

    /// How much of the source was read, in bytes as it is packed, for progress.
    fn bytes_read(&self) -> u64;

    /// Sentences about the source as a whole that were not known before it was read, to be shown when
    /// it was: fields that first came up late and have no column.
    fn notes(&self) -> Vec<String> {
        Vec::new()
    }
}

/// A sentence that says why a source cannot be read, or not be read on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Broken(pub String);

/// Bounds on what is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes that a packed file may unpack to. In any case one that unpacks to more than 100
    /// MiB and more than 200 times its own size is refused.
    pub unpacked_bytes_max: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            unpacked_bytes_max: u64::MAX,
        }
    }
}

/// Reads `file` from its beginning as `format` says.
///
/// # Errors
/// A sentence: the file is not of this format, is empty, or has a column twice.
pub fn open(file: File, format: &Format) -> Result<Box<dyn Rows>, Broken> {
    open_within(file, format, Limits::default())
}

/// [`open`] with bounds of the caller's.
///
/// # Errors
/// As [`open`].
pub fn open_within(file: File, format: &Format, limits: Limits) -> Result<Box<dyn Rows>, Broken> {
    let text = |file| text::open(file, format.packed, &format.encoding, limits);
    let rows: Box<dyn Rows> = match &format.kind {
        Kind::Csv {
            delimiter,
            quote,
            header,
        } => {
            let (input, charset) = text(file)?;
            Box::new(csv::Csv::open(input, charset, *delimiter, *quote, *header)?)
        }
        Kind::JsonLines => {
            let ahead = file.try_clone().map_err(|e| unpack::unreadable(&e))?;
            let (input, charset) = text(ahead)?;
            let columns = json::columns(input, charset)?;
            // Both files have one place in common: only now it is free.
            let (input, charset) = text(file)?;
            Box::new(json::JsonLines::open(input, charset, columns))
        }
        Kind::CommonLog | Kind::CombinedLog => {
            let (input, charset) = text(file)?;
            let combined = format.kind == Kind::CombinedLog;
            Box::new(access_log::AccessLog::open(input, charset, combined))
        }
        Kind::Parquet if format.packed != Packed::Plain => {
            return Err(Broken(
                "Parquet is read from its end and cannot be packed once more: unpack the file first."
                    .to_owned(),
            ));
        }
        Kind::Parquet => Box::new(parquet::Parquet::open(file)?),
    };
    match &format.paths {
        Some(paths) => Ok(Box::new(with_paths::WithPaths::new(rows, paths)?)),
        None => Ok(rows),
    }
}
