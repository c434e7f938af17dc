//! Dated facts about an incident, and the one a deadline starts from.
//!
//! Always holds: kinds are different events and never stand in for each other silently. When the
//! anchor that a rule asks for is not recorded, the earliest recorded one is used and said so.
//! It does not store anything and does not decide whether a fact is true.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! fact_kinds {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal $(| $alias:literal)*;)+) => {
        /// What kind of event a fact records. The stored word is [`FactKind::as_str`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FactKind {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl FactKind {
            /// Every kind, in the order in which they usually happen.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word for it in storage, in the API and on the command line.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            fn find(word: &str) -> Option<Self> {
                match word {
                    $($name $(| $alias)* => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}

fact_kinds! {
    /// The breach happened; for a range, its start.
    Occurred = "occurred" | "occurrence" | "occurrence_or_possible" | "failure_of_protection";
    /// Somebody or something noticed signs of it. Not yet awareness.
    Detected = "detected" | "detection" | "noticing";
    /// There are grounds to suspect a breach (Australia; card brands).
    Suspected = "suspected" | "suspicion" | "grounds_to_suspect" | "credible_grounds";
    /// A processor became aware of it.
    ProcessorAware = "processor_aware" | "processor_awareness";
    /// The processor told us.
    ProcessorInformedUs = "processor_informed_us" | "processor_information";
    /// First day on which it was known, or would have been with reasonable diligence (United
    /// States: discovery).
    Discovered = "discovered" | "discovery" | "discovery_or_notification"
        | "end_of_calendar_year" | "end_of_calendar_year_of_discovery";
    /// The controller has a reasonable degree of certainty (GDPR Art 33(1), EDPB 9/2022).
    Aware = "aware" | "awareness" | "knowledge_personal_data_affected" | "occurrence_awareness";
    /// Aware that the incident is significant (NIS2 Art 23).
    AwareSignificant = "aware_significant" | "awareness_significant_incident";
    /// Aware of an actively exploited vulnerability (CRA Art 14(1)).
    AwareExploited = "aware_exploited" | "awareness_exploited_vulnerability";
    /// Aware of a severe incident (CRA Art 14(3)).
    AwareSevere = "aware_severe" | "awareness_severe_incident";
    /// There is reason to believe that a breach happened.
    ReasonableBelief = "reasonable_belief" | "reasonable_grounds_to_believe"
        | "knows_or_has_reason_to_know" | "knowledge_or_reasonable_belief";
    /// A determination that a security breach occurred (United States).
    Determined = "determined" | "determination" | "determination_or_reason_to_believe"
        | "reasonable_determination" | "determination_notification_incident"
        | "resident_notice_required";
    /// Classified as a major incident (DORA).
    ClassifiedMajor = "classified_major" | "classification" | "classification_major";
    /// Found to be material (SEC Form 8-K).
    MaterialityDetermined = "materiality_determined" | "materiality_determination";
    /// A high risk for the persons was found (GDPR Art 34).
    HighRiskDetermined = "high_risk_determined" | "high_risk_determination";
    /// Assessed as notifiable (Singapore).
    AssessedNotifiable = "assessed_notifiable" | "assessment_notifiable";
    /// We submitted the initial notification.
    InitialSubmitted = "initial_submitted" | "initial_notification_submitted";
    /// We submitted the incident notification (NIS2).
    IncidentNotificationSubmitted = "incident_notification_submitted";
    /// We submitted the intermediate report, or the latest of several (DORA).
    IntermediateSubmitted = "intermediate_submitted" | "intermediate_submitted_latest";
    /// We sent the notice to residents.
    ResidentNoticeSent = "resident_notice_sent";
    /// A corrective measure became available (CRA).
    CorrectiveMeasureAvailable = "corrective_measure_available";
    /// The handling of the incident ended (NIS2).
    IncidentHandled = "incident_handled";
    /// A ransom was paid.
    RansomPaid = "ransom_paid" | "ransom_payment_made";
    /// A person's complaint arrived.
    ComplaintReceived = "complaint_received";
    /// A complaint reached the panel of data protection authorities (DPF).
    ComplaintAtPanel = "complaint_at_panel";
    /// The panel's advice was delivered (DPF).
    DpaAdviceDelivered = "dpa_advice_delivered";
    /// An authority asked.
    AuthorityRequest = "authority_request";
}

/// A word that names no kind of fact.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a kind of fact; use one of {known}", known = known())]
pub struct UnknownFactKind(pub String);

fn known() -> String {
    FactKind::ALL
        .iter()
        .map(|kind| kind.as_str())
        .collect::<Vec<_>>()
        .join(", ")
}

impl FactKind {
    /// Whether it is an act of ours or an event that need not come at all.
    ///
    /// A period that starts with such a fact has not begun while the fact is not recorded; for the
    /// others, a missing record does not mean that the period has not begun.
    #[must_use]
    pub const fn may_never_come(self) -> bool {
        matches!(
            self,
            Self::InitialSubmitted
                | Self::IncidentNotificationSubmitted
                | Self::IntermediateSubmitted
                | Self::ResidentNoticeSent
                | Self::CorrectiveMeasureAvailable
                | Self::IncidentHandled
                | Self::RansomPaid
                | Self::ComplaintReceived
                | Self::ComplaintAtPanel
                | Self::DpaAdviceDelivered
                | Self::AuthorityRequest
        )
    }

    /// Reads the stored word or the noun form that texts of law use (`awareness` for `aware`).
    ///
    /// # Errors
    /// [`UnknownFactKind`], which lists the known words.
    pub fn parse(word: &str) -> Result<Self, UnknownFactKind> {
        Self::find(word).ok_or_else(|| UnknownFactKind(word.to_owned()))
    }
}

impl FromStr for FactKind {
    type Err = UnknownFactKind;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::parse(word)
    }
}

