//! Puts a document together within its limits, each component and each dependency once.

use std::collections::{HashMap, HashSet};

use super::super::document::{Component, Document, Fault, MAX_COMPONENTS, MAX_DEPENDENCIES, Refusal};
use crate::kernel::Purl;

/// The longest name, version or licence that is kept, in bytes.
const MAX_TEXT: usize = 1000;

pub(super) struct Builder {
    pub(super) document: Document,
    places: HashMap<String, usize>,
    edges: HashSet<(Option<usize>, usize)>,
}

impl Builder {
    pub(super) fn new(format: &'static str, version: String) -> Self {
        let document = Document { format, version, ..Document::default() };
        Self { document, places: HashMap::new(), edges: HashSet::new() }
    }

    pub(super) fn warn(&mut self, pointer: impl Into<String>, code: &'static str, detail: impl Into<String>) {
        self.document.warn(Fault::at_pointer(pointer, code, detail));
    }

    /// Adds a component; the second of the same reference is left out with a warning.
    pub(super) fn add(&mut self, mut component: Component, pointer: &str) -> Result<(), Refusal> {
        let at = self.document.components.len();
        if at >= MAX_COMPONENTS {
            let detail = format!("There are more than {MAX_COMPONENTS} components; split the document.");
            return Err(Refusal::one(Fault::at_pointer(pointer, "too_large", detail)));
        }
        if component.reference.is_empty() {
            component.reference = format!("#{at}");
        } else if self.places.contains_key(&component.reference) {
            let detail = format!("{:?} is there already; the second one was left out.", component.reference);
            self.warn(pointer, "twice", detail);
            return Ok(());
        } else {
            self.places.insert(component.reference.clone(), at);
        }
        cut(&mut component.name);
        for text in [&mut component.version, &mut component.license, &mut component.repository].into_iter().flatten() {
            cut(text);
        }
        self.document.components.push(component);
        Ok(())
    }

    pub(super) fn place(&self, reference: &str) -> Option<usize> {
        self.places.get(reference).copied()
    }

    pub(super) fn knows(&self, reference: &str) -> bool {
        self.places.contains_key(reference)
    }

    /// Notes that `from`, or the subject when it is none, needs `to`. What needs itself is passed over.
    pub(super) fn depends(&mut self, from: Option<&str>, to: &str) -> Result<(), Refusal> {
        let Some(to) = self.place(to) else { return Ok(()) };
        let from = from.map(|from| self.place(from));
        let from = match from {
            Some(None) => return Ok(()),
            Some(place) if place == Some(to) => return Ok(()),
            Some(place) => place,
            None => None,
        };
        if !self.edges.insert((from, to)) {
            return Ok(());
        }
        if self.edges.len() > MAX_DEPENDENCIES {
            let detail = format!("There are more than {MAX_DEPENDENCIES} dependencies; split the document.");
            return Err(Refusal::one(Fault::at_pointer("", "too_large", detail)));
        }
        match from {
            Some(from) => self.document.edges.push((from, to)),
            None => self.document.direct.push(to),
        }
        Ok(())
    }
}

fn cut(text: &mut String) {
    text.retain(|sign| sign != '\0');
    let mut end = text.len().min(MAX_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
}

/// A package URL, or a warning why it is none.
pub(super) fn purl_of(text: Option<&str>, pointer: &str, builder: &mut Builder) -> Option<Purl> {
    match Purl::read_leniently(text?) {
        Ok(purl) => Some(purl),
        Err(error) => {
            builder.warn(pointer, "invalid_purl", format!("This is no package URL and was left out: {error}."));
            None
        }
    }
}
