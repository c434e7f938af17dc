//! Recipes, runs and people as a program uses them. Who is affected: [`crate::support::lists`].

use duenotice::domain::access::Role;
use duenotice::ids::IncidentId;
use duenotice::store;
use serde_json::{Value, json};

use crate::support::api::Api;
use crate::support::db::Fresh;
use crate::support::lists::{self, RECIPE};

crate::both_engines!(
    every_mistake_is_told_with_its_place,
    the_same_recipe_gives_the_same_roster,
    a_count_says_nothing_about_the_roster_that_stands,
    who_came_with_a_file_is_found_by_address,
    who_is_found_late_comes_and_who_was_wrong_leaves,
    two_who_are_not_one_are_kept_apart,
    who_may_see_what,
);

const NOW: &str = "2026-12-04T12:00:00Z";

struct Desk {
    api: Api,
    id: IncidentId,
    path: String,
}

impl Desk {
    async fn new(fresh: Fresh) -> Self {
        let api = Api::at(fresh, NOW).await;
        let incident = api.incident("2026-11-23T09:00:00+01:00").await;
        let id = incident.parse().unwrap();
        lists::three(&api.world, id).await;
        let path = format!("/api/v1/incidents/{incident}");
        Self { api, id, path }
    }

    async fn post(&self, what: &str, body: Value) -> crate::support::api::Reply {
        let path = format!("{}/{what}", self.path);
        self.api.post(Role::Responder, &path, &body).await
    }

    async fn get(&self, what: &str) -> Value {
        let path = format!("{}/{what}", self.path);
        self.api.get(Role::Responder, &path).await.good()
    }

    async fn save(&self) {
        let draft = json!({ "body": RECIPE, "note": "The first one." });
        self.post("recipes", draft).await.good();
    }

    /// Runs the newest recipe; with a reason its result becomes the roster.
    async fn run(&self, reason: Option<&str>, found: Value) -> Value {
        let mut ask = json!({
            "params": { "from": "2026-10-01", "to": "2026-10-14" },
            "zone": "Europe/Vienna",
            "apply": reason.is_some(),
        });
        if let Some(reason) = reason {
            ask["reason"] = json!(reason);
            ask["found"] = found;
        }
        let reply = self.post("runs", ask).await;
        assert_eq!(reply.status.as_u16(), 202, "{reply:?}");
        let asked = reply.json();
        assert_eq!(asked["status"], "waiting");
        self.api.world.work().await;
        let run = self
            .get(&format!("runs/{}", asked["id"].as_str().unwrap()))
            .await;
        assert_eq!(run["status"], "done", "{run}");
        run
    }

    async fn ask(&self, kind: &str, value: &str) -> Value {
        let body = json!({ "kind": kind, "value": value, "site": "shop", "reasons": true });
        self.post("people/ask", body).await.good()
    }
}

fn moved(added: i64, back: i64, left: i64, changed: i64) -> Value {
    json!({ "added": added, "back": back, "left": left, "changed": changed })
}

fn step<'a>(of: &'a Value, name: &str) -> &'a Value {
    let steps = of["steps"].as_array().unwrap();
    steps.iter().find(|s| s["name"] == name).unwrap()
}

async fn every_mistake_is_told_with_its_place(fresh: Fresh) {
    let desk = Desk::new(fresh).await;
    let wrong = json!({ "body": "a = acounts\naffected = a unoin orders", "note": "Why." });
    let problem = desk.post("recipes", wrong.clone()).await.problem(422);
    let told: Vec<&str> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| {
            assert_eq!(e["field"], "body");
            e["reason"].as_str().unwrap()
        })
        .collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("Line 1, character 5: "), "{told:?}");
    assert!(told[1].starts_with("Line 2, character 14: "), "{told:?}");
    let refused = desk.post("recipes", json!({ "body": RECIPE })).await;
    refused.refused(422, "note");

    let checked = desk
        .post("recipes/check", json!({ "body": wrong["body"] }))
        .await
        .good();
    let places: Vec<_> = checked["mistakes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| (m["line"].as_i64().unwrap(), m["column"].as_i64().unwrap()))
        .collect();
    assert_eq!(places, [(1, 5), (2, 14)]);
    let checked = desk.post("recipes/check", json!({ "body": RECIPE })).await;
    let checked = checked.good();
    assert_eq!(checked["mistakes"], json!([]));
    assert_eq!(checked["params"], json!(["to", "from"]));
    assert_eq!(checked["sources"], json!(["accounts", "orders", "staff"]));
    let buyers = step(&checked, "buyers")["sentence"].as_str().unwrap();
    assert!(buyers.starts_with("People with a record in orders that is dated from"));
    // With values, what is wrong with them: `:to` stands on line 3 after "registered = accounts where
    // since < ".
    let values = json!({ "body": RECIPE, "params": { "from": "2026-10-01" } });
    let checked = desk.post("recipes/check", values).await.good();
    let first = &checked["mistakes"][0];
    assert_eq!((&first["line"], &first["column"]), (&json!(3), &json!(37)));
    assert_eq!(
        desk.get("recipes").await["items"],
        json!([]),
        "nothing was written"
    );

    desk.save().await;
    let run = json!({ "params": { "from": "2026-10-01", "until": "x" }, "zone": "Europe/Wien" });
    let reply = desk.post("runs", run).await;
    assert!(reply.refused(422, "params").contains("until"));
    reply.refused(422, "zone");
    let run = json!({ "params": { "from": "2026-10-01" } });
    let reason = desk.post("runs", run).await.refused(422, "body");
    assert!(reason.contains(":to has no value"), "{reason}");
    let run = json!({ "version": 7 });
    desk.post("runs", run).await.problem(404);
    assert_eq!(desk.get("runs").await["items"], json!([]));
    desk.api.world.finish().await;
}

