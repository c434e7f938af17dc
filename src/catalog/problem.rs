//! What is wrong with a playbook file, in a sentence for the person who edits it.
//!
//! Always holds: a problem names its file, and its line where one is known.

use std::fmt;
use std::ops::Range;

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The product does not start with it.
    Error,
    /// It will become an error, or a person should look at it.
    Warning,
}

/// One problem in one playbook file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// Path below the playbooks folder, with forward slashes.
    pub file: String,
    /// Line in the file, from 1.
    pub line: Option<usize>,
    /// What is wrong and what to do.
    pub message: String,
}

impl Problem {
    pub(super) fn error(file: &str, line: Option<usize>, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            file: file.to_owned(),
            line,
            message: message.into(),
        }
    }

    pub(super) fn warning(file: &str, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            file: file.to_owned(),
            line: None,
            message: message.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        let kind = match self.severity {
            Severity::Error => "",
            Severity::Warning => "warning: ",
        };
        write!(f, ": {kind}{}", self.message)
    }
}

/// Everything that is wrong with the playbooks, so that it can be mended in one go.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the playbooks cannot be used:\n{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct CatalogError(pub Vec<Problem>);

/// One TOML file with its path and text, for turning positions into lines.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) file: &'a str,
    pub(super) text: &'a str,
}

impl Source<'_> {
    /// Reads the whole file as `T`; unknown keys are errors because `T` denies them.
    pub(super) fn read<T: serde::de::DeserializeOwned>(&self) -> Result<T, Problem> {
        toml::from_str(self.text).map_err(|error| {
            let message = error.message();
            let advice = if message.starts_with("unknown field") {
                "correct the spelling of the key, or remove it"
            } else if message.starts_with("missing field") {
                "add the key"
            } else if message.starts_with("duplicate") {
                "keep one of the two"
            } else {
                "write it in the form that playbooks/README.md shows"
            };
            let line = error.span().map(|span| self.line_of(&span));
            Problem::error(self.file, line, format!("{message}; {advice}"))
        })
    }

    /// An error at a value that was read with its position.
    pub(super) fn at(&self, span: &Range<usize>, message: impl Into<String>) -> Problem {
        Problem::error(self.file, Some(self.line_of(span)), message)
    }

    fn line_of(&self, span: &Range<usize>) -> usize {
        let before = self
            .text
            .as_bytes()
            .get(..span.start)
            .unwrap_or(self.text.as_bytes());
        before.iter().filter(|byte| **byte == b'\n').count() + 1
    }
}
