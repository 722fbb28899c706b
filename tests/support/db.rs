//! A database for each test: a temporary file for SQLite, a database from a template for PostgreSQL.
//!
//! PostgreSQL comes from the binaries that are installed, in a private cluster that the first test of a process starts and
//! that goes with the process, however it ends. Without binaries the PostgreSQL half is skipped, loudly; with
//! `MAINSTAY_REQUIRE_POSTGRES=1` that is a failure.
#![allow(dead_code, reason = "each test binary uses its own part of this")]

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection, SqliteConnection};
use mainstay::infra::db::Store;
use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;

/// The same test on both databases, as `sqlite::name` and `postgres::name`. Once a module:
/// `on_both! { async fn name(db: TestDb) { … } }`.
macro_rules! on_both {
    ($($(#[$meta:meta])* async fn $name:ident($db:ident: TestDb) $body:block)*) => {
        $($(#[$meta])* async fn $name($db: $crate::db::TestDb) $body)*

        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name($crate::db::TestDb::sqlite()).await;
            })*
        }

        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                if let Some(db) = $crate::db::TestDb::postgres() {
                    super::$name(db).await;
                }
            })*
        }
    };
}
pub(crate) use on_both;

/// A migrated, empty database of one test's own; it is removed at the end of the test.
pub(crate) struct TestDb {
    /// The store over it.
    pub(crate) store: Store,
    /// Its URL, for whoever wants to open it once more.
    pub(crate) url: String,
    home: Home,
}

enum Home {
    File(TempDir),
    Database(&'static Cluster, String),
}

/// Connections for reading of a test's store.
const READERS: u32 = 4;

impl TestDb {
    /// On SQLite.
    pub(crate) fn sqlite() -> Self {
        static TEMPLATE: OnceLock<Vec<u8>> = OnceLock::new();
        let template = TEMPLATE.get_or_init(|| {
            let folder = TempDir::new().unwrap();
            let (first, whole) = (folder.path().join("first.db"), folder.path().join("whole.db"));
            migrate(format!("sqlite:{}", first.display()));
            let mut conn = SqliteConnection::establish(first.to_str().unwrap()).unwrap();
            // The store that migrated may still be closing: its writer is a thread of its own.
            conn.batch_execute(&format!("pragma busy_timeout = 5000; vacuum into '{}'", whole.display())).unwrap();
            fs::read(whole).unwrap()
        });
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("test.db");
        fs::write(&file, template).unwrap();
        let url = format!("sqlite:{}", file.display());
        Self { store: Store::open(&url, READERS).unwrap(), url, home: Home::File(folder) }
    }

    /// On PostgreSQL, where it is installed.
    pub(crate) fn postgres() -> Option<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(1);
        let cluster = cluster()?;
        let name = format!("test_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let strategy = if cluster.major >= 15 { " strategy file_copy" } else { "" };
        cluster.run(&format!("create database {name} template {TEMPLATE}{strategy}"));
        let url = cluster.url(&name);
        let store = Store::open(&url, READERS).unwrap();
        Some(Self { store, url, home: Home::Database(cluster, name) })
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        if let Home::Database(cluster, name) = &self.home {
            cluster.run(&format!("drop database if exists {name} with (force)"));
        }
    }
}

/// Brings a fresh database up to date from outside any async runtime.
fn migrate(url: String) {
    let migrating = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async { Store::open(&url, 1).unwrap().migrate().await.unwrap() })
    });
    migrating.join().unwrap();
}

const TEMPLATE: &str = "mainstay_template";
const SUPERUSER: &str = "mainstay";

/// A PostgreSQL server of this test process alone.
struct Cluster {
    folder: PathBuf,
    major: u32,
    /// Holds the pipe whose end, at the end of this process, makes the watchdog take the server down.
    _watchdog: Child,
}

fn cluster() -> Option<&'static Cluster> {
    static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
    CLUSTER
        .get_or_init(|| match Cluster::start() {
            Ok(cluster) => Some(cluster),
            Err(why) => {
                let required = std::env::var("MAINSTAY_REQUIRE_POSTGRES").is_ok_and(|value| value == "1");
                assert!(!required, "PostgreSQL is required here, but {why}");
                // Past the capture of the test harness, so that it is seen also when all is well.
                let _shown = writeln!(std::io::stderr(), "SKIPPED: PostgreSQL half of the tests, because {why}");
                None
            }
        })
        .as_ref()
}

/// Who runs the server: it refuses to be root.
struct Owner {
    /// The command that drops to the other user, before the real one; empty when we are nobody special.
    prefix: Vec<String>,
    ids: Option<(u32, u32)>,
}

impl Owner {
    fn find() -> Result<Self, String> {
        if id(&["-u"])? != 0 {
            return Ok(Self { prefix: Vec::new(), ids: None });
        }
        let user = ["postgres", "nobody"].into_iter().find(|user| id(&["-u", user]).is_ok());
        let user = user.ok_or("we are root, and there is no user `postgres` to run it")?;
        let ids = (id(&["-u", user])?, id(&["-g", user])?);
        let words: Vec<String> = if on_path("setpriv").is_some() {
            vec![
                "setpriv".into(),
                format!("--reuid={}", ids.0),
                format!("--regid={}", ids.1),
                "--clear-groups".into(),
                "--".into(),
            ]
        } else if on_path("runuser").is_some() {
            vec!["runuser".into(), "-u".into(), user.into(), "--".into()]
        } else {
            return Err("we are root, and neither setpriv nor runuser is there to drop to another user".into());
        };
        Ok(Self { prefix: words, ids: Some(ids) })
    }

