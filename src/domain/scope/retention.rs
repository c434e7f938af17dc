//! What the retention rule of a system says about an exposure: what was deleted before the window opened
//! cannot have leaked.
//!
//! Always holds: where a time is not known, or where rounding leaves a choice, a record counts as kept. To
//! leave somebody out who is affected is worse than to name somebody who is not.

use std::fmt;

use chrono::{DateTime, Months, NaiveDateTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::field::Field;

/// The time of a record that the months of retention count from.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
#[schema(as = RetentionFrom)]
pub enum Counted {
    /// Created, registered, subscribed.
    Since,
    /// Ended: resolved, closed, unsubscribed.
    Until,
    /// The event: ordered, visited.
    At,
}

impl Counted {
    /// The name in profiles and recipes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Since => "since",
            Self::Until => "until",
            Self::At => "at",
        }
    }

    /// The field of a mapping.
    #[must_use]
    pub const fn field(self) -> Field {
        match self {
            Self::Since => Field::Since,
            Self::Until => Field::Until,
            Self::At => Field::At,
        }
    }

    /// What happened to a record then: "One *resolved* before …".
    const fn happened(self) -> &'static str {
        match self {
            Self::Since => "created",
            Self::Until => "resolved or ended",
            Self::At => "made",
        }
    }
}

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How long a system keeps a record: so many calendar months, counted from one of its times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Calendar months, 1 to 1,200.
    pub months: u16,
    /// What they count from.
    pub from: Counted,
}

/// A rule held against a window of exposure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    /// The rule.
    pub rule: Rule,
    /// When the window opened, UTC.
    pub opened: DateTime<Utc>,
    /// A record whose time is before this had been deleted, by the rule, before the window opened; UTC.
    pub cutoff: DateTime<Utc>,
    /// The zone in which months were counted.
    pub zone: Tz,
}

/// What a rule says about one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It was still kept when the window opened: it may have leaked.
    Kept,
    /// Its retention had ended, and nothing shows that it was still there: it cannot have leaked.
    Deleted {
        /// When it was deleted by the rule, UTC.
        on: DateTime<Utc>,
    },
    /// Its retention had ended, but it stands in a list from the system itself: it was there and may
    /// have leaked. That is a finding.
    Overdue {
        /// When it should have been deleted by the rule, UTC.
        should_have_gone_on: DateTime<Utc>,
    },
    /// Its time is not known; it counts as kept.
    Unknown,
}

impl Verdict {
    /// Whether the record may have leaked.
    #[must_use]
    pub const fn affected(self) -> bool {
        !matches!(self, Self::Deleted { .. })
    }
}

impl Bound {
    /// Holds `rule` against a window that opened at `opened`; calendar months are counted in `zone`, and
    /// a day that a shorter month does not have becomes its last. Nothing when there is no such date.
    #[must_use]
    pub fn new(rule: Rule, opened: DateTime<Utc>, zone: Tz) -> Option<Self> {
        let local = opened.with_timezone(&zone).naive_local();
        let cutoff = local.checked_sub_months(Months::new(rule.months.into()))?;
        Some(Self {
            rule,
            opened,
            cutoff: earliest(cutoff, zone)?,
            zone,
        })
    }

    /// What it says about a record whose time of the rule is `time`, UTC. `in_system`: the list it
    /// stands in was taken from the system itself.
    #[must_use]
    pub fn verdict(&self, time: Option<DateTime<Utc>>, in_system: bool) -> Verdict {
        let Some(time) = time else {
            return Verdict::Unknown;
        };
        if time >= self.cutoff {
            return Verdict::Kept;
        }
        // Beyond what a date can say it is long gone.
        let on = self.ends(time).unwrap_or(self.opened);
        if in_system {
            Verdict::Overdue {
                should_have_gone_on: on,
            }
        } else {
            Verdict::Deleted { on }
        }
    }

    /// When the retention of a record of this time ends.
    fn ends(&self, time: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let local = time.with_timezone(&self.zone).naive_local();
        let end = local.checked_add_months(Months::new(self.rule.months.into()))?;
        earliest(end, self.zone)
    }

    /// What it means for the records of a system, in two sentences. `kept` is the rule in words.
    #[must_use]
    pub fn sentences(&self, kept: &str) -> [String; 2] {
        let happened = self.rule.from.happened();
        let cutoff = day(self.cutoff, self.zone);
        [
            format!(
                "Kept {kept}. A record {happened} before {cutoff} was deleted before the window opened \
                 and cannot have leaked."
            ),
            "If a list from the system itself still shows such a record, it should have been deleted \
             but was there: it may have leaked, and that is a finding."
                .to_owned(),
        ]
    }
}

impl Verdict {
    /// The verdict about one record in a sentence; days are those of `zone`.
    #[must_use]
    pub fn sentence(self, zone: Tz) -> String {
        match self {
            Self::Kept => {
                "It was still kept when the window opened, and may have leaked.".to_owned()
            }
            Self::Deleted { on } => format!(
                "It was deleted on {}, before the window opened, and cannot have leaked.",
                day(on, zone)
            ),
            Self::Overdue {
                should_have_gone_on,
            } => format!(
                "It should have been deleted on {} but was there when the list was taken: it may have \
                 leaked.",
                day(should_have_gone_on, zone)
            ),
            Self::Unknown => {
                "The time that its retention counts from is not known, so it counts as kept."
                    .to_owned()
            }
        }
    }
}

/// "1 September 2025", with the time of day where that is not midnight.
fn day(at: DateTime<Utc>, zone: Tz) -> String {
    let local = at.with_timezone(&zone).naive_local();
    let form = if local.time() == chrono::NaiveTime::MIN {
        "%-d %B %Y"
    } else {
        "%-d %B %Y, %H:%M"
    };
    local.format(form).to_string()
}

