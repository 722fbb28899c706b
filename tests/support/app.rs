//! The whole server on a port of its own, over a database of its own, with a clock in the test's hand.

use crate::client::Client;
use crate::clock::ManualClock;
use crate::db::TestDb;
use chrono::{TimeZone as _, Utc};
use mainstay::app::{server, state::State, worker};
use mainstay::features::accounts::{self, NewPerson, Registrar};
use mainstay::features::assignments;
use mainstay::features::matching::Matcher;
use mainstay::features::proposals::Hire;
use mainstay::infra::clock::OsEntropy;
use mainstay::infra::config::{self, Settings, Sources};
use mainstay::infra::crypto::password::Params;
use mainstay::infra::crypto::{Hasher, Keyring, MasterKey, Sealer};
use mainstay::infra::fetch::Fetcher;
use mainstay::infra::mail::{Mailbox, Mailer};
use mainstay::infra::queue::Worker;
use mainstay::infra::{Ctx, Parts, telemetry};
use mainstay::kernel::{Clock, Entropy, Ids, PlatformRole, RequestId};
use std::sync::{Arc, LazyLock};

/// The password of everybody in the tests.
pub(crate) const PASSWORD: &str = "a long enough passphrase";

/// One run of the server.
pub(crate) struct TestApp {
    /// Everything the server works with.
    pub(crate) ctx: Ctx,
    /// The clock, standing still until it is moved.
    pub(crate) clock: Arc<ManualClock>,
    /// Every mail that was sent.
    pub(crate) mailbox: Mailbox,
    base: String,
    worker: Worker<Ctx>,
    handle: actix_web::dev::ServerHandle,
    _db: TestDb,
}

/// Another server over the same database, with a board and limits of its own.
pub(crate) struct TestNode {
    base: String,
    handle: actix_web::dev::ServerHandle,
}

impl TestNode {
    /// The same person at this node.
    pub(crate) fn client(&self, person: &Client) -> Client {
        Client::new(&self.base).with_token(person.token(), &person.handle)
    }

    /// Stops this node.
    pub(crate) async fn stop(self) {
        self.handle.stop(false).await;
    }
}

static METRICS: LazyLock<telemetry::MetricsHandle> =
    LazyLock::new(|| telemetry::install_metrics().expect("one recorder a process"));

/// Settings for tests: no rate limits, cheap password hashes.
pub(crate) fn settings(url: &str) -> Settings {
    let nothing = Sources { config: None, directory: None, environment: Vec::new(), flags: Vec::new() };
    let mut settings = config::load(&nothing).expect("the built-in defaults").settings;
    settings.database.url = url.into();
    settings.rate_limit.enabled = false;
    settings.server.public_url = "https://mainstay.example.org".to_owned();
    settings.auth.passkey_rp_id = "mainstay.example.org".to_owned();
    settings.auth.passkey_origins = vec!["https://mainstay.example.org".to_owned()];
    settings.auth.argon2_memory_kib = 64;
    settings.auth.argon2_iterations = 1;
    settings.auth.argon2_parallelism = 1;
    settings
}

impl TestApp {
    /// Starts a server over this database.
    pub(crate) async fn start(db: TestDb) -> Self {
        Self::start_with(db, |_| {}).await
    }

    /// Starts a server that makes assignments by other means than its own.
    pub(crate) async fn start_hiring(db: TestDb, hire: Hire) -> Self {
        Self::build(db, |_| {}, hire).await
    }

    /// Starts a server with other settings.
    pub(crate) async fn start_with(db: TestDb, change: impl FnOnce(&mut Settings)) -> Self {
        Self::build(db, change, assignments::hire).await
    }