    fn command(&self, program: &Path) -> Command {
        let mut words = self.prefix.iter().map(OsStr::new).chain([program.as_os_str()]);
        let mut command = Command::new(words.next().unwrap());
        command.args(words).current_dir("/").stdin(Stdio::null());
        command
    }
}

fn id(args: &[&str]) -> Result<u32, String> {
    let output = Command::new("id").args(args).output().map_err(|why| format!("`id` can't be run: {why}"))?;
    String::from_utf8_lossy(&output.stdout)
        .trim()
        .parse()
        .map_err(|_why| format!("`id {}` gave no number", args.join(" ")))
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// The newest installed server's programs; Debian keeps them off the path.
fn binaries() -> Option<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = Vec::new();
    for entry in fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten() {
        let folder = entry.path().join("bin");
        if let (Some(Ok(major)), true) = (entry.file_name().to_str().map(str::parse), folder.join("initdb").is_file()) {
            found.push((major, folder));
        }
    }
    found.sort();
    let newest = found.pop().map(|(_, folder)| folder);
    newest.or_else(|| on_path("initdb").and_then(|file| file.parent().map(Path::to_path_buf)))
}

fn must(what: &str, output: std::io::Result<Output>) -> Result<String, String> {
    let output = output.map_err(|why| format!("{what} can't be run: {why}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(text);
    }
    Err(format!("{what} failed: {text}{}", String::from_utf8_lossy(&output.stderr)))
}

impl Cluster {
    fn start() -> Result<Self, String> {
        let bin = binaries().ok_or("no initdb was found on the path or under /usr/lib/postgresql")?;
        let owner = Owner::find()?;
        let folder = tempfile::Builder::new().prefix("mainstay-pg-").tempdir().map_err(|why| why.to_string())?.keep();
        let watchdog =
            watchdog(&owner, &bin, &folder).map_err(|why| format!("the watchdog can't be started: {why}"))?;
        let data = folder.join("data");
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).map_err(|why| why.to_string())?;
        fs::create_dir(&data).map_err(|why| why.to_string())?;
        fs::set_permissions(&data, fs::Permissions::from_mode(0o700)).map_err(|why| why.to_string())?;
        if let Some((uid, gid)) = owner.ids {
            for path in [&folder, &data] {
                chown(path, Some(uid), Some(gid)).map_err(|why| why.to_string())?;
            }
        }
        let mut initdb = owner.command(&bin.join("initdb"));
        initdb.arg("-D").arg(&data).args(["-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]);
        must("initdb", initdb.output())?;
        settings(&data, &folder).map_err(|why| why.to_string())?;
        let mut pg_ctl = owner.command(&bin.join("pg_ctl"));
        pg_ctl.arg("-D").arg(&data).arg("-l").arg(data.join("server.log")).args(["-w", "-t", "60", "start"]);
        // Not a pipe: the server would inherit its end, and reading it would wait for the server's end.
        let started = pg_ctl.stdout(Stdio::null()).stderr(Stdio::null()).status().map_err(|why| why.to_string())?;
        if !started.success() {
            let log = fs::read_to_string(data.join("server.log")).unwrap_or_default();
            return Err(format!("the server did not start: {log}"));
        }
        let version = must("postgres --version", Command::new(bin.join("postgres")).arg("--version").output())?;
        let major = version.split_whitespace().find_map(|word| word.split('.').next()?.parse().ok()).unwrap_or(0);
        let cluster = Self { folder, major, _watchdog: watchdog };
        cluster.run(&format!("create database {TEMPLATE}"));
        migrate(cluster.url(TEMPLATE));
        Ok(cluster)
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://{SUPERUSER}@/{database}?host={}", self.folder.display())
    }

    fn run(&self, sql: &str) {
        let mut conn = PgConnection::establish(&self.url("postgres")).unwrap();
        conn.batch_execute(sql).unwrap_or_else(|why| panic!("{sql}: {why}"));
    }
}

/// Tests are not about crashes of the machine, so nothing is forced to disk.
fn settings(data: &Path, socket: &Path) -> std::io::Result<()> {
    let mut file = fs::OpenOptions::new().append(true).open(data.join("postgresql.conf"))?;
    writeln!(
        file,
        "listen_addresses = ''\nunix_socket_directories = '{}'\nfsync = off\nsynchronous_commit = off\n\
         full_page_writes = off\nmax_connections = 300\nshared_buffers = 128MB\nautovacuum = off\nmax_wal_size = 4GB",
        socket.display()
    )
}

/// A shell that waits for the end of our pipe, which comes with the end of this process whatever ends it, a `kill -9` too,
/// and then takes the server down and its files away.
fn watchdog(owner: &Owner, bin: &Path, folder: &Path) -> std::io::Result<Child> {
    const SCRIPT: &str = r#"trap '' INT TERM HUP
folder=$1; shift
while read -r _; do :; done
"$@" -D "$folder/data" -m immediate -w stop
rm -rf "$folder""#;
    let mut command = Command::new("sh");
    command.args(["-c", SCRIPT, "watchdog"]).arg(folder);
    command.args(&owner.prefix).arg(bin.join("pg_ctl")).current_dir("/");
    // Its own process group: an interrupt at the terminal is for the tests, not for what cleans up after them.
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0).spawn()
}
