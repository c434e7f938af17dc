//! The parts that pages are put together from.

use chrono::{DateTime, Offset as _, Utc};
use chrono_tz::Tz;
use maud::{Markup, html};

use crate::domain::notice::{Block, Content, Span};

/// An instant with the zone it is shown in: "Thu 3 Dec 2026, 00:00 Vienna".
pub(crate) fn when(at: DateTime<Utc>, zone: Tz) -> Markup {
    let local = at.with_timezone(&zone);
    html! {
        time datetime=(machine(at)) {
            (local.format("%a %-d %b %Y, %H:%M")) " " span.zone { (city(zone)) }
        }
    }
}

/// The same in full: the zone with its offset, UTC, and room for the viewer's own zone.
pub(crate) fn when_full(at: DateTime<Utc>, zone: Tz) -> Markup {
    let local = at.with_timezone(&zone);
    html! {
        time.full datetime=(machine(at)) data-local {
            span.first {
                (local.format("%a %-d %b %Y, %H:%M")) " "
                span.zone { (zone.name()) " (UTC" (offset(&local)) ")" }
            }
            @if zone != Tz::UTC {
                " " span.utc { (at.format("%a %-d %b, %H:%M")) " UTC" }
            }
        }
    }
}

fn offset(local: &DateTime<Tz>) -> String {
    let text = local.offset().fix().to_string();
    text.strip_suffix(":00").unwrap_or(&text).to_owned()
}

