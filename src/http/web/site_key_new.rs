//! Adding a key to a site.

use axum::extract::State;
use maud::{Markup, html};

use super::answer::{Answer, At, found, go, page, page_with_status, require};
use super::form::Form;
use super::layout::{Page, Section, Viewer};
use super::sample_admin;
use super::session::Posted;
use crate::app::App;
use crate::domain::access::{Action, Role};
use crate::domain::host_key::{Algorithm, MIN_SECRET};
use crate::service::site::{self, LIVE_KEYS_MAX, NewKey};
use crate::store::site::{Site, find};

/// The page.
#[derive(Debug)]
pub(crate) struct SiteKeyNew {
    viewer: Viewer,
    site: Site,
    form: Form,
}

impl SiteKeyNew {
    fn new(viewer: Viewer, site: Site, form: Form) -> Self {
        let form = form.with_fields(&[
            ("kid", "Name of the key"),
            ("algorithm", "Kind of key"),
            ("key", "Key"),
        ]);
        Self { viewer, site, form }
    }
}

fn here(id: &str) -> String {
    format!("/sites/{id}/keys/new")
}

fn empty(viewer: &Viewer, id: &str) -> Form {
    Form::new(viewer, "key", here(id)).with("algorithm", Algorithm::EdDsa.as_str())
}

const KINDS: [(&str, &str, &str); 2] = [
    (
        "EdDSA",
        "Ed25519 key pair",
        "the site keeps the private half, we hold the public one: only the site can speak for its users",
    ),
    (
        "HS256",
        "Shared secret",
        "for a site that cannot do better: whoever has it can speak for any user of the site",
    ),
];

impl Page for SiteKeyNew {
    fn title(&self) -> String {
        format!("New key of {}", self.site.name)
    }

    fn viewer(&self) -> Option<&Viewer> {
        Some(&self.viewer)
    }

    fn section(&self) -> Section {
        Section::Sites
    }

    fn trail(&self) -> Vec<(String, String)> {
        let site = (format!("/sites/{}", self.site.id), self.site.name.clone());
        vec![("/sites".to_owned(), "Sites".to_owned()), site]
    }

    fn body(&self) -> Markup {
        let f = &self.form;
        let key = format!(
            "Ed25519: the public key, as PEM or its 32 bytes in base64. Shared secret: its text, at \
             least {MIN_SECRET} bytes."
        );
        html! {
            (f.summary())
            section.sheet aria-labelledby="make-h" {
                h2 #make-h { "Make a key pair" }
                p { "On the machine of the site, so that the private half never leaves it:" }
                pre tabindex="0" role="region" aria-label="Commands that make a key pair" data-copy {
                    "openssl genpkey -algorithm ed25519 -out notice-key.pem\n"
                    "openssl pkey -in notice-key.pem -pubout\n"
                }
                p.small { "The second command prints the public key, which goes into the form." }
            }
            (f.render(html! {
                section.sheet aria-label="The key" {
                    (f.field("kid", "Name of the key")
                        .hint("Stands in each token's header (kid): letters, digits, \".\", \"_\" and \"-\", \
                               such as 2026-11.").input("text"))
                    (f.field("algorithm", "Kind of key").radios(&KINDS))
                    (f.field("key", "Key").hint(&key).area(5))
                    p.small { "At most " (LIVE_KEYS_MAX) " keys can be in use: one that signs, one to come, \
                               one that goes." }
                }
                div.send {
                    button.main type="submit" { "Add the key" }
                    a.button href={ "/sites/" (self.site.id) } { "Cancel" }
                }
            }))
        }
    }

    fn samples() -> Vec<Self> {
        let viewer = Viewer::sample(Role::Administrator);
        let site = sample_admin::site();
        let wrong = empty(&viewer, "shop")
            .with("kid", "2026 11")
            .wrong(
                "kid",
                "Write 1 to 64 letters, digits, \".\", \"_\" and \"-\".",
            )
            .wrong(
                "key",
                "This is the private key. Keep it on your site and paste the public one.",
            );
        vec![
            Self::new(viewer.clone(), site.clone(), empty(&viewer, "shop")),
            Self::new(viewer, site, wrong),
        ]
    }
}

/// Shows the empty form.
pub(crate) async fn show(State(app): State<App>, me: Viewer, At(id): At<String>) -> Answer {
    require(&app, &me, Action::ManageSites)?;
    let site = found(find(&app.db, &id).await?, "This site")?;
    let form = empty(&me, &id);
    Ok(page(&app, &SiteKeyNew::new(me, site, form)))
}

/// Adds the key.
pub(crate) async fn send(State(app): State<App>, At(id): At<String>, mut sent: Posted) -> Answer {
    let ctx = sent.ctx(&app, "key");
    let new = NewKey {
        kid: sent.typed.text("kid").trim().to_owned(),
        algorithm: match sent.typed.get("algorithm") {
            "HS256" => Algorithm::Hs256,
            _ => Algorithm::EdDsa,
        },
        key: sent.typed.text("key"),
    };
    match sent.run(site::add_key(&ctx, &id, &new)).await {
        Ok(_) => go(&format!("/sites/{id}?done=key")),
        Err(stop) => {
            require(&app, &sent.me, Action::ManageSites)?;
            let site = found(find(&app.db, &id).await?, "This site")?;
            let (status, mut form) = sent.again(&app, stop, Vec::new(), "key", here(&id))?;
            if new.key.contains("PRIVATE KEY") {
                // It was not meant for us, and goes no further.
                form.typed.set("key", "");
            }
            let shown = SiteKeyNew::new(sent.me, site, form);
            Ok(page_with_status(&app, status, &shown))
        }
    }
}
