//! The tokens of programs.

use std::collections::HashMap;

use axum::extract::State;
use maud::{Markup, html};
use serde::Deserialize;

use super::answer::{Answer, Asked, page, require};
use super::layout::{Page, Section, Viewer};
use super::{part, role, sample_admin};
use crate::app::App;
use crate::domain::access::{Action, Role};
use crate::ids::AccountId;
use crate::store::account;
use crate::store::api_token::{self, ApiToken};

/// The page.
#[derive(Debug)]
pub(crate) struct TokenList {
    viewer: Viewer,
    tokens: Vec<ApiToken>,
    makers: HashMap<AccountId, String>,
    done: String,
}

/// The button to the form.
fn new_token() -> Markup {
    html! { a.button.main href="/tokens/new" { "New token" } }
}

impl TokenList {
    fn token(&self, t: &ApiToken) -> Markup {
        let zone = self.viewer.zone();
        let ended = t.expires_at <= self.viewer.now;
        let maker = self.makers.get(&t.created_by);
        html! {
            li {
                div.what {
                    span.subject { (t.name) }
                    span.small {
                        "made " (part::when(t.created_at, zone))
                        @if let Some(name) = maker { " by " (name) }
                    }
                }
                div.what {
                    (role::title(t.role))
                    span.small {
                        @match t.last_used_at {
                            Some(at) => { "last used " (part::when(at, zone)) },
                            None => "never used",
                        }
                    }
                }
                div.state {
                    @if let Some(at) = t.revoked_at {
                        (part::badge("none", "Revoked"))
                        span.small { (part::when(at, zone)) }
                    } @else if ended {
                        (part::badge("none", "Ended"))
                        span.small { (part::when(t.expires_at, zone)) }
                    } @else {
                        (part::badge("ok", "Works"))
                        span.small { "until " (part::when(t.expires_at, zone)) }
                        a.button.quiet href={ "/tokens/" (t.id) "/revoke" } {
                            "Revoke" span.sr { " " (t.name) }
                        }
                    }
                }
            }
        }
    }
}

impl Page for TokenList {
    fn title(&self) -> String {
        "Tokens".to_owned()
    }

    fn viewer(&self) -> Option<&Viewer> {
        Some(&self.viewer)
    }

    fn section(&self) -> Section {
        Section::Tokens
    }

    fn aside(&self) -> Markup {
        html! { div.actions { (new_token()) } }
    }

    fn body(&self) -> Markup {
        html! {
            (part::done(&self.done))
            p.lead {
                "With a token a program uses the " a href="/api" { "API" } ", with the rights of a role. \
                 What it does stands in the evidence log under the token's name."
            }
            @if self.tokens.is_empty() {
                (part::empty(
                    "There is no token.",
                    "Make one for each program, so that each can be revoked by itself.",
                    &new_token(),
                ))
            } @else {
                ul.rows.records { @for t in &self.tokens { (self.token(t)) } }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let list = |tokens, done: &str| Self {
            viewer: Viewer::sample(Role::Administrator),
            tokens,
            makers: sample_admin::accounts()
                .into_iter()
                .map(|a| (a.id, a.name))
                .collect(),
            done: done.to_owned(),
        };
        vec![
            list(sample_admin::tokens(), "revoked"),
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
    require(&app, &me, Action::ManageTokens)?;
    let accounts = account::list(&app.db).await?;
    let list = TokenList {
        tokens: api_token::list(&app.db).await?,
        makers: accounts.into_iter().map(|a| (a.id, a.name)).collect(),
        viewer: me,
        done: query.done,
    };
    Ok(page(&app, &list))
}
