//! A second person approves exactly the text that is shown: who wrote any version of it cannot, and a
//! text that was changed meanwhile is not what was approved.

use std::collections::BTreeMap;

use duenotice::domain::access::Role;
use duenotice::error::Error;
use duenotice::service::{self, notice::Edit};
use duenotice::store;
use duenotice::store::notice::Status;

use crate::support::db::Fresh;
use crate::support::world::World;

async fn the_approver_is_not_the_author(fresh: Fresh) {
    let world = World::at(fresh, "2026-11-25T12:00:00Z").await;
    let incident = world.incident("2026-11-23T09:00:00+01:00").await;
    let notice = world.draft(incident).await;

    // Even when the author has the role for it now.
    let author = world.person("Rita", Role::Approver);
    let refused = world.approve(&author, notice).await;
    assert!(matches!(refused, Err(Error::Denied(_))), "{refused:?}");

    // Somebody else changes it: Rita still wrote version 1 of it.
    let other = world.person("Otto", Role::Responder);
    let row = store::notice::find(&world.app.db, notice)
        .await
        .unwrap()
        .unwrap();
    let version = store::notice::find_version(&world.app.db, notice, 1)
        .await
        .unwrap()
        .unwrap();
    let sources: BTreeMap<_, _> = service::notice::contents(&version)
        .unwrap()
        .into_iter()
        .map(|(language, content)| (language, content.to_source()))
        .collect();
    let edit = Edit {
        sources,
        hideable: true,
        version: row.version,
    };
    service::notice::edit(&other, notice, &edit).await.unwrap();
    assert!(matches!(
        world.approve(&author, notice).await,
        Err(Error::Denied(_))
    ));
    assert!(matches!(
        world.approve(&other, notice).await,
        Err(Error::Denied(_))
    ));

    // Two people edit at once: the second is told, and nothing is lost.
    let stale = service::notice::edit(&other, notice, &edit).await;
    assert!(matches!(stale, Err(Error::Conflict(_))), "{stale:?}");

    world.approve(&world.approver(), notice).await.unwrap();
    let row = store::notice::find(&world.app.db, notice)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(row.status, Status::Approved);

    // A change after the approval takes the approval away.
    let edit = Edit {
        version: row.version,
        ..edit
    };
    service::notice::edit(&other, notice, &edit).await.unwrap();
    let row = store::notice::find(&world.app.db, notice)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(row.status, Status::Draft);
    assert!(matches!(
        world.activate(notice).await,
        Err(Error::Conflict(_))
    ));
    world.verified().await;
}

async fn an_unfinished_text_is_not_approved(fresh: Fresh) {
    let world = World::at(fresh, "2026-11-25T12:00:00Z").await;
    let incident = world.incident("2026-11-23T09:00:00+01:00").await;
    let empty = service::notice::NewNotice::default();
    let notice = service::notice::draft(&world.responder(), incident, &empty)
        .await
        .unwrap();
    let refused = world.approve(&world.approver(), notice).await.unwrap_err();
    let Error::Invalid(fields) = refused else {
        panic!("{refused:?}")
    };
    for language in ["en", "de"] {
        assert!(
            fields
                .iter()
                .any(|f| f.field == language && f.reason.contains("{{measures}}"))
        );
        assert!(
            fields
                .iter()
                .any(|f| f.field == language && f.reason.contains("Art 34(2)"))
        );
    }
}

crate::both_engines!(
    the_approver_is_not_the_author,
    an_unfinished_text_is_not_approved
);