    async fn build(db: TestDb, change: impl FnOnce(&mut Settings), hire: Hire) -> Self {
        let mut settings = settings(&db.url);
        change(&mut settings);
        let clock = Arc::new(ManualClock::at(Utc.with_ymd_and_hms(2026, 11, 22, 9, 0, 0).unwrap().into()));
        let entropy: Arc<dyn Entropy> = Arc::new(OsEntropy);
        let ids = Ids::new(clock.clone(), entropy.clone());
        let issuer = settings.auth.issuer.clone();
        let (mailer, mailbox) = Mailer::memory(settings.mail.sender(), clock.clone());
        let params = Params::new(
            settings.auth.argon2_memory_kib,
            settings.auth.argon2_iterations,
            settings.auth.argon2_parallelism,
        )
        .unwrap();
        let hasher = Hasher::with_entropy(params, settings.auth.hash_parallel, entropy.clone());
        let master = MasterKey::from_base64(&"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=".to_owned().into()).unwrap();
        let ctx = Ctx::new(Parts {
            store: db.store.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
            hasher,
            keyring: Keyring::new(&issuer, &issuer, clock.clone(), ids),
            sealer: Sealer::new(master, Vec::new(), entropy),
            fetcher: Fetcher::new(&settings),
            settings,
        });
        accounts::keys::refresh(&ctx).await.unwrap();
        let TestNode { base, handle } = serve(&ctx, hire);
        let worker = worker::queue(&ctx, mailer, Matcher::new(&ctx));
        Self { ctx, clock, mailbox, base, worker, handle, _db: db }
    }

    /// Starts one more node over the same database.
    pub(crate) fn another_node(&self) -> TestNode {
        serve(&self.ctx, assignments::hire)
    }

    /// Where it listens, such as `127.0.0.1:40001`.
    pub(crate) fn listens_at(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    /// A caller without credentials.
    pub(crate) fn anonymous(&self) -> Client {
        Client::new(&self.base)
    }

    /// A verified person, signed in.
    pub(crate) async fn person(&self, handle: &str) -> Client {
        self.person_with(handle, &[]).await
    }

    /// A verified person with platform roles, signed in.
    pub(crate) async fn person_with(&self, handle: &str, roles: &'static [PlatformRole]) -> Client {
        let email = format!("{handle}@example.org");
        let person = NewPerson {
            email: email.clone(),
            password: PASSWORD.to_owned().into(),
            handle: handle.to_owned(),
            display_name: format!("Person {handle}"),
        };
        let hash = self.ctx.hasher().hash(PASSWORD.to_owned().into()).await.unwrap();
        let (ctx, request_id) = (self.ctx.clone(), RequestId::accept("test-set-up").unwrap());
        self.ctx
            .store()
            .write(move |conn| {
                let account = Registrar(&ctx).insert(conn, &person, &hash, &request_id)?;
                for role in roles {
                    accounts::grant_role(conn, &ctx, account.id, *role, None, &request_id)?;
                }
                Ok(())
            })
            .await
            .unwrap();
        self.sign_in(&email, handle).await
    }

    /// A coordinator, signed in.
    pub(crate) async fn coordinator(&self) -> Client {
        self.person_with("coordinator", &[PlatformRole::Coordinator]).await
    }

    /// Signs in with the password of everybody.
    pub(crate) async fn sign_in(&self, email: &str, handle: &str) -> Client {
        let body = serde_json::json!({"email": email, "password": PASSWORD});
        let tokens = self.anonymous().post("/api/v1/auth/login", body).await.expect(200);
        self.anonymous().with_token(tokens["access_token"].as_str().unwrap(), handle)
    }

    /// Does all jobs that are due by the test's clock.
    pub(crate) async fn run_jobs(&self) {
        let now = self.clock.now();
        self.worker.run_due_once(now).await.unwrap();
    }

    /// Stops the server.
    pub(crate) async fn stop(self) {
        self.handle.stop(false).await;
    }
}

fn serve(ctx: &Ctx, hire: Hire) -> TestNode {
    let state = State { hire, ..State::new(ctx.clone(), METRICS.clone()).unwrap() };
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let server = server::bind(&state, listener, 1, &server::Draining::default()).unwrap();
    let handle = server.handle();
    tokio::spawn(server);
    TestNode { base, handle }
}
