//! Counting what a version of the recipe gives: the values it asks for, and the zone of its days.

use std::collections::BTreeMap;

use axum::extract::State;
use maud::{Markup, html};
use serde::Deserialize;

use super::answer::{Answer, Asked, At, Failure, found, go, page, page_with_status, require};
use super::form::{Form, Typed};
use super::incident_show::load;
use super::layout::{Page, Viewer};
use super::recipe_says::says;
use super::session::Posted;
use super::source_part::trail;
use super::{part, recipe_edit, sample, sample_recipe};
use crate::app::App;
use crate::domain::access::{Action, Role};
use crate::domain::scope::field::Field;
use crate::domain::scope::recipe::{Condition, Recipe as Parsed, Written, parse};
use crate::error::{Error, FieldError};
use crate::ids::{IncidentId, RunId};
use crate::service::recipe::{self, Ask};
use crate::store::incident::{Incident, Status};
use crate::store::recipe::{self as rows, Recipe};

/// The page.
#[derive(Debug)]
pub(crate) struct RunNew {
    viewer: Viewer,
    incident: Incident,
    recipe: Recipe,
    parsed: Parsed,
    form: Form,
    done: String,
}

/// The address of the page.
fn here(id: IncidentId) -> String {
    format!("/incidents/{id}/runs/new")
}

/// The address of the page for one version, with what was just done.
pub(crate) fn to(id: IncidentId, version: i64, done: &str) -> String {
    let done = if done.is_empty() {
        String::new()
    } else {
        format!("&done={done}")
    };
    format!("{}?version={version}{done}", here(id))
}

/// The address of a run.
pub(crate) fn run(id: IncidentId, run: RunId) -> String {
    format!("/incidents/{id}/runs/{run}")
}

/// What a parameter is compared with says what it looks like.
fn hint(parsed: &Parsed, name: &str) -> &'static str {
    let mut asked = Vec::new();
    for (_, leaf) in parsed.leaves() {
        for (_, condition) in leaf.conditions() {
            condition.each(&mut |c| {
                if let Condition::Test(test) = c {
                    let values = test.values();
                    let has = |v: &&crate::domain::scope::recipe::Value| matches!(&v.written, Written::Param(p) if p == name);
                    if values.iter().any(has) {
                        asked.push(test.field.clone());
                    }
                }
            });
        }
    }
    match asked.first() {
        Some(Field::Since | Field::Until | Field::At) => {
            "A day, such as 2026-10-01, or an instant, such as 2026-10-01T12:30:00+02:00."
        }
        Some(Field::Country) => "Two letters, such as AT.",
        Some(Field::BirthYear) => "A year, such as 2013.",
        _ => "",
    }
}

/// The form's field of a parameter.
fn field(param: &str) -> String {
    format!("param.{param}")
}

/// The values of parameters that a form holds.
pub(crate) fn params(typed: &Typed) -> BTreeMap<String, String> {
    typed
        .0
        .iter()
        .filter_map(|(name, value)| {
            let name = name.strip_prefix("param.")?;
            let value = value.trim();
            (!value.is_empty()).then(|| (name.to_owned(), value.to_owned()))
        })
        .collect()
}

/// Sentences about a parameter stand at its field; they come with the place in the text, which is of
/// no use there.
pub(crate) fn at_params(error: Error, parsed: &Parsed) -> Error {
    let Error::Invalid(all) = error else {
        return error;
    };
    let mut seen: Vec<FieldError> = Vec::new();
    for mut one in all {
        let about = |name: &&str| {
            let words = format!("The parameter :{name}");
            one.reason.split_once(": ").is_some_and(|(_, rest)| {
                rest.strip_prefix(&words)
                    .is_some_and(|r| r.starts_with([' ', ':']))
            })
        };
        let param = parsed.params().into_iter().find(|name| about(name));
        if let Some(param) = param.filter(|_| one.field == "body") {
            one.field = field(param);
            if let Some((_, rest)) = one.reason.split_once(": ") {
                one.reason = rest.to_owned();
            }
        }
        if !seen.contains(&one) {
            seen.push(one);
        }
    }
    Error::Invalid(seen)
}

impl RunNew {
    fn new(viewer: Viewer, incident: Incident, recipe: Recipe, form: Form, done: String) -> Self {
        let parsed = parse(&recipe.body).unwrap_or_default();
        let names: Vec<(String, String)> = parsed
            .params()
            .iter()
            .map(|p| (field(p), format!(":{p}")))
            .collect();
        let labels: Vec<(&str, &str)> = names
            .iter()
            .map(|(name, label)| (name.as_str(), label.as_str()))
            .chain([("zone", "Time zone")])
            .collect();
        Self {
            form: form.with_fields(&labels),
            viewer,
            incident,
            recipe,
            parsed,
            done,
        }
    }
}

