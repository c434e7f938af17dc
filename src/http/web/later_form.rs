//! The part of a form that says when people were found to be affected only later.

use maud::{Markup, html};

use super::form::{Form, Typed};
use crate::error::{Error, Result};
use crate::service::late::FoundLater;

/// Its fields with their labels.
pub(crate) const LABELS: [(&str, &str); 3] = [
    ("found_at", "Found to be affected"),
    ("found_zone", "Time zone"),
    ("found_reason", "Why only then"),
];

/// The fields that say something; the zone alone says nothing.
const SAYING: [&str; 2] = ["found_at", "found_reason"];

/// The fields, folded away while nothing stands in them.
pub(crate) fn fields(f: &Form) -> Markup {
    let open = SAYING.iter().any(|name| !f.typed.get(name).is_empty())
        || f.errors.iter().any(|e| e.field.starts_with("found_"));
    html! {
        details open[open] {
            summary { "These people were found later" }
            p.small { "Give when it became known that they are affected too, and why only then: \
                       they get a period of their own from that moment. Left empty, the \
                       incident's own period is theirs." }
            (f.moment("found_at", "Found to be affected", None, true))
            (f.zone("found_zone", "Time zone"))
            (f.field("found_reason", "Why only then").optional().area(3))
        }
    }
}

/// What the fields say; none when nothing stands in them.
///
/// # Errors
/// The time is missing or cannot be read.
pub(crate) fn read(typed: &Typed) -> Result<Option<FoundLater>> {
    if SAYING.iter().all(|name| typed.text(name).is_empty()) {
        return Ok(None);
    }
    let mut wrong = Vec::new();
    let at = typed.needed_moment("found_at", "found_zone", &mut wrong);
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    Ok(Some(FoundLater {
        at,
        zone: typed.text("found_zone"),
        reason: typed.text("found_reason"),
    }))
}
