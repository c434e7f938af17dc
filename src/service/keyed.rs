//! Hashing a roster that was kept in clear: once, when a database of an earlier version is opened.
//!
//! Rows come over in batches, each in one transaction, so that a program that is stopped in the middle
//! goes on where it was. Each delivery is accounted for anew, with the hash in the place of the id; the
//! entries that named the id keep their place in the chain and their commitments, and lose what opened
//! them. At the end nothing in clear is left.

use std::collections::BTreeMap;

use super::revision::{count, digest};
use super::{Ctx, Write, incident_key, roster};
use crate::app::App;
use crate::domain::access::Actor;
use crate::domain::evidence::Entry;
use crate::domain::scope::seal::{Contact, Sealer};
use crate::error::{Error, Result};
use crate::ids::IncidentId;
use crate::store::alias::{self, Alias};
use crate::store::keyed::{self, Keyed};
use crate::store::revision::{self, Cause, Revision};
use crate::store::{delivery, incident};

const BATCH: i64 = 2_000;

/// Hashes all that stands in clear. Does nothing when nothing does.
///
/// # Errors
/// When the database does not answer; what was done until then stays done.
pub async fn convert(app: &App) -> Result<()> {
    incident_key::check_secret(&app.db, &app.hasher).await?;
    if !keyed::pending(&app.db).await? {
        return Ok(());
    }
    tracing::info!("people who stand in clear are hashed; this is done once");
    let mut batches: u64 = 0;
    while step(app).await? {
        batches += 1;
        if batches.is_multiple_of(100) {
            tracing::info!(batches, "people who stand in clear are hashed");
        }
    }
    keyed::scrub(&app.db).await
}

/// One batch; whether there may be more.
///
/// # Errors
/// As [`convert`].
pub async fn step(app: &App) -> Result<bool> {
    let ctx = Ctx::new(app, Actor::system());
    let mut w = ctx.begin_unchecked("roster.key").await?;
    keyed::lock(&mut w.tx).await?;
    if !keyed::pending(&mut w.tx).await? {
        return Ok(false);
    }
    let done = rejections(&mut w).await?
        || people(&mut w).await?
        || deliveries(&mut w).await?
        || rosters(&mut w).await?;
    if !done {
        keyed::finish(&mut w.tx).await?;
    }
    w.commit(done).await
}

/// The key of the incident at hand: rows come incident by incident.
#[derive(Default)]
struct Sealers(Option<(IncidentId, Sealer)>);

impl Sealers {
    async fn of(&mut self, w: &mut Write<'_>, id: IncidentId) -> Result<&Sealer> {
        if self.0.as_ref().is_none_or(|(known, _)| *known != id) {
            self.0 = Some((id, incident_key::sealer(w, id).await?));
        }
        self.0
            .as_ref()
            .map(|(_, sealer)| sealer)
            .ok_or_else(|| Error::internal("no key"))
    }
}

async fn rejections(w: &mut Write<'_>) -> Result<bool> {
    let rows = keyed::rejections(&mut w.tx, BATCH).await?;
    let Some(last) = rows.last().map(|r| (r.import_id, r.line)) else {
        return Ok(false);
    };
    let mut sealers = Sealers::default();
    for r in rows {
        let sealer = sealers.of(w, r.incident_id).await?;
        let row = roster::Rejection {
            line: r.line,
            reason: r.reason,
            raw: r.raw,
        };
        let sealed = row.seal(sealer, r.import_id);
        crate::store::person::insert_rejections(&mut w.tx, r.import_id, &[sealed]).await?;
    }
    keyed::drop_rejections(&mut w.tx, last.0, last.1).await?;
    Ok(true)
}

async fn people(w: &mut Write<'_>) -> Result<bool> {
    let rows = keyed::people(&mut w.tx, BATCH).await?;
    let Some(last) = rows.last() else {
        return Ok(false);
    };
    keyed::drop_people(&mut w.tx, last).await?;
    let hasher = w.app.hasher.clone();
    let mut sealers = Sealers::default();
    let mut all = Vec::with_capacity(rows.len());
    let mut aliases: BTreeMap<IncidentId, Vec<Alias>> = BTreeMap::new();
    for person in rows {
        let sealer = sealers.of(w, person.incident_id).await?;
        let key = hasher.account(&person.site_id, &person.user_id);
        let email = person.email.as_deref();
        let known = aliases.entry(person.incident_id).or_default();
        known.extend(roster::by_email(&hasher, email, 0, &person.site_id, key));
        let contact = Contact {
            user: Some(person.user_id.clone()),
            email: person.email.clone(),
            phone: None,
        };
        all.push(Keyed {
            sealed: sealer.contact(&key, &contact),
            key,
            person,
        });
    }
    keyed::insert_people(&mut w.tx, &all).await?;
    for (incident, aliases) in aliases {
        alias::open(&mut w.tx).await?;
        alias::push(&mut w.tx, &aliases).await?;
        alias::merge(&mut w.tx, incident).await?;
    }
    Ok(true)
}

async fn deliveries(w: &mut Write<'_>) -> Result<bool> {
    let rows = keyed::deliveries(&mut w.tx, BATCH).await?;
    let any = !rows.is_empty();
    for d in rows {
        let key = w.app.hasher.account(&d.site_id, &d.user_id);
        keyed::move_delivery(&mut w.tx, d.id, key).await?;
        let row = delivery::find(&mut w.tx, d.id).await?;
        let row = row.ok_or_else(|| Error::internal("a delivery was moved and is gone"))?;
        w.record(
            Entry::new("delivery.keyed", Some(d.incident_id))
                .with("delivery", row.id.to_string())
                .of(&row),
        );
    }
    Ok(any)
}

/// The roster of one incident as it stands, as the revision that its newest import had made.
async fn rosters(w: &mut Write<'_>) -> Result<bool> {
    let Some(import) = keyed::unrevised(&mut w.tx).await? else {
        return Ok(false);
    };
    let id = import.incident_id;
    let Some(incident) = incident::lock(&mut w.tx, id).await? else {
        return Err(Error::internal("a roster of no incident"));
    };
    count(w, &incident).await?;
    let row = Revision {
        incident_id: id,
        number: import.revision,
        cause: Cause::Keyed,
        import_id: Some(import.id),
        run_id: None,
        added: 0,
        back: 0,
        left_n: 0,
        changed: 0,
        persons: incident.persons,
        result_sha256: digest(&mut w.tx, id).await?,
        reason: None,
        made_by: w.actor.name.clone(),
        made_at: w.now,
    };
    revision::insert(&mut w.tx, &row).await?;
    w.record(
        Entry::new("roster.keyed", Some(id))
            .with("revision", row.number)
            .with("persons", row.persons)
            .with("roster_sha256", row.result_sha256.clone())
            .of(&row),
    );
    Ok(true)
}
