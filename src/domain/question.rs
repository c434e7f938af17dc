//! What has to be asked before one can say which rules apply.
//!
//! Always holds: a question is answered with yes or no for one incident, a sector for the operator
//! once and for all. None of them is answered here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A yes-or-no question about one incident, or about the operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Id that conditions use.
    pub id: String,
    /// The question in plain words.
    pub ask: String,
    /// What to look at when answering it.
    #[serde(default)]
    pub help: Option<String>,
}

/// Countries that conditions name together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Code that conditions use, such as `EEA`.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Its countries, ISO 3166-1 alpha-2.
    pub countries: Vec<String>,
}

/// Everything that conditions may ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Questions {
    /// Questions about an incident.
    #[serde(rename = "question", default)]
    pub questions: Vec<Question>,
    /// Questions about the operator.
    #[serde(rename = "sector", default)]
    pub sectors: Vec<Question>,
    /// Groups of countries.
    #[serde(rename = "group", default)]
    pub groups: Vec<Group>,
}

impl Questions {
    /// The question about an incident with this id.
    #[must_use]
    pub fn question(&self, id: &str) -> Option<&Question> {
        self.questions.iter().find(|one| one.id == id)
    }

    /// The question about the operator with this id.
    #[must_use]
    pub fn sector(&self, id: &str) -> Option<&Question> {
        self.sectors.iter().find(|one| one.id == id)
    }

    /// The countries of each group, by its code.
    #[must_use]
    pub fn countries_by_group(&self) -> BTreeMap<String, Vec<String>> {
        let groups = self.groups.iter();
        groups
            .map(|one| (one.id.clone(), one.countries.clone()))
            .collect()
    }

    /// Adds what another file asks.
    pub fn extend(&mut self, other: Self) {
        self.questions.extend(other.questions);
        self.sectors.extend(other.sectors);
        self.groups.extend(other.groups);
    }
}
