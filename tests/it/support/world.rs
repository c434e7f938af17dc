//! A small company for tests at the level of the use-cases: its people, a site, a clock set by hand.

use std::io::Write as _;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use duenotice::app::App;
use duenotice::catalog::Catalog;
use duenotice::config::{Config, ServerSecret};
use duenotice::domain::access::{Action, Actor, Role, Who};
use duenotice::domain::evidence::Entry;
use duenotice::domain::scope::identifier::Key;
use duenotice::error::Result;
use duenotice::ids::{AccountId, IncidentId, NoticeId};
use duenotice::mail::Mailer;
use duenotice::rng::Rng;
use duenotice::service::fact::NewFact;
use duenotice::service::incident::Report;
use duenotice::service::notice::{Activate, Approve, NewNotice};
use duenotice::service::revision::{self, Change, Revised};
use duenotice::service::roster::{Imported, Upload};
use duenotice::service::{self, Ctx};
use duenotice::store::obligation::Obligation;
use duenotice::store::revision::Cause;
use duenotice::store::stage::{self, Leaving, Staged};
use duenotice::store::{self, Db, Exec as _};
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
    /// The program's parts on a database, at `now`; the secret is the same each time.
    pub fn app(db: Db, now: &str) -> App {
        let mut config = Config::defaults().unwrap();
        // Ids come from the same seed in every world, so each has a folder of its own.
        static WORLDS: AtomicU32 = AtomicU32::new(0);
        let world = WORLDS.fetch_add(1, Ordering::Relaxed);
        let name = format!("duenotice-spool-{}-{world}", std::process::id());
        config.spool = std::env::temp_dir().join(name);
        config.mail_team = vec!["team@example.org".to_owned()];
        let mailer = Mailer::memory(config.mail_from.clone());
        let mut app = App::new(
            config,
            Catalog::builtin().unwrap(),
            db,
            ServerSecret::new([7; 32]),
            TimeSource::set(t(now)),
            Rng::seeded(11),
        );
        app.mailer = mailer;
        app.trust = Duration::from_millis(20);
        app
    }

    /// A world at `now`.
    pub async fn at(fresh: Fresh, now: &str) -> Self {
        let app = Self::app(fresh.db, now);
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

    /// What stands for a user of the site.
    pub fn key(&self, user: &str) -> Key {
        self.app.hasher.account(SITE, user)
    }

    /// Makes these users the whole roster of an incident, as an applied recipe does.
    pub async fn revise(&self, incident: IncidentId, users: &[&str], reason: &str) -> Revised {
        let ctx = self.responder();
        let mut announced = revision::announce(&ctx, incident).await.unwrap();
        let mut w = ctx
            .begin(Action::ImportRoster, "test.revise")
            .await
            .unwrap();
        let mut row = store::incident::lock(&mut w.tx, incident)
            .await
            .unwrap()
            .unwrap();
        stage::open(&mut w.tx).await.unwrap();
        let staged = |(n, user): (usize, &&str)| Staged {
            line: i64::try_from(n).unwrap(),
            site_id: SITE.to_owned(),
            person_key: self.key(user),
            sealed: None,
            lang: None,
            country: None,
            region: None,
            place_from: None,
            birth_year: None,
            role: None,
            exposed: None,
            grouped: None,
        };
        let rows: Vec<Staged> = users.iter().enumerate().map(staged).collect();
        stage::push(&mut w.tx, &rows).await.unwrap();
        let change = Change {
            cause: Cause::Recipe,
            import: None,
            run: None,
            reason: Some(reason.to_owned()),
            found: None,
        };
        let leaving = Leaving::WhoIsNotStaged(reason);
        let revised = revision::revise(&mut w, &mut row, leaving, change, &mut announced)
            .await
            .unwrap();
        w.commit(()).await.unwrap();
        revised
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

    /// Settles what is owed for an incident and closes it.
    pub async fn close(&self, incident: IncidentId) {
        for o in store::obligation::list(&self.app.db, incident)
            .await
            .unwrap()
        {
            if o.outcome.is_none() && o.applies != "no" {
                let settle = service::obligation::Settle {
                    outcome: store::obligation::Outcome::NotRequired,
                    met_at: None,
                    zone: String::new(),
                    note: "A test.".to_owned(),
                    version: o.version,
                };
                // Settling one may settle what hung on it.
                let _ = service::obligation::settle(&self.responder(), o.id, &settle).await;
            }
        }
        let found = store::incident::find(&self.app.db, incident).await.unwrap();
        let close = service::incident::Close {
            reason: "Done.".to_owned(),
            unclear_accepted: true,
            version: found.unwrap().version,
        };
        service::incident::close(&self.responder(), incident, &close)
            .await
            .unwrap();
    }

    /// Asserts that the whole log holds.
    pub async fn verified(&self) -> service::evidence::Report {
        let report = service::evidence::verify(&self.app.db).await.unwrap();
        assert_eq!(report.problems, Vec::<String>::new());
        report
    }
}
