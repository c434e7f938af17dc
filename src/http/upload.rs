//! Receiving a large file: to disk, in constant memory, up to a limit, and gone when it is closed.

use std::fs::File;
use std::io::Write as _;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::multipart::Field;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_LENGTH;

use crate::error::{Error, Result};

/// How long the next piece of an upload may be waited for.
const PIECE_MAX: Duration = Duration::from_secs(60);

/// How long the rest of a refused body is read: who is still sending does not read an answer, and
/// may lose it when the connection is closed.
pub const REST_MAX: Duration = Duration::from_secs(30);

/// A file that is being received. It has no name: nothing of it stays behind, even after a crash.
#[derive(Debug)]
pub struct Upload {
    file: File,
    bytes: u64,
    bytes_max: u64,
}

impl Upload {
    /// Nothing received yet.
    ///
    /// # Errors
    /// When the machine's folder for temporary files cannot be written.
    pub fn new(bytes_max: u64) -> Result<Self> {
        let file = tempfile::tempfile()
            .map_err(|e| Error::internal(format!("no temporary file can be made: {e}")))?;
        Ok(Self {
            file,
            bytes: 0,
            bytes_max,
        })
    }

    /// Takes one more piece.
    ///
    /// # Errors
    /// [`Error::TooLarge`] when the limit is passed.
    pub async fn take(&mut self, piece: Bytes) -> Result<()> {
        self.bytes += piece.len() as u64;
        if self.bytes > self.bytes_max {
            return Err(too_large(self.bytes_max));
        }
        let mut file = self.file.try_clone().map_err(Error::internal)?;
        tokio::task::spawn_blocking(move || file.write_all(&piece))
            .await
            .map_err(Error::internal)?
            .map_err(|e| Error::internal(format!("an upload cannot be kept: {e}")))
    }

    /// The whole file.
    pub fn finish(self) -> File {
        self.file
    }
}

/// The sentence for a file that is too large.
fn too_large(bytes_max: u64) -> Error {
    Error::TooLarge(format!(
        "The file is larger than {bytes_max} bytes. Split it into several files and import one \
         after the other, or raise upload_max_bytes."
    ))
}

fn cut_off() -> Error {
    Error::invalid(
        "file",
        "The upload broke off before its end. Nothing was imported; send it again.",
    )
}

/// Reads and drops what else is sent of a body that is refused.
async fn drop_rest(mut body: Body) {
    use http_body_util::BodyExt as _;
    let rest = async { while let Some(Ok(_)) = body.frame().await {} };
    // Whoever sends longer than that may lose the answer.
    let _ = tokio::time::timeout(REST_MAX, rest).await;
}

/// Receives a request's whole body. What its headers announce as too large is not received.
///
/// # Errors
/// When it is too large, or breaks off.
pub async fn body(headers: &HeaderMap, mut body: Body, bytes_max: u64) -> Result<File> {
    use http_body_util::BodyExt as _;
    let announced: Option<u64> = headers
        .get(CONTENT_LENGTH)
        .and_then(|v| v.to_str().ok()?.parse().ok());
    if announced.is_some_and(|n| n > bytes_max) {
        drop_rest(body).await;
        return Err(too_large(bytes_max));
    }
    let mut upload = Upload::new(bytes_max)?;
    loop {
        let next = tokio::time::timeout(PIECE_MAX, body.frame()).await;
        match next.map_err(|_| cut_off())? {
            None => return Ok(upload.finish()),
            Some(Err(_)) => return Err(cut_off()),
            Some(Ok(frame)) => {
                let Ok(piece) = frame.into_data() else {
                    continue;
                };
                if let Err(refused) = upload.take(piece).await {
                    drop_rest(body).await;
                    return Err(refused);
                }
            }
        }
    }
}

/// Receives one field of a form.
///
/// # Errors
/// When it is too large, or breaks off.
pub async fn field(mut field: Field<'_>, bytes_max: u64) -> Result<File> {
    let mut upload = Upload::new(bytes_max)?;
    loop {
        let next = tokio::time::timeout(PIECE_MAX, field.chunk()).await;
        match next.map_err(|_| cut_off())? {
            Ok(None) => return Ok(upload.finish()),
            Ok(Some(piece)) => upload.take(piece).await?,
            Err(_) => return Err(cut_off()),
        }
    }
}
