//! The bytes of a file, unpacked as they are read, within bounds.

use std::fs::File;
use std::io::{BufRead as _, BufReader, ErrorKind, Read, Seek as _, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::GzDecoder;

use super::{Broken, Limits, Packed};

/// Below this many bytes nothing is taken for a bomb.
const HARMLESS_BYTES: u64 = 100 << 20;

/// Honest text packs to a tenth or a thirtieth; above this it is a bomb.
const RATIO_MAX: u64 = 200;

/// How many packed bytes were read; cloned for whoever shows progress.
#[derive(Clone, Debug, Default)]
pub(super) struct Progress(Arc<AtomicU64>);

impl Progress {
    pub(super) fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// The unpacked bytes of a file.
pub(super) struct Unpacked {
    inner: Inner,
    read: Progress,
    given: u64,
    limits: Limits,
}

enum Inner {
    Plain(Counted),
    Gzip(Box<Gzip>),
    Zstd(Box<zstd::Decoder<'static, BufReader<Counted>>>),
}

impl Unpacked {
    /// Begins at the start of `file`.
    pub(super) fn open(mut file: File, packed: Packed, limits: Limits) -> Result<Self, Broken> {
        let about = file.metadata().map_err(|e| unreadable(&e))?;
        if about.is_dir() {
            return Err(Broken("This is a folder. Choose a file in it.".to_owned()));
        }
        if !about.is_file() {
            return Err(Broken("This is not an ordinary file.".to_owned()));
        }
        if about.len() == 0 {
            return Err(Broken("The file is empty.".to_owned()));
        }
        file.seek(SeekFrom::Start(0)).map_err(|e| unreadable(&e))?;
        Self::new(Box::new(file), packed, limits)
    }

    pub(super) fn new(
        source: Box<dyn Read + Send>,
        packed: Packed,
        limits: Limits,
    ) -> Result<Self, Broken> {
        let read = Progress::default();
        let counted = Counted {
            source,
            read: read.clone(),
        };
        let inner = match packed {
            Packed::Plain => Inner::Plain(counted),
            Packed::Gzip => Inner::Gzip(Box::new(Gzip::new(counted))),
            Packed::Zstd => {
                let decoder = zstd::Decoder::new(counted).map_err(|e| unreadable(&e))?;
                Inner::Zstd(Box::new(decoder))
            }
        };
        Ok(Self {
            inner,
            read,
            given: 0,
            limits,
        })
    }

    pub(super) fn progress(&self) -> Progress {
        self.read.clone()
    }

    /// Reads into `buffer`; 0 at the end.
    ///
    /// # Errors
    /// The packed data is cut off, damaged, followed by something else, or a bomb.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Broken> {
        let n = match &mut self.inner {
            Inner::Plain(source) => return source.read(buffer).map_err(|e| unreadable(&e)),
            Inner::Gzip(gzip) => gzip
                .read(buffer)
                .map_err(|e| e.unwrap_or_else(|e| damaged("gzip", &e, self.given)))?,
            Inner::Zstd(zstd) => zstd
                .read(buffer)
                .map_err(|e| damaged("Zstandard", &e, self.given))?,
        };
        self.given += n as u64;
        self.within_bounds()?;
        Ok(n)
    }

    fn within_bounds(&self) -> Result<(), Broken> {
        let packed = self.read.bytes();
        if self.given > HARMLESS_BYTES && self.given / RATIO_MAX > packed {
            return Err(Broken(format!(
                "The file unpacks to more than {RATIO_MAX} times its size ({} from {}): that is no list, \
                 but made to fill a disk. If it is an honest file, unpack it first.",
                mebibytes(self.given),
                mebibytes(packed),
            )));
        }
        if self.given > self.limits.unpacked_bytes_max {
            return Err(Broken(format!(
                "The file unpacks to more than {}, the most that is taken.",
                mebibytes(self.limits.unpacked_bytes_max)
            )));
        }
        Ok(())
    }
}

fn mebibytes(bytes: u64) -> String {
    match bytes >> 20 {
        0 => format!("{bytes} bytes"),
        n => format!("{n} MiB"),
    }
}

pub(super) fn unreadable(e: &std::io::Error) -> Broken {
    Broken(format!("The file cannot be read: {e}."))
}

fn damaged(what: &str, e: &std::io::Error, given: u64) -> Broken {
    let after = mebibytes(given);
    Broken(match e.kind() {
        ErrorKind::UnexpectedEof => format!(
            "The {what} file ends in the middle, after {after} of text: it was cut off. Get the whole file."
        ),
        _ => format!("The {what} file is damaged after {after} of text ({e}). Get it once more."),
    })
}

/// Counts what passes.
struct Counted {
    source: Box<dyn Read + Send>,
    read: Progress,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        loop {
            match self.source.read(buffer) {
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
                Ok(n) => {
                    self.read.0.fetch_add(n as u64, Ordering::Relaxed);
                    return Ok(n);
                }
            }
        }
    }
}

/// gzip of one or several members. After the last one only zeros may stand, which `gzip` too takes for
/// the padding of a tape.
struct Gzip {
    /// None after the end.
    member: Option<GzDecoder<BufReader<Counted>>>,
}

impl Gzip {
    fn new(source: Counted) -> Self {
        Self {
            member: Some(GzDecoder::new(BufReader::with_capacity(1 << 16, source))),
        }
    }

    /// As [`Read::read`]; the error is a sentence where the data alone does not say it.
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Result<Broken, std::io::Error>> {
        while let Some(member) = &mut self.member {
            let n = member.read(buffer).map_err(Err)?;
            if n > 0 {
                return Ok(n);
            }
            let Some(member) = self.member.take() else {
                break;
            };
            let mut rest = member.into_inner();
            if Self::goes_on(&mut rest)? {
                self.member = Some(GzDecoder::new(rest));
            }
        }
        Ok(0)
    }

    fn goes_on(rest: &mut BufReader<Counted>) -> Result<bool, Result<Broken, std::io::Error>> {
        loop {
            let part = rest.fill_buf().map_err(Err)?;
            match part.first() {
                None => return Ok(false),
                Some(0x1f) => return Ok(true),
                Some(0) => {
                    let zeros = part.iter().take_while(|b| **b == 0).count();
                    rest.consume(zeros);
                }
                Some(_) => {
                    return Err(Ok(Broken(
                        "After the end of the gzip data something else follows: two files were put \
                         together, or the file is damaged. Get it once more."
                            .to_owned(),
                    )));
                }
            }
        }
    }
}
