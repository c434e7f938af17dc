//! Lines of a text in constant memory. A row may reach over several lines, up to a bound; a line beyond
//! it is passed over and the next one read as if it had not been there.

use std::io::BufRead as _;

use super::text::Input;
use super::{Broken, RAW_BYTES_MAX};

/// How much is read at once, in bytes.
const CHUNK: usize = 1 << 18;

/// What [`Lines::advance`] came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Advance {
    /// A line, in [`Lines::bytes`].
    Line,
    /// A line that is longer than the bound; its beginning is in [`Lines::bytes`].
    TooLong,
    /// There is no further line.
    End,
}

/// Reads lines. The current row is one line, or several after [`Lines::grow`].
pub(super) struct Lines {
    input: Input,
    buffer: Vec<u8>,
    /// What of the buffer holds bytes.
    filled: usize,
    /// The current row, without its end of line.
    start: usize,
    end: usize,
    /// Where its last line begins.
    last: usize,
    /// Where the next row begins.
    next: usize,
    /// `end` and `next` as they were when the row had one line.
    first: (usize, usize),
    number: i64,
    count: i64,
    max: usize,
    ended: bool,
    /// The beginning of a line that is too long.
    head: Vec<u8>,
    too_long: bool,
}

/// Where `byte` first stands, by the C library's fast search.
pub(super) fn find(bytes: &[u8], byte: u8) -> Option<usize> {
    let mut rest = bytes;
    let n = rest.skip_until(byte).ok()?.checked_sub(1)?;
    (bytes.get(n) == Some(&byte)).then_some(n)
}

/// The end of a line that was looked for.
enum Found {
    /// Its end, and where the next one begins.
    Line(usize, usize),
    /// The row would be longer than the bound.
    Over,
    Nothing,
}

impl Lines {
    /// Reads `input`, with rows of at most `max` bytes.
    pub(super) fn new(input: Input, max: usize) -> Self {
        Self {
            input,
            buffer: vec![0; max + CHUNK],
            filled: 0,
            start: 0,
            end: 0,
            last: 0,
            next: 0,
            first: (0, 0),
            number: 0,
            count: 1,
            max,
            ended: false,
            head: Vec::new(),
            too_long: false,
        }
    }

    /// The number of the current row's first line, from 1.
    pub(super) fn number(&self) -> i64 {
        self.number
    }

    /// The current row.
    pub(super) fn bytes(&self) -> &[u8] {
        if self.too_long {
            return &self.head;
        }
        &self.buffer[self.start..self.end]
    }

    /// The last line of the current row.
    pub(super) fn last_line(&self) -> &[u8] {
        &self.buffer[self.last..self.end]
    }

    /// The sentence about a row that is [`Advance::TooLong`].
    pub(super) fn too_long(&self) -> String {
        let max = self.max;
        format!("The line is longer than {max} bytes. It was passed over.")
    }

    /// Goes on to the next line that is more than white space.
    pub(super) fn advance_to_text(&mut self) -> Result<Advance, Broken> {
        loop {
            match self.advance()? {
                Advance::Line if self.bytes().iter().all(u8::is_ascii_whitespace) => {}
                other => return Ok(other),
            }
        }
    }

    /// Goes on to the next line.
    pub(super) fn advance(&mut self) -> Result<Advance, Broken> {
        self.number += self.count;
        self.count = 1;
        self.too_long = false;
        self.start = self.next;
        self.last = self.next;
        Ok(match self.find(self.next)? {
            Found::Line(end, next) => {
                (self.end, self.next) = (end, next);
                self.last = self.start;
                self.first = (end, next);
                Advance::Line
            }
            Found::Over => {
                self.pass_over()?;
                Advance::TooLong
            }
            Found::Nothing => {
                self.count = 0;
                Advance::End
            }
        })
    }

    /// Takes the next line into the current row; false when there is none, or the row would be too
    /// long: then nothing has changed.
    pub(super) fn grow(&mut self) -> Result<bool, Broken> {
        // A buffer that is filled on moves, and with it `next`.
        let Found::Line(end, next) = self.find(self.next)? else {
            return Ok(false);
        };
        if end - self.start > self.max {
            return Ok(false);
        }
        self.last = self.next;
        (self.end, self.next) = (end, next);
        self.count += 1;
        Ok(true)
    }

    /// Gives back what [`Lines::grow`] took.
    pub(super) fn shrink(&mut self) {
        (self.end, self.next) = self.first;
        self.last = self.start;
        self.count = 1;
    }

    /// Makes [`Lines::advance`] come to the current row once more.
    pub(super) fn unread(&mut self) {
        self.next = self.start;
        self.count = 0;
    }

