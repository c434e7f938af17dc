//! A use-case's [`Error`] as an answer: `application/problem+json` (RFC 9457) for programs, a small
//! page for people.
//!
//! What always holds: the sentences are the use-case's own, the same as on pages and in the log; an
//! internal detail goes to the log and never to the reader, who gets the request's number instead.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};
use serde::Serialize;

use super::middleware::request_id;
use crate::error::{Error, FieldError};

/// The media type of a problem.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// What went wrong, as RFC 9457 writes it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ProblemBody {
    /// Where this kind of problem is described.
    #[serde(rename = "type")]
    #[schema(example = "/api#problem-invalid")]
    pub kind: String,
    /// The kind in a few words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// A sentence: what is wrong and what to do.
    pub detail: String,
    /// The number of this request, as in the server's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// What is wrong with which field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

/// The kinds of problems: word, status, title, and when it happens.
pub const KINDS: [(Kind, &str, StatusCode, &str, &str); 12] = [
    (
        Kind::Unreadable,
        "unreadable",
        StatusCode::BAD_REQUEST,
        "The request cannot be read",
        "The body is not the JSON that the operation takes, or a part of the address is not readable.",
    ),
    (
        Kind::Unauthenticated,
        "unauthenticated",
        StatusCode::UNAUTHORIZED,
        "Nobody is signed in",
        "There is no token, or it is unknown, ended or revoked.",
    ),
    (
        Kind::Denied,
        "denied",
        StatusCode::FORBIDDEN,
        "Not allowed",
        "The role does not allow it, or a second person must do it.",
    ),
    (
        Kind::NotFound,
        "not-found",
        StatusCode::NOT_FOUND,
        "Not found",
        "There is no such thing.",
    ),
    (
        Kind::Method,
        "method",
        StatusCode::METHOD_NOT_ALLOWED,
        "Method not allowed",
        "This address does not take this method.",
    ),
    (
        Kind::Conflict,
        "conflict",
        StatusCode::CONFLICT,
        "Conflict",
        "Somebody else changed it meanwhile, it is not in a state that allows this, or an \
         Idempotency-Key was used for another request.",
    ),
    (
        Kind::TooLarge,
        "too-large",
        StatusCode::PAYLOAD_TOO_LARGE,
        "Too large",
        "More than a limit allows.",
    ),
    (
        Kind::MediaType,
        "media-type",
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "Unsupported media type",
        "The Content-Type is not one that the operation takes.",
    ),
    (
        Kind::Invalid,
        "invalid",
        StatusCode::UNPROCESSABLE_ENTITY,
        "A field cannot be taken",
        "The body is readable, but one or more fields are not good; each is named in errors.",
    ),
    (
        Kind::TooMany,
        "too-many",
        StatusCode::TOO_MANY_REQUESTS,
        "Too many tries",
        "Wait as long as Retry-After says.",
    ),
    (
        Kind::Internal,
        "internal",
        StatusCode::INTERNAL_SERVER_ERROR,
        "Our fault",
        "Something broke here. The request can be sent again with the same Idempotency-Key.",
    ),
    (
        Kind::Busy,
        "busy",
        StatusCode::SERVICE_UNAVAILABLE,
        "Too busy",
        "It took too long. The request can be sent again with the same Idempotency-Key.",
    ),
];

/// A kind of problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "described in KINDS")]
pub enum Kind {
    Unreadable,
    Unauthenticated,
    Denied,
    NotFound,
    Method,
    Conflict,
    TooLarge,
    MediaType,
    Invalid,
    TooMany,
    Internal,
    Busy,
}

impl Kind {
    fn row(self) -> &'static (Self, &'static str, StatusCode, &'static str, &'static str) {
        KINDS
            .iter()
            .find(|row| row.0 == self)
            .unwrap_or(&KINDS[KINDS.len() - 2])
    }

    /// The HTTP status.
    pub fn status(self) -> StatusCode {
        self.row().2
    }

    /// The kind in a few words.
    pub fn title(self) -> &'static str {
        self.row().3
    }
}

