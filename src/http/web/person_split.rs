//! Keeping two identifiers apart that a link joins, and taking that back.

use axum::extract::State;
use maud::{Markup, html};

use super::answer::{Answer, At, go, require};
use super::form::Form;
use super::layout::Viewer;
use super::session::Posted;
use super::{part, person_ask, sample_person};
use crate::app::App;
use crate::domain::access::Action;
use crate::error::{Error, Result};
use crate::ids::IncidentId;
use crate::service::who::{self, Apart};
use crate::store::incident::{Incident, Status};
use crate::store::split::{self, Split};

/// The decisions of an incident, and the form for a new one.
#[derive(Clone, Debug)]
pub(crate) struct Splits {
    /// Those that stand, the newest first.
    standing: Vec<Split>,
    form: Form,
    /// The incident is open, and the viewer may decide.
    may: bool,
}

/// Where the form is sent.
fn action(id: IncidentId) -> String {
    format!("/incidents/{id}/people/split")
}

const FIELDS: [(&str, &str); 2] = [("pair", "Which two"), ("reason", "Reason")];

/// Of several decisions about two identifiers the last one stands.
fn standing(all: &[Split]) -> Vec<Split> {
    let mut kept: Vec<Split> = Vec::new();
    for one in all {
        kept.retain(|k| (k.a, k.b) != (one.a, one.b));
        if one.apart {
            kept.push(one.clone());
        }
    }
    kept.reverse();
    kept
}

impl Splits {
    /// Reads them.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(crate) async fn read(app: &App, viewer: &Viewer, incident: &Incident) -> Result<Self> {
        let all = split::list(&app.db, incident.id).await?;
        Ok(Self::new(viewer, incident, standing(&all)))
    }

    fn new(viewer: &Viewer, incident: &Incident, standing: Vec<Split>) -> Self {
        Self {
            standing,
            form: Form::new(viewer, "split", action(incident.id)).with_fields(&FIELDS),
            may: viewer.may(Action::ImportRoster) && incident.status == Status::Open,
        }
    }

    /// Takes over a form that was not carried out.
    pub(super) fn wrong(&mut self, form: Form) {
        self.form = form.with_fields(&FIELDS);
    }

    /// What is wrong with the form.
    pub(crate) fn summary(&self) -> Markup {
        self.form.summary()
    }

    /// The form, for these pairs.
    pub(crate) fn form(&self, pairs: &[(String, String)]) -> Markup {
        let f = &self.form;
        html! {
            @if self.may && !pairs.is_empty() {
                details open[!f.errors.is_empty()] {
                    summary { "These are not one person" }
                    (f.render(html! {
                        input type="hidden" name="apart" value="yes";
                        (f.field("pair", "Which two").hint("The two identifiers are not joined any more.").select(pairs))
                        (f.field("reason", "Reason").hint("It stands in the log.").area(2))
                        div.send { button type="submit" { "Keep them apart" } }
                    }))
                    p.small { "The roster follows when the recipe is run again and made the roster." }
                }
            }
        }
    }

    /// What stands, and the form again where it was not carried out.
    pub(crate) fn section(&self, viewer: &Viewer) -> Markup {
        let f = &self.form;
        let typed = f.typed.get("pair");
        let again = f.typed.has("reason") && (!f.errors.is_empty() || f.note.is_some());
        html! {
            @if self.may && again {
                section.sheet aria-labelledby="again-h" {
                    h2 #again-h { @if f.typed.has("apart") { "Keep two identifiers apart" } @else { "Take a decision back" } }
                    (f.render(html! {
                        @if f.typed.has("apart") { input type="hidden" name="apart" value="yes"; }
                        (f.field("pair", "Which two").select(&[(typed.to_owned(), short(typed))]))
                        (f.field("reason", "Reason").area(2))
                        div.send { button type="submit" {
                            @if f.typed.has("apart") { "Keep them apart" } @else { "Take it back" }
                        } }
                    }))
                }
            }
            @if !self.standing.is_empty() {
                section aria-labelledby="apart-h" {
                    h2 #apart-h { "Identifiers that are kept apart" }
                    ol.rows.records { @for s in &self.standing { (self.one(s, viewer)) } }
                }
            }
        }
    }

    fn one(&self, s: &Split, viewer: &Viewer) -> Markup {
        html! {
            li {
                div.what {
                    code { (s.a.short()) } " and " code { (s.b.short()) }
                    span.small { "by " (s.decided_by) ", " (part::when(s.decided_at, viewer.zone())) }
                }
                div.what { (s.reason) }
                div.state { @if self.may {
                    details {
                        summary { "Take it back" span.sr { ": " (s.a.short()) " and " (s.b.short()) } }
                        (self.form.blank().render(html! {
                            input type="hidden" name="pair" value={ (s.a) " " (s.b) };
                            label for={ "back-" (s.id) } { "Reason" }
                            textarea #{ "back-" (s.id) } name="reason" rows="2" required {}
                            div.send { button type="submit" { "Take it back" } }
                        }))
                    }
                } }
            }
        }
    }

    /// For samples.
    pub(crate) fn sample(viewer: &Viewer, incident: &Incident) -> Self {
        Self::new(viewer, incident, vec![sample_person::split()])
    }

    /// For samples: a reason is missing.
    pub(crate) fn sample_wrong(viewer: &Viewer, incident: &Incident) -> Self {
        let s = sample_person::split();
        let mut splits = Self::new(viewer, incident, Vec::new());
        splits.form = splits
            .form
            .with("apart", "yes")
            .with("pair", format!("{} {}", s.a, s.b))
            .with("reason", "")
            .wrong("reason", "This cannot be empty.");
        splits
    }
}

/// Two keys as a page shows them.
fn short(pair: &str) -> String {
    let short = |key: &str| key.chars().take(10).collect::<String>();
    let both: Vec<String> = pair.split(' ').map(short).collect();
    both.join(" and ")
}

/// Keeps two identifiers apart, or takes that back.
pub(crate) async fn send(
    State(app): State<App>,
    At(id): At<IncidentId>,
    mut sent: Posted,
) -> Answer {
    require(&app, &sent.me, Action::ImportRoster)?;
    let ctx = sent.ctx(&app, "split");
    let apart = sent.typed.has("apart");
    let work = async {
        let pair = sent.typed.text("pair");
        let (a, b) = pair.split_once(' ').unwrap_or((pair.as_str(), ""));
        let decision = Apart {
            a: a.to_owned(),
            b: b.to_owned(),
            apart,
            reason: sent.typed.text("reason"),
        };
        let done = who::split(&ctx, id, &decision).await;
        done.map_err(|e: Error| e.renamed("a", "pair").renamed("b", "pair"))
    };
    match sent.run(work).await {
        Ok(_) => {
            let word = if apart { "split" } else { "joined" };
            go(&format!("{}?done={word}", person_ask::here(id)))
        }
        Err(stop) => {
            let (status, form) = sent.again(&app, stop, Vec::new(), "split", action(id))?;
            person_ask::again(&app, sent.me, id, status, form).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_decision_stands() {
        let first = sample_person::split();
        let back = Split {
            apart: false,
            ..first.clone()
        };
        assert_eq!(standing(std::slice::from_ref(&first)).len(), 1);
        assert!(standing(&[first.clone(), back.clone()]).is_empty());
        assert_eq!(standing(&[first.clone(), back, first]).len(), 1);
    }
}
