//! Sources through the API: sent, looked at, set, tried, read, stopped, put aside.

use duenotice::domain::access::Role;
use duenotice::service::source::{End, work};
use duenotice::store;
use serde_json::{Value, json};

use crate::support::api::{Api, Reply};
use crate::support::db::Fresh;

crate::both_engines!(
    a_list_is_sent_set_and_read,
    what_cannot_be_is_refused_with_its_field,
    what_was_sent_twice_happens_once,
    a_source_is_stopped_goes_on_and_is_put_aside,
);

const NOW: &str = "2026-11-25T12:00:00Z";
const ORDERS: &str = "order_no,contact,ordered_at,amount\n\
    A-1,anna@example.org,2026-10-03T10:00:00+02:00,5\n\
    A-2,nobody,2026-10-04T10:00:00+02:00,6\n\
    A-3,ben@example.org,yesterday,=1+1\n\
    A-1,carl@example.org,2026-10-05T10:00:00+02:00,7\n\
    A-1,anna@example.org,2026-10-03T10:00:00+02:00,8\n";

async fn send(api: &Api, role: Role, query: &str, key: Option<&str>, body: &str) -> Reply {
    let asking = api
        .ask(role, "post", query)
        .body("application/octet-stream", body.to_owned());
    match key {
        Some(key) => asking.key(key).send().await,
        None => asking.send().await,
    }
}

/// An incident and where its sources are.
async fn sources(fresh: Fresh) -> (Api, String) {
    let api = Api::at(fresh, NOW).await;
    let incident = api.incident("2026-11-23T09:00:00+01:00").await;
    (api, format!("/api/v1/incidents/{incident}/sources"))
}

fn settings(name: &str) -> Value {
    json!({
        "about": { "name": name, "system": "orders", "in_system": true },
        "mapping": {
            "columns": { "order_no": "order", "contact": "email", "ordered_at": "at" },
            "fixed": { "role": "customer" },
            "zone": "Europe/Vienna",
            "unique": "record"
        }
    })
}

/// Does what the job would do.
async fn worked(api: &Api, id: &str) -> End {
    let id = id.parse().unwrap();
    let s = store::source::find(&api.world.app.db, id).await.unwrap();
    work(&api.world.app, id, s.unwrap().token).await.unwrap()
}

async fn put(api: &Api, path: &str, body: &Value) -> Reply {
    api.ask(Role::Responder, "put", path)
        .json(body)
        .send()
        .await
}

async fn a_list_is_sent_set_and_read(fresh: Fresh) {
    let (api, at) = sources(fresh).await;
    let query = format!("{at}?name=orders&system=orders&file=orders.csv");
    let reply = send(&api, Role::Responder, &query, None, ORDERS).await;
    assert_eq!(reply.status, 201);
    let location = reply.header("location").to_owned();
    let id = reply.id();
    let one = format!("{at}/{id}");
    assert_eq!(location, one);

    let seen = api.get(Role::Manager, &one).await.good();
    assert_eq!(
        (
            &seen["status"],
            &seen["name"],
            &seen["file"],
            &seen["in_system"]
        ),
        (
            &json!("waiting"),
            &json!("orders"),
            &json!("orders.csv"),
            &json!(false)
        )
    );
    // printf … | sha256sum
    use sha2::Digest as _;
    let sha256 = hex::encode(sha2::Sha256::digest(ORDERS));
    assert_eq!(seen["file_sha256"], sha256);

    // The column with the address has a name that says nothing.
    let preview = api
        .get(Role::Responder, &format!("{one}/preview"))
        .await
        .good();
    let columns = json!(["order_no", "contact", "ordered_at", "amount"]);
    assert_eq!(preview["columns"], columns);
    assert_eq!(preview["format"]["kind"]["csv"]["delimiter"], ",");
    assert_eq!(
        preview["mapping"]["columns"],
        json!({ "order_no": "order", "ordered_at": "at" })
    );
    assert_eq!(preview["rows"][0]["line"], 2);
    assert_eq!(preview["rows"][0]["fields"][1], "anna@example.org");
    assert_eq!(preview["rows"][0]["anchor"], "order number");
    assert_eq!(preview["rows"][0]["at"], "2026-10-03T08:00:00Z");
    assert_eq!(preview["rows"][2]["mistake"]["column"], "ordered_at");

    put(&api, &one, &settings("orders")).await.good();
    let trial = format!("{one}/trial");
    let trial = api.ask(Role::Responder, "post", &trial).send().await.good();
    // Lines 3 and 4 cannot be read; that line 6 repeats line 2 is found when it is read.
    assert_eq!(
        (
            &trial["rows"],
            &trial["good"],
            &trial["bad"],
            &trial["whole"]
        ),
        (&json!(5), &json!(3), &json!(2), &json!(true))
    );
    assert_eq!(trial["first_bad"][0]["line"], 3);
    assert_eq!(
        trial["columns"],
        json!([{ "column": "contact", "rows": 1 }, { "column": "ordered_at", "rows": 1 }])
    );

    let begin = format!("{one}/begin");
    api.ask(Role::Responder, "post", &begin).send().await.good();
    assert_eq!(
        api.get(Role::Manager, &one).await.good()["status"],
        "reading"
    );
    assert_eq!(worked(&api, &id).await, End::Done);

    let done = api.get(Role::Manager, &one).await.good();
    assert_eq!(done["status"], "done");
    let counts = ["rows_read", "rows_taken", "rows_rejected", "rows_repeated"];
    assert_eq!(counts.map(|c| done[c].as_i64().unwrap()), [5, 2, 3, 1]);
    assert_eq!(done["content_sha256"].as_str().unwrap().len(), 64);
    let list = api.get(Role::Manager, &at).await.good();
    assert_eq!(list["items"], json!([done]));

    let rejected = format!("{one}/rejections?limit=2");
    let first = api.get(Role::Responder, &rejected).await.good();
    let lines = |page: &Value| -> Vec<i64> {
        let items = page["items"].as_array().unwrap().iter();
        items.map(|r| r["line"].as_i64().unwrap()).collect()
    };
    assert_eq!(lines(&first), [3, 4]);
    assert_eq!(first["items"][0]["column"], "contact");
    let row = "A-2,nobody,2026-10-04T10:00:00+02:00,6";
    assert_eq!(first["items"][0]["row"], row);
    let rest = format!("{rejected}&after={}", first["next"].as_str().unwrap());
    let rest = api.get(Role::Responder, &rest).await.good();
    assert_eq!((lines(&rest), &rest["next"]), (vec![6], &Value::Null));
    let csv = api
        .get(Role::Responder, &format!("{one}/rejections.csv"))
        .await;
    assert!(
        csv.text.starts_with("line,column,reason,row\r\n3,contact,"),
        "{}",
        csv.text
    );
    assert_eq!(csv.text.lines().count(), 4);

    // What is read does not change any more, and its file is gone.
    put(&api, &one, &settings("orders")).await.problem(409);
    for (method, more) in [
        ("post", "/begin"),
        ("post", "/stop"),
        ("post", "/trial"),
        ("delete", ""),
    ] {
        let path = format!("{one}{more}");
        api.ask(Role::Responder, method, &path)
            .send()
            .await
            .problem(409);
    }
    api.get(Role::Responder, &format!("{one}/preview"))
        .await
        .problem(409);
    api.world.verified().await;
}

