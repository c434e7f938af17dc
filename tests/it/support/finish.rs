//! How a test ends: nothing is left in the queue, and the log holds.

use std::time::Duration;

use duenotice::job::Worker;
use duenotice::mail::Outgoing;
use duenotice::store;

use super::world::World;

impl World {
    /// Runs what is due: a look at the schedule, then every job.
    pub async fn work(&self) {
        let worker = Worker::of(&self.app).unwrap();
        worker.tick().await.unwrap();
        worker.run_until_idle().await.unwrap();
    }

    /// The mails that were sent.
    pub fn mails(&self) -> Vec<Outgoing> {
        self.app.mailer.memory_sent()
    }

    /// Runs due jobs; asserts that none failed or waits, and that the log holds.
    pub async fn finish(&self) {
        self.work().await;
        let dead = store::job::dead(&self.app.db).await.unwrap();
        assert!(dead.is_empty(), "jobs were given up: {dead:?}");
        // A server of the test has a worker too, which may hold a job just now.
        let mut left = 100;
        while store::job::load(&self.app.db).await.unwrap().alive > 0 {
            assert!(left > 0, "jobs failed and wait for another try");
            left -= 1;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.verified().await;
    }
}
