//! Tokens that were checked before, byte for byte: an Ed25519 check costs a hundred times a look-up, and
//! a page that is reloaded sends the same token again.
//!
//! A token is known only as long as its key is taken and its time has not run out. Memory is bounded;
//! what is dropped is checked again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};

use super::sites::{LiveKey, Sites};
use super::token::{self, Claims, Reject};

const SHARDS: usize = 16;
/// How many tokens a shard holds, and how long they may be in bytes: 64 MiB in all, at the very most.
const TOKENS_MAX: usize = 4_096;
const BYTES_MAX: usize = 1_024;

type Shard = HashMap<Box<str>, Entry>;

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
pub struct Known([Mutex<Shard>; SHARDS]);

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
        // A signature's last characters are as good as chance.
        let last = token.as_bytes().last_chunk::<2>().copied();
        let shard = usize::from(u16::from_le_bytes(last.unwrap_or_default()));
        let shard = &self.0[shard % SHARDS];
        if let Some(entry) = lock(shard).get(token).filter(|entry| entry.is_good(now)) {
            entry.key.used(now);
            return Ok(Arc::clone(&entry.claims));
        }
        let mut found = None;
        let claims = token::verify(token, now, |site, kid| {
            found = sites.key(site, kid);
            found.map(|key| key.key())
        });
        let claims = claims.map_err(|why| TurnedDown {
            why,
            named: token::names(token).filter(|(site, _)| sites.site(site).is_some()),
        })?;
        let claims = Arc::new(claims);
        if let Some(key) = found {
            key.used(now);
            if token.len() > BYTES_MAX {
                return Ok(claims);
            }
            let mut shard = lock(shard);
            if shard.len() >= TOKENS_MAX {
                shard.retain(|_, entry| entry.is_good(now));
            }
            if shard.len() >= TOKENS_MAX {
                shard.clear();
            }
            let (claims, key) = (Arc::clone(&claims), Arc::clone(key));
            shard.insert(token.into(), Entry { claims, key });
        }
        Ok(claims)
    }
}

fn lock(shard: &Mutex<Shard>) -> std::sync::MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}
