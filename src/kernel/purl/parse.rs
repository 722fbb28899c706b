//! From a text to decoded components, each remembered with its place for the sake of errors.

use std::collections::BTreeMap;

use super::error::{PurlError, PurlPart};
use super::parts::{self, PurlParts};
use super::percent::{self, Undecodable};
use super::rules;

/// How to take qualifier keys that the type defines, written in another case than lowercase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keys {
    /// Refuse them.
    Strict,
    /// Read them as if they were in lowercase.
    Folded,
}

/// A text split at its separators.
struct Split<'a> {
    whole: &'a str,
    ty: &'a str,
    namespace: Option<&'a str>,
    name: &'a str,
    version: Option<&'a str>,
    qualifiers: Option<&'a str>,
    subpath: Option<&'a str>,
}

/// Reads a purl and finishes its parts.
pub(super) fn parse(text: &str, keys: Keys) -> Result<PurlParts, PurlError> {
    let split = split(text)?;
    let parts = PurlParts {
        ty: split.ty.to_owned(),
        namespace: split.namespace.map(|path| split.decode_path(PurlPart::Namespace, path)).transpose()?,
        name: split.decode(PurlPart::Name, split.name)?,
        version: split.version.map(|text| split.decode(PurlPart::Version, text)).transpose()?,
        qualifiers: split.qualifiers(keys)?,
        subpath: split.subpath.map(|path| split.decode_path(PurlPart::Subpath, path)).transpose()?,
    };
    parts.finish().map_err(|error| {
        let place = match error.part() {
            PurlPart::Scheme => split.whole,
            PurlPart::Type => split.ty,
            PurlPart::Namespace => split.namespace.unwrap_or(split.name),
            PurlPart::Name => split.name,
            PurlPart::Version => split.version.unwrap_or(split.name),
            PurlPart::Qualifiers => split.qualifiers.unwrap_or(split.name),
            PurlPart::Subpath => split.subpath.unwrap_or(split.name),
        };
        error.at(column(text, place, 0))
    })
}

fn split(whole: &str) -> Result<Split<'_>, PurlError> {
    if let Some((byte, c)) = whole.char_indices().find(|(_, c)| c.is_control()) {
        return Err(PurlError::new(
            PurlPart::Scheme,
            format!("there is the control character {c:?} in the text"),
            "leave it out, or percent-encode it",
        )
        .at(column(whole, whole, byte)));
    }
    let Some((scheme, rest)) = whole.split_once(':').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("pkg")) else {
        return Err(PurlError::new(PurlPart::Scheme, "a purl begins with pkg:", "write pkg:<type>/<name>").at(1));
    };
    debug_assert_eq!(scheme.len(), 3);
    // The first hash sign and the first question mark divide, as in every URL.
    let (rest, subpath) = cut(rest, '#');
    let (rest, qualifiers) = cut(rest, '?');
    let rest = rest.trim_start_matches('/');
    let Some((ty, path)) = rest.split_once('/') else {
        parts::check_type(rest).map_err(|error| error.at(column(whole, rest, 0)))?;
        return Err(PurlError::new(PurlPart::Name, "there is no name", "write pkg:<type>/<name>").at(column(
            whole,
            rest,
            rest.len(),
        )));
    };
    parts::check_type(ty).map_err(|error| error.at(column(whole, ty, 0)))?;
    let (path, version) = cut_version(path);
    if version.is_some() && path.ends_with('/') {
        return Err(PurlError::new(PurlPart::Name, "there is no name before the version", "write it after the slash")
            .at(column(whole, path, path.len())));
    }
    let path = path.trim_matches('/');
    // A git repository is its host and its path there; elsewhere the last segment is the name.
    let divided = if ty.eq_ignore_ascii_case("git") { path.split_once('/') } else { path.rsplit_once('/') };
    let (namespace, name) = divided.map_or((None, path), |(namespace, name)| (Some(namespace), name));
    Ok(Split { whole, ty, namespace, name, version, qualifiers, subpath })
}

