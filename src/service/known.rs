//! Everything that is known about an incident, as deadlines and conditions look at it.
//!
//! Always holds: what was replaced does not count; asked as of a past moment, it is what was known
//! then. It reads and decides nothing.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::fact::standing;
use crate::app::App;
use crate::catalog::Catalog;
use crate::domain::calendar::{Calendars, Override};
use crate::domain::condition::{Circumstances, People};
use crate::domain::fact::{Anchors, FactKind};
use crate::domain::hold;
use crate::domain::obligation::{Case, Derived, Met, derive};
use crate::error::{Error, Result};
use crate::ids::IncidentId;
use crate::store::answer::{self, Answer};
use crate::store::cohort::{self, Cohort};
use crate::store::fact::{self, Fact};
use crate::store::hold::{self as holds, Hold, with_offset};
use crate::store::obligation::{self, Obligation};
use crate::store::person::{self, Count};
use crate::store::{Tx, calendar_override};

/// The rows.
#[derive(Clone, Debug)]
pub struct Records {
    facts: Vec<Fact>,
    answers: Vec<Answer>,
    holds: Vec<Hold>,
    counts: Vec<Count>,
    /// The cohorts, in the order of their revisions.
    pub cohorts: Vec<Cohort>,
    /// The obligations, settled ones too.
    pub obligations: Vec<Obligation>,
    overrides: Vec<Override>,
}

macro_rules! read {
    ($db:expr, $id:expr) => {
        Records {
            facts: fact::list($db, $id).await?,
            answers: answer::list($db, $id).await?,
            holds: holds::list($db, $id).await?,
            // Every place: one that is left out would read as "nobody lives there".
            counts: person::counts($db, $id, i64::MAX).await?,
            cohorts: cohort::list($db, $id).await?,
            obligations: obligation::list($db, $id).await?,
            overrides: calendar_override::in_force($db).await?,
        }
    };
}

impl Records {
    /// Reads them for a page.
    pub async fn read(app: &App, id: IncidentId) -> Result<Self> {
        Ok(read!(&app.db, id))
    }

    /// Reads them within a transaction.
    pub async fn read_in(tx: &mut Tx, id: IncidentId) -> Result<Self> {
        Ok(read!(&mut *tx, id))
    }
}

/// The same, read.
#[derive(Clone, Debug)]
pub struct Known {
    /// The instants that deadlines may start from.
    pub anchors: Anchors,
    /// The holds that stand.
    pub holds: Vec<hold::Hold>,
    /// Answers, sectors and counts.
    pub circumstances: Circumstances,
    /// The calendars with the operator's overrides in them.
    pub calendars: Calendars,
    overrides: Vec<Override>,
    met: Vec<Met>,
    today: NaiveDate,
}

impl Known {
    /// Reads the rows against the playbooks.
    pub fn new(catalog: &Catalog, records: &Records, now: DateTime<Utc>) -> Result<Self> {
        let calendars = super::calendar_override::calendars(catalog, &records.overrides)?;
        Ok(Self {
            anchors: anchors(&records.facts),
            holds: standing_holds(&records.holds)
                .into_iter()
                .map(Hold::interval)
                .collect(),
            circumstances: circumstances(catalog, records)?,
            calendars,
            overrides: records.overrides.clone(),
            met: met(&records.obligations),
            today: now.date_naive(),
        })
    }

    /// As obligations are derived from it.
    #[must_use]
    pub fn case<'a>(&'a self, catalog: &'a Catalog) -> Case<'a> {
        Case {
            anchors: &self.anchors,
            holds: &self.holds,
            controllers: &catalog.operator().controllers,
            calendars: &self.calendars,
            circumstances: &self.circumstances,
            met: &self.met,
            today: self.today,
        }
    }

    /// Every rule held against it.
    #[must_use]
    pub fn derive<'a>(&'a self, catalog: &'a Catalog) -> Vec<Derived<'a>> {
        derive(
            catalog.rules(),
            |id| catalog.versions(id),
            &self.case(catalog),
        )
    }

