//! SPDX 2 as tag and value, a line each, brought into the form it has in JSON.

use std::borrow::Cow;

use super::super::document::{Fault, Refusal};
use super::node::{MAX_VALUES, Node, Value};

/// How a tag's value is written in JSON.
#[derive(Clone, Copy)]
enum Form {
    Text,
    Bool,
    List,
    Checksum,
    External,
    DocumentRef,
    Relationship,
    Verification,
    /// Known, but of no use here.
    Passed,
}

use Form::{Bool, Checksum, DocumentRef, External, List, Passed, Relationship, Text, Verification};

const DOCUMENT: &[(&str, &str, Form)] = &[
    ("SPDXVersion", "spdxVersion", Text),
    ("DataLicense", "dataLicense", Text),
    ("SPDXID", "SPDXID", Text),
    ("DocumentName", "name", Text),
    ("DocumentNamespace", "documentNamespace", Text),
    ("DocumentComment", "comment", Text),
    ("ExternalDocumentRef", "externalDocumentRefs", DocumentRef),
];
const CREATION: &[(&str, &str, Form)] = &[
    ("Creator", "creators", List),
    ("Created", "created", Text),
    ("CreatorComment", "comment", Text),
    ("LicenseListVersion", "licenseListVersion", Text),
];
const PACKAGE: &[(&str, &str, Form)] = &[
    ("PackageName", "name", Text),
    ("SPDXID", "SPDXID", Text),
    ("PackageVersion", "versionInfo", Text),
    ("PackageFileName", "packageFileName", Text),
    ("PackageSupplier", "supplier", Text),
    ("PackageOriginator", "originator", Text),
    ("PackageDownloadLocation", "downloadLocation", Text),
    ("FilesAnalyzed", "filesAnalyzed", Bool),
    ("PackageVerificationCode", "packageVerificationCode", Verification),
    ("PackageChecksum", "checksums", Checksum),
    ("PackageHomePage", "homepage", Text),
    ("PackageSourceInfo", "sourceInfo", Text),
    ("PackageLicenseConcluded", "licenseConcluded", Text),
    ("PackageLicenseInfoFromFiles", "licenseInfoFromFiles", List),
    ("PackageLicenseDeclared", "licenseDeclared", Text),
    ("PackageLicenseComments", "licenseComments", Text),
    ("PackageCopyrightText", "copyrightText", Text),
    ("PackageSummary", "summary", Text),
    ("PackageDescription", "description", Text),
    ("PackageComment", "comment", Text),
    ("ExternalRef", "externalRefs", External),
    ("ExternalRefComment", "", Passed),
    ("PackageAttributionText", "attributionTexts", List),
    ("PrimaryPackagePurpose", "primaryPackagePurpose", Text),
    ("BuiltDate", "builtDate", Text),
    ("ReleaseDate", "releaseDate", Text),
    ("ValidUntilDate", "validUntilDate", Text),
];
const FILE: &[(&str, &str, Form)] = &[
    ("FileName", "fileName", Text),
    ("SPDXID", "SPDXID", Text),
    ("FileType", "fileTypes", List),
    ("FileChecksum", "checksums", Checksum),
    ("LicenseConcluded", "licenseConcluded", Text),
    ("LicenseInfoInFile", "licenseInfoInFiles", List),
    ("LicenseComments", "licenseComments", Text),
    ("FileCopyrightText", "copyrightText", Text),
    ("FileComment", "comment", Text),
    ("FileNotice", "noticeText", Text),
    ("FileContributor", "fileContributors", List),
    ("FileAttributionText", "attributionTexts", List),
    ("FileDependency", "fileDependencies", List),
    ("ArtifactOfProjectName", "", Passed),
    ("ArtifactOfProjectHomePage", "", Passed),
    ("ArtifactOfProjectURI", "", Passed),
];
const SNIPPET: &[(&str, &str, Form)] = &[
    ("SnippetSPDXID", "SPDXID", Text),
    ("SnippetFromFileSPDXID", "snippetFromFile", Text),
    ("SnippetByteRange", "", Passed),
    ("SnippetLineRange", "", Passed),
    ("SnippetLicenseConcluded", "licenseConcluded", Text),
    ("LicenseInfoInSnippet", "licenseInfoInSnippets", List),
    ("SnippetLicenseComments", "licenseComments", Text),
    ("SnippetCopyrightText", "copyrightText", Text),
    ("SnippetComment", "comment", Text),
    ("SnippetName", "name", Text),
    ("SnippetAttributionText", "attributionTexts", List),
];
const EXTRACTED: &[(&str, &str, Form)] = &[
    ("LicenseID", "licenseId", Text),
    ("ExtractedText", "extractedText", Text),
    ("LicenseName", "name", Text),
    ("LicenseCrossReference", "seeAlsos", List),
    ("LicenseComment", "comment", Text),
];
/// Tags that may stand anywhere.
const ANYWHERE: &[(&str, &str, Form)] = &[
    ("Relationship", "relationships", Relationship),
    ("RelationshipComment", "", Passed),
    ("Annotator", "", Passed),
    ("AnnotationDate", "", Passed),
    ("AnnotationType", "", Passed),
    ("AnnotationComment", "", Passed),
    ("SPDXREF", "", Passed),
    ("Reviewer", "", Passed),
    ("ReviewDate", "", Passed),
    ("ReviewComment", "", Passed),
];
/// The tags of a section: each with its field and the form of its value.
type Tags = &'static [(&'static str, &'static str, Form)];

