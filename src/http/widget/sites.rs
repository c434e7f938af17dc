//! Every site with its keys, in memory: a token is checked without asking the database.
//!
//! Read anew every second, so that a retired key stops working within seconds and a new one begins to.
//! When the database does not answer, the last state stays; nobody is told "nothing" from it for long,
//! because the filter stops being believed after a second.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use chrono::{DateTime, Utc};

use crate::domain::host_key::HostKey;
use crate::store::site::{Site, SiteKey};

/// A key that is taken, or was a moment ago.
#[derive(Debug)]
pub struct LiveKey {
    key: HostKey,
    fingerprint: String,
    retired: AtomicBool,
    /// Seconds since 1970; 0: not since we looked.
    used_s: AtomicI64,
}

impl LiveKey {
    /// The key itself.
    pub fn key(&self) -> &HostKey {
        &self.key
    }

    /// Is it still taken?
    pub fn is_live(&self) -> bool {
        !self.retired.load(Ordering::Relaxed)
    }

    /// Notes that a token signed with it came.
    pub fn used(&self, now: DateTime<Utc>) {
        self.used_s.store(now.timestamp(), Ordering::Relaxed);
    }
}

/// A site, ready to answer for.
#[derive(Debug)]
pub struct LiveSite {
    /// Exact origins whose pages may ask.
    pub origins: HashSet<String>,
    /// The language when nothing else is asked for.
    pub default_lang: String,
    keys: HashMap<String, Arc<LiveKey>>,
}

/// All sites.
#[derive(Debug, Default)]
pub struct Sites {
    by_id: HashMap<String, LiveSite>,
    origins: HashSet<String>,
}

impl Sites {
    /// From the database's rows; keys that are the same as before keep their state of use, and keys
    /// that are gone are marked retired for whoever still holds them.
    pub fn next(&self, sites: Vec<Site>, keys: &[SiteKey]) -> Self {
        let mut next = Self::default();
        for site in sites {
            next.origins.extend(site.origins.0.iter().cloned());
            let live = LiveSite {
                origins: site.origins.0.into_iter().collect(),
                default_lang: site.default_lang,
                keys: HashMap::new(),
            };
            next.by_id.insert(site.id, live);
        }
        for row in keys {
            let before = self
                .by_id
                .get(&row.site_id)
                .and_then(|s| s.keys.get(&row.kid));
            let fingerprint = row.fingerprint();
            let key = match (before, HostKey::new(row.algorithm, &row.material)) {
                (Some(before), _) if before.fingerprint == fingerprint => Arc::clone(before),
                (_, Ok(key)) => Arc::new(LiveKey {
                    key,
                    fingerprint,
                    retired: AtomicBool::new(false),
                    used_s: AtomicI64::new(0),
                }),
                (_, Err(why)) => {
                    tracing::error!(site = row.site_id, kid = row.kid, why, "key is not taken");
                    continue;
                }
            };
            if let Some(site) = next.by_id.get_mut(&row.site_id) {
                site.keys.insert(row.kid.clone(), key);
            }
        }
        for (id, site) in &self.by_id {
            for (kid, key) in &site.keys {
                if !next.key(id, kid).is_some_and(|now| Arc::ptr_eq(now, key)) {
                    key.retired.store(true, Ordering::Relaxed);
                }
            }
        }
        next
    }

    /// One site.
    pub fn site(&self, id: &str) -> Option<&LiveSite> {
        self.by_id.get(id)
    }

    /// The key that is taken for a site under a name.
    pub fn key(&self, site: &str, kid: &str) -> Option<&Arc<LiveKey>> {
        self.by_id.get(site)?.keys.get(kid)
    }

    /// Is this an origin of any site? All that a preflight, which has no token, can be asked.
    pub fn knows_origin(&self, origin: &str) -> bool {
        self.origins.contains(origin)
    }

    /// The keys that were used since this was last asked: site, kid, when.
    pub fn take_used(&self) -> Vec<(String, String, DateTime<Utc>)> {
        let mut used = Vec::new();
        for (id, site) in &self.by_id {
            for (kid, key) in &site.keys {
                let at = key.used_s.swap(0, Ordering::Relaxed);
                if let (1.., Some(at)) = (at, DateTime::from_timestamp(at, 0)) {
                    used.push((id.clone(), kid.clone(), at));
                }
            }
        }
        used
    }
}
