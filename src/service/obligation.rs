//! Deciding and settling obligations.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::fact::{self, NewFact, standing};
use super::{Ctx, OrNotFound as _, Write, changed_meanwhile, incident};
use crate::catalog::Catalog;
use crate::domain::access::Action;
use crate::domain::deadline::Bound;
use crate::domain::evidence::Entry;
use crate::domain::moment::{self, Moment};
use crate::error::{Check, Error, Result};
use crate::ids::ObligationId;
use crate::store::incident::Incident;
use crate::store::obligation::{self, Obligation, Outcome};

pub(super) use super::refresh::refresh;

async fn save(w: &mut Write<'_>, obligation: &mut Obligation) -> Result<()> {
    if !obligation::update(&mut w.tx, obligation).await? {
        return Err(changed_meanwhile("obligation"));
    }
    obligation.version += 1;
    Ok(())
}

/// Puts the obligations of one incident in order: the earliest due first, those without a date last,
/// and of those due at once the operator's first controller first.
pub fn in_order(catalog: &Catalog, rows: &mut [Obligation]) {
    let controllers = &catalog.operator().controllers;
    rows.sort_by_cached_key(|o| {
        let place = controllers.iter().position(|c| c.id == o.controller);
        let due = o.due_at.unwrap_or(DateTime::<Utc>::MAX_UTC);
        (due, o.rule.clone(), place, o.cohort)
    });
}

/// Whether something done at `done` is late for a due instant with `bound`.
pub fn is_late(done: DateTime<Utc>, due: DateTime<Utc>, bound: Option<&str>) -> bool {
    if bound == Some(Bound::AtOrBefore.as_str()) {
        done > due
    } else {
        done >= due
    }
}

/// How an obligation is settled by hand.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Settle {
    /// `met` or `not_required`.
    pub outcome: Outcome,
    /// When it was met, RFC 3339 with an offset; only for `met`.
    #[serde(default)]
    pub met_at: Option<String>,
    /// IANA zone of `met_at`.
    #[serde(default)]
    pub zone: String,
    /// For `met`, the reference of the filing; for `not_required`, the rationale. 1 to 4,000 characters.
    pub note: String,
    /// The obligation's version that was looked at.
    pub version: i64,
}

/// Settles an obligation as met, or as not required with a rationale. Lateness is frozen here.
pub async fn settle(ctx: &Ctx<'_>, id: ObligationId, settle: &Settle) -> Result<ObligationId> {
    let mut w = ctx
        .begin(Action::SettleObligation, "obligation.settle")
        .await?;
    if let Some(done) = w.replay(&(id, settle)).await? {
        return Ok(done);
    }
    let mut o = open_one(&mut w, id, settle.version).await?;
    let mut check = Check::default();
    let note = check.text("note", &settle.note, 4_000);
    let mut met_at = None;
    if settle.outcome == Outcome::Met {
        if by_notice(&w, &o) {
            check.fail(
                "outcome",
                "This promise is met by activating a notice for everybody on the roster, and not \
                 by hand. Activate the notice.",
            );
        }
        let text = settle.met_at.as_deref().unwrap_or_default();
        match moment::zone(&settle.zone).and_then(|zone| moment::rfc3339(text, zone)) {
            Ok(m) if m.utc() > w.now => {
                check.fail(
                    "met_at",
                    "This is in the future. Record it after it was done.",
                );
            }
            Ok(m) => met_at = Some(m),
            Err(why) => check.fail("met_at", why),
        }
    }
    check.done()?;
    o.outcome = Some(settle.outcome);
    o.note = Some(note);
    finish(&mut w, &mut o, met_at.as_ref().map(Moment::utc)).await?;
    let incident = incident::lock_open(&mut w, o.incident_id).await?;
    if let Some(moment) = met_at {
        begin_what_follows(&mut w, &incident, &o, &moment).await?;
    }
    // Others may begin with it, or must not come after it.
    refresh(&mut w, &incident, &format!("settled {}", o.rule)).await?;
    w.commit(id).await
}

