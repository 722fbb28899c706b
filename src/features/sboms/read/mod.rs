//! Reads a bill of materials: finds out the format, reads it into a tree within bounds, checks it when that is asked for,
//! and takes from it what matters here.

mod build;
mod cyclonedx;
mod grammar;
mod node;
mod spdx2;
mod spdx3;
mod strict;
#[cfg(test)]
mod suite;
mod tag_value;
mod xml;

use std::collections::HashSet;

use super::document::{Document, Fault, MAX_BYTES, MAX_FAULTS, Refusal};
use node::Node;
use strict::Strict;

/// Reads a document, whatever its format. Under `strict` it must keep the rules of its format; else what is not
/// understood is left out with a warning.
///
/// # Errors
/// Where the document is too large, of no format that is known, not readable, or under `strict` breaks a rule.
pub fn read(bytes: &[u8], strict: bool) -> Result<Document, Refusal> {
    if bytes.len() > MAX_BYTES {
        let detail = format!("The document is larger than {} MiB.", MAX_BYTES >> 20);
        return Err(Refusal::one(Fault::at_pointer("", "too_large", detail)));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = String::from_utf8_lossy(bytes.get(..error.valid_up_to()).unwrap_or_default());
        let (line, column) = xml::place(&before, before.len());
        Refusal::one(Fault::at_place(line, column, "encoding", "The document is not UTF-8 here."))
    })?;
    let text = text.trim_start_matches('\u{feff}');
    match text.trim_start().as_bytes().first() {
        Some(b'{') => json(text, strict),
        Some(b'<') => from_xml(text, strict),
        Some(_) if tag_value::is_tag_value(text) => from_tag_value(text, strict),
        _ => Err(unknown("")),
    }
}

fn unknown(pointer: &str) -> Refusal {
    let detail = "This is no bill of materials that is known here: CycloneDX 1.2 to 1.7 in JSON or XML, SPDX 2.2 and 2.3 \
                  in JSON or tag-value, SPDX 3.0 in JSON-LD.";
    Refusal::one(Fault::at_pointer(pointer, "unknown_format", detail))
}

fn done(faults: Vec<Fault>) -> Result<(), Refusal> {
    if faults.is_empty() { Ok(()) } else { Err(Refusal { faults }) }
}

fn json(text: &str, strict: bool) -> Result<Document, Refusal> {
    let root = node::read_json(text)?;
    if root.get("bomFormat").is_some() || root.get("specVersion").is_some() {
        if root.text_of("bomFormat") != Some("CycloneDX") {
            return Err(unknown("/bomFormat"));
        }
        let version = root.text_of("specVersion").unwrap_or_default();
        let (minor, warning) = version_of(version, cyclonedx::minor(version), "/specVersion", strict)?;
        if strict {
            let faults = Strict::new(grammar::cyclonedx(), minor, false).check(&root, "bom");
            done(faults.into_iter().map(|(fault, _)| fault).collect())?;
        }
        return cyclonedx::read(&root, version).map(|document| with(document, warning));
    }
    if root.get("spdxVersion").is_some() {
        let (minor, warning) = spdx_version(&root, strict)?;
        if strict {
            let faults = Strict::new(grammar::spdx(), minor, false).check(&root, "document");
            done(faults.into_iter().map(|(fault, _)| fault).chain(spdx_ends(&root)).take(MAX_FAULTS).collect())?;
        }
        return spdx2::read(&root).map(|document| with(document, warning));
    }
    if root.get("@graph").is_some() {
        if strict {
            done(spdx3::check(&root))?;
        }
        return spdx3::read(&root);
    }
    Err(unknown(""))
}

fn with(mut document: Document, warning: Option<Fault>) -> Document {
    if let Some(warning) = warning {
        document.warn(warning);
    }
    document
}

