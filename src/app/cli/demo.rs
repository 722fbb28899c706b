//! `mainstay demo`.

use super::{Failure, Global};
use crate::app::demo::{self, Filled};
use crate::app::start::{self, flag};
use crate::app::{server, worker};
use clap::Args;
use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;

/// Fill an embedded database with a sample marketplace, show its best matches, and serve it.
///
/// The projects are real and the facts about them true; their needs are derived from public signals and were not asked for
/// by them; organizations and people are invented.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mainstay demo
  mainstay demo --data-dir /tmp/mainstay --listen 127.0.0.1:9000")]
pub(crate) struct DemoArgs {
    /// Where the database, its key and the outgoing mail are kept.
    #[arg(long, value_name = "DIR", default_value = "mainstay-demo")]
    data_dir: PathBuf,

    /// Address and port to listen on.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

pub(crate) async fn run(global: &Global, args: &DemoArgs, out: &mut dyn Write) -> Result<(), Failure> {
    std::fs::create_dir_all(&args.data_dir)?;
    let inside = |name: &str| args.data_dir.join(name).to_string_lossy().into_owned();
    let mut flags = vec![
        flag("--data-dir", "mail.transport", "file"),
        flag("--data-dir", "mail.directory", &inside("mail")),
        flag("--listen", "server.listen", &args.listen.to_string()),
        flag("--listen", "server.public_url", &format!("http://{}", args.listen)),
    ];
    if global.database_url.is_none() {
        flags.push(flag("--data-dir", "database.url", &format!("sqlite:{}", inside("mainstay.db"))));
    }
    let loaded = global.load(flags)?;
    start::log(&loaded)?;
    let listener = TcpListener::bind(args.listen).map_err(|cause| {
        Failure::failed(format!("can't listen on {}: {cause}; choose another with --listen", args.listen))
    })?;
    let (ctx, mailer) = start::context(loaded.settings)?;
    ctx.store().migrate().await?;
    match demo::fill(&ctx).await? {
        Filled::Now => writeln!(out, "The sample marketplace is set up in {}.", args.data_dir.display())?,
        Filled::Before => writeln!(out, "The sample marketplace in {} is kept as it is.", args.data_dir.display())?,
        Filled::Refused => {
            return Err(Failure::failed(format!(
                "the database in {} holds something else than the demo; choose another --data-dir",
                args.data_dir.display()
            )));
        }
    }
    let state = start::state(ctx).await?;
    demo::print_round(&state, out).await?;
    demo::print_addresses(out, args.listen)?;
    let jobs = worker::queue(&state.ctx, mailer, state.matcher.clone());
    server::serve(state, listener, jobs).await.map_err(Failure::from)
}
