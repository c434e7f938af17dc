//! Every worked date in `tests/data/vectors`, through the library and through the batch command.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike as _, FixedOffset, TimeDelta, Weekday};
use duenotice::catalog::Catalog;
use duenotice::domain::deadline::{Bound, Deadline, Flag};
use duenotice::domain::fact::{Anchors, FactKind};
use serde_json::Value;

use crate::dates::{batch, catalog, compute, day, instant};

type Row = BTreeMap<String, String>;

fn rows(csv: &str) -> Vec<Row> {
    csv::Reader::from_reader(csv.as_bytes())
        .deserialize()
        .map(Result::unwrap)
        .collect()
}

fn deadlines() -> Vec<Row> {
    rows(include_str!("../data/vectors/deadlines.csv"))
}

/// The rule and the facts that a row of `deadlines.csv` speaks about.
fn question(row: &Row) -> (&'static str, Anchors) {
    let rule = match (row["id"].as_str(), row["regime"].as_str()) {
        ("P30", _) => "policy_promise_7werktage",
        (_, "policy_promise_7bd") => "policy_promise_7bd",
        (_, "eu_gdpr_33_1") => "eu_gdpr_33_1",
        (id, regime) => panic!("{id}: no rule for {regime}"),
    };
    let mut anchors = Anchors::from_iter([(FactKind::Aware, instant(&row["trigger_instant"]))]);
    if row["id"] == "P29" {
        anchors.insert(FactKind::Occurred, instant("2026-08-03T12:00:00+02:00"));
    }
    (rule, anchors)
}

/// `name=VALUE` in the column of other readings.
fn reading<'a>(row: &'a Row, name: &str) -> Option<&'a str> {
    row["other_readings"]
        .split("; ")
        .find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
}

fn assert_answers(row: &Row, deadline: &Deadline) {
    let id = &row["id"];
    assert_eq!(deadline.due.to_rfc3339(), row["due"], "{id} due");
    assert_eq!(deadline.due_utc, instant(&row["due_utc"]), "{id} due_utc");
    let bound = if row["bound"] == "lt" {
        Bound::Before
    } else {
        Bound::AtOrBefore
    };
    assert_eq!(deadline.bound, bound, "{id} bound");
    let last = deadline
        .last_permitted_day
        .map(|day| day.to_string())
        .unwrap_or_default();
    assert_eq!(last, row["last_permitted_local"], "{id} last day");
    let governs = match row["governed_by"].as_str() {
        "AT" => Some("KG"),
        "CO" => Some("INC"),
        _ => None,
    };
    if let Some(governs) = governs {
        assert_eq!(deadline.governed_by, governs, "{id} governed by");
    }
    for leg in &deadline.legs {
        let name = if leg.controller == "KG" {
            "AT last day"
        } else {
            "CO last day"
        };
        if let (Some(expected), Some(last)) = (reading(row, name), leg.last_day) {
            assert_eq!(last, day(expected), "{id} {name}");
        }
    }
    let arguable = deadline.latest_arguable.map(|at| at.to_rfc3339());
    assert_eq!(
        arguable.as_deref(),
        reading(row, "reg1182 full-hour end"),
        "{id} arguable"
    );
}

#[test]
fn every_worked_deadline_comes_out() {
    let rows = deadlines();
    assert_eq!(rows.len(), 25);
    for row in &rows {
        let (rule, anchors) = question(row);
        assert_answers(row, &compute(rule, &anchors).unwrap());
    }
}

#[test]
fn every_worked_deadline_comes_out_of_the_batch() {
    let rows = deadlines();
    let mut csv = "id,rule,anchor,instant\n".to_owned();
    for row in &rows {
        let (rule, _) = question(row);
        csv += &format!(
            "{},{rule},awareness,{}\n",
            row["id"], row["trigger_instant"]
        );
    }
    let lines = batch(&csv);
    assert_eq!(lines.len(), rows.len());
    for (row, line) in rows.iter().zip(lines) {
        let value: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(value["id"], row["id"].as_str());
        assert_eq!(
            value["due"],
            row["due"].as_str(),
            "the text itself, {}",
            row["id"]
        );
        let deadline: Deadline = serde_json::from_str(&line).unwrap();
        assert_answers(row, &deadline);
    }
}

#[test]
fn the_literal_reading_of_p29_had_lapsed() {
    let rows = deadlines();
    let row = rows.iter().find(|row| row["id"] == "P29").unwrap();
    let (rule, anchors) = question(row);
    let deadline = compute(rule, &anchors).unwrap();
    assert_eq!(deadline.flags, [Flag::LapsedLiteral]);
    let literal = deadline.literal.unwrap();
    let expected = reading(row, "literal-from-occurrence last day").map(day);
    assert_eq!(literal.last_permitted_day, expected);
}

