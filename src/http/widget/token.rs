//! The host's word for who is looking: a compact JWS (RFC 7515) signed by the host site.
//!
//! What always holds:
//! * The algorithm is the stored key's. The token's `alg` must agree with it and decides nothing, so
//!   neither `none` nor a public key used as an HMAC secret gets through.
//! * The key is looked up by the pair (`iss`, `kid`): a site's key never speaks for another site.
//! * A MAC is compared in constant time; an Ed25519 signature is checked strictly, so that no second
//!   signature of the same text and no weak key is taken.
//! * [`Reject`] says exactly what is wrong, for the server's log. The client is told nothing but "no".
//!
//! What it does not do: remember tokens. A token may be used again until it ends, because tabs and
//! reloads do; what a thief could do with one is bounded by [`MAX_LIFE_S`].

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, Utc};
use ed25519_dalek::{Signer as _, SigningKey};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Deserialize;
use sha2::Sha256;

use crate::domain::host_key::HostKey;
use crate::domain::scope::normal;

/// The longest token that is looked at, in bytes.
pub const MAX_BYTES: usize = 4096;
/// The longest life of a token (`exp - iat`), in seconds.
pub const MAX_LIFE_S: i64 = 3600;
/// How far the host's clock may differ from ours, in seconds.
pub const LEEWAY_S: i64 = 60;
/// The longest user id (`sub`), in characters.
pub const MAX_SUB: usize = normal::ACCOUNT_CHARS_MAX;
/// The shortest token id (`jti`), in characters: 96 bits in base64.
pub const MIN_JTI: usize = 16;
/// The longest token id, in characters: it is kept with the proof.
pub const MAX_JTI: usize = 128;
/// The only audience (`aud`) that is taken.
pub const AUDIENCE: &str = "notices";

/// What a good token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// The site whose key signed it (`iss`).
    pub site: String,
    /// The host's own id of the person who is signed in (`sub`), byte for byte.
    pub user_id: String,
    /// The key that signed it.
    pub kid: String,
    /// The token's own id (`jti`).
    pub jti: String,
    /// When the host made it, by the host's clock.
    pub issued_at: DateTime<Utc>,
    /// Until when it is good, in seconds since 1970, without leeway.
    pub expires_s: i64,
}

/// Why a token was turned down; for the log, never for the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Reject {
    /// There is none.
    #[error("no token was sent")]
    Missing,
    /// Longer than [`MAX_BYTES`].
    #[error("the token is longer than 4096 bytes")]
    TooLong,
    /// Not three parts with dots between them.
    #[error("the token does not have three parts")]
    Form,
    /// A part is not base64url without padding in its one canonical form.
    #[error("a part of the token is not canonical base64url")]
    Base64,
    /// The header is not what a header must be.
    #[error("the token's header is not a JSON object with alg and kid")]
    Header,
    /// The header asks for extensions that must be understood.
    #[error("the token's header has crit")]
    Crit,
    /// The header says that this is something other than a JWT.
    #[error("the token's typ is not JWT")]
    Type,
    /// A claim is missing, or is not of the right kind.
    #[error("the token's claims lack iss, aud, sub, iat, exp or jti, or one has the wrong type")]
    Claims,
    /// There is no such site, or it has no such key in use.
    #[error("this site has no key in use with this kid")]
    UnknownKey,
    /// The header names another algorithm than the key's.
    #[error("the token's alg is not the algorithm of the key")]
    Algorithm,
    /// The signature does not fit.
    #[error("the signature does not fit")]
    Signature,
    /// Meant for somebody else.
    #[error("the token's aud is not \"notices\"")]
    Audience,
    /// The user id is empty, too long, or has control characters.
    #[error("the token's sub is empty, too long or has control characters")]
    Subject,
    /// The token id is too short, too long, or has control characters.
    #[error("the token's jti has fewer than 16 or more than 128 characters")]
    TokenId,
    /// Ends before it begins, or lives too long.
    #[error("the token's exp is not after its iat, or more than 3600 s after it")]
    Life,
    /// Its end has passed.
    #[error("the token has expired")]
    Expired,
    /// Its beginning has not come.
    #[error("the token is not valid yet: compare the clocks")]
    NotYet,
}

#[derive(Deserialize)]
struct Header<'t> {
    #[serde(borrow)]
    alg: Cow<'t, str>,
    #[serde(borrow)]
    kid: Cow<'t, str>,
    #[serde(borrow, default)]
    typ: Option<Cow<'t, str>>,
    #[serde(default)]
    crit: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Body<'t> {
    #[serde(borrow)]
    iss: Cow<'t, str>,
    #[serde(borrow)]
    aud: Cow<'t, str>,
    sub: String,
    iat: i64,
    exp: i64,
    jti: String,
    #[serde(default)]
    nbf: Option<i64>,
}

/// The site and the key that a token names, unproved; for the log.
pub fn names(token: &str) -> Option<(String, String)> {
    let (header, rest) = token.split_once('.')?;
    let (body, _) = rest.split_once('.')?;
    let (header, body) = (BASE64.decode(header).ok()?, BASE64.decode(body).ok()?);
    let header: Header<'_> = serde_json::from_slice(&header).ok()?;
    let body: Body<'_> = serde_json::from_slice(&body).ok()?;
    Some((body.iss.into_owned(), header.kid.into_owned()))
}

