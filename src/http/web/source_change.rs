//! What is pressed on the page of a list: saving what its columns mean, trying it, reading it, stopping
//! that, going on, putting it aside.

use axum::extract::State;
use axum::http::StatusCode;

use super::answer::{Answer, At, go, page_with_status, require};
use super::form::{Form, Typed};
use super::people_show::after;
use super::session::Posted;
use super::source_mapping;
use super::source_part::address;
use super::source_show::{SourceShow, With, find};
use super::source_state::Press;
use crate::app::App;
use crate::domain::access::Action;
use crate::domain::scope::field::Mapping;
use crate::error::{Error, Result};
use crate::ids::{IncidentId, SourceId};
use crate::service::Ctx;
use crate::service::source::{self, How, Settings};
use crate::store::source::Source;

type Ids = At<(IncidentId, SourceId)>;

/// Another way to read the file may give other columns: then those of the form give way to them, and a
/// person looks at them before anything is read.
async fn reshaped(app: &App, s: &mut Source, typed: &mut Typed) -> Result<bool> {
    let before = How::of(s)?;
    if matches!(before, How::Query(_)) {
        return Ok(false);
    }
    let format = source_mapping::format(typed)?;
    let after = before.clone().with(Some(&format));
    if after == before {
        return Ok(false);
    }
    s.format = serde_json::to_string(&after).map_err(Error::internal)?;
    let columns = source::preview(app, s).await?.found.columns;
    let said = source_mapping::columns(typed);
    if columns == said {
        return Ok(false);
    }
    let earlier = source_mapping::mapping(typed, &mut Vec::new());
    let mut mapping = Mapping::guess(&columns, earlier.zone);
    for (column, field) in earlier.columns {
        if columns.contains(&column) && !mapping.columns.values().any(|f| *f == field) {
            mapping.columns.insert(column, field);
        }
    }
    source_mapping::set_columns(typed, &columns, &mapping);
    Ok(true)
}

/// What the form says, put into a copy of the source: for its preview, and for a dry run.
fn wanted(s: &mut Source, typed: &Typed) -> Result<Settings> {
    let mut wrong = Vec::new();
    let mapping = source_mapping::mapping(typed, &mut wrong);
    s.mapping = serde_json::to_string(&mapping).map_err(Error::internal)?;
    let about = source_mapping::about(typed);
    s.name.clone_from(&about.name);
    s.system.clone_from(&about.system);
    s.in_system = about.in_system;
    s.site_id = Some(about.site.clone()).filter(|site| !site.is_empty());
    let format = match How::of(s)? {
        How::File(_) => Some(source_mapping::format(typed)?),
        How::Query(_) => None,
    };
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    Ok(Settings {
        about,
        format,
        mapping,
    })
}

/// What came of a form that was sent.
enum Came {
    /// The page again, with what a dry run found.
    Tried(source::Trial),
    /// Where to go.
    To(String),
}

async fn carry_out(
    ctx: &Ctx<'_>,
    (id, source): (IncidentId, SourceId),
    altered: &Source,
    settings: Result<Settings>,
    reshaped: bool,
    word: &str,
) -> Result<Came> {
    let settings = settings?;
    if word == "try" && !reshaped {
        return Ok(Came::Tried(source::trial(ctx.app, altered).await?));
    }
    let s = source::set(ctx, id, source, &settings).await?;
    if reshaped {
        return Ok(Came::To(format!("{}?done=source-reshaped", address(&s))));
    }
    if word == "read" {
        let s = source::begin(ctx, id, source, false).await?;
        return Ok(Came::To(address(&s)));
    }
    Ok(Came::To(format!("{}?done=source-saved", address(&s))))
}

/// Saves, tries or begins, as the pressed button says.
pub(crate) async fn send(State(app): State<App>, At(ids): Ids, mut sent: Posted) -> Answer {
    require(&app, &sent.me, Action::ImportRoster)?;
    let (incident, mut s) = find(&app, &sent.me, ids).await?;
    let word = sent.typed.get("do").to_owned();
    if word == "read" && s.status.under_way() {
        // Pressed twice.
        return go(&address(&s));
    }
    let (settings, new) = match reshaped(&app, &mut s, &mut sent.typed).await {
        Ok(new) => (wanted(&mut s, &sent.typed), new),
        Err(Error::Invalid(wrong)) => (Err(Error::Invalid(wrong)), false),
        Err(other) => return Err(other.into()),
    };
    let ctx = Ctx::new(&app, sent.me.actor.clone());
    let work = sent.run(carry_out(&ctx, ids, &s, settings, new, &word));
    let (status, with) = match work.await {
        Ok(Came::To(address)) => return go(&address),
        Ok(Came::Tried(trial)) => {
            let mut form = Form::new(&sent.me, "list", address(&s));
            form.typed = sent.typed.clone();
            let with = With {
                form: Some(form),
                trial: Some(trial),
                ..With::default()
            };
            (StatusCode::OK, with)
        }
        Err(stop) => {
            let (status, mut form) = sent.again(&app, stop, Vec::new(), "list", address(&s))?;
            form.errors = source_mapping::placed(&form.typed, form.errors);
            let with = With {
                form: Some(form),
                ..With::default()
            };
            (status, with)
        }
    };
    let shown = SourceShow::read(&app, sent.me, incident, s, with).await?;
    Ok(page_with_status(&app, status, &shown))
}

async fn press(app: &App, ids: (IncidentId, SourceId), mut sent: Posted, what: Press) -> Answer {
    require(app, &sent.me, Action::ImportRoster)?;
    let (incident, s) = find(app, &sent.me, ids).await?;
    let ctx = Ctx::new(app, sent.me.actor.clone());
    let (id, source) = ids;
    let own = address(&s);
    let work = async {
        Ok(match what {
            Press::Stop => {
                source::stop(&ctx, id, source).await?;
                format!("{own}?done=source-stopped")
            }
            Press::GoOn => {
                source::begin(&ctx, id, source, false).await?;
                own.clone()
            }
            Press::Aside => {
                source::discard(&ctx, id, source).await?;
                after(id, "source-aside")
            }
        })
    };
    match sent.run(work).await {
        Ok(to) => go(&to),
        Err(stop) => {
            let action = format!("{own}/{}", what.id());
            let (status, form) = sent.again(app, stop, Vec::new(), "pressed", action)?;
            let with = With {
                pressed: Some(form),
                ..With::default()
            };
            let shown = SourceShow::read(app, sent.me, incident, s, with).await?;
            Ok(page_with_status(app, status, &shown))
        }
    }
}

/// Stops the reading.
pub(crate) async fn stop(State(app): State<App>, At(ids): Ids, sent: Posted) -> Answer {
    press(&app, ids, sent, Press::Stop).await
}

/// Goes on where it was left.
pub(crate) async fn go_on(State(app): State<App>, At(ids): Ids, sent: Posted) -> Answer {
    press(&app, ids, sent, Press::GoOn).await
}

/// Puts the list aside.
pub(crate) async fn aside(State(app): State<App>, At(ids): Ids, sent: Posted) -> Answer {
    press(&app, ids, sent, Press::Aside).await
}
