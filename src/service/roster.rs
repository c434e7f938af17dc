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

use super::announcement::Announced;
use super::incident_key::{self, Opener};
use super::late::FoundLater;
use super::revision::{self, Change};
use super::roster_lines::{Fields, Lines};
use super::{Ctx, OrNotFound as _, Write, incident, late, rejected_row};
use crate::app::App;
use crate::domain::access::Action;
use crate::domain::evidence::Entry;
use crate::domain::roster_row::{Header, Row};
use crate::domain::scope::identifier::{Hasher, Key, Kind};
use crate::domain::scope::seal::{Contact, Sealer};
use crate::error::{Error, Result};
use crate::ids::{ImportId, IncidentId};
use crate::store::alias::{self, Alias};
use crate::store::person::{self, FROM_FILE, Import, Person, SealedRejection};
use crate::store::revision::{Cause, Gone};
use crate::store::site;
use crate::store::stage::{self, Leaving, Staged};

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
    // New people become targets at once: every filter in memory must know before this commits.
    let mut announced = revision::announce(ctx, id).await?;
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
    let revision = crate::store::revision::next_number(&mut w.tx, id).await?;
    let import_id = ImportId(w.app.rng.uuid(w.now));
    let sealer = incident_key::sealer(&mut w, id).await?;
    let read = stage_file(&mut w, import_id, upload, &sealer).await?;
    let merged = stage::merge(&mut w.tx, id, revision, Leaving::Nobody).await?;
    let same_file = earlier
        .iter()
        .find(|i| i.file_sha256 == sha256 && i.site_id == upload.site);
    if let (true, Some(before)) = (merged.is_nothing(), same_file) {
        return Ok(Imported::of(before, true));
    }
    let came = merged.added + merged.back;
    let import = Import {
        id: import_id,
        incident_id: id,
        revision,
        site_id: upload.site.to_owned(),
        file_name: upload.name.chars().take(200).collect(),
        file_sha256: sha256,
        rows_total: read.rows,
        added: came,
        changed: merged.changed,
        unchanged: read.rows - read.rejected - came - merged.changed,
        rejected: read.rejected,
        imported_by: w.actor.name.clone(),
        imported_at: w.now,
    };
    person::insert_import(&mut w.tx, &import).await?;
    w.record(
        Entry::new("roster.imported", Some(id))
            .with("revision", revision)
            .with("rows", import.rows_total)
            .with("added", import.added)
            .with("changed", import.changed)
            .with("rejected", import.rejected)
            .seal("file_sha256", import.file_sha256.clone())
            .of(&import),
    );
    let change = Change {
        cause: Cause::File,
        import: Some(import_id),
        run: None,
        reason: None,
        found,
    };
    revision::recorded(&mut w, &mut incident, (revision, merged), change, announced).await?;
    alias::merge(&mut w.tx, id).await?;
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
    sealer: &Sealer,
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
    let mut staged = Vec::with_capacity(stage::ROWS);
    let (mut aliases, mut rejected) = (Vec::new(), Vec::new());
    stage::open(&mut w.tx).await?;
    alias::open(&mut w.tx).await?;
    while let Some(line) = lines.next().map_err(Error::internal)? {
        if line.bytes.iter().all(u8::is_ascii_whitespace) && !line.too_long {
            continue;
        }
        read.rows += 1;
        match read_line(&header, &mut fields, &line, year, &kinds) {
            Ok(row) => {
                let key = w.app.hasher.account(upload.site, &row.user_id);
                let email = row.email.as_deref();
                aliases.extend(by_email(
                    &w.app.hasher,
                    email,
                    line.number,
                    upload.site,
                    key,
                ));
                staged.push(on_stage(row, line.number, upload.site, key, sealer));
            }
            Err(reason) => {
                read.rejected += 1;
                let row = Rejection {
                    line: line.number,
                    reason,
                    raw: shown(line.bytes),
                };
                rejected.push(row.seal(sealer, import));
            }
        }
        if staged.len() == stage::ROWS {
            stage::push(&mut w.tx, &staged).await?;
            alias::push(&mut w.tx, &aliases).await?;
            staged.clear();
            aliases.clear();
        }
        if rejected.len() == stage::ROWS {
            person::insert_rejections(&mut w.tx, import, &rejected).await?;
            rejected.clear();
        }
    }
    stage::push(&mut w.tx, &staged).await?;
    alias::push(&mut w.tx, &aliases).await?;
    person::insert_rejections(&mut w.tx, import, &rejected).await?;
    let repeated = stage::repeated(&mut w.tx).await?;
    if !repeated.is_empty() {
        read.rejected += reject_repeated(w, import, upload.file, &repeated, sealer).await?;
    }
    if read.rows == 0 {
        return Err(Error::invalid(
            "file",
            "The file has a header and no rows. Add the affected people, one a line.",
        ));
    }
    Ok(read)
}

/// The address of a row, by which its person is found too.
pub(super) fn by_email(
    hasher: &Hasher,
    email: Option<&str>,
    line: i64,
    site: &str,
    person_key: Key,
) -> Option<Alias> {
    // What is no address for the hash is none for a question about it either, which says so.
    let id_key = hasher.read(Kind::Email, "", email?, None).ok()?;
    Some(Alias {
        line,
        id_key,
        site_id: site.to_owned(),
        person_key,
    })
}

