//! What a run found, in tables and plain words.

use maud::{Markup, html};

use super::part;
use crate::domain::scope::recipe::{Limits, Recipe as Parsed, parse};
use crate::error::{Error, Result};
use crate::service::recipe::{Difference, Read};
use crate::store::incident::Incident;
use crate::store::recipe::{Recipe, Run, Status};
use crate::store::run::{Links, Outcome, StepCount};

/// The result of a run that has one.
#[derive(Clone, Debug)]
pub(crate) struct Counted {
    /// The lists as they were read.
    pub read: Vec<Read>,
    /// Steps and links.
    pub outcome: Outcome,
    /// Against the roster as it stood.
    pub difference: Difference,
}

/// How a run stands, in a word.
pub(crate) fn badge(run: &Run) -> Markup {
    match (run.status, run.revision) {
        (Status::Waiting, _) => part::badge("open", "Being run"),
        (Status::Failed, _) => part::badge("late", "Failed"),
        (Status::Done, Some(n)) => part::badge("ok", &format!("Roster revision {n}")),
        (Status::Done, None) => part::badge("none", "Counted only"),
    }
}

/// Who comes and leaves, in one line: "12 new, 3 leave".
pub(crate) fn in_short(d: Difference) -> String {
    if d.is_nothing() {
        return "no difference to the roster then".to_owned();
    }
    let parts = [
        (d.added, "new"),
        (d.back, "back again"),
        (d.left, "leaving"),
        (d.changed, "changed"),
    ];
    let said: Vec<String> = parts
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, words)| format!("{} {words}", part::number(*n)))
        .collect();
    said.join(", ")
}

impl Counted {
    /// Reads the result out of a run's row; none when it has none.
    ///
    /// # Errors
    /// What stands in the row cannot be read.
    pub(crate) fn of(run: &Run) -> Result<Option<Self>> {
        let (Some(steps), Some(difference)) = (&run.steps, &run.difference) else {
            return Ok(None);
        };
        let read = run.sources.as_deref().unwrap_or("[]");
        Ok(Some(Self {
            read: serde_json::from_str(read).map_err(Error::internal)?,
            outcome: serde_json::from_str(steps).map_err(Error::internal)?,
            difference: serde_json::from_str(difference).map_err(Error::internal)?,
        }))
    }

    /// How many people, and how that differs from the roster.
    pub(crate) fn result(&self, run: &Run, incident: &Incident) -> Markup {
        let d = self.difference;
        let figure = |n: i64, words: &str| {
            html! { div { dt { (words) } dd { (part::number(n)) } } }
        };
        let applied = run.revision.is_some();
        let rows = run.persons.unwrap_or_default();
        html! {
            section.sheet aria-labelledby="result-h" {
                h2 #result-h { (part::count(self.outcome.persons, "person is", "people are")) " affected" }
                @if rows != self.outcome.persons {
                    p { "Whoever has several accounts stands on the roster once for each, so that every account is \
                         shown the notice: " (part::count(rows, "row", "rows")) "." }
                }
                dl.ladder {
                    @if applied {
                        (figure(d.added, "came")) (figure(d.back, "came back"))
                        (figure(d.left, "left")) (figure(d.changed, "changed"))
                    } @else {
                        (figure(d.added, "would come")) (figure(d.back, "would come back"))
                        (figure(d.left, "would leave")) (figure(d.changed, "would change"))
                    }
                }
                p.small {
                    @if applied { "Against the roster as it stood before." }
                    @else if d.is_nothing() { "The roster as it stood then says the same." }
                    @else { "Against the roster as it stood then. Nothing was changed by counting." }
                }
                @if let Some(hash) = &run.result_sha256 {
                    dl.facts {
                        dt { "Hash of that roster" }
                        dd { (part::hash(hash)) p.small { "The same lists, recipe and values give the same hash again." } }
                    }
                }
                @if let Some(number) = run.revision {
                    p { a.button href={ "/incidents/" (incident.id) "/revisions/" (number) } {
                        "Revision " (number) " of the roster"
                    } }
                }
            }
        }
    }

    /// Each step with its people.
    pub(crate) fn steps(&self, recipe: &Recipe) -> Markup {
        let parsed = parse(&recipe.body).unwrap_or_default();
        let missing: Vec<&StepCount> = self
            .outcome
            .steps
            .iter()
            .filter(|s| s.unknown + s.unknown_windows > 0)
            .collect();
        html! {
            section aria-labelledby="steps-h" {
                h2 #steps-h { "Step by step" }
                @if !missing.is_empty() {
                    div.warn { @for s in missing { (self::missing(s)) } }
                }
                div.scroll tabindex="0" role="region" aria-label="The steps and their people" {
                    table.reasons {
                        thead { tr {
                            th scope="col" { "Step" }
                            th.n scope="col" { "People" }
                            th scope="col" { "What it says" }
                        } }
                        tbody { @for s in &self.outcome.steps { tr {
                            th scope="row" { (s.name) }
                            td.n { (part::number(s.persons)) }
                            td { (sentence(&parsed, s)) }
                        } } }
                    }
                }
            }
        }
    }

