//! Where the tests' PostgreSQL comes from: `TEST_POSTGRES_URL` (a server on which databases may be
//! made), else a private server when PostgreSQL's programs are installed, else nowhere.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use url::Url;

/// The address of a server, with its own administrative database.
pub fn server() -> Option<&'static Url> {
    static SERVER: OnceLock<Option<Url>> = OnceLock::new();
    SERVER
        .get_or_init(|| match std::env::var("TEST_POSTGRES_URL") {
            Ok(url) if !url.is_empty() => Some(url.parse().expect("TEST_POSTGRES_URL is a URL")),
            _ => programs().map(|dir| start(&dir)),
        })
        .as_ref()
}

/// Makes an empty database on `server` and gives its address.
pub async fn create(server: &Url) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let n = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("duenotice_test_{}_{n}", std::process::id());
    execute(server, &format!("create database {name}")).await;
    let mut url = server.clone();
    url.set_path(&name);
    url.into()
}

/// Removes what [`create`] made.
pub async fn remove(server: &Url, database: &str) {
    let database: Url = database.parse().unwrap();
    let name = database.path().trim_start_matches('/');
    execute(server, &format!("drop database {name} with (force)")).await;
}

async fn execute(server: &Url, sql: &str) {
    let mut connection = PgConnection::connect(server.as_str()).await.unwrap();
    connection
        .execute(AssertSqlSafe(sql.to_owned()))
        .await
        .unwrap();
    connection.close().await.unwrap();
}

/// The folder of `initdb` and `postgres`: Debian keeps them off the path.
fn programs() -> Option<PathBuf> {
    let debian = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|version| Some(version.ok()?.path().join("bin")));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut all: Vec<PathBuf> = debian.chain(std::env::split_paths(&path)).collect();
    all.retain(|dir| {
        let has = |name| dir.join(name).exists();
        has("initdb") && has("postgres") && has("pg_isready")
    });
    all.into_iter().next()
}

fn start(programs: &Path) -> Url {
    static KEPT: OnceLock<Child> = OnceLock::new();
    let script = ("postgres.sh", include_str!("postgres.sh"));
    let socket = own_server("postgres", script, &[programs], &KEPT);
    let mut url: Url = "postgres://postgres@localhost/postgres".parse().unwrap();
    url.query_pairs_mut().append_pair("host", &socket);
    url
}

/// Starts a server of our own as `user`, by a script that prints where its socket is. It ends with this
/// process: the script's standard input stays open, in `kept`, as long as this process lives.
pub fn own_server(
    user: &str,
    (name, script): (&str, &str),
    programs: &[&Path],
    kept: &OnceLock<Child>,
) -> String {
    let mut child = as_user(user)
        .args(["sh", "-c", script, name])
        .args(programs)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        // Ctrl-C is for us; the server learns of it by our end.
        .process_group(0)
        .spawn()
        .expect("sh can be started");
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let socket = line.trim();
    assert!(
        !socket.is_empty(),
        "the private server of {name} did not start; its log is above"
    );
    kept.set(child).expect("started once");
    socket.to_owned()
}

/// A command that runs another one as `user`, or as nobody where there is none of that name, when we are
/// root: servers refuse to run as root.
fn as_user(user: &str) -> Command {
    let id = Command::new("id").arg("-u").output().expect("id runs");
    if id.stdout.trim_ascii() != b"0" {
        return Command::new("env");
    }
    let known = |user: &str| {
        let id = Command::new("id").arg(user).output();
        id.is_ok_and(|o| o.status.success())
    };
    let user = if known(user) { user } else { "nobody" };
    let mut command = Command::new("runuser");
    command.args(["-u", user, "--"]);
    command
}
