//! One revision of a roster: who came with it, who left and why, and what follows from that.

use axum::extract::State;
use maud::{Markup, html};
use serde::Deserialize;
use uuid::Uuid;

use super::answer::{Answer, Asked, At, found, page};
use super::incident_show::load;
use super::layout::{Page, Viewer};
use super::revision_part::cause;
use super::{part, sample, sample_person};
use crate::app::App;
use crate::domain::access::{Action, Role};
use crate::domain::scope::identifier::Key;
use crate::error::Result;
use crate::ids::{ImportId, IncidentId};
use crate::service::incident_key::Opener;
use crate::store::cohort::{self, Cohort};
use crate::store::incident::{Incident, Status};
use crate::store::notice::{self, Audience};
use crate::store::revision::{self, Cause, Moved, Revision};

/// How many people a list shows at a time.
const SHOWN: i64 = 50;

/// A list of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum List {
    Left,
    Came,
    Back,
}

impl List {
    const ALL: [Self; 3] = [Self::Left, Self::Came, Self::Back];

    const fn word(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Came => "came",
            Self::Back => "back",
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Left => "Who left",
            Self::Came => "Who is new",
            Self::Back => "Who is back",
        }
    }
}

/// One person of a list.
#[derive(Clone, Debug)]
struct Shown {
    site: String,
    key: Key,
    /// The account id, or what stands for the person.
    name: String,
    told: bool,
}

/// The page.
#[derive(Debug)]
pub(crate) struct RevisionShow {
    viewer: Viewer,
    incident: Incident,
    revision: Revision,
    /// The people of the lists; none for who may not look people up.
    lists: Vec<(List, Vec<Shown>)>,
    /// How many of those who left had been told.
    told: i64,
    /// Whether somebody who came has no account on a site.
    no_account: bool,
    /// Whether a notice to affected people is live.
    live: bool,
    /// The newest correction.
    correction: Option<notice::Notice>,
    /// Their own period, when it came late.
    cohort: Option<Cohort>,
}

/// Which part of the lists.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Query {
    list: String,
    site: String,
    key: String,
}

impl RevisionShow {
    async fn read(
        app: &App,
        viewer: Viewer,
        incident: Incident,
        revision: Revision,
        query: &Query,
    ) -> Result<Self> {
        let (db, id, number) = (&app.db, incident.id, revision.number);
        let mut lists = Vec::new();
        if viewer.may(Action::LookUpPerson) {
            let opener = Opener::read(app, id).await?;
            for list in List::ALL {
                let key = query.key.parse().ok();
                let key = key.filter(|_| query.list == list.word());
                let after = key.map(|key| (query.site.as_str(), key));
                let rows = match list {
                    List::Left => revision::left(db, id, number, after, SHOWN + 1).await?,
                    List::Came => revision::came(db, id, number, after, SHOWN + 1).await?,
                    List::Back => revision::back(db, id, number, after, SHOWN + 1).await?,
                };
                let shown = |m: Moved| Shown {
                    name: opener.name(&m.person_key, m.sealed.as_deref()),
                    site: m.site_id,
                    key: m.person_key,
                    told: m.told,
                };
                lists.push((list, rows.into_iter().map(shown).collect()));
            }
        }
        // Whoever has no account stands first.
        let mut first = revision::came(db, id, number, None, 1).await?;
        first.extend(revision::back(db, id, number, None, 1).await?);
        let notices = notice::list(db, id).await?;
        let cohorts = cohort::list(db, id).await?;
        Ok(Self {
            told: revision::told_of(db, id, number).await?,
            no_account: first.iter().any(|m| m.site_id.is_empty()),
            live: notice::tells_roster(db, id).await?,
            correction: notices
                .into_iter()
                .rev()
                .find(|n| n.audience == Audience::WronglyTold),
            cohort: cohorts.into_iter().find(|c| c.revision == number),
            viewer,
            incident,
            revision,
            lists,
        })
    }

    fn path(&self, rest: &str) -> String {
        format!("/incidents/{}{rest}", self.incident.id)
    }