/// Checks `token` at `now`. `key` finds the key in use for a pair (site id, `kid`).
///
/// # Errors
/// The first thing that is wrong.
pub fn verify<'k>(
    token: &str,
    now: DateTime<Utc>,
    key: impl FnOnce(&str, &str) -> Option<&'k HostKey>,
) -> Result<Claims, Reject> {
    if token.len() > MAX_BYTES {
        return Err(Reject::TooLong);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(Reject::Form)?;
    let (header, body) = signed.split_once('.').ok_or(Reject::Form)?;
    if body.contains('.') {
        return Err(Reject::Form);
    }
    let [header, body, signature] = [header, body, signature].map(|part| BASE64.decode(part));
    let header = header.map_err(|_| Reject::Base64)?;
    let header: Header<'_> = serde_json::from_slice(&header).map_err(|_| Reject::Header)?;
    if header.crit.is_some() {
        return Err(Reject::Crit);
    }
    if header
        .typ
        .is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT"))
    {
        return Err(Reject::Type);
    }
    let body = body.map_err(|_| Reject::Base64)?;
    let signature = signature.map_err(|_| Reject::Base64)?;
    // Read before it is proved, but only to find the key that must prove it.
    let body: Body<'_> = serde_json::from_slice(&body).map_err(|_| Reject::Claims)?;
    let key = key(&body.iss, &header.kid).ok_or(Reject::UnknownKey)?;
    if header.alg != key.algorithm().as_str() {
        return Err(Reject::Algorithm);
    }
    if !key.signed(signed.as_bytes(), &signature) {
        return Err(Reject::Signature);
    }
    check(&body, now)?;
    Ok(Claims {
        site: body.iss.into_owned(),
        user_id: body.sub,
        kid: header.kid.into_owned(),
        jti: body.jti,
        issued_at: DateTime::from_timestamp(body.iat, 0).ok_or(Reject::Claims)?,
        expires_s: body.exp,
    })
}

fn check(body: &Body<'_>, now: DateTime<Utc>) -> Result<(), Reject> {
    let plain = |text: &str, min: usize, max: usize| {
        (min..=max).contains(&text.chars().count()) && !text.chars().any(char::is_control)
    };
    if body.aud != AUDIENCE {
        return Err(Reject::Audience);
    }
    if !plain(&body.sub, 1, MAX_SUB) {
        return Err(Reject::Subject);
    }
    if !plain(&body.jti, MIN_JTI, MAX_JTI) {
        return Err(Reject::TokenId);
    }
    let life = body.exp.checked_sub(body.iat).ok_or(Reject::Life)?;
    if !(1..=MAX_LIFE_S).contains(&life) {
        return Err(Reject::Life);
    }
    let now = now.timestamp();
    if !alive(body.exp, now) {
        return Err(Reject::Expired);
    }
    if body.nbf.unwrap_or(body.iat).max(body.iat) > now + LEEWAY_S {
        return Err(Reject::NotYet);
    }
    Ok(())
}

/// Is a token that ends at `exp` still good at `now`? Both in seconds since 1970.
pub const fn alive(exp: i64, now: i64) -> bool {
    now < exp.saturating_add(LEEWAY_S)
}

/// What a host puts into a token. For the demo shop and for tests: a real host makes its own.
#[derive(Clone, Copy, Debug)]
pub struct Mint<'a> {
    /// The site's id.
    pub site: &'a str,
    /// The key's id.
    pub kid: &'a str,
    /// The person who is signed in.
    pub user_id: &'a str,
    /// The token's id, 16 characters or more.
    pub jti: &'a str,
    /// The present.
    pub now: DateTime<Utc>,
    /// How long the token is good, in seconds.
    pub life_s: i64,
}

/// A signing key: what stays with the host.
#[derive(Clone)]
pub enum Secret {
    /// The private half of an Ed25519 key.
    EdDsa(Box<SigningKey>),
    /// The shared secret.
    Hs256(Vec<u8>),
}

/// Makes a token as a host would.
#[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
pub fn mint(secret: &Secret, what: &Mint<'_>) -> String {
    let alg = match secret {
        Secret::EdDsa(_) => "EdDSA",
        Secret::Hs256(_) => "HS256",
    };
    let header = serde_json::json!({ "alg": alg, "typ": "JWT", "kid": what.kid });
    let iat = what.now.timestamp();
    let body = serde_json::json!({
        "iss": what.site,
        "aud": AUDIENCE,
        "sub": what.user_id,
        "iat": iat,
        "exp": iat + what.life_s,
        "jti": what.jti,
    });
    let text = format!(
        "{}.{}",
        BASE64.encode(header.to_string()),
        BASE64.encode(body.to_string())
    );
    let signature = match secret {
        Secret::EdDsa(key) => key.sign(text.as_bytes()).to_vec(),
        Secret::Hs256(secret) => Hmac::<Sha256>::new_from_slice(secret)
            .expect("any key length is taken")
            .chain_update(text.as_bytes())
            .finalize()
            .into_bytes()
            .to_vec(),
    };
    format!("{text}.{}", BASE64.encode(signature))
}

#[cfg(test)]
#[path = "token_test.rs"]
mod test;
