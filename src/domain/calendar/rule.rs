//! Holiday rules of one jurisdiction, and the days they make free.
//!
//! Always holds: a rule speaks about a nominal year and is evaluated from the year before to the
//! year after the wanted ones, so a New Year that moves into December is found. Only rules of
//! kind [`Kind::Public`] are looked at here; the others are carried so that a reader of the data
//! sees why a day that offices like to take off still counts as a business day.
//! It does not read files (`catalog/calendar.rs`) and does not count days (`mod.rs`).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate, Weekday};
use chrono_tz::Tz;
use serde::{Serialize, Serializer};

use super::expr::{DateTables, Expr, moved, weekday_name};
use super::shift::{Move, Shift};

/// What kind of free day a rule describes. Only `public` interrupts the counting of business days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A legal public holiday.
    Public,
    /// Banks or an exchange are closed, by their own rules.
    Bank,
    /// A day that somebody may choose to take.
    Optional,
    /// Public offices are closed by practice, not by the holiday statute.
    Office,
    /// Observed by federal offices around Washington, DC only.
    DcArea,
    /// Never interrupts counting; can only move the end of a procedural period.
    EndRoll,
}

impl Kind {
    /// Every kind with the word used for it in files.
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::Public, "public"),
        (Self::Bank, "bank"),
        (Self::Optional, "optional"),
        (Self::Office, "office"),
        (Self::DcArea, "dc-area"),
        (Self::EndRoll, "end-roll"),
    ];

    /// Why such a day is a business day all the same, as a part of a sentence.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Public => "a public holiday",
            Self::Bank => "banks close",
            Self::Optional => "may be taken off, by choice",
            Self::Office => "offices close by custom",
            Self::DcArea => "federal offices around Washington, DC close",
            Self::EndRoll => "moves only the end of a procedural period",
        }
    }

    /// The kind written as `word`.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(_, name)| *name == word)
            .map(|(kind, _)| *kind)
    }
}

/// From when or until when a rule is law; both ends are inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Limit {
    /// Compared with the nominal year.
    Year(i32),
    /// Compared with the natural date, for laws that change in mid-year.
    Date(NaiveDate),
}

/// One holiday rule.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rule {
    /// Short name by which an extending calendar can remove it.
    pub id: Option<String>,
    /// What people call the day; the id stands in when it is missing.
    pub name: String,
    /// When it falls.
    pub on: Expr,
    /// Whether it counts.
    pub kind: Kind,
    /// First year or day of validity.
    pub from: Option<Limit>,
    /// Last year or day of validity.
    pub until: Option<Limit>,
    /// When not empty: the only nominal years in which it applies.
    pub only: Vec<i32>,
    /// Nominal years in which it does not apply.
    pub except: Vec<i32>,
    /// `(every, phase)`: applies in years whose remainder by `every` is `phase`.
    pub every: Option<(u16, u16)>,
    /// When not empty: applies only if the natural date is one of these weekdays.
    #[serde(serialize_with = "weekdays")]
    pub when: Vec<Weekday>,
    /// Where it goes when it falls on a certain weekday.
    pub shift: Shift,
}

impl Rule {
    /// Natural dates and the fixed moves of a rule that interrupts nothing.
    pub(super) fn kept(&self, year: i32, tables: &DateTables) -> Vec<NaiveDate> {
        let mut kept = Vec::new();
        for date in self.natural(year, tables) {
            let how = self.shift.of(date.weekday());
            if how != Some(Move::Drop) {
                kept.push(date);
            }
            if let Some(Move::By(days)) = how {
                kept.extend(moved(date, days));
            }
        }
        kept
    }

    fn natural(&self, year: i32, tables: &DateTables) -> Vec<NaiveDate> {
        let applies = (self.only.is_empty() || self.only.contains(&year))
            && !self.except.contains(&year)
            && self.every.is_none_or(|(every, phase)| {
                year.rem_euclid(i32::from(every).max(1)) == i32::from(phase)
            });
        if !applies {
            return Vec::new();
        }
        let mut dates = self.on.dates(year, tables);
        dates.retain(|date| {
            let begun = match self.from {
                Some(Limit::Year(from)) => year >= from,
                Some(Limit::Date(from)) => *date >= from,
                None => true,
            };
            let lasting = match self.until {
                Some(Limit::Year(until)) => year <= until,
                Some(Limit::Date(until)) => *date <= until,
                None => true,
            };
            begun && lasting && (self.when.is_empty() || self.when.contains(&date.weekday()))
        });
        dates
    }
}

