//! How many affected people live where, as far as it is known: from a roster, from estimates, or both.
//!
//! Always holds: a number is a range from what is sure to what is possible; a part is never larger than
//! its whole, and a whole never smaller than its parts; an estimate counts where it says more than a
//! roster does. Nobody is ever left out because a place is not recorded.

use std::collections::BTreeMap;

use super::ANYWHERE;

/// From what is sure to what is possible; no upper number where there is no bound.
type Range = (u64, Option<u64>);

/// Countries of a group such as `EEA`, by its code.
type Groups = BTreeMap<String, Vec<String>>;

/// How many affected people live where, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct People {
    /// By place: `AT`, `US`, `US-TX`, `EEA`, [`ANYWHERE`].
    places: BTreeMap<String, Range>,
    /// Whether there is a roster: places that it does not name have nobody beyond `unplaced`.
    counted: bool,
    /// People on the roster whose country is not recorded.
    unplaced: u64,
    /// People in the United States whose state is not recorded.
    stateless: u64,
}

impl People {
    /// The counts of a roster: country, US state and number of persons of each group.
    pub fn of_roster<'a>(
        groups: impl IntoIterator<Item = (Option<&'a str>, Option<&'a str>, u64)>,
    ) -> Self {
        let mut people = Self {
            counted: true,
            ..Self::default()
        };
        let mut exact: BTreeMap<String, u64> = BTreeMap::new();
        for (country, state, n) in groups {
            let mut add = |place: String| *exact.entry(place).or_default() += n;
            add(ANYWHERE.to_owned());
            match (country, state) {
                // A state without a country can only be one of the United States.
                (Some("US") | None, Some(state)) => {
                    add("US".to_owned());
                    add(format!("US-{state}"));
                }
                (Some(country), _) => {
                    add(country.to_owned());
                    people.stateless += if country == "US" { n } else { 0 };
                }
                (None, None) => people.unplaced += n,
            }
        }
        for (place, n) in exact {
            let more = people.slack(&place);
            people.places.insert(place, (n, Some(n + more)));
        }
        people
    }

    /// Records an estimate for a place, which counts where it says more than is known.
    pub fn estimate(&mut self, place: &str, from: u64, to: Option<u64>) {
        let before = self.places.get(place).copied();
        let range = match before {
            Some(before) => larger(before, (from, to)),
            None if self.counted => larger((0, Some(self.slack(place))), (from, to)),
            None => (from, to),
        };
        self.places.insert(place.to_owned(), range);
    }

    /// How many live in a place: a country, a US state, one of `groups`, or [`ANYWHERE`].
    #[must_use]
    pub fn range(&self, place: &str, groups: &Groups) -> Range {
        if let Some(countries) = groups.get(place) {
            return self.group(place, countries);
        }
        let own = self.places.get(place).copied();
        let (low, high) = own.unwrap_or_else(|| {
            let nobody_named = self.counted.then(|| self.slack(place));
            (0, nobody_named)
        });
        let high = self.wholes(place, groups).fold(high, smaller);
        (low.max(self.parts(place)), high)
    }

    /// How many live in the US state with most of them.
    #[must_use]
    pub fn largest_state(&self) -> Range {
        let states = || {
            let all = self.places.iter();
            all.filter(|(place, _)| place.starts_with("US-"))
                .map(|(_, range)| *range)
        };
        let low = states().map(|(low, _)| low).max().unwrap_or(0);
        if !self.counted {
            return (low, self.range("US", &Groups::new()).1);
        }
        // Everybody of whom no state is recorded may live in one.
        let nowhere = (0, Some(self.slack("US-")));
        let high = states().fold(nowhere, larger).1;
        (low, high)
    }

    fn group(&self, group: &str, countries: &[String]) -> Range {
        let none = Groups::new();
        let (mut low, mut high) = (0, Some(0));
        for country in countries {
            let (a, b) = self.range(country, &none);
            low += a;
            high = high.zip(b).map(|(x, y)| x + y);
        }
        // People without a country were added for each of them, and live in one at most.
        high = smaller(high, self.range(ANYWHERE, &none).1);
        match self.places.get(group) {
            None => (low, high),
            Some(own) if self.counted => larger((low, high), *own),
            Some(own) => (low.max(own.0), smaller(high, own.1)),
        }
    }

    /// People on the roster who may live in a place although it is not recorded.
    fn slack(&self, place: &str) -> u64 {
        if place == ANYWHERE {
            0
        } else if place.starts_with("US-") {
            self.unplaced + self.stateless
        } else {
            self.unplaced
        }
    }

    /// The upper numbers of what a place is a part of.
    fn wholes<'a>(
        &'a self,
        place: &'a str,
        groups: &'a Groups,
    ) -> impl Iterator<Item = Option<u64>> + 'a {
        let country = place.split_once('-').map(|(country, _)| country);
        let in_groups = groups
            .iter()
            .filter(move |(_, all)| all.iter().any(|one| *one == country.unwrap_or(place)))
            .map(|(group, _)| group.as_str());
        let anywhere = (place != ANYWHERE).then_some(ANYWHERE);
        let wholes = country.into_iter().chain(anywhere).chain(in_groups);
        wholes.map(|whole| self.places.get(whole).and_then(|(_, high)| *high))
    }

    /// How many surely live in the parts of a place.
    fn parts(&self, place: &str) -> u64 {
        let sure = |(_, (low, _)): (&String, &Range)| *low;
        if place == ANYWHERE {
            // By country; a country that is only known by its states counts by those.
            let country = |code: &str| code.split('-').next().unwrap_or(code).to_owned();
            let countries: std::collections::BTreeSet<String> = self
                .places
                .keys()
                .map(|code| country(code))
                .filter(|code| code.len() == 2)
                .collect();
            return countries
                .iter()
                .map(|code| {
                    self.places
                        .get(code)
                        .map_or(0, |own| own.0)
                        .max(self.parts(code))
                })
                .sum();
        }
        let inside = format!("{place}-");
        let parts = self
            .places
            .iter()
            .filter(|(code, _)| code.starts_with(&inside));
        parts.map(sure).sum()
    }
}