async fn what_cannot_be_is_refused_with_its_field(fresh: Fresh) {
    let (api, at) = sources(fresh).await;
    let query = format!("{at}?name=orders&system=orders");
    for role in [Role::Manager, Role::Approver, Role::Administrator] {
        send(&api, role, &query, None, ORDERS).await.problem(403);
    }
    for (query, field) in [
        ("?system=orders", "name"),
        ("?name=Orders", "name"),
        ("?name=union", "name"),
        ("?name=orders&system=ordres", "system"),
        ("?name=orders&site=nowhere", "site"),
        ("?name=orders&colour=red", "colour"),
    ] {
        let reply = send(&api, Role::Responder, &format!("{at}{query}"), None, ORDERS).await;
        assert!(!reply.refused(422, field).is_empty());
    }
    let empty = send(&api, Role::Responder, &query, None, "").await;
    assert!(empty.refused(422, "file").contains("empty"));
    let form = api
        .ask(Role::Responder, "post", &query)
        .body("application/x-www-form-urlencoded", ORDERS);
    form.send().await.problem(415);
    let nowhere = at.replace(
        at.split('/').nth(4).unwrap(),
        &uuid::Uuid::nil().to_string(),
    );
    send(
        &api,
        Role::Responder,
        &format!("{nowhere}?name=orders"),
        None,
        ORDERS,
    )
    .await
    .problem(404);
    let listed = api.get(Role::Manager, &at).await.good();
    assert_eq!(listed["items"], json!([]), "nothing was received");

    let id = send(&api, Role::Responder, &query, None, ORDERS).await.id();
    let one = format!("{at}/{id}");
    let with = |change: &dyn Fn(&mut Value)| {
        let mut body = settings("orders");
        change(&mut body);
        body
    };
    for (body, field) in [
        (
            with(&|b| b["mapping"]["columns"]["e-mail"] = json!("phone")),
            "mapping.e-mail",
        ),
        (
            with(&|b| b["mapping"]["columns"]["amount"] = json!("email")),
            "mapping.contact",
        ),
        (with(&|b| b["mapping"]["columns"] = json!({})), "mapping"),
        (
            with(&|b| b["mapping"]["columns"]["contact"] = json!("account")),
            "site",
        ),
        (
            with(&|b| b["mapping"]["phone_country"] = json!("Austria")),
            "phone_country",
        ),
        (
            with(&|b| b["mapping"]["fixed"]["country"] = json!("Austria")),
            "fixed.country",
        ),
        (
            with(&|b| b["mapping"]["fixed"]["lang"] = json!("English")),
            "fixed.lang",
        ),
        (
            with(&|b| b["mapping"]["fixed"]["exposed"] = json!("iban")),
            "fixed.exposed",
        ),
        (
            with(&|b| b["mapping"]["fixed"]["birth_year"] = json!("1850")),
            "fixed.birth_year",
        ),
        (
            with(&|b| b["mapping"]["fixed"]["role"] = json!("c".repeat(41))),
            "fixed.role",
        ),
        (
            with(&|b| b["mapping"]["columns"]["contact"] = json!("emial")),
            "mapping.columns.contact",
        ),
        (
            with(&|b| b["mapping"]["zone"] = json!("Vienna")),
            "mapping.zone",
        ),
        (with(&|b| b["colour"] = json!("red")), "colour"),
        (with(&|b| b["about"]["system"] = json!("ordres")), "system"),
        (
            with(&|b| {
                b["format"] = json!({ "packed": "plain", "kind": "parquet", "encoding": "UTF-8" });
            }),
            "format",
        ),
    ] {
        let reply = put(&api, &one, &body).await;
        assert!(!reply.refused(422, field).is_empty(), "{field}");
    }
    put(
        &api,
        &format!("{at}/{}", uuid::Uuid::nil()),
        &settings("orders"),
    )
    .await
    .problem(404);
    let reply = api.get(Role::Manager, &format!("{one}/rejections")).await;
    reply.problem(403);
    // What was not set is not begun without an identifier.
    let unknown = send(
        &api,
        Role::Responder,
        &format!("{at}?name=other"),
        None,
        "a,b\n1,2\n",
    )
    .await;
    let begin = format!("{at}/{}/begin", unknown.id());
    let reply = api.ask(Role::Responder, "post", &begin).send().await;
    assert!(reply.refused(422, "mapping").contains("identifier"));
}

