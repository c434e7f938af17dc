//! Exposed systems with their windows, what retention says about them, estimates before there is a roster,
//! and small counts.

use duenotice::domain::access::Role;
use duenotice::domain::scope::retention::Counted;
use duenotice::error::Error;
use duenotice::ids::IncidentId;
use duenotice::service::answer::open_questions;
use duenotice::service::exposure::{
    NewExposure, WithdrawExposure, record, retention, standing, withdraw,
};
use duenotice::store;
use serde_json::{Value, json};

use crate::both_engines;
use crate::support::api::Api;
use crate::support::db::Fresh;
use crate::support::visitor::Desk;
use crate::support::world::{World, t};

const NOW: &str = "2026-11-25T09:30:00Z";
const DETECTED: &str = "2026-11-23T09:00:00+01:00";

both_engines!(
    an_exposure_is_recorded_corrected_and_withdrawn,
    the_earliest_window_decides_what_was_deleted,
    an_exposure_that_cannot_be_is_refused,
    a_program_records_and_reads_exposures,
    a_person_records_corrects_and_withdraws_an_exposure,
    an_estimate_stands_before_there_is_a_roster,
    an_estimate_through_the_api_counts_for_the_rules,
    who_only_watches_sees_no_small_counts,
);

fn tickets() -> NewExposure {
    NewExposure {
        system: "support".to_owned(),
        from: Some("2026-09-01T00:00:00+02:00".to_owned()),
        until: Some("2026-11-23T09:10:00+01:00".to_owned()),
        zone: "Europe/Vienna".to_owned(),
        ..NewExposure::default()
    }
}

async fn incident(world: &World, id: IncidentId) -> store::incident::Incident {
    let found = store::incident::find(&world.app.db, id).await.unwrap();
    found.unwrap()
}

async fn an_exposure_is_recorded_corrected_and_withdrawn(fresh: Fresh) {
    let world = World::at(fresh, NOW).await;
    let id = world.incident(DETECTED).await;
    let none = retention(&world.app, id, "support").await.unwrap();
    assert_eq!(none, None, "nothing is exposed yet");

    let first = record(&world.responder(), id, &tickets()).await.unwrap();
    // The report named the website account, name and e-mail; the tickets come to that.
    let wider = incident(&world, id).await;
    assert_eq!(wider.systems.0, ["website_account", "support"]);
    let kinds = [
        "name",
        "email",
        "business_name",
        "phone",
        "support_messages",
    ];
    assert_eq!(wider.data_kinds.0, kinds);
    // Resolved and 12 months more: resolved before 1 September 2025 was gone by 1 September 2026.
    let cutoff = t("2025-08-31T22:00:00Z");
    let says = retention(&world.app, id, "support").await.unwrap();
    assert_eq!(says, Some((Counted::Until, cutoff)));
    // Orders have no number of months, and are not exposed.
    assert_eq!(retention(&world.app, id, "orders").await.unwrap(), None);

    let unknown = NewExposure {
        from: None,
        kinds: vec!["email".to_owned()],
        replaces: Some(first),
        reason: Some("The log does not go back that far.".to_owned()),
        ..tickets()
    };
    let second = record(&world.responder(), id, &unknown).await.unwrap();
    let says = retention(&world.app, id, "support").await.unwrap();
    assert_eq!(
        says, None,
        "since when is not known: everybody counts as kept"
    );
    // Whoever still looks at the first one is told, whatever they want.
    let stale = record(&world.responder(), id, &unknown).await;
    assert!(matches!(stale, Err(Error::Conflict(_))), "{stale:?}");
    let why = WithdrawExposure {
        reason: "It was another folder.".to_owned(),
    };
    let stale = withdraw(&world.responder(), id, first, &why).await;
    assert!(matches!(stale, Err(Error::Conflict(_))), "{stale:?}");

    withdraw(&world.responder(), id, second, &why)
        .await
        .unwrap();
    let all = store::exposure::list(&world.app.db, id).await.unwrap();
    assert_eq!((all.len(), standing(&all).len()), (3, 0), "nothing is lost");
    let twice = withdraw(&world.responder(), id, second, &why).await;
    assert!(matches!(twice, Err(Error::Conflict(_))), "{twice:?}");
    assert_eq!(incident(&world, id).await.systems.0.len(), 2);

    // What applies was looked at anew each time, and nothing of it is lost.
    let log = store::evidence::newest_of_incident(&world.app.db, id, i64::MAX, 100)
        .await
        .unwrap();
    let count = |kind: &str| log.iter().filter(|e| e.kind == kind).count();
    assert_eq!(count("exposure.recorded"), 1);
    assert_eq!(count("exposure.corrected"), 1);
    assert_eq!(count("exposure.withdrawn"), 1);
    assert_eq!(count("incident.widened"), 1);
    world.verified().await;
}

