//! Settling an obligation: it was met, or somebody decides that it is not required.

use axum::extract::State;
use maud::{Markup, html};

use super::answer::{Answer, At, go, page, page_with_status, require};
use super::deadline_card::card;
use super::form::{Form, Typed};
use super::layout::{Page, Viewer, trail_of};
use super::obligation_show::load;
use super::session::Posted;
use super::standing::Owed;
use super::{part, sample};
use crate::app::App;
use crate::catalog::Catalog;
use crate::domain::access::{Action, Role};
use crate::error::{Error, FieldError};
use crate::ids::ObligationId;
use crate::service::obligation::{self as service, Decide, Settle};
use crate::service::order;
use crate::store::incident::Incident;
use crate::store::obligation::{self, Outcome};

/// The page.
#[derive(Debug)]
pub(crate) struct ObligationSettle {
    viewer: Viewer,
    form: Form,
    incident: Incident,
    owed: Owed,
    /// Is it a promise to the affected people, which only a notice meets?
    by_notice: bool,
    /// What is to be said about its order among the others.
    order: Vec<String>,
}

impl ObligationSettle {
    fn new(
        catalog: &Catalog,
        viewer: Viewer,
        form: Form,
        (incident, owed): (Incident, Owed),
        order: Vec<String>,
    ) -> Self {
        let regime = catalog.regime(&owed.row.rule);
        let mut form = form.with_fields(&[
            ("outcome", "Outcome"),
            ("met_at", "Met at"),
            ("zone", "Time zone"),
            ("note", "Reference or rationale"),
        ]);
        // What is sent next is about the state that is shown now.
        form.typed.set("version", owed.row.version.to_string());
        Self {
            by_notice: regime.is_some_and(|r| r.met_by_notice()),
            order,
            viewer,
            form,
            incident,
            owed,
        }
    }
}

impl Page for ObligationSettle {
    fn title(&self) -> String {
        "Settle an obligation".to_owned()
    }

    fn viewer(&self) -> Option<&Viewer> {
        Some(&self.viewer)
    }

    fn incident(&self) -> Option<&Incident> {
        Some(&self.incident)
    }

    fn trail(&self) -> Vec<(String, String)> {
        let mut trail = trail_of(&self.incident);
        trail.push((
            format!("/obligations/{}", self.owed.row.id),
            self.owed.rule.clone(),
        ));
        trail
    }

    fn body(&self) -> Markup {
        let f = &self.form;
        html! {
            (f.summary())
            h2 { "How it stands" }
            (card(&self.owed, &self.viewer, false, &html! {}))
            (part::warnings(&self.order))
            @if self.owed.row.outcome.is_none() {
                (f.render(html! {
                    div.sheet {
                        @if self.by_notice {
                            p.warn { "This promise is met by activating a notice for everybody on the \
                                      roster. By hand it can only be decided whether it is required." }
                        }
                        @if self.by_notice {
                            (f.field("outcome", "Outcome").radios(&[
                                ("required", "Required", "it is owed and not done yet; with a rationale"),
                                ("not_required", "Not required", "with a rationale; your name stands beside it"),
                            ]))
                        } @else {
                            (f.field("outcome", "Outcome").radios(&[
                                ("required", "Required", "it is owed and not done yet; with a rationale"),
                                ("met", "Met", "it was filed or done; give the time and the reference"),
                                ("not_required", "Not required", "with a rationale; your name stands beside it"),
                            ]))
                            (f.zone("zone", "Time zone"))
                            (f.moment("met_at", "Met at", Some("Only when it was met: when it was filed or done."), true))
                        }
                        (f.field("note", "Reference or rationale")
                            .hint("Met: the reference of the filing. Required or not required: why, so that an \
                                   authority can follow it.").area(4))
                        p.small { "“Met” and “not required” settle it: whether it was late is frozen then, and \
                                   cannot be changed afterwards. “Required” records the decision and leaves it open." }
                        div.send {
                            button.main type="submit" { "Record" }
                            a.button href={ "/obligations/" (self.owed.row.id) } { "Cancel" }
                        }
                    }
                }))
            }
        }
    }

