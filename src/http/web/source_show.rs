//! One list: what its columns mean before it is read, how far it is meanwhile, and what came of it.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use maud::{Markup, html};

use super::answer::{Answer, Asked, At, Failure, page, require};
use super::form::Form;
use super::incident_show::{Done, load};
use super::layout::{Page, Viewer};
use super::source_about::Offered;
use super::source_part::{self, System, address, badge, trail};
use super::source_preview::Waiting;
use super::source_state::{self, EVERY, Press, ROWS, button};
use super::{part, sample, sample_source, source_mapping};
use crate::app::App;
use crate::domain::access::{Action, Role};
use crate::domain::scope::field::Mapping;
use crate::error::{Error, Result};
use crate::http::source_rejected;
use crate::ids::{IncidentId, SourceId};
use crate::service::source::{self, Checkpoint, How, Opened, Trial};
use crate::store::incident::{self, Incident};
use crate::store::source::{self as stored, Source, Status};

/// The page.
#[derive(Debug)]
pub(crate) struct SourceShow {
    viewer: Viewer,
    incident: Incident,
    source: Source,
    offered: Offered,
    /// The form of a list that can still be changed, for who may.
    waiting: Option<Waiting>,
    /// What was pressed in vain.
    pressed: Option<Form>,
    /// Rejected rows by column.
    columns: Vec<(String, i64)>,
    /// The first of them; none for who may not read them.
    rejected: Option<Vec<Opened>>,
    done: String,
}

/// What a page is made of beside the source.
#[derive(Debug, Default)]
pub(super) struct With {
    /// The form as it was sent.
    pub form: Option<Form>,
    /// What was pressed in vain.
    pub pressed: Option<Form>,
    /// What a dry run found.
    pub trial: Option<Trial>,
    /// What was done, by its word.
    pub done: String,
}

impl SourceShow {
    /// Reads what the page shows. `source` may be as a form wants it, and not as it is kept.
    pub(super) async fn read(
        app: &App,
        viewer: Viewer,
        incident: Incident,
        source: Source,
        with: With,
    ) -> Result<Self> {
        let may = viewer.may(Action::ImportRoster) && incident.status == incident::Status::Open;
        let waiting = if may && source.status.can_begin() && changeable(&source) {
            Some(waiting(app, &viewer, &source, with.form, with.trial).await?)
        } else {
            None
        };
        let some = source.rows_rejected > 0 && !source.status.under_way();
        let rejected = if !viewer.may(Action::ImportRoster) {
            None
        } else if some {
            Some(source::rejected(app, &source, 0, ROWS).await?)
        } else {
            Some(Vec::new())
        };
        Ok(Self {
            offered: Offered::read(app).await?,
            columns: if some {
                stored::rejected_columns(&app.db, source.no).await?
            } else {
                Vec::new()
            },
            waiting,
            rejected,
            pressed: with.pressed.map(|form| form.with_fields(&[])),
            viewer,
            incident,
            source,
            done: with.done,
        })
    }

    fn may(&self) -> bool {
        self.incident.status == incident::Status::Open && self.viewer.may(Action::ImportRoster)
    }

    fn system(&self) -> &str {
        let known = |s: &&System| s.id == self.source.system;
        let known = self.offered.systems.iter().find(known);
        known.map_or(self.source.system.as_str(), |s| &s.name)
    }

    fn waits(&self) -> Markup {
        let s = &self.source;
        let zone = self.viewer.zone();
        html! {
            @if s.status == Status::Waiting {
                p.lead {
                    (source_part::origin(s)) ", added by " (s.created_by) ", " (part::when(s.created_at, zone)) ". Nothing is \
                     taken from it yet."
                }
            } @else {
                (source_state::left(s, &self.viewer, self.may()))
                @if self.waiting.is_some() {
                    p { "You can also change what its columns mean: then it is read from its beginning." }
                }
            }
            @if let Some(waiting) = &self.waiting {
                (waiting.shown(&self.offered, zone))
                @if s.status == Status::Waiting {
                    div.actions.aside { (button(&self.viewer, s, Press::Aside)) }
                }
            } @else if s.status == Status::Waiting && !self.viewer.may(Action::ImportRoster) {
                p { "A responder says what its columns mean. Its rows hold personal data." }
            } @else if s.status == Status::Waiting {
                p { "The incident is closed, so it is not read any more." }
            }
        }
    }
}

/// The file is still there to be read in another way.
fn changeable(s: &Source) -> bool {
    Checkpoint::of(s).is_ok_and(|at| !at.complete)
}

async fn waiting(
    app: &App,
    viewer: &Viewer,
    s: &Source,
    form: Option<Form>,
    trial: Option<Trial>,
) -> Result<Waiting> {
    let found = match source::preview(app, s).await {
        Ok(found) => Ok(Box::new(found)),
        Err(Error::Invalid(errors)) => {
            Err(errors.into_iter().map(|e| e.reason).collect::<String>())
        }
        Err(other) => return Err(other),
    };
    let form = match form {
        Some(form) => form,
        None => {
            let mut form = Form::new(viewer, "list", address(s));
            let format = How::of(s)?.format();
            let mapping: Mapping = serde_json::from_str(&s.mapping).map_err(Error::internal)?;
            let columns: Vec<String> = match &found {
                Ok(found) => found.found.columns.clone(),
                Err(_) => mapping.columns.keys().cloned().collect(),
            };
            form.typed = source_mapping::typed(s, &format, &columns, &mapping);
            form
        }
    };
    let asked = match How::of(s)? {
        How::File(_) => None,
        How::Query(asked) => Some(asked),
    };
    let waiting = Waiting {
        form,
        found,
        trial,
        asked,
    };
    Ok(waiting.labelled())
}

