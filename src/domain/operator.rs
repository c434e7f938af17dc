//! Who runs the product: the controllers, where personal data comes in, and what people can do.
//!
//! Always holds: this is public information from the operator's own policy. No personal data of
//! affected people is in it, and no text that a notice shows is decided here.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::controller::{Authority, Controller};
use super::scope::field::Field;
use super::scope::identifier::Kind;
use super::scope::retention::{Counted, Rule};

/// A short text in several languages, by language code; English is always there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(BTreeMap<String, String>);

impl Text {
    /// The text in `language`, or in English where that is missing.
    #[must_use]
    pub fn get(&self, language: &str) -> &str {
        self.0
            .get(language)
            .or_else(|| self.0.get("en"))
            .map_or("", String::as_str)
    }

    /// Whether the text exists in `language` itself.
    #[must_use]
    pub fn has(&self, language: &str) -> bool {
        self.0
            .get(language)
            .is_some_and(|text| !text.trim().is_empty())
    }
}

/// General contact of the operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// General e-mail address.
    pub email: String,
}

/// A kind of personal data, or a kind of persons, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Labelled {
    /// Id used in storage and in other entries.
    pub id: String,
    /// What people call it.
    pub label: Text,
}

/// A place where personal data comes in and is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct System {
    /// Id used in storage.
    pub id: String,
    /// What people call it.
    pub name: Text,
    /// Ids of the kinds of data it holds.
    pub data: Vec<String>,
    /// Ids of the kinds of persons whose data it holds.
    pub subjects: Vec<String>,
    /// How long data is kept, in words.
    pub retention: Text,
    /// The same as a number of months, where the policy gives one.
    #[serde(default)]
    pub retention_months: Option<u16>,
    /// The time of a record that these months count from.
    #[serde(default)]
    pub retention_from: Option<Counted>,
    /// By which its people can be told apart and found elsewhere.
    #[serde(default)]
    pub identifiers: Vec<Kind>,
    /// How to fetch a list of its people.
    #[serde(default)]
    pub fetch: Option<Fetch>,
}

impl System {
    /// How long it keeps a record, where that is a number.
    #[must_use]
    pub fn retention_rule(&self) -> Option<Rule> {
        Some(Rule {
            months: self.retention_months?,
            from: self.retention_from?,
        })
    }
}

/// How to fetch a list of the people in a system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fetch {
    /// What a person does, in words.
    pub how: Text,
    /// The name of a configured connection to its database.
    #[serde(default)]
    pub connection: Option<String>,
    /// What to ask there: one SQL statement that only reads; `:from` and `:to` are the window.
    #[serde(default)]
    pub query: Option<String>,
    /// What the columns of the list mean.
    #[serde(default)]
    pub mapping: BTreeMap<String, Field>,
}

/// Somebody who processes data on the operator's behalf, or a third party that receives it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Processor {
    /// Id used in storage.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is used for.
    pub purpose: Text,
    /// Ids of the systems it is involved in.
    pub systems: Vec<String>,
}

/// A cookie whose identifier a breach of analytics data would expose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cookie {
    /// Its name.
    pub name: String,
    /// The domain it is set for.
    pub domain: String,
    /// `analytics` or `necessary`.
    pub kind: String,
    /// How long it lives, in words.
    pub duration: String,
    /// Who sets it.
    pub set_by: String,
}

/// A body that takes complaints of affected people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComplaintBody {
    /// Short id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Postal address, one line.
    #[serde(default)]
    pub address: Option<String>,
    /// Phone number.
    #[serde(default)]
    pub phone: Option<String>,
    /// E-mail address.
    #[serde(default)]
    pub email: Option<String>,
    /// Its web site; `https` only.
    pub url: String,
}

/// The operator profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operator {
    /// Id, also the name of its file.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Languages in which notices are written, the default first.
    pub languages: Vec<String>,
    /// Where the facts were taken from.
    pub source: String,
    /// General contact.
    pub contact: Contact,
    /// The controllers, in the order in which the first breaks a tie.
    #[serde(rename = "controller")]
    pub controllers: Vec<Controller>,
    /// Kinds of personal data.
    #[serde(rename = "data")]
    pub data_kinds: Vec<Labelled>,
    /// Kinds of persons.
    #[serde(rename = "subject")]
    pub subject_kinds: Vec<Labelled>,
    /// Systems.
    #[serde(rename = "system")]
    pub systems: Vec<System>,
    /// Processors and third parties.
    #[serde(rename = "processor", default)]
    pub processors: Vec<Processor>,
    /// Cookies.
    #[serde(rename = "cookie", default)]
    pub cookies: Vec<Cookie>,
    /// Rights of individuals that a notice names.
    #[serde(rename = "right")]
    pub rights: Vec<Labelled>,
    /// Bodies that take complaints.
    #[serde(rename = "complaint_body")]
    pub complaint_bodies: Vec<ComplaintBody>,
    /// What the operator is and is not, by the id of a sector; what is not listed is not known.
    #[serde(default)]
    pub sectors: BTreeMap<String, bool>,
}

impl Operator {
    /// The controller with this id.
    #[must_use]
    pub fn controller(&self, id: &str) -> Option<&Controller> {
        self.controllers.iter().find(|one| one.id == id)
    }

    /// All controllers, or the one with this id; none when there is no such one.
    #[must_use]
    pub fn chosen(&self, id: Option<&str>) -> Option<&[Controller]> {
        let Some(id) = id else {
            return Some(&self.controllers);
        };
        let index = self.controllers.iter().position(|one| one.id == id)?;
        self.controllers.get(index..=index)
    }

    /// The system with this id.
    #[must_use]
    pub fn system(&self, id: &str) -> Option<&System> {
        self.systems.iter().find(|one| one.id == id)
    }

    /// The processors and third parties that are involved in a system.
    pub fn processors_of<'a>(&'a self, system: &'a str) -> impl Iterator<Item = &'a Processor> {
        let involved = move |one: &&Processor| one.systems.iter().any(|id| id == system);
        self.processors.iter().filter(involved)
    }

    /// The kind of data with this id.
    #[must_use]
    pub fn data_kind(&self, id: &str) -> Option<&Labelled> {
        self.data_kinds.iter().find(|one| one.id == id)
    }

    /// The kind of persons with this id.
    #[must_use]
    pub fn subject_kind(&self, id: &str) -> Option<&Labelled> {
        self.subject_kinds.iter().find(|one| one.id == id)
    }

    /// The authorities of the controllers, each once.
    #[must_use]
    pub fn authorities(&self) -> Vec<&Authority> {
        let mut found: Vec<&Authority> = Vec::new();
        for authority in self
            .controllers
            .iter()
            .filter_map(|one| one.authority.as_ref())
        {
            if !found.contains(&authority) {
                found.push(authority);
            }
        }
        found
    }

    /// The zone of the first controller, for showing instants that belong to no one controller.
    #[must_use]
    pub fn zone(&self) -> Tz {
        self.controllers.first().map_or(Tz::UTC, |one| one.zone)
    }
}
