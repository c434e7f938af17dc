//! The demo's story: three incidents whose dates follow the present, so that the dashboard always
//! shows one on its third business day, one whose notice was in time, and one that is late.
//!
//! Every step goes through the same use-cases as a person's, with a clock that is moved along: rows,
//! evidence and jobs are what they would have been. The people are invented.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::notices;
use super::shop::{self, CUSTOMERS};
use super::weekdays::Weekdays;
use crate::app::App;
use crate::domain::access::{Actor, Role, Who};
use crate::domain::delivery::Event;
use crate::domain::host_key::Algorithm;
use crate::error::{Error, Result};
use crate::ids::{AccountId, IncidentId};
use crate::service::account::NewAccount;
use crate::service::delivery::Asking;
use crate::service::fact::NewFact;
use crate::service::incident::Report;
use crate::service::notice::{Activate, Approve};
use crate::service::obligation::Settle;
use crate::service::roster::Upload;
use crate::service::site::{NewKey, SiteForm};
use crate::service::{self, Ctx};
use crate::store::obligation::Outcome;
use crate::store::{self, delivery::Request};
use crate::time::TimeSource;

/// The notifications to supervisory authorities that the story's filings are about.
const FILED: [&str; 4] = ["eu_gdpr_33_1", "at_dsg", "de_bdsg", "uk_gdpr_33_34"];

/// Somebody of the demo who can sign in.
#[derive(Clone, Copy, Debug)]
pub struct Login {
    /// The name to show.
    pub name: &'static str,
    /// What to type.
    pub email: &'static str,
    /// What to type.
    pub password: &'static str,
    /// What the person may do.
    pub role: Role,
}

/// Who can sign in to the demo.
pub const LOGINS: [Login; 4] = [
    Login {
        name: "Rita Sommer",
        email: "responder@demo.example",
        password: "calm harbour responder",
        role: Role::Responder,
    },
    Login {
        name: "Anton Weiss",
        email: "approver@demo.example",
        password: "calm harbour approver",
        role: Role::Approver,
    },
    Login {
        name: "Mina Keller",
        email: "manager@demo.example",
        password: "calm harbour manager",
        role: Role::Manager,
    },
    Login {
        name: "Ada Novak",
        email: "administrator@demo.example",
        password: "calm harbour administrator",
        role: Role::Administrator,
    },
];

/// Fills an empty database with the story, up to the present of `app`.
pub async fn tell(app: &App, shop_origin: &str, shop_key: &str) -> Result<()> {
    let now = app.time.now();
    let mut past = app.clone();
    // Nobody else has this database open yet: no filter has to be waited for.
    past.trust = Duration::ZERO;
    past.time = TimeSource::set(now - TimeDelta::days(60));
    let teller = Teller::begin(past, shop_origin, shop_key).await?;
    let days = Weekdays::of(app, now)?;
    teller.in_time(&days).await?;
    teller.late(&days).await?;
    teller.third_day(&days, now).await
}

struct Teller {
    app: App,
    people: BTreeMap<&'static str, AccountId>,
}

impl Teller {
    /// The people, and the shop as a site with its key.
    async fn begin(app: App, origin: &str, key: &str) -> Result<Self> {
        let system = Ctx::new(&app, Actor::system());
        let mut people = BTreeMap::new();
        for login in LOGINS {
            let new = NewAccount {
                email: login.email.to_owned(),
                name: login.name.to_owned(),
                role: login.role,
                password: login.password.to_owned(),
            };
            people.insert(login.email, service::account::create(&system, &new).await?);
        }
        let site = SiteForm {
            name: "Brenner & Holt".to_owned(),
            origins: vec![origin.to_owned()],
            default_lang: "en".to_owned(),
            version: 0,
        };
        service::site::create(&system, shop::SITE, &site).await?;
        let key = NewKey {
            kid: shop::KID.to_owned(),
            algorithm: Algorithm::EdDsa,
            key: key.to_owned(),
        };
        service::site::add_key(&system, shop::SITE, &key).await?;
        Ok(Self { app, people })
    }

