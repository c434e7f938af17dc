//! What the command line says about a list, in sentences.

use std::io::Write;

use crate::domain::scope::field::{Mapping, Unique};
use crate::error::{Error, Result};
use crate::intake::{Detected, Format, Kind, Packed};
use crate::service::source::Trial;
use crate::store::source::Source;

use super::super::CliError;

/// What the file is.
pub(super) fn found(name: &str, found: &Detected, out: &mut dyn Write) -> Result<(), CliError> {
    writeln!(out, "{name}: {}", kind(&found.format))?;
    for note in &found.notes {
        writeln!(out, "Note: {note}")?;
    }
    for (line, reason) in &found.bad {
        writeln!(out, "Note: line {line}: {reason}")?;
    }
    Ok(())
}

fn kind(format: &Format) -> String {
    let rows = match &format.kind {
        Kind::Csv {
            delimiter,
            quote,
            header,
        } => {
            let delimiter = delimiter.escape_default();
            let quote = quote.map_or("not enclosed".to_owned(), |q| format!("enclosed in {q}"));
            let header = if *header {
                "the first line names the columns"
            } else {
                "no names of columns"
            };
            format!("CSV, fields separated by \"{delimiter}\" and {quote}, {header}")
        }
        Kind::JsonLines => "JSON Lines".to_owned(),
        Kind::Parquet => "Parquet".to_owned(),
        Kind::CommonLog => "access log in the Common Log Format".to_owned(),
        Kind::CombinedLog => "access log with referer and agent".to_owned(),
    };
    let packed = match format.packed {
        Packed::Plain => "",
        Packed::Gzip => ", packed with gzip",
        Packed::Zstd => ", packed with zstd",
    };
    match format.kind {
        Kind::Parquet => format!("{rows}{packed}"),
        _ => format!("{rows}, {}{packed}", format.encoding),
    }
}

/// What the columns mean; with the first value of each when `values`.
pub(super) fn mapping(
    found: &Detected,
    mapping: &Mapping,
    values: bool,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    let width = found.columns.iter().map(|c| c.chars().count()).max();
    let width = width.unwrap_or(0).clamp(6, 30);
    writeln!(out, "\nColumns")?;
    for (n, column) in found.columns.iter().enumerate() {
        let means = mapping.columns.get(column);
        let means = means.map_or("not read".to_owned(), |field| {
            format!("{field:<10} {}", field.words())
        });
        let first = found
            .rows
            .iter()
            .find_map(|row| row.fields.get(n)?.as_deref());
        match first.filter(|_| values) {
            Some(first) => writeln!(out, "  {column:<width$}  {means}, such as {}", short(first))?,
            None => writeln!(out, "  {column:<width$}  {means}")?,
        }
    }
    for (name, value) in &mapping.fixed {
        writeln!(out, "  {:<width$}  {name} is {value} on every line", "")?;
    }
    writeln!(out, "Times without an offset are in {}.", mapping.zone)?;
    if let Some(country) = &mapping.phone_country {
        writeln!(
            out,
            "Phone numbers without a country code are in {country}."
        )?;
    }
    let unique = Unique::ALL.iter().find(|(u, _)| *u == mapping.unique);
    if let Some((_, words)) = unique {
        writeln!(out, "Repetitions: {words}.\n")?;
    }
    Ok(())
}

fn short(value: &str) -> String {
    let shown: String = value
        .chars()
        .take(30)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if value.chars().count() > 30 {
        format!("{shown}…")
    } else {
        shown
    }
}

/// What is wrong, one sentence a line, with the flag that puts it right.
pub(super) fn mistakes(error: &Error) -> CliError {
    let Error::Invalid(fields) = error else {
        return CliError::failed(error);
    };
    let lines = fields.iter().map(|e| {
        let flag = match e.field.as_str() {
            "mapping" => "--map".to_owned(),
            "format" | "file" => "the file".to_owned(),
            "phone_country" => "--phone-country".to_owned(),
            field => match (field.strip_prefix("mapping."), field.strip_prefix("fixed.")) {
                (Some(column), _) => format!("--map {column}"),
                (_, Some(name)) => format!("--fixed {name}"),
                _ => format!("--{field}"),
            },
        };
        format!("{flag}: {}", e.reason)
    });
    CliError::Failed(lines.collect::<Vec<_>>().join("\n  "))
}

/// What a dry run found.
pub(super) fn trial(trial: &Trial, out: &mut dyn Write) -> Result<(), CliError> {
    writeln!(
        out,
        "Dry run: of {} rows {} can be taken and {} cannot. Nothing was written.",
        trial.rows, trial.good, trial.bad
    )?;
    for (column, rows) in &trial.columns {
        match column.as_str() {
            "" => writeln!(out, "  {rows} because of the row as a whole")?,
            column => writeln!(out, "  {rows} because of {column}")?,
        }
    }
    for (line, column, reason) in &trial.first_bad {
        match column.as_str() {
            "" => writeln!(out, "  line {line}: {reason}")?,
            column => writeln!(out, "  line {line}, {column}: {reason}")?,
        }
    }
    Ok(())
}

/// What came of a source.
pub(super) fn done(s: &Source, out: &mut dyn Write) -> Result<(), CliError> {
    writeln!(out, "{} is read.", s.title())?;
    writeln!(out, "rows          {}", s.rows_read)?;
    writeln!(out, "taken         {}", s.rows_taken)?;
    writeln!(out, "rejected      {}", s.rows_rejected)?;
    if s.rows_repeated > 0 {
        writeln!(out, "  repeated    {}", s.rows_repeated)?;
    }
    writeln!(out, "source        {}", s.id)?;
    if let Some(sha256) = &s.origin_sha256 {
        writeln!(out, "file          {sha256}")?;
    }
    if let Some(sha256) = &s.content_sha256 {
        writeln!(out, "content       {sha256}")?;
    }
    Ok(())
}
