//! Recipes: how the affected people follow from the sources; written, versioned, run, applied.

mod check;
mod exposed;
mod fold;
mod run;

use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

pub use check::{Checked, StepWords, Values, check};
pub use run::{Difference, Read, work};

use super::late::FoundLater;
use super::{Ctx, OrNotFound as _, incident};
use crate::app::App;
use crate::domain::access::Action;
use crate::domain::evidence::Entry;
use crate::domain::scope::field::{Field, Mapping};
use crate::domain::scope::recipe::bind::{self, Bound, Given};
use crate::domain::scope::recipe::check::{self as reading, Known};
use crate::domain::scope::recipe::{Mistake, Recipe as Parsed};
use crate::error::{Check, Error, Result};
use crate::ids::{IncidentId, RecipeId, RunId};
use crate::job::{self, run_recipe::RunRecipe};
use crate::store::recipe::{self, Recipe, Run, Status};
use crate::store::source::{self, Source};

/// A new version of a recipe.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = RecipeDraft)]
pub struct Draft {
    /// The text.
    pub body: String,
    /// Why this version. 1 to 2,000 characters.
    pub note: String,
}

/// Sources by name: of several readings of one name the newest that is done.
///
/// # Errors
/// When the database cannot be read.
pub async fn newest(app: &App, incident: IncidentId) -> Result<BTreeMap<String, Source>> {
    let mut newest: BTreeMap<String, Source> = BTreeMap::new();
    for s in source::list(&app.db, incident).await? {
        let older = newest.get(&s.name).is_some_and(|n| n.version > s.version);
        if s.status == source::Status::Done && !older {
            newest.insert(s.name.clone(), s);
        }
    }
    Ok(newest)
}

/// What a recipe may ask of the sources.
fn known(sources: &BTreeMap<String, Source>) -> Known {
    let fields = |s: &Source| -> Option<BTreeSet<Field>> {
        let mapping: Mapping = serde_json::from_str(&s.mapping).ok()?;
        let fixed = mapping
            .fixed
            .keys()
            .filter_map(|name| Field::named(name).ok());
        Some(mapping.columns.values().cloned().chain(fixed).collect())
    };
    Known::new(
        sources
            .iter()
            .map(|(n, s)| (n.clone(), fields(s)))
            .collect(),
    )
}

/// Reads a text against the sources of an incident.
///
/// # Errors
/// Every mistake with its place; the outer one when the database cannot be read.
pub async fn read(
    app: &App,
    incident: IncidentId,
    body: &str,
) -> Result<std::result::Result<Parsed, Vec<Mistake>>> {
    Ok(reading::read(body, &known(&newest(app, incident).await?)))
}

/// Mistakes as errors of the field `body`, each with line and column.
fn refuse(mistakes: Vec<Mistake>) -> Error {
    let mut check = Check::default();
    for mistake in mistakes {
        check.fail("body", mistake.to_string());
    }
    check
        .done()
        .err()
        .unwrap_or_else(|| Error::internal("a recipe was refused without a mistake"))
}

/// A recipe with its values, ready to run.
pub(super) async fn bound(
    app: &App,
    incident: IncidentId,
    body: &str,
    params: &BTreeMap<String, String>,
    zone: Tz,
    sources: &BTreeMap<String, Source>,
) -> Result<Bound> {
    let parsed = reading::read(body, &known(sources)).map_err(refuse)?;
    filled(app, incident, &parsed, params, zone, sources)
        .await?
        .map_err(refuse)
}

/// What was read, with its values.
///
/// # Errors
/// Every mistake with its place; the outer one when the database cannot be read.
async fn filled(
    app: &App,
    incident: IncidentId,
    parsed: &Parsed,
    params: &BTreeMap<String, String>,
    zone: Tz,
    sources: &BTreeMap<String, Source>,
) -> Result<std::result::Result<Bound, Vec<Mistake>>> {
    let mut retention = BTreeMap::new();
    for (name, s) in sources {
        // A list taken from the system itself proves that its records were there.
        if s.in_system || s.system.is_empty() {
            continue;
        }
        if let Some((from, cutoff)) = exposed::retention(app, incident, &s.system).await? {
            retention.insert(name.clone(), (from, cutoff.timestamp()));
        }
    }
    let given = Given {
        params,
        zone,
        retention: &retention,
    };
    Ok(bind::bind(parsed, &given))
}

/// The zone of this name; of an empty one the first controller's.
///
/// # Errors
/// A sentence.
pub fn zone(app: &App, name: &str) -> std::result::Result<Tz, String> {
    match name {
        "" => Ok(app.catalog.operator().zone()),
        name => name
            .parse()
            .map_err(|_| format!("There is no time zone \"{name}\".")),
    }
}

