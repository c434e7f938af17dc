//! A file that is no roster is refused whole, with a sentence that says what to do, and changes nothing.

use crate::support::db::Fresh;
use crate::support::world::World;

async fn each_gets_its_sentence(fresh: Fresh) {
    let world = World::at(fresh, "2026-11-25T12:00:00Z").await;
    let incident = world.incident("2026-11-23T09:00:00+01:00").await;
    let before = world.verified().await.entries;
    let files: [(&[u8], &str); 7] = [
        (b"", "empty"),
        (b"user_id,email\n", "no rows"),
        (b"\xff\xfeu\0s\0e\0r\0", "UTF-8"),
        (b"user,email\nu-1,a@example.org\n", "\"user\""),
        (b"user_id,email,user_id\nu-1,a@example.org,u-1\n", "twice"),
        (b"email\na@example.org\n", "no column user_id"),
        (b"PK\x03\x04\0\0\0\0", "columns"),
    ];
    for (file, word) in files {
        let refused = world.import(incident, file).await.unwrap_err();
        let reason = refused.reason("file").unwrap_or_default();
        assert!(reason.contains(word), "{reason} should tell about {word}");
    }
    assert_eq!(world.verified().await.entries, before);
}

crate::both_engines!(each_gets_its_sentence);
