//! Tokens for programs. A program cannot make one: only a person who is signed in can.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::wire::Done;
use crate::app::App;
use crate::domain::access::{Action, Role};
use crate::http::error::Answer;
use crate::http::extract::{Ask, At, Caller, Page, Paging};
use crate::ids::{AccountId, ApiTokenId};
use crate::service;
use crate::store;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(revoke))
}

/// A token for programs, without the token itself.
#[derive(Debug, Serialize, ToSchema)]
struct Token {
    id: ApiTokenId,
    /// What it is for.
    name: String,
    role: Role,
    created_by: AccountId,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    revoked_at: Option<DateTime<Utc>>,
    /// To the hour.
    last_used_at: Option<DateTime<Utc>>,
}

impl From<store::api_token::ApiToken> for Token {
    fn from(t: store::api_token::ApiToken) -> Self {
        Self {
            id: t.id,
            name: t.name,
            role: t.role,
            created_by: t.created_by,
            created_at: t.created_at,
            expires_at: t.expires_at,
            revoked_at: t.revoked_at,
            last_used_at: t.last_used_at,
        }
    }
}

/// List the tokens, the newest first
#[utoipa::path(
    get, path = "/tokens", tag = "Tokens", operation_id = "list_tokens",
    params(Paging),
    responses((status = OK, body = Page<Token>, description = "A page of tokens"))
)]
async fn list(
    State(app): State<App>,
    caller: Caller,
    Ask(paging): Ask<Paging>,
) -> Answer<Json<Page<Token>>> {
    caller.require(Action::ManageTokens)?;
    let rows = store::api_token::list(&app.db).await?;
    Page::cut(rows, &paging, |t| t.id, Token::from).map(Json)
}

/// Revoke a token
///
/// It stops working at once. A new one is made on the page for tokens, by a person.
#[utoipa::path(
    post, path = "/tokens/{token}/revoke", tag = "Tokens", operation_id = "revoke_token",
    params(("token" = ApiTokenId, Path, description = "Its id")),
    responses((status = OK, body = Done<ApiTokenId>, description = "It is revoked"))
)]
async fn revoke(caller: Caller, At(id): At<ApiTokenId>) -> Answer<Json<Done<ApiTokenId>>> {
    let id = service::token::revoke(&caller.ctx(), id).await?;
    Ok(Json(Done { id }))
}
