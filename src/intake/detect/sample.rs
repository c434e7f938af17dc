//! The beginning of a file, unpacked, and some parts from further on.

use std::fs::File;
use std::os::unix::fs::FileExt as _;

use super::super::parquet::MAGIC;
use super::super::unpack::{Unpacked, unreadable};
use super::super::{Broken, Limits, Packed};

/// How much of the beginning is looked at, in bytes unpacked.
const HEAD_BYTES: usize = 1 << 20;

/// How many parts of a plain file are looked at besides, and how long each is in bytes.
const PARTS: u64 = 16;
const PART_BYTES: usize = 1 << 16;

/// What is looked at of a file.
pub(super) struct Head {
    pub(super) packed: Packed,
    /// The beginning, unpacked.
    pub(super) bytes: Vec<u8>,
    /// Parts from further on in a plain file, each beginning and ending anywhere.
    pub(super) parts: Vec<Vec<u8>>,
    /// `bytes` is the whole file.
    pub(super) whole: bool,
}

impl Head {
    /// # Errors
    /// A sentence: the file is a folder, is empty, or is damaged at its very beginning.
    pub(super) fn read(file: &File) -> Result<Self, Broken> {
        let unpacked = |packed| {
            let clone = file.try_clone().map_err(|e| unreadable(&e))?;
            Unpacked::open(clone, packed, Limits::default())
        };
        let mut plain = unpacked(Packed::Plain)?;
        let mut bytes = vec![0; 8];
        let n = fill(&mut plain, &mut bytes)?;
        let packed = match &bytes[..n] {
            [0x1f, 0x8b, ..] => Packed::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Packed::Zstd,
            _ => Packed::Plain,
        };
        let mut bytes = vec![0; HEAD_BYTES];
        let n = fill(&mut unpacked(packed)?, &mut bytes)?;
        bytes.truncate(n);
        if n == 0 {
            return Err(Broken("The file is empty.".to_owned()));
        }
        let mut head = Self {
            packed,
            whole: n < HEAD_BYTES,
            bytes,
            parts: Vec::new(),
        };
        if packed == Packed::Plain && !head.whole {
            head.read_parts(file)?;
        }
        Ok(head)
    }

    fn read_parts(&mut self, file: &File) -> Result<(), Broken> {
        let length = file.metadata().map_err(|e| unreadable(&e))?.len();
        for n in 1..=PARTS {
            let mut part = vec![0; PART_BYTES];
            let at = (length / PARTS * n).saturating_sub(PART_BYTES as u64);
            let read = file.read_at(&mut part, at).map_err(|e| unreadable(&e))?;
            part.truncate(read);
            self.parts.push(part);
        }
        Ok(())
    }

    pub(super) fn is_parquet(&self) -> bool {
        self.packed == Packed::Plain && self.bytes.starts_with(MAGIC)
    }

    /// A sentence about a file that is known and not read.
    pub(super) fn other_kind(&self) -> Option<&'static str> {
        let kinds: [(&[u8], &str); 8] = [
            (
                b"PK\x03\x04",
                "The file is a ZIP archive or an Excel workbook. Unpack it, or save the sheet as CSV.",
            ),
            (
                b"\xd0\xcf\x11\xe0",
                "The file is an old Excel workbook or another Office file. Save the sheet as CSV.",
            ),
            (
                b"BZh",
                "The file is packed with bzip2. Unpack it, or pack it with gzip.",
            ),
            (
                b"\xfd7zXZ\0",
                "The file is packed with xz. Unpack it, or pack it with gzip.",
            ),
            (b"7z\xbc\xaf", "The file is a 7-Zip archive. Unpack it."),
            (b"Rar!", "The file is a RAR archive. Unpack it."),
            (b"%PDF", "The file is a PDF. Ask for the list as CSV."),
            (
                b"SQLite format 3\0",
                "The file is an SQLite database. Name it in the file of connections and query it.",
            ),
        ];
        let known = kinds
            .iter()
            .find(|(magic, _)| self.bytes.starts_with(magic));
        if let Some((_, sentence)) = known {
            return Some(sentence);
        }
        if self.packed != Packed::Plain && self.bytes.starts_with(MAGIC) {
            return Some("The file is Parquet, packed once more. Unpack it first.");
        }
        let tar = self.bytes.get(257..262) == Some(b"ustar");
        tar.then_some("The file is a tar archive. Unpack it, and choose a file in it.")
    }
}

/// Reads until `buffer` is full or there is nothing more. What breaks after the first bytes is found
/// again when it is reached.
fn fill(source: &mut Unpacked, buffer: &mut [u8]) -> Result<usize, Broken> {
    let mut n = 0;
    while n < buffer.len() {
        match source.read(&mut buffer[n..]) {
            Ok(0) => break,
            Ok(more) => n += more,
            Err(broken) if n == 0 => return Err(broken),
            Err(_) => break,
        }
    }
    Ok(n)
}
