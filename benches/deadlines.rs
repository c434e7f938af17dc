//! How many full deadlines a second: every controller, every counted and uncounted day with its
//! sentence, the other readings, the literal one. `cargo bench --bench deadlines` prints them.
//!
//! The same instants are computed for each rule in one run; nothing fails on a timing.

#![expect(
    clippy::unwrap_used,
    reason = "a measurement that cannot go on ends there"
)]

use std::hint::black_box;
use std::io::Write as _;
use std::time::Instant;

use chrono::{DateTime, FixedOffset, TimeDelta, TimeZone as _, Utc};
use duenotice::catalog::Catalog;
use duenotice::domain::deadline;
use duenotice::domain::fact::{Anchors, FactKind};

const INSTANTS: usize = 20_000;
const ROUNDS: usize = 5;

/// What is measured, with a few words about it.
const RULES: [(&str, &str); 3] = [
    ("policy_promise_7bd", "7 business days, two controllers"),
    ("eu_gdpr_33_1", "72 hours, two controllers"),
    ("us_hipaa_individual", "60 days"),
];

/// Instants in no order between 2020 and 2045, from a fixed seed.
fn instants() -> Vec<DateTime<FixedOffset>> {
    let start = Utc.with_ymd_and_hms(2020, 1, 1, 0, 0, 0).unwrap();
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    (0..INSTANTS)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let seconds = i64::try_from(state % (25 * 365 * 86_400)).unwrap();
            (start + TimeDelta::seconds(seconds)).fixed_offset()
        })
        .collect()
}

fn main() {
    let begun = Instant::now();
    let catalog = Catalog::builtin().unwrap();
    let mut out = std::io::stdout();
    let _ = writeln!(
        out,
        "read {} calendars and {} rules in {:.0} ms",
        catalog.calendars().iter().count(),
        catalog.regimes().count(),
        begun.elapsed().as_secs_f64() * 1e3
    );
    let controllers = &catalog.operator().controllers;
    let instants = instants();
    for (id, what) in RULES {
        let Some(rule) = catalog.regime(id) else {
            let _ = writeln!(out, "{id}: no such rule here");
            continue;
        };
        let kind = rule.anchor;
        let (mut best, mut legs, mut steps) = (f64::INFINITY, 0, 0);
        for _ in 0..ROUNDS {
            (legs, steps) = (0, 0);
            let start = Instant::now();
            for at in &instants {
                // The literal reading is counted too, where the rule has one.
                let occurred = *at - TimeDelta::days(3);
                let anchors = Anchors::from_iter([(kind, *at), (FactKind::Occurred, occurred)]);
                let one =
                    deadline::compute(rule, &anchors, controllers, catalog.calendars()).unwrap();
                legs += one.legs.len();
                steps += one.legs.iter().map(|leg| leg.steps.len()).sum::<usize>();
                black_box(&one);
            }
            best = best.min(start.elapsed().as_secs_f64());
        }
        let each = best / INSTANTS as f64;
        let _ = writeln!(
            out,
            "{id} ({what}): {:.0} deadlines a second, {:.1} µs each, with {:.1} legs and {:.1} \
             sentences",
            1.0 / each,
            each * 1e6,
            legs as f64 / INSTANTS as f64,
            steps as f64 / INSTANTS as f64,
        );
    }
}