/// Saves a version. The same text as the newest one is that one.
///
/// # Errors
/// `body`: every mistake with line and column; `note`.
pub async fn save(ctx: &Ctx<'_>, incident: IncidentId, draft: &Draft) -> Result<Recipe> {
    ctx.require(Action::ImportRoster)?;
    let mut check = Check::default();
    let note = check.text("note", &draft.note, 2_000);
    if let Err(mistakes) = read(ctx.app, incident, &draft.body).await? {
        for mistake in mistakes {
            check.fail("body", mistake.to_string());
        }
    }
    check.done()?;
    let mut w = ctx.begin(Action::ImportRoster, "recipe.save").await?;
    if let Some(done) = w.replay(&(incident, draft)).await? {
        let done: RecipeId = done;
        return recipe::find(&mut w.tx, done)
            .await?
            .or_not_found("This version of the recipe");
    }
    incident::lock_open(&mut w, incident).await?;
    let body = draft.body.replace("\r\n", "\n").trim().to_owned();
    let newest = recipe::list(&mut w.tx, incident).await?.into_iter().next();
    if let Some(same) = newest.as_ref().filter(|r| r.body == body) {
        return Ok(same.clone());
    }
    let row = Recipe {
        id: RecipeId(w.app.rng.uuid(w.now)),
        incident_id: incident,
        version: newest.map_or(1, |r| r.version + 1),
        body,
        note,
        written_by: w.actor.name.clone(),
        written_at: w.now,
    };
    recipe::insert(&mut w.tx, &row).await?;
    w.record(
        Entry::new("recipe.written", Some(incident))
            .with("version", row.version)
            .of(&row),
    );
    w.commit(row.id).await?;
    Ok(row)
}

/// What is asked of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = AskRun)]
pub struct Ask {
    /// The version of the recipe; none: the newest.
    pub version: Option<i64>,
    /// The values of its parameters.
    pub params: BTreeMap<String, String>,
    /// The IANA zone of days; empty: the first controller's.
    pub zone: String,
    /// The result becomes the roster.
    pub apply: bool,
    /// Why the roster is changed; needed to apply.
    pub reason: String,
    /// When and why new people were found only now.
    pub found: Option<FoundLater>,
}

/// Asks for a run; the server does it. With `here` the caller does it, with [`work`].
///
/// # Errors
/// `body`, `params`, `zone`, `reason`: what is wrong with them.
pub async fn ask(ctx: &Ctx<'_>, incident: IncidentId, ask: &Ask, here: bool) -> Result<Run> {
    ctx.require(Action::ImportRoster)?;
    let app = ctx.app;
    let mut check = Check::default();
    let zone = zone(app, &ask.zone).unwrap_or_else(|why| {
        check.fail("zone", why);
        Tz::UTC
    });
    let reason = ask.apply.then(|| check.text("reason", &ask.reason, 2_000));
    let versions = recipe::list(&app.db, incident).await?;
    let written = match ask.version {
        None => versions.first(),
        Some(version) => versions.iter().find(|r| r.version == version),
    };
    let written = written
        .cloned()
        .or_not_found("This version of the recipe")?;
    let sources = newest(app, incident).await?;
    let parsed = reading::read(&written.body, &known(&sources)).map_err(refuse)?;
    let has = parsed.params();
    for name in ask.params.keys().filter(|n| !has.contains(&n.as_str())) {
        check.fail(
            "params",
            format!("The recipe has no parameter \"{name}\". Leave it out, or correct its name."),
        );
    }
    check.done()?;
    filled(app, incident, &parsed, &ask.params, zone, &sources)
        .await?
        .map_err(refuse)?;
    let mut w = ctx.begin(Action::ImportRoster, "recipe.ask").await?;
    if let Some(done) = w.replay(&(incident, ask)).await? {
        let done: RunId = done;
        return recipe::find_run(&mut w.tx, done)
            .await?
            .or_not_found("This run");
    }
    let locked = incident::lock_open(&mut w, incident).await?;
    if ask.apply {
        // What is wrong is said now, next to the field, and not by a run that failed.
        super::late::read(&mut w, &locked, ask.found.as_ref()).await?;
    }
    let json =
        |value: &BTreeMap<String, String>| serde_json::to_string(value).map_err(Error::internal);
    let run = Run {
        id: RunId(w.app.rng.uuid(w.now)),
        incident_id: incident,
        recipe_id: written.id,
        params: json(&ask.params)?,
        zone: zone.name().to_owned(),
        status: Status::Waiting,
        problem: None,
        sources: None,
        steps: None,
        persons: None,
        result_sha256: None,
        difference: None,
        apply: ask.apply,
        found: ask
            .found
            .as_ref()
            .filter(|_| ask.apply)
            .map(serde_json::to_string)
            .transpose()
            .map_err(Error::internal)?,
        reason,
        revision: None,
        asked_by: w.actor.name.clone(),
        asked_at: w.now,
        done_at: None,
    };
    recipe::insert_run(&mut w.tx, &run).await?;
    if !here {
        let (rng, now) = (&w.app.rng, w.now);
        job::enqueue(&mut w.tx, rng, now, &RunRecipe::V1 { run: run.id }).await?;
    }
    w.record(
        Entry::new("recipe.asked", Some(incident))
            .with("version", written.version)
            .with("apply", run.apply)
            .of(&run),
    );
    w.commit(run.id).await?;
    Ok(run)
}

/// One run of an incident.
///
/// # Errors
/// There is none.
pub async fn find_run(app: &App, incident: IncidentId, id: RunId) -> Result<Run> {
    recipe::find_run(&app.db, id)
        .await?
        .filter(|r| r.incident_id == incident)
        .or_not_found("This run")
}
