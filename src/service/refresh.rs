//! Holding every rule against an incident anew, after anything that is known about it has changed.
//!
//! Always holds: doing it twice changes nothing; what was computed before stays; a settled
//! obligation is not touched, so lateness is frozen with it. A row is written for what applies; what
//! may apply is counted, with the earliest end, and worked out again whenever somebody looks.

use super::Write;
use super::known::{Known, Records};
use crate::domain::canonical;
use crate::domain::condition::Applies;
use crate::domain::deadline::Deadline;
use crate::domain::evidence::Entry;
use crate::domain::obligation::{Derived, Term, concerns_late, term_of_late};
use crate::domain::regime::Owed;
use crate::error::{Error, Result};
use crate::ids::{DeadlineId, ObligationId};
use crate::store::cohort::Cohort;
use crate::store::hold::with_offset;
use crate::store::incident::Incident;
use crate::store::kept_input;
use crate::store::obligation::{self, Computed, Obligation};
use crate::store::unclear::{self, Unclear};

/// Computes every obligation of an incident anew and keeps what changed.
pub(super) async fn refresh(w: &mut Write<'_>, incident: &Incident, cause: &str) -> Result<()> {
    let catalog = w.app.catalog.clone();
    let records = Records::read_in(&mut w.tx, incident.id).await?;
    let known = Known::new(&catalog, &records, w.now)?;
    let derived = known.derive(&catalog);
    let inputs = serde_json::to_string(&known.inputs(&catalog)).map_err(Error::internal)?;
    let mut refresh = Refresh {
        rows: records.obligations.clone(),
        incident,
        cause,
        inputs,
        known: &known,
    };
    let mut unclear = Unclear {
        incident_id: incident.id,
        duties: 0,
        due_at: None,
    };
    for one in &derived {
        if refresh.first_notice(w, one).await? {
            unclear.duties += 1;
            let due = one.term.deadline().map(|deadline| deadline.due_utc);
            unclear.due_at = match (unclear.due_at, due) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
        }
        if concerns_late(one.regime) {
            for cohort in &records.cohorts {
                refresh.later_people(w, one, cohort).await?;
            }
        }
    }
    refresh.out_of_force(w, &derived).await?;
    unclear::put(&mut w.tx, &unclear).await
}

struct Refresh<'a> {
    rows: Vec<Obligation>,
    incident: &'a Incident,
    cause: &'a str,
    inputs: String,
    known: &'a Known,
}

