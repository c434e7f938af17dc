//! Recording a law-enforcement hold, its end, or a correction of it.

use axum::extract::State;
use maud::{Markup, html};

use super::answer::{Answer, At, found, go, page, page_with_status, require};
use super::deadline_card::zone_of;
use super::form::Form;
use super::incident_show::load;
use super::layout::{Page, Viewer};
use super::sample;
use super::session::Posted;
use crate::app::App;
use crate::catalog::Catalog;
use crate::domain::access::{Action, Role};
use crate::ids::{HoldId, IncidentId};
use crate::service::hold::{self as service, NewHold};
use crate::store::hold::{self, Hold};
use crate::store::incident::Incident;

/// The page.
#[derive(Debug)]
pub(crate) struct HoldNew {
    viewer: Viewer,
    form: Form,
    incident: Incident,
    /// The hold that is changed.
    old: Option<HoldId>,
    /// Jurisdictions whose law knows holds.
    jurisdictions: Vec<(String, String, String)>,
}

impl HoldNew {
    fn new(
        catalog: &Catalog,
        viewer: Viewer,
        form: Form,
        incident: Incident,
        old: Option<HoldId>,
    ) -> Self {
        let mut codes: Vec<String> = catalog
            .regimes()
            .filter(|rule| rule.hold.is_some())
            .flat_map(|rule| rule.jurisdiction.clone())
            .collect();
        codes.sort_unstable();
        codes.dedup();
        Self {
            viewer,
            incident,
            old,
            form: form.with_fields(&[
                ("authority", "Authority"),
                ("reference", "Reference"),
                ("oral", "Asked for orally only"),
                ("zone", "Time zone"),
                ("from", "From"),
                ("until", "Until"),
                ("jurisdictions", "Limited to"),
                ("reason", "Reason"),
            ]),
            jurisdictions: codes
                .into_iter()
                .map(|code| (code.clone(), code, String::new()))
                .collect(),
        }
    }
}

impl Page for HoldNew {
    fn title(&self) -> String {
        if self.old.is_some() {
            "Change a law-enforcement hold".to_owned()
        } else {
            "Record a law-enforcement hold".to_owned()
        }
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
            p.lead { "An authority may ask not to notify while it investigates. That stops only the rules whose law \
                      says so: notices to residents in the United States, never the 72 hours of the GDPR. It is a \
                      documented interval, and the rules go on from its end as their law says." }
            (f.render(html! {
                div.sheet {
                    (f.field("authority", "Authority").hint("Who asked.").input("text"))
                    (f.field("reference", "Reference").hint("A case number, or name and function of the officer.").input("text"))
                    (f.field("oral", "Asked for orally only")
                        .hint("Some laws let an oral request count for a number of days only.").flag())
                    (f.zone("zone", "Time zone"))
                    div.pair {
                        (f.moment("from", "From", None, false))
                        (f.moment("until", "Until", Some("Empty while it lasts."), true))
                    }
                    @if self.jurisdictions.is_empty() {
                        p.small { "No rule in force knows such holds." }
                    } @else {
                        details open[!f.typed.get("jurisdictions").is_empty()] {
                            summary { "Limited to certain jurisdictions" }
                            (f.field("jurisdictions", "Limited to").optional()
                                .hint("None chosen: wherever the law lets it stop a rule.").checks(&self.jurisdictions))
                        }
                    }
                    @if self.old.is_some() {
                        (f.field("reason", "Reason").hint("It ended, or it was wrong: what is different? The earlier entry stays visible.").area(3))
                    }
                    div.send {
                        button.main type="submit" { @if self.old.is_some() { "Save" } @else { "Record the hold" } }
                        a.button href={ "/incidents/" (self.incident.id) } { "Cancel" }
                    }
                }
            }))
        }
    }

    fn samples() -> Vec<Self> {
        let viewer = Viewer::sample(Role::Responder);
        let form = || {
            Form::new(&viewer, "hold", "/incidents/x/holds/new")
                .with("zone", "America/Denver")
                .with("authority", "Denver Police Department")
        };
        let one = |form, old| {
            Self::new(
                sample::catalog(),
                viewer.clone(),
                form,
                sample::incident(),
                old,
            )
        };
        let wrong = form().wrong(
            "until",
            "The hold ends before it begins. Swap or correct the times.",
        );
        let id = HoldId(sample::incident().id.0);
        vec![one(form(), None), one(wrong, Some(id))]
    }
}

