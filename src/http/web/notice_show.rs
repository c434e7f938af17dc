//! One notice: exactly what people would see, who wrote and approved which text, and its way from a
//! draft to live and withdrawn.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use maud::{Markup, html};

use super::answer::{Answer, Asked, At, Failure, Stop, found, go, page, page_with_status, require};
use super::counts;
use super::form::Form;
use super::incident_show::{Done, status};
use super::layout::{Page, Viewer, trail_of};
use super::part::{self, Ladder};
use super::sample;
use super::session::Posted;
use crate::app::App;
use crate::domain::access::{Action, Role};
use crate::domain::notice::Content;
use crate::error::{Error, Result};
use crate::ids::NoticeId;
use crate::service::notice::{self as service, Activate, Approve, LANGUAGES, Withdraw};
use crate::service::order;
use crate::store::incident::{self, Incident};
use crate::store::notice::{self, Approval, Audience, Notice, Status, Version};
use crate::store::obligation;

/// A notice with everything about it.
#[derive(Clone, Debug)]
pub(crate) struct Loaded {
    /// Its incident.
    pub incident: Incident,
    /// The row.
    pub notice: Notice,
    /// Newest first.
    pub versions: Vec<Version>,
    /// Newest first.
    pub approvals: Vec<Approval>,
    /// The newest version's text, by language.
    pub contents: BTreeMap<String, Content>,
    /// How far it got.
    pub reach: Ladder,
    /// What is to be done before anybody is told.
    pub first: Vec<String>,
}

/// A notice, for who may see one.
pub(crate) async fn load(app: &App, me: &Viewer, id: NoticeId) -> Result<Loaded, Failure> {
    require(app, me, Action::ViewIncident)?;
    let notice = found(notice::find(&app.db, id).await?, "This notice")?;
    let incident = incident::find(&app.db, notice.incident_id).await?;
    let incident = incident.ok_or_else(|| Error::internal("a notice without its incident"))?;
    let versions = notice::versions(&app.db, id).await?;
    let contents = match versions.first() {
        Some(version) => service::contents(version)?,
        None => BTreeMap::new(),
    };
    let owed = obligation::list(&app.db, incident.id).await?;
    Ok(Loaded {
        first: order::before_people_are_told(&app.catalog, &owed),
        reach: counts::of_notice(app, &notice, &incident).await?,
        approvals: notice::approvals(&app.db, id).await?,
        incident,
        notice,
        versions,
        contents,
    })
}

/// The texts in the order in which the languages are written.
pub(crate) fn in_order(
    contents: &BTreeMap<String, Content>,
) -> impl Iterator<Item = (&'static str, &Content)> {
    LANGUAGES
        .into_iter()
        .filter_map(|lang| Some((lang, contents.get(lang)?)))
}

/// What is missing in a language.
pub(crate) fn gaps(gaps: &[(String, String)], lang: &str) -> Markup {
    let mine: Vec<_> = gaps.iter().filter(|(l, _)| l == lang).collect();
    html! {
        @if !mine.is_empty() {
            div.gaps {
                p { strong { "Before it can be approved:" } }
                ul { @for (_, sentence) in mine { li { (sentence) } } }
            }
        }
    }
}

/// The page.
#[derive(Debug)]
pub(crate) struct NoticeShow {
    viewer: Viewer,
    loaded: Loaded,
    /// The form that withdraws it.
    withdraw: Form,
    /// A sentence about a button that did not do anything.
    note: Option<String>,
    done: String,
}

impl NoticeShow {
    fn new(viewer: Viewer, loaded: Loaded) -> Self {
        let action = format!("/notices/{}/withdraw", loaded.notice.id);
        let mut withdraw = Form::new(&viewer, "withdraw", action);
        let version = loaded.notice.version.to_string();
        withdraw.typed.set("version", version);
        Self {
            viewer,
            loaded,
            withdraw: withdraw.with_fields(&[("reason", "Reason")]),
            note: None,
            done: String::new(),
        }
    }

    fn wrote(&self) -> Option<&Version> {
        let me = self.viewer.actor.key();
        self.loaded.versions.iter().find(|v| v.author_key == me)
    }

