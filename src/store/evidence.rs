//! The evidence log's rows. Entries go in here and nowhere else, and none comes out changed.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Exec, Tx};
use crate::domain::access::Actor;
use crate::domain::evidence::{self, Entry, GENESIS, Hash, Opening, Place};
use crate::error::{Error, Result};
use crate::ids::IncidentId;
use crate::rng::Rng;
use crate::sql;

/// One entry as it is stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Stored {
    /// Place in the whole log, from 1.
    pub seq: i64,
    /// The incident it concerns.
    pub incident_id: Option<IncidentId>,
    /// Place in the incident, from 1.
    pub iseq: Option<i64>,
    /// "noun.verb".
    pub kind: String,
    /// When it was written, UTC.
    pub recorded_at: DateTime<Utc>,
    /// Exactly the bytes that are hashed.
    pub body: String,
    /// The hash of the body.
    pub hash: Vec<u8>,
}

/// A stored opening of a commitment.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct StoredOpening {
    /// The entry.
    pub seq: i64,
    /// Which value of the entry.
    pub pointer: String,
    /// 32 random bytes.
    pub salt: Vec<u8>,
    /// The value, as canonical JSON.
    pub value: String,
}

/// The newest entry of the log or of an incident.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Head {
    /// The incident, or nil for the whole log.
    pub incident_id: Uuid,
    /// How many entries there are.
    pub seq: i64,
    /// The newest entry's hash.
    pub hash: Vec<u8>,
}

/// Appends `entries` in their order. Holds the log's head from here to the end of the transaction,
/// so it is called last, just before the commit.
pub async fn append(
    tx: &mut Tx,
    entries: &[Entry],
    at: DateTime<Utc>,
    actor: &Actor,
    rng: &Rng,
) -> Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let mut head = lock_head(tx, Uuid::nil()).await?;
    for entry in entries {
        let in_incident = match entry.incident {
            Some(id) => Some(lock_head(tx, id.0).await?),
            None => None,
        };
        let place = Place {
            seq: head.seq + 1,
            prev: as_hash(&head.hash)?,
            in_incident: match &in_incident {
                Some(h) => Some((h.seq + 1, as_hash(&h.hash)?)),
                None => None,
            },
        };
        let mut openings = Vec::with_capacity(entry.sealed.len());
        for (pointer, value) in &entry.sealed {
            let value = evidence::canonical(value).map_err(Error::internal)?;
            openings.push(Opening {
                pointer: pointer.clone(),
                salt: rng.bytes(),
                value,
            });
        }
        let (body, hash) =
            evidence::write(entry, place, at, actor, &openings).map_err(Error::internal)?;
        tx.command(sql!(
            "insert into evidence_entry (seq, incident_id, iseq, kind, recorded_at, body, hash)
             values ($1, $2, $3, $4, $5, $6, $7)"
        ))
        .bind(place.seq)
        .bind(entry.incident)
        .bind(place.in_incident.map(|(n, _)| n))
        .bind(entry.kind)
        .bind(at)
        .bind(body)
        .bind(hash.to_vec())
        .run()
        .await?;
        for opening in openings {
            tx.command(sql!(
                "insert into evidence_opening (seq, pointer, salt, value) values ($1, $2, $3, $4)"
            ))
            .bind(place.seq)
            .bind(opening.pointer)
            .bind(opening.salt.to_vec())
            .bind(opening.value)
            .run()
            .await?;
        }
        head.seq = place.seq;
        head.hash = hash.to_vec();
        if let (Some(incident), Some((iseq, _))) = (entry.incident, place.in_incident) {
            set_head(tx, incident.0, iseq, &hash).await?;
        }
    }
    set_head(tx, Uuid::nil(), head.seq, &as_hash(&head.hash)?).await
}

fn as_hash(bytes: &[u8]) -> Result<Hash> {
    bytes
        .try_into()
        .map_err(|_| Error::internal("a stored hash does not have 32 bytes"))
}

/// Reads the head and keeps others from moving it until the transaction ends.
async fn lock_head(tx: &mut Tx, incident: Uuid) -> Result<Head> {
    tx.command(sql!(
        "insert into evidence_head (incident_id, seq, hash) values ($1, 0, $2)
         on conflict (incident_id) do update set seq = evidence_head.seq
         returning incident_id, seq, hash"
    ))
    .bind(incident)
    .bind(GENESIS.to_vec())
    .one()
    .await
}

async fn set_head(tx: &mut Tx, incident: Uuid, seq: i64, hash: &Hash) -> Result<()> {
    tx.command(sql!(
        "update evidence_head set seq = $2, hash = $3 where incident_id = $1"
    ))
    .bind(incident)
    .bind(seq)
    .bind(hash.to_vec())
    .run()
    .await?;
    Ok(())
}

/// Up to `limit` entries of the whole log after place `after`, in order.
pub async fn page(db: impl Exec<'_>, after: i64, limit: i64) -> Result<Vec<Stored>> {
    db.query(sql!(
        "select seq, incident_id, iseq, kind, recorded_at, body, hash from evidence_entry
         where seq > $1 order by seq limit $2"
    ))
    .bind(after)
    .bind(limit)
    .all()
    .await
}

/// Up to `limit` entries of the whole log before place `before`, the newest first.
pub async fn newest(db: impl Exec<'_>, before: i64, limit: i64) -> Result<Vec<Stored>> {
    db.query(sql!(
        "select seq, incident_id, iseq, kind, recorded_at, body, hash from evidence_entry
         where seq < $1 order by seq desc limit $2"
    ))
    .bind(before)
    .bind(limit)
    .all()
    .await
}

/// Up to `limit` entries of one incident before its place `before`, the newest first.
pub async fn newest_of_incident(
    db: impl Exec<'_>,
    incident: IncidentId,
    before: i64,
    limit: i64,
) -> Result<Vec<Stored>> {
    db.query(sql!(
        "select seq, incident_id, iseq, kind, recorded_at, body, hash from evidence_entry
         where incident_id = $1 and iseq < $2 order by iseq desc limit $3"
    ))
    .bind(incident)
    .bind(before)
    .bind(limit)
    .all()
    .await
}

/// Up to `limit` entries of one incident after its place `after`, in order.
pub async fn incident_page(
    db: impl Exec<'_>,
    incident: IncidentId,
    after: i64,
    limit: i64,
) -> Result<Vec<Stored>> {
    db.query(sql!(
        "select seq, incident_id, iseq, kind, recorded_at, body, hash from evidence_entry
         where incident_id = $1 and iseq > $2 order by iseq limit $3"
    ))
    .bind(incident)
    .bind(after)
    .bind(limit)
    .all()
    .await
}

/// The openings of the entries `from..=to`.
pub async fn openings(db: impl Exec<'_>, from: i64, to: i64) -> Result<Vec<StoredOpening>> {
    db.query(sql!(
        "select seq, pointer, salt, value from evidence_opening
         where seq between $1 and $2 order by seq, pointer"
    ))
    .bind(from)
    .bind(to)
    .all()
    .await
}

/// Every head: the log's and the incidents'.
pub async fn heads(db: impl Exec<'_>) -> Result<Vec<Head>> {
    db.query(sql!(
        "select incident_id, seq, hash from evidence_head order by incident_id"
    ))
    .all()
    .await
}
