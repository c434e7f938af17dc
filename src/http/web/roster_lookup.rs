//! Is one person affected? The question itself goes into the evidence log.

use axum::extract::State;
use maud::{Markup, html};

use super::answer::{Answer, At, Failure, found, page, page_with_status, require};
use super::form::Form;
use super::layout::{Page, Section, Viewer};
use super::roster_import::{here, trail};
use super::session::Posted;
use super::{part, sample, sample_roster};
use crate::app::App;
use crate::domain::access::{Action, Role};
use crate::domain::delivery::Ladder;
use crate::domain::operator::Operator;
use crate::domain::scope::identifier::Key;
use crate::error::Result;
use crate::ids::IncidentId;
use crate::service::Ctx;
use crate::service::roster::{self, FoundPerson};
use crate::store::incident::{self, Incident};
use crate::store::person::Person;
use crate::store::{delivery, notice, site};

/// The page.
#[derive(Debug)]
pub(crate) struct RosterLookup {
    viewer: Viewer,
    incident: Incident,
    /// Ids and names of the sites.
    sites: Vec<(String, String)>,
    /// Ids and words of the kinds of data.
    kinds: Vec<(String, String)>,
    form: Form,
    told: Option<Told>,
}

/// The answer.
#[derive(Debug)]
struct Told {
    site: String,
    user: String,
    found: Option<FoundPerson>,
    /// How far each version of a notice got with the person.
    deliveries: Vec<(i64, Ladder)>,
}

impl RosterLookup {
    async fn read(app: &App, viewer: Viewer, id: IncidentId, form: Form) -> Result<Self, Failure> {
        let incident = found(incident::find(&app.db, id).await?, "This incident")?;
        let sites = site::list(&app.db).await?.into_iter();
        Ok(Self {
            kinds: words(app.catalog.operator()),
            sites: sites.map(|s| (s.id, s.name)).collect(),
            form: form.with_fields(&[("site", "Site"), ("user", "User id")]),
            viewer,
            incident,
            told: None,
        })
    }

    /// What was exposed of a person.
    fn exposed(&self, person: &Person) -> String {
        let word = |id: &str| {
            let known = self.kinds.iter().find(|(known, _)| known == id);
            known.map_or_else(|| id.to_owned(), |(_, words)| words.clone())
        };
        match &person.exposed {
            Some(kinds) => kinds.split(' ').map(word).collect::<Vec<_>>().join(", "),
            None => {
                let all = self.incident.data_kinds.iter().map(|kind| word(kind));
                format!(
                    "{} (as for the incident)",
                    all.collect::<Vec<_>>().join(", ")
                )
            }
        }
    }

    fn told(&self, told: &Told) -> Markup {
        let nothing = || "not stated".to_owned();
        html! {
            section.sheet aria-labelledby="answer-h" {
                @if let Some(FoundPerson { person: p, contact, gone }) = &told.found {
                    @if let Some(gone) = gone {
                        h2 #answer-h { "No: " (told.user) " of " (told.site) " is not affected any more" }
                        p { "Left the roster with revision " (gone.revision) ": " (gone.reason) }
                        @if gone.told { p { "Had been told before, so is owed a correction." } }
                        p { "What the roster said until then:" }
                    } @else {
                        h2 #answer-h { "Yes: " (told.user) " of " (told.site) " is affected" }
                    }
                    dl.facts {
                        dt { "Exposed" }
                        dd { (self.exposed(p)) }
                        dt { "E-mail address" }
                        dd { @match (&contact.email, p.sealed.is_some() && contact.user.is_none()) {
                            (Some(email), _) => (email),
                            (None, true) => "not readable any more: the key of the incident was destroyed",
                            (None, false) => "not stated",
                        } }
                        dt { "Language" }
                        dd { (p.lang.as_deref().map_or("not stated", part::language)) }
                        dt { "Country" }
                        dd {
                            (p.country.clone().unwrap_or_else(nothing))
                            @if let Some(state) = &p.region { ", " (state) }
                        }
                        dt { "Year of birth" }
                        dd { (p.birth_year.map_or_else(nothing, |year| year.to_string())) }
                        dt { "On the roster" }
                        dd {
                            "since revision " (p.revision)
                            @if p.changed_revision > p.revision { ", last changed by revision " (p.changed_revision) }
                        }
                    }
                    h3 { "What the person was shown" }
                    @if told.deliveries.is_empty() {
                        p { "No notice of this incident was served to this person." }
                    } @else {
                        ul {
                            @for (number, ladder) in &told.deliveries { li { (self.ladder(*number, ladder)) } }
                        }
                    }
                } @else {
                    h2 #answer-h { "No: " (told.user) " of " (told.site) " is not on the roster" }
                    p { "That is so for this incident, and for this spelling of the id: capitals and blanks count. \
                         People can still be added by another import." }
                }
                p.small { "This question and its answer are in the evidence log, the id sealed." }
            }
        }
    }

    fn ladder(&self, number: i64, l: &Ladder) -> Markup {
        let zone = self.viewer.zone();
        let levels = [
            ("seen", l.seen_at),
            ("in view with something over it", l.seen_occluded_at),
            ("a link in it used", l.opened_at),
            ("acknowledged", l.acknowledged_at),
        ];
        html! {
            "Version " (number) ": served " (part::when(l.served_at, zone))
            @for (words, at) in levels {
                @if let Some(at) = at { "; " (words) " " (part::when(at, zone)) }
            }
            ". "
            @if l.notified_at().is_some() { (part::badge("ok", "Notified")) }
            @else { (part::badge("soon", "Not notified yet")) }
        }
    }
}

