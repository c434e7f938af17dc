//! Revisions of a roster: what a change did, counted, hashed, and written down.
//!
//! Always holds: whoever changes a roster goes through [`revise`] or [`recorded`], so each change has a
//! number, the hash of everybody who is on the roster after it, and an entry in the log; who came late
//! has a period of their own; and no filter in memory believes in a roster from before.

use std::collections::BTreeMap;

use chrono::Datelike as _;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::announcement::{self, Announced};
use super::late::{self, Found};
use super::{Ctx, Write, incident};
use crate::domain::evidence::Entry;
use crate::error::{Error, Result};
use crate::ids::{ImportId, IncidentId};
use crate::store::incident::Incident;
use crate::store::person::{self, Person};
use crate::store::revision::{self, Cause, Revision};
use crate::store::stage::{self, Leaving, Merged};
use crate::store::tally::{self, Group, Tally};
use crate::store::{Tx, notice};

/// What changes a roster, and why.
#[derive(Debug)]
pub struct Change {
    /// A file or a recipe.
    pub cause: Cause,
    /// The file's import.
    pub import: Option<ImportId>,
    /// The recipe's run.
    pub run: Option<Uuid>,
    /// Why; needed when anybody leaves.
    pub reason: Option<String>,
    /// When and why the people who come were found only now.
    pub found: Option<Found>,
}

/// What it did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revised {
    /// The revision's number.
    pub revision: i64,
    /// Who came, came back, left and changed.
    pub merged: Merged,
    /// How many people are on the roster now.
    pub persons: i64,
    /// SHA-256 over all of them, hex.
    pub result_sha256: String,
}

/// Announces that people may become targets, when a notice of the incident is live. Before the
/// transaction of the change; what it gives goes to [`revise`], and what is left of it to
/// [`Ctx::give_up`].
pub async fn announce(ctx: &Ctx<'_>, id: IncidentId) -> Result<Option<Announced>> {
    if notice::any_active(&ctx.app.db, id).await? {
        Ok(Some(ctx.announce(announcement::LONG).await?))
    } else {
        Ok(None)
    }
}

/// Merges what stands on the stage into the roster of an incident that is locked, and writes down what
/// that did.
///
/// # Errors
/// [`Error::Conflict`] when a notice went live after [`announce`] had found none.
pub async fn revise(
    w: &mut Write<'_>,
    incident: &mut Incident,
    leaving: Leaving<'_>,
    change: Change,
    announced: &mut Option<Announced>,
) -> Result<Revised> {
    let number = revision::next_number(&mut w.tx, incident.id).await?;
    let merged = stage::merge(&mut w.tx, incident.id, number, leaving).await?;
    recorded(w, incident, (number, merged), change, announced).await
}

/// The same for what was merged already, as revision `number`.
pub async fn recorded(
    w: &mut Write<'_>,
    incident: &mut Incident,
    (number, merged): (i64, Merged),
    change: Change,
    announced: &mut Option<Announced>,
) -> Result<Revised> {
    let id = incident.id;
    incident.persons = person::recount(&mut w.tx, id).await?;
    count(w, incident).await?;
    let row = Revision {
        incident_id: id,
        number,
        cause: change.cause,
        import_id: change.import,
        run_id: change.run,
        added: merged.added,
        back: merged.back,
        left_n: merged.left,
        changed: merged.changed,
        persons: incident.persons,
        result_sha256: digest(&mut w.tx, id).await?,
        reason: change.reason,
        made_by: w.actor.name.clone(),
        made_at: w.now,
    };
    revision::insert(&mut w.tx, &row).await?;
    incident::save(w, incident).await?;
    if announced.is_some() {
        w.settle(announced).await?;
    } else if notice::any_active(&mut w.tx, id).await? {
        return Err(Error::Conflict(
            "A notice of this incident went live while the people were read. Do it again."
                .to_owned(),
        ));
    }
    w.record(
        Entry::new("roster.revised", Some(id))
            .with("revision", number)
            .with("cause", serde_json::json!(row.cause))
            .with("added", row.added)
            .with("back", row.back)
            .with("left", row.left_n)
            .with("changed", row.changed)
            .with("persons", row.persons)
            .with("roster_sha256", row.result_sha256.clone())
            .of(&row),
    );
    w.record(
        Entry::new("incident.changed", Some(id))
            .with("persons", incident.persons)
            .of(incident),
    );
    let came = merged.added + merged.back;
    late::came(w, incident, (number, came), change.found, row.cause).await?;
    Ok(Revised {
        revision: number,
        merged,
        persons: row.persons,
        result_sha256: row.result_sha256,
    })
}

/// Who is younger than this needs a parent's consent under COPPA, 15 U.S.C. 6501(1).
const CHILD_BELOW: i64 = 13;
/// Who is younger than this is a minor.
const MINOR_BELOW: i64 = 18;

