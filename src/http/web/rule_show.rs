//! One rule: what it says and where it comes from, and a form to try it with facts that nobody
//! recorded. A link holds the trial; nothing is written.

use axum::extract::State;
use axum::http::StatusCode;
use maud::{Markup, html};

use super::answer::{Answer, Asked, At, page_with_status, require};
use super::form::Typed;
use super::layout::{Page, Section, Viewer};
use super::rule_law::Law;
use super::rule_list::Stand;
use super::rule_trial::Tried;
use super::{part, sample, words};
use crate::app::App;
use crate::catalog::Catalog;
use crate::domain::access::{Action, Role};
use crate::domain::calendar::Calendars;
use crate::domain::regime::{Regime, RegimeSpec};
use crate::error::Error;
use crate::service::calendar_override;

/// The page.
#[derive(Debug)]
pub(crate) struct RuleShow {
    viewer: Viewer,
    law: Law,
    tried: Tried,
}

impl RuleShow {
    /// The page of a rule with these versions, in the order of their first days.
    fn new(
        viewer: Viewer,
        (catalog, calendars): (&Catalog, &Calendars),
        versions: &[Regime],
        typed: Typed,
    ) -> Option<Self> {
        let all = (catalog, calendars);
        let tried = Tried::new(&viewer, all, versions, versions.last()?, typed);
        Some(Self {
            law: Law::of(catalog, &tried.rule, versions),
            tried,
            viewer,
        })
    }
}

impl Page for RuleShow {
    fn title(&self) -> String {
        self.tried.rule.name.clone()
    }

    fn viewer(&self) -> Option<&Viewer> {
        Some(&self.viewer)
    }

    fn section(&self) -> Section {
        Section::Rules
    }

    fn trail(&self) -> Vec<(String, String)> {
        vec![("/rules".to_owned(), "Rules".to_owned())]
    }

    fn aside(&self) -> Markup {
        let rule = &self.tried.rule;
        html! {
            div.actions {
                (Stand::of(rule, self.viewer.now.date_naive()).badge())
                @if rule.verified { (part::badge("open", "Verified")) }
                @else { (part::badge("soon", "Not verified")) }
            }
        }
    }

    fn body(&self) -> Markup {
        let rule = &self.tried.rule;
        html! {
            p.lead {
                (words::told(rule)) ": "
                @if rule.period.is_some() { strong { (rule.how_long()) } }
                @else { "“" (rule.how_long()) "”, without a number," }
                " from “" (words::fact(rule.anchor)) "”."
            }
            div.columns {
                div {
                    (self.tried.fields(&self.viewer))
                    (self.tried.result(&self.viewer))
                }
                div { (self.law.show()) }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let catalog = sample::catalog();
        let show = |versions: &[Regime], query: &str| {
            let typed = Typed(serde_urlencoded::from_str(query).unwrap_or_default());
            let all = (catalog, catalog.calendars());
            Self::new(Viewer::sample(Role::Responder), all, versions, typed)
        };
        let promise = catalog.versions("policy_promise_7bd");
        let gdpr = catalog.versions("eu_gdpr_33_1");
        let vienna = "zone=Europe/Vienna&aware=2026-11-23T10:00";
        let other = |change: fn(&mut RegimeSpec)| -> Vec<Regime> {
            let with = |rule: &Regime| {
                let mut spec = RegimeSpec::clone(rule);
                change(&mut spec);
                Regime::new(spec)
            };
            gdpr.iter().map(with).collect()
        };
        let state = other(sample::state_rule);
        let no_number = other(sample::rule_without_number);
        let year = other(sample::rule_of_a_year);
        [
            show(
                promise,
                &format!("{vienna}&floors=yes&occurred=2026-11-02T08:00"),
            ),
            show(gdpr, "zone=Europe/Vienna&aware=2026-12-24T15:17"),
            show(gdpr, ""),
            show(&state, "zone=America/Denver&determined=2026-11-23T10:00"),
            show(&no_number, vienna),
            show(&year, &format!("{vienna}&occurred=")),
            show(
                promise,
                "zone=Europe/Wien&aware=last+Monday&occurred=2026-11-24T08:00&controller=LLC",
            ),
            show(
                promise,
                "zone=Europe/Vienna&aware=2026-10-25T02:30&occurred=2026-03-29T02:30",
            ),
            show(promise, "zone=Europe/Vienna&aware="),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// Shows the page.
pub(crate) async fn show(
    State(app): State<App>,
    me: Viewer,
    At(id): At<String>,
    Asked(query): Asked<Vec<(String, String)>>,
) -> Answer {
    require(&app, &me, Action::ViewIncidents)?;
    let versions = app.catalog.versions(&id);
    let calendars = calendar_override::current(&app).await?;
    let shown = RuleShow::new(me, (&app.catalog, &calendars), versions, Typed(query));
    let shown = shown.ok_or(Error::NotFound("This rule"))?;
    let status = if shown.tried.form.errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    Ok(page_with_status(&app, status, &shown))
}
