//! Dates and contacts in the words of a notice, in each of its languages.

use chrono::{DateTime, Datelike as _, Utc};
use chrono_tz::Tz;

use super::operator::Operator;

const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const MONTHS_DE: [&str; 12] = [
    "Jänner",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];

/// A day as a text writes it: "3 August 2026", "3. August 2026".
pub fn day(at: DateTime<Utc>, zone: Tz, language: &str) -> String {
    let date = at.with_timezone(&zone).date_naive();
    let month = usize::try_from(date.month0()).unwrap_or(0);
    if language == "de" {
        format!("{}. {} {}", date.day(), MONTHS_DE[month], date.year())
    } else {
        format!("{} {} {}", date.day(), MONTHS_EN[month], date.year())
    }
}

/// When a breach occurred, on days of `zone`.
pub fn occurred(
    from: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
    zone: Tz,
    language: &str,
) -> String {
    let german = language == "de";
    match (from, until) {
        (None, _) if german => "Der Zeitpunkt ist noch nicht bekannt".to_owned(),
        (None, _) => "the time is not known yet".to_owned(),
        (Some(from), until) => {
            let first = day(from, zone, language);
            let last = until
                .map(|t| day(t, zone, language))
                .filter(|last| *last != first);
            match last {
                None => first,
                Some(last) if german => format!("zwischen {first} und {last}"),
                Some(last) => format!("between {first} and {last}"),
            }
        }
    }
}

/// Whom an affected person can ask: every controller with its address.
pub fn contact(operator: &Operator) -> String {
    operator
        .controllers
        .iter()
        .map(|c| {
            format!(
                "- {}, {}, {}, [{}](mailto:{})",
                c.name, c.address, c.phone, c.email, c.email
            )
        })
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_within_one_day_is_that_day() {
        let t = |text: &str| Some(text.parse().unwrap());
        let zone = Tz::Europe__Vienna;
        let (a, b) = (t("2026-08-03T10:00:00Z"), t("2026-08-03T20:00:00Z"));
        assert_eq!(occurred(a, b, zone, "en"), "3 August 2026");
        // 22:30 UTC is the next day in Vienna.
        let late = t("2026-01-03T23:30:00Z");
        assert_eq!(occurred(a.min(late), None, zone, "de"), "4. Jänner 2026");
        assert_eq!(
            occurred(late, a, zone, "en"),
            "between 4 January 2026 and 3 August 2026"
        );
    }
}