impl Page for RunNew {
    fn title(&self) -> String {
        format!("Count with version {} of the recipe", self.recipe.version)
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
        let params = self.parsed.params();
        html! {
            (part::done(&self.done))
            (f.summary())
            div.columns {
                @if self.incident.status == Status::Open {
                    (f.render(html! {
                        div.sheet {
                            @for name in &params {
                                @let own = field(name);
                                @let label = format!(":{name}");
                                (f.field(&own, &label).hint(hint(&self.parsed, name)).input("text"))
                            }
                            (f.zone("zone", "Time zone"))
                            p.small { "Counting changes nothing. The roster changes only when you make the result the \
                                       roster, on the next page." }
                            div.send { button.main type="submit" { "Count" } }
                        }
                    }))
                } @else {
                    p { "The incident is closed, so nothing can be counted for it." }
                }
                section.sheet aria-labelledby="says-h" {
                    div.section-head {
                        h2 #says-h { "What it says" }
                        a.button.quiet href={
                            (recipe_edit::here(self.incident.id)) "?version=" (self.recipe.version)
                        } { "Write another version" }
                    }
                    (says(&self.parsed))
                    details {
                        summary { "The text" }
                        pre tabindex="0" role="region" aria-label="The recipe" { (self.recipe.body) }
                    }
                    p.small {
                        "By " (self.recipe.written_by) ", " (part::when(self.recipe.written_at, self.viewer.zone()))
                        ": " (self.recipe.note)
                    }
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let show = |wrong: bool, done: &str| {
            let viewer = Viewer::sample(Role::Responder);
            let incident = sample::incident();
            let recipe = sample_recipe::recipe();
            let mut form = Form::new(&viewer, "count", here(incident.id))
                .with("version", recipe.version.to_string())
                .with("zone", "Europe/Vienna")
                .with("param.from", "2026-11-02");
            if wrong {
                form = form.wrong(
                    "param.to",
                    "The parameter :to has no value. Give it one for this run.",
                );
            }
            Self::new(viewer, incident, recipe, form, done.to_owned())
        };
        vec![show(false, "recipe"), show(true, "")]
    }
}

/// Which version is counted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Query {
    version: Option<i64>,
    done: String,
}

/// One version; none: the newest.
async fn version(app: &App, id: IncidentId, version: Option<i64>) -> Result<Recipe, Failure> {
    let versions = rows::list(&app.db, id).await?;
    let one = versions
        .into_iter()
        .find(|r| version.is_none_or(|v| v == r.version));
    found(one, "This version of the recipe")
}

/// Shows the form, with the values of the run before.
pub(crate) async fn show(
    State(app): State<App>,
    me: Viewer,
    At(id): At<IncidentId>,
    Asked(query): Asked<Query>,
) -> Answer {
    require(&app, &me, Action::ImportRoster)?;
    let incident = load(&app, &me, id).await?;
    let recipe = version(&app, id, query.version).await?;
    let before = rows::runs(&app.db, id).await?.into_iter().next();
    let values: BTreeMap<String, String> = before
        .as_ref()
        .and_then(|run| serde_json::from_str(&run.params).ok())
        .unwrap_or_default();
    let zone = before.map_or_else(|| me.zone().name().to_owned(), |run| run.zone);
    let mut form = Form::new(&me, "count", here(id))
        .with("version", recipe.version.to_string())
        .with("zone", zone);
    for (name, value) in values {
        form = form.with(&field(&name), value);
    }
    let shown = RunNew::new(me, incident, recipe, form, query.done);
    Ok(page(&app, &shown))
}

/// Asks for a run that only counts.
pub(crate) async fn send(
    State(app): State<App>,
    At(id): At<IncidentId>,
    mut sent: Posted,
) -> Answer {
    require(&app, &sent.me, Action::ImportRoster)?;
    let recipe = version(&app, id, sent.typed.number("version")).await?;
    let parsed = parse(&recipe.body).unwrap_or_default();
    let ctx = sent.ctx(&app, "count");
    let work = async {
        let ask = Ask {
            version: Some(recipe.version),
            params: params(&sent.typed),
            zone: sent.typed.text("zone"),
            ..Ask::default()
        };
        let asked = recipe::ask(&ctx, id, &ask, false).await;
        asked.map_err(|e| at_params(e, &parsed))
    };
    match sent.run(work).await {
        Ok(asked) => go(&run(id, asked.id)),
        Err(stop) => {
            let incident = load(&app, &sent.me, id).await?;
            sent.typed.set("version", recipe.version.to_string());
            let (status, form) = sent.again(&app, stop, Vec::new(), "count", here(id))?;
            let shown = RunNew::new(sent.me, incident, recipe, form, String::new());
            Ok(page_with_status(&app, status, &shown))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_about_a_parameter_stands_at_its_field() {
        let parsed = parse("affected = a where since < :to and not until < :top").unwrap();
        let error = Error::Invalid(vec![
            FieldError {
                field: "body".to_owned(),
                reason: "Line 1, character 28: The parameter :to has no value. Give it one for this run."
                    .to_owned(),
            },
            FieldError {
                field: "body".to_owned(),
                reason: "Line 1, character 48: The parameter :top: \"x\" is not a time.".to_owned(),
            },
        ]);
        let Error::Invalid(all) = at_params(error, &parsed) else {
            panic!("another error")
        };
        let fields: Vec<&str> = all.iter().map(|e| e.field.as_str()).collect();
        assert_eq!(fields, ["param.to", "param.top"]);
        assert_eq!(
            all[0].reason,
            "The parameter :to has no value. Give it one for this run."
        );
        assert!(hint(&parsed, "to").starts_with("A day"));
    }
}
