//! `playbooks/operators/*.toml` → the one [`Operator`].
//!
//! Always holds: every id that one entry uses for another exists, and every text is there in every
//! language that the operator writes notices in.

use std::collections::BTreeSet;

use crate::domain::operator::{Operator, Text};

use super::operator_system::systems;
use super::problem::{Problem, Source};

/// Reads one profile and checks what it says about itself.
pub(super) fn parse(source: Source<'_>) -> Result<Operator, Vec<Problem>> {
    let operator: Operator = source.read().map_err(|problem| vec![problem])?;
    let mut problems = Vec::new();
    if source.file != format!("operators/{}.toml", operator.id) {
        let message = format!("`id`: the file of {0} is called {0}.toml", operator.id);
        problems.push(Problem::error(source.file, None, message));
    }
    for message in [
        own_ids(&operator),
        references(&operator),
        systems(&operator),
        texts(&operator),
        addresses(&operator),
    ]
    .into_iter()
    .flatten()
    {
        problems.push(Problem::error(source.file, None, message));
    }
    if problems.is_empty() {
        Ok(operator)
    } else {
        Err(problems)
    }
}

fn own_ids(operator: &Operator) -> Vec<String> {
    let mut problems = Vec::new();
    let lists: [(&str, Vec<&str>); 6] = [
        (
            "controller",
            operator
                .controllers
                .iter()
                .map(|one| one.id.as_str())
                .collect(),
        ),
        (
            "data",
            operator
                .data_kinds
                .iter()
                .map(|one| one.id.as_str())
                .collect(),
        ),
        (
            "subject",
            operator
                .subject_kinds
                .iter()
                .map(|one| one.id.as_str())
                .collect(),
        ),
        (
            "system",
            operator.systems.iter().map(|one| one.id.as_str()).collect(),
        ),
        (
            "processor",
            operator
                .processors
                .iter()
                .map(|one| one.id.as_str())
                .collect(),
        ),
        (
            "right",
            operator.rights.iter().map(|one| one.id.as_str()).collect(),
        ),
    ];
    for (list, ids) in lists {
        let mut seen = BTreeSet::new();
        if ids.is_empty() && list != "processor" {
            problems.push(format!("there is no [[{list}]]; add at least one"));
        }
        for id in ids {
            if id.trim().is_empty() {
                problems.push(format!("a [[{list}]] has an empty `id`; give it one"));
            } else if !seen.insert(id) {
                problems.push(format!("two [[{list}]] have the id {id}; rename one"));
            }
        }
    }
    problems
}

fn references(operator: &Operator) -> Vec<String> {
    let mut problems = Vec::new();
    for system in &operator.systems {
        for id in &system.data {
            if operator.data_kind(id).is_none() {
                problems.push(format!(
                    "system {}: there is no [[data]] with the id {id}; add it, or correct `data`",
                    system.id
                ));
            }
        }
        for id in &system.subjects {
            if operator.subject_kind(id).is_none() {
                problems.push(format!(
                    "system {}: there is no [[subject]] with the id {id}; add it, or correct \
                     `subjects`",
                    system.id
                ));
            }
        }
    }
    for processor in &operator.processors {
        for id in &processor.systems {
            if operator.system(id).is_none() {
                problems.push(format!(
                    "processor {}: there is no [[system]] with the id {id}; add it, or correct \
                     `systems`",
                    processor.id
                ));
            }
        }
    }
    problems
}

fn texts(operator: &Operator) -> Vec<String> {
    let mut problems = Vec::new();
    if operator.languages.is_empty() {
        problems.push("`languages` is empty; name at least \"en\"".to_owned());
    }
    let labels = operator
        .data_kinds
        .iter()
        .chain(&operator.subject_kinds)
        .chain(&operator.rights)
        .map(|one| (one.id.as_str(), &one.label));
    let systems = operator.systems.iter().flat_map(|one| {
        [
            (one.id.as_str(), &one.name),
            (one.id.as_str(), &one.retention),
        ]
    });
    let processors = operator
        .processors
        .iter()
        .map(|one| (one.id.as_str(), &one.purpose));
    let fetched = operator.systems.iter();
    let fetched = fetched.filter_map(|one| Some((one.id.as_str(), &one.fetch.as_ref()?.how)));
    let all: Vec<(&str, &Text)> = labels
        .chain(systems)
        .chain(processors)
        .chain(fetched)
        .collect();
    let languages = operator.languages.iter().map(String::as_str).chain(["en"]);
    let languages: BTreeSet<&str> = languages.collect();
    for (id, text) in all {
        for language in &languages {
            if !text.has(language) {
                problems.push(format!(
                    "{id}: a text is missing in \"{language}\"; write it"
                ));
            }
        }
    }
    problems
}

fn addresses(operator: &Operator) -> Vec<String> {
    let mut problems = Vec::new();
    let emails = operator
        .controllers
        .iter()
        .map(|one| one.email.as_str())
        .chain([operator.contact.email.as_str()]);
    for email in emails {
        if !email
            .split_once('@')
            .is_some_and(|(user, host)| !user.is_empty() && host.contains('.'))
        {
            problems.push(format!("\"{email}\" is not an e-mail address; correct it"));
        }
    }
    let urls = operator
        .authorities()
        .into_iter()
        .map(|one| one.url.as_str())
        .chain(operator.complaint_bodies.iter().map(|one| one.url.as_str()));
    for url in urls {
        if !url.starts_with("https://") {
            problems.push(format!("\"{url}\" is not an https:// address; correct it"));
        }
    }
    problems
}
