//! Roster files that are wrong, cut off, or far too large.
//!
//! `DUENOTICE_TEST_BIG=1` sends a line of a gigabyte and a million bad rows; otherwise both are smaller.

use duenotice::domain::access::Role;
use futures_util::stream;
use serde_json::json;

use crate::support::api::{self, Api};
use crate::support::db::Fresh;
use crate::support::program::Program;
use crate::support::world::{World, t};

crate::both_engines!(
    files_that_are_none,
    rows_that_are_none,
    more_than_the_limit,
    a_line_without_an_end_takes_no_memory,
    a_file_of_bad_rows_comes_back
);

const NOW: &str = "2026-11-25T12:00:00Z";

fn big() -> bool {
    std::env::var_os("DUENOTICE_TEST_BIG").is_some()
}

async fn files_that_are_none(fresh: Fresh) {
    let api = Api::at(fresh, NOW).await;
    let incident = api.incident("2026-11-23T09:00:00+01:00").await;
    for (file, word) in [
        (&b""[..], "empty"),
        (b"user_id,email\n", "no rows"),
        (b"\n\n", ""),
        (b"email,country\na@b.example,AT\n", "no column user_id"),
        (b"user_id,user_id\nu-1,u-1\n", "twice"),
        (b"user_id,emial\nu-1,x\n", "emial"),
        (b"\xff\xfeu\0s\0e\0r\0_\0i\0d\0\n\0", "UTF-8"),
        (b"PK\x03\x04\0\0\0\0", ""),
        (b"u\xe4ser_id\nu-1\n", "UTF-8"),
    ] {
        let reply = api.roster(&incident, file).await;
        let reason = reply.refused(422, "file");
        assert!(reason.contains(word), "{word}: {reason}");
    }
    let path = format!("/api/v1/incidents/{incident}/roster?site=shop");
    let asking = api.ask(Role::Responder, "post", &path);
    let reply = asking.body("application/json", "{}").send().await;
    reply.problem(415);
    let imports = format!("/api/v1/incidents/{incident}/imports");
    let imports = api.get(Role::Manager, &imports).await.good();
    assert_eq!(imports["items"], json!([]), "nothing was imported");
    api.world.finish().await;
}

async fn rows_that_are_none(fresh: Fresh) {
    let api = Api::at(fresh, NOW).await;
    let incident = api.incident("2026-11-23T09:00:00+01:00").await;
    let mut file = b"user_id,country\nu-1,AT\nu-\xff,AT\nu-2,Austria\nu-3\nu-4,AT,x\n".to_vec();
    file.extend(b"u-\0,AT\n=1+1,AT\nu-5,\"A");
    let done = api.roster(&incident, file).await.good();
    assert_eq!((&done["rows"], &done["added"]), (&json!(8), &json!(2)));
    let import = done["id"].as_str().unwrap();
    let path = format!("/api/v1/incidents/{incident}/imports/{import}/rejections");
    let page = api.get(Role::Responder, &path).await.good();
    let rows = page["items"].as_array().unwrap();
    let said: Vec<(i64, &str)> = rows
        .iter()
        .map(|r| (r["line"].as_i64().unwrap(), r["reason"].as_str().unwrap()))
        .collect();
    for (line, word) in [
        (3, "UTF-8"),
        (4, "country"),
        (5, "fields"),
        (6, "fields"),
        (7, "control"),
        (9, "quote"),
    ] {
        let found = said.iter().find(|(l, _)| *l == line);
        assert!(
            found.is_some_and(|(_, why)| why.contains(word)),
            "{line} {word}: {said:?}"
        );
    }
    assert_eq!(said.len(), 6);
    api.world.finish().await;
}

