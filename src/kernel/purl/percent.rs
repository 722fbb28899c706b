//! Percent-encoding as the package-url specification has it (ECMA-427, 5.4), which is stricter than a URL's.

use std::fmt::Write as _;

/// Appends `text` to `out`, with every byte encoded but letters, digits, `.-_~` and the colon.
pub(super) fn encode(text: &str, out: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'~' | b':') {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

/// Appends the segments of `path`, each encoded, with their slashes left as they are.
pub(super) fn encode_path(path: &str, out: &mut String) {
    for (i, segment) in path.split('/').enumerate() {
        if i > 0 {
            out.push('/');
        }
        encode(segment, out);
    }
}

/// Why a text cannot be decoded.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Undecodable {
    /// The percent sign at this byte of the text is not followed by two hexadecimal digits.
    Triplet(usize),
    /// The decoded bytes are no UTF-8.
    Utf8,
}

/// Decodes each `%XX`; whatever else stands in the text stays, a plus sign too.
pub(super) fn decode(text: &str) -> Result<String, Undecodable> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes().enumerate();
    while let Some((at, byte)) = rest.next() {
        if byte == b'%' {
            let high = rest.next().and_then(|(_, digit)| hex(digit));
            let low = rest.next().and_then(|(_, digit)| hex(digit));
            let (Some(high), Some(low)) = (high, low) else {
                return Err(Undecodable::Triplet(at));
            };
            bytes.push(high << 4 | low);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).map_err(|_invalid| Undecodable::Utf8)
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_encoded_decodes_to_itself(text in ".*") {
            let mut encoded = String::new();
            encode(&text, &mut encoded);
            prop_assert!(encoded.is_ascii());
            prop_assert_eq!(decode(&encoded).unwrap(), text);
        }
    }

    #[test]
    fn broken_triplets_are_found_where_they_stand() {
        assert_eq!(decode("a%2"), Err(Undecodable::Triplet(1)));
        assert_eq!(decode("%zz"), Err(Undecodable::Triplet(0)));
        assert_eq!(decode("%FF"), Err(Undecodable::Utf8));
        assert_eq!(decode("a+b%2Bc").as_deref(), Ok("a+b+c"));
    }
}
