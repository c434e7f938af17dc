//! Whether a rule applies: *yes*, *no*, or *not known yet, because …*.
//!
//! Always holds: what is not known stays not known (Kleene's three-valued logic); nothing missing
//! is ever read as no, except inside `proven(…)`, which is how a law presumes. It reads answers
//! and counts that others recorded and does not decide any of them.

mod people;
mod read;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Serialize, Serializer};

pub use people::People;
pub use read::ConditionError;

/// The code in `people(any)` that means everybody, wherever they live.
pub const ANYWHERE: &str = "any";

/// A condition as a rule file writes it, such as `people(US-TX) >= 250 and not proven(encrypted)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    text: String,
    expr: Expr,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Expr {
    Always(bool),
    Question(String),
    Proven(String),
    Sector(String),
    Seat(String),
    People(Where, Comparison, u64),
    Not(Box<Self>),
    And(Vec<Self>),
    Or(Vec<Self>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Where {
    Place(String),
    LargestState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    AtLeast,
    MoreThan,
    AtMost,
    LessThan,
}

/// What is known about one incident, as far as conditions ask for it.
#[derive(Clone, Debug, Default)]
pub struct Circumstances {
    /// Answers to yes-or-no questions, by the question's id.
    pub answers: BTreeMap<String, bool>,
    /// What the operator is and is not, by the sector's id.
    pub sectors: BTreeMap<String, bool>,
    /// Countries of a group such as `EEA`, by its code.
    pub groups: BTreeMap<String, Vec<String>>,
    /// How many affected people live where.
    pub people: People,
}

/// Something that has to be known before a condition can be decided.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Missing {
    /// An answer to the question with this id.
    Question(String),
    /// What the operator is, by the sector's id.
    Sector(String),
    /// How many affected people live in this place, or in the largest US state.
    People(String),
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Question(id) => write!(f, "the question \"{id}\" is not answered"),
            Self::Sector(id) => {
                write!(
                    f,
                    "the operator profile does not say whether sector.{id} is so"
                )
            }
            Self::People(place) if place == ANYWHERE => {
                f.write_str("it is not known how many people are affected")
            }
            Self::People(place) => {
                write!(
                    f,
                    "it is not known how many affected people live in {place}"
                )
            }
        }
    }
}

/// Whether a rule applies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Applies {
    /// It does.
    Yes,
    /// It does not, because of these.
    No(Vec<String>),
    /// It cannot be said before these are known.
    Unknown(BTreeSet<Missing>),
}

impl Applies {
    /// `yes`, `no` or `unknown`.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No(_) => "no",
            Self::Unknown(_) => "unknown",
        }
    }

    /// Why not, or what is missing, in words; nothing when it applies.
    #[must_use]
    pub fn why(&self) -> String {
        match self {
            Self::Yes => String::new(),
            Self::No(why) => why.join("; "),
            Self::Unknown(missing) => {
                let all: Vec<String> = missing.iter().map(ToString::to_string).collect();
                all.join("; ")
            }
        }
    }
}

impl Condition {
    /// The condition that always holds.
    #[must_use]
    pub fn always() -> Self {
        Self {
            text: "yes".to_owned(),
            expr: Expr::Always(true),
        }
    }

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Evaluates it for a controller with its seat in the country `seat` (ISO 3166-1 alpha-2).
    #[must_use]
    pub fn evaluate(&self, known: &Circumstances, seat: &str) -> Applies {
        match evaluate(&self.expr, known, seat) {
            Truth::Yes(_) => Applies::Yes,
            Truth::No(why) => Applies::No(why),
            Truth::Unknown(missing) => Applies::Unknown(missing),
        }
    }

    /// Everything it asks for: questions, sectors and places.
    #[must_use]
    pub fn asks(&self) -> BTreeSet<Missing> {
        let mut all = BTreeSet::new();
        asks(&self.expr, &mut all);
        all
    }

    /// The groups and countries it names in `seat(…)` and `people(…)`.
    #[must_use]
    pub fn places(&self) -> BTreeSet<String> {
        let mut all = BTreeSet::new();
        places(&self.expr, &mut all);
        all
    }
}

impl Serialize for Condition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

/// A truth value with what it rests on.
enum Truth {
    Yes(Vec<String>),
    No(Vec<String>),
    Unknown(BTreeSet<Missing>),
}

fn known(value: bool, why: impl Fn(bool) -> String) -> Truth {
    if value {
        Truth::Yes(vec![why(true)])
    } else {
        Truth::No(vec![why(false)])
    }
}

