//! All calendars of a program.
//!
//! Always holds: each is found under its own code. It merges none with another.

use std::collections::BTreeMap;

use super::{Calendar, CalendarError, CountedDay, Override};

/// All calendars at hand, by code.
#[derive(Clone, Debug, Default)]
pub struct Calendars(BTreeMap<String, Calendar>);

impl Calendars {
    /// The calendar with this code.
    ///
    /// # Errors
    /// [`CalendarError::Unknown`], which says what codes there are.
    pub fn get(&self, code: &str) -> Result<&Calendar, CalendarError> {
        self.0.get(code).ok_or_else(|| CalendarError::Unknown {
            code: code.to_owned(),
            known: self.known(code),
        })
    }

    /// The codes that begin like `code`, or else what codes begin with.
    fn known(&self, code: &str) -> String {
        let family = |code: &str| code.split('-').next().unwrap_or_default().to_uppercase();
        let own = family(code.trim());
        let mut codes: Vec<&str> = self.0.keys().map(String::as_str).collect();
        if codes.iter().any(|code| family(code) == own) {
            codes.retain(|code| family(code) == own);
            return format!("with {own} there are {}", codes.join(", "));
        }
        let mut families: Vec<String> = codes.into_iter().map(family).collect();
        families.dedup();
        format!("codes begin with {}", families.join(", "))
    }

    /// All calendars, with days that the operator set laid over those that they name.
    ///
    /// # Errors
    /// When a calendar is not known, a day is outside its valid years, or no business day is left.
    pub fn with_overrides(&self, overrides: &[Override]) -> Result<Self, CalendarError> {
        let mut days: BTreeMap<&str, Vec<Override>> = BTreeMap::new();
        for one in overrides {
            days.entry(&one.calendar).or_default().push(one.clone());
        }
        let mut all = self.clone();
        for (code, days) in days {
            all.insert(self.get(code)?.with_overrides(&days)?);
        }
        Ok(all)
    }

    /// Whether an override still says something: its calendar is known for its day.
    ///
    /// One that does not concerns nobody, because nobody can count there either.
    #[must_use]
    pub fn concerns(&self, one: &Override) -> bool {
        self.get(&one.calendar)
            .is_ok_and(|calendar| calendar.counts(CountedDay::Business, one.date).is_ok())
    }

    /// Adds a calendar; one with the same code is replaced.
    pub fn insert(&mut self, calendar: Calendar) {
        self.0.insert(calendar.code().to_owned(), calendar);
    }

    /// All of them, by code.
    pub fn iter(&self) -> impl Iterator<Item = &Calendar> {
        self.0.values()
    }
}

impl FromIterator<Calendar> for Calendars {
    fn from_iter<T: IntoIterator<Item = Calendar>>(iter: T) -> Self {
        let mut calendars = Self::default();
        for calendar in iter {
            calendars.insert(calendar);
        }
        calendars
    }
}
