//! Where a rule comes from and what it says, for the page of the rule.

use chrono::NaiveDate;
use maud::{Markup, html};

use super::{place, rule_condition, words};
use crate::catalog::Catalog;
use crate::domain::condition::{Applies, Circumstances};
use crate::domain::deadline::bound_controllers;
use crate::domain::regime::{Arguable, Effective, Owed, Regime, Start};

/// Another rule: id and name.
type Link = (String, String);

/// What stands in the playbooks about a rule and its neighbours.
#[derive(Clone, Debug)]
pub(super) struct Law {
    rule: Regime,
    places: String,
    /// The evaluated condition in words, each part of which must be so; nothing where it always
    /// holds.
    applies: Vec<String>,
    asks: Vec<String>,
    /// What the operator profile alone says about each controller.
    profile: Vec<String>,
    before: Vec<Link>,
    not_after: Vec<Link>,
    /// Rules that must come first, or with it at the latest.
    first: Vec<Link>,
    siblings: Vec<Link>,
    versions: Vec<Regime>,
}

impl Law {
    /// What the catalog says about `rule`, one of `versions`.
    pub fn of(catalog: &Catalog, rule: &Regime, versions: &[Regime]) -> Self {
        let questions = catalog.questions();
        let link = |id: &String| {
            let name = catalog.regime(id).map_or(id, |one| &one.name);
            (id.clone(), name.clone())
        };
        let stem = |id: &str| id.split('.').next().unwrap_or(id).to_owned();
        let others = |fits: &dyn Fn(&Regime) -> bool| -> Vec<Link> {
            let all = catalog.regimes().filter(|one| one.id != rule.id);
            all.filter(|one| fits(one))
                .map(|one| (one.id.clone(), one.name.clone()))
                .collect()
        };
        let places = rule.jurisdiction.iter();
        let places = places.map(|code| place::name(code, questions));
        Self {
            places: places.collect::<Vec<_>>().join(", "),
            applies: rule_condition::parts(&rule.applies, questions),
            asks: rule_condition::asks(&rule.applies, questions),
            profile: profile(catalog, rule),
            before: rule.before.iter().map(link).collect(),
            not_after: rule.not_after.iter().map(link).collect(),
            first: others(&|one| one.before.contains(&rule.id) || one.not_after.contains(&rule.id)),
            siblings: others(&|one| stem(&one.id) == stem(&rule.id)),
            versions: versions.to_vec(),
            rule: rule.clone(),
        }
    }

    /// All of it.
    pub fn show(&self) -> Markup {
        let r = &self.rule;
        html! {
            section.sheet aria-labelledby="law-h" {
                h2 #law-h { "Where it comes from" }
                p { (r.citation) }
                dl.facts.stacked {
                    dt { "When it applies" } dd { (r.condition) }
                    (self.conditions())
                    dt { "Who is told" }
                    dd {
                        (words::told(r))
                        @if r.met_by_notice() { ", by a notice on the site itself" }
                        @else if let Some(channel) = &r.channel { ", by " (channel) }
                    }
                    dt { "How long" }
                    dd { @for line in self.length() { p { (line) } } }
                    dt { "Counted in" } dd { (self.counted_in()) }
                    (self.order())
                    dt { "Law-enforcement hold" } dd { (self.hold()) }
                    dt { "In force" } dd { (span(r.effective)) @if !r.enabled { "; switched off for this operator" } }
                    dt { "Confidence" }
                    dd {
                        (words::confidence(r.confidence)) "; "
                        @if r.verified { "compared with its source" }
                        @else { "nobody has compared the rule with its source yet" }
                    }
                    dt { "Read in" } dd { (r.source) }
                    @if let Some(notes) = &r.notes { dt { "To know" } dd { (notes) } }
                    dt { "Jurisdiction" } dd { (self.places) }
                    dt { "Id" } dd { code { (r.id) } }
                }
            }
            @if self.versions.len() > 1 { (self.other_versions()) }
            @if !self.siblings.is_empty() {
                section.sheet aria-labelledby="siblings-h" {
                    h2 #siblings-h { "Other clocks of this law" }
                    (links(&self.siblings))
                }
            }
        }
    }

