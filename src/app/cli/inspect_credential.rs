//! `mainstay inspect credential`: whether a credential is to be believed, from files alone.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::failure::Failure;
use crate::features::credentials::{Against, KeySet, MOST_BYTES, verify};
use crate::kernel::Timestamp;

/// Check a credential of confirmed work offline.
///
/// Answers {valid, checks: [{check, outcome, code?, detail}], credential}: its form, the signature by a key of the issuer's key set, its
/// content, its period, and its place in the status list. The command exits with 1 unless all that was checked is well and the
/// signature was among it. Without a status list, whether it was taken back is not known, and said so.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  curl -O https://mainstay.example.org/.well-known/jwks.json
  mainstay inspect credential credential.jwt --jwks jwks.json
  mainstay inspect credential credential.jwt --jwks jwks.json --status-list list.jwt
  mainstay inspect credential - --jwks jwks.json --at 2027-01-01T00:00:00Z < credential.jwt")]
pub(super) struct CredentialArgs {
    /// The credential: its compact form, or the JSON object that the API answers; `-` reads standard input.
    #[arg(value_name = "FILE", default_value = "-")]
    file: PathBuf,
    /// The issuer's key set, as it stands at `/.well-known/jwks.json`.
    #[arg(long, value_name = "FILE")]
    jwks: Option<PathBuf>,
    /// The status list that the credential names, as it was fetched.
    #[arg(long, value_name = "FILE")]
    status_list: Option<PathBuf>,
    /// Check as of this instant instead of now.
    #[arg(long, value_name = "INSTANT")]
    at: Option<Timestamp>,
}

fn read(path: &Path, input: &mut dyn Read) -> Result<String, Failure> {
    let most = u64::try_from(MOST_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    let mut text = String::new();
    if path.as_os_str() == "-" {
        input.take(most).read_to_string(&mut text)?;
    } else {
        let unreadable = |error| Failure::failed(format!("{} cannot be read: {error}", path.display()));
        File::open(path).map_err(unreadable)?.take(most).read_to_string(&mut text).map_err(unreadable)?;
    }
    Ok(text)
}

/// The compact form, by itself or inside what the API answers.
fn compact(text: String) -> String {
    let object: Option<Value> = serde_json::from_str(&text).ok();
    let inner = object.as_ref().and_then(|object| object.get("jwt")).and_then(Value::as_str);
    inner.map(str::to_owned).unwrap_or(text)
}

/// Runs the command; `now` is what the clock shows.
pub(super) fn run(
    args: &CredentialArgs,
    now: Timestamp,
    input: &mut dyn Read,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let keys = match &args.jwks {
        Some(path) => {
            let text = read(path, &mut std::io::empty())?;
            let faulty = |why| Failure::failed(format!("{}: {why}", path.display()));
            Some(KeySet::read(&text).map_err(faulty)?)
        }
        None => None,
    };
    let list = args.status_list.as_ref().map(|path| read(path, &mut std::io::empty())).transpose()?.map(compact);
    let text = compact(read(&args.file, input)?);
    let against = Against { keys: keys.as_ref(), status_list: list.as_deref(), at: args.at.unwrap_or(now) };
    let verdict = verify(&text, against);
    let answer = json!({"valid": verdict.is_valid(), "checks": verdict.checks, "credential": verdict.credential});
    serde_json::to_writer_pretty(&mut *out, &answer).map_err(std::io::Error::from)?;
    out.write_all(b"\n")?;
    out.flush()?;
    if verdict.is_valid() {
        return Ok(());
    }
    let failed = verdict.checks.iter().find(|check| check.code.is_some());
    let why = failed.or_else(|| verdict.checks.get(1)).map_or("", |check| check.detail.as_str());
    Err(Failure::failed(format!("the credential is not proven. {why}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_credential_is_refused_with_the_reason() {
        let args = CredentialArgs { file: "-".into(), jwks: None, status_list: None, at: None };
        let now = "2026-11-28T12:00:00Z".parse().unwrap();
        for text in ["eyJhbGciOiJub25lIn0.e30.", r#"{"jwt": "eyJhbGciOiJub25lIn0.e30."}"#] {
            let mut out = Vec::new();
            let failure = run(&args, now, &mut text.as_bytes(), &mut out).unwrap_err();
            assert_eq!(failure.exit_code(), 1);
            assert!(failure.to_string().contains("EdDSA"), "{failure}");
            let answer: Value = serde_json::from_slice(&out).unwrap();
            assert_eq!((&answer["valid"], &answer["checks"][0]["code"]), (&json!(false), &json!("algorithm_refused")));
        }
    }

    #[test]
    fn missing_files_are_named() {
        let args =
            CredentialArgs { file: "-".into(), jwks: Some("/nowhere/jwks.json".into()), status_list: None, at: None };
        let now = "2026-11-28T12:00:00Z".parse().unwrap();
        let failure = run(&args, now, &mut std::io::empty(), &mut Vec::new()).unwrap_err();
        assert!(failure.to_string().contains("/nowhere/jwks.json"), "{failure}");
    }
}
