//! `duenotice people import`: reads a list into the database, in this process.
//!
//! Always holds: with `--dry-run` nothing is written. Whatever ends the process, the same command goes
//! on where it was, and what comes of it is the same as if nothing had happened.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::app::App;
use crate::config::Config;
use crate::domain::access::Action;
use crate::domain::scope::field::Mapping;
use crate::http::source_rejected;
use crate::ids::{IncidentId, SourceId};
use crate::intake::{self, Detected};
use crate::service::Ctx;
use crate::service::source::{self, About, End, How, Origin, Progress, Settings};
use crate::store;
use crate::store::source::{Source, Status};

use super::super::{CliError, Console, serve};
use super::desk::{opened, params};
use super::progress::{LOOK, Shown};
use super::said::Said;
use super::{acting, incident, report};

/// Read a list of people, such as customers, orders or an access log, for one incident
///
/// The file is CSV, JSON Lines, Parquet or an access log, plain or packed with gzip or zstd. What it is
/// and what its columns mean is detected and shown; flags put it right. Try it with --dry-run first.
///
/// It reads into the configured database itself; no server has to run. When it is stopped or killed, the
/// same command goes on where it was.
#[derive(Debug, clap::Args)]
#[command(
    after_long_help = "Fields are account, email, phone, order, ticket, cookie (identifiers), \
    country, state, lang, birth_year, role, exposed, since (created, registered), until (deleted, \
    resolved), at (ordered, visited, read), and more.NAME for anything else that a recipe asks for.\n\n\
    Example:\n  duenotice people import orders.csv --incident 2026-014 --name orders --system orders \\\n    \
    --in-system --map order_no=order --fixed role=customer --zone Europe/Vienna --dry-run"
)]
pub(super) struct Args {
    /// The file
    #[arg(required_unless_present_any = ["resume", "query"])]
    file: Option<PathBuf>,
    /// Ask a database instead: one select, with parameters such as :from
    #[arg(long, value_name = "SQL", requires = "connection", conflicts_with_all = ["file", "resume"])]
    query: Option<String>,
    /// The database, by its name in the file of the setting connections
    #[arg(long, value_name = "NAME", requires = "query")]
    connection: Option<String>,
    /// A value of a parameter of the query; may be repeated
    #[arg(long, value_name = "NAME=VALUE", requires = "query")]
    param: Vec<String>,
    /// The incident, by its reference (2026-014)
    #[arg(long, value_name = "REFERENCE", required_unless_present = "resume")]
    incident: Option<String>,
    #[command(flatten)]
    said: Said,
    /// Say what would be taken and what not, and write nothing
    #[arg(long, conflicts_with = "resume")]
    dry_run: bool,
    /// Go on with a source that was stopped, by its id
    #[arg(long, value_name = "SOURCE", conflicts_with_all = ["file", "incident", "name"])]
    resume: Option<SourceId>,
    /// Write the rows that could not be taken to this file: line, column, reason, row
    #[arg(long, value_name = "FILE")]
    rejected: Option<PathBuf>,
    /// Who acts: the e-mail address of an account whose role allows it [Due Notice itself]
    #[arg(long = "as", value_name = "EMAIL")]
    acting: Option<String>,
}

pub(super) fn run(args: &Args, config: &Config, console: &mut Console<'_>) -> Result<(), CliError> {
    opened(config, async |app| import(args, app, console).await)
}

async fn import(args: &Args, app: &App, console: &mut Console<'_>) -> Result<(), CliError> {
    let ctx = acting(app, args.acting.as_deref()).await?;
    ctx.require(Action::ImportRoster)
        .map_err(CliError::failed)?;
    let s = match (&args.resume, &args.file, &args.incident) {
        (Some(id), ..) => store::source::find(&app.db, *id)
            .await
            .map_err(CliError::failed)?
            .ok_or_else(|| CliError::Failed(format!("there is no source {id}")))?,
        (None, None, Some(reference)) => {
            let incident = incident(app, reference).await?;
            queried(args, &ctx, incident.id, console).await?
        }
        (None, Some(path), Some(reference)) => {
            let incident = incident(app, reference).await?;
            let list = List::open(app, path, &args.said, args.dry_run, console)?;
            if args.dry_run {
                return list.try_out(app, console).await;
            }
            list.source(&ctx, incident.id, console).await?
        }
        _ => {
            return Err(CliError::Usage(
                "name a file and an incident, or a source to go on with".to_owned(),
            ));
        }
    };
    if args.dry_run {
        let discarded = source::discard(&ctx, s.incident_id, s.id).await;
        return discarded.map(drop).map_err(CliError::failed);
    }
    read(&ctx, &s, args.rejected.as_deref(), console).await
}

