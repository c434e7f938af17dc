//! How long somebody has: `7 business_day`, `72 hour`.
//!
//! Always holds: hours are elapsed time; days are whole local days after the day of the event; a
//! month ends on the day with the same number, or on the last day of a shorter month; a period is
//! never zero and never longer than 3,660 units. It knows no calendar and no zone.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::calendar::CountedDay;

/// Longest period, in any unit; ten years of days.
pub const UNITS_MAX: u32 = 3660;

/// What a period is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Sixty elapsed minutes, whatever the wall clock does.
    Hour,
    /// Every local day.
    CalendarDay,
    /// A day that is neither weekend nor public holiday.
    BusinessDay,
    /// A day that is neither Sunday nor public holiday.
    Werktag,
    /// To the day with the same number, or the last of a shorter month (Reg 1182/71 Art 3(2)(c),
    /// C.R.S. 2-4-108(3)).
    Month,
}

impl Unit {
    /// The word for it in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::CalendarDay => "calendar_day",
            Self::BusinessDay => "business_day",
            Self::Werktag => "werktag",
            Self::Month => "month",
        }
    }

    /// The only way in which it is counted.
    #[must_use]
    pub fn count(self) -> Count {
        match self {
            Self::Hour => Count::Elapsed,
            _ => Count::DayExcl,
        }
    }

    /// Which days of a calendar it counts; nothing for units that need no calendar.
    #[must_use]
    pub fn counted_day(self) -> Option<CountedDay> {
        match self {
            Self::Hour | Self::CalendarDay | Self::Month => None,
            Self::BusinessDay => Some(CountedDay::Business),
            Self::Werktag => Some(CountedDay::Werktag),
        }
    }
}

/// How a period is counted from its event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Count {
    /// Absolute time from the instant.
    Elapsed,
    /// The local day of the event is not counted; ends at the midnight after the last day.
    DayExcl,
}

/// Why a period makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    /// Zero units.
    #[error(
        "a period of zero units has no end; give at least 1, or leave the period out and write a `qualifier`"
    )]
    Zero,
    /// More than [`UNITS_MAX`].
    #[error("a period of {n} units is longer than {max}, which no rule has; check the number", max = UNITS_MAX)]
    Length {
        /// The number given.
        n: u32,
    },
    /// Hours counted as days or the other way round.
    #[error(
        "the unit {unit} cannot be counted that way; hours are counted as \"elapsed\", days as \
         \"day_excl\"",
        unit = unit.as_str()
    )]
    Count {
        /// The unit given.
        unit: Unit,
    },
}

/// A number of units and the way they are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Period {
    n: u32,
    unit: Unit,
    count: Count,
}

impl Period {
    /// A period of `n` units.
    ///
    /// # Errors
    /// When `n` is zero or above [`UNITS_MAX`], or the count does not fit the unit.
    pub fn new(n: u32, unit: Unit, count: Count) -> Result<Self, PeriodError> {
        if n == 0 {
            return Err(PeriodError::Zero);
        }
        if n > UNITS_MAX {
            return Err(PeriodError::Length { n });
        }
        if count != unit.count() {
            return Err(PeriodError::Count { unit });
        }
        Ok(Self { n, unit, count })
    }

    /// How many units; from 1 to [`UNITS_MAX`].
    #[must_use]
    pub fn n(&self) -> u32 {
        self.n
    }

    /// What is counted.
    #[must_use]
    pub fn unit(&self) -> Unit {
        self.unit
    }

    /// How it is counted.
    #[must_use]
    pub fn count(&self) -> Count {
        self.count
    }
}

impl fmt::Display for Period {
    /// For people: `7 business days`, `72 hours`, `1 Werktag`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (one, many) = match self.unit {
            Unit::Hour => ("hour", "hours"),
            Unit::CalendarDay => ("calendar day", "calendar days"),
            Unit::BusinessDay => ("business day", "business days"),
            Unit::Werktag => ("Werktag", "Werktage"),
            Unit::Month => ("month", "months"),
        };
        write!(f, "{} {}", self.n, if self.n == 1 { one } else { many })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_bounded_and_counted_the_right_way() {
        let days = |n| Period::new(n, Unit::BusinessDay, Count::DayExcl);
        assert_eq!(days(7).unwrap().to_string(), "7 business days");
        assert_eq!(
            Period::new(1, Unit::Hour, Count::Elapsed)
                .unwrap()
                .to_string(),
            "1 hour"
        );
        assert_eq!(days(0), Err(PeriodError::Zero));
        assert!(days(3660).is_ok());
        assert_eq!(days(3661), Err(PeriodError::Length { n: 3661 }));
        assert!(Period::new(72, Unit::Hour, Count::DayExcl).is_err());
        assert!(Period::new(7, Unit::Werktag, Count::Elapsed).is_err());
    }
}
