//! `duenotice register`: real notices of a public register against the promise, 30 days, 72 hours.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;

type Row = BTreeMap<String, String>;

fn data() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/register")
}

fn register(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_duenotice"))
        .arg("register")
        .args(args)
        .current_dir(std::env::temp_dir())
        .output()
        .unwrap()
}

fn file() -> String {
    let file = data().join("washington_ag_notices_2026-08-13.csv");
    file.to_str().unwrap().to_owned()
}

fn said(output: &Output) -> String {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn lines(csv: &str) -> Vec<Row> {
    csv::Reader::from_reader(csv.as_bytes())
        .deserialize()
        .map(Result::unwrap)
        .collect()
}

/// What the command says of a register with these rows.
fn of(rows: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("register.csv");
    std::fs::write(&path, rows).unwrap();
    register(&["--csv", path.to_str().unwrap()])
}

/// `totals.json` was worked out by `totals.py`, which shares nothing with the program.
#[test]
fn the_totals_are_those_of_an_independent_count() {
    let text = std::fs::read_to_string(data().join("totals.json")).unwrap();
    let totals: Value = serde_json::from_str(&text).unwrap();
    let rows = lines(&said(&register(&["--csv", &file()])));
    assert_eq!(totals["rows"], rows.len());
    let used: Vec<&Row> = rows
        .iter()
        .filter(|row| row["not_used_because"].is_empty())
        .collect();
    assert_eq!((rows.len(), used.len()), (1618, 1595));
    assert_eq!(totals["dated"], used.len());
    for clock in ["promise_7bd", "days_30", "hours_72"] {
        let column = |name: &str| -> Vec<&str> {
            let name = format!("{clock}_{name}");
            used.iter().map(|row| row[&name].as_str()).collect()
        };
        let outcomes = column("outcome");
        for outcome in ["on_time", "late", "cannot_be_told"] {
            let n = outcomes.iter().filter(|one| **one == outcome).count();
            assert_eq!(totals[clock][outcome], n, "{clock} {outcome}");
        }
        let late: i64 = column("days_late")
            .iter()
            .filter(|days| !days.is_empty())
            .map(|days| days.parse::<i64>().unwrap())
            .sum();
        assert_eq!(totals[clock]["sum_late"], late, "{clock}");
        let last: i64 = column("last_day")
            .iter()
            .map(|date| (crate::dates::day(date) - crate::dates::day("1970-01-01")).num_days())
            .sum();
        assert_eq!(totals[clock]["sum_last_day"], last, "{clock}");
    }
    let table = said(&register(&[&file()]));
    for (words, clock) in [
        ("7 business days", "promise_7bd"),
        ("30 calendar days", "days_30"),
        ("72 hours", "hours_72"),
    ] {
        let line = table.lines().find(|line| line.starts_with(words)).unwrap();
        let total = &totals[clock];
        let median = format!("{} days", total["median_late"]);
        let most = format!("{} days", total["p90_late"]);
        for part in [
            total["on_time"].to_string(),
            total["late"].to_string(),
            total["cannot_be_told"].to_string(),
            median,
            most,
            total["people_in_late"].to_string(),
        ] {
            assert!(line.contains(&part), "{part} in {line}");
        }
    }
    assert!(
        table.contains("Not used, 23 rows: DateAware is empty"),
        "{table}"
    );
    assert!(table.contains("10331 Gallaudet University"), "{table}");
}

/// Counted by hand on a calendar of the wall.
#[test]
fn some_rows_counted_by_hand() {
    let rows = lines(&said(&register(&["--csv", &file()])));
    let row = |id: &str| rows.iter().find(|row| row["id"] == id).unwrap();
    for (id, promise, thirty, hours) in [
        // Thu 4 Feb 2021 to Wed 17 Mar: 5, 8, 9, 10, 11, 12 February, and
        // the seventh on the 15th in Vienna and on the 16th in Denver (Washington-Lincoln Day).
        (
            "10427",
            ("2021-02-15", "late", "30"),
            ("2021-03-06", "late", "11"),
            ("late", "38"),
        ),
        // Fri 20 Dec 2019: 23, 24, 27, 30, 31 December, 2, 3 January in Vienna; 23, 24, 26, 27, 30, 31
        // December, 2 January in Denver, which is earlier.
        (
            "10428",
            ("2020-01-02", "late", "440"),
            ("2020-01-19", "late", "423"),
            ("late", "450"),
        ),
        // Tue 9 Mar 2021 to Thu 11 Mar: two days, so 72 hours were kept whatever the times.
        (
            "10421",
            ("2021-03-18", "on_time", ""),
            ("2021-04-08", "on_time", ""),
            ("on_time", ""),
        ),
        // Mon 12 Apr 2021 to Thu 15 Apr: the third day, which the times would have to decide.
        (
            "10448",
            ("2021-04-21", "on_time", ""),
            ("2021-05-12", "on_time", ""),
            ("cannot_be_told", ""),
        ),
        // Mon 27 Nov 2023 to Fri 1 Dec: the fourth day is too late for 72 hours.
        (
            "16006",
            ("2023-12-06", "on_time", ""),
            ("2023-12-27", "on_time", ""),
            ("late", "1"),
        ),
        // Tue 14 May 2019 to Tue 21 May: 15, 16, 17, 20, 21, 22, 23 May.
        (
            "10631",
            ("2019-05-23", "on_time", ""),
            ("2019-06-13", "on_time", ""),
            ("late", "4"),
        ),
    ] {
        let row = row(id);
        let get = |name: &str| row[name].as_str();
        let found = |clock: &str| {
            ["last_day", "outcome", "days_late"].map(|part| row[&format!("{clock}_{part}")].clone())
        };
        assert_eq!(
            found("promise_7bd"),
            [promise.0, promise.1, promise.2],
            "{id}"
        );
        assert_eq!(found("days_30"), [thirty.0, thirty.1, thirty.2], "{id}");
        assert_eq!(
            (get("hours_72_outcome"), get("hours_72_days_late")),
            hours,
            "{id}"
        );
    }
    assert_eq!(row("10428")["affected"], "11807");
}

#[test]
fn seventy_two_hours_are_only_decided_where_every_time_of_day_says_the_same() {
    // The clocks go forward on 14 March 2021 and back on 7 November 2021.
    let output = of("DateSubmitted,DateAware,Id\n\
         2021-02-10,2021-02-08,two\n\
         2021-02-11,2021-02-08,three\n\
         2021-02-12,2021-02-08,four\n\
         2021-03-16,2021-03-12,an hour more\n\
         2021-11-07,2021-11-05,an hour less\n");
    let rows = lines(&said(&output));
    let outcomes: Vec<(&str, &str)> = rows
        .iter()
        .map(|row| (row["id"].as_str(), row["hours_72_outcome"].as_str()))
        .collect();
    assert_eq!(
        outcomes,
        [
            ("two", "on_time"),
            ("three", "cannot_be_told"),
            ("four", "late"),
            // Aware on Friday at 23:30: 72 hours later it is Tuesday, 0:30.
            ("an hour more", "cannot_be_told"),
            // Aware on Friday at 0:00: 72 hours later it is Sunday, 23:00.
            ("an hour less", "cannot_be_told"),
        ]
    );
}

#[test]
fn what_cannot_be_used_is_named_with_the_reason() {
    let output = of("Id,DateAware,DateSubmitted\n\
         1,2021 Feb 04 12:00:00 AM,\n\
         2,2021 Feb 05 12:00:00 AM,2021 Feb 04 12:00:00 AM\n\
         3,soon,2021 Feb 04 12:00:00 AM\n\
         4,2021-02-04\n\
         5,1999 Dec 31 12:00:00 AM,2000 Feb 04 12:00:00 AM\n\
         \"6,2021-02-04,2021-02-05\n\
         \"7,001\",2021-02-04,2021-02-05\n");
    let rows = lines(&said(&output));
    let reasons: Vec<&str> = rows
        .iter()
        .map(|row| row["not_used_because"].as_str())
        .collect();
    for (reason, words) in reasons.iter().zip([
        "DateSubmitted is empty",
        "submitted before the notifier was aware",
        "DateAware is no day: \"soon\"",
        "it has 2 columns and the header 3",
        "2000 to 2075",
        "quotation marks",
        "",
    ]) {
        assert!(
            reason.contains(words) && reason.is_empty() == words.is_empty(),
            "{reason}"
        );
    }
    assert_eq!(rows[6]["id"], "7001");
    assert_eq!(rows[6]["promise_7bd_outcome"], "on_time");
}

#[test]
fn another_file_is_refused_with_a_sentence() {
    let refused = |output: Output| {
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    let sentence = refused(of("id,rule\n1,2\n"));
    assert!(
        sentence.contains("no column DateAware; its columns are id, rule"),
        "{sentence}"
    );
    assert!(refused(of("")).contains("the register is empty"));
    assert!(refused(register(&["no-such-file.csv"])).contains("cannot be read"));
}
