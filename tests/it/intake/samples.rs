//! The sample files, against what Python reads from them.

use std::collections::BTreeMap;
use std::fs::File;

use duenotice::intake::{Detected, Kind, Next, Packed, Paths, Rows, detect, open};
use serde::Deserialize;

use super::{read, sample};

#[derive(Deserialize)]
struct Expected {
    columns: Vec<String>,
    rows: Vec<Vec<Option<String>>>,
}

fn expected() -> BTreeMap<String, Expected> {
    let text = std::fs::read_to_string(sample("expected.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn detected(name: &str) -> Detected {
    let file = File::open(sample(name)).unwrap();
    detect(&file, name).unwrap_or_else(|e| panic!("{name}: {e}"))
}

fn rows(found: &Detected, name: &str) -> Box<dyn Rows> {
    open(File::open(sample(name)).unwrap(), &found.format).unwrap()
}

#[test]
fn every_sample_is_read_as_python_reads_it() {
    let expected = expected();
    assert_eq!(expected.len(), 7);
    for (name, expected) in expected {
        let found = detected(&name);
        let read = read(&mut *rows(&found, &name));
        assert_eq!(found.columns, expected.columns, "{name}");
        assert_eq!(read.rows, expected.rows, "{name}");
        assert_eq!((read.bad, read.broken), (Vec::new(), None), "{name}");
        let preview: Vec<_> = found.rows.into_iter().map(|r| r.fields).collect();
        assert_eq!(preview, expected.rows, "{name}");
    }
}

#[test]
fn formats_are_found_out() {
    let format = |name| {
        let format = detected(name).format;
        (format.packed, format.kind, format.encoding)
    };
    let csv =
        |delimiter, encoding: &str| (Packed::Plain, Kind::csv(delimiter), encoding.to_owned());
    assert_eq!(format("accounts.csv"), csv(',', "UTF-8"));
    assert_eq!(format("kunden.csv"), csv(';', "windows-1252"));
    assert_eq!(format("orders_utf16.csv"), csv('\t', "UTF-16LE"));
    assert_eq!(format("orders_bom.csv"), csv('|', "UTF-8"));
    let json = |packed| (packed, Kind::JsonLines, "UTF-8".to_owned());
    assert_eq!(format("orders.jsonl.gz"), json(Packed::Gzip));
    assert_eq!(format("orders.jsonl.zst"), json(Packed::Zstd));
    assert_eq!(format("types.parquet").1, Kind::Parquet);
    assert_eq!(format("access.log").1, Kind::CombinedLog);
    let notes = detected("kunden.csv").notes;
    assert!(
        notes[0].starts_with("Read as windows-1252, because it is not UTF-8."),
        "{notes:?}"
    );
}

#[test]
fn lines_are_those_of_the_file() {
    let found = detected("accounts.csv");
    let read = read(&mut *rows(&found, "accounts.csv"));
    // The third row has an end of line in it.
    assert_eq!(read.lines, [2, 3, 4, 6]);
}

#[test]
fn a_line_in_another_encoding_is_refused_and_not_garbled() {
    let found = detected("mixed.csv");
    assert_eq!(found.format.encoding, "UTF-8");
    assert!(
        found.notes[0].contains("1 are in another encoding"),
        "{:?}",
        found.notes
    );
    let read = read(&mut *rows(&found, "mixed.csv"));
    let names: Vec<_> = read.rows.iter().map(|r| r[1].as_deref().unwrap()).collect();
    assert_eq!(names, ["Jäger", "Groß"]);
    assert_eq!(read.bad[0].0, 3);
    assert!(
        read.bad[0].1.contains("not UTF-8 (byte 0xfc at place 4)"),
        "{:?}",
        read.bad
    );
}

#[test]
fn row_groups_follow_one_another() {
    let found = detected("groups.parquet");
    let mut rows = rows(&found, "groups.parquet");
    let read = read(&mut *rows);
    assert_eq!(read.rows.len(), 5_000);
    assert_eq!(read.lines.last(), Some(&5_000));
    let last = [Some("c-4999".to_owned()), Some("4999".to_owned())];
    assert_eq!(read.rows[4_999], last);
    let bytes = std::fs::metadata(sample("groups.parquet")).unwrap().len();
    assert_eq!(rows.bytes_read(), bytes);
}

#[test]
fn a_log_tells_which_orders_were_exported() {
    let export = "GET /export/orders?from={from}&to={to}";
    let order = "/orders/{order}";
    let mut found = detected("access.log");
    found.format.paths = Some(Paths {
        column: "path".to_owned(),
        patterns: vec![export.to_owned(), order.to_owned()],
    });
    let mut rows = rows(&found, "access.log");
    let columns = rows.columns().to_vec();
    assert_eq!(columns[12..], ["from", "to", "order", "matched"]);
    let wanted = ["time", "user", "from", "to", "order", "matched"];
    let places = wanted.map(|name| columns.iter().position(|c| c == name).unwrap());
    let (mut seen, mut bad) = (Vec::new(), Vec::new());
    loop {
        match rows.next().unwrap() {
            Next::Row(row) => seen.push(places.map(|at| row.get(at).unwrap_or("-").to_owned())),
            Next::Bad { line, reason, .. } => bad.push((line, reason)),
            Next::End => break,
        }
    }
    let at = |time: &'static str, rest: [&'static str; 4]| {
        [time, "4711", rest[0], rest[1], rest[2], rest[3]]
    };
    assert_eq!(
        seen,
        [
            at("2026-11-03T02:14:07+01:00", ["-", "-", "-", "-"]),
            at(
                "2026-11-03T02:15:00+01:00",
                ["2026-10-01", "2026-10-14", "-", export]
            ),
            at("2026-11-03T02:15:30+01:00", ["-", "-", "A/17", order]),
        ]
    );
    assert_eq!(bad.len(), 1);
    assert!(bad[0].1.contains("not a request"), "{bad:?}");
}
