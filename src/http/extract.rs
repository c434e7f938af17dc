//! What an API handler asks for: who calls, the body, the parts of the address, the page of a list.
//!
//! What always holds: what cannot be read is an error that names the field, never a default; a field
//! that nobody knows is an error too. A cookie is never looked at here.

use axum::extract::rejection::{BytesRejection, PathRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::error::{Answer, Kind, Problem};
use crate::app::App;
use crate::domain::access::{Action, Actor};
use crate::error::Error;
use crate::service::{Ctx, token};

/// The header of a request that may be repeated.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// Who calls, by the bearer token alone.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The program's parts.
    pub app: App,
    /// Whom the token stands for.
    pub actor: Actor,
    key: Option<String>,
}

impl Caller {
    /// The caller's use-case, with the idempotency key.
    pub fn ctx(&self) -> Ctx<'_> {
        Ctx::new(&self.app, self.actor.clone()).with_key(self.key.clone())
    }

    /// Refuses what the access table does not allow.
    ///
    /// # Errors
    /// [`Kind::Denied`].
    pub fn require(&self, action: Action) -> Answer<()> {
        Ok(self.ctx().require(action)?)
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let token = bearer(&parts.headers)?;
        let actor = token::actor_of(app, token).await?;
        tracing::debug!(actor = actor.key(), "called");
        Ok(Self {
            app: app.clone(),
            actor,
            key: idempotency_key(&parts.headers)?,
        })
    }
}

fn bearer(headers: &HeaderMap) -> Result<&str, Error> {
    let no = || {
        Error::Unauthenticated(
            "There is no token. Send the header \"Authorization: Bearer dnt_…\".".to_owned(),
        )
    };
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (all.next(), all.next()) else {
        return Err(no());
    };
    let (scheme, token) = value
        .to_str()
        .ok()
        .and_then(|v| v.split_once(' '))
        .ok_or_else(no)?;
    if scheme.eq_ignore_ascii_case("bearer") {
        Ok(token.trim())
    } else {
        Err(no())
    }
}

fn idempotency_key(headers: &HeaderMap) -> Answer<Option<String>> {
    let mut all = headers.get_all(IDEMPOTENCY_KEY).iter();
    let bad = || {
        Problem::unreadable(
            "Idempotency-Key",
            "Send one key of 1 to 128 visible ASCII characters.",
        )
    };
    match (all.next(), all.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => {
            let key = value.to_str().map_err(|_| bad())?;
            if key.is_empty() || key.len() > 128 || key.chars().any(|c| !c.is_ascii_graphic()) {
                return Err(bad());
            }
            Ok(Some(key.to_owned()))
        }
        _ => Err(bad()),
    }
}

/// A JSON body.
#[derive(Clone, Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::new(
                Kind::MediaType,
                "Send JSON, with the header \"Content-Type: application/json\".",
            ));
        }
        let bytes = axum::body::Bytes::from_request(request, state)
            .await
            .map_err(unreceived)?;
        read_json(&bytes).map(Self)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.split(';').next())
        .is_some_and(|v| v.trim().eq_ignore_ascii_case("application/json"))
}

fn unreceived(rejection: BytesRejection) -> Problem {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        let max = super::middleware::BODY_BYTES_MAX;
        return Error::TooLarge(format!("The body is larger than {max} bytes. Shorten it.")).into();
    }
    Problem::unreadable("body", "The body broke off before its end. Send it again.")
}

fn read_json<T: DeserializeOwned>(bytes: &[u8]) -> Answer<T> {
    // A list would be taken for the fields in their order.
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        return Err(Problem::unreadable(
            "body",
            "Send a JSON object, not a list.",
        ));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|e| {
        let path = e.path().to_string();
        explain(&path, &e.into_inner())
    })?;
    reader.end().map_err(|e| explain(".", &e))?;
    Ok(value)
}

