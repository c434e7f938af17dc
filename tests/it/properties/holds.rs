//! A law-enforcement hold never makes anything earlier, and later facts under it do not either.

use chrono::TimeDelta;
use proptest::prelude::*;

use super::given::{any_given, any_holds};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_hold_never_makes_it_earlier(given in any_given(), holds in any_holds()) {
        let free = given.compute();
        let held = given.held(&holds).unwrap();
        prop_assert!(held.due >= free.due, "{} became {}", free.due, held.due);
        for (held, free) in held.legs.iter().zip(&free.legs) {
            prop_assert!(held.due >= free.due);
            prop_assert_eq!(held.held, held.due != free.due);
        }
        prop_assert!(held.target.unwrap() <= held.due);
        prop_assert!(held.latest_arguable.is_none_or(|latest| latest > held.due));
    }

    #[test]
    fn one_more_hold_never_makes_it_earlier(given in any_given(), holds in any_holds()) {
        let (last, fewer) = holds.split_last().unwrap();
        let without = given.held(fewer).unwrap();
        let with = given.held(&holds).unwrap();
        prop_assert!(with.due >= without.due, "{last:?}: {} became {}", without.due, with.due);
    }

    #[test]
    fn a_later_anchor_under_holds_is_not_earlier(
        given in any_given(),
        holds in any_holds(),
        seconds in 0_i64..6_000_000,
    ) {
        // A month that clamps and the elapsed time of a hold have no common measure, and no law says
        // what a hold does to a cap that another fact started.
        if given.is_in_months() {
            return Ok(());
        }
        let given = given.without_cap();
        let mut later = given.clone();
        later.aware = given.aware + TimeDelta::seconds(seconds);
        let (first, second) = (given.held(&holds).unwrap(), later.held(&holds).unwrap());
        prop_assert!(second.due >= first.due, "{} and {}", first.due, second.due);
    }
}
