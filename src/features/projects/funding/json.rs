//! funding.json, version 1: the channels by which a project takes money, as far as they have an address.

use super::{Link, link, wrong};
use crate::kernel::{Check, Result};
use serde_json::Value;

/// Reads the file. Channels that are no addresses, such as bank accounts, are passed over: nobody should read them here.
pub(super) fn read(text: &str) -> Result<Vec<Link>> {
    let file: Value = serde_json::from_str(text).map_err(|error| {
        let what = error.to_string();
        let what = what.split(" at line ").next().unwrap_or_default().to_owned();
        wrong(format!("line {}, column {}: {what}", error.line(), error.column().max(1)))
    })?;
    let version = file.get("version").and_then(Value::as_str).unwrap_or_default();
    let mut check = Check::default();
    let known = version.trim_start_matches('v').split('.').next() == Some("1");
    check.require(known, "/version", "unknown_version", "Version 1 of the format is read.");
    let channels = file.pointer("/funding/channels").and_then(Value::as_array);
    check.require(channels.is_some(), "/funding/channels", "missing", "The file lists its channels there.");
    let mut links = Vec::new();
    for (at, channel) in channels.into_iter().flatten().enumerate() {
        let address = channel.get("address").and_then(Value::as_str).unwrap_or_default().trim();
        if !address.starts_with("http") {
            continue;
        }
        let parsed = link(None, &address.replacen("http://", "https://", 1));
        links.extend(check.value(format!("/funding/channels/{at}/address"), parsed));
    }
    check.done()?;
    Ok(links)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn channels_with_an_address_are_read() {
        let text = r#"{"version": "v1.0.0", "funding": {"channels": [
            {"guid": "a", "type": "payment-provider", "address": "https://opencollective.com/parser"},
            {"guid": "b", "type": "bank", "address": "IBAN DE00"}, {"guid": "c", "type": "other", "address": "https://example.org/donate"}, {"guid": "d"}]}}"#;
        let links: Vec<String> =
            read(text).unwrap().into_iter().map(|link| format!("{} {}", link.platform, link.url)).collect();
        assert_eq!(links, ["open_collective https://opencollective.com/parser", "custom https://example.org/donate"]);
    }

    #[test]
    fn what_is_wrong_has_its_place() {
        let faults =
            |text: &str| read(text).unwrap_err().fields().iter().map(|fault| fault.pointer.clone()).collect::<Vec<_>>();
        assert_eq!(faults("{}"), ["/version", "/funding/channels"]);
        assert_eq!(
            faults(r#"{"version": "v1", "funding": {"channels": [{"address": "https://localhost"}]}}"#),
            ["/funding/channels/0/address"]
        );
        assert!(read("{").unwrap_err().detail().contains("line 1, column"));
        assert!(read(&"[".repeat(5_000)).is_err());
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC{0,100}", address in "\\PC{0,40}") {
            let _ = read(&text);
            let file = serde_json::json!({"version": "v1", "funding": {"channels": [{"address": address}, {"address": format!("http{address}")}, address]}});
            let _ = read(&file.to_string());
        }
    }
}
