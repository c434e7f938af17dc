//! Is one person affected, and why? The question goes into the evidence log; whom it was about stands in
//! no address.

use axum::extract::State;
use maud::{Markup, html};

use super::answer::{Answer, Asked, At, Failure, page, page_with_status, require};
use super::form::Form;
use super::incident_show::{Done, load};
use super::layout::{Page, Viewer};
use super::person_row::{Row, Words};
use super::person_split::Splits;
use super::person_why::Why;
use super::session::Posted;
use super::source_part::{people, trail};
use super::{part, sample, sample_person};
use crate::app::App;
use crate::domain::access::{Action, Role};
use crate::domain::scope::identifier::Kind;
use crate::error::Result;
use crate::ids::IncidentId;
use crate::service::Ctx;
use crate::service::incident_key::Opener;
use crate::service::who::{self, Question};
use crate::store::incident::Incident;
use crate::store::revision::{self, Cause};
use crate::store::site;

/// The page.
#[derive(Debug)]
pub(crate) struct PersonAsk {
    viewer: Viewer,
    incident: Incident,
    asking: Asking,
    told: Option<Told>,
    splits: Splits,
    done: String,
}

/// The form that asks, wherever it stands.
#[derive(Clone, Debug)]
pub(crate) struct Asking {
    form: Form,
    /// Ids and names of the sites.
    sites: Vec<(String, String)>,
}

/// The answer.
#[derive(Debug)]
struct Told {
    kind: Kind,
    value: String,
    rows: Vec<Row>,
    words: Words,
    why: Option<Why>,
    /// A file brought people who are known by their account ids alone.
    by_account_only: bool,
}

/// The address of the page.
pub(crate) fn here(id: IncidentId) -> String {
    format!("{}/ask", people(id))
}

const FIELDS: [(&str, &str); 4] = [
    ("kind", "Known by"),
    ("site", "Site"),
    ("value", "Identifier"),
    ("country", "Country"),
];

impl Asking {
    /// The form with what stands in it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(crate) async fn read(app: &App, form: Form) -> Result<Self> {
        let sites = site::list(&app.db).await?.into_iter();
        Ok(Self {
            form: form.with_fields(&FIELDS),
            sites: sites.map(|s| (s.id, s.name)).collect(),
        })
    }

    /// An empty one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(crate) async fn empty(app: &App, viewer: &Viewer, id: IncidentId) -> Result<Self> {
        Self::read(app, Form::new(viewer, "ask", here(id))).await
    }

    /// For samples.
    pub(crate) fn sample(viewer: &Viewer, id: IncidentId) -> Self {
        Self {
            form: Form::new(viewer, "ask", here(id)).with_fields(&FIELDS),
            sites: vec![("shop".to_owned(), "Shop and customer area".to_owned())],
        }
    }

    /// The form.
    pub(crate) fn render(&self) -> Markup {
        let f = &self.form;
        let kinds: Vec<_> = Kind::ALL
            .iter()
            .map(|kind| (kind.name().to_owned(), kind.words().to_owned()))
            .collect();
        let none = (String::new(), "–".to_owned());
        let sites = self
            .sites
            .iter()
            .map(|(id, name)| (id.clone(), format!("{name} ({id})")));
        let sites: Vec<_> = match self.sites.len() {
            1 => sites.collect(),
            _ => std::iter::once(none).chain(sites).collect(),
        };
        f.render(html! {
            div.pair {
                (f.field("kind", "Known by").select(&kinds))
                (f.field("value", "Identifier")
                    .hint("The id, address or number, as the person gives it.").input("text"))
            }
            div.pair {
                (f.field("site", "Site").optional().hint("For an account id.").select(&sites))
                (f.field("country", "Country").optional()
                    .hint("For a phone number without +, such as AT.").input("text"))
            }
            div.send { button.main type="submit" { "Ask" } }
        })
    }

    /// The form as a box of another page.
    pub(crate) fn section(&self) -> Markup {
        html! {
            section.sheet aria-labelledby="ask-h" {
                h2 #ask-h { "Is one person affected?" }
                p.small { "Each question is written to the evidence log: who asked, and when." }
                (self.render())
            }
        }
    }
}

impl PersonAsk {
    async fn read(app: &App, viewer: Viewer, id: IncidentId, form: Form) -> Result<Self, Failure> {
        let incident = load(app, &viewer, id).await?;
        Ok(Self {
            splits: Splits::read(app, &viewer, &incident).await?,
            asking: Asking::read(app, form).await?,
            viewer,
            incident,
            told: None,
            done: String::new(),
        })
    }

    fn told(&self, told: &Told) -> Markup {
        let (on, left): (Vec<&Row>, Vec<&Row>) = told
            .rows
            .iter()
            .partition(|r| r.person.left_revision.is_none());
        let who = html! { "the " (told.kind.words()) " " span.whom { (told.value) } };
        html! {
            section.sheet aria-labelledby="answer-h" {
                @if !on.is_empty() {
                    h2 #answer-h { "Yes: the person with " (who) " is affected" }
                } @else if !left.is_empty() {
                    h2 #answer-h { "Not any more: the person with " (who) " has left the roster" }
                } @else {
                    h2 #answer-h { "No: nobody with " (who) " is on the roster" }
                    p { "That is so for this incident"
                        @if told.kind == Kind::Account { ", and for this spelling of the id: capitals count" }
                        ". People can still be added." }
                    @if told.by_account_only {
                        div.warn { p { "People whom a file brought are found by their account id, and by the e-mail \
                                        address if the file had it. Ask by the account id too." } }
                    }
                }
                @if on.len() > 1 {
                    p { "The person has " (part::number(count(on.len()))) " accounts; each is shown the notice." }
                }
                @for row in on.iter().chain(&left) { (row.show(&told.words, &self.viewer)) }
                p.small { "This question is in the evidence log, the identifier sealed." }
            }
            @match &told.why {
                Some(why) => (why.show(&self.splits, &self.viewer)),
                None => @if !told.rows.is_empty() {
                    section.sheet aria-labelledby="why-h" {
                        h2 #why-h { "Why" }
                        p { "A file put the person on the roster, no recipe: the revision says which." }
                    }
                },
            }
        }
    }
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

impl Page for PersonAsk {
    fn title(&self) -> String {
        "Is one person affected?".to_owned()
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
        html! {
            (part::done(&self.done))
            (self.asking.form.summary())
            (self.splits.summary())
            @if let Some(told) = &self.told { div role="status" { (self.told(told)) } }
            section.sheet aria-labelledby="ask-h" {
                h2 #ask-h { @if self.told.is_some() { "Ask about somebody else" } @else { "Ask" } }
                p {
                    "For somebody who asks by phone or mail. Make sure first that it is really that person. The \
                     question itself is written to the evidence log: who asked, when, and about whom."
                }
                (self.asking.render())
            }
            (self.splits.section(&self.viewer))
        }
    }

