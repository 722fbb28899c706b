//! `mainstay admin`: what an operator does at the machine itself.

use super::{Failure, Global};
use crate::app::start;
use crate::features::accounts::{self, SignOut};
use crate::kernel::{Email, PlatformRole, RequestId};
use clap::{Args, Subcommand};
use std::io::Write;

/// Administer an installation from its own machine.
#[derive(Debug, Args)]
pub(crate) struct AdminArgs {
    #[command(subcommand)]
    command: AdminCommand,
}

#[derive(Debug, Subcommand)]
enum AdminCommand {
    /// Give a registered account a platform role. This is how the first administrator is made.
    #[command(after_help = "Examples:
  mainstay admin grant ada@example.org admin
  mainstay admin grant grace@example.org coordinator")]
    Grant {
        /// The account's mail address.
        email: String,
        /// coordinator, moderator or admin.
        role: String,
    },
    /// End sessions: of one account, or everybody's, such as after the master key or a backup got into other hands.
    ///
    /// Whoever was signed in signs in again; API tokens stay.
    #[command(
        name = "sign-out",
        after_help = "Examples:
  mainstay admin sign-out ada@example.org
  mainstay admin sign-out --everybody"
    )]
    SignOut {
        /// The account's mail address.
        #[arg(required_unless_present = "everybody", conflicts_with = "everybody")]
        email: Option<String>,
        /// Every account.
        #[arg(long)]
        everybody: bool,
    },
    Jobs(super::jobs::JobsArgs),
}

pub(crate) async fn run(global: &Global, args: &AdminArgs, out: &mut dyn Write) -> Result<(), Failure> {
    match &args.command {
        AdminCommand::Grant { email, role } => grant(global, email, role, out).await,
        AdminCommand::SignOut { email, .. } => sign_out(global, email.as_deref(), out).await,
        AdminCommand::Jobs(args) => {
            let loaded = global.load(start::without_mail())?;
            let (ctx, _) = start::existing(loaded.settings).await?;
            super::jobs::run(&ctx, args, out).await
        }
    }
}

async fn sign_out(global: &Global, email: Option<&str>, out: &mut dyn Write) -> Result<(), Failure> {
    let whose = match email.map(Email::parse).transpose().map_err(|fault| Failure::usage(fault.detail))? {
        Some(email) => SignOut::One(email),
        None => SignOut::Everybody,
    };
    let loaded = global.load(start::without_mail())?;
    let (ctx, _) = start::existing(loaded.settings).await?;
    let ended = accounts::sign_out(&ctx, whose, RequestId::new(ctx.ids().make())).await?;
    let ended = ended.ok_or_else(|| Failure::failed("there is no account with this address"))?;
    writeln!(out, "The sessions of {ended} accounts have ended")?;
    Ok(())
}

async fn grant(global: &Global, email: &str, role: &str, out: &mut dyn Write) -> Result<(), Failure> {
    let email = Email::parse(email).map_err(|fault| Failure::usage(fault.detail))?;
    let role: PlatformRole = role.parse().map_err(|fault: crate::kernel::Fault| Failure::usage(fault.detail))?;
    let loaded = global.load(start::without_mail())?;
    let (ctx, _) = start::existing(loaded.settings).await?;
    let request_id = RequestId::new(ctx.ids().make());
    let folded = email.folded();
    let inner = ctx.clone();
    let given = ctx
        .store()
        .write(move |conn| {
            let Some(account) = accounts::find_account_by_email(conn, &folded)? else { return Ok(None) };
            let is_new = accounts::grant_role(conn, &inner, account.id, role, None, &request_id)?;
            Ok(Some((account.handle, is_new)))
        })
        .await?;
    let (handle, is_new) =
        given.ok_or_else(|| Failure::failed("there is no account with this address; register it first"))?;
    writeln!(out, "{handle} {} {role}", if is_new { "is now" } else { "was already" })?;
    Ok(())
}