fn cut(text: &str, separator: char) -> (&str, Option<&str>) {
    text.split_once(separator).map_or((text, None), |(left, right)| (left, Some(right)))
}

/// The last at sign divides the version off, unless it is the first letter of a scope that somebody forgot to encode
/// (`pkg:npm/@babel/core`).
fn cut_version(path: &str) -> (&str, Option<&str>) {
    match path.rsplit_once('@') {
        Some((before, after)) if (before.is_empty() || before.ends_with('/')) && after.contains('/') => (path, None),
        Some((before, after)) => (before, Some(after)),
        None => (path, None),
    }
}

/// The column, in characters from 1, of the byte `offset` of `place`, which is a part of `whole`.
fn column(whole: &str, place: &str, offset: usize) -> usize {
    let byte = place.as_ptr().addr().saturating_sub(whole.as_ptr().addr()).saturating_add(offset);
    whole.char_indices().take_while(|(at, _)| *at < byte).count().saturating_add(1)
}

impl Split<'_> {
    fn fail(&self, error: PurlError, place: &str, offset: usize) -> PurlError {
        error.at(column(self.whole, place, offset))
    }

    fn decode(&self, part: PurlPart, text: &str) -> Result<String, PurlError> {
        percent::decode(text).map_err(|undecodable| match undecodable {
            Undecodable::Triplet(at) => self.fail(
                PurlError::new(
                    part,
                    "a percent sign without two hexadecimal digits after it",
                    "write %25 for the percent sign itself",
                ),
                text,
                at,
            ),
            Undecodable::Utf8 => self.fail(
                PurlError::new(part, "the percent-encoded bytes are no UTF-8", "encode the text as UTF-8 first"),
                text,
                0,
            ),
        })
    }

    fn decode_path(&self, part: PurlPart, path: &str) -> Result<String, PurlError> {
        let mut decoded = Vec::new();
        for segment in path.split('/') {
            let text = self.decode(part, segment)?;
            if text.contains('/') {
                let error = PurlError::new(
                    part,
                    "a segment holds an encoded slash",
                    "write a plain slash, which divides segments, or another character",
                );
                return Err(self.fail(error, segment, 0));
            }
            decoded.push(text);
        }
        Ok(decoded.join("/"))
    }

    fn qualifiers(&self, keys: Keys) -> Result<BTreeMap<String, String>, PurlError> {
        let mut qualifiers = BTreeMap::new();
        for pair in self.qualifiers.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
            let Some((key, value)) = pair.split_once('=') else {
                let error = PurlError::new(
                    PurlPart::Qualifiers,
                    format!("{pair:?} has no value"),
                    "write key=value, with %26 for an ampersand inside a value",
                );
                return Err(self.fail(error, pair, 0));
            };
            parts::check_key(key).map_err(|error| self.fail(error, key, 0))?;
            let lower = key.to_ascii_lowercase();
            if keys == Keys::Strict && lower != key {
                self.check_case(key, &lower)?;
            }
            let value = self.decode(PurlPart::Qualifiers, value)?;
            if value.is_empty() {
                continue;
            }
            if qualifiers.insert(lower.clone(), value).is_some() {
                return Err(self.fail(parts::repeated(&lower), key, 0));
            }
        }
        Ok(qualifiers)
    }

    /// The standard wants keys in lowercase. Its suite refuses a key of the type's own in another case and reads any
    /// other as if it were in lowercase; so do we.
    fn check_case(&self, key: &str, lower: &str) -> Result<(), PurlError> {
        let ty = self.ty.to_ascii_lowercase();
        if !rules::of(&ty).keys.contains(&lower) {
            return Ok(());
        }
        let error = PurlError::new(
            PurlPart::Qualifiers,
            format!("the key {key:?} has capital letters"),
            format!("write {lower:?}"),
        );
        Err(self.fail(error, key, 0))
    }
}
