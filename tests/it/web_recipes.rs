//! From lists to a roster and to the reasons for one person, as a browser without a script does: writing
//! a recipe, counting with it, making it the roster, asking about somebody, keeping identifiers apart.

use duenotice::domain::access::Role;
use duenotice::ids::{IncidentId, RunId};
use duenotice::service::recipe;
use duenotice::service::source::About;

use crate::both_engines;
use crate::sources::{about, read, received};
use crate::support::db::Fresh;
use crate::support::html::Form;
use crate::support::visitor::{Desk, Seen, Visitor};
use crate::support::world::World;

const NOW: &str = "2026-11-25T09:30:00Z";
const DETECTED: &str = "2026-11-23T09:00:00+01:00";

both_engines!(
    a_recipe_is_built_checked_and_saved_without_a_script,
    a_recipe_is_counted_and_becomes_the_roster,
    somebody_asks_about_one_person_and_sees_why,
    who_may_not_import_sees_results_and_changes_nothing,
);

/// u-1 and u-2 are registered; of u-3 nobody knows since when. Line 1 names the columns.
const ACCOUNTS: &str = "user_id,email,country,registered_at,birth_year\n\
                        u-1,anna@mail.example,AT,2025-01-02,2015\n\
                        u-2,ben@mail.example,DE,2025-03-04,1980\n\
                        u-3,cleo@mail.example,AT,,\n";
/// Anna has an account; Dora has none.
const ORDERS: &str = "order_no,email,ordered_at\n\
                      A-1,anna@mail.example,2026-10-05\n\
                      A-2,dora@mail.example,2026-10-06\n\
                      A-3,cleo@mail.example,2026-11-06\n";

const BODY: &str = "link accounts by email\n\
                    registered = accounts where since < :to\n\
                    buyers = orders where at between 2026-10-01 and 2026-10-14\n\
                    affected = registered union buyers";

/// A world with two lists.
async fn desk(fresh: Fresh) -> (Desk, IncidentId) {
    let world = World::at(fresh, NOW).await;
    let incident = world.incident(DETECTED).await;
    let orders = About {
        name: "orders".to_owned(),
        site: String::new(),
        ..about("orders")
    };
    for (list, csv) in [(about("accounts"), ACCOUNTS), (orders, ORDERS)] {
        let source = received(&world, incident, &list, csv.as_bytes()).await;
        let source = read(&world, &source.unwrap()).await;
        assert_eq!((source.rows_taken, source.rows_rejected), (3, 0));
    }
    (Desk::of(world).await, incident)
}

fn press(form: Form, word: &str) -> Form {
    form.set("do", word)
}

async fn saved(who: &Visitor, incident: IncidentId, body: &str) -> Seen {
    let here = format!("/incidents/{incident}/recipe");
    let form = who.get(&here).await.form(&here);
    let form = form.set("body", body).set("note", "What the dump held.");
    let seen = who.send(&press(form, "save")).await;
    seen.is(200);
    seen
}

/// Counts with the newest version; gives the page of the run that is done.
async fn counted(desk: &Desk, who: &Visitor, incident: IncidentId) -> Seen {
    let new = format!("/incidents/{incident}/runs/new");
    let page = who.get(&new).await;
    let mut form = page.form(&new);
    // Only a recipe that asks for it is given a value.
    if form.fields.iter().any(|(name, _)| name == "param.to") {
        form = form.set("param.to", "2026-11-02");
    }
    done(desk, who, &who.send(&form).await).await
}

/// Lets the server do a run that was asked for.
async fn done(desk: &Desk, who: &Visitor, waiting: &Seen) -> Seen {
    waiting.is(200);
    waiting.shows("The recipe is being run");
    assert!(waiting.html.contains("http-equiv=\"refresh\""));
    let run = RunId(waiting.id().parse().unwrap());
    let part = who.get(&format!("{}/progress", waiting.path)).await;
    assert!(!part.html.contains("data-over"));
    recipe::work(&desk.world.app, run).await.unwrap();
    let part = who.get(&format!("{}/progress", waiting.path)).await;
    assert!(part.html.contains("data-over"));
    let seen = who.get(&waiting.path).await;
    seen.is(200);
    assert!(!seen.html.contains("http-equiv=\"refresh\""));
    seen
}

async fn applied(desk: &Desk, who: &Visitor, incident: IncidentId) -> Seen {
    let run = counted(desk, who, incident).await;
    let form = run.form(&run.path).set("reason", "The dump was read.");
    done(desk, who, &who.send(&form).await).await
}

