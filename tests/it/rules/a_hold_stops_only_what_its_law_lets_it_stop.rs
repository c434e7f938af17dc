//! A law-enforcement hold is a documented interval: it stops the notice to residents of Colorado and not
//! the 72 hours of the GDPR; while it lasts there is no end, and from its end there are 30 days.

use duenotice::domain::fact::FactKind;
use duenotice::error::Error;
use duenotice::ids::IncidentId;
use duenotice::service::answer::{self, NewAnswer};
use duenotice::service::fact::NewFact;
use duenotice::service::hold::{self, NewHold};
use duenotice::store;
use duenotice::store::obligation::Obligation;

use crate::support::db::Fresh;
use crate::support::world::{World, t};

crate::both_engines!(
    it_stops_and_restarts_as_the_law_says,
    a_hold_that_cannot_be_is_refused,
);

fn new_hold() -> NewHold {
    NewHold {
        authority: "Denver Police Department".to_owned(),
        reference: "Case 26-114".to_owned(),
        from: "2026-11-25T09:00:00-07:00".to_owned(),
        zone: "America/Denver".to_owned(),
        ..NewHold::default()
    }
}

async fn incident(world: &World) -> IncidentId {
    let id = world.incident("2026-11-23T10:00:00+01:00").await;
    world.aware(id, "2026-11-23T10:00:00+01:00").await;
    let determined = NewFact {
        kind: FactKind::Determined,
        at: Some("2026-11-24T10:00:00-07:00".to_owned()),
        zone: "America/Denver".to_owned(),
        ..NewFact::default()
    };
    duenotice::service::fact::record(&world.responder(), id, &determined)
        .await
        .unwrap();
    let said =
        [("us_personal_information", "yes"), ("people(US-CO)", "12")].map(|(q, v)| NewAnswer {
            question: q.to_owned(),
            value: v.to_owned(),
            reason: None,
        });
    answer::record(&world.responder(), id, &said).await.unwrap();
    id
}

async fn one(world: &World, id: IncidentId, rule: &str) -> Obligation {
    let all = store::obligation::list(&world.app.db, id).await.unwrap();
    all.into_iter()
        .find(|o| o.rule == rule && o.controller == "INC")
        .unwrap()
}

async fn it_stops_and_restarts_as_the_law_says(fresh: Fresh) {
    let world = World::at(fresh, "2026-12-20T12:00:00Z").await;
    let id = incident(&world).await;
    let rule = "us_co_6_1_716_resident";
    // Determined on 24 November: 30 days end with 24 December.
    let before = one(&world, id, rule).await;
    assert_eq!(before.due_at, Some(t("2026-12-25T07:00:00Z")));
    let gdpr = one(&world, id, "eu_gdpr_33_1").await.due_at;

    let first = hold::record(&world.responder(), id, &new_hold())
        .await
        .unwrap();
    let held = one(&world, id, rule).await;
    assert_eq!(held.due_at, None);
    let why = held.problem.unwrap();
    assert!(why.contains("Denver Police Department"), "{why}");
    assert_eq!(one(&world, id, "eu_gdpr_33_1").await.due_at, gdpr);

    let ended = NewHold {
        until: Some("2026-12-10T09:00:00-07:00".to_owned()),
        replaces: Some(first),
        reason: Some("The letter of 10 December gives it up.".to_owned()),
        ..new_hold()
    };
    hold::record(&world.responder(), id, &ended).await.unwrap();
    // 30 days from 10 December end with 9 January.
    let after = one(&world, id, rule).await;
    assert_eq!(
        (after.due_at, after.problem),
        (Some(t("2027-01-10T07:00:00Z")), None)
    );
    assert_eq!(one(&world, id, "eu_gdpr_33_1").await.due_at, gdpr);
    let all = store::hold::list(&world.app.db, id).await.unwrap();
    assert_eq!(all.len(), 2, "what was recorded first stays");
    // Whoever still looks at the first one is told.
    let stale = hold::record(&world.responder(), id, &ended).await;
    assert!(matches!(stale, Err(Error::Conflict(_))));
    world.verified().await;
}

async fn a_hold_that_cannot_be_is_refused(fresh: Fresh) {
    let world = World::at(fresh, "2026-12-20T12:00:00Z").await;
    let id = incident(&world).await;
    let with = |change: fn(&mut NewHold)| {
        let mut hold = new_hold();
        change(&mut hold);
        hold
    };
    for (hold, field) in [
        (with(|h| h.authority.clear()), "authority"),
        (with(|h| h.reference.clear()), "reference"),
        (with(|h| h.zone = "Denver".to_owned()), "zone"),
        (with(|h| h.from = "2026-11-25 09:00".to_owned()), "from"),
        (
            with(|h| h.from = "2026-12-21T09:00:00-07:00".to_owned()),
            "from",
        ),
        (
            with(|h| h.until = Some("2026-11-25T08:00:00-07:00".to_owned())),
            "until",
        ),
        (
            with(|h| h.jurisdictions = vec!["EU".to_owned()]),
            "jurisdictions",
        ),
    ] {
        let refused = hold::record(&world.responder(), id, &hold).await;
        let Err(Error::Invalid(errors)) = refused else {
            panic!("{hold:?} was taken");
        };
        assert_eq!(errors[0].field, field, "{errors:?}");
    }
    assert!(
        store::hold::list(&world.app.db, id)
            .await
            .unwrap()
            .is_empty()
    );
    world.verified().await;
}
