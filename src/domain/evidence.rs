//! The evidence log: what an entry is, how it is hashed, how it is chained.
//!
//! What it proves: no entry was changed, dropped, inserted or put in another order below the newest
//! entry whose hash somebody outside holds. Each entry names the hash of the entry before it, over
//! the whole log (`prev`) and within its incident (`iprev`).
//!
//! What it cannot prove: that what was entered is true, that nothing happened off the record, or that
//! the newest entries are all there when nobody outside holds their hash.
//!
//! No clear-text personal data stands in an entry. Free text and row contents are *sealed*: the entry
//! holds `HMAC-SHA256(salt, "duenotice-seal-v1" 0x00 pointer 0x00 value)`, and salt and value stand
//! beside it, where they can be erased without breaking the chain.

use chrono::{DateTime, SecondsFormat, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::access::Actor;
use crate::ids::IncidentId;

/// A SHA-256 value.
pub type Hash = [u8; 32];

/// Before the first entry.
pub const GENESIS: Hash = [0; 32];

/// What happened, before it has a place in the log.
#[derive(Clone, Debug)]
pub struct Entry {
    /// "noun.verb", such as `fact.recorded`.
    pub kind: &'static str,
    /// The incident it concerns.
    pub incident: Option<IncidentId>,
    /// Facts without personal data, in clear.
    pub data: Map<String, Value>,
    /// What is committed to without being said: JSON pointer and value.
    pub sealed: Vec<(String, Value)>,
    /// The row that this entry accounts for; its contents are sealed under `/row`.
    pub row: Option<RowRef>,
}

/// A row that an entry accounts for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowRef {
    /// The table.
    pub table: &'static str,
    /// The row's key in text.
    pub id: String,
}

/// A row whose contents the log accounts for: `verify` compares the newest entry with the row.
pub trait Evidenced {
    /// The table it stands in.
    const TABLE: &'static str;
    /// The row's key in text.
    fn row_id(&self) -> String;
    /// Everything in the row that may not change without an entry.
    fn view(&self) -> Value;
}

impl Entry {
    /// An entry of `kind` with nothing in it yet.
    pub fn new(kind: &'static str, incident: Option<IncidentId>) -> Self {
        Self {
            kind,
            incident,
            data: Map::new(),
            sealed: Vec::new(),
            row: None,
        }
    }

    /// Adds something in clear. Only what is not personal data, and no fractional numbers.
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.data.insert(key.to_owned(), value.into());
        self
    }

    /// Adds something sealed.
    pub fn seal(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.sealed.push((format!("/data/{key}"), value.into()));
        self
    }

    /// Makes the entry account for `row`.
    pub fn of<R: Evidenced>(mut self, row: &R) -> Self {
        self.row = Some(RowRef {
            table: R::TABLE,
            id: row.row_id(),
        });
        self.sealed.push(("/row".to_owned(), row.view()));
        self
    }
}

/// Where an entry stands.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// In the whole log, from 1.
    pub seq: i64,
    /// The hash of the entry before it.
    pub prev: Hash,
    /// In its incident, from 1, with the hash of the incident's entry before it.
    pub in_incident: Option<(i64, Hash)>,
}

/// A commitment and what opens it.
#[derive(Clone, Debug)]
pub struct Opening {
    /// Which value of the entry.
    pub pointer: String,
    /// 32 random bytes.
    pub salt: [u8; 32],
    /// The value, as canonical JSON.
    pub value: String,
}

/// The value as RFC 8785 canonical JSON.
///
/// # Errors
/// When a number in it has no exact form in JSON; our entries hold none.
pub fn canonical(value: &Value) -> Result<String, String> {
    serde_json_canonicalizer::to_string(value).map_err(|e| e.to_string())
}

/// The commitment to a value.
#[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
pub fn commit(opening: &Opening) -> Hash {
    let mut mac = Hmac::<Sha256>::new_from_slice(&opening.salt).expect("any key length is taken");
    mac.update(b"duenotice-seal-v1\0");
    mac.update(opening.pointer.as_bytes());
    mac.update(b"\0");
    mac.update(opening.value.as_bytes());
    mac.finalize().into_bytes().into()
}

/// The hash of an entry's body (RFC 6962's leaf hash, so that the log can become a tree later).
pub fn leaf_hash(body: &str) -> Hash {
    let mut hash = Sha256::new();
    hash.update([0]);
    hash.update(body.as_bytes());
    hash.finalize().into()
}

/// Writes an entry down at its place: the body's canonical bytes and its hash.
///
/// # Errors
/// When the data cannot be written as canonical JSON.
pub fn write(
    entry: &Entry,
    place: Place,
    at: DateTime<Utc>,
    actor: &Actor,
    openings: &[Opening],
) -> Result<(String, Hash), String> {
    let sealed: Map<String, Value> = openings
        .iter()
        .map(|o| (o.pointer.clone(), hex::encode(commit(o)).into()))
        .collect();
    let body = json!({
        "v": 1,
        "seq": place.seq,
        "prev": hex::encode(place.prev),
        "incident": entry.incident,
        "iseq": place.in_incident.map(|(n, _)| n),
        "iprev": place.in_incident.map(|(_, hash)| hex::encode(hash)),
        "at": at.to_rfc3339_opts(SecondsFormat::Millis, true),
        "kind": entry.kind,
        "actor": actor.key(),
        "data": entry.data,
        "row": entry.row.as_ref().map(|r| json!({ "table": r.table, "id": r.id })),
        "sealed": sealed,
    });
    let body = canonical(&body)?;
    let hash = leaf_hash(&body);
    Ok((body, hash))
}
