//! Instants as people and programs write them.
//!
//! Always holds: an instant has an offset that was written down, and nothing is guessed. A zone
//! name in brackets (RFC 9557) is checked against the offset, so a wrong pair is found before it
//! becomes a wrong date. It does not read the clock.

use chrono::{
    DateTime, FixedOffset, MappedLocalTime, NaiveDate, NaiveDateTime, Offset, TimeZone, Timelike,
    Utc,
};
use chrono_tz::Tz;

/// Why a text is not an instant; each says what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InstantError {
    /// A local time without an offset.
    #[error(
        "\"{0}\" has no offset from UTC, so it is a different instant in every zone; \
         write it like 2026-11-23T10:00:00+01:00 (in the hour that the clocks repeat in autumn, the \
         offset says which of the two)"
    )]
    NoOffset(String),
    /// A local time without an offset, in a zone where it happened once.
    #[error("\"{text}\" has no offset from UTC; in {zone} write {right}")]
    NoOffsetIn {
        /// What was written.
        text: String,
        /// The zone in brackets.
        zone: Tz,
        /// The instant with the offset of that zone.
        right: String,
    },
    /// A local time that the clocks skipped.
    #[error(
        "\"{text}\" did not exist: the clocks in {zone} were put forward over it; write the time \
         before or after the change, with its offset"
    )]
    Skipped {
        /// What was written.
        text: String,
        /// The zone in brackets.
        zone: Tz,
    },
    /// A local time that the clocks showed twice.
    #[error(
        "\"{text}\" happened twice: the clocks in {zone} were put back; write {first} or {second}"
    )]
    Twice {
        /// What was written.
        text: String,
        /// The zone in brackets.
        zone: Tz,
        /// The first time.
        first: String,
        /// The second time.
        second: String,
    },
    /// A day without a time.
    #[error(
        "\"{0}\" is a day, not an instant; add the time and the offset, like \
         2026-11-23T10:00:00+01:00"
    )]
    DayOnly(String),
    /// The second 60.
    #[error(
        "\"{0}\" is a leap second, which cannot be counted from; write the second before or after it"
    )]
    LeapSecond(String),
    /// Not RFC 3339 at all.
    #[error("\"{0}\" cannot be read as an instant; write it like 2026-11-23T10:00:00+01:00")]
    Unreadable(String),
    /// The name in brackets is no time zone.
    #[error("\"{0}\" is not a time zone; use a name like Europe/Vienna or America/Denver")]
    UnknownZone(String),
    /// The offset is not the one that the zone had then.
    #[error(
        "\"{text}\" gives an offset that {zone} does not have then; there the same instant is {right}"
    )]
    WrongOffset {
        /// What was written.
        text: String,
        /// The zone in brackets.
        zone: Tz,
        /// The instant with the offset of that zone.
        right: String,
    },
}

/// Reads an RFC 3339 instant, optionally followed by its zone in brackets.
///
/// `2026-11-23T10:00:00+01:00` and `2026-11-23T10:00:00+01:00[Europe/Vienna]` are the same.
///
/// # Errors
/// Each way to be wrong has its own sentence; see [`InstantError`].
pub fn parse(text: &str) -> Result<DateTime<FixedOffset>, InstantError> {
    let text = text.trim();
    let (instant, zone) = match text.strip_suffix(']').and_then(|rest| rest.split_once('[')) {
        Some((instant, zone)) => (instant, Some(zone)),
        None => (text, None),
    };
    let zone: Option<Tz> = match zone {
        Some(name) => Some(
            name.parse()
                .map_err(|_| InstantError::UnknownZone(name.to_owned()))?,
        ),
        None => None,
    };
    let at = DateTime::parse_from_rfc3339(instant).map_err(|_| match (zone, local(instant)) {
        (Some(zone), Some(local)) => without_offset(text, local, zone),
        _ => why_not(instant),
    })?;
    // chrono keeps second 60 as the second before with more than a thousand million nanoseconds.
    if at.nanosecond() >= 1_000_000_000 {
        return Err(InstantError::LeapSecond(text.to_owned()));
    }
    if let Some(zone) = zone {
        let local = at.with_timezone(&zone);
        if local.offset().fix() != *at.offset() {
            let right = local.fixed_offset().to_rfc3339();
            return Err(InstantError::WrongOffset {
                text: text.to_owned(),
                zone,
                right,
            });
        }
    }
    Ok(at)
}

fn local(text: &str) -> Option<NaiveDateTime> {
    [
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M",
    ]
    .iter()
    .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
}

