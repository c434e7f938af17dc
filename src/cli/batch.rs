//! `duenotice deadline --batch`: many deadlines in one run, one JSON line for each row.
//!
//! Always holds: rows are answered in their order, each with its `id`; a row that cannot be computed
//! is answered with `{"id":…,"error":"…"}` and the run goes on. Memory does not grow with the file.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};

use serde::Serialize;

use crate::catalog::Catalog;
use crate::domain::controller::Controller;
use crate::domain::deadline::{self, Deadline};
use crate::domain::fact::{Anchors, FactKind};
use crate::domain::instant;

use super::CliError;
use super::rows::{Row, Rows};

/// The columns that a batch must begin with.
pub const HEADER: [&str; 4] = ["id", "rule", "anchor", "instant"];

/// The columns that may follow: one controller instead of all, and a second fact, for caps.
pub const MORE: [&str; 3] = ["controller", "anchor2", "instant2"];

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

/// Reads CSV with the columns [`HEADER`] and, if wanted, [`MORE`], and writes one JSON line for each
/// row.
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
    let columns = columns(rows.next()?)?;
    let mut summary = Summary::default();
    loop {
        // Whoever writes a row and waits for its answer gets it.
        if rows.may_wait() {
            out.flush()?;
        }
        let Some(row) = rows.next()? else { break };
        let (id, outcome) = answer(row, &columns, catalog, controllers);
        summary.rows += 1;
        summary.failed += u64::from(matches!(outcome, Outcome::Failed { .. }));
        serde_json::to_writer(&mut *out, &Answer { id: &id, outcome })
            .map_err(|error| CliError::Io(error.into()))?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(summary)
}

/// The names of the columns, in their order.
fn columns(row: Option<Row>) -> Result<Vec<String>, CliError> {
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
    let (first, more) = found.split_at(HEADER.len().min(found.len()));
    let known = more.iter().all(|one| MORE.contains(&one.as_str()));
    let once = more.iter().collect::<BTreeSet<_>>().len() == more.len();
    let has = |name: &str| more.iter().any(|one| one == name);
    if first == HEADER && known && once && has("anchor2") == has("instant2") {
        Ok(found)
    } else {
        let found = found.join(",");
        Err(CliError::Failed(format!(
            "the header of the batch is \"{found}\"; the first line must be {wanted}, and after it \
             may come controller and, together, anchor2,instant2"
        )))
    }
}

fn answer(
    row: Row,
    columns: &[String],
    catalog: &Catalog,
    controllers: &[Controller],
) -> (String, Outcome) {
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
    let outcome = match compute(&fields, columns, catalog, controllers) {
        Ok(deadline) => Outcome::Deadline(Box::new(deadline)),
        Err(error) => Outcome::Failed { error },
    };
    (id, outcome)
}

fn compute(
    fields: &[Vec<u8>],
    columns: &[String],
    catalog: &Catalog,
    controllers: &[Controller],
) -> Result<Deadline, String> {
    if fields.len() != columns.len() {
        return Err(format!(
            "the row has {} columns; write the {} columns {}",
            fields.len(),
            if columns.len() == HEADER.len() {
                "four".to_owned()
            } else {
                columns.len().to_string()
            },
            columns.join(",")
        ));
    }
    let mut row: BTreeMap<&str, &str> = BTreeMap::new();
    for (name, bytes) in columns.iter().zip(fields) {
        let text = std::str::from_utf8(bytes)
            .map_err(|_| format!("the column {name} is not UTF-8; save the file as UTF-8"))?;
        row.insert(name, text.trim());
    }
    let get = |name: &str| row.get(name).copied().unwrap_or_default();
    let mut anchors = Anchors::new();
    for (kind, at) in [("anchor", "instant"), ("anchor2", "instant2")] {
        let (kind, at) = (get(kind), get(at));
        if kind.is_empty() && at.is_empty() && !anchors.is_empty() {
            continue;
        }
        let kind = FactKind::parse(kind).map_err(|error| error.to_string())?;
        let at = instant::parse(at).map_err(|error| error.to_string())?;
        if anchors.insert(kind, at).is_some() {
            return Err(format!(
                "anchor and anchor2 are both \"{kind}\"; keep the one that is right"
            ));
        }
    }
    let regime =
        super::deadline::regime(catalog, get("rule"), &anchors).map_err(|e| e.to_string())?;
    let controllers = match get("controller") {
        "" => controllers,
        id => super::deadline::controllers(catalog, Some(id)).map_err(|e| e.to_string())?,
    };
    deadline::compute(regime, &anchors, controllers, catalog.calendars())
        .map_err(|error| error.to_string())
}