/// The tags that begin a section, and the list it is kept in.
const SECTIONS: [(&str, &str, Tags); 4] = [
    ("PackageName", "packages", PACKAGE),
    ("FileName", "files", FILE),
    ("SnippetSPDXID", "snippets", SNIPPET),
    ("LicenseID", "hasExtractedLicensingInfos", EXTRACTED),
];

/// Whether the text looks like tags and values.
pub(super) fn is_tag_value(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.next().is_some_and(|line| line.starts_with("SPDXVersion:"))
}

type Fields<'a> = Vec<(Cow<'a, str>, Node<'a>)>;

/// The document in the form of JSON, and what was not understood in it. Each node begins at a byte of the text.
pub(super) fn read_tag_value(text: &str) -> Result<(Node<'_>, Vec<Fault>), Refusal> {
    let mut reader = Reader { root: Vec::new(), creation: Vec::new(), section: None, faults: Vec::new(), first: 0 };
    let mut at = 0;
    let mut number = 0;
    let mut left = MAX_VALUES;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let end = rest.find('\n').unwrap_or(rest.len());
        let line = rest.get(..end).unwrap_or(rest);
        number += 1;
        let (start, mut taken) = (at, end + 1);
        let trimmed = line.trim();
        let (mut lines, here) = (0, number);
        if !trimmed.is_empty() && !trimmed.starts_with('#') {
            let Some((tag, value)) = trimmed.split_once(':') else {
                let detail =
                    "A line must be a tag, a colon and a value; longer values stand between <text> and </text>.";
                return Err(Refusal::one(Fault::at_place(number, 1, "malformed", detail)));
            };
            let mut value = value.trim();
            if let Some(begun) = value.strip_prefix("<text>") {
                let opened = rest.find("<text>").unwrap_or(0) + "<text>".len();
                let Some(length) = rest.get(opened..).and_then(|rest| rest.find("</text>")) else {
                    let detail = "The text that begins here never ends; </text> is missing.";
                    return Err(Refusal::one(Fault::at_place(number, 1, "malformed", detail)));
                };
                value = rest.get(opened..opened + length).unwrap_or(begun);
                let after = opened + length;
                taken = rest.get(after..).and_then(|rest| rest.find('\n')).map_or(rest.len(), |end| after + end + 1);
                lines = value.matches('\n').count();
            }
            left = left.checked_sub(1).ok_or_else(|| {
                Refusal::one(Fault::at_place(
                    number,
                    1,
                    "too_large",
                    format!("too many values, more than {MAX_VALUES}"),
                ))
            })?;
            reader.tag(tag.trim(), value, start, here);
        }
        number += lines;
        at += taken;
    }
    Ok(reader.done())
}

struct Section<'a> {
    list: &'static str,
    tags: &'static [(&'static str, &'static str, Form)],
    at: usize,
    fields: Fields<'a>,
}

struct Reader<'a> {
    root: Fields<'a>,
    creation: Fields<'a>,
    section: Option<Section<'a>>,
    faults: Vec<Fault>,
    first: usize,
}