    fn next(&self) -> Markup {
        let n = &self.loaded.notice;
        let gaps = service::gaps(n.audience, &self.loaded.contents);
        html! {
            section.sheet aria-labelledby="next-h" {
                h2 #next-h { "What is next" }
                @match n.status {
                    Status::Draft => (self.approve(&gaps)),
                    Status::Approved => (self.activate()),
                    Status::Active => (self.live()),
                    Status::Withdrawn => p { "It was withdrawn and is no longer shown. Draft a new one if \
                                              people have to be told again." },
                }
                @if matches!(n.status, Status::Draft | Status::Approved) && self.viewer.may(Action::EditNotice) {
                    p { a.button href={ "/notices/" (n.id) "/edit" } { "Change the text" } }
                }
            }
        }
    }

    fn approve(&self, gaps: &[(String, String)]) -> Markup {
        let n = &self.loaded.notice;
        let Some(version) = self.loaded.versions.first() else {
            return html! {};
        };
        html! {
            @if !gaps.is_empty() {
                p { "It cannot be approved yet; what is missing stands beside each language." }
            } @else if !self.viewer.may(Action::ApproveNotice) {
                p { "It waits for the approval of somebody who wrote none of it." }
            } @else if let Some(mine) = self.wrote() {
                p { "You wrote version " (mine.number) " of this notice. Somebody who wrote none of it must \
                     approve it." }
            } @else {
                p { "Read both languages below. You approve exactly this text, and nothing else:" }
                div.line { "Version " (version.number) ", " (part::hash(&version.content_hash)) }
                (Form::new(&self.viewer, "approve", format!("/notices/{}/approve", n.id)).render(html! {
                    input type="hidden" name="number" value=(version.number);
                    input type="hidden" name="content_hash" value=(version.content_hash);
                    button.main type="submit" { "Approve version " (version.number) }
                }))
            }
        }
    }

    fn activate(&self) -> Markup {
        let n = &self.loaded.notice;
        let persons = self.loaded.reach.targeted;
        let correction = n.audience == Audience::WronglyTold;
        html! {
            @if persons == 0 {
                @if correction { p { "It is approved. Nobody is off the roster any more who had been told." } }
                @else { p { "It is approved. Nobody is on the roster yet: import the affected people first." } }
            } @else if self.viewer.may(Action::ActivateNotice) {
                (part::warnings(&self.loaded.first))
                @if self.loaded.incident.drill {
                    p { "In a drill nobody outside sees it; the deadlines are met as in earnest." }
                } @else {
                    p { "Activating shows it to " strong { (part::count(persons, "person", "people")) }
                        " from their next page view on" @if !correction { ", and meets the promises to them" } "." }
                }
                @let form = Form::new(&self.viewer, "activate", format!("/notices/{}/activate", n.id))
                    .with("version", n.version.to_string());
                (form.render(html! { button.main type="submit" { "Activate for " (part::count(persons, "person", "people")) } }))
            } @else { p { "It is approved and waits to be activated." } }
        }
    }

    fn live(&self) -> Markup {
        html! {
            p {
                "It is shown to "
                @if self.loaded.notice.audience == Audience::WronglyTold { "everybody who left the roster after having been told" }
                @else { "everybody on the roster" }
                " until they acknowledge it, or until it is withdrawn."
            }
            @if self.viewer.may(Action::ActivateNotice) {
                details open[!self.withdraw.errors.is_empty() || self.withdraw.note.is_some()] {
                    summary { "Withdraw it" }
                    (self.withdraw.render(html! {
                        (self.withdraw.field("reason", "Reason")
                            .hint("Why people must not see it any more. It stays in the evidence.").area(3))
                        button.danger type="submit" { "Withdraw the notice" }
                    }))
                }
            }
        }
    }

    fn history(&self) -> Markup {
        let zone = self.viewer.zone();
        html! {
            section.sheet aria-labelledby="versions-h" {
                h2 #versions-h { "Versions" }
                ol.timeline reversed {
                    @for v in &self.loaded.versions {
                        li {
                            p { strong { "Version " (v.number) } " by " (v.author) }
                            div.line.small { (part::when(v.created_at, zone)) " " (part::hash(&v.content_hash)) }
                            @for a in self.loaded.approvals.iter().filter(|a| a.number == v.number) {
                                p.small { (part::badge("ok", "Approved")) " by " (a.approver) ", "
                                    (part::when(a.approved_at, zone)) }
                            }
                            @if v.number != self.loaded.notice.current {
                                p.small { a href={ "/notices/" (v.notice_id) "/versions/" (v.number) } {
                                    "Read version " (v.number)
                                } }
                            }
                        }
                    }
                }
            }
        }
    }
}

