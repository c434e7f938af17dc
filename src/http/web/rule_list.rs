//! Every rule that the playbooks have: grouped by where it comes from, and narrowed by a form.

use std::collections::BTreeMap;

use axum::extract::State;
use chrono::NaiveDate;
use maud::{Markup, html};

use super::answer::{Answer, Asked, page, require};
use super::form::{Form, Typed};
use super::layout::{Page, Section, Viewer};
use super::rule_law::can_concern;
use super::{part, place, sample, words};
use crate::app::App;
use crate::catalog::Catalog;
use crate::domain::access::{Action, Role};
use crate::domain::fact::FactKind;
use crate::domain::regime::{Confidence, Recipient, Regime, Status};
use crate::error::FieldError;

/// Where a rule comes from: id, heading.
const GROUPS: [(&str, &str); 7] = [
    ("promise", "The promise to the users"),
    ("eu", "European Union"),
    ("national", "Countries of the European Economic Area"),
    ("us", "United States, federal"),
    ("states", "States of the United States"),
    ("world", "Rest of the world"),
    ("contract", "Contracts"),
];

/// The group of a rule, an id of [`GROUPS`].
pub(super) fn group(rule: &Regime) -> &'static str {
    let first = rule.jurisdiction.first().map_or("", String::as_str);
    if rule.met_by_notice() {
        return "promise";
    }
    match first {
        "EU" | "EEA" => "eu",
        "US" => "us",
        "contract" => "contract",
        code if code.starts_with("US-") => "states",
        code if place::in_eea(code) => "national",
        _ => "world",
    }
}

/// How a rule stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stand {
    /// It is law and switched on.
    InForce,
    /// It is a proposal.
    Preview,
    /// The operator has switched it off.
    Off,
    /// It begins later.
    NotYet(NaiveDate),
    /// It has ended.
    NoMore(NaiveDate),
}

impl Stand {
    /// How `rule` stands on `today`.
    pub fn of(rule: &Regime, today: NaiveDate) -> Self {
        let effective = rule.effective;
        match (rule.status, effective.from, effective.until) {
            (Status::Proposal, ..) => Self::Preview,
            (_, Some(from), _) if today < from => Self::NotYet(from),
            (_, _, Some(until)) if today > until => Self::NoMore(until),
            _ if !rule.enabled => Self::Off,
            _ => Self::InForce,
        }
    }

    /// The word for it.
    pub fn badge(self) -> Markup {
        match self {
            Self::InForce => part::badge("ok", "In force"),
            Self::Preview => part::badge("unknown", "Proposal"),
            Self::Off => part::badge("none", "Switched off"),
            Self::NotYet(from) => {
                part::badge("soon", &format!("Law from {}", from.format("%-d %b %Y")))
            }
            Self::NoMore(until) => {
                part::badge("none", &format!("Law until {}", until.format("%-d %b %Y")))
            }
        }
    }
}

/// One rule in the list.
#[derive(Debug)]
struct Row {
    id: String,
    name: String,
    place: String,
    codes: Vec<String>,
    group: &'static str,
    citation: String,
    recipient: Recipient,
    told: String,
    how_long: String,
    numbered: bool,
    anchor: FactKind,
    stand: Stand,
    confidence: Confidence,
    verified: bool,
    versions: usize,
    /// Whether it can concern the operator, by its profile.
    concerns: bool,
}

impl Row {
    fn of(catalog: &Catalog, rule: &Regime, today: NaiveDate) -> Self {
        let places = rule
            .jurisdiction
            .iter()
            .map(|code| place::name(code, catalog.questions()));
        Self {
            id: rule.id.clone(),
            name: rule.name.clone(),
            place: places.collect::<Vec<_>>().join(", "),
            codes: rule.jurisdiction.clone(),
            group: group(rule),
            citation: rule.citation.clone(),
            recipient: rule.recipient,
            told: words::told(rule),
            how_long: rule.how_long(),
            numbered: rule.period.is_some(),
            anchor: rule.anchor,
            stand: Stand::of(rule, today),
            confidence: rule.confidence,
            verified: rule.verified,
            versions: catalog.versions(&rule.id).len(),
            concerns: can_concern(catalog, rule),
        }
    }

