//! Withdrawing a day that was set, after a second look at which one.

use axum::extract::State;
use maud::{Markup, html};

use super::answer::{Answer, At, found, go, page, page_with_status, require};
use super::calendar_show::{kind, named, sample_day};
use super::form::Form;
use super::layout::{Page, Section, Viewer};
use super::part;
use super::session::Posted;
use crate::app::App;
use crate::domain::access::{Action, Role};
use crate::ids::CalendarOverrideId;
use crate::service::calendar_override::{Withdrawal, withdraw};
use crate::store::calendar_override::{CalendarOverride, find};

/// The page.
#[derive(Debug)]
pub(crate) struct CalendarWithdraw {
    viewer: Viewer,
    day: CalendarOverride,
    form: Form,
}

impl CalendarWithdraw {
    fn new(viewer: Viewer, day: CalendarOverride, form: Form) -> Self {
        let form = form.with_fields(&[("reason", "Why")]);
        Self { viewer, day, form }
    }
}

fn here(code: &str, id: CalendarOverrideId) -> String {
    format!("/calendars/{code}/overrides/{id}/withdraw")
}

impl Page for CalendarWithdraw {
    fn title(&self) -> String {
        format!("Withdraw {}?", named(self.day.day))
    }

    fn viewer(&self) -> Option<&Viewer> {
        Some(&self.viewer)
    }

    fn section(&self) -> Section {
        Section::Calendars
    }

    fn trail(&self) -> Vec<(String, String)> {
        let code = &self.day.calendar;
        vec![
            ("/calendars".to_owned(), "Calendars".to_owned()),
            (format!("/calendars/{code}"), code.clone()),
        ]
    }

    fn body(&self) -> Markup {
        let (f, day) = (&self.form, &self.day);
        html! {
            (f.summary())
            (f.render(html! {
                section.sheet aria-label="The day" {
                    p.lead {
                        "From then on the rules of the calendar " (day.calendar) " decide about this day again, and \
                         every open deadline is computed anew."
                    }
                    dl.facts {
                        dt { (kind(day.kind)) }
                        dd { (day.reason) }
                        dt { "Entered" }
                        dd { "by " (day.entered_by) ", " (part::when(day.entered_at, self.viewer.zone())) }
                    }
                    (f.field("reason", "Why").hint("Kept beside what was entered, for good.").input("text"))
                }
                div.send {
                    button.danger type="submit" { "Withdraw the day" }
                    a.button href={ "/calendars/" (day.calendar) } { "Keep it" }
                }
            }))
        }
    }

    fn samples() -> Vec<Self> {
        let viewer = Viewer::sample(Role::Responder);
        let day = sample_day();
        let form = Form::new(&viewer, "withdraw", here(&day.calendar, day.id));
        let wrong = form.clone().wrong("reason", "This cannot be empty.");
        vec![
            Self::new(viewer.clone(), day.clone(), form),
            Self::new(viewer, day, wrong),
        ]
    }
}

/// The day, if it can be withdrawn from this calendar.
async fn the_day(
    app: &App,
    code: &str,
    id: CalendarOverrideId,
) -> Result<CalendarOverride, super::answer::Failure> {
    let day = find(&app.db, id).await?;
    let day = day.filter(|day| day.calendar == code && day.withdraws.is_none());
    found(day, "This day")
}

/// Asks.
pub(crate) async fn show(
    State(app): State<App>,
    me: Viewer,
    At((code, id)): At<(String, CalendarOverrideId)>,
) -> Answer {
    require(&app, &me, Action::OverrideCalendar)?;
    let day = the_day(&app, &code, id).await?;
    let form = Form::new(&me, "withdraw", here(&code, id));
    Ok(page(&app, &CalendarWithdraw::new(me, day, form)))
}

/// Withdraws.
pub(crate) async fn send(
    State(app): State<App>,
    At((code, id)): At<(String, CalendarOverrideId)>,
    mut sent: Posted,
) -> Answer {
    let ctx = sent.ctx(&app, "withdraw");
    let withdrawal = Withdrawal {
        reason: sent.typed.text("reason"),
    };
    match sent.run(withdraw(&ctx, &code, id, &withdrawal)).await {
        Ok(_) => go(&format!("/calendars/{code}?done=day-withdrawn")),
        Err(stop) => {
            require(&app, &sent.me, Action::OverrideCalendar)?;
            let day = the_day(&app, &code, id).await?;
            let (status, form) = sent.again(&app, stop, Vec::new(), "withdraw", here(&code, id))?;
            let shown = CalendarWithdraw::new(sent.me, day, form);
            Ok(page_with_status(&app, status, &shown))
        }
    }
}
