//! Entries of the evidence log in words: for the log as a whole, and for the timeline of an incident.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use maud::{Markup, html};
use serde_json::Value;

use super::{part, role, source_words};
use crate::app::App;
use crate::catalog::Catalog;
use crate::error::Result;
use crate::ids::IncidentId;
use crate::store::evidence::Stored;
use crate::store::{account, api_token};

/// The names for the ids that entries hold. The log itself holds no names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    /// Actor keys ("account:…", "token:…") to names.
    actors: HashMap<String, String>,
    /// Rules to names.
    rules: HashMap<String, String>,
}

impl Names {
    /// Reads them.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn read(app: &App) -> Result<Self> {
        let accounts = account::list(&app.db).await?.into_iter();
        let tokens = api_token::list(&app.db).await?.into_iter();
        let accounts = accounts.map(|a| (format!("account:{}", a.id), a.name));
        let tokens = tokens.map(|t| {
            (
                format!("token:{}", t.id),
                format!("the program \"{}\"", t.name),
            )
        });
        Ok(Self::of(&app.catalog, accounts.chain(tokens)))
    }

    /// The names of these actors and of the rules of `catalog`.
    pub fn of(catalog: &Catalog, actors: impl Iterator<Item = (String, String)>) -> Self {
        Self {
            actors: actors.collect(),
            rules: catalog
                .regimes()
                .map(|rule| (rule.id.clone(), rule.name.clone()))
                .collect(),
        }
    }

    /// Who did it.
    fn actor(&self, key: &str) -> String {
        match key {
            "system" => "Due Notice itself".to_owned(),
            "person" => "the browser of an affected person".to_owned(),
            key => self
                .actors
                .get(key)
                .cloned()
                .unwrap_or_else(|| "somebody whose account is not known here".to_owned()),
        }
    }

    fn account(&self, id: &str) -> String {
        self.actor(&format!("account:{id}"))
    }

    fn rule<'a>(&'a self, id: &'a str) -> &'a str {
        self.rules.get(id).map_or(id, String::as_str)
    }
}

/// One entry in words.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    /// Place in the whole log, from 1.
    pub seq: i64,
    /// The incident it concerns.
    pub incident: Option<IncidentId>,
    /// Place in the incident, from 1.
    pub iseq: Option<i64>,
    /// When it was written.
    at: DateTime<Utc>,
    who: String,
    what: Markup,
    /// The entry's hash, hex.
    pub hash: String,
    /// Exactly the bytes that are hashed.
    body: String,
}

impl Told {
    /// Puts an entry into words; instants stand in `zone`.
    pub fn of(entry: &Stored, names: &Names, zone: Tz) -> Self {
        // A body that cannot be read is for the check of the log to find; here it has no words.
        let body: Value = serde_json::from_str(&entry.body).unwrap_or_default();
        let data = Data {
            data: &body["data"],
            row: body["row"]["id"].as_str().unwrap_or_default(),
            names,
            zone,
        };
        Self {
            seq: entry.seq,
            incident: entry.incident_id,
            iseq: entry.iseq,
            at: entry.recorded_at,
            who: names.actor(body["actor"].as_str().unwrap_or_default()),
            what: data.sentence(&entry.kind),
            hash: hex::encode(&entry.hash),
            body: entry.body.clone(),
        }
    }

    /// An item of a `timeline`. `more` stands behind the sentence, such as a link to the incident.
    pub fn item(&self, zone: Tz, more: &Markup) -> Markup {
        html! {
            li {
                p { (self.what) (more) }
                p.small { (self.who) " · " (part::when(self.at, zone)) " · entry " (part::number(self.seq)) }
                details {
                    summary { "Hash " code { (self.hash.get(..12).unwrap_or(&self.hash)) "…" } }
                    p { code { (self.hash) } }
                    p.small { "It is the SHA-256 of a zero byte and exactly this:" }
                    pre { (self.body) }
                }
            }
        }
    }
}

