//! Withdrawing an exposure, after a second look at which one.

use axum::extract::State;
use maud::{Markup, html};

use super::answer::{Answer, At, go, page, page_with_status, require};
use super::deadline_card::zone_of;
use super::exposure_new::the_one;
use super::exposure_part::{system_name, window};
use super::form::Form;
use super::incident_show::load;
use super::layout::{Page, Viewer};
use super::session::Posted;
use super::{part, sample, sample_exposure};
use crate::app::App;
use crate::domain::access::{Action, Role};
use crate::ids::{ExposureId, IncidentId};
use crate::service::exposure::{WithdrawExposure, withdraw};
use crate::store::exposure::Exposure;
use crate::store::incident::Incident;

/// The page.
#[derive(Debug)]
pub(crate) struct ExposureWithdraw {
    viewer: Viewer,
    incident: Incident,
    row: Exposure,
    name: String,
    form: Form,
}

impl ExposureWithdraw {
    fn new(viewer: Viewer, incident: Incident, row: Exposure, name: String, form: Form) -> Self {
        Self {
            form: form.with_fields(&[("reason", "Why")]),
            viewer,
            incident,
            row,
            name,
        }
    }
}

fn here(id: IncidentId, exposure: ExposureId) -> String {
    format!("/incidents/{id}/exposures/{exposure}/withdraw")
}

impl Page for ExposureWithdraw {
    fn title(&self) -> String {
        format!("Withdraw the exposure of “{}”?", self.name)
    }

    fn viewer(&self) -> Option<&Viewer> {
        Some(&self.viewer)
    }

    fn incident(&self) -> Option<&Incident> {
        Some(&self.incident)
    }

    fn body(&self) -> Markup {
        let (f, row) = (&self.form, &self.row);
        html! {
            (f.summary())
            (f.render(html! {
                section.sheet aria-label="The exposure" {
                    p.lead { "The system was not exposed after all. What was recorded stays in the evidence; the \
                              incident goes on naming the system and its kinds of data." }
                    dl.facts {
                        dt { (self.name) }
                        dd { (window(row, zone_of(&row.zone, &self.viewer))) }
                        dt { "Recorded" }
                        dd { "by " (row.recorded_by) ", " (part::when(row.recorded_at, self.viewer.zone())) }
                    }
                    (f.field("reason", "Why").hint("Kept beside what was recorded, for good.").input("text"))
                }
                div.send {
                    button.danger type="submit" { "Withdraw the exposure" }
                    a.button href={ "/incidents/" (self.incident.id) } { "Keep it" }
                }
            }))
        }
    }

    fn samples() -> Vec<Self> {
        let viewer = Viewer::sample(Role::Responder);
        let form = || Form::new(&viewer, "withdraw", "/incidents/x/exposures/y/withdraw");
        let rows = sample_exposure::exposures();
        let forms = [form(), form().wrong("reason", "This cannot be empty.")];
        rows.into_iter()
            .zip(forms)
            .map(|(row, form)| {
                let name = system_name(sample::catalog(), &row.system);
                Self::new(viewer.clone(), sample::incident(), row, name, form)
            })
            .collect()
    }
}

/// Asks.
pub(crate) async fn show(
    State(app): State<App>,
    me: Viewer,
    At((id, exposure)): At<(IncidentId, ExposureId)>,
) -> Answer {
    require(&app, &me, Action::RecordFact)?;
    let form = Form::new(&me, "withdraw", here(id, exposure));
    let incident = load(&app, &me, id).await?;
    let row = the_one(&app, id, exposure).await?;
    let name = system_name(&app.catalog, &row.system);
    let shown = ExposureWithdraw::new(me, incident, row, name, form);
    Ok(page(&app, &shown))
}

/// Withdraws.
pub(crate) async fn send(
    State(app): State<App>,
    At((id, exposure)): At<(IncidentId, ExposureId)>,
    mut sent: Posted,
) -> Answer {
    let ctx = sent.ctx(&app, "withdraw");
    let why = WithdrawExposure {
        reason: sent.typed.text("reason"),
    };
    match sent.run(withdraw(&ctx, id, exposure, &why)).await {
        Ok(_) => go(&format!("/incidents/{id}?done=exposure-withdrawn")),
        Err(stop) => {
            require(&app, &sent.me, Action::RecordFact)?;
            let incident = load(&app, &sent.me, id).await?;
            let row = the_one(&app, id, exposure).await?;
            let name = system_name(&app.catalog, &row.system);
            let (status, form) =
                sent.again(&app, stop, Vec::new(), "withdraw", here(id, exposure))?;
            let shown = ExposureWithdraw::new(sent.me, incident, row, name, form);
            Ok(page_with_status(&app, status, &shown))
        }
    }
}
