//! The program itself, as it is installed: started, asked, stopped.

use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use duenotice::config::table::SETTINGS;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::support::db::{Empty, Fresh};

crate::both_engines![it_serves_until_it_is_told_to_stop];

fn program(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_duenotice"));
    command
        .current_dir(dir)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

async fn output(command: &mut Command) -> (Option<i32>, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

#[tokio::test]
async fn help_names_every_command_and_setting() {
    let dir = tempfile::tempdir().unwrap();
    let (code, out, _) = output(program(dir.path()).arg("--help")).await;
    assert_eq!(code, Some(0));
    for word in ["serve", "migrate", "user", "verify", "check", "calendar"] {
        assert!(out.contains(word), "{word} is missing:\n{out}");
    }
    for setting in SETTINGS {
        assert!(out.contains(&setting.env()), "{}", setting.name);
    }
}

#[tokio::test]
async fn what_it_cannot_take_is_said_in_a_sentence() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = program(dir.path());
    let command = command.arg("serve").env("DUENOTICE_LISTENS", "x");
    let (code, out, err) = output(command).await;
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert_eq!(
        err,
        "duenotice: DUENOTICE_LISTENS: There is no such variable. Did you mean DUENOTICE_LISTEN?\n"
    );
}

async fn it_serves_until_it_is_told_to_stop(fresh: Fresh) {
    let dir = tempfile::tempdir().unwrap();
    // The second start finds what the first one made.
    for _ in 0..2 {
        let mut child = program(dir.path())
            .arg("serve")
            .args(["--listen", "127.0.0.1:0", "--database", &fresh.url])
            .args(["--secret-file", "secret.key"])
            .spawn()
            .unwrap();
        let address = listens_on(&mut child).await;
        let answer = reqwest::get(format!("{address}/readyz")).await.unwrap();
        assert_eq!(answer.status(), reqwest::StatusCode::OK);
        let id = child.id().unwrap().to_string();
        let told = Command::new("kill").args(["-TERM", &id]).status().await;
        assert!(told.unwrap().success());
        let ended = tokio::time::timeout(Duration::from_secs(20), child.wait()).await;
        assert!(ended.expect("it stops").unwrap().success());
    }
    let mut command = program(dir.path());
    let command = command.arg("verify").args(["--database", &fresh.url]);
    let (code, out, err) = output(command).await;
    assert_eq!(code, Some(0), "{out}{err}");
}

/// The address in the line that it prints when it takes requests.
async fn listens_on(child: &mut Child) -> String {
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = tokio::time::timeout(Duration::from_secs(20), lines.next_line()).await;
    let line = line.expect("it starts").unwrap().expect("a line");
    let at = line.find("http://").expect("an address");
    line[at..].split([',', ' ']).next().unwrap().to_owned()
}

#[tokio::test]
async fn a_database_that_was_not_migrated_is_refused_with_no_migrate() {
    let (dir, empty) = (tempfile::tempdir().unwrap(), Empty::sqlite());
    let mut command = program(dir.path());
    let command = command.args(["serve", "--no-migrate", "--database", &empty.url]);
    let (code, _, err) = output(command).await;
    assert_eq!(code, Some(1));
    assert!(err.starts_with("duenotice: database: "), "{err}");
}
