//! JSON Lines: an object a line.

pub(super) mod scan;

use std::collections::HashMap;

use scan::{Scratch, Value, object};

use super::lines::{Advance, Lines};
use super::row::{Fields, Row, Span};
use super::text::{Charset, Input};
use super::unpack::Progress;
use super::{Broken, Next, Rows};

/// The longest line, in bytes: what a program writes about one thing may hold whole texts.
const LINE_BYTES_MAX: usize = 1 << 20;

/// How many rows are looked through for the names of columns.
const ROWS_FOR_COLUMNS: usize = 1_000;

/// Rows of a JSON Lines file.
pub(super) struct JsonLines {
    lines: Lines,
    charset: Charset,
    progress: Progress,
    objects: Objects,
    /// Keys that have no column: the line of the first, its key, and how many rows have one.
    late: Option<(i64, String, u64)>,
}

impl JsonLines {
    /// Begins to read `input`, with the columns that [`columns`] found in the same text.
    pub(super) fn open(input: Input, charset: Charset, columns: Vec<String>) -> Self {
        Self {
            progress: input.progress(),
            lines: Lines::new(input, LINE_BYTES_MAX),
            charset,
            objects: Objects::new(columns, true),
            late: None,
        }
    }

    fn read(&mut self) -> Result<(), String> {
        let text = self.charset.text(self.lines.bytes())?;
        self.objects.read(&text)?;
        if let Some(key) = self.objects.late.take() {
            let line = self.lines.number();
            self.late.get_or_insert((line, key, 0)).2 += 1;
        }
        Ok(())
    }
}

/// The keys of the first rows, in the order in which they come up.
///
/// # Errors
/// A sentence: none of the first rows can be read.
pub(super) fn columns(input: Input, charset: Charset) -> Result<Vec<String>, Broken> {
    let mut lines = Lines::new(input, LINE_BYTES_MAX);
    let mut columns: Vec<String> = Vec::new();
    let mut known: HashMap<String, ()> = HashMap::new();
    let mut scratch = Scratch::default();
    let mut problem = None;
    let mut rows = 0;
    while rows < ROWS_FOR_COLUMNS {
        // What is broken further on is found when it is reached.
        match lines.advance_to_text() {
            Ok(Advance::End) => break,
            Ok(Advance::Line) => {}
            Ok(Advance::TooLong) => continue,
            Err(broken) if columns.is_empty() => return Err(broken),
            Err(_) => break,
        }
        rows += 1;
        let read = charset.text(lines.bytes()).and_then(|text| {
            object(&text, true, &mut scratch, &mut |path, _| {
                if !known.contains_key(path) {
                    known.insert(path.to_owned(), ());
                    columns.push(path.to_owned());
                }
                Ok(())
            })
        });
        if let Err(reason) = read {
            problem.get_or_insert(reason);
        }
    }
    if columns.is_empty() {
        return Err(Broken(match problem {
            Some(reason) => format!("No line can be read as JSON. {reason}"),
            None => "The file has no row.".to_owned(),
        }));
    }
    Ok(columns)
}

impl Rows for JsonLines {
    fn columns(&self) -> &[String] {
        &self.objects.columns
    }

    fn next(&mut self) -> Result<Next<'_>, Broken> {
        let read = match self.lines.advance_to_text()? {
            Advance::End => return Ok(Next::End),
            Advance::TooLong => Err(self.lines.too_long()),
            Advance::Line => self.read(),
        };
        let line = self.lines.number();
        Ok(match read {
            Ok(()) => Next::Row(self.objects.row(line)),
            Err(reason) => Next::Bad {
                line,
                field: None,
                reason,
                raw: self.lines.bytes(),
            },
        })
    }

    fn bytes_read(&self) -> u64 {
        self.progress.bytes()
    }

    fn notes(&self) -> Vec<String> {
        let late = self.late.as_ref();
        late.map(|(line, key, rows)| {
            format!(
                "{rows} rows have fields that none of the first {ROWS_FOR_COLUMNS} rows has, the first of \
                 them \"{key}\" in line {line}. These fields were not read."
            )
        })
        .into_iter()
        .collect()
    }
}