/// Shows the form for a new hold.
pub(crate) async fn show(State(app): State<App>, me: Viewer, At(id): At<IncidentId>) -> Answer {
    require(&app, &me, Action::RecordFact)?;
    let incident = load(&app, &me, id).await?;
    let form =
        Form::new(&me, "hold", format!("/incidents/{id}/holds/new")).with("zone", me.zone().name());
    Ok(page(
        &app,
        &HoldNew::new(&app.catalog, me, form, incident, None),
    ))
}

/// Shows the form that ends or corrects a hold.
pub(crate) async fn show_change(
    State(app): State<App>,
    me: Viewer,
    At((id, hold_id)): At<(IncidentId, HoldId)>,
) -> Answer {
    require(&app, &me, Action::RecordFact)?;
    let incident = load(&app, &me, id).await?;
    let all = hold::list(&app.db, id).await?;
    let old: Hold = found(all.into_iter().find(|one| one.id == hold_id), "This hold")?;
    let zone = zone_of(&old.zone, &me);
    let local = |at: chrono::DateTime<chrono::Utc>| {
        at.with_timezone(&zone)
            .format("%Y-%m-%dT%H:%M:%S")
            .to_string()
    };
    let mut form = Form::new(
        &me,
        "hold",
        format!("/incidents/{id}/holds/{hold_id}/change"),
    )
    .with("zone", zone.name())
    .with("authority", old.authority.clone())
    .with("reference", old.reference.clone())
    .with("from", local(old.from_at))
    .with_some("until", old.until_at.map(local))
    .with_some("oral", old.oral.then(|| "yes".to_owned()));
    for code in &old.jurisdictions.0 {
        form.typed
            .0
            .push(("jurisdictions".to_owned(), code.clone()));
    }
    Ok(page(
        &app,
        &HoldNew::new(&app.catalog, me, form, incident, Some(hold_id)),
    ))
}

/// Records a hold.
pub(crate) async fn send(State(app): State<App>, At(id): At<IncidentId>, sent: Posted) -> Answer {
    record(app, id, None, sent, format!("/incidents/{id}/holds/new")).await
}

/// Records the end of a hold, or corrects it.
pub(crate) async fn send_change(
    State(app): State<App>,
    At((id, hold_id)): At<(IncidentId, HoldId)>,
    sent: Posted,
) -> Answer {
    let action = format!("/incidents/{id}/holds/{hold_id}/change");
    record(app, id, Some(hold_id), sent, action).await
}

async fn record(
    app: App,
    id: IncidentId,
    replaces: Option<HoldId>,
    mut sent: Posted,
    action: String,
) -> Answer {
    let mut wrong = Vec::new();
    let typed = &sent.typed;
    let new = NewHold {
        authority: typed.text("authority"),
        reference: typed.text("reference"),
        oral: typed.has("oral"),
        from: typed.needed_moment("from", "zone", &mut wrong),
        until: typed.moment("until", "zone", &mut wrong),
        zone: typed.text("zone"),
        jurisdictions: typed.all("jurisdictions"),
        replaces,
        reason: typed.some("reason"),
    };
    let ctx = sent.ctx(&app, "hold");
    match sent.run(service::record(&ctx, id, &new)).await {
        Ok(_) => go(&format!("/incidents/{id}?done=hold")),
        Err(stop) => {
            require(&app, &sent.me, Action::RecordFact)?;
            let incident = load(&app, &sent.me, id).await?;
            let (status, form) = sent.again(&app, stop, wrong, "hold", action)?;
            let shown = HoldNew::new(&app.catalog, sent.me, form, incident, replaces);
            Ok(page_with_status(&app, status, &shown))
        }
    }
}
