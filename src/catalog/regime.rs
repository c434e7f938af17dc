//! `playbooks/regimes/*.toml` → [`Regime`]s.
//!
//! Always holds: a rule without a citation, a source or a confidence does not get in, and one that
//! rests on memory alone is never marked as verified. A phase says what its rule says, except for
//! the keys it writes itself and for those that are about one period.

use chrono::NaiveTime;
use chrono_tz::Tz;
use serde::Deserialize;
use toml::Spanned;

use crate::domain::condition::Condition;
use crate::domain::fact::FactKind;
use crate::domain::period::{Count, Period, Unit};
use crate::domain::regime::{
    Arguable, Cap, Confidence, Effective, Extension, HoldRule, Owed, Recipient, Regime, RegimeSpec,
    Start, Status,
};

use super::problem::{Problem, Source};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    rule: Vec<Spanned<RawRule>>,
}

/// A `[[rule]]` or a `[[rule.phase]]`: the same keys, all but `id` inherited or checked for later.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    id: Spanned<String>,
    name: Option<Spanned<String>>,
    jurisdiction: Option<Vec<String>>,
    citation: Option<Spanned<String>>,
    anchor: Option<Spanned<String>>,
    literal_anchor: Option<Spanned<String>>,
    recipient: Option<Recipient>,
    told: Option<String>,
    channel: Option<String>,
    condition: Option<Spanned<String>>,
    applies: Option<Spanned<String>>,
    period: Option<Spanned<RawPeriod>>,
    qualifier: Option<Spanned<String>>,
    start: Option<Start>,
    cutoff: Option<Spanned<String>>,
    cap: Option<Spanned<RawCap>>,
    latest_arguable: Option<Spanned<Arguable>>,
    extension: Option<Spanned<RawExtension>>,
    hold: Option<Spanned<RawHold>>,
    records: Option<Spanned<String>>,
    #[serde(default)]
    before: Vec<String>,
    #[serde(default)]
    not_after: Vec<String>,
    seat: Option<Vec<String>>,
    controllers: Option<Vec<String>>,
    calendar: Option<String>,
    zone: Option<Spanned<String>>,
    owed: Option<Owed>,
    effective: Option<Spanned<RawEffective>>,
    status: Option<Status>,
    enabled: Option<bool>,
    confidence: Option<Confidence>,
    verified: Option<Spanned<bool>>,
    source: Option<Spanned<String>>,
    notes: Option<String>,
    #[serde(default)]
    phase: Vec<Spanned<Self>>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPeriod {
    n: u32,
    unit: Unit,
    count: Option<Count>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCap {
    anchor: Spanned<String>,
    n: u32,
    unit: Unit,
    #[serde(default)]
    unless_later: bool,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawExtension {
    n: u32,
    unit: Unit,
    why: String,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHold {
    restart: Option<RawPeriod>,
    oral_days: Option<u32>,
    why: Option<String>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEffective {
    from: Option<Spanned<toml::Value>>,
    until: Option<Spanned<toml::Value>>,
}

/// Reads all rules of one file, phases as rules of their own.
pub(super) fn parse(source: Source<'_>) -> Result<Vec<Regime>, Vec<Problem>> {
    let raw: RawFile = source.read().map_err(|problem| vec![problem])?;
    let mut regimes = Vec::new();
    let mut problems = Vec::new();
    for rule in raw.rule {
        for clock in clocks(source, rule.into_inner(), &mut problems) {
            match check(source, clock) {
                Ok(spec) => regimes.push(Regime::new(spec)),
                Err(problem) => problems.push(problem),
            }
        }
    }
    if problems.is_empty() {
        Ok(regimes)
    } else {
        Err(problems)
    }
}

/// The rule itself, when it has a period or words in its place, and each of its phases.
fn clocks(source: Source<'_>, mut rule: RawRule, problems: &mut Vec<Problem>) -> Vec<RawRule> {
    if let Err(problem) = super::checked_id(source, &rule.id) {
        problems.push(problem);
        return Vec::new();
    }
    let phases = std::mem::take(&mut rule.phase);
    let itself = rule.period.is_some() || rule.qualifier.is_some();
    if !itself && phases.is_empty() {
        let message = "there is neither `period`, `qualifier` nor [[rule.phase]]; write how long \
                       there is, or the words of the law that stand in its place";
        problems.push(source.at(&rule.id.span(), message));
    }
    let mut clocks = Vec::new();
    for phase in phases {
        let phase = phase.into_inner();
        match super::checked_id(source, &phase.id) {
            Err(problem) => problems.push(problem),
            Ok(_) if !phase.phase.is_empty() => {
                let message = "a phase has no phases of its own; write them beside it";
                problems.push(source.at(&phase.id.span(), message));
            }
            Ok(_) => clocks.push(inherited(&rule, phase)),
        }
    }
    if itself {
        clocks.insert(0, rule);
    }
    clocks
}

/// A phase with what its rule says and it does not.
fn inherited(rule: &RawRule, phase: RawRule) -> RawRule {
    let id = format!("{}.{}", rule.id.get_ref(), phase.id.get_ref());
    let rule = rule.clone();
    RawRule {
        id: Spanned::new(phase.id.span(), id),
        name: phase.name.or(rule.name),
        jurisdiction: phase.jurisdiction.or(rule.jurisdiction),
        citation: phase.citation.or(rule.citation),
        anchor: phase.anchor.or(rule.anchor),
        recipient: phase.recipient.or(rule.recipient),
        told: phase.told.or(rule.told),
        channel: phase.channel.or(rule.channel),
        condition: phase.condition.or(rule.condition),
        applies: phase.applies.or(rule.applies),
        hold: phase.hold.or(rule.hold),
        seat: phase.seat.or(rule.seat),
        controllers: phase.controllers.or(rule.controllers),
        calendar: phase.calendar.or(rule.calendar),
        zone: phase.zone.or(rule.zone),
        owed: phase.owed.or(rule.owed),
        effective: phase.effective.or(rule.effective),
        status: phase.status.or(rule.status),
        enabled: phase.enabled.or(rule.enabled),
        confidence: phase.confidence.or(rule.confidence),
        verified: phase.verified.or(rule.verified),
        source: phase.source.or(rule.source),
        notes: phase.notes.or(rule.notes),
        ..phase
    }
}

fn check(source: Source<'_>, rule: RawRule) -> Result<RegimeSpec, Problem> {
    let here = rule.id.span();
    let missing = |key: &str| {
        source.at(
            &here,
            format!("{}: missing field `{key}`; add the key", rule.id.get_ref()),
        )
    };
    let filled = |key: &str, text: &Option<Spanned<String>>| match text {
        None => Err(missing(key)),
        Some(text) if text.get_ref().trim().is_empty() => {
            Err(source.at(&text.span(), format!("`{key}` is empty; write it")))
        }
        Some(text) => Ok(text.get_ref().clone()),
    };
    let confidence = rule.confidence.ok_or_else(|| missing("confidence"))?;
    let verified = rule.verified.as_ref().ok_or_else(|| missing("verified"))?;
    if confidence == Confidence::M && *verified.get_ref() {
        let message = "`verified`: a rule with confidence \"M\" rests on memory; set it to false, \
                       or read the text and raise the confidence";
        return Err(source.at(&verified.span(), message));
    }
    let period = rule
        .period
        .as_ref()
        .map(|raw| {
            let RawPeriod { n, unit, count } = *raw.get_ref();
            self::period(source, raw.span(), "period", n, unit, count)
        })
        .transpose()?;
    if let (Some(arguable), Some(period)) = (&rule.latest_arguable, &period)
        && arguable
            .get_ref()
            .of_hours()
            .is_some_and(|of_hours| of_hours != (period.unit() == Unit::Hour))
    {
        let message = if period.unit() == Unit::Hour {
            "`latest_arguable`: this reading is about days; remove it from a rule in hours"
        } else {
            "`latest_arguable`: this reading is about hours; remove it from a rule in days"
        };
        return Err(source.at(&arguable.span(), message));
    }
    let anchor = rule.anchor.as_ref().ok_or_else(|| missing("anchor"))?;
    for other in rule.before.iter().chain(&rule.not_after) {
        if other == rule.id.get_ref() {
            let message = format!(
                "{other} refers to itself; name the other rule in `before` and `not_after`"
            );
            return Err(source.at(&here, message));
        }
    }
    Ok(RegimeSpec {
        name: filled("name", &rule.name)?,
        jurisdiction: rule
            .jurisdiction
            .clone()
            .ok_or_else(|| missing("jurisdiction"))?,
        citation: filled("citation", &rule.citation)?,
        anchor: kind(source, "anchor", anchor)?,
        literal_anchor: rule
            .literal_anchor
            .as_ref()
            .map(|word| kind(source, "literal_anchor", word))
            .transpose()?,
        recipient: rule.recipient.ok_or_else(|| missing("recipient"))?,
        condition: filled("condition", &rule.condition)?,
        applies: applies(source, rule.applies.as_ref())?,
        qualifier: match &rule.qualifier {
            Some(_) => Some(filled("qualifier", &rule.qualifier)?),
            None => None,
        },
        cutoff: cutoff(source, rule.cutoff.as_ref(), period)?,
        cap: cap(source, rule.cap.as_ref())?,
        latest_arguable: rule.latest_arguable.as_ref().map(|one| *one.get_ref()),
        extension: extension(source, rule.extension.as_ref())?,
        hold: hold(source, rule.hold.as_ref())?,
        records: rule
            .records
            .as_ref()
            .map(|word| kind(source, "records", word))
            .transpose()?,
        zone: zone(source, rule.zone.as_ref())?,
        effective: effective(source, rule.effective.as_ref())?,
        verified: *verified.get_ref(),
        source: filled("source", &rule.source)?,
        period,
        confidence,
        told: rule.told,
        channel: rule.channel,
        start: rule.start,
        before: rule.before,
        not_after: rule.not_after,
        seat: rule.seat.unwrap_or_default(),
        controllers: rule.controllers.unwrap_or_default(),
        calendar: rule.calendar,
        owed: rule.owed.unwrap_or_default(),
        status: rule.status.unwrap_or_default(),
        enabled: rule.enabled.unwrap_or(true),
        notes: rule.notes,
        id: rule.id.into_inner(),
    })
}

fn kind(source: Source<'_>, key: &str, word: &Spanned<String>) -> Result<FactKind, Problem> {
    FactKind::parse(word.get_ref())
        .map_err(|error| source.at(&word.span(), format!("`{key}`: {error}")))
}

fn period(
    source: Source<'_>,
    span: std::ops::Range<usize>,
    key: &str,
    n: u32,
    unit: Unit,
    count: Option<Count>,
) -> Result<Period, Problem> {
    Period::new(n, unit, count.unwrap_or_else(|| unit.count()))
        .map_err(|error| source.at(&span, format!("`{key}`: {error}")))
}

fn applies(source: Source<'_>, text: Option<&Spanned<String>>) -> Result<Condition, Problem> {
    let Some(text) = text else {
        return Ok(Condition::always());
    };
    text.get_ref()
        .parse()
        .map_err(|error| source.at(&text.span(), format!("`applies`: {error}")))
}

fn cutoff(
    source: Source<'_>,
    text: Option<&Spanned<String>>,
    period: Option<Period>,
) -> Result<Option<NaiveTime>, Problem> {
    let Some(text) = text else { return Ok(None) };
    if period.is_none_or(|period| period.unit() == Unit::Hour) {
        let message = "`cutoff`: only a period in days ends at a time of day; remove it";
        return Err(source.at(&text.span(), message));
    }
    NaiveTime::parse_from_str(text.get_ref(), "%H:%M")
        .map(Some)
        .map_err(|_| source.at(&text.span(), "`cutoff`: write a time of day like \"17:30\""))
}

fn cap(source: Source<'_>, raw: Option<&Spanned<RawCap>>) -> Result<Option<Cap>, Problem> {
    let Some(raw) = raw else { return Ok(None) };
    let cap = raw.get_ref();
    Ok(Some(Cap {
        anchor: kind(source, "cap", &cap.anchor)?,
        period: period(source, raw.span(), "cap", cap.n, cap.unit, None)?,
        unless_later: cap.unless_later,
    }))
}

fn extension(
    source: Source<'_>,
    raw: Option<&Spanned<RawExtension>>,
) -> Result<Option<Extension>, Problem> {
    let Some(raw) = raw else { return Ok(None) };
    let more = raw.get_ref();
    Ok(Some(Extension {
        period: period(source, raw.span(), "extension", more.n, more.unit, None)?,
        why: more.why.clone(),
    }))
}

fn hold(source: Source<'_>, raw: Option<&Spanned<RawHold>>) -> Result<Option<HoldRule>, Problem> {
    let Some(raw) = raw else { return Ok(None) };
    let hold = raw.get_ref();
    let restart = hold
        .restart
        .map(|one| {
            period(
                source,
                raw.span(),
                "hold.restart",
                one.n,
                one.unit,
                one.count,
            )
        })
        .transpose()?;
    Ok(Some(HoldRule {
        restart,
        oral_days: hold.oral_days,
        why: hold.why.clone(),
    }))
}

fn zone(source: Source<'_>, name: Option<&Spanned<String>>) -> Result<Option<Tz>, Problem> {
    let Some(name) = name else { return Ok(None) };
    name.get_ref().parse().map(Some).map_err(|_| {
        let message = format!(
            "`zone`: there is no time zone {}; write it like Europe/Vienna",
            name.get_ref()
        );
        source.at(&name.span(), message)
    })
}

fn effective(
    source: Source<'_>,
    raw: Option<&Spanned<RawEffective>>,
) -> Result<Effective, Problem> {
    let Some(raw) = raw else {
        return Ok(Effective::default());
    };
    let date = |value: &Option<Spanned<toml::Value>>| {
        value
            .as_ref()
            .map(|value| super::date(source, value))
            .transpose()
    };
    let effective = Effective {
        from: date(&raw.get_ref().from)?,
        until: date(&raw.get_ref().until)?,
    };
    match (effective.from, effective.until) {
        (Some(from), Some(until)) if until < from => Err(source.at(
            &raw.span(),
            "`effective`: it ends before it begins; swap the two dates",
        )),
        _ => Ok(effective),
    }
}
