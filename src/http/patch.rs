//! JSON Merge Patch (RFC 7396): a field left out stays, `null` removes, anything else replaces.

use serde::{Deserialize, Deserializer};

/// For fields that can't be removed: `null` is refused. Use with `#[serde(default)]`.
pub fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

/// For fields that can be removed: `None` left out, `Some(None)` for `null`. Use with `#[serde(default)]`.
pub fn nullable<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(from).map(Some)
}
