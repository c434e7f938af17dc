//! Every row that the evidence log accounts for, table by table, for `verify`.

use serde_json::Value;
use uuid::Uuid;

use super::{
    Exec, account, answer, api_token, calendar_override, cohort, delivery, exposure, fact, hold,
    incident, notice, obligation, person, recipe, revision, site, source, split,
};
use crate::domain::evidence::Evidenced;
use crate::error::Result;
use crate::sql;

/// The tables, in the order in which they are checked.
pub const TABLES: &[&str] = &[
    "account",
    "api_token",
    "site",
    "site_key",
    "incident",
    "fact",
    "roster_import",
    "revision",
    "source",
    "answer",
    "hold",
    "exposure",
    "cohort",
    "recipe",
    "run",
    "split",
    "obligation",
    "deadline",
    "calendar_override",
    "notice",
    "notice_version",
    "notice_approval",
    "delivery",
];

/// A row as the log sees it.
#[derive(Clone, Debug)]
pub struct Row {
    /// Where the next page goes on.
    pub key: Key,
    /// The row's key as entries name it.
    pub id: String,
    /// Its contents.
    pub view: Value,
}

/// The key of the last row of a page.
#[derive(Clone, Debug)]
pub enum Key {
    /// A UUID.
    Id(Uuid),
    /// A UUID and a number.
    Numbered(Uuid, i64),
    /// One or two texts.
    Text(String, String),
}

macro_rules! by_id {
    ($db:ident, $after:ident, $limit:ident, $record:ty, $sql:expr) => {{
        let after = match $after {
            Some(Key::Id(id)) => id,
            _ => Uuid::nil(),
        };
        let rows: Vec<$record> = $db.query($sql).bind(after).bind($limit).all().await?;
        rows.into_iter()
            .map(|r| Row {
                key: Key::Id(r.id.0),
                id: r.row_id(),
                view: r.view(),
            })
            .collect()
    }};
}

macro_rules! by_number {
    ($db:ident, $after:ident, $limit:ident, $record:ty, $id:ident, $sql:expr) => {{
        let (id, number) = match $after {
            Some(Key::Numbered(id, number)) => (id, number),
            _ => (Uuid::nil(), 0),
        };
        let rows: Vec<$record> = $db
            .query($sql)
            .bind(id)
            .bind(number)
            .bind($limit)
            .all()
            .await?;
        rows.into_iter()
            .map(|r| Row {
                key: Key::Numbered(r.$id.0, r.number),
                id: r.row_id(),
                view: r.view(),
            })
            .collect()
    }};
}

/// Up to `limit` rows of `table` after the one with the key `after`.
pub async fn page(
    db: impl Exec<'_>,
    table: &str,
    after: Option<Key>,
    limit: i64,
) -> Result<Vec<Row>> {
    Ok(match table {
        "account" => by_id!(
            db,
            after,
            limit,
            account::Account,
            sql!("select * from account where id > $1 order by id limit $2")
        ),
        "api_token" => by_id!(
            db,
            after,
            limit,
            api_token::ApiToken,
            sql!("select * from api_token where id > $1 order by id limit $2")
        ),
        "incident" => by_id!(
            db,
            after,
            limit,
            incident::Incident,
            sql!("select * from incident where id > $1 order by id limit $2")
        ),
        "fact" => by_id!(
            db,
            after,
            limit,
            fact::Fact,
            sql!("select * from fact where id > $1 order by id limit $2")
        ),
        "roster_import" => by_id!(
            db,
            after,
            limit,
            person::Import,
            sql!("select * from roster_import where id > $1 order by id limit $2")
        ),
        "source" => by_id!(
            db,
            after,
            limit,
            source::Source,
            sql!("select * from source where id > $1 order by id limit $2")
        ),
        "answer" => by_id!(
            db,
            after,
            limit,
            answer::Answer,
            sql!("select * from answer where id > $1 order by id limit $2")
        ),
        "hold" => by_id!(
            db,
            after,
            limit,
            hold::Hold,
            sql!("select * from hold where id > $1 order by id limit $2")
        ),
        "recipe" => by_id!(
            db,
            after,
            limit,
            recipe::Recipe,
            sql!("select * from recipe where id > $1 order by id limit $2")
        ),
        "run" => by_id!(
            db,
            after,
            limit,
            recipe::Run,
            sql!("select * from run where id > $1 order by id limit $2")
        ),
        "split" => by_id!(
            db,
            after,
            limit,
            split::Split,
            sql!("select * from split where id > $1 order by id limit $2")
        ),
        "exposure" => by_id!(
            db,
            after,
            limit,
            exposure::Exposure,
            sql!("select * from exposure where id > $1 order by id limit $2")
        ),
        "cohort" => by_id!(
            db,
            after,
            limit,
            cohort::Cohort,
            sql!("select * from cohort where id > $1 order by id limit $2")
        ),
        "obligation" => by_id!(
            db,
            after,
            limit,
            obligation::Obligation,
            sql!("select * from obligation where id > $1 order by id limit $2")
        ),
        "deadline" => by_id!(
            db,
            after,
            limit,
            obligation::Computed,
            sql!("select * from deadline where id > $1 order by id limit $2")
        ),
        "calendar_override" => by_id!(
            db,
            after,
            limit,
            calendar_override::CalendarOverride,
            sql!("select * from calendar_override where id > $1 order by id limit $2")
        ),
        "notice" => by_id!(
            db,
            after,
            limit,
            notice::Notice,
            sql!("select * from notice where id > $1 order by id limit $2")
        ),
        "delivery" => by_id!(
            db,
            after,
            limit,
            delivery::Delivery,
            sql!("select * from delivery where id > $1 order by id limit $2")
        ),
        "revision" => by_number!(
            db,
            after,
            limit,
            revision::Revision,
            incident_id,
            sql!(
                "select * from revision where (incident_id, number) > ($1, $2)
                  order by incident_id, number limit $3"
            )
        ),
        "notice_version" => by_number!(
            db,
            after,
            limit,
            notice::Version,
            notice_id,
            sql!(
                "select * from notice_version where (notice_id, number) > ($1, $2)
                  order by notice_id, number limit $3"
            )
        ),
        "notice_approval" => by_number!(
            db,
            after,
            limit,
            notice::Approval,
            notice_id,
            sql!(
                "select * from notice_approval where (notice_id, number) > ($1, $2)
                  order by notice_id, number limit $3"
            )
        ),
        "site" => {
            let after = match after {
                Some(Key::Text(id, _)) => id,
                _ => String::new(),
            };
            let rows: Vec<site::Site> = db
                .query(sql!(
                    "select * from site where id > $1 order by id limit $2"
                ))
                .bind(after)
                .bind(limit)
                .all()
                .await?;
            rows.into_iter()
                .map(|r| Row {
                    key: Key::Text(r.id.clone(), String::new()),
                    id: r.row_id(),
                    view: r.view(),
                })
                .collect()
        }
        _ => {
            let (id, kid) = match after {
                Some(Key::Text(id, kid)) => (id, kid),
                _ => (String::new(), String::new()),
            };
            let rows: Vec<site::SiteKey> = db
                .query(sql!(
                    "select * from site_key where (site_id, kid) > ($1, $2)
                     order by site_id, kid limit $3"
                ))
                .bind(id)
                .bind(kid)
                .bind(limit)
                .all()
                .await?;
            rows.into_iter()
                .map(|r| Row {
                    key: Key::Text(r.site_id.clone(), r.kid.clone()),
                    id: r.row_id(),
                    view: r.view(),
                })
                .collect()
        }
    })
}
