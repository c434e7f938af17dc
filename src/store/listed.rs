//! Records of sources, put into the database in the order of their key: that is what makes ten million
//! of them as fast as the engine can go.

use super::{Exec, Tx};
use crate::domain::scope::identifier::Key;
use crate::domain::scope::record::Record;
use crate::domain::scope::value::Code;
use crate::error::Result;
use crate::sql;

/// How many values SQLite takes in one statement.
const VALUES_MAX: usize = 32_766;

/// A column of `listed` beside source, key, line and kind: which records of a batch have it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Column {
    EmailKey,
    PhoneKey,
    RecordKey,
    CookieKey,
    Since,
    Until,
    At,
    Country,
    Region,
    Lang,
    BirthYear,
    Role,
    Exposed,
    More,
    Sealed,
}

/// With their names, in one order for both engines.
const COLUMNS: [(Column, &str); 15] = [
    (Column::EmailKey, "email_key"),
    (Column::PhoneKey, "phone_key"),
    (Column::RecordKey, "record_key"),
    (Column::CookieKey, "cookie_key"),
    (Column::Since, "since"),
    (Column::Until, "until"),
    (Column::At, "at"),
    (Column::Country, "country"),
    (Column::Region, "region"),
    (Column::Lang, "lang"),
    (Column::BirthYear, "birth_year"),
    (Column::Role, "role"),
    (Column::Exposed, "exposed"),
    (Column::More, "more"),
    (Column::Sealed, "sealed"),
];

/// The value of a column.
enum Cell<'a> {
    None,
    Key(Key),
    Number(i64),
    Text(&'a str),
    Json(&'a str),
    Bytes(&'a [u8]),
}

impl Column {
    fn of<'a>(self, r: &'a Record<'_>) -> Cell<'a> {
        let key = |key: Option<Key>| key.map_or(Cell::None, Cell::Key);
        let number = |n: Option<i64>| n.map_or(Cell::None, Cell::Number);
        fn text(text: Option<&str>) -> Cell<'_> {
            text.map_or(Cell::None, Cell::Text)
        }
        match self {
            Self::EmailKey => key(r.email_key),
            Self::PhoneKey => key(r.phone_key),
            Self::RecordKey => key(r.record_key),
            Self::CookieKey => key(r.cookie_key),
            Self::Since => number(r.since),
            Self::Until => number(r.until),
            Self::At => number(r.at),
            Self::Country => text(r.country.as_ref().map(Code::as_str)),
            Self::Region => text(r.region.as_ref().map(Code::as_str)),
            Self::Lang => text(r.lang.as_deref()),
            Self::BirthYear => number(r.birth_year),
            Self::Role => text(r.role.as_deref()),
            Self::Exposed => text(r.exposed.as_deref()),
            Self::More => r.more.as_deref().map_or(Cell::None, Cell::Json),
            Self::Sealed => r.sealed.as_deref().map_or(Cell::None, Cell::Bytes),
        }
    }
}

/// Puts records into the database. They come sorted by key and line; a batch is one statement or a few.
pub async fn load(tx: &mut Tx, source: i64, records: &[Record<'_>]) -> Result<()> {
    if records.is_empty() {
        return Ok(());
    }
    // A source has few of the columns; values that nobody has are not sent.
    let columns: Vec<(Column, &str)> = COLUMNS
        .into_iter()
        .filter(|(c, _)| records.iter().any(|r| !matches!(c.of(r), Cell::None)))
        .collect();
    match tx {
        Tx::Postgres(tx) => copy(tx, source, records, &columns).await,
        Tx::Sqlite(_) => {
            for piece in records.chunks(VALUES_MAX / (columns.len() + 3)) {
                insert(tx, source, piece, &columns).await?;
            }
            Ok(())
        }
    }
}

async fn insert(
    tx: &mut Tx,
    source: i64,
    records: &[Record<'_>],
    columns: &[(Column, &str)],
) -> Result<()> {
    let mut q = tx.command(sql!(
        "insert into listed (source, key, line, kind, email_key, phone_key, record_key, cookie_key,
            since, until, at, country, region, lang, birth_year, role, exposed, more, sealed) values "
    ));
    let mut row = format!("({source}, ?, ?, ?");
    for (column, _) in COLUMNS {
        let there = columns.iter().any(|(c, _)| *c == column);
        row.push_str(if there { ", ?" } else { ", null" });
    }
    row.push(')');
    for (n, r) in records.iter().enumerate() {
        q = q.push(if n == 0 { "" } else { ", " }).push(&row);
        q = q.bind(r.key).bind(r.line).bind(r.kind.number());
        for (column, _) in columns {
            q = match column.of(r) {
                Cell::None => q.bind(None::<i64>),
                Cell::Key(key) => q.bind(key),
                Cell::Number(n) => q.bind(n),
                Cell::Text(text) | Cell::Json(text) => q.bind(text),
                Cell::Bytes(bytes) => q.bind(bytes),
            };
        }
    }
    q.run().await?;
    Ok(())
}

/// With PostgreSQL's binary `copy`: `PGCOPY`, flags, then each row as its number of fields and each
/// field as its length and bytes ("COPY", section "Binary Format", of the PostgreSQL manual).
async fn copy(
    tx: &mut sqlx::PgConnection,
    source: i64,
    records: &[Record<'_>],
    columns: &[(Column, &str)],
) -> Result<()> {
    const HEAD: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
    let fields = i16::try_from(columns.len() + 4).unwrap_or(i16::MAX);
    let mut out = Vec::with_capacity(records.len() * 160);
    out.extend_from_slice(HEAD);
    for r in records {
        out.extend_from_slice(&fields.to_be_bytes());
        put(&mut out, &source.to_be_bytes());
        put(&mut out, r.key.bytes());
        put(&mut out, &r.line.to_be_bytes());
        put(&mut out, &r.kind.number().to_be_bytes());
        for (column, _) in columns {
            match column.of(r) {
                Cell::None => out.extend_from_slice(&(-1_i32).to_be_bytes()),
                Cell::Key(key) => put(&mut out, key.bytes()),
                Cell::Number(n) => put(&mut out, &n.to_be_bytes()),
                Cell::Text(text) => put(&mut out, text.as_bytes()),
                Cell::Bytes(bytes) => put(&mut out, bytes),
                // jsonb is its version, 1, and the text.
                Cell::Json(text) => {
                    let length = i32::try_from(text.len() + 1).unwrap_or(i32::MAX);
                    out.extend_from_slice(&length.to_be_bytes());
                    out.push(1);
                    out.extend_from_slice(text.as_bytes());
                }
            }
        }
    }
    out.extend_from_slice(&(-1_i16).to_be_bytes());
    let names: String = columns.iter().flat_map(|(_, n)| [", ", n]).collect();
    let statement =
        format!("copy listed (source, key, line, kind{names}) from stdin (format binary)");
    let mut copy = tx.copy_in_raw(&statement).await?;
    copy.send(out).await?;
    copy.finish().await?;
    Ok(())
}

fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(&i32::try_from(bytes.len()).unwrap_or(i32::MAX).to_be_bytes());
    out.extend_from_slice(bytes);
}

/// How many records a source has in the database.
pub async fn count(db: impl Exec<'_>, source: i64) -> Result<i64> {
    let (n,): (i64,) = db
        .query(sql!("select count(*) from listed where source = $1"))
        .bind(source)
        .one()
        .await?;
    Ok(n)
}
