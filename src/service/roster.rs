//! The roster: importing who is affected, and asking whether one person is.
//!
//! A file is staged and merged in one transaction: all of its good rows or none. Rows that cannot be
//! taken come back with line and reason. The same file twice changes nothing.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufReader, Read, Seek as _};

use chrono::Datelike as _;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::announcement::{self, Announced};
use super::late::FoundLater;
use super::roster_lines::{Fields, Lines};
use super::{Ctx, OrNotFound as _, Write, incident, late};
use crate::domain::access::Action;
use crate::domain::evidence::Entry;
use crate::domain::roster_row::{Header, Row};
use crate::error::{Error, Result};
use crate::ids::{ImportId, IncidentId};
use crate::store::person::{self, Import, Person, Rejection, STAGE_ROWS_MAX, Staged};
use crate::store::{notice, site};

/// A roster file that was received whole.
#[derive(Clone, Debug)]
pub struct Upload<'a> {
    /// Its name, for people.
    pub name: &'a str,
    /// Its contents; read from the start, wherever it stands.
    pub file: &'a File,
    /// The site whose users it lists.
    pub site: &'a str,
    /// When and why its new people were found only now; none: their period is the incident's.
    pub found: Option<&'a FoundLater>,
}

/// What an import did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Imported {
    /// The import; its rejected rows can be read by this id.
    pub id: ImportId,
    /// The roster's revision after it.
    pub revision: i64,
    /// Rows in the file, the header and empty lines not counted.
    pub rows: i64,
    /// New people.
    pub added: i64,
    /// People whose row said something else before.
    pub changed: i64,
    /// People who were on the roster already, with the same row.
    pub unchanged: i64,
    /// Rows that could not be taken.
    pub rejected: i64,
    /// The same file was imported before, and nothing changed.
    pub repeated: bool,
}

impl Imported {
    fn of(i: &Import, repeated: bool) -> Self {
        Self {
            id: i.id,
            revision: i.revision,
            rows: i.rows_total,
            added: i.added,
            changed: i.changed,
            unchanged: i.unchanged,
            rejected: i.rejected,
            repeated,
        }
    }
}

/// Imports a roster file for an incident.
pub async fn import(ctx: &Ctx<'_>, id: IncidentId, upload: &Upload<'_>) -> Result<Imported> {
    ctx.require(Action::ImportRoster)?;
    let sha256 = file_sha256(upload.file).await?;
    if site::find(&ctx.app.db, upload.site).await?.is_none() {
        return Err(Error::invalid(
            "site",
            format!("There is no site \"{}\".", upload.site),
        ));
    }
    if !notice::any_active(&ctx.app.db, id).await? {
        return import_into(ctx, id, upload, sha256, &mut None).await;
    }
    // New people become targets at once: every filter in memory must know before this commits.
    let mut announced = Some(ctx.announce(announcement::LONG).await?);
    let result = import_into(ctx, id, upload, sha256, &mut announced).await;
    ctx.give_up(announced).await?;
    result
}

async fn import_into(
    ctx: &Ctx<'_>,
    id: IncidentId,
    upload: &Upload<'_>,
    sha256: String,
    announced: &mut Option<Announced>,
) -> Result<Imported> {
    let mut w = ctx.begin(Action::ImportRoster, "roster.import").await?;
    if let Some(done) = w.replay(&(id, upload.site, &sha256, upload.found)).await? {
        return Ok(done);
    }
    let mut incident = incident::lock_open(&mut w, id).await?;
    let found = late::read(&mut w, &incident, upload.found).await?;
    let earlier = person::imports(&mut w.tx, id).await?;
    let revision = earlier.first().map_or(1, |i| i.revision + 1);
    let import_id = ImportId(w.app.rng.uuid(w.now));
    let read = stage_file(&mut w, import_id, upload, revision).await?;
    let merged = person::merge(&mut w.tx, id, upload.site, revision).await?;
    let same_file = earlier
        .iter()
        .find(|i| i.file_sha256 == sha256 && i.site_id == upload.site);
    if let (0, 0, Some(before)) = (merged.added, merged.changed, same_file) {
        return Ok(Imported::of(before, true));
    }
    let import = Import {
        id: import_id,
        incident_id: id,
        revision,
        site_id: upload.site.to_owned(),
        file_name: upload.name.chars().take(200).collect(),
        file_sha256: sha256,
        rows_total: read.rows,
        added: merged.added,
        changed: merged.changed,
        unchanged: read.rows - read.rejected - merged.added - merged.changed,
        rejected: read.rejected,
        imported_by: w.actor.name.clone(),
        imported_at: w.now,
    };
    person::insert_import(&mut w.tx, &import).await?;
    incident.persons = person::recount(&mut w.tx, id).await?;
    let digest = digest(&mut w, id).await?;
    incident::save(&mut w, &mut incident).await?;
    if announced.is_some() {
        w.settle(announced).await?;
    } else if notice::any_active(&mut w.tx, id).await? {
        return Err(Error::Conflict(
            "A notice of this incident went live while the file was read. Import it again."
                .to_owned(),
        ));
    }
    w.record(
        Entry::new("roster.imported", Some(id))
            .with("revision", revision)
            .with("rows", import.rows_total)
            .with("added", import.added)
            .with("changed", import.changed)
            .with("rejected", import.rejected)
            .with("persons", incident.persons)
            .with("roster_sha256", digest)
            .seal("file_sha256", import.file_sha256.clone())
            .of(&import),
    );
    w.record(
        Entry::new("incident.changed", Some(id))
            .with("persons", incident.persons)
            .of(&incident),
    );
    late::came(&mut w, &incident, (revision, import.added), found).await?;
    w.commit(Imported::of(&import, false)).await
}