/// The minor version to read a document by, and a warning where it is another one than the document's.
fn version_of(version: &str, minor: Option<u8>, pointer: &str, strict: bool) -> Result<(u8, Option<Fault>), Refusal> {
    let known = cyclonedx::VERSIONS;
    match minor {
        Some(minor) if known.contains(&minor) => Ok((minor, None)),
        Some(minor) if !strict => {
            let detail = format!("Version {version} is not known here and was read as far as it is like 1.2 to 1.7.");
            let nearest = minor.clamp(*known.start(), *known.end());
            Ok((nearest, Some(Fault::at_pointer(pointer, "unknown_version", detail))))
        }
        _ => {
            let detail = format!("Version {version:?} is not read; 1.2 to 1.7 are.");
            Err(Refusal::one(Fault::at_pointer(pointer, "unknown_version", detail)))
        }
    }
}

fn spdx_version(root: &Node<'_>, strict: bool) -> Result<(u8, Option<Fault>), Refusal> {
    let version = root.text_of("spdxVersion").unwrap_or_default();
    match spdx2::minor(version) {
        Some(minor @ 2..=3) => Ok((minor, None)),
        Some(minor) if !strict => {
            let detail =
                format!("{version} is not known here and was read as far as it is like SPDX-2.2 and SPDX-2.3.");
            Ok((minor.clamp(2, 3), Some(Fault::at_pointer("/spdxVersion", "unknown_version", detail))))
        }
        _ => {
            let detail = format!("{version:?} is not read; SPDX-2.2 and SPDX-2.3 are.");
            Err(Refusal::one(Fault::at_pointer("/spdxVersion", "unknown_version", detail)))
        }
    }
}

/// Relationships whose ends are nowhere.
fn spdx_ends(root: &Node<'_>) -> Vec<Fault> {
    let mut known: HashSet<&str> = root.text_of("SPDXID").into_iter().collect();
    for list in ["packages", "files", "snippets"] {
        known.extend(root.items_of(list).iter().filter_map(|item| item.text_of("SPDXID")));
    }
    let mut faults = Vec::new();
    for (at, relationship) in root.items_of("relationships").iter().enumerate() {
        for end in ["spdxElementId", "relatedSpdxElement"] {
            let Some(id) = relationship.text_of(end) else { continue };
            if spdx2::is_said(id) && !id.starts_with("DocumentRef-") && !known.contains(id) {
                let detail = format!("Nothing in this document has the SPDXID {id:?}.");
                faults.push(Fault::at_pointer(format!("/relationships/{at}/{end}"), "unknown_reference", detail));
            }
        }
    }
    faults
}

/// The fault with the place in the text instead of the pointer.
fn placed(text: &str, (fault, at): (Fault, usize)) -> Fault {
    let (line, column) = xml::place(text, at);
    let name = fault.pointer.unwrap_or_default();
    let detail =
        if name.is_empty() { fault.detail } else { format!("{}: {}", name.trim_start_matches('/'), fault.detail) };
    Fault::at_place(line, column, fault.code, detail)
}

fn from_xml(text: &str, strict: bool) -> Result<Document, Refusal> {
    let bom = xml::read_xml(text, grammar::cyclonedx())?;
    let at = bom.root.at;
    let (minor, warning) = version_of(&bom.version, cyclonedx::minor(&bom.version), "", strict).map_err(|refusal| {
        Refusal { faults: refusal.faults.into_iter().map(|fault| placed(text, (fault, at))).collect() }
    })?;
    if strict {
        let faults = Strict::new(grammar::cyclonedx(), minor, true).check(&bom.root, "bom");
        done(faults.into_iter().map(|fault| placed(text, fault)).collect())?;
    }
    cyclonedx::read(&bom.root, &bom.version).map(|document| with(document, warning))
}

fn from_tag_value(text: &str, strict: bool) -> Result<Document, Refusal> {
    let (root, unknown) = tag_value::read_tag_value(text)?;
    let (minor, warning) = spdx_version(&root, strict)?;
    if strict {
        let faults = Strict::new(grammar::spdx(), minor, true).check(&root, "document");
        let faults = faults.into_iter().map(|fault| placed(text, fault)).chain(unknown).chain(spdx_ends(&root));
        done(faults.take(MAX_FAULTS).collect())?;
        return spdx2::read(&root);
    }
    let mut document = with(spdx2::read(&root)?, warning);
    for fault in unknown {
        document.warn(fault);
    }
    Ok(document)
}
