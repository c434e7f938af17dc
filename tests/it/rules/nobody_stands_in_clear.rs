//! No account id and no address of an affected person stands in clear anywhere in the database; whoever
//! may read them does so through the incident's key, and after its end nobody does.

use duenotice::domain::delivery::Event;
use duenotice::service::delivery::{Asking, report, serve};
use duenotice::service::incident_key::{self, Destroy};
use duenotice::service::roster;
use duenotice::store::delivery::Request;
use duenotice::store::{self, incident_key as keys};

use crate::support::clear::in_clear;
use crate::support::db::Fresh;
use crate::support::world::{SITE, World, t};

const CLEAR: [&str; 5] = [
    "u-1001",
    "u-1002",
    "anna.berger@mail.example",
    "Ben.Maier@mail.example",
    "carla(at)mail.example",
];

async fn not_of_a_whole_story(fresh: Fresh) {
    let url = fresh.url.clone();
    let world = World::at(fresh, "2026-11-23T11:00:00+01:00").await;
    let id = world.incident("2026-11-23T09:12:00+01:00").await;
    let csv = "user_id,email\nu-1001,anna.berger@mail.example\n\
               u-1002,Ben.Maier@mail.example\nu-1003,carla(at)mail.example\nu-1001,\n";
    let imported = world.import(id, csv).await.unwrap();
    let notice = world.draft(id).await;
    world.approve(&world.approver(), notice).await.unwrap();
    world.activate(notice).await.unwrap();
    let asking = Asking {
        site: SITE,
        person: world.key("u-1001"),
        lang: Some("de"),
        site_lang: "en",
        request: Request {
            kid: "k".to_owned(),
            jti: "j".to_owned(),
            token_issued_at: t("2026-11-23T11:00:00+01:00"),
            origin: None,
            browser: "Firefox",
        },
    };
    let served = serve(&world.app, &asking).await.unwrap();
    report(&world.app, served[0].delivery, "de", Event::Acknowledged)
        .await
        .unwrap();
    let found = roster::look_up(&world.responder(), id, SITE, "u-1002").await;
    let found = found.unwrap().unwrap();
    assert_eq!(found.contact.user.as_deref(), Some("u-1002"));
    let email = found.contact.email.as_deref();
    assert_eq!(email, Some("Ben.Maier@mail.example"));
    world.verified().await;
    let clear = in_clear(&world.app.db, &url, &CLEAR).await;
    assert_eq!(clear, Vec::<String>::new());

    // The key's end.
    let destroy = Destroy {
        reason: "Kept for two years.".to_owned(),
    };
    let early = incident_key::destroy(&world.responder(), id, &destroy).await;
    assert!(early.unwrap_err().to_string().contains("Close it first"));
    world.close(id).await;
    incident_key::destroy(&world.responder(), id, &destroy)
        .await
        .unwrap();
    let gone = keys::find(&world.app.db, id).await.unwrap().unwrap();
    assert_eq!(
        (gone.wrapped, gone.destroyed_by.as_deref()),
        (None, Some("Rita"))
    );
    let found = roster::look_up(&world.responder(), id, SITE, "u-1002").await;
    let found = found.unwrap().unwrap();
    assert_eq!((found.contact.user, found.contact.email), (None, None));
    let import = store::person::find_import(&world.app.db, imported.id).await;
    let rows = roster::rejections(&world.app, &import.unwrap().unwrap(), 0, 10).await;
    for row in rows.unwrap() {
        assert!(row.reason.contains("was destroyed") && row.raw.is_empty());
    }
    // The notice is still due: it needs no address.
    let due = store::delivery::due(&world.app.db, SITE, world.key("u-1002")).await;
    assert_eq!(due.unwrap().len(), 1);
    world.verified().await;
}

crate::both_engines!(not_of_a_whole_story);
