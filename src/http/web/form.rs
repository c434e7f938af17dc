//! Forms: what was typed stays, what is wrong stands beside its field and in a summary that gets the
//! focus, and sending twice changes nothing.

use chrono_tz::{TZ_VARIANTS, Tz};
use maud::{Markup, html};

use super::form_field::Field;
use super::layout::Viewer;
use crate::domain::moment;
use crate::error::FieldError;

/// Names of our own fields, which are no part of what was typed.
pub(crate) const OWN: [&str; 3] = ["csrf", "once", "resume"];

/// What was typed into a form, in the order of its fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Typed(pub Vec<(String, String)>);

impl Typed {
    /// What stands in a field; empty when it is not there.
    pub fn get(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(n, _)| n == name)
            .map_or("", |(_, value)| value.as_str())
    }

    /// The same, for the use-cases: browsers end lines with two characters, we with one.
    pub fn text(&self, name: &str) -> String {
        self.get(name).replace("\r\n", "\n")
    }

    /// The same when something was typed.
    pub fn some(&self, name: &str) -> Option<String> {
        Some(self.text(name)).filter(|text| !text.trim().is_empty())
    }

    /// Every value of a field, as several checkboxes of one name give it.
    pub fn all(&self, name: &str) -> Vec<String> {
        self.0
            .iter()
            .filter(|(n, _)| n == name)
            .map(|(_, value)| value.clone())
            .collect()
    }

    /// Was this checkbox set?
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(n, _)| n == name)
    }

    /// Sets a field.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.retain(|(n, _)| n != name);
        self.0.push((name.to_owned(), value.into()));
    }

    /// A number; none when it is not one.
    pub fn number(&self, name: &str) -> Option<i64> {
        self.get(name).trim().parse().ok()
    }

    /// The version of the thing that was edited; one that no thing has when it is missing.
    pub fn version(&self) -> i64 {
        self.number("version").unwrap_or(-1)
    }

    /// A local date and time with its zone, as RFC 3339; what is wrong with it goes to `wrong`, and
    /// what was typed is given back then, so that the use-case refuses it too.
    pub fn moment(&self, name: &str, zone: &str, wrong: &mut Vec<FieldError>) -> Option<String> {
        let text = self.some(name)?;
        let Ok(tz) = moment::zone(self.get(zone)) else {
            return Some(text);
        };
        match moment::local_in(&text, tz) {
            Ok(moment) => Some(moment.at.to_rfc3339()),
            Err(reason) => {
                wrong.push(FieldError {
                    field: name.to_owned(),
                    reason,
                });
                Some(text)
            }
        }
    }

    /// The same where it must be given.
    pub fn needed_moment(&self, name: &str, zone: &str, wrong: &mut Vec<FieldError>) -> String {
        self.moment(name, zone, wrong).unwrap_or_else(|| {
            wrong.push(FieldError {
                field: name.to_owned(),
                reason: "Give the date and the time.".to_owned(),
            });
            String::new()
        })
    }
}

/// A form with what stands in it and what is wrong with that.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    /// Before the ids of its fields, so that several forms can stand on one page.
    id: &'static str,
    /// Where it is sent.
    action: String,
    csrf: String,
    once: String,
    zones: Vec<(String, Tz)>,
    /// What stands in it.
    pub typed: Typed,
    /// What is wrong with it.
    pub errors: Vec<FieldError>,
    /// A sentence about the whole.
    pub note: Option<String>,
    labels: Vec<(String, String)>,
    multipart: bool,
    asks: bool,
}

impl Form {
    /// An empty form of a page that `viewer` looks at.
    pub fn new(viewer: &Viewer, id: &'static str, action: impl Into<String>) -> Self {
        Self {
            id,
            action: action.into(),
            csrf: viewer.csrf.clone(),
            once: viewer.once.clone(),
            zones: viewer
                .seats
                .iter()
                .map(|seat| (format!("{} ({})", seat.zone.name(), seat.id), seat.zone))
                .collect(),
            typed: Typed::default(),
            errors: Vec::new(),
            note: None,
            labels: Vec::new(),
            multipart: false,
            asks: false,
        }
    }

    /// A form that only asks: what stands in it goes into the address, so that a link holds it.
    pub fn asking(viewer: &Viewer, id: &'static str, action: impl Into<String>) -> Self {
        Self {
            asks: true,
            ..Self::new(viewer, id, action)
        }
    }

