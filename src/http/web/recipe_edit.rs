//! Writing the recipe: the text, what it says in sentences, what is wrong in it, and a form that adds a
//! line to it. Only "Save" keeps anything.

use axum::extract::State;
use axum::http::StatusCode;
use maud::{Markup, html};
use serde::Deserialize;

use super::answer::{Answer, Asked, At, go, page, page_with_status, require};
use super::form::{Form, Typed};
use super::incident_show::load;
use super::layout::{Page, Viewer};
use super::recipe_help::{Usable, grammar, lists};
use super::recipe_line::{self, COMPARISONS};
use super::recipe_says::{places, says};
use super::session::Posted;
use super::source_part::trail;
use super::{run_new, sample, sample_recipe};
use crate::app::App;
use crate::domain::access::{Action, Role};
use crate::domain::scope::field::Field;
use crate::domain::scope::identifier::Kind;
use crate::domain::scope::recipe::{Mistake, Recipe as Parsed};
use crate::error::{FieldError, Result};
use crate::ids::IncidentId;
use crate::service::recipe::{self, Draft};
use crate::store::incident::{Incident, Status};
use crate::store::recipe as rows;

/// The page.
#[derive(Debug)]
pub(crate) struct RecipeEdit {
    viewer: Viewer,
    incident: Incident,
    usable: Vec<Usable>,
    /// The version that would be saved.
    next: i64,
    form: Form,
    /// The text, when it can be read.
    says: Option<Parsed>,
    mistakes: Vec<Mistake>,
    /// The line that was just added.
    added: Option<String>,
}

/// The address of the page.
pub(crate) fn here(id: IncidentId) -> String {
    format!("/incidents/{id}/recipe")
}

fn labels() -> Vec<(&'static str, &'static str)> {
    let own = [("body", "Recipe"), ("note", "Why this version")];
    own.into_iter()
        .chain(recipe_line::STEP)
        .chain(recipe_line::LINK)
        .collect()
}

impl RecipeEdit {
    /// Reads what stands in the form; an empty one is only looked at when `checked`.
    async fn read(
        app: &App,
        viewer: Viewer,
        incident: Incident,
        mut form: Form,
        checked: bool,
    ) -> Result<Self> {
        let id = incident.id;
        let newest = rows::list(&app.db, id).await?.into_iter().next();
        let usable = recipe::newest(app, id).await?;
        let body = form.typed.text("body");
        let (mut says, mut mistakes) = (None, Vec::new());
        if checked || !body.trim().is_empty() {
            match recipe::read(app, id, &body).await? {
                Ok(parsed) => says = Some(parsed),
                Err(found) => mistakes = found,
            }
        }
        let said = form.errors.iter().any(|e| e.field == "body");
        if !said {
            form.errors.extend(mistakes.iter().map(|m| FieldError {
                field: "body".to_owned(),
                reason: m.to_string(),
            }));
        }
        Ok(Self {
            usable: usable.values().map(Usable::of).collect(),
            next: newest.map_or(1, |r| r.version + 1),
            form: form.with_fields(&labels()),
            viewer,
            incident,
            says,
            mistakes,
            added: None,
        })
    }

    /// Lists and steps to take people from: value and words.
    fn sets(&self, none: &str) -> Vec<(String, String)> {
        let first = std::iter::once((String::new(), none.to_owned()));
        let lists = self.usable.iter().map(|u| {
            let words = format!("{} (list)", u.name);
            (u.name.clone(), words)
        });
        let steps = recipe_line::steps(self.form.typed.get("body"));
        let steps = steps.into_iter().map(|name| {
            let words = format!("{name} (step)");
            (name, words)
        });
        first.chain(lists).chain(steps).collect()
    }

    /// Fields that conditions may name: value and words.
    fn fields(&self) -> Vec<(String, String)> {
        let mut all: Vec<Field> = if self.usable.is_empty() {
            Field::all()
        } else {
            let fields = self.usable.iter().flat_map(|u| u.fields.iter().cloned());
            fields.collect()
        };
        all.retain(|field| !matches!(field, Field::Id(_)));
        all.sort();
        all.dedup();
        let every = std::iter::once((String::new(), "– every record counts –".to_owned()));
        every
            .chain(all.iter().map(|f| (f.to_string(), f.words())))
            .collect()
    }

