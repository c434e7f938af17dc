//! The rows of a running query, in constant memory: a task reads ahead by a few batches and then waits.

use std::time::{Duration, Instant};

use futures_util::TryStreamExt as _;
use sqlx::{AssertSqlSafe, ColumnIndex, Database, Decode, Executor, IntoArguments, Row as _, Type};
use sqlx::{MySqlConnection, PgConnection, SqliteConnection};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::super::json::Objects;
use super::super::{Broken, Next, RAW_BYTES_MAX, Rows};
use super::{Connection, GRACE, too_long};

/// A batch is sent when it has this many bytes or rows.
const BATCH_BYTES: usize = 1 << 16;
const BATCH_ROWS: usize = 1_000;

/// How many batches are read ahead.
const BATCHES_AHEAD: usize = 4;

/// Rows as JSON objects, one after the other.
#[derive(Debug, Default)]
pub(super) struct Batch {
    text: String,
    ends: Vec<usize>,
}

/// What the task says.
enum Said {
    Batch(Batch),
    Broken(Broken),
    End,
}

type Sender = mpsc::Sender<Said>;

/// A connection in its read-only transaction, with the query that is to run on it.
pub(super) enum Session {
    Postgres(Box<PgConnection>, String, sqlx::postgres::PgArguments),
    MySql(Box<MySqlConnection>, String, sqlx::mysql::MySqlArguments),
    Sqlite(Box<SqliteConnection>, String, sqlx::sqlite::SqliteArguments),
}

/// The rows of a running query.
pub struct Stream {
    objects: Objects,
    said: mpsc::Receiver<Said>,
    task: JoinHandle<()>,
    batch: Batch,
    /// The row of the batch that comes next.
    at: usize,
    number: i64,
    bytes: u64,
    ended: bool,
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stream")
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Stream {
    /// Lets `session` run until `deadline`.
    pub(super) fn start(
        session: Session,
        columns: Vec<String>,
        connection: Connection,
        timeout: Duration,
        deadline: Instant,
    ) -> Self {
        let (sender, said) = mpsc::channel(BATCHES_AHEAD);
        let task = tokio::spawn(async move {
            let run = session.run(&sender, deadline);
            let last = match tokio::time::timeout_at((deadline + GRACE).into(), run).await {
                Err(_) => Said::Broken(too_long(timeout)),
                Ok(Err(e)) => Said::Broken(connection.broken(&e, timeout)),
                Ok(Ok(())) => Said::End,
            };
            // Nobody hears it when the stream was dropped.
            let _ = sender.send(last).await;
        });
        Self {
            objects: Objects::new(columns, false),
            said,
            task,
            batch: Batch::default(),
            at: 0,
            number: 0,
            bytes: 0,
            ended: false,
        }
    }

    /// The names of the columns, each once.
    pub fn column_names(&self) -> &[String] {
        &self.objects.columns
    }

    /// The next row; its line is its number from 1. For code that waits; other code, on a thread of its
    /// own, uses [`Rows::next`].
    ///
    /// # Errors
    /// A sentence: the query ran too long, the connection broke, or the server refused to go on.
    pub async fn next_row(&mut self) -> Result<Next<'_>, Broken> {
        if self.at == self.batch.ends.len() && !self.ended {
            let said = self.said.recv().await;
            self.take(said)?;
        }
        Ok(self.current())
    }

    fn take(&mut self, said: Option<Said>) -> Result<(), Broken> {
        self.at = 0;
        self.batch = Batch::default();
        match said {
            Some(Said::Batch(batch)) => self.batch = batch,
            Some(Said::End) => self.ended = true,
            Some(Said::Broken(broken)) => {
                self.ended = true;
                return Err(broken);
            }
            None => {
                self.ended = true;
                return Err(Broken("The query ended before its time.".to_owned()));
            }
        }
        Ok(())
    }

    fn current(&mut self) -> Next<'_> {
        let Some(end) = self.batch.ends.get(self.at).copied() else {
            return Next::End;
        };
        let start = match self.at {
            0 => 0,
            n => self.batch.ends.get(n - 1).copied().unwrap_or_default(),
        };
        self.at += 1;
        self.number += 1;
        let text = self.batch.text.get(start..end).unwrap_or_default();
        self.bytes += text.len() as u64;
        match self.objects.read(text) {
            Ok(()) => Next::Row(self.objects.row(self.number)),
            Err(reason) => Next::Bad {
                line: self.number,
                field: None,
                reason,
                raw: text
                    .as_bytes()
                    .get(..RAW_BYTES_MAX)
                    .unwrap_or(text.as_bytes()),
            },
        }
    }
}

impl Rows for Stream {
    fn columns(&self) -> &[String] {
        self.column_names()
    }

    /// Blocks the thread: not for code that runs on the threads of the runtime.
    fn next(&mut self) -> Result<Next<'_>, Broken> {
        if self.at == self.batch.ends.len() && !self.ended {
            let said = self.said.blocking_recv();
            self.take(said)?;
        }
        Ok(self.current())
    }

    /// Bytes of rows as JSON; how many there will be is not known.
    fn bytes_read(&self) -> u64 {
        self.bytes
    }
}

impl Session {
    async fn run(self, sender: &Sender, deadline: Instant) -> Result<(), sqlx::Error> {
        match self {
            Self::Postgres(mut connection, sql, arguments) => {
                pump(&mut *connection, sql, arguments, sender).await
            }
            Self::MySql(mut connection, sql, arguments) => {
                pump(&mut *connection, sql, arguments, sender).await
            }
            Self::Sqlite(mut connection, sql, arguments) => {
                // SQLite has no server: whether to go on is asked every so many of its steps.
                let asked = sender.clone();
                connection
                    .lock_handle()
                    .await?
                    .set_progress_handler(10_000, move || {
                        Instant::now() < deadline && !asked.is_closed()
                    });
                pump(&mut *connection, sql, arguments, sender).await
            }
        }
    }
}

/// Sends the rows of a query that has one column of text.
async fn pump<'c, DB, A>(
    connection: impl Executor<'c, Database = DB>,
    sql: String,
    arguments: A,
    sender: &Sender,
) -> Result<(), sqlx::Error>
where
    DB: Database,
    A: IntoArguments<DB> + 'c,
    usize: ColumnIndex<DB::Row>,
    for<'r> Option<&'r str>: Decode<'r, DB> + Type<DB>,
{
    let query = sqlx::query_with(AssertSqlSafe(sql), arguments);
    let mut rows = query.fetch(connection);
    let mut batch = Batch::default();
    while let Some(row) = rows.try_next().await? {
        // A server gives no object where it cannot make one; that is a row that cannot be read.
        let text: Option<&str> = row.try_get(0)?;
        batch.text.push_str(text.unwrap_or_default());
        batch.ends.push(batch.text.len());
        if batch.text.len() >= BATCH_BYTES || batch.ends.len() >= BATCH_ROWS {
            let full = std::mem::take(&mut batch);
            if sender.send(Said::Batch(full)).await.is_err() {
                return Ok(());
            }
        }
    }
    if !batch.ends.is_empty() {
        let _ = sender.send(Said::Batch(batch)).await;
    }
    Ok(())
}