    /// Finds the end of the line that begins at `from`, reading on as it must.
    fn find(&mut self, mut from: usize) -> Result<Found, Broken> {
        let mut scanned = from;
        loop {
            let unseen = &self.buffer[scanned..self.filled];
            if let Some(n) = find(unseen, b'\n') {
                let end = scanned + n;
                if end - self.start > self.max + 1 {
                    return Ok(Found::Over);
                }
                return Ok(Found::Line(self.without_cr(from, end), end + 1));
            }
            scanned = self.filled;
            if self.filled - self.start > self.max + 1 {
                return Ok(Found::Over);
            }
            if self.ended {
                if from == self.filled {
                    return Ok(Found::Nothing);
                }
                return Ok(Found::Line(self.without_cr(from, self.filled), self.filled));
            }
            let shift = self.start;
            self.fill()?;
            from -= shift;
            scanned -= shift;
        }
    }

    fn without_cr(&self, from: usize, end: usize) -> usize {
        if end > from && self.buffer[end - 1] == b'\r' {
            end - 1
        } else {
            end
        }
    }

    /// Reads more, after moving the current row to the start of the buffer.
    fn fill(&mut self) -> Result<(), Broken> {
        let shift = self.start;
        if shift > 0 {
            self.buffer.copy_within(shift..self.filled, 0);
            self.filled -= shift;
            for place in [&mut self.end, &mut self.last, &mut self.next] {
                *place = place.saturating_sub(shift);
            }
            self.first.0 = self.first.0.saturating_sub(shift);
            self.first.1 = self.first.1.saturating_sub(shift);
            self.start = 0;
        }
        let n = self.input.read(&mut self.buffer[self.filled..])?;
        self.filled += n;
        self.ended = n == 0;
        Ok(())
    }

    /// Reads to the end of a line without keeping it.
    fn pass_over(&mut self) -> Result<(), Broken> {
        let kept = self.max.min(RAW_BYTES_MAX);
        self.head.clear();
        self.head
            .extend_from_slice(&self.buffer[self.start..self.start + kept]);
        self.too_long = true;
        let mut from = self.start + kept;
        loop {
            let unseen = &self.buffer[from..self.filled];
            if let Some(n) = find(unseen, b'\n') {
                self.next = from + n + 1;
                return Ok(());
            }
            self.next = self.filled;
            if self.ended {
                return Ok(());
            }
            self.start = self.filled;
            self.fill()?;
            from = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: String, max: usize) -> Lines {
        Lines::new(Input::of(text.into_bytes()), max)
    }

    fn all(mut lines: Lines) -> Vec<(i64, Advance, usize)> {
        let mut seen = Vec::new();
        loop {
            let found = lines.advance().unwrap();
            if found == Advance::End {
                return seen;
            }
            seen.push((lines.number(), found, lines.bytes().len()));
        }
    }

    #[test]
    fn a_line_that_is_too_long_does_not_take_the_next_one_with_it() {
        for long in [101, 5_000, CHUNK, 3 * CHUNK + 7] {
            let text = format!("a\r\n{}\n\nbb", "x".repeat(long));
            let seen = all(lines(text, 100));
            let too_long = (2, Advance::TooLong, 100);
            let expected = [
                (1, Advance::Line, 1),
                too_long,
                (3, Advance::Line, 0),
                (4, Advance::Line, 2),
            ];
            assert_eq!(seen[0], expected[0], "{long}");
            assert_eq!(seen[2..], expected[2..], "{long}");
            if long > 101 {
                assert_eq!(seen[1], too_long, "{long}");
            }
        }
    }

    #[test]
    fn many_lines_over_many_chunks_come_whole() {
        let mut text = String::new();
        for n in 0..100_000 {
            text.push_str(&"y".repeat(n % 41));
            text.push('\n');
        }
        let seen = all(lines(text, 100));
        assert_eq!(seen.len(), 100_000);
        for (n, (number, _, len)) in seen.into_iter().enumerate() {
            assert_eq!((number, len), (n as i64 + 1, n % 41));
        }
    }

    #[test]
    fn a_row_grows_over_a_chunk_and_gives_back_what_it_took() {
        let text = "ab\n".repeat(CHUNK);
        let mut lines = lines(text, 1_000);
        while lines.number() < 87_000 {
            lines.advance().unwrap();
        }
        let mut taken = 1;
        while lines.grow().unwrap() {
            taken += 1;
            assert_eq!(lines.last_line(), b"ab");
        }
        // 333 lines of 3 bytes and a last one without its end.
        assert_eq!((taken, lines.bytes().len()), (333, 998));
        lines.shrink();
        assert_eq!(lines.bytes(), b"ab");
        lines.advance().unwrap();
        assert_eq!(lines.number(), 87_001);
    }
}
