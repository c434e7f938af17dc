//! `duenotice people who`: whether somebody is affected, and why. The question is logged.

use std::io::Write;

use super::desk::{At, Desk, counted};
use crate::cli::{CliError, Console};
use crate::domain::scope::recipe::eval_trace::LeafTrace;
use crate::service::incident_key::Opener;
use crate::service::who::{self, Question, Reasons};
use crate::store::person::Person;

/// Ask whether somebody is affected, by any identifier; the question is logged
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    pub(super) at: At,
    /// account, email, phone, order, ticket or cookie
    #[arg(long, value_name = "KIND")]
    kind: String,
    /// The identifier as people write it
    #[arg(value_name = "VALUE", allow_hyphen_values = true)]
    value: String,
    /// The site of an account
    #[arg(long, value_name = "SITE", default_value = "")]
    site: String,
    /// Where a phone number without a country code is, such as AT
    #[arg(long, value_name = "COUNTRY", default_value = "")]
    country: String,
    /// Say why, or why not
    #[arg(long)]
    reasons: bool,
}

pub(super) async fn run(
    args: &Args,
    desk: &Desk<'_>,
    console: &mut Console<'_>,
) -> Result<(), CliError> {
    let question = Question {
        kind: args.kind.clone(),
        site: args.site.clone(),
        value: args.value.clone(),
        country: args.country.clone(),
    };
    let answer = who::ask(&desk.ctx, desk.incident, &question)
        .await
        .map_err(CliError::failed)?;
    let opener = Opener::read(desk.app, desk.incident)
        .await
        .map_err(CliError::failed)?;
    let out = &mut *console.out;
    let yes = if answer.affected() {
        "Affected."
    } else if answer.people.is_empty() {
        "Not affected: not on the roster."
    } else {
        "Not affected any more: left the roster."
    };
    writeln!(out, "{yes}\n  keyed hash {}", answer.key)?;
    for person in &answer.people {
        writeln!(out, "  {}", row(person, &opener))?;
    }
    if !args.reasons {
        return Ok(());
    }
    match who::reasons(desk.app, desk.incident, answer.key)
        .await
        .map_err(CliError::failed)?
    {
        None => writeln!(out, "No recipe made this roster, so there are no reasons.")?,
        Some(reasons) => print(&reasons, out)?,
    }
    Ok(())
}

fn row(p: &Person, opener: &Opener) -> String {
    let site = match p.site_id.as_str() {
        "" => "without an account".to_owned(),
        site => format!("account of {site}"),
    };
    let mut parts = vec![
        format!(
            "{site}: {}",
            opener.name(&p.person_key, p.sealed.as_deref())
        ),
        format!("since revision {}", p.revision),
    ];
    if let Some(left) = p.left_revision {
        parts.push(format!("left with revision {left}"));
    }
    if let Some(country) = &p.country {
        let state = p.region.as_ref().map(|s| format!("-{s}"));
        let from = p.place_from.as_ref().map(|f| format!(" (from {f})"));
        parts.push(format!(
            "{country}{}{}",
            state.unwrap_or_default(),
            from.unwrap_or_default()
        ));
    }
    parts.extend(p.lang.as_ref().map(|lang| format!("language {lang}")));
    parts.extend(p.role.clone());
    parts.extend(p.exposed.as_ref().map(|kinds| format!("exposed: {kinds}")));
    if p.grouped.is_some() {
        parts.push("has further accounts".to_owned());
    }
    parts.join(", ")
}

fn yes(holds: bool) -> &'static str {
    if holds { "yes" } else { "no" }
}

fn print(reasons: &Reasons, out: &mut dyn Write) -> Result<(), CliError> {
    let affected = if reasons.trace.affected {
        "is affected"
    } else {
        "is not affected"
    };
    writeln!(
        out,
        "By version {} of the recipe this person {affected}:",
        reasons.version
    )?;
    for step in &reasons.trace.steps {
        writeln!(out, "  {} = {}: {}", step.name, step.text, yes(step.holds))?;
        for leaf in &step.leaves {
            writeln!(out, "    {}: {}", leaf.text, yes(leaf.holds))?;
            records(leaf, out)?;
        }
    }
    let chain = &reasons.chain;
    writeln!(
        out,
        "Known by {}:",
        counted(
            i64::try_from(chain.keys.len()).unwrap_or(i64::MAX),
            "identifier",
            "identifiers"
        )
    )?;
    for key in &chain.keys {
        writeln!(out, "  {key}")?;
    }
    for edge in &chain.edges {
        let kind = edge.anchor_kind.map_or("identifier", |kind| kind.words());
        let joins = if edge.apart {
            "does not join (decided)"
        } else {
            "joins"
        };
        writeln!(
            out,
            "  {}, line {}: {joins} {kind} {} and {} {}",
            edge.source,
            edge.line,
            edge.anchor.short(),
            edge.other_kind.words(),
            edge.other.short()
        )?;
    }
    for key in &chain.shared {
        writeln!(
            out,
            "  {} is shared by too many to join anybody",
            key.short()
        )?;
    }
    if chain.too_long {
        writeln!(
            out,
            "  More identifiers than the limit hang together, so none was joined."
        )?;
    }
    Ok(())
}

fn records(leaf: &LeafTrace, out: &mut dyn Write) -> Result<(), CliError> {
    for record in &leaf.records {
        writeln!(out, "      {}", record.sentence())?;
    }
    Ok(())
}
