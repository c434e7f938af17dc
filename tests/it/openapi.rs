//! The API's document against the API.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use duenotice::domain::access::Role;
use duenotice::http::api::v1;
use serde_json::Value;

use crate::support::api::Api;
use crate::support::db::{Fresh, on_sqlite};

fn document() -> Value {
    serde_json::to_value(v1::document()).unwrap()
}

/// Every operation: method, address, what the document says.
fn operations(document: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    paths.iter().flat_map(|(path, item)| {
        let item = item.as_object().unwrap();
        item.iter()
            .map(move |(method, what)| (method.as_str(), path.as_str(), what))
    })
}

#[tokio::test]
async fn every_documented_address_answers_and_no_other_method_does() {
    on_sqlite(|fresh: Fresh| async {
        let api = Api::at(fresh, "2026-11-25T12:00:00Z").await;
        let document = document();
        for (path, item) in document["paths"].as_object().unwrap() {
            let known = item.as_object().unwrap();
            let path = path
                .split('/')
                .map(|part| match part.starts_with('{') {
                    true => uuid::Uuid::nil().to_string(),
                    false => part.to_owned(),
                })
                .collect::<Vec<_>>()
                .join("/");
            for method in ["get", "post", "put", "patch", "delete"] {
                let reply = api.ask(None, method, &path).send().await;
                if known.contains_key(method) {
                    // The address is known: without a token nobody gets further.
                    reply.problem(401);
                } else {
                    reply.problem(405);
                }
            }
        }
        api.ask(Role::Manager, "get", "/api/v1/nonsense")
            .send()
            .await
            .problem(404);
        let sent = api.ask(None, "get", v1::DOCUMENT).send().await.good();
        assert_eq!(sent, document);
    })
    .await;
}

#[test]
fn every_operation_says_what_it_does_who_may_and_what_can_go_wrong() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    let mut ids = BTreeSet::new();
    for (method, path, what) in operations(&document) {
        let at = format!("{method} {path}");
        let id = what["operationId"].as_str().expect(&at);
        assert!(ids.insert(id.to_owned()), "{at}: {id} is taken");
        let summary = what["summary"].as_str().expect(&at);
        assert!(
            !summary.is_empty() && !summary.ends_with('.'),
            "{at}: {summary}"
        );
        assert_eq!(what["security"][0]["token"], serde_json::json!([]), "{at}");
        assert_eq!(what["tags"].as_array().map(Vec::len), Some(1), "{at}");
        let responses = what["responses"].as_object().expect(&at);
        assert!(responses.keys().any(|s| s.starts_with('2')), "{at}");
        for status in ["401", "403", "500"] {
            let schema = &responses[status]["content"]["application/problem+json"]["schema"];
            assert_eq!(schema["$ref"], "#/components/schemas/ProblemBody", "{at}");
        }
        for parameter in what["parameters"].as_array().into_iter().flatten() {
            let said = parameter["description"].as_str().unwrap_or_default();
            assert!(!said.is_empty(), "{at}: {} says nothing", parameter["name"]);
        }
        let in_path = path.matches('{').count();
        let named = what["parameters"].as_array().into_iter().flatten();
        let named = named.filter(|p| p["in"] == "path").count();
        assert_eq!(in_path, named, "{at}");
        if method != "get" {
            let key = what["parameters"].as_array().unwrap();
            assert!(key.iter().any(|p| p["name"] == "Idempotency-Key"), "{at}");
        }
    }
    assert!(ids.len() > 40, "{}", ids.len());
    // The page shows what stands under a tag that the document names.
    let named: BTreeSet<&str> = document["tags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| tag["name"].as_str().unwrap())
        .collect();
    let used = operations(&document).map(|(_, _, what)| what["tags"][0].as_str().unwrap());
    assert_eq!(used.collect::<BTreeSet<_>>(), named);
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document();
    let mut texts = vec![&document];
    while let Some(value) = texts.pop() {
        match value {
            Value::Object(map) => {
                if let Some(to) = map.get("$ref").and_then(Value::as_str) {
                    let pointer = to.strip_prefix('#').unwrap();
                    assert!(document.pointer(pointer).is_some(), "{to}");
                }
                texts.extend(map.values());
            }
            Value::Array(list) => texts.extend(list),
            _ => {}
        }
    }
}

/// The document's outline: what a program depends on. A change here is a change for every program.
#[test]
fn the_outline_of_the_document_is_known() {
    let document = document();
    let mut out = String::new();
    for (method, path, what) in operations(&document) {
        let _ = writeln!(out, "{} {path}", method.to_uppercase());
        let _ = writeln!(out, "  {}", what["operationId"].as_str().unwrap());
        for p in what["parameters"].as_array().into_iter().flatten() {
            if p["in"] != "path" && p["name"] != "Idempotency-Key" {
                let needed = if p["required"] == true { "" } else { "?" };
                let _ = writeln!(
                    out,
                    "  {} {}{needed}",
                    p["in"].as_str().unwrap(),
                    p["name"].as_str().unwrap()
                );
            }
        }
        for (kind, media) in what["requestBody"]["content"]
            .as_object()
            .into_iter()
            .flatten()
        {
            let _ = writeln!(out, "  takes {kind} {}", shape(&media["schema"]));
        }
        for (status, answer) in what["responses"].as_object().unwrap() {
            for (kind, media) in answer["content"].as_object().into_iter().flatten() {
                if kind != "application/problem+json" {
                    let _ = writeln!(out, "  {status} {kind} {}", shape(&media["schema"]));
                }
            }
        }
        let errors: Vec<&str> = what["responses"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .filter(|s| !s.starts_with('2'))
            .collect();
        let _ = writeln!(out, "  {}", errors.join(" "));
    }
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        let _ = writeln!(out, "{name}");
        let needed = schema["required"].as_array();
        for (field, what) in schema["properties"].as_object().into_iter().flatten() {
            let needed = needed.is_some_and(|n| n.iter().any(|f| f == field));
            let mark = if needed { "" } else { "?" };
            let _ = writeln!(out, "  {field}{mark}: {}", shape(what));
        }
        if schema["enum"].is_array() {
            let _ = writeln!(out, "  {}", schema["enum"]);
        }
    }
    insta::assert_snapshot!(out);
}

/// A schema in a few letters.
fn shape(schema: &Value) -> String {
    if let Some(to) = schema["$ref"].as_str() {
        return to.rsplit('/').next().unwrap().to_owned();
    }
    for word in ["oneOf", "allOf", "anyOf"] {
        if let Some(all) = schema[word].as_array() {
            let all: Vec<String> = all.iter().map(shape).collect();
            return all.join(" | ");
        }
    }
    let kind = match &schema["type"] {
        Value::String(kind) => kind.clone(),
        Value::Array(kinds) => {
            let kinds: Vec<&str> = kinds.iter().filter_map(Value::as_str).collect();
            kinds.join(" | ")
        }
        _ => "any".to_owned(),
    };
    match schema["items"].is_object() {
        true => format!("{kind} of {}", shape(&schema["items"])),
        false => kind,
    }
}
