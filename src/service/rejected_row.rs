//! The text of a row that could not be taken: the row, and the sentence that says why. Sealed together,
//! because the sentence may cite the row.

use super::incident_key::Opener;
use crate::domain::scope::identifier::Key;
use crate::domain::scope::seal::Sealer;

/// What stands in the place of the sentence when nobody can read it any more.
const GONE: &str = "This cannot be read any more: the key of the incident was destroyed.";

/// Seals the sentence and the row; `about` says which row of which list it is.
pub(super) fn seal(sealer: &Sealer, about: &Key, reason: &str, row: &str) -> Vec<u8> {
    let plain = serde_json::json!([reason, row]).to_string();
    sealer.seal(about, plain.as_bytes())
}

/// The sentence and the row; no row: the key of the incident was destroyed.
pub(super) fn open(opener: &Opener, about: &Key, sealed: &[u8]) -> (String, Option<String>) {
    opener
        .open(about, sealed)
        .and_then(|plain| serde_json::from_slice(&plain).ok())
        .map_or_else(
            || (GONE.to_owned(), None),
            |(reason, row)| (reason, Some(row)),
        )
}
