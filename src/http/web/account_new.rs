//! Making an account.

use axum::extract::State;
use maud::{Markup, html};

use super::answer::{Answer, go, page, page_with_status, require};
use super::form::Form;
use super::layout::{Page, Section, Viewer};
use super::role;
use super::session::Posted;
use crate::app::App;
use crate::domain::access::{Action, Role};
use crate::service::account::{self, NewAccount, PASSWORD_CHARS_MIN};

const HERE: &str = "/accounts/new";

/// The page.
#[derive(Debug)]
pub(crate) struct AccountNew {
    viewer: Viewer,
    form: Form,
}

impl AccountNew {
    fn new(viewer: Viewer, form: Form) -> Self {
        let form = form.with_fields(&[
            ("name", "Name"),
            ("email", "E-mail address"),
            ("role", "Role"),
            ("password", "First password"),
        ]);
        Self { viewer, form }
    }
}

/// What a password must be, beside the field for it.
pub(super) fn password_hint() -> String {
    format!(
        "At least {PASSWORD_CHARS_MIN} characters, of any kind. A sentence is a good password. It is \
         not kept in a form that anybody can read, so note it for the person now."
    )
}

impl Page for AccountNew {
    fn title(&self) -> String {
        "New account".to_owned()
    }

    fn viewer(&self) -> Option<&Viewer> {
        Some(&self.viewer)
    }

    fn section(&self) -> Section {
        Section::Accounts
    }

    fn trail(&self) -> Vec<(String, String)> {
        vec![("/accounts".to_owned(), "Accounts".to_owned())]
    }

    fn body(&self) -> Markup {
        let f = &self.form;
        html! {
            (f.summary())
            (f.render(html! {
                section.sheet aria-labelledby="who-h" {
                    h2 #who-h { "Who" }
                    (f.field("name", "Name")
                        .hint("As colleagues know the person. It stands beside everything that is done with \
                               this account.").input("text"))
                    (f.field("email", "E-mail address")
                        .hint("The person signs in with it.").input("email"))
                }
                section.sheet aria-labelledby="role-h" {
                    h2 #role-h { "What the person is trusted with" }
                    (f.field("role", "Role").radios(&role::choices()))
                    p.small { a href="/help#roles" { "What each role may do" } }
                }
                section.sheet aria-labelledby="password-h" {
                    h2 #password-h { "How the person signs in at first" }
                    (f.field("password", "First password").hint(&password_hint())
                        .autocomplete("new-password").input("password"))
                }
                div.send {
                    button.main type="submit" { "Make the account" }
                    a.button href="/accounts" { "Cancel" }
                }
            }))
        }
    }

    fn samples() -> Vec<Self> {
        let viewer = || Viewer::sample(Role::Administrator);
        let wrong = empty(&viewer())
            .with("name", "Rosa Berger")
            .with("email", "rosa")
            .wrong("email", "This is not an e-mail address.")
            .wrong(
                "password",
                "The password has 8 characters; at least 15 are needed. A sentence is a good password.",
            );
        vec![
            Self::new(viewer(), empty(&viewer())),
            Self::new(viewer(), wrong),
        ]
    }
}

fn empty(viewer: &Viewer) -> Form {
    Form::new(viewer, "account", HERE).with("role", Role::Responder.as_str())
}

/// Shows the empty form.
pub(crate) async fn show(State(app): State<App>, me: Viewer) -> Answer {
    require(&app, &me, Action::ManageAccounts)?;
    let form = empty(&me);
    Ok(page(&app, &AccountNew::new(me, form)))
}

/// Makes the account.
pub(crate) async fn send(State(app): State<App>, mut sent: Posted) -> Answer {
    require(&app, &sent.me, Action::ManageAccounts)?;
    let ctx = sent.ctx(&app, "account");
    let work = async {
        let new = NewAccount {
            email: sent.typed.text("email"),
            name: sent.typed.text("name"),
            role: role::chosen(sent.typed.get("role"))?,
            // A password is taken as it is, whatever is in it.
            password: sent.typed.get("password").to_owned(),
        };
        account::create(&ctx, &new).await
    };
    match sent.run(work).await {
        Ok(_) => go("/accounts?done=account"),
        Err(stop) => {
            let (status, form) = sent.again(&app, stop, Vec::new(), "account", HERE.to_owned())?;
            let shown = AccountNew::new(sent.me, form);
            Ok(page_with_status(&app, status, &shown))
        }
    }
}
