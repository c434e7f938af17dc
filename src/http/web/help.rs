//! What the words mean, what to do in the first hours, and what the roles may do. For everybody, signed
//! in or not.

use axum::extract::State;
use axum::http::HeaderMap;
use maud::{Markup, html};

use super::answer::{Answer, page};
use super::layout::{Page, Section, Viewer};
use super::{part, role, session};
use crate::app::App;
use crate::domain::access::{ACTIONS, ROLES, Role, may};

/// The page.
#[derive(Debug)]
pub(crate) struct Help {
    viewer: Option<Viewer>,
}

const GLOSSARY: [(&str, &str); 21] = [
    (
        "Incident",
        "One case, from the first report until it is closed. A suspicion is enough for a report; a \
         report that turns out to be nothing is closed with that reason.",
    ),
    (
        "Drill",
        "An exercise. It looks like an incident, is marked everywhere, and never reaches a real person.",
    ),
    (
        "Fact",
        "Something that happened at a known time in a known time zone: it occurred, it was detected, we \
         became aware. A fact is never changed. A correction is a new fact that says why; both stay.",
    ),
    (
        "Detected",
        "Somebody or something noticed signs of it: an alarm, a mail from a customer. That is not yet \
         awareness. As long as nothing better is recorded, deadlines are counted from it and say so.",
    ),
    (
        "Aware",
        "We know with a reasonable degree of certainty that personal data was breached. Most deadlines \
         start here. A short look into a suspicion may come between detected and aware; if it does, say \
         what was looked into.",
    ),
    (
        "Obligation and deadline",
        "What one of our companies owes somebody under one rule, and until when. Each deadline shows how \
         it was counted. It is computed anew with every fact; what is settled keeps the deadline that it \
         was measured by.",
    ),
    (
        "Target, due, latest arguable",
        "Three values of one deadline, each with its reason. Due is the strictest defensible reading, and \
         alarms go by it. The target is our own goal before it. The latest arguable one is the most \
         generous reading with a citation; it is shown, and never relied on.",
    ),
    (
        "Unknown",
        "A deadline that cannot be computed, because a fact or a calendar year is missing. It does not \
         mean that there is time.",
    ),
    (
        "Exposure",
        "A system of ours that was open, from when until when, and which kinds of data it held. What was \
         deleted before the window opened cannot have leaked.",
    ),
    (
        "Estimate",
        "How many people, at least and at most, said before the roster exists. Authorities ask for it in \
         the first hours; a newer one stands beside the older.",
    ),
    (
        "List, or source",
        "An export that says who was in a system, who ordered something, or what was read: a file, or a \
         query against a database of ours. Read again it is the next version; what was counted with the \
         older one stays known.",
    ),
    (
        "Recipe",
        "How the affected people follow from the lists, in steps: on this list or on that one, within this \
         time, but not on that one. Each step shows how many people are in it. Counting changes nothing; \
         the roster changes when somebody makes the result the roster and says why.",
    ),
    (
        "Link",
        "Two identifiers in one record, such as an account and an address, that the recipe takes for one \
         person's. Nothing else joins people. An address that many share joins nobody, and two who were \
         joined wrongly can be kept apart.",
    ),
    (
        "Roster",
        "The affected people of an incident: the site's own id of each user, and only what is needed \
         beside it. A recipe makes it anew, so that people come and leave; a file that is imported adds \
         and corrects, and takes nobody off.",
    ),
    (
        "Revision",
        "One change of the roster: who came, who left, and why. Who comes later gets the notice and a \
         period of their own; who was told wrongly gets a correction. No revision is ever removed.",
    ),
    (
        "Notice",
        "The text that affected people see in the site that they use. Whoever wrote it cannot approve it. \
         An approval is for exactly one version; a changed text needs another.",
    ),
    (
        "Served",
        "The notice was sent to the browser of the person who is signed in to the site. It does not count \
         as notified: nothing shows that it was on the screen.",
    ),
    (
        "Seen",
        "Half of the text, or half a screen of it, was in view for two seconds in a row.",
    ),
    ("Acknowledged", "The person pressed \"I have read this\"."),
    (
        "Notified",
        "Counted for people by whom the notice was seen, opened or acknowledged, and for nobody else. \
         Whoever does not sign in is not notified, and needs another channel, such as e-mail or post.",
    ),
    (
        "Evidence log",
        "Every change, one entry each, chained by hashes. Whoever holds the newest hash outside can show \
         that nothing below it was changed. It does not show that what was entered is true.",
    ),
];

