//! One row of a roster, for somebody who asks about the person.

use chrono::Datelike as _;
use maud::{Markup, html};

use super::layout::Viewer;
use super::part;
use crate::app::App;
use crate::domain::delivery::Ladder;
use crate::domain::operator::{Labelled, Operator};
use crate::domain::scope::seal::Contact;
use crate::error::Result;
use crate::ids::IncidentId;
use crate::service::incident_key::Opener;
use crate::service::revision::age_group;
use crate::store::incident::Incident;
use crate::store::person::{FROM_FILE, Person};
use crate::store::revision::{self, Gone, Revision};
use crate::store::{delivery, notice, site};

/// A row with what is known beside it.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// The row.
    pub person: Person,
    /// What the person is called.
    pub name: String,
    /// What mail needs, where it can be opened.
    pub contact: Option<Contact>,
    /// The name of the site; none: the person has no account.
    pub site: Option<String>,
    /// The revision that brought the person.
    pub came: Option<Revision>,
    /// Why the person left, and with which revision.
    pub left: Option<(Gone, Option<Revision>)>,
    /// How far each version of a notice got with the person.
    pub deliveries: Vec<(i64, Ladder)>,
}

/// Words for the ids that a row holds.
#[derive(Clone, Debug)]
pub(crate) struct Words {
    kinds: Vec<(String, String)>,
    roles: Vec<(String, String)>,
    /// The kinds of data of the incident.
    incident: Vec<String>,
    id: IncidentId,
}

impl Words {
    /// From the operator's profile.
    pub(crate) fn of(operator: &Operator, incident: &Incident) -> Self {
        let labels = |all: &[Labelled]| -> Vec<(String, String)> {
            let label = |l: &Labelled| (l.id.clone(), l.label.get("en").to_owned());
            all.iter().map(label).collect()
        };
        Self {
            kinds: labels(&operator.data_kinds),
            roles: labels(&operator.subject_kinds),
            incident: incident.data_kinds.0.clone(),
            id: incident.id,
        }
    }

    fn label(all: &[(String, String)], id: &str) -> String {
        let known = all.iter().find(|(known, _)| known == id);
        known.map_or_else(|| id.to_owned(), |(_, words)| words.clone())
    }

    fn exposed(&self, person: &Person) -> String {
        let list = |ids: &mut dyn Iterator<Item = &str>| {
            let labels: Vec<String> = ids.map(|id| Self::label(&self.kinds, id)).collect();
            labels.join(", ")
        };
        match &person.exposed {
            Some(kinds) => list(&mut kinds.split(' ')),
            None => format!(
                "{} (as for the incident)",
                list(&mut self.incident.iter().map(String::as_str))
            ),
        }
    }
}

/// What a year of birth means for who is addressed.
fn age(birth_year: Option<i64>, year: i64) -> &'static str {
    match age_group(birth_year, year) {
        "under13" => "may be under 13: the parent is addressed",
        "minor" => "may be a minor, 13 or older",
        "adult" => "adult",
        _ => "not known",
    }
}

