//! Days of a calendar that the operator sets: days of mourning, bridge days, worked Saturdays.
//!
//! Nothing is changed afterwards: who was wrong withdraws the day, with a reason. Every deadline of
//! every open incident is computed anew in the same transaction.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Ctx, OrNotFound as _, Write, incident, obligation};
use crate::app::App;
use crate::catalog::Catalog;
use crate::domain::access::Action;
use crate::domain::calendar::{
    Calendar, CalendarError, Calendars, CountedDay, Override, OverrideKind,
};
use crate::domain::evidence::Entry;
use crate::error::{Check, Error, Result};
use crate::ids::CalendarOverrideId;
use crate::store::calendar_override::{self, CalendarOverride};
use crate::store::incident::{Status, open_ids};

/// Longest reason, in characters: it stands beside the day wherever the day is explained.
pub const REASON_MAX: usize = 200;

/// A day to set.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOverride {
    /// The day, such as 2026-11-27.
    pub date: String,
    /// `closed`, `bridge` and `proclaimed` make it a free day, `open` a business day.
    #[schema(value_type = OverrideKind)]
    pub kind: String,
    /// Why, 1 to [`REASON_MAX`] characters; it is read as the day's name.
    pub reason: String,
}

/// Why a day is taken back.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// 1 to [`REASON_MAX`] characters.
    pub reason: String,
}

/// The playbooks' calendars with these days laid over them.
///
/// # Errors
/// Only of ours: what concerns no calendar any more is left out.
pub fn calendars(catalog: &Catalog, overrides: &[Override]) -> Result<Calendars> {
    laid(catalog, overrides).map_err(Error::internal)
}

/// The calendars as they stand now.
pub async fn current(app: &App) -> Result<Calendars> {
    calendars(&app.catalog, &calendar_override::in_force(&app.db).await?)
}

fn laid(catalog: &Catalog, overrides: &[Override]) -> Result<Calendars, CalendarError> {
    let calendars = catalog.calendars();
    let good: Vec<Override> = overrides
        .iter()
        .filter(|one| calendars.concerns(one))
        .cloned()
        .collect();
    calendars.with_overrides(&good)
}

/// Sets a day of the calendar `code`.
///
/// # Errors
/// Which field cannot be taken; that there is no such calendar.
pub async fn add(ctx: &Ctx<'_>, code: &str, new: &NewOverride) -> Result<CalendarOverrideId> {
    let mut w = ctx
        .begin(Action::OverrideCalendar, "calendar_override.add")
        .await?;
    if let Some(done) = w.replay(&(code, new)).await? {
        return Ok(done);
    }
    let known = w.app.catalog.calendars().get(code).ok();
    known.or_not_found("This calendar")?;
    let set = calendar_override::in_force(&mut w.tx).await?;
    let calendars = calendars(&w.app.catalog, &set)?;
    let calendar = calendars.get(code).map_err(Error::internal)?;
    let mut check = Check::default();
    let kind = OverrideKind::ALL
        .into_iter()
        .find(|kind| kind.as_str() == new.kind);
    if kind.is_none() {
        check.fail(
            "kind",
            "Say what the day is: proclaimed, closed, bridge or open.",
        );
    }
    let date = check.take(date(calendar, kind, &new.date))?;
    let reason = check.text("reason", &new.reason, REASON_MAX);
    if reason.contains(['\n', '\r']) {
        check.fail(
            "reason",
            "Write it on one line: it is read as the day's name.",
        );
    }
    check.done()?;
    let (Some(kind), Some(day)) = (kind, date) else {
        return Err(Error::internal("a day was checked and is not there"));
    };
    let row = CalendarOverride {
        id: CalendarOverrideId(w.app.rng.uuid(w.now)),
        calendar: code.to_owned(),
        day,
        number: 0,
        kind,
        reason,
        withdraws: None,
        entered_by: w.actor.name.clone(),
        entered_at: w.now,
    };
    let mut with = set;
    with.push(row.clone().into());
    laid(&w.app.catalog, &with).map_err(|error| Error::invalid("date", error.to_string()))?;
    let id = row.id;
    keep(&mut w, row, "calendar.day_set").await?;
    refresh(&mut w, &format!("{day} was set in the calendar {code}")).await?;
    w.commit(id).await
}

