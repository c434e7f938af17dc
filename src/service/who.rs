//! "Is this person affected?", answered for one identifier, with the reasons; and keeping two people
//! apart whom a link would join.
//!
//! Always holds: each question goes into the log, whatever the answer; the identifier is sealed there.

use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::recipe::{self as recipes, Read};
use super::{Ctx, OrNotFound as _, incident};
use crate::app::App;
use crate::domain::access::Action;
use crate::domain::evidence::Entry;
use crate::domain::scope::identifier::{Key, Kind};
use crate::domain::scope::recipe::eval::{self, Seen};
use crate::domain::scope::recipe::eval_trace::Trace;
use crate::error::{Check, Error, Result};
use crate::ids::{IncidentId, SplitId};
use crate::store::person::{self, Person};
use crate::store::run::{self as engine, Chain, Input};
use crate::store::split::{self, Split};
use crate::store::{alias, recipe, source};

/// Whom somebody asks about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Question {
    /// `account`, `email`, `phone`, `order`, `ticket` or `cookie`.
    pub kind: String,
    /// The site of an account.
    pub site: String,
    /// The identifier as people write it.
    pub value: String,
    /// Where a phone number without a country code is, ISO 3166-1 alpha-2.
    pub country: String,
}

/// What is known about the person.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The identifier's keyed hash.
    pub key: Key,
    /// The rows of the roster that it belongs to; also those that left.
    pub people: Vec<Person>,
}

impl Answer {
    /// Is anybody of them on the roster now?
    #[must_use]
    pub fn affected(&self) -> bool {
        self.people.iter().any(|p| p.left_revision.is_none())
    }
}

/// Why a person is affected, or is not, by the recipe whose run made the roster.
#[derive(Clone, Debug)]
pub struct Reasons {
    /// The version of the recipe.
    pub version: i64,
    /// The values that the run was given.
    pub params: BTreeMap<String, String>,
    /// The sources as the run read them.
    pub read: Vec<Read>,
    /// The recipe, followed for this person.
    pub trace: Trace,
    /// The person's identifiers, and which records join them.
    pub chain: Chain,
}

/// Asks about one person. The question itself is logged.
///
/// # Errors
/// `kind`, `site`, `value`: what is wrong with them.
pub async fn ask(ctx: &Ctx<'_>, id: IncidentId, question: &Question) -> Result<Answer> {
    ctx.require(Action::LookUpPerson)?;
    let ctx = ctx.clone().with_key(None);
    let mut check = Check::default();
    let kind = Kind::named(&question.kind);
    if kind.is_none() {
        let names: Vec<&str> = Kind::ALL.iter().map(|k| k.name()).collect();
        check.fail("kind", format!("Choose one of {}.", names.join(", ")));
    }
    if kind == Some(Kind::Account) && question.site.trim().is_empty() {
        check.fail("site", "Say of which site this is an account.");
    }
    let country = Some(question.country.trim()).filter(|c| !c.is_empty());
    let key = kind.and_then(|kind| {
        let (site, value) = (question.site.trim(), question.value.trim());
        let read = ctx.app.hasher.read(kind, site, value, country);
        read.map_err(|why| check.fail("value", why)).ok()
    });
    check.done()?;
    let (Some(kind), Some(key)) = (kind, key) else {
        return Err(Error::invalid("value", "Give an identifier."));
    };
    let mut w = ctx.begin(Action::LookUpPerson, "person.ask").await?;
    crate::store::incident::find(&mut w.tx, id)
        .await?
        .or_not_found("This incident")?;
    let mut at = alias::find(&mut w.tx, id, key).await?;
    // The row itself: an account of the site, or somebody who is known by nothing else.
    let site = if kind == Kind::Account {
        question.site.trim()
    } else {
        ""
    };
    at.push((site.to_owned(), key));
    at.sort();
    at.dedup();
    let mut people = Vec::new();
    for (site, key) in at {
        people.extend(person::find(&mut w.tx, id, &site, key).await?);
    }
    let answer = Answer { key, people };
    w.record(
        Entry::new("person.asked", Some(id))
            .with("kind", kind.name())
            .with("affected", answer.affected())
            .seal("identifier", question.value.trim()),
    );
    w.commit(()).await?;
    Ok(answer)
}

