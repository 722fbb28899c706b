//! A purl's components, decoded: checked, brought into canonical form, and written down.

use std::collections::BTreeMap;

use super::error::{PurlError, PurlPart};
use super::rules::{self, Namespace};
use super::{percent, special};

/// The decoded components of a purl, to build one from with [`Purl::build`](super::Purl::build).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PurlParts {
    /// The kind of package, `npm` or `maven`.
    pub ty: String,
    /// The prefix of the name, its segments divided by slashes.
    pub namespace: Option<String>,
    /// The name of the package.
    pub name: String,
    /// The version, a text that only its ecosystem understands.
    pub version: Option<String>,
    /// Further data by key; keys are ASCII letters, digits, `.`, `-` and `_`, and begin with a letter.
    pub qualifiers: BTreeMap<String, String>,
    /// A path inside the package, relative to its root.
    pub subpath: Option<String>,
}

/// The longest canonical purl that is taken, in bytes. The standard sets none; an index of PostgreSQL holds no more
/// than 2,704 bytes, and purls are what packages are found by.
pub(super) const MAX_BYTES: usize = 2048;

impl PurlParts {
    /// Brings every component into canonical form and checks it by the standard's and the type's rules.
    pub(super) fn finish(mut self) -> Result<Self, PurlError> {
        self.ty.make_ascii_lowercase();
        check_type(&self.ty)?;
        self.normalize()?;
        self.check()?;
        Ok(self)
    }

    fn normalize(&mut self) -> Result<(), PurlError> {
        let rules = rules::of(&self.ty);
        self.namespace = self.namespace.take().map(|path| kept_segments(&path, &[""])).filter(|path| !path.is_empty());
        self.name = self.name.trim_matches('/').to_owned();
        self.version = self.version.take().filter(|version| !version.is_empty());
        self.subpath =
            self.subpath.take().map(|path| kept_segments(&path, &["", ".", ".."])).filter(|path| !path.is_empty());

        let mut qualifiers = BTreeMap::new();
        for (mut key, mut value) in std::mem::take(&mut self.qualifiers) {
            key.make_ascii_lowercase();
            check_key(&key)?;
            if value.is_empty() {
                continue;
            }
            if key == "checksum" {
                value = value.to_lowercase();
            }
            if qualifiers.contains_key(&key) {
                return Err(repeated(&key));
            }
            qualifiers.insert(key, value);
        }
        self.qualifiers = qualifiers;

        if let Some(namespace) = &mut self.namespace {
            rules.namespace_letters.apply(namespace);
        }
        rules.name_letters.apply(&mut self.name);
        if let Some(version) = &mut self.version {
            rules.version_letters.apply(version);
        }
        if let Some(subpath) = &mut self.subpath {
            rules.subpath_letters.apply(subpath);
        }
        special::normalize(self);
        Ok(())
    }

    fn check(&self) -> Result<(), PurlError> {
        let rules = rules::of(&self.ty);
        if self.name.is_empty() {
            return Err(PurlError::new(PurlPart::Name, "there is no name", "write the package's name after its type"));
        }
        match (rules.namespace, &self.namespace) {
            (Namespace::Required, None) => {
                return Err(PurlError::new(
                    PurlPart::Namespace,
                    format!("packages of type {} have a namespace", self.ty),
                    format!("write it before the name: pkg:{}/<namespace>/{}", self.ty, self.name),
                ));
            }
            (Namespace::Prohibited, Some(namespace)) => {
                return Err(PurlError::new(
                    PurlPart::Namespace,
                    format!("packages of type {} have no namespace, this one has {namespace:?}", self.ty),
                    "write the name directly after the type, with %2F for a slash that is part of it",
                ));
            }
            _ => {}
        }
        if let Some(key) = rules.required_keys.iter().find(|key| !self.qualifiers.contains_key(**key)) {
            return Err(PurlError::new(
                PurlPart::Qualifiers,
                format!("a purl of type {} names its {key}", self.ty),
                format!("add the qualifier {key}=<value>"),
            ));
        }
        self.check_nul()?;
        special::check(self)
    }

    /// No database column and no C string can hold a NUL, and no package has one in its name.
    fn check_nul(&self) -> Result<(), PurlError> {
        let texts = [
            (PurlPart::Namespace, self.namespace.as_deref()),
            (PurlPart::Name, Some(self.name.as_str())),
            (PurlPart::Version, self.version.as_deref()),
            (PurlPart::Subpath, self.subpath.as_deref()),
        ];
        let values = self.qualifiers.values().map(|value| (PurlPart::Qualifiers, Some(value.as_str())));
        for (part, text) in texts.into_iter().chain(values) {
            if text.is_some_and(|text| text.contains('\0')) {
                return Err(PurlError::new(part, "there is a NUL character in it", "leave it out"));
            }
        }
        Ok(())
    }

    /// The canonical text of finished parts, and how many of its bytes name the package alone.
    pub(super) fn write(&self) -> Result<(String, usize), PurlError> {
        let mut out = format!("pkg:{}/", self.ty);
        if let Some(namespace) = &self.namespace {
            percent::encode_path(namespace, &mut out);
            out.push('/');
        }
        // The name of a git repository is its path on the host, and stays readable as one.
        if self.ty == "git" {
            percent::encode_path(&self.name, &mut out);
        } else {
            percent::encode(&self.name, &mut out);
        }
        let package = out.len();
        if let Some(version) = &self.version {
            out.push('@');
            percent::encode(version, &mut out);
        }
        for (i, (key, value)) in self.qualifiers.iter().enumerate() {
            out.push(if i == 0 { '?' } else { '&' });
            out.push_str(key);
            out.push('=');
            percent::encode(value, &mut out);
        }
        if let Some(subpath) = &self.subpath {
            out.push('#');
            percent::encode_path(subpath, &mut out);
        }
        if out.len() > MAX_BYTES {
            return Err(PurlError::new(
                PurlPart::Scheme,
                format!("the purl is {} bytes long", out.len()),
                format!("keep it within {MAX_BYTES} bytes: leave out qualifiers that do not identify the package"),
            ));
        }
        Ok((out, package))
    }
}

fn kept_segments(path: &str, dropped: &[&str]) -> String {
    path.split('/').filter(|segment| !dropped.contains(segment)).collect::<Vec<_>>().join("/")
}

pub(super) fn check_type(ty: &str) -> Result<(), PurlError> {
    let permitted = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-');
    if ty.is_empty() {
        return Err(PurlError::new(
            PurlPart::Type,
            "there is no type",
            "write pkg:<type>/<name>, as in pkg:npm/left-pad",
        ));
    }
    if !ty.starts_with(|c: char| c.is_ascii_alphabetic()) || !ty.bytes().all(permitted) {
        return Err(PurlError::new(
            PurlPart::Type,
            format!("{ty:?} is no type"),
            "a type has ASCII letters, digits, dots and dashes and begins with a letter",
        ));
    }
    Ok(())
}

pub(super) fn check_key(key: &str) -> Result<(), PurlError> {
    let permitted = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
    if key.starts_with(|c: char| c.is_ascii_alphabetic()) && key.bytes().all(permitted) {
        return Ok(());
    }
    Err(PurlError::new(
        PurlPart::Qualifiers,
        format!("{key:?} is no qualifier's key"),
        "a key has ASCII letters, digits, dots, dashes and underscores and begins with a letter; the whole is ?key=value&key=value",
    ))
}

pub(super) fn repeated(key: &str) -> PurlError {
    PurlError::new(PurlPart::Qualifiers, format!("the qualifier {key} stands there twice"), "keep one of them")
}
