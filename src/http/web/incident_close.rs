//! Closing an incident.

use axum::extract::State;
use maud::{Markup, html};

use super::answer::{Answer, At, go, page, page_with_status, require};
use super::form::Form;
use super::incident_show::load;
use super::layout::{Page, Viewer};
use super::session::Posted;
use super::{part, sample};
use crate::app::App;
use crate::domain::access::{Action, Role};
use crate::ids::IncidentId;
use crate::service::incident::{self as service, Close};
use crate::store::incident::Incident;
use crate::store::{notice, obligation, unclear};

/// The page.
#[derive(Debug)]
pub(crate) struct IncidentClose {
    viewer: Viewer,
    form: Form,
    incident: Incident,
    /// How many obligations are open.
    open: usize,
    /// Is a notice live?
    live: bool,
    /// How many rules may apply, and nobody knows yet.
    unclear: i64,
}

impl IncidentClose {
    async fn read(
        app: &App,
        viewer: Viewer,
        mut form: Form,
        incident: Incident,
    ) -> crate::error::Result<Self> {
        form.typed.set("version", incident.version.to_string());
        let owed = obligation::list(&app.db, incident.id).await?;
        Ok(Self {
            viewer,
            form: form.with_fields(&[("reason", "Reason")]),
            open: owed
                .iter()
                .filter(|o| o.outcome.is_none() && o.applies != "no")
                .count(),
            unclear: unclear::find(&app.db, incident.id)
                .await?
                .map_or(0, |u| u.duties),
            live: notice::any_active(&app.db, incident.id).await?,
            incident,
        })
    }
}

impl Page for IncidentClose {
    fn title(&self) -> String {
        "Close the incident".to_owned()
    }

    fn viewer(&self) -> Option<&Viewer> {
        Some(&self.viewer)
    }

    fn incident(&self) -> Option<&Incident> {
        Some(&self.incident)
    }

    fn body(&self) -> Markup {
        let f = &self.form;
        html! {
            (f.summary())
            @if self.open > 0 {
                div.warn {
                    p {
                        "It cannot be closed yet: " (self.open)
                        @if self.open == 1 { " obligation is" } @else { " obligations are" }
                        " still open. Settle each, as met or as not required."
                    }
                    p { a href={ "/incidents/" (self.incident.id) } { "Back to the incident" } }
                }
            }
            @if self.live {
                div.warn {
                    p { "A notice of this incident is still live. It stays so for those who have not read \
                         it yet, and can be withdrawn later." }
                }
            }
            @if self.unclear > 0 {
                div.warn {
                    p {
                        (part::count(self.unclear, "rule", "rules")) " may apply of which nobody knows yet whether "
                        @if self.unclear == 1 { "it does" } @else { "they do" }
                        ". Answer the open questions first, or accept below that they stay open."
                    }
                    p { a href={ "/incidents/" (self.incident.id) "/questions" } { "Open questions" } }
                }
            }
            (f.render(html! {
                div.sheet.narrow {
                    p { "A closed incident is not changed any more. Its evidence stays." }
                    (f.field("reason", "Reason")
                        .hint("What was done, and what was learnt. It stays with the incident.").area(5))
                    @if self.unclear > 0 {
                        (f.field("unclear_accepted", "Close although these questions stay open")
                            .hint("Their number goes into the evidence.").flag())
                    }
                    div.send {
                        button.main type="submit" { "Close the incident" }
                        a.button href={ "/incidents/" (self.incident.id) } { "Cancel" }
                    }
                }
            }))
        }
    }

    fn samples() -> Vec<Self> {
        let viewer = Viewer::sample(Role::Responder);
        let form =
            Form::new(&viewer, "close", "/incidents/x/close").with_fields(&[("reason", "Reason")]);
        let one = |form, open, live| Self {
            unclear: if live { 12 } else { 0 },
            viewer: viewer.clone(),
            form,
            incident: sample::incident(),
            open,
            live,
        };
        let conflict = "2 obligation(s) of this incident are still open. Settle each, as met or as not \
                        required, then close it.";
        vec![
            one(form.clone(), 0, false),
            one(
                form.with("reason", "Everything is filed.").noted(conflict),
                2,
                true,
            ),
        ]
    }
}

/// Shows the form.
pub(crate) async fn show(State(app): State<App>, me: Viewer, At(id): At<IncidentId>) -> Answer {
    require(&app, &me, Action::CloseIncident)?;
    let incident = load(&app, &me, id).await?;
    let form = Form::new(&me, "close", format!("/incidents/{id}/close"));
    Ok(page(
        &app,
        &IncidentClose::read(&app, me, form, incident).await?,
    ))
}

/// Closes.
pub(crate) async fn send(
    State(app): State<App>,
    At(id): At<IncidentId>,
    mut sent: Posted,
) -> Answer {
    let close = Close {
        reason: sent.typed.text("reason"),
        unclear_accepted: sent.typed.has("unclear_accepted"),
        version: sent.typed.version(),
    };
    let ctx = sent.ctx(&app, "close");
    match sent.run(service::close(&ctx, id, &close)).await {
        Ok(_) => go(&format!("/incidents/{id}?done=closed")),
        Err(stop) => {
            require(&app, &sent.me, Action::CloseIncident)?;
            let incident = load(&app, &sent.me, id).await?;
            let action = format!("/incidents/{id}/close");
            let (status, form) = sent.again(&app, stop, Vec::new(), "close", action)?;
            let shown = IncidentClose::read(&app, sent.me, form, incident).await?;
            Ok(page_with_status(&app, status, &shown))
        }
    }
}
