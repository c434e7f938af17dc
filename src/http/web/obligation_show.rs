//! One obligation: where it comes from, by when, how that was counted, and what was computed before.

use axum::extract::State;
use maud::{Markup, html};
use serde::Deserialize;

use super::answer::{Answer, At, Failure, found, page, require};
use super::deadline_card::{card, counted};
use super::layout::{Page, Viewer};
use super::standing::Owed;
use super::{part, sample, words};
use crate::app::App;
use crate::catalog::Catalog;
use crate::domain::access::{Action, Role};
use crate::domain::deadline::Deadline;
use crate::error::Error;
use crate::ids::ObligationId;
use crate::service::known::Inputs;
use crate::service::{calendar_override, explain};
use crate::store::incident::{self, Incident, Status};
use crate::store::obligation::{self, Computed};

/// The page.
#[derive(Debug)]
pub(crate) struct ObligationShow {
    viewer: Viewer,
    incident: Incident,
    owed: Owed,
    rule: Vec<(&'static str, String)>,
    order: Vec<String>,
    /// What would change the date.
    changes: Vec<String>,
    /// The newest computation's inputs.
    inputs: Option<Inputs>,
    earlier: Vec<(Computed, Option<Deadline>)>,
    done: String,
}

fn rule(catalog: &Catalog, id: &str) -> Vec<(&'static str, String)> {
    let Some(r) = catalog.regime(id) else {
        return vec![("Rule", id.to_owned())];
    };
    let mut all = vec![
        ("Source", r.citation.clone()),
        ("Who is told", words::recipient(r.recipient).to_owned()),
        (
            "Period",
            format!("{} from “{}”", r.how_long(), words::fact(r.anchor)),
        ),
        ("When it applies", r.condition.clone()),
    ];
    if let Some(notes) = &r.notes {
        all.push(("To know", notes.clone()));
    }
    all.push(("Read in", r.source.clone()));
    all
}

/// What a sample says would change its date.
const CHANGE: &str = "Counted from Sun 22 Nov 2026 23:59:59 +01:00 or a little earlier, it would be due Wed 2 Dec \
                      2026 00:00:00 +01:00.";

impl ObligationShow {
    fn what_would_change(&self) -> Markup {
        html! {
            @if !self.changes.is_empty() {
                section.sheet aria-labelledby="changes-h" {
                    h2 #changes-h { "What would change the date" }
                    ul.changes { @for one in &self.changes { li { (one) } } }
                }
            }
        }
    }

    fn decision(&self) -> Markup {
        let row = &self.owed.row;
        html! {
            @if row.outcome.is_none() && row.applies != "no" {
                section.sheet aria-labelledby="decision-h" {
                    h2 #decision-h { "Decision" }
                    @match (&row.decided_by, row.decided_at) {
                        (Some(by), Some(at)) => {
                            p { "Required, decided by " (by) ", " (part::when(at, self.viewer.zone())) "." }
                            @if let Some(why) = &row.rationale { p.prose { (why) } }
                        }
                        _ => p { (part::badge("late", "Undecided")) " Nobody has decided yet whether this is                                   required. Until somebody does, with a reason, it counts as required." },
                    }
                }
            }
            @if let Some(why) = &row.applies_why { p.small { (why) } }
        }
    }
}

/// What a result was worked out with.
fn worked_with(inputs: &Inputs) -> Markup {
    html! {
        section.sheet aria-labelledby="inputs-h" {
            h2 #inputs-h { "Worked out with" }
            (facts_of(inputs))
        }
    }
}

fn facts_of(inputs: &Inputs) -> Markup {
    html! {
        dl.facts {
            @for (kind, at) in &inputs.facts {
                dt { (words::fact(*kind)) }
                dd { (at.format("%a %-d %b %Y, %H:%M (UTC%:z)")) }
            }
            @for hold in &inputs.holds {
                dt { "Hold" }
                dd {
                    (hold.authority) ", from " (hold.from.format("%-d %b %Y, %H:%M (UTC%:z)"))
                    @if let Some(until) = hold.until { " until " (until.format("%-d %b %Y, %H:%M (UTC%:z)")) }
                }
            }
            dt { "Program" } dd { "duenotice " (inputs.program) }
            dt { "Playbooks" } dd { (part::hash(&inputs.playbooks)) }
        }
    }
}

impl Page for ObligationShow {
    fn title(&self) -> String {
        self.owed.rule.clone()
    }

    fn viewer(&self) -> Option<&Viewer> {
        Some(&self.viewer)
    }

    fn incident(&self) -> Option<&Incident> {
        Some(&self.incident)
    }

    fn aside(&self) -> Markup {
        let open = self.owed.row.outcome.is_none() && self.incident.status == Status::Open;
        html! {
            @if open && self.viewer.may(Action::SettleObligation) {
                div.actions {
                    a.button.main href={ "/obligations/" (self.owed.row.id) "/settle" } { "Decide or settle" }
                }
            }
        }
    }

