//! `playbooks/regimes/*.toml` → [`Regime`]s.
//!
//! Always holds: a rule without a citation, a source or a confidence does not get in, and one that
//! rests on memory alone is never marked as verified.

use serde::Deserialize;
use toml::Spanned;

use crate::domain::fact::FactKind;
use crate::domain::period::{Count, Period, Unit};
use crate::domain::regime::{Arguable, Confidence, Effective, Recipient, Regime, RegimeSpec};

use super::problem::{Problem, Source};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    rule: Vec<Spanned<RawRule>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    id: Spanned<String>,
    name: Spanned<String>,
    jurisdiction: Vec<String>,
    citation: Spanned<String>,
    anchor: Spanned<String>,
    literal_anchor: Option<Spanned<String>>,
    recipient: Recipient,
    channel: Option<String>,
    condition: Spanned<String>,
    period: Spanned<RawPeriod>,
    latest_arguable: Option<Spanned<Arguable>>,
    #[serde(default)]
    controllers: Vec<String>,
    effective: Option<Spanned<RawEffective>>,
    enabled: Option<bool>,
    confidence: Confidence,
    verified: Spanned<bool>,
    source: Spanned<String>,
    notes: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPeriod {
    n: u32,
    unit: Unit,
    count: Count,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEffective {
    from: Option<Spanned<toml::Value>>,
    until: Option<Spanned<toml::Value>>,
}

/// Reads all rules of one file.
pub(super) fn parse(source: Source<'_>) -> Result<Vec<Regime>, Vec<Problem>> {
    let raw: RawFile = source.read().map_err(|problem| vec![problem])?;
    let mut regimes = Vec::new();
    let mut problems = Vec::new();
    for rule in raw.rule {
        match check(source, rule) {
            Ok(spec) => regimes.push(Regime::new(spec)),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() {
        Ok(regimes)
    } else {
        Err(problems)
    }
}

fn check(source: Source<'_>, rule: Spanned<RawRule>) -> Result<RegimeSpec, Problem> {
    let rule = rule.into_inner();
    let kind = |key: &str, word: &Spanned<String>| {
        FactKind::parse(word.get_ref())
            .map_err(|error| source.at(&word.span(), format!("`{key}`: {error}")))
    };
    let filled = |key: &str, text: &Spanned<String>| {
        if text.get_ref().trim().is_empty() {
            Err(source.at(&text.span(), format!("`{key}` is empty; write it")))
        } else {
            Ok(text.get_ref().clone())
        }
    };
    let id = super::checked_id(source, &rule.id)?;
    let raw = rule.period.get_ref();
    let period = Period::new(raw.n, raw.unit, raw.count)
        .map_err(|error| source.at(&rule.period.span(), format!("`period`: {error}")))?;
    if let Some(arguable) = &rule.latest_arguable
        && period.unit() != Unit::Hour
    {
        let message =
            "`latest_arguable`: this reading is about hours; remove it from a rule in days";
        return Err(source.at(&arguable.span(), message));
    }
    if rule.confidence == Confidence::M && *rule.verified.get_ref() {
        let message = "`verified`: a rule with confidence \"M\" rests on memory; set it to false, \
                       or read the text and raise the confidence";
        return Err(source.at(&rule.verified.span(), message));
    }
    let effective = effective(source, rule.effective.as_ref())?;
    Ok(RegimeSpec {
        id,
        name: filled("name", &rule.name)?,
        jurisdiction: rule.jurisdiction,
        citation: filled("citation", &rule.citation)?,
        anchor: kind("anchor", &rule.anchor)?,
        literal_anchor: rule
            .literal_anchor
            .as_ref()
            .map(|word| kind("literal_anchor", word))
            .transpose()?,
        recipient: rule.recipient,
        channel: rule.channel,
        condition: filled("condition", &rule.condition)?,
        period,
        latest_arguable: rule.latest_arguable.map(Spanned::into_inner),
        controllers: rule.controllers,
        effective,
        enabled: rule.enabled.unwrap_or(true),
        confidence: rule.confidence,
        verified: rule.verified.into_inner(),
        source: filled("source", &rule.source)?,
        notes: rule.notes,
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
