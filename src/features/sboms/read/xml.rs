//! CycloneDX in XML, brought into the form it has in JSON, so that one reader and one set of rules serve both.
//!
//! No document type, no entities but the five of XML and character references; elements and attributes of other
//! namespaces are passed over, as the specification wants it.

use std::borrow::Cow;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;

use super::super::document::{Fault, Refusal};
use super::grammar::{Field, Grammar, Shape, Type};
use super::node::{MAX_DEPTH, MAX_VALUES, Node, Value};

const NAMESPACE: &str = "http://cyclonedx.org/schema/bom/";

/// The version that the namespace names, and the document in the form of JSON.
pub(super) struct XmlBom<'a> {
    pub(super) version: String,
    pub(super) root: Node<'a>,
}

/// The line and column of a byte of the text.
pub(super) fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.as_bytes().get(..at).unwrap_or(text.as_bytes());
    let line = before.split(|byte| *byte == b'\n').count();
    let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
    (line, column)
}

fn refuse(text: &str, at: usize, code: &'static str, detail: impl Into<String>) -> Refusal {
    let (line, column) = place(text, at);
    Refusal::one(Fault::at_place(line, column, code, detail))
}

/// Reads a document.
pub(super) fn read_xml<'a>(text: &'a str, grammar: &Grammar) -> Result<XmlBom<'a>, Refusal> {
    let (version, root) = Parser::new(text).run()?;
    let root = convert(grammar, &root, &Type::Named("bom"));
    Ok(XmlBom { version, root })
}

#[derive(Debug, Default)]
struct Element<'a> {
    name: String,
    at: usize,
    attributes: Vec<(String, Cow<'a, str>)>,
    text: String,
    children: Vec<Element<'a>>,
    foreign: bool,
}

struct Parser<'a> {
    text: &'a str,
    reader: NsReader<&'a [u8]>,
    open: Vec<Element<'a>>,
    root: Option<Element<'a>>,
    version: Option<String>,
    left: usize,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Self {
        let mut reader = NsReader::from_str(text);
        reader.config_mut().enable_all_checks(true);
        Self { text, reader, open: Vec::new(), root: None, version: None, left: MAX_VALUES }
    }

    fn at(&self) -> usize {
        usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX)
    }

    fn run(mut self) -> Result<(String, Element<'a>), Refusal> {
        loop {
            let at = self.at();
            let event = self.reader.read_resolved_event();
            let (namespace, event) = match event {
                Ok((ResolveResult::Bound(namespace), event)) => (Some(namespace.0.to_owned()), event),
                Ok((_, event)) => (None, event),
                Err(error) => {
                    let at = usize::try_from(self.reader.error_position()).unwrap_or(at);
                    return Err(refuse(self.text, at, "malformed", format!("This is not well-formed XML: {error}.")));
                }
            };
            match event {
                Event::Start(start) => self.begin(&start, namespace.as_deref(), at)?,
                Event::Empty(start) => {
                    self.begin(&start, namespace.as_deref(), at)?;
                    self.end();
                }
                Event::End(_) => self.end(),
                Event::Text(content) => self.append(&content.xml10_content(), at)?,
                Event::CData(content) => self.append(&content.xml10_content(), at)?,
                Event::GeneralRef(reference) => {
                    let name = reference.xml10_content();
                    let resolved = match name.as_ref() {
                        "amp" => Some('&'),
                        "lt" => Some('<'),
                        "gt" => Some('>'),
                        "quot" => Some('"'),
                        "apos" => Some('\''),
                        _ => reference.resolve_char_ref().ok().flatten(),
                    };
                    let Some(sign) = resolved else {
                        let detail =
                            "Entities are not read, for they can be made to grow without bound; write the text itself.";
                        return Err(refuse(self.text, at, "entity", detail));
                    };
                    self.append(sign.encode_utf8(&mut [0; 4]), at)?;
                }
                Event::DocType(_) => {
                    let detail = "A document type declaration (DOCTYPE) is not read; remove it.";
                    return Err(refuse(self.text, at, "doctype", detail));
                }
                Event::Eof => break,
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            }
        }
        match (self.version, self.root) {
            (Some(version), Some(root)) if self.open.is_empty() => Ok((version, root)),
            _ => {
                Err(refuse(self.text, self.text.len(), "malformed", "The document ends before its root element does."))
            }
        }
    }

    fn begin(&mut self, start: &BytesStart<'a>, namespace: Option<&str>, at: usize) -> Result<(), Refusal> {
        if self.open.len() >= MAX_DEPTH {
            return Err(refuse(self.text, at, "too_large", format!("too deep, more than {MAX_DEPTH} levels")));
        }
        let name = start.local_name().as_ref().to_owned();
        if self.open.is_empty() {
            if self.root.is_some() {
                return Err(refuse(self.text, at, "malformed", "There is a second root element."));
            }
            let version = namespace.and_then(|namespace| namespace.strip_prefix(NAMESPACE));
            let (true, Some(version)) = (name == "bom", version) else {
                let detail =
                    format!("The root element must be bom in the namespace {NAMESPACE} with a version behind it.");
                return Err(refuse(self.text, at, "unknown_format", detail));
            };
            self.version = Some(version.to_owned());
        }
        let foreign = namespace.and_then(|namespace| namespace.strip_prefix(NAMESPACE)) != self.version.as_deref();
        let mut element = Element { name, at, foreign, ..Element::default() };
        self.count(1, at)?;
        for attribute in start.attributes() {
            let unreadable = |error: &dyn std::fmt::Display| {
                refuse(self.text, at, "malformed", format!("An attribute is not readable: {error}."))
            };
            let attribute = attribute.map_err(|error| unreadable(&error))?;
            if attribute.key.prefix().is_some() || attribute.key.as_ref() == "xmlns" {
                continue;
            }
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| unreadable(&error))?;
            element.attributes.push((attribute.key.as_ref().to_owned(), Cow::Owned(value.into_owned())));
        }
        self.count(element.attributes.len(), at)?;
        self.open.push(element);
        Ok(())
    }

    fn count(&mut self, values: usize, at: usize) -> Result<(), Refusal> {
        let Some(left) = self.left.checked_sub(values) else {
            return Err(refuse(self.text, at, "too_large", format!("too many elements, more than {MAX_VALUES}")));
        };
        self.left = left;
        Ok(())
    }

    fn append(&mut self, text: &str, at: usize) -> Result<(), Refusal> {
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim().is_empty() => {}
            None => return Err(refuse(self.text, at, "malformed", "There is text outside of the root element.")),
        }
        Ok(())
    }

    fn end(&mut self) {
        let Some(mut element) = self.open.pop() else { return };
        if !element.children.is_empty() {
            element.text = String::new();
        }
        match self.open.last_mut() {
            Some(_) if element.foreign => {}
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
    }
}