impl Page for NoticeShow {
    fn title(&self) -> String {
        format!("Notice for {}", self.loaded.incident.reference)
    }

    fn viewer(&self) -> Option<&Viewer> {
        Some(&self.viewer)
    }

    fn incident(&self) -> Option<&Incident> {
        Some(&self.loaded.incident)
    }

    fn wide(&self) -> bool {
        true
    }

    fn aside(&self) -> Markup {
        html! {
            div.actions {
                @if self.loaded.notice.audience == Audience::WronglyTold { (part::badge("none", "Correction")) }
                (status(self.loaded.notice.status))
            }
        }
    }

    fn body(&self) -> Markup {
        let n = &self.loaded.notice;
        let zone = self.viewer.zone();
        let gaps_all = match n.status {
            Status::Draft => service::gaps(n.audience, &self.loaded.contents),
            _ => Vec::new(),
        };
        html! {
            (part::done(&self.done))
            @if let Some(note) = &self.note {
                div.summary role="alert" tabindex="-1" autofocus { p { (note) } }
            }
            (self.withdraw.summary())
            @if let (Some(at), Some(by)) = (n.activated_at, &n.activated_by) {
                p { "Live since " (part::when_full(at, zone)) ", activated by " (by) "." }
            }
            @if let (Some(at), Some(why)) = (n.withdrawn_at, &n.withdrawn_reason) {
                p.notice-line { "Withdrawn " (part::when(at, zone)) ": " (why) }
            }
            @if n.activated_at.is_some() {
                section.sheet aria-labelledby="reach-h" {
                    h2 #reach-h { "How far it got" }
                    (part::ladder(&self.loaded.reach))
                    p.small { "Served alone does not count as notified: a page can be loaded ahead of time. \
                               Seen is two seconds in view." }
                }
            }
            (self.next())
            section aria-labelledby="text-h" {
                h2 #text-h { "Exactly what people see (version " (n.current) ")" }
                div.columns.even {
                    @for (lang, content) in in_order(&self.loaded.contents) {
                        div {
                            p.small { (part::language(lang)) }
                            (gaps(&gaps_all, lang))
                            (part::content(content, lang))
                        }
                    }
                }
                p.small {
                    @if n.hideable { "The person may hide it for the page view." }
                    @else { "The person cannot hide it." }
                }
            }
            (self.history())
        }
    }

    fn samples() -> Vec<Self> {
        let one = |role, status| Self::new(Viewer::sample(role), sample::loaded(status));
        let mut late = one(Role::Approver, Status::Draft);
        late.note = Some(
            "The text was changed after you opened it. Read the newest version and approve that."
                .to_owned(),
        );
        let mut withdraw = one(Role::Responder, Status::Active);
        withdraw.withdraw = withdraw
            .withdraw
            .wrong("reason", "This cannot be empty.")
            .with_fields(&[("reason", "Reason")]);
        let mut gap = one(Role::Responder, Status::Draft);
        gap.loaded.contents = sample::templates();
        let mut drill = one(Role::Responder, Status::Approved);
        drill.loaded.incident = sample::drill();
        vec![
            one(Role::Approver, Status::Draft),
            late,
            gap,
            drill,
            one(Role::Manager, Status::Active),
            withdraw,
            one(Role::Responder, Status::Withdrawn),
        ]
    }
}

/// An earlier version, to be read.
#[derive(Debug)]
pub(crate) struct VersionShow {
    viewer: Viewer,
    incident: Incident,
    version: Version,
    contents: BTreeMap<String, Content>,
}

impl Page for VersionShow {
    fn title(&self) -> String {
        format!("Version {} of a notice", self.version.number)
    }

    fn viewer(&self) -> Option<&Viewer> {
        Some(&self.viewer)
    }

    fn incident(&self) -> Option<&Incident> {
        Some(&self.incident)
    }

    fn trail(&self) -> Vec<(String, String)> {
        let mut trail = trail_of(&self.incident);
        trail.push((
            format!("/notices/{}", self.version.notice_id),
            "Notice".to_owned(),
        ));
        trail
    }

