//! One legal or contractual rule that sets a deadline, with where it comes from.
//!
//! Always holds: a regime names its anchor, its period or the words that stand in its place, its
//! citation and how sure we are of it. It is data; whether it applies to an incident is decided by
//! its [`Condition`] and, where the text asks for judgement, by people.

use std::ops::Deref;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::condition::Condition;
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
    /// Another authority, such as an attorney general.
    Regulator,
    /// A computer security incident response team, or the authority beside it.
    Csirt,
    /// The police or another law-enforcement body.
    LawEnforcement,
    /// The consumer reporting agencies (United States).
    ConsumerReportingAgencies,
    /// Prominent media outlets.
    Media,
    /// The controller whose processor we are.
    Controller,
    /// The other side of a contract: an acquirer, an insurer, a customer.
    ContractParty,
    /// The market, through a stock-exchange filing.
    Market,
    /// Nobody outside: a register of our own.
    Internal,
}

impl Recipient {
    /// The word for it in files and storage.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DataSubject => "data_subject",
            Self::SupervisoryAuthority => "supervisory_authority",
            Self::Regulator => "regulator",
            Self::Csirt => "csirt",
            Self::LawEnforcement => "law_enforcement",
            Self::ConsumerReportingAgencies => "consumer_reporting_agencies",
            Self::Media => "media",
            Self::Controller => "controller",
            Self::ContractParty => "contract_party",
            Self::Market => "market",
            Self::Internal => "internal",
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
    /// A last day that is free moves to the end of the next working day: Regulation 1182/71
    /// Art 3(4).
    #[serde(rename = "eu_1182_3_4")]
    Eu1182Art34,
    /// A last day that is a Saturday, Sunday or legal holiday is extended: C.R.S. 2-4-108(2).
    #[serde(rename = "co_2_4_108")]
    Co24108,
    /// A limit on a weekend or bank holiday may be kept by noon of the next working day: Delegated
    /// Regulation (EU) 2025/301 Art 5(4).
    DoraNoon,
    /// A last day that is free moves to the next business day, by a rule that `notes` names.
    NextBusinessDay,
}

impl Arguable {
    /// Whether it is a reading of periods in hours; nothing where it fits both.
    #[must_use]
    pub fn of_hours(self) -> Option<bool> {
        match self {
            Self::Reg1182FullHour => Some(true),
            Self::DoraNoon => None,
            Self::Eu1182Art34 | Self::Co24108 | Self::NextBusinessDay => Some(false),
        }
    }
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

impl Effective {
    /// Whether `day` lies in it.
    #[must_use]
    pub fn covers(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| day >= from) && self.until.is_none_or(|until| day <= until)
    }

    /// Whether some day lies in both.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        let starts_by = |a: &Self, b: &Self| match (a.from, b.until) {
            (Some(from), Some(until)) => from <= until,
            _ => true,
        };
        starts_by(self, other) && starts_by(other, self)
    }
}

/// Whether a rule is law at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It is, on the days of [`Effective`].
    #[default]
    InForce,
    /// It is proposed or postponed: shown as a preview, never an alarm.
    Proposal,
}

/// Whether each controller owes it, or one act meets it for all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owed {
    /// Each controller for itself, as in filings.
    #[default]
    Each,
    /// One act for all, as in one notice to the same people.
    Jointly,
}

/// Where the count begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// With 31 December of the anchor's local year (45 CFR 164.408(c), 16 CFR 318.5(c)).
    EndOfYear,
}

/// "At the latest 24 hours after awareness": a second period, from another fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cap {
    /// The fact it starts from.
    pub anchor: FactKind,
    /// How long after it.
    pub period: Period,
    /// It falls away when the rule's own anchor came later than its end (Delegated Regulation (EU)
    /// 2025/301 Art 5(1)(a)).
    pub unless_later: bool,
}

/// A longer period that is to be had on conditions; it only feeds `latest_arguable`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Extension {
    /// How much longer.
    pub period: Period,
    /// On what conditions.
    pub why: String,
}

