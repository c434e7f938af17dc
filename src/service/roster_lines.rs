//! Reading a roster file line by line, in constant memory: a line that is too long, not UTF-8 or has
//! an unclosed quote is a rejected line, and the next one is read as if it had not been there.

use std::io::{BufRead, Read as _};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use crate::domain::roster_row::LINE_BYTES_MAX;

/// A line of the file: its number from 1, and its bytes without the end.
#[derive(Debug)]
pub struct Line<'a> {
    /// From 1.
    pub number: i64,
    /// Without the end of the line.
    pub bytes: &'a [u8],
    /// The line was longer than [`LINE_BYTES_MAX`]; the rest of it was passed over.
    pub too_long: bool,
}

/// Reads lines.
#[derive(Debug)]
pub struct Lines<R> {
    input: R,
    buffer: Vec<u8>,
    number: i64,
}

impl<R: BufRead> Lines<R> {
    /// Reads from `input`.
    pub fn new(input: R) -> Self {
        Self {
            input,
            buffer: Vec::new(),
            number: 0,
        }
    }

    /// The next line, or none at the end.
    pub fn next(&mut self) -> std::io::Result<Option<Line<'_>>> {
        self.buffer.clear();
        let limit = LINE_BYTES_MAX as u64 + 1;
        let n = (&mut self.input)
            .take(limit)
            .read_until(b'\n', &mut self.buffer)?;
        if n == 0 {
            return Ok(None);
        }
        self.number += 1;
        let too_long = n as u64 == limit && self.buffer.last() != Some(&b'\n');
        if too_long {
            self.pass_over_rest()?;
        }
        if self.buffer.last() == Some(&b'\n') {
            self.buffer.pop();
        }
        if self.buffer.last() == Some(&b'\r') {
            self.buffer.pop();
        }
        if self.number == 1 && self.buffer.starts_with(b"\xef\xbb\xbf") {
            self.buffer.drain(..3);
        }
        Ok(Some(Line {
            number: self.number,
            bytes: &self.buffer,
            too_long,
        }))
    }

    fn pass_over_rest(&mut self) -> std::io::Result<()> {
        loop {
            let part = self.input.fill_buf()?;
            if part.is_empty() {
                return Ok(());
            }
            match part.iter().position(|b| *b == b'\n') {
                Some(end) => {
                    self.input.consume(end + 1);
                    return Ok(());
                }
                None => {
                    let n = part.len();
                    self.input.consume(n);
                }
            }
        }
    }
}

/// Splits a line into its fields.
#[derive(Debug)]
pub struct Fields {
    reader: Reader,
    output: Vec<u8>,
    ends: Vec<usize>,
    count: usize,
}

impl Fields {
    /// For lines with this delimiter.
    pub fn new(delimiter: u8) -> Self {
        let reader = ReaderBuilder::new().delimiter(delimiter).build();
        Self {
            reader,
            output: vec![0; LINE_BYTES_MAX + 2],
            ends: vec![0; 64],
            count: 0,
        }
    }

    /// Splits `line`; how many fields it has.
    ///
    /// # Errors
    /// A sentence: an unclosed quote, or more fields than any roster has.
    pub fn split(&mut self, line: &str) -> Result<usize, String> {
        self.reader.reset();
        let (result, _, out, end) =
            self.reader
                .read_record(line.as_bytes(), &mut self.output, &mut self.ends);
        // All is read and no end of a record was met: an end of line ends it, unless a quote is
        // open, which then takes the end of line as its own.
        let (result, ended) = match result {
            ReadRecordResult::InputEmpty => {
                let (result, _, _, ended) =
                    self.reader
                        .read_record(b"\n", &mut self.output[out..], &mut self.ends[end..]);
                (result, ended)
            }
            other => (other, 0),
        };
        match result {
            ReadRecordResult::Record | ReadRecordResult::End => {
                self.count = end + ended;
                Ok(self.count)
            }
            ReadRecordResult::InputEmpty => {
                Err("A quote (\") is opened and not closed. The line may be cut off.".to_owned())
            }
            ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                Err("The line has more fields than a roster can have.".to_owned())
            }
        }
    }

    /// The fields of the line that was split last.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.count).map(|n| {
            let start = if n == 0 { 0 } else { self.ends[n - 1] };
            std::str::from_utf8(&self.output[start..self.ends[n]]).unwrap_or_default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_too_long_does_not_take_the_next_one_with_it() {
        let text = format!("a\n{}\nb\n", "x".repeat(LINE_BYTES_MAX * 3));
        let mut lines = Lines::new(text.as_bytes());
        let mut seen = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            seen.push((line.number, line.too_long, line.bytes.len()));
        }
        assert_eq!(seen.len(), 3);
        assert!(seen[1].1);
        assert_eq!(seen[2], (3, false, 1));
    }

    #[test]
    fn an_unclosed_quote_is_the_fault_of_its_line_alone() {
        let mut fields = Fields::new(b',');
        assert!(fields.split("a,\"b").unwrap_err().contains("quote"));
        assert_eq!(fields.split("a,\"b,c\",d").unwrap(), 3);
        assert_eq!(fields.iter().collect::<Vec<_>>(), ["a", "b,c", "d"]);
        assert_eq!(fields.split("a,").unwrap(), 2);
        assert_eq!(fields.iter().collect::<Vec<_>>(), ["a", ""]);
    }
}
