//! `mainstay openapi`.

use super::Failure;
use crate::app::router;
use crate::http::openapi::Document;
use clap::{Args, ValueEnum};
use std::io::Write;

/// Print the OpenAPI document, as it is committed in openapi.yaml.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mainstay openapi > openapi.yaml
  mainstay openapi --format json")]
pub(crate) struct OpenapiArgs {
    /// The form.
    #[arg(long, value_enum, default_value_t = Format::Yaml)]
    format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Yaml,
    Json,
}

pub(crate) fn run(args: &OpenapiArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let document = Document::new(&router::generate()).map_err(Failure::failed)?;
    let text = match args.format {
        Format::Yaml => document.yaml,
        Format::Json => document.json,
    };
    out.write_all(text.as_bytes())?;
    Ok(())
}