    fn person(&self, role: Role) -> Result<Ctx<'_>> {
        let login = LOGINS
            .iter()
            .find(|l| l.role == role)
            .ok_or_else(|| Error::internal("nobody in the demo has this role"))?;
        let id = self
            .people
            .get(login.email)
            .ok_or_else(|| Error::internal("no such login"))?;
        let actor = Actor {
            who: Who::Account(*id),
            name: login.name.to_owned(),
            role: Some(role),
        };
        Ok(Ctx::new(&self.app, actor))
    }

    fn responder(&self) -> Result<Ctx<'_>> {
        self.person(Role::Responder)
    }

    fn at(&self, instant: DateTime<Utc>) {
        self.app.time.move_to(instant);
    }

    async fn incident(
        &self,
        report: &Report,
        aware: DateTime<Utc>,
        why: &str,
    ) -> Result<IncidentId> {
        let id = service::incident::report(&self.responder()?, report).await?;
        self.at(aware + TimeDelta::minutes(5));
        let fact = NewFact {
            at: Some(local(aware)),
            zone: report.zone.clone(),
            reason: Some(why.to_owned()),
            ..NewFact::default()
        };
        service::fact::record(&self.responder()?, id, &fact).await?;
        Ok(id)
    }

    async fn roster(&self, incident: IncidentId, name: &str, csv: &str) -> Result<()> {
        let mut file = tempfile_of(csv)?;
        file.flush().map_err(Error::internal)?;
        let upload = Upload {
            name,
            file: &file,
            site: shop::SITE,
            found: None,
        };
        service::roster::import(&self.responder()?, incident, &upload).await?;
        Ok(())
    }

    /// Records that the authorities were told within their 72 hours.
    async fn settle_authority(
        &self,
        incident: IncidentId,
        at: DateTime<Utc>,
        note: &str,
    ) -> Result<()> {
        let recorded = at + TimeDelta::minutes(2);
        if self.app.time.now() < recorded {
            self.at(recorded);
        }
        let all = store::obligation::list(&self.app.db, incident).await?;
        let open = |o: &store::obligation::Obligation| {
            o.outcome.is_none() && o.applies == "yes" && FILED.contains(&o.rule.as_str())
        };
        for o in all.into_iter().filter(open) {
            let settle = Settle {
                outcome: Outcome::Met,
                met_at: Some(local(at)),
                zone: "Europe/Vienna".to_owned(),
                note: note.to_owned(),
                version: o.version,
            };
            service::obligation::settle(&self.responder()?, o.id, &settle).await?;
        }
        Ok(())
    }

    /// Told within four business days; three of five people have seen it so far.
    async fn in_time(&self, days: &Weekdays<'_>) -> Result<()> {
        let detected = days.back(19, 8, 40)?;
        let aware = days.back(19, 11, 0)?;
        self.at(detected + TimeDelta::minutes(20));
        let report = Report {
            title: "Newsletter list copied from a former agency's account".to_owned(),
            description: "The account of an agency that no longer works for us was still open. \
                          The mailing list was exported from it."
                .to_owned(),
            zone: "Europe/Vienna".to_owned(),
            occurred_from: Some(local(detected - TimeDelta::days(3))),
            occurred_until: Some(local(detected - TimeDelta::days(1))),
            detected_at: local(detected),
            confidentiality: true,
            processor: Some("Former newsletter agency".to_owned()),
            systems: vec!["newsletter".to_owned()],
            data_kinds: vec!["name".to_owned(), "email".to_owned()],
            ..Report::default()
        };
        let why = "The export had to be found in the agency's log before it was certain.";
        let incident = self.incident(&report, aware, why).await?;
        let csv = roster(&["c-1001"], 40, "name email");
        self.at(aware + TimeDelta::hours(4));
        self.roster(incident, "newsletter-export.csv", &csv).await?;
        let note = "Filed with the Austrian Data Protection Authority, reference D0-2026-1187.";
        self.settle_authority(incident, aware + TimeDelta::hours(29), note)
            .await?;
        self.at(days.back(17, 9, 30)?);
        let notice =
            service::notice::draft(&self.responder()?, incident, &notices::newsletter()).await?;
        self.at(days.back(16, 14, 0)?);
        let version = store::notice::find_version(&self.app.db, notice, 1)
            .await?
            .ok_or_else(|| Error::internal("the draft has no version"))?;
        let approve = Approve {
            number: 1,
            content_hash: version.content_hash,
        };
        service::notice::approve(&self.person(Role::Approver)?, notice, &approve).await?;
        self.at(days.back(15, 10, 15)?);
        let row = store::notice::find(&self.app.db, notice)
            .await?
            .ok_or_else(|| Error::internal("the draft is gone"))?;
        let activate = Activate {
            version: row.version,
        };
        service::notice::activate(&self.responder()?, notice, &activate).await?;
        self.visits(days).await
    }

    /// Some of the people came by since: seen, acknowledged, or only served.
    async fn visits(&self, days: &Weekdays<'_>) -> Result<()> {
        for (n, seen, acknowledged) in [
            (1, true, true),
            (2, true, true),
            (5, true, false),
            (9, false, false),
            (14, true, true),
        ] {
            self.at(days.back(14 - n / 3, 16, u32::try_from(n).unwrap_or(0))?);
            let user = format!("c-{:04}", 3000 + n);
            let asking = Asking {
                site: shop::SITE,
                person: self.app.hasher.account(shop::SITE, &user),
                lang: Some(if n % 2 == 0 { "de" } else { "en" }),
                site_lang: "en",
                request: Request {
                    kid: shop::KID.to_owned(),
                    jti: format!("demo-visit-of-{user}"),
                    token_issued_at: self.app.time.now(),
                    origin: None,
                    browser: "Firefox",
                },
            };
            for served in service::delivery::serve(&self.app, &asking).await? {
                let mut events = vec![Event::Rendered];
                if seen {
                    events.push(Event::Seen { dwell_ms: 4_200 });
                }
                if acknowledged {
                    events.push(Event::Acknowledged);
                }
                for event in events {
                    self.app.time.advance(TimeDelta::seconds(7));
                    service::delivery::report(&self.app, served.delivery, &served.lang, event)
                        .await?;
                }
            }
        }
        Ok(())
    }

    /// Nobody was told yet, and the seven business days are over.
    async fn late(&self, days: &Weekdays<'_>) -> Result<()> {
        let aware = days.back(9, 10, 0)?;
        self.at(aware + TimeDelta::minutes(10));
        let report = Report {
            title: "Laptop with support tickets stolen".to_owned(),
            description: "A laptop was stolen from a car. Its disk was not encrypted, against the \
                          rule. It held tickets of the last quarter."
                .to_owned(),
            zone: "Europe/Vienna".to_owned(),
            occurred_from: Some(local(aware - TimeDelta::hours(14))),
            detected_at: local(aware),
            confidentiality: true,
            availability: true,
            systems: vec!["support".to_owned()],
            data_kinds: vec![
                "name".to_owned(),
                "email".to_owned(),
                "support_messages".to_owned(),
            ],
            ..Report::default()
        };
        let why = "The theft was certain as soon as it was reported.";
        let incident = self.incident(&report, aware, why).await?;
        let note = "Filed with the Austrian Data Protection Authority, reference D0-2026-1240.";
        self.settle_authority(incident, aware + TimeDelta::hours(50), note)
            .await?;
        self.at(days.back(4, 16, 30)?);
        let csv = roster(&[], 12, "name email support_messages");
        self.roster(incident, "tickets-q3.csv", &csv).await?;
        // The list shows people in further countries, whose authorities had been told in time.
        self.settle_authority(incident, aware + TimeDelta::hours(50), note)
            .await
    }

    /// Everything is ready but the second person's approval.
    async fn third_day(&self, days: &Weekdays<'_>, now: DateTime<Utc>) -> Result<()> {
        let detected = days.back(3, 7, 55)?;
        let aware = days.back(3, 16, 20)?;
        self.at(detected + TimeDelta::minutes(15));
        let report = Report {
            title: "Order export could be opened without signing in".to_owned(),
            description: "The link to the monthly order export did not ask for a sign-in. The log \
                          shows three downloads from an unknown address."
                .to_owned(),
            zone: "Europe/Vienna".to_owned(),
            occurred_from: Some(local(detected - TimeDelta::days(2))),
            occurred_until: Some(local(detected - TimeDelta::hours(1))),
            detected_at: local(detected),
            confidentiality: true,
            systems: vec!["orders".to_owned(), "website_account".to_owned()],
            data_kinds: vec![
                "name".to_owned(),
                "email".to_owned(),
                "address".to_owned(),
                "order_history".to_owned(),
            ],
            ..Report::default()
        };
        let why = "The web server's log was read first, to see whether anybody had used the link.";
        let incident = self.incident(&report, aware, why).await?;
        self.at(aware + TimeDelta::hours(2));
        let csv = roster(&["c-1001", "c-1002"], 240, "name email order_history");
        self.roster(incident, "orders-october.csv", &csv).await?;
        self.at(now.min(aware + TimeDelta::hours(18)));
        service::notice::draft(&self.responder()?, incident, &notices::orders()).await?;
        let due = aware + TimeDelta::hours(72);
        if due - TimeDelta::hours(20) < now {
            let note = "Filed with the Austrian Data Protection Authority, reference D0-2026-1302.";
            self.settle_authority(incident, due - TimeDelta::hours(24), note)
                .await?;
        }
        Ok(())
    }
}