fn evaluate(expr: &Expr, c: &Circumstances, seat: &str) -> Truth {
    match expr {
        Expr::Always(value) => known(*value, |_| "the rule says so".to_owned()),
        Expr::Question(id) => match c.answers.get(id) {
            Some(value) => known(*value, |v| answered(id, v)),
            None => Truth::Unknown(BTreeSet::from([Missing::Question(id.clone())])),
        },
        Expr::Proven(id) => match c.answers.get(id) {
            Some(true) => Truth::Yes(vec![answered(id, true)]),
            _ => Truth::No(vec![format!("\"{id}\" is not shown")]),
        },
        Expr::Sector(id) => match c.sectors.get(id) {
            Some(value) => known(*value, |v| {
                let is = if v { "is" } else { "is not" };
                format!("by its profile, the operator {is} one with sector.{id}")
            }),
            None => Truth::Unknown(BTreeSet::from([Missing::Sector(id.clone())])),
        },
        Expr::Seat(place) => {
            let inside = match c.groups.get(place) {
                Some(countries) => countries.iter().any(|one| one == seat),
                None => seat == place,
            };
            known(inside, |v| {
                let is = if v { "is" } else { "is not" };
                format!("the seat, {seat}, {is} in {place}")
            })
        }
        Expr::People(place, comparison, n) => people(place, *comparison, *n, c),
        Expr::Not(inner) => match evaluate(inner, c, seat) {
            Truth::Yes(why) => Truth::No(why),
            Truth::No(why) => Truth::Yes(why),
            unknown @ Truth::Unknown(_) => unknown,
        },
        Expr::And(all) => {
            let (mut yes, mut missing) = (Vec::new(), BTreeSet::new());
            for one in all {
                match evaluate(one, c, seat) {
                    Truth::No(why) => return Truth::No(why),
                    Truth::Yes(why) => yes.extend(why),
                    Truth::Unknown(more) => missing.extend(more),
                }
            }
            if missing.is_empty() {
                Truth::Yes(yes)
            } else {
                Truth::Unknown(missing)
            }
        }
        Expr::Or(all) => {
            let (mut no, mut missing) = (Vec::new(), BTreeSet::new());
            for one in all {
                match evaluate(one, c, seat) {
                    Truth::Yes(why) => return Truth::Yes(why),
                    Truth::No(why) => no.extend(why),
                    Truth::Unknown(more) => missing.extend(more),
                }
            }
            if missing.is_empty() {
                Truth::No(no)
            } else {
                Truth::Unknown(missing)
            }
        }
    }
}

fn answered(id: &str, value: bool) -> String {
    let word = if value { "yes" } else { "no" };
    format!("\"{id}\" is answered with {word}")
}

fn people(place: &Where, comparison: Comparison, n: u64, c: &Circumstances) -> Truth {
    let (name, (low, high)) = match place {
        Where::Place(code) => (code.as_str(), c.people.range(code, &c.groups)),
        Where::LargestState => ("US", c.people.largest_state()),
    };
    let holds = |count: u64| match comparison {
        Comparison::AtLeast => count >= n,
        Comparison::MoreThan => count > n,
        Comparison::AtMost => count <= n,
        Comparison::LessThan => count < n,
    };
    // Every comparison is monotone, so the two ends decide for all numbers between them.
    let unbounded = match comparison {
        Comparison::AtLeast | Comparison::MoreThan => true,
        Comparison::AtMost | Comparison::LessThan => false,
    };
    let (first, last) = (holds(low), high.map_or(unbounded, holds));
    if first != last {
        return Truth::Unknown(BTreeSet::from([Missing::People(name.to_owned())]));
    }
    known(first, |v| {
        let count = match high {
            Some(high) if high == low => low.to_string(),
            Some(high) => format!("{low} to {high}"),
            None => format!("at least {low}"),
        };
        let place = match place {
            Where::Place(code) if code == ANYWHERE => "are there".to_owned(),
            Where::Place(code) => format!("live in {code}"),
            Where::LargestState => "live in the US state with most of them".to_owned(),
        };
        let reach = if v {
            ""
        } else {
            ", which does not reach what the rule asks for"
        };
        format!("{count} affected people {place}{reach}")
    })
}

