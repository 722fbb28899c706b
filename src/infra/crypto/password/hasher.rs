//! Argon2id (RFC 9106) off the async threads, so many at a time and no more.

use super::normalize;
use crate::infra::clock::OsEntropy;
use crate::infra::config::Auth;
use crate::kernel::{Entropy, Error, Fault, Result};
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::password_hash::{self, PasswordHasher as _, PasswordVerifier as _};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Version};
use secrecy::{ExposeSecret as _, SecretString};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Requests that may wait for each slot; at 30 ms a hash the last of them waits about a second.
const QUEUE_PER_SLOT: usize = 32;
/// How long one request waits before it is told to come back.
const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// Bytes beyond which a password to verify is not even normalized: 128 characters never take as many.
const MOST_BYTES: usize = 4096;

/// What one hash costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Params {
    memory_kib: u32,
    iterations: u32,
    parallelism: u32,
}

impl Params {
    /// Checks the costs: memory in KiB (at least 8 a lane, at most 4 GiB), passes (1 to 1000), lanes (1 to 64).
    pub fn new(memory_kib: u32, iterations: u32, parallelism: u32) -> Result<Self, Fault> {
        let wrong = |what: String| Err(Fault::new("invalid_argon2", what));
        if !(1..=64).contains(&parallelism) {
            return wrong(format!("argon2 takes 1 to 64 lanes; these are {parallelism}."));
        }
        if !(8 * parallelism..=4 * 1024 * 1024).contains(&memory_kib) {
            return wrong(format!(
                "argon2 takes {} KiB to 4 GiB of memory; these are {memory_kib} KiB.",
                8 * parallelism
            ));
        }
        if !(1..=1000).contains(&iterations) {
            return wrong(format!("argon2 takes 1 to 1000 passes; these are {iterations}."));
        }
        Ok(Self { memory_kib, iterations, parallelism })
    }

    fn argon2(self) -> Result<Argon2<'static>> {
        let params = argon2::Params::new(self.memory_kib, self.iterations, self.parallelism, Some(OUTPUT))
            .map_err(|e| Error::internal(format!("argon2: {e}")))?;
        Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }
}

impl Default for Params {
    /// The first choice of OWASP's Password Storage Cheat Sheet: 19 MiB, 2 passes, 1 lane.
    fn default() -> Self {
        Self { memory_kib: 19_456, iterations: 2, parallelism: 1 }
    }
}

/// Bytes of a hash.
const OUTPUT: usize = 32;
/// Bytes of a salt, as RFC 9106 section 3.1 recommends.
const SALT: usize = 16;

/// The answer to a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// It is the right one.
    pub ok: bool,
    /// It is, and its stored hash was made with other parameters than today's: hash it again while it is at hand.
    pub needs_rehash: bool,
}

/// Hashes and verifies passwords. Clones share one queue.
#[derive(Clone)]
pub struct Hasher(Arc<Shared>);

struct Shared {
    params: Params,
    slots: Arc<Semaphore>,
    most_waiting: usize,
    waiting: AtomicUsize,
    longest_wait: Duration,
    entropy: Arc<dyn Entropy>,
}

impl Hasher {
    /// A hasher that runs at most `parallel` hashes at a time (at least one), salted by the operating system.
    pub fn new(params: Params, parallel: usize) -> Self {
        Self::with_entropy(params, parallel, Arc::new(OsEntropy))
    }

    /// The hasher that the settings ask for.
    pub fn from_settings(settings: &Auth) -> Result<Self> {
        let params = Params::new(settings.argon2_memory_kib, settings.argon2_iterations, settings.argon2_parallelism)
            .map_err(|fault| Error::internal(fault.detail))?;
        Ok(Self::new(params, settings.hash_parallel))
    }

    /// [`Hasher::new`] with another source of salts.
    pub fn with_entropy(params: Params, parallel: usize, entropy: Arc<dyn Entropy>) -> Self {
        let parallel = parallel.clamp(1, 1024);
        Self(Arc::new(Shared {
            params,
            slots: Arc::new(Semaphore::new(parallel)),
            most_waiting: parallel * QUEUE_PER_SLOT,
            waiting: AtomicUsize::new(0),
            longest_wait: LONGEST_WAIT,
            entropy,
        }))
    }

    /// The costs in force.
    pub fn params(&self) -> Params {
        self.0.params
    }

    /// Hashes a password into its PHC string (`$argon2id$v=19$m=…`). Unavailable when too many wait.
    pub async fn hash(&self, password: SecretString) -> Result<String> {
        let shared = Arc::clone(&self.0);
        self.run(move || shared.hash(&password)).await
    }

