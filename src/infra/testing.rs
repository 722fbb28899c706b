//! An outside that tests can foretell: for what needs a context and touches nothing.

use super::config::{Settings, Sources, load};
use super::crypto::password::Params;
use super::crypto::testing::{Counting, Told};
use super::crypto::{Hasher, Keyring, MasterKey, Sealer};
use super::db::Store;
use super::fetch::Fetcher;
use super::mail::{Mailer, Message};
use super::{Ctx, Parts};
use crate::kernel::{Clock, Entropy, Ids};
use std::sync::Arc;

fn settings() -> Settings {
    let mut settings = load(&Sources::default()).unwrap().settings;
    settings.server.public_url = "https://mainstay.example.org".to_owned();
    settings
}

/// A context in which it is 2026-11-22, 9:00, chance counts upwards, and the database is empty. The folder is the database's:
/// keep it as long as the context.
pub(crate) fn ctx() -> (Ctx, tempfile::TempDir) {
    let settings = settings();
    let folder = tempfile::tempdir().unwrap();
    let clock: Arc<dyn Clock> = Arc::new(Told::at("2026-11-22T09:00:00Z"));
    let entropy: Arc<dyn Entropy> = Arc::new(Counting::from(0));
    let key = MasterKey::from_base64(&"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=".to_owned().into()).unwrap();
    let ids = Ids::new(clock.clone(), entropy.clone());
    let ctx = Ctx::new(Parts {
        store: Store::open(&format!("sqlite:{}", folder.path().join("test.db").display()), 1).unwrap(),
        hasher: Hasher::with_entropy(Params::new(64, 1, 1).unwrap(), 1, entropy.clone()),
        keyring: Keyring::new("test", "test", clock.clone(), ids),
        sealer: Sealer::new(key, Vec::new(), entropy.clone()),
        fetcher: Fetcher::new(&settings),
        clock,
        entropy,
        settings,
    });
    (ctx, folder)
}

/// The message as it goes out, headers and all, but for what names it.
pub(crate) async fn source(ctx: &Ctx, message: &Message) -> String {
    let (mailer, mailbox) = Mailer::memory(ctx.settings().mail.sender(), ctx.clock());
    mailer.send(message).await.unwrap();
    let source = mailbox.sources().remove(0).replace("\r\n", "\n").replace(&message.id.to_string(), "[id]");
    let boundary = source.split_once("boundary=\"").and_then(|(_, rest)| rest.split_once('"'));
    match boundary.map(|(boundary, _)| boundary.to_owned()) {
        Some(boundary) => source.replace(&boundary, "[boundary]"),
        None => source,
    }
}

/// Compares the message as it goes out with how it went out last.
macro_rules! assert_letter {
    ($ctx:expr, $name:expr, $message:expr) => {{
        let source = $crate::infra::testing::source($ctx, $message).await;
        let mut settings = insta::Settings::clone_current();
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!($name, source));
    }};
}
pub(crate) use assert_letter;