    fn conditions(&self) -> Markup {
        html! {
            dt { "Decided by" }
            dd {
                @match self.applies.as_slice() {
                    [] => "Nothing more: it always applies.",
                    [one] => { (words::sentence(one)) "." }
                    many => {
                        "All of these:"
                        ul { @for one in many { li { (one) } } }
                    }
                }
                @if !self.applies.is_empty() {
                    details { summary { "As it is written" } code { (self.rule.applies.as_str()) } }
                }
                @for line in &self.profile { p.small { (line) } }
            }
            @if !self.asks.is_empty() {
                dt { "What it asks" }
                dd { ul { @for ask in &self.asks { li { (ask) } } } }
            }
        }
    }

    /// How long there is, in sentences.
    fn length(&self) -> Vec<String> {
        let r = &self.rule;
        let from = words::fact(r.anchor);
        let mut lines = match r.period {
            Some(period) => vec![format!("{period} from “{from}”.")],
            None => vec![format!(
                "The law has no number, it says “{}”, from “{from}”. No date is invented.",
                r.how_long()
            )],
        };
        if let (Some(_), Some(words)) = (r.period, &r.qualifier) {
            lines.push(format!("Beside it: “{words}”."));
        }
        if let Some(kind) = r.literal_anchor {
            lines.push(format!(
                "Read literally it counts from “{}”; that is shown beside it.",
                words::fact(kind)
            ));
        }
        if let Some(Start::EndOfYear) = r.start {
            lines.push("The count begins with the end of the year of that fact.".to_owned());
        }
        if let Some(time) = r.cutoff {
            lines.push(format!("The last day ends at {}.", time.format("%H:%M")));
        }
        if let Some(cap) = &r.cap {
            let unless = if cap.unless_later {
                ", unless the count begins later than that"
            } else {
                ""
            };
            lines.push(format!(
                "At the latest {} after “{}”{unless}.",
                cap.period,
                words::fact(cap.anchor)
            ));
        }
        if let Some(more) = &r.extension {
            lines.push(format!(
                "{} more may be had {}; never counted on.",
                more.period, more.why
            ));
        }
        if let Some(reading) = r.latest_arguable {
            lines.push(format!("A generous reading: {}.", arguable(reading)));
        }
        lines
    }

    fn counted_in(&self) -> String {
        let r = &self.rule;
        let place = match (&r.calendar, r.zone) {
            (Some(code), Some(zone)) => format!("the calendar {code} and the zone {zone}"),
            (Some(code), None) => format!("the calendar {code} and its zone"),
            (None, Some(zone)) => format!("each controller's calendar and the zone {zone}"),
            (None, None) => "each controller's own calendar and zone".to_owned(),
        };
        let who = match (r.controllers.is_empty(), r.seat.is_empty()) {
            (true, true) => "every controller".to_owned(),
            (false, _) => r.controllers.join(", "),
            (true, false) => format!("controllers with their seat in {}", r.seat.join(", ")),
        };
        let owed = match r.owed {
            Owed::Each => "each for itself",
            Owed::Jointly => "one act meets it for all",
        };
        format!("{}. It binds {who}; {owed}.", words::sentence(&place))
    }

    fn order(&self) -> Markup {
        html! {
            @for (what, rules) in [
                ("Must come before", &self.before),
                ("Must not come after", &self.not_after),
                ("After, or together with", &self.first),
            ] {
                @if !rules.is_empty() { dt { (what) } dd { (links(rules)) } }
            }
        }
    }

    fn hold(&self) -> String {
        let Some(hold) = &self.rule.hold else {
            return "No hold stops it.".to_owned();
        };
        let mut words = match hold.restart {
            Some(period) => format!("A hold stops it; {period} run from its end."),
            None => "A hold stops it; what was left runs on from its end.".to_owned(),
        };
        if let Some(days) = hold.oral_days {
            words.push_str(&format!(
                " One asked for orally counts for {days} days at most."
            ));
        }
        if let Some(why) = &hold.why {
            words.push(' ');
            words.push_str(why);
        }
        words
    }

