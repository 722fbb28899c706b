//! The command line: what there is, and how each command ends (0 fine, 1 failed, 2 called wrongly).

mod admin;
pub mod allocate;
mod audit;
mod config;
pub mod criticality;
mod demo;
mod failure;
mod import;
mod import_advisories;
pub mod inspect;
mod inspect_credential;
mod inspect_rules;
mod inspect_sbom;
mod jobs;
mod mail;
pub mod match_files;
mod openapi;
mod serve;

pub use failure::Failure;

use crate::app::start;
use crate::infra::clock::SystemClock;
use crate::kernel::Clock as _;
use clap::{Args, Parser, Subcommand};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// The marketplace for open source maintenance.
#[derive(Debug, Parser)]
#[command(
    name = "mainstay",
    version,
    propagate_version = true,
    after_help = "Examples:
  mainstay demo
  mainstay serve --listen 0.0.0.0:8080
  mainstay match --needs needs.csv --volunteers volunteers.csv --top 5

Settings come from the built-in defaults, then mainstay.toml, then the environment
(MAINSTAY_<SECTION>__<KEY>, DATABASE_URL), then flags. `mainstay config` shows what is in force."
)]
struct Program {
    #[command(flatten)]
    global: Global,

    #[command(subcommand)]
    command: Command,
}

/// Options that every command takes.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// Read settings from this file instead of ./mainstay.toml.
    #[arg(long, global = true, value_name = "FILE", env = "MAINSTAY_CONFIG")]
    config: Option<PathBuf>,

    /// The database: sqlite:PATH or postgres://…
    #[arg(long, global = true, value_name = "URL")]
    database_url: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::DemoArgs),
    Serve(serve::ServeArgs),
    Migrate(serve::MigrateArgs),
    Import(import::ImportArgs),
    Match(match_files::MatchArgs),
    Allocate(allocate::AllocateArgs),
    Inspect(inspect::InspectArgs),
    Criticality(criticality::CriticalityArgs),
    Openapi(openapi::OpenapiArgs),
    Config(config::ConfigArgs),
    Admin(admin::AdminArgs),
    Audit(audit::AuditArgs),
    Mail(mail::MailArgs),
}

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    let program = match Program::try_parse() {
        Ok(program) => program,
        Err(error) => {
            // Help and version are no failures; clap knows which stream each belongs to.
            let code = u8::try_from(error.exit_code()).unwrap_or(2);
            return if error.print().is_ok() { ExitCode::from(code) } else { ExitCode::FAILURE };
        }
    };
    match run(program) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let _ = writeln!(std::io::stderr(), "mainstay: {failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}

fn run(program: Program) -> Result<(), Failure> {
    let global = program.global;
    let mut input = std::io::stdin().lock();
    let mut out = std::io::stdout().lock();
    match program.command {
        Command::Demo(args) => wait(demo::run(&global, &args, &mut out)),
        Command::Serve(args) => wait(serve::serve(&global, &args)),
        Command::Migrate(args) => wait(serve::migrate(&global, &args, &mut out)),
        Command::Import(args) => wait(import::run(&global, &args, &mut out)),
        Command::Match(args) => {
            let today = SystemClock.now().date_naive();
            match_files::run(&args, today, &mut out, &mut std::io::stderr().lock())
        }
        Command::Allocate(args) => allocate::run(&args, &mut out).map_err(|error| Failure::failed(error.to_string())),
        Command::Inspect(args) => inspect::run(&args, SystemClock.now(), &mut input, &mut out),
        Command::Criticality(args) => criticality::run(&args, &mut input, &mut out),
        Command::Openapi(args) => openapi::run(&args, &mut out),
        Command::Config(args) => config::run(&global, &args, &mut out),
        Command::Admin(args) => wait(admin::run(&global, &args, &mut out)),
        Command::Audit(args) => wait(audit::run(&global, &args, &mut out)),
        Command::Mail(args) => wait(mail::run(&global, &args, &mut input, &mut out)),
    }
}

fn wait<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}

impl Global {
    fn load(&self, flags: Vec<crate::infra::config::Flag>) -> Result<crate::infra::config::Loaded, Failure> {
        let mut flags = flags;
        if let Some(url) = &self.database_url {
            flags.push(start::flag("--database-url", "database.url", url));
        }
        start::load(self.config.clone(), flags)
    }
}
