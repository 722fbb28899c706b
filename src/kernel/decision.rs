//! What a policy answers, and the proof that it was asked.

use super::{Error, Result};
use std::ops::Deref;

/// The answer of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Yes.
    Allow,
    /// The caller may know of the thing, but not do this; the sentence says who may.
    Deny(&'static str),
    /// The caller may not even know that the thing exists.
    Hide,
}

impl Decision {
    /// Allows when the condition holds, else denies with the sentence.
    pub fn allow_if(holds: bool, else_because: &'static str) -> Self {
        if holds { Self::Allow } else { Self::Deny(else_because) }
    }

    /// Wraps the value in a proof that the caller may act on it, or fails with 403 or 404; `what` names it for the 404.
    pub fn prove<T>(self, value: T, what: &'static str) -> Result<Allowed<T>> {
        match self {
            Self::Allow => Ok(Allowed(value)),
            Self::Deny(because) => Err(Error::forbidden(because)),
            Self::Hide => Err(Error::not_found(what)),
        }
    }
}

/// A value on which a policy has allowed the action at hand. Store functions that write ask for it.
#[derive(Debug, Clone)]
pub struct Allowed<T>(T);

impl<T> Allowed<T> {
    /// The value itself, once nothing more is to be written.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Allowed<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}
