//! The databases that a benchmark fills, on both engines.
//!
//! `BENCH_ENGINE` (`sqlite` or `postgresql`) takes one engine alone. `BENCH_DIR` names a folder that stays:
//! the files and the SQLite databases are there afterwards, and so are the databases on the server of
//! `TEST_POSTGRES_URL` (a private server and what is on it end with the benchmark); the next run of the
//! same size goes on with them.

use std::path::{Path, PathBuf};
use std::process::Command;

use url::Url;

#[path = "../../tests/it/support/postgres.rs"]
mod postgres;

/// An engine, and where its databases are.
#[derive(Clone, Debug)]
pub struct Engine {
    /// How it is called in what is printed.
    pub name: &'static str,
    dir: PathBuf,
    server: Option<&'static Url>,
    kept: bool,
}

impl Engine {
    /// The address of a database of this name; with `again`, of the one that an earlier run kept, else of
    /// an empty one.
    pub async fn database(&self, name: &str, again: bool) -> String {
        let Some(server) = self.server else {
            let url = format!("sqlite:{}", self.dir.join(format!("{name}.db")).display());
            if !again {
                self.remove(&url).await;
            }
            return url;
        };
        if !self.kept {
            return postgres::create(server).await;
        }
        let name = format!("duenotice_bench_{}", name.replace('-', "_"));
        let tell = |sql: String| {
            let _ = Command::new("psql")
                .args([server.as_str(), "-qc", &sql])
                .output();
        };
        if !again {
            tell(format!("drop database if exists {name} with (force)"));
        }
        // When it is there, this fails; when it is not there then, nothing can connect to it.
        tell(format!("create database {name}"));
        let mut url = server.clone();
        url.set_path(&name);
        url.into()
    }

    /// Removes a database, unless it is to be kept.
    pub async fn done(&self, url: &str) {
        if !self.kept {
            self.remove(url).await;
        }
    }

    /// Removes a database.
    pub async fn remove(&self, url: &str) {
        match (self.server, url.strip_prefix("sqlite:")) {
            (Some(server), _) => postgres::remove(server, url).await,
            (None, Some(path)) => {
                for end in ["", "-wal", "-shm"] {
                    let _ = std::fs::remove_file(format!("{path}{end}"));
                }
            }
            (None, None) => panic!("{url} is no database of this engine"),
        }
    }
}

/// Calls `measure` with each engine that is here, a folder for files, and the number that is the
/// benchmark's argument.
pub fn each(otherwise: usize, measure: impl AsyncFn(&Engine, &Path, usize)) {
    let number = std::env::args().skip(1).find_map(|a| a.parse().ok());
    let kept = std::env::var_os("BENCH_DIR").map(PathBuf::from);
    let passing = tempfile::tempdir().unwrap();
    let dir = kept.clone().unwrap_or_else(|| passing.path().to_owned());
    std::fs::create_dir_all(&dir).unwrap();
    let only = std::env::var("BENCH_ENGINE").unwrap_or_default();
    let wanted = |name: &str| only.is_empty() || only.eq_ignore_ascii_case(name);
    let engine = |name, server| Engine {
        name,
        dir: dir.clone(),
        server,
        kept: kept.is_some(),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let number = number.unwrap_or(otherwise);
        if wanted("SQLite") {
            measure(&engine("SQLite", None), &dir, number).await;
        }
        if wanted("PostgreSQL") {
            match postgres::server() {
                Some(server) => measure(&engine("PostgreSQL", Some(server)), &dir, number).await,
                None => println!("LEFT OUT: PostgreSQL is not installed"),
            }
        }
    });
}
