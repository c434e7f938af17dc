//! Putting values in the place of placeholders.
//!
//! Always holds: a value obeys the same rules as the text around it, and a placeholder without a
//! value stays visible instead of becoming an empty sentence.

use std::collections::BTreeMap;

use super::markup::{parse_blocks, parse_spans, plain_text};
use super::{Block, Content, ContentError, Span};

type Values = BTreeMap<String, String>;

pub(super) fn fill(content: &Content, values: &Values) -> Result<Content, ContentError> {
    let mut blocks = Vec::new();
    for block in &content.blocks {
        match block {
            Block::Heading { text, covers } => blocks.push(Block::Heading {
                text: fill_text(text, values)?,
                covers: covers.clone(),
            }),
            Block::Paragraph { spans } => match alone(spans, values) {
                Some((name, value)) => blocks.extend(value_blocks(name, value)?),
                None => blocks.push(Block::Paragraph {
                    spans: fill_spans(spans, values)?,
                }),
            },
            Block::List { items } => {
                let items: Result<Vec<_>, _> =
                    items.iter().map(|item| fill_spans(item, values)).collect();
                blocks.push(Block::List { items: items? });
            }
        }
    }
    Ok(Content {
        title: fill_text(&content.title, values)?,
        blocks,
    })
}

/// The value of a placeholder that is all there is in a paragraph.
fn alone<'a>(spans: &'a [Span], values: &'a Values) -> Option<(&'a str, &'a str)> {
    let [Span { text, href: None }] = spans else {
        return None;
    };
    let name = text.trim().strip_prefix("{{")?.strip_suffix("}}")?.trim();
    values
        .get_key_value(name)
        .map(|(name, value)| (name.as_str(), value.as_str()))
}

fn value_blocks(name: &str, value: &str) -> Result<Vec<Block>, ContentError> {
    let lines = value
        .lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line.trim_end()));
    let blocks = parse_blocks(lines, false).map_err(|error| about(name, error))?;
    if blocks.is_empty() {
        Err(empty(name))
    } else {
        Ok(blocks)
    }
}

fn fill_spans(spans: &[Span], values: &Values) -> Result<Vec<Span>, ContentError> {
    let mut filled: Vec<Span> = Vec::new();
    for span in spans {
        if span.href.is_some() {
            filled.push(span.clone());
            continue;
        }
        for (text, name) in pieces(&span.text) {
            push(
                &mut filled,
                Span {
                    text: text.to_owned(),
                    href: None,
                },
            );
            let Some(name) = name else { continue };
            match values.get(name) {
                Some(value) => {
                    for span in one_line(name, value)? {
                        push(&mut filled, span);
                    }
                }
                None => push(
                    &mut filled,
                    Span {
                        text: format!("{{{{{name}}}}}"),
                        href: None,
                    },
                ),
            }
        }
    }
    Ok(filled)
}

fn fill_text(text: &str, values: &Values) -> Result<String, ContentError> {
    let mut filled = String::new();
    for (text, name) in pieces(text) {
        filled.push_str(text);
        let Some(name) = name else { continue };
        match values.get(name) {
            Some(value) => {
                let line = joined(value);
                filled.push_str(&plain_text(&line, 1).map_err(|error| about(name, error))?);
            }
            None => filled.push_str(&format!("{{{{{name}}}}}")),
        }
    }
    Ok(filled)
}

fn one_line(name: &str, value: &str) -> Result<Vec<Span>, ContentError> {
    let line = joined(value);
    if line.is_empty() {
        return Err(empty(name));
    }
    parse_spans(&line, 1).map_err(|error| about(name, error))
}

fn joined(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text before each placeholder with the placeholder's name; the last piece has none.
fn pieces(text: &str) -> Vec<(&str, Option<&str>)> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, end)) = after.split_once("}}") else {
            break;
        };
        pieces.push((before, Some(name.trim())));
        rest = end;
    }
    pieces.push((rest, None));
    pieces
}

/// Adds a span; neighbouring text becomes one, as it would when read from source.
fn push(spans: &mut Vec<Span>, span: Span) {
    if span.text.is_empty() {
        return;
    }
    match (spans.last_mut(), &span.href) {
        (Some(last), None) if last.href.is_none() => last.text.push_str(&span.text),
        _ => spans.push(span),
    }
}

fn about(name: &str, error: ContentError) -> ContentError {
    ContentError {
        line: error.line,
        message: format!("in the value of {{{{{name}}}}}: {}", error.message),
    }
}

fn empty(name: &str) -> ContentError {
    ContentError {
        line: 1,
        message: format!(
            "the value of {{{{{name}}}}} is empty; write it, or leave the placeholder"
        ),
    }
}
