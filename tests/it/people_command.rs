//! `duenotice people import`: what it says, what it writes, and that nothing that ends it loses anything.
//!
//! `DUENOTICE_TEST_KILLS` says how often it is killed on a file of a million rows; when it is not set it
//! is killed 5 times on one of 100,000.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use chrono::{SecondsFormat, TimeDelta};
use duenotice::domain::access::{Actor, Role};
use duenotice::ids::IncidentId;
use duenotice::service::Ctx;
use duenotice::service::account::{self, NewAccount};
use duenotice::store::source::{self, Source, Status};
use duenotice::store::{self, Db, Exec as _};
use duenotice::time::TimeSource;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Child;

use crate::support::db::{Fresh, on_sqlite};
use crate::support::program::Program;
use crate::support::world::World;

crate::both_engines!(
    a_list_is_read_by_one_command,
    a_dry_run_writes_nothing,
    what_is_wrong_is_said_with_its_flag,
    it_is_stopped_and_goes_on,
    killed_at_any_moment_it_comes_to_the_same,
);

const ORDERS: &[u8] = b"Bestellnummer;E-Mail;Datum;Bemerkung\r\n\
    A-1;anna@example.org;2026-10-03;gr\xfc\xdf Gott\r\n\
    A-2;nobody;2026-10-04;\r\n\
    A-3;ben@example.org;gestern;=1+1\r\n\
    A-1;anna@example.org;2026-10-03;noch einmal\r\n\
    A-4;\"=cmd|' /C calc'!A0\";2026-10-05;\r\n";

/// A program, an incident in its database, and the incident's reference.
struct Desk {
    program: Program,
    world: World,
    incident: IncidentId,
    reference: String,
}

impl Desk {
    async fn of(fresh: Fresh) -> Self {
        let now = TimeSource::system().now();
        let text = |minutes| {
            let at = now - TimeDelta::minutes(minutes);
            at.to_rfc3339_opts(SecondsFormat::Millis, true)
        };
        let program = Program::on(&fresh.url);
        let spool = program.dir.path().join("spool");
        let program = program.with("--spool", spool.to_str().unwrap());
        let world = World::at(fresh, &text(0)).await;
        let incident = world.incident(&text(120)).await;
        let found = store::incident::find(&world.app.db, incident).await;
        let reference = found.unwrap().unwrap().reference;
        Self {
            program,
            world,
            incident,
            reference,
        }
    }

