//! Gzip is read as it is.

use crate::features::projects::problems::WRONG_FILE;
use crate::kernel::{Error, Result};
use std::io::Read as _;

/// The first two bytes of every gzip file (RFC 1952).
const MAGIC: [u8; 2] = [0x1F, 0x8B];

/// The bytes themselves, or what is packed in them, at most `most` bytes of it: a small file may hold an endless one.
///
/// # Errors
/// Where the packed data is damaged or too much.
pub fn unpack(bytes: Vec<u8>, most: u64) -> Result<Vec<u8>> {
    if !bytes.starts_with(&MAGIC) {
        return Ok(bytes);
    }
    let mut plain = Vec::new();
    let done = flate2::read::MultiGzDecoder::new(bytes.as_slice()).take(most.saturating_add(1)).read_to_end(&mut plain);
    let lines = plain.split(|byte| *byte == b'\n').count();
    if let Err(cause) = done {
        let detail =
            format!("The gzip data is damaged: it can be read up to line {lines}, column 1, and no further ({cause}).");
        return Err(Error::new(&WRONG_FILE, detail));
    }
    if u64::try_from(plain.len()).is_ok_and(|size| size > most) {
        return Err(Error::new(
            &WRONG_FILE,
            format!("The file holds more than {most} bytes once it is unpacked; split it."),
        ));
    }
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        writer.write_all(text).unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn gzip_is_known_by_its_first_bytes() {
        assert_eq!(unpack(b"plain".to_vec(), 9).unwrap(), b"plain");
        assert_eq!(unpack(packed(b"two\nlines"), 9).unwrap(), b"two\nlines");
        let members = [packed(b"a\n"), packed(b"b\n")].concat();
        assert_eq!(unpack(members, 9).unwrap(), b"a\nb\n");
    }

    #[test]
    fn what_is_damaged_or_endless_is_refused() {
        let mut broken = packed(b"two\nlines");
        broken.truncate(broken.len() - 5);
        assert!(unpack(broken, 99).unwrap_err().detail().contains("line 2, column 1"));
        assert!(unpack(packed(&[b'x'; 100]), 99).unwrap_err().detail().contains("more than 99 bytes"));
    }
}
