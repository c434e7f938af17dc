//! People: is this one affected and why, how many are what, and who is not who.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, Datelike as _, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::incident::seen;
use super::wire::{Done, created};
use crate::app::App;
use crate::domain::access::Action;
use crate::domain::scope::identifier::Key;
use crate::domain::scope::recipe::eval_trace::Trace;
use crate::http::error::Answer;
use crate::http::extract::{Ask, At, Body, Caller, Page, Paging};
use crate::ids::{IncidentId, SplitId};
use crate::service::incident_key::Opener;
use crate::service::recipe::Read;
use crate::service::who::{self, Apart, Question};
use crate::service::{places, revision, tallies};
use crate::store;
use crate::store::run::Edge;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(ask))
        .routes(routes!(counts))
        .routes(routes!(splits, split))
}

/// Whom to ask about.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AskPerson {
    /// `account`, `email`, `phone`, `order`, `ticket` or `cookie`.
    kind: String,
    /// The identifier as people write it.
    value: String,
    /// The site of an account.
    #[serde(default)]
    site: String,
    /// Where a phone number without a country code is, ISO 3166-1 alpha-2.
    #[serde(default)]
    country: String,
    /// The reasons too. They may take a while: other identifiers are looked for in the sources.
    #[serde(default)]
    reasons: bool,
}

/// What is known about a person.
#[derive(Serialize, ToSchema)]
struct Asked {
    /// Is on the roster now.
    affected: bool,
    /// The identifier's keyed hash, 32 digits.
    key: String,
    /// The rows of the roster that the identifier belongs to, those that left too: one for each account,
    /// or one for who has none.
    rows: Vec<Row>,
    /// Null unless asked for, and where no recipe made the roster.
    reasons: Option<Reasons>,
}

/// A row of the roster.
#[derive(Serialize, ToSchema)]
#[schema(as = RosterRow)]
struct Row {
    /// The site; empty: no account, so not reachable on a site.
    site: String,
    /// The row's keyed hash, 32 digits.
    key: String,
    /// The account id, address or phone number; null when none is known, or the incident's key was
    /// destroyed.
    name: Option<String>,
    /// The revision of the roster that brought the person.
    revision: i64,
    /// The one that last changed the row.
    changed_revision: i64,
    /// The one that took the person off; null: is on it.
    left_revision: Option<i64>,
    country: Option<String>,
    state: Option<String>,
    /// Where country and state come from: the name of a source, or `file`.
    place_from: Option<String>,
    lang: Option<String>,
    /// `under13`, `minor`, `adult` or `unknown`; of a year of birth alone the younger age counts.
    minor: &'static str,
    /// The same for all accounts of one human being; null: the only one.
    group: Option<String>,
    /// What the person is to the company.
    role: Option<String>,
    /// Kinds of data that were exposed; empty: those of the incident.
    kinds: Vec<String>,
}

fn row(p: store::person::Person, opener: &Opener, year: i64) -> Row {
    let contact = opener.contact(&p.person_key, p.sealed.as_deref());
    let contact = contact.unwrap_or_default();
    Row {
        site: p.site_id,
        key: p.person_key.to_string(),
        name: contact.user.or(contact.email).or(contact.phone),
        revision: p.revision,
        changed_revision: p.changed_revision,
        left_revision: p.left_revision,
        country: p.country,
        state: p.region,
        place_from: p.place_from,
        lang: p.lang,
        minor: revision::age_group(p.birth_year, year),
        group: p.grouped.map(|key| key.to_string()),
        role: p.role,
        kinds: p
            .exposed
            .iter()
            .flat_map(|kinds| kinds.split(' '))
            .map(str::to_owned)
            .collect(),
    }
}

/// Why a person is affected, or is not, by the recipe that made the roster.
#[derive(Serialize, ToSchema)]
struct Reasons {
    /// The version of the recipe.
    version: i64,
    /// The sources as its run read them.
    sources: Vec<Read>,
    /// The recipe, followed for this person.
    trace: Trace,
    /// The identifiers that are joined to one person, with the one that was asked for.
    keys: Vec<String>,
    /// The records that join two of them, or would.
    edges: Vec<Join>,
    /// Identifiers in the person's records that stand with too many others to join anybody.
    shared: Vec<String>,
    /// More identifiers than the recipe's limit hang together: nothing was joined.
    too_long: bool,
}

