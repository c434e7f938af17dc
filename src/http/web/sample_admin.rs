//! Things for the samples of the administrators' pages.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::sample::t;
use crate::domain::access::Role;
use crate::domain::host_key::Algorithm;
use crate::ids::{AccountId, ApiTokenId};
use crate::store::account::Account;
use crate::store::api_token::ApiToken;
use crate::store::site::{KeyState, Site, SiteKey};

/// Accounts: somebody else's, the viewer's own, and a disabled one.
pub(crate) fn accounts() -> Vec<Account> {
    let account = |n: u128, name: &str, email: &str, role, disabled_at| Account {
        id: AccountId(Uuid::from_u128(n)),
        email: email.to_owned(),
        name: name.to_owned(),
        role,
        password_hash: String::new(),
        created_at: t("2026-03-02T08:00:00Z"),
        disabled_at,
    };
    vec![
        account(8, "Rosa Berger", "rosa@example.org", Role::Responder, None),
        account(
            7,
            "Adam Admin",
            "adam@example.org",
            Role::Administrator,
            None,
        ),
        account(
            9,
            "Maximiliane-Alexandra Oberhuber-Feichtinger",
            "maximiliane-alexandra.oberhuber-feichtinger@long-name.example.org",
            Role::Approver,
            Some(t("2026-11-01T16:00:00Z")),
        ),
    ]
}

/// The id of the first token.
pub(crate) fn token_id() -> ApiTokenId {
    ApiTokenId(Uuid::from_u128(31))
}

/// Tokens: one that works, one that was revoked, one that ended.
pub(crate) fn tokens() -> Vec<ApiToken> {
    let token =
        |n: u128, name: &str, revoked_at: Option<DateTime<Utc>>, expires_at: &str| ApiToken {
            id: ApiTokenId(Uuid::from_u128(n)),
            name: name.to_owned(),
            role: Role::Reporter,
            token_hash: Vec::new(),
            created_by: AccountId(Uuid::from_u128(7)),
            created_at: t("2026-10-12T08:00:00Z"),
            expires_at: t(expires_at),
            revoked_at,
            last_used_at: None,
        };
    let used = ApiToken {
        last_used_at: Some(t("2026-11-25T08:00:00Z")),
        ..token(
            31,
            "Ticket system, production",
            None,
            "2027-01-10T08:00:00Z",
        )
    };
    vec![
        used,
        token(
            32,
            "Ticket system, test",
            Some(t("2026-10-20T08:00:00Z")),
            "2027-01-10T08:00:00Z",
        ),
        token(33, "Import of the help desk", None, "2026-11-12T08:00:00Z"),
    ]
}

/// A site.
pub(crate) fn site() -> Site {
    Site {
        id: "shop".to_owned(),
        name: "Shop and customer area".to_owned(),
        origins: vec![
            "https://shop.example.org".to_owned(),
            "https://my.example.org:8443".to_owned(),
        ]
        .into(),
        default_lang: "de".to_owned(),
        created_at: t("2026-03-02T08:00:00Z"),
        version: 4,
    }
}

/// Keys of the site in every state, the newest last.
pub(crate) fn keys() -> Vec<SiteKey> {
    let key = |kid: &str, algorithm, state, last_used_at: Option<&str>| SiteKey {
        site_id: "shop".to_owned(),
        kid: kid.to_owned(),
        algorithm,
        material: kid.as_bytes().to_vec(),
        state,
        created_at: t("2026-03-02T08:00:00Z"),
        last_used_at: last_used_at.map(t),
    };
    vec![
        key("2025", Algorithm::Hs256, KeyState::Retired, None),
        key(
            "2026-spring",
            Algorithm::EdDsa,
            KeyState::Retiring,
            Some("2026-11-24T22:10:00Z"),
        ),
        key(
            "2026-autumn",
            Algorithm::EdDsa,
            KeyState::Active,
            Some("2026-11-25T09:29:00Z"),
        ),
    ]
}
