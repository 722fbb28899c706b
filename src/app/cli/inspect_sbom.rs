//! `mainstay inspect sbom`: what a bill of materials says, or why it is refused.

use std::fs::File;
use std::io::{Read as _, Write};
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::failure::Failure;
use crate::features::sboms::{self, MAX_BYTES};

/// Read a bill of materials and say what is in it.
///
/// Takes `CycloneDX` 1.2 to 1.7 in JSON and XML, SPDX 2.2 and 2.3 in JSON and tag-value, SPDX 3.0 in JSON-LD. Answers {format, version,
/// components, dependencies, warnings}. What is refused is answered by {error, errors: [{pointer | line, column, code, detail}]},
/// and the command exits with 1.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mainstay inspect sbom bom.json
  mainstay inspect sbom bom.xml --strict
  cat bom.spdx | mainstay inspect sbom -")]
pub(super) struct SbomArgs {
    /// The document; `-` reads standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Refuse what breaks a rule of its format, instead of warning.
    #[arg(long)]
    strict: bool,
}

/// Runs the command.
pub(super) fn run(args: &SbomArgs, input: &mut dyn std::io::BufRead, out: &mut dyn Write) -> Result<(), Failure> {
    let most = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    if args.file.as_os_str() == "-" {
        input.take(most).read_to_end(&mut bytes)?;
    } else {
        let unreadable = |error| Failure::failed(format!("{} cannot be read: {error}", args.file.display()));
        let file = File::open(&args.file).map_err(unreadable)?;
        file.take(most).read_to_end(&mut bytes).map_err(unreadable)?;
    }
    let (answer, failure) = match sboms::read(&bytes, args.strict) {
        Ok(document) => {
            let answer = json!({
                "format": document.format,
                "version": document.version,
                "components": document.components.len(),
                "dependencies": document.dependencies(),
                "warnings": document.warnings,
            });
            (answer, None)
        }
        Err(refusal) => {
            let failure = Failure::failed(format!("{} is refused. {refusal}", args.file.display()));
            (json!({"error": refusal.to_string(), "errors": refusal.faults}), Some(failure))
        }
    };
    serde_json::to_writer(&mut *out, &answer).map_err(std::io::Error::from)?;
    out.write_all(b"\n")?;
    out.flush()?;
    failure.map_or(Ok(()), Err)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn ran(text: &str, strict: bool) -> (Value, Option<Failure>) {
        let args = SbomArgs { file: "-".into(), strict };
        let mut out = Vec::new();
        let failure = run(&args, &mut text.as_bytes(), &mut out).err();
        (serde_json::from_slice(&out).unwrap(), failure)
    }

    #[test]
    fn it_says_what_is_in_it_or_why_not() {
        let text = r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"type": "library", "bom-ref": "a", "name": "a"},
            {"type": "odd", "bom-ref": "b", "name": "b"}], "dependencies": [{"ref": "a", "dependsOn": ["b"]}]}"#;
        let (answer, failure) = ran(text, false);
        assert_eq!(failure, None);
        assert_eq!(
            answer,
            json!({"format": "cyclonedx", "version": "1.6", "components": 2, "dependencies": 1, "warnings": []})
        );
        let (answer, failure) = ran(text, true);
        assert_eq!(failure.map(|failure| failure.exit_code()), Some(1));
        assert_eq!(answer["errors"][0]["pointer"], "/components/1/type");
        assert_eq!(ran("{", false).0["errors"][0]["line"], 1);
    }
}
