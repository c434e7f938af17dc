//! Where randomness comes from: everything that needs it is handed an [`Rng`].

use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use rand::rngs::{StdRng, SysRng};
use rand::{Rng as _, SeedableRng as _, TryRng as _};
use uuid::Uuid;

/// A source of random bytes: the operating system's, or in tests a seeded one.
#[derive(Clone, Debug, Default)]
pub struct Rng(Option<Arc<Mutex<StdRng>>>);

impl Rng {
    /// The operating system's generator.
    pub fn system() -> Self {
        Self(None)
    }

    /// A generator that always gives the same sequence. For tests only.
    pub fn seeded(seed: u64) -> Self {
        Self(Some(Arc::new(Mutex::new(StdRng::seed_from_u64(seed)))))
    }

    /// `N` random bytes.
    ///
    /// # Panics
    /// When the operating system has no randomness to give: nothing secret can be made then.
    #[expect(
        clippy::expect_used,
        reason = "without randomness nothing secret can be made"
    )]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut out = [0; N];
        match &self.0 {
            None => SysRng
                .try_fill_bytes(&mut out)
                .expect("the system gives random bytes"),
            Some(rng) => {
                rng.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .fill_bytes(&mut out);
            }
        }
        out
    }

    /// A version 7 UUID (RFC 9562) made at `now`: ids sort by the time of their making.
    pub fn uuid(&self, now: DateTime<Utc>) -> Uuid {
        let ms = u64::try_from(now.timestamp_millis()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(ms, &self.bytes()).into_uuid()
    }

    /// A 256-bit secret in URL-safe base64, 43 characters.
    pub fn secret(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes::<32>())
    }
}
