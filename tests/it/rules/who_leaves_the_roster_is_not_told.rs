//! Who leaves the roster stops seeing the notice at once, and who comes back sees it; each change is a
//! revision that says who.

use duenotice::store::{self, revision, tally};

use crate::support::db::Fresh;
use crate::support::world::{SITE, World};

async fn live(fresh: Fresh, csv: &str) -> (World, duenotice::ids::IncidentId) {
    let world = World::at(fresh, "2026-11-23T11:00:00+01:00").await;
    let id = world.incident("2026-11-23T09:12:00+01:00").await;
    world.import(id, csv).await.unwrap();
    let notice = world.draft(id).await;
    world.approve(&world.approver(), notice).await.unwrap();
    world.activate(notice).await.unwrap();
    (world, id)
}

async fn who_leaves_sees_nothing_and_who_comes_back_does(fresh: Fresh) {
    let (world, id) = live(fresh, "user_id\nu-1\nu-2\nu-3\n").await;
    let due = |user: &'static str| {
        let (db, key) = (world.app.db.clone(), world.key(user));
        async move { store::delivery::due(&db, SITE, key).await.unwrap().len() }
    };
    assert_eq!((due("u-1").await, due("u-2").await), (1, 1));
    let done = world
        .revise(id, &["u-1", "u-3", "u-4"], "Their records were not read.")
        .await;
    let merged = done.merged;
    assert_eq!(
        (merged.added, merged.back, merged.left, merged.changed),
        // The rows of the file had sealed contacts, these have none.
        (1, 0, 1, 2)
    );
    assert_eq!((done.revision, done.persons), (2, 3));
    assert_eq!((due("u-1").await, due("u-2").await), (1, 0));
    assert_eq!(due("u-4").await, 1, "new people of a live notice are told");
    let gone = revision::gone(&world.app.db, id, 2, SITE, world.key("u-2")).await;
    let gone = gone.unwrap().unwrap();
    assert_eq!(gone.reason, "Their records were not read.");
    assert!(!gone.told && !gone.served);
    world.verified().await;

    let back = world
        .revise(id, &["u-1", "u-2", "u-3", "u-4"], "They were.")
        .await;
    assert_eq!((back.merged.back, back.merged.left), (1, 0));
    assert_eq!(due("u-2").await, 1);
    let moved = revision::back(&world.app.db, id, 3, None, 10)
        .await
        .unwrap();
    assert_eq!(moved.len(), 1);
    assert_eq!(moved[0].person_key, world.key("u-2"));
    let came = revision::came(&world.app.db, id, 2, None, 10)
        .await
        .unwrap();
    let came: Vec<_> = came.iter().map(|m| m.person_key).collect();
    assert_eq!(came, [world.key("u-4")]);
    let first = revision::came(&world.app.db, id, 1, None, 10)
        .await
        .unwrap();
    assert_eq!(first.len(), 3);
    // The same people again: another revision, the same hash.
    let same = world
        .revise(id, &["u-4", "u-2", "u-3", "u-1"], "Again.")
        .await;
    assert!(same.merged.is_nothing());
    assert_eq!(same.result_sha256, back.result_sha256);
    let all = revision::list(&world.app.db, id).await.unwrap();
    let numbers: Vec<i64> = all.iter().map(|r| r.number).collect();
    assert_eq!(numbers, [4, 3, 2, 1]);
    world.verified().await;
}

async fn a_file_only_adds_and_changes(fresh: Fresh) {
    let (world, id) = live(fresh, "user_id\nu-1\nu-2\n").await;
    world.revise(id, &["u-1"], "Not read.").await;
    let imported = world.import(id, "user_id\nu-2\nu-3\n").await.unwrap();
    assert_eq!(
        (imported.added, imported.changed, imported.revision),
        (2, 0, 3)
    );
    let incident = store::incident::find(&world.app.db, id).await.unwrap();
    assert_eq!(incident.unwrap().persons, 3);
    world.verified().await;
}

async fn people_are_counted_by_what_they_are(fresh: Fresh) {
    let csv = "user_id,country,birth_year,exposed\n\
               u-1,AT,2013,email\nu-2,AT,2012,\nu-3,,2008,\nu-4,,2007,\nu-5,,,\n";
    let (world, id) = live(fresh, csv).await;
    let all = tally::list(&world.app.db, id).await.unwrap();
    let told: Vec<(&str, &str, i64)> = all
        .iter()
        .map(|t| (t.what.as_str(), t.value.as_str(), t.persons))
        .collect();
    // Born in 2013, one may be twelve still; born in 2008, seventeen.
    assert_eq!(
        told,
        [
            ("kind", "email", 5),
            ("kind", "name", 4),
            ("minor", "minor", 2),
            ("minor", "adult", 1),
            ("minor", "under13", 1),
            ("minor", "unknown", 1),
            ("place_from", "", 3),
            ("place_from", "file", 2),
            ("reach", "account", 5),
            ("role", "", 5),
        ]
    );
    world
        .revise(id, &["u-5"], "The others were not read.")
        .await;
    let all = tally::list(&world.app.db, id).await.unwrap();
    assert!(all.iter().all(|t| t.persons == 1), "{all:?}");
}

crate::both_engines!(
    who_leaves_sees_nothing_and_who_comes_back_does,
    a_file_only_adds_and_changes,
    people_are_counted_by_what_they_are
);
