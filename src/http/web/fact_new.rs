//! Recording a fact, and correcting one. A fact is never changed: a correction is a new one.

use axum::extract::State;
use maud::{Markup, html};
use serde::Deserialize;

use super::answer::{Answer, Asked, At, found, go, page, page_with_status, require};
use super::deadline_card::zone_of;
use super::form::Form;
use super::incident_show::load;
use super::layout::{Page, Viewer};
use super::session::Posted;
use super::{part, sample, words};
use crate::app::App;
use crate::domain::access::{Action, Role};
use crate::domain::chronology::RECORDED;
use crate::domain::fact::FactKind;
use crate::error::Result;
use crate::ids::{FactId, IncidentId};
use crate::service::fact::{self as service, NewFact, standing};
use crate::store::fact::{self, Fact};
use crate::store::incident::Incident;

/// The page.
#[derive(Debug)]
pub(crate) struct FactNew {
    viewer: Viewer,
    form: Form,
    incident: Incident,
    /// The kinds that can be recorded; one, when a fact is corrected.
    kinds: Vec<FactKind>,
    corrects: Option<Fact>,
    others: Vec<Fact>,
}

impl FactNew {
    fn new(
        viewer: Viewer,
        form: Form,
        incident: Incident,
        all: &[Fact],
        corrects: Option<Fact>,
    ) -> Self {
        let standing: Vec<Fact> = standing(all).into_iter().cloned().collect();
        let kinds = match &corrects {
            Some(fact) => vec![fact.kind],
            None => FactKind::ALL
                .iter()
                .copied()
                .filter(|kind| !standing.iter().any(|f| f.kind == *kind))
                .collect(),
        };
        let others = standing
            .into_iter()
            .filter(|f| corrects.as_ref().is_none_or(|c| c.id != f.id))
            .collect();
        Self {
            form: form.with_fields(&[
                ("kind", "What happened"),
                ("other", "Another fact"),
                ("at", "When"),
                ("until", "Until"),
                ("zone", "Time zone"),
                ("reason", "Reason"),
            ]),
            viewer,
            incident,
            kinds,
            corrects,
            others,
        }
    }

    fn ranged(&self) -> bool {
        self.kinds.contains(&FactKind::Occurred)
    }
}

