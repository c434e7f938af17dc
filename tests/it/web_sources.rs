//! From a list to its records, as a browser without a script does: sending it, saying what its columns
//! mean, trying it, reading it, and fetching what could not be taken.

use duenotice::domain::access::Role;
use duenotice::ids::IncidentId;
use duenotice::store;
use duenotice::store::source::Status;
use sqlx::Connection as _;

use crate::both_engines;
use crate::support::db::Fresh;
use crate::support::html::Form;
use crate::support::visitor::{Desk, PASSWORD, Seen, Visitor};
use crate::support::world::World;

const NOW: &str = "2026-11-25T09:30:00Z";
const DETECTED: &str = "2026-11-23T09:00:00+01:00";

both_engines!(
    a_list_is_sent_tried_read_and_its_bad_rows_come_back,
    what_is_wrong_keeps_what_was_entered,
    another_way_to_read_the_file_shows_other_columns,
    a_reading_is_stopped_goes_on_and_is_put_aside,
    who_may_not_import_sees_no_row,
    a_session_that_ended_asks_for_the_list_again,
    a_database_is_asked_for_a_list,
    the_profile_says_how_a_list_is_asked_for,
    the_key_of_a_closed_incident_is_destroyed,
);

const ORDERS: &str = "Order No,E-Mail,Ordered_At,Country,Plan\n\
                      A-1,anna@example.org,2026-10-01 09:12,AT,pro\n\
                      A-2,bob@example.org,2026-10-01 10:30,Austria,pro\n\
                      =1+1,chloe@example.org,2026-10-02 18:05,AT,\n\
                      A-1,anna@example.org,2026-10-03 07:44,AT,basic\n";

/// A world whose spool folder is a test's own.
async fn desk(fresh: Fresh) -> (Desk, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::at(fresh, NOW).await;
    let config = std::sync::Arc::get_mut(&mut world.app.config).unwrap();
    config.spool = folder.path().to_owned();
    (Desk::of(world).await, folder)
}

async fn received(who: &Visitor, incident: IncidentId, name: &str, file: &str) -> Seen {
    let here = format!("/incidents/{incident}/sources/new");
    let form = who.get(&here).await.form(&here).set("name", name);
    let seen = who.send_file(&form, "list.csv", file.into()).await;
    seen.is(200);
    assert!(
        seen.path
            .starts_with(&format!("/incidents/{incident}/sources/"))
    );
    seen
}

fn press(form: Form, word: &str) -> Form {
    form.set("do", word)
}

async fn source(desk: &Desk, incident: IncidentId) -> store::source::Source {
    let all = store::source::list(&desk.world.app.db, incident).await;
    all.unwrap().remove(0)
}

