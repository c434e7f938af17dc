//! Making a token for a program. The token itself is shown once, on the page that answers the form.

use axum::extract::State;
use maud::{Markup, html};

use super::answer::{Answer, page, page_with_status, require};
use super::form::Form;
use super::layout::{Page, Section, Viewer};
use super::session::Posted;
use super::{part, role, sample, sample_admin};
use crate::app::App;
use crate::domain::access::{Action, Role};
use crate::service::token::{self, DAYS_MAX, Made, NewToken};

const HERE: &str = "/tokens/new";
const DAYS: &str = "90";

/// The page with the form.
#[derive(Debug)]
pub(crate) struct TokenNew {
    viewer: Viewer,
    form: Form,
}

impl TokenNew {
    fn new(viewer: Viewer, form: Form) -> Self {
        let form = form.with_fields(&[
            ("name", "What it is for"),
            ("role", "Role"),
            ("days", "Days until it ends"),
        ]);
        Self { viewer, form }
    }
}

fn trail() -> Vec<(String, String)> {
    vec![("/tokens".to_owned(), "Tokens".to_owned())]
}

impl Page for TokenNew {
    fn title(&self) -> String {
        "New token".to_owned()
    }

    fn viewer(&self) -> Option<&Viewer> {
        Some(&self.viewer)
    }

    fn section(&self) -> Section {
        Section::Tokens
    }

    fn trail(&self) -> Vec<(String, String)> {
        trail()
    }

    fn body(&self) -> Markup {
        let f = &self.form;
        html! {
            (f.summary())
            (f.render(html! {
                section.sheet aria-label="The token" {
                    (f.field("name", "What it is for")
                        .hint("The program and where it runs, such as \"Ticket system, production\".")
                        .input("text"))
                    (f.field("role", "Role")
                        .hint("Choose the least that the program needs.").radios(&role::choices()))
                    p.small { a href="/help#roles" { "What each role may do" } }
                    (f.field("days", "Days until it ends")
                        .hint(&format!("1 to {DAYS_MAX}. A token that ends by itself is one less to forget."))
                        .input("number"))
                }
                div.send {
                    button.main type="submit" { "Make the token" }
                    a.button href="/tokens" { "Cancel" }
                }
            }))
        }
    }

    fn samples() -> Vec<Self> {
        let viewer = || Viewer::sample(Role::Administrator);
        let wrong = Form::new(&viewer(), "token", HERE)
            .with("role", "reporter")
            .with("days", "999")
            .wrong("name", "This cannot be empty.")
            .wrong("days", "A token lives 1 to 366 days.");
        vec![
            Self::new(viewer(), empty(&viewer())),
            Self::new(viewer(), wrong),
        ]
    }
}

/// The page with the token.
#[derive(Debug)]
pub(crate) struct TokenMade {
    viewer: Viewer,
    name: String,
    made: Made,
}

impl Page for TokenMade {
    fn title(&self) -> String {
        "The token is made".to_owned()
    }

    fn viewer(&self) -> Option<&Viewer> {
        Some(&self.viewer)
    }

    fn section(&self) -> Section {
        Section::Tokens
    }

    fn trail(&self) -> Vec<(String, String)> {
        trail()
    }

    fn body(&self) -> Markup {
        html! {
            section.sheet aria-labelledby="token-h" {
                h2 #token-h { "The token for \"" (self.name) "\"" }
                p.warn role="status" {
                    strong { "It is shown this once. " }
                    "Copy it to where the program keeps its secrets before you leave this page. We keep \
                     only a hash of it; a lost one is replaced by a new one."
                }
                code.secret data-copy { (self.made.token) }
                p.small { "It works until " (part::when(self.made.expires_at, self.viewer.zone())) "." }
                p { "The program sends it with each request:" }
                pre tabindex="0" role="region" aria-label="How the program sends it" {
                    "Authorization: Bearer dnt_…"
                }
                p.small { "To load this page again would make another token." }
                div.send { a.button.main href="/tokens" { "I have copied it" } }
            }
        }
    }

    fn samples() -> Vec<Self> {
        vec![Self {
            viewer: Viewer::sample(Role::Administrator),
            name: "Ticket system, production".to_owned(),
            made: Made {
                id: sample_admin::token_id(),
                token: "dnt_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG".to_owned(),
                expires_at: sample::t("2027-02-23T09:30:00Z"),
            },
        }]
    }
}

fn empty(viewer: &Viewer) -> Form {
    Form::new(viewer, "token", HERE)
        .with("role", Role::Reporter.as_str())
        .with("days", DAYS)
}

/// Shows the empty form.
pub(crate) async fn show(State(app): State<App>, me: Viewer) -> Answer {
    require(&app, &me, Action::ManageTokens)?;
    let form = empty(&me);
    Ok(page(&app, &TokenNew::new(me, form)))
}

/// Makes the token and shows it.
pub(crate) async fn send(State(app): State<App>, mut sent: Posted) -> Answer {
    require(&app, &sent.me, Action::ManageTokens)?;
    let ctx = sent.ctx(&app, "token");
    let name = sent.typed.text("name");
    let work = async {
        let new = NewToken {
            name: name.clone(),
            role: role::chosen(sent.typed.get("role"))?,
            // No token lives for no day: the use-case says how many it may be.
            days: sent.typed.number("days").unwrap_or(0),
        };
        token::create(&ctx, &new).await
    };
    match sent.run(work).await {
        Ok(made) => {
            let shown = TokenMade {
                viewer: sent.me,
                name,
                made,
            };
            Ok(page(&app, &shown))
        }
        Err(stop) => {
            let (status, form) = sent.again(&app, stop, Vec::new(), "token", HERE.to_owned())?;
            let shown = TokenNew::new(sent.me, form);
            Ok(page_with_status(&app, status, &shown))
        }
    }
}
