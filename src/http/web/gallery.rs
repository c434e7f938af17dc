//! Every page with every sample, for eyes, for screenshots and for the tests about all pages.

use super::layout::{Page, document};
use super::{
    account_edit, account_list, account_new, calendar_list, calendar_show, calendar_withdraw,
    dashboard, error_page, estimate_new, evidence_check, evidence_show, exposure_new,
    exposure_withdraw, fact_new, help, hold_new, incident_close, incident_evidence, incident_list,
    incident_new, incident_show, key_destroy, notice_edit, notice_new, notice_show,
    obligation_settle, obligation_show, people_show, person_ask, query_new, question_list,
    recipe_edit, revision_show, roster_import, roster_imported, rule_list, rule_show, run_new,
    run_show, sign_in, site_edit, site_key_edit, site_key_new, site_list, site_new, site_show,
    source_new, source_show, token_list, token_new, token_revoke,
};

/// One sample of one page.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Page and number: "dashboard-1".
    pub name: String,
    /// The whole document.
    pub html: String,
}

/// Every page with every sample.
pub fn gallery() -> Vec<Shown> {
    let mut all = Vec::new();
    show::<sign_in::SignIn>("sign_in", &mut all);
    show::<dashboard::Dashboard>("dashboard", &mut all);
    show::<incident_list::IncidentList>("incident_list", &mut all);
    show::<incident_new::IncidentNew>("incident_new", &mut all);
    show::<incident_show::IncidentShow>("incident_show", &mut all);
    show::<incident_evidence::IncidentEvidence>("incident_evidence", &mut all);
    show::<incident_close::IncidentClose>("incident_close", &mut all);
    show::<fact_new::FactNew>("fact_new", &mut all);
    show::<question_list::QuestionList>("question_list", &mut all);
    show::<exposure_new::ExposureNew>("exposure_new", &mut all);
    show::<exposure_withdraw::ExposureWithdraw>("exposure_withdraw", &mut all);
    show::<estimate_new::EstimateNew>("estimate_new", &mut all);
    show::<hold_new::HoldNew>("hold_new", &mut all);
    show::<notice_new::NoticeNew>("notice_new", &mut all);
    show::<notice_edit::NoticeEdit>("notice_edit", &mut all);
    show::<notice_show::NoticeShow>("notice_show", &mut all);
    show::<notice_show::VersionShow>("notice_version", &mut all);
    show::<obligation_show::ObligationShow>("obligation_show", &mut all);
    show::<obligation_settle::ObligationSettle>("obligation_settle", &mut all);
    show::<error_page::ErrorPage>("error_page", &mut all);
    show::<roster_import::RosterImport>("roster_import", &mut all);
    show::<roster_imported::RosterImported>("roster_imported", &mut all);
    show::<people_show::PeopleShow>("people_show", &mut all);
    show::<source_new::SourceNew>("source_new", &mut all);
    show::<query_new::QueryNew>("query_new", &mut all);
    show::<key_destroy::KeyDestroy>("key_destroy", &mut all);
    show::<source_show::SourceShow>("source_show", &mut all);
    show::<revision_show::RevisionShow>("revision_show", &mut all);
    show::<recipe_edit::RecipeEdit>("recipe_edit", &mut all);
    show::<run_new::RunNew>("run_new", &mut all);
    show::<run_show::RunShow>("run_show", &mut all);
    show::<person_ask::PersonAsk>("person_ask", &mut all);
    show::<rule_list::RuleList>("rule_list", &mut all);
    show::<rule_show::RuleShow>("rule_show", &mut all);
    show::<calendar_list::CalendarList>("calendar_list", &mut all);
    show::<calendar_show::CalendarShow>("calendar_show", &mut all);
    show::<calendar_withdraw::CalendarWithdraw>("calendar_withdraw", &mut all);
    show::<evidence_show::EvidenceShow>("evidence_show", &mut all);
    show::<evidence_check::EvidenceCheck>("evidence_check", &mut all);
    show::<site_list::SiteList>("site_list", &mut all);
    show::<site_new::SiteNew>("site_new", &mut all);
    show::<site_show::SiteShow>("site_show", &mut all);
    show::<site_edit::SiteEdit>("site_edit", &mut all);
    show::<site_key_new::SiteKeyNew>("site_key_new", &mut all);
    show::<site_key_edit::SiteKeyEdit>("site_key_edit", &mut all);
    show::<account_list::AccountList>("account_list", &mut all);
    show::<account_new::AccountNew>("account_new", &mut all);
    show::<account_edit::AccountEdit>("account_edit", &mut all);
    show::<token_list::TokenList>("token_list", &mut all);
    show::<token_new::TokenNew>("token_new", &mut all);
    show::<token_new::TokenMade>("token_made", &mut all);
    show::<token_revoke::TokenRevoke>("token_revoke", &mut all);
    show::<help::Help>("help", &mut all);
    all
}

fn show<P: Page>(name: &str, all: &mut Vec<Shown>) {
    for (n, page) in P::samples().iter().enumerate() {
        all.push(Shown {
            name: format!("{name}-{}", n + 1),
            html: document(page, "Example Software").into_string(),
        });
    }
}
