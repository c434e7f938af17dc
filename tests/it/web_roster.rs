//! Importing who is affected, and asking whether one person is, as a browser without a script does.

use std::sync::Arc;

use duenotice::domain::access::Role;
use duenotice::store;

use crate::both_engines;
use crate::support::db::Fresh;
use crate::support::html::Form;
use crate::support::visitor::{Desk, PASSWORD, Visitor};
use crate::support::world::World;

const NOW: &str = "2026-11-25T09:30:00Z";
const DETECTED: &str = "2026-11-23T09:00:00+01:00";

both_engines!(
    good_rows_are_taken_and_bad_ones_come_back_as_a_file,
    what_is_wrong_with_a_file_stands_beside_its_field,
    a_file_over_the_limit_is_refused_in_a_sentence,
    a_session_that_ended_asks_for_the_file_again,
    one_person_is_looked_up_and_the_question_is_logged,
    who_may_not_import_sees_the_numbers_and_no_rows,
);

async fn form(who: &Visitor, here: &str) -> Form {
    let page = who.get(here).await;
    page.is(200);
    page.form(here).set("site", "shop")
}

async fn good_rows_are_taken_and_bad_ones_come_back_as_a_file(fresh: Fresh) {
    let desk = Desk::at(fresh, NOW).await;
    let rosa = desk.signed_in("rosa", Role::Responder).await;
    let incident = desk.world.incident(DETECTED).await;
    let here = format!("/incidents/{incident}/roster");
    rosa.get(&here)
        .await
        .shows("Nobody is on the roster of this incident yet.");
    let file = "user_id,country,state\n\
                u-1,AT,\n\
                u-2,US,CO\n\
                =1+1,Austria,\n\
                u-3,US,XX\n";
    let sent = form(&rosa, &here).await;
    let seen = rosa.send_file(&sent, "people.csv", file.into()).await;
    seen.is(200);
    assert!(
        seen.path.starts_with(&format!("{here}/imports/")),
        "{}",
        seen.path
    );
    seen.shows("2 rejected");
    seen.shows("The country \"Austria\" is not a code of two letters");
    seen.shows("people.csv, 4 rows");
    // Sent once more, by a second press: nothing more happens.
    let twice = rosa.send_file(&sent, "people.csv", file.into()).await;
    assert_eq!(twice.path, seen.path);

    let url = format!("{}{}/rejected.csv", desk.base, seen.path);
    let answer = rosa.client.get(url).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "text/csv; charset=utf-8");
    assert!(header("content-disposition").starts_with("attachment;"));
    assert_eq!(header("cache-control"), "no-store");
    let text = answer.text().await.unwrap();
    assert!(text.starts_with("line,reason,raw\r\n4,"), "{text}");
    assert!(text.contains("\"'=1+1,Austria,\""), "{text}");
    assert_eq!(text.lines().count(), 3, "{text}");

    // The same file as another request: it says that it was there before.
    let sent = form(&rosa, &here).await;
    let again = rosa.send_file(&sent, "people.csv", file.into()).await;
    assert_eq!(again.path, format!("{}?repeated=true", seen.path));
    again.shows("This very file was imported before, so nothing changed.");
    let page = rosa.get(&here).await;
    page.shows("2 people are");
    page.shows("1. people.csv");
    page.shows("CO");
    desk.world.verified().await;
}

async fn what_is_wrong_with_a_file_stands_beside_its_field(fresh: Fresh) {
    let desk = Desk::at(fresh, NOW).await;
    let rosa = desk.signed_in("rosa", Role::Responder).await;
    let incident = desk.world.incident(DETECTED).await;
    let here = format!("/incidents/{incident}/roster");
    let sent = form(&rosa, &here).await;
    let seen = rosa.send_file(&sent, "x.csv", "name\nAnna\n".into()).await;
    seen.is(422);
    seen.shows("\"name\" is none of them");
    seen.shows("Browsers do not keep a file: choose it again.");
    assert_eq!(seen.form(&here).get("site"), "shop");
    let none = rosa.send_file(&seen.form(&here), "", Vec::new()).await;
    none.is(422);
    none.shows("Choose a file.");
    let elsewhere = none.form(&here).set("site", "nowhere");
    let seen = rosa
        .send_file(&elsewhere, "x.csv", "user_id\na\n".into())
        .await;
    seen.is(422);
    seen.shows("There is no site \"nowhere\".");
    let held = form(&rosa, &here).await.set("csrf", "made up");
    let seen = rosa.send_file(&held, "x.csv", "user_id\na\n".into()).await;
    seen.is(200);
    seen.shows("so nothing was done yet");
    let persons = store::incident::find(&desk.world.app.db, incident).await;
    assert_eq!(persons.unwrap().unwrap().persons, 0);
    let gone = format!("/incidents/{}/roster", uuid::Uuid::nil());
    rosa.get(&gone).await.is(404);
}

