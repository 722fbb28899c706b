//! Package URLs: which package, in one line, the same for every ecosystem.
//!
//! By the package-url specification (ECMA-427) with the rules of all its registered types: whoever holds a [`Purl`]
//! holds a valid one in canonical form. Reading is lenient where the specification is (slashes after the scheme,
//! an unencoded scope, capital letters in the type); writing never is.
//!
//! ```
//! use mainstay::kernel::purl::Purl;
//!
//! let purl: Purl = "pkg:PyPI/Django_Package@1.11.1.dev1".parse()?;
//! assert_eq!(purl.as_str(), "pkg:pypi/django-package@1.11.1.dev1");
//! assert_eq!(purl.package(), "pkg:pypi/django-package");
//! # Ok::<(), mainstay::kernel::purl::PurlError>(())
//! ```

mod error;
mod parse;
mod parts;
mod percent;
mod rules;
mod special;
#[cfg(test)]
mod suite;

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::kernel::Fault;

pub use error::{PurlError, PurlPart};
pub use parts::PurlParts;

/// A valid package URL in canonical form, at most 2,048 bytes long. Two are equal when their canonical texts are.
#[derive(Clone)]
pub struct Purl {
    canonical: String,
    package_len: usize,
    parts: PurlParts,
}

impl Purl {
    /// Builds a purl from decoded components, which are brought into canonical form; an empty version, qualifier or
    /// subpath is the same as none.
    ///
    /// # Errors
    /// Where the parts break a rule of the specification or of their type.
    pub fn build(parts: PurlParts) -> Result<Self, PurlError> {
        let parts = parts.finish()?;
        let (canonical, package_len) = parts.write()?;
        Ok(Self { canonical, package_len, parts })
    }

    /// Reads a field of a request, as [`Check`](crate::kernel::Check) wants it.
    ///
    /// # Errors
    /// Where [`FromStr`] fails.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        Ok(text.parse::<Self>()?)
    }

    /// Reads what [`FromStr`] reads, and besides what it refuses for the letter case of a qualifier's key alone.
    /// For data from elsewhere, where an answer is worth more than a lesson.
    ///
    /// # Errors
    /// Where the text is no purl, whatever the case of its letters.
    pub fn read_leniently(text: &str) -> Result<Self, PurlError> {
        Self::build(parse::parse(text, parse::Keys::Folded)?)
    }

    /// The canonical text.
    pub fn as_str(&self) -> &str {
        &self.canonical
    }

    /// The package without version, qualifiers and subpath, in canonical form: `pkg:npm/%40angular/core`.
    /// It is what advisories, listings and bills of materials are joined by.
    pub fn package(&self) -> &str {
        self.canonical.get(..self.package_len).unwrap_or(&self.canonical)
    }

    /// The type, in lowercase: `npm`.
    pub fn ty(&self) -> &str {
        &self.parts.ty
    }

    /// Whether the type is one the package-url project has registered; others have no rules of their own.
    pub fn is_registered_type(&self) -> bool {
        is_registered(&self.parts.ty)
    }

    /// The namespace, decoded: `@angular`.
    pub fn namespace(&self) -> Option<&str> {
        self.parts.namespace.as_deref()
    }

    /// The name, decoded.
    pub fn name(&self) -> &str {
        &self.parts.name
    }

    /// The version, decoded.
    pub fn version(&self) -> Option<&str> {
        self.parts.version.as_deref()
    }

    /// The qualifiers, decoded, by key.
    pub fn qualifiers(&self) -> &BTreeMap<String, String> {
        &self.parts.qualifiers
    }

    /// The subpath, decoded.
    pub fn subpath(&self) -> Option<&str> {
        self.parts.subpath.as_deref()
    }

    /// The decoded components, to build a relative from.
    pub fn into_parts(self) -> PurlParts {
        self.parts
    }
}

/// Whether the package-url project has registered this type; it is in lowercase, as in `npm`.
pub fn is_registered(ty: &str) -> bool {
    rules::registered(ty).is_some()
}

impl FromStr for Purl {
    type Err = PurlError;

    fn from_str(text: &str) -> Result<Self, PurlError> {
        let strict = parse::parse(text, parse::Keys::Strict).and_then(Self::build);
        strict.map_err(|error| match Self::read_leniently(text) {
            Ok(meant) => error.meaning(meant.canonical),
            Err(_also_invalid) => error,
        })
    }
}

impl TryFrom<String> for Purl {
    type Error = PurlError;

    fn try_from(text: String) -> Result<Self, PurlError> {
        text.parse()
    }
}

impl From<Purl> for String {
    fn from(purl: Purl) -> Self {
        purl.canonical
    }
}

impl AsRef<str> for Purl {
    fn as_ref(&self) -> &str {
        &self.canonical
    }
}

impl fmt::Display for Purl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.canonical)
    }
}

impl fmt::Debug for Purl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Purl({})", self.canonical)
    }
}

impl PartialEq for Purl {
    fn eq(&self, other: &Self) -> bool {
        self.canonical == other.canonical
    }
}

impl Eq for Purl {}

impl Hash for Purl {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.canonical.hash(state);
    }
}

impl Ord for Purl {
    fn cmp(&self, other: &Self) -> Ordering {
        self.canonical.cmp(&other.canonical)
    }
}

impl PartialOrd for Purl {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Serialize for Purl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.canonical)
    }
}

impl<'de> Deserialize<'de> for Purl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}