async fn the_earliest_window_decides_what_was_deleted(fresh: Fresh) {
    let world = World::at(fresh, NOW).await;
    let id = world.incident(DETECTED).await;
    let window = |from: &str, until: &str| NewExposure {
        from: Some(from.to_owned()),
        until: Some(until.to_owned()),
        ..tickets()
    };
    for (from, until) in [
        ("2026-09-01T00:00:00+02:00", "2026-09-05T00:00:00+02:00"),
        ("2026-03-31T12:00:00+02:00", "2026-04-02T00:00:00+02:00"),
    ] {
        record(&world.responder(), id, &window(from, until))
            .await
            .unwrap();
    }
    let says = retention(&world.app, id, "support").await.unwrap();
    let cutoff = t("2025-03-31T10:00:00Z");
    assert_eq!(says, Some((Counted::Until, cutoff)));
    // 26 months of the cookies count from each visit.
    let cookies = NewExposure {
        system: "analytics".to_owned(),
        ..tickets()
    };
    record(&world.responder(), id, &cookies).await.unwrap();
    let says = retention(&world.app, id, "analytics").await.unwrap();
    assert_eq!(says, Some((Counted::At, t("2024-06-30T22:00:00Z"))));
}

async fn an_exposure_that_cannot_be_is_refused(fresh: Fresh) {
    let world = World::at(fresh, NOW).await;
    let id = world.incident(DETECTED).await;
    record(&world.responder(), id, &tickets()).await.unwrap();
    let with = |change: fn(&mut NewExposure)| {
        let mut new = tickets();
        new.until = None;
        change(&mut new);
        new
    };
    for (new, field, word) in [
        (
            with(|e| e.system = "mainframe".to_owned()),
            "system",
            "no system \"mainframe\"",
        ),
        (
            with(|e| e.zone = "Vienna".to_owned()),
            "zone",
            "no time zone",
        ),
        (
            with(|e| e.from = Some("2026-09-01 00:00".to_owned())),
            "from",
            "",
        ),
        (
            with(|e| e.from = Some("2026-11-25T09:30:01Z".to_owned())),
            "from",
            "future",
        ),
        (
            with(|e| e.until = Some("2026-11-26T00:00:00Z".to_owned())),
            "until",
            "future",
        ),
        (
            with(|e| e.from = Some("1999-12-31T23:00:00Z".to_owned())),
            "from",
            "2000",
        ),
        (
            with(|e| e.until = e.from.clone()),
            "until",
            "closes before it opens",
        ),
        (
            with(|e| e.kinds = vec!["payment".to_owned()]),
            "kinds",
            "name, email, business_name, phone, support_messages",
        ),
        (
            with(|e| e.kinds = vec!["name".to_owned(), "name".to_owned()]),
            "kinds",
            "twice",
        ),
        (tickets(), "system", "already"),
    ] {
        let refused = record(&world.responder(), id, &new).await;
        let Err(Error::Invalid(errors)) = refused else {
            panic!("{new:?} was taken");
        };
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert_eq!(errors[0].field, field, "{errors:?}");
        assert!(errors[0].reason.contains(word), "{errors:?}");
    }
    let all = store::exposure::list(&world.app.db, id).await.unwrap();
    let silent = NewExposure {
        replaces: Some(all[0].id),
        ..tickets()
    };
    let refused = record(&world.responder(), id, &silent).await.unwrap_err();
    assert!(refused.reason("reason").is_some(), "{refused}");
    let why = WithdrawExposure::default();
    let refused = withdraw(&world.responder(), id, all[0].id, &why).await;
    assert!(refused.unwrap_err().reason("reason").is_some());
    let watcher = world.person("Max", Role::Manager);
    let denied = record(&watcher, id, &tickets()).await;
    assert!(matches!(denied, Err(Error::Denied(_))));
    let all = store::exposure::list(&world.app.db, id).await.unwrap();
    assert_eq!(all.len(), 1);
    world.verified().await;
}

