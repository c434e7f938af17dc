//! One mail, one connection, over SMTP.
//!
//! What always holds: a password is sent in the clear only when `tls=none` says so. Only the server's
//! lasting "no" to this very mail is final; a refused password, certificate or connection is an
//! operator's matter, and the mail waits.

use std::path::PathBuf;
use std::time::Duration;

use lettre::address::Envelope;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::net::TcpStream;
use url::Url;

use super::NotSent;
use crate::error::{Error, Result};

/// From connecting to the server's last answer.
const SEND_MAX: Duration = Duration::from_secs(90);

/// How the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// From the first byte (`smtps:`).
    Wrapped,
    /// STARTTLS, or nothing is sent.
    Required,
    /// STARTTLS when the server offers it.
    Opportunistic,
    /// Never.
    None,
}

/// A mail server and how to speak to it.
#[derive(Clone, Debug)]
pub struct Smtp {
    host: String,
    port: u16,
    tls: Tls,
    login: Option<(String, SecretString)>,
    ca: Option<PathBuf>,
}

impl Smtp {
    /// Reads `smtp://USER:PASSWORD@HOST:PORT?tls=required|opportunistic|none` (port 587 and
    /// `required` unless said otherwise) or `smtps://…` (port 465). `ca=FILE` trusts the certificates
    /// in a PEM file as well as the system's.
    ///
    /// # Errors
    /// A sentence about the field `smtp_url`; the password is never in it.
    pub fn parse(url: &str) -> Result<Self> {
        let no = |why: &str| {
            let form = "Write smtp://USER:PASSWORD@HOST:PORT?tls=required, or smtps://….";
            Error::invalid("smtp_url", format!("{why} {form}"))
        };
        let url = Url::parse(url).map_err(|_| no("This is not an address."))?;
        let (mut tls, port) = match url.scheme() {
            "smtp" => (Tls::Required, 587),
            "smtps" => (Tls::Wrapped, 465),
            _ => return Err(no("The scheme must be smtp or smtps.")),
        };
        let mut ca = None;
        for (key, value) in url.query_pairs() {
            match (&*key, &*value, tls) {
                ("ca", path, _) => ca = Some(PathBuf::from(path)),
                ("tls", _, Tls::Wrapped) => return Err(no("smtps takes no tls=….")),
                ("tls", "required", _) => tls = Tls::Required,
                ("tls", "opportunistic", _) => tls = Tls::Opportunistic,
                ("tls", "none", _) => tls = Tls::None,
                ("tls", ..) => {
                    return Err(no("tls must be required, opportunistic or none."));
                }
                _ => return Err(no("Only tls=… and ca=… may follow the question mark.")),
            }
        }
        let decode = |s: &str| {
            percent_decode_str(s)
                .decode_utf8()
                .map(|s| s.into_owned())
                .map_err(|_| no("The user or the password is not UTF-8."))
        };
        let login = match (url.username(), url.password()) {
            ("", None) => None,
            (user, password) => Some((
                decode(user)?,
                SecretString::from(decode(password.unwrap_or_default())?),
            )),
        };
        Ok(Self {
            host: url
                .host_str()
                .filter(|h| !h.is_empty())
                .ok_or_else(|| no("The host is missing."))?
                .to_owned(),
            port: url.port().unwrap_or(port),
            tls,
            login,
            ca,
        })
    }

    /// Sends one message.
    ///
    /// # Errors
    /// Lasting when the server says 5xx to this mail; for now when it says 4xx, or when the connection
    /// fails at any point, even after the text was sent: then nobody knows, and it is sent again.
    pub(super) async fn send(&self, envelope: &Envelope, message: &[u8]) -> Result<(), NotSent> {
        let all = async {
            let mut connection = self
                .connect()
                .await
                .map_err(|e| NotSent::for_now(format!("{} does not let us in: {e}.", self.host)))?;
            // The sender is ours: a refused one is an operator's matter too.
            let sender = Mail::new(envelope.from().cloned(), Vec::new());
            let begun = connection.command(sender).await;
            begun.map_err(|e| self.did_not_take(&e))?;
            self.hand_over(&mut connection, envelope, message).await?;
            // The mail was taken; how the farewell goes does not matter.
            let _ = connection.quit().await;
            Ok(())
        };
        tokio::time::timeout(SEND_MAX, all)
            .await
            .unwrap_or_else(|_| {
                Err(NotSent::for_now(format!(
                    "{} did not answer within {} s.",
                    self.host,
                    SEND_MAX.as_secs()
                )))
            })
    }