/// The source of a query.
async fn queried(
    args: &Args,
    ctx: &Ctx<'_>,
    incident: IncidentId,
    console: &mut Console<'_>,
) -> Result<Source, CliError> {
    let asked = source::Query {
        connection: args.connection.clone().unwrap_or_default(),
        sql: args.query.clone().unwrap_or_default(),
        params: params(&args.param)?,
    };
    let about = args.said.about();
    let s = source::receive_query(ctx, incident, &about, &asked)
        .await
        .map_err(|e| report::mistakes(&e))?;
    let app = ctx.app;
    let found = source::preview(app, &s)
        .await
        .map_err(CliError::failed)?
        .found;
    let mapping = args
        .said
        .mapping(source::seems(app, &about.system, &found.columns));
    report::found(&asked.connection, &found, console.out)?;
    report::mapping(&found, &mapping, args.dry_run, console.out)?;
    console.out.flush()?;
    let settings = Settings {
        about,
        format: None,
        mapping,
    };
    let set = source::set(ctx, incident, s.id, &settings).await;
    let s = set.map_err(|e| report::mistakes(&e))?;
    if args.dry_run {
        let trial = source::trial(app, &s).await.map_err(CliError::failed)?;
        report::trial(&trial, console.out)?;
    }
    Ok(s)
}

/// A file with what is said about it.
struct List {
    file: File,
    name: String,
    about: About,
    found: Detected,
    mapping: Mapping,
}

impl List {
    /// Finds out what the file is, and says so.
    fn open(
        app: &App,
        path: &Path,
        said: &Said,
        values: bool,
        console: &mut Console<'_>,
    ) -> Result<Self, CliError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let failed =
            |e: &dyn std::fmt::Display| CliError::Failed(format!("{}: {e}", path.display()));
        let file = File::open(path).map_err(|e| failed(&e))?;
        let mut found = intake::detect(&file, &name).map_err(|e| failed(&e))?;
        let format = said.format(&found.format)?;
        if format != found.format {
            found = intake::detect::preview(&file, &format).map_err(|e| failed(&e))?;
        }
        let about = said.about();
        let mapping = said.mapping(source::seems(app, &about.system, &found.columns));
        report::found(&name, &found, console.out)?;
        report::mapping(&found, &mapping, values, console.out)?;
        console.out.flush()?;
        Ok(Self {
            file,
            name: name.into_owned(),
            about,
            found,
            mapping,
        })
    }

    /// What is wrong with what was said.
    async fn check(&self, app: &App) -> Result<(), CliError> {
        source::check(app, &self.about, &self.mapping, &self.found.columns)
            .await
            .map(|_| ())
            .map_err(|e| report::mistakes(&e))
    }

    /// Reads it to its end and writes nothing.
    async fn try_out(self, app: &App, console: &mut Console<'_>) -> Result<(), CliError> {
        self.check(app).await?;
        let rows = intake::open(self.file, &self.found.format).map_err(CliError::failed)?;
        let rows = Origin::File(rows);
        let trial = source::trial_of(app, rows, &self.mapping, &self.about.site, Duration::MAX);
        let trial = trial.await.map_err(|e| report::mistakes(&e))?;
        report::trial(&trial, console.out)?;
        match trial.broken {
            Some(why) => Err(CliError::Failed(why)),
            None => Ok(()),
        }
    }

    /// The source that it is read into: the unfinished one of the same file, or a new one.
    async fn source(
        mut self,
        ctx: &Ctx<'_>,
        incident: IncidentId,
        console: &mut Console<'_>,
    ) -> Result<Source, CliError> {
        let app = ctx.app;
        self.check(app).await?;
        let (sha256, _) = source::hash(&mut self.file)?;
        let known = source::unfinished(app, incident, &self.about.name, &sha256)
            .await
            .map_err(CliError::failed)?;
        if let Some(s) = known {
            if source::kept(app, &s).map_err(CliError::failed)? {
                return self.go_on(ctx, s, console).await;
            }
            if source::abandoned(app, &s) {
                let stopped = source::stop(ctx, incident, s.id).await;
                stopped.map_err(CliError::failed)?;
            }
            let discarded = source::discard(ctx, incident, s.id).await;
            discarded.map_err(CliError::failed)?;
            writeln!(
                console.out,
                "The unfinished reading of this file ({}) left nothing on this machine; it begins anew.",
                s.id
            )?;
        }
        let file = self.file.try_clone()?;
        let s = source::receive(ctx, incident, &self.about, &self.name, file)
            .await
            .map_err(|e| report::mistakes(&e))?;
        self.set(ctx, &s).await
    }

    async fn set(&self, ctx: &Ctx<'_>, s: &Source) -> Result<Source, CliError> {
        let settings = Settings {
            about: self.about.clone(),
            format: Some(self.found.format.clone()),
            mapping: self.mapping.clone(),
        };
        source::set(ctx, s.incident_id, s.id, &settings)
            .await
            .map_err(|e| report::mistakes(&e))
    }

    /// Goes on with what was left, unless something else is said about it now.
    async fn go_on(
        &self,
        ctx: &Ctx<'_>,
        s: Source,
        console: &mut Console<'_>,
    ) -> Result<Source, CliError> {
        let format = serde_json::to_string(&How::File(self.found.format.clone()));
        let mapping = serde_json::to_string(&self.mapping);
        let same = s.format == format.map_err(CliError::failed)?
            && s.mapping == mapping.map_err(CliError::failed)?
            && s.system == self.about.system
            && s.site_id.as_deref().unwrap_or_default() == self.about.site
            && s.in_system == self.about.in_system;
        if same {
            writeln!(
                console.out,
                "Going on with the unfinished reading of this file ({}), of which {} rows are read.",
                s.id, s.rows_read
            )?;
            return Ok(s);
        }
        writeln!(
            console.out,
            "Something else was said about the unfinished reading of this file ({}); it is read anew.",
            s.id
        )?;
        if source::abandoned(ctx.app, &s) {
            let stopped = source::stop(ctx, s.incident_id, s.id).await;
            stopped.map_err(CliError::failed)?;
        }
        self.set(ctx, &s).await
    }
}

