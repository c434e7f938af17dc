//! Which systems were exposed in an incident: recording, correcting, withdrawing, and what retention says.
//!
//! Always holds: what stands is neither replaced nor withdrawn; the incident names every system and kind
//! of data that an exposure of it names.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;

use super::{Ctx, OrNotFound as _, Write, incident, obligation};
use crate::app::App;
use crate::catalog::Catalog;
use crate::domain::access::Action;
use crate::domain::chronology::EARLIEST;
use crate::domain::evidence::Entry;
use crate::domain::moment::{self, Moment};
use crate::domain::operator::System;
use crate::domain::scope::retention::{Bound, Counted};
use crate::error::{Check, Error, Result};
use crate::ids::{ExposureId, IncidentId};
use crate::store::exposure::{self, Exposure};
use crate::store::incident::Incident;

/// A system that was exposed. Times are RFC 3339 with an offset.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewExposure {
    /// Id of a system in the operator profile.
    #[schema(required, example = "support")]
    pub system: String,
    /// When the window opened; empty when not known: nobody is left out for what was deleted before.
    pub from: Option<String>,
    /// When it closed; empty while it is open, or when not known.
    pub until: Option<String>,
    /// The IANA zone in which both were said.
    #[schema(required, example = "Europe/Vienna")]
    pub zone: String,
    /// Ids of the kinds of data that were exposed; empty: all that the system holds.
    pub kinds: Vec<String>,
    /// What is known about it. Up to 2,000 characters.
    pub note: Option<String>,
    /// The exposure that this one replaces.
    pub replaces: Option<ExposureId>,
    /// Why it is recorded anew; needed when it replaces another. Up to 2,000 characters.
    pub reason: Option<String>,
}

/// Why an exposure is withdrawn.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WithdrawExposure {
    /// 1 to 2,000 characters.
    #[schema(required)]
    pub reason: String,
}

/// The exposures that stand: recorded, not replaced and not withdrawn.
#[must_use]
pub fn standing(all: &[Exposure]) -> Vec<&Exposure> {
    all.iter()
        .filter(|one| !one.withdrawn)
        .filter(|one| !all.iter().any(|other| other.replaces == Some(one.id)))
        .collect()
}

/// Records an exposure, or corrects one. The incident names its system and kinds of data from then on, and
/// every obligation is computed anew.
pub async fn record(ctx: &Ctx<'_>, id: IncidentId, new: &NewExposure) -> Result<ExposureId> {
    let mut w = ctx.begin(Action::RecordFact, "exposure.record").await?;
    if let Some(done) = w.replay(&(id, new)).await? {
        return Ok(done);
    }
    let mut incident = incident::lock_open(&mut w, id).await?;
    let all = exposure::list(&mut w.tx, id).await?;
    if let Some(replaced) = new.replaces {
        still_stands(&all, replaced)?;
    }
    let row = checked(&w, id, new, &all)?;
    exposure::insert(&mut w.tx, &row).await?;
    let (kind, cause) = match row.replaces {
        None => ("exposure.recorded", "recorded an exposed system"),
        Some(_) => ("exposure.corrected", "corrected an exposed system"),
    };
    w.record(
        Entry::new(kind, Some(id))
            .with("system", row.system.clone())
            .with("from", row.from_at.map(|t| t.to_rfc3339()))
            .with("until", row.until_at.map(|t| t.to_rfc3339()))
            .of(&row),
    );
    widen(&mut w, &mut incident, &row).await?;
    obligation::refresh(&mut w, &incident, cause).await?;
    w.commit(row.id).await
}

/// Withdraws an exposure: the system was not exposed after all. The incident goes on naming it, as its
/// report may have done.
pub async fn withdraw(
    ctx: &Ctx<'_>,
    id: IncidentId,
    exposure: ExposureId,
    why: &WithdrawExposure,
) -> Result<ExposureId> {
    let mut w = ctx.begin(Action::RecordFact, "exposure.withdraw").await?;
    if let Some(done) = w.replay(&(id, exposure, why)).await? {
        return Ok(done);
    }
    let incident = incident::lock_open(&mut w, id).await?;
    let all = exposure::list(&mut w.tx, id).await?;
    let old = all.iter().find(|one| one.id == exposure);
    let old = old.or_not_found("This exposure")?.clone();
    still_stands(&all, exposure)?;
    let mut check = Check::default();
    let reason = check.text("reason", &why.reason, 2_000);
    check.done()?;
    let row = Exposure {
        id: ExposureId(w.app.rng.uuid(w.now)),
        replaces: Some(old.id),
        withdrawn: true,
        reason: Some(reason),
        recorded_by: w.actor.name.clone(),
        recorded_at: w.now,
        ..old
    };
    exposure::insert(&mut w.tx, &row).await?;
    w.record(
        Entry::new("exposure.withdrawn", Some(id))
            .with("system", row.system.clone())
            .of(&row),
    );
    obligation::refresh(&mut w, &incident, "withdrew an exposed system").await?;
    w.commit(row.id).await
}

