//! CSV rows, one at a time, from a file of any length.
//!
//! Always holds: a row that is broken costs only itself. A quotation mark that is never closed would
//! otherwise swallow the rest of the file, so a field may run over at most [`LINES_MAX`] lines and
//! [`ROW_BYTES_MAX`] bytes; when it does not end by then, its first line alone is the broken row.
//! Memory is bounded by these two numbers.

use std::collections::VecDeque;
use std::io::{self, BufRead as _, BufReader, Read};

/// Most lines that one row may run over.
const LINES_MAX: usize = 16;

/// Most bytes of one line, and of one row.
const ROW_BYTES_MAX: usize = 64 * 1024;

/// One row: its fields, or a sentence about what is wrong and the bytes of its first field.
pub(super) type Row = Result<Vec<Vec<u8>>, (Vec<u8>, String)>;

/// Reads rows from `input`; blank lines are no rows.
pub(super) struct Rows<'a> {
    input: BufReader<&'a mut dyn Read>,
    /// Lines that were looked at and belong to later rows; `None` stands for one that is too long.
    ahead: VecDeque<Option<Vec<u8>>>,
    begun: bool,
}

impl<'a> Rows<'a> {
    pub(super) fn new(input: &'a mut dyn Read) -> Self {
        Self {
            input: BufReader::new(input),
            ahead: VecDeque::new(),
            begun: false,
        }
    }

    /// Whether the next row may have to be waited for, so that answers should be sent off first.
    pub(super) fn may_wait(&self) -> bool {
        self.ahead.is_empty() && !self.input.buffer().contains(&b'\n')
    }

    /// The next row; nothing at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Row>> {
        loop {
            let Some(line) = self.line()? else {
                return Ok(None);
            };
            let Some(line) = line else {
                let message = format!("the row is longer than {ROW_BYTES_MAX} bytes; shorten it");
                return Ok(Some(Err((Vec::new(), message))));
            };
            if !line.iter().all(u8::is_ascii_whitespace) {
                return self.row(line).map(Some);
            }
        }
    }

    /// Parses `line`, adding the lines after it while a quoted field is open.
    fn row(&mut self, line: Vec<u8>) -> io::Result<Row> {
        let mut whole = line.clone();
        let mut taken: Vec<Option<Vec<u8>>> = Vec::new();
        loop {
            match split(&whole) {
                Split::Fields(fields) => return Ok(Ok(fields)),
                Split::Open if taken.len() < LINES_MAX && whole.len() < ROW_BYTES_MAX => {
                    match self.line()? {
                        Some(Some(next)) => {
                            whole.push(b'\n');
                            whole.extend_from_slice(&next);
                            taken.push(Some(next));
                            continue;
                        }
                        Some(None) => taken.push(None),
                        None => {}
                    }
                }
                Split::Open | Split::Wrong => {}
            }
            for later in taken.into_iter().rev() {
                self.ahead.push_front(later);
            }
            let message = "the quotation marks do not pair up; close each quoted field, and double \
                           a quotation mark inside one";
            return Ok(Err((first_field(&line), message.to_owned())));
        }
    }

    /// The next line without its end; `Some(None)` for one that is too long to keep.
    #[expect(
        clippy::option_option,
        reason = "the end, a line, and a line that is too long"
    )]
    fn line(&mut self) -> io::Result<Option<Option<Vec<u8>>>> {
        if let Some(line) = self.ahead.pop_front() {
            return Ok(Some(line));
        }
        let mut line = Vec::new();
        let mut fits = true;
        let mut any = false;
        loop {
            let buffer = self.input.fill_buf()?;
            if buffer.is_empty() {
                break;
            }
            any = true;
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let part = buffer
                .get(..end.unwrap_or(buffer.len()))
                .unwrap_or_default();
            fits = fits && line.len() + part.len() <= ROW_BYTES_MAX;
            if fits {
                line.extend_from_slice(part);
            }
            let used = end.map_or(buffer.len(), |end| end + 1);
            self.input.consume(used);
            if end.is_some() {
                break;
            }
        }
        if !any {
            return Ok(None);
        }
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        // Spreadsheets put a byte order mark in front of UTF-8.
        if !std::mem::replace(&mut self.begun, true) && line.starts_with(b"\xEF\xBB\xBF") {
            line.drain(..3);
        }
        Ok(Some(fits.then_some(line)))
    }
}