/// Everything that defines the working days of one jurisdiction, with inherited rules merged in.
///
/// Its canonical JSON is what a calendar's data hash is taken over.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Spec {
    /// Code of the jurisdiction, such as `AT` or `US-CO`.
    pub code: String,
    /// Name for people.
    pub name: String,
    /// The zone in which its days are usually counted; a controller's own zone decides.
    pub zone: Option<Tz>,
    /// Weekdays that are never business days.
    #[serde(serialize_with = "weekdays")]
    pub weekend: Vec<Weekday>,
    /// First and last year, inclusive, for which the rules are known to be right.
    pub valid: (i32, i32),
    /// The law or list that the rules were taken from.
    pub source: String,
    /// How the file came about, when that is not the source itself.
    pub origin: Option<String>,
    /// Whether somebody compared the rules with the law.
    pub verified: bool,
    /// Whether a day between two holidays is one as well (Japan, Art 3(3)).
    pub between: bool,
    /// The rules.
    pub rules: Vec<Rule>,
    /// Single free days with their reason.
    pub closed: BTreeMap<NaiveDate, String>,
    /// Single working days with their reason: worked Saturdays, revoked holidays.
    pub open: BTreeMap<NaiveDate, String>,
    /// Lists of dates that rules point at.
    pub tables: DateTables,
}

impl Spec {
    /// All free days that come from public rules and `closed`, on weekends too, with their names.
    ///
    /// `open` days are left out: they are business days whatever else they are.
    #[must_use]
    pub fn free_days(&self) -> BTreeMap<NaiveDate, String> {
        let naturals = self.natural_days();
        let occupied: BTreeSet<NaiveDate> = naturals.iter().map(|(date, ..)| *date).collect();
        let mut free: BTreeMap<NaiveDate, String> = BTreeMap::new();
        let mut moving = Vec::new();
        for (date, rule, how) in &naturals {
            if *how != Some(Move::Drop) {
                name_day(&mut free, *date, rule.name.clone());
            }
            if let Some(how) = how {
                moving.push((*date, *rule, *how));
            }
        }
        let mut taken = occupied;
        // In date order, so that Christmas finds its substitute before Boxing Day does.
        for (date, rule, how) in moving {
            let target = match how {
                Move::By(days) => moved(date, days),
                Move::Free => self.first_free_after(date, &taken),
                Move::Drop => None,
            };
            if let Some(target) = target {
                taken.insert(target);
                name_day(&mut free, target, format!("{} (observed)", rule.name));
            }
        }
        if self.between {
            let natural: BTreeSet<NaiveDate> = naturals.iter().map(|(date, ..)| *date).collect();
            for first in &natural {
                let middle = moved(*first, 1);
                let last = moved(*first, 2);
                if let (Some(middle), Some(last)) = (middle, last)
                    && natural.contains(&last)
                {
                    free.entry(middle)
                        .or_insert_with(|| "Day between two holidays".to_owned());
                }
            }
        }
        for (date, reason) in &self.closed {
            free.entry(*date).or_insert_with(|| reason.clone());
        }
        free.retain(|date, _| !self.open.contains_key(date));
        free
    }

    /// Whether there are more days than all rules together could take away.
    ///
    /// Each rule gives at most one day a year, or as many as its table lists, each of which may bring
    /// one more with it; a day between two holidays needs both. A no says nothing yet.
    pub(super) fn surely_has_business_days(&self, first: NaiveDate, last: NaiveDate) -> bool {
        let years = usize::try_from(last.year() - first.year() + 3).unwrap_or_default();
        let public = self.rules.iter().filter(|rule| rule.kind == Kind::Public);
        let dates: usize = public
            .map(|rule| {
                let table = rule.on.table().and_then(|name| self.tables.get(name));
                table.map_or(years, Vec::len)
            })
            .sum();
        let weekend: BTreeSet<_> = self.weekend.iter().map(|day| weekday_name(*day)).collect();
        let weeks = usize::try_from((last - first).num_weeks()).unwrap_or_default();
        weeks * (7 - weekend.len()) > dates * 3 + self.closed.len()
    }

    /// Natural dates of all public rules, in date order, with what the shift says about each.
    fn natural_days(&self) -> Vec<(NaiveDate, &Rule, Option<Move>)> {
        let years = self.valid.0.saturating_sub(1)..=self.valid.1.saturating_add(1);
        let mut days = Vec::new();
        for rule in self.rules.iter().filter(|rule| rule.kind == Kind::Public) {
            for year in years.clone() {
                for date in rule.natural(year, &self.tables) {
                    days.push((date, rule, rule.shift.of(date.weekday())));
                }
            }
        }
        days.sort_by_key(|(date, ..)| *date);
        days
    }

    fn first_free_after(&self, date: NaiveDate, taken: &BTreeSet<NaiveDate>) -> Option<NaiveDate> {
        date.iter_days()
            .skip(1)
            .take(31)
            .find(|day| !self.weekend.contains(&day.weekday()) && !taken.contains(day))
    }
}

fn name_day(free: &mut BTreeMap<NaiveDate, String>, date: NaiveDate, name: String) {
    free.entry(date)
        .and_modify(|names| {
            if !names.split(" / ").any(|known| known == name) {
                names.push_str(" / ");
                names.push_str(&name);
            }
        })
        .or_insert(name);
}

