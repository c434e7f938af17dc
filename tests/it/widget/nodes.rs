//! Two nodes on one database: what goes live on one is shown by the other at once.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use chrono::TimeDelta;
use duenotice::app::App;
use duenotice::domain::activation::TRUST;
use duenotice::error::Error;
use duenotice::http::widget::Widget;
use duenotice::service::announcement::{SHORT, announce};
use duenotice::store::{Db, activation};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::{Answer, Node, ORIGIN, send};
use crate::support::db::Fresh;

/// A node of its own on the same database, kept current, with the product's own trust time.
struct Other {
    widget: Arc<Widget>,
    _kept: AbortOnDropHandle<()>,
}

impl Other {
    async fn new(node: &Node) -> Self {
        let app = App {
            db: Db::open(&node.url).await.unwrap(),
            trust: TRUST,
            ..node.world.app.clone()
        };
        let widget = Widget::new(app).await.unwrap();
        let kept = tokio::spawn(Arc::clone(&widget).keep_current(CancellationToken::new()));
        Self {
            widget,
            _kept: AbortOnDropHandle::new(kept),
        }
    }

    async fn ask(&self, node: &Node, user: &str) -> Answer {
        let request = Request::get("/v1/notices?lang=en")
            .header("authorization", format!("Bearer {}", node.token(user)))
            .header("origin", ORIGIN);
        send(&self.widget.router(), request.body(Body::empty()).unwrap()).await
    }

    /// Waits until somebody unaffected is answered from memory.
    async fn believes(&self) {
        for _ in 0..200 {
            if self.widget.answers_from_memory("shop", "nobody") {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the filter never became current");
    }
}

async fn what_goes_live_on_one_node_is_shown_by_the_other_at_once(fresh: Fresh) {
    let mut node = Node::new(fresh).await;
    node.world.app.trust = TRUST;
    let other = Other::new(&node).await;
    for round in 0..3 {
        other.believes().await;
        let user = format!("u-{round}");
        assert_eq!(other.ask(&node, &user).await.notices().len(), 0);
        assert!(other.widget.answers_from_memory("shop", &user));
        let (incident, _) = node.live(&[&user]).await;
        // At once, not after the next reading.
        assert_eq!(other.ask(&node, &user).await.notices().len(), 1);

        // Somebody who is added while the notice is live.
        other.believes().await;
        let late = format!("late-{round}");
        assert!(other.widget.answers_from_memory("shop", &late));
        let roster = format!("user_id\n{user}\n{late}\n");
        node.world.import(incident, roster).await.unwrap();
        assert_eq!(other.ask(&node, &late).await.notices().len(), 1);
        assert_eq!(other.ask(&node, "nobody").await.notices().len(), 0);
    }
    node.world.verified().await;
}

async fn a_change_whose_announcement_was_cleared_is_not_made(fresh: Fresh) {
    let node = Node::new(fresh).await;
    let app = &node.world.app;
    let id = || app.rng.uuid(app.time.now());
    let announced = announce(&app.db, id(), app.time.now(), SHORT, app.trust)
        .await
        .unwrap();
    node.widget.follow().await.unwrap();
    assert!(
        !node.widget.answers_from_memory("shop", "nobody"),
        "announced"
    );

    // Another node with a clock that is ahead takes the maker for dead.
    let ahead = app.time.now() + SHORT + TimeDelta::seconds(1);
    assert_eq!(activation::clear_lapsed(&app.db, ahead).await.unwrap(), 1);
    let mut tx = app.db.begin("test").await.unwrap();
    let settled = announced.settle(&mut tx).await;
    assert!(matches!(settled, Err(Error::Conflict(_))), "{settled:?}");
    drop(tx);
    node.widget.follow().await.unwrap();
    assert!(node.widget.answers_from_memory("shop", "nobody"));

    // Two changes at once do not disturb each other.
    let one = announce(&app.db, id(), app.time.now(), SHORT, app.trust)
        .await
        .unwrap();
    let two = announce(&app.db, id(), app.time.now(), SHORT, app.trust)
        .await
        .unwrap();
    let before = activation::read(&app.db).await.unwrap();
    assert_eq!(before.pending, 2);
    for announced in [two, one] {
        let mut tx = app.db.begin("test").await.unwrap();
        announced.settle(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
    }
    let after = activation::read(&app.db).await.unwrap();
    assert_eq!((after.epoch, after.pending), (before.epoch + 2, 0));
}

async fn an_announcement_of_the_dead_lapses(fresh: Fresh) {
    let node = Node::new(fresh).await;
    let app = &node.world.app;
    let id = app.rng.uuid(app.time.now());
    let announced = announce(&app.db, id, app.time.now(), SHORT, app.trust)
        .await
        .unwrap();
    drop(announced);
    node.widget.follow().await.unwrap();
    assert!(!node.widget.answers_from_memory("shop", "nobody"));
    app.time.advance(SHORT + TimeDelta::milliseconds(1));
    node.widget.follow().await.unwrap();
    node.widget.follow().await.unwrap();
    assert!(node.widget.answers_from_memory("shop", "nobody"));
}

crate::both_engines!(
    what_goes_live_on_one_node_is_shown_by_the_other_at_once,
    a_change_whose_announcement_was_cleared_is_not_made,
    an_announcement_of_the_dead_lapses,
);
