//! What is said about a list wherever it comes from: its name, its system, its site, and whether it was
//! taken from that system.

use maud::{Markup, html};

use super::form::Form;
use super::sample;
use super::source_part::{System, systems};
use crate::app::App;
use crate::error::Result;
use crate::store::site;

/// What a form about a list offers to choose from.
#[derive(Debug)]
pub(super) struct Offered {
    /// Ids and names of the sites.
    sites: Vec<(String, String)>,
    /// The systems of the operator profile.
    pub systems: Vec<System>,
}

impl Offered {
    /// The sites and systems that there are.
    pub async fn read(app: &App) -> Result<Self> {
        let sites = site::list(&app.db).await?.into_iter();
        Ok(Self {
            sites: sites.map(|s| (s.id, s.name)).collect(),
            systems: systems(app.catalog.operator()),
        })
    }

    /// One for samples.
    pub fn sample() -> Self {
        Self {
            sites: vec![("shop".to_owned(), "Shop and customer area".to_owned())],
            systems: systems(sample::catalog().operator()),
        }
    }

    /// The fields.
    pub fn fields(&self, f: &Form) -> Markup {
        html! {
            (f.field("name", "Name").hint(NAME).input("text"))
            (f.field("system", "System").hint("Where the data on it is kept.")
                .select(&and_current(self.system_options(), f.typed.get("system"))))
            (f.field("site", "Site").hint("Whose account ids it holds.")
                .select(&and_current(self.site_options(), f.typed.get("site"))))
            (f.field("in_system", "Taken from the exposed system itself").hint(IN_SYSTEM).flag())
        }
    }

    fn system_options(&self) -> Vec<(String, String)> {
        let none = (
            String::new(),
            "None of them, such as a list of staff".to_owned(),
        );
        let all = self.systems.iter().map(|s| (s.id.clone(), s.name.clone()));
        std::iter::once(none).chain(all).collect()
    }

    fn site_options(&self) -> Vec<(String, String)> {
        let none = (
            String::new(),
            "None: it holds no account ids of a site".to_owned(),
        );
        let named = |(id, name): &(String, String)| (id.clone(), format!("{name} ({id})"));
        let all = self.sites.iter().map(named);
        std::iter::once(none).chain(all).collect()
    }
}

/// The choices, and what stands in the form now where it is none of them.
pub(super) fn and_current(mut all: Vec<(String, String)>, current: &str) -> Vec<(String, String)> {
    if !current.is_empty() && !all.iter().any(|(value, _)| value == current) {
        all.push((current.to_owned(), current.to_owned()));
    }
    all
}

/// What a list may be called.
const NAME: &str = "A word by which the recipe calls it, such as accounts, orders or log. The same name again is \
                    the next version of that list.";

/// What "taken from the exposed system" means.
const IN_SYSTEM: &str = "Then whoever stands in it was in that system when it was exposed, and needs no further sign \
                         of that. Leave it open for a list from elsewhere, such as a list of staff or an access \
                         log.";
