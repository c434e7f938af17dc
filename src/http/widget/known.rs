//! Tokens that were checked before, by their hash: an Ed25519 check costs a hundred times a look-up, and
//! a page that is reloaded sends the same token again.
//!
//! A token is known only as long as its key is taken and its time has not run out. Memory is bounded;
//! what is dropped is checked again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};

use super::sites::{LiveKey, Sites};
use super::token::{self, Claims, Reject};

const SHARDS: usize = 16;
const TOKENS_MAX: usize = 4_096;

/// Why a token was turned down, and whose it says it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TurnedDown {
    /// What is wrong with it.
    pub why: Reject,
    /// The site and the key that it names, unproved, when there is such a site. For the log.
    pub named: Option<(String, String)>,
}

impl From<Reject> for TurnedDown {
    fn from(why: Reject) -> Self {
        Self { why, named: None }
    }
}

/// Tokens that were checked before.
#[derive(Debug, Default)]
pub struct Known([Mutex<HashMap<[u8; 32], Entry>>; SHARDS]);

#[derive(Debug)]
struct Entry {
    claims: Arc<Claims>,
    key: Arc<LiveKey>,
}

impl Entry {
    fn is_good(&self, now: DateTime<Utc>) -> bool {
        self.key.is_live() && token::alive(self.claims.expires_s, now.timestamp())
    }
}

impl Known {
    /// What a token says, checked now or before.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn claims(
        &self,
        token: &str,
        sites: &Sites,
        now: DateTime<Utc>,
    ) -> Result<Arc<Claims>, TurnedDown> {
        if token.len() > token::MAX_BYTES {
            return Err(Reject::TooLong.into());
        }
        let hash: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        let shard = &self.0[usize::from(hash[0]) % SHARDS];
        if let Some(entry) = lock(shard).get(&hash).filter(|entry| entry.is_good(now)) {
            entry.key.used(now);
            return Ok(Arc::clone(&entry.claims));
        }
        let mut named = None;
        let mut found = None;
        let claims = token::verify(token, now, |site, kid| {
            named = sites.site(site).map(|_| (site.to_owned(), kid.to_owned()));
            found = sites.key(site, kid);
            found.map(|key| key.key())
        });
        let claims = claims.map_err(|why| TurnedDown { why, named })?;
        let claims = Arc::new(claims);
        if let Some(key) = found {
            key.used(now);
            let mut shard = lock(shard);
            if shard.len() >= TOKENS_MAX {
                shard.retain(|_, entry| entry.is_good(now));
            }
            if shard.len() >= TOKENS_MAX {
                shard.clear();
            }
            let (claims, key) = (Arc::clone(&claims), Arc::clone(key));
            shard.insert(hash, Entry { claims, key });
        }
        Ok(claims)
    }
}

fn lock(
    shard: &Mutex<HashMap<[u8; 32], Entry>>,
) -> std::sync::MutexGuard<'_, HashMap<[u8; 32], Entry>> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}