fn still_stands(all: &[Exposure], id: ExposureId) -> Result<()> {
    if standing(all).iter().any(|one| one.id == id) {
        return Ok(());
    }
    Err(Error::Conflict(
        "The exposure you are changing was replaced or withdrawn meanwhile. Look at the newest one and \
         change that."
            .to_owned(),
    ))
}

/// The row, when everything about it can be taken.
fn checked(w: &Write<'_>, id: IncidentId, new: &NewExposure, all: &[Exposure]) -> Result<Exposure> {
    let mut check = Check::default();
    let note = check.optional_text("note", new.note.as_deref(), 2_000);
    let reason = check.optional_text("reason", new.reason.as_deref(), 2_000);
    if new.replaces.is_some() && reason.is_none() {
        check.fail(
            "reason",
            "Say why it is recorded anew: what is known now, or what was wrong?",
        );
    }
    match w.app.catalog.operator().system(new.system.trim()) {
        Some(system) => check_kinds(&mut check, system, &new.kinds),
        None => check.fail(
            "system",
            format!("The operator profile has no system \"{}\".", new.system),
        ),
    }
    let zone = match moment::zone(&new.zone) {
        Ok(zone) => zone,
        Err(why) => {
            check.fail("zone", why);
            chrono_tz::Tz::UTC
        }
    };
    let mut time = |field: &str, text: Option<&str>| -> Option<Moment> {
        let text = text.map(str::trim).filter(|t| !t.is_empty())?;
        match moment::rfc3339(text, zone) {
            Ok(moment) if moment.utc() > w.now => check.fail(
                field,
                "This is in the future. Leave the end empty while the system is open; correct the time.",
            ),
            Ok(moment) if moment.utc().timestamp() < EARLIEST => check.fail(
                field,
                "This is before the year 2000. Correct the date, or leave it empty when it is not known.",
            ),
            Ok(moment) => return Some(moment),
            Err(why) => check.fail(field, why),
        }
        None
    };
    let from = time("from", new.from.as_deref());
    let until = time("until", new.until.as_deref());
    if let (Some(from), Some(until)) = (from, until)
        && until.utc() <= from.utc()
    {
        check.fail(
            "until",
            "The window closes before it opens. Swap or correct the times.",
        );
    }
    let row = Exposure {
        id: ExposureId(w.app.rng.uuid(w.now)),
        incident_id: id,
        system: new.system.trim().to_owned(),
        from_at: from.map(|m| m.utc()),
        from_offset_s: from.map_or(0, |m| m.offset_s()),
        until_at: until.map(|m| m.utc()),
        until_offset_s: until.map_or(0, |m| m.offset_s()),
        zone: zone.name().to_owned(),
        kinds: Json(new.kinds.clone()),
        note,
        replaces: new.replaces,
        withdrawn: false,
        reason,
        recorded_by: w.actor.name.clone(),
        recorded_at: w.now,
    };
    let twin = standing(all).into_iter().any(|one| {
        Some(one.id) != new.replaces
            && (&one.system, one.from_at, one.until_at) == (&row.system, row.from_at, row.until_at)
    });
    if twin {
        check.fail(
            "system",
            "This system is recorded with the same window already. Correct that entry instead.",
        );
    }
    check.done()?;
    Ok(row)
}

fn check_kinds(check: &mut Check, system: &System, kinds: &[String]) {
    for (n, kind) in kinds.iter().enumerate() {
        if !system.data.contains(kind) {
            check.fail(
                "kinds",
                format!(
                    "\"{kind}\" is no kind of data that the system \"{}\" holds. It holds {}.",
                    system.id,
                    system.data.join(", ")
                ),
            );
        } else if kinds.iter().take(n).any(|before| before == kind) {
            check.fail("kinds", format!("\"{kind}\" stands here twice. Keep one."));
        }
    }
}

