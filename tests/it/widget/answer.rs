//! Who is shown what, and that the answer's length tells nobody.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use duenotice::service::delivery::text_hash;
use duenotice::service::notice::{
    LANGUAGES, NewNotice, QUESTIONS, Withdraw, contents, draft, withdraw,
};
use duenotice::store;

use super::{Answer, Node, ORIGIN};
use crate::support::db::Fresh;
use crate::support::world::World;

/// Status line aside, every byte of the answer.
fn whole_length(answer: &Answer) -> usize {
    let headers = answer.headers.iter();
    let headers: usize = headers.map(|(n, v)| n.as_str().len() + v.len() + 4).sum();
    headers + answer.body.len()
}

async fn affected_unaffected_and_unknown_get_answers_of_one_length(fresh: Fresh) {
    let node = Node::new(fresh).await;
    node.live(&["u-1", "u-2"]).await;
    for filter_is_current in [false, true] {
        if filter_is_current {
            node.widget.follow().await.unwrap();
        }
        for lang in ["en", "de"] {
            let affected = node.ask("u-1", lang).await;
            let unaffected = node.ask("nobody", lang).await;
            assert_eq!(affected.notices().len(), 1);
            assert_eq!(unaffected.notices().len(), 0);
            assert_eq!(affected.body.len() % 4_096, 0);
            assert_eq!(affected.body.len(), unaffected.body.len());
            assert_eq!(whole_length(&affected), whole_length(&unaffected));
            assert_eq!(unaffected.header("cache-control"), "private, max-age=300");
            assert!(affected.header("cache-control").starts_with("no-store"));
            for answer in [&affected, &unaffected] {
                assert_eq!(answer.header("vary"), "Authorization, Origin");
                assert_eq!(answer.header("access-control-allow-origin"), ORIGIN);
                assert_eq!(answer.header("access-control-allow-credentials"), "");
                assert_eq!(answer.header("set-cookie"), "");
            }
        }
    }
}

async fn a_long_notice_makes_everybodys_answer_as_long(fresh: Fresh) {
    let node = Node::new(fresh).await;
    node.live(&["u-1"]).await;
    assert_eq!(node.ask("u-1", "en").await.body.len(), 4_096);
    assert_eq!(node.ask("nobody", "en").await.body.len(), 4_096);

    let rita = node.world.responder();
    let incident = node.world.incident("2026-11-23T09:00:00+01:00").await;
    node.world.import(incident, "user_id\nu-2\n").await.unwrap();
    let mut new = NewNotice::default();
    for language in LANGUAGES {
        let long = |q: &str| (q.to_owned(), "Something happened. ".repeat(100));
        let answers = QUESTIONS.map(long).into();
        new.answers.insert(language.to_owned(), answers);
    }
    let notice = draft(&rita, incident, &new).await.unwrap();
    node.world
        .approve(&node.world.approver(), notice)
        .await
        .unwrap();
    node.world.activate(notice).await.unwrap();
    node.widget.follow().await.unwrap();
    let length = node.ask("nobody", "en").await.body.len();
    assert!(length > 8_192, "{length}");
    for user in ["u-1", "u-2", "nobody"] {
        assert_eq!(node.ask(user, "en").await.body.len(), length, "{user}");
    }
}

