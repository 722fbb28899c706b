//! Secrets that must be read again (signing keys, second factors) are kept sealed: AES-256-GCM under a master key that is
//! not in the database.
//!
//! In text: `s1.<key id>.<base64url of nonce, ciphertext and tag>`. The head and the purpose are authenticated with the
//! ciphertext, so a value moved to another column, or from another kind of secret, does not open. Nonces are 96 random
//! bits; NIST SP 800-38D allows 2^32 values under one key that way, far beyond the few thousand kept here.

use super::token::hex;
use crate::infra::config::Settings;
use crate::kernel::{Entropy, Error, Fault, Result};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use zeroize::Zeroizing;

/// Version of the text form of a stamp.
const STAMP_VERSION: &str = "m1";
/// Version of the text form.
const VERSION: &str = "s1";

/// 256 bits; the base64 text or the file that holds it is all there is to back up. It seals by itself, and the key that
/// authenticates records is derived from it.
pub struct MasterKey {
    id: String,
    key: LessSafeKey,
    stamp: hmac::Key,
}

impl MasterKey {
    fn from_bytes(bytes: &[u8; 32]) -> Result<Self> {
        let key = UnboundKey::new(&AES_256_GCM, bytes).map_err(|_e| Error::internal("the AES-256 key was refused"))?;
        let mut hash = Sha256::new_with_prefix(b"mainstay master key id\0");
        hash.update(bytes);
        let [a, b, c, d, ..] = <[u8; 32]>::from(hash.finalize());
        // One step of HKDF-Expand (RFC 5869): the master key is uniform already.
        let derived = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, bytes), b"mainstay record stamp v1\x01");
        let stamp = hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref());
        Ok(Self { id: hex(&[a, b, c, d]), key: LessSafeKey::new(key), stamp })
    }

    /// Reads a key from 32 bytes in base64, standard or URL-safe alphabet, with or without padding.
    pub fn from_base64(text: &SecretString) -> Result<Self, Fault> {
        let wrong = || {
            Fault::new(
                "invalid_key",
                "A master key is 32 random bytes in base64 (44 characters); make one with `openssl rand -base64 32`.",
            )
        };
        let text =
            Zeroizing::new(text.expose_secret().trim().trim_end_matches('=').replace('+', "-").replace('/', "_"));
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text.as_bytes()).map_err(|_e| wrong())?);
        let bytes = Zeroizing::new(<[u8; 32]>::try_from(bytes.as_slice()).map_err(|_e| wrong())?);
        if bytes.iter().all(|byte| Some(byte) == bytes.first()) {
            return Err(wrong());
        }
        Self::from_bytes(&bytes).map_err(|_e| wrong())
    }

    /// Reads the key from a file that only its owner may read.
    pub fn from_file(path: &Path) -> Result<Self> {
        let named = |what: &str| Error::internal(format!("master key file {}: {what}", path.display()));
        let text = std::fs::read_to_string(path)
            .map(SecretString::from)
            .map_err(|e| named(&format!("it could not be read: {e}")))?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let meta = std::fs::metadata(path).map_err(|e| named(&e.to_string()))?;
            let mode = meta.permissions().mode() & 0o777;
            if mode & 0o077 != 0 {
                return Err(named(&format!("others may read it (mode {mode:04o}); run `chmod 600` on it")));
            }
        }
        Self::from_base64(&text).map_err(|fault| named(&fault.detail))
    }

    /// Reads the key from the file, which is made first, with mode 0600, when there is none: for the embedded database.
    ///
    /// Two processes that start at once end up with the same key.
    pub fn from_file_or_new(path: &Path, entropy: &dyn Entropy) -> Result<Self> {
        if !path.exists() {
            create(path, entropy).map_err(|e| {
                Error::internal(format!("master key file {}: it could not be created: {e}", path.display()))
            })?;
        }
        Self::from_file(path)
    }

    /// Names the key in what it sealed: the first 32 bits of a hash over it.
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({})", self.id)
    }
}

/// Writes a new key next to the file and then gives it its name, which fails when somebody else was first.
fn create(path: &Path, entropy: &dyn Entropy) -> std::io::Result<()> {
    let mut chance = Zeroizing::new([0u8; 40]);
    entropy.fill(&mut *chance);
    let (key, suffix) = chance.split_at(32);
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}.new", hex(suffix)));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&name)?;
    let text = Zeroizing::new(STANDARD.encode(key) + "\n");
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    let linked = written.and_then(|()| match std::fs::hard_link(&name, path) {
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    });
    std::fs::remove_file(&name)?;
    linked
}

/// What a stamp says about the bytes beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stamped {
    /// They are what was stamped.
    Genuine,
    /// They, or the stamp, were changed or made by somebody else.
    Wrong,
    /// It was made under a master key that is not configured here.
    UnknownKey,
}

/// Seals and opens values.
#[derive(Clone)]
pub struct Sealer {
    keys: Arc<[MasterKey]>,
    entropy: Arc<dyn Entropy>,
}

impl Sealer {
    /// Seals under `current`; opens also what the `previous` keys sealed.
    pub fn new(current: MasterKey, previous: Vec<MasterKey>, entropy: Arc<dyn Entropy>) -> Self {
        Self { keys: std::iter::once(current).chain(previous).collect(), entropy }
    }

