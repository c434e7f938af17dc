//! One run of the recipe: while it waits, what it found, and making that the roster.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse as _};
use maud::{Markup, html};

use super::answer::{Answer, At, Failure, found, go, page, page_with_status, require};
use super::form::Form;
use super::incident_show::load;
use super::layout::{Page, Viewer};
use super::run_new;
use super::run_outcome::{self, Counted};
use super::session::Posted;
use super::source_part::trail;
use super::{later_form, part, sample, sample_recipe};
use crate::app::App;
use crate::domain::access::{Action, Role};
use crate::error::Result;
use crate::ids::{IncidentId, RunId};
use crate::service::recipe::{self, Ask};
use crate::store::incident::{Incident, Status as Open};
use crate::store::recipe::{self as rows, Recipe, Run, Status};

/// The page.
#[derive(Debug)]
pub(crate) struct RunShow {
    viewer: Viewer,
    incident: Incident,
    run: Run,
    recipe: Recipe,
    counted: Option<Counted>,
    /// Lists of which there is a newer reading than the run's.
    newer: Vec<String>,
    form: Form,
}

/// How often the page of a run that waits looks again, in seconds.
const EVERY: u16 = 3;

fn labels() -> Vec<(&'static str, &'static str)> {
    [("reason", "Why the roster is changed")]
        .into_iter()
        .chain(later_form::LABELS)
        .collect()
}

impl RunShow {
    async fn read(
        app: &App,
        viewer: Viewer,
        incident: Incident,
        run: Run,
        form: Form,
    ) -> Result<Self, Failure> {
        let recipe = found(rows::find(&app.db, run.recipe_id).await?, "This recipe")?;
        let counted = Counted::of(&run)?;
        let mut newer = Vec::new();
        if let Some(counted) = &counted {
            let newest = recipe::newest(app, incident.id).await?;
            for read in &counted.read {
                if newest.get(&read.name).is_some_and(|s| s.no != read.no) {
                    newer.push(read.name.clone());
                }
            }
        }
        Ok(Self {
            form: form.with_fields(&labels()),
            viewer,
            incident,
            run,
            recipe,
            counted,
            newer,
        })
    }

    fn again(&self) -> String {
        run_new::to(self.incident.id, self.recipe.version, "")
    }

    fn waiting(&self) -> Markup {
        let own = run_new::run(self.incident.id, self.run.id);
        html! {
            section.sheet aria-labelledby="waiting-h" data-poll={ (own) "/progress" } data-every=(EVERY) {
                h2 #waiting-h { "The recipe is being run" }
                (progress(&self.run))
                p { "A few million records take about a minute. You can leave the page; the run goes on." }
                div.poll-state {
                    p.small data-poll-state { "This page looks again by itself. " a href=(own) { "Look again now" } }
                    span.sr role="status" data-poll-said {}
                }
            }
        }
    }

    fn asked(&self) -> Markup {
        let r = &self.run;
        let params: std::collections::BTreeMap<String, String> =
            serde_json::from_str(&r.params).unwrap_or_default();
        html! {
            section.sheet aria-labelledby="asked-h" {
                h2 #asked-h { "What was asked" }
                dl.facts {
                    dt { "Recipe" }
                    dd { "version " (self.recipe.version) ": " (self.recipe.note) }
                    @for (name, value) in &params {
                        dt { code { ":" (name) } }
                        dd { (value) }
                    }
                    dt { "Days are days of" }
                    dd { (r.zone) }
                    dt { "Asked" }
                    dd { "by " (r.asked_by) ", " (part::when(r.asked_at, self.viewer.zone())) }
                    @if let Some(at) = r.done_at { dt { "Ended" } dd { (part::when(at, self.viewer.zone())) } }
                    @if let Some(reason) = &r.reason { dt { "Reason" } dd { (reason) } }
                }
                details {
                    summary { "The text" }
                    pre tabindex="0" role="region" aria-label="The recipe" { (self.recipe.body) }
                }
            }
        }
    }

    /// Making the result the roster.
    fn apply(&self, counted: &Counted) -> Markup {
        let f = &self.form;
        let d = counted.difference;
        html! {
            section.sheet aria-labelledby="apply-h" {
                h2 #apply-h { "Make this the roster" }
                @if d.is_nothing() && self.incident.persons > 0 {
                    p { "The roster is this already. Making it the roster once more records that the recipe gives it." }
                }
                @if d.left > 0 {
                    div.warn {
                        p { (part::count(d.left, "person leaves", "people leave")) " the roster and will not be shown \
                             the notice any more. Who was told before is owed a correction." }
                    }
                }
                (f.render(html! {
                    (f.field("reason", "Why the roster is changed")
                        .hint("It stands in the log with the revision.").area(3))
                    @if self.incident.persons > 0 { (later_form::fields(f)) }
                    div.send { button.main type="submit" { "Make this the roster" } }
                }))
                p.small { "The recipe is run again for it, over the lists as they are then." }
            }
        }
    }
}

