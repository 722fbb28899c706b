//! `mainstay mail`: what comes back of the mail that went out.

use super::{Failure, Global};
use crate::app::start;
use crate::features::accounts;
use crate::infra::outbox::{self, Returned};
use crate::kernel::RequestId;
use clap::{Args, Subcommand};
use std::io::{Read, Write};
use std::path::PathBuf;

/// Bytes of a message that are read: a report holds at most the mail that it is about.
const MOST: u64 = 4 * 1024 * 1024;

/// Look after mail.
#[derive(Debug, Args)]
pub(crate) struct MailArgs {
    #[command(subcommand)]
    command: MailCommand,
}

#[derive(Debug, Subcommand)]
enum MailCommand {
    /// Take a mail server's report that a mail could not be brought (RFC 3464), for a mail server to pipe into.
    ///
    /// Nothing is believed but what comes with the receipt of a mail that was sent from here. If nobody is reached at the
    /// address, its owner and administrators see that, and digests and notices rest for 30 days.
    #[command(after_help = "Examples:
  mainstay mail bounce < message.eml
  mainstay mail bounce message.eml")]
    Bounce {
        /// The message; standard input if it is left out.
        file: Option<PathBuf>,
    },
}

pub(crate) async fn run(
    global: &Global,
    args: &MailArgs,
    input: &mut dyn Read,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let MailCommand::Bounce { file } = &args.command;
    let mut source = Vec::new();
    match file {
        Some(path) => std::fs::File::open(path)
            .and_then(|file| file.take(MOST).read_to_end(&mut source))
            .map_err(|error| Failure::failed(format!("{}: {error}", path.display())))?,
        None => input.take(MOST).read_to_end(&mut source)?,
    };
    let loaded = global.load(start::without_mail())?;
    let (ctx, _) = start::existing(loaded.settings).await?;
    let unreached = match outbox::read_returned(&ctx, &source) {
        Returned::NoReport => return Err(Failure::failed("this is no delivery report (RFC 3464)")),
        Returned::NotOurs => return Err(Failure::failed("the report is not of a mail that was sent from here")),
        Returned::Harmless => {
            writeln!(out, "The report does not say that nobody is reached at the address; nothing is noted")?;
            return Ok(());
        }
        Returned::Unreached(unreached) => unreached,
    };
    let (masked, why) = (unreached.to.masked(), unreached.why.clone());
    match accounts::note_unreached(&ctx, unreached, RequestId::new(ctx.ids().make())).await? {
        Some(handle) => writeln!(out, "{handle} is not reached at {masked}: {why}")?,
        None => writeln!(out, "No account has the address {masked}; nothing is noted")?,
    }
    Ok(())
}