async fn a_list_is_sent_tried_read_and_its_bad_rows_come_back(fresh: Fresh) {
    let (desk, _folder) = desk(fresh).await;
    let rosa = desk.signed_in("rosa", Role::Responder).await;
    let incident = desk.world.incident(DETECTED).await;
    let people = format!("/incidents/{incident}/people");
    let page = rosa.get(&format!("/incidents/{incident}")).await;
    assert!(page.html.contains(&format!("href=\"{people}\"")));
    rosa.get(&people).await.shows("There is no list yet.");

    let page = received(&rosa, incident, "orders", ORDERS).await;
    let here = page.path.clone();
    page.shows("Lines of fields (CSV), separated by comma, UTF-8");
    let form = page.form(&here);
    assert_eq!(form.get("means.0"), "order");
    assert_eq!(form.get("means.1"), "email");
    assert_eq!(form.get("means.2"), "at");
    assert_eq!(form.get("means.3"), "country");
    assert_eq!(form.get("means.4"), "");
    assert_eq!(form.get("unique"), "record");
    assert_eq!(form.get("zone"), "Europe/Vienna");
    page.shows("by e-mail address, AT");
    page.shows("at 1 Oct 2026, 09:12");
    page.shows("The country \"Austria\" is not a code of two letters");
    rosa.get(&people).await.shows("Waiting for you");

    let form = form
        .set("means.4", "more.plan")
        .set("fixed.role", "customer");
    let tried = rosa.send(&press(form.clone(), "try")).await;
    tried.is(200);
    tried.shows(
        "Nothing was written or saved. All of it was read: 4 rows; 2 can be taken, 2 cannot.",
    );
    tried.shows("Country: 1 row");
    // What was entered is still there, and nothing of it was saved.
    assert_eq!(tried.form(&here).get("means.4"), "more.plan");
    assert_eq!(tried.form(&here).get("fixed.role"), "customer");
    assert_eq!(rosa.get(&here).await.form(&here).get("means.4"), "");

    let saved = rosa.send(&press(tried.form(&here), "save")).await;
    saved.shows("Saved. Nothing was read yet.");
    let saved = rosa.get(&here).await.form(&here);
    assert_eq!(saved.get("means.4"), "more.plan");
    assert_eq!(saved.get("fixed.role"), "customer");

    let way = rosa.send(&press(saved.clone(), "read")).await;
    way.is(200);
    way.shows("The rows are being read.");
    assert!(
        way.html
            .contains("<noscript><meta http-equiv=\"refresh\" content=\"2\"></noscript>")
    );
    let part = rosa.get(&format!("{here}/progress")).await;
    part.shows("The rows are being read.");
    assert!(!part.html.contains("data-over"));
    // Pressed twice, it is one reading.
    assert_eq!(rosa.send(&press(saved, "read")).await.path, here);
    desk.world.work().await;
    let part = rosa.get(&format!("{here}/progress")).await;
    assert!(part.html.contains("data-over"));

    let done = rosa.get(&here).await;
    assert!(!done.html.contains("http-equiv"));
    done.shows("What came of it");
    done.shows("attribute plan");
    done.shows("role is customer on every line");
    done.shows("3 rejected rows");
    done.shows("The same order or ticket number stands on line 2");
    rosa.get(&people).await.shows("1 taken, 3 rejected");
    let s = source(&desk, incident).await;
    assert_eq!(s.status, Status::Done);
    assert_eq!((s.rows_read, s.rows_taken, s.rows_rejected), (4, 1, 3));
    done.shows(&s.content_sha256.unwrap());

    let url = format!("{}{here}/rejected.csv", desk.base);
    let answer = rosa.client.get(url).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    let text = answer.text().await.unwrap();
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert_eq!(lines[0], "line,column,reason,row");
    assert!(lines[1].starts_with("3,Country,\"The country \"\"Austria\"\" is not"));
    assert!(lines[1].ends_with("\"A-2,bob@example.org,2026-10-01 10:30,Austria,pro\""));
    assert!(lines[2].starts_with("4,Order No,"), "{}", lines[2]);
    // No spreadsheet takes it for a formula.
    assert!(lines[2].ends_with(",\"'=1+1,chloe@example.org,2026-10-02 18:05,AT,\""));
    assert!(
        lines[3].starts_with("5,,\"The same e-mail address") || lines[3].starts_with("5,,The same")
    );
    assert_eq!(lines.len(), 5, "{text}");
    desk.world.verified().await;
}

