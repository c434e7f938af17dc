//! Facts, flags and recipients in words for people.

use crate::domain::deadline::Flag;
use crate::domain::fact::FactKind;
use crate::domain::notice::Audience;
use crate::domain::regime::{Confidence, Recipient, RegimeSpec};

/// What a notice to an audience is called.
pub(crate) const fn audience(audience: Audience) -> &'static str {
    match audience {
        Audience::Affected => "Notice",
        Audience::WronglyTold => "Correction",
    }
}

/// A kind of fact, as one says it.
pub(crate) fn fact(kind: FactKind) -> &'static str {
    match kind {
        FactKind::Occurred => "Breach occurred",
        FactKind::Detected => "Detected",
        FactKind::Aware => "Became aware",
        FactKind::Determined => "Breach determined",
        FactKind::Suspected => "Grounds to suspect it",
        FactKind::ProcessorAware => "Processor became aware",
        FactKind::ProcessorInformedUs => "Processor told us",
        FactKind::Discovered => "Discovered (US)",
        FactKind::AwareSignificant => "Known to be significant (NIS2)",
        FactKind::AwareExploited => "Aware of an exploited vulnerability (CRA)",
        FactKind::AwareSevere => "Aware of a severe incident (CRA)",
        FactKind::ReasonableBelief => "Reason to believe in it",
        FactKind::ClassifiedMajor => "Classified as major (DORA)",
        FactKind::MaterialityDetermined => "Found to be material (SEC)",
        FactKind::HighRiskDetermined => "High risk found",
        FactKind::AssessedNotifiable => "Assessed as notifiable (Singapore)",
        FactKind::InitialSubmitted => "Initial notification submitted",
        FactKind::IncidentNotificationSubmitted => "Incident notification submitted",
        FactKind::IntermediateSubmitted => "Intermediate report submitted",
        FactKind::ResidentNoticeSent => "Notice to residents sent",
        FactKind::CorrectiveMeasureAvailable => "Corrective measure available",
        FactKind::IncidentHandled => "Incident handled",
        FactKind::RansomPaid => "Ransom paid",
        FactKind::ComplaintReceived => "Complaint received",
        FactKind::ComplaintAtPanel => "Complaint at the DPA panel",
        FactKind::DpaAdviceDelivered => "DPA advice delivered",
        FactKind::AuthorityRequest => "An authority asked",
    }
}

/// What a kind of fact means.
pub(crate) fn fact_meaning(kind: FactKind) -> &'static str {
    match kind {
        FactKind::Occurred => "When the breach itself happened; a range, or unknown.",
        FactKind::Detected => "When somebody or something first noticed signs of it.",
        FactKind::Aware => {
            "When it was reasonably certain that personal data were breached. Most deadlines start \
             here. A short look into the first signs may lie before it."
        }
        FactKind::Determined => {
            "When an investigation came to the result that a security breach happened (United States)."
        }
        FactKind::Suspected => "When there were first grounds to suspect a breach.",
        FactKind::ProcessorAware => "When a company that processes data for us became aware of it.",
        FactKind::ProcessorInformedUs => "When that company told us.",
        FactKind::Discovered => {
            "The first day on which it was known, or would have been known with reasonable diligence."
        }
        FactKind::AwareSignificant => "When it was known that the incident is a significant one.",
        FactKind::AwareExploited => {
            "When it was known that somebody exploits a vulnerability in a product of ours."
        }
        FactKind::AwareSevere => {
            "When it was known that the incident has a severe impact on a product's security."
        }
        FactKind::ReasonableBelief => "When there was reason to believe that a breach happened.",
        FactKind::ClassifiedMajor => "When the incident was classified as a major one.",
        FactKind::MaterialityDetermined => {
            "When it was found that the incident matters to investors."
        }
        FactKind::HighRiskDetermined => "When a high risk for the affected people was found.",
        FactKind::AssessedNotifiable => "When the assessment found that it has to be notified.",
        FactKind::InitialSubmitted => "When we submitted the initial notification.",
        FactKind::IncidentNotificationSubmitted => "When we submitted the incident notification.",
        FactKind::IntermediateSubmitted => {
            "When we submitted the intermediate report; of several, the latest."
        }
        FactKind::ResidentNoticeSent => "When our notice to the affected residents was sent.",
        FactKind::CorrectiveMeasureAvailable => {
            "When users could first get a corrective or mitigating measure."
        }
        FactKind::IncidentHandled => "When the handling of the incident ended.",
        FactKind::RansomPaid => "When a ransom was paid.",
        FactKind::ComplaintReceived => "When a person's complaint arrived.",
        FactKind::ComplaintAtPanel => {
            "When a complaint reached the panel of data protection authorities."
        }
        FactKind::DpaAdviceDelivered => "When the panel delivered its advice.",
        FactKind::AuthorityRequest => "When an authority asked us.",
    }
}

