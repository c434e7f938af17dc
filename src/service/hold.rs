//! Law-enforcement holds: recording one, its end, and a correction.

use serde::{Deserialize, Serialize};
use sqlx::types::Json;

use super::known::standing_holds;
use super::{Ctx, incident, obligation};
use crate::domain::access::Action;
use crate::domain::evidence::Entry;
use crate::domain::moment::{self, Moment};
use crate::error::{Check, Error, Result};
use crate::ids::{HoldId, IncidentId};
use crate::store::hold::{self, Hold};

/// A hold to record. Times are RFC 3339 with an offset.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewHold {
    /// Who asked not to notify. 1 to 200 characters.
    #[schema(required, example = "Denver Police Department")]
    pub authority: String,
    /// Its reference, or name and function of the officer. 1 to 400 characters.
    #[schema(required, example = "Case 26-114, Det. Ruiz")]
    pub reference: String,
    /// Whether it was asked for orally only.
    pub oral: bool,
    /// When it began.
    #[schema(required, example = "2026-11-24T09:00:00-07:00")]
    pub from: String,
    /// When it ended; empty while it lasts.
    pub until: Option<String>,
    /// The IANA zone in which both were said.
    #[schema(required, example = "America/Denver")]
    pub zone: String,
    /// Codes of the jurisdictions it is limited to, such as `US-CO`; empty: wherever the law lets it
    /// stop a rule.
    pub jurisdictions: Vec<String>,
    /// The hold that this one replaces: to record its end, or to correct it.
    pub replaces: Option<HoldId>,
    /// Why it is recorded anew; needed when it replaces another. Up to 2,000 characters.
    pub reason: Option<String>,
}

/// Records a hold, or replaces one, and computes every obligation of the incident anew.
pub async fn record(ctx: &Ctx<'_>, id: IncidentId, new: &NewHold) -> Result<HoldId> {
    let mut w = ctx.begin(Action::RecordFact, "hold.record").await?;
    if let Some(done) = w.replay(&(id, new)).await? {
        return Ok(done);
    }
    let incident = incident::lock_open(&mut w, id).await?;
    let all = hold::list(&mut w.tx, id).await?;
    if let Some(replaced) = new.replaces
        && !standing_holds(&all).iter().any(|one| one.id == replaced)
    {
        return Err(Error::Conflict(
            "The hold you are changing was replaced meanwhile. Look at the newest one and change \
             that."
                .to_owned(),
        ));
    }
    let mut check = Check::default();
    let authority = check.text("authority", &new.authority, 200);
    let reference = check.text("reference", &new.reference, 400);
    let reason = check.optional_text("reason", new.reason.as_deref(), 2_000);
    if new.replaces.is_some() && reason.is_none() {
        check.fail(
            "reason",
            "Say why it is recorded anew: did it end, or was it wrong?",
        );
    }
    let zone = match moment::zone(&new.zone) {
        Ok(zone) => zone,
        Err(why) => {
            check.fail("zone", why);
            chrono_tz::Tz::UTC
        }
    };
    let mut time = |field: &str, text: &str| match moment::rfc3339(text, zone) {
        Ok(moment) if moment.utc() > w.now => {
            check.fail(
                field,
                "This is in the future. Record it after it has happened; correct the time.",
            );
            None
        }
        Ok(moment) => Some(moment),
        Err(why) => {
            check.fail(field, why);
            None
        }
    };
    let from = time("from", &new.from);
    let until = new
        .until
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .and_then(|text| time("until", text));
    if let (Some(from), Some(until)) = (from, until)
        && until.utc() <= from.utc()
    {
        check.fail(
            "until",
            "The hold ends before it begins. Swap or correct the times.",
        );
    }
    for code in &new.jurisdictions {
        let known = w
            .app
            .catalog
            .regimes()
            .any(|rule| rule.hold.is_some() && rule.jurisdiction.contains(code));
        if !known {
            check.fail(
                "jurisdictions",
                format!(
                    "No hold stops a rule of \"{code}\". Choose a jurisdiction whose law knows \
                     holds, or none."
                ),
            );
        }
    }
    check.done()?;
    let Some(from) = from else {
        return Err(Error::invalid("from", "Say when it began."));
    };
    let row = Hold {
        id: HoldId(w.app.rng.uuid(w.now)),
        incident_id: id,
        authority,
        reference,
        oral: new.oral,
        from_at: from.utc(),
        from_offset_s: from.offset_s(),
        until_at: until.map(|m| m.utc()),
        until_offset_s: until.map_or(0, |m: Moment| m.offset_s()),
        zone: zone.name().to_owned(),
        jurisdictions: Json(new.jurisdictions.clone()),
        reason,
        replaces: new.replaces,
        recorded_by: w.actor.name.clone(),
        recorded_at: w.now,
    };
    hold::insert(&mut w.tx, &row).await?;
    w.record(
        Entry::new("hold.recorded", Some(id))
            .with("authority", row.authority.clone())
            .with("from", row.from_at.to_rfc3339())
            .with("until", row.until_at.map(|t| t.to_rfc3339()))
            .of(&row),
    );
    let cause = match (new.replaces, row.until_at) {
        (None, _) => "recorded a law-enforcement hold",
        (Some(_), Some(_)) => "recorded the end of a law-enforcement hold",
        (Some(_), None) => "corrected a law-enforcement hold",
    };
    obligation::refresh(&mut w, &incident, cause).await?;
    w.commit(row.id).await
}
