//! Where the tests' MariaDB comes from: a private server when its programs are installed, else nowhere.

use std::path::PathBuf;
use std::process::Child;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Executor as _, MySqlConnection, mysql::MySqlConnectOptions,
};
use url::Url;

use super::left_out;
use super::postgres::own_server;

/// The address of an empty database of its own; it goes with the server at the end of all tests.
pub async fn database() -> Option<Url> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let Some(server) = server() else {
        left_out("every test on MariaDB", "mariadb-server is not installed");
        return None;
    };
    let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let mut connection = connect(server).await;
    let sql = format!("create database {name} character set utf8mb4");
    connection.execute(AssertSqlSafe(sql)).await.unwrap();
    let mut url = server.clone();
    url.set_path(&name);
    Some(url)
}

/// A connection of the administrator.
pub async fn connect(url: &Url) -> MySqlConnection {
    MySqlConnectOptions::from_url(url)
        .unwrap()
        .connect()
        .await
        .unwrap()
}

/// Runs statements, one after the other.
pub async fn run(url: &Url, statements: &[&str]) {
    let mut connection = connect(url).await;
    for sql in statements {
        let sql = sqlx::raw_sql(AssertSqlSafe((*sql).to_owned()));
        connection.execute(sql).await.unwrap();
    }
}

fn server() -> Option<&'static Url> {
    static SERVER: OnceLock<Option<Url>> = OnceLock::new();
    SERVER.get_or_init(|| programs().map(start)).as_ref()
}

/// What makes a server's folder, the server, and what asks whether it is ready.
fn programs() -> Option<[PathBuf; 3]> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    folders.push("/usr/sbin".into());
    let find = |name: &str| {
        let mut all = folders.iter().map(|dir| dir.join(name));
        all.find(|program| program.exists())
    };
    Some([
        find("mariadb-install-db")?,
        find("mariadbd")?,
        find("mariadb-admin")?,
    ])
}

fn start(programs: [PathBuf; 3]) -> Url {
    static KEPT: OnceLock<Child> = OnceLock::new();
    let script = ("mariadb.sh", include_str!("mariadb.sh"));
    let programs = programs.each_ref().map(PathBuf::as_path);
    let socket = own_server("mysql", script, &programs, &KEPT);
    let mut url: Url = "mysql://root@localhost/".parse().unwrap();
    url.query_pairs_mut().append_pair("socket", &socket);
    url
}
