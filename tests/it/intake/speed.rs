//! How fast rows are read. It prints figures and is run by hand:
//! `cargo test --release --test it intake::speed -- --ignored --nocapture`.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::time::Instant;

use duenotice::intake::{Next, Rows, detect, open};

use super::{Company, mysql, postgres, sqlite};

const ROWS: u32 = 5_000_000;
const HEAD: &str = "user_id,email,lang,country,state,birth_year,created";

fn account(n: u32) -> String {
    let (year, day) = (n % 100, 1 + n % 28);
    format!("c-{n},person{n}@example.org,de,AT,,19{year:02},2025-03-{day:02}")
}

fn object(n: u32) -> String {
    let year = n % 100;
    format!(
        "{{\"user_id\":\"c-{n}\",\"email\":\"person{n}@example.org\",\"lang\":\"de\",\"country\":\"AT\",\
         \"state\":null,\"birth_year\":19{year:02},\"created\":\"2025-03-01\"}}"
    )
}

fn request(n: u32) -> String {
    format!(
        "203.0.113.7 - {n} [03/Nov/2026:02:15:00 +0100] \"GET /orders/{n} HTTP/1.1\" 200 918 \"-\" \"curl/8.5.0\""
    )
}

fn write(out: impl Write, head: Option<&str>, line: impl Fn(u32) -> String) {
    let mut out = BufWriter::new(out);
    if let Some(head) = head {
        writeln!(out, "{head}").unwrap();
    }
    for n in 0..ROWS {
        writeln!(out, "{}", line(n)).unwrap();
    }
    out.flush().unwrap();
}

#[expect(clippy::print_stdout, reason = "a figure to be read")]
fn measure(name: &str, rows: &mut dyn Rows) {
    let begun = Instant::now();
    let (mut count, mut bytes) = (0_u32, 0);
    loop {
        match rows.next().unwrap() {
            Next::Row(row) => {
                count += 1;
                bytes += row.iter().flatten().map(str::len).sum::<usize>();
            }
            Next::Bad { line, reason, .. } => panic!("line {line}: {reason}"),
            Next::End => break,
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find(|l| l.starts_with("VmHWM")).unwrap();
    let rate = f64::from(count) / seconds / 1e6;
    println!(
        "{name}: {count} rows, {bytes} bytes of fields, {seconds:.2} s, {rate:.2} M rows/s; {peak}"
    );
}

fn measure_file(name: &str, file: &File) {
    let found = detect(file, name).unwrap();
    let mut rows = open(file.try_clone().unwrap(), &found.format).unwrap();
    measure(name, &mut *rows);
}

#[test]
#[ignore = "prints figures"]
fn files() {
    let new = || tempfile::tempfile().unwrap();
    let file = new();
    write(&file, Some(HEAD), account);
    measure_file("csv", &file);
    let file = new();
    let quoted = |line: &str| format!("\"{}\"", line.replace(',', "\",\""));
    write(&file, Some(&quoted(HEAD)), |n| quoted(&account(n)));
    measure_file("csv, all quoted", &file);
    let file = new();
    write(&file, None, object);
    measure_file("json lines", &file);
    let file = new();
    write(&file, None, request);
    measure_file("combined log", &file);
    let file = new();
    let gz = flate2::write::GzEncoder::new(&file, flate2::Compression::default());
    write(gz, Some(HEAD), account);
    measure_file("csv, gzip", &file);
    // A path to a file with the same columns, made with pyarrow.
    if let Some(path) = std::env::var_os("INTAKE_PARQUET") {
        measure_file("parquet", &File::open(path).unwrap());
    }
}

async fn query(name: &'static str, company: Company) {
    let row = "i, 'person@example.org', 'de', 'AT', null, 1990, '2025-03-01'";
    let fill = match name {
        "mariadb" => {
            format!(
                "insert into account select {row} from (select seq as i from seq_1_to_1000000) n"
            )
        }
        _ => format!(
            "insert into account with recursive n(i) as \
             (select 1 union all select i + 1 from n where i < 1000000) select {row} from n"
        ),
    };
    company
        .run(&[
            "create table account (id integer, email varchar(99), lang varchar(9), country varchar(2), \
             state varchar(2), birth_year integer, created varchar(10))",
            &fill,
        ])
        .await;
    let mut stream = company.open("select * from account", &[]).await.unwrap();
    tokio::task::spawn_blocking(move || measure(name, &mut stream))
        .await
        .unwrap();
    company.remove().await;
}

#[tokio::test]
#[ignore = "prints figures"]
async fn queries() {
    query("sqlite", sqlite().await.unwrap()).await;
    query("postgres", postgres().await.unwrap()).await;
    query("mariadb", mysql().await.unwrap()).await;
}