impl Page for FactNew {
    fn title(&self) -> String {
        match &self.corrects {
            Some(fact) => format!("Correct “{}”", words::fact(fact.kind)),
            None => "Record a fact".to_owned(),
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
        let worded = |kind: &FactKind| {
            (
                kind.as_str(),
                words::fact(*kind),
                words::fact_meaning(*kind),
            )
        };
        let (usual, others): (Vec<FactKind>, Vec<FactKind>) =
            self.kinds.iter().partition(|kind| RECORDED.contains(kind));
        let usual: Vec<_> = usual.iter().map(worded).collect();
        let none = (String::new(), "–".to_owned());
        let other = |kind: &FactKind| (kind.as_str().to_owned(), words::fact(*kind).to_owned());
        let others: Vec<_> = std::iter::once(none)
            .chain(others.iter().map(other))
            .collect();
        html! {
            (f.summary())
            div.columns {
                (f.render(html! {
                    div.sheet {
                        @if let Some(old) = &self.corrects {
                            input type="hidden" name="kind" value=(old.kind);
                            p { "It says now: " (self.moment(old)) }
                            p.small { (words::fact_meaning(old.kind)) }
                        } @else {
                            (f.field("kind", "What happened").radios(&usual))
                            (f.field("other", "Another fact").optional()
                                .hint("What further rules count from, when it is none of the above.")
                                .select(&others))
                        }
                        (f.zone("zone", "Time zone"))
                        div.pair {
                            (f.moment("at", "When", Some(if self.ranged() {
                                "For an occurrence: its start. It may stay empty only there."
                            } else { "As exactly as it is known." }), false))
                            @if self.ranged() {
                                (f.moment("until", "Until", Some("Only for an occurrence that went on."), true))
                            }
                        }
                        @let reason = f.field("reason", "Reason").hint(if self.corrects.is_some() {
                            "Why the earlier one was wrong. It stays visible."
                        } else {
                            "Needed when awareness and detection are at different times: what was looked \
                             into in between?"
                        });
                        @if self.corrects.is_some() { (reason.area(3)) } @else { (reason.optional().area(3)) }
                        div.send {
                            button.main type="submit" {
                                @if self.corrects.is_some() { "Save the correction" } @else { "Record the fact" }
                            }
                            a.button href={ "/incidents/" (self.incident.id) } { "Cancel" }
                        }
                    }
                }))
                section.sheet aria-labelledby="known-h" {
                    h2 #known-h { "Known so far" }
                    dl.facts {
                        @for fact in &self.others {
                            dt { (words::fact(fact.kind)) } dd { (self.moment(fact)) }
                        }
                        @if self.others.is_empty() { dt { "Nothing" } dd { "–" } }
                    }
                    p.small { "After each fact every open deadline of the incident is computed anew. What \
                               was computed before stays visible." }
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let viewer = || Viewer::sample(Role::Responder);
        let all = vec![
            sample::fact(101, FactKind::Detected, Some("2026-11-23T07:10:00Z")),
            sample::fact(104, FactKind::Occurred, None),
        ];
        let form = || {
            Form::new(&viewer(), "fact", "/incidents/x/facts/new")
                .with("zone", "Europe/Vienna")
                .with("kind", "aware")
        };
        let wrong = form()
            .with("at", "2026-11-23T10:00")
            .wrong("at", "This is in the future. A fact is recorded after it has happened; correct the time.")
            .wrong("reason", "Awareness and detection are at different times. Say why: what was looked into in between?");
        vec![
            Self::new(viewer(), form(), sample::incident(), &all, None),
            Self::new(viewer(), wrong, sample::incident(), &all, None),
            Self::new(
                viewer(),
                form().with("at", "2026-11-23T08:10"),
                sample::drill(),
                &all,
                all.first().cloned(),
            ),
        ]
    }
}

impl FactNew {
    fn moment(&self, fact: &Fact) -> Markup {
        let zone = zone_of(&fact.zone, &self.viewer);
        html! {
            @match (fact.at, fact.until) {
                (Some(at), Some(until)) => { (part::when(at, zone)) " until " (part::when(until, zone)) }
                (Some(at), None) => (part::when(at, zone)),
                (None, _) => "not known",
            }
        }
    }
}

/// What is to be recorded.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Query {
    kind: String,
}

/// Shows the form for a new fact.
pub(crate) async fn show(
    State(app): State<App>,
    me: Viewer,
    At(id): At<IncidentId>,
    Asked(query): Asked<Query>,
) -> Answer {
    require(&app, &me, Action::RecordFact)?;
    let incident = load(&app, &me, id).await?;
    let all = fact::list(&app.db, id).await?;
    let usual = RECORDED.iter().any(|kind| kind.as_str() == query.kind);
    let form = Form::new(&me, "fact", format!("/incidents/{id}/facts/new"))
        .with("zone", me.zone().name())
        .with(if usual { "kind" } else { "other" }, query.kind);
    Ok(page(&app, &FactNew::new(me, form, incident, &all, None)))
}

/// Shows the form that corrects a fact.
pub(crate) async fn show_correction(
    State(app): State<App>,
    me: Viewer,
    At((id, fact_id)): At<(IncidentId, FactId)>,
) -> Answer {
    require(&app, &me, Action::RecordFact)?;
    let incident = load(&app, &me, id).await?;
    let all = fact::list(&app.db, id).await?;
    let old = found(all.iter().find(|f| f.id == fact_id).cloned(), "This fact")?;
    let zone = zone_of(&old.zone, &me);
    let local = |at: chrono::DateTime<chrono::Utc>| {
        at.with_timezone(&zone)
            .format("%Y-%m-%dT%H:%M:%S")
            .to_string()
    };
    let form = Form::new(
        &me,
        "fact",
        format!("/incidents/{id}/facts/{fact_id}/correct"),
    )
    .with("zone", zone.name())
    .with_some("at", old.at.map(local))
    .with_some("until", old.until.map(local));
    Ok(page(
        &app,
        &FactNew::new(me, form, incident, &all, Some(old)),
    ))
}

/// Records a fact.
pub(crate) async fn send(State(app): State<App>, At(id): At<IncidentId>, sent: Posted) -> Answer {
    record(app, id, None, sent, format!("/incidents/{id}/facts/new")).await
}

/// Corrects a fact.
pub(crate) async fn send_correction(
    State(app): State<App>,
    At((id, fact_id)): At<(IncidentId, FactId)>,
    sent: Posted,
) -> Answer {
    let action = format!("/incidents/{id}/facts/{fact_id}/correct");
    record(app, id, Some(fact_id), sent, action).await
}

async fn record(
    app: App,
    id: IncidentId,
    corrects: Option<FactId>,
    mut sent: Posted,
    action: String,
) -> Answer {
    let mut wrong = Vec::new();
    let chosen = match sent.typed.get("kind") {
        "" => sent.typed.get("other"),
        kind => kind,
    };
    let kind = FactKind::parse(chosen);
    if kind.is_err() {
        wrong.push(crate::error::FieldError {
            field: "kind".to_owned(),
            reason: "Choose what happened.".to_owned(),
        });
    }
    let new = NewFact {
        kind: kind.clone().unwrap_or(FactKind::Aware),
        at: sent.typed.moment("at", "zone", &mut wrong),
        until: sent.typed.moment("until", "zone", &mut wrong),
        zone: sent.typed.text("zone"),
        reason: sent.typed.some("reason"),
        corrects,
    };
    let ctx = sent.ctx(&app, "fact");
    let work = async {
        match kind {
            Ok(_) => service::record(&ctx, id, &new).await,
            Err(_) => Err(crate::error::Error::Invalid(Vec::new())),
        }
    };
    let result: Result<_, _> = sent.run(work).await;
    match result {
        Ok(_) => go(&format!("/incidents/{id}?done=fact")),
        Err(stop) => {
            require(&app, &sent.me, Action::RecordFact)?;
            let incident = load(&app, &sent.me, id).await?;
            let all = fact::list(&app.db, id).await?;
            let old = corrects.and_then(|id| all.iter().find(|f| f.id == id).cloned());
            let (status, form) = sent.again(&app, stop, wrong, "fact", action)?;
            let shown = FactNew::new(sent.me, form, incident, &all, old);
            Ok(page_with_status(&app, status, &shown))
        }
    }
}
