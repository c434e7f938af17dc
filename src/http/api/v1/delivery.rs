//! How far a notice got: counts, and whom another channel must reach.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::domain::access::Action;
use crate::domain::scope::identifier::Key;
use crate::error::Error;
use crate::http::error::Answer;
use crate::http::extract::{Ask, At, Caller, Page, Paging};
use crate::ids::NoticeId;
use crate::service::incident_key::Opener;
use crate::store::notice::Audience;
use crate::store::{self, delivery, revision};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(counts))
        .routes(routes!(unreached))
}

/// How many people a notice reached how far. Each is counted at every step that was reported.
#[derive(Debug, Serialize, ToSchema)]
struct Reached {
    /// Whom it is for, once the notice was activated; nobody for a drill.
    targeted: i64,
    /// Sent to the person's browser. That alone notifies nobody.
    served: i64,
    /// In the page.
    rendered: i64,
    /// On screen for long enough.
    seen: i64,
    /// Details opened.
    opened: i64,
    /// Confirmed by the person.
    acknowledged: i64,
    /// On screen, but only with something over it: not notified.
    only_occluded: i64,
    /// Seen, opened or acknowledged.
    notified: i64,
}

async fn found(app: &App, id: NoticeId) -> Answer<store::notice::Notice> {
    Ok(store::notice::find(&app.db, id)
        .await?
        .ok_or(Error::NotFound("This notice"))?)
}

/// Count how far a notice got
#[utoipa::path(
    get, path = "/notices/{notice}/deliveries", tag = "Notices", operation_id = "count_deliveries",
    params(("notice" = NoticeId, Path, description = "The notice's id")),
    responses((status = OK, body = Reached, description = "The counts"))
)]
async fn counts(
    State(app): State<App>,
    caller: Caller,
    At(id): At<NoticeId>,
) -> Answer<Json<Reached>> {
    caller.require(Action::ViewIncident)?;
    let notice = found(&app, id).await?;
    let incident = store::incident::find(&app.db, notice.incident_id)
        .await?
        .ok_or(Error::NotFound("This incident"))?;
    let targets = notice.activated_at.is_some() && !incident.drill;
    let c = delivery::counts(&app.db, id).await?;
    Ok(Json(Reached {
        targeted: match notice.audience {
            _ if !targets => 0,
            Audience::Affected => incident.persons,
            Audience::WronglyTold => revision::wrongly_told(&app.db, incident.id).await?,
        },
        served: c.served,
        rendered: c.rendered,
        seen: c.seen,
        opened: c.opened,
        acknowledged: c.acknowledged,
        only_occluded: c.only_occluded,
        notified: c.notified,
    }))
}

/// Somebody whom another channel must reach.
#[derive(Serialize, ToSchema)]
struct Unreached {
    site: String,
    /// What stands for the person: a keyed hash, 32 hexadecimal digits.
    person: String,
    /// The company's id of the user; null when it is not known, or the incident's key was destroyed.
    user: Option<String>,
    /// Null as well in these cases.
    email: Option<String>,
    served_at: Option<DateTime<Utc>>,
    rendered_at: Option<DateTime<Utc>>,
    /// On screen, but with something over it.
    seen_occluded_at: Option<DateTime<Utc>>,
}

impl Unreached {
    fn of(r: delivery::Reach, opener: &Opener) -> Self {
        let contact = opener
            .contact(&r.person_key, r.sealed.as_deref())
            .unwrap_or_default();
        Self {
            site: r.site_id,
            person: r.person_key.to_string(),
            user: contact.user,
            email: contact.email,
            served_at: r.served_at,
            rendered_at: r.rendered_at,
            seen_occluded_at: r.seen_occluded_at,
        }
    }
}

/// List the people who have not seen a notice, by site and keyed hash
#[utoipa::path(
    get, path = "/notices/{notice}/unreached", tag = "Notices", operation_id = "list_unreached",
    params(("notice" = NoticeId, Path, description = "The notice's id"), Paging),
    responses((status = OK, body = Page<Unreached>, description = "A page of people"))
)]
async fn unreached(
    State(app): State<App>,
    caller: Caller,
    At(id): At<NoticeId>,
    Ask(paging): Ask<Paging>,
) -> Answer<Json<Page<Unreached>>> {
    caller.require(Action::LookUpPerson)?;
    let notice = found(&app, id).await?;
    let opener = Opener::read(&app, notice.incident_id).await?;
    let limit = paging.limit()?;
    let after: Option<(String, Key)> = paging.after()?;
    let after = after.as_ref().map(|(site, key)| (&**site, *key));
    let rows = delivery::unreached(&app.db, id, after, limit + 1).await?;
    let key = |r: &delivery::Reach| (r.site_id.clone(), r.person_key);
    Ok(Json(Page::of(rows, limit, key, |r| {
        Unreached::of(r, &opener)
    })))
}
