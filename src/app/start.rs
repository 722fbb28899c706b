//! From settings to a running context: the one place where the real clock, chance, keys and transports are put together.

use super::cli::Failure;
use super::state::State;
use crate::features::accounts;
use crate::infra::clock::{OsEntropy, SystemClock};
use crate::infra::config::{self, Flag, Loaded, Settings, Sources};
use crate::infra::crypto::password::Params;
use crate::infra::crypto::{Hasher, Keyring, MasterKey, Sealer};
use crate::infra::db::Store;
use crate::infra::fetch::Fetcher;
use crate::infra::mail::Mailer;
use crate::infra::{Ctx, Parts, telemetry};
use crate::kernel::{Clock, Entropy, Error, Fault, Ids};
use secrecy::ExposeSecret as _;
use std::path::PathBuf;
use std::sync::Arc;

/// A setting given by a flag.
pub fn flag(name: &'static str, key: &'static str, value: &str) -> Flag {
    Flag { name, key, value: value.to_owned() }
}

/// Loads the settings of this process.
///
/// # Errors
/// Names the key and where its wrong value came from.
pub fn load(file: Option<PathBuf>, flags: Vec<Flag>) -> Result<Loaded, Failure> {
    config::load(&Sources::of_process(file, flags)).map_err(|error| Failure::usage(error.to_string()))
}

/// Starts logging, with the warnings that loading the settings gave.
///
/// # Errors
/// When the log filter is not valid.
pub fn log(loaded: &Loaded) -> Result<(), Failure> {
    telemetry::init_log(&loaded.settings.log)?;
    for warning in &loaded.warnings {
        tracing::warn!("{warning}");
    }
    Ok(())
}

/// Opens the database.
///
/// # Errors
/// When it can't be reached.
pub fn store(settings: &Settings) -> Result<Store, Failure> {
    let readers = u32::try_from(settings.database.readers).unwrap_or(u32::MAX);
    Ok(Store::open(settings.database.url.expose_secret(), readers)?)
}

/// For commands that send no mail, and so run without the installation's mail server. Records in the audit log are stamped
/// under the master key, so every command that writes needs it.
pub fn without_mail() -> Vec<Flag> {
    vec![flag("(no mail)", "mail.transport", "memory")]
}

/// Puts the outside together.
///
/// # Errors
/// When the database, the master key or the mail transport can't be had.
pub fn context(settings: Settings) -> Result<(Ctx, Mailer), Failure> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let entropy: Arc<dyn Entropy> = Arc::new(OsEntropy);
    let store = store(&settings)?;
    let mailer = Mailer::from_settings(&settings.mail, clock.clone())?;
    let auth = &settings.auth;
    let params = Params::new(auth.argon2_memory_kib, auth.argon2_iterations, auth.argon2_parallelism).map_err(fault)?;
    let ids = Ids::new(clock.clone(), entropy.clone());
    let ctx = Ctx::new(Parts {
        store,
        hasher: Hasher::with_entropy(params, auth.hash_parallel, entropy.clone()),
        keyring: Keyring::new(&auth.issuer, &auth.issuer, clock.clone(), ids),
        sealer: sealer(&settings, &entropy)?,
        fetcher: Fetcher::new(&settings),
        clock,
        entropy,
        settings,
    });
    Ok((ctx, mailer))
}

/// The same for commands that only work on a marketplace that is there: they make no database, and leave none behind.
///
/// # Errors
/// As [`context`]; when there is no database, or it is of another version.
pub async fn existing(settings: Settings) -> Result<(Ctx, Mailer), Failure> {
    if let Some(path) = settings.database.embedded_path().filter(|path| !path.exists()) {
        let path = path.display();
        return Err(Failure::failed(format!(
            "there is no database at {path}: name another by --database-url, or make this one by `mainstay migrate`"
        )));
    }
    let (ctx, mailer) = context(settings)?;
    require_current(ctx.store()).await?;
    Ok((ctx, mailer))
}

/// Refuses a database whose schema is not this program's.
///
/// # Errors
/// Names the migrations that are missing.
pub async fn require_current(store: &Store) -> Result<(), Failure> {
    let pending = store.pending().await?;
    if pending.is_empty() {
        return Ok(());
    }
    let names = pending.join(", ");
    Err(Failure::failed(format!("the schema is not current; run `mainstay migrate` first ({names})")))
}

fn fault(fault: Fault) -> Failure {
    Failure::usage(fault.detail)
}

/// The master key: from the settings, from its file, or, beside an embedded database, from a file made at the first start.
fn sealer(settings: &Settings, entropy: &Arc<dyn Entropy>) -> Result<Sealer, Failure> {
    let secrets = &settings.secrets;
    let current = match (&secrets.master_key, &secrets.master_key_file) {
        (Some(key), _) => MasterKey::from_base64(key).map_err(fault)?,
        // Beside an embedded database the key is made at the first start; elsewhere all nodes must be given the same one.
        (None, Some(file)) if settings.database.embedded_path().is_some() => {
            MasterKey::from_file_or_new(file, entropy.as_ref())?
        }
        (None, Some(file)) => MasterKey::from_file(file)?,
        (None, None) => {
            return Err(Failure::usage("a master key is needed: set secrets.master_key or secrets.master_key_file"));
        }
    };
    let previous = secrets.previous_master_keys.iter().map(|key| MasterKey::from_base64(key).map_err(fault));
    Ok(Sealer::new(current, previous.collect::<Result<_, _>>()?, entropy.clone()))
}

/// What the server's workers share, with the signing keys loaded.
///
/// # Errors
/// When the keys can't be loaded or the contract is not complete.
pub async fn state(ctx: Ctx) -> Result<State, Failure> {
    accounts::keys::refresh(&ctx).await?;
    let metrics = telemetry::install_metrics()?;
    let state = State::new(ctx, metrics).map_err(|why| Failure::from(Error::internal(why)))?;
    state.matcher.refresh(&state.ctx).await?;
    Ok(state)
}
