//! What browsers report: only after it was served, each level once, nothing invented.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use chrono::TimeDelta;
use duenotice::ids::NoticeId;
use duenotice::store::{self, delivery::Delivery};
use serde_json::json;

use super::{Answer, Node, ORIGIN};
use crate::support::db::Fresh;

async fn row(node: &Node, notice: NoticeId) -> Delivery {
    let db = &node.world.app.db;
    let row = store::delivery::of_person(db, notice, 1, "shop", node.world.key("u-1")).await;
    row.unwrap().unwrap()
}

async fn the_ladder_is_climbed_once_and_in_evidence(fresh: Fresh) {
    let node = Node::new(fresh).await;
    let (_, notice) = node.live(&["u-1"]).await;
    let receipt = node.ask("u-1", "en").await.receipt();
    let served = node.world.app.time.now();
    node.world.app.time.advance(TimeDelta::seconds(1));
    let before = node.world.verified().await.entries;

    let rendered = json!({ "receipt": receipt, "level": "rendered" });
    let answer = node.report(rendered.clone()).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    assert_eq!(answer.header("access-control-allow-origin"), ORIGIN);
    node.world.app.time.advance(TimeDelta::seconds(2));
    let seen = json!({ "receipt": receipt, "level": "seen", "dwell_ms": 2013 });
    let both = json!([rendered, seen]);
    assert_eq!(node.report(both.clone()).await.status, StatusCode::ACCEPTED);
    let first = row(&node, notice).await;
    assert_eq!(first.ladder.served_at, served);
    assert_eq!(
        first.ladder.rendered_at,
        Some(served + TimeDelta::seconds(1))
    );
    assert_eq!(first.ladder.seen_at, Some(served + TimeDelta::seconds(3)));
    assert_eq!(first.ladder.dwell_ms, Some(2013));
    assert_eq!(first.ladder.acknowledged_at, None);

    // Replayed later: nothing changes and nothing is added.
    node.world.app.time.advance(TimeDelta::hours(1));
    assert_eq!(node.report(both).await.status, StatusCode::ACCEPTED);
    assert_eq!(row(&node, notice).await.ladder, first.ladder);
    assert_eq!(node.world.verified().await.entries, before + 2);
    let counts = store::delivery::counts(&node.world.app.db, notice)
        .await
        .unwrap();
    assert_eq!((counts.served, counts.seen, counts.notified), (1, 1, 1));
    assert!(
        store::delivery::unreached(&node.world.app.db, notice, None, 10)
            .await
            .unwrap()
            .is_empty()
    );
}

async fn an_acknowledgement_is_stored_as_it_is_and_ends_the_showing(fresh: Fresh) {
    let node = Node::new(fresh).await;
    let (_, notice) = node.live(&["u-1"]).await;
    let receipt = node.ask("u-1", "en").await.receipt();
    let acknowledged = json!({ "receipt": receipt, "level": "acknowledged" });
    assert_eq!(node.report(acknowledged).await.status, StatusCode::ACCEPTED);
    let row = row(&node, notice).await;
    assert!(row.ladder.acknowledged_at.is_some());
    assert_eq!((row.ladder.seen_at, row.ladder.rendered_at), (None, None));
    let answer = node.ask("u-1", "en").await;
    assert_eq!(answer.notices().len(), 0, "it was read");
    node.world.verified().await;
}

async fn what_lay_under_something_does_not_count(fresh: Fresh) {
    let node = Node::new(fresh).await;
    let (_, notice) = node.live(&["u-1"]).await;
    let receipt = node.ask("u-1", "en").await.receipt();
    let occluded = json!({ "receipt": receipt, "level": "seen_occluded", "dwell_ms": 2100 });
    assert_eq!(node.report(occluded).await.status, StatusCode::ACCEPTED);
    let counts = store::delivery::counts(&node.world.app.db, notice)
        .await
        .unwrap();
    assert_eq!(
        (counts.only_occluded, counts.seen, counts.notified),
        (1, 0, 0)
    );
    assert_eq!(
        store::delivery::unreached(&node.world.app.db, notice, None, 9)
            .await
            .unwrap()
            .len(),
        1
    );
}

async fn the_language_that_was_seen_is_the_one_that_is_kept(fresh: Fresh) {
    let node = Node::new(fresh).await;
    let (_, notice) = node.live(&["u-1"]).await;
    // Two tabs in two languages; the first one is looked at.
    let german = node.ask("u-1", "de").await.receipt();
    let english = node.ask("u-1", "en").await.receipt();
    assert_eq!(row(&node, notice).await.lang, "en");
    let seen = json!({ "receipt": german, "level": "seen", "dwell_ms": 2000 });
    node.report(seen).await;
    let after = row(&node, notice).await;
    assert_eq!(after.lang, "de");
    let acknowledged = json!({ "receipt": english, "level": "acknowledged" });
    node.report(acknowledged).await;
    assert_eq!(row(&node, notice).await.text_hash, after.text_hash);
    node.world.verified().await;
}