impl Row {
    /// Reads what is known beside a row. `revisions` are those of the incident.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(crate) async fn read(
        app: &App,
        id: IncidentId,
        opener: &Opener,
        revisions: &[Revision],
        person: Person,
    ) -> Result<Self> {
        let (site_id, key) = (person.site_id.as_str(), person.person_key);
        let sealed = person.sealed.as_deref();
        let of = |number: i64| revisions.iter().find(|r| r.number == number).cloned();
        let left = match person.left_revision {
            None => None,
            Some(number) => revision::gone(&app.db, id, number, site_id, key)
                .await?
                .map(|gone| (gone, of(number))),
        };
        let site = if site_id.is_empty() {
            None
        } else {
            let known = site::find(&app.db, site_id).await?;
            Some(known.map_or_else(|| site_id.to_owned(), |s| s.name))
        };
        let mut deliveries = Vec::new();
        if site.is_some() {
            for n in notice::list(&app.db, id).await? {
                for number in 1..=n.current {
                    let row = delivery::of_person(&app.db, n.id, number, site_id, key).await?;
                    deliveries.extend(row.map(|row| (number, row.ladder)));
                }
            }
        }
        Ok(Self {
            name: opener.name(&key, sealed),
            contact: opener.contact(&key, sealed),
            came: of(person.revision),
            site,
            left,
            deliveries,
            person,
        })
    }

    /// The row with its words.
    pub(crate) fn show(&self, words: &Words, viewer: &Viewer) -> Markup {
        let p = &self.person;
        let none = || "not stated".to_owned();
        let contact = self.contact.clone().unwrap_or_default();
        let closed = p.sealed.is_some() && self.contact.is_none();
        let year = i64::from(viewer.now.with_timezone(&viewer.zone()).year());
        html! {
            article.person {
                h3 {
                    (self.name)
                    @match &self.site {
                        Some(site) => { ", account of " (site) },
                        None => ", without an account",
                    }
                }
                dl.facts {
                    @if closed {
                        dt { "Contact" } dd { "not readable any more: the key of the incident was destroyed" }
                    } @else {
                        @for (label, value) in [("E-mail address", &contact.email), ("Phone number", &contact.phone)] {
                            @if let Some(value) = value { dt { (label) } dd { (value) } }
                        }
                    }
                    dt { "On the roster" }
                    dd { (self.on(words, viewer)) }
                    @if let Some((gone, with)) = &self.left {
                        dt { "Left" }
                        dd {
                            (revision_link(words.id, gone.revision))
                            @if let Some(r) = with { ", " (part::when(r.made_at, viewer.zone())) }
                            ": " (gone.reason)
                            @if gone.told {
                                p.small { "Had been told before, so is owed a correction." }
                            }
                        }
                    }
                    dt { "Kinds of data" }
                    dd { (words.exposed(p)) }
                    dt { "Country" }
                    dd {
                        (p.country.clone().unwrap_or_else(none))
                        @if let Some(state) = &p.region { ", " (state) }
                        @if let Some(from) = p.place_from.as_ref().filter(|_| p.country.is_some()) {
                            span.small {
                                @if from == FROM_FILE { " (from the roster file)" } @else { " (from the list " (from) ")" }
                            }
                        }
                    }
                    dt { "Language" }
                    dd { (p.lang.as_deref().map_or("not stated", part::language)) }
                    dt { "Age" }
                    dd {
                        (age(p.birth_year, year))
                        @if let Some(born) = p.birth_year { span.small { " (born " (born) ")" } }
                    }
                    dt { "Role" }
                    dd { (p.role.as_ref().map_or_else(none, |role| Words::label(&words.roles, role))) }
                    @if self.site.is_some() {
                        dt { "What was shown" }
                        dd {
                            @if self.deliveries.is_empty() { "No notice of this incident was served to this person." }
                            @for (number, ladder) in &self.deliveries { p { (shown(*number, ladder, viewer)) } }
                        }
                    } @else {
                        dt { "How to reach" }
                        dd { "not by a notice on a site: there is no account to sign in with" }
                    }
                }
            }
        }
    }

    fn on(&self, words: &Words, viewer: &Viewer) -> Markup {
        let p = &self.person;
        html! {
            "since " (revision_link(words.id, p.revision))
            @if let Some(r) = &self.came { ", " (part::when(r.made_at, viewer.zone())) }
            @if p.changed_revision > p.revision && p.left_revision != Some(p.changed_revision) {
                ", last changed by " (revision_link(words.id, p.changed_revision))
            }
        }
    }
}

fn revision_link(id: IncidentId, number: i64) -> Markup {
    html! { a href={ "/incidents/" (id) "/revisions/" (number) } { "revision " (number) } }
}

fn shown(number: i64, l: &Ladder, viewer: &Viewer) -> Markup {
    let zone = viewer.zone();
    let levels = [
        ("seen", l.seen_at),
        ("in view with something over it", l.seen_occluded_at),
        ("a link in it used", l.opened_at),
        ("acknowledged", l.acknowledged_at),
    ];
    html! {
        "Version " (number) ": served " (part::when(l.served_at, zone))
        @for (words, at) in levels {
            @if let Some(at) = at { "; " (words) " " (part::when(at, zone)) }
        }
        ". "
        @if l.notified_at().is_some() { (part::badge("ok", "Notified")) }
        @else { (part::badge("soon", "Not notified yet")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_year_of_birth_the_younger_age_counts() {
        // Born in December 2013, somebody is still 12 on 1 December 2026.
        assert!(age(Some(2013), 2026).starts_with("may be under 13"));
        assert!(age(Some(2012), 2026).starts_with("may be a minor"));
        assert!(age(Some(2008), 2026).starts_with("may be a minor"));
        assert_eq!(age(Some(2007), 2026), "adult");
        assert_eq!(age(None, 2026), "not known");
    }
}