/// A record that says that two identifiers are one person's.
#[derive(Serialize, ToSchema)]
struct Join {
    source: String,
    line: i64,
    /// The first identifier of the record, by its keyed hash.
    anchor: String,
    anchor_kind: Option<&'static str>,
    /// The other one.
    other: String,
    other_kind: &'static str,
    /// Somebody decided that the two are not one person's.
    apart: bool,
}

impl From<Edge> for Join {
    fn from(e: Edge) -> Self {
        Self {
            source: e.source,
            line: e.line,
            anchor: e.anchor.to_string(),
            anchor_kind: e.anchor_kind.map(|kind| kind.name()),
            other: e.other.to_string(),
            other_kind: e.other_kind.name(),
            apart: e.apart,
        }
    }
}

impl From<who::Reasons> for Reasons {
    fn from(r: who::Reasons) -> Self {
        let text = |keys: std::collections::BTreeSet<Key>| -> Vec<String> {
            keys.into_iter().map(|key| key.to_string()).collect()
        };
        Self {
            version: r.version,
            sources: r.read,
            trace: r.trace,
            keys: text(r.chain.keys),
            edges: r.chain.edges.into_iter().map(Join::from).collect(),
            shared: text(r.chain.shared),
            too_long: r.chain.too_long,
        }
    }
}

/// Ask whether a person is affected, and why
///
/// By any identifier. The question goes into the evidence log, whatever the answer. It is a POST so that
/// no identifier of a person stands in an address.
#[utoipa::path(
    post, path = "/incidents/{incident}/people/ask", tag = "People", operation_id = "ask_person",
    params(("incident" = IncidentId, Path, description = "The incident's id")),
    request_body(content = AskPerson, example = json!({
        "kind": "email", "value": "anna@example.org", "reasons": true
    })),
    responses((status = OK, body = Asked, description = "What is known"))
)]
async fn ask(
    State(app): State<App>,
    caller: Caller,
    At(id): At<IncidentId>,
    Body(body): Body<AskPerson>,
) -> Answer<Json<Asked>> {
    let question = Question {
        kind: body.kind,
        site: body.site,
        value: body.value,
        country: body.country,
    };
    let answer = who::ask(&caller.ctx(), id, &question).await?;
    let reasons = if body.reasons {
        who::reasons(&app, id, answer.key).await?
    } else {
        None
    };
    let opener = Opener::read(&app, id).await?;
    let year = i64::from(app.time.now().year());
    Ok(Json(Asked {
        affected: answer.affected(),
        key: answer.key.to_string(),
        rows: answer
            .people
            .into_iter()
            .map(|p| row(p, &opener, year))
            .collect(),
        reasons: reasons.map(Reasons::from),
    }))
}

/// How many people are what.
#[derive(Serialize, ToSchema)]
struct PeopleCounts {
    /// All who are on the roster, a row for each account.
    persons: i64,
    /// Counts under this are ranges; null when every number is shown. Of what even ranges would give
    /// away nothing is listed.
    ranges_below: Option<u64>,
    /// By country and state, most first.
    places: Vec<PlaceCount>,
    /// By what they are, most first.
    groups: Vec<GroupCount>,
}

/// How many people in one country and state.
#[derive(Serialize, ToSchema)]
struct PlaceCount {
    /// ISO 3166-1 alpha-2; null when nobody said.
    country: Option<String>,
    /// US state.
    state: Option<String>,
    /// Null when only the range is shown.
    persons: Option<u64>,
    /// At least so many.
    from: u64,
    /// At most so many; null when there is no end.
    to: Option<u64>,
}

/// How many people are one thing.
#[derive(Serialize, ToSchema)]
struct GroupCount {
    /// `role`, `minor`, `kind` (of data), `place_from` or `reach`.
    what: String,
    /// Which role, kind …; empty: not stated.
    value: String,
    /// Null when only the range is shown.
    persons: Option<u64>,
    /// At least so many.
    from: u64,
    /// At most so many; null when there is no end.
    to: Option<u64>,
}

