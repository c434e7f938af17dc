//! The rules, as the playbooks have them. To be read only.

use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::catalog::Catalog;
use crate::domain::access::Action;
use crate::domain::period;
use crate::domain::regime::{self, Regime};
use crate::error::Error;
use crate::http::error::Answer;
use crate::http::extract::{Ask, At, Caller, Page, Paging};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get))
}

/// A rule that sets a deadline: its newest version.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Regime)]
struct Rule {
    id: String,
    name: String,
    /// Codes of where it comes from, such as `EU` or `US-TX`.
    jurisdiction: Vec<String>,
    citation: String,
    /// The kind of fact that it counts from.
    anchor: String,
    /// The fact that its wording names, read literally; shown beside the result.
    literal_anchor: Option<String>,
    /// Who has to be told.
    recipient: String,
    /// Exactly who, in words.
    told: Option<String>,
    channel: Option<String>,
    /// When it applies, in words.
    condition: String,
    /// The same, as it is evaluated.
    #[schema(example = "people(US-TX) >= 250 and not proven(encrypted)")]
    applies: String,
    /// How long there is, or the words that stand in its place.
    period: String,
    /// The same as a number; null where the law has none.
    length: Option<Length>,
    /// What is owed beside the period, or in its place.
    qualifier: Option<String>,
    /// `end_of_year`: counted from 31 December of the fact's year.
    start: Option<String>,
    /// The local time at which the last day ends; null: at its end.
    #[schema(example = "17:30")]
    cutoff: Option<String>,
    /// A second period that may end earlier.
    cap: Option<Cap>,
    /// What may be had on conditions; never counted on.
    extension: Option<Extension>,
    /// What a law-enforcement hold does; null when none stops it.
    hold: Option<Hold>,
    /// Ids of the rules before which it is to be met.
    before: Vec<String>,
    /// Ids of the rules together with which it is to be met at the latest.
    not_after: Vec<String>,
    /// Countries in which a controller must have its seat to be bound; empty: anywhere.
    seat: Vec<String>,
    /// Ids of the controllers it binds; empty: all.
    controllers: Vec<String>,
    /// The calendar it is counted in; null: each controller's own.
    calendar: Option<String>,
    /// The zone it is counted in; null: that of the calendar, or each controller's own.
    zone: Option<String>,
    /// `each` controller for itself, or `jointly`.
    owed: String,
    effective: Effective,
    /// `in_force`, or `proposal`: a preview that alarms nobody.
    status: String,
    /// Whether it is switched on for this operator.
    enabled: bool,
    /// Whether it is enabled and law today.
    in_force: bool,
    /// `A`: the official text was read; `B`: secondary sources; `M`: from memory.
    confidence: String,
    /// Whether somebody compared it with its source.
    verified: bool,
    source: String,
    notes: Option<String>,
    /// SHA-256 of the rule, kept with every deadline that it gave.
    hash: String,
    /// Every version, in the order of their first days; this one too.
    versions: Vec<Version>,
}

/// A number of units.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Period)]
struct Length {
    n: u32,
    /// `hour`, `calendar_day`, `business_day`, `werktag` or `month`.
    unit: String,
}

impl From<period::Period> for Length {
    fn from(p: period::Period) -> Self {
        Self {
            n: p.n(),
            unit: p.unit().as_str().to_owned(),
        }
    }
}

/// "At the latest 24 hours after awareness."
#[derive(Debug, Serialize, ToSchema)]
struct Cap {
    /// The kind of fact that it counts from.
    anchor: String,
    length: Length,
    /// It falls away when the rule's own fact came later than its end.
    unless_later: bool,
}

/// A longer period that is to be had on conditions.
#[derive(Debug, Serialize, ToSchema)]
struct Extension {
    length: Length,
    why: String,
}

/// What a law-enforcement hold does.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HoldRule)]
struct Hold {
    /// How long there is from its end; null: what was left runs on.
    restart: Option<Length>,
    /// For how many days at most one counts that was asked for orally.
    oral_days: Option<u32>,
    why: Option<String>,
}

/// On which days it is law, both inclusive.
#[derive(Debug, Serialize, ToSchema)]
struct Effective {
    from: Option<NaiveDate>,
    until: Option<NaiveDate>,
}

