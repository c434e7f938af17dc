//! Revoking a token, after a second look at which one.

use axum::extract::State;
use maud::{Markup, html};

use super::answer::{Answer, At, found, go, page, page_with_status, require};
use super::form::Form;
use super::layout::{Page, Section, Viewer};
use super::session::Posted;
use super::{part, role, sample_admin};
use crate::app::App;
use crate::domain::access::{Action, Role};
use crate::ids::ApiTokenId;
use crate::service::token;
use crate::store::api_token::{ApiToken, find};

/// The page.
#[derive(Debug)]
pub(crate) struct TokenRevoke {
    viewer: Viewer,
    token: ApiToken,
    form: Form,
}

impl Page for TokenRevoke {
    fn title(&self) -> String {
        format!("Revoke \"{}\"?", self.token.name)
    }

    fn viewer(&self) -> Option<&Viewer> {
        Some(&self.viewer)
    }

    fn section(&self) -> Section {
        Section::Tokens
    }

    fn trail(&self) -> Vec<(String, String)> {
        vec![("/tokens".to_owned(), "Tokens".to_owned())]
    }

    fn body(&self) -> Markup {
        let zone = self.viewer.zone();
        html! {
            (self.form.summary())
            section.sheet aria-label="The token" {
                p.lead { "The program that uses it is refused from then on. This cannot be undone." }
                dl.facts {
                    dt { "Role" }
                    dd { (role::title(self.token.role)) }
                    dt { "Made" }
                    dd { (part::when(self.token.created_at, zone)) }
                    dt { "Last used" }
                    dd {
                        @match self.token.last_used_at {
                            Some(at) => { (part::when(at, zone)) ", to the hour" },
                            None => "never",
                        }
                    }
                }
                (self.form.render(html! {
                    div.send {
                        button.danger type="submit" { "Revoke the token" }
                        a.button href="/tokens" { "Keep it" }
                    }
                }))
            }
        }
    }

    fn samples() -> Vec<Self> {
        let viewer = Viewer::sample(Role::Administrator);
        let form = Form::new(&viewer, "revoke", "/tokens/1/revoke");
        sample_admin::tokens()
            .into_iter()
            .take(1)
            .map(|token| Self {
                viewer: viewer.clone(),
                form: form.clone(),
                token,
            })
            .collect()
    }
}

fn here(id: ApiTokenId) -> String {
    format!("/tokens/{id}/revoke")
}

/// Asks.
pub(crate) async fn show(State(app): State<App>, me: Viewer, At(id): At<ApiTokenId>) -> Answer {
    require(&app, &me, Action::ManageTokens)?;
    let token = found(find(&app.db, id).await?, "This token")?;
    let form = Form::new(&me, "revoke", here(id));
    let shown = TokenRevoke {
        viewer: me,
        token,
        form,
    };
    Ok(page(&app, &shown))
}

/// Revokes.
pub(crate) async fn send(
    State(app): State<App>,
    At(id): At<ApiTokenId>,
    mut sent: Posted,
) -> Answer {
    let ctx = sent.ctx(&app, "revoke");
    match sent.run(token::revoke(&ctx, id)).await {
        Ok(_) => go("/tokens?done=revoked"),
        Err(stop) => {
            require(&app, &sent.me, Action::ManageTokens)?;
            let token = found(find(&app.db, id).await?, "This token")?;
            let (status, form) = sent.again(&app, stop, Vec::new(), "revoke", here(id))?;
            let shown = TokenRevoke {
                viewer: sent.me,
                token,
                form,
            };
            Ok(page_with_status(&app, status, &shown))
        }
    }
}
