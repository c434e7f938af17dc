//! The rows of an import that could not be taken, as a file to mend and import again.

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;

use crate::app::App;
use crate::error::{Error, Result};
use crate::service::roster::{self, Rejection};
use crate::store::person::Import;

const PIECE: i64 = 1_000;
const HEADER: &[u8] = b"line,reason,raw\r\n";

/// The file of an import, to be saved.
pub fn file(app: App, import: &Import) -> Response {
    let name = format!(
        "attachment; filename=\"rejected-rows-revision-{}.csv\"",
        import.revision
    );
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, name),
    ];
    (headers, csv(app, import.clone())).into_response()
}

/// The file, piece by piece, whatever its size.
fn csv(app: App, import: Import) -> Body {
    Body::from_stream(stream::try_unfold(Some(0), move |after| {
        let (app, import) = (app.clone(), import.clone());
        async move {
            let Some(after) = after else { return Ok(None) };
            let rows = roster::rejections(&app, &import, after, PIECE).await?;
            let Some(last) = rows.last() else {
                return Ok((after == 0).then(|| (Bytes::from_static(HEADER), None)));
            };
            let next = Some(last.line);
            Ok::<_, Error>(Some((piece(after == 0, &rows)?, next)))
        }
    }))
}

fn piece(first: bool, rows: &[Rejection]) -> Result<Bytes> {
    let mut out = if first { HEADER.to_vec() } else { Vec::new() };
    let mut csv = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(&mut out);
    for row in rows {
        let cells = [row.line.to_string(), safe(&row.reason), safe(&row.raw)];
        csv.write_record(&cells).map_err(Error::internal)?;
    }
    csv.flush().map_err(Error::internal)?;
    drop(csv);
    Ok(out.into())
}

/// A text that no spreadsheet takes for a formula.
pub(super) fn safe(text: &str) -> String {
    let first = text.trim_start_matches([' ', '\u{feff}']).chars().next();
    if matches!(
        first,
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠')
    ) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        let row = |raw: &str| Rejection {
            line: 2,
            reason: "No.".to_owned(),
            raw: raw.to_owned(),
        };
        let rows = [
            row("=HYPERLINK(\"http://evil.example\")"),
            row("@SUM(A1)"),
            row("  +1"),
            row("a,\"b\""),
        ];
        let text = String::from_utf8(piece(true, &rows).unwrap().to_vec()).unwrap();
        let raw: Vec<String> = csv::Reader::from_reader(text.as_bytes())
            .records()
            .map(|r| r.unwrap()[2].to_owned())
            .collect();
        assert_eq!(raw[0], "'=HYPERLINK(\"http://evil.example\")");
        assert_eq!(raw[1], "'@SUM(A1)");
        assert_eq!(raw[2], "'  +1");
        assert_eq!(raw[3], "a,\"b\"");
    }
}