/// A sentence for a body that does not fit, with the name of the field.
fn explain(path: &str, e: &serde_json::Error) -> Problem {
    let text = e.to_string();
    let what = text
        .rfind(" at line ")
        .map_or(text.as_str(), |at| &text[..at]);
    if !e.is_data() {
        let reason = format!(
            "The body is not JSON: {what} (line {}, column {}).",
            e.line(),
            e.column()
        );
        return Problem::unreadable("body", reason);
    }
    let named = what
        .split_once("field `")
        .and_then(|(before, rest)| Some((before, rest.split_once('`')?.0)));
    let path = path.trim_matches('.');
    let inside = |name: &str| match path {
        "" => name.to_owned(),
        p if p == name || p.ends_with(&format!(".{name}")) => p.to_owned(),
        p => format!("{p}.{name}"),
    };
    let (field, reason) = match named {
        Some(("unknown ", name)) => {
            let known = what.split_once(", expected ").map(|(_, k)| k);
            let known = known
                .map(|k| k.trim_start_matches("one of ").replace('`', ""))
                .map(|k| format!(" Known here: {k}."))
                .unwrap_or_default();
            (
                inside(name),
                format!("There is no such field. Correct its name, or leave it out.{known}"),
            )
        }
        Some(("missing ", name)) => (inside(name), "This field is missing.".to_owned()),
        Some(("duplicate ", name)) => (inside(name), "This field stands twice.".to_owned()),
        _ if path.is_empty() => ("body".to_owned(), format!("This cannot be read: {what}.")),
        _ => (path.to_owned(), format!("This cannot be read: {what}.")),
    };
    Error::invalid(field, reason).into()
}

/// Parts of the address. What cannot be read there leads nowhere.
#[derive(Clone, Copy, Debug)]
pub struct At<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for At<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        // No id has a NUL in it, and PostgreSQL could not even compare one.
        if parts.uri.path().contains("%00") {
            return Err(Error::NotFound("This address").into());
        }
        match Path::from_request_parts(parts, state).await {
            Ok(Path(value)) => Ok(Self(value)),
            Err(PathRejection::FailedToDeserializePathParams(_)) => {
                Err(Error::NotFound("This address").into())
            }
            Err(other) => Err(Error::internal(other).into()),
        }
    }
}

/// The query of the address.
#[derive(Clone, Debug)]
pub struct Ask<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Ask<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        if let Some((name, _)) = form_urlencoded(query).find(|(_, v)| v.contains(char::is_control))
        {
            return Err(
                Error::invalid(name, "This has a control character in it. Remove it.").into(),
            );
        }
        let pairs = serde_urlencoded::Deserializer::new(form_urlencoded(query));
        serde_path_to_error::deserialize(pairs)
            .map(Self)
            .map_err(|e| {
                let path = e.path().to_string();
                explain_query(&path, &e.into_inner().to_string())
            })
    }
}

fn form_urlencoded(query: &str) -> url::form_urlencoded::Parse<'_> {
    url::form_urlencoded::parse(query.as_bytes())
}

fn explain_query(path: &str, what: &str) -> Problem {
    let name = what.split('`').nth(1).unwrap_or(path.trim_matches('.'));
    let reason = if what.starts_with("unknown field") {
        "There is no such parameter. Correct its name, or leave it out.".to_owned()
    } else if what.starts_with("missing field") {
        "This parameter is missing.".to_owned()
    } else if what.starts_with("duplicate field") {
        "This parameter stands twice.".to_owned()
    } else {
        return Error::invalid(
            path.trim_matches('.'),
            format!("This cannot be read: {what}."),
        )
        .into();
    };
    Error::invalid(name, reason).into()
}

/// Which page of a list.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// From the `next` of the page before. Empty: the first page.
    pub after: Option<String>,
    /// How many at most, 1 to 200; 50 when not given.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<i64>,
}

/// The most that a page can hold.
pub const LIMIT_MAX: i64 = 200;
const LIMIT: i64 = 50;