/// Takes a day back that was set.
///
/// # Errors
/// When it is not there, is withdrawn already, or the reason cannot be taken.
pub async fn withdraw(
    ctx: &Ctx<'_>,
    code: &str,
    id: CalendarOverrideId,
    withdrawal: &Withdrawal,
) -> Result<CalendarOverrideId> {
    let mut w = ctx
        .begin(Action::OverrideCalendar, "calendar_override.withdraw")
        .await?;
    if let Some(done) = w.replay(&(code, id, withdrawal)).await? {
        return Ok(done);
    }
    let before = calendar_override::find(&mut w.tx, id)
        .await?
        .filter(|row| row.calendar == code && row.withdraws.is_none())
        .or_not_found("This day")?;
    let set = calendar_override::in_force(&mut w.tx).await?;
    if !set.iter().any(|one| one.id == id) {
        return Err(Error::Conflict("This day is withdrawn already.".to_owned()));
    }
    let mut check = Check::default();
    let reason = check.text("reason", &withdrawal.reason, REASON_MAX);
    check.done()?;
    let day = before.day;
    let row = CalendarOverride {
        id: CalendarOverrideId(w.app.rng.uuid(w.now)),
        reason,
        withdraws: Some(id),
        entered_by: w.actor.name.clone(),
        entered_at: w.now,
        ..before
    };
    let id = row.id;
    keep(&mut w, row, "calendar.day_withdrawn").await?;
    refresh(
        &mut w,
        &format!("{day} was withdrawn from the calendar {code}"),
    )
    .await?;
    w.commit(id).await
}

/// The day that was typed, if it can be set to `kind`.
fn date(calendar: &Calendar, kind: Option<OverrideKind>, text: &str) -> Result<NaiveDate> {
    let wrong = |reason: String| Error::invalid("date", reason);
    let text = text.trim();
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .ok()
        .filter(|_| text.len() == 10)
        .ok_or_else(|| {
            let what = if text.is_empty() {
                "There is no day here.".to_owned()
            } else {
                format!("\"{text}\" is not a day that is in the calendar.")
            };
            wrong(format!("{what} Write it like 2026-11-27."))
        })?;
    let counts = |counted| {
        calendar
            .counts(counted, date)
            .map_err(|error| wrong(error.to_string()))
    };
    let business = counts(CountedDay::Business)?;
    let werktag = counts(CountedDay::Werktag)?;
    let named = date.format("%a %-d %b %Y");
    if let Some(one) = calendar.overrides().iter().find(|one| one.date == date) {
        return Err(wrong(format!(
            "{named} is set already: {one}. Withdraw that first."
        )));
    }
    let already = match kind {
        Some(kind) if kind.is_free() && !business && !werktag => {
            let why = calendar.holiday(date).map_or_else(
                || "no day of the weekend is counted".to_owned(),
                str::to_owned,
            );
            Some(format!(
                "{named} is free by the rules of this calendar ({why})"
            ))
        }
        Some(OverrideKind::Open) if business => {
            let why = calendar
                .opened(date)
                .map_or_else(String::new, |why| format!(" ({why})"));
            Some(format!(
                "{named} is a business day by the rules of this calendar{why}"
            ))
        }
        _ => None,
    };
    match already {
        Some(already) => Err(wrong(format!("{already}. There is nothing to set."))),
        None => Ok(date),
    }
}

/// Adds a row with its number and its entry in the log.
async fn keep(w: &mut Write<'_>, mut row: CalendarOverride, kind: &'static str) -> Result<()> {
    let rows = calendar_override::history(&mut w.tx, &row.calendar).await?;
    let last = rows.iter().rfind(|other| other.day == row.day);
    row.number = last.map_or(1, |last| last.number + 1);
    if !calendar_override::insert(&mut w.tx, &row).await? {
        return Err(Error::Conflict(
            "Somebody else has just set or withdrawn this day. Look at the calendar again."
                .to_owned(),
        ));
    }
    w.record(
        Entry::new(kind, None)
            .with("calendar", row.calendar.clone())
            .with("day", row.day.to_string())
            .with("day_is", row.kind.as_str())
            .with("withdraws", row.withdraws.map(|id| id.to_string()))
            .of(&row),
    );
    Ok(())
}

/// Computes every deadline of every open incident anew.
async fn refresh(w: &mut Write<'_>, cause: &str) -> Result<()> {
    for id in open_ids(&mut w.tx).await? {
        let incident = incident::lock(w, id).await?;
        // It may have been closed while we waited for it.
        if incident.status == Status::Open {
            obligation::refresh(w, &incident, cause).await?;
        }
    }
    Ok(())
}
