//! Drafting a notice from the playbook text: four questions in each language.

use std::collections::BTreeMap;

use axum::extract::State;
use maud::{Markup, html};

use super::answer::{Answer, At, go, page, page_with_status, require};
use super::form::{Form, Typed};
use super::incident_show::{load, trail_of};
use super::layout::{Page, Section, Viewer};
use super::session::Posted;
use super::{part, sample};
use crate::app::App;
use crate::catalog::Catalog;
use crate::domain::access::{Action, Role};
use crate::domain::notice::Content;
use crate::ids::IncidentId;
use crate::service::notice::{self as service, LANGUAGES, NewNotice, QUESTIONS};
use crate::store::incident::Incident;

/// The page.
#[derive(Debug)]
pub(crate) struct NoticeNew {
    viewer: Viewer,
    form: Form,
    incident: Incident,
    /// The text that the answers go into, by language.
    templates: Vec<(&'static str, Content)>,
}

/// Field, label and hint of the questions, in the order in which people answer them.
const ASKED: [(&str, &str, &str); 4] = [
    (
        "what_happened",
        "What happened",
        "Two or three sentences for somebody who knows nothing about it.",
    ),
    (
        "consequences",
        "What it can mean for the person",
        "What somebody could do with the data. Neither play it down nor frighten.",
    ),
    (
        "measures",
        "What was done and is being done",
        "Against the breach itself, and against its effects.",
    ),
    (
        "advice",
        "What the person can do",
        "Lines that begin with \"- \" become a list.",
    ),
];

impl NoticeNew {
    fn new(catalog: &Catalog, viewer: Viewer, form: Form, incident: Incident) -> Self {
        let templates = LANGUAGES
            .into_iter()
            .filter_map(|lang| Some((lang, catalog.notice("breach", lang)?.content.clone())))
            .collect();
        Self {
            viewer,
            form: form.with_fields(&[
                ("en.what_happened", "English, what happened"),
                ("en.consequences", "English, what it can mean"),
                ("en.measures", "English, what was done"),
                ("en.advice", "English, what the person can do"),
                ("de.what_happened", "German, what happened"),
                ("de.consequences", "German, what it can mean"),
                ("de.measures", "German, what was done"),
                ("de.advice", "German, what the person can do"),
                ("en", "English text"),
                ("de", "German text"),
            ]),
            incident,
            templates,
        }
    }
}

impl Page for NoticeNew {
    fn title(&self) -> String {
        "Draft a notice".to_owned()
    }

    fn viewer(&self) -> Option<&Viewer> {
        Some(&self.viewer)
    }

    fn section(&self) -> Section {
        Section::Incidents
    }

    fn trail(&self) -> Vec<(String, String)> {
        trail_of(&self.incident)
    }

    fn drill(&self) -> bool {
        self.incident.drill
    }

    fn wide(&self) -> bool {
        true
    }

    fn body(&self) -> Markup {
        let f = &self.form;
        html! {
            (f.summary())
            p.lead { "Answer four questions in each language; the text around them is ready, and the \
                      incident gives dates, data and contacts. What is left open can be written in the \
                      next step." }
            (f.render(html! {
                div.columns.even {
                    @for lang in LANGUAGES {
                        section.sheet #{ "notice-" (lang) } tabindex="-1" aria-labelledby={ "ask-" (lang) } {
                            h2 #{ "ask-" (lang) } { (part::language(lang)) }
                            @for e in f.errors.iter().filter(|e| e.field == lang) { p.error { (e.reason) } }
                            @for (name, label, hint) in ASKED {
                                (f.field(&format!("{lang}.{name}"), label).hint(hint).optional().lang(lang).area(5))
                            }
                        }
                    }
                }
                div.sheet {
                    (f.field("hideable", "The person may hide the notice for the page view")
                        .hint("It comes back on the next page until it is acknowledged.").flag())
                    div.send {
                        button.main type="submit" { "Save the draft" }
                        a.button href={ "/incidents/" (self.incident.id) } { "Cancel" }
                    }
                    p.small { "A preview comes with the draft. Nobody outside sees anything before a second \
                               person has approved it and it was activated." }
                }
            }))
            section aria-labelledby="template-h" {
                h2 #template-h { "The text that the answers go into" }
                div.columns.even {
                    @for (lang, content) in &self.templates { (part::content(content, lang)) }
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let viewer = Viewer::sample(Role::Responder);
        let form = Form::new(&viewer, "notice", "/incidents/x/notices/new").with("hideable", "yes");
        let wrong = form
            .clone()
            .with("en.what_happened", "<b>An export</b> was open.")
            .wrong(
                "en",
                "line 1: in the value of {{what_happened}}: HTML is not taken; write plain text",
            );
        [form, wrong]
            .into_iter()
            .map(|form| Self::new(sample::catalog(), viewer.clone(), form, sample::incident()))
            .collect()
    }
}

fn read(typed: &Typed) -> NewNotice {
    let of = |lang: &str| -> BTreeMap<String, String> {
        QUESTIONS
            .into_iter()
            .filter_map(|name| Some((name.to_owned(), typed.some(&format!("{lang}.{name}"))?)))
            .collect()
    };
    NewNotice {
        answers: LANGUAGES
            .into_iter()
            .map(|lang| (lang.to_owned(), of(lang)))
            .collect(),
        hideable: typed.has("hideable"),
    }
}

/// Shows the form.
pub(crate) async fn show(State(app): State<App>, me: Viewer, At(id): At<IncidentId>) -> Answer {
    require(&app, &me, Action::EditNotice)?;
    let incident = load(&app, &me, id).await?;
    let form =
        Form::new(&me, "notice", format!("/incidents/{id}/notices/new")).with("hideable", "yes");
    Ok(page(
        &app,
        &NoticeNew::new(&app.catalog, me, form, incident),
    ))
}

/// Drafts.
pub(crate) async fn send(
    State(app): State<App>,
    At(id): At<IncidentId>,
    mut sent: Posted,
) -> Answer {
    let new = read(&sent.typed);
    let ctx = sent.ctx(&app, "notice");
    match sent.run(service::draft(&ctx, id, &new)).await {
        Ok(notice) => go(&format!("/notices/{notice}?done=drafted")),
        Err(stop) => {
            require(&app, &sent.me, Action::EditNotice)?;
            let incident = load(&app, &sent.me, id).await?;
            let action = format!("/incidents/{id}/notices/new");
            let (status, form) = sent.again(&app, stop, Vec::new(), "notice", action)?;
            let shown = NoticeNew::new(&app.catalog, sent.me, form, incident);
            Ok(page_with_status(&app, status, &shown))
        }
    }
}