impl Refresh<'_> {
    fn find(&self, rule: &str, controller: &str, cohort: i64) -> Option<&Obligation> {
        self.rows
            .iter()
            .find(|o| o.rule == rule && o.controller == controller && o.cohort == cohort)
    }

    /// The obligation towards everybody of the first notice. True when it is not clear whether
    /// there is one.
    async fn first_notice(&mut self, w: &mut Write<'_>, one: &Derived<'_>) -> Result<bool> {
        let controller = one.controller.map_or("", |c| c.id.as_str());
        let mut row = self.find(&one.regime.id, controller, 0).cloned();
        if row.is_none() && one.regime.owed == Owed::Each {
            // Before each controller owed for itself, one row stood for all of them.
            match self.find(&one.regime.id, "", 0).cloned() {
                Some(all) if all.outcome.is_some() => return Ok(false),
                Some(mut all) => {
                    self.rows.retain(|o| o.id != all.id);
                    controller.clone_into(&mut all.controller);
                    row = Some(all);
                }
                None => {}
            }
        }
        match row {
            Some(row) if row.outcome.is_some() => Ok(false),
            Some(row) => self
                .update(w, row, one, &one.term, false)
                .await
                .map(|()| false),
            None => match one.applies {
                Applies::Yes => {
                    let row = self.new_row(w, one, 0);
                    self.update(w, row, one, &one.term, true).await?;
                    Ok(false)
                }
                Applies::Unknown(_) => Ok(true),
                Applies::No(_) => Ok(false),
            },
        }
    }

    /// The obligation towards people who were found later.
    async fn later_people(
        &mut self,
        w: &mut Write<'_>,
        one: &Derived<'_>,
        cohort: &Cohort,
    ) -> Result<()> {
        let controller = one.controller.map_or("", |c| c.id.as_str());
        let row = self
            .find(&one.regime.id, controller, cohort.revision)
            .cloned();
        let settled = row.as_ref().is_some_and(|row| row.outcome.is_some());
        if settled || (row.is_none() && one.applies != Applies::Yes) {
            return Ok(());
        }
        let catalog = w.app.catalog.clone();
        let found = cohort
            .found_at
            .map(|at| with_offset(at, cohort.found_offset_s));
        let term = term_of_late(
            one.regime,
            |id| catalog.versions(id),
            one.controller,
            &self.known.case(&catalog),
            found,
        );
        let (row, new) = match row {
            Some(row) => (row, false),
            None => (self.new_row(w, one, cohort.revision), true),
        };
        self.update(w, row, one, &term, new).await
    }

    /// Open obligations under rules that are not in force for the operator any more.
    async fn out_of_force(&mut self, w: &mut Write<'_>, derived: &[Derived<'_>]) -> Result<()> {
        for mut row in std::mem::take(&mut self.rows) {
            let gone = !derived.iter().any(|one| one.regime.id == row.rule);
            if gone && row.outcome.is_none() && row.applies != "no" {
                "no".clone_into(&mut row.applies);
                row.applies_why =
                    Some("the rule is not in force for the operator any more".to_owned());
                self.save(w, &mut row).await?;
            }
        }
        Ok(())
    }

    fn new_row(&self, w: &Write<'_>, one: &Derived<'_>, cohort: i64) -> Obligation {
        Obligation {
            id: ObligationId(w.app.rng.uuid(w.now)),
            incident_id: self.incident.id,
            rule: one.regime.id.clone(),
            controller: one.controller.map_or_else(String::new, |c| c.id.clone()),
            cohort,
            applies: "yes".to_owned(),
            applies_why: None,
            waits_for: None,
            deadline_id: None,
            due_at: None,
            bound: None,
            problem: None,
            decision: None,
            decided_by: None,
            decided_at: None,
            rationale: None,
            outcome: None,
            met_at: None,
            late: None,
            note: None,
            settled_by: None,
            settled_at: None,
            version: 1,
        }
    }

    /// Writes what is new about an obligation.
    async fn update(
        &self,
        w: &mut Write<'_>,
        before: Obligation,
        one: &Derived<'_>,
        term: &Term,
        new: bool,
    ) -> Result<()> {
        let mut row = before.clone();
        if new {
            obligation::insert(&mut w.tx, &row).await?;
        }
        one.applies.as_str().clone_into(&mut row.applies);
        row.applies_why = Some(one.applies.why()).filter(|why| !why.is_empty());
        row.waits_for = None;
        row.problem = None;
        let mut ends = false;
        match term {
            Term::Ends(deadline) => {
                ends = true;
                self.keep(w, &mut row, deadline).await?;
            }
            Term::WaitsFor(kind) => row.waits_for = Some(kind.as_str().to_owned()),
            Term::NoNumber => {}
            Term::Problem(why) => row.problem = Some(why.clone()),
        }
        if !ends {
            row.deadline_id = None;
            row.due_at = None;
            row.bound = None;
        }
        if new || changed(&before, &row) {
            self.save(w, &mut row).await?;
        }
        Ok(())
    }

    /// Keeps a computed deadline, if it says something new, with the rule and the calendars.
    async fn keep(
        &self,
        w: &mut Write<'_>,
        row: &mut Obligation,
        deadline: &Deadline,
    ) -> Result<()> {
        let text = serde_json::to_string(deadline).map_err(Error::internal)?;
        if let Some(id) = row.deadline_id {
            let last = obligation::find_deadline(&mut w.tx, id).await?;
            if last.is_some_and(|last| last.result == text) {
                return Ok(());
            }
        }
        self.keep_inputs(w, deadline).await?;
        let computed = Computed {
            id: DeadlineId(w.app.rng.uuid(w.now)),
            obligation_id: row.id,
            computed_at: w.now,
            cause: self.cause.to_owned(),
            due_at: deadline.due_utc,
            result: text,
            inputs: Some(self.inputs.clone()),
        };
        obligation::insert_deadline(&mut w.tx, &computed).await?;
        w.record(
            Entry::new("deadline.computed", Some(row.incident_id))
                .with("rule", row.rule.clone())
                .with("rule_hash", deadline.rule_hash.clone())
                .with("due", deadline.due.to_rfc3339())
                .with("governed_by", deadline.governed_by.clone())
                .with("cause", self.cause)
                .of(&computed),
        );
        row.deadline_id = Some(computed.id);
        row.due_at = Some(computed.due_at);
        row.bound = Some(deadline.bound.as_str().to_owned());
        Ok(())
    }

    /// The rule and the calendars that a result names by their hashes, once each.
    async fn keep_inputs(&self, w: &mut Write<'_>, deadline: &Deadline) -> Result<()> {
        let catalog = w.app.catalog.clone();
        let rule = catalog
            .versions(&deadline.rule)
            .iter()
            .find(|one| one.hash() == deadline.rule_hash);
        if let Some(rule) = rule
            && !kept_input::is_kept(&mut w.tx, rule.hash()).await?
        {
            kept_input::keep(
                &mut w.tx,
                rule.hash(),
                "rule",
                &canonical::text(rule.spec()),
            )
            .await?;
        }
        for leg in &deadline.legs {
            let Some(hash) = &leg.calendar_hash else {
                continue;
            };
            if kept_input::is_kept(&mut w.tx, hash).await? {
                continue;
            }
            let calendar = self.known.calendars.get(&leg.calendar);
            if let Ok(calendar) = calendar {
                kept_input::keep(
                    &mut w.tx,
                    hash,
                    "calendar",
                    &canonical::text(calendar.spec()),
                )
                .await?;
            }
        }
        Ok(())
    }

    async fn save(&self, w: &mut Write<'_>, row: &mut Obligation) -> Result<()> {
        if !obligation::update(&mut w.tx, row).await? {
            return Err(super::changed_meanwhile("obligation"));
        }
        row.version += 1;
        let mut entry = Entry::new("obligation.refreshed", Some(row.incident_id))
            .with("rule", row.rule.clone());
        if !row.controller.is_empty() {
            entry = entry.with("controller", row.controller.clone());
        }
        if row.applies != "yes" {
            entry = entry.with("applies", row.applies.clone());
        }
        w.record(entry.of(row));
        Ok(())
    }
}

fn changed(a: &Obligation, b: &Obligation) -> bool {
    a.controller != b.controller
        || a.applies != b.applies
        || a.applies_why != b.applies_why
        || a.waits_for != b.waits_for
        || a.problem != b.problem
        || a.deadline_id != b.deadline_id
}
