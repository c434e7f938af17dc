//! Trying a rule: the facts that one picks, and what comes out.

use chrono::{DateTime, FixedOffset, Utc};
use maud::{Markup, html};

use super::deadline_card::{flags, name_of, readings, values};
use super::form::{Form, Typed};
use super::layout::Viewer;
use super::{count_picture, part, words};
use crate::catalog::Catalog;
use crate::domain::calendar::Calendars;
use crate::domain::deadline::{self, Deadline, DeadlineError, Floors, Situation};
use crate::domain::fact::{Anchors, FactKind};
use crate::domain::moment;
use crate::domain::period::Unit;
use crate::domain::regime::Regime;
use crate::error::FieldError;
use crate::http::trial::{self, About, Trial};

/// What came out.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    /// The form says what is wrong.
    Wrong,
    /// A deadline.
    Shown(Box<Trial>),
    /// The law has no number; perhaps another rule that must not come first gives an end.
    NoNumber(Option<Box<(String, Deadline)>>),
    /// It starts with something that need not happen at all, and that is not given.
    Waiting,
}

/// The form and what came out of it.
#[derive(Clone, Debug)]
pub(super) struct Tried {
    /// With what stands in it and what is wrong with that.
    pub form: Form,
    /// The version of the rule that was law then.
    pub rule: Regime,
    /// Nothing was picked yet: counted as if it happened now.
    example: bool,
    kinds: Vec<FactKind>,
    anchors: Anchors,
    outcome: Outcome,
}

/// The facts that the versions of a rule can use: its anchor first, then what else changes the
/// result, then those that stand in for the anchor.
fn kinds(versions: &[Regime], typed: &Typed) -> Vec<FactKind> {
    let mut kinds = Vec::new();
    let mut add = |kind: FactKind| {
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    };
    for rule in versions.iter().rev() {
        add(rule.anchor);
        rule.cap.iter().for_each(|cap| add(cap.anchor));
        rule.literal_anchor.into_iter().for_each(&mut add);
    }
    let own_act = versions
        .last()
        .is_some_and(|one| one.anchor.may_never_come());
    if !own_act {
        let stand_in = [FactKind::Aware, FactKind::Detected, FactKind::Occurred];
        stand_in.into_iter().for_each(&mut add);
    }
    // What a link gives is shown, even where the form would not have asked for it.
    let given = |kind: &&FactKind| typed.some(kind.as_str()).is_some();
    FactKind::ALL
        .iter()
        .filter(given)
        .copied()
        .for_each(&mut add);
    kinds
}

impl Tried {
    /// Tries a rule, one of `versions` of which there must be one, with what was typed.
    pub fn new(
        viewer: &Viewer,
        (catalog, calendars): (&Catalog, &Calendars),
        versions: &[Regime],
        newest: &Regime,
        typed: Typed,
    ) -> Self {
        let kinds = kinds(versions, &typed);
        let example = typed.0.is_empty();
        let mut form = Form::asking(viewer, "try", format!("/rules/{}", newest.id));
        form.typed = typed;
        if example {
            let now = viewer.now.with_timezone(&viewer.zone());
            form.typed.set("zone", viewer.zone().name());
            let text = now.format("%Y-%m-%dT%H:%M").to_string();
            form.typed.set(newest.anchor.as_str(), text);
        }
        let anchors = read(&mut form, &kinds);
        let rule = deadline::version_at(versions, &anchors).unwrap_or(newest);
        let outcome = outcome(catalog, calendars, rule, &anchors, &mut form);
        let mut labels = vec![
            ("zone", "Time zone"),
            ("controller", "Counted for"),
            ("floors", "Lower bounds"),
        ];
        labels.extend(kinds.iter().map(|kind| (kind.as_str(), words::fact(*kind))));
        Self {
            form: form.with_fields(&labels),
            rule: rule.clone(),
            example,
            kinds,
            anchors,
            outcome,
        }
    }

