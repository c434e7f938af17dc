//! Drafting a notice from the playbook text: four questions in each language.

use std::collections::BTreeMap;

use axum::extract::State;
use maud::{Markup, html};
use serde::Deserialize;

use super::answer::{Answer, At, go, page, page_with_status, require};
use super::form::{Form, Typed};
use super::incident_show::load;
use super::layout::{Page, Viewer};
use super::session::Posted;
use super::{part, sample};
use crate::app::App;
use crate::catalog::Catalog;
use crate::domain::access::{Action, Role};
use crate::domain::notice::{Audience, Content};
use crate::ids::IncidentId;
use crate::service::notice::{self as service, LANGUAGES, NewNotice};
use crate::store::incident::Incident;
use crate::store::revision;

/// The page.
#[derive(Debug)]
pub(crate) struct NoticeNew {
    viewer: Viewer,
    form: Form,
    incident: Incident,
    audience: Audience,
    /// How many people left the roster after having been told.
    wrongly_told: i64,
    /// The text that the answers go into, by language.
    templates: Vec<(&'static str, Content)>,
}

/// Field, label and hint of a question.
type Asked = (&'static str, &'static str, &'static str);

/// The question of a correction.
const WRONGLY_TOLD: [Asked; 1] = [(
    "finding",
    "How it was found that they are not affected",
    "Two or three plain sentences. Nothing else belongs in a correction, and no advertising.",
)];

/// The questions to affected people, in the order in which people answer them.
const AFFECTED: [Asked; 4] = [
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
    fn new(
        catalog: &Catalog,
        viewer: Viewer,
        form: Form,
        (incident, wrongly_told): (Incident, i64),
    ) -> Self {
        let audience = audience_of(form.typed.get("audience"));
        let template = audience.template();
        let templates = LANGUAGES
            .into_iter()
            .filter_map(|lang| Some((lang, catalog.notice(template, lang)?.content.clone())))
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
                ("en.finding", "English, how it was found"),
                ("de.finding", "German, how it was found"),
                ("audience", "For whom"),
                ("en", "English text"),
                ("de", "German text"),
            ]),
            incident,
            audience,
            wrongly_told,
            templates,
        }
    }

    fn asked(&self) -> &'static [Asked] {
        match self.audience {
            Audience::Affected => &AFFECTED,
            Audience::WronglyTold => &WRONGLY_TOLD,
        }
    }

    /// For whom it is, where there is a choice.
    fn choice(&self) -> Markup {
        let path = format!("/incidents/{}/notices/new", self.incident.id);
        let correction = self.audience == Audience::WronglyTold;
        let people = part::count(
            self.wrongly_told,
            "person who left the roster after having been told",
            "people who left the roster after having been told",
        );
        html! {
            @if self.wrongly_told > 0 || correction {
                p {
                    @if correction {
                        "This is a correction for " (people) ". "
                        a href=(path) { "Draft a notice for everybody on the roster instead" }
                    } @else {
                        "This is a notice for everybody on the roster. "
                        a href={ (path) "?audience=wrongly_told" } { "Draft a correction for " (people) " instead" }
                    }
                }
            }
        }
    }
}

fn audience_of(word: &str) -> Audience {
    match word {
        "wrongly_told" => Audience::WronglyTold,
        _ => Audience::Affected,
    }
}

impl Page for NoticeNew {
    fn title(&self) -> String {
        match self.audience {
            Audience::Affected => "Draft a notice".to_owned(),
            Audience::WronglyTold => "Draft a correction".to_owned(),
        }
    }

    fn viewer(&self) -> Option<&Viewer> {
        Some(&self.viewer)
    }

    fn incident(&self) -> Option<&Incident> {
        Some(&self.incident)
    }

    fn wide(&self) -> bool {
        true
    }

    fn body(&self) -> Markup {
        let f = &self.form;
        html! {
            (f.summary())
            p.lead {
                @if self.asked().len() == 1 { "Answer one question" } @else { "Answer four questions" }
                " in each language; the text around them is ready, and the incident gives dates, data and \
                 contacts. What is left open can be written in the next step."
            }
            (self.choice())
            (f.render(html! {
                input type="hidden" name="audience" value=(audience_word(self.audience));
                div.columns.even {
                    @for lang in LANGUAGES {
                        section.sheet #{ "notice-" (lang) } tabindex="-1" aria-labelledby={ "ask-" (lang) } {
                            h2 #{ "ask-" (lang) } { (part::language(lang)) }
                            @for e in f.errors.iter().filter(|e| e.field == lang) { p.error { (e.reason) } }
                            @for (name, label, hint) in self.asked() {
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
        let correction = form.clone().with("audience", "wrongly_told");
        [(form, 317), (wrong, 0), (correction, 317)]
            .into_iter()
            .map(|(form, told)| {
                let about = (sample::incident(), told);
                Self::new(sample::catalog(), viewer.clone(), form, about)
            })
            .collect()
    }
}

const fn audience_word(audience: Audience) -> &'static str {
    match audience {
        Audience::Affected => "affected",
        Audience::WronglyTold => "wrongly_told",
    }
}

fn read(typed: &Typed) -> NewNotice {
    let audience = audience_of(typed.get("audience"));
    let of = |lang: &str| -> BTreeMap<String, String> {
        let questions = audience.questions().iter();
        questions
            .filter_map(|name| Some(((*name).to_owned(), typed.some(&format!("{lang}.{name}"))?)))
            .collect()
    };
    NewNotice {
        answers: LANGUAGES
            .into_iter()
            .map(|lang| (lang.to_owned(), of(lang)))
            .collect(),
        hideable: typed.has("hideable"),
        audience,
    }
}

/// For whom it is to be.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct For {
    audience: String,
}

/// Shows the form.
pub(crate) async fn show(
    State(app): State<App>,
    me: Viewer,
    At(id): At<IncidentId>,
    super::answer::Asked(query): super::answer::Asked<For>,
) -> Answer {
    require(&app, &me, Action::EditNotice)?;
    let incident = load(&app, &me, id).await?;
    let told = revision::wrongly_told(&app.db, id).await?;
    let form = Form::new(&me, "notice", format!("/incidents/{id}/notices/new"))
        .with("hideable", "yes")
        .with("audience", query.audience);
    let shown = NoticeNew::new(&app.catalog, me, form, (incident, told));
    Ok(page(&app, &shown))
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
            let told = revision::wrongly_told(&app.db, id).await?;
            let shown = NoticeNew::new(&app.catalog, sent.me, form, (incident, told));
            Ok(page_with_status(&app, status, &shown))
        }
    }
}
