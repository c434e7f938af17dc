//! Facts, flags and recipients in words for people.

use crate::domain::deadline::Flag;
use crate::domain::fact::FactKind;
use crate::domain::regime::Recipient;

/// A kind of fact, as one says it.
pub(crate) fn fact(kind: FactKind) -> &'static str {
    match kind {
        FactKind::Occurred => "Breach occurred",
        FactKind::Detected => "Detected",
        FactKind::Aware => "Became aware",
        FactKind::Determined => "Breach determined",
        other => other.as_str(),
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
        _ => "",
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
    }
}

/// Who has to be told.
pub(crate) fn recipient(recipient: Recipient) -> &'static str {
    match recipient {
        Recipient::DataSubject => "to the affected people",
        Recipient::SupervisoryAuthority => "to the supervisory authority",
    }
}
