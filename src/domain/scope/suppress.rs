//! Small counts: what a table of counts may say to who need not know whether the two people from Vermont
//! are affected.
//!
//! Always holds: no count below the threshold follows by subtraction from what is shown and the total that
//! stands beside it, nor from knowing that what is hidden with it is the smallest of the others.

use std::fmt;

/// What is shown of one count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The count itself.
    Exact(u64),
    /// It is at least 1 and below the threshold.
    Few {
        /// The threshold.
        below: u64,
    },
    /// It is at least the threshold, and hidden so that a smaller one cannot be worked out.
    Hidden {
        /// The threshold.
        below: u64,
    },
}

impl Shown {
    /// The smallest count that it may stand for.
    #[must_use]
    pub const fn from(self) -> u64 {
        match self {
            Self::Exact(n) => n,
            Self::Few { .. } => 1,
            Self::Hidden { below } => below,
        }
    }

    /// The largest count that it may stand for; none when there is no end.
    #[must_use]
    pub const fn to(self) -> Option<u64> {
        match self {
            Self::Exact(n) => Some(n),
            Self::Few { below } => Some(below.saturating_sub(1)),
            Self::Hidden { .. } => None,
        }
    }

    /// The count, when it is shown.
    #[must_use]
    pub const fn exact(self) -> Option<u64> {
        match self {
            Self::Exact(n) => Some(n),
            _ => None,
        }
    }
}

/// "12", "1–4", "5 or more"; thousands are not set apart.
impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(n) => n.fmt(f),
            Self::Few { below } => write!(f, "1–{}", below.saturating_sub(1)),
            Self::Hidden { below } => write!(f, "{below} or more"),
        }
    }
}

/// The smallest threshold that hides anything: below 2 there is only the 1.
pub const THRESHOLD_MIN: u64 = 3;

/// What is shown of the counts of a table whose total is known. `below` is the threshold; one under
/// [`THRESHOLD_MIN`] hides nothing.
///
/// Counts from 1 to below the threshold become [`Shown::Few`]. Where one of these could be worked out by
/// subtraction, the smallest of the others are hidden too, until it cannot. Nothing when that does not
/// help: the table is not to be shown at all.
#[must_use]
pub fn table(counts: &[u64], below: u64) -> Option<Vec<Shown>> {
    let small = |n: u64| below >= THRESHOLD_MIN && n > 0 && n < below;
    if !counts.iter().any(|n| small(*n)) {
        return Some(counts.iter().map(|n| Shown::Exact(*n)).collect());
    }
    let mut shown: Vec<Shown> = counts
        .iter()
        .map(|n| match small(*n) {
            true => Shown::Few { below },
            false => Shown::Exact(*n),
        })
        .collect();
    // The next to be hidden comes last; a zero hides nothing.
    let mut others: Vec<usize> = (0..counts.len()).filter(|i| counts[*i] >= below).collect();
    others.sort_by_key(|i| std::cmp::Reverse((counts[*i], *i)));
    while told(counts, &shown, others.last().map(|i| counts[*i])) {
        let next = others.pop()?;
        shown[next] = Shown::Hidden { below };
    }
    Some(shown)
}

