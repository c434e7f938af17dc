//! Destroying the key of a closed incident, so that nobody can read any more who was affected.

use axum::extract::State;
use maud::{Markup, html};

use super::answer::{Answer, At, go, page, page_with_status, require};
use super::form::Form;
use super::incident_show::load;
use super::layout::{Page, Viewer};
use super::people_show::after;
use super::session::Posted;
use super::source_part::{people, trail};
use super::{part, sample};
use crate::app::App;
use crate::domain::access::{Action, Role};
use crate::ids::IncidentId;
use crate::service::incident_key::{self as service, Destroy};
use crate::store::incident::{Incident, Status};
use crate::store::incident_key::{self, IncidentKey};

/// The page.
#[derive(Debug)]
pub(crate) struct KeyDestroy {
    viewer: Viewer,
    form: Form,
    incident: Incident,
    key: Option<IncidentKey>,
}

/// The address of the page.
fn here(id: IncidentId) -> String {
    format!("/incidents/{id}/key/destroy")
}

/// What is said of the key on the page about an incident's people.
pub(crate) fn section(viewer: &Viewer, incident: &Incident, key: Option<&IncidentKey>) -> Markup {
    let gone = key.is_some_and(|key| key.wrapped.is_none());
    let may = incident.status == Status::Closed && viewer.may(Action::CloseIncident);
    html! {
        @if gone || may {
            section.sheet aria-labelledby="key-h" {
                div.section-head {
                    h2 #key-h { "Who they are" }
                    @if !gone {
                        div.actions { a.button.quiet href=(here(incident.id)) { "Destroy the key" } }
                    }
                }
                @if gone { (destroyed(viewer, key)) }
                @else {
                    p { "Account ids and addresses can be read as long as the key of the incident is there. When they are \
                         needed no more, destroy it." }
                }
            }
        }
    }
}

fn destroyed(viewer: &Viewer, key: Option<&IncidentKey>) -> Markup {
    html! {
        @if let Some(key) = key {
            p {
                "The key was destroyed"
                @if let Some(by) = &key.destroyed_by { " by " (by) }
                @if let Some(at) = key.destroyed_at { ", " (part::when(at, viewer.zone())) }
                ". Nobody can read who was affected any more; the numbers and the evidence stay."
            }
            @if let Some(reason) = &key.reason { p.small { "Reason: " (reason) } }
        }
    }
}

impl KeyDestroy {
    fn new(viewer: Viewer, form: Form, incident: Incident, key: Option<IncidentKey>) -> Self {
        Self {
            form: form.with_fields(&[("reason", "Reason")]),
            viewer,
            incident,
            key,
        }
    }

    fn ask(&self) -> Markup {
        let f = &self.form;
        html! {
            (f.render(html! {
                div.sheet.narrow {
                    p { strong { "This cannot be taken back." } " Without the key nobody can read any more:" }
                    ul {
                        li { "the account ids, addresses and phone numbers of the people on the roster," }
                        li { "the rows of lists that could not be taken." }
                    }
                    p { "What stays: the notices, which go on being shown to whom they concern; who was served what and \
                         when, by hash; the numbers; and the evidence, which can be checked as before." }
                    (f.field("reason", "Reason").hint("Such as the end of the time for which the data was to be kept.").area(3))
                    div.send {
                        button.main type="submit" { "Destroy the key for good" }
                        a.button href=(people(self.incident.id)) { "Cancel" }
                    }
                }
            }))
        }
    }
}

impl Page for KeyDestroy {
    fn title(&self) -> String {
        "Destroy the key of the incident".to_owned()
    }

    fn viewer(&self) -> Option<&Viewer> {
        Some(&self.viewer)
    }

    fn incident(&self) -> Option<&Incident> {
        Some(&self.incident)
    }

    fn trail(&self) -> Vec<(String, String)> {
        trail(&self.incident)
    }

    fn body(&self) -> Markup {
        let gone = self.key.as_ref().is_some_and(|key| key.wrapped.is_none());
        html! {
            (self.form.summary())
            @if gone {
                (destroyed(&self.viewer, self.key.as_ref()))
            } @else if self.incident.status == Status::Open {
                p { "This incident is open: its people may still have to be reached. Close it first." }
            } @else {
                (self.ask())
            }
        }
    }

    fn samples() -> Vec<Self> {
        let one = |status, wrong: bool, key: Option<IncidentKey>| {
            let viewer = Viewer::sample(Role::Responder);
            let mut incident = sample::incident();
            incident.status = status;
            let mut form = Form::new(&viewer, "key", here(incident.id));
            if wrong {
                form = form.wrong("reason", "Please fill this in.");
            }
            Self::new(viewer, form, incident, key)
        };
        let gone = IncidentKey {
            wrapped: None,
            destroyed_at: Some(sample::t("2028-12-01T09:00:00Z")),
            destroyed_by: Some("Rita Reiter".to_owned()),
            reason: Some("Two years after the notice.".to_owned()),
        };
        vec![
            one(Status::Closed, false, None),
            one(Status::Closed, true, None),
            one(Status::Open, false, None),
            one(Status::Closed, false, Some(gone)),
        ]
    }
}

/// Shows the form.
pub(crate) async fn show(State(app): State<App>, me: Viewer, At(id): At<IncidentId>) -> Answer {
    require(&app, &me, Action::CloseIncident)?;
    let incident = load(&app, &me, id).await?;
    let key = incident_key::find(&app.db, id).await?;
    let form = Form::new(&me, "key", here(id));
    Ok(page(&app, &KeyDestroy::new(me, form, incident, key)))
}

/// Destroys the key.
pub(crate) async fn send(
    State(app): State<App>,
    At(id): At<IncidentId>,
    mut sent: Posted,
) -> Answer {
    let destroy = Destroy {
        reason: sent.typed.text("reason"),
    };
    let ctx = sent.ctx(&app, "key");
    match sent.run(service::destroy(&ctx, id, &destroy)).await {
        Ok(_) => go(&after(id, "key-destroyed")),
        Err(stop) => {
            require(&app, &sent.me, Action::CloseIncident)?;
            let incident = load(&app, &sent.me, id).await?;
            let (status, form) = sent.again(&app, stop, Vec::new(), "key", here(id))?;
            let key = incident_key::find(&app.db, id).await?;
            let shown = KeyDestroy::new(sent.me, form, incident, key);
            Ok(page_with_status(&app, status, &shown))
        }
    }
}