async fn what_is_wrong_keeps_what_was_entered(fresh: Fresh) {
    let (desk, _folder) = desk(fresh).await;
    let rosa = desk.signed_in("rosa", Role::Responder).await;
    let incident = desk.world.incident(DETECTED).await;
    let new = format!("/incidents/{incident}/sources/new");
    let page = rosa.get(&format!("{new}?system=website_account")).await;
    assert_eq!(page.form(&new).get("system"), "website_account");
    page.shows("What the operator profile says about the systems");
    let form = page
        .form(&new)
        .set("name", "Orders of October")
        .set("site", "shop")
        .tick("in_system", "yes");
    let seen = rosa.send_file(&form, "list.csv", ORDERS.into()).await;
    seen.is(422);
    seen.shows("Give it a name of lower-case letters");
    seen.shows("choose it again");
    let again = seen.form(&new);
    assert_eq!(again.get("name"), "Orders of October");
    assert_eq!(again.get("system"), "website_account");
    assert_eq!(again.get("site"), "shop");
    assert_eq!(again.get("in_system"), "yes");
    let none = rosa
        .send_file(&again.clone().set("name", "orders"), "", Vec::new())
        .await;
    none.is(422);
    none.shows("Choose a file.");
    let page = rosa
        .send_file(&again.set("name", "orders"), "list.csv", ORDERS.into())
        .await;
    page.is(200);

    let here = page.path.clone();
    let form = page
        .form(&here)
        .set("means.4", "email")
        .set("phone_country", "Austria")
        .set("fixed.role", "customer");
    let seen = rosa.send(&press(form, "save")).await;
    seen.is(422);
    seen.shows("The country \"Austria\" is not a code of two letters");
    let again = seen.form(&here);
    assert_eq!(again.get("means.4"), "email");
    assert_eq!(again.get("fixed.role"), "customer");
    let seen = rosa
        .send(&press(again.set("phone_country", "at"), "save"))
        .await;
    seen.is(422);
    seen.shows("The columns \"E-Mail\" and \"Plan\" are both read as e-mail address. Choose one.");
    let beside = seen.html.find("id=\"list-means-4-error\"").unwrap();
    assert!(seen.html[beside..beside + 200].contains("are both read as"));
    // No identifier at all is about no one column.
    let form = ["means.0", "means.1", "means.4"]
        .into_iter()
        .fold(seen.form(&here), |form, name| form.set(name, ""));
    let seen = rosa.send(&press(form, "read")).await;
    seen.is(422);
    seen.shows("No column is an identifier.");
    assert_eq!(source(&desk, incident).await.status, Status::Waiting);
    // Account ids are of a site.
    let form = seen.form(&here).set("means.0", "account").set("site", "");
    let seen = rosa.send(&press(form, "read")).await;
    seen.is(422);
    seen.shows("One of the columns holds account ids. Say of which site they are.");
    // Trying it says the same as reading it.
    let form = seen.form(&here).set("fixed.exposed", "iban");
    let seen = rosa.send(&press(form, "try")).await;
    seen.is(422);
    seen.shows("One of the columns holds account ids. Say of which site they are.");
    seen.shows("\"iban\" is not a kind of data in the operator profile.");
    let beside = seen.html.find("id=\"list-fixed-exposed-error\"").unwrap();
    assert!(seen.html[beside..beside + 200].contains("iban"));
    let form = seen.form(&here).set("fixed.exposed", "email");
    let seen = rosa.send(&press(form.set("site", "shop"), "try")).await;
    seen.is(200);
    seen.shows("Nothing was written or saved.");
}

async fn another_way_to_read_the_file_shows_other_columns(fresh: Fresh) {
    let (desk, _folder) = desk(fresh).await;
    let rosa = desk.signed_in("rosa", Role::Responder).await;
    let incident = desk.world.incident(DETECTED).await;
    let page = received(
        &rosa,
        incident,
        "accounts",
        "email;since,x\na@b.example;2026-01-01,1\n",
    )
    .await;
    let here = page.path.clone();
    let form = page.form(&here);
    let by = form.get("delimiter").to_owned();
    let other = if by == "comma" { "semicolon" } else { "comma" };
    let seen = rosa
        .send(&press(form.set("delimiter", other), "read"))
        .await;
    // Whatever came of it, nothing was read before a person saw the new columns.
    assert_eq!(source(&desk, incident).await.status, Status::Waiting);
    let columns = |page: &Seen| page.form(&here).get("column.0").to_owned();
    assert_ne!(columns(&seen), columns(&page));
    assert_eq!(seen.form(&here).get("delimiter"), other);
    // Without a header the first line is a row.
    let form = received(&rosa, incident, "plain", "a@b.example,AT\nc@d.example,DE\n").await;
    let here = form.path.clone();
    let form = form.form(&here);
    let mut fields = form.clone();
    fields.fields.retain(|(name, _)| name != "header");
    let seen = rosa.send(&press(fields, "save")).await;
    let form = seen.form(&here);
    assert_eq!(form.get("column.0"), "column 1");
    let seen = rosa.send(&press(form.set("means.0", "email"), "try")).await;
    seen.shows("2 rows; 2 can be taken, 0 cannot.");
    // What cannot be read in that way says so, and loses nothing.
    let form = seen.form(&here).set("kind", "parquet");
    let seen = rosa.send(&press(form, "save")).await;
    seen.is(422);
    let form = seen.form(&here);
    assert_eq!(form.get("kind"), "parquet");
    assert_eq!(form.get("means.0"), "email");
    assert_eq!(form.get("column.0"), "column 1");
}

