//! Holds a document against the grammar of its format: types, required and unknown fields, words, forms, what is there
//! twice, references that lead nowhere.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::LazyLock;

use chrono::{DateTime, NaiveDateTime};

use super::super::document::{Fault, MAX_FAULTS};
use super::grammar::{Field, Grammar, Shape, Type};
use super::node::{Node, Value};

static LICENSE_IDS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("license_ids.txt").split_whitespace().collect());

/// A strict reading of one document.
pub(super) struct Strict<'g, 'n> {
    grammar: &'g Grammar,
    version: u8,
    xml: bool,
    path: Vec<Step<'n>>,
    faults: Vec<Fault>,
    /// The byte at which each fault's value begins, for XML.
    places: Vec<usize>,
    defined: HashMap<&'n str, String>,
    links: Vec<(&'n str, String, usize)>,
}

#[derive(Clone, Copy)]
enum Step<'n> {
    Key(&'n str),
    At(usize),
}

impl<'g, 'n> Strict<'g, 'n> {
    pub(super) fn new(grammar: &'g Grammar, version: u8, xml: bool) -> Self {
        Self {
            grammar,
            version,
            xml,
            path: Vec::new(),
            faults: Vec::new(),
            places: Vec::new(),
            defined: HashMap::new(),
            links: Vec::new(),
        }
    }

    /// All that is wrong with the document, whose root is an object of this name, each with the byte it begins at.
    pub(super) fn check(mut self, root: &'n Node<'n>, name: &'static str) -> Vec<(Fault, usize)> {
        self.named(root, name);
        for (link, pointer, at) in std::mem::take(&mut self.links) {
            if !self.defined.contains_key(link) && !link.starts_with("urn:cdx:") {
                let detail = format!("Nothing in this document has the bom-ref {}.", short(link));
                self.note(pointer, at, "unknown_reference", detail);
            }
        }
        self.faults.into_iter().zip(self.places).collect()
    }

    fn is_full(&self) -> bool {
        self.faults.len() >= MAX_FAULTS
    }

    fn pointer(&self) -> String {
        let mut pointer = String::new();
        for step in &self.path {
            pointer.push('/');
            match step {
                Step::Key(key) => pointer.push_str(&key.replace('~', "~0").replace('/', "~1")),
                Step::At(at) => pointer.push_str(&at.to_string()),
            }
        }
        pointer
    }

    fn note(&mut self, pointer: String, at: usize, code: &'static str, detail: impl Into<String>) {
        if !self.is_full() {
            self.faults.push(Fault::at_pointer(pointer, code, detail));
            self.places.push(at);
        }
    }

    fn fault(&mut self, node: &Node<'_>, code: &'static str, detail: impl Into<String>) {
        self.note(self.pointer(), node.at, code, detail);
    }

    fn below(&mut self, step: Step<'n>, check: impl FnOnce(&mut Self)) {
        if self.is_full() {
            return;
        }
        self.path.push(step);
        check(self);
        self.path.pop();
    }

    fn typed(&mut self, node: &'n Node<'n>, ty: &'g Type) {
        match ty {
            Type::Named(name) => self.named(node, name),
            Type::List { of, unique, .. } => self.list(node, of, *unique),
            Type::Words(words) => {
                let known = words.iter().filter(|(_, since)| *since <= self.version).map(|(word, _)| *word);
                match node.as_text() {
                    Some(text) if known.clone().any(|word| word == text) => {}
                    Some(text) => {
                        let known: Vec<_> = known.collect();
                        let detail = format!("{} is not one of {}.", short(text), known.join(", "));
                        self.fault(node, "unknown_word", detail);
                    }
                    None => self.wrong_type(node, "a text"),
                }
            }
        }
    }

