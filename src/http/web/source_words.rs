//! What the evidence log says about lists, in words.

use maud::{Markup, html};
use serde_json::Value;

use super::part;

/// The words for an entry about a list; none for a kind that is not known.
pub(super) fn sentence(kind: &str, data: &Value) -> Option<Markup> {
    let text = |key: &str| data[key].as_str().unwrap_or_default();
    let number = |key: &str| part::number(data[key].as_i64().unwrap_or_default());
    let rows = || part::count(data["rows"].as_i64().unwrap_or_default(), "row", "rows");
    let name = text("name");
    Some(match kind {
        "source.received" => html! {
            "The list " (name) " (version " (number("version")) ") was added"
            @if !text("system").is_empty() { ", of the system " (text("system")) }
            "."
        },
        "source.set" => html! { "It was said what the columns of the list " (name) " mean." },
        "source.begun" => {
            html! { "The reading of the list " (name) " was begun, after " (rows()) "." }
        }
        "source.stopped" => {
            html! { "The reading of the list " (name) " was stopped after " (rows()) "." }
        }
        "source.failed" => html! { "The list " (name) " could not be read on: " (text("problem")) },
        "source.discarded" => html! { "The list " (name) " was put aside." },
        "source.read" => html! {
            "The list " (name) " was read: " (rows()) ", " (number("taken")) " taken, " (number("rejected"))
            " rejected."
        },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_about_a_list_has_words() {
        let data = serde_json::json!({
            "name": "orders", "version": 2, "system": "shop", "rows": 1, "taken": 1_000, "rejected": 3,
            "problem": "The file breaks off.",
        });
        let said = |kind: &str| sentence(kind, &data).map(Markup::into_string);
        assert_eq!(
            said("source.read").unwrap(),
            "The list orders was read: 1 row, 1,000 taken, 3 rejected."
        );
        for kind in ["received", "set", "begun", "stopped", "failed", "discarded"] {
            assert!(said(&format!("source.{kind}")).unwrap().contains("orders"));
        }
        assert_eq!(said("source.eaten"), None);
    }
}
