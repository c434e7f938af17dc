//! The pages of the calendars, as a browser without a script uses them.

use duenotice::domain::access::Role;

use crate::both_engines;
use crate::support::db::Fresh;
use crate::support::visitor::Desk;

both_engines!(a_day_is_set_named_and_withdrawn, every_calendar_has_a_page);

const PROMISE: &str = "policy_promise_7bd";

async fn a_day_is_set_named_and_withdrawn(fresh: Fresh) {
    let desk = Desk::at(fresh, "2026-11-25T09:30:00Z").await;
    let incident = desk.world.incident("2026-11-23T09:00:00+01:00").await;
    desk.world
        .aware(incident, "2026-11-23T10:00:00+01:00")
        .await;
    let before = desk.world.obligation(incident, PROMISE).await.due_at;
    let rosa = desk.signed_in("rosa", Role::Responder).await;
    let page = rosa.get("/calendars/AT").await;
    page.is(200);
    page.shows("Immaculate Conception (Mariä Empfängnis)");
    page.shows("None. Days of mourning");
    let to = "/calendars/AT/overrides";
    let wrong = page
        .form(to)
        .set("date", "8.12.2026")
        .set("kind", "closed")
        .set("reason", "Day of mourning");
    let seen = rosa.send(&wrong).await;
    seen.is(422);
    seen.shows("Write it like 2026-11-27.");
    let kept = seen.form(to);
    assert_eq!(kept.get("date"), "8.12.2026");
    assert_eq!(kept.get("kind"), "closed");
    assert_eq!(kept.get("reason"), "Day of mourning");
    let seen = rosa.send(&kept.set("date", "2026-12-08")).await;
    seen.is(422);
    seen.shows("Tue 8 Dec 2026 is free by the rules of this calendar");
    let form = seen.form(to).set("date", "2026-11-27");
    let seen = rosa.send(&form).await;
    seen.is(200);
    assert_eq!(seen.path, "/calendars/AT?year=2026&done=day");
    seen.shows("The day is set");
    seen.shows("Day of mourning (closed day, entered by rosa on 2026-11-25)");
    let after = desk.world.obligation(incident, PROMISE).await.due_at;
    assert!(after > before, "{after:?} is after {before:?}");
    // The same form once more sets nothing twice.
    assert_eq!(rosa.send(&form).await.path, seen.path);

    let link = crate::support::html::tags(&seen.html)
        .into_iter()
        .filter_map(|tag| tag.get("href").map(str::to_owned))
        .find(|href| href.ends_with("/withdraw"))
        .unwrap();
    let page = rosa.get(&link).await;
    page.shows("Withdraw Fri 27 Nov 2026?");
    let seen = rosa.send(&page.form(&link)).await;
    seen.is(422);
    seen.shows("This cannot be empty.");
    let seen = rosa
        .send(&seen.form(&link).set("reason", "It was another day"))
        .await;
    seen.is(200);
    seen.shows("Withdrawn");
    seen.shows("It was another day");
    assert_eq!(
        desk.world.obligation(incident, PROMISE).await.due_at,
        before
    );

    let mara = desk.signed_in("mara", Role::Manager).await;
    let page = mara.get("/calendars/AT").await;
    page.is(200);
    assert!(!page.has_form(to), "who may not is not asked");
    let log = mara.get("/evidence").await;
    log.shows("2026-11-27 in the calendar");
    desk.world.verified().await;
}

async fn every_calendar_has_a_page(fresh: Fresh) {
    let desk = Desk::at(fresh, "2026-11-25T09:30:00Z").await;
    let mara = desk.signed_in("mara", Role::Manager).await;
    let list = mara.get("/calendars").await;
    list.is(200);
    let codes: Vec<String> = crate::support::html::tags(&list.html)
        .into_iter()
        .filter_map(|tag| {
            tag.get("href")?
                .strip_prefix("/calendars/")
                .map(str::to_owned)
        })
        .collect();
    assert_eq!(codes.len(), 200);
    for code in codes {
        mara.get(&format!("/calendars/{code}?year=2028"))
            .await
            .is(200);
    }
    mara.get("/calendars?q=vienna").await.shows("10 calendars");
    mara.get("/calendars/XX").await.is(404);
    let strange = mara.get("/calendars/AT?year=next").await;
    strange.is(200);
    strange.shows("is not one of the years 2000 to 2075");
    let first = mara.get("/calendars/AT?year=2000").await;
    assert!(!first.html.contains("year=1999") && first.html.contains("year=2001"));
}
