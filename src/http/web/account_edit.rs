//! One account: a new password, and disabling it.

use axum::extract::State;
use maud::{Markup, html};
use serde::Deserialize;

use super::account_new::password_hint;
use super::answer::{Answer, Asked, At, Stop, found, go, page, page_with_status, require};
use super::form::Form;
use super::layout::{Page, Section, Viewer};
use super::session::Posted;
use super::{part, role, sample_admin};
use crate::app::App;
use crate::domain::access::{Action, Role, Who};
use crate::ids::AccountId;
use crate::service::{Ctx, account};
use crate::store::account::{Account, find};

/// The page.
#[derive(Debug)]
pub(crate) struct AccountEdit {
    viewer: Viewer,
    account: Account,
    password: Form,
    disable: Form,
    done: String,
}

impl AccountEdit {
    fn new(viewer: Viewer, account: Account) -> Self {
        let to = |what: &str| format!("/accounts/{}/{what}", account.id);
        Self {
            password: with_fields(Form::new(&viewer, "password", to("password"))),
            disable: Form::new(&viewer, "disable", to("disable")),
            done: String::new(),
            viewer,
            account,
        }
    }

    fn own(&self) -> bool {
        self.viewer.actor.who == Who::Account(self.account.id)
    }
}

fn with_fields(form: Form) -> Form {
    form.with_fields(&[("password", "New password")])
}

impl Page for AccountEdit {
    fn title(&self) -> String {
        self.account.name.clone()
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

    fn aside(&self) -> Markup {
        match self.account.disabled_at {
            Some(_) => part::badge("none", "Disabled"),
            None => part::badge("ok", "Can sign in"),
        }
    }

    fn body(&self) -> Markup {
        let a = &self.account;
        let zone = self.viewer.zone();
        html! {
            (part::done(&self.done))
            (self.password.summary())
            (self.disable.summary())
            section.sheet aria-label="The account" {
                dl.facts {
                    dt { "E-mail address" }
                    dd { (a.email) }
                    dt { "Role" }
                    dd { (role::title(a.role)) " – " (role::purpose(a.role)) }
                    dt { "Made" }
                    dd { (part::when(a.created_at, zone)) }
                    @if let Some(at) = a.disabled_at {
                        dt { "Disabled" }
                        dd { (part::when(at, zone)) }
                    }
                }
            }
            @if a.disabled_at.is_some() {
                p { "Nobody can sign in with this account any more. What was done with it stays in the \
                     evidence log under its name. If the person comes back, make a new account with \
                     another e-mail address." }
            } @else {
                section.sheet aria-labelledby="password-h" {
                    h2 #password-h { "Set a new password" }
                    p { "For somebody who has lost the password. The person is signed out everywhere and \
                         signs in with the new one." }
                    @if self.own() {
                        p.warn { "This is your own account: you sign in anew afterwards." }
                    }
                    (self.password.render(html! {
                        (self.password.field("password", "New password").hint(&password_hint())
                            .autocomplete("new-password").input("password"))
                        div.send { button.main type="submit" { "Set the new password" } }
                    }))
                }
                section.sheet aria-labelledby="disable-h" {
                    h2 #disable-h { "Disable the account" }
                    @if self.own() {
                        p { "You cannot disable your own account. Ask another administrator." }
                    } @else {
                        p { "For somebody who has left. The person is signed out at once and can never \
                             sign in with this account again. What was done with it stays in the evidence \
                             log." }
                        (self.disable.render(html! {
                            div.send { button.danger type="submit" { "Disable " (a.name) " for good" } }
                        }))
                    }
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let viewer = || Viewer::sample(Role::Administrator);
        let all = sample_admin::accounts();
        let mut pages: Vec<_> = all
            .into_iter()
            .map(|account| Self::new(viewer(), account))
            .collect();
        if let Some(page) = pages.first_mut() {
            let form = page.password.clone();
            page.password = form.wrong(
                "password",
                "The password has 3 characters; at least 15 are needed. A sentence is a good password.",
            );
        }
        pages
    }
}

/// What was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Query {
    done: String,
}

/// Shows the page.
pub(crate) async fn show(
    State(app): State<App>,
    me: Viewer,
    At(id): At<AccountId>,
    Asked(query): Asked<Query>,
) -> Answer {
    require(&app, &me, Action::ManageAccounts)?;
    let account = found(find(&app.db, id).await?, "This account")?;
    let mut shown = AccountEdit::new(me, account);
    shown.done = query.done;
    Ok(page(&app, &shown))
}

/// Sets a new password.
pub(crate) async fn set_password(
    State(app): State<App>,
    At(id): At<AccountId>,
    mut sent: Posted,
) -> Answer {
    // Without a key: what is kept of a request would be a quick hash of the password. The same
    // password twice is the same password.
    let ctx = Ctx::new(&app, sent.me.actor.clone());
    let password = sent.typed.get("password").to_owned();
    match sent.run(account::set_password(&ctx, id, &password)).await {
        Ok(_) => go(&format!("/accounts/{id}?done=password")),
        Err(stop) => {
            let (account, status, form) = again(&app, &mut sent, stop, id, "password").await?;
            let mut shown = AccountEdit::new(sent.me, account);
            shown.password = with_fields(form);
            Ok(page_with_status(&app, status, &shown))
        }
    }
}

/// Disables the account.
pub(crate) async fn disable(
    State(app): State<App>,
    At(id): At<AccountId>,
    mut sent: Posted,
) -> Answer {
    let ctx = sent.ctx(&app, "disable");
    match sent.run(account::disable(&ctx, id)).await {
        Ok(_) => go("/accounts?done=disabled"),
        Err(stop) => {
            let (account, status, form) = again(&app, &mut sent, stop, id, "disable").await?;
            let mut shown = AccountEdit::new(sent.me, account);
            shown.disable = form;
            Ok(page_with_status(&app, status, &shown))
        }
    }
}

async fn again(
    app: &App,
    sent: &mut Posted,
    stop: Stop,
    id: AccountId,
    what: &'static str,
) -> Result<(Account, axum::http::StatusCode, Form), super::answer::Failure> {
    require(app, &sent.me, Action::ManageAccounts)?;
    let account = found(find(&app.db, id).await?, "This account")?;
    let action = format!("/accounts/{id}/{what}");
    let (status, form) = sent.again(app, stop, Vec::new(), what, action)?;
    Ok((account, status, form))
}
