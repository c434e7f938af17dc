//! Importing the same file twice changes nothing; a file that says something else about a person
//! changes that person's row and no other.

use duenotice::store;

use crate::support::db::Fresh;
use crate::support::world::{SITE, World};

async fn twice_is_once(fresh: Fresh) {
    let world = World::at(fresh, "2026-11-25T12:00:00Z").await;
    let incident = world.incident("2026-11-23T09:00:00+01:00").await;
    let file = "user_id,email,lang,country,state\n\
                u-1,a@example.org,de,AT,\nu-2,b@example.org,en,US,CO\nu-3,,,,\n";
    let first = world.import(incident, file).await.unwrap();
    assert_eq!(
        (first.revision, first.rows, first.added, first.rejected),
        (1, 3, 3, 0)
    );
    let before = world.verified().await;
    let second = world.import(incident, file).await.unwrap();
    assert!(second.repeated);
    assert_eq!(second.id, first.id);
    let after = world.verified().await;
    assert_eq!(after.entries, before.entries, "nothing was written");
    assert_eq!(after.rosters, 1);

    let changed = file.replace("u-1,a@example.org,de,AT", "u-1,a@example.org,de,DE");
    let third = world.import(incident, changed).await.unwrap();
    assert_eq!((third.added, third.changed, third.unchanged), (0, 1, 2));
    let person = store::person::find(&world.app.db, incident, SITE, world.key("u-1"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (
            person.country.as_deref(),
            person.revision,
            person.changed_revision
        ),
        (Some("DE"), 1, 2)
    );
    let counts = store::person::counts(&world.app.db, incident, 400)
        .await
        .unwrap();
    assert_eq!(counts.iter().map(|c| c.persons).sum::<i64>(), 3);
    world.verified().await;
}

crate::both_engines!(twice_is_once);
