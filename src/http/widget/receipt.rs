//! Our own word that a notice was served: whoever reports `seen` or `acknowledged` must show it.
//!
//! `v1.<delivery id>.<language>.<last day>.<mac>`. It is the same for one delivery, language and day,
//! so that a reload changes nothing. It names the language because the same notice can be open in
//! two tabs in two languages, and the proof must say which text was seen. It holds no personal data.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::ids::DeliveryId;

/// How many days after the day of serving a receipt still counts: a tab can stay open for long.
pub const GOOD_FOR_DAYS: i64 = 30;

const DAY_S: i64 = 86_400;

/// Signs and checks receipts with the server's secret.
#[derive(Clone)]
pub struct Receipts(Hmac<Sha256>);

impl std::fmt::Debug for Receipts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Receipts")
    }
}

/// What a good receipt says: this delivery was served in this language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Which delivery.
    pub delivery: DeliveryId,
    /// The language of the text that was served.
    pub lang: String,
}

impl Receipts {
    /// With the server's secret, which every node must share. The MAC key is derived from it, so the
    /// same secret can serve other ends.
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    pub fn new(secret: &[u8]) -> Self {
        let derived = Hmac::<Sha256>::new_from_slice(secret)
            .expect("any key length is taken")
            .chain_update(b"duenotice-receipt-v1")
            .finalize()
            .into_bytes();
        Self(Hmac::new_from_slice(&derived).expect("any key length is taken"))
    }

    /// The receipt for a delivery served at `now`.
    pub fn sign(&self, delivery: DeliveryId, lang: &str, now: DateTime<Utc>) -> String {
        let last = now.timestamp().div_euclid(DAY_S) + GOOD_FOR_DAYS;
        let text = format!("v1.{}.{lang}.{last}", delivery.0.simple());
        let mac = self
            .0
            .clone()
            .chain_update(text.as_bytes())
            .finalize()
            .into_bytes();
        format!("{text}.{}", BASE64.encode(mac))
    }

    /// What `receipt` says, if we signed it and it is not too old.
    pub fn check(&self, receipt: &str, now: DateTime<Utc>) -> Option<Receipt> {
        let (text, mac) = receipt.rsplit_once('.')?;
        let mac = BASE64.decode(mac).ok()?;
        self.0
            .clone()
            .chain_update(text.as_bytes())
            .verify_slice(&mac)
            .ok()?;
        // From here on the text is ours.
        let mut parts = text.split('.').skip(1);
        let delivery = DeliveryId(parts.next()?.parse().ok()?);
        let lang = parts.next()?.to_owned();
        let last: i64 = parts.next()?.parse().ok()?;
        (now.timestamp().div_euclid(DAY_S) <= last).then_some(Receipt { delivery, lang })
    }
}

#[cfg(test)]
mod test {
    use super::*;
    use uuid::Uuid;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_receipt_is_the_same_all_day_and_ends() {
        let receipts = Receipts::new(b"secret");
        let id = DeliveryId(Uuid::from_u128(7));
        let morning = receipts.sign(id, "de", at("2026-11-25T00:00:00Z"));
        assert_eq!(morning, receipts.sign(id, "de", at("2026-11-25T23:59:59Z")));
        assert_ne!(morning, receipts.sign(id, "de", at("2026-11-26T00:00:00Z")));
        let good = Receipt {
            delivery: id,
            lang: "de".into(),
        };
        assert_eq!(
            receipts.check(&morning, at("2026-12-25T23:59:59Z")),
            Some(good)
        );
        assert_eq!(receipts.check(&morning, at("2026-12-26T00:00:00Z")), None);
    }

    #[test]
    fn nothing_in_a_receipt_can_be_changed() {
        let receipts = Receipts::new(b"secret");
        let now = at("2026-11-25T12:00:00Z");
        let good = receipts.sign(DeliveryId(Uuid::from_u128(7)), "de", now);
        for i in 0..good.len() {
            let mut bad = good.clone().into_bytes();
            bad[i] = if bad[i] == b'0' { b'1' } else { b'0' };
            let bad = String::from_utf8(bad).unwrap();
            assert_eq!(receipts.check(&bad, now), None, "{bad}");
        }
        assert_eq!(Receipts::new(b"other").check(&good, now), None);
        for bad in ["", ".", "v1", &good[..good.len() - 1], &format!("{good}A")] {
            assert_eq!(receipts.check(bad, now), None, "{bad}");
        }
    }
}