    /// Verifies a password against a stored PHC string. With `None`, for an account that does not exist, it works through
    /// a hash that no password has, at today's parameters, so that the answer takes as long. Unavailable when too many wait.
    pub async fn verify(&self, password: SecretString, stored: Option<String>) -> Result<Verdict> {
        let shared = Arc::clone(&self.0);
        self.run(move || shared.verify(&password, stored.as_deref())).await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
        let permit = self.slot().await?;
        tokio::task::spawn_blocking(move || {
            // Held by the work itself: a request that goes away does not make room for another while its hash still runs.
            let _permit = permit;
            work()
        })
        .await
        .map_err(Error::internal)?
    }

    async fn slot(&self) -> Result<OwnedSemaphorePermit> {
        if let Ok(permit) = Arc::clone(&self.0.slots).try_acquire_owned() {
            return Ok(permit);
        }
        let _place = Place::take(&self.0)
            .ok_or_else(|| Error::unavailable("too many passwords wait to be hashed; see auth.hash_parallel"))?;
        match tokio::time::timeout(self.0.longest_wait, Arc::clone(&self.0.slots).acquire_owned()).await {
            Ok(permit) => permit.map_err(Error::internal),
            Err(late) => Err(Error::unavailable(late)),
        }
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hasher").field("params", &self.0.params).finish_non_exhaustive()
    }
}

/// A place in the queue, given back when dropped, also when the request is cancelled.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(shared: &'a Shared) -> Option<Self> {
        let place = Self(&shared.waiting);
        (shared.waiting.fetch_add(1, Ordering::Relaxed) < shared.most_waiting).then_some(place)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Shared {
    fn hash(&self, password: &SecretString) -> Result<String> {
        let mut salt = [0u8; SALT];
        self.entropy.fill(&mut salt);
        let hash = self
            .params
            .argon2()?
            .hash_password_with_salt(normalize(password.expose_secret()).as_bytes(), &salt)
            .map_err(|e| Error::internal(format!("argon2: {e}")))?;
        Ok(hash.to_string())
    }

    fn verify(&self, password: &SecretString, stored: Option<&str>) -> Result<Verdict> {
        let argon2 = self.params.argon2()?;
        let password = password.expose_secret();
        let plausible = password.len() <= MOST_BYTES;
        let password = if plausible { normalize(password) } else { String::new().into() };
        let known = stored.map(read).transpose()?;
        let hash = match known.as_ref().filter(|_| plausible) {
            Some(hash) => hash.clone(),
            None => self.dummy()?,
        };
        match argon2.verify_password(password.as_bytes(), &hash) {
            Ok(()) => Ok(Verdict { ok: known.is_some() && plausible, needs_rehash: !self.is_current(&hash) }),
            Err(password_hash::Error::PasswordInvalid) => Ok(Verdict { ok: false, needs_rehash: false }),
            Err(e) => Err(Error::internal(format!("a stored password hash: {e}"))),
        }
    }

    /// A hash of today's parameters whose output is plain chance: no password leads to it.
    fn dummy(&self) -> Result<PasswordHash> {
        let mut chance = [0u8; SALT + OUTPUT];
        self.entropy.fill(&mut chance);
        let (salt, output) = chance.split_at(SALT);
        let broken = |e: password_hash::phc::Error| Error::internal(format!("argon2: {e}"));
        let params =
            ParamsString::try_from(self.params.argon2()?.params()).map_err(|e| Error::internal(e.to_string()))?;
        Ok(PasswordHash {
            algorithm: ARGON2ID_IDENT,
            version: Some(Version::V0x13.into()),
            params,
            salt: Some(Salt::new(salt).map_err(broken)?),
            hash: Some(Output::new(output).map_err(broken)?),
        })
    }

    fn is_current(&self, hash: &PasswordHash) -> bool {
        let wanted = |name: &str, value: u32| hash.params.get_decimal(name) == Some(value);
        hash.algorithm == ARGON2ID_IDENT
            && hash.version == Some(Version::V0x13.into())
            && wanted("m", self.params.memory_kib)
            && wanted("t", self.params.iterations)
            && wanted("p", self.params.parallelism)
            && hash.hash.as_ref().is_some_and(|output| output.as_bytes().len() == OUTPUT)
    }
}

/// Reads a stored hash. A damaged one is our fault: nobody should be told that the password is wrong.
fn read(stored: &str) -> Result<PasswordHash> {
    let hash = PasswordHash::new(stored).map_err(|e| Error::internal(format!("a stored password hash: {e}")))?;
    if hash.salt.is_none() || hash.hash.is_none() {
        return Err(Error::internal("a stored password hash is cut short"));
    }
    Ok(hash)
}

#[cfg(test)]
mod tests;
