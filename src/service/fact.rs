//! Recording and correcting facts. A fact is never changed: a correction is a new fact with a reason.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Ctx, Write, incident, obligation};
use crate::domain::access::Action;
use crate::domain::chronology::{Claim, objections};
use crate::domain::evidence::Entry;
use crate::domain::fact::FactKind;
use crate::domain::moment::{self, Moment};
use crate::error::{Check, Error, Result};
use crate::ids::{FactId, IncidentId};
use crate::store::fact::{self, Fact};
use crate::store::incident::Incident;

/// A fact to record. Times are RFC 3339 with an offset.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFact {
    /// `occurred`, `detected`, `aware`, `determined`, or another fact that some rule counts from.
    #[schema(value_type = String, example = "aware")]
    pub kind: FactKind,
    /// When. Empty only for an occurrence whose time is unknown.
    #[serde(default)]
    pub at: Option<String>,
    /// The end of the range, for an occurrence.
    #[serde(default)]
    pub until: Option<String>,
    /// The IANA zone in which the time was said.
    #[serde(default)]
    #[schema(required)]
    pub zone: String,
    /// Why: for a correction, and where awareness is not at detection. Up to 2,000 characters.
    #[serde(default)]
    pub reason: Option<String>,
    /// The fact that this one replaces.
    #[serde(default)]
    pub corrects: Option<FactId>,
}

impl Default for NewFact {
    fn default() -> Self {
        Self {
            kind: FactKind::Aware,
            at: None,
            until: None,
            zone: String::new(),
            reason: None,
            corrects: None,
        }
    }
}

/// A fact whose times were read and that can stand beside the others.
#[derive(Clone, Debug)]
pub struct ReadFact {
    kind: FactKind,
    at: Option<Moment>,
    until: Option<Moment>,
    zone: String,
    reason: Option<String>,
}

impl ReadFact {
    /// What it claims.
    pub fn claim(&self) -> Claim {
        Claim {
            kind: self.kind,
            at: self.at.map(|m| m.utc()),
            until: self.until.map(|m| m.utc()),
        }
    }
}

/// Reads a fact and holds it against the others.
pub fn read(new: &NewFact, others: &[Claim], now: DateTime<Utc>) -> Result<ReadFact> {
    let mut check = Check::default();
    let reason = check.optional_text("reason", new.reason.as_deref(), 2_000);
    let zone = match moment::zone(&new.zone) {
        Ok(zone) => zone,
        Err(why) => {
            check.fail("zone", why);
            chrono_tz::Tz::UTC
        }
    };
    let mut time = |field: &str, text: Option<&str>| {
        let text = text.map(str::trim).filter(|t| !t.is_empty())?;
        moment::rfc3339(text, zone)
            .map_err(|why| check.fail(field, why))
            .ok()
    };
    let at = time("at", new.at.as_deref());
    let until = time("until", new.until.as_deref());
    check.done()?;
    let read = ReadFact {
        kind: new.kind,
        at,
        until,
        zone: zone.name().to_owned(),
        reason,
    };
    let mut check = Check::default();
    for (field, why) in objections(&read.claim(), others, read.reason.as_deref(), now) {
        check.fail(field, why);
    }
    check.done()?;
    Ok(read)
}

/// The facts that stand: recorded and not replaced.
pub fn standing(facts: &[Fact]) -> Vec<&Fact> {
    facts
        .iter()
        .filter(|f| !facts.iter().any(|other| other.corrects == Some(f.id)))
        .collect()
}

/// Records a fact, or corrects one, and computes every deadline of the incident anew.
pub async fn record(ctx: &Ctx<'_>, id: IncidentId, new: &NewFact) -> Result<FactId> {
    let mut w = ctx.begin(Action::RecordFact, "fact.record").await?;
    if let Some(done) = w.replay(&(id, new)).await? {
        return Ok(done);
    }
    let incident = incident::lock_open(&mut w, id).await?;
    let fact = add(&mut w, &incident, new).await?;
    let cause = format!(
        "{} {}",
        if new.corrects.is_some() {
            "corrected"
        } else {
            "recorded"
        },
        new.kind
    );
    obligation::refresh(&mut w, &incident, &cause).await?;
    w.commit(fact).await
}

/// Adds a fact in a transaction that has the incident locked.
pub(super) async fn add(w: &mut Write<'_>, incident: &Incident, new: &NewFact) -> Result<FactId> {
    let all = fact::list(&mut w.tx, incident.id).await?;
    let standing = standing(&all);
    let same = standing.iter().find(|f| f.kind == new.kind);
    match (same, new.corrects) {
        (None, None) => {}
        (Some(f), Some(id)) if f.id == id => {
            if new.reason.as_deref().is_none_or(|r| r.trim().is_empty()) {
                return Err(Error::invalid("reason", "A correction needs a reason."));
            }
        }
        (Some(_), None) => {
            return Err(Error::invalid(
                "kind",
                format!(
                    "\"{}\" is recorded already. Correct it, with a reason.",
                    new.kind
                ),
            ));
        }
        (_, Some(_)) => {
            return Err(Error::Conflict(
                "The fact you are correcting was corrected meanwhile. Look at the newest one and \
                 correct that."
                    .to_owned(),
            ));
        }
    }
    let others: Vec<Claim> = standing
        .iter()
        .filter(|f| Some(f.id) != new.corrects)
        .map(|f| Claim {
            kind: f.kind,
            at: f.at,
            until: f.until,
        })
        .collect();
    let read = read(new, &others, w.now)?;
    let fact = Fact {
        id: FactId(w.app.rng.uuid(w.now)),
        incident_id: incident.id,
        kind: read.kind,
        at: read.at.map(|m| m.utc()),
        until: read.until.map(|m| m.utc()),
        zone: read.zone,
        offset_s: read.at.map_or(0, |m| m.offset_s()),
        reason: read.reason,
        corrects: new.corrects,
        recorded_by: w.actor.name.clone(),
        recorded_at: w.now,
    };
    fact::insert(&mut w.tx, &fact).await?;
    let kind = if new.corrects.is_some() {
        "fact.corrected"
    } else {
        "fact.recorded"
    };
    w.record(
        Entry::new(kind, Some(incident.id))
            .with("fact", fact.kind.as_str())
            .with("at", fact.at.map(|t| t.to_rfc3339()))
            .with("until", fact.until.map(|t| t.to_rfc3339()))
            .with("corrects", fact.corrects.map(|id| id.to_string()))
            .of(&fact),
    );
    Ok(fact.id)
}
