//! Maryland's Attorney General is told before the residents, New Jersey's State Police before the
//! customers: once those were told, whoever should have come first is late, whatever its own period.

use duenotice::domain::deadline::{Deadline, Flag};
use duenotice::ids::IncidentId;
use duenotice::service::answer::{self, NewAnswer};
use duenotice::service::obligation::{self as service, Settle};
use duenotice::service::order;
use duenotice::store;
use duenotice::store::obligation::{Obligation, Outcome};

use crate::support::db::Fresh;
use crate::support::world::{World, t};

crate::both_engines!(
    after_the_residents_it_is_late,
    before_the_residents_it_is_in_time,
    whoever_activates_a_notice_is_told,
);

const RESIDENTS: &str = "us_state_md.resident";
const GENERAL: &str = "us_state_md.regulator";

async fn incident(fresh: Fresh) -> (World, IncidentId) {
    let world = World::at(fresh, "2026-12-10T12:00:00Z").await;
    let id = world.incident("2026-11-23T10:00:00+01:00").await;
    world.aware(id, "2026-11-23T10:00:00+01:00").await;
    let said = [
        ("us_personal_information", "yes"),
        ("people(US-MD)", "5"),
        ("people(US-NJ)", "3"),
    ];
    let said = said.map(|(question, value)| NewAnswer {
        question: question.to_owned(),
        value: value.to_owned(),
        reason: None,
    });
    answer::record(&world.responder(), id, &said).await.unwrap();
    (world, id)
}

async fn row(world: &World, id: IncidentId, rule: &str) -> Obligation {
    let all = store::obligation::list(&world.app.db, id).await.unwrap();
    all.into_iter()
        .find(|o| o.rule == rule && o.controller == "INC")
        .unwrap()
}

async fn done(world: &World, id: IncidentId, rule: &str, at: &str) -> Obligation {
    let settle = Settle {
        outcome: Outcome::Met,
        met_at: Some(at.to_owned()),
        zone: "America/New_York".to_owned(),
        note: "Letter 7".to_owned(),
        version: row(world, id, rule).await.version,
    };
    let o = row(world, id, rule).await;
    service::settle(&world.approver(), o.id, &settle)
        .await
        .unwrap();
    row(world, id, rule).await
}

async fn after_the_residents_it_is_late(fresh: Fresh) {
    let (world, id) = incident(fresh).await;
    // 45 days from the detection on 23 November end with 7 January, 24:00 in Maryland; the Attorney
    // General, for whom the law has no number, must come before.
    let end = Some(t("2027-01-08T05:00:00Z"));
    assert_eq!(row(&world, id, RESIDENTS).await.due_at, end);
    assert_eq!(row(&world, id, GENERAL).await.due_at, end);

    done(&world, id, RESIDENTS, "2026-12-08T10:00:00-05:00").await;
    let general = row(&world, id, GENERAL).await;
    assert_eq!(general.due_at, Some(t("2026-12-08T15:00:00Z")));
    assert_eq!(general.bound.as_deref(), Some("before"));
    let kept = store::obligation::deadlines(&world.app.db, general.id)
        .await
        .unwrap();
    let kept = kept
        .iter()
        .find(|c| Some(c.id) == general.deadline_id)
        .unwrap();
    let deadline: Deadline = serde_json::from_str(&kept.result).unwrap();
    assert!(deadline.flags.contains(&Flag::FromOrder));
    assert!(deadline.target <= Some(deadline.due));
    let general = done(&world, id, GENERAL, "2026-12-09T10:00:00-05:00").await;
    assert_eq!(general.late, Some(true));
    world.verified().await;
}

async fn before_the_residents_it_is_in_time(fresh: Fresh) {
    let (world, id) = incident(fresh).await;
    let general = done(&world, id, GENERAL, "2026-12-08T09:00:00-05:00").await;
    assert_eq!(general.late, Some(false));
    done(&world, id, RESIDENTS, "2026-12-08T10:00:00-05:00").await;
    assert_eq!(
        row(&world, id, GENERAL).await.late,
        Some(false),
        "it is frozen"
    );
    world.verified().await;
}

async fn whoever_activates_a_notice_is_told(fresh: Fresh) {
    let (world, id) = incident(fresh).await;
    let list = || store::obligation::list(&world.app.db, id);
    let said = order::before_people_are_told(&world.app.catalog, &list().await.unwrap());
    assert!(
        said.iter().any(|one| one.contains("State Police")),
        "{said:?}"
    );
    done(
        &world,
        id,
        "us_state_nj.regulator",
        "2026-12-08T09:00:00-05:00",
    )
    .await;
    let other: Vec<_> = list()
        .await
        .unwrap()
        .into_iter()
        .filter(|o| o.controller == "INC")
        .collect();
    let said = order::before_people_are_told(&world.app.catalog, &other);
    assert!(
        !said.iter().any(|one| one.contains("State Police")),
        "{said:?}"
    );
    assert!(!said.is_empty(), "Maryland is still open");
    world.finish().await;
}