    fn follows(&self) -> Markup {
        let r = &self.revision;
        let came = r.added + r.back;
        html! {
            section.sheet aria-labelledby="follows-h" {
                h2 #follows-h { "What follows" }
                @if came > 0 {
                    p {
                        strong { (part::count(came, "person", "people")) } " came onto the roster: "
                        @if self.live { "the live notice is shown to them from their next page view on." }
                        @else { "no notice is live; the next one that is activated is shown to them." }
                    }
                    @if self.no_account {
                        div.warn { p { "Somebody among them has no account. No notice on a site reaches such people: \
                                        tell them in another way." } }
                    }
                    @if let Some(cohort) = &self.cohort {
                        p {
                            "They have a period of their own"
                            @if let Some(at) = cohort.found_at { ", which began " (part::when(at, self.viewer.zone())) }
                            ": " a href=(self.path("#deadlines-h")) { "their deadlines" } "."
                        }
                    }
                }
                @if r.left_n > 0 {
                    p { strong { (part::count(r.left_n, "person", "people")) } " off the roster: no notice to affected people \
                         is shown to them any more." }
                    @if self.told > 0 {
                        p {
                            strong { (part::count(self.told, "of them had been told and is owed a correction", "of them had been told and are owed a correction")) } ". "
                            @match &self.correction {
                                Some(n) => { a href={ "/notices/" (n.id) } { "The correction" } " is " (word(n.status)) "." }
                                None if self.incident.status == Status::Open && self.viewer.may(Action::EditNotice) => {
                                    a.button href=(self.path("/notices/new?audience=wrongly_told")) { "Draft a correction" }
                                }
                                None => "None is drafted yet.",
                            }
                        }
                    } @else { p { "None of them had been told, so nothing has to be corrected." } }
                }
                @if came == 0 && r.left_n == 0 { p { "Nobody came or left, so nothing follows." } }
            }
        }
    }

    fn list(&self, list: List, people: &[Shown]) -> Markup {
        let shown = usize::try_from(SHOWN).unwrap_or(people.len());
        let heading = format!("{}-h", list.word());
        html! {
            @if !people.is_empty() {
                section.sheet aria-labelledby=(heading) {
                    h2 #(heading) { (list.title()) }
                    div.scroll tabindex="0" role="region" aria-label=(format!("Table: {}", list.title())) {
                        table {
                            thead { tr {
                                th scope="col" { "Person" }
                                th scope="col" { "Site" }
                                @if list != List::Came { th scope="col" { "Had been told" } }
                            } }
                            tbody { @for one in people.iter().take(shown) { tr {
                                td { code { (one.name) } }
                                td { @if one.site.is_empty() { "no account" } @else { (one.site) } }
                                @if list != List::Came { td { @if one.told { "yes" } @else { "no" } } }
                            } } }
                        }
                    }
                    @if let (true, Some(last)) = (people.len() > shown, people.iter().take(shown).next_back()) {
                        p { a href={
                            (self.path(&format!("/revisions/{}", self.revision.number)))
                            "?list=" (list.word()) "&site=" (last.site) "&key=" (last.key) "#" (heading)
                        } { "More" } }
                    }
                }
            }
        }
    }
}

impl Page for RevisionShow {
    fn title(&self) -> String {
        format!("Revision {} of the roster", self.revision.number)
    }

    fn viewer(&self) -> Option<&Viewer> {
        Some(&self.viewer)
    }

    fn incident(&self) -> Option<&Incident> {
        Some(&self.incident)
    }

