//! Reading a moment that a person or a program gives: never guessed, never without a zone.
//!
//! A program gives RFC 3339 with an offset. A form gives a local date and time and an IANA zone; a
//! local time that the change to or from summer time makes impossible or double is refused.

use chrono::{
    DateTime, FixedOffset, MappedLocalTime, NaiveDateTime, Offset as _, SubsecRound as _,
    TimeZone as _, Utc,
};
use chrono_tz::Tz;

/// A moment with the zone in which it was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The instant, with the offset in which it was given.
    pub at: DateTime<FixedOffset>,
    /// The IANA zone.
    pub zone: Tz,
}

impl Moment {
    /// The instant, UTC.
    pub fn utc(&self) -> DateTime<Utc> {
        self.at.to_utc()
    }

    /// The offset from UTC in seconds with which it was given.
    pub fn offset_s(&self) -> i64 {
        i64::from(self.at.offset().local_minus_utc())
    }
}

/// The IANA zone with this name.
///
/// # Errors
/// A sentence that says what to write instead.
pub fn zone(name: &str) -> Result<Tz, String> {
    name.trim().parse().map_err(|_| {
        format!(
            "There is no time zone \"{}\". Write one such as Europe/Vienna.",
            name.trim()
        )
    })
}

/// Reads an RFC 3339 instant with an offset; `zone` is where it was said.
///
/// # Errors
/// A sentence; see [`InstantError`](super::instant::InstantError).
pub fn rfc3339(text: &str, zone: Tz) -> Result<Moment, String> {
    let at = super::instant::parse(text).map_err(|e| e.to_string())?;
    Ok(Moment {
        at: at.trunc_subsecs(3),
        zone,
    })
}

/// Reads a local date and time, as a form's date and time field gives it, in `zone`.
///
/// # Errors
/// A sentence: unreadable, or a local time that does not exist or exists twice in that zone.
pub fn local_in(text: &str, zone: Tz) -> Result<Moment, String> {
    let text = text.trim();
    let local = local(text).ok_or_else(|| {
        format!("\"{text}\" is not a date and time. Write it as 2026-11-23T10:00.")
    })?;
    match zone.from_local_datetime(&local) {
        MappedLocalTime::Single(at) => Ok(Moment {
            at: at.with_timezone(&at.offset().fix()),
            zone,
        }),
        MappedLocalTime::None => Err(format!(
            "{} did not exist in {zone}: the clocks were put forward then. Give the time before \
             or after the change.",
            local.format("%Y-%m-%d %H:%M")
        )),
        MappedLocalTime::Ambiguous(a, b) => Err(format!(
            "{} happened twice in {zone}: the clocks were put back then. Choose UTC as the time \
             zone and write {} or {}.",
            local.format("%Y-%m-%d %H:%M"),
            a.to_utc().format("%Y-%m-%dT%H:%M"),
            b.to_utc().format("%Y-%m-%dT%H:%M"),
        )),
    }
}

fn local(text: &str) -> Option<NaiveDateTime> {
    [
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%d %H:%M",
    ]
    .iter()
    .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_time_in_a_gap_or_an_overlap_is_refused() {
        let gap = local_in("2026-03-29T02:30", Tz::Europe__Vienna).unwrap_err();
        assert!(gap.contains("did not exist"), "{gap}");
        let twice = local_in("2026-10-25T02:30", Tz::Europe__Vienna).unwrap_err();
        assert!(
            twice.contains("2026-10-25T00:30") && twice.contains("2026-10-25T01:30"),
            "{twice}"
        );
    }

    #[test]
    fn a_local_time_keeps_its_offset() {
        let moment = local_in("2026-11-23T10:00", Tz::America__Denver).unwrap();
        assert_eq!(moment.at.to_rfc3339(), "2026-11-23T10:00:00-07:00");
        assert_eq!(moment.offset_s(), -7 * 3600);
    }
}
