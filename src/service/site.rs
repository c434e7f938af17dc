//! Host sites: who may ask for notices, from which pages, signed with which keys.

use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use url::{Host, Url};

use super::{Ctx, OrNotFound as _, Write, changed_meanwhile};
use crate::domain::access::Action;
use crate::domain::evidence::Entry;
use crate::domain::host_key::Algorithm;
use crate::error::{Check, Error, FieldError, Result};
use crate::store::site::{self, KeyState, Site, SiteKey};

/// How many keys of a site may be taken at one time: one in use, one to come, one that goes.
pub const LIVE_KEYS_MAX: usize = 3;
/// How many origins a site may have.
pub const ORIGINS_MAX: usize = 20;

/// What is known of a site.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SiteForm {
    /// The name to show, 1 to 100 characters.
    #[schema(required)]
    pub name: String,
    /// 1 to [`ORIGINS_MAX`] exact origins: scheme, host and port of the pages that may ask.
    #[schema(required)]
    pub origins: Vec<String>,
    /// The language when nothing else is asked for, such as `de`.
    #[schema(required)]
    pub default_lang: String,
    /// The site's version that was looked at; not used for a new one.
    #[schema(required)]
    pub version: i64,
}

impl SiteForm {
    fn check(&self, check: &mut Check) -> Site {
        if self.origins.is_empty() || self.origins.len() > ORIGINS_MAX {
            check.fail("origins", "Write 1 to 20 origins.");
        }
        for text in &self.origins {
            if let Err(reason) = origin(text) {
                check.fail("origins", reason);
            }
        }
        let lang = check.text("default_lang", &self.default_lang, 20);
        let tag = |part: &str| (2..=8).contains(&part.len()) && is_plain(part, "");
        if !lang.is_empty() && !lang.split('-').all(tag) {
            check.fail("default_lang", "Write a language tag, such as de or pt-BR.");
        }
        Site {
            id: String::new(),
            name: check.text("name", &self.name, 100),
            origins: Json(self.origins.clone()),
            default_lang: lang,
            created_at: chrono::DateTime::default(),
            version: 1,
        }
    }
}

fn is_plain(text: &str, more: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || more.contains(c))
}

/// Is `text` exactly an origin as a browser sends it, over TLS unless it is this very machine?
fn origin(text: &str) -> Result<(), String> {
    let no = |why: &str| {
        Err(format!(
            "{text} {why} Write scheme, host and, if it is not the usual one, port, such as \
             https://shop.example.org."
        ))
    };
    let Ok(url) = Url::parse(text) else {
        return no("is not an address.");
    };
    let (Some(host), "http" | "https") = (url.host(), url.scheme()) else {
        return no("is not an address of a web page.");
    };
    if text.contains('*') {
        return no("has a wildcard. Every origin must be named by itself.");
    }
    let exact = url.origin().ascii_serialization();
    if exact != text {
        return Err(format!("{text} is not exactly an origin. Write {exact}."));
    }
    let here = match host {
        Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
    };
    if url.scheme() == "http" && !here {
        return no("is not https. A token sent without encryption can be stolen.");
    }
    Ok(())
}

/// Adds a site. `id` names it in tokens (`iss`) and never changes: 1 to 40 of a-z, 0-9 and "-".
///
/// # Errors
/// Which field cannot be taken; a conflict when there is a site with this id.
pub async fn create(ctx: &Ctx<'_>, id: &str, form: &SiteForm) -> Result<String> {
    let mut w = ctx.begin(Action::ManageSites, "site.create").await?;
    if let Some(done) = w.replay(&(id, form)).await? {
        return Ok(done);
    }
    let mut check = Check::default();
    let plain = is_plain(id, "-") && !id.chars().any(|c| c.is_ascii_uppercase());
    if !plain || id.len() > 40 || id.starts_with('-') || id.ends_with('-') {
        check.fail(
            "id",
            "Write 1 to 40 of a-z, 0-9 and \"-\", beginning and ending with a letter or digit.",
        );
    }
    if id == "new" {
        check.fail(
            "id",
            "This id is the address of the form for a new site. Choose another one.",
        );
    }
    let mut site = form.check(&mut check);
    check.done()?;
    id.clone_into(&mut site.id);
    site.created_at = w.now;
    if !site::insert(&mut w.tx, &site).await? {
        return Err(Error::invalid("id", "There is a site with this id."));
    }
    w.record(
        Entry::new("site.created", None)
            .with("site", id)
            .with("origins", site.origins.0.clone())
            .of(&site),
    );
    w.commit(id.to_owned()).await
}

/// Changes a site.
pub async fn edit(ctx: &Ctx<'_>, id: &str, form: &SiteForm) -> Result<String> {
    let mut w = ctx.begin(Action::ManageSites, "site.edit").await?;
    if let Some(done) = w.replay(&(id, form)).await? {
        return Ok(done);
    }
    let before = site::lock(&mut w.tx, id).await?.or_not_found("This site")?;
    let mut check = Check::default();
    let changed = form.check(&mut check);
    check.done()?;
    let site = Site {
        id: before.id,
        created_at: before.created_at,
        version: form.version,
        ..changed
    };
    if !site::update(&mut w.tx, &site).await? {
        return Err(changed_meanwhile("site"));
    }
    w.record(
        Entry::new("site.changed", None)
            .with("site", id)
            .with("origins", site.origins.0.clone())
            .of(&site),
    );
    w.commit(id.to_owned()).await
}

