//! Which facts can stand beside each other: the order of occurrence, detection and awareness.
//!
//! Awareness is not detection (EDPB 9/2022: a short investigation may lie between them), so a gap
//! between the two wants a reason. Nothing is silently put right.

use chrono::{DateTime, Utc};

use super::fact::FactKind;

/// What is known or claimed about one kind of event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// What it says.
    pub kind: FactKind,
    /// When, UTC; none when unknown.
    pub at: Option<DateTime<Utc>>,
    /// The end of a range, UTC.
    pub until: Option<DateTime<Utc>>,
}

/// The kinds that every incident wants to know; the others are recorded when a rule asks for them.
pub const RECORDED: [FactKind; 4] = [
    FactKind::Occurred,
    FactKind::Detected,
    FactKind::Aware,
    FactKind::Determined,
];

/// What speaks against `claim` beside the facts that stand (`others`, without the one it replaces):
/// pairs of field and sentence.
pub fn objections(
    claim: &Claim,
    others: &[Claim],
    reason: Option<&str>,
    now: DateTime<Utc>,
) -> Vec<(&'static str, String)> {
    let mut out = Vec::new();
    let Some(at) = claim.at else {
        if claim.kind != FactKind::Occurred {
            out.push((
                "at",
                "Only when the breach occurred may be unknown. Give the time.".to_owned(),
            ));
        }
        if claim.until.is_some() {
            out.push((
                "until",
                "Give the start of the range too, or leave both empty.".to_owned(),
            ));
        }
        return out;
    };
    if at > now || claim.until.is_some_and(|until| until > now) {
        let field = if at > now { "at" } else { "until" };
        out.push((
            field,
            "This is in the future. A fact is recorded after it has happened; correct the time."
                .to_owned(),
        ));
    }
    if at.timestamp() < EARLIEST {
        out.push((
            "at",
            "This is before the year 2000. Correct the date.".to_owned(),
        ));
    }
    if let Some(until) = claim.until {
        if claim.kind != FactKind::Occurred {
            out.push((
                "until",
                "Only the occurrence can be a range. Leave the end empty.".to_owned(),
            ));
        } else if until < at {
            out.push((
                "until",
                "The range ends before it starts. Swap or correct the times.".to_owned(),
            ));
        }
    }
    let time_of = |kind| others.iter().find(|c| c.kind == kind).and_then(|c| c.at);
    match claim.kind {
        FactKind::Occurred => {
            for later in [FactKind::Detected, FactKind::Aware, FactKind::Determined] {
                if time_of(later).is_some_and(|t| t < at) {
                    out.push(("at", format!(
                        "This is after \"{later}\". A breach occurs before it is noticed; correct \
                         the one that is wrong."
                    )));
                    break;
                }
            }
        }
        _ => {
            if time_of(FactKind::Occurred).is_some_and(|t| at < t) {
                out.push(("at", before_occurrence(claim.kind)));
            }
        }
    }
    let gap = match claim.kind {
        FactKind::Aware => time_of(FactKind::Detected).is_some_and(|t| t != at),
        FactKind::Detected => time_of(FactKind::Aware).is_some_and(|t| t != at),
        _ => false,
    };
    if gap && reason.is_none() {
        out.push((
            "reason",
            "Awareness and detection are at different times. Say why: what was looked into in \
             between?"
                .to_owned(),
        ));
    }
    out
}

/// What is said of a fact that lies before the occurrence.
pub fn before_occurrence(kind: FactKind) -> String {
    format!(
        "\"{kind}\" cannot come before the breach occurred. Correct this time, or the occurrence \
         first."
    )
}

/// 2000-01-01T00:00:00Z, where our calendars begin.
pub const EARLIEST: i64 = 946_684_800;

#[cfg(test)]
mod tests {
    use super::*;

    fn t(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn claim(kind: FactKind, at: &str) -> Claim {
        Claim {
            kind,
            at: Some(t(at)),
            until: None,
        }
    }

    #[test]
    fn awareness_before_occurrence_is_refused() {
        let occurred = claim(FactKind::Occurred, "2026-11-20T10:00:00Z");
        let aware = claim(FactKind::Aware, "2026-11-19T10:00:00Z");
        let now = t("2026-11-25T00:00:00Z");
        assert_eq!(objections(&aware, &[occurred], Some("r"), now)[0].0, "at");
        assert_eq!(objections(&occurred, &[aware], Some("r"), now)[0].0, "at");
    }

    #[test]
    fn a_gap_between_detection_and_awareness_wants_a_reason() {
        let detected = claim(FactKind::Detected, "2026-11-20T10:00:00Z");
        let aware = claim(FactKind::Aware, "2026-11-21T10:00:00Z");
        let now = t("2026-11-25T00:00:00Z");
        assert_eq!(objections(&aware, &[detected], None, now)[0].0, "reason");
        assert!(objections(&aware, &[detected], Some("log review"), now).is_empty());
        let at_once = claim(FactKind::Aware, "2026-11-20T10:00:00Z");
        assert!(objections(&at_once, &[detected], None, now).is_empty());
    }

    #[test]
    fn the_future_and_a_reversed_range_are_refused() {
        let now = t("2026-11-25T00:00:00Z");
        let future = claim(FactKind::Detected, "2026-11-25T00:00:01Z");
        assert_eq!(objections(&future, &[], None, now)[0].0, "at");
        let mut range = claim(FactKind::Occurred, "2026-11-20T10:00:00Z");
        range.until = Some(t("2026-11-19T10:00:00Z"));
        assert_eq!(objections(&range, &[], None, now)[0].0, "until");
    }
}
