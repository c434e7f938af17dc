//! Where the rows of a source come from, and what reads them.

use std::collections::BTreeSet;

use chrono::Datelike as _;
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;

use super::query::{self, Query};
use crate::app::App;
use crate::domain::access::Actor;
use crate::domain::scope::field::{Mapping, Unique};
use crate::domain::scope::identifier::{Hasher, Key, Kind};
use crate::domain::scope::record::{Bad, Given, Reader, Record};
use crate::domain::scope::seal::Sealer;
use crate::error::{Error, Result};
use crate::ids::IncidentId;
use crate::intake::query::Stream;
use crate::intake::{self, Broken, Format, Next, Rows};
use crate::service::rejected_row;
use crate::service::spool::Folder;
use crate::service::{Ctx, incident_key};
use crate::store::source::{Rejection, Source};

/// Why a reading cannot go on where its files are not.
pub const GONE: &str = "The file is not here any more: it was on another machine, or somebody removed it. Send \
                        it again; what was read of it so far is dropped.";

/// How a source is read; kept with it as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// A file in the spool folder.
    File(Format),
    /// A query against the company's own database.
    Query(Query),
}

impl How {
    /// Of a source.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn of(s: &Source) -> Result<Self> {
        serde_json::from_str(&s.format).map_err(Error::internal)
    }

    /// The format of its rows; those of a query come as JSON objects.
    #[must_use]
    pub fn format(&self) -> Format {
        match self {
            Self::File(format) => format.clone(),
            Self::Query(_) => query::format(),
        }
    }

    /// The same, read in another format; a query has only one.
    #[must_use]
    pub fn with(self, format: Option<&Format>) -> Self {
        match (self, format) {
            (Self::File(_), Some(format)) => Self::File(format.clone()),
            (how, _) => how,
        }
    }
}

/// Rows that can be read one after the other.
pub enum Origin {
    /// On a thread of its own.
    File(Box<dyn Rows>),
    /// As the server sends them; the runtime that they come through.
    Query(Box<Stream>, Handle),
}

impl Origin {
    /// The names of its columns.
    pub fn columns(&self) -> &[String] {
        match self {
            Self::File(rows) => rows.columns(),
            Self::Query(stream, _) => stream.column_names(),
        }
    }

    /// The next row. It waits for it, so it is asked on a thread that may wait.
    pub(super) fn next_row(&mut self) -> std::result::Result<Next<'_>, Broken> {
        match self {
            Self::File(rows) => rows.next(),
            Self::Query(stream, runtime) => runtime.block_on(stream.next_row()),
        }
    }

    /// How much of a file was read, as it is packed.
    pub(super) fn bytes_read(&self) -> u64 {
        match self {
            Self::File(rows) => rows.bytes_read(),
            Self::Query(..) => 0,
        }
    }
}

/// Opens a source; within is a sentence when it cannot be read.
pub(super) async fn open(
    app: &App,
    s: &Source,
    folder: &Folder,
) -> Result<std::result::Result<Origin, String>> {
    match How::of(s)? {
        How::File(format) => {
            let folder = folder.clone();
            let opened = tokio::task::spawn_blocking(move || {
                let file = folder.received().map_err(|_| GONE.to_owned())?;
                intake::open(file, &format).map_err(|broken| broken.0)
            });
            let opened = opened.await.map_err(Error::internal)?;
            Ok(opened.map(Origin::File))
        }
        How::Query(asked) => {
            let opened = query::open(app, &asked).await?;
            Ok(opened.map(|stream| Origin::Query(Box::new(stream), Handle::current())))
        }
    }
}

/// What the columns of a source mean.
pub(super) fn mapping(s: &Source) -> Result<Mapping> {
    serde_json::from_str(&s.mapping).map_err(Error::internal)
}

/// The key under which an incident's contacts and rejected rows are sealed; made when there is none.
pub(super) async fn sealer(app: &App, incident: IncidentId) -> Result<Sealer> {
    let ctx = Ctx::new(app, Actor::system());
    let mut w = ctx.begin_unchecked("source.sealer").await?;
    let sealer = incident_key::sealer(&mut w, incident).await?;
    w.commit(()).await?;
    Ok(sealer)
}

/// What reads the rows of a source whose columns are these.
pub(super) async fn reader(app: &App, s: &Source, columns: &[String]) -> Result<Reader> {
    let sealer = sealer(app, s.incident_id).await?;
    let site = s.site_id.as_deref().unwrap_or_default();
    Ok(reader_of(app, &mapping(s)?, site, columns, &sealer))
}

/// What reads rows with these columns by this mapping.
pub(super) fn reader_of(
    app: &App,
    mapping: &Mapping,
    site: &str,
    columns: &[String],
    sealer: &Sealer,
) -> Reader {
    let given = Given {
        hasher: &app.hasher,
        sealer,
        site,
        year: year(app),
        kinds: kinds(app),
    };
    Reader::new(mapping, columns, &given)
}

/// The present year, UTC.
pub(super) fn year(app: &App) -> i64 {
    i64::from(app.time.now().year())
}

/// The ids of the operator's kinds of data.
pub(super) fn kinds(app: &App) -> BTreeSet<String> {
    let kinds = app.catalog.operator().data_kinds.iter();
    kinds.map(|k| k.id.clone()).collect()
}

/// Makes rejected rows of a source.
#[derive(Clone, Debug)]
pub(super) struct Rejecting {
    hasher: Hasher,
    sealer: Sealer,
    no: i64,
}

/// What the sealed text of a rejected row is bound to.
pub fn row_key(hasher: &Hasher, source: i64, line: i64) -> Key {
    hasher.key(Kind::Order, "rejected row", &format!("{source}:{line}"))
}

impl Rejecting {
    pub(super) async fn of(app: &App, s: &Source) -> Result<Self> {
        Ok(Self {
            hasher: app.hasher.clone(),
            sealer: sealer(app, s.incident_id).await?,
            no: s.no,
        })
    }

    /// A row that cannot be taken, with its text.
    pub(super) fn row(&self, line: i64, bad: Bad, raw: &str) -> Rejection {
        let about = row_key(&self.hasher, self.no, line);
        Rejection {
            line,
            field: bad.column,
            sealed: rejected_row::seal(&self.sealer, &about, &bad.reason, raw),
        }
    }

    /// A record that stands on the earlier line `first` too.
    pub(super) fn repeated(&self, record: &Record<'_>, first: i64, unique: Unique) -> Rejection {
        let what = match unique {
            Unique::Record => "order or ticket number",
            _ => record.kind.words(),
        };
        let sealed = record.sealed.as_deref();
        let contact = sealed.and_then(|s| self.sealer.open_contact(&record.key, s));
        let contact = contact.unwrap_or_default();
        let known = contact.user.or(contact.email).or(contact.phone);
        let bad = Bad {
            column: String::new(),
            reason: format!("The same {what} stands on line {first}; that one was taken."),
        };
        self.row(record.line, bad, &known.unwrap_or_default())
    }
}
