//! People found later have a period of their own, with a reason; the incident shows whose end comes
//! first; a notice that is live meets the promise to them when they come onto the roster.

use std::io::Write as _;

use duenotice::error::{Error, Result};
use duenotice::ids::IncidentId;
use duenotice::service::answer::{self, NewAnswer};
use duenotice::service::late::FoundLater;
use duenotice::service::roster::{Imported, Upload, import};
use duenotice::store;
use duenotice::store::obligation::{Obligation, Outcome};

use crate::support::db::Fresh;
use crate::support::world::{SITE, World, t};

crate::both_engines!(
    before_the_notice_the_first_end_governs,
    a_live_notice_meets_it_at_once,
    whoever_says_nothing_has_the_incidents_period,
    what_no_longer_applies_does_not_apply_to_them_either,
    a_time_that_cannot_be_is_refused,
);

/// Vector P26: from then, 7 business days end on 15 December, 00:00 in Denver.
const FOUND: &str = "2026-12-03T10:00:00+01:00";
const THEIR_END: &str = "2026-12-15T07:00:00Z";

async fn add(world: &World, id: IncidentId, csv: &str, found: Option<&str>) -> Result<Imported> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(csv.as_bytes()).unwrap();
    let found = found.map(|at| FoundLater {
        at: at.to_owned(),
        zone: "Europe/Vienna".to_owned(),
        reason: "A second export was found.".to_owned(),
    });
    let upload = Upload {
        name: "more.csv",
        file: &file,
        site: SITE,
        found: found.as_ref(),
    };
    import(&world.responder(), id, &upload).await
}

async fn promises(world: &World, id: IncidentId) -> Vec<Obligation> {
    let all = store::obligation::list(&world.app.db, id).await.unwrap();
    all.into_iter()
        .filter(|o| o.rule == "policy_promise_7bd")
        .collect()
}

async fn with_people(fresh: Fresh, now: &str) -> (World, IncidentId) {
    let world = World::at(fresh, now).await;
    let id = world.incident("2026-11-23T10:00:00+01:00").await;
    world.aware(id, "2026-11-23T10:00:00+01:00").await;
    world.import(id, "user_id\nu-1\n").await.unwrap();
    (world, id)
}

async fn before_the_notice_the_first_end_governs(fresh: Fresh) {
    let (world, id) = with_people(fresh, "2026-12-03T12:00:00Z").await;
    add(&world, id, "user_id\nu-1\nu-2\n", Some(FOUND))
        .await
        .unwrap();
    let both = promises(&world, id).await;
    let ends: Vec<_> = both.iter().map(|o| (o.cohort, o.due_at)).collect();
    // Vector P01 for the first; the list begins with whose end comes first.
    assert_eq!(
        ends,
        [
            (0, Some(t("2026-12-02T23:00:00Z"))),
            (2, Some(t(THEIR_END)))
        ]
    );
    let cohorts = store::cohort::list(&world.app.db, id).await.unwrap();
    assert_eq!((cohorts[0].revision, cohorts[0].persons), (2, 1));

    let notice = world.draft(id).await;
    world.approve(&world.approver(), notice).await.unwrap();
    world.activate(notice).await.unwrap();
    let late: Vec<_> = promises(&world, id).await.iter().map(|o| o.late).collect();
    assert_eq!(
        late,
        [Some(true), Some(false)],
        "late for the first, in time for the others"
    );
    world.verified().await;
}

async fn a_live_notice_meets_it_at_once(fresh: Fresh) {
    let (world, id) = with_people(fresh, "2026-11-30T12:00:00Z").await;
    let notice = world.draft(id).await;
    world.approve(&world.approver(), notice).await.unwrap();
    world.activate(notice).await.unwrap();
    world.app.time.move_to(t("2026-12-03T12:00:00Z"));
    add(&world, id, "user_id\nu-2\n", Some(FOUND))
        .await
        .unwrap();
    let both = promises(&world, id).await;
    let theirs = both.iter().find(|o| o.cohort == 2).unwrap();
    assert_eq!(theirs.due_at, Some(t(THEIR_END)));
    assert_eq!(theirs.outcome, Some(Outcome::Met));
    assert_eq!(theirs.met_at, Some(t("2026-12-03T12:00:00Z")));
    assert_eq!(theirs.late, Some(false));
    // Bringing a row up to date brings nobody.
    add(&world, id, "user_id,country\nu-2,AT\n", None)
        .await
        .unwrap();
    assert_eq!(promises(&world, id).await.len(), 2);
    world.verified().await;
}

async fn whoever_says_nothing_has_the_incidents_period(fresh: Fresh) {
    let (world, id) = with_people(fresh, "2026-11-30T12:00:00Z").await;
    let notice = world.draft(id).await;
    world.approve(&world.approver(), notice).await.unwrap();
    world.activate(notice).await.unwrap();
    world.app.time.move_to(t("2026-12-04T12:00:00Z"));
    add(&world, id, "user_id\nu-2\n", None).await.unwrap();
    let both = promises(&world, id).await;
    let theirs = both.iter().find(|o| o.cohort == 2).unwrap();
    assert_eq!(theirs.due_at, Some(t("2026-12-02T23:00:00Z")));
    assert_eq!(
        theirs.late,
        Some(true),
        "they were told two days after the end"
    );
    world.verified().await;
}

async fn a_time_that_cannot_be_is_refused(fresh: Fresh) {
    let (world, id) = with_people(fresh, "2026-12-03T12:00:00Z").await;
    for (at, word) in [
        ("2026-11-23T09:59:00+01:00", "before the incident itself"),
        ("2026-12-03T14:00:00+01:00", "in the future"),
        ("2026-12-03T10:00:00", "offset"),
    ] {
        let refused = add(&world, id, "user_id\nu-2\n", Some(at)).await;
        let Err(Error::Invalid(errors)) = refused else {
            panic!("{at} was taken");
        };
        assert_eq!(errors[0].field, "found_at");
        assert!(errors[0].reason.contains(word), "{}", errors[0].reason);
    }
    assert_eq!(
        promises(&world, id).await.len(),
        1,
        "nothing was half-applied"
    );
    world.verified().await;
}

async fn what_no_longer_applies_does_not_apply_to_them_either(fresh: Fresh) {
    let (world, id) = with_people(fresh, "2026-12-03T12:00:00Z").await;
    add(&world, id, "user_id\nu-2\n", Some(FOUND))
        .await
        .unwrap();
    let rule = "eu_gdpr_34";
    let applies = || async {
        let all = store::obligation::list(&world.app.db, id).await.unwrap();
        let of_rule = all.into_iter().filter(|o| o.rule == rule);
        let mut all: Vec<_> = of_rule.map(|o| (o.cohort, o.applies)).collect();
        all.sort();
        all.dedup();
        all
    };
    let say = |value: &str, reason: Option<&str>| NewAnswer {
        question: "high_risk".to_owned(),
        value: value.to_owned(),
        reason: reason.map(ToOwned::to_owned),
    };
    answer::record(&world.responder(), id, &[say("yes", None)])
        .await
        .unwrap();
    let both = |word: &str| vec![(0, word.to_owned()), (2, word.to_owned())];
    assert_eq!(applies().await, both("yes"));
    let no = say("no", Some("The files were empty."));
    answer::record(&world.responder(), id, &[no]).await.unwrap();
    assert_eq!(applies().await, both("no"));
    world.verified().await;
}
