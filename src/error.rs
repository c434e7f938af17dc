//! What can go wrong in a use-case, in words for the person who can mend it.
//!
//! The same sentence stands next to the field on a page, in the API's problem document and in the log.

use std::fmt;

/// The result of a use-case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// One field that could not be taken as it was, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct FieldError {
    /// The field's name, as in the form and in the API.
    pub field: String,
    /// A sentence: what is wrong and what to do.
    pub reason: String,
}

/// Why a use-case did not happen. Nothing was written then.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Input that cannot be taken; one or more fields.
    #[error("{}", join(.0))]
    Invalid(Vec<FieldError>),
    /// There is no such thing, or the actor must not know that there is.
    #[error("{0} was not found. Check the address, or go back to the list.")]
    NotFound(&'static str),
    /// The actor's role does not allow it.
    #[error("{0}")]
    Denied(String),
    /// Nobody is signed in, or the token is not valid.
    #[error("{0}")]
    Unauthenticated(String),
    /// Somebody else changed the same thing, or it is not in a state that allows this.
    #[error("{0}")]
    Conflict(String),
    /// Too many tries; wait for so many seconds.
    #[error("Too many tries. Wait {0} seconds and try again.")]
    TooMany(u64),
    /// More than a limit allows.
    #[error("{0}")]
    TooLarge(String),
    /// Our fault, or the machine's. The detail is for the log, never for the reader.
    #[error("internal: {0}")]
    Internal(String),
}

fn join(fields: &[FieldError]) -> String {
    fields
        .iter()
        .map(|f| format!("{}: {}", f.field, f.reason))
        .collect::<Vec<_>>()
        .join(" ")
}

impl Error {
    /// One field that cannot be taken.
    pub fn invalid(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError {
            field: field.into(),
            reason: reason.into(),
        }])
    }

    /// An error of ours, with its detail for the log.
    pub fn internal(detail: impl fmt::Display) -> Self {
        Self::Internal(detail.to_string())
    }

    /// The sentence about `field`, if this error has one.
    pub fn reason(&self, field: &str) -> Option<&str> {
        match self {
            Self::Invalid(all) => all
                .iter()
                .find(|f| f.field == field)
                .map(|f| f.reason.as_str()),
            _ => None,
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(e: sqlx::Error) -> Self {
        Self::Internal(format!("database: {e}"))
    }
}

/// Gathers what is wrong with several fields, so that a person sees all of it at once.
#[derive(Debug, Default)]
pub struct Check(Vec<FieldError>);

impl Error {
    /// The same with the errors of field `from` at field `to`, for a page that names it otherwise.
    #[must_use]
    pub fn renamed(self, from: &str, to: &str) -> Self {
        match self {
            Self::Invalid(mut fields) => {
                for one in &mut fields {
                    if one.field == from {
                        to.clone_into(&mut one.field);
                    }
                }
                Self::Invalid(fields)
            }
            other => other,
        }
    }
}

impl Check {
    /// Notes that `field` cannot be taken.
    pub fn fail(&mut self, field: impl Into<String>, reason: impl Into<String>) {
        self.0.push(FieldError {
            field: field.into(),
            reason: reason.into(),
        });
    }

    /// Keeps a good value; notes the errors of a bad one.
    pub fn take<T>(&mut self, result: Result<T>) -> Result<Option<T>> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(Error::Invalid(mut fields)) => {
                self.0.append(&mut fields);
                Ok(None)
            }
            Err(other) => Err(other),
        }
    }

    /// Requires a text of 1 to `max` characters after trimming.
    pub fn text(&mut self, field: &str, value: &str, max: usize) -> String {
        let text = value.trim();
        if text.is_empty() {
            self.fail(field, "This cannot be empty.");
        }
        self.limit(field, text, max);
        text.to_owned()
    }

    /// Takes a text of at most `max` characters; empty becomes none.
    pub fn optional_text(
        &mut self,
        field: &str,
        value: Option<&str>,
        max: usize,
    ) -> Option<String> {
        let text = value.map(str::trim).filter(|t| !t.is_empty())?;
        self.limit(field, text, max);
        Some(text.to_owned())
    }

    fn limit(&mut self, field: &str, text: &str, max: usize) {
        let n = text.chars().count();
        if n > max {
            self.fail(
                field,
                format!("This has {n} characters; {max} are allowed. Shorten it."),
            );
        }
        if text
            .chars()
            .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        {
            self.fail(
                field,
                "This has a control character in it. Remove it, or type the text anew.",
            );
        }
    }

    /// Ends the check: an error if any field failed.
    pub fn done(self) -> Result<()> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(self.0))
        }
    }
}
