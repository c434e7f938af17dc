//! What the playbooks say: the operator, the calendars. To be read only.

use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::domain::access::Action;
use crate::domain::calendar::Calendar;
use crate::domain::operator::Operator;
use crate::error::Error;
use crate::http::error::Answer;
use crate::http::extract::{Ask, At, Caller, Page, Paging};
use crate::service::calendar_override;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(operator))
        .routes(routes!(calendars))
        .routes(routes!(holidays))
}

/// Who runs the product.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Operator)]
struct Profile {
    id: String,
    name: String,
    languages: Vec<String>,
    controllers: Vec<Controller>,
    systems: Vec<Named>,
    data_kinds: Vec<Named>,
}

/// A legal entity that owes notifications.
#[derive(Debug, Serialize, ToSchema)]
struct Controller {
    id: String,
    name: String,
    country: String,
    /// The calendar whose business days it counts.
    calendar: String,
    /// The IANA zone whose days it counts.
    zone: String,
    /// Its supervisory authority.
    authority: Option<String>,
}

/// Something that a report names by its id.
#[derive(Debug, Serialize, ToSchema)]
struct Named {
    id: String,
    /// In English.
    name: String,
}

impl From<&Operator> for Profile {
    fn from(o: &Operator) -> Self {
        let named = |id: &String, name: &str| Named {
            id: id.clone(),
            name: name.to_owned(),
        };
        Self {
            id: o.id.clone(),
            name: o.name.clone(),
            languages: o.languages.clone(),
            controllers: o
                .controllers
                .iter()
                .map(|c| Controller {
                    id: c.id.clone(),
                    name: c.name.clone(),
                    country: c.country.clone(),
                    calendar: c.calendar.clone(),
                    zone: c.zone.name().to_owned(),
                    authority: c.authority.as_ref().map(|a| a.name.clone()),
                })
                .collect(),
            systems: o
                .systems
                .iter()
                .map(|s| named(&s.id, s.name.get("en")))
                .collect(),
            data_kinds: o
                .data_kinds
                .iter()
                .map(|k| named(&k.id, k.label.get("en")))
                .collect(),
        }
    }
}

/// Read the operator profile
#[utoipa::path(
    get, path = "/operator", tag = "Playbooks", operation_id = "get_operator",
    responses((status = OK, body = Profile, description = "The operator profile"))
)]
async fn operator(State(app): State<App>, caller: Caller) -> Answer<Json<Profile>> {
    caller.require(Action::ViewIncidents)?;
    Ok(Json(app.catalog.operator().into()))
}

/// Working days of a jurisdiction.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Calendar)]
struct Days {
    /// Such as `AT` or `US-CO`.
    code: String,
    name: String,
    /// The first day it can answer for.
    from: NaiveDate,
    /// The last day it can answer for.
    until: NaiveDate,
    /// The law or list that its rules were taken from.
    source: String,
    /// Whether somebody compared its rules with the law.
    verified: bool,
    /// SHA-256 of its definition, kept with every deadline that was counted in it.
    hash: String,
}

impl From<&Calendar> for Days {
    fn from(c: &Calendar) -> Self {
        let (from, until) = c.range();
        Self {
            code: c.code().to_owned(),
            name: c.spec().name.clone(),
            from,
            until,
            source: c.spec().source.clone(),
            verified: c.spec().verified,
            hash: c.hash().to_owned(),
        }
    }
}

/// List the calendars, by code
#[utoipa::path(
    get, path = "/calendars", tag = "Playbooks", operation_id = "list_calendars",
    params(Paging),
    responses((status = OK, body = Page<Days>, description = "A page of calendars"))
)]
async fn calendars(
    State(app): State<App>,
    caller: Caller,
    Ask(paging): Ask<Paging>,
) -> Answer<Json<Page<Days>>> {
    caller.require(Action::ViewIncidents)?;
    let calendars = calendar_override::current(&app).await?;
    let rows: Vec<&Calendar> = calendars.iter().collect();
    Page::cut(rows, &paging, |c| c.code().to_owned(), Days::from).map(Json)
}

/// Which days.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Year {
    /// Such as 2026.
    #[param(example = 2026)]
    year: i32,
}

/// The holidays of a year.
#[derive(Debug, Serialize, ToSchema)]
struct Holidays {
    calendar: Days,
    year: i32,
    /// In the order of their dates.
    holidays: Vec<Holiday>,
}

/// A public holiday.
#[derive(Debug, Serialize, ToSchema)]
struct Holiday {
    date: NaiveDate,
    name: String,
    /// Whether it falls on a weekend anyway.
    weekend: bool,
}

/// List the holidays of a year in a calendar
#[utoipa::path(
    get, path = "/calendars/{code}/holidays", tag = "Playbooks", operation_id = "list_holidays",
    params(("code" = String, Path, description = "The calendar's code", example = "AT"), Year),
    responses((status = OK, body = Holidays, description = "The holidays"))
)]
async fn holidays(
    State(app): State<App>,
    caller: Caller,
    At(code): At<String>,
    Ask(Year { year }): Ask<Year>,
) -> Answer<Json<Holidays>> {
    caller.require(Action::ViewIncidents)?;
    let calendars = calendar_override::current(&app).await?;
    let calendar = calendars
        .get(&code)
        .map_err(|_| Error::NotFound("This calendar"))?;
    let day = |month, day| NaiveDate::from_ymd_opt(year, month, day);
    let (Some(first), Some(last)) = (day(1, 1), day(12, 31)) else {
        return Err(Error::invalid("year", "This is not a year.").into());
    };
    let holidays = calendar
        .holidays(first, last)
        .map_err(|e| Error::invalid("year", e.to_string()))?
        .into_iter()
        .map(|(date, name)| Holiday {
            date,
            name: name.to_owned(),
            weekend: calendar.is_weekend(date),
        })
        .collect();
    Ok(Json(Holidays {
        calendar: calendar.into(),
        year,
        holidays,
    }))
}
