//! Sources: receiving a list, saying what its columns mean, trying it, reading it, stopping that.
//!
//! The work itself is [`work()`]; it runs as a job of the server, or in the process of the command line.

mod again;
mod origin;
mod preview;
mod query;
mod receive;
mod rejected;
pub mod state;
mod work;

use serde::{Deserialize, Serialize};

pub use again::{abandoned, kept, unfinished};
pub use origin::{GONE, How, Origin, row_key};
pub use preview::{Mapped, Preview, Trial, preview, trial, trial_of};
pub use query::{Query, connections, receive_query};
pub use receive::{hash, receive, sweep};
pub use rejected::{Opened, rejected};
pub use state::{Checkpoint, Progress};
pub use work::{End, work};

use super::spool::Folder;
use super::{Ctx, OrNotFound as _, Write, incident};
use crate::app::App;
use crate::domain::access::Action;
use crate::domain::evidence::Entry;
use crate::domain::scope::field::Mapping;
use crate::domain::scope::identifier::Kind;
use crate::error::{Check, Error, Result};
use crate::ids::{IncidentId, SourceId};
use crate::intake::Format;
use crate::job::{self, read_source::ReadSource};
use crate::store::site;
use crate::store::source::{self, Source, Status};

/// What somebody says about a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct About {
    /// How recipes call it: a word of lower-case letters, digits and _, at most 40.
    pub name: String,
    /// The system of the operator profile that it is a list of; empty: none, such as a list of staff.
    pub system: String,
    /// The site whose account ids it holds; empty: it holds none.
    pub site: String,
    /// It was taken from the exposed system itself, so what it lists was there.
    pub in_system: bool,
}

/// Words that a recipe understands as its own.
const RESERVED: &[&str] = &[
    "union",
    "intersect",
    "except",
    "where",
    "during",
    "and",
    "or",
    "not",
    "in",
    "is",
    "between",
    "missing",
    "known",
    "kept",
    "has",
    "link",
    "limit",
    "by",
    "person",
    "affected",
    "more",
];

fn check_about(check: &mut Check, app: &App, about: &About) {
    let name = about.name.as_str();
    let word = (1..=40).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if !word {
        check.fail(
            "name",
            "Give it a name of lower-case letters, digits and _, at most 40, that begins with a letter, \
             such as orders.",
        );
    } else if RESERVED.contains(&name) {
        check.fail(
            "name",
            format!("\"{name}\" is a word of the recipe language. Choose another name."),
        );
    }
    if !about.system.is_empty() && app.catalog.operator().system(&about.system).is_none() {
        check.fail(
            "system",
            format!(
                "There is no system \"{}\" in the operator profile.",
                about.system
            ),
        );
    }
}

async fn check_site(check: &mut Check, app: &App, about: &About) -> Result<Option<String>> {
    if about.site.is_empty() {
        return Ok(None);
    }
    if site::find(&app.db, &about.site).await?.is_none() {
        check.fail("site", format!("There is no site \"{}\".", about.site));
    }
    Ok(Some(about.site.clone()))
}

async fn next_version(w: &mut Write<'_>, incident: IncidentId, name: &str) -> Result<i64> {
    let all = source::list(&mut w.tx, incident).await?;
    let same = all.iter().filter(|s| s.name == name);
    Ok(same.map(|s| s.version).max().unwrap_or(0) + 1)
}

/// One source of an incident.
///
/// # Errors
/// There is none.
pub async fn find(app: &App, incident: IncidentId, id: SourceId) -> Result<Source> {
    source::find(&app.db, id)
        .await?
        .filter(|s| s.incident_id == incident)
        .or_not_found("This source")
}

async fn lock(w: &mut Write<'_>, incident: IncidentId, id: SourceId) -> Result<Source> {
    source::lock(&mut w.tx, id)
        .await?
        .filter(|s| s.incident_id == incident)
        .or_not_found("This source")
}

/// What the columns of a list of this system seem to mean: as the operator profile says of them, else by
/// their names.
pub fn seems(app: &App, system: &str, columns: &[String]) -> Mapping {
    let operator = app.catalog.operator();
    let fetch = operator.system(system).and_then(|s| s.fetch.as_ref());
    let known = fetch.map(|fetch| fetch.mapping.clone()).unwrap_or_default();
    Mapping::suggest(columns, &known, operator.zone())
}