/// Records the fact that other periods begin with, when meeting the rule is that fact and nobody
/// has recorded it yet.
async fn begin_what_follows(
    w: &mut Write<'_>,
    incident: &Incident,
    o: &Obligation,
    met: &Moment,
) -> Result<()> {
    let catalog = w.app.catalog.clone();
    let Some(kind) = catalog.regime(&o.rule).and_then(|rule| rule.records) else {
        return Ok(());
    };
    let all = crate::store::fact::list(&mut w.tx, incident.id).await?;
    if standing(&all).iter().any(|f| f.kind == kind) {
        return Ok(());
    }
    let new = NewFact {
        kind,
        at: Some(met.at.to_rfc3339()),
        zone: met.zone.name().to_owned(),
        reason: o
            .note
            .as_ref()
            .map(|note| note.chars().take(2_000).collect()),
        ..NewFact::default()
    };
    fact::add(w, incident, &new).await?;
    Ok(())
}

fn by_notice(w: &Write<'_>, o: &Obligation) -> bool {
    let regime = w.app.catalog.regime(&o.rule);
    regime.is_some_and(|r| r.met_by_notice())
}

/// The decision that an obligation is required, by a named person.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decide {
    /// Why it is required. 1 to 4,000 characters.
    pub rationale: String,
    /// The obligation's version that was looked at.
    pub version: i64,
}

/// Decides that an obligation is required. That it is not required is a settlement
/// ([`Outcome::NotRequired`]).
pub async fn decide(ctx: &Ctx<'_>, id: ObligationId, decide: &Decide) -> Result<ObligationId> {
    let mut w = ctx
        .begin(Action::SettleObligation, "obligation.decide")
        .await?;
    if let Some(done) = w.replay(&(id, decide)).await? {
        return Ok(done);
    }
    let mut o = open_one(&mut w, id, decide.version).await?;
    let mut check = Check::default();
    let rationale = check.text("rationale", &decide.rationale, 4_000);
    check.done()?;
    o.decision = Some("required".to_owned());
    o.rationale = Some(rationale);
    o.decided_by = Some(w.actor.name.clone());
    o.decided_at = Some(w.now);
    save(&mut w, &mut o).await?;
    w.record(
        Entry::new("obligation.decided", Some(o.incident_id))
            .with("rule", o.rule.clone())
            .with("decision", "required")
            .of(&o),
    );
    w.commit(id).await
}

/// An open obligation of an open incident, locked, in the version that was looked at.
async fn open_one(w: &mut Write<'_>, id: ObligationId, version: i64) -> Result<Obligation> {
    let found = obligation::find(&mut w.tx, id)
        .await?
        .or_not_found("This obligation")?;
    incident::lock_open(w, found.incident_id).await?;
    let o = obligation::find(&mut w.tx, id)
        .await?
        .or_not_found("This obligation")?;
    if o.outcome.is_some() {
        return Err(Error::Conflict(
            "This obligation is settled already; what was recorded first stays.".to_owned(),
        ));
    }
    if o.version != version {
        return Err(changed_meanwhile("obligation"));
    }
    Ok(o)
}

/// Freezes an obligation as it stands.
async fn finish(
    w: &mut Write<'_>,
    o: &mut Obligation,
    met_at: Option<DateTime<Utc>>,
) -> Result<()> {
    o.met_at = met_at;
    o.late = match (met_at, o.due_at) {
        (Some(met), Some(due)) => Some(is_late(met, due, o.bound.as_deref())),
        _ => None,
    };
    o.settled_by = Some(w.actor.name.clone());
    o.settled_at = Some(w.now);
    save(w, o).await?;
    w.record(
        Entry::new("obligation.settled", Some(o.incident_id))
            .with("rule", o.rule.clone())
            .with("late", o.late)
            .with("met_at", o.met_at.map(|t| t.to_rfc3339()))
            .of(o),
    );
    Ok(())
}

/// A notice went live for the whole roster: the promises to the affected people are met by that.
pub(super) async fn met_by_publication(
    w: &mut Write<'_>,
    incident: &Incident,
    published: DateTime<Utc>,
) -> Result<()> {
    for mut o in obligation::list(&mut w.tx, incident.id).await? {
        if by_notice(w, &o) && o.outcome.is_none() && o.applies != "no" {
            o.outcome = Some(Outcome::Met);
            o.note = Some("An in-site notice went live for everybody on the roster.".to_owned());
            finish(w, &mut o, Some(published)).await?;
        }
    }
    Ok(())
}