    fn db(&self) -> &Db {
        &self.world.app.db
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.program.dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Runs the import to its end.
    async fn import(&self, more: &[&str]) -> (Option<i32>, String, String) {
        let mut command = self.program.command("people");
        command.arg("import").args(more);
        let ended = tokio::time::timeout(Duration::from_secs(1_800), command.output()).await;
        let output = ended.expect("it ends").unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (
            output.status.code(),
            text(output.stdout),
            text(output.stderr),
        )
    }

    /// Starts it and waits until it reads.
    async fn start(&self, more: &[&str]) -> Child {
        let mut command = self.program.command("people");
        let mut child = command.arg("import").args(more).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        loop {
            let line = tokio::time::timeout(Duration::from_secs(120), lines.next_line()).await;
            let line = line.expect("it says something").unwrap();
            match line {
                Some(line) if line.starts_with("Reading ") => break,
                Some(_) => {}
                None => panic!("it ended: {:?}", child.wait_with_output().await),
            }
        }
        // What it says after that is not read; the pipe is large enough for it.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        child
    }

    async fn sources(&self) -> Vec<Source> {
        source::list(self.db(), self.incident).await.unwrap()
    }

    async fn verified(&self) {
        let (code, out, err) = self.program.run("verify", &[]).await;
        assert_eq!(code, Some(0), "{out}{err}");
    }

    /// How many records of a source are in the database.
    async fn listed(&self, s: &Source) -> i64 {
        let (n,): (i64,) = self
            .db()
            .query(duenotice::sql!(
                "select count(*) from listed where source = $1"
            ))
            .bind(s.no)
            .optional()
            .await
            .unwrap()
            .unwrap();
        n
    }

    async fn account(&self, email: &str, role: Role) {
        let new = NewAccount {
            email: email.to_owned(),
            name: format!("The {role}"),
            role,
            password: "a sentence is a good password".to_owned(),
        };
        let system = Ctx::new(&self.world.app, Actor::system());
        account::create(&system, &new).await.unwrap();
    }
}

fn counts(s: &Source) -> [i64; 4] {
    [s.rows_read, s.rows_taken, s.rows_rejected, s.rows_repeated]
}

async fn a_list_is_read_by_one_command(fresh: Fresh) {
    let desk = Desk::of(fresh).await;
    desk.account("rita@example.org", Role::Responder).await;
    desk.account("max@example.org", Role::Manager).await;
    let file = desk.file("Bestellungen.csv", ORDERS);
    let rejected = desk.program.dir.path().join("rejected.csv");
    let all = [
        file.as_str(),
        "--incident",
        &desk.reference,
        "--name",
        "orders",
        "--system",
        "orders",
        "--in-system",
        "--fixed",
        "role=customer",
        "--zone",
        "Europe/Vienna",
        "--rejected",
        rejected.to_str().unwrap(),
        "--as",
    ];
    let (code, _, err) = desk
        .import(&[&all[..], &["max@example.org"]].concat())
        .await;
    assert_eq!(code, Some(1));
    assert!(err.contains("You may not import affected people"), "{err}");
    let (code, _, err) = desk
        .import(&[&all[..], &["nobody@example.org"]].concat())
        .await;
    assert_eq!(code, Some(1));
    assert!(err.contains("no account"), "{err}");
    assert!(desk.sources().await.is_empty());

    let (code, out, err) = desk
        .import(&[&all[..], &["Rita@example.org"]].concat())
        .await;
    assert_eq!(code, Some(0), "{out}{err}");
    for said in [
        "Bestellungen.csv: CSV, fields separated by \";\"",
        "windows-1252",
        "Bestellnummer",
        "order number",
        "not read",
        "role is customer on every line",
        "Times without an offset are in Europe/Vienna.",
        "rows          5\n",
        "taken         1\n",
        "rejected      4\n",
        "  repeated    1\n",
        "4 rejected rows are in ",
    ] {
        assert!(out.contains(said), "{said} is missing:\n{out}");
    }
    let sources = desk.sources().await;
    let [s] = &sources[..] else {
        panic!("{sources:?}")
    };
    assert_eq!(counts(s), [5, 1, 4, 1]);
    assert_eq!((s.status, s.version, s.in_system), (Status::Done, 1, true));
    assert_eq!(s.created_by, "The responder");
    assert!(out.contains(s.content_sha256.as_ref().unwrap()), "{out}");
    assert_eq!(desk.listed(s).await, 1);

    let written = std::fs::read_to_string(&rejected).unwrap();
    let lines: Vec<&str> = written.lines().collect();
    assert_eq!(lines[0], "line,column,reason,row");
    assert!(lines[1].starts_with("3,E-Mail,"), "{written}");
    assert!(lines[2].starts_with("4,Datum,"), "{written}");
    assert!(lines[3].starts_with("5,,"), "{written}");
    assert!(lines[4].starts_with("6,E-Mail,"), "{written}");
    for row in csv::Reader::from_reader(written.as_bytes()).records() {
        for cell in &row.unwrap() {
            assert!(!cell.starts_with(['=', '+', '-', '@']), "a formula: {cell}");
        }
    }

    // A file that was read before is read again as the next version.
    let (code, out, err) = desk
        .import(&[&all[..], &["rita@example.org"]].concat())
        .await;
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(out.contains("orders (2) is read."), "{out}");
    let sources = desk.sources().await;
    assert_eq!(sources.len(), 2);
    assert_eq!(sources[0].content_sha256, sources[1].content_sha256);
    assert!(no_files(&desk.program.dir.path().join("spool")));
    desk.verified().await;
}

/// There is nothing in the folder, or no folder.
fn no_files(folder: &Path) -> bool {
    std::fs::read_dir(folder).map_or(true, |mut all| all.next().is_none())
}

async fn a_dry_run_writes_nothing(fresh: Fresh) {
    let desk = Desk::of(fresh).await;
    let file = desk.file("orders.csv", ORDERS);
    let before = store::evidence::page(desk.db(), 0, 1_000).await.unwrap();
    let arguments = [
        &file,
        "--incident",
        &desk.reference,
        "--name",
        "orders",
        "--dry-run",
    ];
    let (code, out, err) = desk.import(&arguments).await;
    assert_eq!(code, Some(0), "{out}{err}");
    let said = "of 5 rows 2 can be taken and 3 cannot. Nothing was written.";
    assert!(out.contains(said), "{out}");
    assert!(out.contains("such as anna@example.org"), "{out}");
    assert!(out.contains("line 4, Datum: "), "{out}");
    let after = store::evidence::page(desk.db(), 0, 1_000).await.unwrap();
    assert_eq!(before.len(), after.len());
    assert!(desk.sources().await.is_empty());
    assert!(no_files(&desk.program.dir.path().join("spool")));
}

async fn what_is_wrong_is_said_with_its_flag(fresh: Fresh) {
    let desk = Desk::of(fresh).await;
    let orders = desk.file("orders.csv", ORDERS);
    let plain = desk.file("plain.csv", "a,b\n1,2\n");
    let empty = desk.file("empty.csv", "");
    let incident = ["--incident", &desk.reference, "--name", "orders"];
    for (file, more, code, said) in [
        (
            &orders,
            &["--system", "ordres"][..],
            1,
            "--system: There is no system \"ordres\"",
        ),
        (
            &orders,
            &["--map", "Mail=email"],
            1,
            "--map Mail: There is no column \"Mail\"",
        ),
        (&plain, &[], 1, "--map: No column is an identifier"),
        (&plain, &["--map", "a=account"], 1, "--site: "),
        (&plain, &["--map", "a=acount"], 2, "\"acount\" is no field"),
        (
            &plain,
            &["--format", "jsonl", "--delimiter", ";"],
            2,
            "--delimiter",
        ),
        (&empty, &[], 1, "The file is empty."),
        (
            &orders,
            &["--name", "x"],
            2,
            "cannot be used multiple times",
        ),
    ] {
        for dry in [&[][..], &["--dry-run"]] {
            let arguments = [&[file.as_str()], &incident[..], more, dry].concat();
            let (found, out, err) = desk.import(&arguments).await;
            assert_eq!(found, Some(code), "{said}: {out}{err}");
            assert!(err.contains(said), "{said}: {err}");
        }
    }
    let nowhere = ["--incident", "1999-001", "--name", "orders"];
    let (code, _, err) = desk
        .import(&[&[orders.as_str()], &nowhere[..]].concat())
        .await;
    assert_eq!(
        (code, err.as_str()),
        (Some(1), "duenotice: there is no incident 1999-001\n")
    );
    let (code, _, err) = desk
        .import(&["--resume", &uuid::Uuid::nil().to_string()])
        .await;
    assert_eq!(code, Some(1), "{err}");
    assert!(desk.sources().await.is_empty());
    assert!(no_files(&desk.program.dir.path().join("spool")));
}

/// Accounts, every thousandth with an address that is none, and every five hundredth twice.
fn accounts(rows: usize) -> (String, [i64; 4]) {
    let mut file = "user_id,email,registered_at,country\n".to_owned();
    let (mut bad, mut repeated) = (0, 0);
    for n in 0..rows {
        let user = if n % 500 == 3 { n - 1 } else { n };
        let at = if n % 1000 == 7 { "" } else { "@" };
        bad += i64::from(n % 1000 == 7);
        repeated += i64::from(n % 500 == 3);
        let day = 1 + n % 28;
        writeln!(
            file,
            "u-{user},p{n}{at}example.org,2026-03-{day:02}T10:00:00Z,AT"
        )
        .unwrap();
    }
    let all = i64::try_from(rows).unwrap();
    (file, [all, all - bad - repeated, bad + repeated, repeated])
}

async fn it_is_stopped_and_goes_on(fresh: Fresh) {
    let desk = Desk::of(fresh).await;
    let (text, expected) = accounts(100_000);
    let file = desk.file("accounts.csv", &text);
    let arguments = [
        file.as_str(),
        "--incident",
        &desk.reference,
        "--name",
        "accounts",
        "--site",
        "shop",
    ];
    let stopped = async |arguments: &[&str]| {
        let child = desk.start(arguments).await;
        let id = child.id().unwrap().to_string();
        let mut kill = tokio::process::Command::new("kill");
        let told = kill.args(["-INT", &id]).status().await;
        assert!(told.unwrap().success());
        let output = child.wait_with_output().await.unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{err}");
        err
    };
    let err = stopped(&arguments).await;
    let first = desk.sources().await.remove(0);
    assert_eq!(first.status, Status::Stopped, "{err}");
    let again = format!("Go on with: duenotice people import --resume {}", first.id);
    assert!(err.contains(&again), "{err}");

    let err = stopped(&["--resume", &first.id.to_string()]).await;
    assert!(err.contains(&again), "{err}");

    // The same command goes on with it, and one that says something else begins anew.
    let others = [&arguments[..], &["--map", "country="]].concat();
    let child = desk.start(&others).await;
    let read = desk.sources().await.remove(0);
    assert!(!read.mapping.contains("country"), "{}", read.mapping);
    drop(child);
    let (code, out, err) = desk.import(&arguments).await;
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(out.contains("it is read anew"), "{out}");
    let sources = desk.sources().await;
    let [s] = &sources[..] else {
        panic!("{sources:?}")
    };
    assert_eq!((s.id, s.status), (first.id, Status::Done));
    assert_eq!(counts(s), expected);
    assert_eq!(desk.listed(s).await, expected[1]);
    assert!(s.mapping.contains("country"));
    desk.verified().await;
}

fn large() -> Option<u32> {
    let kills = std::env::var("DUENOTICE_TEST_KILLS").ok()?;
    Some(kills.parse().unwrap())
}

#[expect(clippy::print_stdout, reason = "a figure to be read")]
async fn killed_at_any_moment_it_comes_to_the_same(fresh: Fresh) {
    let (kills, rows) = large().map_or((5, 100_000), |kills| (kills, 1_000_000));
    let (text, expected) = accounts(rows);
    let desk = Desk::of(fresh).await;
    let arguments = |file: &str, reference: &str| {
        let all = [
            file,
            "--incident",
            reference,
            "--name",
            "accounts",
            "--site",
            "shop",
        ];
        all.map(str::to_owned)
    };
    let secret = desk.program.dir.path().join("secret.key");

    // In another database, on one engine for both, and undisturbed.
    let (sender, receiver) = tokio::sync::oneshot::channel();
    on_sqlite(|fresh| async {
        let other = Desk::of(fresh).await;
        let file = other.file("accounts.csv", &text);
        let begun = Instant::now();
        let all = arguments(&file, &other.reference);
        let (code, out, err) = other.import(&all.each_ref().map(String::as_str)).await;
        assert_eq!(code, Some(0), "{out}{err}");
        let took = begun.elapsed();
        std::fs::copy(other.program.dir.path().join("secret.key"), &secret).unwrap();
        let s = other.sources().await.remove(0);
        assert_eq!(counts(&s), expected);
        sender.send((s.content_sha256, took)).unwrap();
    })
    .await;
    let (undisturbed, took) = receiver.await.unwrap();

    let file = desk.file("accounts.csv", &text);
    let all = arguments(&file, &desk.reference);
    let all = all.each_ref().map(String::as_str);
    let (mut killed, mut went_on, mut during) = (0, 0, [0, 0]);
    while killed < kills {
        let mut command = desk.program.command("people");
        let mut child = command.arg("import").args(all).spawn().unwrap();
        let share = u32::from_be_bytes(uuid::Uuid::new_v4().as_bytes()[..4].try_into().unwrap());
        let moment = took.mul_f64(f64::from(share) / f64::from(u32::MAX));
        match tokio::time::timeout(moment, child.wait()).await {
            // It was quicker, and the next one is a new version.
            Ok(ended) => assert!(ended.unwrap().success()),
            Err(_) => {
                child.kill().await.unwrap();
                killed += 1;
                let newest = desk.sources().await.into_iter().next();
                match newest.map(|s| s.status) {
                    Some(Status::Reading) => during[0] += 1,
                    Some(Status::Loading) => during[1] += 1,
                    _ => {}
                }
            }
        }
    }
    let unfinished = desk.sources().await;
    let unfinished = unfinished
        .iter()
        .filter(|s| s.status != Status::Done)
        .count();
    assert!(
        unfinished <= 1,
        "one reading goes on, and no second one is begun"
    );
    let (code, out, err) = desk.import(&all).await;
    assert_eq!(code, Some(0), "{out}{err}");
    went_on += i32::from(out.contains("Going on with the unfinished reading"));
    let sources = desk.sources().await;
    for s in &sources {
        assert_eq!(s.status, Status::Done);
        assert_eq!(s.content_sha256, undisturbed, "version {}", s.version);
        assert_eq!(counts(s), expected);
        assert_eq!(desk.listed(s).await, expected[1]);
        let rejected = source::rejections(desk.db(), s.no, 0, 1_000_000)
            .await
            .unwrap();
        assert_eq!(i64::try_from(rejected.len()).unwrap(), expected[2]);
    }
    assert!(no_files(&desk.program.dir.path().join("spool")));
    desk.verified().await;
    println!(
        "{rows} rows, {took:?} undisturbed: killed {killed} times ({} while reading, {} while \
         loading), {} whole readings, the last one went on: {}",
        during[0],
        during[1],
        sources.len(),
        went_on == 1
    );
}
