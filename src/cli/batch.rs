//! `duenotice deadline --batch`: many deadlines in one run, one JSON line for each row.
//!
//! Always holds: rows are answered in their order, each with its `id`; a row that cannot be computed
//! is answered with `{"id":…,"error":"…"}` and the run goes on. Memory does not grow with the file.

use std::io::{Read, Write};

use serde::Serialize;

use crate::catalog::Catalog;
use crate::domain::controller::Controller;
use crate::domain::deadline::{self, Deadline};
use crate::domain::fact::{Anchors, FactKind};
use crate::domain::instant;

use super::CliError;
use super::rows::{Row, Rows};

/// The header that a batch must have.
pub const HEADER: [&str; 4] = ["id", "rule", "anchor", "instant"];

/// How a batch went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Rows answered.
    pub rows: u64,
    /// Those among them that could not be computed.
    pub failed: u64,
}

#[derive(Serialize)]
struct Answer<'a> {
    id: &'a str,
    #[serde(flatten)]
    outcome: Outcome,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Outcome {
    Deadline(Box<Deadline>),
    Failed { error: String },
}

/// Reads CSV with the header `id,rule,anchor,instant` and writes one JSON line for each row.
///
/// # Errors
/// When the header is another one, or reading or writing fails; nothing about a single row.
pub fn run(
    input: &mut dyn Read,
    out: &mut dyn Write,
    catalog: &Catalog,
    controllers: &[Controller],
) -> Result<Summary, CliError> {
    let mut rows = Rows::new(input);
    check_header(rows.next()?)?;
    let mut summary = Summary::default();
    loop {
        // Whoever writes a row and waits for its answer gets it.
        if rows.may_wait() {
            out.flush()?;
        }
        let Some(row) = rows.next()? else { break };
        let (id, outcome) = answer(row, catalog, controllers);
        summary.rows += 1;
        summary.failed += u64::from(matches!(outcome, Outcome::Failed { .. }));
        serde_json::to_writer(&mut *out, &Answer { id: &id, outcome })
            .map_err(|error| CliError::Io(error.into()))?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(summary)
}

fn check_header(row: Option<Row>) -> Result<(), CliError> {
    let wanted = HEADER.join(",");
    let found = match row {
        None => {
            return Err(CliError::Failed(format!(
                "the batch is empty; begin with {wanted}"
            )));
        }
        Some(Err((_, message))) => return Err(CliError::Failed(format!("the header: {message}"))),
        Some(Ok(fields)) => fields
            .iter()
            .map(|field| String::from_utf8_lossy(field).trim().to_owned())
            .collect::<Vec<_>>(),
    };
    if found == HEADER {
        Ok(())
    } else {
        let found = found.join(",");
        Err(CliError::Failed(format!(
            "the header of the batch is \"{found}\"; the first line must be {wanted}"
        )))
    }
}

fn answer(row: Row, catalog: &Catalog, controllers: &[Controller]) -> (String, Outcome) {
    let fields = match row {
        Ok(fields) => fields,
        Err((id, error)) => {
            return (
                String::from_utf8_lossy(&id).into_owned(),
                Outcome::Failed { error },
            );
        }
    };
    let id = fields
        .first()
        .map(|id| String::from_utf8_lossy(id).into_owned())
        .unwrap_or_default();
    let outcome = match compute(&fields, catalog, controllers) {
        Ok(deadline) => Outcome::Deadline(Box::new(deadline)),
        Err(error) => Outcome::Failed { error },
    };
    (id, outcome)
}

fn compute(
    fields: &[Vec<u8>],
    catalog: &Catalog,
    controllers: &[Controller],
) -> Result<Deadline, String> {
    let [id, rule, anchor, at] = fields else {
        return Err(format!(
            "the row has {} columns; write the four columns {}",
            fields.len(),
            HEADER.join(",")
        ));
    };
    let text = |name: &str, bytes: &[u8]| {
        std::str::from_utf8(bytes)
            .map(|text| text.trim().to_owned())
            .map_err(|_| format!("the column {name} is not UTF-8; save the file as UTF-8"))
    };
    text("id", id)?;
    let rule = text("rule", rule)?;
    let regime = super::deadline::regime(catalog, &rule).map_err(|error| error.to_string())?;
    let kind = FactKind::parse(&text("anchor", anchor)?).map_err(|error| error.to_string())?;
    let at = instant::parse(&text("instant", at)?).map_err(|error| error.to_string())?;
    let anchors = Anchors::from_iter([(kind, at)]);
    deadline::compute(regime, &anchors, controllers, catalog.calendars())
        .map_err(|error| error.to_string())
}
