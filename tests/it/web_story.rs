//! The story of an incident through the forms alone, without a script; and two people at once.

use duenotice::domain::access::Role;
use duenotice::store;

use crate::both_engines;
use crate::support::db::Fresh;
use crate::support::visitor::{Desk, Seen, Visitor};

const NOW: &str = "2026-11-25T09:30:00Z";

both_engines!(
    from_report_to_a_live_notice,
    two_people_edit_the_same_notice,
    a_button_that_comes_too_late_says_so,
    a_fact_with_a_mistake_keeps_what_was_typed,
    the_dashboard_shows_the_worst_first_and_updates_only_on_change,
    an_incident_is_settled_and_closed,
);

async fn report(who: &Visitor) -> Seen {
    let form = who.get("/incidents/new").await.form("/incidents/new");
    let form = form
        .set("title", "Tickets were open to everybody")
        .set("description", "An export link needed no sign-in.")
        .set("detected_at", "2026-11-23T08:00")
        .set("confidentiality", "yes")
        .tick("systems", "support")
        .tick("data_kinds", "email");
    let seen = who.send(&form).await;
    seen.is(200);
    seen.shows("The incident is recorded");
    seen
}

async fn aware(who: &Visitor, incident: &str) -> Seen {
    let path = format!("/incidents/{incident}/facts/new");
    let form = who.get(&format!("{path}?kind=aware")).await.form(&path);
    assert_eq!(form.get("kind"), "aware");
    let form = form
        .set("at", "2026-11-23T10:00")
        .set("reason", "The log was read first.");
    let seen = who.send(&form).await;
    seen.is(200);
    seen
}

async fn import(who: &Visitor, incident: &str, csv: &str) -> Seen {
    let path = format!("/incidents/{incident}/roster");
    let form = who.get(&path).await.form(&path);
    who.send_file(&form, "affected.csv", csv.as_bytes().to_vec())
        .await
}

/// Drafts a whole notice; its id.
async fn draft(who: &Visitor, incident: &str) -> String {
    let path = format!("/incidents/{incident}/notices/new");
    let mut form = who.get(&path).await.form(&path);
    for lang in ["en", "de"] {
        for name in ["what_happened", "consequences", "measures", "advice"] {
            form = form.set(&format!("{lang}.{name}"), "Something is said here.");
        }
    }
    let seen = who.send(&form).await;
    seen.is(200);
    seen.shows("The draft is saved.");
    seen.id()
}

async fn from_report_to_a_live_notice(fresh: Fresh) {
    let desk = Desk::at(fresh, NOW).await;
    let rosa = desk.signed_in("rosa", Role::Responder).await;
    let alan = desk.signed_in("alan", Role::Approver).await;
    let mara = desk.signed_in("mara", Role::Manager).await;
    let incident = report(&rosa).await.id();
    let seen = mara.get(&format!("/incidents/{incident}")).await;
    seen.shows("ANCHOR_FALLBACK");
    let seen = aware(&rosa, &incident).await;
    seen.shows("Thu 3 Dec 2026, 00:00");
    seen.shows("Thu 26 Nov 2026 not counted: Thanksgiving (US-CO)");
    assert!(!seen.html.contains("ANCHOR_FALLBACK"));
    let seen = import(&rosa, &incident, "user_id,country\nu-1,AT\nu-2,US\n").await;
    seen.is(200);
    let notice = draft(&rosa, &incident).await;
    let page = format!("/notices/{notice}");
    // Who wrote it is not offered the button, and is refused when sending it all the same.
    let approve = format!("{page}/approve");
    assert!(!rosa.get(&page).await.has_form(&approve));
    let seen = alan.get(&page).await;
    let form = seen.form(&approve);
    seen.shows(form.get("content_hash"));
    let mut stolen = form.clone();
    stolen = stolen.set("csrf", rosa.get(&page).await.form("/sign-out").get("csrf"));
    rosa.send(&stolen).await.is(403);
    alan.send(&form).await.shows("The text is approved.");
    let activate = format!("{page}/activate");
    let form = rosa.get(&page).await.form(&activate);
    let seen = rosa.send(&form).await;
    seen.shows("The notice is live for everybody on the roster.");
    let again = rosa.send(&form).await;
    again.shows("The notice is live for everybody on the roster.");
    let seen = mara.get(&format!("/incidents/{incident}")).await;
    seen.shows("Met on time");
    seen.shows("approved exactly");
    let withdraw = format!("{page}/withdraw");
    let seen = rosa.send(&rosa.get(&page).await.form(&withdraw)).await;
    seen.is(422);
    seen.shows("Reason: This cannot be empty.");
    let form = seen.form(&withdraw).set("reason", "The dates were wrong.");
    rosa.send(&form).await.shows("The notice is withdrawn");
    let checked = mara
        .send(&mara.get("/evidence").await.form("/evidence/check"))
        .await;
    checked.shows("The log holds");
    desk.world.finish().await;
}

