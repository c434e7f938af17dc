//! Checking the evidence log: the chain, the commitments, and every row that the log accounts for.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::revision::digest;
use crate::domain::evidence::{GENESIS, Hash, Opening, canonical, commit, leaf_hash};
use crate::error::Result;
use crate::ids::IncidentId;
use crate::store::evidence::{self, Stored, StoredOpening};
use crate::store::{Db, Tx, audit};

/// What a check of the log found.
#[derive(Clone, Debug, Default, serde::Serialize, utoipa::ToSchema)]
#[schema(as = EvidenceReport)]
pub struct Report {
    /// Entries that were read.
    pub entries: i64,
    /// The hash of the newest entry, hex: hold it outside, and nothing below it can be changed unseen.
    pub head: String,
    /// Incidents whose own chain was followed.
    pub incidents: usize,
    /// Commitments that were opened and held.
    pub commitments: i64,
    /// Rows that were compared with the newest entry about them, per table.
    pub rows: BTreeMap<String, i64>,
    /// Rosters whose every person was hashed again.
    pub rosters: usize,
    /// What does not hold, each in a sentence; at most [`PROBLEMS_MAX`].
    pub problems: Vec<String>,
}

/// After so many problems the check ends.
pub const PROBLEMS_MAX: usize = 100;
const PAGE: i64 = 1_000;

impl Report {
    /// Whether everything holds.
    pub fn holds(&self) -> bool {
        self.problems.is_empty()
    }

    fn problem(&mut self, sentence: String) {
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(sentence);
        }
    }
}

/// What is remembered while the log is read.
#[derive(Default)]
struct Reading {
    report: Report,
    head: Hash,
    incidents: HashMap<IncidentId, (i64, Hash)>,
    /// The hash of the contents that the newest entry gives for a row.
    rows: HashMap<(String, String), Hash>,
    rosters: HashMap<IncidentId, String>,
}

/// Checks the whole log of a database.
/// The log and the rows are read in one snapshot, so that what is written meanwhile raises no alarm.
pub async fn verify(db: &Db) -> Result<Report> {
    let mut tx = db.snapshot("evidence.verify").await?;
    let tx = &mut tx;
    let mut reading = Reading {
        head: GENESIS,
        ..Reading::default()
    };
    loop {
        let after = reading.report.entries;
        let page = evidence::page(&mut *tx, after, PAGE).await?;
        let (Some(first), Some(last)) = (page.first(), page.last()) else {
            break;
        };
        let mut openings: HashMap<i64, Vec<StoredOpening>> = HashMap::new();
        for opening in evidence::openings(&mut *tx, first.seq, last.seq).await? {
            openings.entry(opening.seq).or_default().push(opening);
        }
        for entry in &page {
            reading.entry(entry, openings.remove(&entry.seq).unwrap_or_default());
        }
        if reading.report.problems.len() >= PROBLEMS_MAX {
            break;
        }
    }
    reading.heads(&evidence::heads(&mut *tx).await?);
    reading.compare_rows(tx).await?;
    reading.compare_rosters(tx).await?;
    reading.report.head = hex::encode(reading.head);
    reading.report.incidents = reading.incidents.len();
    Ok(reading.report)
}

impl Reading {
    fn entry(&mut self, e: &Stored, openings: Vec<StoredOpening>) {
        let expected = self.report.entries + 1;
        self.report.entries = e.seq;
        if e.seq != expected {
            self.report.problem(format!(
                "Entry {expected} is missing; the next one is {}.",
                e.seq
            ));
        }
        let hash = leaf_hash(&e.body);
        if e.hash != hash {
            self.report.problem(format!(
                "Entry {} was changed: its hash does not fit.",
                e.seq
            ));
        }
        let Ok(body) = serde_json::from_str::<Value>(&e.body) else {
            self.report
                .problem(format!("Entry {} cannot be read.", e.seq));
            return;
        };
        let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
        if text("prev") != hex::encode(self.head) {
            self.report.problem(format!(
                "Entry {} does not follow the entry before it.",
                e.seq
            ));
        }
        let at = e
            .recorded_at
            .to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
        let columns_fit = body["seq"].as_i64() == Some(e.seq)
            && text("kind") == e.kind
            && text("at") == at
            && body["iseq"].as_i64() == e.iseq
            && body["incident"].as_str() == e.incident_id.map(|i| i.to_string()).as_deref();
        if !columns_fit {
            self.report.problem(format!(
                "Entry {} stands under other columns than it says.",
                e.seq
            ));
        }
        if let (Some(incident), Some(iseq)) = (e.incident_id, e.iseq) {
            let (last, prev) = *self.incidents.get(&incident).unwrap_or(&(0, GENESIS));
            if iseq != last + 1 || text("iprev") != hex::encode(prev) {
                self.report.problem(format!(
                    "Entry {} does not follow the entry before it of incident {incident}.",
                    e.seq
                ));
            }
            self.incidents.insert(incident, (iseq, hash));
            // Of a revision: what a recipe only counted is no roster that could be held against it.
            let revision = body["data"]["revision"].as_i64();
            let digest = body["data"]["roster_sha256"].as_str();
            if let (Some(_), Some(digest)) = (revision, digest) {
                self.rosters.insert(incident, digest.to_owned());
            }
        }
        self.head = hash;
        self.openings(e, &body, openings);
    }

