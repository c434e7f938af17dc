//! Who may do what, tried over HTTP: every role against every action, and nobody at all.
//!
//! Every operation of the API stands under exactly one action; an action without an operation, or an
//! operation without an action, fails here. What is sent is the sample of the document itself.

use std::collections::BTreeMap;

use duenotice::domain::access::{ACTIONS, Action, ROLES, Role, may};
use duenotice::http::api::v1;
use duenotice::ids::IncidentId;
use duenotice::service::recipe::{self, Ask, Draft};
use serde_json::{Value, json};

use crate::sources;
use crate::support::api::Api;
use crate::support::db::Fresh;

crate::both_engines!(every_role_may_exactly_what_the_table_says);

/// The operations that an action opens. No `_`: a new action does not compile without its line.
fn operations(action: Action) -> &'static [&'static str] {
    use Action as A;
    match action {
        A::ReportIncident => &["report_incident"],
        A::ViewIncidents => &[
            "list_incidents",
            "get_dashboard",
            "list_sites",
            "get_operator",
            "list_regimes",
            "get_regime",
            "compute_deadline",
            "list_calendars",
            "list_holidays",
            "list_overrides",
        ],
        A::ViewIncident => &[
            "get_incident",
            "list_facts",
            "list_obligations",
            "get_obligation",
            "list_questions",
            "list_answers",
            "list_holds",
            "list_exposures",
            "list_imports",
            "count_roster",
            "list_revisions",
            "get_revision",
            "list_notices",
            "get_notice",
            "count_deliveries",
            "get_timeline",
            "list_sources",
            "get_source",
            "list_recipes",
            "check_recipe",
            "list_runs",
            "get_run",
            "count_people",
            "list_splits",
        ],
        A::RecordFact => &[
            "record_fact",
            "record_answers",
            "record_hold",
            "record_exposure",
            "withdraw_exposure",
        ],
        A::ImportRoster => &[
            "import_roster",
            "list_rejections",
            "download_rejections",
            "send_source",
            "ask_source",
            "preview_source",
            "set_source",
            "try_source",
            "begin_source",
            "stop_source",
            "list_source_rejections",
            "download_source_rejections",
            "discard_source",
            "save_recipe",
            "ask_run",
            "split_person",
        ],
        A::LookUpPerson => &[
            "look_up_person",
            "list_unreached",
            "list_moved_people",
            "ask_person",
        ],
        A::EditNotice => &["draft_notice", "edit_notice"],
        A::ApproveNotice => &["approve_notice"],
        A::ActivateNotice => &["activate_notice", "withdraw_notice"],
        A::SettleObligation => &["decide_obligation", "settle_obligation"],
        A::OverrideCalendar => &["add_override", "withdraw_override"],
        A::CloseIncident => &["close_incident", "destroy_key"],
        A::VerifyEvidence => &["get_log", "verify_evidence"],
        A::ManageSites => &[
            "create_site",
            "edit_site",
            "list_site_keys",
            "add_site_key",
            "set_site_key_state",
        ],
        A::ManageAccounts => &[
            "list_accounts",
            "create_account",
            "disable_account",
            "set_password",
        ],
        A::ManageTokens => &["list_tokens", "revoke_token"],
    }
}

/// One operation of the document, with its parameters filled in.
struct Operation {
    method: String,
    path: String,
    body: Option<(String, String)>,
}

impl Operation {
    async fn sent_by(&self, api: &Api, role: Option<Role>) -> u16 {
        let mut asking = api.ask(role, &self.method, &self.path);
        if let Some((kind, body)) = &self.body {
            asking = asking.body(kind, body.clone());
        }
        asking.send().await.status.as_u16()
    }
}

/// Every operation by its id; `names` are the things of the world that addresses name.
fn documented(names: &BTreeMap<&str, String>) -> BTreeMap<String, Operation> {
    let document = serde_json::to_value(v1::document()).unwrap();
    let mut found = BTreeMap::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, what) in item.as_object().unwrap() {
            let mut path = path.clone();
            for (name, value) in names {
                path = path.replace(&format!("{{{name}}}"), value);
            }
            assert!(!path.contains('{'), "{path}: nothing of that name is here");
            let query = what["parameters"].as_array().into_iter().flatten();
            let query: Vec<String> = query
                .filter(|p| p["in"] == "query" && p["required"] == json!(true))
                .map(|p| p["name"].as_str().unwrap())
                .map(|name| format!("{name}={}", names[name]))
                .collect();
            let operation = Operation {
                method: method.clone(),
                path: format!("{path}?{}", query.join("&")),
                body: sample(what),
            };
            let id = what["operationId"].as_str().unwrap().to_owned();
            assert!(found.insert(id, operation).is_none(), "{path}: id twice");
        }
    }
    found
}