impl Page for RosterLookup {
    fn title(&self) -> String {
        "Is one person affected?".to_owned()
    }

    fn viewer(&self) -> Option<&Viewer> {
        Some(&self.viewer)
    }

    fn section(&self) -> Section {
        Section::Incidents
    }

    fn trail(&self) -> Vec<(String, String)> {
        let mut trail = trail(&self.incident);
        trail.push((here(self.incident.id), "Affected people".to_owned()));
        trail
    }

    fn drill(&self) -> bool {
        self.incident.drill
    }

    fn body(&self) -> Markup {
        let f = &self.form;
        let sites: Vec<_> = self
            .sites
            .iter()
            .map(|(id, name)| (id.clone(), format!("{name} ({id})")))
            .collect();
        html! {
            (f.summary())
            @if let Some(told) = &self.told { div role="status" { (self.told(told)) } }
            section.sheet aria-labelledby="ask-h" {
                h2 #ask-h { @if self.told.is_some() { "Ask about somebody else" } @else { "Ask" } }
                p {
                    "For somebody who asks by phone or mail. Make sure first that it is really that person. The \
                     question itself is written to the evidence log: who asked, when, and about whom."
                }
                (f.render(html! {
                    (f.field("site", "Site").select(&sites))
                    (f.field("user", "User id")
                        .hint("The site's own id of the user, not a name or an e-mail address.").input("text"))
                    div.send { button.main type="submit" { "Look up" } }
                }))
            }
        }
    }

    fn samples() -> Vec<Self> {
        let show = |incident: Incident, told| {
            let viewer = Viewer::sample(Role::Approver);
            Self {
                sites: vec![("shop".to_owned(), "Shop and customer area".to_owned())],
                kinds: words(sample::catalog().operator()),
                form: Form::new(&viewer, "lookup", format!("{}/lookup", here(incident.id)))
                    .with_fields(&[("site", "Site"), ("user", "User id")]),
                viewer,
                incident,
                told,
            }
        };
        let told = |found, deliveries| {
            Some(Told {
                site: "shop".to_owned(),
                user: "u-1001".to_owned(),
                found,
                deliveries,
            })
        };
        let served = Ladder::served(sample::t("2026-11-24T18:02:00Z"));
        let seen = Ladder {
            seen_at: Some(sample::t("2026-11-24T18:02:10Z")),
            acknowledged_at: Some(sample::t("2026-11-24T18:03:00Z")),
            ..served
        };
        let mut wrong = show(sample::drill(), None);
        wrong.form = wrong.form.wrong(
            "user",
            "Give the id of the user and of the site, without control characters.",
        );
        vec![
            show(sample::incident(), None),
            show(
                sample::incident(),
                told(Some(sample_roster::person()), vec![(1, served), (2, seen)]),
            ),
            show(
                sample::incident(),
                told(Some(sample_roster::left()), vec![(1, seen)]),
            ),
            show(sample::incident(), told(None, Vec::new())),
            wrong,
        ]
    }
}

fn words(operator: &Operator) -> Vec<(String, String)> {
    let kinds = operator.data_kinds.iter();
    kinds
        .map(|kind| (kind.id.clone(), kind.label.get("en").to_owned()))
        .collect()
}

fn action(id: IncidentId) -> String {
    format!("{}/lookup", here(id))
}

/// Shows the form.
pub(crate) async fn show(State(app): State<App>, me: Viewer, At(id): At<IncidentId>) -> Answer {
    require(&app, &me, Action::LookUpPerson)?;
    let form = Form::new(&me, "lookup", action(id));
    Ok(page(&app, &RosterLookup::read(&app, me, id, form).await?))
}

/// Answers. It is a POST, and no redirect, so that no id of a person stands in an address.
pub(crate) async fn send(
    State(app): State<App>,
    At(id): At<IncidentId>,
    mut sent: Posted,
) -> Answer {
    require(&app, &sent.me, Action::LookUpPerson)?;
    // Without a key: each question is one of its own, and stands in the log.
    let ctx = Ctx::new(&app, sent.me.actor.clone());
    let site = sent.typed.get("site").to_owned();
    let user = sent.typed.get("user").trim().to_owned();
    match sent.run(roster::look_up(&ctx, id, &site, &user)).await {
        Ok(found) => {
            let deliveries = match &found {
                Some(f) => deliveries(&app, id, &site, f.person.person_key).await?,
                None => Vec::new(),
            };
            let form = Form::new(&sent.me, "lookup", action(id)).with("site", &site);
            let mut shown = RosterLookup::read(&app, sent.me, id, form).await?;
            shown.told = Some(Told {
                site,
                user,
                found,
                deliveries,
            });
            Ok(page(&app, &shown))
        }
        Err(stop) => {
            let (status, form) = sent.again(&app, stop, Vec::new(), "lookup", action(id))?;
            let shown = RosterLookup::read(&app, sent.me, id, form).await?;
            Ok(page_with_status(&app, status, &shown))
        }
    }
}

/// How far the notices of an incident got with one person.
async fn deliveries(
    app: &App,
    id: IncidentId,
    site: &str,
    person: Key,
) -> Result<Vec<(i64, Ladder)>> {
    let mut all = Vec::new();
    for n in notice::list(&app.db, id).await? {
        for number in 1..=n.current {
            let row = delivery::of_person(&app.db, n.id, number, site, person).await?;
            all.extend(row.map(|row| (number, row.ladder)));
        }
    }
    Ok(all)
}