/// The smaller of two upper numbers.
fn smaller(a: Option<u64>, b: Option<u64>) -> Option<u64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// What is sure by either, up to what is possible by either.
fn larger(a: Range, b: Range) -> Range {
    (a.0.max(b.0), a.1.zip(b.1).map(|(a, b)| a.max(b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups() -> Groups {
        let of = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect();
        BTreeMap::from([("EEA".to_owned(), of(&["AT", "DE"]))])
    }

    #[test]
    fn a_part_is_never_larger_than_its_whole() {
        let mut people = People::default();
        people.estimate("US", 0, Some(0));
        assert_eq!(people.range("US-TX", &groups()), (0, Some(0)));
        people.estimate("EEA", 5, Some(40));
        assert_eq!(people.range("EEA", &groups()), (5, Some(40)));
        assert_eq!(people.range("DE", &groups()), (0, Some(40)));
        people.estimate("DE", 10, Some(90));
        assert_eq!(people.range("DE", &groups()), (10, Some(40)));
        people.estimate(ANYWHERE, 0, Some(30));
        assert_eq!(people.range("DE", &groups()), (10, Some(30)));
    }

    #[test]
    fn a_whole_is_never_smaller_than_its_parts() {
        let mut people = People::default();
        people.estimate("US-TX", 200, Some(300));
        people.estimate("US-CO", 50, None);
        assert_eq!(people.range("US", &groups()), (250, None));
        people.estimate("AT", 7, Some(7));
        assert_eq!(people.range(ANYWHERE, &groups()), (257, None));
        assert_eq!(people.range("EEA", &groups()), (7, None));
        assert_eq!(people.largest_state(), (200, None));
    }

    #[test]
    fn a_roster_leaves_nobody_out_and_an_estimate_only_adds() {
        let mut people = People::of_roster([
            (Some("AT"), None, 10),
            (Some("US"), None, 3),
            (None, Some("TX"), 4),
            (None, None, 2),
        ]);
        assert_eq!(people.range("US", &groups()), (7, Some(9)));
        assert_eq!(people.range("US-TX", &groups()), (4, Some(9)));
        assert_eq!(people.range("US-CO", &groups()), (0, Some(5)));
        assert_eq!(people.range("DE", &groups()), (0, Some(2)));
        assert_eq!(people.range("EEA", &groups()), (10, Some(14)));
        people.estimate("DE", 0, Some(0));
        assert_eq!(
            people.range("DE", &groups()),
            (0, Some(2)),
            "two live somewhere"
        );
        people.estimate("EEA", 100, Some(200));
        assert_eq!(people.range("EEA", &groups()), (100, Some(200)));
    }
}
