//! Obligations: computing their deadlines anew, and settling them.

use chrono::{DateTime, FixedOffset, TimeZone as _, Utc};
use serde::{Deserialize, Serialize};

use super::calendar_override::calendars;
use super::fact::standing;
use super::{Ctx, OrNotFound as _, Write, changed_meanwhile, incident};
use crate::domain::access::Action;
use crate::domain::deadline::{self, Bound, Deadline};
use crate::domain::evidence::Entry;
use crate::domain::fact::Anchors;
use crate::domain::moment;
use crate::domain::regime::Recipient;
use crate::error::{Check, Error, Result};
use crate::ids::{DeadlineId, ObligationId};
use crate::store::calendar_override::in_force;
use crate::store::fact::{self, Fact};
use crate::store::incident::Incident;
use crate::store::obligation::{self, Computed, Obligation, Outcome};

/// The instants that deadlines may start from, out of the facts that stand.
pub fn anchors(facts: &[Fact]) -> Anchors {
    let mut anchors = Anchors::new();
    for fact in standing(facts) {
        let offset = i32::try_from(fact.offset_s)
            .ok()
            .and_then(FixedOffset::east_opt);
        if let (Some(at), Some(offset)) = (fact.at, offset) {
            anchors.insert(fact.kind, offset.from_utc_datetime(&at.naive_utc()));
        }
    }
    anchors
}

/// Computes every deadline of an incident anew and keeps what changed; what was computed before
/// stays. A settled obligation is not touched: lateness is frozen with it.
pub(super) async fn refresh(w: &mut Write<'_>, incident: &Incident, cause: &str) -> Result<()> {
    let facts = fact::list(&mut w.tx, incident.id).await?;
    let anchors = anchors(&facts);
    let known = obligation::list(&mut w.tx, incident.id).await?;
    let catalog = w.app.catalog.clone();
    let calendars = calendars(&catalog, &in_force(&mut w.tx).await?)?;
    for regime in catalog.regimes_in_force(&anchors, w.now.date_naive()) {
        let existing = known.iter().find(|o| o.rule == regime.id);
        if existing.is_some_and(|o| o.outcome.is_some()) {
            continue;
        }
        let result = deadline::compute(
            regime,
            &anchors,
            &catalog.operator().controllers,
            &calendars,
        );
        let mut obligation = match existing {
            Some(o) => o.clone(),
            None => {
                let o = Obligation {
                    id: ObligationId(w.app.rng.uuid(w.now)),
                    incident_id: incident.id,
                    rule: regime.id.clone(),
                    deadline_id: None,
                    due_at: None,
                    bound: None,
                    problem: None,
                    outcome: None,
                    met_at: None,
                    late: None,
                    note: None,
                    settled_by: None,
                    settled_at: None,
                    version: 1,
                };
                obligation::insert(&mut w.tx, &o).await?;
                o
            }
        };
        apply(w, &mut obligation, result.map_err(|e| e.to_string()), cause).await?;
    }
    Ok(())
}

/// Keeps a result, if it says something new.
async fn apply(
    w: &mut Write<'_>,
    obligation: &mut Obligation,
    result: Result<Deadline, String>,
    cause: &str,
) -> Result<()> {
    match result {
        Ok(deadline) => {
            let text = serde_json::to_string(&deadline).map_err(Error::internal)?;
            if let Some(id) = obligation.deadline_id {
                let last = obligation::find_deadline(&mut w.tx, id).await?;
                if last.is_some_and(|last| last.result == text) {
                    return Ok(());
                }
            }
            let computed = Computed {
                id: DeadlineId(w.app.rng.uuid(w.now)),
                obligation_id: obligation.id,
                computed_at: w.now,
                cause: cause.to_owned(),
                due_at: deadline.due_utc,
                result: text,
            };
            obligation::insert_deadline(&mut w.tx, &computed).await?;
            w.record(
                Entry::new("deadline.computed", Some(obligation.incident_id))
                    .with("rule", obligation.rule.clone())
                    .with("rule_hash", deadline.rule_hash.clone())
                    .with("due", deadline.due.to_rfc3339())
                    .with("governed_by", deadline.governed_by.clone())
                    .with("cause", cause)
                    .of(&computed),
            );
            obligation.deadline_id = Some(computed.id);
            obligation.due_at = Some(computed.due_at);
            obligation.bound = Some(deadline.bound.as_str().to_owned());
            obligation.problem = None;
        }
        Err(problem) => {
            if obligation.problem.as_deref() == Some(&problem) && obligation.deadline_id.is_none() {
                return Ok(());
            }
            obligation.deadline_id = None;
            obligation.due_at = None;
            obligation.bound = None;
            obligation.problem = Some(problem);
        }
    }
    save(w, obligation).await?;
    w.record(
        Entry::new("obligation.refreshed", Some(obligation.incident_id))
            .with("rule", obligation.rule.clone())
            .of(obligation),
    );
    Ok(())
}

async fn save(w: &mut Write<'_>, obligation: &mut Obligation) -> Result<()> {
    if !obligation::update(&mut w.tx, obligation).await? {
        return Err(changed_meanwhile("obligation"));
    }
    obligation.version += 1;
    Ok(())
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
    let found = obligation::find(&mut w.tx, id)
        .await?
        .or_not_found("This obligation")?;
    incident::lock_open(&mut w, found.incident_id).await?;
    let mut o = obligation::find(&mut w.tx, id)
        .await?
        .or_not_found("This obligation")?;
    if o.outcome.is_some() {
        return Err(Error::Conflict(
            "This obligation is settled already; what was recorded first stays.".to_owned(),
        ));
    }
    if o.version != settle.version {
        return Err(changed_meanwhile("obligation"));
    }
    let mut check = Check::default();
    let note = check.text("note", &settle.note, 4_000);
    let mut met_at = None;
    if settle.outcome == Outcome::Met {
        let to_people = w
            .app
            .catalog
            .regime(&o.rule)
            .is_some_and(|r| r.recipient == Recipient::DataSubject);
        if to_people {
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
            Ok(m) => met_at = Some(m.utc()),
            Err(why) => check.fail("met_at", why),
        }
    }
    check.done()?;
    o.outcome = Some(settle.outcome);
    o.note = Some(note);
    finish(&mut w, &mut o, met_at).await?;
    w.commit(id).await
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
        let to_people = w
            .app
            .catalog
            .regime(&o.rule)
            .is_some_and(|r| r.recipient == Recipient::DataSubject);
        if to_people && o.outcome.is_none() {
            o.outcome = Some(Outcome::Met);
            o.note = Some("An in-site notice went live for everybody on the roster.".to_owned());
            finish(w, &mut o, Some(published)).await?;
        }
    }
    Ok(())
}
