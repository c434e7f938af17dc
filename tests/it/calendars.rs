//! Every calendar against a list of holidays that another program made, and against counting by hand.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike as _, NaiveDate, Weekday};
use duenotice::domain::calendar::{Calendar, CountedDay, Override, OverrideKind};
use duenotice::ids::CalendarOverrideId;

use crate::dates::{calendar, catalog, day};

/// Names that the list gives to calendars, where ours are others: ours are names of files.
const RENAMED: [(&str, &str); 3] = [
    ("AU-NSW Western", "AU-NSW-WEST"),
    ("BR-São Paulo Capital", "BR-SP-CITY"),
    ("CH-Stadt Zurich", "CH-ZH-CITY"),
];

/// The states of Austria have the days of Austria: a day of a state closes schools and offices only.
const SAME_AS_AUSTRIA: [&str; 9] = [
    "AT-1", "AT-2", "AT-3", "AT-4", "AT-5", "AT-6", "AT-7", "AT-8", "AT-9",
];

/// The free weekdays of the list by our code; every row of the file is in here.
fn listed() -> BTreeMap<String, BTreeSet<NaiveDate>> {
    let csv = include_str!("../data/vectors/holidays.csv");
    let mut listed: BTreeMap<String, BTreeSet<NaiveDate>> = BTreeMap::new();
    for row in csv::Reader::from_reader(csv.as_bytes()).deserialize() {
        let (name, year, days): (String, i32, String) = row.unwrap();
        let renamed = RENAMED.iter().find(|(theirs, _)| *theirs == name);
        let code = renamed.map_or(name, |(_, ours)| (*ours).to_owned());
        let days = days.split(' ').map(|one| day(&format!("{year}-{one}")));
        listed.entry(code).or_default().extend(days);
    }
    listed
}

fn is_weekend(date: NaiveDate) -> bool {
    matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}

