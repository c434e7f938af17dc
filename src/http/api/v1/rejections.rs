//! The rows of an import that could not be taken: as JSON, and as a file to mend.

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::domain::access::Action;
use crate::error::{Error, Result};
use crate::http::error::Answer;
use crate::http::extract::{Ask, At, Caller, Page, Paging};
use crate::ids::{ImportId, IncidentId};
use crate::store;
use crate::store::person;

const PIECE: i64 = 1_000;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(download))
}

/// A row that could not be taken.
#[derive(Debug, Serialize, ToSchema)]
struct Rejection {
    /// The line in the file; the header is line 1.
    line: i64,
    /// A sentence.
    reason: String,
    /// The line as it stood in the file, at most 1,000 characters.
    raw: String,
}

impl From<person::Rejection> for Rejection {
    fn from(r: person::Rejection) -> Self {
        Self {
            line: r.line,
            reason: r.reason,
            raw: r.raw,
        }
    }
}

async fn import_of(app: &App, incident: IncidentId, id: ImportId) -> Answer<person::Import> {
    Ok(person::find_import(&app.db, id)
        .await?
        .filter(|i| i.incident_id == incident)
        .ok_or(Error::NotFound("This import"))?)
}

/// List the rejected rows of an import, by line
#[utoipa::path(
    get, path = "/incidents/{incident}/imports/{import}/rejections", tag = "Roster",
    operation_id = "list_rejections",
    params(
        ("incident" = IncidentId, Path, description = "The incident's id"),
        ("import" = ImportId, Path, description = "The import's id"),
        Paging
    ),
    responses((status = OK, body = Page<Rejection>, description = "A page of rejected rows"))
)]
async fn list(
    State(app): State<App>,
    caller: Caller,
    At((incident, id)): At<(IncidentId, ImportId)>,
    Ask(paging): Ask<Paging>,
) -> Answer<Json<Page<Rejection>>> {
    caller.require(Action::ImportRoster)?;
    import_of(&app, incident, id).await?;
    let limit = paging.limit()?;
    let after = paging.after::<i64>()?.unwrap_or(0);
    let rows = person::rejections(&app.db, id, after, limit + 1).await?;
    Ok(Json(Page::of(rows, limit, |r| r.line, Rejection::from)))
}

/// Download the rejected rows of an import as CSV
///
/// `line,reason,raw`. A cell that a spreadsheet could take for a formula begins with an apostrophe.
#[utoipa::path(
    get, path = "/incidents/{incident}/imports/{import}/rejections.csv", tag = "Roster",
    operation_id = "download_rejections",
    params(
        ("incident" = IncidentId, Path, description = "The incident's id"),
        ("import" = ImportId, Path, description = "The import's id")
    ),
    responses((
        status = OK, body = String, content_type = "text/csv", description = "The rejected rows"
    ))
)]
async fn download(
    State(app): State<App>,
    caller: Caller,
    At((incident, id)): At<(IncidentId, ImportId)>,
) -> Answer<Response> {
    caller.require(Action::ImportRoster)?;
    let import = import_of(&app, incident, id).await?;
    let name = format!(
        "attachment; filename=\"rejected-rows-revision-{}.csv\"",
        import.revision
    );
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, name),
    ];
    Ok((headers, csv(app, id)).into_response())
}

/// The file, piece by piece, whatever its size.
pub(crate) fn csv(app: App, id: ImportId) -> Body {
    Body::from_stream(stream::try_unfold(Some(0), move |after| {
        let app = app.clone();
        async move {
            let Some(after) = after else { return Ok(None) };
            let rows = store::person::rejections(&app.db, id, after, PIECE).await?;
            let Some(last) = rows.last() else {
                return Ok((after == 0).then(|| (Bytes::from_static(HEADER), None)));
            };
            let next = Some(last.line);
            Ok::<_, Error>(Some((piece(after == 0, &rows)?, next)))
        }
    }))
}

const HEADER: &[u8] = b"line,reason,raw\r\n";

fn piece(first: bool, rows: &[person::Rejection]) -> Result<Bytes> {
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
fn safe(text: &str) -> String {
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
        let row = |raw: &str| person::Rejection {
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