async fn a_program_records_and_reads_exposures(fresh: Fresh) {
    let api = Api::at(fresh, NOW).await;
    let id = api.incident(DETECTED).await;
    let here = format!("/api/v1/incidents/{id}/exposures");
    let first = api
        .post(Role::Responder, &here, &json!(tickets()))
        .await
        .id();
    let all = api.get(Role::Manager, &here).await.good();
    let one = &all["items"][0];
    assert_eq!(one["from"], "2026-09-01T00:00:00+02:00");
    assert_eq!(one["until"], "2026-11-23T09:10:00+01:00");
    assert_eq!(one["identifiers"], json!(["email", "phone", "ticket"]));
    assert_eq!(one["processors"], json!(["hosting"]));
    assert_eq!(
        one["retention"],
        json!({
            "months": 12,
            "from": "until",
            "cutoff": "2025-09-01T00:00:00+02:00",
            "says": [
                "Kept until resolved and 12 months more. A record resolved or ended before 1 September \
                 2025 was deleted before the window opened and cannot have leaked.",
                "If a list from the system itself still shows such a record, it should have been deleted \
                 but was there: it may have leaked, and that is a finding."
            ]
        })
    );
    let why = api
        .post(
            Role::Responder,
            &here,
            &json!({"system": "support", "zone": "Europe/Vienna", "kinds": ["payment"]}),
        )
        .await;
    assert!(why.refused(422, "kinds").contains("payment"));
    let gone = api
        .post(
            Role::Responder,
            &format!("{here}/{first}/withdraw"),
            &json!({"reason": "It was another folder."}),
        )
        .await
        .id();
    let all = api.get(Role::Manager, &here).await.good();
    // Both are of the same moment here, so they stand in any order.
    let find = |id: &str| {
        let mut items = all["items"].as_array().unwrap().iter();
        items.find(|one| one["id"] == *id).unwrap().clone()
    };
    assert_eq!(find(&first)["replaced_by"], gone);
    assert_eq!(find(&first)["retention"], Value::Null);
    assert_eq!(find(&gone)["withdrawn"], true);
    let nil = uuid::Uuid::nil();
    let missing = api
        .post(
            Role::Responder,
            &format!("{here}/{nil}/withdraw"),
            &json!({"reason": "x"}),
        )
        .await;
    missing.problem(404);
}

async fn a_person_records_corrects_and_withdraws_an_exposure(fresh: Fresh) {
    let desk = Desk::at(fresh, NOW).await;
    let rosa = desk.signed_in("rosa", Role::Responder).await;
    let max = desk.signed_in("max", Role::Manager).await;
    let id = desk.world.incident(DETECTED).await;
    let (own, new) = (
        format!("/incidents/{id}"),
        format!("/incidents/{id}/exposures/new"),
    );
    let page = rosa.get(&own).await;
    page.shows("No window of exposure is recorded.");
    assert!(page.html.contains(&format!("{new}?system=website_account")));
    rosa.get(&new).await.shows("Analytics cookies");

    let form = rosa.get(&format!("{new}?system=support")).await.form(&new);
    let form = form
        .set("zone", "Europe/Vienna")
        .set("from", "2026-09-01T00:00")
        .set("until", "2026-08-01T00:00")
        .set("note", "The folder was open.")
        .tick("kinds", "email");
    let seen = rosa.send(&form).await;
    seen.is(422);
    seen.shows("The window closes before it opens.");
    let again = seen.form(&new);
    assert_eq!(
        (again.get("kinds"), again.get("system")),
        ("email", "support")
    );
    let seen = rosa.send(&again.set("until", "")).await;
    seen.is(200);
    assert_eq!(seen.path, format!("{own}?done=exposure"));
    seen.shows(
        "A record resolved or ended before 1 September 2025 was deleted before the window opened",
    );
    seen.shows("it should have been deleted but was there");
    seen.shows("Hosting partners (hosting)");
    seen.shows("e-mail address, phone number, ticket number");
    seen.shows("Usually an export of the ticket system");

    let all = store::exposure::list(&desk.world.app.db, id).await.unwrap();
    assert_eq!(all[0].kinds.0, ["email"]);
    let change = format!("{own}/exposures/{}/change", all[0].id);
    let form = rosa.get(&change).await.form(&change);
    assert_eq!(form.get("from"), "2026-09-01T00:00:00");
    let seen = rosa.send(&form.clone().set("from", "")).await;
    seen.is(422);
    seen.shows("Say why it is recorded anew");
    let form = seen.form(&change).set("reason", "Nobody knows since when.");
    let seen = rosa.send(&form).await;
    seen.is(200);
    seen.shows("Since when the system was open is not known, so nobody is left out");
    seen.shows("Nobody knows since when.");
    seen.shows("1 correction");

    // Who only watches sees the same, and nothing to press.
    let watched = max.get(&own).await;
    watched.shows("Since when the system was open is not known");
    assert!(!watched.html.contains("/exposures/"), "nothing is offered");
    max.get(&new).await.is(403);

    let all = store::exposure::list(&desk.world.app.db, id).await.unwrap();
    let away = format!("{own}/exposures/{}/withdraw", standing(&all)[0].id);
    let form = rosa.get(&away).await.form(&away);
    let seen = rosa.send(&form).await;
    seen.is(422);
    seen.shows("This cannot be empty.");
    let seen = rosa
        .send(&seen.form(&away).set("reason", "It was another folder."))
        .await;
    seen.is(200);
    seen.shows("No window of exposure is recorded.");
    desk.world.verified().await;
}

