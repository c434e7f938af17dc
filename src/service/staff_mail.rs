//! Mails to the team, written down in the transaction that causes them.
//!
//! A cause is told once to each recipient: the table's unique key sees to that, so that a sweep may
//! look at the same deadline any number of times. A deadline that is computed anew is a new cause.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{Ctx, Write, calendar_override};
use crate::app::App;
use crate::domain::access::Actor;
use crate::domain::calendar::Calendars;
use crate::domain::deadline::{Bound, Deadline};
use crate::domain::reminder;
use crate::error::{Error, Result};
use crate::ids::{MailId, ObligationId};
use crate::job::{self, send_mail::SendMail};
use crate::mail::text::{self, About, Owed, Text};
use crate::store::incident::Incident;
use crate::store::mail::{self, Mail};
use crate::store::obligation::{self, Nearing};
use crate::store::unclear;

/// No deadline is nearer than one business day this long before it is due.
const LOOK_AHEAD: TimeDelta = TimeDelta::days(32);
const PAGE: i64 = 200;

/// An incident was opened.
pub(super) async fn incident_opened(w: &mut Write<'_>, incident: &Incident) -> Result<()> {
    let link = w.app.config.link(&format!("/incidents/{}", incident.id));
    let about = About {
        reference: &incident.reference,
        link: &link,
        drill: incident.drill,
    };
    tell(
        w,
        &format!("incident.opened:{}", incident.id),
        &text::opened(about),
    )
    .await
}

/// Tells the team about every open deadline that is one business day away or has passed, once each;
/// gives how many causes were new.
///
/// # Errors
/// When the database cannot be read or written, or a stored result cannot be understood. What was told
/// until then stays told.
pub async fn remind(app: &App) -> Result<usize> {
    let team = i64::try_from(app.config.mail_team.len()).unwrap_or(i64::MAX);
    let ctx = Ctx::new(app, Actor::system());
    let mut after = (DateTime::UNIX_EPOCH, ObligationId(Uuid::nil()));
    let mut causes = remind_of_questions(&ctx, team).await?;
    let calendars = calendar_override::current(app).await?;
    loop {
        let page = obligation::nearing(&app.db, ctx.now + LOOK_AHEAD, after, PAGE).await?;
        for nearing in &page {
            let Some((cause, text)) = reminder_of(app, &calendars, ctx.now, nearing)? else {
                continue;
            };
            // Asked of a reader first: a minute without news takes no writer.
            if mail::told(&app.db, &cause).await? < team {
                let mut w = ctx.begin_unchecked("staff_mail.remind").await?;
                tell(&mut w, &cause, &text).await?;
                w.commit(()).await?;
                causes += 1;
            }
        }
        match page.last() {
            Some(last) if page.len() == usize::try_from(PAGE).unwrap_or(0) => {
                after = (last.due_at, last.id);
            }
            _ => return Ok(causes),
        }
    }
}

/// Tells the team once about each incident to which a rule may apply that would be due within a
/// day, however its questions change after that; gives how many causes were new.
async fn remind_of_questions(ctx: &Ctx<'_>, team: i64) -> Result<usize> {
    let app = ctx.app;
    let mut causes = 0;
    // All of them: those of the first page are told already, and would hide the others.
    for one in unclear::open(&app.db, i64::MAX).await? {
        let Some(due) = one
            .due_at
            .filter(|due| *due <= ctx.now + TimeDelta::days(1))
        else {
            continue;
        };
        let cause = format!("unclear:{}", one.incident_id);
        if mail::told(&app.db, &cause).await? >= team {
            continue;
        }
        let Some(incident) = crate::store::incident::find(&app.db, one.incident_id).await? else {
            continue;
        };
        let link = app.config.link(&format!("/incidents/{}", incident.id));
        let about = About {
            reference: &incident.reference,
            link: &link,
            drill: incident.drill,
        };
        let zone = app.catalog.operator().zone();
        let text = text::unclear(about, one.duties, due, zone);
        let mut w = ctx.begin_unchecked("staff_mail.remind").await?;
        tell(&mut w, &cause, &text).await?;
        w.commit(()).await?;
        causes += 1;
    }
    Ok(causes)
}

fn reminder_of(
    app: &App,
    calendars: &Calendars,
    now: DateTime<Utc>,
    nearing: &Nearing,
) -> Result<Option<(String, Text)>> {
    let deadline: Deadline = serde_json::from_str(&nearing.result).map_err(Error::internal)?;
    let inclusive = deadline.bound == Bound::AtOrBefore;
    let passed = now > deadline.due_utc || (now == deadline.due_utc && !inclusive);
    if !passed && now < reminder::near_at(&deadline, calendars) {
        return Ok(None);
    }
    let link = app
        .config
        .link(&format!("/incidents/{}", nearing.incident_id));
    let about = About {
        reference: &nearing.reference,
        link: &link,
        drill: nearing.drill,
    };
    let governing = deadline
        .legs
        .iter()
        .find(|leg| leg.controller == deadline.governed_by);
    let regime = app.catalog.regime(&nearing.rule);
    let owed = Owed {
        duty: regime.map_or(nearing.rule.as_str(), |r| r.name.as_str()),
        due: deadline.due_utc,
        zone: governing.map_or(chrono_tz::UTC, |leg| leg.zone),
        bound_included: inclusive,
    };
    let (word, text) = if passed {
        ("passed", text::passed(about, owed))
    } else {
        ("near", text::near(about, owed))
    };
    Ok(Some((
        format!("deadline.{word}:{}", nearing.deadline_id),
        text,
    )))
}

/// Writes one mail for each of the team down, with the job that sends it.
async fn tell(w: &mut Write<'_>, cause: &str, text: &Text) -> Result<()> {
    for recipient in &w.app.config.mail_team {
        let id = MailId(w.app.rng.uuid(w.now));
        let mail = Mail {
            id,
            message_id: w.app.mailer.message_id(id),
            cause: cause.to_owned(),
            recipient: recipient.clone(),
            subject: text.subject.clone(),
            body: text.body.clone(),
            created_at: w.now,
            sent_at: None,
        };
        if mail::insert(&mut w.tx, &mail).await? {
            job::enqueue(&mut w.tx, &w.app.rng, w.now, &SendMail::new(id)).await?;
        }
    }
    Ok(())
}