    /// The sealer that the settings ask for. With the embedded database a key file that is missing is made; with PostgreSQL
    /// it must be there, since every node needs the same.
    pub fn from_settings(settings: &Settings, entropy: Arc<dyn Entropy>) -> Result<Self> {
        let read = |text: &SecretString| MasterKey::from_base64(text).map_err(|fault| Error::internal(fault.detail));
        let secrets = &settings.secrets;
        let current = match (&secrets.master_key, &secrets.master_key_file) {
            (Some(text), _) => read(text)?,
            (None, Some(path)) if settings.database.embedded_path().is_some() => {
                MasterKey::from_file_or_new(path, entropy.as_ref())?
            }
            (None, Some(path)) => MasterKey::from_file(path)?,
            (None, None) => {
                return Err(Error::internal("neither secrets.master_key nor secrets.master_key_file is set"));
            }
        };
        let previous = secrets.previous_master_keys.iter().map(read).collect::<Result<Vec<_>>>()?;
        Ok(Self::new(current, previous, entropy))
    }

    fn current(&self) -> Result<&MasterKey> {
        self.keys.first().ok_or_else(|| Error::internal("the sealer holds no key"))
    }

    /// Seals the bytes for this purpose, e.g. `signing_key`.
    pub fn seal(&self, purpose: &str, bytes: &[u8]) -> Result<String> {
        let key = self.current()?;
        let head = format!("{VERSION}.{}.", key.id);
        let mut nonce = [0u8; NONCE_LEN];
        self.entropy.fill(&mut nonce);
        let mut sealed = bytes.to_vec();
        key.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), context(&head, purpose), &mut sealed)
            .map_err(|_e| Error::internal("sealing failed"))?;
        let mut whole = nonce.to_vec();
        whole.append(&mut sealed);
        Ok(head + &URL_SAFE_NO_PAD.encode(whole))
    }

    /// Opens what was sealed for this purpose. The cause of a failure is for the log: nothing a caller sends is sealed.
    pub fn open(&self, purpose: &str, sealed: &str) -> Result<Zeroizing<Vec<u8>>> {
        let wrong = |why: &str| Error::internal(format!("a value sealed for {purpose:?} does not open: {why}"));
        let (head, body) = sealed.rsplit_once('.').ok_or_else(|| wrong("it has no head"))?;
        let id = head.strip_prefix(VERSION).and_then(|rest| rest.strip_prefix('.'));
        let id = id.ok_or_else(|| wrong("it was sealed by another version"))?;
        let key = self.keys.iter().find(|key| key.id == id).ok_or_else(|| {
            wrong(&format!("its master key {id:?} is not configured; add it to secrets.previous_master_keys"))
        })?;
        let mut whole = Zeroizing::new(URL_SAFE_NO_PAD.decode(body).map_err(|_e| wrong("it is no base64url"))?);
        let (nonce, bytes) = whole.split_at_mut_checked(NONCE_LEN).ok_or_else(|| wrong("it is cut short"))?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_e| wrong("its nonce was refused"))?;
        let opened = key
            .key
            .open_in_place(nonce, context(&format!("{head}."), purpose), bytes)
            .map_err(|_e| wrong("it was changed, or sealed for another purpose or under another key"))?;
        Ok(Zeroizing::new(opened.to_vec()))
    }

    /// Authenticates bytes that stay readable (HMAC-SHA-256), for this purpose: whoever can write to the database but does
    /// not hold the master key can't make a stamp.
    pub fn stamp(&self, purpose: &str, bytes: &[u8]) -> Result<String> {
        let key = self.current()?;
        let head = format!("{STAMP_VERSION}.{}.", key.id);
        let tag = hmac::sign(&key.stamp, &stamped(&head, purpose, bytes));
        Ok(head + &hex(tag.as_ref()))
    }

    /// Whether the stamp was made of these bytes for this purpose, by the current master key or a previous one.
    pub fn check_stamp(&self, purpose: &str, bytes: &[u8], stamp: &str) -> Stamped {
        let Some((head, tag)) = stamp.rsplit_once('.') else { return Stamped::Wrong };
        let Some(id) = head.strip_prefix(STAMP_VERSION).and_then(|rest| rest.strip_prefix('.')) else {
            return Stamped::Wrong;
        };
        let Some(key) = self.keys.iter().find(|key| key.id == id) else { return Stamped::UnknownKey };
        let made = hmac::sign(&key.stamp, &stamped(&format!("{head}."), purpose, bytes));
        // Over the text, so that there is one text for each stamp.
        let same = aws_lc_rs::constant_time::verify_slices_are_equal(hex(made.as_ref()).as_bytes(), tag.as_bytes());
        if same.is_ok() { Stamped::Genuine } else { Stamped::Wrong }
    }

    /// Whether a value should be sealed again because a newer master key is in force.
    pub fn is_stale(&self, sealed: &str) -> bool {
        self.keys.first().is_none_or(|key| !sealed.starts_with(&format!("{VERSION}.{}.", key.id)))
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer").field("keys", &self.keys).finish_non_exhaustive()
    }
}

/// What is authenticated along with the ciphertext: the head holds no NUL, so the two parts can't be shifted.
fn context(head: &str, purpose: &str) -> Aad<Vec<u8>> {
    Aad::from([head.as_bytes(), b"\0", purpose.as_bytes()].concat())
}

/// What a stamp is made of: neither head nor purpose holds a NUL.
fn stamped(head: &str, purpose: &str, bytes: &[u8]) -> Vec<u8> {
    [head.as_bytes(), b"\0", purpose.as_bytes(), b"\0", bytes].concat()
}

#[cfg(test)]
mod tests;
