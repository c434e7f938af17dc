//! Signing in, forms that come from elsewhere, and what was typed when a session ended.

use duenotice::domain::access::Role;
use duenotice::store;

use crate::both_engines;
use crate::support::db::Fresh;
use crate::support::visitor::{Desk, PASSWORD, Visitor};

const NOW: &str = "2026-11-25T09:30:00Z";

both_engines!(
    who_is_not_signed_in_signs_in_and_comes_back,
    a_wrong_password_says_one_sentence_and_keeps_the_address,
    what_was_typed_survives_the_end_of_the_session,
    a_form_without_the_token_is_shown_again_and_does_nothing,
    a_form_from_another_site_is_refused,
    the_same_form_sent_twice_reports_once,
    errors_keep_what_was_typed,
);

async fn report_form(rita: &Visitor) -> crate::support::html::Form {
    let page = rita.get("/incidents/new").await;
    page.is(200);
    page.form("/incidents/new")
        .set("title", "Laptop <lost> & found")
        .set("description", "Line one\r\nLine two")
        .set("detected_at", "2026-11-24T10:00")
        .set("confidentiality", "yes")
        .tick("systems", "support")
        .tick("data_kinds", "name")
        .tick("data_kinds", "email")
}

async fn incidents(desk: &Desk) -> usize {
    let all = store::incident::list(&desk.world.app.db, None, 10).await;
    all.unwrap().len()
}

async fn who_is_not_signed_in_signs_in_and_comes_back(fresh: Fresh) {
    let desk = Desk::at(fresh, NOW).await;
    desk.account("rita", Role::Reporter).await;
    let rita = desk.visitor();
    let page = rita.get("/incidents?before=x").await;
    assert!(page.path.starts_with("/sign-in?to="), "{}", page.path);
    let form = page
        .form("/sign-in")
        .set("email", " RITA@example.org ")
        .set("password", PASSWORD);
    let seen = rita.send(&form).await;
    seen.is(200);
    assert_eq!(seen.path, "/incidents?before=x");
    seen.shows("No incident was reported yet.");
    let out = rita.send(&seen.form("/sign-out")).await;
    out.shows("You are signed out.");
    assert!(rita.get("/dashboard").await.path.starts_with("/sign-in"));
    // Nobody is sent to another site.
    let page = rita.get("/sign-in?to=//evil.example/").await;
    assert_eq!(page.form("/sign-in").get("to"), "/");
}

async fn a_wrong_password_says_one_sentence_and_keeps_the_address(fresh: Fresh) {
    let desk = Desk::at(fresh, NOW).await;
    desk.account("rita", Role::Reporter).await;
    let rita = desk.visitor();
    let mut last = 0;
    for _ in 0..7 {
        let page = rita.get("/sign-in").await;
        let form = page
            .form("/sign-in")
            .set("email", "rita@example.org")
            .set("password", "wrong");
        let seen = rita.send(&form).await;
        assert_eq!(seen.form("/sign-in").get("email"), "rita@example.org");
        last = seen.status.as_u16();
        if last == 429 {
            seen.shows("Too many tries. Wait");
        } else {
            seen.shows("do not belong together");
        }
    }
    assert_eq!(last, 429);
}

async fn what_was_typed_survives_the_end_of_the_session(fresh: Fresh) {
    let desk = Desk::at(fresh, NOW).await;
    let rita = desk.signed_in("rita", Role::Reporter).await;
    let form = report_form(&rita).await;
    // The session ends while the form is open.
    desk.world.app.time.advance(chrono::TimeDelta::hours(13));
    let asked = rita.send(&form).await;
    asked.is(403);
    asked.shows("Your session has ended. Sign in, and the form comes back");
    assert_eq!(incidents(&desk).await, 0);
    let again = asked
        .form("/sign-in")
        .set("email", "rita@example.org")
        .set("password", PASSWORD);
    let back = rita.send(&again).await;
    back.is(200);
    back.shows("You are signed in again, and what you typed is below.");
    let kept = back.form("/incidents/new");
    assert_eq!(kept.get("title"), "Laptop <lost> & found");
    assert_eq!(kept.get("detected_at"), "2026-11-24T10:00");
    assert!(kept.fields.contains(&("data_kinds".into(), "email".into())));
    assert_eq!(incidents(&desk).await, 0);
    let done = rita.send(&kept).await;
    done.is(200);
    done.shows("The incident is recorded");
    assert_eq!(incidents(&desk).await, 1);
}

async fn a_form_without_the_token_is_shown_again_and_does_nothing(fresh: Fresh) {
    let desk = Desk::at(fresh, NOW).await;
    let rita = desk.signed_in("rita", Role::Reporter).await;
    for token in ["", "made up"] {
        let form = report_form(&rita).await.set("csrf", token);
        let seen = rita.send(&form).await;
        seen.is(200);
        seen.shows("so nothing was done yet");
        assert_eq!(
            seen.form("/incidents/new").get("title"),
            "Laptop <lost> & found"
        );
    }
    assert_eq!(incidents(&desk).await, 0);
}

async fn a_form_from_another_site_is_refused(fresh: Fresh) {
    let desk = Desk::at(fresh, NOW).await;
    let rita = desk.signed_in("rita", Role::Reporter).await;
    let form = report_form(&rita).await;
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ] {
        let url = format!("{}{}", rita.base, form.action);
        let request = rita.client.post(url).header(name, value);
        let answer = request.form(&form.fields).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 403, "{name}: {value}");
    }
    assert_eq!(incidents(&desk).await, 0);
}

async fn the_same_form_sent_twice_reports_once(fresh: Fresh) {
    let desk = Desk::at(fresh, NOW).await;
    let rita = desk.signed_in("rita", Role::Responder).await;
    let form = report_form(&rita).await;
    let (first, second) = tokio::join!(rita.send(&form), rita.send(&form));
    let third = rita.send(&form).await;
    assert_eq!(incidents(&desk).await, 1);
    for seen in [&first, &second] {
        assert!(seen.path == third.path || seen.status == 409, "{seen:?}");
    }
}

async fn errors_keep_what_was_typed(fresh: Fresh) {
    let desk = Desk::at(fresh, NOW).await;
    let rita = desk.signed_in("rita", Role::Reporter).await;
    let form = report_form(&rita)
        .await
        .set("title", " ")
        .set("detected_at", "2026-03-29T02:30")
        .set("occurred_from", "2026-10-25T02:30");
    let seen = rita.send(&form).await;
    seen.is(422);
    seen.shows("3 things are to be put right.");
    seen.shows("2026-03-29 02:30 did not exist in Europe/Vienna");
    seen.shows("2026-10-25 02:30 happened twice in Europe/Vienna");
    let kept = seen.form("/incidents/new");
    assert_eq!(kept.get("description"), "Line one\r\nLine two");
    assert_eq!(kept.get("detected_at"), "2026-03-29T02:30");
    assert!(kept.fields.contains(&("systems".into(), "support".into())));
    let done = kept
        .set("title", "Laptop lost")
        .set("detected_at", "2026-11-24T10:00")
        .set("occurred_from", "2026-11-23T10:00");
    rita.send(&done).await.shows("The incident is recorded");
    assert_eq!(incidents(&desk).await, 1);
}
