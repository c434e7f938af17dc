//! The few mails to staff, as text: what happened, until when, what to do, where.
//!
//! Calm and short. No name, address or detail of an affected person, and not the incident's title or
//! description either: a mail travels further than the page it leads to.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

/// What a mail says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// One line.
    pub subject: String,
    /// Plain text.
    pub body: String,
}

/// The incident a mail is about.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// What a person says on the phone, such as `2026-014`.
    pub reference: &'a str,
    /// The incident's page.
    pub link: &'a str,
    /// A drill says so in the subject.
    pub drill: bool,
}

/// What is owed and until when.
#[derive(Clone, Copy, Debug)]
pub struct Owed<'a> {
    /// The rule's name, as on the page.
    pub duty: &'a str,
    /// The first instant that is too late, or the last one that is not, as `bound_included` says.
    pub due: DateTime<Utc>,
    /// The zone of the controller that owes.
    pub zone: Tz,
    /// On time also at that instant itself.
    pub bound_included: bool,
}

/// An incident was reported.
pub fn opened(about: About<'_>) -> Text {
    Text {
        subject: subject(about, "reported"),
        body: format!(
            "A personal data incident was reported: {}.\n\
             \n\
             Please look at it now, and record when you became aware of the breach:\n\
             the deadlines count from there.\n\
             \n\
             {}\n",
            about.reference, about.link
        ),
    }
}

/// A deadline is near.
pub fn near(about: About<'_>, owed: Owed<'_>) -> Text {
    Text {
        subject: subject(about, "a deadline is one business day away"),
        body: format!(
            "Due soon and still open: {}.\n\
             \n\
             {}\
             \n\
             If it is done, record when. If it is not needed, record why.\n\
             \n\
             {}\n",
            owed.duty,
            instants(owed),
            about.link
        ),
    }
}

/// A deadline has passed and what it is for is open.
pub fn passed(about: About<'_>, owed: Owed<'_>) -> Text {
    Text {
        subject: subject(about, "a deadline has passed"),
        body: format!(
            "Past due and still open: {}.\n\
             \n\
             {}\
             \n\
             It is still owed. Please do it without further delay, and note the reason for\n\
             the delay with it. If it was done in time, record when.\n\
             \n\
             {}\n",
            owed.duty,
            instants(owed),
            about.link
        ),
    }
}

/// Rules may apply of which nobody knows yet, and the earliest end is near or past.
pub fn unclear(about: About<'_>, rules: i64, due: DateTime<Utc>, zone: Tz) -> Text {
    Text {
        subject: subject(about, "it is not clear which rules apply"),
        body: format!(
            "{} may apply to this incident, and nobody knows yet.\n\
             The earliest end would be:\n\
             \n\
             {} ({}).\n\
             \n\
             What may apply counts as open until somebody answers the open questions:\n\
             \n\
             {}/questions\n",
            if rules == 1 {
                "1 rule".to_owned()
            } else {
                format!("{rules} rules")
            },
            due.with_timezone(&zone).format("%A %-d %B %Y, %H:%M"),
            zone.name(),
            about.link
        ),
    }
}

fn subject(about: About<'_>, what: &str) -> String {
    let drill = if about.drill { "[drill] " } else { "" };
    format!("{drill}{}: {what}", about.reference)
}

fn instants(owed: Owed<'_>) -> String {
    let word = if owed.bound_included { "by" } else { "before" };
    let local = owed.due.with_timezone(&owed.zone);
    format!(
        "Due {word} {} ({}),\n\
         which is {} UTC.\n",
        local.format("%A %-d %B %Y, %H:%M"),
        owed.zone.name(),
        owed.due.format("%A %-d %B %Y, %H:%M"),
    )
}

/// A sample of each mail, for eyes and for tests.
pub fn samples() -> Vec<Text> {
    let about = About {
        reference: "2026-014",
        link: "https://notice.example/incidents/2026-014",
        drill: false,
    };
    let owed = Owed {
        duty: "Tell the affected people within seven business days (our promise)",
        due: DateTime::from_timestamp(1_796_252_400, 0).unwrap_or_default(),
        zone: Tz::Europe__Vienna,
        bound_included: false,
    };
    let drill = About {
        drill: true,
        ..about
    };
    vec![
        opened(about),
        near(about, owed),
        passed(about, owed),
        passed(drill, owed),
        unclear(about, 37, owed.due, owed.zone),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_short_enough_for_any_reader() {
        for text in samples() {
            assert!(!text.subject.contains('\n'));
            for line in text.body.lines() {
                assert!(line.chars().count() <= 100, "{line}");
            }
        }
    }

    #[test]
    fn the_due_instant_stands_in_the_zone_of_the_one_who_owes_and_in_utc() {
        let near = &samples()[1];
        assert!(
            near.body
                .contains("Due before Thursday 3 December 2026, 00:00 (Europe/Vienna),"),
            "{}",
            near.body
        );
        assert!(
            near.body
                .contains("which is Wednesday 2 December 2026, 23:00 UTC."),
            "{}",
            near.body
        );
    }
}
