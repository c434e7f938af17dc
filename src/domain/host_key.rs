//! The keys with which host sites sign their word for who is looking.
//!
//! A key knows its algorithm; whatever a token says about that is compared with it and decides nothing.
//! For Ed25519 we hold only the public half: we could not make a token ourselves, which is what makes a
//! kept token a proof. With HS256 we could, so it is for hosts that cannot do better.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ed25519_dalek::pkcs8::DecodePublicKey as _;
use ed25519_dalek::{Signature, VerifyingKey};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// The shortest HS256 secret, in bytes (RFC 7518, 3.2).
pub const MIN_SECRET: usize = 32;
/// The longest HS256 secret, in bytes.
pub const MAX_SECRET: usize = 512;

/// How a site signs.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
    sqlx::Type,
    utoipa::ToSchema,
)]
#[sqlx(type_name = "text")]
pub enum Algorithm {
    /// Ed25519 (RFC 8037).
    #[serde(rename = "EdDSA")]
    #[sqlx(rename = "EdDSA")]
    EdDsa,
    /// HMAC-SHA-256 (RFC 7518, 3.2).
    #[serde(rename = "HS256")]
    #[sqlx(rename = "HS256")]
    Hs256,
}

impl Algorithm {
    /// The name in a token's header, and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Hs256 => "HS256",
        }
    }

    /// Reads what an operator pasted and gives the bytes to keep.
    ///
    /// EdDSA: a public key as PEM (`BEGIN PUBLIC KEY`), or its 32 bytes in base64 or base64url.
    /// HS256: the secret's text, byte for byte, without the white space around it.
    ///
    /// # Errors
    /// A sentence that says what was expected.
    pub fn read(self, text: &str) -> Result<Vec<u8>, &'static str> {
        let text = text.trim();
        let bytes = match self {
            Self::EdDsa if text.contains("PRIVATE KEY") => {
                return Err(
                    "This is the private key. Keep it on your site and paste the public one.",
                );
            }
            Self::EdDsa if text.starts_with("-----") => VerifyingKey::from_public_key_pem(text)
                .map_err(|_| "This is not an Ed25519 public key in PEM.")?
                .to_bytes()
                .to_vec(),
            Self::EdDsa => URL_SAFE_NO_PAD
                .decode(text)
                .or_else(|_| STANDARD.decode(text))
                .map_err(|_| "Paste the public key as PEM, or its 32 bytes in base64.")?,
            Self::Hs256 => text.as_bytes().to_vec(),
        };
        HostKey::new(self, &bytes)?;
        Ok(bytes)
    }
}

/// A site's key, ready for use.
#[derive(Clone)]
pub enum HostKey {
    /// Ed25519: we hold only the public half and cannot make tokens ourselves.
    EdDsa(VerifyingKey),
    /// HMAC-SHA-256 with a secret that the host and we share.
    Hs256(Hmac<Sha256>),
}

impl std::fmt::Debug for HostKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.algorithm().as_str())
    }
}

