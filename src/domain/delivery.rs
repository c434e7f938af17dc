//! How far one notice got with one person: the ladder, and what counts as notified.
//!
//! `targeted < served < rendered < seen < opened < acknowledged`. Being targeted is being on the roster
//! and has no row. What always holds:
//! * A level keeps the earliest instant at which it was reported; later reports change nothing.
//! * No level is inferred from another. An acknowledgement without `seen` stays one without `seen`.
//! * `seen_occluded` stands beside the ladder: the text was in view, but the browser said that something
//!   lay over it. It never counts as seen.
//!
//! What a level shows is what a browser signed in to the person's account reported; not that the
//! person read it.

use chrono::{DateTime, Utc};

/// A rung of the ladder, lowest first. `targeted` is not here: it is membership of the roster.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Sent in answer to a request that the host had signed for this person. Does not count as
    /// notified: a script can have been blocked, or a page loaded ahead of time.
    Served,
    /// In the page, and taking up room.
    Rendered,
    /// At least half of it, or half a screen of it, in view for two seconds in a row.
    Seen,
    /// A link in it was used.
    Opened,
    /// "I have read this notice" was pressed.
    Acknowledged,
}

impl Level {
    /// The name as it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Served => "served",
            Self::Rendered => "rendered",
            Self::Seen => "seen",
            Self::Opened => "opened",
            Self::Acknowledged => "acknowledged",
        }
    }

    /// Does reaching this level count as notified, person by person?
    pub fn notifies(self) -> bool {
        self >= Self::Seen
    }
}

/// What a browser can report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// It is in the page.
    Rendered,
    /// It was in view for so many milliseconds in a row.
    Seen {
        /// As the browser measured it.
        dwell_ms: i64,
    },
    /// It was in view, with something over it.
    SeenOccluded,
    /// A link in it was used.
    Opened,
    /// The button was pressed, or the form sent.
    Acknowledged,
}

/// The shortest time in view that counts as seen, in milliseconds.
///
/// Half of it for one second is what advertising counts as seen; a notice is text, so it is two. The
/// widget waits for 2000; a timer may fire a little early.
pub const MIN_DWELL_MS: i64 = 1_900;

/// The longest dwell that is kept, in milliseconds: a day.
const MAX_DWELL_MS: i64 = 86_400_000;

impl Event {
    /// Reads a report; `dwell_ms` is only looked at for `seen`.
    ///
    /// None for a level that no browser can report, and for a `seen` that was not long enough.
    pub fn parse(level: &str, dwell_ms: Option<i64>) -> Option<Self> {
        Some(match level {
            "rendered" => Self::Rendered,
            "seen" => Self::Seen {
                dwell_ms: dwell_ms.filter(|ms| *ms >= MIN_DWELL_MS)?.min(MAX_DWELL_MS),
            },
            "seen_occluded" => Self::SeenOccluded,
            "opened" => Self::Opened,
            "acknowledged" => Self::Acknowledged,
            _ => return None,
        })
    }

    /// The kind of the evidence entry that the first such report makes.
    pub const fn entry_kind(self) -> &'static str {
        match self {
            Self::Rendered => "delivery.rendered",
            Self::Seen { .. } => "delivery.seen",
            Self::SeenOccluded => "delivery.seen_occluded",
            Self::Opened => "delivery.opened",
            Self::Acknowledged => "delivery.acknowledged",
        }
    }
}

/// The instants at which the levels were first reached, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Ladder {
    /// When it was first sent.
    pub served_at: DateTime<Utc>,
    /// When it was first in the page.
    pub rendered_at: Option<DateTime<Utc>>,
    /// When it was first seen.
    pub seen_at: Option<DateTime<Utc>>,
    /// When it was first in view with something over it.
    pub seen_occluded_at: Option<DateTime<Utc>>,
    /// When the details were first opened.
    pub opened_at: Option<DateTime<Utc>>,
    /// When it was first acknowledged.
    pub acknowledged_at: Option<DateTime<Utc>>,
    /// How long it was in view when `seen` was reported, in milliseconds.
    pub dwell_ms: Option<i64>,
}

impl Ladder {
    /// Just served.
    pub const fn served(at: DateTime<Utc>) -> Self {
        Self {
            served_at: at,
            rendered_at: None,
            seen_at: None,
            seen_occluded_at: None,
            opened_at: None,
            acknowledged_at: None,
            dwell_ms: None,
        }
    }

    /// Takes a report that reached us at `at`. Gives whether it was the first of its kind; a repeated
    /// one changes nothing.
    pub fn report(&mut self, event: Event, at: DateTime<Utc>) -> bool {
        let slot = match event {
            Event::Rendered => &mut self.rendered_at,
            Event::Seen { .. } => &mut self.seen_at,
            Event::SeenOccluded => &mut self.seen_occluded_at,
            Event::Opened => &mut self.opened_at,
            Event::Acknowledged => &mut self.acknowledged_at,
        };
        if slot.is_some() {
            return false;
        }
        *slot = Some(at);
        if let Event::Seen { dwell_ms } = event {
            self.dwell_ms = Some(dwell_ms);
        }
        true
    }

