//! Where the people on a roster live, as far as who asks may know it.

use crate::app::App;
use crate::domain::access::Actor;
use crate::domain::scope::suppress::{self, Shown};
use crate::error::Result;
use crate::ids::IncidentId;
use crate::store::person::{self, Count};

/// A country and state with its people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// ISO 3166-1 alpha-2; none when the list did not say.
    pub country: Option<String>,
    /// US state.
    pub region: Option<String>,
    /// How many people, or a range.
    pub shown: Shown,
}

/// Counts by country and state; small ones are ranges for who only watches.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// Most first. Empty also where even ranges would give a number away.
    pub rows: Vec<Place>,
    /// The threshold, when something is not exact because of it.
    pub ranges_below: Option<u64>,
}

impl Places {
    /// Whether there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.ranges_below.is_none()
    }
}

/// The places of an incident for `actor`.
pub async fn seen_by(app: &App, actor: &Actor, incident: IncidentId) -> Result<Places> {
    let counts = person::counts(&app.db, incident, person::PLACES_SHOWN).await?;
    Ok(of(actor, counts, app.config.small_counts_below))
}

/// These counts for `actor`; those under `below` are ranges for who only watches.
#[must_use]
pub fn of(actor: &Actor, counts: Vec<Count>, below: u64) -> Places {
    let below = if actor.sees_exact_counts() { 0 } else { below };
    let numbers: Vec<u64> = counts
        .iter()
        .map(|count| u64::try_from(count.persons).unwrap_or(0))
        .collect();
    let shown = suppress::table(&numbers, below);
    let exact = |all: &Vec<Shown>| all.iter().all(|one| one.exact().is_some());
    Places {
        ranges_below: (!shown.as_ref().is_some_and(exact)).then_some(below),
        rows: counts
            .into_iter()
            .zip(shown.unwrap_or_default())
            .map(|(count, shown)| Place {
                country: count.country,
                region: count.region,
                shown,
            })
            .collect(),
    }
}
