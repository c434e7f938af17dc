//! Who was told and then left the roster gets a correction, and nobody else does. It goes the way of
//! every notice: drafted, approved by somebody else, activated, on record.

use std::collections::BTreeMap;

use duenotice::domain::delivery::Event;
use duenotice::domain::notice::Audience;
use duenotice::ids::{DeliveryId, IncidentId, NoticeId};
use duenotice::service::delivery::{Asking, Served, report, serve};
use duenotice::service::notice::{self, NewNotice};
use duenotice::store::delivery::Request;
use duenotice::store::obligation::Outcome;
use duenotice::store::{self, revision};

use crate::support::db::Fresh;
use crate::support::world::{SITE, World, t};

async fn asks(world: &World, user: &str) -> Vec<Served> {
    let asking = Asking {
        site: SITE,
        person: world.key(user),
        lang: Some("en"),
        site_lang: "en",
        request: Request {
            kid: "k".to_owned(),
            jti: "j".to_owned(),
            token_issued_at: t("2026-11-24T11:00:00+01:00"),
            origin: None,
            browser: "Firefox",
        },
    };
    serve(&world.app, &asking).await.unwrap()
}

async fn sees(world: &World, delivery: DeliveryId) {
    report(&world.app, delivery, "en", Event::Seen { dwell_ms: 2_000 })
        .await
        .unwrap();
}

/// A live notice to four people: one saw it, one was only sent it, two never asked.
async fn told(fresh: Fresh) -> (World, IncidentId, NoticeId) {
    let world = World::at(fresh, "2026-11-24T11:00:00+01:00").await;
    let id = world.incident("2026-11-23T09:12:00+01:00").await;
    world.aware(id, "2026-11-23T10:00:00+01:00").await;
    world
        .import(id, "user_id\nseen\nserved\nnever\nstays\n")
        .await
        .unwrap();
    let live = world.draft(id).await;
    world.approve(&world.approver(), live).await.unwrap();
    world.activate(live).await.unwrap();
    let served = asks(&world, "seen").await;
    sees(&world, served[0].delivery).await;
    assert_eq!(asks(&world, "served").await.len(), 1);
    let stays = asks(&world, "stays").await;
    sees(&world, stays[0].delivery).await;
    (world, id, live)
}

fn correction() -> NewNotice {
    let finding = "The access log shows that your record was not read.".to_owned();
    let answer = BTreeMap::from([("finding".to_owned(), finding)]);
    NewNotice {
        answers: BTreeMap::from([("en".to_owned(), answer.clone()), ("de".to_owned(), answer)]),
        audience: Audience::WronglyTold,
        ..NewNotice::default()
    }
}

async fn they_see_it_and_nobody_else(fresh: Fresh) {
    let (world, id, live) = told(fresh).await;
    let early = notice::draft(&world.responder(), id, &correction()).await;
    assert!(
        early
            .unwrap_err()
            .to_string()
            .contains("nothing to correct")
    );

    world
        .revise(id, &["stays"], "Their records were not read.")
        .await;
    assert_eq!(revision::wrongly_told(&world.app.db, id).await.unwrap(), 1);
    for user in ["seen", "served", "never"] {
        assert_eq!(asks(&world, user).await.len(), 0, "{user}");
    }
    let before = store::obligation::list(&world.app.db, id).await.unwrap();
    let met = |all: &[store::obligation::Obligation]| {
        all.iter()
            .filter(|o| o.outcome == Some(Outcome::Met))
            .count()
    };
    let draft = notice::draft(&world.responder(), id, &correction())
        .await
        .unwrap();
    let text = store::notice::find_version(&world.app.db, draft, 1).await;
    let text = text.unwrap().unwrap().content;
    assert!(
        text.contains("From 24 November 2026 on, Connecting Software told you"),
        "{text}"
    );
    assert!(text.contains("Ab 24. November 2026"), "{text}");
    // Who wrote it cannot approve it, and unapproved it cannot go live.
    assert!(world.activate(draft).await.is_err());
    let rita = world.person("Rita", duenotice::domain::access::Role::Approver);
    assert!(world.approve(&rita, draft).await.is_err());
    world.approve(&world.approver(), draft).await.unwrap();
    world.activate(draft).await.unwrap();

    let shown = asks(&world, "seen").await;
    let which: Vec<NoticeId> = shown.iter().map(|s| s.notice).collect();
    assert_eq!(which, [draft]);
    for user in ["served", "never", "nobody"] {
        assert_eq!(asks(&world, user).await.len(), 0, "{user}");
    }
    let stays: Vec<NoticeId> = asks(&world, "stays")
        .await
        .iter()
        .map(|s| s.notice)
        .collect();
    assert_eq!(stays, [live]);
    let after = store::obligation::list(&world.app.db, id).await.unwrap();
    assert_eq!(met(&after), met(&before), "a correction meets no promise");
    let unreached = store::delivery::unreached(&world.app.db, draft, None, 10).await;
    let unreached: Vec<_> = unreached.unwrap().iter().map(|r| r.person_key).collect();
    assert_eq!(unreached, [world.key("seen")]);
    sees(&world, shown[0].delivery).await;
    let counts = store::delivery::counts(&world.app.db, draft).await.unwrap();
    assert_eq!((counts.served, counts.notified), (1, 1));
    let counts = store::delivery::counts(&world.app.db, live).await.unwrap();
    assert_eq!(
        (counts.served, counts.notified),
        (1, 1),
        "who left does not count"
    );

    // Who comes back is affected after all: the notice again, and not the correction.
    world
        .revise(id, &["stays", "seen"], "It was read after all.")
        .await;
    let again: Vec<NoticeId> = asks(&world, "seen")
        .await
        .iter()
        .map(|s| s.notice)
        .collect();
    assert_eq!(again, [live]);
    world.verified().await;
}

/// Served before leaving, in view after: that person was told.
async fn who_sees_it_after_leaving_is_corrected_too(fresh: Fresh) {
    let (world, id, _) = told(fresh).await;
    let open = asks(&world, "served").await;
    world
        .revise(id, &["stays"], "Their records were not read.")
        .await;
    sees(&world, open[0].delivery).await;
    assert_eq!(revision::wrongly_told(&world.app.db, id).await.unwrap(), 2);
    let gone = revision::gone(&world.app.db, id, 2, SITE, world.key("served")).await;
    assert!(gone.unwrap().unwrap().told);
    world.verified().await;
}

crate::both_engines!(
    they_see_it_and_nobody_else,
    who_sees_it_after_leaving_is_corrected_too
);
