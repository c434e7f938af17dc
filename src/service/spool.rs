//! Sorted runs on disk: how millions of records are put in order in constant memory.
//!
//! Records are gathered until the buffer is full, sorted and written as one run; when all are read, the
//! runs are merged. What is on disk are hashes and sealed contacts. The folder of a source is private to
//! its owner, and gone when the source is done.
//!
//! Always holds: a run that is named in a checkpoint is on disk whole. One that is not is written anew.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::{self, File, TryLockError};
use std::io::{self, BufReader, BufWriter, Read, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::domain::scope::record::Record;
use crate::domain::scope::wire;
use crate::ids::SourceId;

/// How many bytes of records are sorted at once. Two such buffers are in use, and their order beside.
const RUN_BYTES: usize = 32 << 20;
/// The file as it was received.
const RECEIVED: &str = "received";
/// Locked by who works on the source.
const HELD: &str = "held";
/// There until the database knows the source.
const UNTAKEN: &str = "untaken";

/// The folder of one source.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

/// A file that was received for a source that the database does not know yet.
#[derive(Debug)]
pub struct Received {
    folder: Folder,
    taken: bool,
    _held: File,
}

impl Received {
    /// The database knows the source.
    pub fn taken(mut self) {
        self.taken = true;
        // Where that fails the mark says nothing: there is a row.
        let _ = fs::remove_file(self.folder.0.join(UNTAKEN));
    }
}

impl Drop for Received {
    fn drop(&mut self) {
        if !self.taken {
            let _ = self.folder.remove();
        }
    }
}

/// A run on disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Its number, from 0.
    pub no: usize,
    /// Records in it.
    pub records: u64,
    /// Its length.
    pub bytes: u64,
}

impl Folder {
    /// The folder of a source under the spool folder.
    pub fn of(spool: &Path, source: SourceId) -> Self {
        Self(spool.join(source.to_string()))
    }

    /// Makes it, for its owner alone.
    ///
    /// # Errors
    /// When the disk does not let it.
    pub fn make(&self) -> io::Result<()> {
        fs::create_dir_all(&self.0)?;
        #[cfg(unix)]
        fs::set_permissions(&self.0, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
        Ok(())
    }

    /// Holds the folder for one worker, as long as what is given back is open; none: another one does.
    /// The operating system lets go of it when the worker is killed.
    ///
    /// # Errors
    /// When the disk does not let it.
    pub fn hold(&self) -> io::Result<Option<File>> {
        self.make()?;
        let held = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.0.join(HELD))?;
        match held.try_lock() {
            Ok(()) => Ok(Some(held)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(e)) => Err(e),
        }
    }

    /// Somebody worked here and is gone.
    pub fn abandoned(&self) -> bool {
        File::open(self.0.join(HELD)).is_ok_and(|held| held.try_lock().is_ok())
    }

    /// The sources that have a folder here.
    pub fn all(spool: &Path) -> Vec<SourceId> {
        let names = fs::read_dir(spool).into_iter().flatten().flatten();
        let ids = names.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        ids.collect()
    }

    /// Keeps a file that is received; it is on disk when this returns. It is gone again when what is
    /// given back is dropped before it was [`taken`](Received::taken).
    ///
    /// # Errors
    /// When the disk does not let it.
    pub fn receive(self, file: &mut File) -> io::Result<Received> {
        let held = self.hold()?.ok_or(io::ErrorKind::ResourceBusy)?;
        let received = Received {
            folder: self,
            taken: false,
            _held: held,
        };
        let path = &received.folder.0;
        File::create(path.join(UNTAKEN))?.sync_all()?;
        io::Seek::rewind(file)?;
        let mut kept = File::create(path.join(RECEIVED))?;
        io::copy(file, &mut kept)?;
        kept.sync_all()?;
        Ok(received)
    }

    /// Whether the file was received and the database did not know of it then.
    pub fn untaken(&self) -> bool {
        self.0.join(UNTAKEN).exists()
    }

    /// The file as it was received.
    ///
    /// # Errors
    /// It is gone, or on another machine.
    pub fn received(&self) -> io::Result<File> {
        File::open(self.0.join(RECEIVED))
    }

    /// Deletes the received file: its records are in runs.
    ///
    /// # Errors
    /// When the disk does not let it.
    pub fn forget_received(&self) -> io::Result<()> {
        match fs::remove_file(self.0.join(RECEIVED)) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }

    /// Deletes everything.
    ///
    /// # Errors
    /// When the disk does not let it.
    pub fn remove(&self) -> io::Result<()> {
        match fs::remove_dir_all(&self.0) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }

    fn run_path(&self, no: usize) -> PathBuf {
        self.0.join(format!("run-{no:05}"))
    }

    /// Whether every run is there with its length.
    pub fn has(&self, runs: &[Run]) -> bool {
        runs.iter().all(|run| {
            fs::metadata(self.run_path(run.no)).is_ok_and(|m| m.is_file() && m.len() == run.bytes)
        })
    }

    /// Sorts what was gathered and writes it as run `no`; it is on disk when this returns.
    ///
    /// # Errors
    /// When the disk does not let it.
    pub fn write(&self, no: usize, gathered: &mut Gathered) -> io::Result<Run> {
        gathered.order.sort_unstable();
        let mut out = BufWriter::with_capacity(1 << 18, File::create(self.run_path(no))?);
        let mut bytes = 0;
        for (.., start, end) in &gathered.order {
            let record = &gathered.bytes[*start as usize..*end as usize];
            out.write_all(&(end - start).to_le_bytes())?;
            out.write_all(record)?;
            bytes += 4 + record.len() as u64;
        }
        out.into_inner()
            .map_err(io::IntoInnerError::into_error)?
            .sync_all()?;
        Ok(Run {
            no,
            records: gathered.order.len() as u64,
            bytes,
        })
    }

    /// The records of all runs in the order of key and line.
    ///
    /// # Errors
    /// When a run cannot be read.
    pub fn merge(&self, runs: &[Run]) -> io::Result<Merge> {
        let mut merge = Merge {
            runs: Vec::with_capacity(runs.len()),
            heap: BinaryHeap::with_capacity(runs.len()),
            last: None,
        };
        // All buffers together stay small, however many runs there are.
        let buffer = ((32 << 20) / runs.len().max(1)).clamp(4 << 10, 1 << 20);
        for run in runs {
            let file = File::open(self.run_path(run.no))?;
            merge.runs.push(OpenRun {
                input: BufReader::with_capacity(buffer, file),
                record: Vec::new(),
            });
            merge.refill(merge.runs.len() - 1)?;
        }
        Ok(merge)
    }
}

/// Records that are gathered for one run.
#[derive(Debug, Default)]
pub struct Gathered {
    bytes: Vec<u8>,
    /// Key, line, and where the record stands.
    order: Vec<([u8; 16], i64, u32, u32)>,
}

impl Gathered {
    /// Adds a record. `true`: the run is full.
    pub fn add(&mut self, record: &Record<'_>) -> bool {
        let start = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
        wire::put(&mut self.bytes, record);
        let end = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
        self.order
            .push((*record.key.bytes(), record.line, start, end));
        self.bytes.len() >= RUN_BYTES
    }

    /// Nothing was added.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// Makes room for the next run, and keeps the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.order.clear();
    }
}

/// Reads several runs as one.
#[derive(Debug)]
pub struct Merge {
    runs: Vec<OpenRun>,
    /// Key, line and run of the next record of each run, the smallest first.
    heap: BinaryHeap<Reverse<([u8; 16], i64, usize)>>,
    last: Option<usize>,
}

#[derive(Debug)]
struct OpenRun {
    input: BufReader<File>,
    record: Vec<u8>,
}

impl Merge {
    /// The bytes of the next record.
    ///
    /// # Errors
    /// When a run cannot be read.
    pub fn next_record(&mut self) -> io::Result<Option<&[u8]>> {
        if let Some(run) = self.last.take() {
            self.refill(run)?;
        }
        let Some(Reverse((.., run))) = self.heap.pop() else {
            return Ok(None);
        };
        self.last = Some(run);
        Ok(Some(&self.runs[run].record))
    }

    fn refill(&mut self, run: usize) -> io::Result<()> {
        let open = &mut self.runs[run];
        let mut length = [0; 4];
        match open.input.read_exact(&mut length) {
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            other => other?,
        }
        open.record.resize(u32::from_le_bytes(length) as usize, 0);
        open.input.read_exact(&mut open.record)?;
        let damaged = || io::Error::new(io::ErrorKind::InvalidData, "a sorted run is damaged");
        let (key, rest) = open.record.split_at_checked(16).ok_or_else(damaged)?;
        let key = key.try_into().map_err(|_| damaged())?;
        let line = rest
            .first_chunk()
            .copied()
            .map(i64::from_be_bytes)
            .ok_or_else(damaged)?;
        self.heap.push(Reverse((key, line, run)));
        Ok(())
    }
}