/// A row of the file as it goes on the stage.
fn on_stage(row: Row, line: i64, site: &str, key: Key, sealer: &Sealer) -> Staged {
    let contact = Contact {
        user: Some(row.user_id),
        email: row.email,
        phone: None,
    };
    Staged {
        line,
        site_id: site.to_owned(),
        person_key: key,
        sealed: sealer.contact(&key, &contact),
        place_from: row.country.as_ref().map(|_| FROM_FILE.to_owned()),
        lang: row.lang,
        country: row.country,
        region: row.state,
        birth_year: row.birth_year,
        role: None,
        exposed: row.exposed,
        grouped: None,
    }
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

/// Takes lines off the stage whose user stands on an earlier line; the file is read again for them.
async fn reject_repeated(
    w: &mut Write<'_>,
    import: ImportId,
    mut file: &File,
    repeated: &[i64],
    sealer: &Sealer,
) -> Result<i64> {
    file.rewind().map_err(Error::internal)?;
    let mut lines = Lines::new(BufReader::with_capacity(1 << 16, file));
    let mut wanted = repeated.iter().copied().peekable();
    let mut rejected = Vec::new();
    while let Some(number) = wanted.peek().copied() {
        let Some(line) = lines.next().map_err(Error::internal)? else {
            break;
        };
        if line.number < number {
            continue;
        }
        wanted.next();
        let row = Rejection {
            line: line.number,
            reason: "The same user id stands on an earlier line of this file; that one was taken."
                .to_owned(),
            raw: shown(line.bytes),
        };
        rejected.push(row.seal(sealer, import));
        if rejected.len() == stage::ROWS {
            person::insert_rejections(&mut w.tx, import, &rejected).await?;
            rejected.clear();
        }
    }
    person::insert_rejections(&mut w.tx, import, &rejected).await?;
    stage::drop_repeated(&mut w.tx).await?;
    alias::drop_unstaged(&mut w.tx).await?;
    Ok(i64::try_from(repeated.len()).unwrap_or(i64::MAX))
}

/// A row that could not be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// The line in the file, from 1; the header is line 1.
    pub line: i64,
    /// A sentence.
    pub reason: String,
    /// The line as it stood in the file, at most 1,000 characters.
    pub raw: String,
}

impl Rejection {
    /// The same, sealed.
    pub(super) fn seal(&self, sealer: &Sealer, import: ImportId) -> SealedRejection {
        let about = about(import, self.line);
        SealedRejection {
            line: self.line,
            sealed: rejected_row::seal(sealer, &about, &self.reason, &self.raw),
        }
    }

    fn open(opener: &Opener, import: ImportId, row: &SealedRejection) -> Self {
        let about = about(import, row.line);
        let (reason, raw) = rejected_row::open(opener, &about, &row.sealed);
        Self {
            line: row.line,
            reason,
            raw: raw.unwrap_or_default(),
        }
    }
}

/// What a rejected line is sealed about: its import and its number, in 16 bytes.
fn about(import: ImportId, line: i64) -> Key {
    let mut hash = Sha256::new();
    hash.update(import.0.as_bytes());
    hash.update(line.to_be_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    Key::new(bytes)
}

/// Up to `limit` rejected rows of an import after line `after`.
///
/// # Errors
/// When the database does not answer.
pub async fn rejections(
    app: &App,
    import: &Import,
    after: i64,
    limit: i64,
) -> Result<Vec<Rejection>> {
    let opener = Opener::read(app, import.incident_id).await?;
    let rows = person::rejections(&app.db, import.id, after, limit).await?;
    let open = |row| Rejection::open(&opener, import.id, row);
    Ok(rows.iter().map(open).collect())
}

/// Somebody who is or was on a roster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundPerson {
    /// The row.
    pub person: Person,
    /// What is known beside it; nothing when the incident's key was destroyed.
    pub contact: Contact,
    /// Why the person is not on it any more.
    pub gone: Option<Gone>,
}

/// Whether one person is affected. The question itself goes into the log, each time it is asked.
pub async fn look_up(
    ctx: &Ctx<'_>,
    id: IncidentId,
    site: &str,
    user: &str,
) -> Result<Option<FoundPerson>> {
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
    let key = w.app.hasher.account(site, user);
    let person = person::find(&mut w.tx, id, site, key).await?;
    let mut found = None;
    if let Some(person) = person {
        let opener = Opener::read_in(w.app, &mut w.tx, id).await?;
        let gone = match person.left_revision {
            Some(left) => crate::store::revision::gone(&mut w.tx, id, left, site, key).await?,
            None => None,
        };
        let contact = opener.contact(&key, person.sealed.as_deref());
        found = Some(FoundPerson {
            person,
            contact: contact.unwrap_or_default(),
            gone,
        });
    }
    let on_it = |f: &FoundPerson| f.person.left_revision.is_none();
    w.record(
        Entry::new("roster.looked_up", Some(id))
            .with("site", site)
            .with("found", found.as_ref().is_some_and(on_it))
            .seal("person", key.to_string()),
    );
    w.commit(()).await?;
    Ok(found)
}