async fn the_same_recipe_gives_the_same_roster(fresh: Fresh) {
    let desk = Desk::new(fresh).await;
    let draft = json!({ "body": RECIPE, "note": "The first one." });
    let path = format!("{}/recipes", desk.path);
    let save = || {
        let asking = desk.api.ask(Role::Responder, "post", &path);
        asking.key("a-recipe").json(&draft).send()
    };
    let saved = save().await.good();
    assert_eq!(saved["version"], 1);
    assert_eq!(save().await.good(), saved, "the same key, the same answer");
    let again = desk.post("recipes", draft.clone()).await.good();
    assert_eq!(again, saved, "the same text is the same version");

    let looked = desk.run(None, Value::Null).await;
    assert_eq!(step(&looked, "registered")["persons"], 3);
    assert_eq!(step(&looked, "buyers")["persons"], 2);
    assert_eq!(step(&looked, "affected")["persons"], 4);
    assert_eq!(looked["links"]["persons"], 4);
    assert_eq!(looked["links"]["identifiers"], 9);
    assert_eq!(looked["persons"], 5);
    assert_eq!(looked["difference"], moved(5, 0, 0, 0));
    assert_eq!(looked["revision"], Value::Null);
    let read: Vec<_> = looked["sources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| {
            assert_eq!(s["content_sha256"].as_str().unwrap().len(), 64);
            (s["name"].as_str().unwrap(), s["records"].as_i64().unwrap())
        })
        .collect();
    assert_eq!(read, [("accounts", 6), ("orders", 3), ("staff", 1)]);
    let counts = desk.get("people/counts").await;
    assert_eq!(counts["persons"], 0, "it was only looked at");

    let applied = desk.run(Some("The first roster."), Value::Null).await;
    assert_eq!(applied["revision"], 1);
    assert_eq!(applied["difference"], moved(5, 0, 0, 0));
    assert_eq!(applied["result_sha256"], looked["result_sha256"]);
    let again = desk.run(None, Value::Null).await;
    assert_eq!(again["result_sha256"], looked["result_sha256"]);
    assert_eq!(again["difference"], moved(0, 0, 0, 0));
    assert_eq!(desk.get("runs").await["items"].as_array().unwrap().len(), 3);

    // Of the five rows two are in Austria (u-1, u-4), one each in Colorado (u-3), Germany and Switzerland.
    let counts = desk.get("people/counts").await;
    assert_eq!(counts["persons"], 5);
    assert_eq!(counts["ranges_below"], Value::Null);
    let place = |country: &str, state: Value| {
        let all = counts["places"].as_array().unwrap();
        let found = all
            .iter()
            .find(|p| p["country"] == country && p["state"] == state);
        found.map_or(Value::Null, |p| p["persons"].clone())
    };
    assert_eq!(place("AT", Value::Null), 2);
    assert_eq!(place("US", json!("CO")), 1);
    assert_eq!(place("CH", Value::Null), 1);
    let group = |what: &str, value: &str| {
        let all = counts["groups"].as_array().unwrap();
        let found = all
            .iter()
            .find(|g| g["what"] == what && g["value"] == value);
        found.map_or(Value::Null, |g| g["persons"].clone())
    };
    assert_eq!(group("reach", "account"), 4);
    assert_eq!(group("reach", "none"), 1);
    assert_eq!(group("place_from", "orders"), 1);
    assert_eq!(group("minor", "unknown"), 5);

    // Each of Cleo's two accounts must see the notice.
    let cleo = desk.ask("email", "CLEO@mail.example").await;
    assert_eq!(cleo["affected"], true);
    let rows = cleo["rows"].as_array().unwrap();
    let mut names: Vec<_> = rows.iter().map(|r| r["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["u-3", "u-4"]);
    assert!(rows[0]["group"].is_string());
    assert_eq!(rows[0]["group"], rows[1]["group"], "one human being");
    desk.api.world.finish().await;
}

async fn a_count_says_nothing_about_the_roster_that_stands(fresh: Fresh) {
    let desk = Desk::new(fresh).await;
    desk.save().await;
    let applied = desk.run(Some("The first roster."), Value::Null).await;
    // Counted with a list that has one person more, and not made the roster.
    lists::list(&desk.api.world, desk.id, "orders", lists::MORE_ORDERS).await;
    let looked = desk.run(None, Value::Null).await;
    assert_ne!(looked["result_sha256"], applied["result_sha256"]);
    assert_eq!(desk.api.world.verified().await.rosters, 1);
    desk.api.world.finish().await;
}

async fn who_came_with_a_file_is_found_by_address(fresh: Fresh) {
    let desk = Desk::new(fresh).await;
    let file = "user_id,email\nu-1,Anna@mail.example\nu-2,\nu-1,other@mail.example\n";
    let done = desk.api.world.import(desk.id, file).await.unwrap();
    assert_eq!((done.added, done.rejected), (2, 1));
    let anna = desk.ask("email", "anna@MAIL.example").await;
    assert_eq!(anna["affected"], true);
    assert_eq!(anna["rows"][0]["name"], "u-1");
    // The line of a file that was not taken brings nobody.
    let other = desk.ask("email", "other@mail.example").await;
    assert_eq!(other["affected"], false);
    assert_eq!(other["rows"], json!([]));
    desk.api.world.finish().await;
}

async fn who_is_found_late_comes_and_who_was_wrong_leaves(fresh: Fresh) {
    let desk = Desk::new(fresh).await;
    desk.save().await;
    let first = desk.run(Some("The first roster."), Value::Null).await;

    lists::list(&desk.api.world, desk.id, "orders", lists::MORE_ORDERS).await;
    let looked = desk.run(None, Value::Null).await;
    assert_eq!(looked["difference"], moved(1, 0, 0, 0));
    assert_ne!(looked["result_sha256"], first["result_sha256"]);
    let found = json!({
        "at": "2026-12-03T10:00:00+01:00", "zone": "Europe/Vienna",
        "reason": "An order was missing in the first list."
    });
    let second = desk.run(Some("The second list."), found).await;
    assert_eq!(second["revision"], 2);
    assert_eq!(second["difference"], moved(1, 0, 0, 0));
    let cohorts = store::cohort::list(&desk.api.world.app.db, desk.id)
        .await
        .unwrap();
    let told: Vec<_> = cohorts.iter().map(|c| (c.revision, c.persons)).collect();
    assert_eq!(told, [(2, 1)], "Finn has a period of his own");

    let finn = desk.ask("email", "finn@mail.example").await;
    assert_eq!(finn["affected"], true);
    let row = &finn["rows"][0];
    assert_eq!(row["site"], "");
    assert_eq!(row["name"], "finn@mail.example");
    assert_eq!(row["revision"], 2);
    assert_eq!(
        (&row["country"], &row["place_from"]),
        (&json!("AT"), &json!("orders"))
    );
    let trace = &finn["reasons"]["trace"];
    assert_eq!(trace["affected"], true);
    assert_eq!(step(trace, "registered")["holds"], false);
    let buyers = step(trace, "buyers");
    assert_eq!(buyers["holds"], true);
    let record = &buyers["leaves"][0]["records"][0];
    assert_eq!(
        (&record["source"], &record["line"]),
        (&json!("orders"), &json!(5))
    );

    lists::list(&desk.api.world, desk.id, "staff", lists::MORE_STAFF).await;
    let third = desk.run(Some("Anna is an employee."), Value::Null).await;
    assert_eq!(third["revision"], 3);
    assert_eq!(third["difference"], moved(0, 0, 1, 0));
    let anna = desk.ask("account", "u-1").await;
    assert_eq!(anna["affected"], false);
    assert_eq!(anna["rows"][0]["left_revision"], 3);
    assert_eq!(anna["reasons"]["trace"]["affected"], false);
    let dora = desk.ask("email", "dora@mail.example").await;
    assert_eq!(
        (&dora["affected"], &dora["rows"]),
        (&json!(false), &json!([]))
    );
    desk.api.world.finish().await;
}

async fn two_who_are_not_one_are_kept_apart(fresh: Fresh) {
    let desk = Desk::new(fresh).await;
    desk.save().await;
    desk.run(Some("The first roster."), Value::Null).await;
    let (account, address) = (
        desk.ask("account", "u-2").await,
        desk.ask("email", "ben@mail.example").await,
    );
    assert_eq!(address["rows"], account["rows"], "one person, one account");
    assert_eq!(address["rows"][0]["name"], "u-2");
    let edges = address["reasons"]["edges"].as_array().unwrap();
    assert_eq!(edges.len(), 1, "{edges:?}");
    assert_eq!(
        (&edges[0]["source"], &edges[0]["line"]),
        (&json!("accounts"), &json!(3))
    );
    assert_eq!(edges[0]["apart"], false);

    let mut apart = json!({
        "a": account["key"], "b": address["key"], "apart": true, "reason": "A mistyped address."
    });
    let wrong = json!({ "a": "u-2", "b": address["key"], "apart": true, "reason": "Why." });
    desk.post("splits", wrong).await.refused(422, "a");
    let made = desk.post("splits", apart.clone()).await.id();
    let splits = desk.get("splits").await;
    assert_eq!(splits["items"][0]["id"], made);

    // The address ordered in the window; the account was deleted before it.
    let run = desk.run(Some("Ben is two people."), Value::Null).await;
    assert_eq!(run["difference"], moved(1, 0, 1, 0));
    assert_eq!(desk.ask("account", "u-2").await["affected"], false);
    let address = desk.ask("email", "ben@mail.example").await;
    assert_eq!(address["affected"], true);
    let rows = address["rows"].as_array().unwrap();
    let row = rows.iter().find(|r| r["left_revision"].is_null()).unwrap();
    assert_eq!(
        (&row["site"], &row["name"]),
        (&json!(""), &json!("ben@mail.example"))
    );

    // The newer decision counts; two of one millisecond would have no order.
    desk.api
        .world
        .app
        .time
        .advance(chrono::TimeDelta::seconds(1));
    apart["apart"] = json!(false);
    apart["reason"] = json!("It was his own.");
    desk.post("splits", apart).await.good();
    let run = desk.run(Some("Ben is one person."), Value::Null).await;
    assert_eq!(run["difference"], moved(0, 1, 1, 0));
    desk.api.world.finish().await;
}

async fn who_may_see_what(fresh: Fresh) {
    let desk = Desk::new(fresh).await;
    desk.save().await;
    let run = desk.run(Some("The first roster."), Value::Null).await;
    let run = format!("{}/runs/{}", desk.path, run["id"].as_str().unwrap());
    let get = async |role, path: &str| desk.api.get(role, path).await;
    let seen = get(Role::Approver, &run).await.good();
    assert!(seen["steps"].is_array());
    // Who only watches sees the whole, and no number from which a person could be recognised.
    let seen = get(Role::Manager, &run).await.good();
    assert_eq!(
        (&seen["steps"], &seen["persons"]),
        (&Value::Null, &json!(5))
    );
    let counts = get(Role::Manager, &format!("{}/people/counts", desk.path)).await;
    let counts = counts.good();
    assert_eq!(counts["persons"], 5);
    for place in counts["places"].as_array().unwrap() {
        assert_eq!((&place["persons"], &place["to"]), (&Value::Null, &json!(4)));
    }
    assert_eq!(counts["ranges_below"], 5);
    get(Role::Reporter, &run).await.problem(403);

    let question = json!({ "kind": "email", "value": "anna@mail.example" });
    for (role, what, body) in [
        (Role::Approver, "runs", json!({})),
        (
            Role::Manager,
            "recipes",
            json!({ "body": RECIPE, "note": "x" }),
        ),
        (Role::Manager, "people/ask", question),
        (
            Role::Approver,
            "splits",
            json!({ "a": "0".repeat(32), "b": "1".repeat(32), "apart": true, "reason": "x" }),
        ),
    ] {
        let path = format!("{}/{what}", desk.path);
        desk.api.post(role, &path, &body).await.problem(403);
    }
    let nobody = json!({ "kind": "shoe", "value": "" });
    let refused = desk.post("people/ask", nobody).await;
    assert!(
        refused
            .refused(422, "kind")
            .contains("account, email, phone")
    );
    desk.api.world.finish().await;
}
