//! A query that never ends, a server that never answers, a connection that breaks.

use std::time::{Duration, Instant};

use duenotice::intake::Next;
use duenotice::intake::query::{self, Connection};
use secrecy::SecretString;
use tokio::net::TcpListener;

use super::{Company, Read, drain, every_engine, mysql, params, postgres};

/// A query that gives nothing for minutes.
fn endless(company: &Company) -> &'static str {
    if company.is("sqlite") {
        return "with recursive n(i) as (select 1 union all select i + 1 from n) select i from n where i < 0";
    }
    if company.is("mysql") {
        return "select sleep(300) as a";
    }
    "select pg_sleep(300)::text as a"
}

const ROWS: usize = 400_000;

/// A query of [`ROWS`] long rows.
fn long() -> String {
    format!(
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < {ROWS}) select i, '{}' as x from n",
        "x".repeat(90)
    )
}

async fn a_query_that_never_ends_is_ended(company: &Company) {
    let begun = Instant::now();
    let (sql, timeout) = (endless(company), Duration::from_secs(1));
    let opened = query::open(&company.connection, sql, &params(&[]), timeout).await;
    let broken = match opened {
        Ok(stream) => drain(stream).await.broken.unwrap(),
        Err(broken) => broken.0,
    };
    assert!(broken.contains("ran longer than 1 seconds"), "{broken}");
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(20), "{took:?}");
}
every_engine!(a_query_that_never_ends_is_ended);

async fn a_reader_that_goes_away_ends_the_query(company: &Company) {
    let mut stream = company.open(&long(), &[]).await.unwrap();
    let next = stream.next_row().await.unwrap();
    assert!(matches!(next, Next::Row(row) if row.line == 1));
    drop(stream);
    drop(company.open(endless(company), &[]).await.unwrap());
    if company.is("postgres") {
        // Within seconds the server notices that nobody listens.
        let left = "select count(*) as n from pg_stat_activity where application_name = 'duenotice' \
                    and datname = current_database() and pid <> pg_backend_pid()";
        let begun = Instant::now();
        while company.value(left).await != "0" {
            assert!(begun.elapsed() < Duration::from_secs(20));
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
    company.run(&["create table after_all (a integer)"]).await;
}
every_engine!(a_reader_that_goes_away_ends_the_query);

#[tokio::test]
async fn a_server_that_never_answers_is_told() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    for engine in ["postgres", "mysql"] {
        let url = format!("{engine}://r:s3cret@127.0.0.1:{port}/shop");
        let connection = Connection::new("shop", SecretString::from(url)).unwrap();
        let timeout = Duration::from_secs(1);
        let checked = query::check(&connection, "select 1 as a", &params(&[]), timeout).await;
        let error = checked.unwrap_err().0;
        assert_eq!(error, "shop did not answer within 1 seconds.");
    }
}

fn broke(read: Read) {
    let broken = read.broken.unwrap();
    assert!(broken.contains("shop"), "{broken}");
    assert!(read.rows.len() < ROWS && read.bad.is_empty());
}

#[tokio::test]
async fn a_connection_that_breaks_is_told() {
    if let Some(company) = postgres().await {
        let stream = company.open(&long(), &[]).await.unwrap();
        let end = "select pg_terminate_backend(pid) from pg_stat_activity \
                   where application_name = 'duenotice' and datname = current_database()";
        company.run(&[end]).await;
        broke(drain(stream).await);
        company.remove().await;
    }
    if let Some(company) = mysql().await {
        let stream = company.open(&long(), &[]).await.unwrap();
        let others = "select group_concat(id) as ids from information_schema.processlist \
                      where db = database() and id <> connection_id()";
        let ids = company.value(others).await;
        let kills: Vec<String> = ids.split(',').map(|id| format!("kill {id}")).collect();
        let kills: Vec<&str> = kills.iter().map(String::as_str).collect();
        company.run(&kills).await;
        broke(drain(stream).await);
    }
}