    fn build(&self) -> Markup {
        let f = &self.form;
        let texts = |all: &[(&str, &str)]| -> Vec<(String, String)> {
            let own = |(a, b): &(&str, &str)| ((*a).to_owned(), (*b).to_owned());
            all.iter().map(own).collect()
        };
        let ops = texts(&[
            ("", "– nothing –"),
            ("union", "union: in one or the other"),
            ("intersect", "intersect: in both"),
            ("except", "except: not in the second"),
        ]);
        let asked = recipe_line::STEP.iter().chain(&recipe_line::LINK);
        let open = asked
            .clone()
            .any(|(name, _)| !f.typed.get(name).is_empty() && *name != "step_sign")
            || f.errors
                .iter()
                .any(|e| asked.clone().any(|(name, _)| *name == e.field));
        let empty = f.typed.get("body").trim().is_empty();
        let kinds: Vec<_> = Kind::ALL
            .iter()
            .filter(|kind| **kind != Kind::Account)
            .map(|kind| {
                (
                    kind.name().to_owned(),
                    kind.words().to_owned(),
                    String::new(),
                )
            })
            .collect();
        html! {
            details.build open[open || empty || self.added.is_some()] {
                summary { "Add a line without writing it" }
                fieldset.sheet {
                    legend { "A step" }
                    div.pair {
                        (f.field("step_name", "Name of the step")
                            .hint("A word; affected for the result.").input("text"))
                        (f.field("step_first", "People of").select(&self.sets("– choose –")))
                    }
                    div.pair {
                        (f.field("step_field", "Only records whose").optional().select(&self.fields()))
                        (f.field("step_sign", "Comparison").optional().select(&texts(&COMPARISONS)))
                        (f.field("step_value", "Value").optional()
                            .hint("Such as 2026-10-01, AT, or :from to ask for it in each run.").input("text"))
                    }
                    div.options {
                        (f.field("step_not", "The other way round")
                            .hint("Records for which that does not hold, or which have no value.").flag())
                        (f.field("step_kept", "Only what retention kept")
                            .hint("What still existed when the exposure began.").flag())
                    }
                    div.pair {
                        (f.field("step_op", "Combined with").optional().select(&ops))
                        (f.field("step_second", "People of, too").optional().select(&self.sets("– nothing –")))
                    }
                    button type="submit" name="do" value="step" { "Add step" }
                }
                fieldset.sheet {
                    legend { "A link" }
                    p.small { "Several identifiers in one record of this list are one person's." }
                    (f.field("link_source", "Records of").select(
                        &self.sets("– choose –").into_iter()
                            .filter(|(name, _)| name.is_empty() || self.usable.iter().any(|u| u.name == *name))
                            .collect::<Vec<_>>()
                    ))
                    (f.field("link_by", "Join people by").checks(&kinds))
                    button type="submit" name="do" value="link" { "Add link" }
                }
            }
        }
    }
}