    fn other_versions(&self) -> Markup {
        html! {
            section.sheet aria-labelledby="versions-h" {
                h2 #versions-h { "Versions" }
                p.small { "The version that is law on the day of the fact it counts from is used, so that an \
                           old incident keeps its law." }
                ul.versions {
                    @for one in &self.versions {
                        li {
                            (span(one.effective)) ": " (one.how_long())
                            @if one.hash() == self.rule.hash() { " " strong { "(shown here)" } }
                        }
                    }
                }
            }
        }
    }
}

fn links(rules: &[Link]) -> Markup {
    html! {
        ul.links { @for (id, name) in rules { li { a href={ "/rules/" (id) } { (name) } } } }
    }
}

/// From when until when.
fn span(effective: Effective) -> String {
    let day = |day: NaiveDate| day.format("%-d %b %Y").to_string();
    match (effective.from, effective.until) {
        (Some(from), Some(until)) => format!("from {} until {}", day(from), day(until)),
        (Some(from), None) => format!("since {}", day(from)),
        (None, Some(until)) => format!("until {}", day(until)),
        (None, None) => "without a known beginning or end".to_owned(),
    }
}

/// What a generous reading is.
fn arguable(reading: Arguable) -> &'static str {
    match reading {
        Arguable::Reg1182FullHour => {
            "the hour of the event is not counted (Regulation 1182/71 Art 3(1))"
        }
        Arguable::Eu1182Art34 => {
            "a free last day moves to the end of the next working day (Regulation 1182/71 Art 3(4))"
        }
        Arguable::Co24108 => {
            "a last day that is a Saturday, Sunday or legal holiday is extended (C.R.S. 2-4-108(2))"
        }
        Arguable::DoraNoon => {
            "a limit on a weekend or bank holiday may be kept by noon of the next working day \
             (Delegated Regulation (EU) 2025/301 Art 5(4))"
        }
        Arguable::NextBusinessDay => "a free last day moves to the next business day",
    }
}

/// What can be said of each controller before anything has happened: its id, and whether the rule
/// applies; nothing where the rule does not bind it.
fn beforehand<'a>(catalog: &'a Catalog, rule: &Regime) -> Vec<(&'a str, Option<Applies>)> {
    let operator = catalog.operator();
    let known = Circumstances {
        sectors: operator.sectors.clone(),
        groups: catalog.questions().countries_by_group(),
        ..Circumstances::default()
    };
    let bound = bound_controllers(rule, &operator.controllers);
    let each = operator.controllers.iter().map(|one| {
        let applies = || rule.applies.evaluate(&known, &one.country);
        let applies = bound.contains(&one).then(applies);
        (one.id.as_str(), applies)
    });
    each.collect()
}

/// Whether a rule can concern the operator, by what its profile says.
pub(super) fn can_concern(catalog: &Catalog, rule: &Regime) -> bool {
    beforehand(catalog, rule)
        .iter()
        .any(|(_, applies)| !matches!(applies, None | Some(Applies::No(_))))
}

fn profile(catalog: &Catalog, rule: &Regime) -> Vec<String> {
    let said = |why: Vec<String>| {
        let mut why = why.join("; ");
        for sector in &catalog.questions().sectors {
            let words = format!(
                "by its profile, the operator is not one with sector.{}",
                sector.id
            );
            why = why.replace(&words, &format!("its profile says no to “{}”", sector.ask));
        }
        why
    };
    let line = |(id, applies): (&str, Option<Applies>)| match applies {
        None => Some(format!("It does not bind {id}.")),
        Some(Applies::No(why)) => Some(format!("It cannot apply to {id}: {}.", said(why))),
        Some(Applies::Unknown(_)) => Some(format!("For {id} it depends on the incident.")),
        Some(Applies::Yes) => None,
    };
    let all = beforehand(catalog, rule);
    if all
        .iter()
        .all(|(_, applies)| matches!(applies, Some(Applies::Unknown(_))))
    {
        return vec!["Whether it applies depends on the incident.".to_owned()];
    }
    all.into_iter().filter_map(line).collect()
}