/// A request that failed, on its way to becoming an answer.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Which kind.
    pub kind: Kind,
    /// A sentence for the reader.
    pub detail: String,
    /// What is wrong with which field.
    pub errors: Vec<FieldError>,
    /// Seconds to wait before the next try.
    pub retry_after_s: Option<u64>,
}

/// What an API handler gives back.
pub type Answer<T> = Result<T, Problem>;

impl Problem {
    /// A problem without fields.
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            errors: Vec::new(),
            retry_after_s: None,
        }
    }

    /// A part of the request that cannot be read.
    pub fn unreadable(field: impl Into<String>, reason: impl Into<String>) -> Self {
        let fields = vec![FieldError {
            field: field.into(),
            reason: reason.into(),
        }];
        Self {
            kind: Kind::Unreadable,
            ..Self::from(Error::Invalid(fields))
        }
    }

    /// The problem as a page of its own, for a person.
    pub fn page(&self) -> Markup {
        let id = request_id();
        html! {
            (DOCTYPE)
            html lang="en" {
                head { meta charset="utf-8"; title { (self.kind.title()) } }
                body {
                    main {
                        h1 { (self.kind.title()) }
                        p { (self.detail) }
                        @if let Some(id) = id { p { "Request " code { (id) } } }
                        p { a href="/" { "Back to the start" } }
                    }
                }
            }
        }
    }

    /// The answer for who asked: a page when a browser wants to show one, else a problem document.
    pub fn answer(self, asked: &Asked) -> Response {
        if !asked.wants_page {
            return self.into_response();
        }
        let mut response = (self.kind.status(), self.page()).into_response();
        self.headers(response.headers_mut());
        response
    }

    fn headers(&self, headers: &mut HeaderMap) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(s) = self.retry_after_s {
            headers.insert(RETRY_AFTER, HeaderValue::from(s));
        }
        if self.kind == Kind::Unauthenticated {
            headers.insert(
                WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"Due Notice\""),
            );
        }
    }
}

/// What is remembered of a request for the case that it fails outside of a handler.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    wants_page: bool,
}

impl Asked {
    /// A page is wanted by who accepts HTML, except below `/api/v1`.
    pub fn of(path: &str, headers: &HeaderMap) -> Self {
        let html = headers
            .get_all(header::ACCEPT)
            .iter()
            .filter_map(|v| v.to_str().ok())
            .any(|v| v.contains("text/html"));
        Self {
            wants_page: html && !path.starts_with("/api/v1"),
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let detail = error.to_string();
        match error {
            Error::Invalid(errors) => Self {
                errors,
                ..Self::new(Kind::Invalid, detail)
            },
            Error::NotFound(_) => Self::new(Kind::NotFound, detail),
            Error::Denied(_) => Self::new(Kind::Denied, detail),
            Error::Unauthenticated(_) => Self::new(Kind::Unauthenticated, detail),
            Error::Conflict(_) => Self::new(Kind::Conflict, detail),
            Error::TooMany(s) => Self {
                retry_after_s: Some(s),
                ..Self::new(Kind::TooMany, detail)
            },
            Error::TooLarge(_) => Self::new(Kind::TooLarge, detail),
            Error::Internal(detail) => {
                tracing::error!(detail, "a request failed inside");
                Self::internal()
            }
        }
    }
}

impl Problem {
    /// Something broke here; the detail is in the log already.
    pub fn internal() -> Self {
        let number = request_id().unwrap_or_default();
        Self::new(
            Kind::Internal,
            format!(
                "Something went wrong on our side. Try again; if it happens again, tell your \
                 administrator the number {number}."
            ),
        )
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (_, word, status, title, _) = self.kind.row();
        let body = ProblemBody {
            kind: format!("/api#problem-{word}"),
            title: (*title).to_owned(),
            status: status.as_u16(),
            detail: self.detail.clone(),
            instance: request_id().map(|id| format!("urn:uuid:{id}")),
            errors: self.errors.clone(),
        };
        let json = serde_json::to_vec(&body).unwrap_or_default();
        let mut response = (*status, json).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        self.headers(headers);
        response
    }
}
