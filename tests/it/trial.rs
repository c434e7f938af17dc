//! Trying a rule, on its page and as a program: what comes out, and what is said about each mistake.
//! Nothing of it is stored, so one engine is enough.

use std::process::Command;

use duenotice::domain::access::Role;
use serde_json::{Value, json};

use crate::support::api::Api;
use crate::support::db::{Fresh, on_sqlite};
use crate::support::visitor::{Desk, Seen};

const NOW: &str = "2026-11-25T09:30:00Z";
const PROMISE: &str = "/rules/policy_promise_7bd";
const DEADLINES: &str = "/api/v1/deadlines";

/// What stands beside a field of the form.
#[track_caller]
fn refused(seen: &Seen, field: &str, words: &str) {
    seen.is(422);
    let mark = format!("id=\"try-{field}-error\">");
    let at = seen.html.find(&mark).unwrap_or_else(|| {
        panic!("nothing is said about {field}:\n{}", seen.html);
    });
    let text = &seen.html[at + mark.len()..];
    let text = crate::support::html::plain(&text[..text.find("</p>").unwrap()]);
    assert!(text.contains(words), "{field}: {text}");
}

#[tokio::test]
async fn a_link_computes_the_promise_and_names_thanksgiving() {
    on_sqlite(|fresh: Fresh| async {
        let desk = Desk::at(fresh, NOW).await;
        let rita = desk.signed_in("rita", Role::Reporter).await;
        let seen = rita
            .get(&format!(
                "{PROMISE}?zone=Europe/Vienna&aware=2026-11-23T10:00"
            ))
            .await;
        seen.is(200);
        // P01: 7 business days after Mon 23 Nov 2026 end with Wed 2 Dec in Vienna, Thu 3 Dec in Denver.
        seen.shows("datetime=\"2026-12-02T23:00:00Z\"");
        seen.shows("by the end of Wed 2 Dec 2026");
        seen.shows("due Fri 4 Dec 2026, 00:00 Denver");
        seen.shows("<strong>Thu 26 Nov</strong> Thanksgiving (US-CO)");
        seen.shows("Thu 26 Nov 2026 not counted: Thanksgiving (US-CO)");
        seen.shows("Counted from Tue 24 Nov 2026 00:00:00 +01:00 or a little later");
        assert_eq!(seen.html.matches("<table class=\"count\"").count(), 2);
        // The form keeps what was asked, and asks again for one controller alone.
        let form = seen.form(PROMISE);
        assert_eq!(form.get("aware"), "2026-11-23T10:00");
        let path = format!("{}&controller=INC&floors=yes", seen.path);
        let seen = rita.get(&path).await;
        seen.shows("datetime=\"2026-12-04T07:00:00Z\"");
        seen.shows("Two lower bounds");
        assert_eq!(seen.html.matches("<table class=\"count\"").count(), 1);
        // Without anything it shows what it would be this minute.
        let seen = rita.get("/rules/eu_gdpr_33_1").await;
        seen.is(200);
        seen.shows("Counted as if it happened this minute.");
        seen.shows("datetime=\"2026-11-28T09:30:00Z\"");
        rita.get("/rules/no_such_rule").await.is(404);
    })
    .await;
}

