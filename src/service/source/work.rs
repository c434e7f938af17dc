//! Reading a source into sorted runs, and the runs into the database.
//!
//! Always holds: each slice of work is one transaction that holds its effect and the checkpoint from
//! which the next one goes on, and commits only for who holds the source's token. So a reading that is
//! stopped, cut off or killed loses nothing and doubles nothing, and two at work are never two effects.

use std::io;
use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;

use super::origin::{self, Origin, Rejecting};
use super::state::Checkpoint;
use crate::app::App;
use crate::domain::access::Actor;
use crate::domain::evidence::Entry;
use crate::domain::scope::field::Unique;
use crate::domain::scope::identifier::{Key, Kind};
use crate::domain::scope::record::{Bad, Reader, Record};
use crate::domain::scope::wire;
use crate::error::{Error, Result};
use crate::ids::SourceId;
use crate::intake::Next;
use crate::service::Ctx;
use crate::service::spool::{Folder, Gathered, Merge, Run};
use crate::store::listed;
use crate::store::source::{self, Rejection, Source, Status};

/// How often a sign of life is written, at least.
const BEAT: Duration = Duration::from_secs(1);
/// How many rejected rows are gathered before they are written.
const REJECTED_MAX: usize = 4_000;
/// How many records go to the database in one batch, and in one transaction.
const BATCH: usize = 16_000;
const SLICE: u64 = 160_000;
/// How many characters of a rejected row are kept.
const RAW_CHARS_MAX: usize = 1_000;

/// How the work on a source ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Its records can be used.
    Done,
    /// It cannot be read on; the source says why.
    Failed,
    /// Somebody stopped it, or another worker has taken it over.
    Left,
}

/// A step of the reading, from the thread that reads.
enum Step {
    /// A sign of life: rows, rejected rows and bytes so far.
    Beat(u64, u64, u64),
    /// Rows that cannot be taken.
    Rejected(Vec<Rejection>),
    /// A run is on disk: the run, rows and rejected rows up to it, bytes.
    Run(Run, u64, u64, u64),
    /// Every row is read: rows, rejected rows and bytes.
    End(u64, u64, u64),
    /// The source cannot be read on.
    Broken(String),
}