    fn body(&self) -> Markup {
        html! {
            (part::done(&self.done))
            h2 { "How it stands" }
            (card(&self.owed, &self.viewer, true, &html! {}))
            (part::warnings(&self.order))
            (self.decision())
            (self.what_would_change())
            section.sheet aria-labelledby="rule-h" {
                h2 #rule-h { "Where it comes from" }
                dl.facts { @for (what, text) in &self.rule { dt { (what) } dd { (text) } } }
                p { a href={ "/rules/" (self.owed.row.rule) } { "The whole rule, to try it" } }
            }
            @if let Some(inputs) = &self.inputs { (worked_with(inputs)) }
            @if let Some(by) = &self.owed.row.settled_by {
                p.small {
                    "Settled by " (by)
                    @if let Some(at) = self.owed.row.settled_at { ", recorded " (part::when(at, self.owed.zone)) }
                    ". What was recorded first stays."
                }
            }
            @if !self.earlier.is_empty() {
                section.sheet aria-labelledby="earlier-h" {
                    h2 #earlier-h { "Computed before" }
                    @for (c, deadline) in &self.earlier {
                        details {
                            summary {
                                "due " (part::when(c.due_at, self.owed.zone)) " · computed "
                                (part::when(c.computed_at, self.viewer.zone())) " · " (c.cause)
                            }
                            @if let Some(d) = deadline {
                                h3.sr { "How it was counted then" }
                                (counted(d, &self.viewer, false))
                                @if let Some(inputs) = c.inputs.as_deref().and_then(|t| serde_json::from_str::<Inputs>(t).ok()) {
                                    (facts_of(&inputs))
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let (gdpr, promise) = ("eu_gdpr_33_1", "policy_promise_7bd");
        let aware = "2026-11-23T10:00:00+01:00";
        let one = |owed: Owed, earlier: Vec<Computed>| Self {
            viewer: Viewer::sample(Role::Responder),
            incident: sample::incident(),
            rule: rule(sample::catalog(), &owed.row.rule),
            changes: match owed.row.outcome {
                None if owed.deadline.is_some() => vec![CHANGE.to_owned()],
                _ => Vec::new(),
            },
            order: Vec::new(),
            inputs: None,
            owed,
            earlier: read(earlier),
            done: String::new(),
        };
        let before = "2026-11-20T08:00:00+01:00";
        let old = sample::stored(promise, before, "recorded aware", "2026-11-23T09:40:00Z");
        vec![
            one(
                sample::owed(promise, Some(aware)),
                old.into_iter().collect(),
            ),
            one(sample::owed(gdpr, None), Vec::new()),
            one(
                sample::settled(gdpr, aware, obligation::Outcome::Met, Some(false)),
                Vec::new(),
            ),
        ]
    }
}

fn read(all: Vec<Computed>) -> Vec<(Computed, Option<Deadline>)> {
    let deadline = |c: &Computed| serde_json::from_str(&c.result).ok();
    all.into_iter().map(|c| (c.clone(), deadline(&c))).collect()
}

/// An obligation with its incident, for who may see one.
pub(crate) async fn load(
    app: &App,
    me: &Viewer,
    id: ObligationId,
) -> Result<(Incident, Owed), Failure> {
    require(app, me, Action::ViewIncident)?;
    let row = found(obligation::find(&app.db, id).await?, "This obligation")?;
    let incident = incident::find(&app.db, row.incident_id).await?;
    let incident = incident.ok_or_else(|| Error::internal("an obligation without its incident"))?;
    let calendars = calendar_override::current(app).await?;
    Ok((incident, Owed::read(app, &calendars, row, me.now).await?))
}

/// What an address after a form says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Query {
    done: String,
}

/// Shows the page.
pub(crate) async fn show(
    State(app): State<App>,
    me: Viewer,
    At(id): At<ObligationId>,
    super::answer::Asked(query): super::answer::Asked<Query>,
) -> Answer {
    let (incident, owed) = load(&app, &me, id).await?;
    let mut earlier = obligation::deadlines(&app.db, id).await?;
    let newest = earlier.iter().find(|c| Some(c.id) == owed.row.deadline_id);
    let inputs = newest
        .and_then(|c| c.inputs.as_deref())
        .map(serde_json::from_str)
        .transpose()
        .map_err(Error::internal)?;
    earlier.retain(|c| Some(c.id) != owed.row.deadline_id);
    let order = super::obligation_settle::order_of(&app, &owed).await?;
    let changes = explain::changes(&app, &owed.row).await?;
    let shown = ObligationShow {
        viewer: me,
        changes,
        rule: rule(&app.catalog, &owed.row.rule),
        order,
        inputs,
        incident,
        owed,
        earlier: read(earlier),
        done: query.done,
    };
    Ok(page(&app, &shown))
}