    fn has(&self, text: &str) -> bool {
        let all = [
            &self.id,
            &self.name,
            &self.place,
            &self.citation,
            &self.told,
            &self.how_long,
        ];
        text.split_whitespace()
            .map(str::to_lowercase)
            .all(|word| all.iter().any(|one| one.to_lowercase().contains(&word)))
    }
}

/// The page.
#[derive(Debug)]
pub(crate) struct RuleList {
    viewer: Viewer,
    form: Form,
    rows: Vec<Row>,
    all: usize,
    /// What the jurisdiction can be chosen from: value and words.
    places: Vec<(String, String)>,
}

impl RuleList {
    fn new(viewer: Viewer, catalog: &Catalog, typed: Typed) -> Self {
        let today = viewer.now.date_naive();
        // The version that is law today, where one is.
        let rules: Vec<&Regime> = catalog
            .regimes()
            .map(|newest| {
                let versions = catalog.versions(&newest.id);
                let now = versions.iter().find(|one| one.effective.covers(today));
                now.unwrap_or(newest)
            })
            .collect();
        let mut rows: Vec<Row> = rules
            .iter()
            .map(|rule| Row::of(catalog, rule, today))
            .collect();
        let places = places(&rows, catalog);
        let all = rows.len();
        let mut form = Form::asking(&viewer, "rules", "/rules").with_fields(&[]);
        let recipient = typed.get("told");
        let chosen = words::RECIPIENTS
            .into_iter()
            .find(|one| one.as_str() == recipient);
        if chosen.is_some() {
            rows.retain(|row| Some(row.recipient) == chosen);
        } else if !recipient.is_empty() {
            form.errors.push(FieldError {
                field: "told".to_owned(),
                reason: format!(
                    "Nobody to be told is called \"{recipient}\". Choose from the list."
                ),
            });
        }
        let place = typed.get("place");
        if places.iter().any(|(value, _)| value == place) {
            let here = |row: &Row| row.group == place || row.codes.iter().any(|code| code == place);
            rows.retain(|row| place.is_empty() || here(row));
        } else {
            form.errors.push(FieldError {
                field: "place".to_owned(),
                reason: format!("No rule comes from \"{place}\". Choose from the list."),
            });
        }
        if typed.has("ours") {
            rows.retain(|row| row.concerns);
        }
        rows.retain(|row| row.has(typed.get("q")));
        rows.sort_by(|a, b| (&a.place, &a.id).cmp(&(&b.place, &b.id)));
        form.typed = typed;
        Self {
            viewer,
            form,
            rows,
            all,
            places,
        }
    }

    fn filter(&self) -> Markup {
        let f = &self.form;
        let mut recipients = vec![(String::new(), "Anybody".to_owned())];
        recipients.extend(words::RECIPIENTS.into_iter().map(|one| {
            let words = words::recipient(one);
            let words = words.strip_prefix("to ").unwrap_or(words);
            (one.as_str().to_owned(), words::sentence(words))
        }));
        html! {
            (f.render(html! {
                div.inline-form.filter {
                    (f.field("q", "Words").optional().input("search"))
                    (f.field("told", "Who is told").select(&recipients))
                    (f.field("place", "From where").select(&self.places))
                    button.main type="submit" { "Show" }
                }
                (f.field("ours", "Only those that can concern us, by what the operator profile says").flag())
            }))
        }
    }