fn asks(expr: &Expr, all: &mut BTreeSet<Missing>) {
    match expr {
        Expr::Question(id) | Expr::Proven(id) => {
            all.insert(Missing::Question(id.clone()));
        }
        Expr::Sector(id) => {
            all.insert(Missing::Sector(id.clone()));
        }
        Expr::People(Where::Place(code), ..) => {
            all.insert(Missing::People(code.clone()));
        }
        Expr::Not(inner) => asks(inner, all),
        Expr::And(inner) | Expr::Or(inner) => inner.iter().for_each(|one| asks(one, all)),
        Expr::Always(_) | Expr::Seat(_) | Expr::People(Where::LargestState, ..) => {}
    }
}

fn places(expr: &Expr, all: &mut BTreeSet<String>) {
    match expr {
        Expr::Seat(code) | Expr::People(Where::Place(code), ..) => {
            all.insert(code.clone());
        }
        Expr::Not(inner) => places(inner, all),
        Expr::And(inner) | Expr::Or(inner) => inner.iter().for_each(|one| places(one, all)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(text: &str) -> Condition {
        text.parse().unwrap()
    }

    fn roster() -> Circumstances {
        Circumstances {
            people: People::of_roster([
                (Some("AT"), None, 10),
                (Some("US"), Some("TX"), 240),
                (Some("US"), None, 5),
                (None, None, 7),
            ]),
            groups: BTreeMap::from([("EEA".to_owned(), vec!["AT".to_owned(), "DE".to_owned()])]),
            ..Circumstances::default()
        }
    }

    fn outcome(text: &str, c: &Circumstances) -> &'static str {
        condition(text).evaluate(c, "AT").as_str()
    }

    #[test]
    fn thresholds_are_decided_only_when_no_unplaced_person_could_change_them() {
        let c = roster();
        assert_eq!(outcome("people(US-TX) >= 240", &c), "yes");
        // Five live in an unknown state and seven in an unknown country: up to 252 in Texas.
        assert_eq!(outcome("people(US-TX) >= 250", &c), "unknown");
        assert_eq!(outcome("people(US-TX) >= 253", &c), "no");
        assert_eq!(outcome("people(US-CO)", &c), "unknown");
        assert_eq!(outcome("people(US-CO) > 12", &c), "no");
        assert_eq!(outcome("people(DE)", &c), "unknown");
        assert_eq!(outcome("people(EEA) >= 10", &c), "yes");
        assert_eq!(outcome("people(EEA) > 17", &c), "unknown");
        assert_eq!(outcome("people(any) >= 262", &c), "yes");
        assert_eq!(outcome("people(any) > 262", &c), "no");
        assert_eq!(outcome("largest_state > 252", &c), "no");
        assert_eq!(outcome("largest_state > 239", &c), "yes");
    }

    #[test]
    fn nothing_counted_is_not_known_and_estimates_count() {
        let mut c = Circumstances::default();
        assert_eq!(outcome("people(US-TX)", &c), "unknown");
        assert_eq!(outcome("people(US-TX) < 10", &c), "unknown");
        c.people.estimate("US-TX", 100, Some(300));
        assert_eq!(outcome("people(US-TX)", &c), "yes");
        assert_eq!(outcome("people(US-TX) >= 250", &c), "unknown");
        assert_eq!(outcome("people(US-TX) > 300", &c), "no");
        c.people.estimate(ANYWHERE, 400, Some(400));
        assert_eq!(outcome("people(US-CO) > 400", &c), "no");
        assert_eq!(outcome("people(US-CO) >= 400", &c), "unknown");
    }

    #[test]
    fn not_known_is_never_no() {
        let mut c = Circumstances::default();
        assert_eq!(outcome("high_risk", &c), "unknown");
        assert_eq!(outcome("not high_risk", &c), "unknown");
        assert_eq!(outcome("not proven(risk_unlikely)", &c), "yes");
        assert_eq!(outcome("high_risk and sector.bank", &c), "unknown");
        c.sectors.insert("bank".to_owned(), false);
        assert_eq!(outcome("high_risk and sector.bank", &c), "no");
        assert_eq!(outcome("high_risk or sector.bank", &c), "unknown");
        c.answers.insert("high_risk".to_owned(), true);
        assert_eq!(outcome("high_risk or sector.bank", &c), "yes");
        c.answers.insert("risk_unlikely".to_owned(), true);
        let no = condition("not proven(risk_unlikely)").evaluate(&c, "AT");
        assert_eq!(no.why(), "\"risk_unlikely\" is answered with yes");
    }

    #[test]
    fn seats_are_countries_or_groups() {
        let c = roster();
        assert_eq!(outcome("seat(AT)", &c), "yes");
        assert_eq!(outcome("seat(EEA) and not seat(US)", &c), "yes");
        assert_eq!(outcome("seat(US)", &c), "no");
    }
}