const FIRST_HOURS: [(&str, &str); 7] = [
    (
        "Report it.",
        "A line, what happened, when it was detected. Do not wait until all is known: deadlines may be \
         running.",
    ),
    (
        "Stop it, and keep the traces.",
        "Close the hole. Do not delete logs or machines; copy them first.",
    ),
    (
        "Say when we became aware.",
        "As soon as it is reasonably certain that personal data was breached, record the fact \"aware\". \
         Too early is safer than too late.",
    ),
    (
        "Look at the deadlines.",
        "The dashboard shows what is due first. Where one says unknown, it says what is missing.",
    ),
    (
        "Find out who is affected.",
        "Record which systems were open, add lists of who was in them, and write a recipe. A ready list of \
         ids can be imported as it is. It need not be final: the next revision adds who was missing.",
    ),
    (
        "Write the notice and have it approved.",
        "The form asks what people need to know. Somebody else must approve it, so call that person early.",
    ),
    (
        "Tell the authority.",
        "If it is required: in phases if not all is known yet. Record when that was done and under which \
         number.",
    ),
];

impl Page for Help {
    fn title(&self) -> String {
        "What the words mean".to_owned()
    }

    fn viewer(&self) -> Option<&Viewer> {
        self.viewer.as_ref()
    }

    fn section(&self) -> Section {
        Section::Help
    }

    fn body(&self) -> Markup {
        html! {
            nav aria-label="On this page" {
                ul.ways {
                    li { a href="#first" { "The first hours" } }
                    li { a href="#words" { "Words" } }
                    li { a href="#roles" { "Roles" } }
                }
            }
            section.sheet aria-labelledby="first" {
                h2 #first { "The first hours" }
                ol {
                    @for (what, how) in FIRST_HOURS {
                        li { p { strong { (what) } " " (how) } }
                    }
                }
                p.small { "What is computed and written here helps people who decide; it does not replace \
                           legal advice." }
            }
            section.sheet aria-labelledby="words" {
                h2 #words { "Words" }
                dl.glossary {
                    @for (word, meaning) in GLOSSARY {
                        dt { (word) }
                        dd { (meaning) }
                    }
                }
            }
            section aria-labelledby="roles" {
                h2 #roles { "Roles" }
                ul {
                    @for role in ROLES {
                        li { strong { (role::title(role)) } ": " (role::purpose(role)) "." }
                    }
                }
                (roles())
                p.small { "Beyond the table: whoever wrote a notice's text cannot approve it." }
            }
        }
    }

    fn samples() -> Vec<Self> {
        vec![
            Self {
                viewer: Some(Viewer::sample(Role::Reporter)),
            },
            Self { viewer: None },
        ]
    }
}

/// The table of who may do what, from the table that decides it.
fn roles() -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="What each role may do" {
            table.roles {
                caption { "What each role may do" }
                thead {
                    tr {
                        th scope="col" { "To …" }
                        @for role in ROLES { th scope="col" { (role::title(role)) } }
                    }
                }
                tbody {
                    @for action in ACTIONS {
                        tr {
                            th scope="row" { (action.words()) }
                            @for role in ROLES {
                                td {
                                    @if may(role, action) { (part::badge("ok", "yes")) }
                                    @else { span.small { "no" } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Shows the page.
pub(crate) async fn show(State(app): State<App>, headers: HeaderMap) -> Answer {
    let viewer = session::viewer(&app, &headers).await?;
    Ok(page(&app, &Help { viewer }))
}
