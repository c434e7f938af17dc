//! Running a recipe: the roster that it gives, compared with the one there is, or put in its place.
//!
//! Always holds: a run that is only looked at does everything that an applied one does and takes it
//! back, so what it shows is what would happen.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::fold::{Fold, SourceOf};
use super::{bound, exposed, newest};
use crate::app::App;
use crate::domain::access::Actor;
use crate::domain::evidence::Entry;
use crate::domain::scope::recipe::bind::Bound;
use crate::error::{Error, Result};
use crate::ids::RunId;
use crate::service::late::{self, FoundLater};
use crate::service::revision::{self, Change};
use crate::service::{Ctx, OrNotFound as _, Write, incident, incident_key};
use crate::store::recipe::{self, Run, Status};
use crate::store::revision::Cause;
use crate::store::run::{self as engine, After, Input, Outcome};
use crate::store::source::Source;
use crate::store::stage::{self, Leaving, Merged};
use crate::store::{alias, person, split};

/// How many records are folded at a time.
const PAGE: i64 = 10_000;

/// A source as a run read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = SourceRead)]
pub struct Read {
    /// How the recipe calls it.
    pub name: String,
    /// Which reading of it.
    pub version: i64,
    /// Its number.
    pub no: i64,
    /// Its records.
    pub records: i64,
    /// The hash over them, hex.
    pub content_sha256: String,
}

/// How the roster of a run differs from the one that stood before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = RosterDifference)]
pub struct Difference {
    /// New people.
    pub added: i64,
    /// People who had left and are on it again.
    pub back: i64,
    /// People who leave.
    pub left: i64,
    /// People of whom another row is told.
    pub changed: i64,
}

impl From<Merged> for Difference {
    fn from(m: Merged) -> Self {
        Self {
            added: m.added,
            back: m.back,
            left: m.left,
            changed: m.changed,
        }
    }
}

impl Difference {
    /// The same roster.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// Runs what waits; a run that was ended before stays as it is.
///
/// # Errors
/// The database fails; it can be run again.
pub async fn work(app: &App, id: RunId) -> Result<()> {
    let Some(run) = recipe::find_run(&app.db, id).await? else {
        return Ok(());
    };
    if run.status != Status::Waiting {
        return Ok(());
    }
    let actor = Actor {
        name: run.asked_by.clone(),
        ..Actor::system()
    };
    let ctx = Ctx::new(app, actor);
    match evaluate(&ctx, run.clone()).await {
        Ok(()) => Ok(()),
        Err(error @ Error::Internal(_)) => Err(error),
        Err(why) => failed(&ctx, run, why.to_string()).await,
    }
}

async fn failed(ctx: &Ctx<'_>, mut run: Run, why: String) -> Result<()> {
    let w = ctx.begin_unchecked("recipe.failed").await?;
    run.status = Status::Failed;
    run.problem = Some(why.clone());
    run.done_at = Some(w.now);
    end(
        w,
        run,
        Entry::new("recipe.failed", None).with("problem", why),
    )
    .await
}

async fn end(mut w: Write<'_>, run: Run, entry: Entry) -> Result<()> {
    if !recipe::end_run(&mut w.tx, &run).await? {
        return Ok(());
    }
    w.record(entry.of(&run));
    w.commit(()).await
}

/// What a run needs, read before its transaction.
struct Ready {
    bound: Bound,
    /// By name, the newest reading of each source that the recipe names.
    sources: BTreeMap<String, Source>,
}

async fn evaluate(ctx: &Ctx<'_>, mut run: Run) -> Result<()> {
    let app = ctx.app;
    let written = recipe::find(&app.db, run.recipe_id)
        .await?
        .or_not_found("This recipe")?;
    let params: BTreeMap<String, String> =
        serde_json::from_str(&run.params).map_err(Error::internal)?;
    let zone: Tz = run.zone.parse().map_err(Error::internal)?;
    let all = newest(app, run.incident_id).await?;
    let bound = bound(app, run.incident_id, &written.body, &params, zone, &all).await?;
    let named = bound.sources.iter().chain(&bound.logs);
    let sources = named
        .map(|name| {
            let source = all
                .get(name)
                .cloned()
                .or_not_found("A source of the recipe")?;
            Ok((name.clone(), source))
        })
        .collect::<Result<_>>()?;
    let ready = Ready { bound, sources };
    run.sources = Some(json(&read(&ready))?);
    if run.apply {
        let mut announced = revision::announce(ctx, run.incident_id).await?;
        let result = apply(ctx, run, &ready, &mut announced).await;
        ctx.give_up(announced).await?;
        result
    } else {
        look(ctx, run, &ready).await
    }
}

fn read(ready: &Ready) -> Vec<Read> {
    let all = ready.sources.iter();
    all.map(|(name, s)| Read {
        name: name.clone(),
        version: s.version,
        no: s.no,
        records: s.rows_taken,
        content_sha256: s.content_sha256.clone().unwrap_or_default(),
    })
    .collect()
}

fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(Error::internal)
}