impl<'a> Reader<'a> {
    fn tag(&mut self, tag: &str, value: &'a str, at: usize, line: usize) {
        if let Some((_, list, tags)) = SECTIONS.iter().find(|(begins, ..)| *begins == tag) {
            self.close();
            self.section = Some(Section { list, tags, at, fields: Vec::new() });
        }
        let own: &[_] = self.section.as_ref().map_or(DOCUMENT, |section| section.tags);
        let find = |tags: &'static [(&'static str, &'static str, Form)]| {
            tags.iter().find(|(name, ..)| *name == tag).map(|(_, field, form)| (*field, *form))
        };
        let fields = self.section.as_mut().map_or(&mut self.root, |section| &mut section.fields);
        if let Some((field, form)) = find(own) {
            put(fields, field, form, value, at);
        } else if let Some((field, form)) = find(CREATION) {
            put(&mut self.creation, field, form, value, at);
        } else if let Some((field, form)) = find(ANYWHERE).or_else(|| find(DOCUMENT)) {
            put(&mut self.root, field, form, value, at);
        } else {
            let detail = format!("SPDX has no tag {tag:?} in this section; the line was passed over.");
            self.faults.push(Fault::at_place(line, 1, "unknown_field", detail));
        }
    }

    fn close(&mut self) {
        if let Some(Section { list, at, fields, .. }) = self.section.take() {
            push(&mut self.root, list, Node::new(at, Value::Object(fields)), at);
        }
    }

    fn done(mut self) -> (Node<'a>, Vec<Fault>) {
        self.close();
        let creation = Node::new(self.first, Value::Object(self.creation));
        self.root.push((Cow::Borrowed("creationInfo"), creation));
        (Node::new(self.first, Value::Object(self.root)), self.faults)
    }
}

fn push<'a>(fields: &mut Fields<'a>, name: &'static str, item: Node<'a>, at: usize) {
    if let Some((_, Node { value: Value::List(items), .. })) = fields.iter_mut().find(|(field, _)| field == name) {
        items.push(item);
    } else {
        fields.push((Cow::Borrowed(name), Node::new(at, Value::List(vec![item]))));
    }
}

/// An object of the parts of a value that are separated by blanks, the last one taking the rest.
fn parts<'a, const N: usize>(value: &'a str, names: [&'static str; N], at: usize) -> Node<'a> {
    let mut rest = value;
    let mut fields = Vec::new();
    for (place, name) in names.into_iter().enumerate() {
        let (part, behind) = if place + 1 == N { (rest, "") } else { rest.split_once(' ').unwrap_or((rest, "")) };
        rest = behind.trim_start();
        let part = part.trim();
        if !part.is_empty() {
            fields.push((Cow::Borrowed(name), Node::new(at, Value::Text(Cow::Borrowed(part)))));
        }
    }
    Node::new(at, Value::Object(fields))
}

fn checksum(value: &str, at: usize) -> Node<'_> {
    let (algorithm, digest) = value.split_once(':').unwrap_or((value, ""));
    let text = |text: &'_ str| Node::new(at, Value::Text(Cow::Owned(text.trim().to_owned())));
    let fields = vec![(Cow::Borrowed("algorithm"), text(algorithm)), (Cow::Borrowed("checksumValue"), text(digest))];
    Node::new(at, Value::Object(fields))
}

fn put<'a>(fields: &mut Fields<'a>, name: &'static str, form: Form, value: &'a str, at: usize) {
    let text = Node::new(at, Value::Text(Cow::Borrowed(value)));
    match form {
        Passed => {}
        Text => fields.push((Cow::Borrowed(name), text)),
        List => push(fields, name, text, at),
        Bool => {
            let value = match value {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                _ => text.value,
            };
            fields.push((Cow::Borrowed(name), Node::new(at, value)));
        }
        Checksum => push(fields, name, checksum(value, at), at),
        External => {
            let names = ["referenceCategory", "referenceType", "referenceLocator"];
            push(fields, name, parts(value, names, at), at);
        }
        Relationship => {
            let names = ["spdxElementId", "relationshipType", "relatedSpdxElement"];
            push(fields, name, parts(value, names, at), at);
        }
        DocumentRef => {
            let Node { value: inner, .. } = parts(value, ["externalDocumentId", "spdxDocument", "checksum"], at);
            let Value::Object(mut inner) = inner else { return };
            for (field, node) in &mut inner {
                if field == "checksum" {
                    let digest = value.splitn(3, ' ').nth(2).unwrap_or_default();
                    *node = checksum(digest, at);
                }
            }
            push(fields, name, Node::new(at, Value::Object(inner)), at);
        }
        Verification => {
            let names = ["packageVerificationCodeValue"];
            fields.push((Cow::Borrowed(name), parts(value, names, at)));
        }
    }
}
