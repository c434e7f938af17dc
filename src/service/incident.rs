//! Reporting and closing an incident.

use chrono::Datelike as _;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;

use super::fact::{self, NewFact};
use super::{Ctx, OrNotFound as _, Write, changed_meanwhile, obligation, staff_mail};
use crate::domain::access::Action;
use crate::domain::evidence::Entry;
use crate::domain::fact::FactKind;
use crate::error::{Check, Error, Result};
use crate::ids::IncidentId;
use crate::store::incident::{self, Incident, Status};

/// A first report of a breach. Times are RFC 3339 with an offset.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Report {
    /// A line, 1 to 200 characters.
    #[schema(required)]
    pub title: String,
    /// What happened, 1 to 20,000 characters.
    #[schema(required)]
    pub description: String,
    /// A drill never reaches a real person.
    pub drill: bool,
    /// IANA zone of who reports, such as `Europe/Vienna`.
    #[schema(required)]
    pub zone: String,
    /// Since when; empty when unknown.
    pub occurred_from: Option<String>,
    /// Until when, if it was a range.
    pub occurred_until: Option<String>,
    /// When it was detected.
    #[schema(required)]
    pub detected_at: String,
    /// Was confidentiality breached (disclosed, stolen)?
    pub confidentiality: bool,
    /// Was integrity breached (altered)?
    pub integrity: bool,
    /// Was availability breached (lost, locked)?
    pub availability: bool,
    /// The processor it came from; empty when it did not.
    pub processor: Option<String>,
    /// Ids of systems in the operator profile.
    #[schema(required)]
    pub systems: Vec<String>,
    /// Ids of kinds of data in the operator profile.
    #[schema(required)]
    pub data_kinds: Vec<String>,
}

/// Opens an incident with its first facts, deadlines and the mail to the team.
pub async fn report(ctx: &Ctx<'_>, report: &Report) -> Result<IncidentId> {
    let mut w = ctx.begin(Action::ReportIncident, "incident.report").await?;
    if let Some(done) = w.replay(report).await? {
        return Ok(done);
    }
    let (incident, facts) = checked(&mut w, report).await?;
    incident::insert(&mut w.tx, &incident).await?;
    w.record(
        Entry::new("incident.reported", Some(incident.id))
            .with("reference", incident.reference.clone())
            .with("drill", incident.drill)
            .of(&incident),
    );
    for new in &facts {
        fact::add(&mut w, &incident, new).await?;
    }
    obligation::refresh(&mut w, &incident, "incident.reported").await?;
    staff_mail::incident_opened(&mut w, &incident).await?;
    w.commit(incident.id).await
}

/// Checks the whole report at once, so that a person sees everything that is wrong with it.
async fn checked(w: &mut Write<'_>, report: &Report) -> Result<(Incident, Vec<NewFact>)> {
    let operator = w.app.catalog.operator();
    let mut check = Check::default();
    let title = check.text("title", &report.title, 200);
    let description = check.text("description", &report.description, 20_000);
    let processor = check.optional_text("processor", report.processor.as_deref(), 200);
    if !(report.confidentiality || report.integrity || report.availability) {
        check.fail(
            "confidentiality",
            "Choose at least one: was data disclosed, altered, or lost? If unsure, choose \
             confidentiality; a later correction is possible.",
        );
    }
    for id in &report.systems {
        if operator.system(id).is_none() {
            check.fail(
                "systems",
                format!("The operator profile has no system \"{id}\"."),
            );
        }
    }
    if report.systems.is_empty() {
        check.fail("systems", "Choose at least one system.");
    }
    for id in &report.data_kinds {
        if operator.data_kind(id).is_none() {
            check.fail(
                "data_kinds",
                format!("The operator profile has no kind of data \"{id}\"."),
            );
        }
    }
    if report.data_kinds.is_empty() {
        check.fail("data_kinds", "Choose at least one kind of data.");
    }
    let occurred = NewFact {
        kind: FactKind::Occurred,
        at: report
            .occurred_from
            .clone()
            .filter(|t| !t.trim().is_empty()),
        until: report
            .occurred_until
            .clone()
            .filter(|t| !t.trim().is_empty()),
        zone: report.zone.clone(),
        ..NewFact::default()
    };
    let detected = NewFact {
        kind: FactKind::Detected,
        at: Some(report.detected_at.clone()),
        zone: report.zone.clone(),
        ..NewFact::default()
    };
    let mut claims = Vec::new();
    for (new, fields) in [
        (
            &occurred,
            [("at", "occurred_from"), ("until", "occurred_until")],
        ),
        (&detected, [("at", "detected_at"), ("until", "detected_at")]),
    ] {
        match fact::read(new, &claims, w.now) {
            Ok(read) => claims.push(read.claim()),
            Err(Error::Invalid(errors)) => {
                for e in errors {
                    let field = fields
                        .iter()
                        .find(|(from, _)| *from == e.field)
                        .map_or(&*e.field, |f| f.1);
                    check.fail(field, e.reason);
                }
            }
            Err(other) => return Err(other),
        }
    }
    check.done()?;
    let year = w.now.year();
    let series = if report.drill {
        format!("DRILL-{year}")
    } else {
        year.to_string()
    };
    let number = incident::next_number(&mut w.tx, &series).await?;
    let incident = Incident {
        id: IncidentId(w.app.rng.uuid(w.now)),
        reference: format!("{series}-{number:03}"),
        title,
        description,
        drill: report.drill,
        status: Status::Open,
        confidentiality: report.confidentiality,
        integrity: report.integrity,
        availability: report.availability,
        processor,
        systems: Json(report.systems.clone()),
        data_kinds: Json(report.data_kinds.clone()),
        reported_by: w.actor.name.clone(),
        reported_at: w.now,
        persons: 0,
        closed_at: None,
        closed_reason: None,
        version: 1,
    };
    Ok((incident, vec![occurred, detected]))
}

