//! The fields of a form: label, hint, what is wrong, and the element that takes what is typed.

use maud::{Markup, html};

use super::form::Form;
use crate::error::FieldError;

/// A field of a form in the making.
#[derive(Clone, Debug)]
pub(crate) struct Field<'f> {
    form: &'f Form,
    name: &'f str,
    label: &'f str,
    hint: Option<&'f str>,
    optional: bool,
    autocomplete: Option<&'f str>,
    lang: Option<&'f str>,
    source: bool,
}

/// What the element of a field must say about itself.
pub(super) struct About {
    pub id: String,
    pub described: Option<String>,
    pub invalid: Option<&'static str>,
}

impl<'f> Field<'f> {
    /// The field of this name in `form`, to be described further.
    pub fn new(form: &'f Form, name: &'f str, label: &'f str) -> Self {
        Self {
            form,
            name,
            label,
            hint: None,
            optional: false,
            autocomplete: None,
            lang: None,
            source: false,
        }
    }

    /// A sentence below the label.
    pub fn hint(mut self, hint: &'f str) -> Self {
        self.hint = Some(hint).filter(|h| !h.is_empty());
        self
    }

    /// It may stay empty, and says so.
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// What the browser may fill in.
    pub fn autocomplete(mut self, what: &'f str) -> Self {
        self.autocomplete = Some(what);
        self
    }

    /// The language that is typed here.
    pub fn lang(mut self, lang: &'f str) -> Self {
        self.lang = Some(lang);
        self
    }

    /// What is typed here is for a program: each character counts.
    pub fn source(mut self) -> Self {
        self.source = true;
        self
    }

    fn errors(&self) -> impl Iterator<Item = &FieldError> {
        self.form.errors.iter().filter(|e| e.field == self.name)
    }

    fn about(&self) -> About {
        let id = self.form.field_id(self.name);
        let wrong = self.errors().next().is_some();
        let hint = self.hint.map(|_| format!("{id}-hint"));
        let error = wrong.then(|| format!("{id}-error"));
        let described: Vec<_> = hint.into_iter().chain(error).collect();
        About {
            described: (!described.is_empty()).then(|| described.join(" ")),
            invalid: wrong.then_some("true"),
            id,
        }
    }

    fn notes(&self, a: &About) -> Markup {
        html! {
            @if let Some(hint) = self.hint { p.hint #{ (a.id) "-hint" } { (hint) } }
            @if a.invalid.is_some() {
                p.error #{ (a.id) "-error" } { @for e in self.errors() { span { (e.reason) " " } } }
            }
        }
    }

    /// The field around an element that says what it must about itself.
    pub(super) fn wrap(&self, class: &str, element: impl FnOnce(&About) -> Markup) -> Markup {
        let a = self.about();
        html! {
            div.field.(class).invalid[a.invalid.is_some()] {
                label for=(a.id) {
                    (self.label)
                    @if self.optional { span.optional { " (optional)" } }
                }
                (self.notes(&a))
                (element(&a))
            }
        }
    }

    /// One line of `kind` (`text`, `email`, `number` …).
    pub fn input(&self, kind: &str) -> Markup {
        let value = Some(self.form.typed.get(self.name)).filter(|_| kind != "password");
        self.wrap("line", |a| {
            html! {
                input #(a.id) type=(kind) name=(self.name) value=[value]
                    autocomplete=(self.autocomplete.unwrap_or("off")) lang=[self.lang]
                    required[!self.optional] aria-describedby=[a.described.as_deref()]
                    aria-invalid=[a.invalid];
            }
        })
    }

    /// Several lines.
    pub fn area(&self, rows: u8) -> Markup {
        self.wrap("area", |a| {
            html! {
                // The first line break after the tag is not part of the text.
                textarea #(a.id) class=[self.source.then_some("source")] name=(self.name) rows=(rows) lang=[self.lang]
                    spellcheck=[self.source.then_some("false")] required[!self.optional]
                    aria-describedby=[a.described.as_deref()]
                    aria-invalid=[a.invalid] { "\n" (self.form.typed.get(self.name)) }
            }
        })
    }

    /// A file.
    pub fn file(&self, accept: &str) -> Markup {
        self.wrap("file", |a| {
            html! {
                input #(a.id) type="file" name=(self.name) accept=(accept) required
                    aria-describedby=[a.described.as_deref()] aria-invalid=[a.invalid];
            }
        })
    }

    /// One of several: values and words.
    pub fn select(&self, options: &[(String, String)]) -> Markup {
        let chosen = self.form.typed.get(self.name);
        self.wrap("choice", |a| {
            html! {
                select #(a.id) name=(self.name) aria-describedby=[a.described.as_deref()]
                    aria-invalid=[a.invalid] {
                    @for (value, words) in options {
                        option value=(value) selected[value == chosen] { (words) }
                    }
                }
            }
        })
    }

    fn group(&self, class: &str, body: &Markup) -> Markup {
        let a = self.about();
        html! {
            fieldset.field.(class).invalid[a.invalid.is_some()] #(a.id) tabindex="-1"
                aria-describedby=[a.described.as_deref()] {
                legend {
                    (self.label)
                    @if self.optional { span.optional { " (optional)" } }
                }
                (self.notes(&a))
                (body)
            }
        }
    }

    /// Any of several of one name: value, words and a smaller line.
    pub fn checks(&self, options: &[(String, String, String)]) -> Markup {
        let chosen = self.form.typed.all(self.name);
        let id = self.form.field_id(self.name);
        self.group(
            "checks",
            &html! {
                div.options {
                    @for (n, (value, words, small)) in options.iter().enumerate() {
                        label.option for={ (id) "-" (n) } {
                            input #{ (id) "-" (n) } type="checkbox" name=(self.name) value=(value)
                                checked[chosen.contains(value)];
                            span { (words) @if !small.is_empty() { small { (small) } } }
                        }
                    }
                }
            },
        )
    }

    /// Any of several, each of a name of its own: name, words and a smaller line.
    pub fn flags(&self, options: &[(&str, &str, &str)]) -> Markup {
        let id = self.form.field_id(self.name);
        self.group(
            "checks",
            &html! {
                div.options {
                    @for (n, (name, words, small)) in options.iter().enumerate() {
                        label.option for={ (id) "-" (n) } {
                            input #{ (id) "-" (n) } type="checkbox" name=(name) value="yes"
                                checked[self.form.typed.has(name)];
                            span { (words) @if !small.is_empty() { small { (small) } } }
                        }
                    }
                }
            },
        )
    }

    /// Exactly one of several: value, words and a smaller line.
    pub fn radios(&self, options: &[(&str, &str, &str)]) -> Markup {
        let chosen = self.form.typed.get(self.name);
        let id = self.form.field_id(self.name);
        self.group(
            "checks",
            &html! {
                div.options {
                    @for (n, (value, words, small)) in options.iter().enumerate() {
                        label.option for={ (id) "-" (n) } {
                            input #{ (id) "-" (n) } type="radio" name=(self.name) value=(value)
                                checked[chosen == *value];
                            span { (words) @if !small.is_empty() { small { (small) } } }
                        }
                    }
                }
            },
        )
    }

    /// One box to tick.
    pub fn flag(&self) -> Markup {
        let a = self.about();
        html! {
            div.field.checks {
                label.option for=(a.id) {
                    input #(a.id) type="checkbox" name=(self.name) value="yes"
                        checked[self.form.typed.has(self.name)];
                    span { (self.label) @if let Some(hint) = self.hint { small { (hint) } } }
                }
            }
        }
    }
}