impl HostKey {
    /// A key of `algorithm` from its bytes as they are kept.
    ///
    /// # Errors
    /// A sentence when the bytes are no such key.
    pub fn new(algorithm: Algorithm, material: &[u8]) -> Result<Self, &'static str> {
        match algorithm {
            Algorithm::EdDsa => Self::ed_dsa(material),
            Algorithm::Hs256 => Self::hs256(material),
        }
    }

    /// An Ed25519 public key of 32 bytes.
    ///
    /// # Errors
    /// A sentence when the bytes are no such key, or a weak one that would accept many signatures.
    pub fn ed_dsa(public: &[u8]) -> Result<Self, &'static str> {
        let bytes = <[u8; 32]>::try_from(public)
            .map_err(|_| "An Ed25519 public key has 32 bytes; this one has not.")?;
        let key = VerifyingKey::from_bytes(&bytes)
            .map_err(|_| "These 32 bytes are not an Ed25519 public key.")?;
        if key.is_weak() {
            return Err("This Ed25519 key is weak: make a new one.");
        }
        Ok(Self::EdDsa(key))
    }

    /// A shared secret of [`MIN_SECRET`] to [`MAX_SECRET`] bytes.
    ///
    /// # Errors
    /// A sentence when it is too short or too long.
    pub fn hs256(secret: &[u8]) -> Result<Self, &'static str> {
        if secret.len() < MIN_SECRET {
            return Err("An HS256 secret needs 32 bytes or more. Make it with a random generator.");
        }
        if secret.len() > MAX_SECRET {
            return Err("An HS256 secret has at most 512 bytes.");
        }
        Hmac::new_from_slice(secret)
            .map(Self::Hs256)
            .map_err(|_| "This secret cannot be used.")
    }

    /// What it signs with.
    pub const fn algorithm(&self) -> Algorithm {
        match self {
            Self::EdDsa(_) => Algorithm::EdDsa,
            Self::Hs256(_) => Algorithm::Hs256,
        }
    }

    /// Did the holder of this key sign `text`? Ed25519 strictly, a MAC in constant time.
    pub fn signed(&self, text: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::EdDsa(key) => Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(text, &signature).is_ok()),
            Self::Hs256(mac) => mac
                .clone()
                .chain_update(text)
                .verify_slice(signature)
                .is_ok(),
        }
    }
}

#[cfg(test)]
mod test {
    use super::*;

    const BASE64: base64::engine::GeneralPurpose = URL_SAFE_NO_PAD;

    // RFC 8037, A.1 and A.4.
    #[test]
    fn ed25519_is_that_of_rfc_8037() {
        let public = BASE64
            .decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
            .unwrap();
        let key = HostKey::ed_dsa(&public).unwrap();
        let text = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
        let signature = BASE64
            .decode(
                "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
            )
            .unwrap();
        assert!(key.signed(text, &signature));
        assert!(!key.signed(&text[1..], &signature));
        assert!(!key.signed(text, &signature[1..]));
    }

    // RFC 7515, A.1.
    #[test]
    fn hs256_is_that_of_rfc_7515() {
        let secret = BASE64
            .decode(
                "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
            )
            .unwrap();
        let key = HostKey::hs256(&secret).unwrap();
        let text = b"eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        let mac = BASE64
            .decode("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
            .unwrap();
        assert!(key.signed(text, &mac));
        assert!(!key.signed(&text[1..], &mac));
        assert!(!key.signed(text, &mac[1..]), "a shortened MAC");
    }

    #[test]
    fn keys_that_are_too_short_or_weak_are_turned_down() {
        assert!(HostKey::hs256(&[1; 31]).is_err());
        assert!(HostKey::ed_dsa(&[1; 31]).is_err());
        let mut identity = [0; 32];
        identity[0] = 1;
        assert!(HostKey::ed_dsa(&identity).is_err(), "of small order");
    }

    #[test]
    fn a_public_key_is_taken_in_each_of_its_forms() {
        let fixture: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/data/tokens.json")).unwrap();
        let text = |field: &str| fixture["keys"]["ed"][field].as_str().unwrap().to_owned();
        let url_safe = text("public");
        let bytes = BASE64.decode(&url_safe).unwrap();
        for form in [url_safe.clone(), STANDARD.encode(&bytes), text("pem")] {
            assert_eq!(Algorithm::EdDsa.read(&form).as_ref(), Ok(&bytes), "{form}");
        }
        for bad in ["", "abc", &url_safe[1..], &text("pem")[..60]] {
            assert!(Algorithm::EdDsa.read(bad).is_err(), "{bad}");
        }
        let private = text("pem").replace("PUBLIC", "PRIVATE");
        assert!(
            Algorithm::EdDsa
                .read(&private)
                .unwrap_err()
                .contains("private key")
        );
    }
}