async fn more_than_the_limit(fresh: Fresh) {
    let mut world = World::at(fresh, NOW).await;
    let mut config = (*world.app.config).clone();
    config.upload_max_bytes = 1 << 20;
    world.app.config = std::sync::Arc::new(config);
    let api = Api::with(world).await;
    let incident = api.incident("2026-11-23T09:00:00+01:00").await;
    let row = "u-1,a@b.example\n";
    let text = format!("user_id,email\n{}", row.repeat((1 << 20) / row.len() + 1));
    // Once with its length said before, once in pieces of which nobody knows how many come.
    let reply = api.roster(&incident, text.clone()).await;
    let said = reply.problem(413)["detail"].as_str().unwrap().to_owned();
    assert!(said.contains("upload_max_bytes"), "{said}");
    let pieces: Vec<Result<Vec<u8>, std::io::Error>> = text
        .as_bytes()
        .chunks(10_000)
        .map(|c| Ok(c.to_vec()))
        .collect();
    let body = reqwest::Body::wrap_stream(stream::iter(pieces));
    let reply = api.roster(&incident, body).await;
    reply.problem(413);
    api.world.finish().await;
}

/// The program on its own, so that its memory is its own.
async fn a_line_without_an_end_takes_no_memory(fresh: Fresh) {
    let now = duenotice::time::TimeSource::system().now();
    let url = fresh.url.clone();
    let world = World::at(fresh, &now.to_rfc3339()).await;
    let tokens = api::tokens(&world).await;
    let token = &tokens[Role::Responder.as_str()].token;
    let incident = world.incident(&now.to_rfc3339()).await;
    let mut program = Program::on(&url).with("--upload-max-bytes", "2147483648");
    program.start().await;
    let mib = if big() { 1_024 } else { 64 };
    let first = || Ok::<_, std::io::Error>(b"user_id\nu-1\n".to_vec());
    let pieces = (0..mib).map(|_| Ok(vec![b'x'; 1 << 20]));
    let last = || Ok(b"\nu-2\n".to_vec());
    let pieces = std::iter::once(first())
        .chain(pieces)
        .chain(std::iter::once(last()));
    let path = format!("/api/v1/incidents/{incident}/roster?site=shop");
    let response = reqwest::Client::new()
        .post(format!("{}{path}", program.base()))
        .bearer_auth(token)
        .header("content-type", "text/csv")
        .body(reqwest::Body::wrap_stream(stream::iter(pieces)))
        .send()
        .await
        .unwrap();
    let text = response.text().await.unwrap();
    let done: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (&done["added"], &done["rejected"]),
        (&json!(2), &json!(1)),
        "{text}"
    );
    if let Some(peak) = program.memory_peak() {
        assert!(peak < 150 << 20, "{} MiB were held", peak >> 20);
    }
    program.kill().await;
    assert!(world.app.time.now() >= t("2026-01-01T00:00:00Z"));
}

async fn a_file_of_bad_rows_comes_back(fresh: Fresh) {
    let api = Api::at(fresh, NOW).await;
    let incident = api.incident("2026-11-23T09:00:00+01:00").await;
    let n = if big() { 1_000_000 } else { 20_000 };
    let mut file = "user_id,email\nu-good,a@b.example\n".to_owned();
    for row in 0..n {
        file.push_str(&format!("u-{row},=nobody\n"));
    }
    let done = api.roster(&incident, file).await.good();
    assert_eq!((&done["added"], &done["rejected"]), (&json!(1), &json!(n)));
    let import = done["id"].as_str().unwrap();
    let path = format!("/api/v1/incidents/{incident}/imports/{import}/rejections");
    let page = format!("{path}?limit=200");
    let page = api.get(Role::Responder, &page).await.good();
    assert_eq!(page["items"].as_array().unwrap().len(), 200);
    assert!(page["next"].is_string());
    let csv = api.get(Role::Responder, &format!("{path}.csv")).await;
    assert_eq!(csv.text.lines().count(), n + 1);
    let mut reader = csv::Reader::from_reader(csv.text.as_bytes());
    assert_eq!(reader.headers().unwrap(), vec!["line", "reason", "raw"]);
    let last = reader.records().last().unwrap().unwrap();
    assert_eq!(last[0].parse(), Ok(n + 2));
    api.world.finish().await;
}