/// Reads the source here, to its end or until somebody stops it.
async fn read(
    ctx: &Ctx<'_>,
    s: &Source,
    rejected: Option<&Path>,
    console: &mut Console<'_>,
) -> Result<(), CliError> {
    let app = ctx.app;
    // From here on Ctrl-C stops the reading, not the program in the middle of it.
    let signalled = serve::signalled();
    let s = source::begin(ctx, s.incident_id, s.id, true)
        .await
        .map_err(CliError::failed)?;
    // For whoever has to stop it from elsewhere.
    writeln!(console.out, "Reading {} (source {}).", s.title(), s.id)?;
    console.out.flush()?;
    let work = tokio::spawn({
        let (app, id, token) = (app.clone(), s.id, s.token);
        async move { source::work(&app, id, token).await }
    });
    let mut shown = Shown::new();
    let end = watch(ctx, &s, work, signalled, &mut shown, console).await;
    shown.end(console.err)?;
    let end = end?;
    let s = source::find(app, s.incident_id, s.id)
        .await
        .map_err(CliError::failed)?;
    if let Some(path) = rejected.filter(|_| end != End::Left) {
        let n = write_rejected(app, &s, path).await?;
        writeln!(console.out, "{n} rejected rows are in {}.", path.display())?;
    }
    let again = format!("Go on with: duenotice people import --resume {}", s.id);
    match (end, s.status) {
        (End::Done, _) => report::done(&s, console.out),
        (End::Left, Status::Reading | Status::Loading) => Err(CliError::Failed(format!(
            "somebody else goes on with reading {}",
            s.title()
        ))),
        _ => Err(CliError::Failed(format!(
            "{} is not read to its end. {} {again}",
            s.title(),
            s.problem.as_deref().unwrap_or_default()
        ))),
    }
}

/// Shows how far it is until the work ends; Ctrl-C stops it.
async fn watch(
    ctx: &Ctx<'_>,
    s: &Source,
    mut work: tokio::task::JoinHandle<crate::error::Result<End>>,
    signalled: impl Future<Output = ()>,
    shown: &mut Shown,
    console: &mut Console<'_>,
) -> Result<End, CliError> {
    let app = ctx.app;
    let mut look = tokio::time::interval(LOOK);
    let mut signalled = std::pin::pin!(signalled);
    let mut stopping = false;
    loop {
        tokio::select! {
            ended = &mut work => {
                return ended.map_err(CliError::failed)?.map_err(CliError::failed);
            }
            () = &mut signalled, if !stopping => {
                stopping = true;
                // When it is done by now there is nothing to stop.
                let _ = source::stop(ctx, s.incident_id, s.id).await;
            }
            _ = look.tick() => {
                let now = source::find(app, s.incident_id, s.id).await.map_err(CliError::failed)?;
                if now.status.under_way() && !stopping {
                    let progress = Progress::of(&now, app.time.now()).map_err(CliError::failed)?;
                    shown.show(&progress, console.err)?;
                }
            }
        }
    }
}

/// Writes the rows that could not be taken; how many there are.
async fn write_rejected(app: &App, s: &Source, path: &Path) -> Result<usize, CliError> {
    let failed = |e: std::io::Error| CliError::Failed(format!("{}: {e}", path.display()));
    let mut file = File::create(path).map_err(failed)?;
    let (mut after, mut all) = (0, 0);
    loop {
        let rows = source::rejected(app, s, after, source_rejected::PIECE)
            .await
            .map_err(CliError::failed)?;
        let piece = source_rejected::piece(all == 0, &rows).map_err(CliError::failed)?;
        if all == 0 || !rows.is_empty() {
            file.write_all(&piece).map_err(failed)?;
        }
        let Some(last) = rows.last() else {
            return Ok(all);
        };
        (after, all) = (last.line, all + rows.len());
    }
}