async fn a_reading_is_stopped_goes_on_and_is_put_aside(fresh: Fresh) {
    let (desk, _folder) = desk(fresh).await;
    let rosa = desk.signed_in("rosa", Role::Responder).await;
    let incident = desk.world.incident(DETECTED).await;
    let page = received(&rosa, incident, "orders", ORDERS).await;
    let here = page.path.clone();
    let way = rosa.send(&press(page.form(&here), "read")).await;
    let stop = way.form(&format!("{here}/stop"));
    let stopped = rosa.send(&stop).await;
    stopped.shows("rosa stopped it.");
    let twice = rosa.send(&stop).await;
    twice.is(409);
    twice.shows("orders is not being read.");
    desk.world.work().await;
    assert_eq!(source(&desk, incident).await.status, Status::Stopped);
    let held = rosa
        .send(
            &stopped
                .form(&format!("{here}/go-on"))
                .set("csrf", "made up"),
        )
        .await;
    held.shows("so nothing was done yet");
    assert_eq!(source(&desk, incident).await.status, Status::Stopped);
    let way = rosa.send(&stopped.form(&format!("{here}/go-on"))).await;
    way.shows("The rows are being read.");
    rosa.send(&way.form(&format!("{here}/stop"))).await;
    let stopped = rosa.get(&here).await;
    let aside = rosa.send(&stopped.form(&format!("{here}/put-aside"))).await;
    aside.shows("The list was put aside and its file deleted.");
    aside.shows("Put aside: ");
    rosa.get(&here).await.shows("It was put aside");
    assert!(!rosa.get(&here).await.has_form(&here));
    desk.world.verified().await;
}

async fn who_may_not_import_sees_no_row(fresh: Fresh) {
    let (desk, _folder) = desk(fresh).await;
    let rosa = desk.signed_in("rosa", Role::Responder).await;
    let mara = desk.signed_in("mara", Role::Manager).await;
    let rita = desk.signed_in("rita", Role::Reporter).await;
    let incident = desk.world.incident(DETECTED).await;
    let page = received(&rosa, incident, "orders", ORDERS).await;
    let here = page.path.clone();
    let form = page.form(&here);
    let seen = mara.get(&here).await;
    seen.shows("A responder says what its columns mean.");
    assert!(!seen.html.contains("anna@example.org"));
    assert!(!seen.has_form(&here));
    mara.get(&format!("{here}/rejected.csv")).await.is(403);
    mara.get(&format!("/incidents/{incident}/sources/new"))
        .await
        .is(403);
    mara.send(&form).await.is(403);
    rosa.send(&press(form, "read")).await.is(200);
    desk.world.work().await;
    let seen = mara.get(&here).await;
    seen.shows("A responder can read them");
    assert!(!seen.html.contains("bob@example.org"));
    mara.get(&format!("{here}/rejected.csv")).await.is(403);
    mara.get(&format!("/incidents/{incident}/people"))
        .await
        .is(200);
    rita.get(&here).await.is(403);
    rita.get(&format!("/incidents/{incident}/people"))
        .await
        .is(403);
    // A list of another incident does not stand under this one.
    let other = desk.world.incident(DETECTED).await;
    let wrong = here.replace(&incident.to_string(), &other.to_string());
    rosa.get(&wrong).await.is(404);
    rosa.get(&format!("{wrong}/rejected.csv")).await.is(404);
}

async fn a_session_that_ended_asks_for_the_list_again(fresh: Fresh) {
    let (desk, _folder) = desk(fresh).await;
    let rosa = desk.signed_in("rosa", Role::Responder).await;
    let incident = desk.world.incident(DETECTED).await;
    let new = format!("/incidents/{incident}/sources/new");
    let form = rosa.get(&new).await.form(&new).set("name", "orders");
    desk.world.app.time.advance(chrono::TimeDelta::hours(13));
    let asked = rosa.send_file(&form, "list.csv", ORDERS.into()).await;
    asked.is(403);
    let again = asked
        .form("/sign-in")
        .set("email", "rosa@example.org")
        .set("password", PASSWORD);
    let back = rosa.send(&again).await;
    back.is(200);
    back.shows("choose it again");
    assert_eq!(back.form(&new).get("name"), "orders");
    let seen = rosa
        .send_file(&back.form(&new), "list.csv", ORDERS.into())
        .await;
    seen.shows("What the columns mean");
}

