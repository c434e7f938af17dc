//! The members of staff who can sign in.

use axum::extract::State;
use maud::{Markup, html};
use serde::Deserialize;

use super::answer::{Answer, Asked, page, require};
use super::layout::{Page, Section, Viewer};
use super::{part, role, sample_admin};
use crate::app::App;
use crate::domain::access::{Action, Role};
use crate::store::account::{self, Account};

/// The page.
#[derive(Debug)]
pub(crate) struct AccountList {
    viewer: Viewer,
    accounts: Vec<Account>,
    done: String,
}

impl Page for AccountList {
    fn title(&self) -> String {
        "Accounts".to_owned()
    }

    fn viewer(&self) -> Option<&Viewer> {
        Some(&self.viewer)
    }

    fn section(&self) -> Section {
        Section::Accounts
    }

    fn aside(&self) -> Markup {
        html! { div.actions { a.button.main href="/accounts/new" { "New account" } } }
    }

    fn body(&self) -> Markup {
        html! {
            (part::done(&self.done))
            p.lead {
                "Who can sign in, and what with. A notice needs two people: one who writes it and one \
                 who approves it."
            }
            @if self.accounts.is_empty() {
                (part::empty(
                    "There is no account.",
                    "The first one is made on the server, with the command \"user\".",
                    &html! {},
                ))
            } @else {
                ul.rows.records {
                    @for a in &self.accounts {
                        li {
                            div.what {
                                a.subject href={ "/accounts/" (a.id) } { (a.name) }
                                span.small { (a.email) }
                            }
                            div.what {
                                (role::title(a.role))
                                span.small { (role::purpose(a.role)) }
                            }
                            div.state {
                                @if let Some(at) = a.disabled_at {
                                    (part::badge("none", "Disabled"))
                                    span.small { "since " (part::when(at, self.viewer.zone())) }
                                } @else {
                                    (part::badge("ok", "Can sign in"))
                                    span.small { "since " (part::when(a.created_at, self.viewer.zone())) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let list = |accounts, done: &str| Self {
            viewer: Viewer::sample(Role::Administrator),
            accounts,
            done: done.to_owned(),
        };
        vec![
            list(sample_admin::accounts(), "account"),
            list(sample_admin::accounts(), "disabled"),
            list(Vec::new(), ""),
        ]
    }
}

/// What was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Query {
    done: String,
}

/// Shows the page.
pub(crate) async fn show(State(app): State<App>, me: Viewer, Asked(query): Asked<Query>) -> Answer {
    require(&app, &me, Action::ManageAccounts)?;
    let list = AccountList {
        accounts: account::list(&app.db).await?,
        viewer: me,
        done: query.done,
    };
    Ok(page(&app, &list))
}
