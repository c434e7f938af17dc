//! How an obligation stands at one moment, ready to be shown, and in which order: what is worst first.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use maud::{Markup, html};

use super::{part, words};
use crate::app::App;
use crate::catalog::Catalog;
use crate::domain::calendar::Calendars;
use crate::domain::deadline::{Bound, Deadline};
use crate::domain::fact::FactKind;
use crate::domain::left::Left;
use crate::domain::period::Unit;
use crate::domain::regime::Regime;
use crate::error::{Error, Result};
use crate::store::obligation::{self, Obligation, Outcome};

/// How an obligation stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Open, and too late already.
    Late(Left),
    /// Open, with little time left.
    Soon(Left),
    /// Open, and it cannot be said until when.
    Unknown(String),
    /// Open.
    Open(Left),
    /// Open; the law has no number, and these are its words.
    NoNumber(String),
    /// It begins with something that has not happened: in words.
    Waits(&'static str),
    /// By what is known, the rule does not apply, and why.
    DoesNotApply(String),
    /// Done.
    Met {
        /// When.
        at: Option<DateTime<Utc>>,
        /// Was that late? Unknown when no deadline could be computed.
        late: Option<bool>,
    },
    /// A named person decided that it is not owed.
    NotRequired,
}

impl Standing {
    /// The smaller, the worse.
    pub fn rank(&self) -> u8 {
        match self {
            Self::Late(_) => 0,
            Self::Soon(_) => 1,
            Self::Unknown(_) => 2,
            Self::Open(_) => 3,
            Self::NoNumber(_) => 4,
            Self::Waits(_) => 5,
            Self::Met { .. } => 6,
            Self::NotRequired | Self::DoesNotApply(_) => 7,
        }
    }

    /// The class that colours it.
    pub fn class(&self) -> &'static str {
        match self {
            Self::Late(_)
            | Self::Met {
                late: Some(true), ..
            } => "late",
            Self::Soon(_) => "soon",
            Self::Unknown(_) => "unknown",
            Self::Open(_) | Self::NoNumber(_) => "open",
            Self::Met { .. } => "ok",
            Self::NotRequired | Self::Waits(_) | Self::DoesNotApply(_) => "none",
        }
    }

    /// The word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Late(_) => "Late",
            Self::Soon(_) => "Due soon",
            Self::Unknown(_) => "Unknown",
            Self::Open(_) => "Open",
            Self::NoNumber(_) => "At once",
            Self::Waits(_) => "Not begun",
            Self::DoesNotApply(_) => "Does not apply",
            Self::Met {
                late: Some(true), ..
            } => "Met late",
            Self::Met {
                late: Some(false), ..
            } => "Met on time",
            Self::Met { late: None, .. } => "Met",
            Self::NotRequired => "Not required",
        }
    }

    /// Whether it is open with a date, which takes more than a line to explain.
    pub fn needs_room(&self) -> bool {
        matches!(
            self,
            Self::Late(_) | Self::Soon(_) | Self::Open(_) | Self::Unknown(_)
        )
    }

    /// The word in its colour.
    pub fn badge(&self) -> Markup {
        part::badge(self.class(), self.word())
    }

    /// What is left, or what keeps it from being said.
    pub fn left(&self) -> Markup {
        match self {
            Self::Late(left) | Self::Soon(left) | Self::Open(left) => {
                html! { span.left.(self.class()) { (left) } }
            }
            Self::Unknown(why) => html! { span.left.unknown { (why) } },
            Self::NoNumber(words) => html! {
                span.left.open { (words) ": the law has no number, so no date is made up" }
            },
            Self::Waits(fact) => html! { span.left { "begins with: " (fact.to_lowercase()) } },
            Self::DoesNotApply(why) => html! { span.left { (why) } },
            Self::Met { .. } | Self::NotRequired => html! {},
        }
    }
}

/// An obligation with its newest deadline, read and put in relation to now.
#[derive(Clone, Debug)]
pub(crate) struct Owed {
    /// The row.
    pub row: Obligation,
    /// The rule's name for people.
    pub rule: String,
    /// The newest computation.
    pub deadline: Option<Deadline>,
    /// The governing controller's short id.
    pub governed_by: String,
    /// Its zone.
    pub zone: Tz,
    /// How it stands.
    pub standing: Standing,
}

