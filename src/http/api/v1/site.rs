//! Host sites and the keys that their tokens are checked with.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::wire::{Done, created};
use crate::app::App;
use crate::domain::access::Action;
use crate::domain::host_key::Algorithm;
use crate::error::Error;
use crate::http::error::Answer;
use crate::http::extract::{Ask, At, Body, Caller, Page, Paging};
use crate::service::site::{self, NewKey, SiteForm};
use crate::store;
use crate::store::site::KeyState;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(edit))
        .routes(routes!(keys, add_key))
        .routes(routes!(set_key_state))
}

/// A host web site.
#[derive(Debug, Serialize, ToSchema)]
struct Site {
    /// Its id, which tokens of the site name as their issuer.
    id: String,
    name: String,
    /// Exact origins that may ask for notices.
    origins: Vec<String>,
    /// The language when nothing else is asked for.
    default_lang: String,
    created_at: DateTime<Utc>,
    /// Send it with a change; a change of an older state is refused.
    version: i64,
}

impl From<store::site::Site> for Site {
    fn from(s: store::site::Site) -> Self {
        Self {
            id: s.id,
            name: s.name,
            origins: s.origins.0,
            default_lang: s.default_lang,
            created_at: s.created_at,
            version: s.version,
        }
    }
}

/// List the host sites, by id
///
/// Everybody may, because a roster names one.
#[utoipa::path(
    get, path = "/sites", tag = "Sites", operation_id = "list_sites",
    params(Paging),
    responses((status = OK, body = Page<Site>, description = "A page of sites"))
)]
async fn list(
    State(app): State<App>,
    caller: Caller,
    Ask(paging): Ask<Paging>,
) -> Answer<Json<Page<Site>>> {
    caller.require(Action::ViewIncidents)?;
    let rows = store::site::list(&app.db).await?;
    Page::cut(rows, &paging, |s| s.id.clone(), Site::from).map(Json)
}

/// A site to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSite {
    /// Names it in tokens and never changes: 1 to 40 of a-z, 0-9 and "-".
    id: String,
    /// The name to show, 1 to 100 characters.
    name: String,
    /// 1 to 20 exact origins.
    origins: Vec<String>,
    /// The language when nothing else is asked for.
    default_lang: String,
}

/// Add a host site
#[utoipa::path(
    post, path = "/sites", tag = "Sites", operation_id = "create_site",
    request_body(content = NewSite, example = json!({
        "id": "shop",
        "name": "The shop",
        "origins": ["https://shop.example.org"],
        "default_lang": "en"
    })),
    responses((status = CREATED, body = Done<String>, description = "It is added"))
)]
async fn create(caller: Caller, Body(body): Body<NewSite>) -> Answer<Response> {
    let form = SiteForm {
        name: body.name,
        origins: body.origins,
        default_lang: body.default_lang,
        version: 0,
    };
    let id = site::create(&caller.ctx(), &body.id, &form).await?;
    Ok(created(id, "/api/v1/sites"))
}

/// Change a host site
#[utoipa::path(
    put, path = "/sites/{site}", tag = "Sites", operation_id = "edit_site",
    params(("site" = String, Path, description = "Its id")),
    request_body(content = SiteForm, example = json!({
        "name": "The shop",
        "origins": ["https://shop.example.org", "https://www.shop.example.org"],
        "default_lang": "de",
        "version": 1
    })),
    responses((status = OK, body = Done<String>, description = "It is changed"))
)]
async fn edit(
    caller: Caller,
    At(id): At<String>,
    Body(body): Body<SiteForm>,
) -> Answer<Json<Done<String>>> {
    let id = site::edit(&caller.ctx(), &id, &body).await?;
    Ok(Json(Done { id }))
}

/// A key of a site, without the key itself.
#[derive(Debug, Serialize, ToSchema)]
struct Key {
    /// Its name in a token's header.
    kid: String,
    algorithm: Algorithm,
    state: KeyState,
    /// SHA-256 of the key, hex.
    key_sha256: String,
    created_at: DateTime<Utc>,
    last_used_at: Option<DateTime<Utc>>,
}

impl From<store::site::SiteKey> for Key {
    fn from(k: store::site::SiteKey) -> Self {
        Self {
            key_sha256: k.fingerprint(),
            kid: k.kid,
            algorithm: k.algorithm,
            state: k.state,
            created_at: k.created_at,
            last_used_at: k.last_used_at,
        }
    }
}

/// List the keys of a host site
#[utoipa::path(
    get, path = "/sites/{site}/keys", tag = "Sites", operation_id = "list_site_keys",
    params(("site" = String, Path, description = "The site's id"), Paging),
    responses((status = OK, body = Page<Key>, description = "A page of keys"))
)]
async fn keys(
    State(app): State<App>,
    caller: Caller,
    At(id): At<String>,
    Ask(paging): Ask<Paging>,
) -> Answer<Json<Page<Key>>> {
    caller.require(Action::ManageSites)?;
    if store::site::find(&app.db, &id).await?.is_none() {
        return Err(Error::NotFound("This site").into());
    }
    let rows = store::site::keys(&app.db, &id).await?;
    Page::cut(rows, &paging, |k| k.kid.clone(), Key::from).map(Json)
}

/// Add a key to a host site
///
/// It is taken on every node within seconds.
#[utoipa::path(
    post, path = "/sites/{site}/keys", tag = "Sites", operation_id = "add_site_key",
    params(("site" = String, Path, description = "The site's id")),
    request_body(content = NewKey, example = json!({
        "kid": "2026-11", "algorithm": "EdDSA", "key": "-----BEGIN PUBLIC KEY-----\n…"
    })),
    responses((status = CREATED, body = Done<String>, description = "It is added"))
)]
async fn add_key(caller: Caller, At(id): At<String>, Body(body): Body<NewKey>) -> Answer<Response> {
    let kid = site::add_key(&caller.ctx(), &id, &body).await?;
    Ok(created(kid, &format!("/api/v1/sites/{id}/keys")))
}

/// Where a key is to stand.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct To {
    state: KeyState,
}

/// Move a key of a host site on: active, retiring, retired
///
/// A retired key is turned down on every node within seconds, and for good.
#[utoipa::path(
    put, path = "/sites/{site}/keys/{kid}", tag = "Sites", operation_id = "set_site_key_state",
    params(
        ("site" = String, Path, description = "The site's id"),
        ("kid" = String, Path, description = "The key's name")
    ),
    request_body(content = To, example = json!({ "state": "retiring" })),
    responses((status = OK, body = Done<String>, description = "It is changed"))
)]
async fn set_key_state(
    caller: Caller,
    At((id, kid)): At<(String, String)>,
    Body(to): Body<To>,
) -> Answer<Json<Done<String>>> {
    let id = site::set_key_state(&caller.ctx(), &id, &kid, to.state).await?;
    Ok(Json(Done { id }))
}
