//! What is shown when there is nothing else to show: what happened, and a way on.

use maud::{Markup, html};

use super::layout::{Page, Viewer};
use crate::domain::access::Role;
use crate::error::Error;

/// A failure in words.
#[derive(Debug)]
pub(crate) struct ErrorPage {
    title: &'static str,
    sentence: String,
    viewer: Option<Viewer>,
}

impl ErrorPage {
    /// The page for an error.
    pub fn of(e: &Error, viewer: Option<Viewer>) -> Self {
        let title = match e {
            Error::Invalid(_) => "This could not be taken",
            Error::NotFound(_) => "Not found",
            Error::Denied(_) | Error::Unauthenticated(_) => "Not allowed",
            Error::Conflict(_) => "Changed meanwhile",
            Error::TooMany(_) => "Too many tries",
            Error::TooLarge(_) => "Too large",
            Error::Internal(_) => "Something went wrong here",
        };
        let sentence = match e {
            Error::Internal(_) => {
                "Nothing was saved. Try again; if it stays, tell whoever runs this server the time \
                 at which it happened."
                    .to_owned()
            }
            Error::Invalid(fields) => fields
                .iter()
                .map(|f| f.reason.as_str())
                .collect::<Vec<_>>()
                .join(" "),
            other => other.to_string(),
        };
        Self {
            title,
            sentence,
            viewer,
        }
    }
}

impl Page for ErrorPage {
    fn title(&self) -> String {
        self.title.to_owned()
    }

    fn viewer(&self) -> Option<&Viewer> {
        self.viewer.as_ref()
    }

    fn body(&self) -> Markup {
        html! {
            div.sheet.narrow {
                p.lead { (self.sentence) }
                @if self.viewer.is_some() {
                    ul.ways {
                        li { a href="/dashboard" { "Open deadlines" } }
                        li { a href="/incidents" { "List of incidents" } }
                        li { a href="/help" { "What the words mean" } }
                    }
                    p.small { "With the browser's Back button you come to the page before this one, \
                               with what you typed." }
                } @else {
                    p { a.button href="/sign-in" { "Sign in" } }
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let viewer = || Some(Viewer::sample(Role::Responder));
        let denied = "You may not manage accounts: your role is responder. Ask somebody whose role \
                      allows it.";
        let large = "The file is larger than 512 MiB. Split it, or ask whoever runs this server for \
                     a higher limit.";
        vec![
            Self::of(&Error::NotFound("This incident"), viewer()),
            Self::of(&Error::NotFound("This page"), None),
            Self::of(&Error::Denied(denied.to_owned()), viewer()),
            Self::of(
                &Error::Conflict("This notice is not live.".to_owned()),
                viewer(),
            ),
            Self::of(&Error::TooLarge(large.to_owned()), viewer()),
            Self::of(&Error::Internal("sample".to_owned()), viewer()),
        ]
    }
}
