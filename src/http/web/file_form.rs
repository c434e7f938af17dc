//! Receiving a form that carries a file: to disk, and only from who may send one.

use std::fs::File;
use std::time::Duration;

use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::{HeaderMap, StatusCode, header};

use super::answer::{Failure, Stop, require};
use super::form::{Form, Typed};
use super::session::{self, Posted};
use crate::app::App;
use crate::domain::access::Action;
use crate::error::{Error, Result};
use crate::http::upload;

/// How long the next piece of a form may be waited for.
const PIECE_MAX: Duration = Duration::from_secs(60);
/// More fields than any form of ours has.
const FIELDS_MAX: usize = 20;
/// The longest text of a field beside a file, in bytes.
const TEXT_BYTES_MAX: usize = 64 << 10;

/// A form that carries a file, as somebody who may send it sent it.
#[derive(Debug)]
pub(crate) struct FileForm {
    /// Who sent it, and what was typed.
    pub sent: Posted,
    /// The file's name and contents; an error when there is none or it is too large.
    pub file: Result<(String, File)>,
}

fn broken() -> Error {
    Error::invalid("file", "This form could not be read. Send it again.")
}

fn no_file() -> Error {
    Error::invalid("file", "Choose a file.")
}

/// Waits for the next piece of a form.
async fn soon<T, E>(piece: impl Future<Output = Result<T, E>>) -> Result<T> {
    let piece = tokio::time::timeout(PIECE_MAX, piece).await;
    piece.map_err(|_| broken())?.map_err(|_| broken())
}

#[derive(Debug, Default)]
struct Received {
    typed: Typed,
    file: Option<(String, File)>,
}

impl Received {
    /// Receives the fields one after the other; the file only when `file_too`.
    async fn fields(&mut self, form: &mut Multipart, bytes_max: u64, file_too: bool) -> Result<()> {
        for _ in 0..FIELDS_MAX {
            let Some(mut field) = soon(form.next_field()).await? else {
                return Ok(());
            };
            let name = field.name().unwrap_or_default().to_owned();
            match field.file_name().map(ToOwned::to_owned) {
                Some(_) if !file_too => return Ok(()),
                // A browser sends a file without a name when none was chosen.
                Some(file) if file.is_empty() => {}
                Some(file) => self.file = Some((file, upload::field(field, bytes_max).await?)),
                None => {
                    let mut text = Vec::new();
                    while let Some(piece) = soon(field.chunk()).await? {
                        text.extend(piece);
                        if text.len() > TEXT_BYTES_MAX {
                            return Err(broken());
                        }
                    }
                    let text = String::from_utf8(text).map_err(|_| broken())?;
                    self.typed.0.push((name, text));
                }
            }
        }
        Err(broken())
    }
}

/// Reads and drops what else is sent: a browser that is still sending does not read an answer.
async fn drop_rest(mut form: Multipart) {
    let rest = async { while let Ok(Some(_)) = form.next_field().await {} };
    let _ = tokio::time::timeout(upload::REST_MAX, rest).await;
}

fn carries_file(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|v| v.starts_with("multipart/form-data"))
}

/// Receives a form of somebody who may do `action`.
///
/// # Errors
/// It was sent from elsewhere, by nobody who is signed in, or by somebody who may not.
pub(crate) async fn receive(
    app: &App,
    request: Request,
    action: Action,
) -> Result<FileForm, Failure> {
    if !session::same_origin(app, request.headers()) {
        return Err(session::foreign());
    }
    if !carries_file(request.headers()) {
        // The form as it comes back after signing in: the file is not with it.
        let sent = Posted::from_request(request, app).await?;
        require(app, &sent.me, action)?;
        return Ok(FileForm {
            sent,
            file: Err(no_file()),
        });
    }
    let headers = request.headers().clone();
    let to = request.uri().path().to_owned();
    let mut form = Multipart::from_request(request, app)
        .await
        .map_err(|_| broken())?;
    let me = session::viewer(app, &headers).await?;
    let may = me.as_ref().is_some_and(|me| me.may(action));
    let max = app.config.upload_max_bytes;
    let mut received = Received::default();
    let whole = received.fields(&mut form, max, may).await;
    drop_rest(form).await;
    let Some(me) = me else {
        return Err(session::sign_in_first(app, to, &received.typed));
    };
    require(app, &me, action)?;
    Ok(FileForm {
        sent: Posted::check(me, received.typed),
        file: whole.and_then(|()| received.file.ok_or_else(no_file)),
    })
}

/// The form again after it was not carried out, as [`Posted::again`]; a file that is too large is a
/// mistake in the field `file`.
///
/// # Errors
/// What no form can mend.
pub(crate) fn again(
    app: &App,
    sent: &mut Posted,
    stop: Stop,
    id: &'static str,
    action: String,
) -> Result<(StatusCode, Form), Failure> {
    let (stop, large) = match stop {
        Stop::Error(Error::TooLarge(why)) => (Stop::Error(Error::invalid("file", why)), true),
        other => (other, false),
    };
    let (status, form) = sent.again(app, stop, Vec::new(), id, action)?;
    let status = if large {
        StatusCode::PAYLOAD_TOO_LARGE
    } else {
        status
    };
    Ok((status, form))
}

/// The hint of a field for a file: what it may be, how large, and that it must be chosen again.
pub(crate) fn hint(what: &str, bytes_max: u64, form: &Form) -> String {
    let again = if form.errors.is_empty() && form.note.is_none() {
        ""
    } else {
        " Browsers do not keep a file: choose it again."
    };
    format!("{what}, at most {}.{again}", size(bytes_max))
}

/// A number of bytes as people say it.
fn size(bytes: u64) -> String {
    let mib = bytes >> 20;
    if mib >= 1_024 && mib.is_multiple_of(1_024) {
        format!("{} GiB", mib >> 10)
    } else {
        format!("{mib} MiB")
    }
}
