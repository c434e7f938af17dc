//! The style sheet and the script of the pages, in the program itself, under names that change with
//! what is in them: a browser may keep them for ever.

use std::sync::OnceLock;

use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use sha2::{Digest as _, Sha256};

/// One file of the pages.
#[derive(Debug)]
pub struct Asset {
    /// With the hash of its contents in it.
    pub name: String,
    /// Its media type.
    pub media: &'static str,
    /// What is in it.
    pub text: &'static str,
}

impl Asset {
    fn new(stem: &str, ending: &str, media: &'static str, text: &'static str) -> Self {
        let hash = hex::encode(&Sha256::digest(text.as_bytes())[..8]);
        Self {
            name: format!("{stem}.{hash}.{ending}"),
            media,
            text,
        }
    }

    /// Where it is reached.
    pub fn path(&self) -> String {
        format!("/assets/{}", self.name)
    }
}

/// The style sheet of every page.
pub fn style() -> &'static Asset {
    static STYLE: OnceLock<Asset> = OnceLock::new();
    STYLE.get_or_init(|| {
        let text = include_str!("web/style.css");
        Asset::new("style", "css", "text/css; charset=utf-8", text)
    })
}

/// The script that makes pages more convenient; all of them work without it.
pub fn script() -> &'static Asset {
    static SCRIPT: OnceLock<Asset> = OnceLock::new();
    SCRIPT.get_or_init(|| {
        let text = include_str!("web/app.js");
        Asset::new("app", "js", "text/javascript; charset=utf-8", text)
    })
}

/// The mark in a browser's tab.
pub fn icon() -> &'static Asset {
    static ICON: OnceLock<Asset> = OnceLock::new();
    ICON.get_or_init(|| {
        let text = include_str!("web/icon.svg");
        Asset::new("icon", "svg", "image/svg+xml", text)
    })
}

/// Every file.
pub fn all() -> [&'static Asset; 3] {
    [style(), script(), icon()]
}

/// Answers with the file of this name.
pub async fn get(Path(name): Path<String>) -> Response {
    let Some(asset) = all().into_iter().find(|a| a.name == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut response = asset.text.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.media));
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=31536000, immutable"),
    );
    response
}