async fn an_estimate_stands_before_there_is_a_roster(fresh: Fresh) {
    let desk = Desk::at(fresh, NOW).await;
    let rosa = desk.signed_in("rosa", Role::Responder).await;
    let id = desk.world.incident(DETECTED).await;
    let (own, here) = (
        format!("/incidents/{id}"),
        format!("/incidents/{id}/estimate"),
    );
    assert!(rosa.get(&own).await.html.contains(&here));
    let form = rosa.get(&here).await.form(&here);
    let form = form.set("from-0", "9000").set("to-0", "15000");
    let seen = rosa.send(&form).await;
    seen.is(422);
    seen.shows("Say on what the numbers rest");
    let wrong = seen
        .form(&here)
        .set("reason", "Open tickets of the last year.")
        .set("place-1", "us-co")
        .set("from-1", "300")
        .set("to-1", "100")
        .set("place-2", "Atlantis")
        .set("from-2", "1")
        .set("from-3", "1");
    let seen = rosa.send(&wrong).await;
    seen.is(422);
    seen.shows("The most that is possible is less than the least that is certain.");
    seen.shows("Say for which place these numbers are.");
    let mended = seen
        .form(&here)
        .set("from-1", "100")
        .set("to-1", "300")
        .set("from-3", "");
    let seen = rosa.send(&mended).await;
    seen.is(422);
    seen.shows("\"ATLANTIS\" is no place that rules ask about.");
    let good = seen.form(&here).set("place-2", "AT").set("from-2", "120");
    let seen = rosa.send(&good).await;
    seen.is(200);
    assert_eq!(seen.path, format!("{own}?done=estimate"));
    for text in [
        "Everywhere together",
        "9,000 to 15,000 people",
        "Colorado (US-CO)",
        "100 to 300 people",
        "Austria (AT)",
        "120 people",
        "by rosa",
        "Open tickets of the last year.",
    ] {
        seen.shows(text);
    }
    // The same once more is nothing new; another number needs a reason, and stands in its place.
    let form = rosa.get(&here).await.form(&here);
    assert_eq!(form.get("from-0"), "9000");
    let seen = rosa.send(&form.clone().set("reason", "Again.")).await;
    seen.is(422);
    seen.shows("Nothing is new here.");
    let form = form.set("from-0", "11000").set("reason", "Counted better.");
    let seen = rosa.send(&form).await;
    seen.is(200);
    seen.shows("11,000 to 15,000 people");
    let all = store::answer::list(&desk.world.app.db, id).await.unwrap();
    let total: Vec<_> = all.iter().filter(|a| a.question == "people(any)").collect();
    assert_eq!(total.len(), 2);
    let newer = total.iter().find(|a| a.value == "11000-15000").unwrap();
    let older = total.iter().find(|a| a.value == "9000-15000").unwrap();
    assert_eq!(newer.replaces, Some(older.id));
    desk.world.verified().await;
}