    fn openings(&mut self, e: &Stored, body: &Value, openings: Vec<StoredOpening>) {
        for stored in openings {
            let pointer = stored.pointer.clone();
            let claimed = body["sealed"][&pointer]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            let Ok(salt) = stored.salt.try_into() else {
                self.report.problem(format!(
                    "Entry {}: the salt of {pointer} is not whole.",
                    e.seq
                ));
                continue;
            };
            let opening = Opening {
                pointer: stored.pointer,
                salt,
                value: stored.value,
            };
            if hex::encode(commit(&opening)) != claimed {
                self.report.problem(format!(
                    "Entry {}: what is stored for {pointer} is not what the entry commits to.",
                    e.seq
                ));
                continue;
            }
            self.report.commitments += 1;
            if pointer == "/row"
                && let (Some(table), Some(id)) =
                    (body["row"]["table"].as_str(), body["row"]["id"].as_str())
            {
                let key = (table.to_owned(), id.to_owned());
                self.rows.insert(key, leaf_hash(&opening.value));
            }
        }
    }

    fn heads(&mut self, heads: &[evidence::Head]) {
        for head in heads {
            let (seq, hash) = if head.incident_id.is_nil() {
                (self.report.entries, self.head)
            } else {
                *self
                    .incidents
                    .get(&IncidentId(head.incident_id))
                    .unwrap_or(&(0, GENESIS))
            };
            if head.seq != seq || head.hash != hash {
                self.report.problem(format!(
                    "The log ends at {} entries{}, but {} were written: entries are missing at \
                     the end.",
                    seq,
                    if head.incident_id.is_nil() {
                        String::new()
                    } else {
                        format!(" of incident {}", head.incident_id)
                    },
                    head.seq
                ));
            }
        }
    }

    /// Compares every row of every accounted table with the newest entry about it.
    async fn compare_rows(&mut self, tx: &mut Tx) -> Result<()> {
        let mut rows = std::mem::take(&mut self.rows);
        for table in audit::TABLES {
            let mut after = None;
            loop {
                let page = audit::page(&mut *tx, table, after, PAGE).await?;
                let Some(last) = page.last() else { break };
                after = Some(last.key.clone());
                for row in page {
                    *self.report.rows.entry((*table).to_owned()).or_default() += 1;
                    let now = canonical(&row.view).map(|text| leaf_hash(&text)).ok();
                    match rows.remove(&((*table).to_owned(), row.id.clone())) {
                        None => self.report.problem(format!(
                            "{table} {} stands in the database, but no entry tells of it.",
                            row.id
                        )),
                        Some(then) if Some(then) != now => self.report.problem(format!(
                            "{table} {} was changed: it is not what the newest entry about it says.",
                            row.id
                        )),
                        Some(_) => {}
                    }
                }
            }
        }
        let mut missing: Vec<_> = rows.into_keys().collect();
        missing.sort();
        for (table, id) in missing {
            self.report
                .problem(format!("{table} {id} is gone, but the log tells of it."));
        }
        Ok(())
    }

    /// Hashes every roster again.
    async fn compare_rosters(&mut self, tx: &mut Tx) -> Result<()> {
        for (incident, logged) in std::mem::take(&mut self.rosters) {
            self.report.rosters += 1;
            if digest(tx, incident).await? != logged {
                self.report.problem(format!(
                    "The roster of incident {incident} was changed since its last import."
                ));
            }
        }
        Ok(())
    }
}
