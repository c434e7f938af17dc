//! What a deadline is asked for wrongly, on the command line, in a batch and in a rule file: each
//! mistake has its own sentence, which says what to do.

use std::process::Command;

use duenotice::catalog::{Catalog, Files};
use serde_json::Value;

use crate::dates::{batch, batch_bytes};

/// Exit code and sentence of `duenotice deadline RULE --at …`, which must print nothing else.
fn refused(rule: &str, facts: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_duenotice"));
    command
        .args(["deadline", rule])
        .current_dir(std::env::temp_dir());
    for fact in facts {
        command.args(["--at", fact]);
    }
    let output = command.output().unwrap();
    assert!(output.stdout.is_empty(), "{rule} {facts:?}");
    (
        output.status.code(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

/// What the batch answers to one row with this header.
fn row(header: &str, row: &str) -> Value {
    let lines = batch(&format!("{header}\n{row}\n"));
    assert_eq!(lines.len(), 1);
    serde_json::from_str(&lines[0]).unwrap()
}

/// Instants that are none, each with words of its sentence.
const INSTANTS: &[(&str, &str)] = &[
    ("yesterday", "cannot be read as an instant"),
    ("2026-02-30T10:00:00Z", "cannot be read as an instant"),
    (
        "2026-11-23",
        "is a day, not an instant; add the time and the offset",
    ),
    ("2026-11-23T10:00:00", "has no offset from UTC"),
    // Two different instants in Vienna: whoever reads the sentence learns how to say which.
    ("2026-10-25T02:30:00", "in the hour that the clocks repeat"),
    (
        "2026-11-23T10:00:00[Europe/Vienna]",
        "in Europe/Vienna write 2026-11-23T10:00:00+01:00",
    ),
    (
        "2026-10-25T02:30:00[Europe/Vienna]",
        "happened twice: the clocks in Europe/Vienna were put back; write 2026-10-25T02:30:00+02:00 \
         or 2026-10-25T02:30:00+01:00",
    ),
    (
        "2026-03-29T02:30:00[Europe/Vienna]",
        "did not exist: the clocks in Europe/Vienna were put forward",
    ),
    (
        "2026-03-29T02:30:00+01:00[Europe/Vienna]",
        "there the same instant is 2026-03-29T03:30:00+02:00",
    ),
    (
        "2026-11-23T10:00:00+01:00[Europe/Wien]",
        "is not a time zone",
    ),
    ("2016-12-31T23:59:60Z", "leap second"),
];

#[test]
fn every_unreadable_instant_has_its_sentence() {
    for (instant, words) in INSTANTS {
        let (code, sentence) = refused("eu_gdpr_33_1", &[&format!("aware={instant}")]);
        assert_eq!(code, Some(1), "{instant}");
        assert!(sentence.contains(words), "{sentence}");
        let answer = row(
            "id,rule,anchor,instant",
            &format!("1,eu_gdpr_33_1,aware,{instant}"),
        );
        assert!(
            answer["error"].as_str().unwrap().contains(words),
            "{answer}"
        );
    }
    // The same local time with either offset is an instant like any other.
    let due = |offset: &str| {
        let answer = row(
            "id,rule,anchor,instant",
            &format!("1,eu_gdpr_33_1,aware,2026-10-25T02:30:00{offset}[Europe/Vienna]"),
        );
        answer["due_utc"].as_str().unwrap().to_owned()
    };
    assert_eq!(due("+02:00"), "2026-10-28T00:30:00Z");
    assert_eq!(due("+01:00"), "2026-10-28T01:30:00Z");
}

#[test]
fn a_rule_that_is_not_there_names_its_neighbours() {
    let aware = "2026-11-23T10:00:00+01:00";
    for (asked, meant) in [
        ("policy_promise_7db", "policy_promise_7bd"),
        ("gdpr_33_1", "eu_gdpr_33_1"),
        ("EU_GDPR_33_1", ""),
        ("", ""),
    ] {
        let words = format!("there is no rule \"{asked}\"");
        let (code, sentence) = refused(asked, &[&format!("aware={aware}")]);
        assert_eq!(code, Some(1));
        assert!(
            sentence.contains(&words) && sentence.contains("did you mean"),
            "{sentence}"
        );
        assert!(sentence.contains(meant), "{sentence}");
        let answer = row(
            "id,rule,anchor,instant",
            &format!("1,{asked},aware,{aware}"),
        );
        assert!(
            answer["error"].as_str().unwrap().contains(&words),
            "{answer}"
        );
    }
}

#[test]
fn facts_given_twice_not_at_all_or_out_of_order() {
    let (aware, later) = (
        "aware=2026-11-23T10:00:00+01:00",
        "awareness=2026-11-24T10:00:00+01:00",
    );
    let (code, sentence) = refused("eu_gdpr_33_1", &[aware, later]);
    assert_eq!(code, Some(2));
    assert!(
        sentence.contains("gives \"aware\" twice; keep the one that is right"),
        "{sentence}"
    );
    let both = "id,rule,anchor,instant,anchor2,instant2";
    let answer = row(
        both,
        "1,eu_gdpr_33_1,aware,2026-11-23T10:00:00Z,awareness,2026-11-24T10:00:00Z",
    );
    assert!(
        answer["error"]
            .as_str()
            .unwrap()
            .contains("anchor and anchor2 are both \"aware\""),
        "{answer}"
    );
    let (code, sentence) = refused("eu_gdpr_33_1", &[]);
    assert_eq!(code, Some(1));
    assert!(
        sentence.contains("nothing is recorded; record when that was"),
        "{sentence}"
    );
    let (code, sentence) = refused("eu_gdpr_33_1", &["noticed_it=2026-11-23T10:00:00Z"]);
    assert_eq!(code, Some(1));
    assert!(
        sentence.contains("not a kind of fact; use one of occurred"),
        "{sentence}"
    );
    // Awareness before the occurrence cannot be recorded, but it can be computed with.
    let answer = row(
        both,
        "1,eu_gdpr_33_1,aware,2026-11-23T10:00:00Z,occurred,2026-11-24T10:00:00Z",
    );
    assert_eq!(answer["due_utc"], "2026-11-26T10:00:00Z");
    // A fact in the future as well.
    let answer = row(both, "1,eu_gdpr_33_1,aware,2090-01-01T10:00:00Z,,");
    assert_eq!(answer["due_utc"], "2090-01-04T10:00:00Z");
}

#[test]
fn the_columns_of_a_batch_may_follow_in_any_order_but_not_alone() {
    let four = "id,rule,anchor,instant";
    for more in [
        "controller",
        "anchor2,instant2",
        "instant2,anchor2",
        "controller,anchor2,instant2",
        "anchor2,instant2,controller",
        "anchor2,controller,instant2",
    ] {
        assert!(batch(&format!("{four},{more}\n")).is_empty(), "{more}");
    }
    for wrong in [
        format!("{four},anchor2"),
        format!("{four},instant2"),
        format!("{four},controller,controller"),
        format!("{four},remark"),
        format!("{four},"),
        "id,rule,anchor".to_owned(),
        "rule,id,anchor,instant".to_owned(),
        "controller,id,rule,anchor,instant".to_owned(),
        "id;rule;anchor;instant".to_owned(),
    ] {
        let sentence = batch_bytes(format!("{wrong}\n").as_bytes()).unwrap_err();
        assert!(
            sentence.contains(&format!("the header of the batch is \"{wrong}\""))
                && sentence.contains("the first line must be id,rule,anchor,instant, and after it"),
            "{sentence}"
        );
    }
    assert!(
        batch_bytes(b"")
            .unwrap_err()
            .contains("begin with id,rule,anchor,instant")
    );
}

#[test]
fn the_optional_columns_of_a_row() {
    let header = "id,rule,anchor,instant,instant2,controller,anchor2";
    let begin = "1,policy_promise_7bd,aware,2026-11-23T10:00:00+01:00";
    // Empty, they are as if they were not there.
    let answer = row(header, &format!("{begin},,,"));
    assert_eq!(answer["legs"].as_array().unwrap().len(), 2);
    let answer = row(header, &format!("{begin},,INC,"));
    assert_eq!(answer["due"], "2026-12-04T00:00:00-07:00");
    let answer = row(
        header,
        &format!("{begin},2026-11-20T10:00:00+01:00,KG,occurrence"),
    );
    assert_eq!(answer["literal"]["anchor"]["kind"], "occurred");
    for (row_text, words) in [
        (
            format!("{begin},,LTD,"),
            "there is no controller \"LTD\"; known are KG, INC",
        ),
        (format!("{begin},,kg,"), "there is no controller \"kg\""),
        // One half of the second fact.
        (
            format!("{begin},2026-11-20T10:00:00+01:00,,"),
            "is not a kind of fact",
        ),
        (
            format!("{begin},,,occurred"),
            "cannot be read as an instant",
        ),
        (
            begin.to_owned(),
            "the row has 4 columns; write the 7 columns id,rule",
        ),
        (format!("{begin},,,,"), "the row has 8 columns"),
    ] {
        let answer = row(header, &row_text);
        let error = answer["error"]
            .as_str()
            .unwrap_or_else(|| panic!("{row_text}: {answer}"));
        assert!(error.contains(words), "{row_text}: {error}");
        assert_eq!(answer["id"], "1");
    }
}

/// What is said of the rules made for tests with one piece of their text replaced.
#[track_caller]
fn changed(from: &str, to: &str) -> String {
    let text = include_str!("laws/rules.toml");
    assert!(text.contains(from), "{from}");
    let mut files = Files::builtin();
    files.insert("regimes/made.toml", text.replacen(from, to, 1).into_bytes());
    Catalog::from_files(&files).unwrap_err().to_string()
}

#[test]
fn a_rule_file_that_makes_no_sense() {
    let order = "not_after = [\"made.month\"]";
    let month = "latest_arguable = \"eu_1182_3_4\"";
    for (from, to, words) in [
        (
            order,
            "before = [\"made.no_number\"]",
            "made.no_number refers to itself",
        ),
        (
            order,
            "not_after = [\"made.no_number\"]",
            "made.no_number refers to itself",
        ),
        (
            order,
            "before = [\"made.nothing\"]",
            "there is no rule made.nothing",
        ),
        (
            "n = 60, unit",
            "n = 0, unit",
            "zero units has no end; give at least 1",
        ),
        (
            "n = 60, unit",
            "n = 10000, unit",
            "10000 units is longer than 3660",
        ),
        (
            "\"America/New_York\"",
            "\"America/NewYork\"",
            "no time zone America/NewYork",
        ),
        (
            "calendar = \"US-CO\"",
            "calendar = \"US-XX\"",
            "no usable calendar US-XX",
        ),
        (
            "cutoff = \"17:30\"",
            "cutoff = \"half past five\"",
            "write a time of day like \"17:30\"",
        ),
        (
            month,
            "latest_arguable = \"reg1182_full_hour\"",
            "this reading is about hours",
        ),
        ("unit = \"month\"", "unit = \"fortnight\"", "fortnight"),
        (
            "from = 2027-01-01",
            "from = 2027-01-01, until = 2026-01-01",
            "it ends before it begins",
        ),
        (
            "until = 2020-02-29",
            "until = 2020-03-01",
            "made_version is in",
        ),
        (
            "qualifier = \"without undue delay\"",
            "qualifier = \" \"",
            "`qualifier` is empty",
        ),
    ] {
        let sentence = changed(from, to);
        assert!(sentence.contains(words), "{to}: {sentence}");
        assert!(sentence.contains("regimes/made.toml"), "{sentence}");
    }
    // The rule that it must not come after would have to come after it.
    let sentence = changed(month, "before = [\"made.no_number\"]");
    assert!(
        sentence.contains(
            "made.month: by `before` and `not_after` it would have to come before itself"
        ),
        "{sentence}"
    );
}

#[test]
fn a_calendar_without_a_business_day() {
    let mut files = Files::builtin();
    let all = "code = \"XX\"\nname = \"X\"\ntz = \"UTC\"\nvalid = [2026, 2030]\nsource = \"none\"\n\
               weekend = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\", \"sat\", \"sun\"]\n";
    files.insert("calendars/XX.toml", all.as_bytes().to_vec());
    let sentence = Catalog::from_files(&files).unwrap_err().to_string();
    assert!(
        sentence.contains("XX has no business day at all"),
        "{sentence}"
    );
}
