//! Where a holiday is kept as well when it falls on a certain weekday.
//!
//! Always holds: each weekday is named at most once. It moves nothing itself; `rule.rs` does.

use chrono::Weekday;
use serde::{Serialize, Serializer};

use super::expr::{parse_weekday, weekday_name};

/// What happens to a holiday whose natural date is a certain weekday.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// It is also kept that many days later (earlier when negative).
    By(i32),
    /// It is also kept on the first following day that is neither weekend nor a holiday.
    Free,
    /// It is not kept at all that year.
    Drop,
}

/// For each weekday, on which other day a holiday that falls on it is kept too: `"sat-1 sun+1"`.
///
/// The natural day stays free, because statutes give a substitute and do not take the day away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shift(Vec<(Weekday, Move)>);

impl Shift {
    /// Reads tokens such as `sun+1`, `sat-1`, `sat>free` and `sun>none`; empty text moves nothing.
    ///
    /// # Errors
    /// A sentence that names the token.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut moves: Vec<(Weekday, Move)> = Vec::new();
        for token in text.split_ascii_whitespace() {
            let wrong = || {
                format!(
                    "\"{token}\" is not a shift; write sun+1, sat-1, sat>free or sun>none, \
                     separated by spaces"
                )
            };
            let (day, what) = token.split_at_checked(3).ok_or_else(wrong)?;
            let weekday = parse_weekday(day).ok_or_else(wrong)?;
            let how = match what {
                ">free" => Move::Free,
                ">none" => Move::Drop,
                _ if what.starts_with(['+', '-']) => match what.parse() {
                    Ok(days) if (-6..=6).contains(&days) && days != 0 => Move::By(days),
                    _ => return Err(wrong()),
                },
                _ => return Err(wrong()),
            };
            if moves.iter().any(|(known, _)| *known == weekday) {
                return Err(format!("\"{day}\" is shifted twice in \"{text}\""));
            }
            moves.push((weekday, how));
        }
        Ok(Self(moves))
    }

    pub(super) fn of(&self, weekday: Weekday) -> Option<Move> {
        self.0
            .iter()
            .find(|(day, _)| *day == weekday)
            .map(|(_, how)| *how)
    }
}

impl Serialize for Shift {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let words: Vec<String> = self
            .0
            .iter()
            .map(|(weekday, how)| match how {
                Move::By(days) => format!("{}{days:+}", weekday_name(*weekday)),
                Move::Free => format!("{}>free", weekday_name(*weekday)),
                Move::Drop => format!("{}>none", weekday_name(*weekday)),
            })
            .collect();
        serializer.serialize_str(&words.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_shifts_are_refused() {
        for text in [
            "sun",
            "sun+0",
            "sun+9",
            "sun>freee",
            "sonntag+1",
            "sun+1 sun+2",
            "sü",
        ] {
            assert!(Shift::parse(text).is_err(), "{text}");
        }
    }
}