    fn list(&mut self, node: &'n Node<'n>, of: &'static str, unique: bool) {
        let Value::List(items) = &node.value else { return self.wrong_type(node, "a list") };
        // Until 1.7 an expression stands alone; the schema of JSON says so since 1.5, that of XML always did.
        let alone = self.version < 7 && (self.xml || self.version >= 5);
        if of == "choice" && alone && items.len() > 1 && items.iter().any(|item| item.get("expression").is_some()) {
            self.fault(node, "choice", "Either one expression or any number of licenses, not both.");
        }
        let mut seen: HashMap<u64, Vec<usize>> = HashMap::new();
        for (at, item) in items.iter().enumerate() {
            self.below(Step::At(at), |this| {
                this.named(item, of);
                if unique {
                    let alike = seen.entry(fingerprint(item)).or_default();
                    let twin = alike.iter().find(|twin| items.get(**twin).is_some_and(|twin| same(twin, item)));
                    if let Some(twin) = twin {
                        this.fault(item, "twice", format!("The same stands at place {twin} of the list already."));
                    }
                    alike.push(at);
                }
            });
        }
    }

    fn wrong_type(&mut self, node: &Node<'_>, wanted: &str) {
        self.fault(node, "wrong_type", format!("Must be {wanted}; it is {}.", node.kind()));
    }

    fn named(&mut self, node: &'n Node<'n>, name: &'static str) {
        if let Some(shape) = self.grammar.shape(name) {
            return match &shape.alias {
                Some(ty) => self.typed(node, ty),
                None => self.object(node, shape),
            };
        }
        match name {
            "any" => {}
            "bool" => self.require(node, matches!(node.value, Value::Bool(_)), "true or false"),
            "int" => self.number(node, true, f64::MIN, f64::MAX),
            "pos" => self.number(node, true, 1.0, f64::MAX),
            "num" => self.number(node, false, f64::MIN, f64::MAX),
            "unit" => self.number(node, false, 0.0, 1.0),
            _ => self.text(node, name),
        }
    }

    fn require(&mut self, node: &Node<'_>, holds: bool, wanted: &str) {
        if !holds {
            self.wrong_type(node, wanted);
        }
    }

    fn number(&mut self, node: &Node<'_>, whole_only: bool, least: f64, most: f64) {
        match node.value {
            Value::Number { whole, .. } if whole_only && !whole => self.wrong_type(node, "a whole number"),
            Value::Number { value, .. } if value < least => {
                self.fault(node, "out_of_range", format!("Must be at least {least}."));
            }
            Value::Number { value, .. } if value > most => {
                self.fault(node, "out_of_range", format!("Must be at most {most}."));
            }
            Value::Number { .. } => {}
            _ => self.wrong_type(node, "a number"),
        }
    }

    fn text(&mut self, node: &'n Node<'n>, form: &'static str) {
        let Some(text) = node.as_text() else { return self.wrong_type(node, "a text") };
        let wanted = match form {
            "time" if !is_time(text, self.xml) => "a date and time by RFC 3339, such as 2026-01-31T12:00:00Z",
            "uri" if !is_uri(text) => {
                "a URI or a relative reference, without blanks and other signs that must be encoded"
            }
            "urn" if !is_urn(text) => "urn:uuid: and a UUID in lowercase",
            "mime" if !is_mime(text) => "a media type, such as text/plain",
            "digest" if !is_hash(text) => "32, 40, 64, 96 or 128 hexadecimal digits",
            "spdx" if !LICENSE_IDS.contains(text) => {
                "an identifier of the SPDX licence list; other names belong into name"
            }
            "id" if !text.strip_prefix("SPDXRef-").is_some_and(is_spdx_id) => {
                "SPDXRef- and letters, digits, dots and hyphens"
            }
            "ref" if text.is_empty() => "a name that is not empty",
            _ => "",
        };
        if !wanted.is_empty() {
            return self.fault(node, "wrong_form", format!("{} is not {wanted}.", short(text)));
        }
        let pointer = if matches!(form, "ref" | "id" | "link") { self.pointer() } else { String::new() };
        match form {
            "ref" | "id" => {
                if let Some(first) = self.defined.get(text) {
                    let detail = format!("{} is already the name of {}.", short(text), name_of(first));
                    self.fault(node, "twice", detail);
                } else {
                    self.defined.insert(text, pointer);
                }
            }
            "link" => self.links.push((text, pointer, node.at)),
            _ => {}
        }
    }