#[test]
fn the_seventh_business_day_of_each_calendar_comes_out() {
    let rows = rows(include_str!("../data/vectors/seven_day_vectors.csv"));
    assert_eq!(rows.len(), 150);
    let catalog = catalog();
    let mut csv = "id,rule,anchor,instant\n".to_owned();
    for row in &rows {
        let date = day(&row["trigger_date"]);
        assert_eq!(date.format("%a").to_string(), row["weekday"]);
        for (code, column) in [("AT", "due_AT"), ("US-CO", "due_US_CO")] {
            let calendar = catalog.calendars().get(code).unwrap();
            let found = calendar.nth_business_day_after(date, 7).unwrap();
            assert_eq!(found, day(&row[column]), "{} {column}", row["id"]);
        }
        // At noon UTC it is the same day in Vienna and in Denver.
        csv += &format!("{},policy_promise_7bd,aware,{date}T12:00:00Z\n", row["id"]);
    }
    for (row, line) in rows.iter().zip(batch(&csv)) {
        let deadline: Deadline = serde_json::from_str(&line).unwrap();
        let id = &row["id"];
        assert_eq!(deadline.legs[0].last_day, Some(day(&row["due_AT"])), "{id}");
        assert_eq!(
            deadline.legs[1].last_day,
            Some(day(&row["due_US_CO"])),
            "{id}"
        );
        let strictest = Some(day(&row["due_strictest_of_both"]));
        assert_eq!(deadline.last_permitted_day, strictest, "{id}");
        assert_eq!(
            deadline.legs.iter().filter_map(|leg| leg.last_day).min(),
            strictest,
            "{id}"
        );
    }
}

#[test]
fn the_seventh_business_day_after_an_instant_comes_out() {
    let rows = rows(include_str!("../data/vectors/seven_day_instants.csv"));
    assert_eq!(rows.len(), 60);
    let mut csv = "id,rule,anchor,instant\n".to_owned();
    let mut computed = Vec::new();
    for row in &rows {
        csv += &format!(
            "{},policy_promise_7bd,aware,{}\n",
            row["id"], row["event_utc"]
        );
        let anchors = Anchors::from_iter([(FactKind::Aware, instant(&row["event_utc"]))]);
        computed.push(compute("policy_promise_7bd", &anchors).unwrap());
    }
    for ((row, line), computed) in rows.iter().zip(batch(&csv)).zip(computed) {
        let deadline: Deadline = serde_json::from_str(&line).unwrap();
        assert_eq!(deadline, computed);
        let id = &row["id"];
        let [kg, inc] = deadline.legs.as_slice() else {
            panic!("{id}: two legs")
        };
        assert_eq!(kg.trigger_day, Some(day(&row["local_date_vienna"])), "{id}");
        assert_eq!(
            inc.trigger_day,
            Some(day(&row["local_date_denver"])),
            "{id}"
        );
        assert_eq!(kg.last_day, Some(day(&row["due_AT"])), "{id}");
        assert_eq!(inc.last_day, Some(day(&row["due_US_CO"])), "{id}");
        assert_eq!(kg.due, instant(&row["due_AT_end_exclusive_utc"]), "{id}");
        assert_eq!(
            inc.due,
            instant(&row["due_US_CO_end_exclusive_utc"]),
            "{id}"
        );
        assert_eq!(deadline.due, instant(&row["earliest_end_utc"]), "{id}");
    }
}

#[test]
fn a_result_survives_being_stored() {
    let catalog: &Catalog = catalog();
    for row in deadlines() {
        let (rule, anchors) = question(&row);
        let deadline = compute(rule, &anchors).unwrap();
        let text = serde_json::to_string(&deadline).unwrap();
        let again: Deadline = serde_json::from_str(&text).unwrap();
        assert_eq!(again, deadline);
        assert_eq!(serde_json::to_string(&again).unwrap(), text);
        assert_eq!(deadline.rule_hash, catalog.regime(rule).unwrap().hash());
    }
}

/// The trap columns are what they say: a check that the vectors can tell right from wrong.
#[test]
fn the_wrong_readings_differ_somewhere() {
    let rows = rows(include_str!("../data/vectors/seven_day_vectors.csv"));
    let differs =
        |wrong: &str, right: &str| rows.iter().filter(|row| row[wrong] != row[right]).count();
    assert!(differs("due_holiday_in_either", "due_strictest_of_both") > 30);
    assert!(differs("due_US_CO_office_practice", "due_US_CO") > 0);
    assert!(differs("due_US_CO_pyholidays", "due_US_CO") > 0);
    assert!(differs("bdays_advance7_AT_no_rollback", "due_AT") > 30);
    let one_late = rows.iter().filter(|row| {
        let at: DateTime<FixedOffset> = instant(&format!("{}T12:00:00Z", row["trigger_date"]));
        let weekend = matches!(at.weekday(), Weekday::Sat | Weekday::Sun);
        weekend
            && day(&row["bdays_advance7_AT_no_rollback"]) - day(&row["due_AT"])
                >= TimeDelta::days(1)
    });
    assert!(one_late.count() > 30);
}