#[test]
fn every_calendar_is_free_on_exactly_the_listed_weekdays() {
    let listed = listed();
    assert_eq!(listed.len(), 191);
    let mut wrong = Vec::new();
    for (code, days) in &listed {
        let calendar = calendar(code);
        for date in day("2020-01-01")
            .iter_days()
            .take_while(|date| date.year() <= 2045)
        {
            let business = calendar.is_business_day(date).unwrap();
            if business == (is_weekend(date) || days.contains(&date)) {
                wrong.push(format!("{code} {date}: business day {business}"));
            }
            if !business && !is_weekend(date) {
                assert!(calendar.holiday(date).is_some(), "{code} {date} has a name");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_calendar_is_without_a_list() {
    let listed = listed();
    for calendar in catalog().calendars().iter() {
        let code = calendar.code();
        assert!(
            listed.contains_key(code) || SAME_AS_AUSTRIA.contains(&code),
            "{code}: add its holidays to tests/data/vectors/holidays.csv"
        );
    }
    let austria = calendar("AT");
    let (first, last) = austria.range();
    for code in SAME_AS_AUSTRIA {
        let state = calendar(code);
        for date in first.iter_days().take_while(|date| *date <= last) {
            assert_eq!(
                state.is_business_day(date),
                austria.is_business_day(date),
                "{code} {date}"
            );
        }
    }
}

#[test]
fn every_calendar_says_where_it_is_from() {
    for calendar in catalog().calendars().iter() {
        let (code, spec) = (calendar.code(), calendar.spec());
        assert!(spec.zone.is_some(), "{code} has no zone");
        assert!(spec.name.len() > 5 && spec.name != code, "{code}");
        assert!(!spec.source.is_empty(), "{code}");
        assert_eq!(spec.verified, spec.origin.is_none(), "{code}");
        assert!(
            code.bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-'),
            "{code}"
        );
    }
    let verified = catalog().calendars().iter().filter(|c| c.spec().verified);
    assert_eq!(verified.count(), 17);
}

/// Whether each day from the first valid one counts, found without the counting tables.
fn by_hand(calendar: &Calendar, counted: CountedDay) -> Vec<bool> {
    let (first, last) = calendar.range();
    let spec = calendar.spec();
    let free: BTreeSet<NaiveDate> = spec.free_days().into_keys().collect();
    first
        .iter_days()
        .take_while(|date| *date <= last)
        .map(|date| {
            let weekend = match counted {
                CountedDay::Business => spec.weekend.contains(&date.weekday()),
                CountedDay::Werktag => date.weekday() == Weekday::Sun,
            };
            spec.open.contains_key(&date) || !(weekend || free.contains(&date))
        })
        .collect()
}

/// The `n`-th counted day after the one at `index`, one day at a time.
fn walk(counts: &[bool], index: usize, n: u32) -> Option<usize> {
    let mut left = n;
    let mut at = index;
    while left > 0 {
        at += 1;
        if *counts.get(at)? {
            left -= 1;
        }
    }
    Some(at)
}

#[test]
fn the_tables_count_like_a_person_does_on_every_day_of_every_calendar() {
    for calendar in catalog().calendars().iter() {
        let (first, _) = calendar.range();
        for counted in [CountedDay::Business, CountedDay::Werktag] {
            let counts = by_hand(calendar, counted);
            let days: Vec<NaiveDate> = first.iter_days().take(counts.len()).collect();
            assert!(counts.len() > 27_000, "{}", calendar.code());
            for (index, date) in days.iter().enumerate() {
                assert_eq!(calendar.counts(counted, *date), Ok(counts[index]));
                let many = u32::try_from(index * 7919 % 40).unwrap() + 1;
                for n in [1, 7, many] {
                    let expected = walk(&counts, index, n).map(|at| days[at]);
                    let found = calendar.nth_day_after(counted, *date, n).ok();
                    assert_eq!(found, expected, "{} {date} + {n}", calendar.code());
                }
            }
        }
    }
}

fn set(calendar: &str, date: &str, kind: OverrideKind) -> Override {
    Override {
        id: CalendarOverrideId(uuid::Uuid::from_u128(1)),
        calendar: calendar.to_owned(),
        date: day(date),
        kind,
        reason: "Day of mourning".to_owned(),
        by: "Ada".to_owned(),
        at: "2026-11-20T23:30:00Z".parse().unwrap(),
    }
}

#[test]
fn a_day_that_was_set_lies_over_the_file_and_in_the_hash() {
    let calendars = catalog().calendars();
    let with = |one: Override| calendars.with_overrides(&[one]);
    let friday = with(set("AT", "2026-11-27", OverrideKind::Proclaimed)).unwrap();
    let at = friday.get("AT").unwrap();
    assert_eq!(
        at.holiday(day("2026-11-27")),
        Some("Day of mourning (proclaimed day, entered by Ada on 2026-11-20)")
    );
    assert_eq!(at.overrides().len(), 1);
    assert_eq!(
        at.nth_business_day_after(day("2026-11-26"), 1),
        Ok(day("2026-11-30"))
    );
    let same_day_otherwise = with(set("AT", "2026-11-27", OverrideKind::Bridge)).unwrap();
    let hashes: BTreeSet<&str> = [calendars, &friday, &same_day_otherwise]
        .map(|all| all.get("AT").unwrap().hash())
        .into();
    assert_eq!(hashes.len(), 3);
    assert!(
        calendar("AT").overrides().is_empty(),
        "the file's own stays"
    );

    let christmas = with(set("AT", "2026-12-25", OverrideKind::Open)).unwrap();
    let at = christmas.get("AT").unwrap();
    assert_eq!(at.is_business_day(day("2026-12-25")), Ok(true));
    assert_eq!(at.holiday(day("2026-12-25")), None);

    for (one, words) in [
        (
            set("XX", "2026-11-27", OverrideKind::Closed),
            "no calendar XX",
        ),
        (
            set("AT", "2080-01-02", OverrideKind::Closed),
            "2000 to 2075",
        ),
    ] {
        let error = with(one).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}
