//! Recording an exposed system with its window, and correcting that.
//!
//! Two steps that work without a script: first the system, since it decides which kinds of data there are
//! to choose from, then the rest.

use axum::extract::State;
use maud::{Markup, html};
use serde::Deserialize;

use super::answer::{Answer, Asked, At, found, go, page, page_with_status, require};
use super::deadline_card::zone_of;
use super::exposure_part::system_name;
use super::form::Form;
use super::incident_show::load;
use super::layout::{Page, Viewer};
use super::sample;
use super::session::Posted;
use crate::app::App;
use crate::catalog::Catalog;
use crate::domain::access::{Action, Role};
use crate::ids::{ExposureId, IncidentId};
use crate::service::exposure::{self as service, NewExposure};
use crate::store::exposure::{self, Exposure};
use crate::store::incident::Incident;

/// A system that can be chosen.
#[derive(Debug)]
struct Choice {
    id: String,
    name: String,
    holds: String,
    kept: String,
}

/// The system that was chosen.
#[derive(Debug)]
struct Chosen {
    name: String,
    /// Its kinds of data: ids, words, and nothing smaller.
    kinds: Vec<(String, String, String)>,
}

/// The page.
#[derive(Debug)]
pub(crate) struct ExposureNew {
    viewer: Viewer,
    form: Form,
    incident: Incident,
    /// The exposure that is corrected.
    old: Option<ExposureId>,
    /// The system that was chosen.
    system: Option<Chosen>,
    choices: Vec<Choice>,
}

impl ExposureNew {
    fn new(
        catalog: &Catalog,
        viewer: Viewer,
        form: Form,
        incident: Incident,
        old: Option<ExposureId>,
    ) -> Self {
        let operator = catalog.operator();
        let kind = |id: &String| {
            let known = operator.data_kind(id);
            known.map_or_else(|| id.clone(), |one| one.label.get("en").to_owned())
        };
        let chosen = operator.system(form.typed.get("system"));
        let system = chosen.map(|one| {
            let kinds = one.data.iter();
            let kinds = kinds.map(|id| (id.clone(), kind(id), String::new()));
            Chosen {
                name: system_name(catalog, &one.id),
                kinds: kinds.collect(),
            }
        });
        let choices = operator.systems.iter().map(|one| Choice {
            id: one.id.clone(),
            name: one.name.get("en").to_owned(),
            holds: one.data.iter().map(kind).collect::<Vec<_>>().join(", "),
            kept: one.retention.get("en").to_owned(),
        });
        Self {
            choices: choices.collect(),
            system,
            viewer,
            incident,
            old,
            form: form.with_fields(&[
                ("zone", "Time zone"),
                ("from", "Open from"),
                ("until", "Open until"),
                ("kinds", "Kinds of data"),
                ("note", "What is known"),
                ("reason", "Reason"),
            ]),
        }
    }

    fn choose(&self) -> Markup {
        let named = |choice: &Choice| self.incident.systems.0.contains(&choice.id);
        html! {
            p.lead { "Which system was open? Record each with its own window." }
            ul.rows {
                @for choice in &self.choices {
                    li {
                        div.what {
                            a.subject href={ "/incidents/" (self.incident.id) "/exposures/new?system=" (choice.id) } {
                                (choice.name)
                            }
                            @if named(choice) { span.small { "named in the incident" } }
                            span.small { "holds " (choice.holds) " · kept " (choice.kept) }
                        }
                    }
                }
            }
        }
    }

    fn details(&self, system: &Chosen) -> Markup {
        let f = &self.form;
        html! {
            (f.render(html! {
                div.sheet {
                    input type="hidden" name="system" value=(f.typed.get("system"));
                    @if self.old.is_none() {
                        p { strong { (system.name) } " · "
                            a href={ "/incidents/" (self.incident.id) "/exposures/new" } { "another system" } }
                    }
                    (f.zone("zone", "Time zone"))
                    div.pair {
                        (f.moment("from", "Open from", Some("Empty when nobody knows: then nobody is left out \
                            for what was deleted before."), true))
                        (f.moment("until", "Open until", Some("Empty while it is open, or when nobody knows."), true))
                    }
                    (f.field("kinds", "Kinds of data").optional()
                        .hint("None chosen: all that the system holds.").checks(&system.kinds))
                    (f.field("note", "What is known").optional()
                        .hint("How it was open, and from what the window follows.").area(3))
                    @if self.old.is_some() {
                        (f.field("reason", "Reason").hint("What is known now, or what was wrong? The earlier entry stays visible.").area(3))
                    }
                    div.send {
                        button.main type="submit" { @if self.old.is_some() { "Save the correction" } @else { "Record the system" } }
                        a.button href={ "/incidents/" (self.incident.id) } { "Cancel" }
                    }
                }
            }))
        }
    }
}

impl Page for ExposureNew {
    fn title(&self) -> String {
        match (&self.system, self.old) {
            (Some(system), Some(_)) => format!("Correct the exposure of “{}”", system.name),
            _ => "Record an exposed system".to_owned(),
        }
    }

    fn viewer(&self) -> Option<&Viewer> {
        Some(&self.viewer)
    }