/// Count the people on the roster by place, role, age, kind of data, and how they can be reached
#[utoipa::path(
    get, path = "/incidents/{incident}/people/counts", tag = "People",
    operation_id = "count_people",
    params(("incident" = IncidentId, Path, description = "The incident's id")),
    responses((status = OK, body = PeopleCounts, description = "The counts"))
)]
async fn counts(
    State(app): State<App>,
    caller: Caller,
    At(id): At<IncidentId>,
) -> Answer<Json<PeopleCounts>> {
    caller.require(Action::ViewIncident)?;
    let incident = seen(&app, id).await?;
    let places = places::seen_by(&app, &caller.actor, id).await?;
    let groups = tallies::seen_by(&app, &caller.actor, id).await?;
    Ok(Json(PeopleCounts {
        persons: incident.persons,
        ranges_below: places.ranges_below.or(groups.ranges_below),
        places: places
            .rows
            .into_iter()
            .map(|one| PlaceCount {
                country: one.country,
                state: one.region,
                persons: one.shown.exact(),
                from: one.shown.from(),
                to: one.shown.to(),
            })
            .collect(),
        groups: groups
            .rows
            .into_iter()
            .map(|one| GroupCount {
                what: one.what,
                value: one.value,
                persons: one.shown.exact(),
                from: one.shown.from(),
                to: one.shown.to(),
            })
            .collect(),
    }))
}

/// A decision that two identifiers are not one person's, or that they are after all. It is never changed;
/// of each pair the newest decision holds.
#[derive(Serialize, ToSchema)]
struct Split {
    id: SplitId,
    /// One identifier, by its keyed hash.
    a: String,
    /// The other one.
    b: String,
    /// False: the split is taken back.
    apart: bool,
    reason: String,
    decided_by: String,
    decided_at: DateTime<Utc>,
}

impl From<store::split::Split> for Split {
    fn from(s: store::split::Split) -> Self {
        Self {
            id: s.id,
            a: s.a.to_string(),
            b: s.b.to_string(),
            apart: s.apart,
            reason: s.reason,
            decided_by: s.decided_by,
            decided_at: s.decided_at,
        }
    }
}

/// List who was decided not to be one person, the oldest decision first
#[utoipa::path(
    get, path = "/incidents/{incident}/splits", tag = "People", operation_id = "list_splits",
    params(("incident" = IncidentId, Path, description = "The incident's id"), Paging),
    responses((status = OK, body = Page<Split>, description = "A page of decisions"))
)]
async fn splits(
    State(app): State<App>,
    caller: Caller,
    At(id): At<IncidentId>,
    Ask(paging): Ask<Paging>,
) -> Answer<Json<Page<Split>>> {
    caller.require(Action::ViewIncident)?;
    seen(&app, id).await?;
    let rows = store::split::list(&app.db, id).await?;
    Page::cut(rows, &paging, |s| s.id, Split::from).map(Json)
}

/// Keep two identifiers apart that a link would join, or take that back
///
/// The roster follows when the recipe is run again.
#[utoipa::path(
    post, path = "/incidents/{incident}/splits", tag = "People", operation_id = "split_person",
    params(("incident" = IncidentId, Path, description = "The incident's id")),
    request_body(content = Apart, example = json!({
        "a": "0d6f3f0e7d3b4c52a1c0ffee0badcafe",
        "b": "7b1e2d3c4f5a69788796a5b4c3d2e1f0",
        "apart": true,
        "reason": "Two sisters who share an address."
    })),
    responses((status = CREATED, body = Done<SplitId>, description = "It is recorded"))
)]
async fn split(
    caller: Caller,
    At(id): At<IncidentId>,
    Body(body): Body<Apart>,
) -> Answer<Response> {
    let made = who::split(&caller.ctx(), id, &body).await?;
    Ok(created(made.id, &format!("/api/v1/incidents/{id}/splits")))
}
