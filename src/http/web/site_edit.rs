//! Changing what is known of a site.

use axum::extract::State;
use maud::{Markup, html};

use super::answer::{Answer, At, found, go, page, page_with_status, require};
use super::form::Form;
use super::layout::{Page, Section, Viewer};
use super::session::Posted;
use super::{sample_admin, site_new};
use crate::app::App;
use crate::domain::access::{Action, Role};
use crate::service::site;
use crate::store::site::{Site, find};

/// The page.
#[derive(Debug)]
pub(crate) struct SiteEdit {
    viewer: Viewer,
    site: Site,
    form: Form,
}

impl SiteEdit {
    fn new(viewer: Viewer, site: Site, form: Form) -> Self {
        let form = form.with_fields(&site_new::FIELDS);
        Self { viewer, site, form }
    }
}

fn here(id: &str) -> String {
    format!("/sites/{id}/edit")
}

fn filled(viewer: &Viewer, site: &Site) -> Form {
    Form::new(viewer, "site", here(&site.id))
        .with("version", site.version.to_string())
        .with("name", &site.name)
        .with("origins", site.origins.join("\n"))
        .with("default_lang", &site.default_lang)
}

impl Page for SiteEdit {
    fn title(&self) -> String {
        format!("Change {}", self.site.name)
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
        html! {
            (f.summary())
            @if f.note.is_some() {
                section.sheet aria-labelledby="now-h" {
                    h2 #now-h { "As it stands now" }
                    dl.facts {
                        dt { "Name" }
                        dd { (self.site.name) }
                        dt { "Origins" }
                        dd { @for origin in self.site.origins.iter() { div { (origin) } } }
                        dt { "Language" }
                        dd { (self.site.default_lang) }
                    }
                }
            }
            (f.render(html! {
                section.sheet aria-label="The site" {
                    p.small { "The id " code { (self.site.id) } " never changes: tokens and lists of affected \
                               people name it." }
                    (site_new::fields(f))
                    p.small { "From an origin that is taken out, nobody is shown a notice any more, within \
                               seconds." }
                }
                div.send {
                    button.main type="submit" { "Save" }
                    a.button href={ "/sites/" (self.site.id) } { "Cancel" }
                }
            }))
        }
    }

    fn samples() -> Vec<Self> {
        let viewer = Viewer::sample(Role::Administrator);
        let site = sample_admin::site();
        let form = filled(&viewer, &site);
        let changed = form.clone().noted(
            "Somebody else changed this site while you were working on it. What you entered is kept \
             below; look at the newest state and send it again.",
        );
        vec![
            Self::new(viewer.clone(), site.clone(), form),
            Self::new(viewer, site, changed),
        ]
    }
}

/// Shows the form with what is known.
pub(crate) async fn show(State(app): State<App>, me: Viewer, At(id): At<String>) -> Answer {
    require(&app, &me, Action::ManageSites)?;
    let site = found(find(&app.db, &id).await?, "This site")?;
    let form = filled(&me, &site);
    Ok(page(&app, &SiteEdit::new(me, site, form)))
}

/// Saves.
pub(crate) async fn send(State(app): State<App>, At(id): At<String>, mut sent: Posted) -> Answer {
    let ctx = sent.ctx(&app, "site");
    let form = site_new::read(&sent.typed);
    match sent.run(site::edit(&ctx, &id, &form)).await {
        Ok(id) => go(&format!("/sites/{id}?done=site")),
        Err(stop) => {
            require(&app, &sent.me, Action::ManageSites)?;
            let site = found(find(&app.db, &id).await?, "This site")?;
            let (status, mut form) = sent.again(&app, stop, Vec::new(), "site", here(&id))?;
            if status == axum::http::StatusCode::CONFLICT {
                // Who sends it again has been told of the newest state.
                form.typed.set("version", site.version.to_string());
            }
            let shown = SiteEdit::new(sent.me, site, form);
            Ok(page_with_status(&app, status, &shown))
        }
    }
}