fn sample(what: &Value) -> Option<(String, String)> {
    let content = what["requestBody"]["content"].as_object()?;
    let (kind, media) = content.iter().next()?;
    let text = match &media["example"] {
        Value::String(text) => text.clone(),
        Value::Null => panic!("{} has no sample body", what["operationId"]),
        other => other.to_string(),
    };
    Some((kind.clone(), text))
}

/// A list that waits, and a run over one that was read.
async fn list_and_run(api: &Api, incident: IncidentId) -> (String, String) {
    let (world, csv) = (&api.world, b"user_id\nu-1\n");
    let done = sources::received(world, incident, &sources::about("read"), csv).await;
    sources::read(world, &done.unwrap()).await;
    let waits = sources::received(world, incident, &sources::about("waits"), csv).await;
    let ctx = world.responder();
    let draft = Draft {
        body: "affected = read".to_owned(),
        note: "For a run.".to_owned(),
    };
    recipe::save(&ctx, incident, &draft).await.unwrap();
    let run = recipe::ask(&ctx, incident, &Ask::default(), true).await;
    (waits.unwrap().id.to_string(), run.unwrap().id.to_string())
}

async fn names(api: &Api) -> BTreeMap<&'static str, String> {
    let incident = api.incident("2026-11-23T09:00:00+01:00").await;
    let csv = "user_id,email\nu-1,a@b.example\nu-2,nobody\n";
    let import = api.roster(&incident, csv).await.id();
    let at = format!("/api/v1/incidents/{incident}");
    let obligations = api
        .get(Role::Manager, &format!("{at}/obligations"))
        .await
        .good();
    let notice = api.world.draft(incident.parse().unwrap()).await;
    let admin = Role::Administrator;
    let body = json!({"email": "x@example.org", "name": "X", "role": "manager",
        "password": "a sentence is a good password"});
    let account = api.post(admin, "/api/v1/accounts", &body).await.id();
    let tokens = api.get(admin, "/api/v1/tokens?limit=1").await.good();
    // The newest is the administrator's own: the last role may revoke it, after everything else.
    let token = tokens["items"][0]["id"].as_str().unwrap().to_owned();
    let set = json!({"date": "2026-12-09", "kind": "bridge", "reason": "Bridge day"});
    let set = api
        .post(Role::Responder, "/api/v1/calendars/AT/overrides", &set)
        .await;
    let exposure = json!({"system": "orders", "zone": "Europe/Vienna"});
    let exposure = api
        .post(Role::Responder, &format!("{at}/exposures"), &exposure)
        .await;
    let obligation = obligations["items"][0]["id"].as_str().unwrap().to_owned();
    let (source, run) = list_and_run(api, incident.parse().unwrap()).await;
    BTreeMap::from([
        ("source", source),
        ("name", "sent".to_owned()),
        ("run", run),
        ("incident", incident),
        ("number", "1".to_owned()),
        ("who", "left".to_owned()),
        ("import", import),
        ("obligation", obligation),
        ("exposure", exposure.id()),
        ("notice", notice.to_string()),
        ("account", account),
        ("token", token),
        ("site", "shop".to_owned()),
        ("kid", "2026-11".to_owned()),
        ("code", "AT".to_owned()),
        ("override", set.id()),
        ("year", "2026".to_owned()),
        ("rule", "eu_gdpr_33_1".to_owned()),
    ])
}

async fn every_role_may_exactly_what_the_table_says(fresh: Fresh) {
    let api = Api::at(fresh, "2026-11-25T12:00:00Z").await;
    let documented = documented(&names(&api).await);
    let mut left: Vec<&str> = documented.keys().map(String::as_str).collect();
    let mut wrong = Vec::new();
    let (mut allowed, mut denied) = (0, 0);
    for action in ACTIONS {
        assert!(!operations(action).is_empty(), "{action:?} is not tried");
        for id in operations(action) {
            let operation = &documented[*id];
            left.retain(|other| other != id);
            let status = operation.sent_by(&api, None).await;
            if status != 401 {
                wrong.push(format!("{id}: nobody at all got {status}"));
            }
            for role in ROLES {
                let status = operation.sent_by(&api, Some(role)).await;
                let fits = if may(role, action) {
                    allowed += 1;
                    // What it is used on may not be in a state for it, or named wrongly.
                    status < 500 && ![401, 403, 404, 405, 415].contains(&status)
                        || (*id == "set_site_key_state" && status == 404)
                } else {
                    denied += 1;
                    status == 403
                };
                if !fits {
                    wrong.push(format!("{id}: {role} got {status}"));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(left, Vec::<&str>::new(), "these stand under no action");
    assert!(allowed > 100 && denied > 60, "{allowed} and {denied}");
    api.world.verified().await;
}