/// The earliest instant of a local time: of two the first, of one that the clocks leapt over the last
/// that there was before it.
fn earliest(local: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
    // No zone has leapt over more than a day.
    (0..=100)
        .filter_map(|n| local.checked_sub_signed(TimeDelta::minutes(15 * n)))
        .find_map(|local| zone.from_local_datetime(&local).earliest())
        .map(|at| at.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TICKETS: Rule = Rule {
        months: 12,
        from: Counted::Until,
    };

    fn t(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    fn bound(rule: Rule, opened: &str) -> Bound {
        Bound::new(rule, t(opened), Tz::Europe__Vienna).unwrap()
    }

    #[test]
    fn a_ticket_resolved_13_months_before_the_window_cannot_have_leaked() {
        let bound = bound(TICKETS, "2026-09-01T00:00:00+02:00");
        assert_eq!(bound.cutoff, t("2025-09-01T00:00:00+02:00"));
        let resolved = Some(t("2025-08-01T00:00:00+02:00"));
        let gone = bound.verdict(resolved, false);
        let on = t("2026-08-01T00:00:00+02:00");
        assert_eq!(gone, Verdict::Deleted { on });
        assert!(!gone.affected());
        assert_eq!(
            gone.sentence(bound.zone),
            "It was deleted on 1 August 2026, before the window opened, and cannot have leaked."
        );
        // The system itself still shows it: it should have been deleted, but it was there.
        let there = bound.verdict(resolved, true);
        assert_eq!(
            there,
            Verdict::Overdue {
                should_have_gone_on: on
            }
        );
        assert!(there.affected());
        assert_eq!(
            there.sentence(bound.zone),
            "It should have been deleted on 1 August 2026 but was there when the list was taken: it \
             may have leaked."
        );
    }

    #[test]
    fn what_was_resolved_later_or_never_counts_as_kept() {
        let bound = bound(TICKETS, "2026-09-01T00:00:00+02:00");
        for in_system in [false, true] {
            let at = |text| bound.verdict(Some(t(text)), in_system);
            assert_eq!(at("2025-10-01T00:00:00+02:00"), Verdict::Kept);
            assert_eq!(
                at("2025-09-01T00:00:00+02:00"),
                Verdict::Kept,
                "the end itself"
            );
            assert!(at("2025-08-31T23:59:59+02:00") != Verdict::Kept);
            assert_eq!(bound.verdict(None, in_system), Verdict::Unknown);
        }
        assert!(Verdict::Unknown.affected());
    }

    #[test]
    fn the_sentences_name_the_day() {
        let [gone, overdue] = bound(TICKETS, "2026-09-01T00:00:00+02:00")
            .sentences("until resolved and 12 months more");
        assert_eq!(
            gone,
            "Kept until resolved and 12 months more. A record resolved or ended before 1 September \
             2025 was deleted before the window opened and cannot have leaked."
        );
        assert!(overdue.contains("should have been deleted but was there"));
    }

    #[test]
    fn months_are_those_of_the_calendar_and_of_the_zone() {
        let one = Rule {
            months: 1,
            from: Counted::At,
        };
        // 31 March less a month is the last day of February, in 2024 the 29th.
        assert_eq!(
            bound(one, "2026-03-31T12:00:00+02:00").cutoff,
            t("2026-02-28T12:00:00+01:00")
        );
        assert_eq!(
            bound(one, "2024-03-31T12:00:00+02:00").cutoff,
            t("2024-02-29T12:00:00+01:00")
        );
        // 26 months of a cookie; the hour is that of Vienna, in summer and in winter.
        let cookie = Rule { months: 26, ..one };
        assert_eq!(
            bound(cookie, "2026-09-01T08:00:00+02:00").cutoff,
            t("2024-07-01T08:00:00+02:00")
        );
        assert_eq!(
            bound(cookie, "2026-09-30T08:00:00+02:00").cutoff,
            t("2024-07-30T08:00:00+02:00")
        );
        // 02:30 was leapt over on 29 March 2026: the last quarter of an hour before that.
        let leap = bound(one, "2026-04-29T02:30:00+02:00").cutoff;
        assert_eq!(leap, t("2026-03-29T01:45:00+01:00"));
        // 02:30 happened twice on 25 October 2026: the first.
        let twice = bound(one, "2026-11-25T02:30:00+01:00").cutoff;
        assert_eq!(twice, t("2026-10-25T02:30:00+02:00"));
    }

    /// Rounding never takes anybody away who was kept: what is before the cutoff had ended for good.
    #[test]
    fn who_is_left_out_was_deleted_before_the_window() {
        let mut tried = 0;
        for months in [1, 2, 6, 12, 26] {
            for day in 0..800 {
                let rule = Rule {
                    months,
                    from: Counted::Until,
                };
                let opened = t("2023-12-01T10:00:00Z") + TimeDelta::days(day);
                let bound = Bound::new(rule, opened, Tz::Europe__Vienna).unwrap();
                for before in [1, 60, 86_400, 259_200] {
                    let time = bound.cutoff - TimeDelta::seconds(before);
                    let Verdict::Deleted { on } = bound.verdict(Some(time), false) else {
                        panic!("{time} is before {}", bound.cutoff);
                    };
                    assert!(
                        on <= opened,
                        "{time} + {months} months is {on}, after {opened}"
                    );
                    tried += 1;
                }
            }
        }
        assert_eq!(tried, 16_000);
    }

    #[test]
    fn there_is_no_bound_before_there_were_dates() {
        assert_eq!(Bound::new(TICKETS, DateTime::<Utc>::MIN_UTC, Tz::UTC), None);
    }
}