    fn body(&self) -> Markup {
        html! {
            div.line { "By " (self.version.author) ", " (part::when(self.version.created_at, self.viewer.zone())) ". "
                (part::hash(&self.version.content_hash)) }
            section aria-labelledby="text-h" {
                h2 #text-h { "The text" }
                div.columns.even {
                    @for (lang, content) in in_order(&self.contents) { (part::content(content, lang)) }
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let loaded = sample::loaded(Status::Draft);
        let Some(version) = loaded.versions.last().cloned() else {
            return Vec::new();
        };
        vec![Self {
            viewer: Viewer::sample(Role::Manager),
            incident: loaded.incident,
            version,
            contents: loaded.contents,
        }]
    }
}

/// Shows the page.
pub(crate) async fn show(
    State(app): State<App>,
    me: Viewer,
    At(id): At<NoticeId>,
    Asked(query): Asked<Done>,
) -> Answer {
    let loaded = load(&app, &me, id).await?;
    let mut shown = NoticeShow::new(me, loaded);
    shown.done = query.done;
    Ok(page(&app, &shown))
}

/// Shows an earlier version.
pub(crate) async fn show_version(
    State(app): State<App>,
    me: Viewer,
    At((id, number)): At<(NoticeId, i64)>,
) -> Answer {
    let loaded = load(&app, &me, id).await?;
    let version = loaded.versions.into_iter().find(|v| v.number == number);
    let version = found(version, "This version")?;
    let shown = VersionShow {
        viewer: me,
        incident: loaded.incident,
        contents: service::contents(&version)?,
        version,
    };
    Ok(page(&app, &shown))
}

/// The page again after one of its buttons did nothing.
async fn again(app: &App, id: NoticeId, mut sent: Posted, stop: Stop) -> Answer {
    // A refusal with a reason of its own, such as "you wrote it", is shown beside the text.
    let stop = match stop {
        Stop::Error(Error::Denied(why)) if sent.me.may(Action::ViewIncident) => {
            let mut shown = NoticeShow::new(sent.me.clone(), load(app, &sent.me, id).await?);
            shown.note = Some(why);
            return Ok(page_with_status(app, StatusCode::FORBIDDEN, &shown));
        }
        other => other,
    };
    let action = format!("/notices/{id}/withdraw");
    let (status, form) = sent.again(app, stop, Vec::new(), "withdraw", action)?;
    let loaded = load(app, &sent.me, id).await?;
    let version = loaded.notice.version.to_string();
    let mut shown = NoticeShow::new(sent.me, loaded);
    let form = form.with_fields(&[("reason", "Reason")]);
    shown.withdraw.errors = form.errors;
    shown.withdraw.typed = form.typed;
    shown.withdraw.typed.set("version", version);
    shown.note = form.note;
    Ok(page_with_status(app, status, &shown))
}

/// Approves.
pub(crate) async fn approve(State(app): State<App>, At(id): At<NoticeId>, sent: Posted) -> Answer {
    let approve = Approve {
        number: sent.typed.number("number").unwrap_or(0),
        content_hash: sent.typed.text("content_hash"),
    };
    let ctx = sent.ctx(&app, "approve");
    match sent.run(service::approve(&ctx, id, &approve)).await {
        Ok(_) => go(&format!("/notices/{id}?done=approved")),
        Err(stop) => again(&app, id, sent, stop).await,
    }
}

/// Activates.
pub(crate) async fn activate(State(app): State<App>, At(id): At<NoticeId>, sent: Posted) -> Answer {
    let activate = Activate {
        version: sent.typed.version(),
    };
    let ctx = sent.ctx(&app, "activate");
    match sent.run(service::activate(&ctx, id, &activate)).await {
        Ok(_) => go(&format!("/notices/{id}?done=activated")),
        Err(stop) => again(&app, id, sent, stop).await,
    }
}

/// Withdraws.
pub(crate) async fn withdraw(State(app): State<App>, At(id): At<NoticeId>, sent: Posted) -> Answer {
    let withdraw = Withdraw {
        reason: sent.typed.text("reason"),
        version: sent.typed.version(),
    };
    let ctx = sent.ctx(&app, "withdraw");
    match sent.run(service::withdraw(&ctx, id, &withdraw)).await {
        Ok(_) => go(&format!("/notices/{id}?done=withdrawn")),
        Err(stop) => again(&app, id, sent, stop).await,
    }
}