async fn a_recipe_is_built_checked_and_saved_without_a_script(fresh: Fresh) {
    let (desk, incident) = desk(fresh).await;
    let rosa = desk.signed_in("rosa", Role::Responder).await;
    let people = rosa.get(&format!("/incidents/{incident}/people")).await;
    people.shows("There is no recipe yet.");
    let here = format!("/incidents/{incident}/recipe");
    assert!(people.html.contains(&format!("href=\"{here}\"")));
    let page = rosa.get(&here).await;
    page.is(200);
    page.shows("3 records");

    // A step and a link are added to the text; nothing is saved.
    let form = page
        .form(&here)
        .set("step_name", "affected")
        .set("step_first", "accounts")
        .set("step_field", "since")
        .set("step_sign", "<")
        .set("step_value", ":to")
        .set("note", "the whole table");
    let page = rosa.send(&press(form, "step")).await;
    page.is(200);
    page.shows("Added to the text, and not saved yet");
    assert_eq!(
        page.form(&here).get("body").trim(),
        "affected = accounts where since < :to"
    );
    assert_eq!(page.form(&here).get("note"), "the whole table");
    assert_eq!(page.form(&here).get("step_name"), "");
    let form = page.form(&here).set("link_source", "accounts");
    let lacking = rosa.send(&press(form.clone(), "link")).await;
    lacking.is(422);
    lacking.shows("Choose at least one kind of identifier.");
    let page = rosa
        .send(&press(form.tick("link_by", "email"), "link"))
        .await;
    assert_eq!(
        page.form(&here).get("body").trim(),
        "link accounts by email\naffected = accounts where since < :to"
    );
    page.shows("People with a record in accounts that began before :to.");
    page.shows("People are joined by records of accounts by e-mail address.");

    // What is wrong stands there with its place, and what was typed stays.
    let wrong = "affected = accounts where sinse < :to";
    let form = page.form(&here).set("body", wrong);
    let seen = rosa.send(&press(form, "check")).await;
    seen.is(200);
    seen.shows("Line 1, character 27: ");
    assert_eq!(seen.form(&here).get("body").trim(), wrong);
    assert_eq!(seen.form(&here).get("note"), "the whole table");
    let seen = rosa.send(&press(seen.form(&here), "save")).await;
    seen.is(422);
    seen.shows("Line 1, character 27: ");
    let form = seen.form(&here).set("body", BODY).set("note", "");
    let seen = rosa.send(&press(form, "save")).await;
    seen.is(422);
    seen.shows("Why this version: This cannot be empty.");
    let held = seen.form(&here).set("note", "x").set("csrf", "made up");
    let seen = rosa.send(&press(held, "save")).await;
    seen.shows("so nothing was done yet");

    let seen = rosa.send(&press(seen.form(&here), "save")).await;
    seen.is(200);
    seen.shows("The recipe is saved.");
    let people = rosa.get(&format!("/incidents/{incident}/people")).await;
    people.shows("Version 1, by rosa");
    desk.world.verified().await;
}

async fn a_recipe_is_counted_and_becomes_the_roster(fresh: Fresh) {
    let (desk, incident) = desk(fresh).await;
    let rosa = desk.signed_in("rosa", Role::Responder).await;
    let page = saved(&rosa, incident, BODY).await;
    let new = format!("/incidents/{incident}/runs/new");
    let lacking = rosa.send(&page.form(&new)).await;
    lacking.is(422);
    lacking.shows(":to: The parameter :to has no value. Give it one for this run.");
    let nonsense = lacking.form(&new).set("param.to", "yesterday");
    let nonsense = rosa.send(&nonsense).await;
    nonsense.is(422);
    nonsense.shows("\"yesterday\" is not a time.");

    // u-1 and u-2 are registered, Anna (u-1) and Dora bought: three people.
    let run = counted(&desk, &rosa, incident).await;
    run.shows("3 people are affected");
    run.shows("would come");
    run.shows("registered: ");
    run.shows("a missing value decided against 1 record");
    run.shows(
        "People with a record in orders that is dated from 1 October 2026 to 14 October 2026.",
    );
    let persons = |seen: &Seen| seen.html.contains("Roster revision");
    assert!(!persons(&run));
    let people = rosa.get(&format!("/incidents/{incident}/people")).await;
    people.shows("3 people, version 1");
    people.shows("3 new");

    // It becomes the roster only with a reason.
    let form = run.form(&run.path);
    let lacking = rosa.send(&form).await;
    lacking.is(422);
    lacking.shows("Why the roster is changed: This cannot be empty.");
    let form = lacking.form(&run.path).set("reason", "The dump was read.");
    let done = done(&desk, &rosa, &rosa.send(&form).await).await;
    done.shows("Revision 1 of the roster");
    done.shows("The dump was read.");
    assert!(!done.has_form(&done.path));
    rosa.get(&format!("/incidents/{incident}"))
        .await
        .shows("3 people");

    // The same again: no difference. Another recipe: two leave.
    let same = counted(&desk, &rosa, incident).await;
    same.shows("The roster as it stood then says the same.");
    saved(&rosa, incident, "affected = orders where at < 2026-10-06").await;
    let fewer = counted(&desk, &rosa, incident).await;
    fewer.shows("1 person is affected");
    fewer.shows("will not be shown the notice any more");
    let log = rosa.get("/evidence").await;
    log.shows("The recipe became the roster, as revision 1");
    assert!(!log.html.contains("no words"));
    desk.world.verified().await;
}