    fn incident(&self) -> Option<&Incident> {
        Some(&self.incident)
    }

    fn body(&self) -> Markup {
        html! {
            (self.form.summary())
            @match &self.system {
                Some(system) => (self.details(system)),
                None => (self.choose()),
            }
        }
    }

    fn samples() -> Vec<Self> {
        let viewer = Viewer::sample(Role::Responder);
        let form = || {
            Form::new(&viewer, "exposure", "/incidents/x/exposures/new")
                .with("zone", "Europe/Vienna")
        };
        let one = |form, old| {
            let incident = sample::incident();
            Self::new(sample::catalog(), viewer.clone(), form, incident, old)
        };
        let wrong = form()
            .with("system", "support")
            .with("from", "2026-11-23T08:00")
            .with("until", "2026-11-01T08:00")
            .wrong(
                "until",
                "The window closes before it opens. Swap or correct the times.",
            );
        let old = ExposureId(sample::incident().id.0);
        vec![
            one(form(), None),
            one(form().with("system", "analytics"), None),
            one(wrong, Some(old)),
        ]
    }
}

/// Which system.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Query {
    system: String,
}

fn here(id: IncidentId) -> String {
    format!("/incidents/{id}/exposures/new")
}

/// Shows the systems, or the form for one.
pub(crate) async fn show(
    State(app): State<App>,
    me: Viewer,
    At(id): At<IncidentId>,
    Asked(query): Asked<Query>,
) -> Answer {
    require(&app, &me, Action::RecordFact)?;
    let incident = load(&app, &me, id).await?;
    let form = Form::new(&me, "exposure", here(id))
        .with("zone", me.zone().name())
        .with("system", query.system);
    let shown = ExposureNew::new(&app.catalog, me, form, incident, None);
    Ok(page(&app, &shown))
}

/// Shows the form that corrects an exposure.
pub(crate) async fn show_change(
    State(app): State<App>,
    me: Viewer,
    At((id, exposure_id)): At<(IncidentId, ExposureId)>,
) -> Answer {
    require(&app, &me, Action::RecordFact)?;
    let incident = load(&app, &me, id).await?;
    let old = the_one(&app, id, exposure_id).await?;
    let zone = zone_of(&old.zone, &me);
    let local = |at: chrono::DateTime<chrono::Utc>| {
        at.with_timezone(&zone)
            .format("%Y-%m-%dT%H:%M:%S")
            .to_string()
    };
    let mut form = Form::new(&me, "exposure", change(id, exposure_id))
        .with("system", old.system.clone())
        .with("zone", zone.name())
        .with_some("from", old.from_at.map(local))
        .with_some("until", old.until_at.map(local))
        .with_some("note", old.note.clone());
    for kind in &old.kinds.0 {
        form = form.with("kinds", kind.clone());
    }
    let shown = ExposureNew::new(&app.catalog, me, form, incident, Some(exposure_id));
    Ok(page(&app, &shown))
}

fn change(id: IncidentId, exposure: ExposureId) -> String {
    format!("/incidents/{id}/exposures/{exposure}/change")
}

/// An exposure of the incident that was recorded and not taken back.
pub(super) async fn the_one(
    app: &App,
    id: IncidentId,
    exposure_id: ExposureId,
) -> Result<Exposure, super::answer::Failure> {
    let all = exposure::list(&app.db, id).await?;
    let mut own = all.into_iter();
    let one = own.find(|one| one.id == exposure_id && !one.withdrawn);
    found(one, "This exposure")
}

/// Records an exposure.
pub(crate) async fn send(State(app): State<App>, At(id): At<IncidentId>, sent: Posted) -> Answer {
    record(app, id, None, sent, here(id)).await
}

/// Corrects an exposure.
pub(crate) async fn send_change(
    State(app): State<App>,
    At((id, exposure_id)): At<(IncidentId, ExposureId)>,
    sent: Posted,
) -> Answer {
    record(app, id, Some(exposure_id), sent, change(id, exposure_id)).await
}

async fn record(
    app: App,
    id: IncidentId,
    replaces: Option<ExposureId>,
    mut sent: Posted,
    action: String,
) -> Answer {
    let mut wrong = Vec::new();
    let typed = &sent.typed;
    let new = NewExposure {
        system: typed.text("system"),
        from: typed.moment("from", "zone", &mut wrong),
        until: typed.moment("until", "zone", &mut wrong),
        zone: typed.text("zone"),
        kinds: typed.all("kinds"),
        note: typed.some("note"),
        replaces,
        reason: typed.some("reason"),
    };
    let ctx = sent.ctx(&app, "exposure");
    match sent.run(service::record(&ctx, id, &new)).await {
        Ok(_) => go(&format!("/incidents/{id}?done=exposure")),
        Err(stop) => {
            require(&app, &sent.me, Action::RecordFact)?;
            let incident = load(&app, &sent.me, id).await?;
            let (status, form) = sent.again(&app, stop, wrong, "exposure", action)?;
            let shown = ExposureNew::new(&app.catalog, sent.me, form, incident, replaces);
            Ok(page_with_status(&app, status, &shown))
        }
    }
}
