//! Sealing what mail needs: an account id, an e-mail address, a phone number.
//!
//! AES-256-GCM-SIV (RFC 8452) under the incident's key. The nonce is taken from the person's keyed hash,
//! so that the same contents give the same bytes: that is how an import sees what changed. The mode is
//! safe when a nonce comes again with other contents; it then shows only whether contents are equal.

use std::fmt;

use aes_gcm_siv::aead::{Aead as _, Payload};
use aes_gcm_siv::{Aes256GcmSiv, KeyInit as _, Nonce};
use hmac::Mac as _;
use serde::{Deserialize, Serialize};

use super::identifier::{Key, keyed};

/// What is known of a person beside the keyed hashes; never in clear in the database.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The company's id of the user, where there is an account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The address as it was given; mail goes there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The phone number, E.164.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

/// 32 bytes for one purpose, from the server's secret.
#[must_use]
pub fn derive(secret: &[u8; 32], purpose: &str) -> [u8; 32] {
    let mut mac = keyed(secret);
    mac.update(purpose.as_bytes());
    mac.finalize().into_bytes().into()
}

/// Seals and opens under one incident's key.
#[derive(Clone)]
pub struct Sealer(Box<Aes256GcmSiv>);

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer(…)")
    }
}

impl Sealer {
    /// With the incident's key.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        Self(Box::new(Aes256GcmSiv::new(key.into())))
    }

    /// Seals `plain`, bound to `about`: it cannot be opened as another person's.
    #[must_use]
    #[expect(clippy::expect_used, reason = "the mode fails above 64 GiB only")]
    pub fn seal(&self, about: &Key, plain: &[u8]) -> Vec<u8> {
        let payload = Payload {
            msg: plain,
            aad: about.bytes(),
        };
        self.0
            .encrypt(&nonce(about), payload)
            .expect("contents are short")
    }

    /// Opens what was sealed about the same person; none when it was not, or with another key.
    #[must_use]
    pub fn open(&self, about: &Key, sealed: &[u8]) -> Option<Vec<u8>> {
        let payload = Payload {
            msg: sealed,
            aad: about.bytes(),
        };
        self.0.decrypt(&nonce(about), payload).ok()
    }

    /// Seals a contact; none when nothing is known.
    #[must_use]
    pub fn contact(&self, about: &Key, contact: &Contact) -> Option<Vec<u8>> {
        if *contact == Contact::default() {
            return None;
        }
        let plain = serde_json::to_vec(contact).ok()?;
        Some(self.seal(about, &plain))
    }

    /// Opens a contact.
    #[must_use]
    pub fn open_contact(&self, about: &Key, sealed: &[u8]) -> Option<Contact> {
        serde_json::from_slice(&self.open(about, sealed)?).ok()
    }
}

fn nonce(about: &Key) -> Nonce {
    let mut nonce = [0; 12];
    nonce.copy_from_slice(&about.bytes()[..12]);
    nonce.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_about_one_person_opens_for_no_other_and_under_no_other_key() {
        let (anna, ben) = (Key::new([1; 16]), Key::new([2; 16]));
        let sealer = Sealer::new(&[7; 32]);
        let contact = Contact {
            email: Some("anna@mail.example".to_owned()),
            ..Contact::default()
        };
        let sealed = sealer.contact(&anna, &contact).unwrap();
        assert_eq!(sealed, sealer.contact(&anna, &contact).unwrap());
        assert_eq!(sealer.open_contact(&anna, &sealed).unwrap(), contact);
        assert_eq!(sealer.open_contact(&ben, &sealed), None);
        assert_eq!(Sealer::new(&[8; 32]).open_contact(&anna, &sealed), None);
        assert!(!sealed.windows(4).any(|w| w == b"anna"));
    }
}
