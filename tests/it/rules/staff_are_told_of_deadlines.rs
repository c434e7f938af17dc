//! The team is told when an incident is opened, when a deadline is one business day away, and when it
//! has passed unmet: once each, to each of them, and again when the deadline is computed anew.

use duenotice::mail::Outgoing;

use crate::support::db::Fresh;
use crate::support::world::{World, t};

crate::both_engines!(
    each_deadline_is_told_before_and_after_once,
    a_settled_obligation_is_not_told,
    a_new_deadline_is_a_new_cause,
    a_dropped_report_sends_nothing,
);

/// The mails about the promise of seven business days.
fn about_the_promise(mails: &[Outgoing]) -> Vec<&Outgoing> {
    mails
        .iter()
        .filter(|m| m.body.contains("7 business days"))
        .collect()
}

async fn each_deadline_is_told_before_and_after_once(fresh: Fresh) {
    let world = World::at(fresh, "2026-11-23T10:00:00Z").await;
    let incident = world.incident("2026-11-23T10:00:00+01:00").await;
    world.aware(incident, "2026-11-23T10:00:00+01:00").await;
    world.work().await;
    let mails = world.mails();
    // Some rules that may apply have a few hours only, so the open questions are told at once.
    let subjects: Vec<&str> = mails.iter().map(|m| m.subject.as_str()).collect();
    let wanted = [
        "2026-001: reported",
        "2026-001: it is not clear which rules apply",
    ];
    assert_eq!(subjects, wanted);
    let page = format!("http://127.0.0.1:8080/incidents/{incident}");
    assert!(mails[0].body.contains(&page), "{}", mails[0].body);

    // Vector P01: due 3 December, 00:00 in Vienna; the last business day begins at 23:00 UTC.
    for (now, told) in [
        ("2026-12-01T22:59:59.999Z", 0),
        ("2026-12-01T23:00:00Z", 1),
        ("2026-12-02T22:59:59.999Z", 1),
        ("2026-12-02T23:00:00Z", 2),
        ("2026-12-09T23:00:00Z", 2),
    ] {
        world.app.time.move_to(t(now));
        world.work().await;
        world.work().await;
        let mails = world.mails();
        assert_eq!(about_the_promise(&mails).len(), told, "{now}: {mails:?}");
    }
    let mails = world.mails();
    let [near, passed] = about_the_promise(&mails)[..] else {
        panic!("{mails:?}")
    };
    assert_eq!(
        near.subject,
        "2026-001: a deadline is one business day away"
    );
    assert_eq!(passed.subject, "2026-001: a deadline has passed");
    let due = "Due before Thursday 3 December 2026, 00:00 (Europe/Vienna),\n\
               which is Wednesday 2 December 2026, 23:00 UTC.";
    assert!(near.body.contains(due), "{}", near.body);
    assert!(near.body.contains(&page), "{}", near.body);
    for mail in &mails {
        assert!(
            !mail.body.contains("customer accounts"),
            "no title in a mail"
        );
    }
    world.finish().await;
}

async fn a_settled_obligation_is_not_told(fresh: Fresh) {
    let world = World::at(fresh, "2026-11-23T10:00:00Z").await;
    let incident = world.incident("2026-11-23T10:00:00+01:00").await;
    world.aware(incident, "2026-11-23T10:00:00+01:00").await;
    world.import(incident, "user_id\nu-1\n").await.unwrap();
    let notice = world.draft(incident).await;
    world.approve(&world.approver(), notice).await.unwrap();
    world.activate(notice).await.unwrap();
    world.app.time.move_to(t("2026-12-09T23:00:00Z"));
    world.work().await;
    assert_eq!(about_the_promise(&world.mails()).len(), 0);
    world.finish().await;
}

async fn a_new_deadline_is_a_new_cause(fresh: Fresh) {
    let world = World::at(fresh, "2026-12-02T08:00:00Z").await;
    let incident = world.incident("2026-11-23T10:00:00+01:00").await;
    // Nothing but the detection is recorded: counted from there, it is the last day.
    world.work().await;
    assert_eq!(about_the_promise(&world.mails()).len(), 1);
    world.aware(incident, "2026-11-24T10:00:00+01:00").await;
    world.work().await;
    assert_eq!(about_the_promise(&world.mails()).len(), 1);
    world.app.time.move_to(t("2026-12-03T08:00:00Z"));
    world.work().await;
    assert_eq!(about_the_promise(&world.mails()).len(), 2);
    world.finish().await;
}

async fn a_dropped_report_sends_nothing(fresh: Fresh) {
    let world = World::at(fresh, "2026-11-23T10:00:00Z").await;
    let mut report = World::report("2026-11-23T10:00:00+01:00");
    report.title.clear();
    let refused = duenotice::service::incident::report(&world.responder(), &report).await;
    assert!(refused.is_err());
    world.finish().await;
    assert_eq!(world.mails(), []);
}
