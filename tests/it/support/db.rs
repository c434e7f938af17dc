//! A fresh database for each test, migrated, on either engine.

use duenotice::store::{Db, migrate};

use super::{left_out, postgres};

/// A database of its own.
#[derive(Clone, Debug)]
pub struct Fresh {
    /// Open and migrated.
    pub db: Db,
    /// Its address, for opening it once more.
    pub url: String,
}

/// An address of an empty database, on the engine the test is for. It goes when the test ends.
pub struct Empty {
    pub url: String,
    _dir: Option<tempfile::TempDir>,
}

impl Empty {
    pub fn sqlite() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", dir.path().join("test.db").display());
        Self {
            url,
            _dir: Some(dir),
        }
    }

    pub async fn postgres() -> Option<Self> {
        let Some(server) = postgres::server() else {
            left_out(
                "every test on PostgreSQL",
                "neither TEST_POSTGRES_URL is set nor are PostgreSQL's programs installed",
            );
            return None;
        };
        let url = postgres::create(server).await;
        Some(Self { url, _dir: None })
    }

    pub async fn remove(self) {
        if let (None, Some(server)) = (&self._dir, postgres::server()) {
            postgres::remove(server, &self.url).await;
        }
    }
}

/// Runs `test` on a fresh SQLite database.
pub async fn on_sqlite<F: Future<Output = ()>>(test: impl FnOnce(Fresh) -> F) {
    run(Empty::sqlite(), test).await;
}

/// Runs `test` on a fresh PostgreSQL database, if there is a server.
pub async fn on_postgres<F: Future<Output = ()>>(test: impl FnOnce(Fresh) -> F) {
    if let Some(empty) = Empty::postgres().await {
        run(empty, test).await;
    }
}

async fn run<F: Future<Output = ()>>(empty: Empty, test: impl FnOnce(Fresh) -> F) {
    let db = Db::open(&empty.url).await.unwrap();
    migrate(&db).await.unwrap();
    let fresh = Fresh {
        db: db.clone(),
        url: empty.url.clone(),
    };
    test(fresh).await;
    db.close().await;
    empty.remove().await;
}

/// Makes tests of `async fn(Fresh)`s: each runs on both engines.
#[macro_export]
macro_rules! both_engines {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {$(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                $crate::support::db::on_sqlite(super::$name).await;
            }
        )+}
        mod postgres {$(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                $crate::support::db::on_postgres(super::$name).await;
            }
        )+}
    };
}