/// What to know before relying on a deadline.
pub(crate) fn flag(flag: Flag) -> &'static str {
    match flag {
        Flag::AnchorFallback => {
            "The fact that this rule starts from is not recorded, so it is counted from the earliest \
             recorded one. Record the missing fact."
        }
        Flag::LapsedLiteral => {
            "Read literally, from the breach itself, the time had run out before anybody knew. It is \
             counted from awareness; say so openly if asked."
        }
        Flag::LiteralUnknown => {
            "Read literally it starts in years that a calendar does not know, so that reading is not \
             shown."
        }
        Flag::UnverifiedRule => "Nobody has compared this rule with its source yet.",
        Flag::UnverifiedCalendar => "Nobody has compared a calendar used here with the law yet.",
        Flag::DisputedReading => {
            "A reading exists that would allow more, and lawyers disagree about it. It is shown and \
             never relied on."
        }
        Flag::NotInForce => "This rule was not law on the day it is counted from.",
        Flag::Preview => "This is a proposal and not law: a preview that alarms nobody.",
        Flag::Held => "A law-enforcement hold moved the end. Keep its reference at hand.",
        Flag::FromOrder => {
            "The law has no number here. The end follows from another notice, which must not come \
             first."
        }
    }
}

/// Who has to be told, as the end of a sentence.
pub(crate) fn recipient(recipient: Recipient) -> &'static str {
    match recipient {
        Recipient::DataSubject => "to the affected people",
        Recipient::SupervisoryAuthority => "to the supervisory authority",
        Recipient::Regulator => "to an authority",
        Recipient::Csirt => "to the incident response team (CSIRT)",
        Recipient::LawEnforcement => "to the police or another law-enforcement body",
        Recipient::ConsumerReportingAgencies => "to the consumer reporting agencies",
        Recipient::Media => "to the media",
        Recipient::Controller => "to the controller we process for",
        Recipient::ContractParty => "to the other side of a contract",
        Recipient::Market => "to the market",
        Recipient::Internal => "to our own register",
    }
}

/// Every recipient, those of most rules first.
pub(crate) const RECIPIENTS: [Recipient; 11] = [
    Recipient::DataSubject,
    Recipient::SupervisoryAuthority,
    Recipient::Regulator,
    Recipient::Csirt,
    Recipient::ConsumerReportingAgencies,
    Recipient::LawEnforcement,
    Recipient::Media,
    Recipient::Controller,
    Recipient::ContractParty,
    Recipient::Market,
    Recipient::Internal,
];

/// Who has to be told, by itself: exactly who, where the rule says so.
pub(crate) fn told(rule: &RegimeSpec) -> String {
    let general = recipient(rule.recipient);
    let general = general.strip_prefix("to ").unwrap_or(general);
    let general = general.strip_prefix("the ").unwrap_or(general);
    sentence(rule.told.as_deref().unwrap_or(general))
}

/// The text with a capital at its beginning.
pub(crate) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().collect::<String>() + chars.as_str(),
        None => String::new(),
    }
}

/// How well the text of a rule is known.
pub(crate) fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::A => "A: the official text was read",
        Confidence::B => "B: secondary sources were read",
        Confidence::M => "M: from memory; check it against the citation",
    }
}
