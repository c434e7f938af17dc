//! Going on with a reading that was stopped, or whose process was killed.

use super::state::Checkpoint;
use crate::app::App;
use crate::error::{Error, Result};
use crate::ids::IncidentId;
use crate::service::spool::Folder;
use crate::store::source::{self, Source, Status};

/// The newest source of this name with the same file that is neither done nor put aside.
///
/// # Errors
/// The database fails.
pub async fn unfinished(
    app: &App,
    incident: IncidentId,
    name: &str,
    file_sha256: &str,
) -> Result<Option<Source>> {
    let all = source::list(&app.db, incident).await?;
    Ok(all.into_iter().find(|s| {
        let ended = matches!(s.status, Status::Done | Status::Discarded);
        !ended && s.name == name && s.origin_sha256.as_deref() == Some(file_sha256)
    }))
}

/// Whether what a reading needs to go on is on the disk of this machine.
///
/// # Errors
/// What is noted about it cannot be read.
pub fn kept(app: &App, s: &Source) -> Result<bool> {
    let folder = Folder::of(&app.config.spool, s.id);
    let at = Checkpoint::of(s).map_err(Error::internal)?;
    Ok(folder.has(&at.runs) && (at.complete || folder.received().is_ok()))
}

/// Whether it says that it is being read, but the process on this machine that did so is gone.
pub fn abandoned(app: &App, s: &Source) -> bool {
    s.status.under_way() && Folder::of(&app.config.spool, s.id).abandoned()
}
