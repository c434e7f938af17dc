//! CSV as RFC 4180 has it: a row is a line, or several when a quoted field reaches over them.
//!
//! The usual row has no quote in it. Its fields are then parts of the line itself: nothing is copied.

use std::borrow::Cow;

use super::lines::{Advance, Lines, find};
use super::row::{Fields, Row, Span};
use super::text::{Charset, Input};
use super::unpack::Progress;
use super::{Broken, Next, Rows};

/// The longest row, in bytes without its end of line.
pub(super) const ROW_BYTES_MAX: usize = 65_536;

/// Rows of a CSV file.
pub(super) struct Csv {
    lines: Lines,
    charset: Charset,
    splitter: Splitter,
    progress: Progress,
    columns: Vec<String>,
    /// The line, when it had to be decoded.
    decoded: String,
    cells: Fields,
}

/// Where the text of the current row is.
#[derive(Clone, Copy)]
enum Held {
    Line,
    Decoded,
    Cells,
}

impl Csv {
    /// Begins to read `input`; the columns are named by its first line, when `header` says so.
    ///
    /// # Errors
    /// A sentence: a delimiter that cannot be one, no line, a first line that cannot be read or has a
    /// name twice.
    pub(super) fn open(
        input: Input,
        charset: Charset,
        delimiter: char,
        quote: Option<char>,
        header: bool,
    ) -> Result<Self, Broken> {
        let splitter = Splitter::new(delimiter, quote)?;
        let progress = input.progress();
        let mut csv = Self {
            lines: Lines::new(input, ROW_BYTES_MAX),
            charset,
            splitter,
            progress,
            columns: Vec::new(),
            decoded: String::new(),
            cells: Fields::default(),
        };
        let first = match csv.next()? {
            Next::Row(row) => Ok(row
                .iter()
                .map(|f| f.unwrap_or_default().to_owned())
                .collect()),
            Next::Bad { reason, .. } => Err(reason),
            Next::End => return Err(Broken("The file is empty.".to_owned())),
        };
        let first: Vec<String> =
            first.map_err(|reason| Broken(format!("The first line cannot be read. {reason}")))?;
        if header {
            csv.columns = names(&first)?;
        } else {
            csv.columns = (1..=first.len()).map(|n| format!("column {n}")).collect();
            csv.lines.unread();
        }
        Ok(csv)
    }

    /// Splits the current line, and reads on where a quote is open at its end.
    fn read(&mut self) -> Result<Result<Held, String>, Broken> {
        self.cells.clear();
        let text = match self.charset.text(self.lines.bytes()) {
            Ok(text) => text,
            Err(reason) => return Ok(Err(reason)),
        };
        if self.splitter.plain(&text, &mut self.cells.spans) {
            let held = match text {
                Cow::Borrowed(_) => Held::Line,
                Cow::Owned(text) => {
                    self.decoded = text;
                    Held::Decoded
                }
            };
            return Ok(self.counted(held));
        }
        let mut fed = self.splitter.feed(&text, &mut self.cells);
        while let Ok(Fed::Open) = fed {
            if !self.lines.grow()? {
                fed = Err(UNCLOSED.to_owned());
                break;
            }
            self.cells.text.push('\n');
            fed = match self.charset.text(self.lines.last_line()) {
                Ok(text) => self.splitter.feed(&text, &mut self.cells),
                Err(_) => Err(UNCLOSED.to_owned()),
            };
        }
        let read = fed.and_then(|_| self.counted(Held::Cells));
        Ok(match read {
            Err(_) if self.lines.bytes().len() > self.lines.last_line().len() => {
                // A quote that swallowed other rows is the fault of its line alone.
                self.lines.shrink();
                Err(UNCLOSED.to_owned())
            }
            other => other,
        })
    }

    fn counted(&self, held: Held) -> Result<Held, String> {
        let (has, of) = (self.cells.spans.len(), self.columns.len());
        if has == of || of == 0 {
            return Ok(held);
        }
        Err(format!(
            "The line has {has} {}, and the first line has {of}. A field with \"{}\" in it must stand in \
             quotes; if most lines are refused, the delimiter is another one.",
            if has == 1 { "field" } else { "fields" },
            char::from(self.splitter.delimiter).escape_default(),
        ))
    }
}