fn convert<'a>(grammar: &Grammar, element: &Element<'a>, ty: &Type) -> Node<'a> {
    let value = match ty {
        Type::Words(_) => Value::Text(Cow::Owned(element.text.trim().to_owned())),
        Type::List { of, .. } => Value::List(element.children.iter().map(|child| item(grammar, child, of)).collect()),
        Type::Named(name) => match grammar.shape(name) {
            Some(Shape { alias: Some(ty), .. }) => return convert(grammar, element, ty),
            Some(shape) => return object(grammar, element, name, shape),
            None => scalar(element.text.trim(), name),
        },
    };
    Node::new(element.at, value)
}

fn scalar<'a>(text: &str, name: &str) -> Value<'a> {
    let as_text = || Value::Text(Cow::Owned(text.to_owned()));
    match name {
        "any" => Value::Null,
        "bool" => match text {
            "true" | "1" => Value::Bool(true),
            "false" | "0" => Value::Bool(false),
            _ => as_text(),
        },
        "int" | "pos" | "num" | "unit" => text
            .parse::<f64>()
            .ok()
            .filter(|value| value.is_finite())
            .map_or_else(as_text, |value| Value::Number { value, whole: value.fract() == 0.0 }),
        _ => as_text(),
    }
}

/// An item of a list, where the element's name may say more than that it is one.
fn item<'a>(grammar: &Grammar, element: &Element<'a>, of: &'static str) -> Node<'a> {
    let named = |name: &str, node: Node<'a>| vec![(Cow::Owned(name.to_owned()), node)];
    let fields = match (of, element.name.as_str()) {
        ("choice", "expression") => {
            let text = Value::Text(Cow::Owned(element.text.trim().to_owned()));
            let mut fields = named("expression", Node::new(element.at, text));
            fields.extend(attributes(element));
            fields
        }
        ("choice", "license") => named("license", convert(grammar, element, &Type::Named("license"))),
        ("choice", name) => named(name, Node::new(element.at, Value::Null)),
        ("flow", "dataflow") => {
            let mut fields: Vec<_> = attributes(element).collect();
            for child in &element.children {
                if child.name == "classification" {
                    let inner = convert(grammar, child, &Type::Named("flow"));
                    fields.extend(inner.fields().iter().cloned());
                } else {
                    fields.extend(named(&child.name, Node::new(child.at, Value::Null)));
                }
            }
            fields
        }
        _ => return convert(grammar, element, &Type::Named(of)),
    };
    Node::new(element.at, Value::Object(fields))
}