    fn row(row: &Row) -> Markup {
        html! {
            li {
                div.what {
                    a.subject href={ "/rules/" (row.id) } { (row.name) }
                    span.small {
                        (row.told)
                        @if !matches!(row.group, "eu" | "us" | "contract") { " · " (row.place) }
                    }
                }
                div.when {
                    @if row.numbered { strong { (row.how_long) } }
                    @else { em { "“" (row.how_long) "”" } }
                    span.small { "from “" (words::fact(row.anchor)) "”" }
                }
                div.state {
                    (row.stand.badge())
                    @if row.verified { (part::badge("open", "Verified")) }
                    span.small {
                        @if !row.verified { "not verified · " }
                        "confidence " (format!("{:?}", row.confidence))
                        @if !row.concerns { " · not ours by profile" }
                        @if row.versions > 1 { " · " (row.versions) " versions" }
                    }
                }
            }
        }
    }
}

/// "Anywhere", the groups, and every code of a rule.
fn places(rows: &[Row], catalog: &Catalog) -> Vec<(String, String)> {
    let mut codes: BTreeMap<String, String> = BTreeMap::new();
    for code in rows.iter().flat_map(|row| &row.codes) {
        let group = GROUPS.iter().any(|(id, _)| id == code);
        if !group {
            let name = place::name(code, catalog.questions());
            codes.insert(format!("{name} ({code})"), code.clone());
        }
    }
    let mut places = vec![(String::new(), "Anywhere".to_owned())];
    for (id, heading) in GROUPS {
        if rows.iter().any(|row| row.group == id) {
            places.push((id.to_owned(), format!("All: {heading}")));
        }
    }
    places.extend(codes.into_iter().map(|(name, code)| (code, name)));
    places
}

impl Page for RuleList {
    fn title(&self) -> String {
        "Rules".to_owned()
    }

    fn viewer(&self) -> Option<&Viewer> {
        Some(&self.viewer)
    }

    fn section(&self) -> Section {
        Section::Rules
    }

    fn wide(&self) -> bool {
        true
    }

    fn body(&self) -> Markup {
        let shown = part::count(
            i64::try_from(self.rows.len()).unwrap_or(i64::MAX),
            "rule",
            "rules",
        );
        let groups: Vec<_> = GROUPS
            .into_iter()
            .map(|(id, heading)| {
                let rows: Vec<&Row> = self.rows.iter().filter(|row| row.group == id).collect();
                (id, heading, rows)
            })
            .filter(|(_, _, rows)| !rows.is_empty())
            .collect();
        html! {
            p.lead {
                "Every clock that a breach can start, with the law it comes from. Open one to try it: \
                 pick what happened when, and see the date, each day that was counted, and the sources."
            }
            section.sheet aria-label="Narrow the list" { (self.filter()) }
            @if groups.is_empty() {
                (part::empty(
                    "No rule fits.",
                    "Use fewer words, or look anywhere.",
                    &html! { a.button href="/rules" { "Show all rules" } },
                ))
            } @else {
                p.small role="status" {
                    (shown)
                    @if self.rows.len() < self.all { " of " (self.all) " · " a href="/rules" { "Show all" } }
                }
                @if groups.len() > 1 {
                    nav aria-label="Groups" {
                        ul.ways {
                            @for (id, heading, rows) in &groups {
                                li { a href={ "#g-" (id) } { (heading) } " " span.small { (rows.len()) } }
                            }
                        }
                    }
                }
                @for (id, heading, rows) in &groups {
                    section aria-labelledby={ "g-" (id) } {
                        h2 #{ "g-" (id) } { (heading) }
                        ul.rows.rules { @for row in rows { (Self::row(row)) } }
                    }
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let list = |pairs: &[(&str, &str)]| {
            let typed = pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            Self::new(
                Viewer::sample(Role::Reporter),
                sample::catalog(),
                Typed(typed.collect()),
            )
        };
        vec![
            list(&[]),
            list(&[("q", "policy promise"), ("told", "data_subject")]),
            list(&[("q", "nothing like it"), ("place", "atlantis")]),
        ]
    }
}

/// Shows the page.
pub(crate) async fn show(
    State(app): State<App>,
    me: Viewer,
    Asked(query): Asked<Vec<(String, String)>>,
) -> Answer {
    require(&app, &me, Action::ViewIncidents)?;
    Ok(page(&app, &RuleList::new(me, &app.catalog, Typed(query))))
}
