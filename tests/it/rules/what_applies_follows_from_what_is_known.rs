//! A rule whose question nobody has answered counts as open; an answer decides, a new answer wants a
//! reason, and each controller owes for itself.

use std::collections::BTreeSet;

use duenotice::domain::condition::Missing;
use duenotice::error::Error;
use duenotice::ids::IncidentId;
use duenotice::service::answer::{self, NewAnswer};
use duenotice::service::obligation::{self as service, Decide, Settle};
use duenotice::store;
use duenotice::store::obligation::{Obligation, Outcome};

use crate::support::db::Fresh;
use crate::support::world::{World, t};

crate::both_engines!(
    nothing_unknown_is_read_as_no,
    no_state_is_open_where_nobody_lives_in_the_country,
    a_threshold_is_met_and_missed,
    a_presumption_holds_until_it_is_rebutted,
    each_controller_owes_for_itself,
    a_decision_has_a_name_and_a_reason,
    bad_answers_are_refused,
);

async fn rows(world: &World, incident: IncidentId, rule: &str) -> Vec<Obligation> {
    let all = store::obligation::list(&world.app.db, incident)
        .await
        .unwrap();
    all.into_iter().filter(|o| o.rule == rule).collect()
}

fn say(question: &str, value: &str, reason: Option<&str>) -> NewAnswer {
    NewAnswer {
        question: question.to_owned(),
        value: value.to_owned(),
        reason: reason.map(ToOwned::to_owned),
    }
}

async fn tell(world: &World, incident: IncidentId, answers: &[NewAnswer]) {
    answer::record(&world.responder(), incident, answers)
        .await
        .unwrap();
}

async fn reported(fresh: Fresh) -> (World, IncidentId) {
    let world = World::at(fresh, "2026-11-24T08:00:00Z").await;
    let incident = world.incident("2026-11-23T10:00:00+01:00").await;
    world.aware(incident, "2026-11-23T10:00:00+01:00").await;
    (world, incident)
}

async fn nothing_unknown_is_read_as_no(fresh: Fresh) {
    let (world, incident) = reported(fresh).await;
    assert!(
        rows(&world, incident, "us_tx_521_053.resident")
            .await
            .is_empty()
    );
    let unclear = store::unclear::find(&world.app.db, incident)
        .await
        .unwrap()
        .unwrap();
    assert!(
        unclear.duties > 50 && unclear.due_at.is_some(),
        "{unclear:?}"
    );
    let open = answer::open_questions(&world.app, incident).await.unwrap();
    let texas = open
        .iter()
        .find(|one| answer::question_of(&one.missing).as_deref() == Some("people(US-TX)"))
        .unwrap();
    assert!(
        texas.rules.contains("us_tx_521_053.ag"),
        "{:?}",
        texas.rules
    );

    // An answer about a group is an answer: the question is no longer asked.
    let asked = |open: &[answer::OpenQuestion], question: &str| {
        let mut all = open
            .iter()
            .filter_map(|one| answer::question_of(&one.missing));
        all.any(|one| one == question)
    };
    assert!(asked(&open, "people(CH)"), "{open:?}");
    tell(&world, incident, &[say("people(any)", "0", None)]).await;
    let open = answer::open_questions(&world.app, incident).await.unwrap();
    assert!(
        !open
            .iter()
            .any(|one| matches!(one.missing, Missing::People(_))),
        "{open:?}"
    );
    world.verified().await;
}

async fn no_state_is_open_where_nobody_lives_in_the_country(fresh: Fresh) {
    let (world, incident) = reported(fresh).await;
    let unclear = store::unclear::find(&world.app.db, incident)
        .await
        .unwrap()
        .unwrap();
    // Nobody lives there: no longer open, and no row.
    tell(&world, incident, &[say("people(US)", "0", None)]).await;
    let fewer = store::unclear::find(&world.app.db, incident)
        .await
        .unwrap()
        .unwrap();
    assert!(
        fewer.duties < unclear.duties,
        "{} < {}",
        fewer.duties,
        unclear.duties
    );
    assert!(
        rows(&world, incident, "us_tx_521_053.resident")
            .await
            .is_empty()
    );
    world.verified().await;
}

async fn a_threshold_is_met_and_missed(fresh: Fresh) {
    let (world, incident) = reported(fresh).await;
    let known = [
        say("us_personal_information", "yes", None),
        say("people(US-TX)", "250", None),
    ];
    tell(&world, incident, &known).await;
    let ag = rows(&world, incident, "us_tx_521_053.ag").await;
    assert_eq!(ag.len(), 2, "one for each controller");
    // Nothing is determined yet: 30 days from the detection, 23 November in Texas, end with 23
    // December, 24:00 in Chicago.
    assert!(
        ag.iter()
            .all(|o| o.due_at == Some(t("2026-12-24T06:00:00Z"))),
        "{ag:?}"
    );
    assert!(ag.iter().all(|o| o.applies == "yes"));

    let why = Some("The list was counted again.");
    tell(&world, incident, &[say("people(US-TX)", "249", why)]).await;
    let ag = rows(&world, incident, "us_tx_521_053.ag").await;
    assert!(ag.iter().all(|o| o.applies == "no"), "{ag:?}");
    let resident = rows(&world, incident, "us_tx_521_053.resident").await;
    assert!(resident.iter().all(|o| o.applies == "yes"));
    let open = store::obligation::open(&world.app.db, 1_000).await.unwrap();
    assert!(
        !open.iter().any(|o| o.rule == "us_tx_521_053.ag"),
        "it is on no list of open ones"
    );
    world.verified().await;
}