async fn somebody_asks_about_one_person_and_sees_why(fresh: Fresh) {
    let (desk, incident) = desk(fresh).await;
    let rosa = desk.signed_in("rosa", Role::Responder).await;
    let anton = desk.signed_in("anton", Role::Approver).await;
    saved(&rosa, incident, BODY).await;
    applied(&desk, &rosa, incident).await;
    let here = format!("/incidents/{incident}/people/ask");
    let split = format!("/incidents/{incident}/people/split");
    let page = anton.get(&here).await;
    page.shows("The question itself is written to the evidence log");
    let by = |kind: &str, value: &str| {
        let form = page.form(&here);
        form.set("kind", kind).set("value", value)
    };
    let wrong = anton.send(&by("email", "anna")).await;
    wrong.is(422);
    assert_eq!(wrong.form(&here).get("value"), "anna");
    assert_eq!(wrong.form(&here).get("kind"), "email");

    // Asked by the address, in another spelling, the account is found.
    let anna = anton.send(&by("email", " Anna@Mail.example ")).await;
    anna.is(200);
    assert_eq!(anna.path, here);
    anna.shows("Yes: the person with the e-mail address");
    anna.shows("u-1, account of ");
    anna.shows("may be under 13: the parent is addressed");
    anna.shows("(from the list accounts)");
    anna.shows("accounts, line 2: counts.");
    anna.shows("orders, line 2: counts.");
    anna.shows("Why these records are one person");
    assert!(!anna.has_form(&split), "an approver decides no recipe");
    let same = anton.send(&by("account", "u-1").set("site", "shop")).await;
    same.shows("Yes: the person with the account id");
    let dora = anton.send(&by("email", "dora@mail.example")).await;
    dora.shows("dora@mail.example, without an account");
    dora.shows("there is no account to sign in with");
    let cleo = anton.send(&by("email", "cleo@mail.example")).await;
    cleo.shows("No: nobody with the e-mail address");
    cleo.shows("since has no value, which decided it.");

    // Anna's account and the address are two people after all; Rosa says so, with a reason.
    let form = rosa.send(&by_rosa(&rosa, &here).await).await.form(&split);
    let lacking = rosa.send(&form).await;
    lacking.is(422);
    lacking.shows("Reason: This cannot be empty.");
    let form = lacking.form(&split).set("reason", "A neighbour ordered.");
    let seen = rosa.send(&form).await;
    seen.is(200);
    seen.shows("The two identifiers are kept apart.");
    seen.shows("A neighbour ordered.");
    let run = counted(&desk, &rosa, incident).await;
    run.shows("4 people are affected");
    // Of two decisions the later one holds.
    desk.world.app.time.advance(chrono::TimeDelta::minutes(5));
    let seen = rosa.get(&here).await;
    let back = seen.form(&split).set("reason", "It was Anna.");
    rosa.send(&back).await.shows("The decision is taken back.");
    let run = counted(&desk, &rosa, incident).await;
    run.shows("3 people are affected");

    let log = anton.get("/evidence").await;
    log.shows(
        "Somebody asked by an e-mail address whether one person is affected; the answer was yes",
    );
    log.shows("the answer was no");
    log.shows("Two identifiers are kept apart");
    assert!(!log.html.to_lowercase().contains("anna@mail"));
    desk.world.verified().await;
}

async fn by_rosa(rosa: &Visitor, here: &str) -> Form {
    let form = rosa.get(here).await.form(here);
    form.set("kind", "email").set("value", "anna@mail.example")
}

async fn who_may_not_import_sees_results_and_changes_nothing(fresh: Fresh) {
    let (desk, incident) = desk(fresh).await;
    let rosa = desk.signed_in("rosa", Role::Responder).await;
    let mara = desk.signed_in("mara", Role::Manager).await;
    let rita = desk.signed_in("rita", Role::Reporter).await;
    saved(&rosa, incident, BODY).await;
    let run = counted(&desk, &rosa, incident).await;
    let seen = mara.get(&run.path).await;
    seen.is(200);
    seen.shows("3 people are affected");
    assert!(!seen.has_form(&run.path));
    let people = mara.get(&format!("/incidents/{incident}/people")).await;
    people.shows("3 people, version 1");
    for page in ["recipe", "runs/new", "people/ask"] {
        let path = format!("/incidents/{incident}/{page}");
        assert!(!people.html.contains(&format!("href=\"{path}\"")));
        mara.get(&path).await.is(403);
        rita.get(&path).await.is(403);
    }
    rita.get(&run.path).await.is(403);
    for page in ["recipe", "runs/new", "people/ask", "people/split"] {
        let forged = Form {
            action: format!("/incidents/{incident}/{page}"),
            fields: people.form("/sign-out").fields,
        };
        mara.send(&forged).await.is(403);
    }
    let forged = Form {
        action: run.path.clone(),
        fields: people.form("/sign-out").fields,
    };
    mara.send(&forged).await.is(403);
    // A run of another incident does not stand under this one.
    let other = desk.world.incident(DETECTED).await;
    let wrong = format!("/incidents/{other}/runs/{}", run.id());
    mara.get(&wrong).await.is(404);
}