impl Page for RecipeEdit {
    fn title(&self) -> String {
        "Recipe".to_owned()
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

    fn body(&self) -> Markup {
        let f = &self.form;
        let open = self.incident.status == Status::Open;
        html! {
            (f.summary())
            @if let Some(line) = &self.added {
                p.done role="status" { "Added to the text, and not saved yet: " code { (line) } }
            }
            p.lead { "A recipe says how the affected people follow from the lists. Everybody can read it again, and \
                      the same lists give the same people." }
            div.columns {
                (f.render(html! {
                    div.sheet {
                        (f.field("body", "Recipe").source().area(12))
                        @if !self.mistakes.is_empty() { (places(&f.typed.text("body"), &self.mistakes)) }
                        @if let Some(recipe) = &self.says {
                            h2 { "What it says" }
                            (says(recipe))
                            @let params = recipe.params();
                            @if !params.is_empty() {
                                p { "Each run is given " @for (n, name) in params.iter().enumerate() {
                                    @if n > 0 { ", " } code { ":" (name) }
                                } "." }
                            }
                        }
                        div.send { button type="submit" name="do" value="check" { "Check" } }
                        hr;
                        @if open {
                            (f.field("note", "Why this version")
                                .hint("It stays with the version, for whoever reads it later.").area(2))
                            div.send {
                                button.main type="submit" name="do" value="save" {
                                    "Save as version " (self.next)
                                }
                            }
                        } @else {
                            p { "The incident is closed, so nothing can be saved." }
                        }
                    }
                    (self.build())
                }))
                div {
                    (lists(&self.usable))
                    section.sheet { (grammar()) }
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let show = |body: &str, usable: Vec<Usable>| {
            let viewer = Viewer::sample(Role::Responder);
            let incident = sample::incident();
            let form = Form::new(&viewer, "recipe", here(incident.id)).with("body", body);
            let read = crate::domain::scope::recipe::parse(body);
            Self {
                form: form.with_fields(&labels()),
                viewer,
                incident,
                usable,
                next: 3,
                says: read.ok(),
                mistakes: Vec::new(),
                added: None,
            }
        };
        let mut new = show("", sample_recipe::usable());
        new.next = 1;
        new.says = None;
        let wrong_text = "buyers = orders wher at > 2026-10-01\naffected = buyers minus staff\n";
        let mut wrong = show(wrong_text, sample_recipe::usable());
        wrong.mistakes = crate::domain::scope::recipe::parse(wrong_text)
            .err()
            .unwrap_or_default();
        wrong.form = wrong
            .mistakes
            .iter()
            .fold(wrong.form, |form, m| form.wrong("body", &m.to_string()))
            .wrong("note", "This cannot be empty.");
        let mut added = show(sample_recipe::BODY, sample_recipe::usable());
        added.added = Some("staff_only = staff where role = employee".to_owned());
        vec![
            new,
            show(sample_recipe::BODY, sample_recipe::usable()),
            wrong,
            added,
            show("", Vec::new()),
        ]
    }
}

/// The version to begin with.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Query {
    version: Option<i64>,
}

/// Shows the newest version, or another one to begin with.
pub(crate) async fn show(
    State(app): State<App>,
    me: Viewer,
    At(id): At<IncidentId>,
    Asked(query): Asked<Query>,
) -> Answer {
    require(&app, &me, Action::ImportRoster)?;
    let incident = load(&app, &me, id).await?;
    let versions = rows::list(&app.db, id).await?;
    let begin = match query.version {
        Some(version) => versions.iter().find(|r| r.version == version),
        None => versions.first(),
    };
    let body = begin.map(|r| r.body.clone());
    let form = Form::new(&me, "recipe", here(id)).with_some("body", body);
    let shown = RecipeEdit::read(&app, me, incident, form, false).await?;
    Ok(page(&app, &shown))
}

/// Adds the line that the form's builder says to the text.
fn add(typed: &mut Typed) -> Result<Option<String>, Vec<FieldError>> {
    let body = typed.text("body");
    let (line, body, fields) = match typed.get("do") {
        "step" => {
            let line = recipe_line::step(typed)?;
            let body = recipe_line::with_step(&body, &line);
            (line, body, recipe_line::STEP.as_slice())
        }
        "link" => {
            let line = recipe_line::link(typed)?;
            let body = recipe_line::with_link(&body, &line);
            (line, body, recipe_line::LINK.as_slice())
        }
        _ => return Ok(None),
    };
    typed.set("body", body);
    recipe_line::clear(typed, fields);
    Ok(Some(line))
}

/// Checks the text, adds a line to it, or saves it.
pub(crate) async fn send(
    State(app): State<App>,
    At(id): At<IncidentId>,
    mut sent: Posted,
) -> Answer {
    require(&app, &sent.me, Action::ImportRoster)?;
    let incident = load(&app, &sent.me, id).await?;
    let ctx = sent.ctx(&app, "recipe");
    let work = async {
        if sent.typed.get("do") != "save" {
            return Ok(None);
        }
        let draft = Draft {
            body: sent.typed.text("body"),
            note: sent.typed.text("note"),
        };
        recipe::save(&ctx, id, &draft).await.map(Some)
    };
    match sent.run(work).await {
        Ok(Some(saved)) => go(&run_new::to(id, saved.version, "recipe")),
        Ok(None) => {
            let added = add(&mut sent.typed);
            let mut form = Form::new(&sent.me, "recipe", here(id));
            form.typed = sent.typed.clone();
            let (status, line) = match added {
                Ok(line) => (StatusCode::OK, line),
                Err(wrong) => {
                    form.errors = wrong;
                    (StatusCode::UNPROCESSABLE_ENTITY, None)
                }
            };
            let checked = sent.typed.get("do") == "check";
            let mut shown = RecipeEdit::read(&app, sent.me, incident, form, checked).await?;
            shown.added = line;
            Ok(page_with_status(&app, status, &shown))
        }
        Err(stop) => {
            let (status, form) = sent.again(&app, stop, Vec::new(), "recipe", here(id))?;
            let shown = RecipeEdit::read(&app, sent.me, incident, form, false).await?;
            Ok(page_with_status(&app, status, &shown))
        }
    }
}
