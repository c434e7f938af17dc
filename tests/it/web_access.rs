//! Each role at each page: what the access table says is what happens, whatever is asked for directly.

use duenotice::domain::access::{Action, ROLES, Role, may};
use duenotice::service::calendar_override::{NewOverride, add};

use crate::both_engines;
use crate::support::db::Fresh;
use crate::support::visitor::Desk;

both_engines!(each_role_sees_what_it_may, each_role_sends_what_it_may);

/// The page on which a day that was set is withdrawn.
async fn withdraw_page(desk: &Desk) -> String {
    let new = NewOverride {
        date: "2026-11-27".to_owned(),
        kind: "bridge".to_owned(),
        reason: "Bridge day".to_owned(),
    };
    let id = add(&desk.world.responder(), "AT", &new).await.unwrap();
    format!("/calendars/AT/overrides/{id}/withdraw")
}

async fn each_role_sees_what_it_may(fresh: Fresh) {
    let desk = Desk::at(fresh, "2026-11-25T09:30:00Z").await;
    let incident = desk.world.incident("2026-11-23T08:00:00+01:00").await;
    let notice = desk.world.draft(incident).await;
    let owed = desk.world.obligation(incident, "eu_gdpr_33_1").await.id;
    let withdraw = withdraw_page(&desk).await;
    let pages = [
        ("/dashboard".to_owned(), Action::ViewIncidents),
        ("/incidents".to_owned(), Action::ViewIncidents),
        ("/incidents/new".to_owned(), Action::ReportIncident),
        (format!("/incidents/{incident}"), Action::ViewIncident),
        (
            format!("/incidents/{incident}/evidence"),
            Action::ViewIncident,
        ),
        (
            format!("/incidents/{incident}/facts/new"),
            Action::RecordFact,
        ),
        (
            format!("/incidents/{incident}/exposures/new"),
            Action::RecordFact,
        ),
        (
            format!("/incidents/{incident}/exposures/new?system=orders"),
            Action::RecordFact,
        ),
        (
            format!("/incidents/{incident}/estimate"),
            Action::RecordFact,
        ),
        (
            format!("/incidents/{incident}/roster"),
            Action::ViewIncident,
        ),
        (
            format!("/incidents/{incident}/people/ask"),
            Action::LookUpPerson,
        ),
        (
            format!("/incidents/{incident}/recipe"),
            Action::ImportRoster,
        ),
        (
            format!("/incidents/{incident}/notices/new"),
            Action::EditNotice,
        ),
        (
            format!("/incidents/{incident}/close"),
            Action::CloseIncident,
        ),
        (format!("/notices/{notice}"), Action::ViewIncident),
        (
            format!("/notices/{notice}/versions/1"),
            Action::ViewIncident,
        ),
        (format!("/notices/{notice}/edit"), Action::EditNotice),
        (format!("/obligations/{owed}"), Action::ViewIncident),
        (
            format!("/obligations/{owed}/settle"),
            Action::SettleObligation,
        ),
        ("/rules".to_owned(), Action::ViewIncidents),
        ("/rules/eu_gdpr_33_1".to_owned(), Action::ViewIncidents),
        ("/calendars".to_owned(), Action::ViewIncidents),
        ("/calendars/AT".to_owned(), Action::ViewIncidents),
        (
            "/calendars/US-TX?year=1800".to_owned(),
            Action::ViewIncidents,
        ),
        (withdraw.clone(), Action::OverrideCalendar),
        ("/evidence".to_owned(), Action::VerifyEvidence),
        ("/accounts".to_owned(), Action::ManageAccounts),
        ("/accounts/new".to_owned(), Action::ManageAccounts),
        ("/tokens".to_owned(), Action::ManageTokens),
        ("/tokens/new".to_owned(), Action::ManageTokens),
        ("/sites".to_owned(), Action::ManageSites),
        ("/sites/new".to_owned(), Action::ManageSites),
        ("/sites/shop".to_owned(), Action::ManageSites),
        ("/sites/shop/edit".to_owned(), Action::ManageSites),
    ];
    for role in ROLES {
        let who = desk.signed_in(role.as_str(), role).await;
        for (path, action) in &pages {
            let seen = who.get(path).await;
            let expected = if may(role, *action) { 200 } else { 403 };
            assert_eq!(seen.status.as_u16(), expected, "{role} at {path}");
            // What leads nowhere is not offered.
            for link in crate::support::html::tags(&seen.html) {
                let href = link.get("href").unwrap_or_default();
                let to = pages.iter().find(|(path, _)| path == href);
                if let Some((_, action)) = to {
                    assert!(may(role, *action), "{role} is led from {path} to {href}");
                }
            }
        }
        assert_eq!(who.get("/help").await.status.as_u16(), 200);
        for path in [
            "/incidents/x",
            "/nothing",
            "/notices/00000000-0000-0000-0000-000000000000",
        ] {
            let status = who.get(path).await.status.as_u16();
            let hidden = status == 403 && role == Role::Reporter;
            assert!(status == 404 || hidden, "{role} at {path}: {status}");
        }
    }
}

async fn each_role_sends_what_it_may(fresh: Fresh) {
    let desk = Desk::at(fresh, "2026-11-25T09:30:00Z").await;
    let incident = desk.world.incident("2026-11-23T08:00:00+01:00").await;
    let notice = desk.world.draft(incident).await;
    let owed = desk.world.obligation(incident, "eu_gdpr_33_1").await.id;
    let withdraw = withdraw_page(&desk).await;
    let forms = [
        (
            "/calendars/AT/overrides".to_owned(),
            Action::OverrideCalendar,
        ),
        (withdraw, Action::OverrideCalendar),
        ("/incidents/new".to_owned(), Action::ReportIncident),
        (
            format!("/incidents/{incident}/facts/new"),
            Action::RecordFact,
        ),
        (
            format!("/incidents/{incident}/people/ask"),
            Action::LookUpPerson,
        ),
        (
            format!("/incidents/{incident}/recipe"),
            Action::ImportRoster,
        ),
        (
            format!("/incidents/{incident}/notices/new"),
            Action::EditNotice,
        ),
        (
            format!("/incidents/{incident}/close"),
            Action::CloseIncident,
        ),
        (
            format!("/incidents/{incident}/people/split"),
            Action::ImportRoster,
        ),
        (format!("/notices/{notice}/edit"), Action::EditNotice),
        (format!("/notices/{notice}/approve"), Action::ApproveNotice),
        (
            format!("/notices/{notice}/activate"),
            Action::ActivateNotice,
        ),
        (
            format!("/notices/{notice}/withdraw"),
            Action::ActivateNotice,
        ),
        (
            format!("/obligations/{owed}/settle"),
            Action::SettleObligation,
        ),
        ("/accounts/new".to_owned(), Action::ManageAccounts),
        ("/tokens/new".to_owned(), Action::ManageTokens),
        ("/sites/new".to_owned(), Action::ManageSites),
        ("/sites/shop/edit".to_owned(), Action::ManageSites),
        ("/sites/shop/keys/new".to_owned(), Action::ManageSites),
    ];
    for role in ROLES {
        let who = desk.signed_in(role.as_str(), role).await;
        let out = who.get("/help").await.form("/sign-out");
        for (path, action) in &forms {
            let mut form = out.clone().set("once", path);
            form.action.clone_from(path);
            let seen = who.send(&form).await;
            let status = seen.status.as_u16();
            if may(role, *action) {
                assert!(status != 403 && status < 500, "{role} to {path}: {status}");
            } else {
                assert_eq!(status, 403, "{role} to {path}");
            }
        }
    }
}
