//! The script of the custom element: under an address that names its content, for good.
//!
//! A host page names the address and the hash (subresource integrity), so that what runs there is what
//! the host looked at. Another build has another address; an address of another build is not found.

use std::sync::LazyLock;

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use sha2::{Digest as _, Sha256, Sha384};

/// The script as people read it.
const SOURCE: &str = include_str!("site_notice.js");

/// What a host needs to put the script into a page.
#[derive(Clone, Debug, Serialize)]
pub struct Manifest {
    /// Names the content.
    pub build: String,
    /// The script's address below ours.
    pub path: String,
    /// For the `integrity` attribute.
    pub integrity: String,
}

/// The script as it is sent.
#[derive(Debug)]
pub struct Script {
    /// Without whole-line comments and leading blanks.
    pub text: Bytes,
    /// Where it is and what its hash is.
    pub manifest: Manifest,
}

/// The one script of this program.
pub static SCRIPT: LazyLock<Script> = LazyLock::new(|| {
    let mut text = String::with_capacity(SOURCE.len());
    for line in SOURCE.lines().map(str::trim) {
        if !line.is_empty() && !line.starts_with("//") {
            text.push_str(line);
            text.push('\n');
        }
    }
    let build = hex::encode(&Sha256::digest(&text)[..6]);
    let manifest = Manifest {
        path: format!("/embed/{build}/sn.js"),
        integrity: format!("sha384-{}", STANDARD.encode(Sha384::digest(&text))),
        build,
    };
    Script {
        text: text.into(),
        manifest,
    }
});

/// `GET /embed/{build}/sn.js`.
pub async fn script(Path(build): Path<String>) -> Response {
    if build != SCRIPT.manifest.build {
        return (StatusCode::NOT_FOUND, "no such build\n").into_response();
    }
    let headers = [
        (CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    let corp = [("cross-origin-resource-policy", "cross-origin")];
    (headers, corp, SCRIPT.text.clone()).into_response()
}

/// `GET /embed/manifest.json`.
pub async fn manifest(asked: HeaderMap) -> Response {
    let etag = format!("\"{}\"", SCRIPT.manifest.build);
    let headers = [
        (CACHE_CONTROL, "public, max-age=300"),
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (ETAG, &etag),
    ];
    let known = asked.get(IF_NONE_MATCH).and_then(|v| v.to_str().ok());
    if known.is_some_and(|known| known.split(',').any(|tag| tag.trim() == etag)) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, Json(&SCRIPT.manifest)).into_response()
}

#[cfg(test)]
mod test {
    use super::*;

    /// The ceiling for what every page of a host has to load, in bytes.
    const CEILING: usize = 3_072;

    #[test]
    fn the_script_stays_small() {
        let mut packed = Vec::new();
        let params = brotli::enc::BrotliEncoderParams {
            quality: 11,
            ..Default::default()
        };
        brotli::BrotliCompress(&mut &SCRIPT.text[..], &mut packed, &params).unwrap();
        println!(
            "sn.js: {} bytes, brotli {}",
            SCRIPT.text.len(),
            packed.len()
        );
        assert!(packed.len() <= CEILING, "{} bytes", packed.len());
    }

    #[test]
    fn nothing_is_stored_and_nothing_enters_as_html() {
        for word in [
            "cookie",
            "localStorage",
            "sessionStorage",
            "indexedDB",
            "caches.",
            "innerHTML",
            "outerHTML",
            "insertAdjacent",
            "document.write",
            "eval(",
            "sendBeacon",
            "Function(",
            "style=",
            ".style.",
        ] {
            assert!(
                !std::str::from_utf8(&SCRIPT.text).unwrap().contains(word),
                "{word}"
            );
        }
    }
}
