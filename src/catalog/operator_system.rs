//! What `[[system]]` of an operator profile says about retention, identifiers and fetching a list.

use std::collections::BTreeSet;

use crate::domain::operator::{Fetch, Operator, System};
use crate::domain::scope::field::Field;
use crate::domain::scope::identifier::Kind;

/// A century: longer than anybody keeps what must be deleted.
const MONTHS_MAX: u16 = 1_200;

/// The parameters that a query can have.
const PARAMETERS: [&str; 2] = ["from", "to"];

/// What is wrong with the systems of a profile, a sentence each.
pub(super) fn systems(operator: &Operator) -> Vec<String> {
    let mut problems = Vec::new();
    for system in &operator.systems {
        let mut say = |what: String| problems.push(format!("system {}: {what}", system.id));
        retention(system, &mut say);
        let mut seen = BTreeSet::new();
        for kind in &system.identifiers {
            if !seen.insert(kind) {
                say(format!(
                    "`identifiers` names {} twice; keep one of them",
                    kind.name()
                ));
            }
        }
        if let Some(fetch) = &system.fetch {
            fetched(system, fetch, &mut say);
        }
    }
    problems
}

fn retention(system: &System, say: &mut impl FnMut(String)) {
    match (system.retention_months, system.retention_from) {
        (Some(months), _) if !(1..=MONTHS_MAX).contains(&months) => say(format!(
            "`retention_months` is {months}; write a number from 1 to {MONTHS_MAX}, or leave the key out \
             where the policy gives no number"
        )),
        (Some(_), None) => say(
            "`retention_months` has no `retention_from`; write since, until or at: which time of a record \
             the months count from"
                .to_owned(),
        ),
        (None, Some(_)) => say(
            "`retention_from` has no `retention_months`; add the number of months, or remove the key"
                .to_owned(),
        ),
        _ => {}
    }
}

fn fetched(system: &System, fetch: &Fetch, say: &mut impl FnMut(String)) {
    if let Some(name) = &fetch.connection {
        let word = name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-');
        if name.is_empty() || !word {
            say(format!(
                "`fetch.connection` is \"{name}\"; write the name of a configured connection: lower-case \
                 letters, digits, _ and -"
            ));
        }
    }
    if let Some(query) = &fetch.query {
        if fetch.connection.is_none() {
            say(
                "`fetch.query` has no `fetch.connection`; name the connection that is to be asked"
                    .to_owned(),
            );
        }
        reads(query, say);
    }
    let mapped: Vec<Kind> = fetch.mapping.values().filter_map(identifier).collect();
    for kind in &mapped {
        if !system.identifiers.contains(kind) {
            say(format!(
                "`fetch.mapping` has a column for {0}, which is not among `identifiers`; add it there, or \
                 correct the column",
                kind.name()
            ));
        }
    }
    if !fetch.mapping.is_empty() && mapped.is_empty() {
        say(
            "`fetch.mapping` has no column for an identifier, so nobody could be found by it; add one"
                .to_owned(),
        );
    }
    let mut seen = BTreeSet::new();
    for field in fetch.mapping.values() {
        if !seen.insert(field) {
            say(format!(
                "`fetch.mapping` has two columns for {field}; keep one of them"
            ));
        }
    }
    if let (false, Some(from)) = (fetch.mapping.is_empty(), system.retention_from)
        && !fetch.mapping.values().any(|field| *field == from.field())
    {
        say(format!(
            "`fetch.mapping` has no column for {from}, which the retention counts from; add it, or nobody is \
             left out for what was deleted"
        ));
    }
}

const fn identifier(field: &Field) -> Option<Kind> {
    match field {
        Field::Id(kind) => Some(*kind),
        _ => None,
    }
}

/// A query begins with what reads, is one statement, and has no parameter that nobody fills in. That it
/// changes nothing is seen to again where it is sent.
fn reads(query: &str, say: &mut impl FnMut(String)) {
    let text = outside_quotes(query);
    let first: String = text
        .trim_start()
        .chars()
        .take_while(char::is_ascii_alphabetic)
        .collect();
    if !["select", "with"].contains(&first.to_ascii_lowercase().as_str()) {
        say("`fetch.query` does not begin with select or with; a query may only read".to_owned());
    }
    if text.trim_end().trim_end_matches(';').contains(';') {
        say("`fetch.query` has several statements; write one".to_owned());
    }
    for name in parameters(&text) {
        if !PARAMETERS.contains(&name.as_str()) {
            say(format!(
                "`fetch.query` has the parameter :{name}, which nothing fills in; there are :from and :to, \
                 the window of exposure"
            ));
        }
    }
}

/// The text without what stands in quotes.
fn outside_quotes(text: &str) -> String {
    let mut open = None;
    let mut out = String::new();
    for c in text.chars() {
        match open {
            Some(quote) if c == quote => open = None,
            Some(_) => {}
            None if matches!(c, '\'' | '"' | '`') => open = Some(c),
            None => out.push(c),
        }
    }
    out
}

/// The names after a single colon; `::` is a cast.
fn parameters(text: &str) -> BTreeSet<String> {
    let text = text.replace("::", " ");
    let after = text.split(':').skip(1);
    after
        .map(|rest| {
            rest.chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                .collect::<String>()
        })
        .filter(|name| !name.is_empty())
        .collect()
}
