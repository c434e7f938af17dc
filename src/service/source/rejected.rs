//! The rows of a source that could not be taken, opened for who may mend them.

use super::row_key;
use crate::app::App;
use crate::error::Result;
use crate::service::incident_key::Opener;
use crate::service::rejected_row;
use crate::store::source::{self, Source};

/// A row that could not be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The line in the file, or the number of the row.
    pub line: i64,
    /// The column; empty: the whole row.
    pub column: String,
    /// A sentence.
    pub reason: String,
    /// The row, at most 1,000 characters; none when the incident's key was destroyed.
    pub row: Option<String>,
}

/// Up to `limit` rejected rows after line `after`.
///
/// # Errors
/// The database fails.
pub async fn rejected(app: &App, s: &Source, after: i64, limit: i64) -> Result<Vec<Opened>> {
    let rows = source::rejections(&app.db, s.no, after, limit).await?;
    let opener = Opener::read(app, s.incident_id).await?;
    let open = |row: source::Rejection| {
        let about = row_key(&app.hasher, s.no, row.line);
        let (reason, text) = rejected_row::open(&opener, &about, &row.sealed);
        Opened {
            line: row.line,
            column: row.field,
            reason,
            row: text,
        }
    };
    Ok(rows.into_iter().map(open).collect())
}
