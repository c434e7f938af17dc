//! Holidays and later facts never make it earlier; the three values and the floors keep their order.

use chrono::{DateTime, Days, TimeDelta, TimeZone as _};
use duenotice::domain::calendar::Calendar;
use duenotice::domain::deadline::{self, Bound};
use duenotice::domain::instant::start_of_day;
use duenotice::domain::period::Unit;
use proptest::prelude::*;

use super::given::{Given, any_given, any_instant};

/// The end of the rule's period for one leg, counted one day after another.
fn counted_slowly(given: &Given, leg: &deadline::Leg) -> DateTime<chrono::FixedOffset> {
    let period = given.rule.period.unwrap();
    let calendar = given
        .calendars
        .iter()
        .find(|one| one.code() == leg.calendar)
        .unwrap();
    if period.unit() == Unit::Hour {
        return given.aware + TimeDelta::hours(period.n().into());
    }
    let trigger = given.aware.with_timezone(&leg.zone).date_naive();
    let counts = |date: &chrono::NaiveDate| match period.unit() {
        Unit::BusinessDay => calendar.is_business_day(*date).unwrap(),
        Unit::Werktag => {
            calendar.spec().open.contains_key(date)
                || (chrono::Datelike::weekday(date) != chrono::Weekday::Sun
                    && calendar.holiday(*date).is_none())
        }
        _ => true,
    };
    let last = if period.unit() == Unit::Month {
        trigger + chrono::Months::new(period.n())
    } else {
        let n = usize::try_from(period.n()).unwrap();
        let mut days = trigger.iter_days().skip(1).filter(counts);
        days.nth(n - 1).unwrap()
    };
    match given.rule.cutoff {
        None => start_of_day(last + Days::new(1), leg.zone)
            .unwrap()
            .fixed_offset(),
        Some(time) => leg
            .zone
            .from_local_datetime(&last.and_time(time))
            .earliest()
            .or_else(|| start_of_day(last + Days::new(1), leg.zone))
            .unwrap()
            .fixed_offset(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn adding_a_holiday_never_makes_a_deadline_earlier(
        given in any_given(),
        added in prop::collection::vec((0_usize..3, 0_u64..120), 1..10),
    ) {
        let before = given.compute();
        let mut more = given.clone();
        for (which, offset) in added {
            let mut spec = more.calendars[which].spec().clone();
            let closed = given.aware.date_naive() + Days::new(offset);
            spec.open.remove(&closed);
            spec.closed.insert(closed, "one more".to_owned());
            more.calendars[which] = Calendar::new(spec).unwrap();
        }
        let after = more.compute();
        prop_assert!(after.due >= before.due, "{} became {}", before.due, after.due);
    }

    #[test]
    fn a_later_anchor_never_gives_an_earlier_due(
        given in any_given(),
        seconds in 0_i64..6_000_000,
    ) {
        let mut later = given.clone();
        later.aware = given.aware + TimeDelta::seconds(seconds);
        let (first, second) = (given.compute(), later.compute());
        prop_assert!(second.due >= first.due, "{} and {}", first.due, second.due);
    }

    #[test]
    fn the_values_keep_their_order(given in any_given()) {
        let deadline = given.compute();
        prop_assert!(deadline.target.unwrap() <= deadline.due);
        prop_assert!(deadline.latest_arguable.is_none_or(|latest| latest > deadline.due));
        prop_assert_eq!(deadline.due_utc, deadline.due);
        prop_assert!(deadline.legs.iter().all(|leg| leg.due >= deadline.due));
        if let Some(latest) = deadline.latest_arguable {
            let chosen = deadline.readings.iter().find(|one| one.due == latest && !one.disputed);
            prop_assert!(chosen.is_some());
        }
        if let Some(floors) = given.with(&[], deadline::floors).unwrap() {
            prop_assert!(floors.weekends_only.due <= floors.any_business.due);
            prop_assert!(
                floors.any_business.due <= deadline.due,
                "{:?} and {}", floors, deadline.due
            );
        }
    }

    #[test]
    fn every_leg_is_what_counting_day_by_day_gives(given in any_given()) {
        let given = given.without_cap();
        let deadline = given.compute();
        let on_time_at_due = given.rule.cutoff.is_some()
            || given.rule.period.unwrap().unit() == Unit::Hour;
        prop_assert_eq!(deadline.bound == Bound::AtOrBefore, on_time_at_due);
        for leg in &deadline.legs {
            prop_assert_eq!(leg.due, counted_slowly(&given, leg));
        }
    }

    #[test]
    fn the_same_instant_in_another_offset_is_due_at_the_same_time(
        given in any_given(),
        other in any_instant(),
    ) {
        let mut same = given.clone();
        same.aware = given.aware.with_timezone(other.offset());
        same.detected = given.detected.with_timezone(other.offset());
        let (one, two) = (given.compute(), same.compute());
        prop_assert_eq!(one.due_utc, two.due_utc);
        prop_assert_eq!(one.legs, two.legs);
        // Of controllers who are due at once, the one in whose time it was written governs, so the
        // readings that are only shown may be another one's.
        prop_assert_eq!(one.last_permitted_day.is_some(), two.last_permitted_day.is_some());
    }
}