impl Page for RunShow {
    fn title(&self) -> String {
        let version = self.recipe.version;
        if self.run.apply {
            format!("Roster from version {version} of the recipe")
        } else {
            format!("Count with version {version} of the recipe")
        }
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

    fn refresh(&self) -> Option<u16> {
        (self.run.status == Status::Waiting).then_some(EVERY)
    }

    fn aside(&self) -> Markup {
        run_outcome::badge(&self.run)
    }

    fn body(&self) -> Markup {
        let may = self.viewer.may(Action::ImportRoster) && self.incident.status == Open::Open;
        html! {
            (self.form.summary())
            @match self.run.status {
                Status::Waiting => (self.waiting()),
                Status::Failed => section.sheet {
                    p { strong { "It could not be run: " } (self.run.problem.as_deref().unwrap_or("the reason is not known.")) }
                    p { "Nothing was changed." }
                },
                Status::Done => {},
            }
            @if !self.newer.is_empty() {
                div.warn { p {
                    "There is a newer reading of " (self.newer.join(", ")) " than the one that was counted here. Count \
                     again before you decide anything."
                } }
            }
            @if let Some(counted) = &self.counted {
                (counted.result(&self.run, &self.incident))
                @if may && !self.run.apply { (self.apply(counted)) }
                (counted.steps(&self.recipe))
                (counted.links(&self.recipe))
                (counted.lists())
            }
            (self.asked())
            @if may {
                div.actions {
                    a.button href=(self.again()) { "Count again" }
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let show = |role, run: Run| {
            let viewer = Viewer::sample(role);
            let incident = sample::incident();
            let form = Form::new(&viewer, "apply", run_new::run(incident.id, run.id))
                .with("found_zone", "Europe/Vienna");
            Self {
                counted: Counted::of(&run).ok().flatten(),
                form: form.with_fields(&labels()),
                viewer,
                incident,
                run,
                recipe: sample_recipe::recipe(),
                newer: Vec::new(),
            }
        };
        let mut old = show(Role::Responder, sample_recipe::counted());
        old.newer = vec!["orders".to_owned()];
        old.form = old.form.wrong("reason", "This cannot be empty.");
        vec![
            show(Role::Responder, sample_recipe::waiting()),
            show(Role::Responder, sample_recipe::counted()),
            show(Role::Manager, sample_recipe::applied()),
            show(Role::Responder, sample_recipe::failed()),
            old,
        ]
    }
}

/// The part that keeps itself current. When the run has ended it says so, and the page is loaded anew.
fn progress(run: &Run) -> Markup {
    let over = run.status != Status::Waiting;
    html! {
        div #progress data-said=(if over { "The run has ended." } else { "The run goes on." }) data-over[over] {
            @if over {
                p { a href=(run_new::run(run.incident_id, run.id)) { "The run has ended." } }
            } @else {
                progress aria-label="Progress" {}
            }
        }
    }
}

/// Shows a run.
pub(crate) async fn show(
    State(app): State<App>,
    me: Viewer,
    At((id, run)): At<(IncidentId, RunId)>,
) -> Answer {
    let incident = load(&app, &me, id).await?;
    let run = recipe::find_run(&app, id, run).await?;
    let form =
        Form::new(&me, "apply", run_new::run(id, run.id)).with("found_zone", me.zone().name());
    let run = RunShow::read(&app, me, incident, run, form).await?;
    Ok(page(&app, &run))
}

/// Gives the part of the page that changes while the recipe is run.
pub(crate) async fn looked(
    State(app): State<App>,
    me: Viewer,
    At((id, run)): At<(IncidentId, RunId)>,
) -> Answer {
    load(&app, &me, id).await?;
    let run = recipe::find_run(&app, id, run).await?;
    let mut response = Html(progress(&run).into_string()).into_response();
    let value = HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, value);
    Ok(response)
}

/// Makes the result of a run the roster, by running the same again.
pub(crate) async fn send(
    State(app): State<App>,
    At((id, run)): At<(IncidentId, RunId)>,
    mut sent: Posted,
) -> Answer {
    require(&app, &sent.me, Action::ImportRoster)?;
    let run = recipe::find_run(&app, id, run).await?;
    let written = found(rows::find(&app.db, run.recipe_id).await?, "This recipe")?;
    let ctx = sent.ctx(&app, "apply");
    let work = async {
        let ask = Ask {
            version: Some(written.version),
            params: serde_json::from_str(&run.params).map_err(crate::error::Error::internal)?,
            zone: run.zone.clone(),
            apply: true,
            reason: sent.typed.text("reason"),
            found: later_form::read(&sent.typed)?,
        };
        recipe::ask(&ctx, id, &ask, false).await
    };
    match sent.run(work).await {
        Ok(asked) => go(&run_new::run(id, asked.id)),
        Err(stop) => {
            let incident = load(&app, &sent.me, id).await?;
            let action = run_new::run(id, run.id);
            let (status, form) = sent.again(&app, stop, Vec::new(), "apply", action)?;
            let again = RunShow::read(&app, sent.me, incident, run, form).await?;
            Ok(page_with_status(&app, status, &again))
        }
    }
}
