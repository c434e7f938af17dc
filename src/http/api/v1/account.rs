//! Members of staff.

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
use crate::domain::access::{Action, Role};
use crate::http::error::Answer;
use crate::http::extract::{Ask, At, Body, Caller, Page, Paging};
use crate::ids::AccountId;
use crate::service;
use crate::store;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(disable))
        .routes(routes!(set_password))
}

/// A member of staff who can sign in.
#[derive(Debug, Serialize, ToSchema)]
struct Account {
    id: AccountId,
    email: String,
    name: String,
    role: Role,
    created_at: DateTime<Utc>,
    /// Since when the person can no longer sign in.
    disabled_at: Option<DateTime<Utc>>,
}

impl From<store::account::Account> for Account {
    fn from(a: store::account::Account) -> Self {
        Self {
            id: a.id,
            email: a.email,
            name: a.name,
            role: a.role,
            created_at: a.created_at,
            disabled_at: a.disabled_at,
        }
    }
}

/// A new member of staff.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAccount {
    /// What the person types to sign in.
    email: String,
    /// The name to show, 1 to 100 characters.
    name: String,
    role: Role,
    /// At least 15 characters.
    password: String,
}

/// A new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPassword {
    /// At least 15 characters.
    password: String,
}

/// List the accounts, by name
#[utoipa::path(
    get, path = "/accounts", tag = "Accounts", operation_id = "list_accounts",
    params(Paging),
    responses((status = OK, body = Page<Account>, description = "A page of accounts"))
)]
async fn list(
    State(app): State<App>,
    caller: Caller,
    Ask(paging): Ask<Paging>,
) -> Answer<Json<Page<Account>>> {
    caller.require(Action::ManageAccounts)?;
    let rows = store::account::list(&app.db).await?;
    Page::cut(rows, &paging, |a| a.id, Account::from).map(Json)
}

/// Make an account
#[utoipa::path(
    post, path = "/accounts", tag = "Accounts", operation_id = "create_account",
    request_body(content = NewAccount, example = json!({
        "email": "rita@example.org",
        "name": "Rita Berger",
        "role": "responder",
        "password": "a sentence is a good password"
    })),
    responses((status = CREATED, body = Done<AccountId>, description = "It is made"))
)]
async fn create(caller: Caller, Body(body): Body<NewAccount>) -> Answer<Response> {
    let new = service::account::NewAccount {
        email: body.email,
        name: body.name,
        role: body.role,
        password: body.password,
    };
    let id = service::account::create(&caller.ctx(), &new).await?;
    Ok(created(id, "/api/v1/accounts"))
}

/// Disable an account and end its sessions
#[utoipa::path(
    post, path = "/accounts/{account}/disable", tag = "Accounts", operation_id = "disable_account",
    params(("account" = AccountId, Path, description = "Its id")),
    responses((status = OK, body = Done<AccountId>, description = "It is disabled"))
)]
async fn disable(caller: Caller, At(id): At<AccountId>) -> Answer<Json<Done<AccountId>>> {
    let id = service::account::disable(&caller.ctx(), id).await?;
    Ok(Json(Done { id }))
}

/// Give an account a new password and end its sessions
///
/// Sent twice it is set twice: no Idempotency-Key is kept for it.
#[utoipa::path(
    put, path = "/accounts/{account}/password", tag = "Accounts", operation_id = "set_password",
    params(("account" = AccountId, Path, description = "Its id")),
    request_body(content = NewPassword, example = json!({
        "password": "a sentence is a good password"
    })),
    responses((status = OK, body = Done<AccountId>, description = "It is set"))
)]
async fn set_password(
    caller: Caller,
    At(id): At<AccountId>,
    Body(body): Body<NewPassword>,
) -> Answer<Json<Done<AccountId>>> {
    let id = service::account::set_password(&caller.ctx(), id, &body.password).await?;
    Ok(Json(Done { id }))
}