/// Works on a source until it is done, fails, or `token` no longer holds it.
///
/// # Errors
/// The database or the disk fails; the work can be taken up again.
pub async fn work(app: &App, id: SourceId, token: i64) -> Result<End> {
    let folder = Folder::of(&app.config.spool, id);
    // Who held the source before may be at work still and writes runs under the same names; it lets go
    // at its next step.
    let mut held = None;
    let mut s = loop {
        let found = source::find(&app.db, id).await?;
        let Some(s) = found.filter(|s| s.token == token && s.status.under_way()) else {
            return Ok(End::Left);
        };
        if held.is_some() {
            break s;
        }
        held = folder.hold().map_err(disk)?;
        if held.is_none() {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    let mut at = Checkpoint::of(&s).map_err(Error::internal)?;
    if !folder.has(&at.runs) {
        return fail(app, &s, origin::GONE.to_owned()).await;
    }
    if !at.complete {
        match read(app, &mut s, &mut at, &folder).await? {
            None => {}
            Some(Stop::Left) => return Ok(End::Left),
            Some(Stop::Broken(why)) => return fail(app, &s, why).await,
        }
    }
    load(app, &mut s, &mut at, &folder).await
}

enum Stop {
    Left,
    Broken(String),
}

/// The first half: every row of the source into a run or among the rejected.
async fn read(
    app: &App,
    s: &mut Source,
    at: &mut Checkpoint,
    folder: &Folder,
) -> Result<Option<Stop>> {
    let origin = match origin::open(app, s, folder).await? {
        Ok(origin) => origin,
        Err(why) => return Ok(Some(Stop::Broken(why))),
    };
    if matches!(origin, Origin::Query(..)) && at.rows > 0 {
        // A query is asked again from its beginning: nobody promises the same order twice.
        let begun = (at.begun_at, 0, 0);
        *at = Checkpoint::default();
        (at.begun_at, at.done_then, at.rows_then) = begun;
        let mut tx = app.db.begin("source.again").await?;
        source::clear(&mut tx, s.no).await?;
        note(s, at, app);
        if !source::advance(&mut tx, s).await? {
            return Ok(Some(Stop::Left));
        }
        tx.commit().await?;
    }
    let (send, mut steps) = mpsc::channel(4);
    let reading = Reading {
        reader: origin::reader(app, s, origin.columns()).await?,
        rejecting: Rejecting::of(app, s).await?,
        folder: folder.clone(),
        gathered: Gathered::default(),
        rejected: Vec::new(),
        next_run: at.runs.len(),
        rows: 0,
        bad: 0,
        beat: Instant::now(),
        send,
    };
    let skip = at.rows;
    let thread = tokio::task::spawn_blocking(move || reading.rows(origin, skip));
    let mut stop = None;
    while let Some(step) = steps.recv().await {
        stop = take(app, s, at, step).await?;
        if stop.is_some() {
            break;
        }
    }
    drop(steps);
    thread.await.map_err(Error::internal)?;
    if stop.is_none() && !at.complete {
        stop = Some(Stop::Broken("The reading broke off.".to_owned()));
    }
    if at.complete {
        folder.forget_received().map_err(disk)?;
    }
    Ok(stop)
}

/// Makes one step last.
async fn take(app: &App, s: &mut Source, at: &mut Checkpoint, step: Step) -> Result<Option<Stop>> {
    let mut tx = app.db.begin("source.read").await?;
    let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let mut count = |rows, bad, bytes| {
        (s.rows_read, s.rows_rejected) = (number(rows), number(bad));
        s.bytes_read = number(bytes).min(s.bytes_total.max(0));
    };
    match step {
        Step::Broken(why) => return Ok(Some(Stop::Broken(why))),
        Step::Beat(rows, bad, bytes) => count(rows, bad, bytes),
        Step::Rejected(rows) => {
            source::reject(&mut tx, s.no, &rows).await?;
        }
        Step::Run(run, rows, bad, bytes) => {
            at.runs.push(run);
            (at.rows, at.rejected) = (rows, bad);
            count(rows, bad, bytes);
        }
        Step::End(rows, bad, bytes) => {
            (at.rows, at.rejected, at.complete) = (rows, bad, true);
            count(rows, bad, bytes);
            s.status = Status::Loading;
            (at.begun_at, at.done_then) = (Some(app.time.now()), 0);
        }
    }
    note(s, at, app);
    if !source::advance(&mut tx, s).await? {
        return Ok(Some(Stop::Left));
    }
    tx.commit().await?;
    Ok(None)
}

fn note(s: &mut Source, at: &Checkpoint, app: &App) {
    s.checkpoint = serde_json::to_string(at).ok();
    s.beat_at = Some(app.time.now());
}

/// What the reading thread holds.
struct Reading {
    reader: Reader,
    rejecting: Rejecting,
    folder: Folder,
    gathered: Gathered,
    rejected: Vec<Rejection>,
    next_run: usize,
    rows: u64,
    bad: u64,
    beat: Instant,
    send: mpsc::Sender<Step>,
}

/// Nobody listens any more, or the disk is full.
type Over = Option<String>;

impl Reading {
    /// Reads all rows; the first `skip` of them are in runs already.
    fn rows(mut self, mut origin: Origin, skip: u64) {
        let mut go = || -> Result<(), Over> {
            loop {
                let next = origin.next_row().map_err(|broken| Some(broken.0))?;
                if matches!(next, Next::End) {
                    break;
                }
                let taken = self.rows >= skip;
                let full = self.row(next, taken);
                if full || self.rejected.len() >= REJECTED_MAX {
                    self.write_out(full, origin.bytes_read())?;
                } else if self.rows.is_multiple_of(4096) && self.beat.elapsed() >= BEAT {
                    self.beat = Instant::now();
                    self.tell(Step::Beat(self.rows, self.bad, origin.bytes_read()))?;
                }
            }
            self.finish(origin.bytes_read())
        };
        let over = go();
        self.end(over);
    }

    /// Takes one row. `true`: the run is full.
    fn row(&mut self, next: Next<'_>, taken: bool) -> bool {
        self.rows += 1;
        let (line, bad, raw) = match next {
            Next::End => return false,
            Next::Row(row) => {
                if !taken {
                    // Counted again, so that the numbers come out as if nothing had happened.
                    self.bad += u64::from(self.reader.read(row.line, &|n| row.get(n)).is_err());
                    return false;
                }
                match self.reader.read(row.line, &|n| row.get(n)) {
                    Ok(record) => return self.gathered.add(&record),
                    Err(bad) => (row.line, bad, joined(row.iter())),
                }
            }
            Next::Bad {
                line,
                field,
                reason,
                raw,
            } => {
                let bad = Bad {
                    column: field.unwrap_or_default(),
                    reason,
                };
                (line, bad, shown(&String::from_utf8_lossy(raw)))
            }
        };
        self.bad += 1;
        if taken {
            self.rejected.push(self.rejecting.row(line, bad, &raw));
        }
        false
    }

    fn write_out(&mut self, full: bool, bytes: u64) -> Result<(), Over> {
        if !self.rejected.is_empty() {
            let rejected = std::mem::take(&mut self.rejected);
            self.tell(Step::Rejected(rejected))?;
        }
        if full {
            let run = self
                .folder
                .write(self.next_run, &mut self.gathered)
                .map_err(|e| Some(disk_words(&e)))?;
            self.next_run += 1;
            self.gathered.clear();
            self.tell(Step::Run(run, self.rows, self.bad, bytes))?;
        }
        Ok(())
    }

    fn finish(&mut self, bytes: u64) -> Result<(), Over> {
        if self.rows == 0 {
            return Err(Some("There are no rows in it.".to_owned()));
        }
        let rest = !self.gathered.is_empty();
        self.write_out(rest, bytes)?;
        self.tell(Step::End(self.rows, self.bad, bytes))
    }

    fn end(&mut self, over: Result<(), Over>) {
        if let Err(Some(why)) = over {
            // What was read until then can be looked at.
            let _ = self.write_out(false, 0);
            let _ = self.tell(Step::Broken(why));
        }
    }

    fn tell(&self, step: Step) -> Result<(), Over> {
        self.send.blocking_send(step).map_err(|_| None)
    }
}

/// The second half: the runs, merged, into the database.
async fn load(app: &App, s: &mut Source, at: &mut Checkpoint, folder: &Folder) -> Result<End> {
    let merge = folder.merge(&at.runs).map_err(disk)?;
    let merging = Merging {
        merge,
        unique: origin::mapping(s)?.unique,
        rejecting: Rejecting::of(app, s).await?,
        skip: at.loaded,
    };
    let (send, mut batches) = mpsc::channel(2);
    let thread = tokio::task::spawn_blocking(move || merging.run(&send));
    let mut repeated = 0;
    let mut ended = false;
    while !ended {
        let mut tx = app.db.begin("source.load").await?;
        let before = at.loaded;
        while !ended && at.loaded - before < SLICE {
            let Some(batch) = batches.recv().await else {
                ended = true;
                break;
            };
            let records: Vec<Record<'_>> = batch
                .records()
                .collect::<Option<_>>()
                .ok_or_else(|| Error::internal("a sorted run is damaged"))?;
            listed::load(&mut tx, s.no, &records).await?;
            source::reject(&mut tx, s.no, &batch.repeated).await?;
            at.loaded += records.len() as u64;
            repeated += batch.repeated.len();
        }
        if ended {
            // The last slice commits with the end of the source, or not at all.
            drop(batches);
            let sha256 = thread.await.map_err(Error::internal)?.map_err(disk)?;
            return finish(app, s, at, tx, repeated, sha256, folder).await;
        }
        s.rows_taken = i64::try_from(at.loaded).unwrap_or(i64::MAX);
        note(s, at, app);
        if !source::advance(&mut tx, s).await? {
            return Ok(End::Left);
        }
        tx.commit().await?;
    }
    Ok(End::Left)
}

/// Records on their way into the database, in their order.
#[derive(Default)]
struct Batch {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    repeated: Vec<Rejection>,
}

impl Batch {
    fn records(&self) -> impl Iterator<Item = Option<Record<'_>>> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts
            .zip(&self.ends)
            .map(|(start, end)| wire::take(&self.bytes[start..*end]).map(|(record, _)| record))
    }
}

struct Merging {
    merge: Merge,
    unique: Unique,
    rejecting: Rejecting,
    /// Records that are in the database already.
    skip: u64,
}

impl Merging {
    /// Sends batches; the hash over all records, hex.
    fn run(mut self, send: &mpsc::Sender<Batch>) -> io::Result<String> {
        let mut hash = Sha256::new();
        let mut batch = Batch::default();
        let mut seen = Seen::default();
        let mut taken = 0_u64;
        while let Some(bytes) = self.merge.next_record()? {
            let damaged = || io::Error::new(io::ErrorKind::InvalidData, "a sorted run is damaged");
            let (record, hashed) = wire::take(bytes).ok_or_else(damaged)?;
            if let Some(first) = seen.repeats(&record, self.unique) {
                batch
                    .repeated
                    .push(self.rejecting.repeated(&record, first, self.unique));
                continue;
            }
            hash.update(&bytes[..hashed]);
            taken += 1;
            if taken > self.skip {
                batch.bytes.extend_from_slice(bytes);
                batch.ends.push(batch.bytes.len());
            }
            let full = batch.ends.len() >= BATCH || batch.repeated.len() >= BATCH;
            if full && send.blocking_send(std::mem::take(&mut batch)).is_err() {
                return Ok(String::new());
            }
        }
        let _ = send.blocking_send(batch);
        Ok(hex::encode(hash.finalize()))
    }
}

/// What was seen of the person that the merge is at.
#[derive(Default)]
struct Seen {
    key: Option<Key>,
    line: i64,
    records: std::collections::HashMap<Key, i64>,
}

impl Seen {
    /// The earlier line that `record` repeats.
    fn repeats(&mut self, record: &Record<'_>, unique: Unique) -> Option<i64> {
        let same = self.key == Some(record.key);
        if !same {
            self.key = Some(record.key);
            self.line = record.line;
            self.records.clear();
        }
        match unique {
            Unique::Person => same.then_some(self.line),
            Unique::Line => None,
            Unique::Record => {
                // The number of an order is the anchor itself where there is no other identifier.
                let number = match record.kind {
                    Kind::Order | Kind::Ticket => record.key,
                    _ => record.record_key?,
                };
                match self.records.entry(number) {
                    std::collections::hash_map::Entry::Occupied(first) => Some(*first.get()),
                    std::collections::hash_map::Entry::Vacant(free) => {
                        free.insert(record.line);
                        None
                    }
                }
            }
        }
    }
}

/// Ends a source that was read and loaded whole.
async fn finish(
    app: &App,
    s: &mut Source,
    at: &Checkpoint,
    tx: crate::store::Tx,
    repeated: usize,
    sha256: String,
    folder: &Folder,
) -> Result<End> {
    let ctx = Ctx::new(app, Actor::system());
    let mut w = ctx.go_on(tx, "source.done");
    let held = source::lock(&mut w.tx, s.id).await?;
    if held.is_none_or(|h| h.token != s.token || !h.status.under_way()) {
        return Ok(End::Left);
    }
    let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    s.status = Status::Done;
    s.rows_taken = number(at.loaded);
    s.rows_repeated = i64::try_from(repeated).unwrap_or(i64::MAX);
    s.rows_rejected = number(at.rejected) + s.rows_repeated;
    s.bytes_read = s.bytes_total;
    s.checkpoint = None;
    s.content_sha256 = Some(sha256);
    s.problem = None;
    s.beat_at = Some(w.now);
    s.done_at = Some(w.now);
    source::update(&mut w.tx, s).await?;
    w.record(
        Entry::new("source.read", Some(s.incident_id))
            .with("name", s.name.clone())
            .with("rows", s.rows_read)
            .with("taken", s.rows_taken)
            .with("rejected", s.rows_rejected)
            .with("repeated", s.rows_repeated)
            .with("content_sha256", s.content_sha256.clone())
            .of(s),
    );
    w.commit(()).await?;
    // Left behind it costs space and shows no address; the next clean-up takes it.
    if let Err(error) = folder.remove() {
        tracing::warn!(%error, source = %s.id, "a spool folder could not be removed");
    }
    Ok(End::Done)
}

/// Notes why a source cannot be read on.
async fn fail(app: &App, s: &Source, why: String) -> Result<End> {
    let ctx = Ctx::new(app, Actor::system());
    let mut w = ctx.begin_unchecked("source.failed").await?;
    let Some(mut now) = source::lock(&mut w.tx, s.id)
        .await?
        .filter(|h| h.token == s.token && h.status.under_way())
    else {
        return Ok(End::Left);
    };
    now.status = Status::Failed;
    now.problem = Some(why.clone());
    source::update(&mut w.tx, &now).await?;
    w.record(
        Entry::new("source.failed", Some(s.incident_id))
            .with("name", s.name.clone())
            .with("problem", why)
            .of(&now),
    );
    w.commit(()).await?;
    Ok(End::Failed)
}

fn disk(error: io::Error) -> Error {
    Error::internal(disk_words(&error))
}

fn disk_words(error: &io::Error) -> String {
    format!(
        "The spool folder cannot be used ({error}). Make room on its disk, then let the reading go on."
    )
}

/// The fields of a row as one line, for the file of rejected rows.
fn joined<'a>(fields: impl Iterator<Item = Option<&'a str>>) -> String {
    let all: Vec<&str> = fields.map(Option::unwrap_or_default).collect();
    shown(&all.join(","))
}

/// A row as it can be shown again: at most 1,000 characters, never with a NUL.
fn shown(text: &str) -> String {
    text.chars()
        .take(RAW_CHARS_MAX)
        .map(|c| if c == '\0' { '\u{fffd}' } else { c })
        .collect()
}
