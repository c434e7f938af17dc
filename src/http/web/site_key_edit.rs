//! Moving a key of a site on: in use, retiring, retired.

use axum::extract::State;
use maud::{Markup, html};
use serde::Deserialize;

use super::answer::{Answer, Asked, At, Failure, found, go, page, page_with_status, require};
use super::form::Form;
use super::layout::{Page, Section, Viewer};
use super::session::Posted;
use super::site_show::{last_used, state_badge};
use super::{part, sample_admin};
use crate::app::App;
use crate::domain::access::{Action, Role};
use crate::error::Error;
use crate::service::site;
use crate::store::site::{KeyState, Site, SiteKey, find, keys};

/// The page.
#[derive(Debug)]
pub(crate) struct SiteKeyEdit {
    viewer: Viewer,
    site: Site,
    key: SiteKey,
    form: Form,
}

impl SiteKeyEdit {
    fn new(viewer: Viewer, site: Site, key: SiteKey, form: Form) -> Self {
        Self {
            viewer,
            site,
            key,
            form: form.with_fields(&[("state", "The key is")]),
        }
    }
}

const STATES: [(&str, &str, &str); 3] = [
    ("active", "In use", "the site signs with it"),
    (
        "retiring",
        "Retiring",
        "the site has moved to another; still taken, until nothing signed with it comes any more",
    ),
    (
        "retired",
        "Retired for good",
        "turned down within seconds; this cannot be undone. For a key that has become known to \
         others, too",
    ),
];

/// The word of a state in forms.
fn word(state: KeyState) -> &'static str {
    match state {
        KeyState::Active => "active",
        KeyState::Retiring => "retiring",
        KeyState::Retired => "retired",
    }
}

fn here(id: &str) -> String {
    format!("/sites/{id}/keys/edit")
}

fn filled(viewer: &Viewer, key: &SiteKey) -> Form {
    Form::new(viewer, "key", here(&key.site_id)).with("state", word(key.state))
}

impl Page for SiteKeyEdit {
    fn title(&self) -> String {
        format!("Key {}", self.key.kid)
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

    fn aside(&self) -> Markup {
        state_badge(self.key.state)
    }

    fn body(&self) -> Markup {
        let f = &self.form;
        let zone = self.viewer.zone();
        html! {
            (f.summary())
            section.sheet aria-label="The key" {
                dl.facts {
                    dt { "Kind" }
                    dd { (self.key.algorithm.as_str()) }
                    dt { "Fingerprint" }
                    dd { (part::hash(&self.key.fingerprint())) }
                    dt { "Added" }
                    dd { (part::when(self.key.created_at, zone)) }
                    dt { "A token came last" }
                    dd { (last_used(&self.key, zone)) }
                }
            }
            @if self.key.state == KeyState::Retired {
                p { "This key is retired and cannot be used again. Add a new one." }
                p { a.button href={ "/sites/" (self.site.id) } { "Back to the site" } }
            } @else {
                (f.render(html! {
                    section.sheet aria-label="Its state" {
                        input type="hidden" name="kid" value=(self.key.kid);
                        (f.field("state", "The key is").radios(&STATES))
                    }
                    div.send {
                        button.main type="submit" { "Save" }
                        a.button href={ "/sites/" (self.site.id) } { "Cancel" }
                    }
                }))
            }
        }
    }

    fn samples() -> Vec<Self> {
        let viewer = Viewer::sample(Role::Administrator);
        let one = |key: SiteKey| {
            let form = filled(&viewer, &key);
            Self::new(viewer.clone(), sample_admin::site(), key, form)
        };
        sample_admin::keys().into_iter().map(one).collect()
    }
}

/// Which key. Its name may be "..", so it is no part of the path.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Query {
    kid: String,
}

async fn read(app: &App, me: &Viewer, id: &str, kid: &str) -> Result<(Site, SiteKey), Failure> {
    require(app, me, Action::ManageSites)?;
    let site = found(find(&app.db, id).await?, "This site")?;
    let mut keys = keys(&app.db, id).await?.into_iter();
    let key = found(keys.find(|k| k.kid == kid), "This key")?;
    Ok((site, key))
}

/// Shows the form.
pub(crate) async fn show(
    State(app): State<App>,
    me: Viewer,
    At(id): At<String>,
    Asked(query): Asked<Query>,
) -> Answer {
    let (site, key) = read(&app, &me, &id, &query.kid).await?;
    let form = filled(&me, &key);
    Ok(page(&app, &SiteKeyEdit::new(me, site, key, form)))
}

/// Moves the key on.
pub(crate) async fn send(State(app): State<App>, At(id): At<String>, mut sent: Posted) -> Answer {
    let ctx = sent.ctx(&app, "key");
    let kid = sent.typed.get("kid").to_owned();
    let to = match sent.typed.get("state") {
        "active" => Ok(KeyState::Active),
        "retiring" => Ok(KeyState::Retiring),
        "retired" => Ok(KeyState::Retired),
        _ => Err(Error::invalid("state", "Choose what becomes of the key.")),
    };
    let work = async { site::set_key_state(&ctx, &id, &kid, to?).await };
    match sent.run(work).await {
        Ok(_) => go(&format!("/sites/{id}?done=key")),
        Err(stop) => {
            let (site, key) = read(&app, &sent.me, &id, &kid).await?;
            let (status, form) = sent.again(&app, stop, Vec::new(), "key", here(&id))?;
            let shown = SiteKeyEdit::new(sent.me, site, key, form);
            Ok(page_with_status(&app, status, &shown))
        }
    }
}
