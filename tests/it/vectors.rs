//! Every worked date in `tests/data/vectors`, through the library and through the batch command.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike as _, FixedOffset, TimeDelta, Weekday};
use duenotice::catalog::Catalog;
use duenotice::domain::deadline::{self, Bound, Deadline, Flag};
use duenotice::domain::fact::{Anchors, FactKind};
use serde_json::Value;

use crate::dates::{batch, catalog, compute, day, instant, last_day};
use crate::laws::made;

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

/// What the rows that are not about the promise or the GDPR ask: the rules, and the fact that the row
/// gives the instant of.
const QUESTIONS: &[(&str, &[&str], FactKind)] = {
    use FactKind as F;
    &[
        (
            "N01",
            &["eu_nis2_23.early_warning", "at_nisg_34.early_warning"],
            F::AwareSignificant,
        ),
        (
            "N02",
            &[
                "eu_nis2_23.incident_notification",
                "at_nisg_34.incident_notification",
            ],
            F::AwareSignificant,
        ),
        (
            "N03",
            &["eu_nis2_23.final_report", "at_nisg_34.final_report"],
            F::IncidentNotificationSubmitted,
        ),
        ("N06", &["eu_611_2013.second"], F::InitialSubmitted),
        ("D01", &["eu_dora_19.initial"], F::ClassifiedMajor),
        ("D03", &["eu_dora_19.intermediate"], F::InitialSubmitted),
        ("U02", &["us_co_6_1_716_resident"], F::Determined),
        ("U03", &["us_co_6_1_716_ag"], F::Determined),
        ("U07", &["us_tx_521_053.ag"], F::Determined),
        ("U13", &["us_sec_8k_105"], F::MaterialityDetermined),
        ("U15", &["us_bank_36h"], F::Determined),
        ("U17", &["us_state_ia.regulator"], F::ResidentNoticeSent),
        // No regime: the example shows that hours are elapsed time in American law too.
        ("U18", &["made.hours_in_new_york"], F::Aware),
        ("O01", &["br_anpd_15_2024"], F::Aware),
        ("O03", &["in_certin_6h"], F::Detected),
        ("O04", &["dpf.complaint_response"], F::ComplaintReceived),
        (
            "O05",
            &["dpf.comply_with_dpa_advice"],
            F::DpaAdviceDelivered,
        ),
    ]
};

/// Other readings of the vectors that are wrong on purpose, or that are not the engine's.
const NOT_OURS: [&str; 3] = [
    "TRAP holidays-lib CO",
    "TRAP Good Friday excluded AT",
    "TRAP Sat->Fri observed CO",
];

/// The rules and the facts that a row of `deadlines.csv` speaks about.
fn questions(row: &Row) -> (Vec<&'static str>, Anchors) {
    let id = row["id"].as_str();
    let asked = QUESTIONS.iter().find(|(of, ..)| *of == id);
    let (rules, kind) = match (id, row["regime"].as_str(), asked) {
        (_, _, Some((_, rules, kind))) => (rules.to_vec(), *kind),
        ("P30", ..) => (vec!["policy_promise_7werktage"], FactKind::Aware),
        (_, "policy_promise_7bd", _) => (vec!["policy_promise_7bd"], FactKind::Aware),
        (_, "eu_gdpr_33_1", _) => (vec!["eu_gdpr_33_1"], FactKind::Aware),
        (_, regime, _) => panic!("{id}: no rule for {regime}"),
    };
    let mut anchors = Anchors::from_iter([(kind, instant(&row["trigger_instant"]))]);
    match id {
        "P29" => anchors.insert(FactKind::Occurred, instant("2026-08-03T12:00:00+02:00")),
        "D01" => anchors.insert(FactKind::Aware, instant("2026-11-27T15:00:00+01:00")),
        _ => None,
    };
    (rules, anchors)
}

fn answer(rule: &str, anchors: &Anchors) -> Deadline {
    let catalog = made::catalog();
    deadline::compute(
        catalog.regime_at(rule, anchors).unwrap(),
        anchors,
        &catalog.operator().controllers,
        catalog.calendars(),
    )
    .unwrap()
}

/// The other readings of a row, by name.
fn readings(row: &Row) -> BTreeMap<&str, &str> {
    row["other_readings"]
        .split("; ")
        .filter(|part| !part.is_empty())
        .map(|part| part.split_once('=').unwrap())
        .filter(|(name, _)| !NOT_OURS.contains(name))
        .collect()
}