enum Split {
    Fields(Vec<Vec<u8>>),
    /// A quoted field has not ended.
    Open,
    /// Something stands after the end of a quoted field.
    Wrong,
}

/// Splits one row into fields (RFC 4180).
fn split(row: &[u8]) -> Split {
    let mut fields = Vec::new();
    let mut rest = row;
    loop {
        let mut field = Vec::new();
        if let Some(quoted) = rest.strip_prefix(b"\"") {
            rest = quoted;
            loop {
                let Some(end) = rest.iter().position(|byte| *byte == b'"') else {
                    return Split::Open;
                };
                let (part, after) = rest.split_at(end);
                field.extend_from_slice(part);
                if let Some(more) = after.strip_prefix(b"\"\"") {
                    field.push(b'"');
                    rest = more;
                } else {
                    rest = after.get(1..).unwrap_or_default();
                    break;
                }
            }
        } else {
            let end = rest
                .iter()
                .position(|byte| *byte == b',')
                .unwrap_or(rest.len());
            let (part, after) = rest.split_at(end);
            field.extend_from_slice(part);
            rest = after;
        }
        fields.push(field);
        match rest.split_first() {
            None => return Split::Fields(fields),
            Some((b',', after)) => rest = after,
            Some(_) => return Split::Wrong,
        }
    }
}

/// What can be told of the first field of a row that cannot be split.
fn first_field(line: &[u8]) -> Vec<u8> {
    let line = line.strip_prefix(b"\"").unwrap_or(line);
    line.split(|byte| *byte == b',' || *byte == b'"')
        .next()
        .unwrap_or_default()
        .to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Vec<Result<Vec<String>, String>> {
        let mut input = text;
        let mut rows = Rows::new(&mut input);
        let mut all = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
            all.push(match row {
                Ok(fields) => Ok(fields.into_iter().map(text).collect()),
                Err((id, _)) => Err(text(id)),
            });
        }
        all
    }

    #[test]
    fn rows_are_split_as_rfc_4180_says() {
        let rows = read(b"\xEF\xBB\xBFa,b\r\n\r\n\"x,\"\"y\"\"\",\"1\n2\"\n,\nlast,1");
        let ok = |fields: &[&str]| Ok(fields.iter().map(|one| (*one).to_owned()).collect());
        assert_eq!(
            rows,
            [
                ok(&["a", "b"]),
                ok(&["x,\"y\"", "1\n2"]),
                ok(&["", ""]),
                ok(&["last", "1"])
            ]
        );
    }

    #[test]
    fn a_broken_row_costs_only_itself() {
        let rows = read(b"\"7,x\n8,\"y\" z\n9,w\n\"10,\"\n");
        assert_eq!(rows.len(), 4);
        assert_eq!(rows[0], Err("7".to_owned()));
        assert_eq!(rows[1], Err("8".to_owned()));
        assert_eq!(rows[2], Ok(vec!["9".to_owned(), "w".to_owned()]));
        assert_eq!(rows[3], Ok(vec!["10,".to_owned()]));
    }

    #[test]
    fn a_line_that_is_too_long_is_not_kept() {
        let mut text = b"a,b\n".to_vec();
        text.extend(std::iter::repeat_n(b'x', ROW_BYTES_MAX + 1));
        text.extend_from_slice(b"\nc,d\n");
        let rows = read(&text);
        assert_eq!(rows.len(), 3);
        assert!(rows[1].is_err());
        assert!(rows[2].is_ok());
    }
}