    fn object(&mut self, node: &'n Node<'n>, shape: &'g Shape) {
        let Value::Object(fields) = &node.value else { return self.wrong_type(node, "an object") };
        let mut seen: HashSet<&str> = HashSet::with_capacity(fields.len());
        for (key, value) in fields {
            let known = shape.fields.iter().find(|field| field.name == key && field.is_known(self.version));
            let is_new = seen.insert(key);
            self.below(Step::Key(key), |this| match known {
                _ if !is_new => this.fault(value, "twice", "The object has this field already."),
                Some(field) if this.xml && field.not_in_xml => {}
                Some(field) => this.field(value, field),
                None => this.fault(value, "unknown_field", "This version of the format has no such field here."),
            });
        }
        let version = self.version;
        for field in shape.fields.iter().filter(|field| field.is_required(version)) {
            if !seen.contains(field.name) {
                self.below(Step::Key(field.name), |this| this.fault(node, "required", "It is required and not there."));
            }
        }
        let count = |names: &[&str]| names.iter().filter(|name| seen.contains(**name)).count();
        if !shape.one.is_empty() && count(&shape.one) != 1 {
            self.fault(node, "choice", format!("Must have exactly one of {}.", shape.one.join(", ")));
        }
        if !shape.some.is_empty() && count(&shape.some) == 0 {
            self.fault(node, "choice", format!("Must have at least one of {}.", shape.some.join(", ")));
        }
    }

    fn field(&mut self, node: &'n Node<'n>, field: &'g Field) {
        let mut types = field.types.iter().filter(|(_, since)| *since <= self.version).map(|(ty, _)| ty);
        let fitting = types.clone().find(|ty| matches!(ty, Type::List { .. }) == matches!(node.value, Value::List(_)));
        if let Some(ty) = fitting.or_else(|| types.next()) {
            self.typed(node, ty);
        }
    }
}

fn name_of(pointer: &str) -> String {
    pointer.rsplit_once('/').map_or("something else", |(object, _)| object).to_owned()
}

/// A text for a message, cut where it is long.
fn short(text: &str) -> String {
    let cut: String = text.chars().take(60).collect();
    if cut.len() < text.len() { format!("{cut:?}…") } else { format!("{cut:?}") }
}

fn fingerprint(node: &Node<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    hash_into(node, &mut hasher);
    hasher.finish()
}

fn hash_into(node: &Node<'_>, hasher: &mut DefaultHasher) {
    match &node.value {
        Value::Null => 0_u8.hash(hasher),
        Value::Bool(value) => value.hash(hasher),
        Value::Number { value, .. } => value.to_bits().hash(hasher),
        Value::Text(text) => text.hash(hasher),
        Value::List(items) => items.iter().for_each(|item| hash_into(item, hasher)),
        // The order of fields says nothing.
        Value::Object(fields) => {
            let sum = fields.iter().fold(0_u64, |sum, (key, value)| {
                let mut own = DefaultHasher::new();
                key.hash(&mut own);
                hash_into(value, &mut own);
                sum.wrapping_add(own.finish())
            });
            sum.hash(hasher);
        }
    }
}

fn same(one: &Node<'_>, other: &Node<'_>) -> bool {
    match (&one.value, &other.value) {
        (Value::List(one), Value::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(fields)) => {
            one.len() == fields.len()
                && one.iter().all(|(key, value)| other.get(key).is_some_and(|twin| same(value, twin)))
        }
        (one, other) => one == other,
    }
}

fn is_time(text: &str, xml: bool) -> bool {
    DateTime::parse_from_rfc3339(text).is_ok()
        || xml && NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").is_ok()
}

fn is_uri(text: &str) -> bool {
    !text.chars().any(|sign| sign.is_control() || sign.is_whitespace() || "<>\"{}|\\^`".contains(sign))
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_urn(text: &str) -> bool {
    let Some(uuid) = text.strip_prefix("urn:uuid:") else { return false };
    let lengths: Vec<_> = uuid.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && uuid.split('-').all(is_hex) && !uuid.bytes().any(|byte| byte.is_ascii_uppercase())
}

fn is_mime(text: &str) -> bool {
    let is_part = |part: &str| {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-+.".contains(&byte);
        !part.is_empty() && part.bytes().all(fits)
    };
    text.split_once('/').is_some_and(|(kind, rest)| is_part(kind) && is_part(rest))
}

fn is_hash(text: &str) -> bool {
    [32, 40, 64, 96, 128].contains(&text.len()) && is_hex(text)
}

fn is_spdx_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte))
}
