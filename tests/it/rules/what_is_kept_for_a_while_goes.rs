//! Ended sessions, old failures to sign in and old answers go by themselves; what still counts stays.

use chrono::TimeDelta;
use duenotice::domain::access::{Actor, Role};
use duenotice::service::account::{self, NewAccount};
use duenotice::service::{self, Ctx};
use duenotice::sql;
use duenotice::store::Exec as _;

use crate::support::db::Fresh;
use crate::support::world::World;

crate::both_engines!(the_old_goes_and_the_new_stays);

async fn count(world: &World) -> [i64; 3] {
    let row: (i64, i64, i64) = world
        .app
        .db
        .query(sql!(
            "select (select count(*) from session), (select count(*) from sign_in_failure),
                (select count(*) from idempotency)"
        ))
        .one()
        .await
        .unwrap();
    [row.0, row.1, row.2]
}

async fn the_old_goes_and_the_new_stays(fresh: Fresh) {
    let world = World::at(fresh, "2026-11-23T10:00:00Z").await;
    let new = NewAccount {
        email: "rita@example.org".to_owned(),
        name: "Rita".to_owned(),
        role: Role::Responder,
        password: "a long password for tests".to_owned(),
    };
    let system = Ctx::new(&world.app, Actor::system());
    account::create(&system, &new).await.unwrap();
    let sign_in = async |password| {
        account::sign_in(&world.app, &new.email, password, "192.0.2.1")
            .await
            .is_ok()
    };
    assert!(sign_in(&new.password).await);
    assert!(!sign_in("another password than that").await);
    let report = World::report("2026-11-23T10:00:00+01:00");
    let keyed = world.responder().with_key(Some("k-1".to_owned()));
    service::incident::report(&keyed, &report).await.unwrap();
    let [sessions, failures, answers] = count(&world).await;
    assert!(sessions == 1 && failures > 0 && answers == 1);

    world.work().await;
    assert_eq!(count(&world).await, [sessions, failures, answers]);
    world.app.time.advance(TimeDelta::days(2));
    world.work().await;
    assert_eq!(count(&world).await, [0, 0, answers]);
    world.app.time.advance(TimeDelta::days(6));
    world.work().await;
    assert_eq!(count(&world).await, [0, 0, 0]);
    world.finish().await;
}
