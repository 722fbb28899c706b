//! `mainstay config`.

use super::{Failure, Global};
use clap::Args;
use std::io::Write;

/// Print the settings in force, secrets hidden, and where each came from.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mainstay config
  MAINSTAY_MAIL__TRANSPORT=smtp mainstay config
  mainstay config --defaults > mainstay.toml")]
pub(crate) struct ConfigArgs {
    /// Print the documented default file instead, to start one's own from.
    #[arg(long)]
    defaults: bool,
}

pub(crate) fn run(global: &Global, args: &ConfigArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let text =
        if args.defaults { crate::infra::config::DEFAULTS.to_owned() } else { global.load(Vec::new())?.render() };
    out.write_all(text.as_bytes())?;
    Ok(())
}