    fn samples() -> Vec<Self> {
        let viewer = || Viewer::sample(Role::Approver);
        let form = || {
            Form::new(&viewer(), "settle", "/obligations/x/settle").with("zone", "Europe/Vienna")
        };
        let one = |rule, form| {
            let owed = sample::owed(rule, Some("2026-11-23T10:00:00+01:00"));
            Self::new(
                sample::catalog(),
                viewer(),
                form,
                (sample::incident(), owed),
                Vec::new(),
            )
        };
        let wrong = form()
            .with("outcome", "met")
            .wrong(
                "met_at",
                "This is in the future. Record it after it was done.",
            )
            .wrong("note", "This cannot be empty.");
        vec![
            one("eu_gdpr_33_1", form()),
            one("eu_gdpr_33_1", wrong),
            one("policy_promise_7bd", form()),
        ]
    }
}

/// Shows the form.
pub(crate) async fn show(State(app): State<App>, me: Viewer, At(id): At<ObligationId>) -> Answer {
    require(&app, &me, Action::SettleObligation)?;
    let loaded = load(&app, &me, id).await?;
    let form = Form::new(&me, "settle", format!("/obligations/{id}/settle"))
        .with("zone", loaded.1.zone.name());
    let order = order_of(&app, &loaded.1).await?;
    let shown = ObligationSettle::new(&app.catalog, me, form, loaded, order);
    Ok(page(&app, &shown))
}

/// What is to be said about its order among the obligations of its incident.
pub(crate) async fn order_of(app: &App, owed: &Owed) -> crate::error::Result<Vec<String>> {
    let all = obligation::list(&app.db, owed.row.incident_id).await?;
    Ok(order::sentences(&app.catalog, &owed.row, &all))
}

/// What was sent.
enum Wanted {
    Decide(Decide),
    Settle(Settle),
}

fn read(typed: &Typed, wrong: &mut Vec<FieldError>) -> Option<Wanted> {
    let outcome = match typed.get("outcome") {
        "required" => {
            return Some(Wanted::Decide(Decide {
                rationale: typed.text("note"),
                version: typed.version(),
            }));
        }
        "met" => Outcome::Met,
        "not_required" => Outcome::NotRequired,
        _ => {
            wrong.push(FieldError {
                field: "outcome".to_owned(),
                reason: "Choose how it ended.".to_owned(),
            });
            return None;
        }
    };
    let met_at = match outcome {
        Outcome::Met => Some(typed.needed_moment("met_at", "zone", wrong)),
        Outcome::NotRequired => None,
    };
    Some(Wanted::Settle(Settle {
        outcome,
        met_at,
        zone: typed.text("zone"),
        note: typed.text("note"),
        version: typed.version(),
    }))
}

/// Settles.
pub(crate) async fn send(
    State(app): State<App>,
    At(id): At<ObligationId>,
    mut sent: Posted,
) -> Answer {
    let mut wrong = Vec::new();
    let wanted = read(&sent.typed, &mut wrong);
    let ctx = sent.ctx(&app, "settle");
    let work = async {
        match &wanted {
            Some(Wanted::Settle(settle)) => service::settle(&ctx, id, settle).await,
            // The page has one field for both texts.
            Some(Wanted::Decide(decide)) => service::decide(&ctx, id, decide)
                .await
                .map_err(|e| e.renamed("rationale", "note")),
            None => Err(Error::Invalid(Vec::new())),
        }
    };
    match sent.run(work).await {
        Ok(_) => {
            let decided = matches!(wanted, Some(Wanted::Decide(_)));
            let done = if decided { "decided" } else { "settled" };
            go(&format!("/obligations/{id}?done={done}"))
        }
        Err(stop) => {
            require(&app, &sent.me, Action::SettleObligation)?;
            let loaded = load(&app, &sent.me, id).await?;
            let action = format!("/obligations/{id}/settle");
            let (status, form) = sent.again(&app, stop, wrong, "settle", action)?;
            let order = order_of(&app, &loaded.1).await?;
            let shown = ObligationSettle::new(&app.catalog, sent.me, form, loaded, order);
            Ok(page_with_status(&app, status, &shown))
        }
    }
}
