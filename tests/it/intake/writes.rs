//! A query that writes: a sentence, and nothing is written. Both fences are tried: the one that reads the
//! text, and the server's own, by a function that writes and whose call looks like reading.

use super::{Company, every_engine, mysql, postgres};

async fn fill(company: &Company) {
    company
        .run(&[
            "create table orders (id integer primary key, total integer)",
            "insert into orders values (1, 10), (2, 20), (3, 30)",
        ])
        .await;
}

async fn untouched(company: &Company) {
    let sql = "select 1000 * count(*) + sum(total) as n from orders";
    assert_eq!(company.value(sql).await, "3060");
}

async fn a_query_that_writes_is_refused(company: &Company) {
    fill(company).await;
    let outfile = std::env::temp_dir().join(format!("duenotice-outfile-{}", std::process::id()));
    let into_outfile = format!("select id from orders into outfile '{}'", outfile.display());
    for (sql, words) in [
        ("update orders set total = 0", "UPDATE"),
        ("delete from orders", "DELETE"),
        ("insert into orders values (4, 1)", "INSERT"),
        ("drop table orders", "DROP"),
        ("truncate table orders", "TRUNCATE"),
        (
            "select 1 as a; delete from orders",
            "more than one statement",
        ),
        (
            "with gone as (delete from orders returning id) select id from gone",
            "DELETE",
        ),
        (
            "with a as (select 1 as b) delete from orders where id in (select b from a)",
            "DELETE",
        ),
        ("select id into copied from orders", "INTO"),
        (&into_outfile, "INTO"),
        ("select id from orders for update", "lock"),
        (
            "select 1) as q; delete from orders; select (1",
            "parenthesis",
        ),
        ("create table x (a integer)", "CREATE"),
        ("pragma journal_mode = delete", "PRAGMA"),
        ("call p()", "CALL"),
    ] {
        let error = company.rows(sql, &[]).await.unwrap_err();
        assert!(error.0.contains(words), "{sql}: {error}");
    }
    untouched(company).await;
    assert!(!outfile.exists());
}
every_engine!(a_query_that_writes_is_refused);

#[tokio::test]
async fn postgres_refuses_what_only_looks_like_reading() {
    let Some(company) = postgres().await else {
        return;
    };
    fill(&company).await;
    company
        .run(&[
            "create function tidy() returns integer language sql as 'delete from orders; select 1'",
            "create sequence number",
        ])
        .await;
    for sql in [
        "select tidy() as a",
        "select nextval('number') as a",
        "select set_config('transaction_read_only', 'off', false) as a, tidy() as b",
    ] {
        let (_, read) = company.rows(sql, &[]).await.unwrap();
        let broken = read.broken.unwrap_or_else(|| panic!("{sql} was taken"));
        let told = broken.contains("read-only") || broken.contains("read-write");
        assert!(told, "{sql}: {broken}");
    }
    untouched(&company).await;
    company.remove().await;
}

#[tokio::test]
async fn mariadb_refuses_what_only_looks_like_reading() {
    let Some(company) = mysql().await else { return };
    fill(&company).await;
    company
        .run(&[
            "create function tidy() returns integer modifies sql data begin delete from orders; return 1; end",
        ])
        .await;
    let read = company.rows("select tidy() as a", &[]).await;
    let broken = read.map_or_else(|e| e.0, |(_, read)| read.broken.unwrap());
    let told = broken.contains("would change data") && broken.contains("only read");
    assert!(told, "{broken}");
    untouched(&company).await;
    let error = company.rows("/*!50000 delete from orders */", &[]).await;
    let error = error.unwrap_err().0;
    assert!(error.contains("/*! … */"), "{error}");
    untouched(&company).await;
}