/// A key to add.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewKey {
    /// Its name in a token's header (`kid`): 1 to 64 of letters, digits, ".", "_" and "-".
    pub kid: String,
    /// What the site signs with.
    pub algorithm: Algorithm,
    /// EdDSA: the public key, PEM or base64. HS256: the secret, 32 bytes or more, as text.
    pub key: String,
}

impl std::fmt::Debug for NewKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NewKey({} {:?})", self.kid, self.algorithm)
    }
}

/// Adds a key to a site; it is taken on every node within seconds.
///
/// # Errors
/// Which field cannot be taken; a conflict when the site has enough keys.
pub async fn add_key(ctx: &Ctx<'_>, id: &str, new: &NewKey) -> Result<String> {
    let mut w = ctx.begin(Action::ManageSites, "site.add_key").await?;
    if let Some(done) = w.replay(&(id, new)).await? {
        return Ok(done);
    }
    site::lock(&mut w.tx, id).await?.or_not_found("This site")?;
    let mut check = Check::default();
    if !is_plain(&new.kid, "._-") || new.kid.len() > 64 {
        check.fail(
            "kid",
            "Write 1 to 64 letters, digits, \".\", \"_\" and \"-\".",
        );
    }
    let material = new.algorithm.read(&new.key).map_err(|reason| {
        Error::Invalid(vec![FieldError {
            field: "key".into(),
            reason: reason.into(),
        }])
    });
    let material = check.take(material)?.unwrap_or_default();
    check.done()?;
    let keys = site::keys(&mut w.tx, id).await?;
    let live = keys.iter().filter(|k| k.state != KeyState::Retired).count();
    if live >= LIVE_KEYS_MAX {
        return Err(Error::Conflict(format!(
            "This site has {live} keys in use, which is the most there can be. Retire one first."
        )));
    }
    if keys.iter().any(|k| k.material == material) {
        return Err(Error::invalid("key", "This site has had this key already."));
    }
    let key = SiteKey {
        site_id: id.to_owned(),
        kid: new.kid.clone(),
        algorithm: new.algorithm,
        material,
        state: KeyState::Active,
        created_at: w.now,
        last_used_at: None,
    };
    if !site::insert_key(&mut w.tx, &key).await? {
        return Err(Error::invalid(
            "kid",
            "This site has had a key of this name.",
        ));
    }
    record_key(&mut w, "site.key_added", &key);
    w.commit(new.kid.clone()).await
}

/// Moves a key on: active, retiring, retired. A retired key is turned down on every node within
/// seconds, and for good.
///
/// # Errors
/// A conflict when the key is retired already.
pub async fn set_key_state(ctx: &Ctx<'_>, id: &str, kid: &str, to: KeyState) -> Result<String> {
    let mut w = ctx.begin(Action::ManageSites, "site.set_key_state").await?;
    if let Some(done) = w.replay(&(id, kid, to)).await? {
        return Ok(done);
    }
    site::lock(&mut w.tx, id).await?.or_not_found("This site")?;
    let keys = site::keys(&mut w.tx, id).await?;
    let mut key = keys
        .into_iter()
        .find(|k| k.kid == kid)
        .or_not_found("This key")?;
    if key.state == KeyState::Retired {
        return Err(Error::Conflict(
            "This key is retired and cannot be used again. Add a new one.".to_owned(),
        ));
    }
    key.state = to;
    site::set_key_state(&mut w.tx, &key).await?;
    record_key(&mut w, "site.key_changed", &key);
    w.commit(kid.to_owned()).await
}

fn record_key(w: &mut Write<'_>, kind: &'static str, key: &SiteKey) {
    w.record(
        Entry::new(kind, None)
            .with("site", key.site_id.clone())
            .with("kid", key.kid.clone())
            .with("algorithm", key.algorithm.as_str())
            .with("key_sha256", key.fingerprint())
            .with("state", serde_json::json!(key.state))
            .of(key),
    );
}

#[cfg(test)]
mod test {
    use super::origin;

    #[test]
    fn an_origin_is_exact() {
        for good in [
            "https://shop.example.org",
            "https://shop.example.org:8443",
            "https://xn--bcher-kva.example",
            "http://localhost:3000",
            "http://127.0.0.1:3000",
            "http://[::1]:3000",
            "http://shop.localhost:81",
        ] {
            assert_eq!(origin(good), Ok(()));
        }
        for bad in [
            "",
            "*",
            "null",
            "shop.example.org",
            "https://shop.example.org/",
            "https://shop.example.org/path",
            "https://shop.example.org?x",
            "https://Shop.example.org",
            "https://shop.example.org:443",
            "https://user@shop.example.org",
            "https://*.example.org",
            "https://bücher.example",
            "http://shop.example.org",
            "http://localhost.example.org",
            "http://192.168.0.1",
            "ftp://shop.example.org",
            "file:///etc/passwd",
            " https://shop.example.org",
        ] {
            assert!(origin(bad).is_err(), "{bad}");
        }
    }
}