const UNCLOSED: &str =
    "A quote is opened in this line and not closed as it must be. The line may be cut off.";

impl Rows for Csv {
    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn next(&mut self) -> Result<Next<'_>, Broken> {
        let found = loop {
            match self.lines.advance()? {
                Advance::End => return Ok(Next::End),
                Advance::TooLong => break Err(self.lines.too_long()),
                Advance::Line if self.lines.bytes().is_empty() => {}
                Advance::Line => break self.read()?,
            }
        };
        let line = self.lines.number();
        let held = match found {
            Ok(held) => held,
            Err(reason) => {
                return Ok(Next::Bad {
                    line,
                    field: None,
                    reason,
                    raw: self.lines.bytes(),
                });
            }
        };
        let text = match held {
            Held::Line => std::str::from_utf8(self.lines.bytes()).unwrap_or_default(),
            Held::Decoded => &self.decoded,
            Held::Cells => &self.cells.text,
        };
        Ok(Next::Row(Row::new(line, text, &self.cells.spans)))
    }

    fn bytes_read(&self) -> u64 {
        self.progress.bytes()
    }
}

/// The names of columns from the fields of a first line.
pub(super) fn names(first: &[String]) -> Result<Vec<String>, Broken> {
    let mut names: Vec<String> = Vec::with_capacity(first.len());
    for (n, name) in first.iter().enumerate() {
        let name = match name.trim() {
            "" => format!("column {}", n + 1),
            name => name.to_owned(),
        };
        if names.contains(&name) {
            return Err(twice(&name));
        }
        names.push(name);
    }
    Ok(names)
}

/// The sentence about a column that stands twice.
pub(super) fn twice(name: &str) -> Broken {
    Broken(format!(
        "Two columns are called \"{name}\". Rename one of them, or leave it out."
    ))
}

/// Splits lines into fields.
struct Splitter {
    delimiter: u8,
    quote: Option<u8>,
    /// A quoted field is open.
    open: bool,
    /// Where the open field begins in the cells.
    start: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fed {
    Done,
    /// A quoted field goes on in the next line.
    Open,
}

impl Splitter {
    fn new(delimiter: char, quote: Option<char>) -> Result<Self, Broken> {
        let byte = |c: char| {
            let fits = c.is_ascii() && !matches!(c, '\n' | '\r' | '\0');
            u8::try_from(c).ok().filter(|_| fits)
        };
        let refuse = |c: char, what: &str| {
            let c = c.escape_default();
            Broken(format!(
                "\"{c}\" cannot be a {what}: choose an ASCII character."
            ))
        };
        let quote = match quote {
            Some(c) => Some(byte(c).ok_or_else(|| refuse(c, "quote"))?),
            None => None,
        };
        let delimiter = byte(delimiter)
            .filter(|d| Some(*d) != quote)
            .ok_or_else(|| refuse(delimiter, "delimiter"))?;
        Ok(Self {
            delimiter,
            quote,
            open: false,
            start: 0,
        })
    }

    /// Splits a line without quotes; false when it has one.
    fn plain(&mut self, text: &str, spans: &mut Vec<Span>) -> bool {
        self.open = false;
        let bytes = text.as_bytes();
        if self.quote.is_some_and(|q| bytes.contains(&q)) {
            return false;
        }
        let mut start = 0;
        for (n, byte) in bytes.iter().enumerate() {
            if *byte == self.delimiter {
                spans.push(span(start, n));
                start = n + 1;
            }
        }
        spans.push(span(start, bytes.len()));
        true
    }

