//! Everything that a use case needs from the outside, in one cheap handle.

use super::config::Settings;
use super::crypto::{Hasher, Keyring, Sealer};
use super::db::Store;
use super::dns::Dns;
use super::failures::Failures;
use super::fetch::Fetcher;
use super::remembered::Remembered;
use super::throttle::Throttle;
use crate::kernel::{Clock, Entropy, Ids, Timestamp};
use std::sync::Arc;

/// The parts of a [`Ctx`].
pub struct Parts {
    /// The database.
    pub store: Store,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Gives unpredictable bytes.
    pub entropy: Arc<dyn Entropy>,
    /// What was configured.
    pub settings: Settings,
    /// Hashes passwords, off the async threads.
    pub hasher: Hasher,
    /// Signs and verifies access tokens.
    pub keyring: Keyring,
    /// Seals secrets at rest.
    pub sealer: Sealer,
    /// Fetches from outside.
    pub fetcher: Fetcher,
}

/// A cheap handle on the outside: store, clock, chance, ids, settings, keys.
#[derive(Clone)]
pub struct Ctx(Arc<(Parts, Ids, Throttle, Remembered, Failures)>);

impl std::fmt::Debug for Ctx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ctx")
    }
}

impl Ctx {
    /// A handle over these parts.
    pub fn new(parts: Parts) -> Self {
        let ids = Ids::new(parts.clock.clone(), parts.entropy.clone());
        Self(Arc::new((parts, ids, Throttle::default(), Remembered::default(), Failures::default())))
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.0.0.store
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.0.0.clock.now()
    }

    /// The clock itself.
    pub fn clock(&self) -> Arc<dyn Clock> {
        self.0.0.clock.clone()
    }

    /// Unpredictable bytes.
    pub fn entropy(&self) -> &dyn Entropy {
        self.0.0.entropy.as_ref()
    }

    /// The source of unpredictable bytes, to be kept.
    pub fn shared_entropy(&self) -> Arc<dyn Entropy> {
        self.0.0.entropy.clone()
    }

    /// Makes ids.
    pub fn ids(&self) -> &Ids {
        &self.0.1
    }

    /// What was configured.
    pub fn settings(&self) -> &Settings {
        &self.0.0.settings
    }

    /// Where people reach this installation, without a slash at its end.
    pub fn site(&self) -> &str {
        self.settings().server.public_url.trim_end_matches('/')
    }

    /// Hashes passwords.
    pub fn hasher(&self) -> &Hasher {
        &self.0.0.hasher
    }

    /// Signs and verifies access tokens.
    pub fn keyring(&self) -> &Keyring {
        &self.0.0.keyring
    }

    /// Slows down whoever guesses.
    pub fn throttle(&self) -> &Throttle {
        &self.0.2
    }

    /// Wrong passwords that the log has yet to tell of.
    pub fn failures(&self) -> &Failures {
        &self.0.4
    }

    /// Documents fetched from outside, kept for a while.
    pub fn remembered(&self) -> &Remembered {
        &self.0.3
    }

    /// Seals secrets at rest.
    pub fn sealer(&self) -> &Sealer {
        &self.0.0.sealer
    }

    /// Fetches from outside.
    pub fn fetcher(&self) -> &Fetcher {
        &self.0.0.fetcher
    }

    /// The name service.
    pub fn dns(&self) -> &Dns {
        self.0.0.fetcher.dns()
    }
}