async fn two_people_edit_the_same_notice(fresh: Fresh) {
    let desk = Desk::at(fresh, NOW).await;
    let rosa = desk.signed_in("rosa", Role::Responder).await;
    let rudi = desk.signed_in("rudi", Role::Responder).await;
    let incident = report(&rosa).await.id();
    let notice = draft(&rosa, &incident).await;
    let path = format!("/notices/{notice}/edit");
    let mine = rosa.get(&path).await.form(&path);
    let theirs = rudi.get(&path).await.form(&path);
    let changed = |form: &crate::support::html::Form, word: &str| {
        let text = form.get("en").replace("Something is said here.", word);
        form.clone().set("en", &text)
    };
    rosa.send(&changed(&mine, "Rosa was here."))
        .await
        .shows("A new version is saved.");
    let seen = rudi.send(&changed(&theirs, "Rudi was here.")).await;
    seen.is(409);
    seen.shows("Somebody else changed this notice");
    seen.shows("Rosa was here.");
    let kept = seen.form(&path);
    assert!(kept.get("en").contains("Rudi was here."));
    rudi.send(&kept).await.shows("A new version is saved.");
    // A preview saves nothing and does not hide a change of somebody else's.
    let mine = rosa.get(&path).await.form(&path);
    let preview = rosa.send(&mine.set("preview", "yes")).await;
    preview.is(200);
    preview.shows("This is a preview. Nothing was saved yet.");
}

async fn a_button_that_comes_too_late_says_so(fresh: Fresh) {
    let desk = Desk::at(fresh, NOW).await;
    let rosa = desk.signed_in("rosa", Role::Responder).await;
    let alan = desk.signed_in("alan", Role::Approver).await;
    let incident = report(&rosa).await.id();
    let notice = draft(&rosa, &incident).await;
    let page = format!("/notices/{notice}");
    let approve = alan.get(&page).await.form(&format!("{page}/approve"));
    let path = format!("{page}/edit");
    let form = rosa.get(&path).await.form(&path);
    let text = form.get("en").replace("Something", "Something else");
    rosa.send(&form.set("en", &text)).await.is(200);
    let seen = alan.send(&approve).await;
    seen.is(409);
    seen.shows("The text was changed after you opened it.");
    let again = seen.form(&format!("{page}/approve"));
    assert_ne!(again.get("content_hash"), approve.get("content_hash"));
}