async fn what_is_served_is_written_down_with_the_text_that_was_shown(fresh: Fresh) {
    let node = Node::new(fresh).await;
    let (_, notice) = node.live(&["u-1"]).await;
    let answer = node.ask("u-1", "de-AT").await;
    let shown = &answer.notices()[0];
    assert_eq!(shown["lang"], "de");
    assert_eq!(shown["dir"], "ltr");
    assert_eq!(
        shown["labels"]["acknowledge"],
        "Ich habe diese Mitteilung gelesen"
    );

    let db = &node.world.app.db;
    let row = store::delivery::of_person(db, notice, 1, "shop", node.world.key("u-1"))
        .await
        .unwrap()
        .unwrap();
    let version = store::notice::find_version(db, notice, 1)
        .await
        .unwrap()
        .unwrap();
    let text = contents(&version).unwrap().remove("de").unwrap();
    assert_eq!(row.lang, "de");
    assert_eq!(row.text_hash, text_hash(&text));
    assert_eq!(shown["title"], text.title);
    assert_eq!(shown["blocks"].as_array().unwrap().len(), text.blocks.len());

    // The same person again, then in another language: one delivery, another entry for another text.
    node.ask("u-1", "de").await;
    let before = node.world.verified().await.entries;
    node.ask("u-1", "de").await;
    assert_eq!(node.world.verified().await.entries, before, "only counted");
    node.ask("u-1", "en").await;
    assert_eq!(node.world.verified().await.entries, before + 1);
    let row = store::delivery::of_person(db, notice, 1, "shop", node.world.key("u-1"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(row.lang, "en");
    let counts = store::delivery::counts(db, notice).await.unwrap();
    assert_eq!((counts.served, counts.notified), (1, 0));
    assert_eq!(
        store::delivery::unreached(db, notice, None, 10)
            .await
            .unwrap()
            .len(),
        1
    );
}

async fn a_drill_a_draft_and_a_withdrawn_notice_are_shown_to_nobody(fresh: Fresh) {
    let node = Node::new(fresh).await;
    // A drill, live.
    let mut report = World::report("2026-11-23T09:00:00+01:00");
    report.drill = true;
    let rita = node.world.responder();
    let drill = duenotice::service::incident::report(&rita, &report)
        .await
        .unwrap();
    node.world.import(drill, "user_id\nu-1\n").await.unwrap();
    let notice = node.world.draft(drill).await;
    node.world
        .approve(&node.world.approver(), notice)
        .await
        .unwrap();
    node.world.activate(notice).await.unwrap();
    // A notice that is only approved.
    let real = node.world.incident("2026-11-23T09:00:00+01:00").await;
    node.world.import(real, "user_id\nu-1\n").await.unwrap();
    let approved = node.world.draft(real).await;
    node.world
        .approve(&node.world.approver(), approved)
        .await
        .unwrap();
    assert_eq!(node.ask("u-1", "en").await.notices().len(), 0);

    let (_, live) = node.live(&["u-1"]).await;
    assert_eq!(node.ask("u-1", "en").await.notices().len(), 1);
    let version = store::notice::find(&node.world.app.db, live)
        .await
        .unwrap()
        .unwrap()
        .version;
    let reason = "It named the wrong system.".to_owned();
    withdraw(&rita, live, &Withdraw { reason, version })
        .await
        .unwrap();
    assert_eq!(node.ask("u-1", "en").await.notices().len(), 0);
    node.world.verified().await;
}

async fn user_ids_are_compared_byte_for_byte(fresh: Fresh) {
    let node = Node::new(fresh).await;
    node.live(&["Mia", "zoë"]).await;
    for filter_is_current in [false, true] {
        if filter_is_current {
            node.widget.follow().await.unwrap();
        }
        for (user, notices) in [
            ("Mia", 1),
            ("mia", 0),
            ("MIA", 0),
            ("Mia ", 0),
            ("Mi", 0),
            ("Mi%", 0),
            ("M_a", 0),
            ("zoë", 1),
            // The same letters, written as e and a combining diaeresis.
            ("zoe\u{308}", 0),
        ] {
            assert_eq!(
                node.ask(user, "en").await.notices().len(),
                notices,
                "{user}"
            );
        }
    }
}

async fn a_current_filter_answers_without_the_database(fresh: Fresh) {
    let node = Node::new(fresh).await;
    node.live(&["u-1"]).await;
    node.widget.follow().await.unwrap();
    // Without a database every question to it is an error.
    node.world.app.db.close().await;
    for _ in 0..20 {
        let answer = node.ask("nobody", "en").await;
        assert_eq!(answer.notices().len(), 0);
    }
    // The affected are told to come back, never that nothing concerns them.
    let answer = node.ask("u-1", "en").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
}

async fn one_person_may_ask_thirty_times_a_minute(fresh: Fresh) {
    let node = Node::new(fresh).await;
    for _ in 0..30 {
        assert_eq!(node.ask("u-1", "en").await.status, StatusCode::OK);
    }
    let answer = node.ask("u-1", "en").await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(node.ask("u-2", "en").await.status, StatusCode::OK);
    node.world.app.time.advance(chrono::TimeDelta::seconds(60));
    assert_eq!(node.ask("u-1", "en").await.status, StatusCode::OK);
}

async fn a_page_may_ask_when_its_origin_is_exactly_on_the_list(fresh: Fresh) {
    let node = Node::new(fresh).await;
    for (origin, allowed) in [
        (ORIGIN, true),
        ("https://shop.example.evil.test", false),
        ("https://SHOP.example", false),
        ("http://shop.example", false),
        ("https://shop.example:8443", false),
        ("null", false),
    ] {
        let preflight = Request::options("/v1/notices")
            .header("origin", origin)
            .header("access-control-request-method", "GET")
            .header("access-control-request-headers", "authorization");
        let answer = node.send(preflight.body(Body::empty()).unwrap()).await;
        let told = if allowed { origin } else { "" };
        assert_eq!(answer.status, StatusCode::NO_CONTENT);
        assert_eq!(
            answer.header("access-control-allow-origin"),
            told,
            "{origin}"
        );
        assert_eq!(answer.header("access-control-max-age") == "7200", allowed);
        let ask = Request::get("/v1/notices")
            .header("authorization", format!("Bearer {}", node.token("u-1")))
            .header("origin", origin);
        let answer = node.send(ask.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status == StatusCode::OK, allowed, "{origin}");
    }
}

async fn a_request_for_the_header_alone_serves_nothing(fresh: Fresh) {
    let node = Node::new(fresh).await;
    let (_, notice) = node.live(&["u-1"]).await;
    let head = Request::head("/v1/notices")
        .header("authorization", format!("Bearer {}", node.token("u-1")));
    let answer = node.send(head.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    let counts = store::delivery::counts(&node.world.app.db, notice)
        .await
        .unwrap();
    assert_eq!(counts.served, 0);
}

crate::both_engines!(
    affected_unaffected_and_unknown_get_answers_of_one_length,
    a_long_notice_makes_everybodys_answer_as_long,
    what_is_served_is_written_down_with_the_text_that_was_shown,
    a_drill_a_draft_and_a_withdrawn_notice_are_shown_to_nobody,
    user_ids_are_compared_byte_for_byte,
    a_current_filter_answers_without_the_database,
    one_person_may_ask_thirty_times_a_minute,
    a_page_may_ask_when_its_origin_is_exactly_on_the_list,
    a_request_for_the_header_alone_serves_nothing,
);