    /// Puts something into a field.
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.typed.0.push((name.to_owned(), value.into()));
        self
    }

    /// Puts something into a field when there is something.
    pub fn with_some(self, name: &str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// The same with a mistake in a field, for samples.
    pub fn wrong(mut self, field: &str, reason: &str) -> Self {
        self.errors.push(FieldError {
            field: field.to_owned(),
            reason: reason.to_owned(),
        });
        self
    }

    /// The same with a sentence about the whole.
    pub fn noted(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// The same form, empty and without an id, so that many of it can stand on one page.
    pub fn blank(&self) -> Self {
        Self {
            id: "",
            typed: Typed::default(),
            errors: Vec::new(),
            note: None,
            ..self.clone()
        }
    }

    /// Makes it a form that carries a file.
    pub fn with_file(mut self) -> Self {
        self.multipart = true;
        self
    }

    /// The form's element around `fields`, with what it must carry.
    pub fn render(&self, fields: Markup) -> Markup {
        let id = (!self.id.is_empty()).then_some(self.id);
        if self.asks {
            return html! {
                form id=[id] method="get" action=(self.action) novalidate { (fields) }
            };
        }
        html! {
            form id=[id] method="post" action=(self.action)
                enctype=[self.multipart.then_some("multipart/form-data")] novalidate {
                input type="hidden" name="csrf" value=(self.csrf);
                input type="hidden" name="once" value=(self.once);
                @if self.typed.has("version") {
                    input type="hidden" name="version" value=(self.typed.get("version"));
                }
                (fields)
            }
        }
    }

    /// What is wrong, at the top of the page, with links to the fields. It gets the focus.
    pub fn summary(&self) -> Markup {
        let summary = format!("{}-summary", self.id);
        html! {
            @if !self.errors.is_empty() || self.note.is_some() {
                div.summary #(summary) role="alert" tabindex="-1" autofocus {
                    @if let Some(note) = &self.note { p { (note) } }
                    @if !self.errors.is_empty() {
                        p { strong {
                            @if self.errors.len() == 1 { "One thing is to be put right." }
                            @else { (self.errors.len()) " things are to be put right." }
                            @if !self.asks { " Nothing was saved yet." }
                        } }
                        ul {
                            @for e in &self.errors {
                                li { a href={ "#" (self.field_id(&e.field)) } {
                                    @if let Some((_, label)) = self.label_of(&e.field) { (label) ": " }
                                    (e.reason)
                                } }
                            }
                        }
                    }
                }
            }
        }
    }

    fn label_of(&self, field: &str) -> Option<&(String, String)> {
        self.labels.iter().find(|(name, _)| *name == field)
    }

    /// Which fields it has: name and label. Sentences about others become part of the note, so that
    /// every link in the summary leads somewhere.
    pub fn with_fields(mut self, known: &[(&str, &str)]) -> Self {
        let owned = |(name, label): &(&str, &str)| ((*name).to_owned(), (*label).to_owned());
        self.labels = known.iter().map(owned).collect();
        let (kept, lost): (Vec<_>, Vec<_>) = std::mem::take(&mut self.errors)
            .into_iter()
            .partition(|e| self.label_of(&e.field).is_some());
        self.errors = kept;
        for e in lost {
            let note = self.note.get_or_insert_default();
            if !note.is_empty() {
                note.push(' ');
            }
            note.push_str(&e.reason);
        }
        self
    }

    /// A field to be described further.
    pub fn field<'f>(&'f self, name: &'f str, label: &'f str) -> Field<'f> {
        Field::new(self, name, label)
    }

    /// A date and time in the zone that [`Form::zone`] asks for.
    pub fn moment(&self, name: &str, label: &str, hint: Option<&str>, optional: bool) -> Markup {
        let field = self.field(name, label);
        let field = match hint {
            Some(hint) => field.hint(hint),
            None => field,
        };
        let field = if optional { field.optional() } else { field };
        let typed = self.typed.get(name);
        // What is no date and time would vanish from a field that takes nothing else.
        let readable = typed.is_empty() || moment::local_in(typed, Tz::UTC).is_ok();
        let kind = if readable { "datetime-local" } else { "text" };
        field.wrap("moment", |a| {
            html! {
                input #(a.id) type=(kind) name=(name) value=(typed) step=[readable.then_some("60")]
                    required[!optional] aria-describedby=[a.described.as_deref()]
                    aria-invalid=[a.invalid];
            }
        })
    }

    /// The zone of the times in this form.
    pub fn zone(&self, name: &str, label: &str) -> Markup {
        let hint = "The times on this page are local times of this zone.";
        self.zone_for(name, label, hint)
    }

    /// A zone, for what the hint says.
    pub fn zone_for(&self, name: &str, label: &str, hint: &str) -> Markup {
        let chosen = self.typed.get(name);
        let option = |zone: Tz, words: &str| {
            html! { option value=(zone.name()) selected[zone.name() == chosen] { (words) } }
        };
        let first = |zone: &Tz| self.zones.iter().any(|(_, known)| known == zone);
        self.field(name, label).hint(hint).wrap("tz", |a| {
            html! {
                select #(a.id) name=(name) data-zones aria-describedby=[a.described.as_deref()]
                    aria-invalid=[a.invalid] {
                    @if !chosen.is_empty() && moment::zone(chosen).is_err() {
                        option value=(chosen) selected { (chosen) }
                    }
                    optgroup label="Controllers" {
                        @for (words, zone) in &self.zones { (option(*zone, words)) }
                    }
                    optgroup label="Universal" { (option(Tz::UTC, "UTC")) }
                    optgroup label="All" {
                        @for zone in TZ_VARIANTS.iter().filter(|z| listed(z) && !first(z)) {
                            (option(*zone, &zone.name().replace('_', " ")))
                        }
                    }
                }
            }
        })
    }

    /// The id of a field's element.
    pub fn field_id(&self, name: &str) -> String {
        let name: String = name
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        format!("{}-{name}", self.id)
    }
}

/// Zones as people know them: continent and city.
fn listed(zone: &Tz) -> bool {
    zone.name().split_once('/').is_some_and(|(area, _)| {
        matches!(
            area,
            "Africa"
                | "America"
                | "Antarctica"
                | "Asia"
                | "Atlantic"
                | "Australia"
                | "Europe"
                | "Indian"
                | "Pacific"
        )
    })
}
