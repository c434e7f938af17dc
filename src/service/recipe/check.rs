//! What a recipe says, before anybody saves or runs it.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::{filled, known, newest};
use crate::app::App;
use crate::domain::scope::recipe::{Mistake, check as reading};
use crate::error::Result;
use crate::ids::IncidentId;

/// The values that a run would be given.
#[derive(Clone, Copy, Debug)]
pub struct Values<'a> {
    /// Parameter to value.
    pub params: &'a BTreeMap<String, String>,
    /// The zone of days.
    pub zone: Tz,
}

/// What a recipe says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = CheckedRecipe)]
pub struct Checked {
    /// What is wrong with it, in the order of the text; empty: nothing.
    pub mistakes: Vec<Mistake>,
    /// Its steps in their order; the last one is the result. Empty while there are mistakes in the text.
    pub steps: Vec<StepWords>,
    /// The names of its parameters.
    pub params: Vec<String>,
    /// The sources whose records are people.
    pub sources: Vec<String>,
    /// The sources that are asked for windows.
    pub logs: Vec<String>,
    /// Steps that the result does not use.
    pub unused: Vec<String>,
}

/// A step of a recipe in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct StepWords {
    /// Its name.
    pub name: String,
    /// Its text, in one spelling.
    pub text: String,
    /// What it means, in a sentence.
    pub sentence: String,
}

/// Reads a text against the sources of an incident, and with `values` what a run would find wrong with
/// them. Nothing is written.
///
/// # Errors
/// When the database cannot be read.
pub async fn check(
    app: &App,
    incident: IncidentId,
    body: &str,
    values: Option<Values<'_>>,
) -> Result<Checked> {
    let sources = newest(app, incident).await?;
    let recipe = match reading::read(body, &known(&sources)) {
        Ok(recipe) => recipe,
        Err(mistakes) => {
            return Ok(Checked {
                mistakes,
                ..Checked::default()
            });
        }
    };
    let mistakes = match values {
        None => Vec::new(),
        Some(Values { params, zone }) => filled(app, incident, &recipe, params, zone, &sources)
            .await?
            .err()
            .unwrap_or_default(),
    };
    let owned = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect();
    let words = recipe.steps.iter().map(|step| StepWords {
        name: step.name.text.clone(),
        text: step.to_string(),
        sentence: step.sentence(&recipe),
    });
    Ok(Checked {
        mistakes,
        steps: words.collect(),
        params: owned(recipe.params()),
        sources: owned(recipe.sources()),
        logs: owned(recipe.logs()),
        unused: owned(recipe.unused()),
    })
}
