//! The rows of a register, as its publisher writes them.

use std::io::Read;

use chrono::{NaiveDate, NaiveDateTime};

use crate::cli::CliError;
use crate::cli::rows::{Row, Rows};

/// The two days that a notice is judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Days {
    /// When the notifier became aware.
    pub(super) aware: NaiveDate,
    /// When it told the authority; never before `aware`.
    pub(super) submitted: NaiveDate,
}

/// One row.
pub(super) struct Notice {
    /// 1 for the first row after the header.
    pub(super) row: u64,
    /// The register's number of the notice, without separators.
    pub(super) id: String,
    /// Who notified.
    pub(super) name: String,
    /// How many residents were affected, where that is a number.
    pub(super) affected: Option<u64>,
    /// Its two days, or why it has none.
    pub(super) days: Result<Days, String>,
}

/// Which column is where.
struct Columns {
    aware: usize,
    submitted: usize,
    id: Option<usize>,
    name: Option<usize>,
    affected: Option<usize>,
    count: usize,
}

/// Reads notices one at a time.
pub(super) struct Notices<'a> {
    rows: Rows<'a>,
    columns: Columns,
    read: u64,
}

impl<'a> Notices<'a> {
    pub(super) fn new(input: &'a mut dyn Read) -> Result<Self, CliError> {
        let mut rows = Rows::new(input);
        let columns = columns(rows.next()?)?;
        Ok(Self {
            rows,
            columns,
            read: 0,
        })
    }

    /// The next notice; nothing at the end.
    pub(super) fn next(&mut self) -> Result<Option<Notice>, CliError> {
        let Some(row) = self.rows.next()? else {
            return Ok(None);
        };
        self.read += 1;
        Ok(Some(notice(self.read, row, &self.columns)))
    }
}

fn columns(row: Option<Row>) -> Result<Columns, CliError> {
    let header = match row {
        None => {
            return Err(CliError::Failed(
                "the register is empty; its first line names the columns".to_owned(),
            ));
        }
        Some(Err((_, message))) => return Err(CliError::Failed(format!("the header: {message}"))),
        Some(Ok(fields)) => fields,
    };
    let names: Vec<String> = header.iter().map(|one| text(one)).collect();
    let find = |name: &str| names.iter().position(|one| one == name);
    let needed = |name: &str| {
        find(name).ok_or_else(|| {
            CliError::Failed(format!(
                "the register has no column {name}; its columns are {}",
                names.join(", ")
            ))
        })
    };
    Ok(Columns {
        aware: needed("DateAware")?,
        submitted: needed("DateSubmitted")?,
        id: find("Id"),
        name: find("Name"),
        affected: find("WashingtoniansAffected"),
        count: names.len(),
    })
}

fn notice(row: u64, fields: Row, columns: &Columns) -> Notice {
    let fields = match fields {
        Ok(fields) => fields,
        Err((_, message)) => {
            return Notice {
                row,
                id: String::new(),
                name: String::new(),
                affected: None,
                days: Err(message),
            };
        }
    };
    let get = |index: usize| fields.get(index).map(|one| text(one)).unwrap_or_default();
    let optional = |index: Option<usize>| index.map(get).unwrap_or_default();
    let days = if fields.len() == columns.count {
        days(&get(columns.aware), &get(columns.submitted))
    } else {
        Err(format!(
            "it has {} columns and the header {}",
            fields.len(),
            columns.count
        ))
    };
    Notice {
        row,
        id: optional(columns.id).replace(',', ""),
        name: optional(columns.name),
        affected: optional(columns.affected).replace(',', "").parse().ok(),
        days,
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim().to_owned()
}

fn days(aware: &str, submitted: &str) -> Result<Days, String> {
    let days = Days {
        aware: day("DateAware", aware)?,
        submitted: day("DateSubmitted", submitted)?,
    };
    if days.submitted < days.aware {
        Err("it was submitted before the notifier was aware".to_owned())
    } else {
        Ok(days)
    }
}

/// A day as the register writes it, "2021 Feb 04 12:00:00 AM", or as 2021-02-04.
fn day(column: &str, text: &str) -> Result<NaiveDate, String> {
    if text.is_empty() {
        return Err(format!("{column} is empty"));
    }
    NaiveDateTime::parse_from_str(text, "%Y %b %d %I:%M:%S %p")
        .map(|at| at.date())
        .or_else(|_| NaiveDate::parse_from_str(text, "%Y-%m-%d"))
        .map_err(|_| format!("{column} is no day: \"{text}\""))
}
