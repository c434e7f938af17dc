//! What is sent about sources.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::scope::field::Mapping;
use crate::error::Error;
use crate::ids::SourceId;
use crate::intake::Format;
use crate::service::source::{self as service, Opened};
use crate::store::source::{self, Status};

/// A list of people, read for one incident.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Source {
    id: SourceId,
    /// How recipes call it.
    #[schema(example = "orders")]
    name: String,
    /// Rises with each reading of the same name, from 1.
    version: i64,
    /// The system of the operator profile that it is a list of; empty: none.
    system: String,
    /// The site whose account ids it holds; empty: it holds none.
    site: String,
    /// It was taken from the exposed system itself.
    in_system: bool,
    status: Status,
    /// Why it failed or was stopped.
    problem: Option<String>,
    progress: Progress,
    /// The file's name as it was given.
    file: String,
    /// SHA-256 of the file as it was received.
    file_sha256: Option<String>,
    /// Rows read so far, the header not counted.
    rows_read: i64,
    /// Records that are taken.
    rows_taken: i64,
    /// Rows that could not be taken.
    rows_rejected: i64,
    /// Rows among the rejected that stand on an earlier line too.
    rows_repeated: i64,
    /// Of the file as it is packed.
    bytes_read: i64,
    bytes_total: i64,
    /// SHA-256 over the records in their order; null until it is done. The same file read in the same
    /// way gives the same one.
    content_sha256: Option<String>,
    created_by: String,
    created_at: DateTime<Utc>,
    done_at: Option<DateTime<Utc>>,
}

/// How far the reading of a source is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SourceProgress)]
pub(super) struct Progress {
    /// Rows read.
    rows: u64,
    /// Of what is being done now: first the file is read, then its records are put into the database.
    percent: Option<u64>,
    /// Rows a second while it is read, records a second while they are put into the database.
    per_second: Option<u64>,
    /// At this rate, of what is being done now.
    seconds_left: Option<u64>,
}

impl Source {
    /// As it stands at `now`.
    ///
    /// # Errors
    /// What is noted about its progress cannot be read.
    pub(super) fn at(s: source::Source, now: DateTime<Utc>) -> Result<Self, Error> {
        let p = service::Progress::of(&s, now).map_err(Error::internal)?;
        Ok(Self {
            progress: Progress {
                rows: p.rows,
                percent: p.percent(),
                per_second: p.per_second,
                seconds_left: p.seconds_left,
            },
            id: s.id,
            name: s.name,
            version: s.version,
            system: s.system,
            site: s.site_id.unwrap_or_default(),
            in_system: s.in_system,
            status: s.status,
            problem: s.problem,
            file: s.origin_name,
            file_sha256: s.origin_sha256,
            rows_read: s.rows_read,
            rows_taken: s.rows_taken,
            rows_rejected: s.rows_rejected,
            rows_repeated: s.rows_repeated,
            bytes_read: s.bytes_read,
            bytes_total: s.bytes_total,
            content_sha256: s.content_sha256,
            created_by: s.created_by,
            created_at: s.created_at,
            done_at: s.done_at,
        })
    }
}

/// The first rows of a source, and what its mapping makes of them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SourcePreview)]
pub(super) struct Preview {
    /// How the file is read.
    format: Format,
    /// The names of the columns.
    columns: Vec<String>,
    /// The first rows.
    rows: Vec<Row>,
    /// The rows among the first that cannot be read.
    bad: Vec<BadRow>,
    /// What was chosen and why, and what looks odd.
    notes: Vec<String>,
    /// What the columns mean.
    mapping: Mapping,
    /// What is wrong with the mapping.
    mistakes: Vec<Mistake>,
}

/// A row of a preview.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PreviewRow)]
pub(super) struct Row {
    /// The line of a text file, or the number of the row.
    line: i64,
    /// In the order of the columns; null where there is nothing.
    fields: Vec<Option<String>>,
    /// The kind of the identifier by which the person is known; null when the row is not taken.
    anchor: Option<String>,
    /// Country and US state.
    place: Option<String>,
    since: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
    at: Option<DateTime<Utc>>,
    /// Why the row is not taken.
    mistake: Option<Mistake>,
}

