//! One site: what is known of it, its keys, and how its pages are set up.

use axum::extract::State;
use chrono_tz::Tz;
use maud::{Markup, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use super::answer::{Answer, Asked, At, found, page, require};
use super::layout::{Page, Section, Viewer};
use super::{part, sample_admin, site_setup};
use crate::app::App;
use crate::domain::access::{Action, Role};
use crate::store::site::{KeyState, Site, SiteKey, find, keys};

/// The page.
#[derive(Debug)]
pub(crate) struct SiteShow {
    viewer: Viewer,
    site: Site,
    keys: Vec<SiteKey>,
    /// How browsers reach us.
    public_url: String,
    done: String,
}

/// How a key stands.
pub(super) fn state_badge(state: KeyState) -> Markup {
    match state {
        KeyState::Active => part::badge("ok", "In use"),
        KeyState::Retiring => part::badge("soon", "Retiring"),
        KeyState::Retired => part::badge("none", "Retired"),
    }
}

/// When a token signed with a key last came.
pub(super) fn last_used(key: &SiteKey, zone: Tz) -> Markup {
    match key.last_used_at {
        Some(at) => part::when(at, zone),
        None => html! { "never" },
    }
}

impl SiteShow {
    fn key(&self, key: &SiteKey) -> Markup {
        let kid = utf8_percent_encode(&key.kid, NON_ALPHANUMERIC);
        let zone = self.viewer.zone();
        html! {
            li {
                div.what {
                    span.subject { (key.kid) }
                    span.small {
                        (key.algorithm.as_str()) ", added " (part::when(key.created_at, zone))
                    }
                    (part::hash(&key.fingerprint()))
                }
                div.what { span.small { "A token came last: " (last_used(key, zone)) } }
                div.state {
                    (state_badge(key.state))
                    @if key.state != KeyState::Retired {
                        a.button.quiet href={ "/sites/" (self.site.id) "/keys/edit?kid=" (kid) } {
                            "Change" span.sr { " the key " (key.kid) }
                        }
                    }
                }
            }
        }
    }

    /// The key that the site should sign with: the newest in use.
    fn signing(&self) -> Option<&SiteKey> {
        self.keys
            .iter()
            .rev()
            .find(|key| key.state == KeyState::Active)
    }
}

impl Page for SiteShow {
    fn title(&self) -> String {
        self.site.name.clone()
    }

    fn viewer(&self) -> Option<&Viewer> {
        Some(&self.viewer)
    }

    fn section(&self) -> Section {
        Section::Sites
    }

    fn trail(&self) -> Vec<(String, String)> {
        vec![("/sites".to_owned(), "Sites".to_owned())]
    }

    fn aside(&self) -> Markup {
        html! { div.actions { a.button href={ "/sites/" (self.site.id) "/edit" } { "Change" } } }
    }

    fn body(&self) -> Markup {
        let s = &self.site;
        let new_key = html! {
            a.button href={ "/sites/" (s.id) "/keys/new" } { "New key" }
        };
        html! {
            (part::done(&self.done))
            section.sheet aria-label="The site" {
                dl.facts {
                    dt { "Id" }
                    dd { code { (s.id) } }
                    dt { "Origins" }
                    dd { @for origin in s.origins.iter() { div { (origin) } } }
                    dt { "Language" }
                    dd { (part::language(&s.default_lang)) }
                    dt { "Added" }
                    dd { (part::when(s.created_at, self.viewer.zone())) }
                }
            }
            section aria-labelledby="keys-h" {
                div.section-head {
                    h2 #keys-h { "Keys" }
                    @if !self.keys.is_empty() { (new_key) }
                }
                @if self.keys.is_empty() {
                    (part::empty(
                        "The site has no key.",
                        "Without one nobody can be shown a notice on it: we would not know who is looking.",
                        &new_key,
                    ))
                } @else {
                    p.small {
                        "To change keys without a gap: add the new one, let the site sign with it, set the \
                         old one to retiring, and retire it when no token signed with it comes any more."
                    }
                    ul.rows.records { @for key in self.keys.iter().rev() { (self.key(key)) } }
                }
            }
            (site_setup::of(s, self.signing(), &self.public_url))
        }
    }

    fn samples() -> Vec<Self> {
        let show = |keys, done: &str| Self {
            viewer: Viewer::sample(Role::Administrator),
            site: sample_admin::site(),
            keys,
            public_url: "https://notices.example.org".to_owned(),
            done: done.to_owned(),
        };
        let keys = sample_admin::keys;
        vec![
            show(keys(), "key"),
            show(keys().into_iter().take(1).collect(), ""),
            show(Vec::new(), "site"),
        ]
    }
}

/// What was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Query {
    done: String,
}

/// Shows the page.
pub(crate) async fn show(
    State(app): State<App>,
    me: Viewer,
    At(id): At<String>,
    Asked(query): Asked<Query>,
) -> Answer {
    require(&app, &me, Action::ManageSites)?;
    let shown = SiteShow {
        site: found(find(&app.db, &id).await?, "This site")?,
        keys: keys(&app.db, &id).await?,
        public_url: app.config.public_url.clone(),
        viewer: me,
        done: query.done,
    };
    Ok(page(&app, &shown))
}
