//! Queries on a company's own database: what comes, and what is told when it cannot.

use duenotice::intake::query::{self, Connection};
use secrecy::SecretString;

use super::{Company, MINUTE, every_engine, mysql, params, postgres, sqlite};

/// A table with what is hard to carry: quotes, ends of lines, letters of all kinds, large numbers.
async fn fill(company: &Company) {
    let backslash = if company.is("mysql") { r"\\" } else { r"\" };
    company
        .run(&[
            "create table customer (id bigint primary key, name varchar(200), amount decimal(20,2), born date)",
            &format!(
                "insert into customer values \
                 (9007199254740993, 'Zoë \"the\" {backslash} O''Neill ☃ 😀\n\t', 19.90, '2026-10-01'), \
                 (2, '', -0.05, null), (3, null, 12345678901234567.89, '1999-12-31')"
            ),
        ])
        .await;
}

async fn rows_come_as_they_are(company: &Company) {
    fill(company).await;
    let quote = if company.is("mysql") { '`' } else { '"' };
    let sql = format!(
        "select id, name, amount as {quote}the amount{quote}, born from customer -- all of them\n order by id;"
    );
    let (columns, read) = company.rows(&sql, &[]).await.unwrap();
    assert_eq!(columns, ["id", "name", "the amount", "born"]);
    // SQLite has no decimals: it keeps what a double holds. So does Python's sqlite3 print them.
    let (large, price) = match company.is("sqlite") {
        true => ("12345678901234568", "19.9"),
        false => ("12345678901234567.89", "19.90"),
    };
    let name = "Zoë \"the\" \\ O'Neill ☃ 😀\n\t";
    let rows: Vec<Vec<_>> = read
        .rows
        .iter()
        .map(|row| row.iter().map(Option::as_deref).collect())
        .collect();
    assert_eq!(
        rows,
        [
            [Some("2"), Some(""), Some("-0.05"), None],
            [Some("3"), None, Some(large), Some("1999-12-31")],
            [
                Some("9007199254740993"),
                Some(name),
                Some(price),
                Some("2026-10-01")
            ],
        ]
    );
    assert_eq!(
        (read.lines, read.bad, read.broken),
        (vec![1, 2, 3], vec![], None)
    );
}
every_engine!(rows_come_as_they_are);

async fn parameters_are_of_the_type_their_place_asks_for(company: &Company) {
    fill(company).await;
    let sql = "select id from customer where born >= :from and born < :to and id > :id \
               and (name is null or born <> :from) and ':id' <> :text";
    let values = [
        ("from", "1999-01-01"),
        ("to", "2026-10-01"),
        ("id", "2"),
        ("text", "x' or '1'='1"),
    ];
    let (_, read) = company.rows(sql, &values).await.unwrap();
    assert_eq!(read.rows, [[Some("3".to_owned())]], "{:?}", read.broken);
    let error = company.rows(sql, &values[..3]).await.unwrap_err();
    let none = "The query has the parameter :text, and there is no value for it.";
    assert_eq!(error.0, none);
    let idle = [&values[..], &[("more", "1")]].concat();
    let error = company.rows(sql, &idle).await.unwrap_err();
    let none = "There is a value for :more, and the query has no such parameter.";
    assert_eq!(error.0, none);
}
every_engine!(parameters_are_of_the_type_their_place_asks_for);

async fn a_preview_has_the_first_rows(company: &Company) {
    let sql = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 500) \
               select i, i * i as sq from n";
    let checked = query::check(&company.connection, sql, &params(&[]), MINUTE).await;
    let checked = checked.unwrap();
    assert_eq!(checked.columns, ["i", "sq"]);
    assert_eq!(checked.rows.len(), 20);
    let (_, read) = company.rows(sql, &[]).await.unwrap();
    assert_eq!((read.rows.len(), read.broken), (500, None));
    assert_eq!(read.rows[499][1].as_deref(), Some("250000"));
}
every_engine!(a_preview_has_the_first_rows);

async fn what_cannot_be_carried_is_told(company: &Company) {
    fill(company).await;
    for (sql, begins, holds) in [
        ("select id, name, id from customer", "Two columns", "\"id\""),
        (
            "select nothing from customer",
            "shop refuses the query:",
            "nothing",
        ),
        ("select from where", "shop refuses the query:", ""),
        ("show tables", "The query begins with SHOW", ""),
    ] {
        let error = company.rows(sql, &[]).await.unwrap_err().0;
        assert!(
            error.starts_with(begins) && error.contains(holds),
            "{sql}: {error}"
        );
    }
}
every_engine!(what_cannot_be_carried_is_told);

