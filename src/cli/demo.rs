//! `duenotice demo`: the whole product with a story in it, in one command and with nothing to set up.
//!
//! Everything lies in a folder of its own that goes when the command ends. Mail is written to files.

use std::net::SocketAddr;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::catalog::Catalog;
use crate::config::{Config, ServerSecret};
use crate::demo::shop::{CUSTOMERS, Shop};
use crate::demo::story::{self, LOGINS};
use crate::error::Error;
use crate::mail::Mailer;
use crate::rng::Rng;
use crate::server::Server;
use crate::store::{self, Db};
use crate::telemetry;
use crate::time::TimeSource;

use super::{CliError, Console, block_on};

/// Try everything: a seeded server and a small host shop, thrown away at the end
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Where the shop listens; another port is another origin
    #[arg(long, default_value = "127.0.0.1:8081")]
    shop: SocketAddr,
}

pub(super) fn run(args: &Args, config: &Config, console: &mut Console<'_>) -> Result<(), CliError> {
    let mut config = config.clone();
    if config.log == Config::defaults().map_err(CliError::failed)?.log {
        // A newcomer wants to read the addresses, not the log.
        config.log = "warn".to_owned();
    }
    telemetry::start(&config).map_err(CliError::failed)?;
    let dir = tempfile::tempdir()?;
    block_on(async {
        let mails = dir.path().join("mails");
        std::fs::create_dir_all(&mails)?;
        let shop_listener = TcpListener::bind(args.shop).await.map_err(|e| {
            CliError::Failed(format!(
                "shop: the shop cannot listen on {} ({e}). Choose another port with --shop.",
                args.shop
            ))
        })?;
        let shop_origin = format!("http://{}", shop_listener.local_addr()?);
        let mut app = app(&config, dir.path()).await.map_err(CliError::failed)?;
        app.mailer = Mailer::folder(app.config.mail_from.clone(), &mails);
        let shop = Shop::new(&app.config.public_url, app.time.clone(), app.rng.clone());
        writeln!(console.out, "Telling the story …")?;
        console.out.flush()?;
        story::tell(&app, &shop_origin, shop.public_key())
            .await
            .map_err(CliError::failed)?;
        let public_url = app.config.public_url.clone();
        let server = Server::bind(app).await.map_err(CliError::failed)?;
        console
            .out
            .write_all(greeting(&public_url, &shop_origin, &mails).as_bytes())?;
        console.out.flush()?;
        let stop = CancellationToken::new();
        tokio::spawn(super::serve::stopped(stop.clone()));
        let shop = tokio::spawn(shop.serve(shop_listener, stop.clone()));
        server.run(stop).await.map_err(CliError::failed)?;
        shop.abort();
        Ok(())
    })
}

/// The product on an empty database in `dir`.
async fn app(config: &Config, dir: &std::path::Path) -> Result<App, Error> {
    let catalog = match &config.playbooks {
        Some(dir) => Catalog::with_overlay(dir),
        None => Catalog::builtin(),
    };
    let catalog = catalog.map_err(|e| Error::invalid("playbooks", e.to_string()))?;
    let rng = Rng::system();
    let db = Db::open(&format!("sqlite:{}", dir.join("demo.db").display())).await?;
    store::migrate(&db).await.map_err(Error::internal)?;
    let config = Config {
        mail_team: vec!["team@demo.example".to_owned()],
        ..config.clone()
    };
    let secret = ServerSecret::new(rng.bytes());
    Ok(App::new(
        config,
        catalog,
        db,
        secret,
        TimeSource::system(),
        rng,
    ))
}

fn greeting(product: &str, shop: &str, mails: &std::path::Path) -> String {
    let mut text = format!(
        "\nDue Notice   {product}\nThe shop     {shop}\nMails        {}\n\nSign in to Due Notice as\n",
        mails.display()
    );
    for login in LOGINS {
        text.push_str(&format!(
            "  {:14} {:28} password: {}\n",
            login.role.as_str(),
            login.email,
            login.password
        ));
    }
    let [first, second, third] = CUSTOMERS.map(|c| format!("{} ({})", c.name, c.id));
    text.push_str(&format!(
        "\nIn the shop, sign in as\n  {first}, who is affected and sees a notice at once;\n  \
         {second}, who is affected by the incident on its third business day: approve its notice\n  \
         as the approver and activate it, and the shop shows it;\n  {third}, who is not affected \
         and sees nothing.\n\nCtrl-C ends the demo and deletes everything of it.\n"
    ));
    text
}