/// Whether a small count can be worked out. `next` is the smallest count that is shown and could have
/// been hidden: what is hidden is not larger.
fn told(counts: &[u64], shown: &[Shown], next: Option<u64>) -> bool {
    let concealed = || {
        counts
            .iter()
            .zip(shown)
            .filter(|(_, shown)| shown.exact().is_none())
    };
    let sum: u64 = concealed().map(|(n, _)| n).sum();
    let most = |shown: &Shown| match shown {
        Shown::Hidden { .. } => next,
        other => other.to(),
    };
    let low: u64 = concealed().map(|(_, shown)| shown.from()).sum();
    let high = concealed().try_fold(0u64, |all, (_, shown)| most(shown).map(|n| all + n));
    concealed()
        .filter(|(_, shown)| matches!(shown, Shown::Few { .. }))
        .any(|(_, shown)| {
            let (from, to) = (shown.from(), shown.to().unwrap_or(u64::MAX));
            // What the others leave for this one.
            let at_most = to.min(sum.saturating_sub(low - from));
            let at_least = match high {
                Some(high) => from.max(sum.saturating_sub(high - to)),
                None => from,
            };
            at_least >= at_most
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(counts: &[u64], below: u64) -> Option<Vec<String>> {
        table(counts, below).map(|all| all.iter().map(Shown::to_string).collect())
    }

    #[track_caller]
    fn is(counts: &[u64], below: u64, expected: &[&str]) {
        let expected: Vec<String> = expected.iter().map(|s| (*s).to_owned()).collect();
        assert_eq!(shown(counts, below), Some(expected));
    }

    #[test]
    fn a_threshold_of_nothing_hides_nothing() {
        is(&[1, 2, 300], 0, &["1", "2", "300"]);
        is(&[1, 2, 300], 2, &["1", "2", "300"]);
        is(&[], 5, &[]);
    }

    #[test]
    fn what_is_not_small_stays_and_so_does_a_zero() {
        is(&[5, 0, 12], 5, &["5", "0", "12"]);
    }

    #[test]
    fn one_small_count_takes_the_next_smallest_with_it() {
        // Shown alone, 3 would be the total less 912.
        is(&[902, 10, 3], 5, &["902", "5 or more", "1–4"]);
        is(&[10, 0, 3, 900], 5, &["5 or more", "0", "1–4", "900"]);
    }

    #[test]
    fn two_small_counts_hide_each_other() {
        is(&[902, 3, 2], 5, &["902", "1–4", "1–4"]);
    }

    #[test]
    fn two_that_can_only_be_one_are_not_enough() {
        // 1 + 1 = 2 leaves no choice, nor does 4 + 4 = 8.
        is(&[902, 20, 1, 1], 5, &["902", "5 or more", "1–4", "1–4"]);
        is(&[902, 20, 4, 4], 5, &["902", "5 or more", "1–4", "1–4"]);
    }

    #[test]
    fn the_next_is_hidden_too_when_the_first_tells() {
        // 1 + 5 = 6: with 5 or more hidden, the other could only be 1.
        is(
            &[902, 7, 5, 1],
            5,
            &["902", "5 or more", "5 or more", "1–4"],
        );
        // 4 + 5 = 9 beside a 5 that is shown: what is hidden is not larger than that, so it would be 4.
        is(
            &[900, 5, 5, 4],
            5,
            &["900", "5 or more", "5 or more", "1–4"],
        );
    }

    #[test]
    fn where_nothing_helps_nothing_is_shown() {
        assert_eq!(shown(&[3], 5), None, "the total is the count");
        assert_eq!(shown(&[1, 5], 5), None);
        assert_eq!(shown(&[1, 1, 1, 1, 1], 5), None, "five in five places");
    }

    /// Every small table there is: from what is shown and the total, each small count could be at least two
    /// things. Worked out by trying all numbers that could stand for what is shown.
    #[test]
    fn no_small_count_can_be_worked_out() {
        let (below, mut tried) = (3, 0);
        for cells in 1..=4_u32 {
            let tables: Vec<Vec<u64>> = (0..8_u64.pow(cells))
                .map(|n| (0..cells).map(|i| n / 8_u64.pow(i) % 8).collect())
                .collect();
            for counts in &tables {
                let Some(shown) = table(counts, below) else {
                    continue;
                };
                // What is hidden is not larger than the smallest that is shown and could be hidden.
                let largest = shown.iter().filter_map(|s| s.exact());
                let largest = largest.filter(|n| *n >= below).min();
                let fits = |numbers: &[u64]| {
                    let total = numbers.iter().sum::<u64>() == counts.iter().sum::<u64>();
                    total
                        && numbers.iter().zip(&shown).all(|(n, s)| match s {
                            Shown::Hidden { .. } => largest.is_none_or(|most| *n <= most),
                            _ => s.to().is_some_and(|to| *n <= to),
                        } && *n >= s.from())
                };
                // A number that is not tried here would only add to what is possible.
                let possible: Vec<&Vec<u64>> = tables.iter().filter(|t| fits(t)).collect();
                for (i, one) in shown.iter().enumerate() {
                    if matches!(one, Shown::Few { .. }) {
                        let first = possible[0][i];
                        let other = possible.iter().any(|t| t[i] != first);
                        // Beyond the edge of what is tried there are more.
                        let edge = largest.is_none() && counts.iter().sum::<u64>() > 7;
                        assert!(other || edge, "{counts:?} is shown as {shown:?}");
                        tried += 1;
                    }
                }
            }
        }
        assert!(tried > 1_000, "{tried}");
    }
}