#[tokio::test]
async fn bytes_are_refused_with_what_to_write_instead() {
    let sql = "select id, body from files";
    for (company, kind, advice) in [
        (postgres().await, "bytea", "encode(body, 'hex')"),
        (mysql().await, "blob", "hex(body)"),
    ] {
        let Some(company) = company else { continue };
        let table = format!("create table files (id integer, body {kind})");
        company.run(&[&table]).await;
        let error = company.rows(sql, &[]).await.unwrap_err().0;
        assert!(
            error.contains("\"body\" holds bytes") && error.contains(advice),
            "{error}"
        );
        company.remove().await;
    }
    let company = sqlite().await.unwrap();
    company
        .run(&[
            "create table files (id, body)",
            "insert into files values (1, 'a'), (2, x'00ff')",
        ])
        .await;
    let (_, read) = company.rows(sql, &[]).await.unwrap();
    let broken = read.broken.unwrap();
    assert!(broken.contains("BLOB"), "{broken}");
}

#[tokio::test]
async fn types_of_postgres_are_text() {
    let Some(company) = postgres().await else {
        return;
    };
    let sql = "select timestamptz '2026-10-01 12:00:00+02' as a, timestamp '2026-10-01 12:00:00.5' as b, \
               true as c, array[1,2] as d, '{\"x\": {\"y\": 1}}'::json as e, 'ab'::char(3) as f, 1.50 as g, \
               null as h";
    let (_, read) = company.rows(sql, &[]).await.unwrap();
    let row: Vec<_> = read.rows[0].iter().map(Option::as_deref).collect();
    let expected = [
        Some("2026-10-01T10:00:00+00:00"),
        Some("2026-10-01T12:00:00.5"),
        Some("true"),
        Some("[1,2]"),
        Some("{\"x\": {\"y\": 1}}"),
        Some("ab "),
        Some("1.50"),
        None,
    ];
    assert_eq!(row, expected);
    let sql = "select 1 as x where timestamptz '2026-10-01 12:00+00' < :to and 'abc'::char(3) = :c \
               and 5 = any(:ids)";
    let values = [
        ("to", "2026-10-01T14:30:00+02:00"),
        ("c", "abc"),
        ("ids", "{4,5}"),
    ];
    assert_eq!(company.rows(sql, &values).await.unwrap().1.rows.len(), 1);
    company.remove().await;
}

#[tokio::test]
async fn types_of_mariadb_are_text() {
    let Some(company) = mysql().await else { return };
    company
        .run(&[
            "create table t (a timestamp(3) null, b datetime, c tinyint(1), d json, e bit(3), f enum('x','y'), \
             g text character set latin1, h varchar(9) collate utf8mb4_bin, i double, j time, k year)",
            "set time_zone = '+02:00'; insert into t values ('2026-10-01 12:00:00.250', '2026-10-01 12:00:00', \
             true, '{\"x\": 1}', b'101', 'y', 'Zoë', 'B', 0.5, '10:30:00', 2026)",
        ])
        .await;
    let (_, read) = company.rows("select * from t", &[]).await.unwrap();
    let row: Vec<_> = read.rows[0]
        .iter()
        .map(|f| f.as_deref().unwrap_or("∅"))
        .collect();
    let expected = [
        "2026-10-01T10:00:00.250000Z",
        "2026-10-01T12:00:00",
        "1",
        "{\"x\": 1}",
        "5",
        "y",
        "Zoë",
        "B",
        "0.5",
        "10:30:00",
        "2026",
    ];
    assert_eq!(row, expected);
}

#[tokio::test]
async fn no_sentence_holds_a_password() {
    let mut urls = vec![
        "postgres://r:s3cret@127.0.0.1:1/shop".to_owned(),
        "mysql://r:s3cret@127.0.0.1:1/shop".to_owned(),
        "sqlite:/nowhere/x.db".to_owned(),
    ];
    for server in [postgres().await, mysql().await].into_iter().flatten() {
        let mut url: url::Url = server.url.parse().unwrap();
        url.set_username("nobody_of_this_name").unwrap();
        url.set_password(Some("s3cret!")).unwrap();
        urls.push(url.into());
        server.remove().await;
    }
    for url in urls {
        let connection = Connection::new("shop", SecretString::from(url.as_str())).unwrap();
        let checked = query::check(&connection, "select 1 as a", &params(&[]), MINUTE).await;
        let error = checked.unwrap_err().0;
        assert!(
            error.contains("shop") && !error.contains("s3cret"),
            "{error}"
        );
    }
}
