//! The page to read and try the API: made from the document, so that it says what the document says.

use std::collections::BTreeMap;

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::IntoResponse as _;
use axum::routing::get;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::Value;

use super::v1;
use crate::app::App;
use crate::http::error::KINDS;

const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                   base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const SCRIPT: &str = include_str!("page.js");
const STYLE: &str = include_str!("page.css");

/// The page with its script and its style.
pub(super) fn router() -> Router<App> {
    let page = page(&serde_json::to_value(v1::document()).unwrap_or_default()).into_string();
    let answer = |body: &'static str, kind: &'static str| {
        move || async move {
            let headers = [(CONTENT_TYPE, kind), (CACHE_CONTROL, "max-age=300")];
            (headers, body).into_response()
        }
    };
    Router::new()
        .route(
            "/api",
            get(move || async move {
                let headers = [
                    (CONTENT_SECURITY_POLICY, CSP),
                    (CACHE_CONTROL, "max-age=300"),
                ];
                (headers, PreEscaped(page)).into_response()
            }),
        )
        .route("/api/page.js", get(answer(SCRIPT, "text/javascript")))
        .route("/api/page.css", get(answer(STYLE, "text/css")))
}

/// One operation, as the page shows it.
struct Operation<'a> {
    path: &'a str,
    method: &'a str,
    what: &'a Value,
}

impl Operation<'_> {
    fn id(&self) -> &str {
        text(&self.what["operationId"])
    }

    fn parameters(&self) -> impl Iterator<Item = &Value> {
        self.what["parameters"].as_array().into_iter().flatten()
    }

    /// The media type of the body and its sample.
    fn body(&self) -> Option<(&str, String)> {
        let (kind, media) = self.what["requestBody"]["content"]
            .as_object()?
            .iter()
            .next()?;
        let sample = match &media["example"] {
            Value::String(text) => text.clone(),
            other => serde_json::to_string_pretty(other).unwrap_or_default(),
        };
        Some((kind, sample))
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The operations by tag.
fn by_tag(document: &Value) -> BTreeMap<&str, Vec<Operation<'_>>> {
    let mut tags: BTreeMap<&str, Vec<Operation<'_>>> = BTreeMap::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, what) in item.as_object().into_iter().flatten() {
            tags.entry(text(&what["tags"][0]))
                .or_default()
                .push(Operation { path, method, what });
        }
    }
    tags
}

/// A text with what stands in backticks as code.
fn marked(text: &str) -> Markup {
    html! {
        @for (n, part) in text.split('`').enumerate() {
            @if n % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

fn page(document: &Value) -> Markup {
    let tags = by_tag(document);
    let order: Vec<(&str, &str)> = document["tags"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|tag| (text(&tag["name"]), text(&tag["description"])))
        .collect();
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "API – Due Notice" }
                link rel="stylesheet" href="/api/page.css";
                script src="/api/page.js" defer {}
            }
            body {
                header {
                    h1 { "Due Notice API" }
                    p { (marked(text(&document["info"]["description"]))) }
                    p { a href=(v1::DOCUMENT) { "The document (OpenAPI 3.1)" } }
                    form id="token-form" {
                        label for="token" { "Token" }
                        input id="token" type="password" autocomplete="off" spellcheck="false"
                            placeholder="dnt_…" aria-describedby="token-help";
                        p id="token-help" class="help" {
                            "Kept in this page only, and gone when it is closed."
                        }
                    }
                    nav aria-label="Operations" {
                        ul { @for (tag, _) in &order { li { a href=(format!("#{tag}")) { (tag) } } } }
                    }
                }
                main {
                    noscript { p { "Reading works as it is; sending needs JavaScript." } }
                    @for (tag, what) in &order {
                        section id=(tag) aria-labelledby=(format!("{tag}-title")) {
                            h2 id=(format!("{tag}-title")) { (tag) }
                            p { (what) }
                            @for operation in tags.get(tag).into_iter().flatten() {
                                (one(operation))
                            }
                        }
                    }
                    section aria-labelledby="problems-title" {
                        h2 id="problems-title" { "Problems" }
                        p {
                            "An error is " code { "application/problem+json" } " (RFC 9457). "
                            "Its " code { "type" } " leads here."
                        }
                        dl {
                            @for (_, word, status, title, when) in &KINDS {
                                dt id=(format!("problem-{word}")) {
                                    code { (status.as_u16()) } " " (title)
                                }
                                dd { (when) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn one(operation: &Operation<'_>) -> Markup {
    let id = operation.id();
    let what = operation.what;
    html! {
        details id=(id) {
            summary {
                span class=(format!("method {}", operation.method)) { (operation.method) }
                " " code { (operation.path) } " "
                span class="says" { (text(&what["summary"])) }
            }
            @if let Some(more) = what["description"].as_str() { p { (marked(more)) } }
            form data-method=(operation.method) data-path=(operation.path) {
                @for parameter in operation.parameters() { (field(id, parameter)) }
                @if let Some((kind, sample)) = operation.body() {
                    label for=(format!("{id}-body")) { "Body (" (kind) ")" }
                    textarea id=(format!("{id}-body")) data-in="body" data-kind=(kind)
                        spellcheck="false" rows=(sample.lines().count().clamp(3, 20)) { (sample) }
                }
                button type="submit" { "Send" }
                output class="answer" aria-live="polite" {}
            }
            h3 { "Answers" }
            dl {
                @for (status, answer) in what["responses"].as_object().into_iter().flatten() {
                    dt { code { (status) } }
                    dd { (text(&answer["description"])) }
                }
            }
        }
    }
}

fn field(operation: &str, parameter: &Value) -> Markup {
    let name = text(&parameter["name"]);
    let id = format!("{operation}-{name}");
    let help = format!("{id}-help");
    let required = parameter["required"].as_bool().unwrap_or(false);
    html! {
        label for=(id) { (name) @if required { " (needed)" } }
        input id=(id) name=(name) data-in=(text(&parameter["in"])) autocomplete="off"
            spellcheck="false" required[required] aria-describedby=(help);
        p id=(help) class="help" { (marked(text(&parameter["description"]))) }
    }
}