/// The kinds of data of an exposure: its own, or all that its system holds.
#[must_use]
pub fn kinds_of<'a>(catalog: &'a Catalog, row: &'a Exposure) -> &'a [String] {
    let own = row.kinds.0.as_slice();
    match catalog.operator().system(&row.system) {
        Some(system) if own.is_empty() => &system.data,
        _ => own,
    }
}

/// Makes the incident name the system and the kinds of data of an exposure.
async fn widen(w: &mut Write<'_>, incident: &mut Incident, row: &Exposure) -> Result<()> {
    let app = w.app;
    let mut new_kinds = Vec::new();
    for kind in kinds_of(&app.catalog, row) {
        if !incident.data_kinds.0.contains(kind) {
            new_kinds.push(kind.clone());
        }
    }
    let new_system = !incident.systems.0.contains(&row.system);
    if new_kinds.is_empty() && !new_system {
        return Ok(());
    }
    incident.data_kinds.0.extend(new_kinds.iter().cloned());
    let mut entry = Entry::new("incident.widened", Some(incident.id)).with("kinds", new_kinds);
    if new_system {
        incident.systems.0.push(row.system.clone());
        entry = entry.with("system", row.system.clone());
    }
    incident::save(w, incident).await?;
    w.record(entry.of(incident));
    Ok(())
}

/// What the retention rule of a system says about the exposures of it that stand.
///
/// It is held against the earliest window. Nothing where there is no rule, no exposure, or a window of which nobody knows when it
/// opened: then everybody counts as kept.
#[must_use]
pub fn bound(catalog: &Catalog, all: &[Exposure], system: &str) -> Option<Bound> {
    let rule = catalog.operator().system(system)?.retention_rule()?;
    let windows: Vec<&Exposure> = standing(all)
        .into_iter()
        .filter(|one| one.system == system)
        .collect();
    if windows.iter().any(|one| one.from_at.is_none()) {
        return None;
    }
    let first = windows.into_iter().min_by_key(|one| one.from_at)?;
    let zone = moment::zone(&first.zone).unwrap_or_else(|_| catalog.operator().zone());
    Bound::new(rule, first.from_at?, zone)
}

/// What retention says about the exposure of a system, in sentences.
#[must_use]
pub fn retention_words(catalog: &Catalog, all: &[Exposure], id: &str) -> Vec<String> {
    let Some(system) = catalog.operator().system(id) else {
        return Vec::new();
    };
    let kept = system.retention.get("en");
    match (system.retention_rule(), bound(catalog, all, id)) {
        (_, Some(bound)) => bound.sentences(kept).into(),
        (Some(_), None) => vec![format!(
            "Kept {kept}. Since when the system was open is not known, so nobody is left out for what \
             was deleted before."
        )],
        (None, None) => vec![format!(
            "Kept: {kept}. No number of months follows from that, so nobody is left out for age."
        )],
    }
}

/// What a list of a system in an incident is held against.
///
/// It is the time of a record that says whether it was still kept when the window opened, and the instant,
/// UTC, before which it was not. Nothing: everybody counts as kept.
pub async fn retention(
    app: &App,
    incident: IncidentId,
    system: &str,
) -> Result<Option<(Counted, DateTime<Utc>)>> {
    let all = exposure::list(&app.db, incident).await?;
    let bound = bound(&app.catalog, &all, system);
    Ok(bound.map(|bound| (bound.rule.from, bound.cutoff)))
}

/// The kinds of data that a system exposed in an incident, in the order of the profile.
///
/// All that the system holds where no exposure of it stands; none for a list of no system.
pub async fn kinds(app: &App, incident: IncidentId, system: &str) -> Result<Vec<String>> {
    let Some(known) = app.catalog.operator().system(system) else {
        return Ok(Vec::new());
    };
    let all = exposure::list(&app.db, incident).await?;
    let own: Vec<&String> = standing(&all)
        .into_iter()
        .filter(|one| one.system == system)
        .flat_map(|one| kinds_of(&app.catalog, one))
        .collect();
    let exposed = |kind: &&String| own.is_empty() || own.contains(kind);
    Ok(known.data.iter().filter(exposed).cloned().collect())
}
