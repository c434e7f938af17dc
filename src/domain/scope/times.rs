//! Times in sources: what exports write, read as seconds since 1970-01-01 UTC.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone as _};
use chrono_tz::Tz;

use super::normal::excerpt;

/// Reads RFC 3339, `2026-10-01`, `2026-10-01 12:30[:00[.5]]`, `01.10.2026[ 12:30[:00]]`, and seconds
/// or milliseconds since 1970. What has no offset is local time of `zone`; a date is its midnight.
///
/// A local time that comes twice (the clocks are set back) is the first of the two; one that never
/// comes (they are set forward) is read as if they had not been.
///
/// # Errors
/// A sentence. `10/01/2026` is refused: nobody can tell whether that is October or January.
pub fn read(text: &str, zone: Tz) -> Result<i64, String> {
    let text = text.trim();
    if let Some(number) = number(text) {
        return Ok(number);
    }
    if let Some(local) = local(text) {
        return Ok(local_seconds(local, zone));
    }
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Ok(instant.timestamp());
    }
    // PostgreSQL writes `+02` and log tools write ` UTC`.
    let spelled = text
        .strip_suffix(" UTC")
        .map(|rest| format!("{rest}+00:00"))
        .unwrap_or_else(|| text.to_owned());
    for form in ["%Y-%m-%d %H:%M:%S%.f%#z", "%Y-%m-%dT%H:%M:%S%.f%#z"] {
        if let Ok(instant) = DateTime::parse_from_str(&spelled, form) {
            return Ok(instant.timestamp());
        }
    }
    Err(format!(
        "\"{}\" is not a time. Write 2026-10-01, 2026-10-01 12:30:00, or 2026-10-01T12:30:00+02:00.",
        excerpt(text)
    ))
}

/// Seconds (9 or 10 digits) or milliseconds (12 or 13).
fn number(text: &str) -> Option<i64> {
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    match text.len() {
        9 | 10 => text.parse().ok(),
        12 | 13 => text.parse::<i64>().ok().map(|ms| ms / 1000),
        _ => None,
    }
}

fn local(text: &str) -> Option<NaiveDateTime> {
    let (date, time) = match text.split_once(['T', ' ']) {
        None => (text, None),
        Some((date, time)) => (date, Some(time)),
    };
    let date = if date.as_bytes().get(4) == Some(&b'-') {
        NaiveDate::parse_from_str(date, "%Y-%m-%d").ok()?
    } else if date.contains('.') {
        NaiveDate::parse_from_str(date, "%d.%m.%Y").ok()?
    } else {
        return None;
    };
    let Some(time) = time else {
        return Some(date.and_time(NaiveTime::MIN));
    };
    let time = ["%H:%M:%S%.f", "%H:%M"]
        .iter()
        .find_map(|form| NaiveTime::parse_from_str(time, form).ok())?;
    Some(date.and_time(time))
}

/// The instant of a local time.
fn local_seconds(local: NaiveDateTime, zone: Tz) -> i64 {
    match zone.from_local_datetime(&local).earliest() {
        Some(instant) => instant.timestamp(),
        None => {
            let before = local - TimeDelta::hours(3);
            zone.from_local_datetime(&before)
                .earliest()
                .map_or_else(|| local.and_utc().timestamp(), |t| t.timestamp() + 3 * 3600)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_exports_write_is_read() {
        let vienna = Tz::Europe__Vienna;
        // 2026-10-01T00:00+02:00 is 1790805600: `date -d '2026-10-01 00:00 +0200' +%s`.
        for text in [
            "2026-10-01",
            "01.10.2026",
            "2026-10-01 00:00",
            "2026-10-01T00:00:00.0",
            "2026-10-01T00:00:00+02:00",
            "2026-09-30 22:00:00+00",
            "2026-09-30 22:00:00 UTC",
            "2026-09-30T22:00:00Z",
            "1790805600",
            "1790805600123",
        ] {
            assert_eq!(read(text, vienna), Ok(1_790_805_600), "{text}");
        }
        // 02:30 on 29 March 2026 never came in Vienna; 02:30 on 25 October came twice.
        assert_eq!(
            read("2026-03-29 02:30", vienna),
            read("2026-03-29T03:30:00+02:00", vienna)
        );
        assert_eq!(
            read("2026-10-25 02:30", vienna),
            read("2026-10-25T02:30:00+02:00", vienna)
        );
    }

    #[test]
    fn what_could_be_two_days_is_refused() {
        for text in [
            "10/01/2026",
            "yesterday",
            "2026-13-01",
            "2026-02-30",
            "12",
            "2026-10-01 25:00",
        ] {
            assert!(
                read(text, Tz::UTC).unwrap_err().contains("is not a time"),
                "{text}"
            );
        }
    }
}