/// What a person puts right before a source is read.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SourceSettings)]
pub struct Settings {
    /// What is said about the list.
    pub about: About,
    /// How the file is read; none: as it was.
    #[serde(default)]
    pub format: Option<Format>,
    /// What its columns mean.
    pub mapping: Mapping,
}

/// Checks what is said about a list with these columns; gives the site.
///
/// # Errors
/// `name`, `system`, `site`, `mapping`, `mapping.COLUMN`, `phone_country` or `fixed.NAME`: all at once.
pub async fn check(
    app: &App,
    about: &About,
    mapping: &Mapping,
    columns: &[String],
) -> Result<Option<String>> {
    let mut check = Check::default();
    check_about(&mut check, app, about);
    let site = check_site(&mut check, app, about).await?;
    for (column, why) in mapping.mistakes(columns) {
        let field = column.map_or("mapping".to_owned(), |c| format!("mapping.{c}"));
        check.fail(field, why);
    }
    if mapping.has(Kind::Account) && site.is_none() {
        check.fail(
            "site",
            "One of the columns holds account ids. Say of which site they are.",
        );
    }
    for (field, why) in mapping.wrong_values(&origin::kinds(app), origin::year(app)) {
        check.fail(field, why);
    }
    check.done()?;
    Ok(site)
}

/// The source as it stands, when the same request was carried out before.
async fn replayed(
    w: &mut Write<'_>,
    incident: IncidentId,
    id: SourceId,
    request: &impl Serialize,
) -> Result<Option<Source>> {
    let done: Option<SourceId> = w.replay(&(incident, id, request)).await?;
    match done {
        Some(done) => source::find(&mut w.tx, done).await,
        None => Ok(None),
    }
}

/// Sets how a source is read and what its columns mean. What was read before, if anything, is dropped.
///
/// # Errors
/// `name`, `system`, `site`, `mapping` or `mapping.COLUMN`; a conflict when it is being read or done.
pub async fn set(
    ctx: &Ctx<'_>,
    incident: IncidentId,
    id: SourceId,
    settings: &Settings,
) -> Result<Source> {
    ctx.require(Action::ImportRoster)?;
    let app = ctx.app;
    let before = find(app, incident, id).await?;
    let how = How::of(&before)?.with(settings.format.as_ref());
    if !before.status.can_begin() {
        let mut w = ctx.begin(Action::ImportRoster, "source.set").await?;
        let done = replayed(&mut w, incident, id, settings).await?;
        return done.ok_or_else(|| conflict(&before));
    }
    let columns = preview::columns(app, &before, &how).await?;
    let mapping = &settings.mapping;
    let site = check(app, &settings.about, mapping, &columns).await?;
    let mut w = ctx.begin(Action::ImportRoster, "source.set").await?;
    if let Some(done) = replayed(&mut w, incident, id, settings).await? {
        return Ok(done);
    }
    let mut s = lock(&mut w, incident, id).await?;
    if !s.status.can_begin() {
        return Err(conflict(&s));
    }
    if s.name != settings.about.name {
        s.version = next_version(&mut w, incident, &settings.about.name).await?;
    }
    s.name.clone_from(&settings.about.name);
    s.system.clone_from(&settings.about.system);
    s.site_id = site;
    s.in_system = settings.about.in_system;
    s.format = serde_json::to_string(&how).map_err(Error::internal)?;
    s.mapping = serde_json::to_string(mapping).map_err(Error::internal)?;
    source::clear(&mut w.tx, s.no).await?;
    s.status = Status::Waiting;
    (s.rows_read, s.rows_taken, s.rows_rejected, s.rows_repeated) = (0, 0, 0, 0);
    (s.bytes_read, s.checkpoint, s.problem) = (0, None, None);
    source::update(&mut w.tx, &s).await?;
    w.record(
        Entry::new("source.set", Some(incident))
            .with("name", s.name.clone())
            .of(&s),
    );
    w.commit(s.id).await?;
    Ok(s)
}