impl TryFrom<String> for FactKind {
    type Error = UnknownFactKind;

    fn try_from(word: String) -> Result<Self, Self::Error> {
        Self::parse(&word)
    }
}

impl fmt::Display for FactKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for FactKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for FactKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        Self::parse(&word).map_err(serde::de::Error::custom)
    }
}

/// The recorded instants that deadlines can start from, one per kind.
///
/// An instant keeps the offset it was given with: where two controllers are bound by the same
/// instant, the one whose local time it was given in governs. For a range, record its start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Anchors(BTreeMap<FactKind, DateTime<FixedOffset>>);

impl Anchors {
    /// No anchor at all.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Records `at` for `kind` and gives back what stood there before.
    pub fn insert(
        &mut self,
        kind: FactKind,
        at: DateTime<FixedOffset>,
    ) -> Option<DateTime<FixedOffset>> {
        self.0.insert(kind, at)
    }

    /// The instant recorded for `kind`.
    #[must_use]
    pub fn get(&self, kind: FactKind) -> Option<DateTime<FixedOffset>> {
        self.0.get(&kind).copied()
    }

    /// The earliest recorded instant; of several at once, the kind that usually happens first.
    #[must_use]
    pub fn earliest(&self) -> Option<(FactKind, DateTime<FixedOffset>)> {
        self.0
            .iter()
            .min_by_key(|(_, at)| **at)
            .map(|(kind, at)| (*kind, *at))
    }

    /// Whether nothing is recorded.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All recorded instants, in the usual order of kinds.
    pub fn iter(&self) -> impl Iterator<Item = (FactKind, DateTime<FixedOffset>)> {
        self.0.iter().map(|(kind, at)| (*kind, *at))
    }
}

impl FromIterator<(FactKind, DateTime<FixedOffset>)> for Anchors {
    fn from_iter<T: IntoIterator<Item = (FactKind, DateTime<FixedOffset>)>>(iter: T) -> Self {
        Self(iter.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_go_in_and_out() {
        for kind in FactKind::ALL {
            assert_eq!(FactKind::parse(kind.as_str()), Ok(*kind));
        }
        assert_eq!("awareness".parse(), Ok(FactKind::Aware));
        assert_eq!("occurrence".parse(), Ok(FactKind::Occurred));
        assert_eq!("detection".parse(), Ok(FactKind::Detected));
        assert_eq!("determination".parse(), Ok(FactKind::Determined));
        let sentence = FactKind::parse("Aware").unwrap_err().to_string();
        assert!(sentence.starts_with("\"Aware\" is not a kind of fact; use one of occurred,"));
        assert_eq!(
            serde_json::to_string(&FactKind::Aware).unwrap(),
            "\"aware\""
        );
    }

    #[test]
    fn of_two_at_once_the_first_in_order_is_the_earliest() {
        let at = DateTime::parse_from_rfc3339("2026-01-01T10:00:00Z").unwrap();
        let anchors = Anchors::from_iter([(FactKind::Aware, at), (FactKind::Detected, at)]);
        assert_eq!(anchors.earliest(), Some((FactKind::Detected, at)));
    }
}
