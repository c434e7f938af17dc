//! The administrators' pages, the evidence log and the help, as a browser without a script uses them.

use duenotice::domain::access::Role;
use duenotice::http::widget::SCRIPT;
use duenotice::ids::AccountId;
use duenotice::store::{self, Exec as _};

use crate::both_engines;
use crate::support::db::Fresh;
use crate::support::visitor::{Desk, PASSWORD};

const NOW: &str = "2026-11-25T09:30:00Z";

both_engines!(
    an_account_is_made_gets_a_new_password_and_is_disabled,
    a_token_is_shown_once_works_and_is_revoked,
    a_site_gets_origins_and_keys_and_says_how_it_is_set_up,
    two_people_who_change_one_site_do_not_overwrite_each_other,
    the_log_stands_in_words_and_is_checked,
    a_changed_row_is_found_and_said,
    who_may_not_is_told_so,
    the_help_is_for_everybody,
);

async fn account_of(desk: &Desk, email: &str) -> AccountId {
    let found = store::account::find_by_email(&desk.world.app.db, email).await;
    found.unwrap().unwrap().id
}

async fn an_account_is_made_gets_a_new_password_and_is_disabled(fresh: Fresh) {
    let desk = Desk::at(fresh, NOW).await;
    let adam = desk.signed_in("adam", Role::Administrator).await;
    let page = adam.get("/accounts/new").await;
    let form = page
        .form("/accounts/new")
        .set("name", "Rosa Berger")
        .set("email", "Rosa@example.org")
        .set("role", "responder")
        .set("password", "too short");
    let seen = adam.send(&form).await;
    seen.is(422);
    seen.shows("The password has 9 characters; at least 15 are needed.");
    let kept = seen.form("/accounts/new");
    assert_eq!(kept.get("name"), "Rosa Berger");
    assert_eq!(kept.get("role"), "responder");
    assert_eq!(kept.get("password"), "");
    assert!(!seen.html.contains("too short"));
    let form = kept.set("password", PASSWORD);
    let seen = adam.send(&form).await;
    seen.is(200);
    assert_eq!(seen.path, "/accounts?done=account");
    seen.shows("Rosa Berger");
    // The same form once more makes no second account.
    assert_eq!(adam.send(&form).await.path, "/accounts?done=account");
    // Another one with the same address is refused beside the field.
    let page = adam.get("/accounts/new").await;
    let again = page
        .form("/accounts/new")
        .set("name", "Rosa")
        .set("email", "rosa@example.org")
        .set("password", PASSWORD);
    let seen = adam.send(&again).await;
    seen.is(422);
    seen.shows("There is an account with this e-mail address already.");

    let rosa = desk.visitor();
    rosa.sign_in("rosa").await;
    let id = account_of(&desk, "rosa@example.org").await;
    let page = adam.get(&format!("/accounts/{id}")).await;
    let action = format!("/accounts/{id}/password");
    let seen = adam
        .send(&page.form(&action).set("password", "short"))
        .await;
    seen.is(422);
    seen.shows("The password has 5 characters");
    let new = "another sentence as a password";
    let seen = adam.send(&seen.form(&action).set("password", new)).await;
    seen.is(200);
    seen.shows("The new password is set.");
    assert!(rosa.get("/incidents").await.path.starts_with("/sign-in"));

    let action = format!("/accounts/{id}/disable");
    let seen = adam.send(&seen.form(&action)).await;
    seen.shows("The account is disabled and its sessions have ended.");
    let seen = adam.get(&format!("/accounts/{id}")).await;
    seen.shows("Nobody can sign in with this account any more.");
    assert!(!seen.has_form(&action));
    let own = account_of(&desk, "adam@example.org").await;
    let seen = adam.get(&format!("/accounts/{own}")).await;
    seen.shows("You cannot disable your own account.");
    assert!(!seen.has_form(&format!("/accounts/{own}/disable")));
    desk.world.verified().await;
}

