//! Which of an incident's obligations must be met before which others, in sentences.

use crate::catalog::Catalog;
use crate::domain::regime::Recipient;
use crate::store::obligation::Obligation;

/// What is to be said about the order in which `row` stands among `all`.
#[must_use]
pub fn sentences(catalog: &Catalog, row: &Obligation, all: &[Obligation]) -> Vec<String> {
    let name = |rule: &str| {
        let regime = catalog.regime(rule);
        regime.map_or_else(|| rule.to_owned(), |r| r.name.clone())
    };
    let mut said = Vec::new();
    let Some(regime) = catalog.regime(&row.rule) else {
        return said;
    };
    for (ids, words) in [
        (&regime.before, "before"),
        (&regime.not_after, "no later than"),
    ] {
        for other in all
            .iter()
            .filter(|o| ids.contains(&o.rule) && o.applies != "no")
        {
            match (row.met_at, other.met_at) {
                (None, None) => said.push(format!(
                    "This must be done {words} “{}”, which is still open.",
                    name(&other.rule)
                )),
                (None, Some(at)) => said.push(format!(
                    "This must be done {words} “{}”, which was done on {}. Do it at once, and be ready \
                     to say why it comes late.",
                    name(&other.rule),
                    at.format("%-d %b %Y, %H:%M UTC")
                )),
                (Some(mine), Some(theirs)) if mine > theirs => said.push(format!(
                    "This was done after “{}”, and should have come {words} it.",
                    name(&other.rule)
                )),
                _ => {}
            }
        }
    }
    for other in all
        .iter()
        .filter(|o| o.outcome.is_none() && o.applies != "no")
    {
        let first = catalog
            .regime(&other.rule)
            .is_some_and(|r| r.before.contains(&row.rule) || r.not_after.contains(&row.rule));
        if first && row.outcome.is_none() {
            said.push(format!(
                "“{}” must not come after this, and is still open. Do that first.",
                name(&other.rule)
            ));
        }
    }
    said
}

/// What must be done before any affected person is told, and is still open.
#[must_use]
pub fn before_people_are_told(catalog: &Catalog, all: &[Obligation]) -> Vec<String> {
    let to_people = |id: &String| {
        let other = catalog.regime(id);
        other.is_some_and(|rule| rule.recipient == Recipient::DataSubject)
    };
    let mut said: Vec<String> = all
        .iter()
        .filter(|o| o.outcome.is_none() && o.applies != "no")
        .filter_map(|o| catalog.regime(&o.rule))
        .filter(|rule| rule.before.iter().any(to_people))
        .map(|rule| {
            format!(
                "“{}” must be done before the affected people are told, and is still open. Do that \
                 first.",
                rule.name
            )
        })
        .collect();
    said.sort_unstable();
    said.dedup();
    said
}
