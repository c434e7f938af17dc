//! Whoever goes away in the middle leaves no transaction open, in which the next one would write.

use std::time::Duration;

use duenotice::store::{Db, Exec as _};

use crate::support::db::Fresh;

crate::both_engines!(a_begin_that_is_cut_off_leaves_nothing_open);

async fn a_begin_that_is_cut_off_leaves_nothing_open(fresh: Fresh) {
    let watcher = Db::open(&fresh.url).await.unwrap();
    let open = || {
        watcher.query(duenotice::sql!(
            sqlite: "select 0",
            postgres: "select count(*) from pg_stat_activity
                where datname = current_database() and state like 'idle in transaction%'"
        ))
    };
    for n in 0..200_u64 {
        let cut = Duration::from_micros(n * 10);
        if n % 2 == 0 {
            let _ = tokio::time::timeout(cut, fresh.db.begin("cut off")).await;
        } else {
            let _ = tokio::time::timeout(cut, fresh.db.snapshot("cut off")).await;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
        let mut left = open().one::<(i64,)>().await.unwrap().0;
        for _ in 0..100 {
            if left == 0 {
                break;
            }
            // One that ends late, on a machine with much to do.
            tokio::time::sleep(Duration::from_millis(20)).await;
            left = open().one::<(i64,)>().await.unwrap().0;
        }
        assert_eq!(left, 0, "after {cut:?}");
    }
    watcher.close().await;
}
