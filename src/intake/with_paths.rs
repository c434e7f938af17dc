//! Rows with the columns that path patterns find.

use super::csv::twice;
use super::format::{MATCHED, Paths};
use super::pattern::Patterns;
use super::row::Fields;
use super::{Broken, Next, Rows};

/// Rows of another source, with further columns: the names of the patterns, then
/// [`MATCHED`].
pub(super) struct WithPaths {
    inner: Box<dyn Rows>,
    path: usize,
    method: Option<usize>,
    patterns: Patterns,
    columns: Vec<String>,
    more: Fields,
}

impl WithPaths {
    /// # Errors
    /// A sentence: a pattern that cannot be read, a column that is not there, or a name that is taken.
    pub(super) fn new(inner: Box<dyn Rows>, paths: &Paths) -> Result<Self, Broken> {
        let patterns = Patterns::compile(&paths.patterns).map_err(Broken)?;
        let mut columns = inner.columns().to_vec();
        let place = |name: &str| columns.iter().position(|c| c == name);
        let path = place(&paths.column).ok_or_else(|| {
            Broken(format!(
                "There is no column \"{}\" for the path of a request.",
                paths.column
            ))
        })?;
        let method = place("method");
        for name in patterns.names.iter().map(String::as_str).chain([MATCHED]) {
            if columns.iter().any(|c| c == name) {
                return Err(twice(name));
            }
            columns.push(name.to_owned());
        }
        Ok(Self {
            inner,
            path,
            method,
            patterns,
            columns,
            more: Fields::default(),
        })
    }
}

impl Rows for WithPaths {
    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn next(&mut self) -> Result<Next<'_>, Broken> {
        let next = self.inner.next()?;
        let Next::Row(row) = next else {
            return Ok(next);
        };
        let method = self.method.and_then(|at| row.get(at));
        self.patterns
            .find(method, row.get(self.path), &mut self.more);
        Ok(Next::Row(row.with(&self.more)))
    }

    fn bytes_read(&self) -> u64 {
        self.inner.bytes_read()
    }

    fn notes(&self) -> Vec<String> {
        self.inner.notes()
    }
}