async fn file_sha256(file: &File) -> Result<String> {
    let mut file = file.try_clone().map_err(Error::internal)?;
    // Half a gigabyte takes seconds: not on a thread that serves others.
    let hash = tokio::task::spawn_blocking(move || {
        file.rewind()?;
        let mut hash = Sha256::new();
        let mut buffer = vec![0; 1 << 16];
        loop {
            match file.read(&mut buffer)? {
                0 => return Ok(hex::encode(hash.finalize())),
                n => hash.update(&buffer[..n]),
            }
        }
    });
    hash.await
        .map_err(Error::internal)?
        .map_err(|e: std::io::Error| Error::internal(e))
}

/// How much of a file was read.
#[derive(Debug, Default)]
struct ReadFile {
    rows: i64,
    rejected: i64,
}

/// Reads the file, puts its good rows on the stage and its bad ones aside.
async fn stage_file(
    w: &mut Write<'_>,
    import: ImportId,
    upload: &Upload<'_>,
    revision: i64,
) -> Result<ReadFile> {
    let year = i64::from(w.now.year());
    let kinds: BTreeSet<String> = w
        .app
        .catalog
        .operator()
        .data_kinds
        .iter()
        .map(|k| k.id.clone())
        .collect();
    let mut file = upload.file;
    file.rewind().map_err(Error::internal)?;
    let mut lines = Lines::new(BufReader::with_capacity(1 << 16, file));
    let header = read_header(&mut lines)?;
    let mut fields = Fields::new(header.delimiter);
    let mut read = ReadFile::default();
    let mut staged = Vec::with_capacity(STAGE_ROWS_MAX);
    let mut rejected = Vec::new();
    person::open_stage(&mut w.tx).await?;
    while let Some(line) = lines.next().map_err(Error::internal)? {
        if line.bytes.iter().all(u8::is_ascii_whitespace) && !line.too_long {
            continue;
        }
        read.rows += 1;
        match read_line(&header, &mut fields, &line, year, &kinds) {
            Ok(row) => staged.push(Staged {
                line: line.number,
                person: Person {
                    site_id: upload.site.to_owned(),
                    user_id: row.user_id,
                    revision,
                    email: row.email,
                    lang: row.lang,
                    country: row.country,
                    region: row.state,
                    birth_year: row.birth_year,
                    exposed: row.exposed,
                },
            }),
            Err(reason) => {
                read.rejected += 1;
                rejected.push(Rejection {
                    line: line.number,
                    reason,
                    raw: shown(line.bytes),
                });
            }
        }
        if staged.len() == STAGE_ROWS_MAX {
            person::stage(&mut w.tx, &staged).await?;
            staged.clear();
        }
        if rejected.len() == STAGE_ROWS_MAX {
            person::insert_rejections(&mut w.tx, import, &rejected).await?;
            rejected.clear();
        }
    }
    person::stage(&mut w.tx, &staged).await?;
    person::insert_rejections(&mut w.tx, import, &rejected).await?;
    read.rejected += reject_repeated(w, import).await?;
    if read.rows == 0 {
        return Err(Error::invalid(
            "file",
            "The file has a header and no rows. Add the affected people, one a line.",
        ));
    }
    Ok(read)
}

fn read_header<R: std::io::BufRead>(lines: &mut Lines<R>) -> Result<Header> {
    let Some(line) = lines.next().map_err(Error::internal)? else {
        return Err(Error::invalid(
            "file",
            "The file is empty. It needs a first line that names the columns, such as \
             user_id,email,country.",
        ));
    };
    let text = std::str::from_utf8(line.bytes).map_err(|_| {
        Error::invalid(
            "file",
            "The file is not UTF-8 text. Save it as CSV with UTF-8 encoding.",
        )
    })?;
    if line.too_long || text.contains('\0') {
        return Err(Error::invalid(
            "file",
            "The first line does not name columns. Is this a CSV file in UTF-8?",
        ));
    }
    Header::read(text).map_err(|why| Error::invalid("file", why))
}

