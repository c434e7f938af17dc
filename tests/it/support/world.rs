//! A small company for tests at the level of the use-cases: its people, a site, a clock set by hand.

use std::io::Write as _;
use std::time::Duration;

use chrono::{DateTime, Utc};
use duenotice::app::App;
use duenotice::catalog::Catalog;
use duenotice::config::{Config, ServerSecret};
use duenotice::domain::access::{Actor, Role, Who};
use duenotice::domain::evidence::Entry;
use duenotice::error::Result;
use duenotice::ids::{AccountId, IncidentId, NoticeId};
use duenotice::mail::Mailer;
use duenotice::rng::Rng;
use duenotice::service::fact::NewFact;
use duenotice::service::incident::Report;
use duenotice::service::notice::{Activate, Approve, NewNotice};
use duenotice::service::roster::{Imported, Upload};
use duenotice::service::{self, Ctx};
use duenotice::store::obligation::Obligation;
use duenotice::store::{self, Exec as _};
use duenotice::time::TimeSource;

use super::db::Fresh;

/// The site of [`World`].
pub const SITE: &str = "shop";

/// A company with an incident desk.
pub struct World {
    pub app: App,
}

/// The instant of `text`, RFC 3339.
pub fn t(text: &str) -> DateTime<Utc> {
    text.parse::<DateTime<chrono::FixedOffset>>()
        .unwrap()
        .to_utc()
}

impl World {
    /// A world at `now`.
    pub async fn at(fresh: Fresh, now: &str) -> Self {
        let mut config = Config::defaults().unwrap();
        config.mail_team = vec!["team@example.org".to_owned()];
        let mailer = Mailer::memory(config.mail_from.clone());
        let mut app = App::new(
            config,
            Catalog::builtin().unwrap(),
            fresh.db,
            ServerSecret::new([7; 32]),
            TimeSource::set(t(now)),
            Rng::seeded(11),
        );
        app.mailer = mailer;
        app.trust = Duration::from_millis(20);
        let mut w = Ctx::new(&app, Actor::system())
            .begin_unchecked("test.site")
            .await
            .unwrap();
        w.tx.command(duenotice::sql!(
            "insert into site (id, name, origins, default_lang, created_at, version)
             values ('shop', 'Shop', '[\"https://shop.example\"]', 'en',
                     '2026-01-01T00:00:00+00:00', 1)"
        ))
        .run()
        .await
        .unwrap();
        let site = store::site::find(&mut w.tx, SITE).await.unwrap().unwrap();
        w.record(Entry::new("site.created", None).of(&site));
        w.commit(()).await.unwrap();
        Self { app }
    }

    /// A person of the company by name; the same name is the same person.
    pub fn person(&self, name: &str, role: Role) -> Ctx<'_> {
        let id = uuid::Uuid::from_bytes(std::array::from_fn(|n| {
            name.as_bytes().get(n).copied().unwrap_or(0)
        }));
        let actor = Actor {
            who: Who::Account(AccountId(id)),
            name: name.to_owned(),
            role: Some(role),
        };
        Ctx::new(&self.app, actor)
    }

    pub fn responder(&self) -> Ctx<'_> {
        self.person("Rita", Role::Responder)
    }

    pub fn approver(&self) -> Ctx<'_> {
        self.person("Anton", Role::Approver)
    }

    /// A report that can be taken, detected at `detected`.
    pub fn report(detected: &str) -> Report {
        Report {
            title: "Export of customer accounts".to_owned(),
            description: "An export link was open to everybody.".to_owned(),
            zone: "Europe/Vienna".to_owned(),
            detected_at: detected.to_owned(),
            confidentiality: true,
            systems: vec!["website_account".to_owned()],
            data_kinds: vec!["name".to_owned(), "email".to_owned()],
            ..Report::default()
        }
    }

    /// An incident detected at `detected`.
    pub async fn incident(&self, detected: &str) -> IncidentId {
        service::incident::report(&self.responder(), &Self::report(detected))
            .await
            .unwrap()
    }

    /// Records that the company became aware at `at`.
    pub async fn aware(&self, incident: IncidentId, at: &str) {
        let fact = NewFact {
            at: Some(at.to_owned()),
            zone: "Europe/Vienna".to_owned(),
            reason: Some("The logs were read first.".to_owned()),
            ..NewFact::default()
        };
        service::fact::record(&self.responder(), incident, &fact)
            .await
            .unwrap();
    }

    /// Imports a roster file of this text.
    pub async fn import(&self, incident: IncidentId, csv: impl AsRef<[u8]>) -> Result<Imported> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(csv.as_ref()).unwrap();
        let upload = Upload {
            name: "roster.csv",
            file: &file,
            site: SITE,
            found: None,
        };
        service::roster::import(&self.responder(), incident, &upload).await
    }

    /// Drafts a whole notice, written by the responder.
    pub async fn draft(&self, incident: IncidentId) -> NoticeId {
        let mut new = NewNotice::default();
        for language in service::notice::LANGUAGES {
            for question in service::notice::QUESTIONS {
                let answer = format!("An answer about {question}.").replace('_', " ");
                new.answers
                    .entry(language.to_owned())
                    .or_default()
                    .insert(question.to_owned(), answer);
            }
        }
        service::notice::draft(&self.responder(), incident, &new)
            .await
            .unwrap()
    }

    /// Approves the newest version of a notice.
    pub async fn approve(&self, ctx: &Ctx<'_>, id: NoticeId) -> Result<NoticeId> {
        let notice = store::notice::find(&self.app.db, id).await?.unwrap();
        let version = store::notice::find_version(&self.app.db, id, notice.current)
            .await?
            .unwrap();
        let approve = Approve {
            number: version.number,
            content_hash: version.content_hash,
        };
        service::notice::approve(ctx, id, &approve).await
    }

    /// Makes a notice live.
    pub async fn activate(&self, id: NoticeId) -> Result<NoticeId> {
        let notice = store::notice::find(&self.app.db, id).await?.unwrap();
        let activate = Activate {
            version: notice.version,
        };
        service::notice::activate(&self.responder(), id, &activate).await
    }

    /// The obligation of an incident under a rule.
    pub async fn obligation(&self, incident: IncidentId, rule: &str) -> Obligation {
        let all = store::obligation::list(&self.app.db, incident)
            .await
            .unwrap();
        all.into_iter().find(|o| o.rule == rule).unwrap()
    }

    /// Asserts that the whole log holds.
    pub async fn verified(&self) -> service::evidence::Report {
        let report = service::evidence::verify(&self.app.db).await.unwrap();
        assert_eq!(report.problems, Vec::<String>::new());
        report
    }
}