    /// The form.
    pub fn fields(&self, viewer: &Viewer) -> Markup {
        let f = &self.form;
        let (first, more) = match self.kinds.split_first() {
            Some((first, more)) => (Some(*first), more),
            None => (None, &[][..]),
        };
        let mut controllers = vec![(String::new(), "All that the rule binds".to_owned())];
        controllers.extend(viewer.seats.iter().map(|seat| {
            let words = format!("{} ({})", seat.name, seat.id);
            (seat.id.clone(), words)
        }));
        let chosen = f.typed.get("controller");
        if !controllers.iter().any(|(id, _)| id == chosen) {
            controllers.push((chosen.to_owned(), chosen.to_owned()));
        }
        let filled = more
            .iter()
            .any(|kind| f.typed.some(kind.as_str()).is_some());
        html! {
            (f.summary())
            section.sheet aria-labelledby="try-h" {
                h2 #try-h { "Try it" }
                (f.render(html! {
                    div.pair {
                        @if let Some(kind) = first { (self.moment(kind)) }
                        (f.zone("zone", "Time zone"))
                    }
                    @if !more.is_empty() {
                        details.more open[filled] {
                            summary { "More facts" }
                            div.pair { @for kind in more { (self.moment(*kind)) } }
                        }
                    }
                    div.pair {
                        (f.field("controller", "Counted for").select(&controllers))
                        @if self.counts_days() {
                            (f.field("floors", "Show the two lower bounds")
                                .hint("Any business day, and weekends only. Never used for alarms.")
                                .flag())
                        }
                    }
                    div.send {
                        button.main type="submit" { "Compute" }
                        @if !self.example { a.button href={ "/rules/" (self.rule.id) } { "Start anew" } }
                    }
                }))
            }
        }
    }

    fn counts_days(&self) -> bool {
        let unit = self.rule.period.map(|period| period.unit());
        matches!(unit, Some(Unit::BusinessDay | Unit::Werktag))
    }

    fn moment(&self, kind: FactKind) -> Markup {
        let r = &self.rule;
        let used = if kind == r.anchor {
            "The rule counts from this. "
        } else if r.cap.as_ref().is_some_and(|cap| cap.anchor == kind) {
            "The outer limit counts from this. "
        } else if r.literal_anchor == Some(kind) {
            "The wording, read literally, counts from this. "
        } else {
            "Used only while the first one is empty. "
        };
        let hint = format!("{used}{}", words::fact_meaning(kind));
        let optional = kind != r.anchor;
        self.form
            .moment(kind.as_str(), words::fact(kind), Some(&hint), optional)
    }

    /// What came out.
    pub fn result(&self, viewer: &Viewer) -> Markup {
        let r = &self.rule;
        let body = match &self.outcome {
            Outcome::Wrong => return html! {},
            Outcome::Shown(trial) => self.shown(trial, viewer),
            Outcome::Waiting => html! {
                p { "The clock has not begun: it starts with “" (words::fact(r.anchor)) "”, which need not \
                     happen at all. Give when that was, and the date is here." }
            },
            Outcome::NoNumber(after) => html! {
                p.due-line { strong { "“" (r.how_long()) "”" } }
                p { "The law has no number here, so there is no date to compute and none is invented. Act at \
                     once, and count the time that passes." }
                (self.passed(viewer.now))
                @if let Some(after) = after {
                    @let (name, d) = &**after;
                    p { "It must not come after “" (name) "”, which is due then:" }
                    (flags(d))
                    (values(d))
                    h3 { "How that is counted" }
                    (count_picture::counts(d, |id| name_of(id, viewer), viewer.now, false))
                }
            },
        };
        html! {
            section.sheet aria-labelledby="result-h" {
                h2 #result-h { "What comes out" }
                @if self.example {
                    p.small { "Counted as if it happened this minute. Give the facts above to see another date." }
                }
                (body)
            }
        }
    }

    fn passed(&self, now: DateTime<Utc>) -> Markup {
        let since = self
            .anchors
            .get(self.rule.anchor)
            .or_else(|| self.anchors.earliest().map(|(_, at)| at))
            .map(|at| (now - at.to_utc()).num_hours())
            .filter(|hours| *hours > 0);
        html! {
            @if let Some(hours) = since {
                p {
                    "Passed so far: "
                    strong {
                        (part::count(hours / 24, "day", "days")) " and "
                        (part::count(hours % 24, "hour", "hours"))
                    } "."
                }
            }
        }
    }

    fn shown(&self, trial: &Trial, viewer: &Viewer) -> Markup {
        let d = &trial.deadline;
        html! {
            (flags(d))
            (values(d))
            p {
                "Counted from “" (words::fact(d.anchor.kind)) "”, " (long(d.anchor.at)) "."
                @if d.legs.iter().any(|leg| leg.due != d.due) { " The earliest instant governs: " strong { (name_of(&d.governed_by, viewer)) } "." }
            }
            @if let Some(literal) = &d.literal {
                p { "Read literally, from “" (words::fact(literal.anchor.kind)) "”, it ends " (long(literal.due)) "." }
            }
            h3 { "The count" }
            (count_picture::counts(d, |id| name_of(id, viewer), viewer.now, false))
            (readings(d))
            @if let Some(floors) = &trial.floors { (lower_bounds(floors)) }
            @if !trial.changes.is_empty() {
                h3 { "What would change it" }
                ul.changes { @for sentence in &trial.changes { li { (sentence) } } }
            }
        }
    }
}

