//! What must hold for every calendar and every instant, tried on many of them.

use chrono::{Datelike as _, Days, NaiveDate, TimeDelta, TimeZone as _, Utc};
use duenotice::domain::calendar::Calendar;
use duenotice::domain::fact::{Anchors, FactKind};
use proptest::prelude::*;

use crate::dates::{calendar, compute, day};

fn any_day() -> impl Strategy<Value = NaiveDate> {
    (0_u64..27_000).prop_map(|days| day("2000-01-01") + Days::new(days))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn adding_a_holiday_never_makes_a_deadline_earlier(
        code in prop_oneof![Just("AT"), Just("US-CO")],
        trigger in any_day(),
        added in 0_u64..30,
        n in 1_u32..40,
    ) {
        let before = calendar(code);
        let mut spec = before.spec().clone();
        spec.closed.insert(trigger + Days::new(added), "added".to_owned());
        let after = Calendar::new(spec).unwrap();
        let (old, new) = (
            before.nth_business_day_after(trigger, n).unwrap(),
            after.nth_business_day_after(trigger, n).unwrap(),
        );
        prop_assert!(new >= old, "{code} {trigger} +{n}: {old} became {new}");
        prop_assert_ne!(before.hash(), after.hash());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_later_anchor_never_gives_an_earlier_due(
        rule in prop_oneof![
            Just("policy_promise_7bd"),
            Just("policy_promise_7werktage"),
            Just("eu_gdpr_33_1"),
        ],
        second in 946_800_000_i64..3_300_000_000,
        later in 0_i64..2_000_000,
    ) {
        let due = |second: i64| {
            let at = Utc.timestamp_opt(second, 0).unwrap().fixed_offset();
            compute(rule, &Anchors::from_iter([(FactKind::Aware, at)])).unwrap()
        };
        let (first, second) = (due(second), due(second + later));
        prop_assert!(second.due >= first.due);
        prop_assert!(first.due - first.anchor.at >= TimeDelta::hours(72));
        for leg in &second.legs {
            let counted: Vec<u32> = leg.steps.iter().filter_map(|step| step.day).collect();
            let n = u32::try_from(counted.len()).unwrap();
            prop_assert!(counted.into_iter().eq(1..=n), "counted without a gap");
        }
    }
}

#[test]
fn the_table_is_the_same_as_counting_day_by_day() {
    for code in ["AT", "US-CO"] {
        let calendar = calendar(code);
        let business =
            |date: NaiveDate| !calendar.is_weekend(date) && calendar.holiday(date).is_none();
        for trigger in day("2000-01-01")
            .iter_days()
            .take_while(|date| date.year() <= 2074)
        {
            assert_eq!(
                calendar.is_business_day(trigger).unwrap(),
                business(trigger)
            );
            let mut counted = trigger
                .iter_days()
                .skip(1)
                .filter(|date| business(*date))
                .take(12)
                .collect::<Vec<_>>();
            for n in (1..=12_u32).rev() {
                let slow = counted.pop();
                assert_eq!(
                    calendar.nth_business_day_after(trigger, n).ok(),
                    slow,
                    "{code} {trigger}"
                );
            }
        }
    }
}