async fn a_token_is_shown_once_works_and_is_revoked(fresh: Fresh) {
    let desk = Desk::at(fresh, NOW).await;
    let adam = desk.signed_in("adam", Role::Administrator).await;
    let page = adam.get("/tokens/new").await;
    let form = page
        .form("/tokens/new")
        .set("name", "Ticket <system>")
        .set("days", "a year");
    let seen = adam.send(&form).await;
    seen.is(422);
    seen.shows("A token lives 1 to 366 days.");
    let kept = seen.form("/tokens/new");
    assert_eq!(kept.get("name"), "Ticket <system>");
    assert_eq!(kept.get("days"), "a year");
    let seen = adam.send(&kept.set("days", "30")).await;
    seen.is(200);
    seen.shows("It is shown this once.");
    let at = seen.html.find("data-copy>dnt_").unwrap() + "data-copy>".len();
    let token = seen.html[at..].split('<').next().unwrap().to_owned();

    let list = adam.get("/tokens").await;
    list.shows("Ticket <system>");
    list.shows("never used");
    assert!(!list.html.contains(&token));
    let call = || {
        let url = format!("{}/api/v1/incidents", desk.base);
        reqwest::Client::new().get(url).bearer_auth(&token).send()
    };
    assert_eq!(call().await.unwrap().status().as_u16(), 200);

    let all = store::api_token::list(&desk.world.app.db).await.unwrap();
    let here = format!("/tokens/{}/revoke", all[0].id);
    let page = adam.get(&here).await;
    page.shows("This cannot be undone.");
    let seen = adam.send(&page.form(&here)).await;
    assert_eq!(seen.path, "/tokens?done=revoked");
    seen.shows("Revoked");
    assert_eq!(call().await.unwrap().status().as_u16(), 401);
    assert!(!adam.get("/tokens").await.html.contains(&here));
}

const PUBLIC_KEY: &str = "-----BEGIN PUBLIC KEY-----\r\n\
    MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\r\n\
    -----END PUBLIC KEY-----\r\n";

async fn a_site_gets_origins_and_keys_and_says_how_it_is_set_up(fresh: Fresh) {
    let desk = Desk::at(fresh, NOW).await;
    let adam = desk.signed_in("adam", Role::Administrator).await;
    adam.get("/sites").await.shows("No key: no notice is shown");
    let page = adam.get("/sites/new").await;
    let form = page
        .form("/sites/new")
        .set("id", "new")
        .set("name", "Forum")
        .set(
            "origins",
            "https://forum.example/\r\n\r\nhttp://forum.example",
        )
        .set("default_lang", "de");
    let seen = adam.send(&form).await;
    seen.is(422);
    seen.shows("This id is the address of the form for a new site.");
    seen.shows("https://forum.example/ is not exactly an origin. Write https://forum.example.");
    seen.shows("http://forum.example is not https.");
    let kept = seen.form("/sites/new");
    assert!(kept.get("origins").starts_with("https://forum.example/"));
    let form = kept.set("id", "forum").set(
        "origins",
        "https://forum.example\r\n  http://localhost:3000 \r\n",
    );
    let seen = adam.send(&form).await;
    assert_eq!(seen.path, "/sites/forum?done=site");
    seen.shows("http://localhost:3000");
    seen.shows("The site has no key.");
    seen.shows(&SCRIPT.manifest.integrity);
    seen.shows(&format!(
        "{}{}",
        desk.world.app.config.public_url, SCRIPT.manifest.path
    ));

    let page = adam.get("/sites/forum/keys/new").await;
    let form = page
        .form("/sites/forum/keys/new")
        .set("kid", "2026-11")
        .set("key", "-----BEGIN PRIVATE KEY-----");
    let seen = adam.send(&form).await;
    seen.is(422);
    seen.shows("This is the private key.");
    assert!(!seen.html.contains("BEGIN PRIVATE"), "{}", seen.html);
    let form = seen.form("/sites/forum/keys/new").set("key", PUBLIC_KEY);
    let seen = adam.send(&form).await;
    assert_eq!(seen.path, "/sites/forum?done=key");
    seen.shows("kid: \"2026-11\"");
    seen.shows("\"iss\": \"forum\"");

    let to = "/sites/forum/keys/edit?kid=2026%2D11";
    assert!(seen.html.contains(to), "{}", seen.html);
    let page = adam.get(to).await;
    let form = page.form("/sites/forum/keys/edit").set("state", "retired");
    let seen = adam.send(&form).await;
    assert_eq!(seen.path, "/sites/forum?done=key");
    seen.shows("Retired");
    assert!(!seen.html.contains("/keys/edit"));
    adam.get(to).await.shows("cannot be used again");
    adam.get("/sites/forum/keys/edit?kid=none").await.is(404);
    desk.world.verified().await;
}

async fn two_people_who_change_one_site_do_not_overwrite_each_other(fresh: Fresh) {
    let desk = Desk::at(fresh, NOW).await;
    let adam = desk.signed_in("adam", Role::Administrator).await;
    let ada = desk.signed_in("ada", Role::Administrator).await;
    let here = "/sites/shop/edit";
    let first = adam.get(here).await.form(here).set("name", "Shop A");
    let second = ada.get(here).await.form(here).set("name", "Shop B");
    assert_eq!(adam.send(&first).await.path, "/sites/shop?done=site");
    let seen = ada.send(&second).await;
    seen.is(409);
    seen.shows("Somebody else changed this site");
    seen.shows("Shop A");
    let kept = seen.form(here);
    assert_eq!(kept.get("name"), "Shop B");
    let seen = ada.send(&kept).await;
    assert_eq!(seen.path, "/sites/shop?done=site");
    seen.shows("Shop B");
}