/// The recipe behind the roster, followed for the person with this identifier; none when no recipe
/// made the roster.
///
/// # Errors
/// When the database cannot be read.
pub async fn reasons(app: &App, id: IncidentId, key: Key) -> Result<Option<Reasons>> {
    let Some(run) = recipe::applied(&app.db, id).await? else {
        return Ok(None);
    };
    let written = recipe::find(&app.db, run.recipe_id)
        .await?
        .or_not_found("This recipe")?;
    let read: Vec<Read> = run
        .sources
        .as_deref()
        .map_or(Ok(Vec::new()), serde_json::from_str)
        .map_err(Error::internal)?;
    let params: BTreeMap<String, String> =
        serde_json::from_str(&run.params).map_err(Error::internal)?;
    let zone: Tz = run.zone.parse().map_err(Error::internal)?;
    let all = source::list(&app.db, id).await?;
    let sources = read
        .iter()
        .filter_map(|r| Some((r.name.clone(), all.iter().find(|s| s.no == r.no)?.clone())))
        .collect();
    let bound = recipes::bound(app, id, &written.body, &params, zone, &sources).await?;
    let numbers: BTreeMap<String, i64> = read.iter().map(|r| (r.name.clone(), r.no)).collect();
    let apart = split::apart(&app.db, id).await?;
    let input = Input {
        bound: &bound,
        sources: &numbers,
        apart: &apart,
    };
    let chain = engine::chain(&app.db, &input, key).await?;
    let name = |no: i64| read.iter().find(|r| r.no == no).map_or("", |r| &r.name);
    let seen: Vec<Seen> = chain
        .records
        .iter()
        .map(|r| r.seen(name(r.source)))
        .collect();
    let times: BTreeSet<i64> = seen.iter().filter_map(|s| s.at).collect();
    let mut logs = Vec::new();
    for leaf in bound.steps.iter().flat_map(|step| step.set.leaves()) {
        for window in engine::covering(&app.db, &input, leaf, &times).await? {
            logs.push(window.seen(name(window.source)));
        }
    }
    logs.sort_by(|a, b| (&a.source, a.line).cmp(&(&b.source, b.line)));
    logs.dedup();
    Ok(Some(Reasons {
        params,
        version: written.version,
        trace: eval::explain(&bound, &seen, &logs),
        read,
        chain,
    }))
}

/// Two identifiers that are not one person's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = NewSplit)]
pub struct Apart {
    /// One identifier, by the 32 digits of its keyed hash.
    pub a: String,
    /// The other one.
    pub b: String,
    /// False: an earlier decision is taken back.
    pub apart: bool,
    /// Why. 1 to 2,000 characters.
    pub reason: String,
}

/// Keeps two identifiers apart, or takes that back. The roster follows when the recipe is run again.
///
/// # Errors
/// `a`, `b`, `reason`: what is wrong with them.
pub async fn split(ctx: &Ctx<'_>, id: IncidentId, decision: &Apart) -> Result<Split> {
    ctx.require(Action::ImportRoster)?;
    let mut check = Check::default();
    let mut key = |field: &str, text: &str| {
        let read = text.parse::<Key>();
        read.map_err(|_| {
            check.fail(
                field,
                "Give the 32 digits that the page shows for the identifier.",
            );
        })
        .ok()
    };
    let (a, b) = (key("a", &decision.a), key("b", &decision.b));
    if a.is_some() && a == b {
        check.fail("b", "Give two identifiers.");
    }
    let reason = check.text("reason", &decision.reason, 2_000);
    check.done()?;
    let (Some(a), Some(b)) = (a, b) else {
        return Err(Error::invalid("a", "Give two identifiers."));
    };
    let mut w = ctx.begin(Action::ImportRoster, "person.split").await?;
    if let Some(done) = w.replay(&(id, decision)).await? {
        let done: SplitId = done;
        let all = split::list(&mut w.tx, id).await?;
        let done = all.into_iter().find(|one| one.id == done);
        return done.or_not_found("This decision");
    }
    incident::lock_open(&mut w, id).await?;
    let row = Split {
        id: SplitId(w.app.rng.uuid(w.now)),
        incident_id: id,
        a: a.min(b),
        b: a.max(b),
        apart: decision.apart,
        reason,
        decided_by: w.actor.name.clone(),
        decided_at: w.now,
    };
    split::insert(&mut w.tx, &row).await?;
    w.record(
        Entry::new("person.split", Some(id))
            .with("apart", row.apart)
            .of(&row),
    );
    w.commit(row.id).await?;
    Ok(row)
}