fn long(at: DateTime<FixedOffset>) -> String {
    at.format("%a %-d %b %Y, %H:%M (UTC%:z)").to_string()
}

fn lower_bounds(floors: &Floors) -> Markup {
    html! {
        h3 { "Two lower bounds" }
        dl.facts {
            dt { "Any business day" }
            dd {
                (floors.any_business.last_day.format("%a %-d %b %Y"))
                p.small { "A day counts when it is a business day in any of the calendars." }
            }
            dt { "Weekends only" }
            dd {
                (floors.weekends_only.last_day.format("%a %-d %b %Y"))
                p.small { "Holidays are ignored. Neither is ever used for alarms." }
            }
        }
    }
}

/// Reads the facts; what cannot be read stands in the form's errors.
fn read(form: &mut Form, kinds: &[FactKind]) -> Anchors {
    let mut anchors = Anchors::new();
    let zone = moment::zone(form.typed.get("zone"));
    for kind in kinds {
        let Some(text) = form.typed.some(kind.as_str()) else {
            continue;
        };
        if form.typed.all(kind.as_str()).len() > 1 {
            form.errors.push(FieldError {
                field: kind.as_str().to_owned(),
                reason: trial::given_twice(*kind),
            });
        }
        // Without a zone one can still say what is no date and time anywhere.
        match moment::local_in(&text, zone.clone().unwrap_or(chrono_tz::Tz::UTC)) {
            Ok(moment) => {
                anchors.insert(*kind, moment.at);
            }
            Err(reason) => form.errors.push(FieldError {
                field: kind.as_str().to_owned(),
                reason,
            }),
        }
    }
    if let Err(reason) = zone {
        form.errors.push(FieldError {
            field: "zone".to_owned(),
            reason,
        });
    }
    anchors
}

fn outcome(
    catalog: &Catalog,
    calendars: &Calendars,
    rule: &Regime,
    anchors: &Anchors,
    form: &mut Form,
) -> Outcome {
    let wrong = |form: &mut Form, (about, reason): (About, String)| {
        let field = match about {
            About::Rule | About::Facts => rule.anchor.as_str(),
            About::Controller => "controller",
            About::Fact(kind) => kind.as_str(),
        };
        form.errors.push(FieldError {
            field: field.to_owned(),
            reason,
        });
    };
    let id = form.typed.some("controller");
    let controllers = trial::controllers(catalog, id.as_deref());
    if form.errors.is_empty() {
        for one in trial::objections(anchors) {
            wrong(form, one);
        }
    }
    let controllers = match controllers {
        Ok(controllers) if form.errors.is_empty() => controllers,
        Ok(_) => return Outcome::Wrong,
        Err(why) => {
            wrong(form, why);
            return Outcome::Wrong;
        }
    };
    if rule.anchor.may_never_come() && anchors.get(rule.anchor).is_none() {
        return Outcome::Waiting;
    }
    if rule.period.is_none() {
        let given = Situation {
            anchors,
            holds: &[],
            controllers,
            calendars,
        };
        let mut ends = Vec::new();
        for other in rule.not_after.iter().chain(&rule.before) {
            let Some(other) = catalog.regime_at(other, anchors) else {
                continue;
            };
            match deadline::compute_after(rule, other, &given) {
                Ok(deadline) => ends.push(Box::new((other.name.clone(), deadline))),
                Err(DeadlineError::NoNumber { .. } | DeadlineError::NoController { .. }) => {}
                Err(error) => {
                    wrong(form, trial::about(rule, anchors, &error));
                    return Outcome::Wrong;
                }
            }
        }
        return Outcome::NoNumber(ends.into_iter().min_by_key(|after| after.1.due));
    }
    match trial::compute(
        calendars,
        rule,
        anchors,
        controllers,
        form.typed.has("floors"),
    ) {
        Ok(trial) => Outcome::Shown(Box::new(trial)),
        Err(why) => {
            wrong(form, why);
            Outcome::Wrong
        }
    }
}