/// As somebody in Vienna writes it down.
fn local(at: DateTime<Utc>) -> String {
    at.with_timezone(&Tz::Europe__Vienna).to_rfc3339()
}

fn tempfile_of(csv: &str) -> Result<std::fs::File> {
    let mut file = tempfile::tempfile().map_err(Error::internal)?;
    file.write_all(csv.as_bytes()).map_err(Error::internal)?;
    Ok(file)
}

/// The named customers and `others` invented ones, in several countries and states.
fn roster(named: &[&str], others: usize, exposed: &str) -> String {
    const PLACES: [&str; 12] = [
        "de,AT,", "de,DE,", "en,US,CO", "de,AT,", "en,US,TX", "de,CH,", "en,US,CO", "en,GB,",
        "en,US,CA", "de,DE,", "fr,FR,", "en,US,WA",
    ];
    let mut csv = "user_id,email,lang,country,state,birth_year,exposed\n".to_owned();
    for id in named {
        let name = CUSTOMERS
            .iter()
            .find(|c| c.id == *id)
            .map_or("customer", |c| c.name);
        let mail = name.to_lowercase().replace(' ', ".");
        csv.push_str(&format!("{id},{mail}@mail.example,en,AT,,1984,{exposed}\n"));
    }
    for n in 1..=others {
        let (id, place) = (3000 + n, PLACES[n % PLACES.len()]);
        let born = 1950 + (n * 7) % 55;
        csv.push_str(&format!(
            "c-{id},c{id}@mail.example,{place},{born},{exposed}\n"
        ));
    }
    csv
}
