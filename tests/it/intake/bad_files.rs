//! Files that are not what they should be: a sentence each, and nothing read on silently.

use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};

use duenotice::intake::{
    Broken, Detected, Format, Kind, Limits, Packed, Paths, detect, open, open_within,
};

use super::{Read, file, read, sample};

fn refused(bytes: &[u8], name: &str) -> String {
    detect(&file(bytes), name).unwrap_err().0
}

fn format(packed: Packed, kind: Kind) -> Format {
    Format {
        packed,
        kind,
        encoding: "UTF-8".to_owned(),
        paths: None,
    }
}

/// What is found out about a file with this in it, and what is read of it.
fn taken(bytes: &[u8]) -> (Detected, Read) {
    let file = file(bytes);
    let found = detect(&file, "list").unwrap();
    let mut rows = open(file, &found.format).unwrap();
    (found, read(&mut *rows))
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(text).unwrap();
    packed.finish().unwrap()
}

fn value(n: u32) -> String {
    format!("{:08x}", n.wrapping_mul(2_654_435_761))
}

/// Lines that do not pack well.
fn list(rows: u32) -> String {
    let lines = (0..rows).map(|n| format!("{n},{}\n", value(n)));
    "id,value\n".to_owned() + &lines.collect::<String>()
}

#[test]
fn what_is_no_list_is_told_by_name() {
    assert_eq!(refused(b"", "a.csv"), "The file is empty.");
    assert_eq!(refused(b"\xef\xbb\xbf", "a.csv"), "The file is empty.");
    assert_eq!(refused(&gzip(b""), "a.csv.gz"), "The file is empty.");
    let folder = File::open(std::env::temp_dir()).unwrap();
    assert!(detect(&folder, "tmp").unwrap_err().0.contains("folder"));
    for kind in [Kind::Parquet, Kind::csv(','), Kind::JsonLines] {
        let folder = File::open(std::env::temp_dir()).unwrap();
        let Err(Broken(error)) = open(folder, &format(Packed::Plain, kind)) else {
            panic!("a folder is read");
        };
        assert!(error.contains("folder"), "{error}");
    }
    assert!(refused(b"PK\x03\x04....", "a.xlsx").contains("Excel"));
    assert!(refused(b"%PDF-1.7", "a.csv").contains("PDF"));
    assert!(refused(b"SQLite format 3\0", "a.csv").contains("SQLite"));
    assert!(refused(b"a,b\n1,2\n", "a.parquet").contains("does not begin with PAR1"));
    assert!(refused(b"PAR1 and then nothing", "a").contains("not Parquet"));
    assert!(refused(b"[\n {\"a\":1}\n]", "a.json").contains("one object a line"));
    assert!(refused(b"<html>", "a.csv").contains("HTML"));
    let parquet = std::fs::read(sample("types.parquet")).unwrap();
    assert!(refused(&gzip(&parquet), "a.parquet.gz").contains("packed once more"));
    let cut = &parquet[..parquet.len() - 100];
    assert!(refused(cut, "a.parquet").contains("cut off"));
}

#[test]
fn damaged_parquet_ends_with_a_sentence() {
    let parquet = std::fs::read(sample("groups.parquet")).unwrap();
    let mut ended = 0;
    for at in (4..parquet.len()).step_by(499) {
        let mut damaged = parquet.clone();
        damaged[at..].iter_mut().take(16).for_each(|b| *b ^= 0x5a);
        let Ok(mut rows) = open(file(&damaged), &format(Packed::Plain, Kind::Parquet)) else {
            ended += 1;
            continue;
        };
        let read = read(&mut *rows);
        ended += u32::from(read.broken.is_some());
        // Some damage falls on what is not needed, such as the statistics of a column.
        let all = read.rows.len() + read.bad.len();
        assert!(read.broken.is_some() || all == 5_000, "{at}: {all}");
    }
    assert!(ended > 0);
}

#[test]
fn what_was_cut_off_is_told_where() {
    let text = list(200_000);
    let mut gz = gzip(text.as_bytes());
    let mut zst = zstd::encode_all(text.as_bytes(), 1).unwrap();
    gz.truncate(gz.len() / 2);
    zst.truncate(zst.len() / 2);
    for (packed, what) in [(gz, "gzip"), (zst, "Zstandard")] {
        let (found, read) = taken(&packed);
        let broken = read.broken.unwrap();
        let begins = format!("The {what} file ends in the middle");
        assert!(broken.starts_with(&begins), "{broken}");
        assert_eq!(found.rows.len(), 20);
        // What was read until then is whole.
        assert!(read.rows.len() > 50_000, "{}", read.rows.len());
        assert!(read.bad.is_empty());
        for (n, row) in (0..).zip(&read.rows) {
            assert_eq!(row[1].as_deref(), Some(value(n).as_str()));
        }
    }
}

#[test]
fn what_follows_gzip_is_told() {
    let members = [gzip(b"id\n1\n"), gzip(b"2\n")].concat();
    assert_eq!(taken(&members).1.rows.len(), 2);
    let padded = [members.clone(), vec![0; 1_000]].concat();
    assert_eq!(taken(&padded).1.broken, None);
    let followed = [members, b"3\n".to_vec()].concat();
    let broken = taken(&followed).1.broken.unwrap();
    assert!(broken.contains("something else follows"), "{broken}");
    let mut damaged = gzip(list(1_000).as_bytes());
    let crc = damaged.len() - 8;
    damaged[crc] ^= 1;
    let broken = taken(&damaged).1.broken.unwrap();
    assert!(broken.contains("damaged"), "{broken}");
}

