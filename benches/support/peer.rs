//! The engine's own bulk load into a table of the shape that ours has today, with its indexes: its definition
//! is read from a database of ours.
//!
//! PostgreSQL's peer has exactly our table. `sqlite3 .import` reads no bytes from CSV, so its peer has as
//! many characters in the place of bytes, and an empty text, which takes the same room, in the place of a
//! missing value.

use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use duenotice::store::{Db, migrate};

use super::engines::Engine;
use super::scatter::key;

/// How a value with this many bytes is written for a peer.
#[derive(Clone, Copy, Debug)]
pub struct Values {
    postgres: bool,
}

impl Values {
    /// A keyed hash, or an id of 16 bytes.
    pub fn key(self, n: u64) -> String {
        let bytes = key(n);
        hex::encode(if self.postgres {
            &bytes[..]
        } else {
            &bytes[..8]
        })
    }

    /// So many sealed bytes.
    pub fn sealed(self, n: u64, length: usize) -> String {
        let mut text = hex::encode(key(n)).repeat(length / 16 + 1);
        if self.postgres {
            text.truncate(length * 2);
            return format!("\\x{text}");
        }
        text.truncate(length);
        text
    }
}

/// A bulk load and how long it took, in seconds; the first is that into the table with its indexes.
pub type Loads = Vec<(&'static str, f64)>;

/// Loads so many rows into a peer of `table` on the engine; `value` gives what stands in a column of a row,
/// empty for nothing. Nothing is loaded where the engine's program is not installed.
pub async fn load(
    engine: &Engine,
    dir: &Path,
    table: &str,
    rows: usize,
    value: impl Fn(Values, &str, u64) -> String,
) -> Loads {
    let url = engine.database("peer", false).await;
    let db = Db::open(&url).await.unwrap();
    migrate(&db).await.unwrap();
    db.close().await;
    let file = dir.join("peer.csv");
    let loads = match url.strip_prefix("sqlite:") {
        Some(path) => sqlite(path, &file, table, rows, value),
        None => postgres(&url, &file, table, rows, value),
    };
    let _ = std::fs::remove_file(&file);
    engine.remove(&url).await;
    loads.unwrap_or_default()
}

/// What a program prints; none when it is not installed or fails.
fn output(program: &str, args: &[&str]) -> Option<String> {
    let output = Command::new(program).args(args).output().ok()?;
    eprint!("{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    output.status.success().then(|| text.trim().to_owned())
}

fn write(file: &Path, columns: &str, rows: usize, value: impl Fn(&str, u64) -> String) {
    let columns: Vec<&str> = columns.split(',').collect();
    let mut file = BufWriter::new(std::fs::File::create(file).unwrap());
    for n in 0..u64::try_from(rows).unwrap() {
        let row: Vec<String> = columns.iter().map(|column| value(column, n)).collect();
        writeln!(file, "{}", row.join(",")).unwrap();
    }
    file.flush().unwrap();
}

fn sqlite(
    ours: &str,
    file: &Path,
    table: &str,
    rows: usize,
    value: impl Fn(Values, &str, u64) -> String,
) -> Option<Loads> {
    let ask = |sql: &str| output("sqlite3", &[ours, &sql.replace("TABLE", table)]);
    let columns = ask("select group_concat(name) from pragma_table_info('TABLE')")?;
    let made = ask("select group_concat(sql, ';') from sqlite_schema
        where tbl_name = 'TABLE' and type in ('table', 'index')")?;
    let made = made
        .replace(" blob", " text")
        .replace("strict, without", "without")
        // An empty text is not missing, and must not come into an index that is empty in ours.
        .replace("left_revision is not null", "left_revision <> ''");
    let values = Values { postgres: false };
    write(file, &columns, rows, |column, n| value(values, column, n));
    let peer = PathBuf::from(format!("{ours}.peer"));
    let peer_name = peer.to_str().unwrap();
    let _ = std::fs::remove_file(&peer);
    output(
        "sqlite3",
        &[peer_name, &format!("pragma journal_mode = wal; {made};")],
    )?;
    let start = Instant::now();
    // As durable as ours, and with about as much memory as ours may take.
    let set = "pragma synchronous = full; pragma cache_size = -262144;";
    let import = format!(".import --csv {} {table}", file.display());
    let done = output("sqlite3", &["-cmd", set, peer_name, &import]);
    let seconds = start.elapsed().as_secs_f64();
    let counted = output(
        "sqlite3",
        &[peer_name, &format!("select count(*) from {table}")],
    );
    std::fs::remove_file(&peer).unwrap();
    assert_eq!(counted.unwrap(), rows.to_string());
    done.map(|_| vec![(".import", seconds)])
}

fn postgres(
    url: &str,
    file: &Path,
    table: &str,
    rows: usize,
    value: impl Fn(Values, &str, u64) -> String,
) -> Option<Loads> {
    let psql = |sql: &str| {
        let sql = sql.replace("TABLE", table);
        output("psql", &[url, "-qAt", "-v", "ON_ERROR_STOP=1", "-c", &sql])
    };
    let columns = psql(
        "select string_agg(column_name, ',' order by ordinal_position)
         from information_schema.columns where table_name = 'TABLE'",
    )?;
    let values = Values { postgres: true };
    write(file, &columns, rows, |column, n| value(values, column, n));
    let copy = format!("\\copy {table} ({columns}) from '{}' csv", file.display());
    let start = Instant::now();
    psql(&copy)?;
    let whole = start.elapsed().as_secs_f64();
    let counted = psql("select count(*) from TABLE");
    assert_eq!(counted.unwrap(), rows.to_string());
    let key =
        psql("select pg_get_constraintdef(oid) from pg_constraint where conname = 'TABLE_pkey'")?;
    psql("truncate TABLE; alter table TABLE drop constraint TABLE_pkey")?;
    let start = Instant::now();
    psql(&copy)?;
    psql(&format!("alter table TABLE add {key}"))?;
    let after = start.elapsed().as_secs_f64();
    Some(vec![("\\copy", whole), ("\\copy, then the key", after)])
}

/// Says how fast ours was beside the peers.
#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
pub fn report(what: &str, rows: usize, ours: f64, loads: &Loads) {
    let rows = rows as f64;
    println!("{what}: {:.0} rows/s ({ours:.2} s)", rows / ours);
    for (name, seconds) in loads {
        println!(
            "  {name}: {:.0} rows/s ({seconds:.2} s); ratio {:.2}",
            rows / seconds,
            seconds / ours
        );
    }
    if loads.is_empty() {
        println!("  the engine's own program is not installed");
    }
}