async fn a_presumption_holds_until_it_is_rebutted(fresh: Fresh) {
    let (world, incident) = reported(fresh).await;
    let rule = "eu_gdpr_33_1";
    let due = t("2026-11-26T09:00:00Z");
    for o in rows(&world, incident, rule).await {
        assert_eq!((o.applies.as_str(), o.due_at), ("yes", Some(due)));
    }
    tell(&world, incident, &[say("risk_unlikely", "yes", None)]).await;
    for o in rows(&world, incident, rule).await {
        assert_eq!(o.applies, "no");
        let why = o.applies_why.unwrap();
        assert!(why.contains("risk_unlikely"), "{why}");
    }
    let again = say(
        "risk_unlikely",
        "no",
        Some("A copy was found on a public site."),
    );
    tell(&world, incident, &[again]).await;
    let back = rows(&world, incident, rule).await;
    assert!(
        back.iter()
            .all(|o| o.applies == "yes" && o.due_at == Some(due)),
        "{back:?}"
    );
    // The same computation is not kept twice.
    for o in back {
        let kept = store::obligation::deadlines(&world.app.db, o.id)
            .await
            .unwrap();
        let results: BTreeSet<&str> = kept.iter().map(|c| c.result.as_str()).collect();
        assert_eq!(results.len(), kept.len(), "{kept:?}");
        assert_eq!(kept.len(), 2, "from the detection, then from awareness");
    }
    world.verified().await;
}

async fn each_controller_owes_for_itself(fresh: Fresh) {
    let (world, incident) = reported(fresh).await;
    let both = rows(&world, incident, "eu_gdpr_33_1").await;
    let mut who: Vec<&str> = both.iter().map(|o| o.controller.as_str()).collect();
    who.sort_unstable();
    assert_eq!(who, ["INC", "KG"]);
    let promise = rows(&world, incident, "policy_promise_7bd").await;
    let who: Vec<&str> = promise.iter().map(|o| o.controller.as_str()).collect();
    assert_eq!(who, [""], "one notice meets the promise for both");

    let vienna = both.iter().find(|o| o.controller == "KG").unwrap();
    let settle = Settle {
        outcome: Outcome::Met,
        met_at: Some("2026-11-24T08:00:00+01:00".to_owned()),
        zone: "Europe/Vienna".to_owned(),
        note: "D124.456".to_owned(),
        version: vienna.version,
    };
    service::settle(&world.approver(), vienna.id, &settle)
        .await
        .unwrap();
    for o in rows(&world, incident, "eu_gdpr_33_1").await {
        assert_eq!(o.outcome.is_some(), o.controller == "KG");
    }
    world.verified().await;
}

async fn a_decision_has_a_name_and_a_reason(fresh: Fresh) {
    let (world, incident) = reported(fresh).await;
    let o = rows(&world, incident, "eu_gdpr_33_1").await.remove(0);
    assert_eq!(o.decision, None, "undecided");
    let mut decide = Decide {
        rationale: " ".to_owned(),
        version: o.version,
    };
    let refused = service::decide(&world.approver(), o.id, &decide).await;
    assert!(matches!(refused, Err(Error::Invalid(e)) if e[0].field == "rationale"));
    decide.rationale = "A risk cannot be excluded.".to_owned();
    service::decide(&world.approver(), o.id, &decide)
        .await
        .unwrap();
    let decided = store::obligation::find(&world.app.db, o.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(decided.decision.as_deref(), Some("required"));
    assert_eq!(decided.decided_by.as_deref(), Some("Anton"));
    assert_eq!(decided.outcome, None, "deciding is not doing");
    // Somebody who looked at the state before is told.
    let stale = service::decide(&world.approver(), o.id, &decide).await;
    assert!(matches!(stale, Err(Error::Conflict(_))));
    world.verified().await;
}

async fn bad_answers_are_refused(fresh: Fresh) {
    let (world, incident) = reported(fresh).await;
    tell(&world, incident, &[say("risk_unlikely", "no", None)]).await;
    for (question, value, word) in [
        ("risk_unlikely", "perhaps", "yes or no"),
        ("risk_unlikely", "yes", "Give the reason"),
        ("no_such_question", "yes", "There is no question"),
        ("people(US-TX)", "many", "not a number of people"),
        ("people(US-TX)", "300-100", "not a number of people"),
        ("people(Texas)", "3", "no place"),
    ] {
        let said = [say("high_risk", "yes", None), say(question, value, None)];
        let refused = answer::record(&world.responder(), incident, &said).await;
        let Err(Error::Invalid(errors)) = refused else {
            panic!("{question}={value} was taken");
        };
        assert!(errors.iter().any(|e| e.reason.contains(word)), "{errors:?}");
    }
    let kept = store::answer::list(&world.app.db, incident).await.unwrap();
    assert_eq!(kept.len(), 1, "all of them or none");
    assert!(
        answer::record(&world.responder(), incident, &[])
            .await
            .is_err()
    );
    world.verified().await;
}