/// What an entry says in clear.
pub(super) struct Data<'a> {
    pub(super) data: &'a Value,
    /// The key of the row that the entry accounts for.
    row: &'a str,
    names: &'a Names,
    zone: Tz,
}

impl Data<'_> {
    pub(super) fn text(&self, key: &str) -> &str {
        self.data[key].as_str().unwrap_or_default()
    }

    /// An id as words.
    fn words(&self, key: &str) -> String {
        self.text(key).replace('_', " ")
    }

    pub(super) fn number(&self, key: &str) -> String {
        part::number(self.data[key].as_i64().unwrap_or_default())
    }

    fn people(&self) -> String {
        let n = self.data["persons"].as_i64().unwrap_or_default();
        part::count(n, "person is on it", "people are on it")
    }

    pub(super) fn yes(&self, key: &str) -> bool {
        self.data[key].as_bool().unwrap_or_default()
    }

    fn when(&self, key: &str) -> Option<Markup> {
        let at = DateTime::parse_from_rfc3339(self.text(key)).ok()?;
        Some(part::when(at.to_utc(), self.zone))
    }

    pub(super) fn short(&self, key: &str) -> &str {
        self.text(key).get(..12).unwrap_or(self.text(key))
    }

    fn rule(&self) -> &str {
        self.names.rule(self.text("rule"))
    }

    fn sentence(&self, kind: &str) -> Markup {
        let noun = kind.split('.').next().unwrap_or_default();
        let words = match noun {
            "incident" | "fact" => self.incident(kind),
            "roster" => self.roster(kind),
            "incident_key" => Some(html! {
                "The key of the incident was destroyed: ids and addresses of its people cannot be read any more."
            }),
            "obligation" | "deadline" => self.obligation(kind),
            "answer" | "hold" | "people" => self.known(kind),
            "exposure" => self.exposure(kind),
            "source" => source_words::sentence(kind, self.data),
            "recipe" => self.recipe(kind),
            "person" => self.person(kind),
            "notice" => self.notice(kind),
            "delivery" => self.delivery(kind),
            "site" => self.site(kind),
            "calendar" => self.calendar(kind),
            "account" | "api_token" => self.access(kind),
            _ => None,
        };
        words.unwrap_or_else(|| {
            html! { "Something was recorded that this page has no words for: " code { (kind) } "." }
        })
    }

    fn incident(&self, kind: &str) -> Option<Markup> {
        Some(match kind {
            "incident.reported" => html! {
                @if self.yes("drill") { "The drill " } @else { "The incident " }
                (self.text("reference")) " was reported."
            },
            "incident.changed" => html! { "The roster was counted anew: " (self.people()) "." },
            "incident.widened" => html! {
                "The incident names more than before: "
                @if !self.text("system").is_empty() { "the system " (self.words("system")) }
                @let kinds = self.data["kinds"].as_array().map_or(0, Vec::len);
                @if kinds > 0 {
                    @if !self.text("system").is_empty() { " and " }
                    (part::count(i64::try_from(kinds).unwrap_or(0), "kind of data", "kinds of data"))
                }
                "."
            },
            "incident.closed" => html! { "The incident was closed." },
            "fact.recorded" | "fact.corrected" => html! {
                @if kind == "fact.corrected" { "A fact was corrected" } @else { "A fact was recorded" }
                ": " strong { (self.text("fact").replace('_', " ")) } ", "
                @match self.when("at") {
                    Some(at) => (at),
                    None => "time unknown",
                }
                @if let Some(until) = self.when("until") { " until " (until) }
                "."
            },
            _ => return None,
        })
    }

    fn roster(&self, kind: &str) -> Option<Markup> {
        Some(match kind {
            "roster.imported" => html! {
                "A roster file was imported: " (self.number("rows")) " rows, " (self.number("added"))
                " added, " (self.number("changed")) " changed, " (self.number("rejected"))
                " rejected."
                // Entries of before there were revisions say it here.
                @if self.data["persons"].is_i64() { " " (self.people()) " now." }
            },
            "roster.revised" => html! {
                "The roster has revision " (self.number("revision")) ": " (self.number("added")) " new, "
                (self.number("back")) " back, " (self.number("left")) " left, " (self.number("changed"))
                " changed. " (self.people()) " now."
            },
            "roster.keyed" => html! {
                "Ids and addresses of the roster were hashed and sealed; nobody came or left. "
                (self.people()) "."
            },
            "roster.looked_up" => html! {
                "Somebody asked whether one person of the site " (self.text("site")) " is affected; the \
                 answer was " @if self.yes("found") { "yes" } @else { "no" } "."
            },
            _ => return None,
        })
    }

    fn obligation(&self, kind: &str) -> Option<Markup> {
        Some(match kind {
            "obligation.refreshed" => html! { "\"" (self.rule()) "\" was looked at anew." },
            "deadline.computed" => html! {
                "The deadline of \"" (self.rule()) "\" was computed: "
                @if let Some(due) = self.when("due") { (due) }
                ", governed by " (self.text("governed_by")) "."
            },
            "obligation.decided" => html! {
                "Somebody decided that \"" (self.rule()) "\" is required."
            },
            "obligation.settled" => html! {
                "\"" (self.rule()) "\" was settled: "
                @match self.when("met_at") {
                    Some(at) => {
                        "met " (at)
                        @match self.data["late"].as_bool() {
                            Some(true) => ", which was late",
                            Some(false) => ", which was on time",
                            None => "",
                        }
                    },
                    None => "not required",
                }
                "."
            },
            _ => return None,
        })
    }

    /// What decides which rules apply, and until when.
    fn known(&self, kind: &str) -> Option<Markup> {
        Some(match kind {
            "answer.recorded" => html! {
                "A question was answered: " strong { (self.text("question").replace('_', " ")) } ", "
                (self.text("value")) "."
            },
            "hold.recorded" => html! {
                "A law-enforcement hold by " (self.text("authority")) " was recorded"
                @if let Some(from) = self.when("from") { ", from " (from) }
                @if let Some(until) = self.when("until") { " until " (until) }
                "."
            },
            "people.found_later" => html! {
                (part::count(self.data["persons"].as_i64().unwrap_or_default(), "person was", "people were"))
                " found later, with revision " (self.number("revision"))
                @if let Some(at) = self.when("found_at") { ": their own period begins " (at) }
                "."
            },
            _ => return None,
        })
    }

    fn exposure(&self, kind: &str) -> Option<Markup> {
        let what = match kind {
            "exposure.recorded" => "A system was recorded as exposed: ",
            "exposure.corrected" => "What was recorded about an exposed system was corrected: ",
            "exposure.withdrawn" => "A system was not exposed after all: ",
            _ => return None,
        };
        Some(html! {
            (what) strong { (self.words("system")) }
            @if kind != "exposure.withdrawn" {
                @match self.when("from") { Some(from) => { ", from " (from) } None => ", since when is not known" }
                @if let Some(until) = self.when("until") { " until " (until) }
            }
            "."
        })
    }

    fn notice(&self, kind: &str) -> Option<Markup> {
        let version = || {
            html! {
                "version " (self.number("number")) " of the notice (content "
                code { (self.short("content_hash")) "…" } ")"
            }
        };
        Some(match kind {
            "notice.drafted" => html! { "A notice was drafted." },
            "notice.written" => html! { "Somebody wrote " (version()) "." },
            "notice.edited" => {
                html! { "The notice got a new version, which needs an approval of its own." }
            }
            "notice.approved" => html! { "Somebody approved exactly " (version()) "." },
            "notice.changed" => html! { "The notice is approved now." },
            "notice.activated" => html! { "The notice went live for everybody whom it is for." },
            "notice.withdrawn" => html! { "The notice was withdrawn." },
            _ => return None,
        })
    }

    fn delivery(&self, kind: &str) -> Option<Markup> {
        if kind == "delivery.keyed" {
            return Some(html! {
                "A delivery was written down anew with the keyed hash of the user id in the place of the id."
            });
        }
        let what = match kind {
            "delivery.served" => "was sent to the browser of an affected person",
            "delivery.rendered" => "stood in the page of an affected person",
            "delivery.seen" => "was in view of an affected person",
            "delivery.seen_occluded" => "was in view, but something lay over it",
            "delivery.opened" => "had a link in it used by an affected person",
            "delivery.acknowledged" => "was acknowledged: \"I have read this\" was pressed",
            _ => return None,
        };
        Some(html! {
            "The notice (version " (self.number("number")) ", " (part::language(self.text("lang"))) ") " (what)
            @if let Some(ms) = self.data["dwell_ms"].as_i64() {
                " for " (ms / 1_000) "." (ms % 1_000 / 100) " s in a row"
            }
            @if !self.text("site").is_empty() { " on the site " (self.text("site")) }
            "."
        })
    }

    fn calendar(&self, kind: &str) -> Option<Markup> {
        let day =
            html! { (self.text("day")) " in the calendar " strong { (self.text("calendar")) } };
        Some(match kind {
            "calendar.day_set" => {
                html! { "The day " (day) " was set as " (self.text("day_is")) "." }
            }
            "calendar.day_withdrawn" => {
                html! { "The day " (day) " is no longer " (self.text("day_is")) "." }
            }
            _ => return None,
        })
    }

    fn site(&self, kind: &str) -> Option<Markup> {
        let origins: Vec<_> = self.data["origins"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let id = Some(self.text("site")).filter(|id| !id.is_empty());
        let site = html! { "site " strong { (id.unwrap_or(self.row)) } };
        Some(match kind {
            "site.created" => {
                html! { "The " (site) " was added" @if !origins.is_empty() { ", with " (origins.join(", ")) } "." }
            }
            "site.changed" => {
                html! { "The " (site) " was changed; its origins are " (origins.join(", ")) "." }
            }
            "site.key_added" => html! {
                "The " (site) " got the key " (self.text("kid")) " (" (self.text("algorithm")) ", "
                code { (self.short("key_sha256")) "…" } ")."
            },
            "site.key_changed" => html! {
                "The key " (self.text("kid")) " of the " (site) " is now "
                @match self.text("state") {
                    "active" => "in use",
                    other => (other),
                }
                "."
            },
            _ => return None,
        })
    }

    fn access(&self, kind: &str) -> Option<Markup> {
        let whose = self.names.account(self.text("account"));
        let role = || self.text("role").parse().map_or("unknown", role::title);
        Some(match kind {
            "account.created" => html! { "An account was made for " (whose) ", as " (role()) "." },
            "account.signed_in" => html! { (whose) " signed in." },
            "account.disabled" => html! { "The account of " (whose) " was disabled." },
            "account.password_set" => html! { (whose) " was given a new password." },
            "api_token.created" => html! {
                "The token of " (self.names.actor(&format!("token:{}", self.text("token"))))
                " was made, as " (role()) "."
            },
            "api_token.revoked" => html! {
                "The token of " (self.names.actor(&format!("token:{}", self.text("token")))) " was revoked."
            },
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample_evidence::SAMPLES;
    use super::*;
    use crate::http::web::evidence_words_people;

    #[test]
    fn every_kind_of_entry_has_words() {
        let names = Names::default();
        for (kind, data) in SAMPLES
            .iter()
            .chain(&evidence_words_people::SAMPLES)
            .chain(&[("account.disabled", "{}")])
        {
            let data = Data {
                data: &serde_json::from_str(data).unwrap(),
                row: "",
                names: &names,
                zone: Tz::UTC,
            };
            let words = data.sentence(kind).into_string();
            assert!(!words.contains("no words"), "{words}");
        }
        let data = Data {
            data: &Value::Null,
            row: "",
            names: &names,
            zone: Tz::UTC,
        };
        assert!(data.sentence("x.y").into_string().contains("no words"));
    }
}
