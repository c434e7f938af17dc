//! Whose word is taken over HTTP. What a token must be is tested beside its code, one by one.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use duenotice::domain::access::Role;
use duenotice::domain::host_key::Algorithm;
use duenotice::http::widget::token::{Mint, Secret, mint};
use duenotice::service::site::{NewKey, SiteForm, add_key, create, set_key_state};
use duenotice::store::site::KeyState;

use super::{Node, ORIGIN, secret};
use crate::support::db::Fresh;
use crate::support::world::SITE;

async fn whatever_is_wrong_the_answer_is_the_same(fresh: Fresh) {
    let node = Node::new(fresh).await;
    node.live(&["u-1"]).await;
    let good = node.token("u-1");
    let mut cut = good.clone();
    cut.truncate(good.len() - 1);
    let other = mint(
        &Secret::Hs256(vec![1; 32]),
        &Mint {
            site: SITE,
            kid: "hs",
            user_id: "u-1",
            jti: "0123456789abcdef",
            now: node.world.app.time.now(),
            life_s: 600,
        },
    );
    let mut answers = Vec::new();
    for value in [
        None,
        Some(String::new()),
        Some("Bearer".to_owned()),
        Some("Bearer ".to_owned()),
        Some("Bearer x.y.z".to_owned()),
        Some(format!("Basic {good}")),
        Some(format!("Bearer {cut}")),
        Some(format!("Bearer {other}")),
        Some(format!("Bearer {}", "x".repeat(5_000))),
    ] {
        let mut request = Request::get("/v1/notices").header("origin", ORIGIN);
        if let Some(value) = &value {
            request = request.header("authorization", value);
        }
        let answer = node.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{value:?}");
        answers.push((answer.body, answer.headers));
    }
    assert!(answers.iter().all(|a| *a == answers[0]));
    assert_eq!(node.ask("u-1", "en").await.notices().len(), 1);
}

async fn a_key_speaks_for_its_own_site_only(fresh: Fresh) {
    let node = Node::new(fresh).await;
    let admin = node.world.person("Ada", Role::Administrator);
    let form = SiteForm {
        name: "Blog".into(),
        origins: vec!["https://blog.example".into()],
        default_lang: "de".into(),
        version: 0,
    };
    create(&admin, "blog", &form).await.unwrap();
    let key = NewKey {
        kid: "hs".into(),
        algorithm: Algorithm::Hs256,
        key: "the blog's own secret, 32 bytes or more".into(),
    };
    add_key(&admin, "blog", &key).await.unwrap();
    node.widget.read_sites().await.unwrap();
    node.live(&["u-1"]).await;

    let now = node.world.app.time.now();
    let token = |site: &str, secret: &Secret| {
        let (kid, jti, life_s, user_id) = ("hs", "0123456789abcdef", 600, "u-1");
        let what = Mint {
            site,
            kid,
            user_id,
            jti,
            now,
            life_s,
        };
        mint(secret, &what)
    };
    let blog = Secret::Hs256(key.key.clone().into_bytes());
    let ask = async |token: String, origin: &str| {
        let request = Request::get("/v1/notices")
            .header("authorization", format!("Bearer {token}"))
            .header("origin", origin);
        node.send(request.body(Body::empty()).unwrap()).await
    };
    // The same user id on another site is another person.
    let answer = ask(token("blog", &blog), "https://blog.example").await;
    assert_eq!(answer.notices().len(), 0);
    // A key of one site under the name of the other.
    let answer = ask(token("shop", &blog), ORIGIN).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let answer = ask(token("blog", &secret()), "https://blog.example").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    // A good token on a page of the other site: nothing is served, nothing written.
    let answer = ask(token("shop", &secret()), "https://blog.example").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(answer.header("access-control-allow-origin"), "");
    let answer = ask(token("shop", &secret()), ORIGIN).await;
    assert_eq!(answer.notices().len(), 1);
    node.world.verified().await;
}

async fn a_retired_key_stops_working_though_its_token_was_taken_before(fresh: Fresh) {
    let node = Node::new(fresh).await;
    let admin = node.world.person("Ada", Role::Administrator);
    assert_eq!(node.ask("u-1", "en").await.status, StatusCode::OK);
    set_key_state(&admin, SITE, "hs", KeyState::Retiring)
        .await
        .unwrap();
    node.widget.read_sites().await.unwrap();
    assert_eq!(node.ask("u-1", "en").await.status, StatusCode::OK);
    set_key_state(&admin, SITE, "hs", KeyState::Retired)
        .await
        .unwrap();
    node.widget.read_sites().await.unwrap();
    assert_eq!(node.ask("u-1", "en").await.status, StatusCode::UNAUTHORIZED);
}

async fn a_token_that_was_taken_before_still_ends(fresh: Fresh) {
    let node = Node::new(fresh).await;
    let token = node.token("u-1");
    let ask = async || {
        let request = Request::get("/v1/notices")
            .header("authorization", format!("Bearer {token}"))
            .body(Body::empty());
        node.send(request.unwrap()).await.status
    };
    assert_eq!(ask().await, StatusCode::OK);
    node.world.app.time.advance(chrono::TimeDelta::seconds(659));
    assert_eq!(ask().await, StatusCode::OK);
    node.world.app.time.advance(chrono::TimeDelta::seconds(1));
    assert_eq!(ask().await, StatusCode::UNAUTHORIZED);
}

crate::both_engines!(
    whatever_is_wrong_the_answer_is_the_same,
    a_key_speaks_for_its_own_site_only,
    a_retired_key_stops_working_though_its_token_was_taken_before,
    a_token_that_was_taken_before_still_ends,
);
