//! Entries of the evidence log about who is affected, in words: recipes and questions; lists are in
//! [`super::source_words`].

use maud::{Markup, html};

use super::evidence_words::Data;
use super::part;

impl Data<'_> {
    pub(super) fn recipe(&self, kind: &str) -> Option<Markup> {
        Some(match kind {
            "recipe.written" => {
                html! { "Version " (self.number("version")) " of the recipe was written." }
            }
            "recipe.asked" => html! {
                "Version " (self.number("version")) " of the recipe was to be "
                @if self.yes("apply") { "made the roster." } @else { "counted." }
            },
            "recipe.looked" => html! {
                "The recipe was counted and gives " (self.affected()) "; the roster was not changed."
            },
            "recipe.applied" => html! {
                "The recipe became the roster, as revision " (self.number("revision")) ": " (self.affected())
                "; the roster's SHA-256 is " code { (self.short("roster_sha256")) "…" } "."
            },
            "recipe.failed" => html! { "The recipe could not be run: " (self.text("problem")) },
            _ => return None,
        })
    }

    fn affected(&self) -> String {
        part::count(
            self.data["persons"].as_i64().unwrap_or_default(),
            "row",
            "rows",
        )
    }

    pub(super) fn person(&self, kind: &str) -> Option<Markup> {
        Some(match kind {
            "person.asked" => html! {
                "Somebody asked by " @match self.text("kind") {
                    "account" => "an account id",
                    "email" => "an e-mail address",
                    "phone" => "a phone number",
                    "order" => "an order number",
                    "ticket" => "a ticket number",
                    _ => "a cookie id",
                } " whether one person is affected; the answer was "
                @if self.yes("affected") { "yes" } @else { "no" } "."
            },
            "person.split" => html! {
                @if self.yes("apart") { "Two identifiers are kept apart: they are not one person's." }
                @else { "Two identifiers are not kept apart any more." }
            },
            _ => return None,
        })
    }
}

/// These kinds of entries with what stands in clear in them, for samples and tests.
pub(crate) const SAMPLES: [(&str, &str); 16] = [
    (
        "source.received",
        r#"{"name":"accounts","version":2,"system":"shop","file_sha256":"9b1c55e0f3a27d883f1a9c0d77e2"}"#,
    ),
    ("source.set", r#"{"name":"accounts"}"#),
    ("source.begun", r#"{"name":"accounts","rows":0}"#),
    ("source.begun", r#"{"name":"accounts","rows":1200000}"#),
    ("source.stopped", r#"{"name":"accounts","rows":1200000}"#),
    (
        "source.failed",
        r#"{"name":"accounts","problem":"The file ends in the middle of a row."}"#,
    ),
    (
        "source.read",
        r#"{"name":"accounts","rows":3204120,"taken":3204118,"rejected":2,"repeated":0,"content_sha256":"5d53b6739b1c55e0"}"#,
    ),
    ("source.discarded", r#"{"name":"accounts"}"#),
    ("recipe.written", r#"{"version":2}"#),
    ("recipe.asked", r#"{"version":2,"apply":true}"#),
    ("recipe.looked", r#"{"persons":2917122}"#),
    (
        "recipe.applied",
        r#"{"persons":2917122,"revision":3,"roster_sha256":"77e25b40aa619b1c55e0"}"#,
    ),
    (
        "recipe.failed",
        r#"{"problem":"A source of the recipe was not found."}"#,
    ),
    ("person.asked", r#"{"kind":"email","affected":true}"#),
    ("person.split", r#"{"apart":true}"#),
    ("person.split", r#"{"apart":false}"#),
];