/// A zone alone is no offset: what to write instead of `text`.
fn without_offset(text: &str, local: NaiveDateTime, zone: Tz) -> InstantError {
    let written = |at: DateTime<Tz>| at.fixed_offset().to_rfc3339();
    let text = text.to_owned();
    match zone.from_local_datetime(&local) {
        MappedLocalTime::Single(at) => InstantError::NoOffsetIn {
            text,
            zone,
            right: written(at),
        },
        MappedLocalTime::None => InstantError::Skipped { text, zone },
        MappedLocalTime::Ambiguous(first, second) => InstantError::Twice {
            text,
            zone,
            first: written(first),
            second: written(second),
        },
    }
}

fn why_not(text: &str) -> InstantError {
    let owned = text.to_owned();
    if local(text).is_some() {
        InstantError::NoOffset(owned)
    } else if NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok() {
        InstantError::DayOnly(owned)
    } else {
        InstantError::Unreadable(owned)
    }
}

/// An instant for people, to the second or finer, with its offset: `Mon 23 Nov 2026 10:00:00 +01:00`.
#[must_use]
pub fn long(at: DateTime<FixedOffset>) -> String {
    at.format("%a %-d %b %Y %H:%M:%S%.f %:z").to_string()
}

/// The first instant of the local day `date` in `zone`.
///
/// That is midnight where midnight exists; the first instant after a change of the clocks that
/// skips midnight (or the whole day); and the earlier of the two where midnight happens twice.
/// Nothing when the day cannot be represented.
#[must_use]
pub fn start_of_day(date: NaiveDate, zone: Tz) -> Option<DateTime<Tz>> {
    let midnight = date.and_hms_opt(0, 0, 0)?;
    if let Some(first) = zone.from_local_datetime(&midnight).earliest() {
        return Some(first);
    }
    // Midnight is in a gap. Local time never reaches it before the change and is past it after
    // the change, so the change itself is found by halving. No zone is 26 hours from UTC.
    let mut before = midnight.and_utc().timestamp() - 26 * 3600;
    let mut after = before + 52 * 3600;
    let local = |second: i64| -> Option<DateTime<Tz>> {
        Some(DateTime::<Utc>::from_timestamp(second, 0)?.with_timezone(&zone))
    };
    while after - before > 1 {
        let middle = before + (after - before) / 2;
        if local(middle)?.naive_local() >= midnight {
            after = middle;
        } else {
            before = middle;
        }
    }
    local(after)
}