fn assert_answers(row: &Row, rule: &str, anchors: &Anchors, deadline: &Deadline) {
    let id = &row["id"];
    assert_eq!(deadline.rule, rule, "{id}");
    assert_eq!(deadline.due.to_rfc3339(), row["due"], "{id} due");
    assert_eq!(deadline.due_utc, instant(&row["due_utc"]), "{id} due_utc");
    let bound = match row["bound"].as_str() {
        "lt" => Bound::Before,
        "le" => Bound::AtOrBefore,
        other => panic!("{id}: {other}"),
    };
    assert_eq!(deadline.bound, bound, "{id} bound");
    let last = deadline
        .last_permitted_day
        .map(|day| day.to_string())
        .unwrap_or_default();
    // The file leaves the last day out where the day ends at a time of day.
    if !(bound == Bound::AtOrBefore && row["last_permitted_local"].is_empty()) {
        assert_eq!(last, row["last_permitted_local"], "{id} last day");
    }
    match row["governed_by"].as_str() {
        "AT" => assert_eq!(deadline.governed_by, "KG", "{id} governed by"),
        "CO" => assert_eq!(deadline.governed_by, "INC", "{id} governed by"),
        other => assert_eq!(other, "", "{id} governed by"),
    }
    let unexpected = [Flag::AnchorFallback, Flag::DisputedReading, Flag::Held];
    assert!(
        !deadline.flags.iter().any(|flag| unexpected.contains(flag)),
        "{id}"
    );
    let mut arguable = None;
    for (name, value) in readings(row) {
        match name {
            "AT last day" => assert_eq!(last_day(deadline, "KG"), day(value), "{id} {name}"),
            "CO last day" => assert_eq!(last_day(deadline, "INC"), day(value), "{id} {name}"),
            "any_business last day" => {
                let floors = made::floors_of(rule, anchors).unwrap();
                assert_eq!(floors.any_business.last_day, day(value), "{id} {name}");
            }
            "weekends_only floor" => {
                let floors = made::floors_of(rule, anchors).unwrap();
                assert_eq!(floors.weekends_only.last_day, day(value), "{id} {name}");
            }
            "literal-from-occurrence last day" => {
                let literal = deadline.literal.as_ref().unwrap();
                assert_eq!(literal.last_permitted_day, Some(day(value)), "{id} {name}");
                assert!(deadline.flags.contains(&Flag::LapsedLiteral), "{id} {name}");
            }
            "art3(5) arguable" => {
                assert!(value.starts_with("none"), "{id} {name}");
                assert!(
                    deadline.readings.iter().all(|one| !one.disputed),
                    "{id} {name}"
                );
            }
            "reg1182 full-hour end"
            | "rolled (Art 3(4)) end"
            | "rolled end"
            | "rolled (C.R.S. 2-4-108(2)) end"
            | "non-exempt entity MAY use noon next working day" => arguable = Some(instant(value)),
            other => panic!("{id}: nothing compares the reading {other}"),
        }
    }
    assert_eq!(deadline.latest_arguable, arguable, "{id} arguable");
}

#[test]
fn every_worked_deadline_comes_out() {
    let rows = deadlines();
    assert_eq!(rows.len(), 42);
    for row in &rows {
        let (rules, anchors) = questions(row);
        for rule in rules {
            assert_answers(row, rule, &anchors, &answer(rule, &anchors));
        }
    }
    // Every question is asked by a row.
    let ids: BTreeSet<&str> = rows.iter().map(|row| row["id"].as_str()).collect();
    assert!(QUESTIONS.iter().all(|(id, ..)| ids.contains(id)));
}

#[test]
fn every_worked_deadline_comes_out_of_the_batch() {
    let rows = deadlines();
    let mut csv = "id,rule,anchor,instant,anchor2,instant2\n".to_owned();
    let mut asked = Vec::new();
    for row in &rows {
        let (rules, anchors) = questions(row);
        for rule in rules.into_iter().filter(|rule| !rule.starts_with("made.")) {
            let facts: Vec<String> = anchors
                .iter()
                .map(|(kind, at)| format!("{kind},{}", at.to_rfc3339()))
                .collect();
            let second = facts.get(1).map_or(",", String::as_str);
            csv += &format!("{},{rule},{},{second}\n", row["id"], facts[0]);
            asked.push((row, rule, anchors.clone()));
        }
    }
    let lines = batch(&csv);
    assert_eq!(lines.len(), asked.len());
    for ((row, rule, anchors), line) in asked.iter().zip(lines) {
        let value: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(value["id"], row["id"].as_str());
        assert_eq!(
            value["due"],
            row["due"].as_str(),
            "the text itself, {}",
            row["id"]
        );
        let deadline: Deadline = serde_json::from_str(&line).unwrap();
        assert_answers(row, rule, anchors, &deadline);
    }
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
        for (code, column) in [
            ("AT", "due_AT"),
            ("US-CO", "due_US_CO"),
            ("US-FED", "due_US_FED"),
        ] {
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
    let catalog: &Catalog = made::catalog();
    for row in deadlines() {
        let (rules, anchors) = questions(&row);
        for rule in rules {
            let deadline = answer(rule, &anchors);
            let text = serde_json::to_string(&deadline).unwrap();
            let again: Deadline = serde_json::from_str(&text).unwrap();
            assert_eq!(again, deadline);
            assert_eq!(serde_json::to_string(&again).unwrap(), text);
            let version = catalog.regime_at(rule, &anchors).unwrap();
            assert_eq!(deadline.rule_hash, version.hash());
        }
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
