//! Writing a notice's text, with what is missing and how it will look.

use std::collections::BTreeMap;

use axum::extract::State;
use maud::{Markup, html};

use super::answer::{Answer, At, go, page, page_with_status, require};
use super::form::Form;
use super::layout::{Page, Viewer, trail_of};
use super::notice_show::{Loaded, gaps, in_order, load};
use super::session::Posted;
use super::{part, sample};
use crate::app::App;
use crate::domain::access::{Action, Role};
use crate::domain::notice::Content;
use crate::error::Result;
use crate::ids::NoticeId;
use crate::service::notice::{self as service, Edit, LANGUAGES};
use crate::store::incident::Incident;
use crate::store::notice::{self, Notice};

/// The page.
#[derive(Debug)]
pub(crate) struct NoticeEdit {
    viewer: Viewer,
    form: Form,
    incident: Incident,
    notice: Notice,
    /// What stands in the form, as far as it can be read.
    previews: Vec<(&'static str, Option<Content>)>,
    gaps: Vec<(String, String)>,
    /// The newest text, when somebody else wrote it meanwhile.
    newest: Option<BTreeMap<String, Content>>,
}

impl NoticeEdit {
    fn new(viewer: Viewer, mut form: Form, loaded: Loaded, conflict: bool) -> Self {
        let previews: Vec<_> = LANGUAGES
            .into_iter()
            .map(|lang| (lang, Content::parse(&form.typed.text(lang)).ok()))
            .collect();
        let readable: BTreeMap<_, _> = previews
            .iter()
            .filter_map(|(lang, content)| Some(((*lang).to_owned(), content.clone()?)))
            .collect();
        form.typed.set("version", loaded.notice.version.to_string());
        Self {
            viewer,
            gaps: service::gaps(loaded.notice.audience, &readable),
            form: form.with_fields(&[("en", "English"), ("de", "German")]),
            incident: loaded.incident,
            notice: loaded.notice,
            newest: conflict.then_some(loaded.contents),
            previews,
        }
    }
}

impl Page for NoticeEdit {
    fn title(&self) -> String {
        "Write the notice".to_owned()
    }

    fn viewer(&self) -> Option<&Viewer> {
        Some(&self.viewer)
    }

    fn incident(&self) -> Option<&Incident> {
        Some(&self.incident)
    }

    fn trail(&self) -> Vec<(String, String)> {
        let mut trail = trail_of(&self.incident);
        trail.push((format!("/notices/{}", self.notice.id), "Notice".to_owned()));
        trail
    }

    fn wide(&self) -> bool {
        true
    }

    fn body(&self) -> Markup {
        let f = &self.form;
        html! {
            (f.summary())
            @if let Some(newest) = &self.newest {
                section aria-labelledby="newest-h" {
                    h2 #newest-h { "The newest version, by somebody else" }
                    div.columns.even {
                        @for (lang, content) in in_order(newest) { (part::content(content, lang)) }
                    }
                    p.small { "What you wrote is below. Sending it makes it the next version; what is \
                               above stays in the history." }
                }
            }
            @if self.notice.status == notice::Status::Approved {
                p.warn { "This version is approved. A change makes a new version that needs an approval \
                          of its own." }
            }
            (f.render(html! {
                @for (lang, preview) in &self.previews {
                    section aria-labelledby={ "lang-" (lang) } {
                        h2 #{ "lang-" (lang) } { (part::language(lang)) }
                        div.columns.even {
                            (f.field(lang, "Text")
                                .hint("# title, ## section {#what it covers}, - list, [words](https://…). No HTML.")
                                .lang(lang).area(32))
                            div {
                                (gaps(&self.gaps, lang))
                                @if let Some(content) = preview {
                                    p.small { "As it will look:" }
                                    (part::content(content, lang))
                                } @else { p { "There is no preview until the text can be read." } }
                            }
                        }
                    }
                }
                div.sheet {
                    (f.field("hideable", "The person may hide the notice for the page view").flag())
                    div.send {
                        button.main type="submit" { "Save as a new version" }
                        button type="submit" name="preview" value="yes" { "Preview only" }
                        a.button href={ "/notices/" (self.notice.id) } { "Cancel" }
                    }
                }
            }))
        }
    }

    fn samples() -> Vec<Self> {
        let viewer = Viewer::sample(Role::Responder);
        let form = |loaded: &Loaded| fill(Form::new(&viewer, "write", "/notices/x/edit"), loaded);
        let loaded = || sample::loaded(notice::Status::Draft);
        let one = loaded();
        let plain = Self::new(viewer.clone(), form(&one), loaded(), false);
        let conflict = form(&one).noted(
            "Somebody else changed this notice while you were working on it. What you entered is kept \
             below; look at the newest state and send it again.",
        );
        let broken = form(&one)
            .with("x", "")
            .wrong("de", "line 3: HTML is not taken; write plain text");
        vec![
            plain,
            Self::new(viewer.clone(), conflict, loaded(), true),
            Self::new(
                viewer.clone(),
                broken,
                sample::loaded(notice::Status::Approved),
                false,
            ),
        ]
    }
}

fn fill(mut form: Form, loaded: &Loaded) -> Form {
    for lang in LANGUAGES {
        let text = loaded.contents.get(lang).map(Content::to_source);
        form = form.with(lang, text.unwrap_or_default());
    }
    if loaded.notice.hideable {
        form = form.with("hideable", "yes");
    }
    form
}

/// Shows the form.
pub(crate) async fn show(State(app): State<App>, me: Viewer, At(id): At<NoticeId>) -> Answer {
    require(&app, &me, Action::EditNotice)?;
    let loaded = load(&app, &me, id).await?;
    let form = fill(
        Form::new(&me, "write", format!("/notices/{id}/edit")),
        &loaded,
    );
    Ok(page(&app, &NoticeEdit::new(me, form, loaded, false)))
}

/// Writes a new version, or only shows how it would look.
pub(crate) async fn send(State(app): State<App>, At(id): At<NoticeId>, mut sent: Posted) -> Answer {
    let edit = Edit {
        sources: LANGUAGES
            .into_iter()
            .map(|lang| (lang.to_owned(), sent.typed.text(lang)))
            .collect(),
        hideable: sent.typed.has("hideable"),
        version: sent.typed.version(),
    };
    let ctx = sent.ctx(&app, "write");
    let preview = sent.typed.has("preview");
    let result: Result<_> = if preview {
        Err(crate::error::Error::Invalid(Vec::new()))
    } else {
        Ok(())
    };
    let work = async {
        result?;
        service::edit(&ctx, id, &edit).await
    };
    match sent.run(work).await {
        Ok(_) => go(&format!("/notices/{id}?done=edited")),
        Err(stop) => {
            require(&app, &sent.me, Action::EditNotice)?;
            let loaded = load(&app, &sent.me, id).await?;
            sent.typed.0.retain(|(name, _)| name != "preview");
            let action = format!("/notices/{id}/edit");
            let (mut status, mut form) = sent.again(&app, stop, Vec::new(), "write", action)?;
            let conflict = status == axum::http::StatusCode::CONFLICT;
            if preview {
                status = axum::http::StatusCode::OK;
                form.note = Some("This is a preview. Nothing was saved yet.".to_owned());
            }
            let mut shown = NoticeEdit::new(sent.me, form, loaded, conflict);
            if preview {
                // Somebody else's change must still be noticed when it is saved.
                shown.form.typed.set("version", edit.version.to_string());
            }
            Ok(page_with_status(&app, status, &shown))
        }
    }
}
