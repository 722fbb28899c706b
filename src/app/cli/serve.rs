//! `mainstay serve` and `mainstay migrate`.

use super::{Failure, Global};
use crate::app::start::{self, flag};
use crate::app::{server, worker};
use clap::Args;
use std::io::Write;
use std::net::{SocketAddr, TcpListener};

/// Serve the API: brings the schema up to date, then answers until SIGTERM.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mainstay serve
  DATABASE_URL=postgres://mainstay@db/mainstay mainstay serve --listen 0.0.0.0:8080")]
pub(crate) struct ServeArgs {
    /// Address and port to listen on.
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,

    /// Leave the schema as it is; fail when it is not current.
    #[arg(long)]
    no_migrate: bool,
}

/// Bring the database's schema up to date, and say what was done.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mainstay migrate
  mainstay migrate --check")]
pub(crate) struct MigrateArgs {
    /// Change nothing; exit with 1 when something is to be done.
    #[arg(long)]
    check: bool,
}

pub(crate) async fn serve(global: &Global, args: &ServeArgs) -> Result<(), Failure> {
    let flags = args.listen.map(|listen| flag("--listen", "server.listen", &listen.to_string()));
    let loaded = global.load(flags.into_iter().collect())?;
    start::log(&loaded)?;
    let (ctx, mailer) = start::context(loaded.settings)?;
    if args.no_migrate {
        start::require_current(ctx.store()).await?;
    } else {
        for name in ctx.store().migrate().await? {
            tracing::info!(name, "migrated");
        }
    }
    let listen = ctx.settings().server.listen;
    let listener =
        TcpListener::bind(listen).map_err(|cause| Failure::failed(format!("can't listen on {listen}: {cause}")))?;
    let state = start::state(ctx).await?;
    tracing::info!(%listen, database = state.ctx.store().kind().as_str(), "serving");
    let jobs = worker::queue(&state.ctx, mailer, state.matcher.clone());
    server::serve(state, listener, jobs).await.map_err(Failure::from)
}

pub(crate) async fn migrate(global: &Global, args: &MigrateArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let loaded = global.load(Vec::new())?;
    let store = start::store(&loaded.settings)?;
    if args.check {
        let pending = store.pending().await?;
        for name in &pending {
            writeln!(out, "pending {name}")?;
        }
        return if pending.is_empty() { Ok(()) } else { Err(Failure::failed("the schema is not current")) };
    }
    let applied = store.migrate().await?;
    for name in &applied {
        writeln!(out, "applied {name}")?;
    }
    if applied.is_empty() {
        writeln!(out, "the schema is current")?;
    }
    Ok(())
}