impl From<regime::Effective> for Effective {
    fn from(e: regime::Effective) -> Self {
        Self {
            from: e.from,
            until: e.until,
        }
    }
}

/// One version of a rule.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RegimeVersion)]
struct Version {
    effective: Effective,
    /// How long there is, or the words that stand in its place.
    period: String,
    citation: String,
    hash: String,
}

/// The word that a rule file has for a value.
fn word(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

impl Rule {
    fn of(catalog: &Catalog, r: &Regime, today: NaiveDate) -> Self {
        Self {
            id: r.id.clone(),
            name: r.name.clone(),
            jurisdiction: r.jurisdiction.clone(),
            citation: r.citation.clone(),
            anchor: r.anchor.to_string(),
            literal_anchor: r.literal_anchor.map(|kind| kind.to_string()),
            recipient: r.recipient.as_str().to_owned(),
            told: r.told.clone(),
            channel: r.channel.clone(),
            condition: r.condition.clone(),
            applies: r.applies.as_str().to_owned(),
            period: r.how_long(),
            length: r.period.map(Length::from),
            qualifier: r.qualifier.clone(),
            start: r.start.map(word),
            cutoff: r.cutoff.map(|time| time.format("%H:%M").to_string()),
            cap: r.cap.as_ref().map(|cap| Cap {
                anchor: cap.anchor.to_string(),
                length: cap.period.into(),
                unless_later: cap.unless_later,
            }),
            extension: r.extension.as_ref().map(|more| Extension {
                length: more.period.into(),
                why: more.why.clone(),
            }),
            hold: r.hold.as_ref().map(|hold| Hold {
                restart: hold.restart.map(Length::from),
                oral_days: hold.oral_days,
                why: hold.why.clone(),
            }),
            before: r.before.clone(),
            not_after: r.not_after.clone(),
            seat: r.seat.clone(),
            controllers: r.controllers.clone(),
            calendar: r.calendar.clone(),
            zone: r.zone.map(|zone| zone.name().to_owned()),
            owed: word(r.owed),
            effective: r.effective.into(),
            status: word(r.status),
            enabled: r.enabled,
            in_force: r.in_force_on(today),
            confidence: word(r.confidence),
            verified: r.verified,
            source: r.source.clone(),
            notes: r.notes.clone(),
            hash: r.hash().to_owned(),
            versions: catalog.versions(&r.id).iter().map(Version::of).collect(),
        }
    }
}

impl Version {
    fn of(r: &Regime) -> Self {
        Self {
            effective: r.effective.into(),
            period: r.how_long(),
            citation: r.citation.clone(),
            hash: r.hash().to_owned(),
        }
    }
}

/// List the rules, by id
#[utoipa::path(
    get, path = "/regimes", tag = "Playbooks", operation_id = "list_regimes",
    params(Paging),
    responses((status = OK, body = Page<Rule>, description = "A page of rules"))
)]
async fn list(
    State(app): State<App>,
    caller: Caller,
    Ask(paging): Ask<Paging>,
) -> Answer<Json<Page<Rule>>> {
    caller.require(Action::ViewIncidents)?;
    let today = app.time.now().date_naive();
    let rows: Vec<&Regime> = app.catalog.regimes().collect();
    let rule = |r: &Regime| Rule::of(&app.catalog, r, today);
    Page::cut(rows, &paging, |r| r.id.clone(), rule).map(Json)
}

/// Read a rule
#[utoipa::path(
    get, path = "/regimes/{rule}", tag = "Playbooks", operation_id = "get_regime",
    params(("rule" = String, Path, description = "The rule's id", example = "eu_gdpr_33_1")),
    responses((status = OK, body = Rule, description = "The rule"))
)]
async fn get(State(app): State<App>, caller: Caller, At(id): At<String>) -> Answer<Json<Rule>> {
    caller.require(Action::ViewIncidents)?;
    let today = app.time.now().date_naive();
    let rule = app
        .catalog
        .regime(&id)
        .ok_or(Error::NotFound("This rule"))?;
    Ok(Json(Rule::of(&app.catalog, rule, today)))
}
