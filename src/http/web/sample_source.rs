//! Lists in every state, for samples.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use uuid::Uuid;

use super::form::Form;
use super::layout::Viewer;
use super::sample::{self, t};
use super::source_mapping;
use super::source_part::address;
use super::source_preview::Waiting;
use crate::domain::scope::field::{Field, Mapping, Unique};
use crate::domain::scope::identifier::Kind as Id;
use crate::domain::scope::record::Bad;
use crate::ids::SourceId;
use crate::intake::detect::Sample;
use crate::intake::{Detected, Format, Kind, Packed};
use crate::service::source::{Checkpoint, How, Mapped, Opened, Preview, Query, Trial};
use crate::store::source::{Source, Status};

const COLUMNS: [&str; 5] = ["Order No", "E-Mail", "Ordered_At", "Country", "Amount"];

fn columns_of_orders() -> Vec<String> {
    COLUMNS.iter().map(|c| (*c).to_owned()).collect()
}

fn format() -> Format {
    Format {
        packed: Packed::Gzip,
        kind: Kind::csv(';'),
        encoding: "windows-1252".to_owned(),
        paths: None,
    }
}

fn mapping() -> Mapping {
    Mapping {
        fixed: BTreeMap::from([("role".to_owned(), "customer".to_owned())]),
        unique: Unique::Record,
        ..Mapping::guess(&columns_of_orders(), Tz::Europe__Vienna)
    }
}

/// A list of orders.
pub(crate) fn source(status: Status) -> Source {
    let done = status == Status::Done;
    let begun = !matches!(status, Status::Waiting | Status::Discarded);
    let checkpoint = Checkpoint {
        begun_at: Some(t("2026-11-25T09:29:50Z")),
        ..Checkpoint::default()
    };
    Source {
        no: 7,
        id: SourceId(Uuid::from_u128(71)),
        incident_id: sample::incident().id,
        name: "orders".to_owned(),
        version: 2,
        system: "orders".to_owned(),
        site_id: Some("shop".to_owned()),
        in_system: true,
        origin: "file".to_owned(),
        origin_name: "orders-2026-10.csv.gz".to_owned(),
        origin_sha256: Some(
            "9b1c55e0f3a27d883f1a9c0d77e25b40aa619b1c55e0f3a27d883f1a9c0d77e2".to_owned(),
        ),
        format: serde_json::to_string(&How::File(format())).unwrap_or_default(),
        mapping: serde_json::to_string(&mapping()).unwrap_or_default(),
        status,
        problem: match status {
            Status::Stopped => Some("Rosa Berger stopped it.".to_owned()),
            Status::Failed => Some(
                "The file breaks off in the middle: its gzip trailer is missing. Send it again."
                    .to_owned(),
            ),
            _ => None,
        },
        token: 1,
        rows_read: if done {
            3_640_118
        } else if begun {
            1_240_000
        } else {
            0
        },
        rows_taken: if done { 3_639_902 } else { 0 },
        rows_rejected: if done { 216 } else { 0 },
        rows_repeated: if done { 4 } else { 0 },
        bytes_read: if done {
            88_000_000
        } else if begun {
            29_950_000
        } else {
            0
        },
        bytes_total: 88_000_000,
        checkpoint: begun.then(|| serde_json::to_string(&checkpoint).unwrap_or_default()),
        content_sha256: done
            .then(|| "1f3a27d883f1a9c0d77e25b40aa619b1c55e0f3a27d883f1a9c0d77e29b1c55e".to_owned()),
        created_by: "Rosa Berger".to_owned(),
        created_at: t("2026-11-25T08:10:00Z"),
        beat_at: begun.then(|| t("2026-11-25T09:29:59Z")),
        done_at: done.then(|| t("2026-11-25T09:31:00Z")),
    }
}

/// A list in every state, the newest first.
pub(crate) fn sources() -> Vec<Source> {
    let all = [
        (Status::Waiting, "log", ""),
        (Status::Reading, "orders", "orders"),
        (Status::Stopped, "tickets", "support"),
        (Status::Failed, "newsletter", "newsletter"),
        (Status::Done, "accounts", "website_account"),
        (Status::Discarded, "accounts", "website_account"),
    ];
    let of = |(n, (status, name, system)): (usize, (Status, &str, &str))| Source {
        id: SourceId(Uuid::from_u128(70 + n as u128)),
        name: name.to_owned(),
        system: system.to_owned(),
        version: if status == Status::Discarded { 1 } else { 2 },
        ..source(status)
    };
    all.into_iter().enumerate().map(of).collect()
}

fn row(line: i64, fields: [&str; 5]) -> Sample {
    let field = |f: &str| Some(f.to_owned()).filter(|f| !f.is_empty());
    Sample {
        line,
        fields: fields.into_iter().map(field).collect(),
    }
}