/// What a law-enforcement hold does to the rule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct HoldRule {
    /// How long there is from the end of the hold; the held days are added to the period when the
    /// law gives no number.
    pub restart: Option<Period>,
    /// For how many days at most a hold counts that was asked for orally.
    pub oral_days: Option<u32>,
    /// What the law says.
    pub why: Option<String>,
}

/// What a rule says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RegimeSpec {
    /// Id used in results and storage, such as `eu_gdpr_33_1` or `eu_nis2_23.early_warning`.
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
    /// Exactly who, in words.
    pub told: Option<String>,
    /// The channel the wording asks for, such as `in_site`; others may be added, none replaces it.
    pub channel: Option<String>,
    /// When it applies, in words.
    pub condition: String,
    /// The same, to be evaluated.
    pub applies: Condition,
    /// How long there is; nothing where the law has no number.
    pub period: Option<Period>,
    /// What is owed beside the period, or in its place: "without undue delay".
    pub qualifier: Option<String>,
    /// Where the count begins, if not with the anchor.
    pub start: Option<Start>,
    /// Local time at which the last day ends; at its end, 24:00, when missing.
    pub cutoff: Option<NaiveTime>,
    /// A second period that may end earlier.
    pub cap: Option<Cap>,
    /// What a generous reading would allow.
    pub latest_arguable: Option<Arguable>,
    /// What may be had on conditions.
    pub extension: Option<Extension>,
    /// What a law-enforcement hold stops; nothing when no hold stops the rule.
    pub hold: Option<HoldRule>,
    /// The fact that is recorded when this rule is met, because other periods begin with it.
    pub records: Option<FactKind>,
    /// Ids of rules before which this one is to be met.
    pub before: Vec<String>,
    /// Ids of rules together with which it is to be met at the latest.
    pub not_after: Vec<String>,
    /// Countries in which a controller must have its seat to be bound; everywhere when empty.
    pub seat: Vec<String>,
    /// Ids of the controllers it binds; all of them when empty.
    pub controllers: Vec<String>,
    /// The calendar it is counted in; each controller's own when missing.
    pub calendar: Option<String>,
    /// The zone it is counted in: the one written, or that of `calendar`; each controller's own when
    /// missing.
    pub zone: Option<Tz>,
    /// Whether one act meets it for all controllers.
    pub owed: Owed,
    /// When it is law.
    pub effective: Effective,
    /// Whether it is law at all.
    pub status: Status,
    /// Whether it is switched on for this operator. A disabled rule can be computed but starts
    /// nothing.
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

impl RegimeSpec {
    /// The period for people, or the words that stand in its place.
    #[must_use]
    pub fn how_long(&self) -> String {
        match (&self.period, &self.qualifier) {
            (Some(period), _) => period.to_string(),
            (None, Some(words)) => words.clone(),
            (None, None) => "no period".to_owned(),
        }
    }

    /// Whether an in-site notice for everybody affected meets it.
    #[must_use]
    pub fn met_by_notice(&self) -> bool {
        self.channel.as_deref() == Some("in_site")
    }
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

    /// What the rule says, the value that [`Self::hash`] is about.
    #[must_use]
    pub fn spec(&self) -> &RegimeSpec {
        &self.spec
    }

    /// SHA-256 (hex) over the canonical JSON of the rule, kept with every result.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The local day of `at` by which law is looked up: in the rule's zone, or where it has none, in
    /// the offset with which the instant was given.
    #[must_use]
    pub fn day_of(&self, at: DateTime<FixedOffset>) -> NaiveDate {
        match self.zone {
            Some(zone) => at.with_timezone(&zone).date_naive(),
            None => at.date_naive(),
        }
    }

    /// Whether it is switched on and was law on `day`.
    #[must_use]
    pub fn in_force_on(&self, day: NaiveDate) -> bool {
        self.enabled && self.is_law_on(day)
    }

    /// Whether it was law on `day`, for whomever.
    #[must_use]
    pub fn is_law_on(&self, day: NaiveDate) -> bool {
        self.status == Status::InForce && self.effective.covers(day)
    }
}

impl Deref for Regime {
    type Target = RegimeSpec;

    fn deref(&self) -> &RegimeSpec {
        &self.spec
    }
}