/// Puts the roster that the recipe gives on the stage, with its aliases.
async fn stage(w: &mut Write<'_>, run: &Run, ready: &Ready) -> Result<Outcome> {
    let incident = run.incident_id;
    let numbers: BTreeMap<String, i64> = ready
        .sources
        .iter()
        .map(|(name, s)| (name.clone(), s.no))
        .collect();
    let apart = split::apart(&mut w.tx, incident).await?;
    let input = Input {
        bound: &ready.bound,
        sources: &numbers,
        apart: &apart,
    };
    let outcome = engine::run(&mut w.tx, &input).await?;
    let sealer = incident_key::sealer(w, incident).await?;
    let mut of = BTreeMap::new();
    for s in ready.sources.values() {
        let kinds = exposed::kinds(w.app, incident, &s.system).await?;
        of.insert(s.no, SourceOf::new(s, kinds));
    }
    let mut fold = Fold::new(&ready.bound, of, &sealer);
    stage::open(&mut w.tx).await?;
    alias::open(&mut w.tx).await?;
    let (mut rows, mut aliases) = (Vec::new(), Vec::new());
    let (mut after, mut person): (Option<After>, Vec<engine::Piece>) = (None, Vec::new());
    loop {
        let page = engine::records(&mut w.tx, &input, after, PAGE).await?;
        after = page.last().map(|p| After {
            label: p.label,
            source: p.record.source,
            line: p.record.line,
            key: p.record.key,
        });
        let ended = page.is_empty();
        for piece in page {
            if person.first().is_some_and(|p| p.label != piece.label) {
                fold.person(&person, &mut rows, &mut aliases)?;
                person.clear();
            }
            person.push(piece);
        }
        if ended {
            fold.person(&person, &mut rows, &mut aliases)?;
        }
        if ended || rows.len() >= stage::ROWS {
            stage::push(&mut w.tx, &rows).await?;
            alias::push(&mut w.tx, &aliases).await?;
            rows.clear();
            aliases.clear();
        }
        if ended {
            break;
        }
    }
    engine::close(&mut w.tx).await?;
    Ok(outcome)
}

/// What the roster would be; nothing of it stays.
async fn look(ctx: &Ctx<'_>, mut run: Run, ready: &Ready) -> Result<()> {
    {
        let mut w = ctx.begin_unchecked("recipe.look").await?;
        incident::lock_open(&mut w, run.incident_id).await?;
        let outcome = stage(&mut w, &run, ready).await?;
        let number = crate::store::revision::next_number(&mut w.tx, run.incident_id).await?;
        let leaving = Leaving::WhoIsNotStaged("looked at");
        let merged = stage::merge(&mut w.tx, run.incident_id, number, leaving).await?;
        run.result_sha256 = Some(revision::digest(&mut w.tx, run.incident_id).await?);
        run.persons = Some(person::recount(&mut w.tx, run.incident_id).await?);
        run.steps = Some(json(&outcome)?);
        run.difference = Some(json(&Difference::from(merged))?);
        // Dropped without a commit: everything above is taken back.
    }
    let mut w = ctx.begin_unchecked("recipe.looked").await?;
    run.status = Status::Done;
    run.done_at = Some(w.now);
    let entry = entry("recipe.looked", &run);
    incident::lock(&mut w, run.incident_id).await?;
    end(w, run, entry).await
}

/// Makes the recipe's result the roster.
async fn apply(
    ctx: &Ctx<'_>,
    mut run: Run,
    ready: &Ready,
    announced: &mut Option<crate::service::announcement::Announced>,
) -> Result<()> {
    let mut w = ctx.begin_unchecked("recipe.apply").await?;
    let mut incident = incident::lock_open(&mut w, run.incident_id).await?;
    let found: Option<FoundLater> = run
        .found
        .as_deref()
        .map(serde_json::from_str)
        .transpose()
        .map_err(Error::internal)?;
    let found = late::read(&mut w, &incident, found.as_ref()).await?;
    let outcome = stage(&mut w, &run, ready).await?;
    let reason = run.reason.clone().unwrap_or_default();
    let change = Change {
        cause: Cause::Recipe,
        import: None,
        run: Some(run.id.0),
        reason: Some(reason.clone()),
        found,
    };
    let leaving = Leaving::WhoIsNotStaged(&reason);
    let revised = revision::revise(&mut w, &mut incident, leaving, change, announced).await?;
    alias::merge(&mut w.tx, run.incident_id).await?;
    run.status = Status::Done;
    run.steps = Some(json(&outcome)?);
    run.persons = Some(revised.persons);
    run.result_sha256 = Some(revised.result_sha256);
    run.difference = Some(json(&Difference::from(revised.merged))?);
    run.revision = Some(revised.revision);
    run.done_at = Some(w.now);
    let entry = entry("recipe.applied", &run);
    end(w, run, entry).await
}

/// What a run found. Only the hash of an applied one is that of the roster, which the log is held against.
fn entry(kind: &'static str, run: &Run) -> Entry {
    let hash = if run.revision.is_some() {
        "roster_sha256"
    } else {
        "counted_sha256"
    };
    Entry::new(kind, Some(run.incident_id))
        .with("run", run.id.to_string())
        .with("recipe", run.recipe_id.to_string())
        .with("params", run.params.clone())
        .with("sources", run.sources.clone())
        .with("steps", run.steps.clone())
        .with("persons", run.persons)
        .with(hash, run.result_sha256.clone())
        .with("difference", run.difference.clone())
        .with("revision", run.revision)
}
