//! `playbooks/notices/<id>/<language>.md` → notice [`Template`]s.
//!
//! Always holds: the items that the head lists are those that the headings mark, and everything
//! that a breach notice must tell (GDPR Art 34(2)) is among them.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::domain::notice::{Audience, Content, Item, Template};

use super::problem::{Problem, Source};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    covers: Vec<Item>,
    law: String,
}

/// Reads one template: a TOML head between two lines of `+++`, then the text.
pub(super) fn parse(source: Source<'_>) -> Result<Template, Problem> {
    let (id, language) = name(source)?;
    let text = source.text.replace("\r\n", "\n");
    let parts = text
        .strip_prefix("+++\n")
        .and_then(|rest| rest.split_once("\n+++\n"));
    let Some((head, body)) = parts else {
        let message = "begin with a head between two lines of +++ that gives `covers` and `law`";
        return Err(Problem::error(source.file, Some(1), message));
    };
    let head_lines = head.lines().count() + 2;
    let head: Head = Source {
        file: source.file,
        text: head,
    }
    .read()
    .map_err(|mut problem| {
        problem.line = problem.line.map(|line| line + 1);
        problem
    })?;
    let content = Content::parse(body).map_err(|error| {
        Problem::error(source.file, Some(error.line + head_lines), error.message)
    })?;
    let marked = marked(&content);
    let listed: BTreeSet<Item> = head.covers.iter().copied().collect();
    if marked != listed {
        let differ: Vec<&str> = marked
            .symmetric_difference(&listed)
            .map(|item| item.as_str())
            .collect();
        let message = format!(
            "`covers` and the marks in the headings differ in {}; list in the head exactly what \
             headings mark, as in \"## What happened {{#nature}}\"",
            differ.join(", ")
        );
        return Err(Problem::error(source.file, None, message));
    }
    // A correction is no notice of a breach: it must say whom to ask.
    let audience = if id == Audience::WronglyTold.template() {
        Audience::WronglyTold
    } else {
        Audience::Affected
    };
    let required = audience.required();
    let missing: Vec<&str> = required
        .iter()
        .filter(|item| !listed.contains(item))
        .map(|item| item.as_str())
        .collect();
    if !missing.is_empty() {
        let message = format!(
            "tells nothing about {}, which {}; add a section for each",
            missing.join(", "),
            audience.why_required()
        );
        return Err(Problem::error(source.file, None, message));
    }
    Ok(Template {
        id,
        language,
        covers: head.covers,
        law: head.law,
        content,
    })
}

fn name(source: Source<'_>) -> Result<(String, String), Problem> {
    let parts: Vec<&str> = source.file.split('/').collect();
    match parts.as_slice() {
        [_, id, file] => {
            let language = file.trim_end_matches(".md");
            let plain = |text: &str| {
                !text.is_empty()
                    && text
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
            };
            if plain(id) && plain(language) {
                return Ok(((*id).to_owned(), language.to_owned()));
            }
            Err(Problem::error(
                source.file,
                None,
                "name it notices/<id>/<language>.md",
            ))
        }
        _ => Err(Problem::error(
            source.file,
            None,
            "name it notices/<id>/<language>.md",
        )),
    }
}

fn marked(content: &Content) -> BTreeSet<Item> {
    content
        .blocks
        .iter()
        .flat_map(|block| match block {
            crate::domain::notice::Block::Heading { covers, .. } => covers.clone(),
            _ => Vec::new(),
        })
        .collect()
}
