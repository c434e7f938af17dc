//! A law-enforcement hold: an interval in which an authority asked not to notify.
//!
//! Always holds: it is a documented interval with an authority and a reference; it stops only the
//! rules whose law lets it (`hold` in the rule file), and an open one has no end until somebody
//! records it.

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};

/// One hold, as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Who asked.
    pub authority: String,
    /// Its reference, or the name and function of the officer.
    pub reference: String,
    /// Whether it was asked for orally only.
    pub oral: bool,
    /// When it began.
    pub from: DateTime<FixedOffset>,
    /// When it ended; nothing while it lasts.
    pub until: Option<DateTime<FixedOffset>>,
    /// Codes of the jurisdictions it is limited to, such as `US-CO`; nothing listed: wherever the
    /// law lets a hold stop the rule.
    pub jurisdictions: Vec<String>,
}

impl Hold {
    /// Whether it may concern a rule of these jurisdictions.
    #[must_use]
    pub fn concerns(&self, jurisdictions: &[String]) -> bool {
        self.jurisdictions.is_empty()
            || self
                .jurisdictions
                .iter()
                .any(|one| jurisdictions.contains(one))
    }
}