/// Objects as rows of given columns.
pub(super) struct Objects {
    pub(super) columns: Vec<String>,
    places: HashMap<String, usize>,
    /// Objects within the object are columns of their own.
    flat: bool,
    fields: Fields,
    /// For each column the number of the object that had it last.
    seen: Vec<u64>,
    number: u64,
    scratch: Scratch,
    /// A key of the object that has no column.
    late: Option<String>,
}

impl Objects {
    pub(super) fn new(columns: Vec<String>, flat: bool) -> Self {
        let places = columns.iter().cloned().zip(0..).collect();
        Self {
            places,
            flat,
            fields: Fields::default(),
            seen: vec![0; columns.len()],
            number: 0,
            scratch: Scratch::default(),
            late: None,
            columns,
        }
    }

    /// Reads the object in `text`.
    ///
    /// # Errors
    /// A sentence: it is none, or has a key twice.
    pub(super) fn read(&mut self, text: &str) -> Result<(), String> {
        let Fields { text: out, spans } = &mut self.fields;
        out.clear();
        spans.clear();
        spans.resize(self.columns.len(), Span::MISSING);
        self.number += 1;
        let (columns, places, late) = (&self.columns, &self.places, &mut self.late);
        let (seen, number) = (&mut self.seen, self.number);
        // Most objects have their keys in the same order.
        let mut expected = 0;
        object(text, self.flat, &mut self.scratch, &mut |path, value| {
            let place = match columns.get(expected) {
                Some(column) if column == path => expected,
                _ => match places.get(path) {
                    Some(place) => *place,
                    None => {
                        late.get_or_insert_with(|| path.to_owned());
                        return Ok(());
                    }
                },
            };
            expected = place + 1;
            if std::mem::replace(&mut seen[place], number) == number {
                return Err(format!("The field \"{path}\" stands twice in the row."));
            }
            if let Value::Text(value) = value {
                let start = out.len();
                out.push_str(value);
                spans[place] = Span::new(start, out.len());
            }
            Ok(())
        })
    }

    pub(super) fn row(&self, line: i64) -> Row<'_> {
        self.fields.row(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(text: &str) -> Result<JsonLines, Broken> {
        let input = || Input::of(text.as_bytes().to_vec());
        let charset = Charset::of("utf-8");
        let columns = columns(input(), charset)?;
        Ok(JsonLines::open(input(), charset, columns))
    }

    #[test]
    fn rows_have_the_columns_of_all() {
        let text = "{\"id\":1,\"a\":{\"b\":\"x\"}}\r\n\n  \nnonsense\n{\"a\":{\"b\":null},\"new\":\"\",\"id\":2}\n{\"id\":3,\"id\":3}";
        let mut rows = open(text).unwrap();
        assert_eq!(rows.columns(), ["id", "a.b", "new"]);
        let mut seen = Vec::new();
        loop {
            seen.push(match rows.next().unwrap() {
                Next::Row(row) => format!("{} {:?}", row.line, row.iter().collect::<Vec<_>>()),
                Next::Bad {
                    line, reason, raw, ..
                } => {
                    format!("{line} {reason} {}", String::from_utf8_lossy(raw))
                }
                Next::End => break,
            });
        }
        assert_eq!(seen[0], r#"1 [Some("1"), Some("x"), None]"#);
        assert!(seen[1].starts_with("4 The line is not JSON") && seen[1].ends_with(" nonsense"));
        assert_eq!(seen[2], r#"5 [Some("2"), None, Some("")]"#);
        assert!(seen[3].contains("\"id\" stands twice"));
    }

    #[test]
    fn a_field_that_comes_late_is_told_at_the_end() {
        let mut text = "{\"id\":1}\n".repeat(ROWS_FOR_COLUMNS);
        text.push_str("{\"id\":2,\"deleted\":\"2026-01-01\"}\n{\"id\":2,\"deleted\":null}\n");
        let mut rows = open(&text).unwrap();
        while !matches!(rows.next().unwrap(), Next::End) {}
        let notes = rows.notes();
        assert!(notes[0].starts_with("2 rows have fields"), "{notes:?}");
        assert!(notes[0].contains("\"deleted\" in line 1001"));
    }

    #[test]
    fn a_file_without_a_row_is_told() {
        assert!(open("\n\n").err().unwrap().0.contains("no row"));
        assert!(open("a,b\n1,2").err().unwrap().0.contains("not JSON"));
    }
}
