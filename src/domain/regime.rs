//! One legal or contractual rule that sets a deadline, with where it comes from.
//!
//! Always holds: a regime names its anchor, its period, its citation and how sure we are of it. It
//! is data; whether it applies to an incident is decided elsewhere, by people where the text asks
//! for judgement.

use std::ops::Deref;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::fact::FactKind;
use super::period::Period;

/// Who has to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// Each affected person.
    DataSubject,
    /// The supervisory authority of the controller.
    SupervisoryAuthority,
}

impl Recipient {
    /// The word for it in files and storage.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DataSubject => "data_subject",
            Self::SupervisoryAuthority => "supervisory_authority",
        }
    }
}

/// How well the text of a rule is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Confidence {
    /// A primary or official text was read.
    A,
    /// Secondary sources were read.
    B,
    /// From memory; check against the citation.
    M,
}

/// The most generous reading with a citation. It is shown, never used for alarms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arguable {
    /// The hour of the event is not counted: Regulation (EEC, Euratom) 1182/71 Art 3(1).
    #[serde(rename = "reg1182_full_hour")]
    Reg1182FullHour,
}

/// From which day until which day, both inclusive, a rule is law.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effective {
    /// First day; open when missing.
    #[serde(default)]
    pub from: Option<NaiveDate>,
    /// Last day; open when missing.
    #[serde(default)]
    pub until: Option<NaiveDate>,
}

/// What a rule says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RegimeSpec {
    /// Id used in results and storage, such as `eu_gdpr_33_1`.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Codes of the jurisdictions it comes from.
    pub jurisdiction: Vec<String>,
    /// The article, statute or sentence.
    pub citation: String,
    /// The fact it starts from.
    pub anchor: FactKind,
    /// The fact that the wording, read literally, starts from; shown beside the result.
    pub literal_anchor: Option<FactKind>,
    /// Who has to be told.
    pub recipient: Recipient,
    /// The channel the wording asks for, such as `in_site`; others may be added, none replaces it.
    pub channel: Option<String>,
    /// When it applies, in words.
    pub condition: String,
    /// How long there is.
    pub period: Period,
    /// What a generous reading would allow.
    pub latest_arguable: Option<Arguable>,
    /// Ids of the controllers it binds; all of them when empty.
    pub controllers: Vec<String>,
    /// When it is law.
    pub effective: Effective,
    /// Whether it is in force for this operator. A disabled rule can be computed but starts nothing.
    pub enabled: bool,
    /// How well the text is known.
    pub confidence: Confidence,
    /// Whether somebody compared the rule with its source.
    pub verified: bool,
    /// Where the text was read.
    pub source: String,
    /// What else to know.
    pub notes: Option<String>,
}

/// One rule with a deadline: what it says, and the hash of that.
///
/// Its fields are read through [`RegimeSpec`] (`regime.citation`) and cannot be changed, so the
/// hash always belongs to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Regime {
    spec: RegimeSpec,
    hash: String,
}

impl Regime {
    /// Seals what a rule says with its hash.
    #[must_use]
    pub fn new(spec: RegimeSpec) -> Self {
        let hash = super::canonical::sha256_hex(&spec);
        Self { spec, hash }
    }

    /// SHA-256 (hex) over the canonical JSON of the rule, kept with every result.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Whether it is enabled and was law on `day`.
    #[must_use]
    pub fn in_force_on(&self, day: NaiveDate) -> bool {
        self.enabled
            && self.effective.from.is_none_or(|from| day >= from)
            && self.effective.until.is_none_or(|until| day <= until)
    }
}

impl Deref for Regime {
    type Target = RegimeSpec;

    fn deref(&self) -> &RegimeSpec {
        &self.spec
    }
}
