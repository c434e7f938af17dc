//! One row of a source as text, borrowed from the reader's buffer: nothing is allocated for a row.

/// A row: where it stands, and its fields by the place of their column.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// The line of a text file on which the row begins, or the number of the row in Parquet and
    /// queries; from 1.
    pub line: i64,
    text: &'a str,
    spans: &'a [Span],
    /// What a path pattern found, in columns after the others.
    more: Option<(&'a str, &'a [Span])>,
}

/// Where a field stands in the text of its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    start: u32,
    /// Before `start` for a field that is missing.
    end: u32,
}

impl Span {
    pub(super) const MISSING: Self = Self { start: 1, end: 0 };

    /// From `start` up to `end`; missing when that is beyond 4 GiB, which no row reaches.
    pub(super) fn new(start: usize, end: usize) -> Self {
        match (u32::try_from(start), u32::try_from(end)) {
            (Ok(start), Ok(end)) => Self { start, end },
            _ => Self::MISSING,
        }
    }

    fn of(self, text: &str) -> Option<&str> {
        text.get(self.start as usize..self.end as usize)
    }
}

impl<'a> Row<'a> {
    pub(super) fn new(line: i64, text: &'a str, spans: &'a [Span]) -> Self {
        Self {
            line,
            text,
            spans,
            more: None,
        }
    }

    /// This row with further columns at its end.
    pub fn with(self, more: &'a Fields) -> Self {
        Self {
            more: Some((&more.text, &more.spans)),
            ..self
        }
    }

    /// The field of column `i`; none when it is missing (an empty field of CSV that is not quoted, a
    /// null, a key that the object has not) or there is no such column.
    pub fn get(&self, i: usize) -> Option<&'a str> {
        match self.spans.get(i) {
            Some(span) => span.of(self.text),
            None => {
                let (text, spans) = self.more?;
                spans.get(i - self.spans.len())?.of(text)
            }
        }
    }

    /// How many columns the row has.
    pub fn len(&self) -> usize {
        self.spans.len() + self.more.map_or(0, |(_, spans)| spans.len())
    }

    /// There is no column.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The fields in the order of the columns.
    pub fn iter(&self) -> impl Iterator<Item = Option<&'a str>> + use<'a> {
        let row = *self;
        (0..row.len()).map(move |i| row.get(i))
    }
}

/// The fields of one row, in a buffer that is used again and again.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    pub(super) text: String,
    pub(super) spans: Vec<Span>,
}

impl Fields {
    /// A row of these fields; for tests of what reads rows.
    pub fn of<'a>(fields: impl IntoIterator<Item = Option<&'a str>>) -> Self {
        let mut all = Self::default();
        for field in fields {
            all.push(field);
        }
        all
    }

    /// Adds the field of the next column.
    pub fn push(&mut self, field: Option<&str>) {
        let start = self.text.len();
        let Some(field) = field else {
            return self.spans.push(Span::MISSING);
        };
        self.text.push_str(field);
        self.spans.push(Span::new(start, self.text.len()));
    }

    /// Adds the field that `write` appends to the text; a missing one when it fails.
    pub(super) fn write<E>(
        &mut self,
        write: impl FnOnce(&mut String) -> Result<(), E>,
    ) -> Result<(), E> {
        let start = self.text.len();
        let written = write(&mut self.text);
        self.spans.push(match written {
            Ok(()) => Span::new(start, self.text.len()),
            Err(_) => Span::MISSING,
        });
        written
    }

    /// How many fields there are.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// There is no field.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Makes room for the next row.
    pub fn clear(&mut self) {
        self.text.clear();
        self.spans.clear();
    }

    /// The row, as standing on `line`.
    pub fn row(&self, line: i64) -> Row<'_> {
        Row::new(line, &self.text, &self.spans)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_field_is_not_an_empty_one() {
        let fields = Fields::of([Some("ä"), None, Some("")]);
        let more = Fields::of([Some("x"), None]);
        let row = fields.row(7).with(&more);
        assert_eq!(row.line, 7);
        let all: Vec<_> = row.iter().collect();
        assert_eq!(all, [Some("ä"), None, Some(""), Some("x"), None]);
        assert_eq!(row.get(5), None);
    }
}