    /// Splits a line with quotes into `cells`, or goes on with an open field.
    fn feed(&mut self, line: &str, cells: &mut Fields) -> Result<Fed, String> {
        let (Some(quote), bytes) = (self.quote, line.as_bytes()) else {
            return Ok(Fed::Done);
        };
        let mut at = 0;
        loop {
            if !self.open && bytes.get(at) == Some(&quote) {
                self.open = true;
                self.start = cells.text.len();
                at += 1;
            }
            if !self.open {
                let end = find(&bytes[at..], self.delimiter).map_or(bytes.len(), |n| at + n);
                let start = cells.text.len();
                cells.text.push_str(&line[at..end]);
                cells.spans.push(span(start, cells.text.len()));
                at = end;
            } else {
                let Some(end) = find(&bytes[at..], quote).map(|n| at + n) else {
                    cells.text.push_str(&line[at..]);
                    return Ok(Fed::Open);
                };
                cells.text.push_str(&line[at..end]);
                at = end + 1;
                if bytes.get(at) == Some(&quote) {
                    cells.text.push(char::from(quote));
                    at += 1;
                    continue;
                }
                self.open = false;
                cells.spans.push(Span::new(self.start, cells.text.len()));
            }
            match bytes.get(at) {
                None => return Ok(Fed::Done),
                Some(b) if *b == self.delimiter => at += 1,
                Some(_) => {
                    return Err(format!(
                        "After a quote that ends a field comes something else than \"{}\", at place {}. A \
                         quote inside a quoted field is written twice.",
                        char::from(self.delimiter).escape_default(),
                        at + 1
                    ));
                }
            }
        }
    }
}

/// How many fields each row of `lines` has when they are read with this delimiter.
pub(super) fn counts(lines: &[&str], delimiter: char) -> Vec<usize> {
    let Ok(mut splitter) = Splitter::new(delimiter, Some('"')) else {
        return Vec::new();
    };
    let mut counts = Vec::new();
    let mut cells = Fields::default();
    let mut rest = lines.iter();
    while let Some(line) = rest.next() {
        cells.clear();
        if !splitter.plain(line, &mut cells.spans) {
            let mut fed = splitter.feed(line, &mut cells);
            while let (Ok(Fed::Open), Some(line)) = (&fed, rest.next()) {
                fed = splitter.feed(line, &mut cells);
            }
        }
        counts.push(cells.len());
    }
    counts
}

/// A field without quotes is missing when it is empty, as in PostgreSQL's COPY.
fn span(start: usize, end: usize) -> Span {
    if start == end {
        Span::MISSING
    } else {
        Span::new(start, end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each row's line and fields, or line and sentence.
    fn read(text: &[u8], charset: &str) -> Vec<(i64, Vec<String>)> {
        let (input, charset) = (Input::of(text.to_vec()), Charset::of(charset));
        let mut csv = Csv::open(input, charset, ',', Some('"'), true).unwrap();
        let mut all = Vec::new();
        loop {
            all.push(match csv.next().unwrap() {
                Next::End => return all,
                Next::Row(row) => {
                    let fields = row.iter().map(|f| f.unwrap_or("∅").to_owned());
                    (row.line, fields.collect())
                }
                Next::Bad {
                    line, reason, raw, ..
                } => {
                    let raw = String::from_utf8_lossy(raw).into_owned();
                    (line, vec!["BAD".to_owned(), reason, raw])
                }
            });
        }
    }

    fn fields(f: &[&str]) -> Vec<String> {
        f.iter().map(|f| (*f).to_owned()).collect()
    }

    #[test]
    fn rows_are_what_python_reads() {
        // python3 -c 'import csv,sys; print(list(csv.reader(sys.stdin)))'
        let text = b"a,b,c\r\n1,,\"\"\r\n\r\n\"x\r\ny \"\"q\"\"\",5\" disk,\" ,\"\r\n,\"2\",3";
        let rows = read(text, "utf-8");
        assert_eq!(rows[0], (2, fields(&["1", "∅", ""])));
        assert_eq!(rows[1], (4, fields(&["x\ny \"q\"", "5\" disk", " ,"])));
        assert_eq!(rows[2], (6, fields(&["∅", "2", "3"])));
        assert_eq!(rows.len(), 3);
    }

    #[test]
    fn an_unclosed_quote_is_the_fault_of_its_line_alone() {
        let text = b"a,b\n1,\"x\n2,y\n3,\"z\"\n4,\"q\"r\n5,w\n6,\"end\n7,last";
        let rows = read(text, "utf-8");
        assert_eq!(rows[0].1[1..], fields(&[UNCLOSED, "1,\"x"]));
        assert_eq!(rows[1], (3, fields(&["2", "y"])));
        assert_eq!(rows[2], (4, fields(&["3", "z"])));
        assert!(rows[3].1[1].contains("written twice"), "{:?}", rows[3]);
        assert_eq!(rows[4], (6, fields(&["5", "w"])));
        assert_eq!((rows[5].0, rows[5].1[1].as_str()), (7, UNCLOSED));
        assert_eq!(rows[6], (8, fields(&["7", "last"])));
    }

    #[test]
    fn a_quote_that_swallows_rows_is_told() {
        // What stands between the quotes of lines 2 and 4 would be one field, and three in all.
        let rows = read(b"a,b\n1,\"x\n2,y\n3,\",z\n4,q", "utf-8");
        assert_eq!(rows[0].1[1], UNCLOSED);
        assert_eq!(rows[1], (3, fields(&["2", "y"])));
        assert_eq!(rows[2].0, 4);
        assert_eq!(rows[2].1[0], "BAD");
        assert_eq!(rows[3], (5, fields(&["4", "q"])));
    }

    #[test]
    fn a_row_over_lines_ends_at_the_bound() {
        let long = "line\n".repeat(ROW_BYTES_MAX / 5 + 1);
        let rows = read(format!("a,b\n1,\"{long}\"\n2,y").as_bytes(), "utf-8");
        assert_eq!(rows[0].1[1], UNCLOSED);
        assert_eq!(rows.last().unwrap().1, fields(&["2", "y"]));
    }

    #[test]
    fn a_line_in_another_encoding_stands_alone() {
        let rows = read(b"a,b\n1,B\xc3\xa4r\n2,B\xe4r\n3,\"B\xe4\nr\"\n4,x", "utf-8");
        assert_eq!(rows[0], (2, fields(&["1", "Bär"])));
        assert_eq!(rows[1].1[0], "BAD");
        assert!(rows[1].1[1].contains("not UTF-8"));
        assert_eq!(rows[2].0, 4);
        assert_eq!(rows.last().unwrap().1, fields(&["4", "x"]));
        let rows = read(b"a,b\n1,B\xe4r\n2,\"B\xe4\n\"\"r\"", "windows-1252");
        assert_eq!(rows[0], (2, fields(&["1", "Bär"])));
        assert_eq!(rows[1], (3, fields(&["2", "Bä\n\"r"])));
    }

    #[test]
    fn another_number_of_fields_is_told() {
        let rows = read(b"a,b\n1\n1,2,3\n1;2\n1,2", "utf-8");
        assert!(rows[0].1[1].starts_with("The line has 1 field, and the first line has 2."));
        assert!(rows[1].1[1].starts_with("The line has 3 fields"));
        assert_eq!(rows[3], (5, fields(&["1", "2"])));
    }

    #[test]
    fn columns_have_one_name_each() {
        let open = |text: &str, header| {
            let (input, charset) = (Input::of(text.as_bytes().to_vec()), Charset::of("utf-8"));
            Csv::open(input, charset, ',', Some('"'), header)
        };
        let csv = open(" id ,,\"e mail\"\n", true).unwrap();
        assert_eq!(csv.columns(), ["id", "column 2", "e mail"]);
        let error = open("id,x,id\n", true).err().unwrap();
        assert!(error.0.contains("\"id\""), "{error}");
        let mut csv = open("1,2\n", false).unwrap();
        assert_eq!(csv.columns(), ["column 1", "column 2"]);
        assert!(
            matches!(csv.next().unwrap(), Next::Row(row) if row.line == 1 && row.get(1) == Some("2"))
        );
        assert!(open("\n\n", true).err().unwrap().0.contains("empty"));
    }
}
