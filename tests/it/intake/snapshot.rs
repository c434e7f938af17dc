//! A source that changes while it is read is seen as it was at one moment.

use duenotice::intake::Next;

use super::{Company, drain, every_engine};

const ROWS: usize = 300_000;
/// So long that not all rows fit into the buffers between the server and us.
const NOTE: &str = "sixty letters sixty letters sixty letters sixty letters sixty";

async fn a_source_that_changes_is_seen_at_one_moment(company: &Company) {
    if company.is("sqlite") {
        // So that somebody can write while we read.
        company.run(&["pragma journal_mode = wal"]).await;
    }
    // MariaDB ends a recursion early, but has tables of numbers.
    let fill = if company.is("mysql") {
        format!("insert into orders select seq, 1, '{NOTE}' from seq_1_to_{ROWS}")
    } else {
        format!(
            "insert into orders with recursive n(i) as (select 1 union all select i + 1 from n where i < {ROWS}) \
         select i, 1, '{NOTE}' from n"
        )
    };
    company
        .run(&[
            "create table orders (id integer primary key, total integer, note varchar(100))",
            &fill,
        ])
        .await;
    let sql = "select id, total, note from orders order by id";
    let mut stream = company.open(sql, &[]).await.unwrap();
    assert!(matches!(stream.next_row().await.unwrap(), Next::Row(_)));
    company
        .run(&[
            &format!("insert into orders values ({}, 1, 'new')", ROWS + 1),
            "update orders set total = 1000 where id > 1000",
            "delete from orders where id = 299999",
        ])
        .await;
    let read = drain(stream).await;
    assert_eq!((read.broken, read.bad), (None, vec![]));
    assert_eq!(read.rows.len(), ROWS - 1);
    assert!(read.rows.iter().all(|row| row[1].as_deref() == Some("1")));
    let after = "select count(*) as n from orders where total = 1000";
    assert_eq!(company.value(after).await, (ROWS - 1_000).to_string());
}
every_engine!(a_source_that_changes_is_seen_at_one_moment);