async fn an_estimate_through_the_api_counts_for_the_rules(fresh: Fresh) {
    let api = Api::at(fresh, NOW).await;
    let id = api.incident(DETECTED).await;
    let incident: IncidentId = id.parse().unwrap();
    let waits = |open: Vec<duenotice::service::answer::OpenQuestion>| {
        let missing = open.into_iter().map(|one| one.missing.to_string());
        missing.collect::<Vec<_>>().join("; ")
    };
    let app = &api.world.app;
    let before = waits(open_questions(app, incident).await.unwrap());
    assert!(
        before.contains("Texas") || before.contains("US-TX"),
        "{before}"
    );
    let nobody = json!({"answers": [
        { "question": "people(any)", "value": "40-90", "reason": "All are customers of one shop." },
        { "question": "people(US)", "value": "0", "reason": "It sells in Austria only." },
    ]});
    let here = format!("/api/v1/incidents/{id}/answers");
    api.post(Role::Responder, &here, &nobody).await.good();
    // Nobody in the United States: nobody in Texas either.
    let after = waits(open_questions(app, incident).await.unwrap());
    assert!(!after.contains("US-TX"), "{after}");
    let listed = api.get(Role::Manager, &here).await.good();
    assert_eq!(listed["items"][0]["value"], "40-90");
    let wrong =
        json!({"answers": [{ "question": "people(any)", "value": "90-40", "reason": "x" }]});
    let refused = api.post(Role::Responder, &here, &wrong).await;
    assert!(refused.refused(422, "people(any)").contains("90-40"));
}

/// A roster of 902 people in Austria, 10 in Germany and 3 in Vermont.
fn three_places() -> String {
    let mut csv = "user_id,country,state\n".to_owned();
    for (n, place) in [(902, "AT,"), (10, "DE,"), (3, "US,VT")] {
        for i in 0..n {
            csv.push_str(&format!("u-{}-{i},{place}\n", &place[..2]));
        }
    }
    csv
}

async fn who_only_watches_sees_no_small_counts(fresh: Fresh) {
    let world = World::at(fresh, NOW).await;
    let id = world.incident(DETECTED).await;
    world.import(id, three_places()).await.unwrap();
    let api = Api::with(world).await;
    let path = format!("/api/v1/incidents/{id}/roster/counts");
    for role in [Role::Responder, Role::Approver] {
        let exact = api.get(role, &path).await.good();
        let numbers: Vec<_> = exact["places"].as_array().unwrap().iter().collect();
        assert_eq!(
            numbers.iter().map(|p| &p["persons"]).collect::<Vec<_>>(),
            [&json!(902), &json!(10), &json!(3)]
        );
        assert_eq!(exact["ranges_below"], Value::Null);
    }
    for role in [Role::Manager, Role::Administrator] {
        let seen = api.get(role, &path).await.good();
        assert_eq!(
            seen,
            json!({
                "persons": 915,
                "ranges_below": 5,
                "places": [
                    { "country": "AT", "state": null, "persons": 902, "from": 902, "to": 902 },
                    { "country": "DE", "state": null, "persons": null, "from": 5, "to": null },
                    { "country": "US", "state": "VT", "persons": null, "from": 1, "to": 4 },
                ]
            })
        );
    }
    let desk = Desk {
        base: api.base.clone(),
        world: World {
            app: api.world.app.clone(),
        },
    };
    let max = desk.signed_in("max", Role::Manager).await;
    let rosa = desk.signed_in("rosa", Role::Responder).await;
    for page in [
        format!("/incidents/{id}"),
        format!("/incidents/{id}/roster"),
    ] {
        let seen = max.get(&page).await;
        seen.shows("1–4");
        seen.shows("5 or more");
        seen.shows("fewer than 5 people in one place could be recognised");
        assert!(!seen.html.contains("<td class=\"n\">3</td>"), "{page}");
        assert!(!seen.html.contains("<td class=\"n\">10</td>"), "{page}");
        let seen = rosa.get(&page).await;
        assert!(seen.html.contains("<td class=\"n\">3</td>"), "{page}");
        assert!(!seen.html.contains("1–4"), "{page}");
    }
}
