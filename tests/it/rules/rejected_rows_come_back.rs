//! A row that cannot be taken comes back with its line and the reason; nothing is lost silently, and a
//! bad row does not take a good one with it.

use duenotice::ids::ImportId;
use duenotice::service::roster::{self, Rejection};
use duenotice::store;

use crate::support::db::Fresh;
use crate::support::world::World;

async fn rejections(world: &World, import: ImportId, after: i64) -> Vec<Rejection> {
    let import = store::person::find_import(&world.app.db, import).await;
    roster::rejections(&world.app, &import.unwrap().unwrap(), after, 100)
        .await
        .unwrap()
}

async fn every_line_is_accounted_for(fresh: Fresh) {
    let world = World::at(fresh, "2026-11-25T12:00:00Z").await;
    let incident = world.incident("2026-11-23T09:00:00+01:00").await;
    let mut file = b"\xef\xbb\xbfuser_id,email,country\r\nu-1,a@example.org,AT\r\n".to_vec();
    file.extend(b"u-2,nobody,AT\r\n\r\nu-3,\xff\xfe,AT\r\nu-4,c@example.org\r\n");
    file.extend(b"u-5,\"d@example.org,AT\r\nu-1,again@example.org,AT\r\n");
    file.extend([b"u-6,".as_slice(), &[b'x'; 70_000], b",AT\r\nu-7,,AT"].concat());
    let imported = world.import(incident, &file).await.unwrap();
    assert_eq!(
        (imported.rows, imported.added, imported.rejected),
        (8, 2, 6)
    );
    let rejected = rejections(&world, imported.id, 0).await;
    let expected = [
        (3, "not an e-mail address"),
        (5, "not UTF-8"),
        (6, "2 fields"),
        (7, "quote"),
        (8, "earlier line"),
        (9, "65,536"),
    ];
    assert_eq!(rejected.len(), expected.len(), "{rejected:?}");
    for (row, (line, word)) in rejected.iter().zip(expected) {
        assert_eq!(row.line, line);
        assert!(row.reason.contains(word), "{row:?}");
    }
    assert_eq!(rejected[4].raw, "u-1,again@example.org,AT");
    world.verified().await;
}

async fn a_file_of_bad_rows_only_is_recorded_too(fresh: Fresh) {
    let world = World::at(fresh, "2026-11-25T12:00:00Z").await;
    let incident = world.incident("2026-11-23T09:00:00+01:00").await;
    let mut file = "user_id\n".to_owned();
    (0..5_000).for_each(|n| file.push_str(&format!(" u-{n}\n")));
    let imported = world.import(incident, &file).await.unwrap();
    assert_eq!(
        (imported.rows, imported.added, imported.rejected),
        (5_000, 0, 5_000)
    );
    let rejected = rejections(&world, imported.id, 4_990).await;
    assert_eq!(rejected.len(), 11);
    world.verified().await;
}

crate::both_engines!(
    every_line_is_accounted_for,
    a_file_of_bad_rows_only_is_recorded_too
);