/// The incident, locked for a change.
pub(super) async fn lock(w: &mut Write<'_>, id: IncidentId) -> Result<Incident> {
    incident::lock(&mut w.tx, id)
        .await?
        .or_not_found("This incident")
}

/// The incident, locked for a change, and open.
pub(super) async fn lock_open(w: &mut Write<'_>, id: IncidentId) -> Result<Incident> {
    let incident = lock(w, id).await?;
    if incident.status == Status::Closed {
        return Err(Error::Conflict(format!(
            "Incident {} is closed. A closed incident is not changed; report a new one.",
            incident.reference
        )));
    }
    Ok(incident)
}

/// Why an incident is closed.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Close {
    /// 1 to 2,000 characters.
    #[schema(required)]
    pub reason: String,
    /// Close although rules may apply of which nobody knows yet whether they do. The number of them
    /// goes into the evidence.
    pub unclear_accepted: bool,
    /// The incident's version that was looked at.
    #[schema(required)]
    pub version: i64,
}

/// Closes an incident. Every obligation must be settled. A live notice stays live for those who have
/// not read it yet; it can be withdrawn later.
pub async fn close(ctx: &Ctx<'_>, id: IncidentId, close: &Close) -> Result<IncidentId> {
    let mut w = ctx.begin(Action::CloseIncident, "incident.close").await?;
    if let Some(done) = w.replay(&(id, close)).await? {
        return Ok(done);
    }
    let mut incident = lock_open(&mut w, id).await?;
    let mut check = Check::default();
    let reason = check.text("reason", &close.reason, 2_000);
    check.done()?;
    if incident.version != close.version {
        return Err(changed_meanwhile("incident"));
    }
    let open = crate::store::obligation::list(&mut w.tx, id)
        .await?
        .into_iter()
        .filter(|o| o.outcome.is_none() && o.applies != "no")
        .count();
    if open > 0 {
        return Err(Error::Conflict(format!(
            "{open} obligation(s) of this incident are still open. Settle each, as met or as not \
             required, then close it."
        )));
    }
    let unclear = crate::store::unclear::find(&mut w.tx, id)
        .await?
        .map_or(0, |u| u.duties);
    if unclear > 0 && !close.unclear_accepted {
        return Err(Error::Conflict(format!(
            "{unclear} rule(s) may apply to this incident, and nobody knows yet. Answer the open \
             questions, or accept in so many words that they stay open."
        )));
    }
    incident.status = Status::Closed;
    incident.closed_at = Some(w.now);
    incident.closed_reason = Some(reason);
    save(&mut w, &mut incident).await?;
    let mut entry = Entry::new("incident.closed", Some(id));
    if unclear > 0 {
        entry = entry.with("unclear", unclear);
    }
    w.record(entry.of(&incident));
    w.commit(id).await
}

/// Writes a changed incident.
pub(super) async fn save(w: &mut Write<'_>, incident: &mut Incident) -> Result<()> {
    if !incident::update(&mut w.tx, incident).await? {
        return Err(changed_meanwhile("incident"));
    }
    incident.version += 1;
    Ok(())
}