/// An instant for programs.
fn machine(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

/// The last part of a zone's name, as people say it.
pub(crate) fn city(zone: Tz) -> String {
    let name = zone.name();
    name.rsplit('/').next().unwrap_or(name).replace('_', " ")
}

/// A word that says how something stands; the colour only repeats it.
pub(crate) fn badge(kind: &str, words: &str) -> Markup {
    html! { span.badge.(kind) { (words) } }
}

/// A number with its thousands set apart.
pub(crate) fn number(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if n < 0 { format!("-{out}") } else { out }
}

/// "1 person", "2 people": a number with the word that goes with it.
pub(crate) fn count(n: i64, one: &str, many: &str) -> String {
    format!("{} {}", number(n), if n == 1 { one } else { many })
}

/// A hash: its beginning, and the whole of it for who wants to compare.
pub(crate) fn hash(full: &str) -> Markup {
    html! {
        details.hash {
            summary { "SHA-256 " code { (full.get(..12).unwrap_or(full)) "…" } }
            code.whole { (full) }
        }
    }
}

/// What is shown where nothing is yet, and what to do about it.
pub(crate) fn empty(title: &str, sentence: &str, action: &Markup) -> Markup {
    html! {
        div.empty {
            p { strong { (title) } }
            p { (sentence) }
            (action)
        }
    }
}

/// Sentences that warn; nothing when there are none.
pub(crate) fn warnings(said: &[String]) -> Markup {
    html! {
        @if !said.is_empty() {
            div.warn { @for one in said { p { (one) } } }
        }
    }
}

/// What was just done, by the word in the address; nothing for any other word.
pub(crate) fn done(word: &str) -> Markup {
    let sentence = match word {
        "reported" => "The incident is recorded and its deadlines are computed.",
        "fact" => "The fact is recorded and every open deadline was computed anew.",
        "drafted" => "The draft is saved. Somebody who did not write it can approve it.",
        "edited" => "A new version is saved. It needs an approval of its own.",
        "approved" => "The text is approved. It can be activated now.",
        "activated" => "The notice is live for everybody on the roster.",
        "withdrawn" => "The notice is withdrawn and is no longer shown.",
        "hold" => "The hold is recorded and every open deadline was computed anew.",
        "exposure" => "The exposed system is recorded and every open deadline was computed anew.",
        "exposure-withdrawn" => {
            "The exposure is withdrawn and every open deadline was computed anew."
        }
        "estimate" => "The estimate is recorded and every open deadline was computed anew.",
        "decided" => "The decision is recorded.",
        "settled" => "The obligation is settled.",
        "closed" => "The incident is closed.",
        "account" => "The account is made. Tell the person the password in private.",
        "disabled" => "The account is disabled and its sessions have ended.",
        "password" => "The new password is set. The person is signed out everywhere.",
        "revoked" => "The token is revoked and stopped working.",
        "site" => "The site is saved.",
        "day" => "The day is set and every open deadline was computed anew.",
        "day-withdrawn" => "The day is withdrawn and every open deadline was computed anew.",
        "key" => "The keys of the site are changed.",
        "source-saved" => "Saved. Nothing was read yet.",
        "source-reshaped" => {
            "Saved. Read that way the file has other columns: look at what they mean, then go on."
        }
        "source-stopped" => "Stopped. What was read is kept.",
        "source-aside" => "The list was put aside and its file deleted.",
        "recipe" => "The recipe is saved. Count who follows from it.",
        "key-destroyed" => {
            "The key is destroyed. Nobody can read who was affected any more; the numbers and the evidence stay."
        }
        "split" => {
            "The two identifiers are kept apart. Run the recipe again, so that the roster follows."
        }
        "joined" => "The decision is taken back. Run the recipe again, so that the roster follows.",
        _ => return html! {},
    };
    html! { p.done role="status" { (sentence) } }
}

/// A notice's content, as text of the page around it: its title is a heading of the third level.
pub(crate) fn content(content: &Content, lang: &str) -> Markup {
    html! {
        article.notice lang=(lang) {
            h3 { (content.title) }
            @for block in &content.blocks {
                @match block {
                    Block::Heading { text, .. } => h4 { (text) },
                    Block::Paragraph { spans: all } => p { (spans(all)) },
                    Block::List { items } => ul { @for item in items { li { (spans(item)) } } },
                }
            }
        }
    }
}

fn spans(spans: &[Span]) -> Markup {
    html! {
        @for span in spans {
            @match &span.href {
                Some(href) => a href=(href) rel="noreferrer" { (span.text) },
                None => (marked(&span.text)),
            }
        }
    }
}

/// Text in which what is still to be filled in stands out.
fn marked(text: &str) -> Markup {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, end)) = after.split_once("}}") else {
            break;
        };
        parts.push((before, Some(name)));
        rest = end;
    }
    html! {
        @for (before, name) in parts { (before) @if let Some(name) = name { mark { "{{" (name) "}}" } } }
        (rest)
    }
}

/// The word for a language.
pub(crate) fn language(code: &str) -> &str {
    match code {
        "en" => "English",
        "de" => "German",
        other => other,
    }
}

/// How far a notice got, as numbers of people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ladder {
    /// On the roster.
    pub targeted: i64,
    /// Sent to a browser of theirs.
    pub served: i64,
    /// In view for two seconds.
    pub seen: i64,
    /// Seen, opened or acknowledged.
    pub notified: i64,
    /// "I have read this" was pressed.
    pub acknowledged: i64,
}

/// The numbers of a ladder, each with its share.
pub(crate) fn ladder(l: &Ladder) -> Markup {
    let rung = |n: i64, words: &str| {
        let share = n
            .saturating_mul(100)
            .checked_div(l.targeted)
            .unwrap_or(0)
            .clamp(0, 100);
        html! {
            div {
                dt { (words) }
                dd {
                    (number(n))
                    @if words != "on the roster" && l.targeted > 0 { small { (share) " %" } }
                    meter min="0" max="100" value=(share) aria-hidden="true" {}
                }
            }
        }
    };
    html! {
        dl.ladder {
            (rung(l.targeted, "on the roster"))
            (rung(l.served, "served"))
            (rung(l.seen, "seen"))
            (rung(l.notified, "notified"))
            (rung(l.acknowledged, "acknowledged"))
        }
    }
}
