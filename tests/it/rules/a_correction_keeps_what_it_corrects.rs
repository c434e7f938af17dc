//! A correction is a new fact with a reason: the old one stays, deadlines are computed anew at once,
//! and what was computed before can still be seen.

use duenotice::domain::fact::FactKind;
use duenotice::error::Error;
use duenotice::service::{self, fact::NewFact};
use duenotice::store;

use crate::support::db::Fresh;
use crate::support::world::{World, t};

async fn a_correction_computes_anew_and_keeps_the_old(fresh: Fresh) {
    let world = World::at(fresh, "2026-11-25T12:00:00Z").await;
    let incident = world.incident("2026-11-23T09:00:00+01:00").await;

    // Detected only: the promise is counted from detection, and says so.
    let promise = world.obligation(incident, "policy_promise_7bd").await;
    let computed = store::obligation::find_deadline(&world.app.db, promise.deadline_id.unwrap())
        .await
        .unwrap();
    assert!(computed.unwrap().result.contains("ANCHOR_FALLBACK"));

    world.aware(incident, "2026-11-24T10:00:00+01:00").await;
    let promise = world.obligation(incident, "policy_promise_7bd").await;
    assert_eq!(promise.due_at, Some(t("2026-12-04T00:00:00+01:00")));

    // Vector P01: aware on Monday 23 November at 10:00 gives 3 December, 00:00 in Vienna.
    let facts = store::fact::list(&world.app.db, incident).await.unwrap();
    let aware = facts.iter().find(|f| f.kind == FactKind::Aware).unwrap();
    let mut correction = NewFact {
        at: Some("2026-11-23T10:00:00+01:00".to_owned()),
        zone: "Europe/Vienna".to_owned(),
        corrects: Some(aware.id),
        ..NewFact::default()
    };
    let refused = service::fact::record(&world.responder(), incident, &correction).await;
    assert!(
        refused
            .unwrap_err()
            .reason("reason")
            .unwrap()
            .contains("needs a reason")
    );
    correction.reason = Some("The ticket shows that it was known a day earlier.".to_owned());
    service::fact::record(&world.responder(), incident, &correction)
        .await
        .unwrap();

    let promise = world.obligation(incident, "policy_promise_7bd").await;
    assert_eq!(promise.due_at, Some(t("2026-12-03T00:00:00+01:00")));
    let gdpr = world.obligation(incident, "eu_gdpr_33_1").await;
    assert_eq!(gdpr.due_at, Some(t("2026-11-26T10:00:00+01:00")));
    let history = store::obligation::deadlines(&world.app.db, promise.id)
        .await
        .unwrap();
    assert_eq!(
        history.len(),
        3,
        "from detection, from awareness, corrected"
    );

    let facts = store::fact::list(&world.app.db, incident).await.unwrap();
    assert_eq!(
        facts.iter().filter(|f| f.kind == FactKind::Aware).count(),
        2
    );
    assert_eq!(service::fact::standing(&facts).len(), 3);

    // The same correction again meets the fact that replaced it.
    let again = service::fact::record(&world.responder(), incident, &correction).await;
    assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
    world.verified().await;
}

crate::both_engines!(a_correction_computes_anew_and_keeps_the_old);
