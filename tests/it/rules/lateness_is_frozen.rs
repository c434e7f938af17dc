//! Whether a notice was in time is decided when it goes live, and no later edit of a fact undoes it.

use duenotice::service::{self, fact::NewFact};
use duenotice::store;
use duenotice::store::obligation::Outcome;

use crate::support::db::Fresh;
use crate::support::world::{World, t};

async fn live(world: &World, detected: &str) -> duenotice::ids::IncidentId {
    let incident = world.incident(detected).await;
    world.aware(incident, detected).await;
    world.import(incident, "user_id\nu-1\n").await.unwrap();
    incident
}

async fn one_millisecond_decides(fresh: Fresh) {
    // Vector P01: due 2026-12-03T00:00 in Vienna, and on time only before it.
    let world = World::at(fresh, "2026-12-01T00:00:00Z").await;
    for (now, late) in [
        ("2026-12-02T22:59:59.999Z", false),
        ("2026-12-02T23:00:00Z", true),
    ] {
        world.app.time.move_to(t(now));
        let incident = live(&world, "2026-11-23T10:00:00+01:00").await;
        let notice = world.draft(incident).await;
        world.approve(&world.approver(), notice).await.unwrap();
        world.activate(notice).await.unwrap();
        let promise = world.obligation(incident, "policy_promise_7bd").await;
        assert_eq!(promise.outcome, Some(Outcome::Met));
        assert_eq!(promise.met_at, Some(t(now)));
        assert_eq!(promise.late, Some(late), "{now}");
    }
}

async fn waiting_for_another_change_counts(fresh: Fresh) {
    let world = World::at(fresh, "2026-12-02T22:59:00Z").await;
    let incident = live(&world, "2026-11-23T10:00:00+01:00").await;
    let notice = world.draft(incident).await;
    world.approve(&world.approver(), notice).await.unwrap();
    // Pressed a minute before midnight; somebody else's change holds the incident until after it.
    let mut other = world.app.db.begin("test.other").await.unwrap();
    store::incident::lock(&mut other, incident).await.unwrap();
    let release = async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        world.app.time.move_to(t("2026-12-02T23:00:30Z"));
        other.commit().await.unwrap();
    };
    let (activated, ()) = tokio::join!(world.activate(notice), release);
    activated.unwrap();
    let promise = world.obligation(incident, "policy_promise_7bd").await;
    assert_eq!(promise.met_at, Some(t("2026-12-02T23:00:30Z")));
    assert_eq!(promise.late, Some(true), "nobody was told before midnight");
    world.verified().await;
}

async fn a_later_correction_does_not_undo_it(fresh: Fresh) {
    let world = World::at(fresh, "2026-12-04T08:00:00Z").await;
    let incident = live(&world, "2026-11-23T10:00:00+01:00").await;
    let notice = world.draft(incident).await;
    world.approve(&world.approver(), notice).await.unwrap();
    world.activate(notice).await.unwrap();

    let facts = store::fact::list(&world.app.db, incident).await.unwrap();
    let aware = service::fact::standing(&facts)
        .into_iter()
        .find(|f| f.kind == duenotice::domain::fact::FactKind::Aware)
        .unwrap();
    let later = NewFact {
        at: Some("2026-12-03T10:00:00+01:00".to_owned()),
        zone: "Europe/Vienna".to_owned(),
        reason: Some("Somebody would like it to have been later.".to_owned()),
        corrects: Some(aware.id),
        ..NewFact::default()
    };
    service::fact::record(&world.responder(), incident, &later)
        .await
        .unwrap();
    let promise = world.obligation(incident, "policy_promise_7bd").await;
    assert_eq!(promise.late, Some(true));
    assert_eq!(promise.due_at, Some(t("2026-12-03T00:00:00+01:00")));
    // What is still open follows the correction.
    let gdpr = world.obligation(incident, "eu_gdpr_33_1").await;
    assert_eq!(gdpr.due_at, Some(t("2026-12-06T10:00:00+01:00")));
    world.verified().await;
}

crate::both_engines!(
    one_millisecond_decides,
    waiting_for_another_change_counts,
    a_later_correction_does_not_undo_it
);
