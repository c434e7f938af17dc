//! How many people are affected, as somebody has estimated it before a roster could say.

use maud::{Markup, html};

use super::layout::Viewer;
use super::{part, place};
use crate::app::App;
use crate::catalog::Catalog;
use crate::domain::condition::ANYWHERE;
use crate::error::Result;
use crate::ids::IncidentId;
use crate::service::known::{number_or_range, place_of, standing_answers};
use crate::store::answer::{self, Answer};

/// The estimates that stand: the total first, then by place.
#[derive(Clone, Debug, Default)]
pub(crate) struct Estimates(Vec<(String, Answer)>);

impl Estimates {
    /// Reads those of an incident.
    pub async fn read(app: &App, incident: IncidentId) -> Result<Self> {
        let all = answer::list(&app.db, incident).await?;
        Ok(Self::of(&app.catalog, &all))
    }

    /// Those among these answers.
    pub fn of(catalog: &Catalog, all: &[Answer]) -> Self {
        let standing = standing_answers(all).into_iter();
        let mut found: Vec<(bool, String, Answer)> = standing
            .filter_map(|(question, answer)| {
                let code = place_of(question)?;
                Some((code != ANYWHERE, place_name(catalog, code), answer.clone()))
            })
            .collect();
        found.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        Self(found.into_iter().map(|(_, name, a)| (name, a)).collect())
    }

    /// A line each: where, how many, who said so, when, and on what it rests.
    pub fn shown(&self, viewer: &Viewer) -> Markup {
        html! {
            @if !self.0.is_empty() {
                h3 { "Estimates" }
                dl.facts { @for (name, answer) in &self.0 {
                    dt { (name) }
                    dd {
                        (range(&answer.value))
                        p.small {
                            "by " (answer.recorded_by) ", " (part::when(answer.recorded_at, viewer.zone()))
                            @if let Some(reason) = &answer.reason { ": " (reason) }
                        }
                    }
                } }
            }
        }
    }
}

/// The name of a place, with its code.
pub(super) fn place_name(catalog: &Catalog, code: &str) -> String {
    match code {
        ANYWHERE => "Everywhere together".to_owned(),
        code => format!("{} ({code})", place::name(code, catalog.questions())),
    }
}

/// "100 to 300 people".
fn range(value: &str) -> String {
    let words = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    match number_or_range(value) {
        Some((from, to)) if from == to => part::count(words(from), "person", "people"),
        Some((from, to)) => format!(
            "{} to {} people",
            part::number(words(from)),
            part::number(words(to))
        ),
        None => value.to_owned(),
    }
}
