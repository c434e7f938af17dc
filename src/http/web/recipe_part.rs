//! The part of the page about an incident's people that shows the recipe, its versions and its runs.

use maud::{Markup, html};

use super::layout::Viewer;
use super::recipe_says::says;
use super::run_outcome::{Counted, badge, in_short};
use super::{part, recipe_edit, run_new, sample_recipe};
use crate::app::App;
use crate::domain::access::Action;
use crate::domain::scope::recipe::parse;
use crate::error::Result;
use crate::ids::IncidentId;
use crate::store::incident::{Incident, Status};
use crate::store::recipe::{self, Recipe, Run};

/// What the part shows.
#[derive(Clone, Debug, Default)]
pub(crate) struct RecipePart {
    /// The newest first.
    versions: Vec<Recipe>,
    /// The newest first.
    runs: Vec<Run>,
}

/// How many runs are shown at first.
const RUNS: usize = 5;

impl RecipePart {
    /// Reads it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(crate) async fn read(app: &App, id: IncidentId) -> Result<Self> {
        Ok(Self {
            versions: recipe::list(&app.db, id).await?,
            runs: recipe::runs(&app.db, id).await?,
        })
    }

    /// The part.
    pub(crate) fn section(&self, viewer: &Viewer, incident: &Incident) -> Markup {
        let may = viewer.may(Action::ImportRoster) && incident.status == Status::Open;
        let id = incident.id;
        let edit = |words: &str, class: &str| {
            html! { a.button.(class) href=(recipe_edit::here(id)) { (words) } }
        };
        html! {
            section aria-labelledby="recipe-h" {
                div.section-head {
                    h2 #recipe-h { "Recipe" }
                    @if let Some(newest) = self.versions.first().filter(|_| may) {
                        div.actions {
                            (edit("Change the recipe", "quiet"))
                            a.button.main href=(run_new::to(id, newest.version, "")) { "Count" }
                        }
                    }
                }
                @match self.versions.first() {
                    None => (part::empty(
                        "There is no recipe yet.",
                        "A recipe says how the affected people follow from the lists: whose records count, what joins \
                         them, who is left out. It is counted first and becomes the roster only when you say so.",
                        &html! { @if may { (edit("Write a recipe", "main")) } },
                    )),
                    Some(newest) => {
                        (self.newest(newest, viewer))
                        @if !self.runs.is_empty() { (self.runs(viewer)) }
                    }
                }
            }
        }
    }

    fn newest(&self, newest: &Recipe, viewer: &Viewer) -> Markup {
        let parsed = parse(&newest.body).unwrap_or_default();
        let by = |r: &Recipe| {
            html! {
                "Version " (r.version) ", by " (r.written_by) ", " (part::when(r.written_at, viewer.zone()))
                ": " (r.note)
            }
        };
        html! {
            div.sheet {
                (says(&parsed))
                p.small { (by(newest)) }
                details {
                    summary { "The text" }
                    pre tabindex="0" role="region" aria-label="The recipe" { (newest.body) }
                }
                @if self.versions.len() > 1 {
                    details {
                        summary { "Earlier versions" }
                        @for r in self.versions.iter().skip(1) {
                            p.small { (by(r)) }
                            pre tabindex="0" role="region" aria-label={ "Version " (r.version) } { (r.body) }
                        }
                    }
                }
            }
        }
    }

    fn runs(&self, viewer: &Viewer) -> Markup {
        let (first, rest) = self.runs.split_at(self.runs.len().min(RUNS));
        html! {
            h3 { "Runs" }
            ol.rows.records { @for r in first { (self.run(r, viewer)) } }
            @if !rest.is_empty() {
                details {
                    summary { (part::count(i64::try_from(rest.len()).unwrap_or(i64::MAX), "earlier run", "earlier runs")) }
                    ol.rows.records { @for r in rest { (self.run(r, viewer)) } }
                }
            }
        }
    }

    fn run(&self, r: &Run, viewer: &Viewer) -> Markup {
        let version = self.versions.iter().find(|v| v.id == r.recipe_id);
        let counted = Counted::of(r).ok().flatten();
        html! {
            li {
                div.what {
                    a.subject href=(run_new::run(r.incident_id, r.id)) {
                        @match (&counted, r.persons) {
                            (Some(c), Some(rows)) if rows != c.outcome.persons => {
                                (part::count(c.outcome.persons, "person", "people")) " in "
                                (part::count(rows, "row", "rows"))
                            }
                            (_, Some(n)) => (part::count(n, "person", "people")),
                            (_, None) => "No result",
                        }
                        @if let Some(v) = version { ", version " (v.version) }
                    }
                    span.small { "by " (r.asked_by) ", " (part::when(r.asked_at, viewer.zone())) }
                }
                div.what {
                    @if let Some(c) = &counted { (in_short(c.difference)) }
                    @if let Some(why) = &r.problem { (why) }
                    @if let Some(hash) = &r.result_sha256 {
                        span.small { "hash " code { (hash.get(..12).unwrap_or(hash)) "…" } }
                    }
                }
                div.state { (badge(r)) }
            }
        }
    }

    /// Several versions and runs, for samples.
    pub(crate) fn sample() -> Self {
        let newest = sample_recipe::recipe();
        let first = Recipe {
            id: crate::ids::RecipeId(uuid::Uuid::from_u128(59)),
            version: 1,
            body: "affected = accounts".to_owned(),
            note: "The whole table was in the dump.".to_owned(),
            ..newest.clone()
        };
        Self {
            versions: vec![newest, first],
            runs: vec![
                sample_recipe::waiting(),
                sample_recipe::applied(),
                sample_recipe::counted(),
                sample_recipe::failed(),
            ],
        }
    }
}
