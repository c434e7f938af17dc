//! A day that the operator sets counts as it says from then on, in every open incident, with who set
//! it and why; a withdrawal stands beside it, and what was computed meanwhile can still be seen.

use duenotice::domain::access::Role;
use duenotice::domain::deadline::Deadline;
use duenotice::error::Error;
use duenotice::ids::{CalendarOverrideId, IncidentId};
use duenotice::service::calendar_override::{NewOverride, Withdrawal, add, current, withdraw};
use duenotice::sql;
use duenotice::store::obligation::{deadlines, find_deadline};
use duenotice::store::{Exec as _, calendar_override};

use crate::dates::day;
use crate::support::db::Fresh;
use crate::support::world::{World, t};

const PROMISE: &str = "policy_promise_7bd";

fn new(date: &str, kind: &str, reason: &str) -> NewOverride {
    NewOverride {
        date: date.to_owned(),
        kind: kind.to_owned(),
        reason: reason.to_owned(),
    }
}

async fn promise(world: &World, incident: IncidentId) -> Deadline {
    let obligation = world.obligation(incident, PROMISE).await;
    let id = obligation.deadline_id.unwrap();
    let computed = find_deadline(&world.app.db, id).await.unwrap().unwrap();
    serde_json::from_str(&computed.result).unwrap()
}

async fn it_moves_the_deadline_and_back(fresh: Fresh) {
    let world = World::at(fresh, "2026-11-25T12:00:00Z").await;
    let incident = world.incident("2026-11-23T09:00:00+01:00").await;
    world.aware(incident, "2026-11-23T10:00:00+01:00").await;
    let before = promise(&world, incident).await;
    assert_eq!(before.due, t("2026-12-03T00:00:00+01:00"), "vector P01");

    let mourning = new("2026-11-27", "proclaimed", "Day of mourning");
    let id = add(&world.responder(), "AT", &mourning).await.unwrap();
    let after = promise(&world, incident).await;
    assert_eq!(after.due, t("2026-12-04T00:00:00+01:00"));
    let leg = |of: &Deadline| {
        of.legs
            .iter()
            .find(|leg| leg.calendar == "AT")
            .unwrap()
            .clone()
    };
    let why = leg(&after)
        .steps
        .into_iter()
        .find(|step| step.date == day("2026-11-27"));
    assert_eq!(
        why.unwrap().why,
        "Fri 27 Nov 2026 not counted: Day of mourning (proclaimed day, entered by Rita on \
         2026-11-25) (AT)"
    );
    assert_ne!(leg(&after).calendar_hash, leg(&before).calendar_hash);

    let back = Withdrawal {
        reason: "It was proclaimed for the 30th.".to_owned(),
    };
    withdraw(&world.approver(), "AT", id, &back).await.unwrap();
    assert_eq!(promise(&world, incident).await.due, before.due);
    let again = withdraw(&world.approver(), "AT", id, &back).await;
    assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");

    let obligation = world.obligation(incident, PROMISE).await;
    let all = deadlines(&world.app.db, obligation.id).await.unwrap();
    for cause in [
        "2026-11-27 was set in the calendar AT",
        "2026-11-27 was withdrawn from the calendar AT",
    ] {
        assert!(all.iter().any(|one| one.cause == cause), "{cause}");
    }
    let rows = calendar_override::history(&world.app.db, "AT")
        .await
        .unwrap();
    assert_eq!(rows.len(), 2, "both rows stay");
    assert_eq!((rows[0].number, rows[1].number), (1, 2));
    assert_eq!(rows[1].withdraws, Some(id));
    // Withdrawn, the day can be set anew.
    add(&world.responder(), "AT", &mourning).await.unwrap();
    let then = calendar_override::in_force_at(&world.app.db, t("2026-11-25T11:00:00Z"));
    assert_eq!(then.await.unwrap(), []);
    world.verified().await;
}

