//! The program does not start where it should not, and says why in a sentence.

use duenotice::store::{Db, migrate};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqliteConnection};

use crate::support::db::Fresh;
use crate::support::program::Program;

crate::both_engines!(
    a_newer_database_is_left_alone,
    the_first_account_is_made_on_an_empty_database,
    the_check_says_what_it_checked
);

async fn execute(url: &str, sql: &str) {
    let sql = AssertSqlSafe(sql.to_owned());
    if url.starts_with("sqlite:") {
        let mut db = SqliteConnection::connect(url).await.unwrap();
        db.execute(sql).await.unwrap();
    } else {
        let mut db = PgConnection::connect(url).await.unwrap();
        db.execute(sql).await.unwrap();
    }
}

async fn a_newer_database_is_left_alone(fresh: Fresh) {
    let sql = "insert into _sqlx_migrations
                   (version, description, installed_on, success, checksum, execution_time)
               select 9999, 'from the future', installed_on, success, checksum, execution_time
               from _sqlx_migrations where version = 1";
    execute(&fresh.url, sql).await;
    let program = Program::on(&fresh.url);
    for (command, more) in [
        ("serve", vec!["--listen", "127.0.0.1:0"]),
        ("serve", vec!["--no-migrate", "--listen", "127.0.0.1:0"]),
        ("migrate", vec![]),
        ("verify", vec![]),
    ] {
        let (code, out, err) = program.run(command, &more).await;
        assert_eq!(code, Some(1), "{command}: {out}{err}");
        let said = "schema version 9999; this program knows versions up to";
        assert!(err.contains(said), "{command}: {err}");
        assert!(
            err.lines().last().unwrap().starts_with("duenotice: "),
            "{err}"
        );
    }
}

async fn the_first_account_is_made_on_an_empty_database(fresh: Fresh) {
    let program = Program::on(&fresh.url);
    let add = |name, role| ["add", "--email", name, "--name", "Ada", "--role", role];
    let first = add("Ada@example.org", "administrator");
    let (code, out, err) = program.run("user", &first).await;
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(
        out.starts_with("ada@example.org can sign in as administrator."),
        "{out}"
    );
    let password = out.trim().rsplit(' ').next().unwrap();
    assert!(!err.contains(password));
    let app = duenotice::store::account::find_by_email(&fresh.db, "ada@example.org");
    assert!(app.await.unwrap().is_some());
    let (code, _, err) = program.run("user", &first).await;
    assert_eq!(code, Some(1));
    assert!(err.contains("already"), "{err}");
    let (code, _, err) = program.run("user", &add("b@example.org", "chief")).await;
    assert_eq!(code, Some(2));
    assert!(err.contains("There is no role \"chief\""), "{err}");
    let mut short = add("c@example.org", "manager").to_vec();
    short.push("--password-stdin");
    let (code, _, err) = program.run("user", &short).await;
    assert_eq!(code, Some(1));
    assert!(err.contains("at least 15 are needed"), "{err}");
}

async fn the_check_says_what_it_checked(fresh: Fresh) {
    let program = Program::on(&fresh.url);
    let add = [
        "add",
        "--email",
        "a@b.example",
        "--name",
        "A",
        "--role",
        "manager",
    ];
    program.run("user", &add).await;
    let (code, out, _) = program.run("verify", &[]).await;
    assert_eq!(code, Some(0), "{out}");
    assert!(
        out.contains("entries      1\n") && out.contains("1 of account"),
        "{out}"
    );
    execute(&fresh.url, "update account set role = 'administrator'").await;
    let (code, out, err) = program.run("verify", &["--format", "json"]).await;
    assert_eq!(code, Some(1), "{out}");
    let report: Value = serde_json::from_str(&out).unwrap();
    let problem = report["problems"][0].as_str().unwrap();
    assert!(
        problem.starts_with("account ") && problem.contains("was changed"),
        "{problem}"
    );
    assert!(err.contains("does not hold"), "{err}");
}

#[tokio::test]
async fn a_port_in_use_is_said() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let at = taken.local_addr().unwrap().to_string();
    let dir = tempfile::tempdir().unwrap();
    let program = Program::on(&format!("sqlite:{}/x.db", dir.path().display()));
    let (code, out, err) = program.run("serve", &["--listen", &at]).await;
    assert_eq!((code, out.as_str()), (Some(1), ""));
    let said = format!("{at} is in use: another program listens there");
    assert!(err.contains(&said), "{err}");
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_said() {
    // Not even root can make a file here.
    let program = Program::on("sqlite:/proc/duenotice/x.db");
    for command in ["serve", "migrate"] {
        let (code, out, err) = program.run(command, &[]).await;
        assert_eq!((code, out.as_str()), (Some(1), ""));
        assert!(err.contains("Check that its folder exists"), "{err}");
    }
}

#[tokio::test]
async fn the_check_makes_no_database() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}/none.db", dir.path().display());
    let program = Program::on(&url);
    let (code, _, err) = program.run("verify", &[]).await;
    assert_eq!(code, Some(1));
    assert!(err.contains("There is no file"), "{err}");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    // One that is there and not ours is said to be that.
    let db = Db::open(&url).await.unwrap();
    let (code, _, err) = program.run("verify", &[]).await;
    assert_eq!(code, Some(1));
    assert!(err.contains("is not one of Due Notice yet"), "{err}");
    migrate(&db).await.unwrap();
    let (code, out, _) = program.run("verify", &[]).await;
    assert_eq!(code, Some(0), "{out}");
}