/// The next full hour of the local clock strictly after the start of the hour that `at` falls in.
///
/// This is where an hour period begins when the hour of the event is not counted (Regulation
/// 1182/71 Art 3(1)): 10:00:00 gives 11:00, 12:17 gives 13:00. Nothing past the last known instant.
#[must_use]
pub fn next_full_hour(at: DateTime<FixedOffset>, zone: Tz) -> Option<DateTime<Tz>> {
    let into_hour = |local: &DateTime<Tz>| {
        chrono::TimeDelta::new(
            i64::from(local.minute()) * 60 + i64::from(local.second()),
            local.nanosecond(),
        )
    };
    let hour = chrono::TimeDelta::hours(1);
    let local = at.with_timezone(&zone);
    let next = local
        .checked_sub_signed(into_hour(&local)?)?
        .checked_add_signed(hour)?;
    // A change of the clocks by half an hour (Lord Howe Island) can put this beside a full hour.
    let beside = into_hour(&next)?;
    if beside.is_zero() {
        Some(next)
    } else {
        next.checked_sub_signed(beside)?.checked_add_signed(hour)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn instants_are_read_with_their_offset() {
        let at = parse("2026-11-23T10:00:00+01:00").unwrap();
        assert_eq!(at.to_rfc3339(), "2026-11-23T10:00:00+01:00");
        assert_eq!(
            parse(" 2026-11-23T10:00:00+01:00[Europe/Vienna] ").unwrap(),
            at
        );
        assert_eq!(parse("2026-11-23T09:00:00Z").unwrap(), at);
        assert!(parse("2026-11-23T09:00:00.123456789Z").is_ok());
    }

    #[test]
    fn each_mistake_has_its_own_sentence() {
        use InstantError as E;
        let kind = |text: &str| parse(text).unwrap_err();
        assert!(matches!(kind("2026-11-23T10:00:00"), E::NoOffset(_)));
        assert!(matches!(kind("2026-11-23 10:00"), E::NoOffset(_)));
        assert!(matches!(kind("2026-11-23"), E::DayOnly(_)));
        assert!(matches!(kind("2016-12-31T23:59:60Z"), E::LeapSecond(_)));
        assert!(matches!(kind("2026-11-23T24:00:00Z"), E::Unreadable(_)));
        assert!(matches!(kind("2026-02-29T10:00:00Z"), E::Unreadable(_)));
        assert!(matches!(
            kind("2026-11-23T10:00:00+24:00"),
            E::Unreadable(_)
        ));
        assert!(matches!(kind(""), E::Unreadable(_)));
        assert!(matches!(
            kind("2026-11-23T10:00:00+01:00[Europe/Wien]"),
            E::UnknownZone(_)
        ));
        for (text, words) in [
            (
                "2026-11-23T10:00:00[Europe/Vienna]",
                "in Europe/Vienna write 2026-11-23T10:00:00+01:00",
            ),
            (
                "2026-03-29T02:30[Europe/Vienna]",
                "did not exist: the clocks in Europe/Vienna were put forward",
            ),
            (
                "2026-10-25 02:30[Europe/Vienna]",
                "happened twice: the clocks in Europe/Vienna were put back; write \
                 2026-10-25T02:30:00+02:00 or 2026-10-25T02:30:00+01:00",
            ),
        ] {
            let sentence = kind(text).to_string();
            assert!(sentence.contains(words), "{sentence}");
        }
        let wrong = kind("2026-11-23T10:00:00+01:00[America/Denver]").to_string();
        assert!(
            wrong.contains("there the same instant is 2026-11-23T02:00:00-07:00"),
            "{wrong}"
        );
    }

    #[test]
    fn the_day_begins_at_its_first_instant() {
        for (date, zone, first) in [
            (
                "2026-12-03",
                Tz::Europe__Vienna,
                "2026-12-03T00:00:00+01:00",
            ),
            // No midnight: the clocks go from 00:00 to 01:00.
            (
                "2018-11-04",
                Tz::America__Sao_Paulo,
                "2018-11-04T01:00:00-02:00",
            ),
            ("2026-04-24", Tz::Africa__Cairo, "2026-04-24T01:00:00+03:00"),
            // The clocks go back from midnight to 23:00: only the later one is in the new day.
            (
                "2018-02-18",
                Tz::America__Sao_Paulo,
                "2018-02-18T00:00:00-03:00",
            ),
            // Two midnights: the clocks go back from 00:01 to 23:01.
            (
                "2010-11-07",
                Tz::America__St_Johns,
                "2010-11-07T00:00:00-02:30",
            ),
            (
                "2026-10-25",
                Tz::Atlantic__Azores,
                "2026-10-25T00:00:00+00:00",
            ),
            // The whole day was left out; the first instant after it is the next day.
            ("2011-12-30", Tz::Pacific__Apia, "2011-12-31T00:00:00+14:00"),
        ] {
            let start = start_of_day(day(date), zone).unwrap();
            assert_eq!(start.fixed_offset().to_rfc3339(), first, "{date} in {zone}");
        }
    }

    #[test]
    fn the_hour_of_the_event_is_left_out() {
        for (at, zone, next) in [
            (
                "2026-11-23T10:00:00+01:00",
                Tz::Europe__Vienna,
                "2026-11-23T11:00:00+01:00",
            ),
            (
                "2020-12-22T12:17:00+01:00",
                Tz::Europe__Vienna,
                "2020-12-22T13:00:00+01:00",
            ),
            (
                "2026-11-23T10:59:59.999Z",
                Tz::Europe__Vienna,
                "2026-11-23T12:00:00+01:00",
            ),
            (
                "2026-11-23T10:10:00+05:30",
                Tz::Asia__Kolkata,
                "2026-11-23T11:00:00+05:30",
            ),
            // 10:00 in Vienna is half past in Kolkata: the hour is the controller's.
            (
                "2026-11-23T10:00:00+01:00",
                Tz::Asia__Kolkata,
                "2026-11-23T15:00:00+05:30",
            ),
            (
                "2026-03-29T01:30:00+01:00",
                Tz::Europe__Vienna,
                "2026-03-29T03:00:00+02:00",
            ),
            (
                "2026-10-25T02:30:00+02:00",
                Tz::Europe__Vienna,
                "2026-10-25T02:00:00+01:00",
            ),
            // 2:00 goes back to 1:30 on Lord Howe Island; the next full hour is the second 2:00.
            (
                "2026-04-05T01:45:00+11:00",
                Tz::Australia__Lord_Howe,
                "2026-04-05T02:00:00+10:30",
            ),
        ] {
            let found = next_full_hour(parse(at).unwrap(), zone).unwrap();
            assert_eq!(found.fixed_offset().to_rfc3339(), next, "{at} in {zone}");
        }
    }
}
