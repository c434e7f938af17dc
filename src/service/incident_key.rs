//! The key of an incident: it seals what is known of its people, and destroying it makes that unreadable.
//!
//! Always holds: the key itself stands nowhere; it is wrapped by a key from the server's secret. Once
//! destroyed, none is made again, and the roster goes on working by its keyed hashes.

use serde::{Deserialize, Serialize};

use super::{Ctx, OrNotFound as _, Write};
use crate::app::App;
use crate::domain::access::Action;
use crate::domain::evidence::Entry;
use crate::domain::scope::identifier::{Hasher, Key};
use crate::domain::scope::seal::{Contact, Sealer, derive};
use crate::error::{Check, Error, Result};
use crate::ids::IncidentId;
use crate::store::incident::Status;
use crate::store::incident_key::{self, IncidentKey};
use crate::store::{Db, Exec};

/// What the keys of incidents are wrapped by.
const PURPOSE: &str = "incident key";

fn about(id: IncidentId) -> Key {
    Key(id.0)
}

fn wrapper(app: &App) -> Sealer {
    Sealer::new(&derive(app.secret.bytes(), PURPOSE))
}

fn unwrap(app: &App, id: IncidentId, wrapped: &[u8]) -> Result<Sealer> {
    let key = wrapper(app).open(&about(id), wrapped);
    let key: Option<[u8; 32]> = key.and_then(|key| key.try_into().ok());
    key.map(|key| Sealer::new(&key)).ok_or_else(|| {
        Error::internal(format!(
            "the key of incident {id} was wrapped with another secret of the server"
        ))
    })
}

/// Opens what was sealed about the people of one incident.
#[derive(Clone, Debug, Default)]
pub struct Opener(Option<Sealer>);

impl Opener {
    /// For pages: nothing opens when the key was destroyed, or none was ever made.
    ///
    /// # Errors
    /// When the database does not answer, or its keys were wrapped with another secret.
    pub async fn read(app: &App, id: IncidentId) -> Result<Self> {
        Self::read_in(app, &app.db, id).await
    }

    /// The same within a transaction.
    ///
    /// # Errors
    /// As [`Opener::read`].
    pub async fn read_in(app: &App, db: impl Exec<'_>, id: IncidentId) -> Result<Self> {
        let found = incident_key::find(db, id).await?;
        let wrapped = found.and_then(|key| key.wrapped);
        Ok(Self(match wrapped {
            Some(wrapped) => Some(unwrap(app, id, &wrapped)?),
            None => None,
        }))
    }

    /// What is known of a person; nothing when it cannot be opened.
    #[must_use]
    pub fn contact(&self, about: &Key, sealed: Option<&[u8]>) -> Option<Contact> {
        self.0.as_ref()?.open_contact(about, sealed?)
    }

    /// Anything that was sealed.
    #[must_use]
    pub fn open(&self, about: &Key, sealed: &[u8]) -> Option<Vec<u8>> {
        self.0.as_ref()?.open(about, sealed)
    }

    /// What a page calls a person: the account id, or what else is known, or what stands for it.
    #[must_use]
    pub fn name(&self, about: &Key, sealed: Option<&[u8]>) -> String {
        let contact = self.contact(about, sealed).unwrap_or_default();
        let known = contact.user.or(contact.email).or(contact.phone);
        known.unwrap_or_else(|| about.short())
    }
}

/// The incident's key for sealing; made when there is none yet.
///
/// # Errors
/// [`Error::Conflict`] when it was destroyed.
pub(super) async fn sealer(w: &mut Write<'_>, id: IncidentId) -> Result<Sealer> {
    if let Some(found) = incident_key::find(&mut w.tx, id).await? {
        return open(w.app, id, found);
    }
    let key: [u8; 32] = w.app.rng.bytes();
    let wrapped = wrapper(w.app).seal(&about(id), &key);
    if incident_key::insert(&mut w.tx, id, &wrapped).await? {
        return Ok(Sealer::new(&key));
    }
    let found = incident_key::find(&mut w.tx, id).await?;
    let found = found.ok_or_else(|| Error::internal("a key is there and is not"))?;
    open(w.app, id, found)
}

fn open(app: &App, id: IncidentId, key: IncidentKey) -> Result<Sealer> {
    match key.wrapped {
        Some(wrapped) => unwrap(app, id, &wrapped),
        None => Err(Error::Conflict(
            "The key of this incident was destroyed, so nothing can be sealed for it any more. \
             Report a new incident."
                .to_owned(),
        )),
    }
}

/// Why an incident's key is destroyed.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Destroy {
    /// 1 to 2,000 characters.
    #[schema(required)]
    pub reason: String,
}

/// Destroys the key of a closed incident: no account id and no address of its people can be read any
/// more. Its notices go on being shown, and the evidence holds.
///
/// # Errors
/// [`Error::Conflict`] while the incident is open, or when the key is gone already.
pub async fn destroy(ctx: &Ctx<'_>, id: IncidentId, destroy: &Destroy) -> Result<IncidentId> {
    let mut w = ctx
        .begin(Action::CloseIncident, "incident_key.destroy")
        .await?;
    if let Some(done) = w.replay(&(id, destroy)).await? {
        return Ok(done);
    }
    let incident = crate::store::incident::lock(&mut w.tx, id)
        .await?
        .or_not_found("This incident")?;
    let mut check = Check::default();
    let reason = check.text("reason", &destroy.reason, 2_000);
    check.done()?;
    if incident.status == Status::Open {
        return Err(Error::Conflict(
            "This incident is open: its people may still have to be reached. Close it first."
                .to_owned(),
        ));
    }
    let found = incident_key::find(&mut w.tx, id).await?;
    if found.is_some_and(|key| key.wrapped.is_none()) {
        return Err(Error::Conflict(
            "The key of this incident is destroyed already.".to_owned(),
        ));
    }
    let (now, by) = (w.now, w.actor.name.clone());
    incident_key::destroy(&mut w.tx, id, now, &by, &reason).await?;
    w.record(Entry::new("incident_key.destroyed", Some(id)).seal("reason", reason));
    w.commit(id).await
}

/// Refuses a secret with which this database's hashes were not made: nobody affected would be
/// recognised. The first one stands.
///
/// # Errors
/// A sentence about `secret_file`.
pub async fn check_secret(db: &Db, hasher: &Hasher) -> Result<()> {
    let fingerprint = hasher.account("", "duenotice").to_string();
    if incident_key::check_secret(db, &fingerprint).await? == fingerprint {
        return Ok(());
    }
    Err(Error::invalid(
        "secret_file",
        "This is not the secret with which this database was filled: nobody affected would be \
         recognised. Restore the secret file that belongs to it.",
    ))
}
