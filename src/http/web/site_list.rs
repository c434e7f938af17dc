//! The host sites on whose pages notices are shown.

use std::collections::HashMap;

use axum::extract::State;
use maud::{Markup, html};

use super::answer::{Answer, page, require};
use super::layout::{Page, Section, Viewer};
use super::{part, sample_admin};
use crate::app::App;
use crate::domain::access::{Action, Role};
use crate::store::site::{self, Site};

/// The page.
#[derive(Debug)]
pub(crate) struct SiteList {
    viewer: Viewer,
    sites: Vec<Site>,
    /// Site to the number of its keys that are taken.
    keys: HashMap<String, i64>,
}

fn new_site() -> Markup {
    html! { a.button.main href="/sites/new" { "New site" } }
}

impl Page for SiteList {
    fn title(&self) -> String {
        "Sites".to_owned()
    }

    fn viewer(&self) -> Option<&Viewer> {
        Some(&self.viewer)
    }

    fn section(&self) -> Section {
        Section::Sites
    }

    fn aside(&self) -> Markup {
        html! { div.actions { (new_site()) } }
    }

    fn body(&self) -> Markup {
        html! {
            p.lead {
                "The web sites of yours on which affected people are shown notices. Each signs its word \
                 for who is looking with a key of its own."
            }
            @if self.sites.is_empty() {
                (part::empty(
                    "There is no site.",
                    "Add one before anything happens: a list of affected people names the site whose \
                     users they are, and a notice needs a site to be shown on.",
                    &new_site(),
                ))
            } @else {
                ul.rows.records {
                    @for s in &self.sites {
                        li {
                            div.what {
                                a.subject href={ "/sites/" (s.id) } { (s.name) }
                                span.small { code { (s.id) } }
                            }
                            div.what {
                                @for origin in s.origins.iter() { span.small { (origin) } }
                            }
                            div.state {
                                @match self.keys.get(&s.id).copied().unwrap_or(0) {
                                    0 => (part::badge("late", "No key: no notice is shown")),
                                    n => (part::badge("ok", &part::count(n, "key in use", "keys in use"))),
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let list = |sites| Self {
            viewer: Viewer::sample(Role::Administrator),
            sites,
            keys: HashMap::from([("shop".to_owned(), 2)]),
        };
        let forum = Site {
            id: "forum".to_owned(),
            name: "Forum".to_owned(),
            origins: vec!["https://forum.example.org".to_owned()].into(),
            ..sample_admin::site()
        };
        vec![list(vec![forum, sample_admin::site()]), list(Vec::new())]
    }
}

/// Shows the page.
pub(crate) async fn show(State(app): State<App>, me: Viewer) -> Answer {
    require(&app, &me, Action::ManageSites)?;
    let mut keys = HashMap::new();
    for key in site::live_keys(&app.db).await? {
        *keys.entry(key.site_id).or_insert(0) += 1;
    }
    let list = SiteList {
        sites: site::list(&app.db).await?,
        viewer: me,
        keys,
    };
    Ok(page(&app, &list))
}
