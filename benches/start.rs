//! What a start costs: every playbook read and checked, the first question to one calendar, and the
//! first question to all of them.
//!
//! Prints the fastest of a few rounds in milliseconds; nothing fails on a timing. Run with
//! `cargo bench --bench start`.

#![expect(
    clippy::unwrap_used,
    reason = "a measurement that cannot go on ends there"
)]

use std::hint::black_box;
use std::io::Write as _;
use std::time::Instant;

use duenotice::catalog::{Catalog, Files};

const ROUNDS: usize = 15;

/// The fastest of a few rounds, in milliseconds; `prepare` is not measured.
fn measure<T, R>(prepare: impl Fn() -> T, run: impl Fn(&T) -> R) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..ROUNDS {
        let prepared = prepare();
        let start = Instant::now();
        black_box(run(&prepared));
        best = best.min(start.elapsed().as_secs_f64() * 1e3);
    }
    best
}

fn main() {
    let mut out = std::io::stdout();
    let mut say = |what: &str, ms: f64| {
        let _ = writeln!(out, "{what:<45} {ms:>8.2} ms");
    };
    let fresh = || Catalog::builtin().unwrap();
    let count = fresh().calendars().iter().count();
    let ask = |catalog: &Catalog, code: &str| {
        let calendar = catalog.calendars().get(code).unwrap();
        calendar.nth_business_day_after(calendar.range().0, 7)
    };
    say("Catalog::builtin", measure(|| (), |()| fresh()));
    say(
        "  of that: the files",
        measure(|| (), |()| Files::builtin()),
    );
    say(
        "  of that: their hash",
        measure(Files::builtin, Files::hash),
    );
    say(
        "first question to one calendar",
        measure(fresh, |catalog| ask(catalog, "AT")),
    );
    say(
        &format!("first question to all {count} calendars"),
        measure(fresh, |catalog| {
            for calendar in catalog.calendars().iter() {
                black_box(ask(catalog, calendar.code()).unwrap());
            }
        }),
    );
    say(
        "hashes of all calendars",
        measure(fresh, |catalog| {
            for calendar in catalog.calendars().iter() {
                black_box(calendar.hash());
            }
        }),
    );
}