    async fn hand_over(
        &self,
        connection: &mut AsyncSmtpConnection,
        envelope: &Envelope,
        message: &[u8],
    ) -> Result<(), NotSent> {
        let said = async {
            for to in envelope.to() {
                connection
                    .command(Rcpt::new(to.clone(), Vec::new()))
                    .await?;
            }
            connection.command(Data).await?;
            connection.message(message).await
        };
        match said.await {
            Ok(_) => Ok(()),
            Err(e) if e.is_permanent() => {
                let reason = format!("{} refuses the mail: {}.", self.host, plain(&e));
                Err(NotSent::forever(reason))
            }
            Err(e) => Err(self.did_not_take(&e)),
        }
    }

    fn did_not_take(&self, e: &lettre::transport::smtp::Error) -> NotSent {
        NotSent::for_now(format!(
            "{} did not take the mail: {}.",
            self.host,
            plain(e)
        ))
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, String> {
        let us = ClientId::default();
        let server = (self.host.as_str(), self.port);
        let mut connection = if self.tls == Tls::Wrapped {
            let tls = Some(self.tls_parameters()?);
            AsyncSmtpConnection::connect_tokio1(server, None, &us, tls, None)
                .await
                .map_err(|e| plain(&e))?
        } else {
            let tcp = TcpStream::connect(server)
                .await
                .map_err(|e| e.to_string())?;
            // lettre writes the final dot by itself; without this each mail waits 40 ms for an
            // acknowledgement that the peer delays.
            tcp.set_nodelay(true).map_err(|e| e.to_string())?;
            AsyncSmtpConnection::connect_with_transport(Box::new(tcp), &us)
                .await
                .map_err(|e| plain(&e))?
        };
        let wanted = match self.tls {
            Tls::Required => true,
            Tls::Opportunistic => connection.can_starttls(),
            Tls::Wrapped | Tls::None => false,
        };
        if wanted {
            connection
                .starttls(self.tls_parameters()?, &us)
                .await
                .map_err(|e| plain(&e))?;
        }
        if let Some((user, password)) = &self.login {
            if self.tls != Tls::None && !connection.is_encrypted() {
                return Err("it offers no encryption for the password".to_owned());
            }
            let login = Credentials::new(user.clone(), password.expose_secret().to_owned());
            connection
                .auth(DEFAULT_MECHANISMS, &login)
                .await
                .map_err(|e| plain(&e))?;
        }
        Ok(connection)
    }

    fn tls_parameters(&self) -> Result<TlsParameters, String> {
        let mut builder = TlsParameters::builder(self.host.clone());
        if let Some(path) = &self.ca {
            let pem = std::fs::read(path).map_err(|e| format!("{}: {e}", path.display()))?;
            let ca = Certificate::from_pem(&pem).map_err(|e| plain(&e))?;
            builder = builder.add_root_certificate(ca);
        }
        builder.build().map_err(|e| plain(&e))
    }
}

/// What went wrong, with its cause: "network error" alone helps nobody.
fn plain(e: &lettre::transport::smtp::Error) -> String {
    let mut text = e.to_string();
    let mut cause = std::error::Error::source(e);
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text = format!("{text}: {inner_text}");
        }
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_how_to_speak_to_the_server() {
        let smtp = Smtp::parse("smtp://du%40x:p%3Aw@mail.example").unwrap();
        assert_eq!((smtp.port, smtp.tls), (587, Tls::Required));
        let (user, password) = smtp.login.unwrap();
        assert_eq!((user.as_str(), password.expose_secret()), ("du@x", "p:w"));
        let smtp = Smtp::parse("smtps://mail.example").unwrap();
        assert_eq!((smtp.port, smtp.tls), (465, Tls::Wrapped));
        let smtp = Smtp::parse("smtp://localhost:25?tls=none").unwrap();
        assert_eq!((smtp.port, smtp.tls), (25, Tls::None));
    }

    #[test]
    fn a_password_is_neither_in_an_error_nor_in_debug() {
        for bad in [
            "http://u:hush@h",
            "smtp://u:hush@h?tls=maybe",
            "smtp://u:hush@h?x=1",
            "smtps://u:hush@h?tls=none",
            "smtp://u:hush@",
        ] {
            let said = Smtp::parse(bad).unwrap_err().to_string();
            assert!(said.starts_with("smtp_url: "), "{said}");
            assert!(!said.contains("hush"), "{said}");
        }
        let shown = format!("{:?}", Smtp::parse("smtp://u:hush@h").unwrap());
        assert!(!shown.contains("hush"), "{shown}");
    }
}