/// A row that cannot be read.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BadRow {
    line: i64,
    /// The column; empty: the whole row.
    column: String,
    /// A sentence.
    reason: String,
}

/// What is wrong with a column.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ColumnMistake)]
pub(super) struct Mistake {
    /// The column; null: the mapping as a whole, or the row.
    column: Option<String>,
    /// A sentence.
    reason: String,
}

impl From<service::Preview> for Preview {
    fn from(p: service::Preview) -> Self {
        let mut mapped = p.mapped.into_iter();
        let row = |s: crate::intake::detect::Sample| {
            let (taken, bad) = match mapped.next() {
                Some(Ok(taken)) => (Some(taken), None),
                Some(Err(bad)) => (None, Some(bad)),
                None => (None, None),
            };
            let time = |n: usize| {
                let seconds = taken
                    .as_ref()
                    .and_then(|t| t.times.get(n).copied().flatten());
                seconds.and_then(|s| DateTime::from_timestamp(s, 0))
            };
            Row {
                line: s.line,
                fields: s.fields,
                since: time(0),
                until: time(1),
                at: time(2),
                anchor: taken.as_ref().map(|t| t.anchor.to_owned()),
                place: taken.map(|t| t.place).filter(|place| !place.is_empty()),
                mistake: bad.map(|bad| Mistake {
                    column: Some(bad.column).filter(|c| !c.is_empty()),
                    reason: bad.reason,
                }),
            }
        };
        let mistake = |(column, reason)| Mistake { column, reason };
        let bad = |(line, reason)| BadRow {
            line,
            column: String::new(),
            reason,
        };
        Self {
            format: p.found.format,
            columns: p.found.columns,
            rows: p.found.rows.into_iter().map(row).collect(),
            bad: p.found.bad.into_iter().map(bad).collect(),
            notes: p.found.notes,
            mapping: p.mapping,
            mistakes: p.mistakes.into_iter().map(mistake).collect(),
        }
    }
}

/// What a dry run found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SourceTrial)]
pub(super) struct Trial {
    /// Rows that were read.
    rows: u64,
    /// Rows that can be taken; repetitions are not looked for.
    good: u64,
    /// Rows that cannot.
    bad: u64,
    /// The source was read to its end; otherwise time ran out after 20 seconds.
    whole: bool,
    /// The first rows that cannot be taken, at most 20.
    first_bad: Vec<BadRow>,
    /// How many rows cannot be taken because of which column.
    columns: Vec<BadColumn>,
    /// Why it cannot be read on.
    broken: Option<String>,
}

/// How many rows cannot be taken because of a column.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BadColumn {
    /// Empty: the row as a whole.
    column: String,
    rows: u64,
}

impl From<service::Trial> for Trial {
    fn from(t: service::Trial) -> Self {
        let bad = |(line, column, reason)| BadRow {
            line,
            column,
            reason,
        };
        let column = |(column, rows)| BadColumn { column, rows };
        Self {
            rows: t.rows,
            good: t.good,
            bad: t.bad,
            whole: t.whole,
            first_bad: t.first_bad.into_iter().map(bad).collect(),
            columns: t.columns.into_iter().map(column).collect(),
            broken: t.broken,
        }
    }
}

/// A row of a source that could not be taken.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RejectedRow {
    /// The line of a text file, or the number of the row.
    line: i64,
    /// The column; empty: the whole row.
    column: String,
    /// A sentence.
    reason: String,
    /// The row, at most 1,000 characters; null when the incident's key was destroyed.
    row: Option<String>,
}

impl From<Opened> for RejectedRow {
    fn from(r: Opened) -> Self {
        Self {
            line: r.line,
            column: r.column,
            reason: r.reason,
            row: r.row,
        }
    }
}
