//! What the pages about sources have in common: addresses, how far one is, and what systems are.

use maud::{Markup, html};

use super::layout::trail_of;
use super::part;
use crate::domain::operator::Operator;
use crate::ids::IncidentId;
use crate::service::source::{Progress, Query};
use crate::store::incident::Incident;
use crate::store::source::{Source, Status};

/// The heading of the page about an incident's people.
pub(crate) const PEOPLE: &str = "Who is affected";

/// The address of the page about an incident's people.
pub(crate) fn people(id: IncidentId) -> String {
    format!("/incidents/{id}/people")
}

/// Where a source comes from: the file's name, or which database was asked.
pub(crate) fn origin(s: &Source) -> Markup {
    html! {
        @if s.origin == "query" { "Query of the database " } (s.origin_name)
    }
}

/// A query with its values.
pub(crate) fn question(asked: &Query) -> Markup {
    html! {
        pre tabindex="0" role="region" aria-label="The query" { (asked.sql) }
        @if !asked.params.is_empty() {
            dl.facts { @for (name, value) in &asked.params { dt { code { ":" (name) } } dd { (value) } } }
        }
    }
}

/// The address of a source.
pub(crate) fn address(s: &Source) -> String {
    format!("/incidents/{}/sources/{}", s.incident_id, s.id)
}

/// The way to a page below the one about an incident's people.
pub(crate) fn trail(incident: &Incident) -> Vec<(String, String)> {
    let mut trail = trail_of(incident);
    trail.push((people(incident.id), PEOPLE.to_owned()));
    trail
}

/// How far a source is, in a word.
pub(crate) fn badge(status: Status) -> Markup {
    match status {
        Status::Waiting => part::badge("soon", "Waiting for you"),
        Status::Reading => part::badge("open", "Being read"),
        Status::Loading => part::badge("open", "Being stored"),
        Status::Stopped => part::badge("none", "Stopped"),
        Status::Failed => part::badge("late", "Failed"),
        Status::Done => part::badge("ok", "Read"),
        Status::Discarded => part::badge("none", "Put aside"),
    }
}

/// A number of rows for [`part::number`].
pub(crate) fn int(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// How far a source that is under way is, in words.
pub(crate) fn so_far(p: &Progress) -> String {
    let done = match p.status {
        Status::Loading => format!(
            "{} of {} records stored",
            part::number(int(p.done)),
            part::number(int(p.total.unwrap_or(p.done)))
        ),
        _ => {
            let rows = part::count(int(p.rows), "row", "rows");
            match p.percent() {
                Some(percent) => format!("{rows} read, {percent} % of the file"),
                None => format!("{rows} read"),
            }
        }
    };
    let rate = p.per_second.map_or(String::new(), |n| {
        format!(", {} a second", part::number(int(n)))
    });
    let left = p
        .seconds_left
        .map_or(String::new(), |s| format!(", {} left", about(s)));
    format!("{done}{rate}{left}")
}

/// A time that is left, as people say it.
fn about(seconds: u64) -> String {
    match seconds {
        0..=9 => "a few seconds".to_owned(),
        10..=89 => format!("about {} seconds", seconds.next_multiple_of(10)),
        90..=5_399 => format!("about {} minutes", (seconds + 30) / 60),
        _ => format!("about {} hours", (seconds + 1_800) / 3_600),
    }
}

/// The bar of a source that is under way.
pub(crate) fn bar(p: &Progress) -> Markup {
    html! {
        @match p.percent() {
            Some(percent) => progress max="100" value=(percent) aria-label="Progress" { (percent) " %" },
            None => progress aria-label="Progress" {},
        }
    }
}

/// A system of the operator profile, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct System {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What the profile says of it: what, and the words.
    pub said: Vec<(&'static str, String)>,
}

/// The systems of the operator profile.
pub(crate) fn systems(operator: &Operator) -> Vec<System> {
    let kind = |id: &String| {
        let known = operator.data_kind(id);
        known.map_or_else(|| id.clone(), |k| k.label.get("en").to_owned())
    };
    let subject = |id: &String| {
        let known = operator.subject_kind(id);
        known.map_or_else(|| id.clone(), |k| k.label.get("en").to_owned())
    };
    let list = |all: Vec<String>| all.join(", ");
    operator
        .systems
        .iter()
        .map(|s| System {
            id: s.id.clone(),
            name: s.name.get("en").to_owned(),
            said: [
                ("Whose data", list(s.subjects.iter().map(subject).collect())),
                ("Kinds of data", list(s.data.iter().map(kind).collect())),
                (
                    "Known by",
                    list(s.identifiers.iter().map(|k| k.words().to_owned()).collect()),
                ),
                (
                    "How to list them",
                    s.fetch
                        .as_ref()
                        .map_or_else(String::new, |f| f.how.get("en").to_owned()),
                ),
                ("Kept", s.retention.get("en").to_owned()),
            ]
            .into_iter()
            .filter(|(_, words)| !words.is_empty())
            .collect(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_left_is_said_as_people_say_it() {
        let said = [3, 10, 41, 89, 90, 600, 5_400, 9_000].map(about);
        assert_eq!(
            said,
            [
                "a few seconds",
                "about 10 seconds",
                "about 50 seconds",
                "about 90 seconds",
                "about 2 minutes",
                "about 10 minutes",
                "about 2 hours",
                "about 3 hours"
            ]
        );
    }

    #[test]
    fn how_far_it_is_stands_in_one_sentence() {
        let reading = Progress {
            status: Status::Reading,
            rows: 1_240_000,
            done: 34,
            total: Some(100),
            per_second: Some(210_000),
            seconds_left: Some(130),
        };
        assert_eq!(
            so_far(&reading),
            "1,240,000 rows read, 34 % of the file, 210,000 a second, about 2 minutes left"
        );
        let query = Progress {
            total: None,
            per_second: None,
            seconds_left: None,
            rows: 1,
            ..reading
        };
        assert_eq!(so_far(&query), "1 row read");
        let loading = Progress {
            status: Status::Loading,
            done: 5,
            total: Some(2_000),
            ..query
        };
        assert_eq!(so_far(&loading), "5 of 2,000 records stored");
    }
}
