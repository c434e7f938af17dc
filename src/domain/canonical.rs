//! Hashes over values: SHA-256 of their canonical JSON (RFC 8785).
//!
//! Always holds: two values that serialize to the same JSON have the same hash, whatever the order
//! of their fields. It signs nothing and proves no time.

use serde::Serialize;
use sha2::{Digest, Sha256};

/// SHA-256, as 64 lower-case hex digits, of the RFC 8785 canonical JSON of `value`.
///
/// # Panics
/// When `value` has no JSON form (a map whose keys are not text, a number that is not finite). The
/// types hashed here are plain data and always have one.
#[must_use]
pub fn sha256_hex<T: Serialize>(value: &T) -> String {
    hex::encode(Sha256::digest(text(value)))
}

/// The RFC 8785 canonical JSON of `value`, the text that [`sha256_hex`] hashes.
///
/// # Panics
/// As [`sha256_hex`].
#[must_use]
pub fn text<T: Serialize>(value: &T) -> String {
    serde_json_canonicalizer::to_string(value).expect("plain data has a JSON form")
}
