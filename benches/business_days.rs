//! What "7 business days after a day" costs: our table against the `bdays` crate with its cache.
//!
//! Both count the same million days in the same run and must agree on every one. Prints nanoseconds
//! for each and their ratio; nothing fails on a timing. Run with `cargo bench`. With `--write FOLDER` it
//! leaves what it counted there, so that other programs can count the same (`tests/bench/peers`).

#![expect(
    clippy::unwrap_used,
    reason = "a measurement that cannot go on ends there"
)]

use std::hint::black_box;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use bdays::HolidayCalendar as _;
use chrono::{Days, NaiveDate};
use duenotice::catalog::Catalog;
use duenotice::domain::calendar::Calendar;

const DAYS: usize = 1_000_000;
const ROUNDS: usize = 5;

/// Days in no order, from a fixed seed, so that every run counts the same ones.
fn days(first: NaiveDate, span: u64) -> Vec<NaiveDate> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    (0..DAYS)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            first + Days::new(state % span)
        })
        .collect()
}

/// The fastest of a few rounds, in nanoseconds for each day, and the results of the last.
fn measure(days: &[NaiveDate], count: impl Fn(NaiveDate) -> NaiveDate) -> (f64, Vec<NaiveDate>) {
    let mut best = f64::INFINITY;
    let mut results = vec![NaiveDate::MIN; days.len()];
    for _ in 0..ROUNDS {
        let start = Instant::now();
        for (day, result) in days.iter().zip(&mut results) {
            *result = count(black_box(*day));
        }
        let nanos = start.elapsed().as_secs_f64() * 1e9;
        best = best.min(nanos / days.len() as f64);
        black_box(&results);
    }
    (best, results)
}

/// Leaves the holidays, the days, our results and both timings of one calendar in `folder`.
fn write(
    folder: &Path,
    calendar: &Calendar,
    (days, results): (&[NaiveDate], &[NaiveDate]),
    timings: &str,
) {
    let file = |name: &str, text: String| {
        let path = folder.join(format!("{}.{name}", calendar.code()));
        std::fs::write(path, text).unwrap();
    };
    let lines = |days: &[NaiveDate]| days.iter().map(|day| format!("{day}\n")).collect();
    let (first, last) = calendar.range();
    let free: Vec<NaiveDate> = first
        .iter_days()
        .take_while(|day| *day <= last)
        .filter(|day| !calendar.is_weekend(*day) && !calendar.is_business_day(*day).unwrap())
        .collect();
    file("holidays", lines(&free));
    file("days", lines(days));
    file("results", lines(results));
    file("timings", timings.to_owned());
}

/// The folder after `--write`.
fn folder() -> Option<PathBuf> {
    std::env::args_os()
        .skip_while(|one| one != "--write")
        .nth(1)
        .map(PathBuf::from)
}

fn main() {
    let folder = folder();
    let catalog = Catalog::builtin().unwrap();
    let mut out = std::io::stdout();
    for code in ["AT", "US-CO"] {
        let ours = catalog.calendars().get(code).unwrap();
        let (first, last) = ours.range();
        let cache = bdays::HolidayCalendarCache::new(ours.clone(), first, last);
        let days = days(first + Days::new(7), 27_000);

        let (our_ns, our_days) = measure(&days, |day| ours.nth_business_day_after(day, 7).unwrap());
        #[expect(clippy::disallowed_methods, reason = "after rolling back it is right")]
        let (their_ns, their_days) = measure(&days, |day| {
            cache.advance_bdays(cache.to_bday(day, false), 7)
        });
        assert_eq!(our_days, their_days, "{code}");
        let _ = writeln!(
            out,
            "{code}: ours {our_ns:.1} ns, bdays with cache {their_ns:.1} ns, ratio {:.3}",
            our_ns / their_ns
        );
        if let Some(folder) = &folder {
            let timings = format!("ours {our_ns}\nbdays {their_ns}\n");
            write(folder, ours, (&days, &our_days), &timings);
        }
    }
}
