//! Encodings: bytes of a file as text, a line at a time, and never as something else than what was
//! written.

use std::borrow::Cow;
use std::fs::File;

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::unpack::{Progress, Unpacked};
use super::{Broken, Limits, Packed};

/// The bytes of a text without its byte-order mark. What is UTF-16 in the file comes as UTF-8.
pub(super) struct Input {
    source: Unpacked,
    /// What was read ahead to see the mark.
    head: Vec<u8>,
    wide: Option<Wide>,
}

/// UTF-16 on its way to UTF-8.
struct Wide {
    decoder: Decoder,
    bytes: Vec<u8>,
    /// What of `bytes` is not decoded yet.
    at: usize,
    filled: usize,
    ended: bool,
}

/// How the lines of an [`Input`] are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Charset {
    encoding: &'static Encoding,
    /// The input is decoded already, what could not be is U+FFFD.
    wide: bool,
}

/// Begins to read a text.
///
/// # Errors
/// As [`Unpacked::open`], the encoding is not known, or there is nothing to read.
pub(super) fn open(
    file: File,
    packed: Packed,
    encoding: &str,
    limits: Limits,
) -> Result<(Input, Charset), Broken> {
    Input::begin(Unpacked::open(file, packed, limits)?, encoding)
}

impl Input {
    fn begin(mut source: Unpacked, encoding: &str) -> Result<(Self, Charset), Broken> {
        let named = named(encoding)?;
        let mut head = vec![0; 3];
        let mut n = 0;
        while n < 3 {
            match source.read(&mut head[n..])? {
                0 => break,
                more => n += more,
            }
        }
        head.truncate(n);
        let encoding = match Encoding::for_bom(&head) {
            Some((marked, length)) => {
                head.drain(..length);
                marked
            }
            None => named,
        };
        if n == 0 {
            return Err(Broken("The file is empty.".to_owned()));
        }
        let wide = encoding == UTF_16LE || encoding == UTF_16BE;
        let input = Self {
            source,
            head,
            wide: wide.then(|| Wide::new(encoding)),
        };
        Ok((input, Charset { encoding, wide }))
    }

    pub(super) fn progress(&self) -> Progress {
        self.source.progress()
    }

    /// Reads into `buffer`; 0 at the end.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Broken> {
        match &mut self.wide {
            None => bytes(&mut self.source, &mut self.head, buffer),
            Some(wide) => wide.read(&mut self.source, &mut self.head, buffer),
        }
    }

    #[cfg(test)]
    pub(super) fn of(text: Vec<u8>) -> Self {
        let source = Box::new(std::io::Cursor::new(text));
        let source = Unpacked::new(source, Packed::Plain, Limits::default()).unwrap();
        let (head, wide) = (Vec::new(), None);
        Self { source, head, wide }
    }
}

fn bytes(source: &mut Unpacked, head: &mut Vec<u8>, buffer: &mut [u8]) -> Result<usize, Broken> {
    if head.is_empty() {
        return source.read(buffer);
    }
    let n = head.len().min(buffer.len());
    buffer[..n].copy_from_slice(&head[..n]);
    head.drain(..n);
    Ok(n)
}

impl Wide {
    fn new(encoding: &'static Encoding) -> Self {
        Self {
            decoder: encoding.new_decoder_without_bom_handling(),
            bytes: vec![0; 1 << 16],
            at: 0,
            filled: 0,
            ended: false,
        }
    }

    fn read(
        &mut self,
        source: &mut Unpacked,
        head: &mut Vec<u8>,
        buffer: &mut [u8],
    ) -> Result<usize, Broken> {
        loop {
            if self.at == self.filled && !self.ended {
                self.filled = bytes(source, head, &mut self.bytes)?;
                self.at = 0;
                self.ended = self.filled == 0;
            }
            let input = &self.bytes[self.at..self.filled];
            let (result, read, written, _) = self.decoder.decode_to_utf8(input, buffer, self.ended);
            self.at += read;
            // After the last call the decoder must not be called again.
            if self.ended && result == CoderResult::InputEmpty {
                self.decoder = UTF_8.new_decoder_without_bom_handling();
            }
            if written > 0 || self.ended {
                return Ok(written);
            }
        }
    }
}

/// The encoding of this name.
pub(super) fn named(name: &str) -> Result<&'static Encoding, Broken> {
    Encoding::for_label_no_replacement(name.as_bytes()).ok_or_else(|| {
        Broken(format!(
            "The encoding \"{name}\" is not known. UTF-8, windows-1252 and UTF-16LE are, among others."
        ))
    })
}

impl Charset {
    /// For lines in the encoding of this name that are no UTF-16.
    #[cfg(test)]
    pub(super) fn of(name: &str) -> Self {
        let encoding = named(name).unwrap();
        let wide = false;
        Self { encoding, wide }
    }

    /// `line` as text.
    ///
    /// # Errors
    /// A sentence: a NUL byte, or the line is not written in this encoding.
    pub(super) fn text<'a>(self, line: &'a [u8]) -> Result<Cow<'a, str>, String> {
        if line.contains(&0) {
            return Err("The line has a NUL byte in it, which no text has.".to_owned());
        }
        if self.encoding == UTF_8 || self.wide {
            let text = std::str::from_utf8(line).map_err(|e| not_utf8(line, e.valid_up_to()))?;
            if self.wide && text.contains('\u{fffd}') {
                let name = self.encoding.name();
                return Err(format!("A character of the line is not valid in {name}."));
            }
            return Ok(Cow::Borrowed(text));
        }
        self.decode(line)
    }

    fn decode<'a>(self, line: &'a [u8]) -> Result<Cow<'a, str>, String> {
        let name = self.encoding.name();
        let text = self
            .encoding
            .decode_without_bom_handling_and_without_replacement(line)
            .ok_or_else(|| format!("A character of the line is not valid in {name}."))?;
        if self.encoding.is_single_byte() && !line.is_ascii() {
            if std::str::from_utf8(line).is_ok() {
                return Err(format!(
                    "The line is written in UTF-8, and the file in {name}. Two files of different \
                     encodings may have been put together."
                ));
            }
            if let Some(c) = text.chars().find(|c| ('\u{80}'..'\u{a0}').contains(c)) {
                let code = u32::from(c);
                return Err(format!(
                    "The byte {code:#04x} stands for no character in {name}."
                ));
            }
        }
        Ok(text)
    }
}

fn not_utf8(line: &[u8], at: usize) -> String {
    let byte = line.get(at).copied().unwrap_or_default();
    format!(
        "The line is not UTF-8 (byte {byte:#04x} at place {}). If the whole file is in another encoding, \
         choose that; if only some lines are, they were put in by another program.",
        at + 1
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_in_another_encoding_is_told_and_not_garbled() {
        let utf8 = Charset::of("utf-8");
        assert_eq!(utf8.text("Bär".as_bytes()).unwrap(), "Bär");
        assert!(
            utf8.text(b"B\xe4r")
                .unwrap_err()
                .contains("0xe4 at place 2")
        );
        let latin = Charset::of("iso-8859-1");
        assert_eq!(latin.text(b"B\xe4r \x80").unwrap(), "Bär €");
        assert!(latin.text("Bär".as_bytes()).unwrap_err().contains("UTF-8"));
        assert!(latin.text(b"\xe4\x81").unwrap_err().contains("0x81"));
        assert!(utf8.text(b"a\0b").unwrap_err().contains("NUL"));
        let sjis = Charset::of("shift_jis");
        assert_eq!(sjis.text(b"\x93\xfa\x96\x7b").unwrap(), "日本");
        assert!(sjis.text(b"\x93\n").is_err());
    }
}