fn preview() -> Preview {
    let order = |at| {
        Ok(Mapped {
            anchor: Id::Email.words(),
            place: "AT".to_owned(),
            times: [None, None, Some(at)],
        })
    };
    let bad = |column: &str, reason: &str| {
        Err(Bad {
            column: column.to_owned(),
            reason: reason.to_owned(),
        })
    };
    Preview {
        found: Detected {
            format: format(),
            columns: columns_of_orders(),
            rows: vec![
                row(2, ["A-1001", "anna@example.org", "2026-10-01 09:12", "AT", "49,90"]),
                row(3, ["A-1002", "bob@example.org", "2026-10-01 10:30", "Austria", "12,00"]),
                row(4, ["A-1003", "chloe@example", "2026-10-02 18:05", "AT", ""]),
                row(5, ["A-1004", "anna@example.org", "2026-10-03 07:44", "AT", "149,00"]),
            ],
            bad: vec![(
                6,
                "The line has 3 fields and the first line names 5. Is a quote missing, or is the line cut off?"
                    .to_owned(),
            )],
            notes: vec![
                "The file is no UTF-8. It is read as windows-1252; look at letters such as ä and é below."
                    .to_owned(),
            ],
        },
        mapping: mapping(),
        mistakes: Vec::new(),
        mapped: vec![
            order(1_790_838_720),
            bad(
                "Country",
                "The country \"Austria\" is not a code of two letters, such as AT or US.",
            ),
            bad("E-Mail", "\"chloe@example\" is not an e-mail address."),
            order(1_791_006_240),
        ],
    }
}

fn form(viewer: &Viewer, preview: &Preview) -> Form {
    let mut form = Form::new(viewer, "list", address(&source(Status::Waiting)));
    form.typed = source_mapping::typed(
        &source(Status::Waiting),
        &preview.found.format,
        &preview.found.columns,
        &preview.mapping,
    );
    form
}

/// One that can be read, after a dry run.
pub(crate) fn waiting(viewer: &Viewer) -> Waiting {
    let preview = preview();
    Waiting {
        form: form(viewer, &preview),
        found: Ok(Box::new(preview)),
        trial: Some(Trial {
            rows: 3_640_118,
            good: 3_639_906,
            bad: 212,
            whole: true,
            first_bad: vec![
                (
                    3,
                    "Country".to_owned(),
                    "The country \"Austria\" is not a code of two letters, such as AT or US.".to_owned(),
                ),
                (4, "E-Mail".to_owned(), "\"chloe@example\" is not an e-mail address.".to_owned()),
                (
                    6,
                    String::new(),
                    "The line has 3 fields and the first line names 5. Is a quote missing, or is the line cut \
                     off?"
                        .to_owned(),
                ),
            ],
            columns: BTreeMap::from([
                (String::new(), 2),
                ("Country".to_owned(), 200),
                ("E-Mail".to_owned(), 10),
            ]),
            broken: None,
        }),
        asked: None,
    }
}

/// One with mistakes beside its columns.
pub(crate) fn mistaken(viewer: &Viewer) -> Waiting {
    let mut preview = preview();
    let amount = "Amount".to_owned();
    preview.mapping.columns.insert(amount, Field::Id(Id::Email));
    preview.mapped = Vec::new();
    let why = "The columns \"Amount\" and \"E-Mail\" are both read as e-mail address. Choose one.";
    preview.mistakes = vec![(Some("E-Mail".to_owned()), why.to_owned())];
    Waiting {
        form: form(viewer, &preview)
            .wrong(&source_mapping::means(1), why)
            .wrong(
                "phone_country",
                "The country \"Austria\" is not a code of two letters, such as AT or US.",
            ),
        found: Ok(Box::new(preview)),
        trial: None,
        asked: None,
    }
}

/// One that cannot be read as it is said.
pub(crate) fn unreadable(viewer: &Viewer) -> Waiting {
    Waiting {
        form: form(viewer, &preview()),
        found: Err(
            "The file is called Parquet, but is none: it does not begin with PAR1.".to_owned(),
        ),
        trial: None,
        asked: None,
    }
}

/// Rejected rows by column.
pub(crate) fn columns() -> Vec<(String, i64)> {
    [("Country", 200), ("E-Mail", 10), ("", 6)]
        .map(|(column, n)| (column.to_owned(), n))
        .to_vec()
}

/// Rejected rows.
pub(crate) fn rejected() -> Vec<Opened> {
    let row = |line, column: &str, reason: &str, row: Option<&str>| Opened {
        line,
        column: column.to_owned(),
        reason: reason.to_owned(),
        row: row.map(str::to_owned),
    };
    vec![
        row(
            3,
            "Country",
            "The country \"Austria\" is not a code of two letters, such as AT or US.",
            Some("A-1002,bob@example.org,2026-10-01 10:30,Austria,12.00"),
        ),
        row(
            6,
            "",
            "The line has 3 fields and the first line names 5. Is a quote missing, or is the line cut off?",
            Some("A-1005;\"anna@example.org"),
        ),
        row(
            80_211,
            "",
            "The same e-mail address stands on line 4; that one was taken.",
            None,
        ),
    ]
}

/// One that is asked of a database.
pub(crate) fn asked(viewer: &Viewer) -> Waiting {
    let sql = "select order_no, email, ordered_at, country, amount\nfrom orders\n\
               where ordered_at >= :from and ordered_at < :to";
    let params = [("from", "2026-10-01"), ("to", "2026-10-15")];
    Waiting {
        trial: None,
        asked: Some(Query {
            connection: "shop".to_owned(),
            sql: sql.to_owned(),
            params: params
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
        }),
        ..waiting(viewer)
    }
}
