//! What an incident's deadlines were thought to be at a past moment, and why.
//!
//! Always holds: the answer is what was computed and kept then, never a computation of today; the
//! rule and the calendars can be read as they were, by the hashes in the result.

use chrono::{DateTime, Utc};

use super::known::{Inputs, Known, Records};
use crate::app::App;
use crate::domain::deadline::{Deadline, Situation, compute_in, what_would_change};
use crate::error::{Error, Result};
use crate::ids::IncidentId;
use crate::store::Db;
use crate::store::hold::with_offset;
use crate::store::obligation::{self, Computed, Obligation};

/// What would change the date of an open obligation, by what is known now; nothing for one that has
/// no date of its own.
pub async fn changes(app: &App, row: &Obligation) -> Result<Vec<String>> {
    if row.outcome.is_some() || row.deadline_id.is_none() {
        return Ok(Vec::new());
    }
    let catalog = &app.catalog;
    let records = Records::read(app, row.incident_id).await?;
    let known = Known::new(catalog, &records, app.time.now())?;
    let mut anchors = known.anchors.clone();
    let Some(rule) = catalog.regime_at(&row.rule, &anchors) else {
        return Ok(Vec::new());
    };
    let cohort = records.cohorts.iter().find(|c| c.revision == row.cohort);
    if let Some(found) = cohort.and_then(|c| Some(with_offset(c.found_at?, c.found_offset_s))) {
        anchors.insert(rule.anchor, found);
    }
    let all = &catalog.operator().controllers;
    let one = all.iter().find(|c| c.id == row.controller);
    let given = Situation {
        anchors: &anchors,
        holds: &known.holds,
        controllers: one.map_or(all.as_slice(), std::slice::from_ref),
        calendars: &known.calendars,
    };
    Ok(match compute_in(rule, &given) {
        Ok(deadline) => what_would_change(rule, &given, &deadline),
        Err(_) => Vec::new(),
    })
}

/// What was thought of one obligation.
#[derive(Clone, Debug)]
pub struct Thought {
    /// The obligation, as it stands now.
    pub obligation: Obligation,
    /// What was computed last until then.
    pub computed: Computed,
    /// The result.
    pub deadline: Deadline,
    /// What it was computed with; none in rows of old.
    pub inputs: Option<Inputs>,
}

/// What was computed last until `at` for each obligation of an incident; those that had no deadline
/// then are left out.
pub async fn as_of(db: &Db, id: IncidentId, at: DateTime<Utc>) -> Result<Vec<Thought>> {
    let mut all = Vec::new();
    for obligation in obligation::list(db, id).await? {
        if let Some(thought) = of_one(db, obligation, at).await? {
            all.push(thought);
        }
    }
    all.sort_by_key(|one| one.computed.due_at);
    Ok(all)
}

/// What was computed last until `at` for one obligation.
pub async fn of_one(db: &Db, obligation: Obligation, at: DateTime<Utc>) -> Result<Option<Thought>> {
    let computed = obligation::deadline_until(db, obligation.id, at).await?;
    let Some(computed) = computed else {
        return Ok(None);
    };
    let deadline = serde_json::from_str(&computed.result).map_err(Error::internal)?;
    let inputs = computed
        .inputs
        .as_deref()
        .map(serde_json::from_str)
        .transpose()
        .map_err(Error::internal)?;
    Ok(Some(Thought {
        obligation,
        computed,
        deadline,
        inputs,
    }))
}
