//! `duenotice deadline`, `calendar` and `check` as other programs call them.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::dates::{batch, batch_bytes};

fn duenotice(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_duenotice"));
    // Not where a developer keeps settings.
    command.args(args).current_dir(std::env::temp_dir());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("DUENOTICE_") {
            command.env_remove(name);
        }
    }
    command
}

fn run(args: &[&str]) -> Output {
    duenotice(args).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Exit code and what was said on standard error.
fn refused(args: &[&str]) -> (Option<i32>, String) {
    let output = run(args);
    assert!(output.stdout.is_empty(), "{args:?}");
    (
        output.status.code(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

const AWARE: &str = "aware=2026-11-23T10:00:00+01:00";

#[test]
fn one_deadline_as_json() {
    let output = run(&[
        "deadline",
        "policy_promise_7bd",
        "--at",
        AWARE,
        "--format",
        "json",
    ]);
    assert_eq!(output.status.code(), Some(0));
    let value: Value = serde_json::from_str(&out(&output)).unwrap();
    assert_eq!(value["due"], "2026-12-03T00:00:00+01:00");
    assert_eq!(value["due_utc"], "2026-12-02T23:00:00Z");
    assert_eq!(value["bound"], "before");
    assert_eq!(
        value["legs"][1]["steps"][3]["why"],
        "Thu 26 Nov 2026 not counted: Thanksgiving (US-CO)"
    );
    assert_eq!(value["legs"][1]["steps"][3]["day"], Value::Null);
    let keys: Vec<&str> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        keys[..9],
        [
            "rule",
            "due",
            "due_utc",
            "bound",
            "last_permitted_day",
            "governed_by",
            "latest_arguable",
            "flags",
            "legs"
        ]
    );
}

#[test]
fn one_deadline_for_a_person() {
    let output = run(&[
        "deadline",
        "policy_promise_7bd",
        "--at",
        "awareness=2026-09-01T09:00:00+02:00",
        "--at",
        "occurrence=2026-08-03T12:00:00+02:00",
    ]);
    insta::assert_snapshot!(out(&output));
}

#[test]
fn one_controller_alone() {
    let output = run(&[
        "deadline",
        "policy_promise_7bd",
        "--at",
        AWARE,
        "--controller",
        "INC",
        "--format",
        "json",
    ]);
    let value: Value = serde_json::from_str(&out(&output)).unwrap();
    assert_eq!(value["due"], "2026-12-04T00:00:00-07:00");
    assert_eq!(value["legs"].as_array().unwrap().len(), 1);
}

#[test]
fn each_mistake_is_said_in_its_own_sentence() {
    let promise = "policy_promise_7bd";
    let gdpr = "eu_gdpr_33_1";
    for (args, code, words) in [
        (
            vec!["deadline", "gdpr", "--at", AWARE],
            1,
            "no rule \"gdpr\"",
        ),
        (vec!["deadline", gdpr], 1, "nothing is recorded"),
        (
            vec!["deadline", gdpr, "--at", "noticed=2026-11-23T10:00:00Z"],
            1,
            "not a kind of fact",
        ),
        (
            vec!["deadline", gdpr, "--at", "aware=2026-11-23T10:00:00"],
            1,
            "no offset",
        ),
        (
            vec!["deadline", gdpr, "--at", "aware=2026-11-23"],
            1,
            "is a day",
        ),
        (
            vec!["deadline", gdpr, "--at", "aware=yesterday"],
            1,
            "cannot be read",
        ),
        (
            vec!["deadline", gdpr, "--at", "aware=2016-12-31T23:59:60Z"],
            1,
            "leap second",
        ),
        (
            vec![
                "deadline",
                gdpr,
                "--at",
                "aware=2026-11-23T10:00:00+01:00[Vienna]",
            ],
            1,
            "not a time zone",
        ),
        (
            vec!["deadline", gdpr, "--at", AWARE, "--at", AWARE],
            2,
            "\"aware\" twice",
        ),
        (vec!["deadline", gdpr, "--at", "aware"], 2, "no equals sign"),
        (
            vec!["deadline", gdpr, "--at", AWARE, "--controller", "LTD"],
            1,
            "known are KG, INC",
        ),
        (
            vec![
                "deadline",
                "policy_promise_7werktage",
                "--at",
                AWARE,
                "--controller",
                "INC",
            ],
            1,
            "binds KG",
        ),
        (
            vec!["deadline", promise, "--at", "aware=1999-06-01T00:00:00Z"],
            1,
            "2000 to 2075",
        ),
        (
            vec!["deadline", promise, "--at", "aware=2075-12-30T00:00:00Z"],
            1,
            "2000 to 2075",
        ),
        (vec!["deadline"], 2, "required"),
        (
            vec!["deadline", gdpr, "--batch", "-"],
            2,
            "cannot be used with",
        ),
        (
            vec!["deadline", "--batch", "no-such-file.csv"],
            1,
            "cannot be read",
        ),
        (vec!["calendar", "XX"], 1, "codes begin with AT, AU, BE"),
        (vec!["calendar", "us-tx"], 1, "US-TX, US-UM"),
        (vec!["calendar", "AT", "2099"], 1, "2000 to 2075"),
        (vec!["calendar", "AT", "26"], 2, "write a year like 2026"),
        (
            vec!["calendar", "AT", "--from", "2026-13-01"],
            2,
            "write a date like",
        ),
        (
            vec![
                "calendar",
                "AT",
                "--from",
                "2027-01-01",
                "--to",
                "2026-01-01",
            ],
            2,
            "swap the two",
        ),
        (
            vec!["calendar", "AT", "--from", "1999-01-01"],
            1,
            "2000 to 2075",
        ),
        (
            vec!["calendar", "AT", "--to", "2076-01-01"],
            1,
            "2000 to 2075",
        ),
        (vec!["nonsense"], 2, "unrecognized"),
    ] {
        let (found, sentence) = refused(&args);
        assert_eq!(found, Some(code), "{args:?}: {sentence}");
        assert!(sentence.contains(words), "{args:?}: {sentence}");
    }
}

#[test]
fn a_batch_answers_every_row_in_order_and_goes_on() {
    let rows: &[&[u8]] = &[
        b"id,rule,anchor,instant",
        b"1,policy_promise_7bd,aware,2026-11-23T10:00:00+01:00",
        b"2,nothing,aware,2026-11-23T10:00:00+01:00",
        b"3,eu_gdpr_33_1,aware",
        b"4,eu_gdpr_33_1,aware,2026-11-23T10:00:00+01:00,more",
        b"",
        b"\xFF5,eu_gdpr_33_1,aware,2026-11-23T10:00:00+01:00",
        b"6,eu_gdpr_33_1,aware,\xFF",
        b"\"7,eu_gdpr_33_1,aware,2026-11-23T10:00:00+01:00",
        b"8,eu_gdpr_33_1,detected,2026-11-23T10:00:00+01:00",
        b"\"9,\"\"x\"\"\", eu_gdpr_33_1 ,aware,2026-11-23T10:00:00+01:00",
        b"10,policy_promise_7bd,aware,1999-11-23T10:00:00+01:00",
        b"11,eu_gdpr_33_1,aware,2026-11-23T10:00:00+01:00",
    ];
    let lines = batch_bytes(&rows.join(&b"\r\n"[..])).unwrap();
    let values: Vec<Value> = lines
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let ids: Vec<&str> = values
        .iter()
        .map(|value| value["id"].as_str().unwrap())
        .collect();
    assert_eq!(
        ids,
        [
            "1",
            "2",
            "3",
            "4",
            "\u{FFFD}5",
            "6",
            "7",
            "8",
            "9,\"x\"",
            "10",
            "11"
        ]
    );
    let error = |index: usize| values[index]["error"].as_str().unwrap_or_default();
    assert_eq!(values[0]["due"], "2026-12-03T00:00:00+01:00");
    assert!(error(1).contains("no rule \"nothing\""));
    assert!(error(2).contains("3 columns"));
    assert!(error(3).contains("5 columns"));
    assert!(error(4).contains("column id is not UTF-8"));
    assert!(error(5).contains("column instant is not UTF-8"));
    assert!(error(6).contains("quotation marks"));
    assert_eq!(values[7]["flags"][0], "ANCHOR_FALLBACK");
    assert_eq!(values[8]["due"], "2026-11-26T10:00:00+01:00");
    assert!(error(9).contains("2000 to 2075"));
    assert_eq!(values[10]["due"], "2026-11-26T10:00:00+01:00");
    assert!(lines[0].starts_with("{\"id\":\"1\",\"rule\":"));
}

#[test]
fn a_batch_needs_its_header() {
    assert!(batch_bytes(b"").unwrap_err().contains("is empty"));
    assert!(
        batch_bytes(b"id;rule;anchor;instant\n")
            .unwrap_err()
            .contains("the first line must be")
    );
    assert!(batch_bytes(b"1,eu_gdpr_33_1,aware,2026-11-23T10:00:00Z\n").is_err());
    assert!(batch("\u{FEFF}id, rule,anchor,instant\n").is_empty());
}

#[test]
fn a_batch_answers_before_the_next_row_is_there() {
    let mut child = duenotice(&["deadline", "--batch", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = std::io::BufReader::new(child.stdout.take().unwrap());
    writeln!(stdin, "id,rule,anchor,instant").unwrap();
    for id in ["a", "b"] {
        writeln!(stdin, "{id},eu_gdpr_33_1,aware,2026-11-23T10:00:00+01:00").unwrap();
        let mut line = String::new();
        std::io::BufRead::read_line(&mut stdout, &mut line).unwrap();
        assert!(line.starts_with(&format!("{{\"id\":\"{id}\"")), "{line}");
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let mut child = duenotice(&["deadline", "--batch", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().unwrap();
    writeln!(stdin, "id,rule,anchor,instant").unwrap();
    // The program may be gone before everything is written.
    let _ = writeln!(stdin, "a,eu_gdpr_33_1,aware,2026-11-23T10:00:00+01:00");
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty());
}

#[test]
fn a_calendar_as_csv_lists_the_free_weekdays() {
    let args = [
        "calendar",
        "US-CO",
        "--from",
        "2026-06-01",
        "--to",
        "2027-07-31",
        "--format",
        "csv",
    ];
    insta::assert_snapshot!(out(&run(&args)));
}

#[test]
fn a_calendar_for_a_person() {
    insta::assert_snapshot!(out(&run(&["calendar", "AT", "--from", "2026-01-01"])));
}

#[test]
fn a_year_of_a_calendar_for_a_person() {
    insta::assert_snapshot!(out(&run(&["calendar", "AT", "2026"])));
}

#[test]
fn the_playbooks_are_checked() {
    let output = run(&["check"]);
    assert_eq!(output.status.code(), Some(0), "{}", out(&output));
    assert!(out(&output).contains("calendars/US-CO.toml: calendar US-CO, 2000 to 2075"));
    assert!(out(&output).contains("0 problems, 0 warnings"));
}