    fn samples() -> Vec<Self> {
        let show = |role, told| {
            let viewer = Viewer::sample(role);
            let incident = sample::incident();
            Self {
                asking: Asking::sample(&viewer, incident.id),
                splits: Splits::sample(&viewer, &incident),
                viewer,
                incident,
                told,
                done: String::new(),
            }
        };
        let told = |kind, value: &str, rows, why| {
            Some(Told {
                kind,
                value: value.to_owned(),
                rows,
                words: Words::of(sample::catalog().operator(), &sample::incident()),
                why,
                by_account_only: true,
            })
        };
        let mut wrong = show(Role::Approver, None);
        wrong.incident = sample::drill();
        wrong.asking.form = wrong
            .asking
            .form
            .with("kind", "email")
            .with("value", "anna")
            .wrong(
                "value",
                "\"anna\" is not an e-mail address: there is no @ in it.",
            );
        let mut split = show(Role::Responder, None);
        split.splits = Splits::sample_wrong(&split.viewer, &split.incident);
        vec![
            show(Role::Approver, None),
            show(
                Role::Responder,
                told(
                    Kind::Email,
                    "anna@example.org",
                    sample_person::rows(),
                    Some(Why::sample()),
                ),
            ),
            show(
                Role::Approver,
                told(Kind::Account, "u-1001", sample_person::left(), None),
            ),
            show(
                Role::Approver,
                told(Kind::Phone, "+43 1 5550100", Vec::new(), None),
            ),
            wrong,
            split,
        ]
    }
}

/// Shows the form.
pub(crate) async fn show(
    State(app): State<App>,
    me: Viewer,
    At(id): At<IncidentId>,
    Asked(query): Asked<Done>,
) -> Answer {
    require(&app, &me, Action::LookUpPerson)?;
    let form = Form::new(&me, "ask", here(id));
    let mut shown = PersonAsk::read(&app, me, id, form).await?;
    shown.done = query.done;
    Ok(page(&app, &shown))
}

/// Shows the form with what is wrong about a split.
pub(super) async fn again(
    app: &App,
    me: Viewer,
    id: IncidentId,
    status: axum::http::StatusCode,
    split: Form,
) -> Answer {
    let form = Form::new(&me, "ask", here(id));
    let mut shown = PersonAsk::read(app, me, id, form).await?;
    shown.splits.wrong(split);
    Ok(page_with_status(app, status, &shown))
}

/// Answers. It is a POST, and no redirect, so that nothing of a person stands in an address.
pub(crate) async fn send(
    State(app): State<App>,
    At(id): At<IncidentId>,
    mut sent: Posted,
) -> Answer {
    require(&app, &sent.me, Action::LookUpPerson)?;
    // Without a key: each question is one of its own, and stands in the log.
    let ctx = Ctx::new(&app, sent.me.actor.clone());
    let question = Question {
        kind: sent.typed.text("kind"),
        site: sent.typed.text("site"),
        value: sent.typed.text("value"),
        country: sent.typed.text("country"),
    };
    match sent.run(who::ask(&ctx, id, &question)).await {
        Ok(answer) => {
            let form = Form::new(&sent.me, "ask", here(id))
                .with("kind", &question.kind)
                .with("site", &question.site);
            let mut shown = PersonAsk::read(&app, sent.me, id, form).await?;
            shown.told = Some(tell(&app, &shown.incident, &question, answer).await?);
            Ok(page(&app, &shown))
        }
        Err(stop) => {
            let (status, form) = sent.again(&app, stop, Vec::new(), "ask", here(id))?;
            let shown = PersonAsk::read(&app, sent.me, id, form).await?;
            Ok(page_with_status(&app, status, &shown))
        }
    }
}

/// What there is to tell about the person.
async fn tell(
    app: &App,
    incident: &Incident,
    question: &Question,
    answer: who::Answer,
) -> Result<Told> {
    let id = incident.id;
    let opener = Opener::read(app, id).await?;
    let revisions = revision::list(&app.db, id).await?;
    let mut rows = Vec::new();
    for person in answer.people {
        rows.push(Row::read(app, id, &opener, &revisions, person).await?);
    }
    let since_recipe = revisions.iter().take_while(|r| r.cause != Cause::Recipe);
    Ok(Told {
        kind: Kind::named(&question.kind).unwrap_or(Kind::Account),
        value: question.value.trim().to_owned(),
        by_account_only: question.kind != Kind::Account.name() && since_recipe.count() > 0,
        rows,
        words: Words::of(app.catalog.operator(), incident),
        why: who::reasons(app, id, answer.key).await?.map(Why),
    })
}
