//! A live notice stays live when its incident is closed, for those who have not read it yet, and can
//! still be taken down.

use duenotice::service::incident::{self, Close};
use duenotice::service::notice::{self, Withdraw};
use duenotice::service::obligation::{self, Settle};
use duenotice::store;
use duenotice::store::notice::Status;
use duenotice::store::obligation::Outcome;

use crate::support::db::Fresh;
use crate::support::world::World;

async fn it_is_withdrawn_after_closing(fresh: Fresh) {
    let world = World::at(fresh, "2026-11-25T09:30:00Z").await;
    let ctx = world.responder();
    let id = world.incident("2026-11-23T08:00:00+01:00").await;
    world.import(id, "user_id\nu-1\n").await.unwrap();
    let live = world.draft(id).await;
    world.approve(&world.approver(), live).await.unwrap();
    world.activate(live).await.unwrap();
    for o in store::obligation::list(&world.app.db, id).await.unwrap() {
        if o.outcome.is_none() {
            let settle = Settle {
                outcome: Outcome::NotRequired,
                met_at: None,
                zone: String::new(),
                note: "No risk.".to_owned(),
                version: o.version,
            };
            obligation::settle(&ctx, o.id, &settle).await.unwrap();
        }
    }
    let row = store::incident::find(&world.app.db, id)
        .await
        .unwrap()
        .unwrap();
    let close = Close {
        reason: "All is done.".to_owned(),
        unclear_accepted: true,
        version: row.version,
    };
    incident::close(&ctx, id, &close).await.unwrap();
    let due = store::delivery::due(&world.app.db, "shop", world.key("u-1"))
        .await
        .unwrap();
    assert_eq!(due.len(), 1, "it is still shown");

    let row = store::notice::find(&world.app.db, live)
        .await
        .unwrap()
        .unwrap();
    let withdraw = Withdraw {
        reason: "Ninety days are over.".to_owned(),
        version: row.version,
    };
    notice::withdraw(&ctx, live, &withdraw).await.unwrap();
    let row = store::notice::find(&world.app.db, live)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(row.status, Status::Withdrawn);
    assert!(
        store::delivery::due(&world.app.db, "shop", world.key("u-1"))
            .await
            .unwrap()
            .is_empty()
    );
    world.verified().await;
}

crate::both_engines!(it_is_withdrawn_after_closing);