async fn the_log_stands_in_words_and_is_checked(fresh: Fresh) {
    let desk = Desk::at(fresh, NOW).await;
    let incident = desk.world.incident("2026-11-23T09:00:00+01:00").await;
    let mara = desk.signed_in("mara", Role::Manager).await;
    let seen = mara.get("/evidence").await;
    seen.is(200);
    seen.shows("mara signed in.");
    seen.shows("An account was made for mara, as Manager.");
    seen.shows("A fact was recorded: <strong>detected</strong>, ");
    assert!(seen.html.contains(&format!("/incidents/{incident}")));
    assert!(!seen.html.contains("no words"), "{}", seen.html);

    // More than a page of it.
    for _ in 0..6 {
        desk.world.incident("2026-11-23T09:00:00+01:00").await;
    }
    let newest = mara.get("/evidence").await;
    let older = |html: &str| {
        let at = html.find("/evidence?before=")?;
        html[at..].split('"').next().map(ToOwned::to_owned)
    };
    let mut seen = mara.get(&older(&newest.html).unwrap()).await;
    seen.is(200);
    seen.shows("Newest");
    // Page by page to the beginning.
    while let Some(next) = older(&seen.html).filter(|next| *next != seen.path) {
        seen = mara.get(&next).await;
    }
    seen.shows("The site <strong>shop</strong> was added");
    mara.get("/evidence?before=1")
        .await
        .shows("Nothing stands here.");

    let seen = mara.send(&newest.form("/evidence/check")).await;
    seen.is(200);
    seen.shows("The log holds");
    let report = desk.world.verified().await;
    seen.shows(&report.head);
    seen.shows("7 incidents");
    let held = newest.form("/evidence/check").set("csrf", "made up");
    mara.send(&held).await.shows("so nothing was done yet");
}

async fn a_changed_row_is_found_and_said(fresh: Fresh) {
    let desk = Desk::at(fresh, NOW).await;
    desk.world.incident("2026-11-23T09:00:00+01:00").await;
    let mara = desk.signed_in("mara", Role::Manager).await;
    let mut tx = desk.world.app.db.begin("test.change").await.unwrap();
    tx.command(duenotice::sql!(
        "update incident set title = 'Nothing happened'"
    ))
    .run()
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let page = mara.get("/evidence").await;
    let seen = mara.send(&page.form("/evidence/check")).await;
    seen.is(200);
    seen.shows("The log does not hold");
    seen.shows("1 thing does not hold.");
    seen.shows("was changed: it is not what the newest entry about it says.");
}

async fn who_may_not_is_told_so(fresh: Fresh) {
    let desk = Desk::at(fresh, NOW).await;
    let rosa = desk.signed_in("rosa", Role::Responder).await;
    let rita = desk.signed_in("rita", Role::Reporter).await;
    let page = rosa.get("/incidents").await;
    for (address, what) in [
        ("/accounts", "manage accounts"),
        ("/accounts/new", "manage accounts"),
        ("/tokens", "manage tokens"),
        ("/tokens/new", "manage tokens"),
        ("/sites", "manage sites"),
        ("/sites/new", "manage sites"),
        ("/sites/shop", "manage sites"),
        ("/sites/shop/edit", "manage sites"),
        ("/sites/shop/keys/new", "manage sites"),
        ("/sites/shop/keys/edit?kid=x", "manage sites"),
    ] {
        let seen = rosa.get(address).await;
        seen.is(403);
        seen.shows(&format!("You may not {what}: your role is responder."));
        assert!(
            !page.html.contains(&format!("href=\"{address}\"")),
            "{address}"
        );
    }
    let own = account_of(&desk, "rosa@example.org").await;
    for action in [
        "/accounts/new".to_owned(),
        format!("/accounts/{own}/password"),
        format!("/accounts/{own}/disable"),
        "/tokens/new".to_owned(),
        "/sites/new".to_owned(),
        "/sites/shop/edit".to_owned(),
        "/sites/shop/keys/new".to_owned(),
        "/sites/shop/keys/edit".to_owned(),
    ] {
        let form = crate::support::html::Form {
            action,
            fields: page.form("/sign-out").fields,
        };
        rosa.send(&form).await.is(403);
    }
    rita.get("/evidence").await.is(403);
    let page = rita.get("/incidents").await;
    let form = crate::support::html::Form {
        action: "/evidence/check".to_owned(),
        fields: page.form("/sign-out").fields,
    };
    rita.send(&form).await.is(403);
}

async fn the_help_is_for_everybody(fresh: Fresh) {
    let desk = Desk::at(fresh, NOW).await;
    let seen = desk.visitor().get("/help").await;
    seen.is(200);
    seen.shows("It does not count as notified");
    let rita = desk.signed_in("rita", Role::Reporter).await;
    rita.get("/help").await.shows("Sign out");
}