async fn a_fact_with_a_mistake_keeps_what_was_typed(fresh: Fresh) {
    let desk = Desk::at(fresh, NOW).await;
    let rosa = desk.signed_in("rosa", Role::Responder).await;
    let incident = report(&rosa).await.id();
    let path = format!("/incidents/{incident}/facts/new");
    let form = rosa.get(&path).await.form(&path);
    let form = form
        .set("kind", "aware")
        .set("zone", "America/Denver")
        .set("at", "2026-11-25T10:00");
    let seen = rosa.send(&form).await;
    seen.is(422);
    seen.shows("When: This is in the future.");
    let kept = seen.form(&path);
    assert_eq!(kept.get("zone"), "America/Denver");
    assert_eq!(kept.get("at"), "2026-11-25T10:00");
    let done = kept.set("at", "2026-11-24T10:00").set("reason", "Read it.");
    let seen = rosa.send(&done).await;
    seen.shows("Tue 24 Nov 2026, 10:00");
    // A correction stands beside what was said before.
    let before = seen.html.split(": Became aware</span>").next().unwrap();
    let link = before.rsplit("/facts/").next().unwrap();
    let link = link.split('/').next().unwrap();
    let path = format!("/incidents/{incident}/facts/{}/correct", link);
    let form = rosa.get(&path).await.form(&path);
    assert_eq!(form.get("at"), "2026-11-24T10:00:00");
    let form = form.set("at", "2026-11-24T11:00");
    let seen = rosa.send(&form).await;
    seen.is(422);
    let form = seen.form(&path).set("reason", "An hour later.");
    let seen = rosa.send(&form).await;
    seen.shows("1 correction");
    seen.shows("An hour later.");
}

async fn the_dashboard_shows_the_worst_first_and_updates_only_on_change(fresh: Fresh) {
    let desk = Desk::at(fresh, NOW).await;
    let rosa = desk.signed_in("rosa", Role::Responder).await;
    let mara = desk.signed_in("mara", Role::Manager).await;
    let incident = report(&rosa).await.id();
    aware(&rosa, &incident).await;
    let seen = mara.get("/dashboard").await;
    seen.shows("5 business days, 13 h left");
    seen.shows("23 h 30 min left");
    let rows = |tag: Option<String>| {
        let url = format!("{}/dashboard/rows", mara.base);
        let request = mara.client.get(url).header("x-part", "1");
        match tag {
            Some(tag) => request.header("if-none-match", tag),
            None => request,
        }
        .send()
    };
    let first = rows(None).await.unwrap();
    let tag = first.headers()["etag"].to_str().unwrap().to_owned();
    let same = rows(Some(tag.clone())).await.unwrap();
    assert_eq!(same.status().as_u16(), 304);
    desk.world.app.time.advance(chrono::TimeDelta::hours(48));
    let out = rows(Some(tag)).await.unwrap();
    assert_eq!(out.status().as_u16(), 401);
    mara.sign_in("mara").await;
    let seen = mara.get("/dashboard").await;
    seen.shows("late by 1 d");
    let late = seen.html.find("late by").unwrap();
    assert!(late < seen.html.find("business days").unwrap());
}

async fn an_incident_is_settled_and_closed(fresh: Fresh) {
    let desk = Desk::at(fresh, NOW).await;
    let rosa = desk.signed_in("rosa", Role::Responder).await;
    let incident: duenotice::ids::IncidentId = report(&rosa).await.id().parse().unwrap();
    aware(&rosa, &incident.to_string()).await;
    let close = format!("/incidents/{incident}/close");
    let form = rosa.get(&close).await.form(&close);
    let seen = rosa.send(&form.set("reason", "Done.")).await;
    seen.is(409);
    seen.shows("still open");
    assert_eq!(seen.form(&close).get("reason"), "Done.");
    for o in store::obligation::list(&desk.world.app.db, incident)
        .await
        .unwrap()
    {
        let path = format!("/obligations/{}/settle", o.id);
        let form = rosa.get(&path).await.form(&path);
        let seen = rosa.send(&form).await;
        seen.is(422);
        seen.shows("Choose how it ended.");
        let form = seen.form(&path).set("note", "DSB 7/2026");
        let form = if o.rule == "eu_gdpr_33_1" {
            form.set("outcome", "met").set("met_at", "2026-11-24T12:00")
        } else {
            form.set("outcome", "not_required")
        };
        rosa.send(&form).await.shows("The obligation is settled.");
    }
    // What may apply counts as open until somebody accepts that it stays so.
    let seen = rosa.send(&seen.form(&close)).await;
    seen.is(409);
    seen.shows("may apply");
    let form = seen.form(&close).set("unclear_accepted", "yes");
    rosa.send(&form).await.shows("The incident is closed.");
    desk.world.finish().await;
}