async fn a_saturday_can_be_worked(fresh: Fresh) {
    let world = World::at(fresh, "2026-11-25T12:00:00Z").await;
    let incident = world.incident("2026-11-23T09:00:00+01:00").await;
    world.aware(incident, "2026-11-23T10:00:00+01:00").await;
    let worked = new("2026-11-28", "open", "Worked for Christmas Eve");
    add(&world.responder(), "AT", &worked).await.unwrap();
    let deadline = promise(&world, incident).await;
    assert_eq!(deadline.due, t("2026-12-02T00:00:00+01:00"));
    let calendars = current(&world.app).await.unwrap();
    let at = calendars.get("AT").unwrap();
    assert_eq!(at.is_business_day(day("2026-11-28")), Ok(true));
    assert_eq!(
        at.opened(day("2026-11-28")),
        Some("Worked for Christmas Eve (open day, entered by Rita on 2026-11-25)")
    );
    // Nothing else changed: not the other calendars, not those that extend this one.
    let state = calendars.get("AT-9").unwrap();
    assert_eq!(state.is_business_day(day("2026-11-28")), Ok(false));
    let colorado = calendars.get("US-CO").unwrap();
    let untouched = world.app.catalog.calendars().get("US-CO").unwrap();
    assert_eq!(colorado.hash(), untouched.hash());
    world.verified().await;
}

async fn what_makes_no_sense_is_refused_beside_its_field(fresh: Fresh) {
    let world = World::at(fresh, "2026-11-25T12:00:00Z").await;
    let good = new("2026-11-27", "bridge", "Bridge day");
    add(&world.responder(), "AT", &good).await.unwrap();
    for (date, kind, reason, field, words) in [
        (
            "2026-12-08",
            "closed",
            "x",
            "date",
            "free by the rules of this calendar (Immaculate",
        ),
        (
            "2026-11-29",
            "closed",
            "x",
            "date",
            "no day of the weekend is counted",
        ),
        (
            "2026-11-26",
            "open",
            "x",
            "date",
            "a business day by the rules",
        ),
        (
            "2026-11-27",
            "closed",
            "x",
            "date",
            "is set already: Bridge day (bridge day, entered by Rita",
        ),
        ("2026-11-27", "open", "x", "date", "Withdraw that first."),
        (
            "2099-01-04",
            "closed",
            "x",
            "date",
            "outside the years 2000 to 2075",
        ),
        (
            "27.11.2026",
            "closed",
            "x",
            "date",
            "Write it like 2026-11-27.",
        ),
        (
            "2026-02-30",
            "closed",
            "x",
            "date",
            "not a day that is in the calendar",
        ),
        ("", "closed", "x", "date", "There is no day here."),
        (
            "2026-11-26",
            "holiday",
            "x",
            "kind",
            "proclaimed, closed, bridge or open",
        ),
        ("2026-11-26", "", "x", "kind", "Say what the day is"),
        ("2026-11-26", "closed", "  ", "reason", "cannot be empty"),
        (
            "2026-11-26",
            "closed",
            "two\nlines",
            "reason",
            "on one line",
        ),
    ] {
        let refused = add(&world.responder(), "AT", &new(date, kind, reason)).await;
        let error = refused.unwrap_err();
        let said = error
            .reason(field)
            .unwrap_or_else(|| panic!("{date} {kind}: {error}"));
        assert!(said.contains(words), "{said}");
    }
    let unknown = add(&world.responder(), "XX", &good).await;
    assert!(matches!(unknown, Err(Error::NotFound(_))), "{unknown:?}");
    for role in [Role::Reporter, Role::Manager, Role::Administrator] {
        let denied = add(&world.person("Mara", role), "US-CO", &good).await;
        assert!(matches!(denied, Err(Error::Denied(_))), "{denied:?}");
    }
    let nothing = CalendarOverrideId(uuid::Uuid::nil());
    let gone = withdraw(&world.responder(), "AT", nothing, &Withdrawal::default()).await;
    assert!(matches!(gone, Err(Error::NotFound(_))), "{gone:?}");
    // A Saturday is a Werktag, so it can be closed although no business day is lost.
    let saturday = new("2026-11-28", "closed", "Inventory");
    add(&world.responder(), "AT", &saturday).await.unwrap();
    world.verified().await;
}

async fn nobody_changes_what_was_set(fresh: Fresh) {
    let world = World::at(fresh, "2026-11-25T12:00:00Z").await;
    let good = new("2026-11-27", "bridge", "Bridge day");
    add(&world.responder(), "AT", &good).await.unwrap();
    let mut tx = world.app.db.begin("test.change").await.unwrap();
    let changed = tx
        .command(sql!("update calendar_override set reason = 'Other'"))
        .run()
        .await;
    assert!(changed.is_err(), "the database refuses it");
}

crate::both_engines!(
    it_moves_the_deadline_and_back,
    a_saturday_can_be_worked,
    what_makes_no_sense_is_refused_beside_its_field,
    nobody_changes_what_was_set,
);
