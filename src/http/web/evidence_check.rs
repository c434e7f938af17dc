//! What the check of the whole log found, in words.

use axum::extract::State;
use maud::{Markup, html};

use super::answer::{Answer, page, page_with_status, require};
use super::evidence_show::{EvidenceShow, check_form};
use super::layout::{Page, Section, Viewer};
use super::part;
use super::session::Posted;
use crate::app::App;
use crate::domain::access::{Action, Role};
use crate::service::evidence::{PROBLEMS_MAX, Report, verify};

/// The page.
#[derive(Debug)]
pub(crate) struct EvidenceCheck {
    viewer: Viewer,
    report: Report,
}

/// What the rows of a table are, one and several.
fn rows_of(table: &str) -> (&str, &str) {
    match table {
        "account" => ("account", "accounts"),
        "api_token" => ("token", "tokens"),
        "site" => ("site", "sites"),
        "site_key" => ("key of a site", "keys of sites"),
        "incident" => ("incident", "incidents"),
        "fact" => ("fact", "facts"),
        "roster_import" => ("roster import", "roster imports"),
        "obligation" => ("obligation", "obligations"),
        "deadline" => ("computed deadline", "computed deadlines"),
        "notice" => ("notice", "notices"),
        "notice_version" => ("version of a notice", "versions of notices"),
        "notice_approval" => ("approval of a notice", "approvals of notices"),
        "delivery" => ("delivery to a person", "deliveries to people"),
        other => (other, other),
    }
}

impl EvidenceCheck {
    fn checked(&self) -> Markup {
        let r = &self.report;
        let size = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let holds = r.holds();
        html! {
            section.sheet aria-labelledby="checked-h" {
                h2 #checked-h { @if holds { "What was checked" } @else { "What was read" } }
                ul {
                    li {
                        strong { (part::count(r.entries, "entry", "entries")) }
                        @if holds {
                            ": each has the hash that it says, stands where it says, and follows the one \
                             before it; none is missing at the end"
                        }
                    }
                    li {
                        strong { (part::count(size(r.incidents), "incident", "incidents")) }
                        @if holds { ": the chain of each was followed by itself, too" }
                    }
                    li {
                        strong { (part::count(r.commitments, "commitment", "commitments")) }
                        " to texts and contents that could be opened, each with what was committed to in it"
                    }
                    li {
                        strong { (part::count(size(r.rosters), "roster", "rosters")) }
                        @if holds { ": every person was hashed again, and the hash is that of the last import" }
                    }
                    @if !r.rows.is_empty() {
                        li {
                            "what stands in the database, compared with the newest entry about it:"
                            ul {
                                @for (table, n) in &r.rows {
                                    @let (one, many) = rows_of(table);
                                    li { (part::count(*n, one, many)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

impl Page for EvidenceCheck {
    fn title(&self) -> String {
        if self.report.holds() {
            "The log holds".to_owned()
        } else {
            "The log does not hold".to_owned()
        }
    }

    fn viewer(&self) -> Option<&Viewer> {
        Some(&self.viewer)
    }

    fn section(&self) -> Section {
        Section::Evidence
    }

    fn trail(&self) -> Vec<(String, String)> {
        vec![("/evidence".to_owned(), "Evidence".to_owned())]
    }

    fn body(&self) -> Markup {
        let r = &self.report;
        let zone = self.viewer.zone();
        html! {
            @if r.holds() {
                p.done role="status" {
                    "Nothing was changed, taken out or put in between. Checked "
                    (part::when(self.viewer.now, zone)) "."
                }
                section.sheet aria-labelledby="head-h" {
                    h2 #head-h { "Hold this hash outside" }
                    p {
                        "It stands for the " (part::count(r.entries, "entry", "entries")) " that there are now. Keep \
                         it where nobody who runs this server can change it: on paper, in a mail to your lawyer. As \
                         long as somebody holds it, none of these entries can be changed unseen, not even by us."
                    }
                    code.secret data-copy { (r.head) }
                }
            } @else {
                div.summary #found role="alert" tabindex="-1" autofocus {
                    p { strong {
                        (part::count(i64::try_from(r.problems.len()).unwrap_or(i64::MAX),
                            "thing does not hold.", "things do not hold."))
                        @if r.problems.len() >= PROBLEMS_MAX { " The check ended there; there may be more." }
                    } }
                    ul { @for problem in &r.problems { li { (problem) } } }
                }
                section.sheet aria-labelledby="now-h" {
                    h2 #now-h { "What to do now" }
                    p {
                        "Somebody or something changed the database past the product, or a disk or a backup is \
                         damaged. Do not go on working in it: keep a copy of the database as it is, tell whoever runs \
                         the server, and compare with the newest backup whose log holds. Checked "
                        (part::when(self.viewer.now, zone)) "."
                    }
                }
            }
            (self.checked())
            div.actions {
                (check_form(&self.viewer).render(html! { button type="submit" { "Check again" } }))
                a.button href="/evidence" { "Back to the log" }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let rows = [
            ("account", 5),
            ("delivery", 12_011),
            ("incident", 3),
            ("fact", 14),
        ];
        let good = Report {
            entries: 48_211,
            head: "3f1a9c0d77e25b40aa619b1c55e0f3a27d883f1a9c0d77e25b40aa619b1c55e0".to_owned(),
            incidents: 3,
            commitments: 48_902,
            rows: rows.map(|(table, n)| (table.to_owned(), n)).into(),
            rosters: 1,
            problems: Vec::new(),
        };
        let bad = Report {
            problems: vec![
                "Entry 17 was changed: its hash does not fit.".to_owned(),
                "Entry 18 does not follow the entry before it.".to_owned(),
                "fact 01936d5e-0000-7000-8000-000000000001 was changed: it is not what the newest entry \
                 about it says."
                    .to_owned(),
            ],
            ..good.clone()
        };
        [good, bad]
            .into_iter()
            .map(|report| Self {
                viewer: Viewer::sample(Role::Manager),
                report,
            })
            .collect()
    }
}

/// Checks, and shows what was found.
pub(crate) async fn send(State(app): State<App>, mut sent: Posted) -> Answer {
    require(&app, &sent.me, Action::VerifyEvidence)?;
    match sent.run(verify(&app.db)).await {
        Ok(report) => {
            let shown = EvidenceCheck {
                viewer: sent.me,
                report,
            };
            Ok(page(&app, &shown))
        }
        Err(stop) => {
            let action = "/evidence/check".to_owned();
            let (status, form) = sent.again(&app, stop, Vec::new(), "check", action)?;
            let shown = EvidenceShow::read(&app, sent.me, None, form).await?;
            Ok(page_with_status(&app, status, &shown))
        }
    }
}
