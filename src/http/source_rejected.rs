//! The rows of a source that could not be taken, as a file to mend and read again.

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;

use super::rejected::safe;
use crate::app::App;
use crate::error::{Error, Result};
use crate::service::source::{Opened, rejected};
use crate::store::source::Source;

/// How many rows a piece has.
pub const PIECE: i64 = 1_000;
const HEADER: &[u8] = b"line,column,reason,row\r\n";

/// The file of a source, to be saved.
pub fn file(app: App, source: Source) -> Response {
    let name = format!(
        "attachment; filename=\"rejected-rows-{}-{}.csv\"",
        source.name, source.version
    );
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, name),
    ];
    (headers, csv(app, source)).into_response()
}

/// The file, piece by piece, whatever its size.
fn csv(app: App, source: Source) -> Body {
    Body::from_stream(stream::try_unfold(Some(0), move |after| {
        let (app, source) = (app.clone(), source.clone());
        async move {
            let Some(after) = after else { return Ok(None) };
            let rows = rejected(&app, &source, after, PIECE).await?;
            let Some(last) = rows.last() else {
                return Ok((after == 0).then(|| (Bytes::from_static(HEADER), None)));
            };
            let next = Some(last.line);
            Ok::<_, Error>(Some((piece(after == 0, &rows)?.into(), next)))
        }
    }))
}

/// Rows of the file, the first ones with the header. A cell that a spreadsheet could take for a formula
/// begins with an apostrophe.
///
/// # Errors
/// None that can happen in memory.
pub fn piece(first: bool, rows: &[Opened]) -> Result<Vec<u8>> {
    let mut out = if first { HEADER.to_vec() } else { Vec::new() };
    let mut csv = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(&mut out);
    for row in rows {
        let cells = [
            row.line.to_string(),
            safe(&row.column),
            safe(&row.reason),
            safe(row.row.as_deref().unwrap_or_default()),
        ];
        csv.write_record(&cells).map_err(Error::internal)?;
    }
    csv.flush().map_err(Error::internal)?;
    drop(csv);
    Ok(out)
}
