//! Zip archives, as far as databases of advisories come in them: files stored or deflated, found by the directory at the end.

use flate2::read::DeflateDecoder;
use std::io::Read as _;

/// The most that one file may hold once it is unpacked.
const MOST: u64 = 64 << 20;

/// A file of an archive.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) name: String,
    method: u16,
    packed: usize,
    header: usize,
}

/// Whether these bytes begin as an archive does.
pub(super) fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

fn number(bytes: &[u8], at: usize, length: usize) -> Result<usize, String> {
    let part = bytes.get(at..at.saturating_add(length)).ok_or("it breaks off")?;
    Ok(part.iter().rev().fold(0, |number, byte| (number << 8) | usize::from(*byte)))
}

/// The files that the directory names.
pub(super) fn files(bytes: &[u8]) -> Result<Vec<Entry>, String> {
    // The end record has 22 bytes, and a comment of at most 65,535 after it.
    let from = bytes.len().saturating_sub(22 + 65_535);
    let tail = bytes.get(from..).unwrap_or_default();
    let end =
        tail.windows(4).rposition(|four| four == b"PK\x05\x06").ok_or("it has no directory; is it whole?")? + from;
    let (count, mut at) = (number(bytes, end + 10, 2)?, number(bytes, end + 16, 4)?);
    if at == 0xffff_ffff {
        return Err("it is of the 64-bit kind; unpack it and send its files as a list".to_owned());
    }
    let mut found = Vec::new();
    // With more than 65,535 files the count wraps around: the signature ends the directory then.
    while bytes.get(at..at.saturating_add(4)) == Some(b"PK\x01\x02".as_slice()) {
        let (name, extra, comment) =
            (number(bytes, at + 28, 2)?, number(bytes, at + 30, 2)?, number(bytes, at + 32, 2)?);
        let text = bytes.get(at + 46..at + 46 + name).ok_or("it breaks off")?;
        found.push(Entry {
            name: String::from_utf8_lossy(text).into_owned(),
            method: u16::try_from(number(bytes, at + 10, 2)?).unwrap_or(u16::MAX),
            packed: number(bytes, at + 20, 4)?,
            header: number(bytes, at + 42, 4)?,
        });
        at += 46 + name + extra + comment;
    }
    if found.len() < count {
        return Err(format!("its directory names {count} files and has {}", found.len()));
    }
    Ok(found)
}

impl Entry {
    /// What is in the file.
    pub(super) fn unpack(&self, bytes: &[u8]) -> Result<Vec<u8>, String> {
        let skip =
            number(bytes, self.header.saturating_add(26), 2)? + number(bytes, self.header.saturating_add(28), 2)?;
        let from = self.header + 30 + skip;
        let packed = bytes.get(from..from.saturating_add(self.packed)).ok_or("it breaks off")?;
        match self.method {
            0 => Ok(packed.to_vec()),
            8 => {
                let mut plain = Vec::new();
                DeflateDecoder::new(packed)
                    .take(MOST + 1)
                    .read_to_end(&mut plain)
                    .map_err(|error| format!("it is damaged: {error}"))?;
                if u64::try_from(plain.len()).is_ok_and(|size| size > MOST) {
                    return Err(format!("it holds more than {MOST} bytes"));
                }
                Ok(plain)
            }
            other => Err(format!("it is packed by method {other}, which is not read here")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::DeflateEncoder};
    use std::io::Write as _;

    /// Name, content, and whether it is deflated.
    fn archive(files: &[(&str, &[u8], bool)]) -> Vec<u8> {
        let (mut out, mut directory) = (Vec::new(), Vec::new());
        let two = |number: usize| u16::try_from(number).unwrap().to_le_bytes();
        let four = |number: usize| u32::try_from(number).unwrap().to_le_bytes();
        for (name, content, deflated) in files {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(content).unwrap();
            let packed = if *deflated { encoder.finish().unwrap() } else { content.to_vec() };
            let method = two(if *deflated { 8 } else { 0 });
            let sizes = [four(0), four(packed.len()), four(content.len())].concat();
            let header = out.len();
            out.extend(
                [
                    &b"PK\x03\x04"[..],
                    &[20, 0, 0, 0],
                    &method,
                    &[0; 4],
                    &sizes,
                    &two(name.len()),
                    &two(0),
                    name.as_bytes(),
                    &packed,
                ]
                .concat(),
            );
            directory.extend(
                [
                    &b"PK\x01\x02"[..],
                    &[20, 0, 20, 0, 0, 0],
                    &method,
                    &[0; 4],
                    &sizes,
                    &two(name.len()),
                    &[0; 12],
                    &four(header),
                    name.as_bytes(),
                ]
                .concat(),
            );
        }
        let (start, count) = (out.len(), two(files.len()));
        let end = [&b"PK\x05\x06"[..], &[0; 4], &count, &count, &four(directory.len()), &four(start), &two(0)].concat();
        [out, directory, end].concat()
    }

    #[test]
    fn files_are_found_and_unpacked() {
        let bytes = archive(&[("a.json", b"{\"a\": 1}", true), ("b.txt", b"plain", false)]);
        assert!(is_archive(&bytes));
        let found = files(&bytes).unwrap();
        let read: Vec<_> = found.iter().map(|file| (file.name.as_str(), file.unpack(&bytes).unwrap())).collect();
        assert_eq!(read, [("a.json", b"{\"a\": 1}".to_vec()), ("b.txt", b"plain".to_vec())]);
    }

    #[test]
    fn damage_is_told() {
        let bytes = archive(&[("a.json", &[b'x'; 500], true)]);
        assert!(files(&bytes[..bytes.len() - 30]).is_err());
        let mut broken = bytes.clone();
        broken[40] ^= 0xff;
        assert!(files(&broken).unwrap()[0].unpack(&broken).is_err());
        for length in 0..bytes.len() {
            let _ = files(&bytes[..length])
                .map(|found| found.iter().map(|file| file.unpack(&bytes[..length]).is_ok()).count());
        }
    }
}
