//! Receiving a list: a file is kept in the spool folder, a query is noted; nothing is read of either yet
//! but its first rows.

use std::fs::File;
use std::io::{Read as _, Seek as _};

use sha2::{Digest as _, Sha256};

use super::{About, How, check_about, check_site, next_version, seems};
use crate::app::App;
use crate::domain::access::Action;
use crate::domain::evidence::Entry;
use crate::domain::scope::field::Mapping;
use crate::error::{Check, Error, Result};
use crate::ids::{IncidentId, SourceId};
use crate::intake;
use crate::service::spool::Folder;
use crate::service::{Ctx, OrNotFound as _, incident, incident_key};
use crate::store::incident::next_number;
use crate::store::source::{self, Source, Status};

/// Receives a file.
///
/// # Errors
/// `name`, `system`, `site`: what is wrong with them; `file`: it is none that can be read.
pub async fn receive(
    ctx: &Ctx<'_>,
    incident: IncidentId,
    about: &About,
    file_name: &str,
    file: File,
) -> Result<Source> {
    ctx.require(Action::ImportRoster)?;
    let app = ctx.app;
    let mut check = Check::default();
    check_about(&mut check, app, about);
    let site = check_site(&mut check, app, about).await?;
    let id = SourceId(app.rng.uuid(ctx.now));
    let name = file_name.to_owned();
    let folder = Folder::of(&app.config.spool, id);
    // Hashing and copying gigabytes takes seconds: not on a thread that serves others.
    let found = tokio::task::spawn_blocking(move || {
        let mut file = file;
        let detected = intake::detect(&file, &name);
        let (sha256, bytes) = hash(&mut file)?;
        let kept = match &detected {
            Ok(_) => Some(folder.receive(&mut file)?),
            Err(_) => None,
        };
        Ok((detected, sha256, bytes, kept))
    });
    let found: std::io::Result<_> = found.await.map_err(Error::internal)?;
    let (detected, sha256, bytes, kept) = found.map_err(|e| {
        Error::internal(format!("the file cannot be kept in the spool folder: {e}"))
    })?;
    let detected = match detected {
        Ok(detected) => detected,
        Err(broken) => {
            check.fail("file", broken.0);
            return check
                .done()
                .and(Err(Error::internal("a refused file was taken")));
        }
    };
    // What is not taken goes with `kept`.
    check.done()?;
    let from = From {
        origin: "file",
        name: file_name.chars().take(200).collect(),
        sha256: Some(sha256),
        bytes: i64::try_from(bytes).unwrap_or(i64::MAX),
        mapping: seems(app, &about.system, &detected.columns),
        how: How::File(detected.format),
    };
    let s = take(ctx, incident, about, site, id, from).await?;
    if let (true, Some(kept)) = (s.id == id, kept) {
        kept.taken();
    }
    Ok(s)
}

/// Where a list comes from.
pub(super) struct From {
    /// `file` or `query`.
    pub(super) origin: &'static str,
    /// The file's name, or the connection's.
    pub(super) name: String,
    /// SHA-256 of the file, hex.
    pub(super) sha256: Option<String>,
    /// The length of the file; 0: not known.
    pub(super) bytes: i64,
    /// What its columns seem to mean.
    pub(super) mapping: Mapping,
    /// How it is read.
    pub(super) how: How,
}

/// Adds a source that waits to be read, or gives the one that the same request added before.
pub(super) async fn take(
    ctx: &Ctx<'_>,
    incident: IncidentId,
    about: &About,
    site_id: Option<String>,
    id: SourceId,
    from: From,
) -> Result<Source> {
    let mut w = ctx.begin(Action::ImportRoster, "source.receive").await?;
    let format = serde_json::to_string(&from.how).map_err(Error::internal)?;
    if let Some(done) = w.replay(&(incident, about, &from.sha256, &format)).await? {
        let done: SourceId = done;
        return source::find(&mut w.tx, done)
            .await?
            .or_not_found("This source");
    }
    incident::lock_open(&mut w, incident).await?;
    incident_key::sealer(&mut w, incident).await?;
    let s = Source {
        no: next_number(&mut w.tx, "source").await?,
        id,
        incident_id: incident,
        name: about.name.clone(),
        version: next_version(&mut w, incident, &about.name).await?,
        system: about.system.clone(),
        site_id,
        in_system: about.in_system,
        origin: from.origin.to_owned(),
        origin_name: from.name,
        origin_sha256: from.sha256,
        format,
        mapping: serde_json::to_string(&from.mapping).map_err(Error::internal)?,
        status: Status::Waiting,
        problem: None,
        token: 0,
        rows_read: 0,
        rows_taken: 0,
        rows_rejected: 0,
        rows_repeated: 0,
        bytes_read: 0,
        bytes_total: from.bytes,
        checkpoint: None,
        content_sha256: None,
        created_by: w.actor.name.clone(),
        created_at: w.now,
        beat_at: None,
        done_at: None,
    };
    source::insert(&mut w.tx, &s).await?;
    w.record(
        Entry::new("source.received", Some(incident))
            .with("name", s.name.clone())
            .with("version", s.version)
            .with("system", s.system.clone())
            .with("origin", s.origin.clone())
            .with("origin_name", s.origin_name.clone())
            .with("file_sha256", s.origin_sha256.clone())
            .of(&s),
    );
    w.commit(s.id).await?;
    Ok(s)
}

/// SHA-256 of a file, hex, and its length.
///
/// # Errors
/// When it cannot be read.
pub fn hash(file: &mut File) -> std::io::Result<(String, u64)> {
    file.rewind()?;
    let (mut hash, mut bytes) = (Sha256::new(), 0);
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok((hex::encode(hash.finalize()), bytes)),
            n => {
                hash.update(&buffer[..n]);
                bytes += n as u64;
            }
        }
    }
}

/// Removes what lists left in the spool folder: of a server that was killed while it received one, and of
/// sources that are done or put aside. What waits to be read, or is at work, stays.
///
/// # Errors
/// When the database does not answer.
pub async fn sweep(app: &App) -> Result<u64> {
    let mut removed = 0;
    for id in Folder::all(&app.config.spool) {
        let folder = Folder::of(&app.config.spool, id);
        // Held before the row is looked for: who receives a list holds its folder until the row is there.
        let Ok(Some(held)) = folder.hold() else {
            continue;
        };
        let row = source::find(&app.db, id).await?;
        let over = match &row {
            Some(s) => matches!(s.status, Status::Done | Status::Discarded),
            // One of another database is known by nothing here, and taken by it.
            None => folder.untaken(),
        };
        if over {
            match folder.remove() {
                Ok(()) => removed += 1,
                Err(error) => tracing::warn!(%error, %id, "a spool folder cannot be removed"),
            }
        }
        drop(held);
    }
    Ok(removed)
}