/// Begins to read a source, or goes on where it was left; the server does the rest. With `here` the
/// caller does it, with [`work()`] and the token of the source that is given back.
///
/// # Errors
/// A conflict when it is being read, or done.
pub async fn begin(
    ctx: &Ctx<'_>,
    incident: IncidentId,
    id: SourceId,
    here: bool,
) -> Result<Source> {
    let mut w = ctx.begin(Action::ImportRoster, "source.begin").await?;
    if let Some(done) = replayed(&mut w, incident, id, &()).await? {
        return Ok(done);
    }
    incident::lock_open(&mut w, incident).await?;
    let mut s = lock(&mut w, incident, id).await?;
    // One that says it is being read, and gave no sign of life for a minute, was left by a dead one. On
    // the machine itself that can be seen at once.
    let silent = s
        .beat_at
        .is_none_or(|beat| w.now - beat > chrono::TimeDelta::seconds(60));
    let left = s.status.under_way() && (silent || here && abandoned(ctx.app, &s));
    if !s.status.can_begin() && !left {
        return Err(conflict(&s));
    }
    let mapping = origin::mapping(&s)?;
    if !Kind::ALL.into_iter().any(|kind| mapping.has(kind)) {
        return Err(Error::invalid(
            "mapping",
            "First say which column holds an identifier.",
        ));
    }
    let mut at = Checkpoint::of(&s).map_err(Error::internal)?;
    s.token += 1;
    s.status = if at.complete {
        Status::Loading
    } else {
        Status::Reading
    };
    s.problem = None;
    s.beat_at = Some(w.now);
    at.begun_at = Some(w.now);
    at.rows_then = at.rows;
    let done = if at.complete {
        s.rows_taken
    } else {
        s.bytes_read
    };
    at.done_then = u64::try_from(done).unwrap_or(0);
    s.checkpoint = Some(serde_json::to_string(&at).map_err(Error::internal)?);
    source::update(&mut w.tx, &s).await?;
    if !here {
        let job = ReadSource::V1 {
            source: s.id,
            token: s.token,
        };
        let (rng, now) = (&w.app.rng, w.now);
        job::enqueue(&mut w.tx, rng, now, &job).await?;
    }
    w.record(
        Entry::new("source.begun", Some(incident))
            .with("name", s.name.clone())
            .with("rows", s.rows_read),
    );
    w.commit(s.id).await?;
    Ok(s)
}

/// Stops the reading of a source; what was read is kept, and it can go on.
///
/// # Errors
/// A conflict when it is not being read.
pub async fn stop(ctx: &Ctx<'_>, incident: IncidentId, id: SourceId) -> Result<Source> {
    let mut w = ctx.begin(Action::ImportRoster, "source.stop").await?;
    if let Some(done) = replayed(&mut w, incident, id, &()).await? {
        return Ok(done);
    }
    let mut s = lock(&mut w, incident, id).await?;
    if !s.status.under_way() {
        return Err(conflict(&s));
    }
    s.status = Status::Stopped;
    s.problem = Some(format!("{} stopped it.", w.actor.name));
    source::update(&mut w.tx, &s).await?;
    w.record(
        Entry::new("source.stopped", Some(incident))
            .with("name", s.name.clone())
            .with("rows", s.rows_read),
    );
    w.commit(s.id).await?;
    Ok(s)
}

/// Puts a source aside that is not done; its file and what was read of it are deleted.
///
/// # Errors
/// A conflict when it is being read, or done.
pub async fn discard(ctx: &Ctx<'_>, incident: IncidentId, id: SourceId) -> Result<()> {
    let mut w = ctx.begin(Action::ImportRoster, "source.discard").await?;
    if replayed(&mut w, incident, id, &()).await?.is_some() {
        return Ok(());
    }
    let mut s = lock(&mut w, incident, id).await?;
    if !s.status.can_begin() {
        return Err(conflict(&s));
    }
    s.status = Status::Discarded;
    s.checkpoint = None;
    s.done_at = Some(w.now);
    source::clear(&mut w.tx, s.no).await?;
    source::update(&mut w.tx, &s).await?;
    w.record(
        Entry::new("source.discarded", Some(incident))
            .with("name", s.name.clone())
            .of(&s),
    );
    w.commit(s.id).await?;
    Folder::of(&ctx.app.config.spool, id)
        .remove()
        .map_err(|e| Error::internal(format!("the spool folder cannot be removed: {e}")))
}

fn conflict(s: &Source) -> Error {
    Error::Conflict(match s.status {
        Status::Reading | Status::Loading => {
            format!("{} is being read. Stop that first.", s.title())
        }
        Status::Done => format!(
            "{} is read and cannot be changed any more. Add the list again under the same name: it \
             becomes the next version.",
            s.title()
        ),
        Status::Discarded => format!("{} was put aside.", s.title()),
        _ => format!("{} is not being read.", s.title()),
    })
}