async fn a_database_is_asked_for_a_list(fresh: Fresh) {
    let folder = tempfile::tempdir().unwrap();
    let shop = format!(
        "sqlite:{}?mode=rwc",
        folder.path().join("shop.db").display()
    );
    let mut db = sqlx::SqliteConnection::connect(&shop).await.unwrap();
    sqlx::raw_sql(
        "create table orders (no text, email text, at text);
         insert into orders values ('A-1', 'anna@example.org', '2026-09-30'),
            ('A-2', 'bob@example.org', '2026-10-02'), ('A-3', 'chloe@example.org', '2026-10-20')",
    )
    .execute(&mut db)
    .await
    .unwrap();
    db.close().await.unwrap();
    let file = folder.path().join("connections.toml");
    std::fs::write(&file, "").unwrap();
    private(&file);
    let mut world = World::at(fresh, NOW).await;
    let config = std::sync::Arc::get_mut(&mut world.app.config).unwrap();
    config.spool = folder.path().join("spool");
    config.connections = Some(file.clone());
    let desk = Desk::of(world).await;
    let rosa = desk.signed_in("rosa", Role::Responder).await;
    let mara = desk.signed_in("mara", Role::Manager).await;
    let incident = desk.world.incident(DETECTED).await;
    let new = format!("/incidents/{incident}/queries/new");
    mara.get(&new).await.is(403);
    // Nobody set one up.
    let page = rosa.get(&new).await;
    page.shows("No database is set up that could be asked.");
    assert!(!page.has_form(&new));

    let path = folder.path().join("shop.db");
    let text = format!("[shop]\nurl = \"sqlite:{}\"\n", path.display());
    std::fs::write(&file, text).unwrap();
    let page = rosa
        .get(&format!("/incidents/{incident}/sources/new"))
        .await;
    assert!(page.html.contains(&format!("href=\"{new}\"")));
    let sql = "select no as order_no, email, at as ordered_at from orders\n\
               where at >= :from and at < :to order by no";
    let form = rosa.get(&new).await.form(&new);
    let form = form
        .set("name", "orders")
        .set("connection", "shop")
        .set("sql", sql);
    let seen = rosa
        .send(&form.clone().set("params", "from 2026-10-01"))
        .await;
    seen.is(422);
    seen.shows("from 2026-10-01: write NAME=VALUE, such as from=2026-10-01.");
    assert_eq!(seen.form(&new).get("params").trim(), "from 2026-10-01");
    let seen = rosa
        .send(&form.clone().set("params", "from=2026-10-01"))
        .await;
    seen.is(422);
    seen.shows(":to");
    let writes = form.clone().set("sql", "delete from orders");
    let seen = rosa.send(&writes.set("params", "")).await;
    seen.is(422);
    assert_eq!(seen.form(&new).get("sql").trim(), "delete from orders");

    let good = form.set("params", "from=2026-10-01\r\n:to = 2026-10-15\r\n");
    let page = rosa.send(&good).await;
    page.is(200);
    page.shows("Query of the database shop, added by rosa");
    page.shows("What is asked");
    page.shows("where at >= :from and at < :to order by no");
    page.shows("2026-10-15");
    assert!(!page.html.contains("Read it in another way"));
    let form = page.form(&page.path);
    let tried = rosa.send(&press(form.clone(), "try")).await;
    tried.shows("1 row; 1 can be taken, 0 cannot.");
    assert_eq!(
        (
            form.get("means.0"),
            form.get("means.1"),
            form.get("means.2")
        ),
        ("order", "email", "at")
    );
    page.shows("bob@example.org");
    assert!(!page.html.contains("anna@example.org") && !page.html.contains("chloe@example.org"));
    let begun = rosa.send(&press(form, "read")).await;
    begun.is(200);
    desk.world.work().await;
    let s = source(&desk, incident).await;
    assert_eq!(
        (s.status, s.rows_taken, s.origin.as_str()),
        (Status::Done, 1, "query")
    );
    let people = rosa.get(&format!("/incidents/{incident}/people")).await;
    people.shows("Query of the database shop, by rosa");
    desk.world.verified().await;
}

#[cfg(unix)]
fn private(file: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)).unwrap();
}