#[tokio::test]
async fn each_mistake_has_its_sentence_beside_its_field() {
    on_sqlite(|fresh: Fresh| async {
        let desk = Desk::at(fresh, NOW).await;
        let mara = desk.signed_in("mara", Role::Manager).await;
        let vienna = "zone=Europe/Vienna";
        for (query, field, words) in [
            (
                format!("{vienna}&aware=last+Monday"),
                "aware",
                "\"last Monday\" is not a date and time. Write it as 2026-11-23T10:00.",
            ),
            (
                format!("{vienna}&aware=2026-03-29T02:30"),
                "aware",
                "did not exist in Europe/Vienna",
            ),
            (
                format!("{vienna}&aware=2026-10-25T02:30"),
                "aware",
                "happened twice in Europe/Vienna: the clocks were put back then. Choose UTC",
            ),
            (
                "zone=Europe/Wien&aware=2026-11-23T10:00".to_owned(),
                "zone",
                "There is no time zone \"Europe/Wien\".",
            ),
            (
                format!("{vienna}&aware="),
                "aware",
                "Give the time of at least one of these facts",
            ),
            (
                format!("{vienna}&aware=2026-11-23T10:00&occurred=2026-11-24T08:00"),
                "aware",
                "\"aware\" cannot come before the breach occurred.",
            ),
            (
                format!("{vienna}&aware=2026-11-23T10:00&controller=LLC"),
                "controller",
                "There is no controller \"LLC\". Choose KG or INC",
            ),
            (
                format!("{vienna}&aware=2026-11-23T10:00&aware=2026-11-23T10:00"),
                "aware",
                "is given twice",
            ),
            (format!("{vienna}&aware=1926-11-23T10:00"), "aware", "1926"),
        ] {
            let seen = mara.get(&format!("{PROMISE}?{query}")).await;
            refused(&seen, field, words);
            // Nothing that was typed is lost.
            let form = seen.form(PROMISE);
            for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
                assert_eq!(form.get(&name), value, "{query}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn the_list_is_narrowed_by_words_recipient_and_place() {
    on_sqlite(|fresh: Fresh| async {
        let desk = Desk::at(fresh, NOW).await;
        let mara = desk.signed_in("mara", Role::Manager).await;
        let seen = mara.get("/rules").await;
        seen.is(200);
        let (promise, gdpr) = (
            format!("href=\"{PROMISE}\""),
            "href=\"/rules/eu_gdpr_33_1\"",
        );
        assert!(seen.html.contains(&promise) && seen.html.contains(gdpr));
        for query in [
            "q=PROMISE+business",
            "told=data_subject",
            "place=promise&ours=yes",
        ] {
            let seen = mara.get(&format!("/rules?{query}")).await;
            assert!(seen.html.contains(&promise), "{query}");
            assert!(!seen.html.contains(gdpr), "{query}");
        }
        let seen = mara.get("/rules?place=EU").await;
        assert!(!seen.html.contains(&promise) && seen.html.contains(gdpr));
        let seen = mara.get("/rules?told=nobody&place=atlantis").await;
        seen.shows("Nobody to be told is called \"nobody\".");
        seen.shows("No rule comes from \"atlantis\".");
        mara.get("/rules?q=zzzz").await.shows("No rule fits.");
    })
    .await;
}

/// What the command prints for these arguments.
fn printed(rule: &str, at: &[&str], more: &[&str]) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_duenotice"));
    command.current_dir(std::env::temp_dir());
    command
        .args(["deadline", rule, "--format", "json"])
        .args(more);
    for pair in at {
        command.args(["--at", pair]);
    }
    let output = command.output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test]
async fn a_program_gets_what_the_command_prints() {
    on_sqlite(|fresh: Fresh| async {
        let api = Api::at(fresh, NOW).await;
        for (rule, at, controller) in [
            (
                "policy_promise_7bd",
                json!({"aware": "2026-11-23T10:00:00+01:00"}),
                None,
            ),
            (
                "policy_promise_7bd",
                json!({"awareness": "2026-09-01T09:00:00+02:00", "occurred": "2026-08-03T12:00:00+02:00"}),
                Some("INC"),
            ),
            (
                "eu_gdpr_33_1",
                json!({"detected": "2020-12-22T12:17:00+01:00"}),
                None,
            ),
        ] {
            let pairs: Vec<String> = at
                .as_object()
                .unwrap()
                .iter()
                .map(|(kind, at)| format!("{kind}={}", at.as_str().unwrap()))
                .collect();
            let pairs: Vec<&str> = pairs.iter().map(String::as_str).collect();
            let mut body = json!({"rule": rule, "at": at});
            let mut more = Vec::new();
            if let Some(id) = controller {
                body["controller"] = json!(id);
                more.extend(["--controller", id]);
            }
            let mut given = api.post(Role::Reporter, DEADLINES, &body).await.good();
            let changes = given["what_would_change"].take();
            assert!(!changes.as_array().unwrap().is_empty());
            let own = given.as_object_mut().unwrap();
            own.remove("what_would_change");
            assert_eq!(own.remove("floors"), Some(Value::Null));
            assert_eq!(given, printed(rule, &pairs, &more), "{rule}");
        }
        let body = json!({"rule": "policy_promise_7bd", "floors": true,
            "at": {"aware": "2026-11-23T10:00:00+01:00"}});
        let given = api.post(Role::Reporter, DEADLINES, &body).await.good();
        // Thanksgiving is a business day in Vienna, so neither bound is later than there.
        assert_eq!(given["floors"]["any_business"]["last_day"], "2026-12-02");
        assert_eq!(given["floors"]["weekends_only"]["last_day"], "2026-12-02");
    })
    .await;
}

#[tokio::test]
async fn a_program_is_told_what_is_wrong_with_which_field() {
    on_sqlite(|fresh: Fresh| async {
        let api = Api::at(fresh, NOW).await;
        let aware = "2026-11-23T10:00:00+01:00";
        for (rule, at, field, words) in [
            ("policy", json!({"aware": aware}), "rule", "Did you mean policy_promise"),
            ("eu_gdpr_33_1", json!({}), "at", "Give the time of at least one"),
            (
                "eu_gdpr_33_1",
                json!({"aware": "2026-11-23T10:00:00"}),
                "at.aware",
                "has no offset from UTC",
            ),
            (
                "eu_gdpr_33_1",
                json!({"awareness": "yesterday"}),
                "at.awareness",
                "cannot be read as an instant",
            ),
            (
                "eu_gdpr_33_1",
                json!({"knowing": aware}),
                "at.knowing",
                "is not a kind of fact",
            ),
            (
                "eu_gdpr_33_1",
                json!({"aware": aware, "awareness": aware}),
                "at.awareness",
                "is given twice",
            ),
            (
                "eu_gdpr_33_1",
                json!({"awareness": aware, "occurred": "2026-11-24T08:00:00+01:00"}),
                "at.awareness",
                "cannot come before the breach occurred",
            ),
            (
                "policy_promise_7bd",
                json!({"aware": "1926-11-23T10:00:00+01:00"}),
                "at.aware",
                "1926",
            ),
        ] {
            let body = json!({"rule": rule, "at": at});
            let reply = api.post(Role::Manager, DEADLINES, &body).await;
            let reason = reply.refused(422, field);
            assert!(reason.contains(words), "{body}: {reason}");
        }
        let body = json!({"rule": "policy_promise_7werktage", "at": {"aware": aware}, "controller": "INC"});
        let reason = api.post(Role::Manager, DEADLINES, &body).await.refused(422, "controller");
        assert!(reason.contains("binds KG"), "{reason}");
        let twice = format!(r#"{{"rule": "eu_gdpr_33_1", "at": {{"aware": "{aware}", "aware": "{aware}"}}}}"#);
        let reply = api
            .ask(Role::Manager, "post", DEADLINES)
            .body("application/json", twice)
            .send()
            .await;
        assert!(reply.refused(422, "at.aware").contains("given twice"));
    })
    .await;
}

#[tokio::test]
async fn a_rule_is_read_whole() {
    on_sqlite(|fresh: Fresh| async {
        let api = Api::at(fresh, NOW).await;
        let rule = api
            .get(Role::Reporter, "/api/v1/regimes/eu_gdpr_33_1")
            .await
            .good();
        assert_eq!(rule["length"], json!({"n": 72, "unit": "hour"}));
        assert_eq!(rule["effective"]["from"], "2018-05-25");
        assert_eq!(rule["status"], "in_force");
        assert_eq!(rule["owed"], "each");
        assert_eq!(rule["confidence"], "A");
        assert_eq!(rule["hold"], Value::Null);
        assert_eq!(rule["versions"][0]["hash"], rule["hash"]);
        api.get(Role::Reporter, "/api/v1/regimes/nothing")
            .await
            .problem(404);
    })
    .await;
}
