//! What a file is, found out from its bytes.

mod encoding;
mod sample;

use std::fs::File;

use super::format::{Format, Kind, Packed};
use super::{Broken, Next, access_log, csv, open, unpack};
use sample::Head;

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

/// How many lines are looked at to tell kinds and delimiters apart.
const LINES_LOOKED_AT: usize = 200;

/// Finds out what `file` is; `name` is what it was called where it came from, a hint. Leaves the place
/// in `file` anywhere; [`open`] begins at its start.
///
/// # Errors
/// A sentence: a folder, an empty file, or a kind of file that is not read.
pub fn detect(file: &File, name: &str) -> Result<Detected, Broken> {
    let head = Head::read(file)?;
    if let Some(what) = head.other_kind() {
        return Err(Broken(what.to_owned()));
    }
    if head.is_parquet() {
        return preview(file, &plain(Kind::Parquet));
    }
    if name.to_ascii_lowercase().ends_with(".parquet") {
        return Err(Broken(
            "The file is called Parquet, but is none: it does not begin with PAR1.".to_owned(),
        ));
    }
    let mut notes = Vec::new();
    let encoding = encoding::guess(&head, &mut notes);
    let text = encoding.decode(&head.bytes).0;
    let mut lines: Vec<&str> = text.lines().filter(|l| !l.trim().is_empty()).collect();
    if !head.whole && lines.len() > 1 {
        // The last one may be cut off.
        lines.pop();
    }
    lines.truncate(LINES_LOOKED_AT);
    let kind = kind(&lines, &mut notes)?;
    let format = Format {
        packed: head.packed,
        kind,
        encoding: encoding.name().to_owned(),
        paths: None,
    };
    let mut detected = preview(file, &format)?;
    notes.append(&mut detected.notes);
    detected.notes = notes;
    Ok(detected)
}

fn plain(kind: Kind) -> Format {
    Format {
        packed: Packed::Plain,
        kind,
        encoding: "UTF-8".to_owned(),
        paths: None,
    }
}

/// The preview of `file` when it is read as `format` says, after a person put it right.
///
/// # Errors
/// As [`open`].
pub fn preview(file: &File, format: &Format) -> Result<Detected, Broken> {
    let clone = file.try_clone().map_err(|e| unpack::unreadable(&e))?;
    let mut rows = open(clone, format)?;
    let mut detected = Detected {
        format: format.clone(),
        columns: rows.columns().to_vec(),
        rows: Vec::new(),
        bad: Vec::new(),
        notes: Vec::new(),
    };
    while detected.rows.len() < PREVIEW_ROWS && detected.bad.len() < PREVIEW_ROWS {
        match rows.next() {
            Ok(Next::Row(row)) => detected.rows.push(Sample {
                line: row.line,
                fields: row.iter().map(|f| f.map(str::to_owned)).collect(),
            }),
            Ok(Next::Bad { line, reason, .. }) => detected.bad.push((line, reason)),
            Ok(Next::End) => {
                if detected.rows.is_empty() && detected.bad.is_empty() {
                    let note = "The file has names of columns, but no row.";
                    detected.notes.push(note.to_owned());
                }
                break;
            }
            Err(broken) => {
                detected.notes.push(broken.0);
                break;
            }
        }
    }
    let header = matches!(format.kind, Kind::Csv { header: true, .. });
    if header && detected.columns.iter().any(|c| looks_like_data(c)) {
        detected.notes.push(
            "The first line looks like a row and not like names of columns. If it is one, say that the \
             file has no names."
                .to_owned(),
        );
    }
    Ok(detected)
}

fn looks_like_data(name: &str) -> bool {
    name.contains('@')
        || name
            .chars()
            .all(|c| c.is_ascii_digit() || "-.:+".contains(c))
}

fn kind(lines: &[&str], notes: &mut Vec<String>) -> Result<Kind, Broken> {
    let Some(first) = lines.first() else {
        return Err(Broken("The file is empty.".to_owned()));
    };
    let first = first.trim_start();
    let object = |line: &&&str| {
        serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(line).is_ok()
    };
    if first.starts_with('{') && lines.iter().filter(object).count() * 2 > lines.len() {
        return Ok(Kind::JsonLines);
    }
    if first.starts_with("[{") || first == "[" || first == "{" {
        return Err(Broken(
            "The file is one JSON text. Write one object a line, for example with: jq -c '.[]'"
                .to_owned(),
        ));
    }
    if first.starts_with('<') {
        return Err(Broken(
            "The file is XML or HTML. Export it as CSV or JSON Lines.".to_owned(),
        ));
    }
    let logs = || lines.iter().map(|line| access_log::looks_like(line));
    let combined = logs().filter(|l| *l == Some(true)).count();
    let common = logs().filter(|l| *l == Some(false)).count();
    if (combined + common) * 2 > lines.len() {
        if combined > 0 && common > 0 {
            notes.push(format!(
                "Of the first {} lines of the log, {combined} have a referer and an agent, and {common} have not.",
                lines.len()
            ));
        }
        let is_combined = combined >= common;
        return Ok(if is_combined {
            Kind::CombinedLog
        } else {
            Kind::CommonLog
        });
    }
    Ok(Kind::csv(delimiter(lines, notes)))
}

/// The delimiter with which most lines have as many fields as the first.
fn delimiter(lines: &[&str], notes: &mut Vec<String>) -> char {
    let mut best = (0, 0, ',', 0);
    for delimiter in [',', ';', '\t', '|'] {
        let counts = csv::counts(lines, delimiter);
        let fields = counts.first().copied().unwrap_or(0);
        let alike = counts.iter().filter(|n| **n == fields).count();
        let share = alike * 100 / counts.len().max(1);
        if fields > 1 && (share, fields) > (best.0, best.1) {
            best = (share, fields, delimiter, counts.len() - alike);
        }
    }
    let (_, fields, delimiter, others) = best;
    if fields == 0 {
        notes.push("No delimiter was found: every line is one field.".to_owned());
    } else if delimiter != ',' {
        let delimiter = delimiter.escape_default();
        notes.push(format!(
            "Fields are taken to be separated by \"{delimiter}\"."
        ));
    }
    if others > 0 {
        notes.push(format!(
            "{others} of the first {} lines have another number of fields than the first line ({fields}).",
            lines.len()
        ));
    }
    delimiter
}
