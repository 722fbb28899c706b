//! The objects of a format: what fields they have, since when, of what type. Read from the `.grammar` files beside this one.

use std::collections::HashMap;
use std::sync::LazyLock;

static CYCLONEDX: LazyLock<Grammar> = LazyLock::new(|| Grammar::read(include_str!("cyclonedx.grammar")));
static SPDX: LazyLock<Grammar> = LazyLock::new(|| Grammar::read(include_str!("spdx.grammar")));

/// The objects of CycloneDX.
pub(super) fn cyclonedx() -> &'static Grammar {
    &CYCLONEDX
}

/// The objects of SPDX 2.
pub(super) fn spdx() -> &'static Grammar {
    &SPDX
}

/// All objects of a format, by name.
#[derive(Debug, Default)]
pub(super) struct Grammar {
    shapes: HashMap<&'static str, Shape>,
}

/// What stands under a name: an object, or an alias of another type.
#[derive(Debug, Default)]
pub(super) struct Shape {
    pub(super) alias: Option<Type>,
    pub(super) fields: Vec<Field>,
    /// Exactly one of these fields is there.
    pub(super) one: Vec<&'static str>,
    /// At least one of these fields is there.
    pub(super) some: Vec<&'static str>,
    /// The field that the text of an XML element belongs to.
    pub(super) content: Option<&'static str>,
}

/// A field of an object.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    since: u8,
    required: Option<(u8, u8)>,
    /// Whether it is left alone in XML.
    pub(super) not_in_xml: bool,
    /// The types it may have.
    pub(super) types: Vec<(Type, u8)>,
}

impl Field {
    pub(super) fn is_known(&self, version: u8) -> bool {
        self.since <= version
    }

    pub(super) fn is_required(&self, version: u8) -> bool {
        self.required.is_some_and(|(from, to)| from <= version && version <= to)
    }
}

/// The type of a value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Type {
    /// One of the types built in, or an object.
    Named(&'static str),
    List {
        of: &'static str,
        unique: bool,
        unwrapped: bool,
    },
    Words(Vec<(&'static str, u8)>),
}

const BUILT_IN: [&str; 16] = [
    "any", "text", "bool", "int", "pos", "num", "unit", "time", "uri", "urn", "mime", "digest", "spdx", "ref", "link",
    "id",
];

impl Grammar {
    pub(super) fn shape(&self, name: &str) -> Option<&Shape> {
        self.shapes.get(name)
    }

    fn read(text: &'static str) -> Self {
        let mut grammar = Self::default();
        let names: Vec<_> = text.lines().filter(|line| is_heading(line)).collect();
        let mut current = "";
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
            if is_heading(line) {
                current = line;
                grammar.shapes.entry(current).or_default();
                continue;
            }
            let shape = grammar.shapes.entry(current).or_default();
            let words: Vec<_> = line.split_whitespace().collect();
            match words.as_slice() {
                ["=", "one", names @ ..] => shape.one = names.to_vec(),
                ["=", "some", names @ ..] => shape.some = names.to_vec(),
                ["=", "content", name] => shape.content = Some(name),
                [alias] => shape.alias = Some(read_type(alias, &names)),
                [name, types] => shape.fields.push(read_field(name, types, &names)),
                _ => {}
            }
        }
        grammar
    }
}

fn is_heading(line: &str) -> bool {
    line.starts_with(|first: char| first.is_ascii_lowercase())
}

/// `name@4`: the name, and the version behind the sign.
fn since(text: &'static str) -> (&'static str, u8) {
    text.split_once('@').map_or((text, 0), |(name, version)| (name, version.parse().unwrap_or(u8::MAX)))
}

fn read_field(name: &'static str, types: &'static str, names: &[&'static str]) -> Field {
    let (name, since_version) = since(name);
    let (name, required) = match name.split_once('!') {
        Some((name, "")) => (name, Some((0, u8::MAX))),
        Some((name, span)) => {
            let (from, to) = span.split_once('-').unwrap_or((span, span));
            (name, Some((from.parse().unwrap_or(0), to.parse().unwrap_or(u8::MAX))))
        }
        None => (name, None),
    };
    let not_in_xml = types.starts_with('~');
    let types = types.trim_start_matches('~');
    let types = if types.contains('|') {
        vec![(read_type(types, names), 0)]
    } else {
        types.split('/').map(since).map(|(ty, version)| (read_type(ty, names), version)).collect()
    };
    Field { name, since: since_version, required, not_in_xml, types }
}

fn read_type(text: &'static str, names: &[&'static str]) -> Type {
    if let Some((of, behind)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return Type::List { of, unique: behind.contains('u'), unwrapped: behind.contains('+') };
    }
    if BUILT_IN.contains(&text) || names.contains(&text) {
        return Type::Named(text);
    }
    Type::Words(text.split('|').map(since).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_that_is_named_is_there() {
        for grammar in [cyclonedx(), spdx()] {
            for (name, shape) in &grammar.shapes {
                assert!(shape.alias.is_some() || !shape.fields.is_empty(), "{name} is empty");
                assert!(!BUILT_IN.contains(name), "{name} is two things");
                for field in &shape.fields {
                    for (ty, _) in &field.types {
                        let (Type::Named(of) | Type::List { of, .. }) = ty else { continue };
                        assert!(
                            BUILT_IN.contains(of) || grammar.shapes.contains_key(of),
                            "{name}.{}: {of}",
                            field.name
                        );
                    }
                }
                for name in shape.one.iter().chain(&shape.some).chain(&shape.content) {
                    assert!(shape.fields.iter().any(|field| field.name == *name), "{name}");
                }
            }
        }
    }

    #[test]
    fn fields_know_their_versions() {
        let component = cyclonedx().shape("component").unwrap();
        let field = |name| component.fields.iter().find(|field| field.name == name).unwrap();
        assert!(field("version").is_required(3) && !field("version").is_required(4));
        assert!(!field("tags").is_known(5) && field("tags").is_known(6));
        assert!(matches!(&field("type").types[0].0, Type::Words(words) if words.contains(&("data", 5))));
        assert!(matches!(&field("scope").types[0].0, Type::Words(words) if words.len() == 3));
    }
}
