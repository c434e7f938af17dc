//! Keeps what is in memory up to date: the filter of targeted people, the sites with their keys.

use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::filter::Gather;
use super::{Widget, wire};
use crate::domain::activation::POLL;
use crate::error::{Error, Result};
use crate::service::delivery::read_contents;
use crate::store::{activation, delivery, site};

/// How often sites and keys are read.
const SITES_EVERY: Duration = Duration::from_secs(1);
/// How often it is written down when a key was last used.
const USES_EVERY: Duration = Duration::from_secs(60);
/// How many people are read at a time.
const PAGE: i64 = 20_000;

impl Widget {
    /// Keeps the memory of this node current until `stop`. One of these runs on every node.
    pub async fn keep_current(self: Arc<Self>, stop: CancellationToken) {
        let mut tick = tokio::time::interval(POLL);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut sites_read = Instant::now();
        let mut uses_written = Instant::now();
        let mut well = true;
        while stop.run_until_cancelled(tick.tick()).await.is_some() {
            let mut result = self.follow().await;
            if sites_read.elapsed() >= SITES_EVERY {
                sites_read = Instant::now();
                result = result.and(self.read_sites().await);
            }
            if uses_written.elapsed() >= USES_EVERY {
                uses_written = Instant::now();
                result = result.and(self.write_uses().await);
            }
            match (&result, well) {
                (Err(e), true) => tracing::error!(
                    error = %e,
                    "notices: the database does not answer; nobody is answered from memory"
                ),
                (Ok(()), false) => tracing::info!("notices: the database answers again"),
                _ => {}
            }
            well = result.is_ok();
        }
        if let Err(e) = self.write_uses().await {
            tracing::warn!(error = %e, "when keys were last used could not be written");
        }
    }

    /// Reads the activation state once; builds the filter anew when it is of another epoch.
    ///
    /// # Errors
    /// When the database does not answer. The filter stops being believed by itself.
    pub async fn follow(&self) -> Result<()> {
        let began = self.present();
        let activation = activation::read(&self.app.db).await?;
        if activation.pending > 0 {
            self.filter.read(began, activation);
            // Whoever announced something and died keeps everybody from the filter until then.
            activation::clear_lapsed(&self.app.db, began.wall).await?;
            return Ok(());
        }
        if !self.filter.read(began, activation) {
            return Ok(());
        }
        self.build(activation.epoch).await?;
        let began = self.present();
        let activation = activation::read(&self.app.db).await?;
        self.filter.read(began, activation);
        Ok(())
    }

    /// Reads everybody who is targeted. `epoch` was read before.
    async fn build(&self, epoch: i64) -> Result<()> {
        let began = Instant::now();
        self.set_floor().await?;
        let mut gather = Gather::new(epoch);
        let mut people = 0;
        for (incident,) in activation::live_incidents(&self.app.db).await? {
            let mut last = None;
            loop {
                let page =
                    activation::targeted(&self.app.db, incident, last.as_ref(), PAGE).await?;
                for person in &page {
                    gather.add(&person.site_id, person.person_key);
                }
                people += page.len();
                match page.into_iter().next_back() {
                    Some(person) => last = Some(person),
                    None => break,
                }
            }
        }
        self.filter.install(gather.finish());
        let ms = began.elapsed().as_millis();
        tracing::info!(epoch, people, ms, "the filter of targeted people was built");
        Ok(())
    }

    /// Makes everybody's answer as long as that of somebody with the longest live notice.
    pub(super) async fn set_floor(&self) -> Result<()> {
        let mut floor = 0;
        for (text,) in delivery::live_contents(&self.app.db).await? {
            for (lang, content) in read_contents(&text)? {
                floor = floor.max(wire::length(&lang, &content));
            }
        }
        let body = wire::body(&[], floor);
        *self.nothing.write().unwrap_or_else(PoisonError::into_inner) = body;
        Ok(())
    }

    /// Somebody was sent this much: so is everybody else from now on, until the next notice goes live.
    pub(super) fn raise_floor(&self, bytes: usize) {
        let mut nothing = self.nothing.write().unwrap_or_else(PoisonError::into_inner);
        if nothing.len() < bytes {
            *nothing = wire::body(&[], bytes);
        }
    }

    /// Reads sites and keys.
    ///
    /// # Errors
    /// When the database does not answer; the last state stays.
    pub async fn read_sites(&self) -> Result<()> {
        // Keys first: a site that is added between the two has no keys yet, not the other way round.
        let keys = site::live_keys(&self.app.db).await?;
        let sites = site::list(&self.app.db).await?;
        let next = Arc::new(self.sites().next(sites, &keys));
        *self.sites.write().unwrap_or_else(PoisonError::into_inner) = next;
        Ok(())
    }

    async fn write_uses(&self) -> Result<()> {
        for (site, kid, at) in self.sites().take_used() {
            site::touch_key(&self.app.db, &site, &kid, at)
                .await
                .map_err(Error::internal)?;
        }
        Ok(())
    }
}
