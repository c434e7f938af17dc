//! Why a person is affected, or is not: the recipe followed for this person, and what makes the records
//! one person's.

use maud::{Markup, html};

use super::layout::Viewer;
use super::part;
use super::person_split::Splits;
use super::sample_person;
use crate::domain::access::Action;
use crate::domain::scope::identifier::{Key, Kind};
use crate::domain::scope::recipe::eval_trace::{LeafTrace, StepTrace};
use crate::service::who::Reasons;
use crate::store::run::{Chain, Edge};

/// The reasons.
#[derive(Clone, Debug)]
pub(crate) struct Why(pub Reasons);

/// How many records of a list are told for one step.
const RECORDS: usize = 20;

impl Why {
    /// The reasons, and the form that keeps two identifiers apart.
    pub(crate) fn show(&self, splits: &Splits, viewer: &Viewer) -> Markup {
        let Reasons {
            version,
            trace,
            chain,
            ..
        } = &self.0;
        html! {
            section.sheet aria-labelledby="why-h" {
                h2 #why-h { "Why" }
                p { "Version " (version) " of the recipe, as it became the roster, followed for this person: "
                    strong { @if trace.affected { "affected." } @else { "not affected." } } }
                ol.trace { @for step in &trace.steps { (step_of(step)) } }
                (self.lists())
            }
            section.sheet aria-labelledby="one-h" {
                h2 #one-h { "Why these records are one person" }
                (chain_of(chain))
                @if viewer.may(Action::ImportRoster) { (splits.form(&pairs(chain))) }
            }
        }
    }

    fn lists(&self) -> Markup {
        html! {
            p.small {
                "Lists as they were read: "
                @for (n, r) in self.0.read.iter().enumerate() {
                    @if n > 0 { ", " }
                    (r.name) " version " (r.version)
                }
                @for (n, (name, value)) in self.0.params.iter().enumerate() {
                    @if n == 0 { "; with " } @else { ", " }
                    code { ":" (name) } " " (value)
                }
                "."
            }
        }
    }

    /// For samples.
    pub(crate) fn sample() -> Self {
        Self(sample_person::reasons())
    }
}

fn holds(yes: bool) -> Markup {
    if yes {
        part::badge("ok", "In it")
    } else {
        part::badge("none", "Not in it")
    }
}

fn step_of(step: &StepTrace) -> Markup {
    html! {
        li {
            p { strong { (step.name) } " " (holds(step.holds)) " " code { (step.text) } }
            @match step.leaves.as_slice() {
                // What stands above need not be said again.
                [only] if only.text == step.text => {
                    @if !only.missing.is_empty() { p.small { (missing(only)) "." } }
                    (records(only))
                }
                leaves => ul { @for leaf in leaves { li {
                    code { (leaf.text) } ": " @if leaf.holds { "yes" } @else { "no" }
                    @if !leaf.missing.is_empty() { "; " (missing(leaf)) }
                    (records(leaf))
                } } },
            }
        }
    }
}

fn missing(leaf: &LeafTrace) -> String {
    let decided = if leaf.open { ", which decided it" } else { "" };
    format!("no value for {}{decided}", leaf.missing.join(" and "))
}

fn records(leaf: &LeafTrace) -> Markup {
    let more = leaf.records.len().saturating_sub(RECORDS);
    html! {
        @if !leaf.records.is_empty() {
            ul.small {
                @for record in leaf.records.iter().take(RECORDS) { li { (record.sentence()) } }
                @if more > 0 { li { "And " (more) " more records." } }
            }
        }
    }
}

/// How an identifier is shown: its kind, and the beginning of its keyed hash.
fn identifier(kind: Option<Kind>, key: Key) -> Markup {
    html! { (kind.map_or("identifier", Kind::words)) " " code { (key.short()) } }
}

fn chain_of(chain: &Chain) -> Markup {
    html! {
        @if chain.edges.is_empty() {
            p { "The person is known by one identifier, and nothing is joined to it." }
        } @else {
            p { "Each of these records names two identifiers, and the recipe joins people by them. Identifiers are \
                 shown by the beginning of their keyed hashes." }
            div.scroll tabindex="0" role="region" aria-label="Records that join identifiers" {
                table.keys {
                    thead { tr {
                        th scope="col" { "List" }
                        th.n scope="col" { "Line" }
                        th scope="col" { "Identifier" }
                        th scope="col" { "Joined with" }
                        th scope="col" { "State" }
                    } }
                    tbody { @for e in &chain.edges { (edge_of(e, chain)) } }
                }
            }
        }
        @if chain.too_long {
            div.warn { p { "The chain of these identifiers is longer than the recipe allows, so nothing in it was joined: \
                            each counts as a person of its own." } }
        }
        @if !chain.shared.is_empty() {
            p { "Shared by too many to join anybody: "
                @for (n, key) in chain.shared.iter().enumerate() {
                    @if n > 0 { ", " }
                    (identifier(kind_of(chain, *key), *key))
                }
                "." }
        }
    }
}

fn kind_of(chain: &Chain, key: Key) -> Option<Kind> {
    chain.edges.iter().find_map(|e| {
        if e.other == key {
            Some(e.other_kind)
        } else if e.anchor == key {
            e.anchor_kind
        } else {
            None
        }
    })
}

fn edge_of(e: &Edge, chain: &Chain) -> Markup {
    html! {
        tr {
            th scope="row" { (e.source) }
            td.n { (part::number(e.line)) }
            td { (identifier(e.anchor_kind, e.anchor)) }
            td { (identifier(Some(e.other_kind), e.other)) }
            td {
                @if e.apart { (part::badge("soon", "Kept apart")) }
                @else if chain.shared.contains(&e.other) { (part::badge("none", "Shared")) }
                @else if chain.too_long { (part::badge("none", "Chain too long")) }
                @else { (part::badge("ok", "Joined")) }
            }
        }
    }
}

/// The pairs of identifiers that are joined: value for the form and words.
fn pairs(chain: &Chain) -> Vec<(String, String)> {
    let mut pairs: Vec<(String, String)> = chain
        .edges
        .iter()
        .filter(|e| !e.apart)
        .map(|e| {
            let first = e.anchor_kind.map_or("identifier", Kind::words);
            (
                format!("{} {}", e.anchor, e.other),
                format!(
                    "{first} {} and {} {}",
                    e.anchor.short(),
                    e.other_kind.words(),
                    e.other.short()
                ),
            )
        })
        .collect();
    pairs.sort();
    pairs.dedup();
    pairs
}
