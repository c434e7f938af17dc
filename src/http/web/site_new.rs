//! Adding a site. The fields are those of changing one, too.

use axum::extract::State;
use maud::{Markup, html};

use super::answer::{Answer, go, page, page_with_status, require};
use super::form::{Form, Typed};
use super::layout::{Page, Section, Viewer};
use super::session::Posted;
use crate::app::App;
use crate::domain::access::{Action, Role};
use crate::service::site::{self, ORIGINS_MAX, SiteForm};

const HERE: &str = "/sites/new";

/// The page.
#[derive(Debug)]
pub(crate) struct SiteNew {
    viewer: Viewer,
    form: Form,
}

/// Name and label of every field.
pub(super) const FIELDS: [(&str, &str); 4] = [
    ("id", "Id"),
    ("name", "Name"),
    ("origins", "Origins"),
    ("default_lang", "Language"),
];

/// What may change of a site.
pub(super) fn fields(f: &Form) -> Markup {
    let origins = format!(
        "Scheme and host of every page that may show notices, one a line, 1 to {ORIGINS_MAX}; no path, \
         no wildcard. Such as https://shop.example.org."
    );
    html! {
        (f.field("name", "Name").hint("As your colleagues call it.").input("text"))
        (f.field("origins", "Origins").hint(&origins).area(4))
        (f.field("default_lang", "Language")
            .hint("What a notice is shown in when a page does not say which language it is in, such as \
                   de or en.").input("text"))
    }
}

/// Reads the fields.
pub(super) fn read(typed: &Typed) -> SiteForm {
    SiteForm {
        name: typed.text("name"),
        origins: typed
            .text("origins")
            .lines()
            .map(|line| line.trim().to_owned())
            .filter(|line| !line.is_empty())
            .collect(),
        default_lang: typed.text("default_lang"),
        version: typed.version(),
    }
}

impl SiteNew {
    fn new(viewer: Viewer, form: Form) -> Self {
        let form = form.with_fields(&FIELDS);
        Self { viewer, form }
    }
}

impl Page for SiteNew {
    fn title(&self) -> String {
        "New site".to_owned()
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

    fn body(&self) -> Markup {
        let f = &self.form;
        html! {
            (f.summary())
            (f.render(html! {
                section.sheet aria-label="The site" {
                    (f.field("id", "Id")
                        .hint("Names the site in its tokens and in lists of affected people, and never changes: \
                               a-z, 0-9 and \"-\", such as shop.").input("text"))
                    (fields(f))
                }
                div.send {
                    button.main type="submit" { "Add the site" }
                    a.button href="/sites" { "Cancel" }
                }
            }))
        }
    }

    fn samples() -> Vec<Self> {
        let viewer = || Viewer::sample(Role::Administrator);
        let empty = || Form::new(&viewer(), "site", HERE);
        let wrong = empty()
            .with("id", "Shop")
            .with("name", "Shop")
            .with("origins", "https://shop.example.org/\nhttp://my.example.org")
            .with("default_lang", "de")
            .wrong(
                "id",
                "Write 1 to 40 of a-z, 0-9 and \"-\", beginning and ending with a letter or digit.",
            )
            .wrong(
                "origins",
                "https://shop.example.org/ is not exactly an origin. Write https://shop.example.org.",
            )
            .wrong(
                "origins",
                "http://my.example.org is not https. A token sent without encryption can be stolen. \
                 Write scheme, host and, if it is not the usual one, port, such as \
                 https://shop.example.org.",
            );
        vec![Self::new(viewer(), empty()), Self::new(viewer(), wrong)]
    }
}

/// Shows the empty form.
pub(crate) async fn show(State(app): State<App>, me: Viewer) -> Answer {
    require(&app, &me, Action::ManageSites)?;
    let form = Form::new(&me, "site", HERE);
    Ok(page(&app, &SiteNew::new(me, form)))
}

/// Adds the site.
pub(crate) async fn send(State(app): State<App>, mut sent: Posted) -> Answer {
    require(&app, &sent.me, Action::ManageSites)?;
    let ctx = sent.ctx(&app, "site");
    let (id, form) = (sent.typed.text("id"), read(&sent.typed));
    let id = id.trim();
    match sent.run(site::create(&ctx, id, &form)).await {
        Ok(id) => go(&format!("/sites/{id}?done=site")),
        Err(stop) => {
            let (status, form) = sent.again(&app, stop, Vec::new(), "site", HERE.to_owned())?;
            let shown = SiteNew::new(sent.me, form);
            Ok(page_with_status(&app, status, &shown))
        }
    }
}