async fn the_key_of_a_closed_incident_is_destroyed(fresh: Fresh) {
    let (desk, _folder) = desk(fresh).await;
    let rosa = desk.signed_in("rosa", Role::Responder).await;
    let incident = desk.world.incident(DETECTED).await;
    desk.world
        .import(incident, "user_id\nu-1001\n")
        .await
        .unwrap();
    let people = format!("/incidents/{incident}/people");
    let here = format!("/incidents/{incident}/key/destroy");
    assert!(!rosa.get(&people).await.html.contains(&here));
    let open = rosa.get(&here).await;
    open.shows("Close it first.");
    assert!(!open.has_form(&here));
    desk.world.close(incident).await;
    assert!(rosa.get(&people).await.html.contains(&here));
    let mara = desk.signed_in("mara", Role::Manager).await;
    assert!(!mara.get(&people).await.html.contains(&here));
    mara.get(&here).await.is(403);
    let form = rosa.get(&here).await.form(&here);
    rosa.send(&form).await.is(422);
    let done = rosa.send(&form.set("reason", "Kept long enough.")).await;
    assert!(done.path.starts_with(&people), "{}", done.path);
    done.shows("The key is destroyed.");
    done.shows("The key was destroyed by rosa");
    let key = store::incident_key::find(&desk.world.app.db, incident).await;
    assert_eq!(key.unwrap().unwrap().wrapped, None);
    let asked = format!("{people}/ask");
    let form = rosa.get(&asked).await.form(&asked).set("value", "u-1001");
    let answer = rosa.send(&form).await;
    answer.shows("is affected");
    desk.world.verified().await;
}

async fn the_profile_says_how_a_list_is_asked_for(fresh: Fresh) {
    let folder = tempfile::tempdir().unwrap();
    let profile =
        crate::support::source::root().join("playbooks/operators/connecting-software.toml");
    let own = std::fs::read_to_string(profile).unwrap();
    let (before, orders) = own.split_once("id = \"orders\"").unwrap();
    let fetch = "[system.fetch]\nconnection = \"shop\"\n\
                 query = \"select no, contact from orders where at >= :from and at < :to\"\n\
                 mapping = { no = \"order\", contact = \"email\" }\n";
    let orders = orders.replacen("[system.fetch]\n", fetch, 1);
    std::fs::create_dir_all(folder.path().join("operators")).unwrap();
    std::fs::write(
        folder.path().join("operators/connecting-software.toml"),
        format!("{before}id = \"orders\"{orders}"),
    )
    .unwrap();
    let mut world = World::at(fresh, NOW).await;
    let catalog = duenotice::catalog::Catalog::with_overlay(folder.path()).unwrap();
    world.app.catalog = std::sync::Arc::new(catalog);
    let file = folder.path().join("connections.toml");
    std::fs::write(&file, "[shop]\nurl = \"sqlite:nowhere.db\"\n").unwrap();
    private(&file);
    let config = std::sync::Arc::get_mut(&mut world.app.config).unwrap();
    config.spool = folder.path().join("spool");
    config.connections = Some(file);
    let desk = Desk::of(world).await;
    let rosa = desk.signed_in("rosa", Role::Responder).await;
    let incident = desk.world.incident(DETECTED).await;
    let exposed = duenotice::service::exposure::NewExposure {
        system: "orders".to_owned(),
        from: Some("2026-10-01T00:00:00+02:00".to_owned()),
        zone: "Europe/Vienna".to_owned(),
        ..Default::default()
    };
    duenotice::service::exposure::record(&desk.world.responder(), incident, &exposed)
        .await
        .unwrap();
    let new = format!("/incidents/{incident}/queries/new");
    let there = format!("{new}?system=orders");
    let page = rosa.get(&format!("/incidents/{incident}")).await;
    assert!(page.html.contains(&format!("href=\"{there}\"")));
    let form = rosa.get(&there).await.form(&new);
    assert_eq!(
        (form.get("name"), form.get("system"), form.get("connection")),
        ("orders", "orders", "shop")
    );
    assert!(form.get("sql").contains("select no, contact from orders"));
    // What is not known yet is left for who asks.
    assert_eq!(form.get("params").trim(), "from=2026-09-30T22:00:00+00:00");

    // Its columns are known whatever they are called, also in a file.
    let here = format!("/incidents/{incident}/sources/new");
    let form = rosa.get(&here).await.form(&here);
    let form = form.set("name", "orders").set("system", "orders");
    let file = "contact,no,country\nanna@example.org,A-1,AT\n";
    let page = rosa.send_file(&form, "list.csv", file.into()).await;
    page.is(200);
    let form = page.form(&page.path);
    let means = ["means.0", "means.1", "means.2"].map(|name| form.get(name));
    assert_eq!(means, ["email", "order", "country"]);
}
