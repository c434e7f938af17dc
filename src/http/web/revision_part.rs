//! The revisions of a roster on the page of its incident: what each change did, and whether a
//! correction is owed.

use maud::{Markup, html};

use super::layout::Viewer;
use super::part;
use crate::app::App;
use crate::domain::access::Action;
use crate::error::Result;
use crate::ids::IncidentId;
use crate::store::incident::{Incident, Status};
use crate::store::incident_key::{self, IncidentKey};
use crate::store::notice::{self, Audience};
use crate::store::revision::{self, Cause, Revision};

/// How many revisions the incident's page shows.
const SHOWN: usize = 6;

/// What the section tells.
#[derive(Clone, Debug, Default)]
pub(crate) struct Revisions {
    /// Newest first.
    all: Vec<Revision>,
    wrongly_told: i64,
    /// Whether a correction is drafted, approved or live.
    correction: bool,
    key: Option<IncidentKey>,
}

impl Revisions {
    /// Reads it.
    pub async fn read(app: &App, id: IncidentId) -> Result<Self> {
        let notices = notice::list(&app.db, id).await?;
        let stands = |n: &notice::Notice| {
            n.audience == Audience::WronglyTold && n.status != notice::Status::Withdrawn
        };
        Ok(Self {
            all: revision::list(&app.db, id).await?,
            wrongly_told: revision::wrongly_told(&app.db, id).await?,
            correction: notices.iter().any(stands),
            key: incident_key::find(&app.db, id).await?,
        })
    }

    /// The section; nothing before the first revision.
    pub fn section(&self, viewer: &Viewer, incident: &Incident) -> Markup {
        let path = format!("/incidents/{}", incident.id);
        let may_draft = incident.status == Status::Open && viewer.may(Action::EditNotice);
        html! {
            @if !self.all.is_empty() {
                section.sheet aria-labelledby="revisions-h" {
                    h2 #revisions-h { "Revisions" }
                    @if self.wrongly_told > 0 && !self.correction {
                        p.warn {
                            (part::count(self.wrongly_told, "person left", "people left"))
                            " the roster after having been told, and no correction is drafted. "
                            @if may_draft {
                                a href={ (path) "/notices/new?audience=wrongly_told" } { "Draft a correction" }
                            }
                        }
                    }
                    ul.rows {
                        @for r in self.all.iter().take(SHOWN) { li {
                            a.subject href={ (path) "/revisions/" (r.number) } { "Revision " (r.number) }
                            " " (did(r))
                            p.small { (cause(r.cause)) " by " (r.made_by) ", " (part::when(r.made_at, viewer.zone())) }
                        } }
                    }
                    @if self.all.len() > SHOWN { details {
                        summary { "Earlier revisions" }
                        ul.rows { @for r in self.all.iter().skip(SHOWN) { li {
                            a href={ (path) "/revisions/" (r.number) } { "Revision " (r.number) } " " (did(r))
                        } } }
                    } }
                    @if let Some(IncidentKey { destroyed_at: Some(at), destroyed_by: Some(by), reason, .. }) = &self.key {
                        p.small {
                            "The key of this incident was destroyed by " (by) ", " (part::when(*at, viewer.zone()))
                            ": ids and addresses of its people cannot be read any more. " (reason.as_deref().unwrap_or_default())
                        }
                    }
                }
            }
        }
    }

    /// For samples.
    pub fn sample() -> Self {
        Self {
            all: super::revision_show::sample_revisions(),
            wrongly_told: 41,
            correction: false,
            key: None,
        }
    }
}

/// What a revision did, in a few words.
fn did(r: &Revision) -> String {
    let parts = [
        (r.added, "new"),
        (r.back, "back"),
        (r.left_n, "left"),
        (r.changed, "changed"),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| format!("{} {word}", part::number(*n)))
        .collect();
    if parts.is_empty() {
        "nobody came or left".to_owned()
    } else {
        parts.join(", ")
    }
}

/// What made a revision.
pub(crate) const fn cause(cause: Cause) -> &'static str {
    match cause {
        Cause::File => "imported from a file",
        Cause::Recipe => "from the recipe",
        Cause::Keyed => "ids and addresses hashed",
    }
}