fn read_line(
    header: &Header,
    fields: &mut Fields,
    line: &super::roster_lines::Line<'_>,
    year: i64,
    kinds: &BTreeSet<String>,
) -> Result<Row, String> {
    if line.too_long {
        return Err("The line is longer than 65,536 bytes.".to_owned());
    }
    let text = std::str::from_utf8(line.bytes)
        .map_err(|_| "The line is not UTF-8 text. Save the file with UTF-8 encoding.".to_owned())?;
    let n = fields.split(text)?;
    if n != header.fields() {
        return Err(format!(
            "The line has {n} fields and the first line names {}. Is a quote missing, or is the \
             line cut off?",
            header.fields()
        ));
    }
    header.row(fields.iter(), year, kinds)
}

/// A line as it can be shown again: at most 1,000 characters, never with a NUL.
fn shown(bytes: &[u8]) -> String {
    let start = &bytes[..bytes.len().min(4_000)];
    String::from_utf8_lossy(start)
        .replace('\0', "\u{fffd}")
        .chars()
        .take(1_000)
        .collect()
}

/// Takes lines off the stage whose user stands on an earlier line.
async fn reject_repeated(w: &mut Write<'_>, import: ImportId) -> Result<i64> {
    let repeated = person::staged_twice(&mut w.tx, i64::MAX).await?;
    if repeated.is_empty() {
        return Ok(0);
    }
    let rows: Vec<_> = repeated
        .into_iter()
        .map(|(line, user)| Rejection {
            line,
            reason: "The same user id stands on an earlier line of this file; that one was taken."
                .to_owned(),
            raw: user,
        })
        .collect();
    person::insert_rejections(&mut w.tx, import, &rows).await?;
    person::unstage_twice(&mut w.tx).await?;
    Ok(i64::try_from(rows.len()).unwrap_or(i64::MAX))
}

/// SHA-256 over the whole roster in the order of its key: what the log says about who was on it.
async fn digest(w: &mut Write<'_>, incident: IncidentId) -> Result<String> {
    let mut digest = Digest::default();
    for site in site::list(&mut w.tx).await? {
        let mut after = String::new();
        loop {
            let page = person::page(&mut w.tx, incident, &site.id, &after, 10_000).await?;
            let Some(last) = page.last() else { break };
            after.clone_from(&last.user_id);
            page.iter().for_each(|p| digest.add(p));
        }
    }
    Ok(digest.finish())
}

/// The hash of a roster, person by person.
#[derive(Debug, Default)]
pub(super) struct Digest(Sha256);

impl Digest {
    /// Adds a person; each field with its length before it, so that no two rosters look alike.
    pub(super) fn add(&mut self, p: &Person) {
        let born = p.birth_year.map(|y| y.to_string());
        let fields = [
            Some(&p.site_id),
            Some(&p.user_id),
            p.email.as_ref(),
            p.lang.as_ref(),
            p.country.as_ref(),
            p.region.as_ref(),
            born.as_ref(),
            p.exposed.as_ref(),
        ];
        for field in fields {
            match field {
                None => self.0.update([0xff; 4]),
                Some(text) => {
                    self.0
                        .update(u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
                    self.0.update(text.as_bytes());
                }
            }
        }
    }

    /// The hash, hex.
    pub(super) fn finish(self) -> String {
        hex::encode(self.0.finalize())
    }
}

/// Whether one person is affected. The question itself goes into the log, each time it is asked.
pub async fn look_up(
    ctx: &Ctx<'_>,
    id: IncidentId,
    site: &str,
    user: &str,
) -> Result<Option<Person>> {
    let ctx = ctx.clone().with_key(None);
    let mut w = ctx.begin(Action::LookUpPerson, "roster.look_up").await?;
    crate::store::incident::find(&mut w.tx, id)
        .await?
        .or_not_found("This incident")?;
    let user = user.trim();
    for (field, text) in [("user", user), ("site", site)] {
        if text.is_empty() || text.contains(char::is_control) {
            return Err(Error::invalid(
                field,
                "Give the id of the user and of the site, without control characters.",
            ));
        }
    }
    let found = person::find(&mut w.tx, id, site, user).await?;
    w.record(
        Entry::new("roster.looked_up", Some(id))
            .with("site", site)
            .with("found", found.is_some())
            .seal("user", user),
    );
    w.commit(()).await?;
    Ok(found)
}