#[test]
fn a_bomb_is_stopped() {
    let mut bomb = zstd::Encoder::new(Vec::new(), 1).unwrap();
    bomb.write_all(b"id\n").unwrap();
    let lines = [vec![b'x'; 999], b"\n".to_vec()].concat().repeat(1_000);
    for _ in 0..120 {
        bomb.write_all(&lines).unwrap();
    }
    let bomb = bomb.finish().unwrap();
    assert!(bomb.len() < 500_000, "{}", bomb.len());
    let mut rows = open(file(&bomb), &format(Packed::Zstd, Kind::csv(','))).unwrap();
    let seen = read(&mut *rows);
    let broken = seen.broken.unwrap();
    assert!(broken.contains("more than 200 times its size"), "{broken}");
    // 100 MiB of lines of 1,000 bytes.
    let count = seen.rows.len();
    assert!((104_000..105_500).contains(&count), "{count}");

    let limits = Limits {
        unpacked_bytes_max: 3_000_000,
    };
    let packed = gzip(list(300_000).as_bytes());
    let csv = format(Packed::Gzip, Kind::csv(','));
    let broken = read(&mut *open_within(file(&packed), &csv, limits).unwrap()).broken;
    let broken = broken.unwrap();
    assert!(
        broken.contains("more than 2 MiB, the most that is taken"),
        "{broken}"
    );
}

#[test]
fn a_gigabyte_on_one_line_is_passed_over() {
    let mut file = file(b"id,name\n1,a\n2,");
    // A hole, which reads as zeros.
    file.seek(SeekFrom::Start(1 << 30)).unwrap();
    file.write_all(b"\n3,c\n").unwrap();
    let mut rows = open(file, &format(Packed::Plain, Kind::csv(','))).unwrap();
    let read = read(&mut *rows);
    assert_eq!(read.lines, [2, 4]);
    assert_eq!(read.bad[0].0, 3);
    let reason = &read.bad[0].1;
    assert!(reason.contains("longer than 65536 bytes"), "{reason}");
}

#[test]
fn odd_lines_are_refused_one_by_one() {
    let (found, read) = taken(b"id,name\n1,a\n2,b\0b\n3\n4,\"d\n5,e,e\n6,f\n");
    assert_eq!(read.lines, [2, 7]);
    let reasons: Vec<_> = read
        .bad
        .iter()
        .map(|(n, reason)| (*n, &reason[..24]))
        .collect();
    assert_eq!(
        reasons,
        [
            (3, "The line has a NUL byte "),
            (4, "The line has 1 field, an"),
            (5, "A quote is opened in thi"),
            (6, "The line has 3 fields, a"),
        ]
    );
    assert_eq!(found.bad, read.bad);
    let json = b"{\"a\":1}\n{\"a\":\n{\"a\":2}\n[1]\n{\"a\":1,\"a\":2}\n{\"a\":\"\\u0000\"}\n";
    let mut rows = open(file(json), &format(Packed::Plain, Kind::JsonLines)).unwrap();
    let read = self::read(&mut *rows);
    assert_eq!(read.lines, [1, 3]);
    let bad: Vec<_> = read.bad.iter().map(|(line, _)| *line).collect();
    assert_eq!(bad, [2, 4, 5, 6]);
}

#[test]
fn the_wrong_delimiter_is_noticed() {
    let text = list(50);
    let wrong = format(Packed::Plain, Kind::csv(';'));
    let mut rows = open(file(text.as_bytes()), &wrong).unwrap();
    // Every line is one field: a person sees it in the columns.
    assert_eq!(rows.columns(), ["id,value"]);
    assert_eq!(read(&mut *rows).rows.len(), 50);
    let text = "id;value\n".to_owned() + &text;
    let read = read(&mut *open(file(text.as_bytes()), &wrong).unwrap());
    assert_eq!(read.bad.len(), 51);
    let reason = &read.bad[0].1;
    assert!(reason.contains("the delimiter is another one"), "{reason}");
}

#[test]
fn a_header_is_looked_at() {
    let (found, read) = taken(b"id,name\n");
    assert_eq!((found.columns.len(), read.rows.len()), (2, 0));
    let note = "The file has names of columns, but no row.";
    assert_eq!(found.notes, [note]);
    assert!(refused(b"id,name,id\n1,2,3\n", "a.csv").contains("called \"id\""));
    let (found, _) = taken(b"c-1,anna@example.at\nc-2,bob@example.at\n");
    let notes = found.notes;
    assert!(notes[0].contains("looks like a row"), "{notes:?}");
}

#[test]
fn patterns_are_checked_when_a_file_is_opened() {
    let log = std::fs::read(sample("access.log")).unwrap();
    let error = |column: &str, pattern: &str| {
        let mut format = format(Packed::Plain, Kind::CombinedLog);
        format.paths = Some(Paths {
            column: column.to_owned(),
            patterns: vec![pattern.to_owned()],
        });
        open(file(&log), &format).err().unwrap().0
    };
    assert!(error("url", "/a/{b}").contains("no column \"url\""));
    assert!(error("path", "/a/{host}").contains("called \"host\""));
    assert!(error("path", "/a/{").contains("not closed"));
}

#[test]
fn an_encoding_that_is_not_known_is_told() {
    let mut format = format(Packed::Plain, Kind::csv(','));
    format.encoding = "EBCDIC".to_owned();
    let error = open(file(b"a\n"), &format).err().unwrap().0;
    assert!(error.contains("\"EBCDIC\" is not known"), "{error}");
}
