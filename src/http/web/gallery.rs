//! Every page with every sample, for eyes, for screenshots and for the tests about all pages.

use super::layout::{Page, document};
use super::{dashboard, error_page, incident_list, incident_new, sign_in};

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
    show::<error_page::ErrorPage>("error_page", &mut all);
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