async fn what_was_sent_twice_happens_once(fresh: Fresh) {
    let (api, at) = sources(fresh).await;
    let query = format!("{at}?name=orders&system=orders");
    let id = send(&api, Role::Responder, &query, Some("k1"), ORDERS)
        .await
        .id();
    let again = send(&api, Role::Responder, &query, Some("k1"), ORDERS)
        .await
        .id();
    assert_eq!(id, again);
    send(
        &api,
        Role::Responder,
        &query,
        Some("k1"),
        "email\na@example.org\n",
    )
    .await
    .problem(409);
    assert_eq!(
        api.get(Role::Manager, &at).await.good()["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let one = format!("{at}/{id}");
    for _ in 0..2 {
        let set = api
            .ask(Role::Responder, "put", &one)
            .json(&settings("orders"));
        set.key("k2").send().await.good();
    }
    for _ in 0..2 {
        let begin = api.ask(Role::Responder, "post", &format!("{one}/begin"));
        begin.key("k3").send().await.good();
    }
    assert_eq!(worked(&api, &id).await, End::Done);
    // The answers are still the same when it is done.
    for (method, more, key) in [("put", "", "k2"), ("post", "/begin", "k3")] {
        let asking = api
            .ask(Role::Responder, method, &format!("{one}{more}"))
            .key(key);
        let asking = if more.is_empty() {
            asking.json(&settings("orders"))
        } else {
            asking
        };
        assert_eq!(asking.send().await.id(), id);
    }
    api.world.verified().await;
}

async fn a_source_is_stopped_goes_on_and_is_put_aside(fresh: Fresh) {
    let (api, at) = sources(fresh).await;
    let query = format!("{at}?name=orders&system=orders");
    let id = send(&api, Role::Responder, &query, None, ORDERS).await.id();
    let one = format!("{at}/{id}");
    let post = async |more: &str| {
        let path = format!("{one}{more}");
        api.ask(Role::Responder, "post", &path).send().await
    };
    post("/stop").await.problem(409);
    post("/begin").await.good();
    post("/begin").await.problem(409);
    put(&api, &one, &settings("orders")).await.problem(409);
    post("/stop").await.good();
    let stopped = api.get(Role::Manager, &one).await.good();
    assert_eq!(stopped["status"], "stopped");
    assert!(stopped["problem"].as_str().unwrap().contains("responder"));
    assert_eq!(
        worked(&api, &id).await,
        End::Left,
        "nobody reads what was stopped"
    );
    put(&api, &one, &settings("sales")).await.good();
    post("/begin").await.good();
    post("/stop").await.good();
    let gone = api.ask(Role::Responder, "delete", &one).send().await;
    assert_eq!((gone.status.as_u16(), gone.text.as_str()), (204, ""));
    let seen = api.get(Role::Manager, &one).await.good();
    assert_eq!(
        (&seen["status"], &seen["name"]),
        (&json!("discarded"), &json!("sales"))
    );
    let folder = api.world.app.config.spool.join(&id);
    assert!(!folder.exists(), "its file is deleted");
    api.world.verified().await;
}