async fn a_report_without_a_good_receipt_changes_nothing(fresh: Fresh) {
    let node = Node::new(fresh).await;
    let (_, notice) = node.live(&["u-1"]).await;
    let receipt = node.ask("u-1", "en").await.receipt();
    let before = node.world.verified().await.entries;
    let forged = receipt.replace(".en.", ".de.");
    let late = receipt.clone();
    for bad in [
        "",
        "v1",
        "v1.0.en.0.AAAA",
        &forged,
        &receipt[..receipt.len() - 1],
    ] {
        let answer = node
            .report(json!({ "receipt": bad, "level": "seen", "dwell_ms": 2000 }))
            .await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{bad}");
    }
    for (level, dwell) in [("seen", 100), ("served", 0), ("targeted", 0), ("", 0)] {
        let body = json!({ "receipt": receipt, "level": level, "dwell_ms": dwell });
        assert_eq!(
            node.report(body).await.status,
            StatusCode::BAD_REQUEST,
            "{level}"
        );
    }
    let many: Vec<_> = (0..21)
        .map(|_| json!({ "receipt": receipt, "level": "seen" }))
        .collect();
    for body in [json!(many), json!({}), json!("x"), json!([1])] {
        assert_eq!(node.report(body).await.status, StatusCode::BAD_REQUEST);
    }
    // From a page of somebody else.
    let body = json!({ "receipt": receipt, "level": "seen", "dwell_ms": 2000 });
    let elsewhere = Request::post("/v1/events").header("origin", "https://evil.test");
    let answer = node
        .send(elsewhere.body(Body::from(body.to_string())).unwrap())
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(answer.header("access-control-allow-origin"), "");
    // After a month.
    node.world.app.time.advance(TimeDelta::days(31));
    let answer = node
        .report(json!({ "receipt": late, "level": "seen", "dwell_ms": 2000 }))
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(row(&node, notice).await.ladder.seen_at, None);
    assert_eq!(node.world.verified().await.entries, before);
}

async fn submit(node: &Node, receipt: &str, back: &str) -> Answer {
    let form = serde_urlencoded::to_string([("receipt", receipt), ("return", back)]).unwrap();
    let request = Request::post("/v1/ack")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("origin", ORIGIN);
    node.send(request.body(Body::from(form)).unwrap()).await
}

async fn a_form_acknowledges_without_scripts_and_leads_back(fresh: Fresh) {
    let node = Node::new(fresh).await;
    let (_, notice) = node.live(&["u-1"]).await;
    let receipt = node.ask("u-1", "en").await.receipt();
    for back in [
        "https://evil.test/",
        "//evil.test",
        "/account",
        "javascript:alert(1)",
        "https://shop.example@evil.test/",
        "https://shop.example.evil.test/",
        "",
    ] {
        let answer = submit(&node, &receipt, back).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{back}");
        assert_eq!(answer.header("location"), "");
    }
    let answer = submit(&node, "v1.x", "https://shop.example/").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(row(&node, notice).await.ladder.acknowledged_at, None);
    for _ in 0..2 {
        let answer = submit(&node, &receipt, "https://shop.example/account?x=1#top").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(
            answer.header("location"),
            "https://shop.example/account?x=1#top"
        );
    }
    assert!(row(&node, notice).await.ladder.acknowledged_at.is_some());
    node.world.verified().await;
}

async fn many_reports_at_once_write_one_row_and_one_entry(fresh: Fresh) {
    let node = Node::new(fresh).await;
    let (_, notice) = node.live(&["u-1"]).await;
    let before = node.world.verified().await.entries;
    let asked = (0..8).map(|_| node.ask("u-1", "en"));
    let receipts: Vec<String> = join(asked).await.iter().map(Answer::receipt).collect();
    assert!(receipts.iter().all(|r| *r == receipts[0]));
    let told = receipts
        .iter()
        .map(|r| node.report(json!({ "receipt": r, "level": "rendered" })));
    assert!(
        join(told)
            .await
            .iter()
            .all(|a| a.status == StatusCode::ACCEPTED)
    );
    assert_eq!(node.world.verified().await.entries, before + 2);
    let counts = store::delivery::counts(&node.world.app.db, notice)
        .await
        .unwrap();
    assert_eq!((counts.served, counts.rendered), (1, 1));
}

/// Waits for all of them, side by side.
async fn join<T>(all: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut running: Vec<_> = all.map(|f| (Box::pin(f), None)).collect();
    std::future::poll_fn(|context| {
        let mut ready = true;
        for (future, done) in &mut running {
            if done.is_none() {
                match future.as_mut().poll(context) {
                    std::task::Poll::Ready(value) => *done = Some(value),
                    std::task::Poll::Pending => ready = false,
                }
            }
        }
        if ready {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    running.into_iter().filter_map(|(_, done)| done).collect()
}

crate::both_engines!(
    the_ladder_is_climbed_once_and_in_evidence,
    an_acknowledgement_is_stored_as_it_is_and_ends_the_showing,
    what_lay_under_something_does_not_count,
    the_language_that_was_seen_is_the_one_that_is_kept,
    a_report_without_a_good_receipt_changes_nothing,
    a_form_acknowledges_without_scripts_and_leads_back,
    many_reports_at_once_write_one_row_and_one_entry,
);