fn weekdays<S: Serializer>(days: &[Weekday], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(days.iter().map(|day| weekday_name(*day)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn rule(name: &str, on: &str, shift: &str) -> Rule {
        Rule {
            id: None,
            name: name.to_owned(),
            on: Expr::parse(on).unwrap(),
            kind: Kind::Public,
            from: None,
            until: None,
            only: Vec::new(),
            except: Vec::new(),
            every: None,
            when: Vec::new(),
            shift: Shift::parse(shift).unwrap(),
        }
    }

    fn spec(rules: Vec<Rule>) -> Spec {
        Spec {
            code: "T".to_owned(),
            name: "test".to_owned(),
            zone: None,
            weekend: vec![Weekday::Sat, Weekday::Sun],
            valid: (2000, 2040),
            source: "test".to_owned(),
            origin: None,
            verified: false,
            between: false,
            rules,
            closed: BTreeMap::new(),
            open: BTreeMap::new(),
            tables: DateTables::new(),
        }
    }

    #[test]
    fn christmas_and_boxing_day_find_two_free_days() {
        let free = spec(vec![
            rule("Christmas", "12-25", "sat>free sun>free"),
            rule("Boxing", "12-26", "sat>free sun>free"),
        ])
        .free_days();
        // 2021: Saturday and Sunday, so Monday and Tuesday.
        assert_eq!(free[&date("2021-12-27")], "Christmas (observed)");
        assert_eq!(free[&date("2021-12-28")], "Boxing (observed)");
        // 2022: Sunday and Monday; Boxing Day stays, Christmas goes to Tuesday.
        assert_eq!(free[&date("2022-12-26")], "Boxing");
        assert_eq!(free[&date("2022-12-27")], "Christmas (observed)");
    }

    #[test]
    fn a_day_between_two_holidays_can_be_one() {
        let mut japan = spec(vec![
            rule("Respect", "mon#3/09", "sun>free"),
            rule("Equinox", "@equinox", "sun>free"),
        ]);
        japan.between = true;
        japan.tables.insert(
            "equinox".to_owned(),
            vec![date("2009-09-23"), date("2010-09-23")],
        );
        let free = japan.free_days();
        assert_eq!(free[&date("2009-09-22")], "Day between two holidays");
        assert!(!free.contains_key(&date("2010-09-22")));
    }

    #[test]
    fn a_shift_may_cross_the_turn_of_the_year() {
        let free = spec(vec![rule("New Year", "01-01", "sat-1 sun+1")]).free_days();
        assert_eq!(free[&date("2021-12-31")], "New Year (observed)");
        assert!(free.contains_key(&date("2023-01-02")));
        // The last valid year sees the New Year after it.
        assert!(
            spec(vec![rule("N", "01-01", "sat-1 sun-2")])
                .free_days()
                .len()
                > 41
        );
    }

    #[test]
    fn limits_filters_and_cycles_are_kept() {
        let mut some = rule("Some", "06-19", "");
        some.from = Some(Limit::Date(date("2021-06-20")));
        some.until = Some(Limit::Year(2026));
        some.except = vec![2024];
        let mut inauguration = rule("Inauguration", "01-20", "sun+1");
        inauguration.every = Some((4, 1));
        let mut friday = rule("Friday", "07-04-1", "");
        friday.when = vec![Weekday::Fri];
        friday.only = vec![2020, 2021];
        let mut office = rule("Office", "12-24", "");
        office.kind = Kind::Office;
        let free = spec(vec![some, inauguration, friday, office]).free_days();
        let years = |month: u32| -> Vec<i32> {
            free.keys()
                .filter(|d| d.month() == month)
                .map(|d| d.year())
                .collect()
        };
        assert_eq!(years(6), [2022, 2023, 2025, 2026]);
        assert_eq!(&years(1)[..3], [2001, 2005, 2009]);
        assert_eq!(years(7), [2020]);
        assert!(years(12).is_empty());
        assert!(
            free.contains_key(&date("2013-01-21")),
            "20 January 2013 was a Sunday"
        );
    }

    #[test]
    fn closed_and_open_days_have_the_last_word() {
        let mut one = spec(vec![
            rule("Gone", "05-02", "sun>none"),
            rule("Kept", "05-03", ""),
        ]);
        one.closed
            .insert(date("2022-09-19"), "State funeral".to_owned());
        one.open.insert(date("2023-05-03"), "Moved".to_owned());
        let free = one.free_days();
        assert_eq!(free[&date("2022-09-19")], "State funeral");
        assert!(!free.contains_key(&date("2023-05-03")));
        assert!(free.contains_key(&date("2022-05-03")));
        assert!(
            !free.contains_key(&date("2027-05-02")),
            "a Sunday, so dropped"
        );
    }

    #[test]
    fn the_natural_day_stays_free_beside_its_substitute() {
        let free = spec(vec![rule("Christmas", "12-25", "fri+3")]).free_days();
        assert_eq!(free[&date("2020-12-25")], "Christmas");
        assert_eq!(free[&date("2020-12-28")], "Christmas (observed)");
    }

    #[test]
    fn two_names_on_one_day_are_both_told() {
        let free = spec(vec![rule("A", "05-01", ""), rule("B", "fri>=05-01", "")]).free_days();
        assert_eq!(free[&date("2026-05-01")], "A / B");
    }
}
