//! Due Notice on a database, with a site and an incident.

use std::path::Path;

use duenotice::app::App;
use duenotice::config::{Config, Flags};
use duenotice::domain::access::{Actor, Role, Who};
use duenotice::ids::{AccountId, IncidentId};
use duenotice::server::{self, Schema};
use duenotice::service::site::SiteForm;
use duenotice::service::{self, Ctx};
use duenotice::store;

/// The site of all accounts.
pub const SITE: &str = "shop";

/// The program's parts and the incident at hand.
pub struct Desk {
    pub app: App,
    pub incident: IncidentId,
}

/// Who acts in this role; each role is another person.
pub fn acting(app: &App, role: Role) -> Ctx<'_> {
    let id = uuid::Uuid::from_u128(role as u128 + 1);
    let actor = Actor {
        who: Who::Account(AccountId(id)),
        name: format!("{role:?}"),
        role: Some(role),
    };
    Ctx::new(app, actor)
}

impl Desk {
    /// On the database at `url`, whose secret and spool folder are in `dir`. Site and incident are made
    /// unless they are there.
    pub async fn open(url: &str, dir: &Path) -> Self {
        let at = |name: &str| dir.join(name).display().to_string();
        let flags = Flags::default()
            .with("database", url)
            .with("secret_file", at("secret.key"))
            .with("spool", at("spool"));
        let config = Config::load(&flags).unwrap();
        let app = server::build(config, Schema::Migrate).await.unwrap();
        let known = store::incident::open_ids(&app.db).await.unwrap();
        let incident = match known.first() {
            Some(known) => *known,
            None => begin(&app).await,
        };
        Self { app, incident }
    }

    /// Closes the database, as the end of a program does.
    pub async fn close(self) {
        self.app.db.close().await;
    }
}

async fn begin(app: &App) -> IncidentId {
    let form = SiteForm {
        name: "Shop".to_owned(),
        origins: vec!["https://shop.example".to_owned()],
        default_lang: "en".to_owned(),
        version: 0,
    };
    let administrator = acting(app, Role::Administrator);
    service::site::create(&administrator, SITE, &form)
        .await
        .unwrap();
    let report = service::incident::Report {
        title: "Bench".to_owned(),
        description: "Bench".to_owned(),
        zone: "UTC".to_owned(),
        detected_at: "2026-01-01T00:00:00Z".to_owned(),
        confidentiality: true,
        systems: vec!["website_account".to_owned()],
        data_kinds: vec!["name".to_owned()],
        ..Default::default()
    };
    let responder = acting(app, Role::Responder);
    service::incident::report(&responder, &report)
        .await
        .unwrap()
}