/// What a year of birth alone says in `year`: `under13`, `minor`, `adult` or `unknown`. Whoever may still be
/// one year younger is.
#[must_use]
pub fn age_group(born: Option<i64>, year: i64) -> &'static str {
    match born {
        None => "unknown",
        Some(born) if born >= year - CHILD_BELOW => "under13",
        Some(born) if born >= year - MINOR_BELOW => "minor",
        Some(_) => "adult",
    }
}

/// Counts the people on a roster by what they are. Of a birth year alone the younger of two ages counts.
pub(super) async fn count(w: &mut Write<'_>, incident: &Incident) -> Result<()> {
    let year = i64::from(w.now.year());
    // Born in year B, somebody turns `year - B` this year, and may still be one younger.
    let youngest = |below: i64| year - below;
    let groups = tally::groups(
        &mut w.tx,
        incident.id,
        youngest(CHILD_BELOW),
        youngest(MINOR_BELOW),
    )
    .await?;
    let all = tallies(&groups, &incident.data_kinds.0);
    tally::replace(&mut w.tx, incident.id, &all).await
}

fn tallies(groups: &[Group], kinds: &[String]) -> Vec<Tally> {
    let mut sums: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for g in groups {
        let reach = if g.account { "account" } else { "none" };
        let mut add = |what, value| *sums.entry((what, value)).or_default() += g.persons;
        add("role", g.role.as_deref().unwrap_or_default());
        add("minor", &g.minor);
        add("place_from", g.place_from.as_deref().unwrap_or_default());
        add("reach", reach);
        match &g.exposed {
            Some(exposed) => exposed.split(' ').for_each(|kind| add("kind", kind)),
            None => kinds.iter().for_each(|kind| add("kind", kind)),
        }
    }
    sums.into_iter()
        .map(|((what, value), persons)| Tally {
            what: what.to_owned(),
            value: value.to_owned(),
            persons,
        })
        .collect()
}

/// SHA-256 over everybody on a roster in the order of its key, hex.
pub(super) async fn digest(tx: &mut Tx, incident: IncidentId) -> Result<String> {
    let mut digest = Digest::default();
    let mut page = person::page(&mut *tx, incident, None, PAGE).await?;
    while let Some(last) = page.last() {
        page.iter().for_each(|p| digest.add(p));
        let after = Some((last.site_id.as_str(), last.person_key));
        page = person::page(&mut *tx, incident, after, PAGE).await?;
    }
    Ok(digest.finish())
}

const PAGE: i64 = 10_000;

/// The hash of a roster, person by person in the order of site and key.
#[derive(Debug, Default)]
pub(super) struct Digest(Sha256);

impl Digest {
    /// Adds a person; each field with its length before it, so that no two rosters look alike.
    pub(super) fn add(&mut self, p: &Person) {
        let born = p.birth_year.map(|y| y.to_string());
        self.field(Some(p.site_id.as_bytes()));
        self.field(Some(p.person_key.bytes()));
        self.field(p.sealed.as_deref());
        for text in [
            &p.lang,
            &p.country,
            &p.region,
            &p.place_from,
            &born,
            &p.role,
            &p.exposed,
        ] {
            self.field(text.as_ref().map(String::as_bytes));
        }
        self.field(p.grouped.as_ref().map(|key| key.bytes().as_slice()));
    }

    fn field(&mut self, bytes: Option<&[u8]>) {
        let length = bytes.map_or(u32::MAX, |b| u32::try_from(b.len()).unwrap_or(u32::MAX));
        self.0.update(length.to_be_bytes());
        self.0.update(bytes.unwrap_or_default());
    }

    /// The hash, hex.
    pub(super) fn finish(self) -> String {
        hex::encode(self.0.finalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_no_kinds_of_their_own_counts_for_those_of_the_incident() {
        let group = |exposed: Option<&str>, account, persons| Group {
            role: None,
            minor: "adult".to_owned(),
            place_from: Some("file".to_owned()),
            account,
            exposed: exposed.map(str::to_owned),
            persons,
        };
        let groups = [group(None, true, 3), group(Some("email"), false, 4)];
        let all = tallies(&groups, &["name".to_owned(), "email".to_owned()]);
        let told: Vec<(&str, &str, i64)> = all
            .iter()
            .map(|t| (t.what.as_str(), t.value.as_str(), t.persons))
            .collect();
        assert_eq!(
            told,
            [
                ("kind", "email", 7),
                ("kind", "name", 3),
                ("minor", "adult", 7),
                ("place_from", "file", 7),
                ("reach", "account", 3),
                ("reach", "none", 4),
                ("role", "", 7),
            ]
        );
    }
}