    /// What a result is kept with.
    #[must_use]
    pub fn inputs(&self, catalog: &Catalog) -> Inputs {
        let facts = self.anchors.iter().collect();
        Inputs {
            program: env!("CARGO_PKG_VERSION").to_owned(),
            playbooks: catalog.hash().to_owned(),
            facts,
            holds: self.holds.clone(),
            answers: self.circumstances.answers.clone(),
            overrides: self
                .overrides
                .iter()
                .map(|one| format!("{} {}: {one}", one.calendar, one.date))
                .collect(),
        }
    }
}

/// What a deadline was computed with, beside the rule and the calendars that its result names.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Inputs {
    /// Version of the program.
    pub program: String,
    /// Hash of the playbooks.
    pub playbooks: String,
    /// The facts that stood.
    pub facts: Vec<(FactKind, DateTime<FixedOffset>)>,
    /// The holds that stood.
    pub holds: Vec<hold::Hold>,
    /// The answers that stood.
    pub answers: BTreeMap<String, bool>,
    /// The single days that the operator had set in its calendars, in words.
    #[serde(default)]
    pub overrides: Vec<String>,
}

/// The instants that deadlines may start from, out of the facts that stand.
fn anchors(facts: &[Fact]) -> Anchors {
    standing(facts)
        .into_iter()
        .filter_map(|fact| Some((fact.kind, with_offset(fact.at?, fact.offset_s))))
        .collect()
}

/// What was met towards everybody of the first notice.
fn met(obligations: &[Obligation]) -> Vec<Met> {
    let first = obligations.iter().filter(|o| o.cohort == 0);
    first
        .filter_map(|o| {
            Some(Met {
                rule: o.rule.clone(),
                controller: o.controller.clone(),
                at: o.met_at?,
            })
        })
        .collect()
}

/// The holds that stand: recorded and not replaced.
#[must_use]
pub fn standing_holds(all: &[Hold]) -> Vec<&Hold> {
    all.iter()
        .filter(|one| !all.iter().any(|other| other.replaces == Some(one.id)))
        .collect()
}

/// The answers that stand, by question: recorded and not replaced.
#[must_use]
pub fn standing_answers(all: &[Answer]) -> BTreeMap<&str, &Answer> {
    all.iter()
        .filter(|one| !all.iter().any(|other| other.replaces == Some(one.id)))
        .map(|one| (one.question.as_str(), one))
        .collect()
}

/// The place of a question `people(PLACE)`.
#[must_use]
pub fn place_of(question: &str) -> Option<&str> {
    question.strip_prefix("people(")?.strip_suffix(')')
}

/// A number, or a range such as `100-300`.
#[must_use]
pub fn number_or_range(text: &str) -> Option<(u64, u64)> {
    let number = |text: &str| {
        let text = text.trim();
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse().ok()).flatten()
    };
    match text.split_once('-') {
        None => number(text).map(|n| (n, n)),
        Some((from, to)) => Some((number(from)?, number(to)?)).filter(|(a, b)| a <= b),
    }
}

fn circumstances(catalog: &Catalog, records: &Records) -> Result<Circumstances> {
    let mut people = if records.counts.is_empty() {
        People::default()
    } else {
        People::of_roster(records.counts.iter().map(|one| {
            let n = u64::try_from(one.persons).unwrap_or(0);
            (one.country.as_deref(), one.region.as_deref(), n)
        }))
    };
    let mut answers = BTreeMap::new();
    for (question, answer) in standing_answers(&records.answers) {
        if let Some(place) = place_of(question) {
            let (from, to) = number_or_range(&answer.value).ok_or_else(|| {
                Error::internal(format!("the estimate {} cannot be read", answer.id))
            })?;
            people.estimate(place, from, Some(to));
        } else {
            answers.insert(question.to_owned(), answer.value == "yes");
        }
    }
    Ok(Circumstances {
        answers,
        people,
        sectors: catalog.operator().sectors.clone(),
        groups: catalog.questions().countries_by_group(),
    })
}