fn attributes<'e, 'a>(element: &'e Element<'a>) -> impl Iterator<Item = (Cow<'a, str>, Node<'a>)> + 'e {
    let at = element.at;
    element
        .attributes
        .iter()
        .map(move |(name, value)| (Cow::Owned(name.clone()), Node::new(at, Value::Text(value.clone()))))
}

/// The field an element or attribute stands for: `content-type` is `contentType`.
fn field_of<'s>(shape: &'s Shape, name: &str) -> Option<&'s Field> {
    let same = |field: &&Field| {
        let mut camel = String::new();
        for part in name.split('-') {
            let mut signs = part.chars();
            match signs.next() {
                Some(first) if !camel.is_empty() => camel.push(first.to_ascii_uppercase()),
                Some(first) => camel.push(first),
                None => {}
            }
            camel.push_str(signs.as_str());
        }
        field.name == name || field.name == camel
    };
    shape.fields.iter().find(same)
}

fn object<'a>(grammar: &Grammar, element: &Element<'a>, name: &str, shape: &Shape) -> Node<'a> {
    let mut fields: Vec<(Cow<'a, str>, Node<'a>)> = Vec::new();
    for (name, value) in &element.attributes {
        // The specification lets anybody add attributes.
        let Some(field) = field_of(shape, name) else { continue };
        let value = match field.types.first() {
            Some((Type::Named(ty), _)) => scalar(value.trim(), ty),
            _ => Value::Text(value.clone()),
        };
        fields.push((Cow::Borrowed(field.name), Node::new(element.at, value)));
    }
    if let Some(content) = shape.content {
        let text = Value::Text(Cow::Owned(element.text.trim().to_owned()));
        fields.push((Cow::Borrowed(content), Node::new(element.at, text)));
    }
    for child in &element.children {
        if name == "dependency" {
            let key = if child.name == "dependency" { "dependsOn" } else { child.name.as_str() };
            let link = child.attributes.iter().find(|(name, _)| name == "ref").map(|(_, value)| value.clone());
            push_into(&mut fields, key, Node::new(child.at, link.map_or(Value::Null, Value::Text)));
            continue;
        }
        let Some(field) = field_of(shape, &child.name) else {
            fields.push((Cow::Owned(child.name.clone()), Node::new(child.at, Value::Null)));
            continue;
        };
        match field.types.first() {
            _ if field.not_in_xml => fields.push((Cow::Borrowed(field.name), Node::new(child.at, Value::Null))),
            Some((Type::List { of, unwrapped: true, .. }, _)) => {
                push_into(&mut fields, field.name, item(grammar, child, of));
            }
            Some((ty, _)) => fields.push((Cow::Borrowed(field.name), convert(grammar, child, ty))),
            None => {}
        }
    }
    if name == "bom" {
        // What JSON says in fields, XML says by its namespace.
        fields.push((Cow::Borrowed("bomFormat"), Node::text("CycloneDX")));
        fields.push((Cow::Borrowed("specVersion"), Node::text("")));
    }
    Node::new(element.at, Value::Object(fields))
}

/// Adds an item to the list under `key`, which is made when it is not there.
fn push_into<'a>(fields: &mut Vec<(Cow<'a, str>, Node<'a>)>, key: &str, item: Node<'a>) {
    if let Some((_, Node { value: Value::List(items), .. })) = fields.iter_mut().find(|(name, _)| name == key) {
        items.push(item);
    } else {
        fields.push((Cow::Owned(key.to_owned()), Node::new(item.at, Value::List(vec![item]))));
    }
}