async fn a_file_over_the_limit_is_refused_in_a_sentence(fresh: Fresh) {
    let mut world = World::at(fresh, NOW).await;
    let config = Arc::get_mut(&mut world.app.config).unwrap();
    config.upload_max_bytes = 1 << 20;
    let desk = Desk::of(world).await;
    let rosa = desk.signed_in("rosa", Role::Responder).await;
    let incident = desk.world.incident(DETECTED).await;
    let here = format!("/incidents/{incident}/roster");
    rosa.get(&here).await.shows("at most 1 MiB.");
    let sent = form(&rosa, &here).await;
    // Far over it, too: the browser must be able to finish sending before it listens.
    for mib in [1, 12] {
        let file = vec![b'x'; (mib << 20) + 1];
        let seen = rosa.send_file(&sent, "big.csv", file).await;
        seen.is(413);
        seen.shows("The file is larger than 1048576 bytes.");
        assert!(seen.has_form(&here));
    }
    // More than an ordinary form may hold, and less than the limit for files.
    let mut file = b"user_id\n".to_vec();
    for n in 0..90_000 {
        file.extend(format!("u-{n:06}\n").bytes());
    }
    let seen = rosa.send_file(&sent, "ok.csv", file).await;
    seen.is(200);
    seen.shows("90,000");
}

async fn a_session_that_ended_asks_for_the_file_again(fresh: Fresh) {
    let desk = Desk::at(fresh, NOW).await;
    let rosa = desk.signed_in("rosa", Role::Responder).await;
    let incident = desk.world.incident(DETECTED).await;
    let here = format!("/incidents/{incident}/roster");
    let sent = form(&rosa, &here).await;
    desk.world.app.time.advance(chrono::TimeDelta::hours(13));
    let asked = rosa.send_file(&sent, "x.csv", "user_id\na\n".into()).await;
    asked.is(403);
    let again = asked
        .form("/sign-in")
        .set("email", "rosa@example.org")
        .set("password", PASSWORD);
    let back = rosa.send(&again).await;
    back.is(200);
    back.shows("Browsers do not keep a file: choose it again.");
    let seen = rosa
        .send_file(&back.form(&here), "x.csv", "user_id\na\n".into())
        .await;
    seen.shows("All taken");
}

async fn one_person_is_looked_up_and_the_question_is_logged(fresh: Fresh) {
    let desk = Desk::at(fresh, NOW).await;
    let anton = desk.signed_in("anton", Role::Approver).await;
    let incident = desk.world.incident(DETECTED).await;
    let file = "user_id,email,country\nu-1,anna@example.org,AT\n";
    desk.world.import(incident, file).await.unwrap();
    let here = format!("/incidents/{incident}/people/ask");
    let page = anton.get(&here).await;
    page.shows("The question itself is written to the evidence log");
    let seen = anton.send(&page.form(&here)).await;
    seen.is(422);
    assert!(seen.html.contains("aria-invalid=\"true\""));
    let yes = seen.form(&here).set("value", "u-1");
    let seen = anton.send(&yes).await;
    seen.is(200);
    assert_eq!(seen.path, here);
    seen.shows("Yes: the person with the account id");
    seen.shows("A file put the person on the roster");
    seen.shows("anna@example.org");
    seen.shows("No notice of this incident was served to this person.");
    // Asked again with the same form, it is answered and logged again.
    anton.send(&yes).await.shows("Yes: ");
    let no = anton.send(&seen.form(&here).set("value", "U-1")).await;
    no.shows("No: nobody with the account id");
    // By her address she is found too; by another one nobody is, and that says little.
    let mail = seen.form(&here).set("kind", "email");
    let found = anton
        .send(&mail.clone().set("value", "Anna@Example.org"))
        .await;
    found.shows("Yes: the person with the e-mail address");
    let mail = anton.send(&mail.set("value", "ben@example.org")).await;
    mail.shows("Ask by the account id too.");
    let log = anton.get("/evidence").await.html;
    assert_eq!(log.matches("the answer was yes").count(), 3);
    assert_eq!(log.matches("the answer was no").count(), 2);
    assert!(!log.contains("u-1"));
    desk.world.verified().await;
}

async fn who_may_not_import_sees_the_numbers_and_no_rows(fresh: Fresh) {
    let desk = Desk::at(fresh, NOW).await;
    let mara = desk.signed_in("mara", Role::Manager).await;
    let rita = desk.signed_in("rita", Role::Reporter).await;
    let incident = desk.world.incident(DETECTED).await;
    let file = "user_id,country\nu-1,AT\nsecret-user,Austria\n";
    let done = desk.world.import(incident, file).await.unwrap();
    let here = format!("/incidents/{incident}/roster");
    let seen = mara.get(&here).await;
    seen.is(200);
    seen.shows("1 person is");
    assert!(!seen.has_form(&here));
    assert!(!seen.html.contains("/people/ask"));
    let import = format!("{here}/imports/{}", done.id);
    let seen = mara.get(&import).await;
    seen.shows("A responder can read them");
    assert!(!seen.html.contains("secret-user"));
    mara.get(&format!("{import}/rejected.csv")).await.is(403);
    mara.get(&format!("/incidents/{incident}/people/ask"))
        .await
        .is(403);
    let forged = Form {
        action: here.clone(),
        fields: seen.form("/sign-out").fields,
    };
    let refused = mara
        .send_file(&forged, "x.csv", "user_id\nu-9\n".into())
        .await;
    refused.is(403);
    refused.shows("You may not import affected people: your role is manager.");
    rita.get(&here).await.is(403);
    // An import of another incident does not stand under this one.
    let other = desk.world.incident(DETECTED).await;
    let wrong = format!("/incidents/{other}/roster/imports/{}", done.id);
    mara.get(&wrong).await.is(404);
}
