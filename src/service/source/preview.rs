//! What a source looks like before it is read, and a dry run that reports and writes nothing.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::origin::{self, Origin};
use super::query;
use super::{About, How};
use crate::app::App;
use crate::domain::scope::field::Mapping;
use crate::domain::scope::record::{Bad, Record};
use crate::domain::scope::seal::Sealer;
use crate::error::{Error, Result};
use crate::intake::{self, Detected, Next};
use crate::service::spool::Folder;
use crate::store::source::{Source, Status};

/// How long a dry run reads.
const TRIAL_MAX: Duration = Duration::from_secs(20);
/// How many bad rows a dry run names.
const TRIAL_NAMED: usize = 20;

/// The first rows of a source, and what its mapping makes of them.
#[derive(Clone, Debug)]
pub struct Preview {
    /// Format, columns, rows as they stand, notes.
    pub found: Detected,
    /// What the columns mean.
    pub mapping: Mapping,
    /// What is wrong with the mapping: the column, or none, and a sentence.
    pub mistakes: Vec<(Option<String>, String)>,
    /// For each of the rows what is taken from it, or why it is not; empty while the mapping is wrong.
    pub mapped: Vec<std::result::Result<Mapped, Bad>>,
}

/// What a row says, in words that can be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapped {
    /// The kind of the identifier that the person is known by.
    pub anchor: &'static str,
    /// ISO 3166-1 alpha-2 and US state.
    pub place: String,
    /// Seconds since 1970 UTC: since, until, at.
    pub times: [Option<i64>; 3],
}

impl Mapped {
    fn of(r: &Record<'_>) -> Self {
        let places = [r.country, r.region];
        let places: Vec<&str> = places.iter().flatten().map(|c| c.as_str()).collect();
        Self {
            anchor: r.kind.words(),
            place: places.join("-"),
            times: [r.since, r.until, r.at],
        }
    }
}

/// The columns that a source has when it is read so.
pub(super) async fn columns(app: &App, s: &Source, how: &How) -> Result<Vec<String>> {
    Ok(detected(app, s, how).await?.columns)
}

async fn detected(app: &App, s: &Source, how: &How) -> Result<Detected> {
    let folder = Folder::of(&app.config.spool, s.id);
    match how {
        How::File(format) => {
            let format = format.clone();
            let found = tokio::task::spawn_blocking(move || {
                let file = folder.received().map_err(|_| origin::GONE.to_owned())?;
                intake::detect::preview(&file, &format).map_err(|broken| broken.0)
            });
            let found = found.await.map_err(Error::internal)?;
            found.map_err(|why| Error::invalid("format", why))
        }
        How::Query(asked) => query::look(app, asked).await,
    }
}

/// What is done has no file any more.
fn unread(s: &Source) -> Result<()> {
    match s.status {
        Status::Done | Status::Discarded => Err(super::conflict(s)),
        _ => Ok(()),
    }
}

/// The first rows of a source that is not read yet.
///
/// # Errors
/// `format`: it cannot be read so; a conflict when it is done or was put aside.
pub async fn preview(app: &App, s: &Source) -> Result<Preview> {
    unread(s)?;
    let found = detected(app, s, &How::of(s)?).await?;
    let mapping = origin::mapping(s)?;
    let mistakes = mapping.mistakes(&found.columns);
    let mut mapped = Vec::new();
    if mistakes.is_empty() {
        let reader = origin::reader(app, s, &found.columns).await?;
        for row in &found.rows {
            let get = |n: usize| row.fields.get(n).and_then(Option::as_deref);
            mapped.push(reader.read(row.line, &get).map(|r| Mapped::of(&r)));
        }
    }
    Ok(Preview {
        found,
        mapping,
        mistakes,
        mapped,
    })
}

/// What a dry run found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trial {
    /// Rows that were read.
    pub rows: u64,
    /// Rows that can be taken; repetitions are not looked for.
    pub good: u64,
    /// Rows that cannot.
    pub bad: u64,
    /// The source was read to its end; otherwise time ran out.
    pub whole: bool,
    /// The first bad rows: line, column, sentence.
    pub first_bad: Vec<(i64, String, String)>,
    /// Bad rows by column.
    pub columns: BTreeMap<String, u64>,
    /// Why it cannot be read on.
    pub broken: Option<String>,
}

/// Reads a source and writes nothing: what would be taken, and what not.
///
/// # Errors
/// What [`super::set`] would say about it, or the source cannot be read; a conflict when it is done or was
/// put aside.
pub async fn trial(app: &App, s: &Source) -> Result<Trial> {
    unread(s)?;
    let folder = Folder::of(&app.config.spool, s.id);
    let rows = match origin::open(app, s, &folder).await? {
        Ok(origin) => origin,
        Err(why) => return Err(Error::invalid("file", why)),
    };
    let about = About {
        name: s.name.clone(),
        system: s.system.clone(),
        site: s.site_id.clone().unwrap_or_default(),
        in_system: s.in_system,
    };
    let mapping = origin::mapping(s)?;
    super::check(app, &about, &mapping, rows.columns()).await?;
    trial_of(app, rows, &mapping, &about.site, TRIAL_MAX).await
}

/// [`trial`] of rows that belong to no source yet, for at most `max`.
///
/// # Errors
/// The mapping makes no sense.
pub async fn trial_of(
    app: &App,
    mut rows: Origin,
    mapping: &Mapping,
    site: &str,
    max: Duration,
) -> Result<Trial> {
    let mistakes = mapping.mistakes(rows.columns());
    if let Some((column, why)) = mistakes.into_iter().next() {
        let field = column.map_or("mapping".to_owned(), |c| format!("mapping.{c}"));
        return Err(Error::invalid(field, why));
    }
    // What it seals is dropped, so any key will do.
    let sealer = Sealer::new(&app.rng.bytes());
    let reader = origin::reader_of(app, mapping, site, rows.columns(), &sealer);
    let begun = Instant::now();
    let read = move || {
        let mut trial = Trial::default();
        loop {
            if trial.rows.is_multiple_of(4096) && begun.elapsed() > max {
                return trial;
            }
            let (line, bad) = match rows.next_row() {
                Err(broken) => {
                    trial.broken = Some(broken.0);
                    return trial;
                }
                Ok(Next::End) => {
                    trial.whole = true;
                    return trial;
                }
                Ok(Next::Row(row)) => match reader.read(row.line, &|n| row.get(n)) {
                    Ok(_) => {
                        (trial.rows, trial.good) = (trial.rows + 1, trial.good + 1);
                        continue;
                    }
                    Err(bad) => (row.line, bad),
                },
                Ok(Next::Bad {
                    line,
                    field,
                    reason,
                    ..
                }) => {
                    let column = field.unwrap_or_default();
                    (line, Bad { column, reason })
                }
            };
            (trial.rows, trial.bad) = (trial.rows + 1, trial.bad + 1);
            *trial.columns.entry(bad.column.clone()).or_default() += 1;
            if trial.first_bad.len() < TRIAL_NAMED {
                trial.first_bad.push((line, bad.column, bad.reason));
            }
        }
    };
    tokio::task::spawn_blocking(read)
        .await
        .map_err(Error::internal)
}
