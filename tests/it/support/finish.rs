//! How a test ends: nothing is left in the queue, and the log holds.

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
        let load = store::job::load(&self.app.db).await.unwrap();
        assert_eq!(load.alive, 0, "jobs failed and wait for another try");
        self.verified().await;
    }
}