    fn body(&self) -> Markup {
        let r = &self.revision;
        let figure = |n: i64, words: &str| {
            html! { div { dt { (words) } dd { (part::number(n)) } } }
        };
        html! {
            section.sheet aria-labelledby="did-h" {
                h2 #did-h { "What it did" }
                dl.ladder {
                    (figure(r.added, "new"))
                    (figure(r.back, "back"))
                    (figure(r.left_n, "left"))
                    (figure(r.changed, "changed"))
                }
                dl.facts {
                    dt { "Made" }
                    dd {
                        (cause(r.cause)) " by " (r.made_by) ", " (part::when(r.made_at, self.viewer.zone()))
                        @if let Some(run) = r.run_id {
                            " · " a href=(self.path(&format!("/runs/{run}"))) { "the run" }
                        }
                        @if let Some(import) = r.import_id {
                            " · " a href=(self.path(&format!("/roster/imports/{import}"))) { "the import" }
                        }
                    }
                    @if let Some(reason) = &r.reason { dt { "Why" } dd.prose { (reason) } }
                    dt { "On the roster after it" }
                    dd { (part::count(r.persons, "person", "people")) }
                    dt { "Hash of that roster" }
                    dd { (part::hash(&r.result_sha256)) }
                }
            }
            (self.follows())
            @for (list, people) in &self.lists { (self.list(*list, people)) }
            @if self.lists.is_empty() && r.added + r.back + r.left_n > 0 {
                p.small { "Who these people are is for those who may look people up." }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let [second, first] = sample_pair();
        let person = |n: u8, told| Shown {
            site: "shop".to_owned(),
            key: sample_person::key(n),
            name: format!("u-10{n:02}"),
            told,
        };
        let unreadable = Shown {
            name: sample_person::key(3).short(),
            ..person(3, false)
        };
        let show = |role, revision: Revision, lists, told| Self {
            viewer: Viewer::sample(role),
            incident: sample::incident(),
            revision,
            lists,
            told,
            no_account: told > 0,
            live: true,
            correction: None,
            cohort: None,
        };
        let lists = vec![
            (
                List::Left,
                vec![person(1, true), person(2, false), unreadable],
            ),
            (List::Came, vec![person(4, false)]),
            (List::Back, Vec::new()),
        ];
        let mut corrected = show(Role::Approver, second.clone(), lists.clone(), 41);
        let mut correction = sample::notice(notice::Status::Active);
        correction.audience = Audience::WronglyTold;
        corrected.correction = Some(correction);
        vec![
            show(Role::Responder, second, lists, 41),
            corrected,
            show(Role::Manager, first, Vec::new(), 0),
        ]
    }
}

/// Where a correction stands.
const fn word(status: notice::Status) -> &'static str {
    match status {
        notice::Status::Draft => "a draft",
        notice::Status::Approved => "approved",
        notice::Status::Active => "live",
        notice::Status::Withdrawn => "withdrawn",
    }
}

/// Two revisions, the newest first, for samples.
pub(crate) fn sample_revisions() -> Vec<Revision> {
    sample_pair().into()
}

fn sample_pair() -> [Revision; 2] {
    let first = Revision {
        incident_id: sample::incident().id,
        number: 1,
        cause: Cause::File,
        import_id: Some(ImportId(Uuid::from_u128(41))),
        run_id: None,
        added: 12_400,
        back: 0,
        left_n: 0,
        changed: 0,
        persons: 12_400,
        result_sha256: "9b1c55e0f3a27d883f1a9c0d77e25b40aa619b1c55e0f3a27d883f1a9c0d77e2"
            .to_owned(),
        reason: None,
        made_by: "Rosa Berger".to_owned(),
        made_at: sample::t("2026-11-23T12:00:00Z"),
    };
    let second = Revision {
        number: 2,
        cause: Cause::Recipe,
        import_id: None,
        run_id: Some(Uuid::from_u128(51)),
        added: 80,
        back: 0,
        left_n: 317,
        persons: 12_163,
        reason: Some("The access log shows which records were read.".to_owned()),
        made_at: sample::t("2026-11-25T08:10:00Z"),
        ..first.clone()
    };
    [second, first]
}

/// Shows the page.
pub(crate) async fn show(
    State(app): State<App>,
    me: Viewer,
    At((id, number)): At<(IncidentId, i64)>,
    Asked(query): Asked<Query>,
) -> Answer {
    let incident = load(&app, &me, id).await?;
    let revision = found(revision::find(&app.db, id, number).await?, "This revision")?;
    let shown = RevisionShow::read(&app, me, incident, revision, &query).await?;
    Ok(page(&app, &shown))
}