    /// What the links joined, and what they did not.
    pub(crate) fn links(&self, recipe: &Recipe) -> Markup {
        let limits = parse(&recipe.body).unwrap_or_default().limits;
        html! {
            section.sheet aria-labelledby="links-h" {
                h2 #links-h { "Who is one person" }
                @match &self.outcome.links {
                    None => p { "The recipe has no links, so no records were joined: each identifier counts as a person \
                                 of its own." },
                    Some(links) => ul { @for said in joined(links, limits) { li { (said) } } },
                }
            }
        }
    }

    /// The lists that were read.
    pub(crate) fn lists(&self) -> Markup {
        html! {
            section aria-labelledby="read-h" {
                h2 #read-h { "Lists that were read" }
                div.scroll tabindex="0" role="region" aria-label="Table: lists that were read" {
                    table.keys {
                        thead { tr {
                            th scope="col" { "List" }
                            th.n scope="col" { "Version" }
                            th.n scope="col" { "Records" }
                            th scope="col" { "Hash" }
                        } }
                        tbody { @for r in &self.read { tr {
                            th scope="row" { (r.name) }
                            td.n { (r.version) }
                            td.n { (part::number(r.records)) }
                            td { (part::hash(&r.content_sha256)) }
                        } } }
                    }
                }
            }
        }
    }
}

fn sentence(parsed: &Parsed, s: &StepCount) -> Markup {
    let step = parsed.steps.iter().find(|step| step.name.text == s.name);
    html! {
        @if let Some(step) = step { (step.sentence(parsed)) }
        div.small { code { (s.text) } }
    }
}

/// What was decided by a value that is missing, and what to do.
fn missing(s: &StepCount) -> Markup {
    html! {
        @if s.unknown > 0 {
            p {
                strong { (s.name) ": " }
                "a missing value decided against " (part::count(s.unknown, "record", "records")) ". Look whether those \
                 people may be affected; if so, let the step take records without the value too, with or … is \
                 missing."
            }
        }
        @if s.unknown_windows > 0 {
            p {
                strong { (s.name) ": " }
                (part::count(s.unknown_windows, "record", "records")) " of the log "
                @if s.unknown_windows == 1 { "lacks" } @else { "lack" }
                " a value that the step asks for, so what was read then may have been missed."
            }
        }
    }
}

fn joined(l: &Links, limits: Limits) -> Vec<String> {
    let mut said = vec![format!(
        "{} known by more than one identifier; together they have {}.",
        part::count(l.persons, "person is", "people are"),
        part::number(l.identifiers)
    )];
    if l.shared > 0 {
        said.push(format!(
            "{} with more than {} others, such as a shared mailbox, and {} nobody. {} in {}. If that joins too few, \
             write limit link with a larger number.",
            part::count(l.shared, "identifier stands", "identifiers stand"),
            limits.link,
            if l.shared == 1 { "joins" } else { "join" },
            if l.shared == 1 { "It stands" } else { "They stand" },
            part::count(l.shared_records, "record", "records"),
        ));
    }
    if l.long > 0 {
        said.push(format!(
            "{} more than {} identifiers ({} together) and {} not joined: {} identifiers count one by one. Look at \
             them under \"Is one person affected?\", and keep apart what does not belong together.",
            part::count(l.long, "chain has", "chains have"),
            limits.person,
            part::number(l.long_identifiers),
            if l.long == 1 { "was" } else { "were" },
            if l.long == 1 { "its" } else { "their" },
        ));
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_links_joined_is_said_in_plain_words() {
        let links = Links {
            persons: 1,
            identifiers: 2,
            shared: 1,
            shared_records: 70,
            long: 2,
            long_identifiers: 61,
        };
        let said = joined(&links, Limits::default());
        assert_eq!(
            said[0],
            "1 person is known by more than one identifier; together they have 2."
        );
        assert!(said[1].starts_with(
            "1 identifier stands with more than 5 others, such as a shared mailbox, and joins nobody. It stands in \
             70 records."
        ), "{}", said[1]);
        assert!(said[2].starts_with(
            "2 chains have more than 25 identifiers (61 together) and were not joined: their identifiers count one by \
             one."
        ), "{}", said[2]);
        let none = Links {
            shared: 0,
            long: 0,
            ..links
        };
        assert_eq!(joined(&none, Limits::default()).len(), 1);
    }

    #[test]
    fn a_difference_is_said_in_short() {
        let d = Difference {
            added: 1_200,
            back: 0,
            left: 3,
            changed: 0,
        };
        assert_eq!(in_short(d), "1,200 new, 3 leaving");
        assert_eq!(
            in_short(Difference::default()),
            "no difference to the roster then"
        );
    }
}