    /// The highest level that was reported.
    pub fn level(&self) -> Level {
        let reached = [
            (self.acknowledged_at, Level::Acknowledged),
            (self.opened_at, Level::Opened),
            (self.seen_at, Level::Seen),
            (self.rendered_at, Level::Rendered),
        ];
        reached
            .into_iter()
            .find_map(|(at, level)| at.map(|_| level))
            .unwrap_or(Level::Served)
    }

    /// When the person counts as notified: the earliest of the levels that do.
    pub fn notified_at(&self) -> Option<DateTime<Utc>> {
        [self.seen_at, self.opened_at, self.acknowledged_at]
            .into_iter()
            .flatten()
            .min()
    }
}

/// A browser's coarse family from its `User-Agent`: enough to tell what could be measured, too little
/// to tell people apart.
pub fn browser_family(user_agent: &str) -> &'static str {
    // The order matters: Edge says Chrome, and Chrome says Safari.
    let marks = [
        ("Edg", "Edge"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("CriOS/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    marks
        .into_iter()
        .find(|(mark, _)| user_agent.contains(mark))
        .map_or("other", |(_, family)| family)
}

/// Which of the languages that exist is shown: what was asked for, else the site's own, else English,
/// else the first. A region is dropped when only the bare language exists ("de-AT" finds "de").
pub fn pick_language<'l>(
    available: &[&'l str],
    asked: Option<&str>,
    site: &str,
) -> Option<&'l str> {
    let find = |tag: &str| {
        let exact = available.iter().find(|l| l.eq_ignore_ascii_case(tag));
        let bare = tag.split(['-', '_']).next().unwrap_or(tag);
        exact
            .or_else(|| available.iter().find(|l| l.eq_ignore_ascii_case(bare)))
            .copied()
    };
    asked
        .and_then(find)
        .or_else(|| find(site))
        .or_else(|| find("en"))
        .or_else(|| available.first().copied())
}

#[cfg(test)]
mod test {
    use super::*;

    fn at(minute: u32) -> DateTime<Utc> {
        format!("2026-11-25T12:{minute:02}:00Z").parse().unwrap()
    }

    #[test]
    fn the_earliest_report_of_a_level_stands() {
        let mut ladder = Ladder::served(at(0));
        assert!(ladder.report(Event::Seen { dwell_ms: 2_004 }, at(1)));
        assert!(!ladder.report(Event::Seen { dwell_ms: 9_000 }, at(2)));
        assert_eq!(
            (ladder.seen_at, ladder.dwell_ms),
            (Some(at(1)), Some(2_004))
        );
    }

    #[test]
    fn an_acknowledgement_invents_nothing_below_it() {
        let mut ladder = Ladder::served(at(0));
        assert!(ladder.report(Event::Acknowledged, at(3)));
        assert_eq!(ladder.level(), Level::Acknowledged);
        assert_eq!((ladder.rendered_at, ladder.seen_at), (None, None));
        assert_eq!(ladder.notified_at(), Some(at(3)));
    }

    #[test]
    fn what_lies_under_something_is_not_seen() {
        let mut ladder = Ladder::served(at(0));
        ladder.report(Event::Rendered, at(1));
        ladder.report(Event::SeenOccluded, at(2));
        assert_eq!(ladder.level(), Level::Rendered);
        assert_eq!(ladder.notified_at(), None);
    }

    #[test]
    fn levels_count_as_notified_from_seen_on() {
        let all = [
            Level::Served,
            Level::Rendered,
            Level::Seen,
            Level::Opened,
            Level::Acknowledged,
        ];
        assert_eq!(all.map(Level::notifies), [false, false, true, true, true]);
        assert!(all.is_sorted());
    }

    #[test]
    fn a_report_needs_a_level_that_a_browser_can_know_and_enough_time() {
        assert_eq!(
            Event::parse("seen", Some(2_000)),
            Some(Event::Seen { dwell_ms: 2_000 })
        );
        for (level, dwell) in [
            ("seen", None),
            ("seen", Some(1_000)),
            ("seen", Some(-5)),
            ("served", None),
            ("targeted", None),
            ("", None),
        ] {
            assert_eq!(Event::parse(level, dwell), None, "{level} {dwell:?}");
        }
    }

    #[test]
    fn the_language_shown_is_the_nearest_there_is() {
        let both = ["de", "en"];
        for (available, asked, site, shown) in [
            (&both[..], Some("de-AT"), "en", Some("de")),
            (&both[..], Some("DE"), "en", Some("de")),
            (&both[..], Some("fr"), "de", Some("de")),
            (&both[..], Some("fr"), "it", Some("en")),
            (&both[..], None, "de", Some("de")),
            (&["fr"][..], Some("de"), "de", Some("fr")),
            (&["pt", "pt-BR"][..], Some("pt-BR"), "pt", Some("pt-BR")),
            (&[][..], Some("de"), "de", None),
        ] {
            assert_eq!(
                pick_language(available, asked, site),
                shown,
                "{asked:?} {site}"
            );
        }
    }

    #[test]
    fn a_user_agent_tells_no_more_than_the_family() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
                      Chrome/156.0.0.0 Safari/537.36";
        assert_eq!(browser_family(chrome), "Chrome");
        assert_eq!(browser_family(&format!("{chrome} Edg/156.0")), "Edge");
        assert_eq!(browser_family("Gecko/20100101 Firefox/153.0"), "Firefox");
        assert_eq!(browser_family("curl/8"), "other");
    }
}