impl Owed {
    /// Reads what belongs to a row.
    pub async fn read(
        app: &App,
        calendars: &Calendars,
        row: Obligation,
        now: DateTime<Utc>,
    ) -> Result<Self> {
        let computed = match row.deadline_id {
            Some(id) => obligation::find_deadline(&app.db, id).await?,
            None => None,
        };
        let deadline = match computed {
            Some(c) => Some(serde_json::from_str(&c.result).map_err(Error::internal)?),
            None => None,
        };
        Ok(Self::of(&app.catalog, calendars, row, deadline, now))
    }

    /// Puts a row and its newest deadline in relation to now.
    pub fn of(
        catalog: &Catalog,
        calendars: &Calendars,
        row: Obligation,
        deadline: Option<Deadline>,
        now: DateTime<Utc>,
    ) -> Self {
        let regime = catalog.regime(&row.rule);
        let governed_by = deadline
            .as_ref()
            .map_or_else(String::new, |d| d.governed_by.clone());
        let leg = deadline
            .as_ref()
            .and_then(|d| d.legs.iter().find(|leg| leg.controller == governed_by));
        let zone = leg.map_or_else(|| catalog.operator().zone(), |leg| leg.zone);
        let standing = match (row.outcome, &deadline) {
            (Some(Outcome::Met), _) => Standing::Met {
                at: row.met_at,
                late: row.late,
            },
            (Some(Outcome::NotRequired), _) => Standing::NotRequired,
            (None, _) if row.applies == "no" => {
                Standing::DoesNotApply(row.applies_why.clone().unwrap_or_default())
            }
            (None, None) => no_deadline(&row, regime),
            (None, Some(d)) => {
                let days = regime
                    .and_then(|r| r.period)
                    .is_some_and(|p| p.unit() == Unit::BusinessDay);
                let calendar = leg.and_then(|leg| calendars.get(&leg.calendar).ok());
                let left = match (d.last_permitted_day, calendar) {
                    (Some(last), Some(calendar)) if days => {
                        Left::business_days(now, d.due_utc, last, zone, calendar)
                    }
                    _ => Left::hours(now, d.due_utc, d.bound),
                };
                of_left(left)
            }
        };
        Self {
            rule: name(&row, regime),
            row,
            governed_by,
            zone,
            deadline,
            standing,
        }
    }

    /// A mark where no named person has decided yet whether it is required.
    pub fn undecided(&self) -> Markup {
        let open = self.row.outcome.is_none() && self.row.decision.is_none();
        html! {
            @if open && self.row.applies != "no" { " " (part::badge("late", "Undecided")) }
        }
    }

    /// The instant, and on which side of it one is on time.
    pub fn due(&self) -> Markup {
        html! {
            @if let Some(d) = &self.deadline {
                (part::when_full(d.due_utc, self.zone))
                span.bound {
                    @if d.bound == Bound::Before { "to be done before this" }
                    @else { "to be done by this" }
                    " · counted for " (self.governed_by)
                }
            } @else { "–" }
        }
    }
}

/// The rule's name, with whom it binds and which people it is about.
fn name(row: &Obligation, regime: Option<&Regime>) -> String {
    let mut name = regime.map_or_else(|| row.rule.clone(), |r| r.name.clone());
    if !row.controller.is_empty() {
        name.push_str(" · ");
        name.push_str(&row.controller);
    }
    if row.cohort > 0 {
        name.push_str(&format!(" · people found later, revision {}", row.cohort));
    }
    name
}

/// Why there is no deadline.
fn no_deadline(row: &Obligation, regime: Option<&Regime>) -> Standing {
    if let Some(kind) = row
        .waits_for
        .as_deref()
        .and_then(|word| FactKind::parse(word).ok())
    {
        return Standing::Waits(words::fact(kind));
    }
    match (&row.problem, regime) {
        (Some(why), _) => Standing::Unknown(format!("{}.", why.replace(&row.rule, "This rule"))),
        (None, Some(rule)) if rule.period.is_none() => Standing::NoNumber(rule.how_long()),
        (None, _) => Standing::Unknown(
            "No deadline could be computed. Record when it became known.".to_owned(),
        ),
    }
}

fn of_left(left: Left) -> Standing {
    if left.is_late() {
        Standing::Late(left)
    } else if left.is_soon() {
        Standing::Soon(left)
    } else {
        Standing::Open(left)
    }
}