impl Paging {
    /// How many at most.
    ///
    /// # Errors
    /// Outside of 1 to [`LIMIT_MAX`].
    pub fn limit(&self) -> Answer<i64> {
        let limit = self.limit.unwrap_or(LIMIT);
        if (1..=LIMIT_MAX).contains(&limit) {
            Ok(limit)
        } else {
            Err(Error::invalid(
                "limit",
                format!("A page holds 1 to {LIMIT_MAX}. Ask for the rest with after."),
            )
            .into())
        }
    }

    /// Where the page before ended.
    ///
    /// # Errors
    /// When `after` is not a `next` of ours.
    pub fn after<K: DeserializeOwned>(&self) -> Answer<Option<K>> {
        let Some(after) = self.after.as_deref().filter(|a| !a.is_empty()) else {
            return Ok(None);
        };
        URL_SAFE_NO_PAD
            .decode(after)
            .ok()
            .and_then(|json| serde_json::from_slice(&json).ok())
            .map(Some)
            .ok_or_else(|| {
                Error::invalid(
                    "after",
                    "This is not the next of a page before. Begin with the first page.",
                )
                .into()
            })
    }
}

/// One page of a list.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// In the order of the list.
    pub items: Vec<T>,
    /// Where the list goes on: send it as `after`. Null at the end.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// A page out of up to `limit + 1` rows; `key` tells where a row stands.
    pub fn of<R, K: Serialize>(
        mut rows: Vec<R>,
        limit: i64,
        key: impl Fn(&R) -> K,
        wire: impl FnMut(R) -> T,
    ) -> Self {
        let limit = usize::try_from(limit).unwrap_or(0);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|last| cursor(&key(last)));
        Self {
            items: rows.into_iter().map(wire).collect(),
            next,
        }
    }

    /// A page out of a list that is read whole.
    ///
    /// # Errors
    /// When `paging` cannot be read.
    pub fn cut<R, K: Serialize + DeserializeOwned + PartialEq>(
        rows: Vec<R>,
        paging: &Paging,
        key: impl Fn(&R) -> K,
        wire: impl FnMut(R) -> T,
    ) -> Answer<Self> {
        let limit = paging.limit()?;
        let after: Option<K> = paging.after()?;
        let skip = match after {
            None => 0,
            Some(after) => rows
                .iter()
                .position(|r| key(r) == after)
                .map_or(rows.len(), |n| n + 1),
        };
        let take = usize::try_from(limit).unwrap_or(0) + 1;
        let rows = rows.into_iter().skip(skip).take(take).collect();
        Ok(Self::of(rows, limit, key, wire))
    }
}

fn cursor<K: Serialize>(key: &K) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(key).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::fact::NewFact;

    fn told(body: &str) -> (String, String) {
        let problem = read_json::<NewFact>(body.as_bytes()).unwrap_err();
        let e = &problem.errors[0];
        (e.field.clone(), e.reason.clone())
    }

    #[test]
    fn every_bad_body_names_its_field() {
        assert_eq!(told(r#"{"knid": "aware"}"#).0, "knid");
        assert_eq!(told(r#"{"kind": "awaer"}"#).0, "kind");
        assert_eq!(told(r#"{"kind": "aware", "kind": "aware"}"#).0, "kind");
        assert_eq!(told(r#"{"at": 7}"#).0, "at");
        assert_eq!(told("[]").0, "body");
        assert_eq!(told("").0, "body");
        assert_eq!(told("{\"kind\": \"aware\"} x").0, "body");
        assert_eq!(told("{}").0, "kind");
        let (field, reason) = told("{\"kind\": ");
        assert_eq!(field, "body");
        assert!(reason.contains("line 1"), "{reason}");
    }

    #[test]
    fn a_cursor_of_somebody_else_is_refused() {
        let paging = Paging {
            after: Some("xyz".to_owned()),
            limit: None,
        };
        assert_eq!(paging.after::<i64>().unwrap_err().kind, Kind::Invalid);
    }
}