impl Page for SourceShow {
    fn title(&self) -> String {
        format!("List: {}", self.source.title())
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

    fn wide(&self) -> bool {
        self.waiting.is_some()
    }

    fn refresh(&self) -> Option<u16> {
        self.source.status.under_way().then_some(EVERY)
    }

    fn aside(&self) -> Markup {
        badge(self.source.status)
    }

    fn body(&self) -> Markup {
        let s = &self.source;
        html! {
            (part::done(&self.done))
            @if let Some(pressed) = &self.pressed { (pressed.summary()) }
            @if let Some(waiting) = &self.waiting { (waiting.form.summary()) }
            @match s.status {
                Status::Waiting | Status::Stopped | Status::Failed => (self.waits()),
                Status::Reading | Status::Loading => (source_state::under_way(s, &self.viewer, self.may())),
                Status::Done => {
                    (source_state::done(s, serde_json::from_str(&s.mapping).ok().as_ref(), self.system(), &self.viewer))
                    div.actions {
                        a.button href=(source_part::people(s.incident_id)) { "All lists and the recipe" }
                    }
                }
                Status::Discarded => p { "It was put aside; its file and what was read of it are deleted." },
            }
            @if s.rows_rejected > 0 && !s.status.under_way() && s.status != Status::Discarded {
                (source_state::rejected(s, &self.columns, self.rejected.as_deref()))
            }
        }
    }

    fn samples() -> Vec<Self> {
        let show = |role, source: Source| Self {
            viewer: Viewer::sample(role),
            incident: sample::incident(),
            offered: Offered::sample(),
            waiting: None,
            pressed: None,
            columns: Vec::new(),
            rejected: Some(Vec::new()),
            done: String::new(),
            source,
        };
        let viewer = Viewer::sample(Role::Responder);
        let mut pages = Vec::new();
        for waiting in [
            sample_source::waiting(&viewer),
            sample_source::mistaken(&viewer),
            sample_source::unreadable(&viewer),
        ] {
            let mut page = show(Role::Responder, sample_source::source(Status::Waiting));
            page.waiting = Some(waiting.labelled());
            pages.push(page);
        }
        let mut query = show(Role::Responder, sample_source::source(Status::Waiting));
        "query".clone_into(&mut query.source.origin);
        "shop".clone_into(&mut query.source.origin_name);
        query.waiting = Some(sample_source::asked(&viewer).labelled());
        pages.push(query);
        let mut lost = sample_source::source(Status::Loading);
        lost.beat_at = Some(sample::t("2026-11-25T09:20:00Z"));
        let mut stopped = show(Role::Responder, sample_source::source(Status::Stopped));
        stopped.waiting = Some(sample_source::waiting(&viewer).labelled());
        for (role, source) in [
            (Role::Manager, sample_source::source(Status::Waiting)),
            (Role::Responder, sample_source::source(Status::Reading)),
            (Role::Responder, lost),
            (Role::Responder, sample_source::source(Status::Failed)),
            (Role::Responder, sample_source::source(Status::Done)),
            (Role::Manager, sample_source::source(Status::Done)),
            (Role::Responder, sample_source::source(Status::Discarded)),
        ] {
            let mut page = show(role, source);
            if page.source.status == Status::Done {
                page.columns = sample_source::columns();
                page.rejected = (role == Role::Responder).then(sample_source::rejected);
            }
            pages.push(page);
        }
        pages.push(stopped);
        pages
    }
}

/// A source of an incident, for who may see the incident.
pub(super) async fn find(
    app: &App,
    me: &Viewer,
    (id, source): (IncidentId, SourceId),
) -> Result<(Incident, Source), Failure> {
    let incident = load(app, me, id).await?;
    Ok((incident, source::find(app, id, source).await?))
}

/// Shows the page.
pub(crate) async fn show(
    State(app): State<App>,
    me: Viewer,
    At(ids): At<(IncidentId, SourceId)>,
    Asked(query): Asked<Done>,
) -> Answer {
    let (incident, source) = find(&app, &me, ids).await?;
    let with = With {
        done: query.done,
        ..With::default()
    };
    let shown = SourceShow::read(&app, me, incident, source, with).await?;
    Ok(page(&app, &shown))
}

/// Gives the part of the page that changes while the list is read.
pub(crate) async fn progress(
    State(app): State<App>,
    me: Viewer,
    At(ids): At<(IncidentId, SourceId)>,
) -> Answer {
    let (_, source) = find(&app, &me, ids).await?;
    let html = source_state::progress(&source, &me).into_string();
    let mut response: Response = (StatusCode::OK, Html(html)).into_response();
    let value = HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, value);
    Ok(response)
}

/// Sends the rejected rows as a file.
pub(crate) async fn download(
    State(app): State<App>,
    me: Viewer,
    At(ids): At<(IncidentId, SourceId)>,
) -> Result<Response, Failure> {
    require(&app, &me, Action::ImportRoster)?;
    let (_, source) = find(&app, &me, ids).await?;
    Ok(source_rejected::file(app, source))
}
