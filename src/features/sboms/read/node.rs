//! A document as a tree that borrows from its text, bounded in depth and in number of values.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::super::document::{Fault, Refusal};

/// The deepest nesting that is read; the deepest bill of materials seen has 20 levels.
pub(super) const MAX_DEPTH: usize = 100;
/// The most values that are read; 22,000 components have about a million. It bounds the memory to some 200 MiB.
pub(super) const MAX_VALUES: usize = 3_000_000;

/// A value, and for XML where its element begins in the text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node<'a> {
    pub(super) at: usize,
    pub(super) value: Value<'a>,
}

/// What JSON knows.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value<'a> {
    Null,
    Bool(bool),
    Number { value: f64, whole: bool },
    Text(Cow<'a, str>),
    List(Vec<Node<'a>>),
    Object(Vec<(Cow<'a, str>, Node<'a>)>),
}

impl<'a> Node<'a> {
    pub(super) fn new(at: usize, value: Value<'a>) -> Self {
        Self { at, value }
    }

    pub(super) fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::new(0, Value::Text(text.into()))
    }

    /// The field of an object; the last one when it is there twice.
    pub(super) fn get(&self, key: &str) -> Option<&Node<'a>> {
        self.fields().iter().rev().find(|(name, _)| name == key).map(|(_, node)| node)
    }

    pub(super) fn fields(&self) -> &[(Cow<'a, str>, Node<'a>)] {
        if let Value::Object(fields) = &self.value { fields } else { &[] }
    }

    /// The items of a list; none for anything else.
    pub(super) fn items(&self) -> &[Node<'a>] {
        if let Value::List(items) = &self.value { items } else { &[] }
    }

    pub(super) fn as_text(&self) -> Option<&str> {
        if let Value::Text(text) = &self.value { Some(text) } else { None }
    }

    /// The text of a field, without blanks around it; nothing when it is empty.
    pub(super) fn text_of(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Node::as_text).map(str::trim).filter(|text| !text.is_empty())
    }

    /// The items of a field that is a list, with their pointers below `pointer`.
    pub(super) fn items_of(&self, key: &str) -> &[Node<'a>] {
        self.get(key).map_or(&[], Node::items)
    }

    /// What kind of value it is, for messages.
    pub(super) fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number { .. } => "a number",
            Value::Text(_) => "a text",
            Value::List(_) => "a list",
            Value::Object(_) => "an object",
        }
    }
}

/// Reads JSON.
pub(super) fn read_json(text: &str) -> Result<Node<'_>, Refusal> {
    let left = Cell::new(MAX_VALUES);
    let mut reader = serde_json::Deserializer::from_str(text);
    // The bound of serde_json itself is deeper than ours, so that the message is ours.
    let seed = Seed { left: &left, depth: 0 };
    let read = seed.deserialize(&mut reader).and_then(|node| reader.end().map(|()| node));
    read.map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let message = error.to_string();
        let what = message.split(" at line ").next().unwrap_or_default();
        let code = if what.starts_with("too ") { "too_large" } else { "malformed" };
        Refusal::one(Fault::at_place(line, column, code, format!("The document is not readable JSON here: {what}.")))
    })
}

#[derive(Clone, Copy)]
struct Seed<'c> {
    left: &'c Cell<usize>,
    depth: usize,
}

impl Seed<'_> {
    fn deeper(self) -> Self {
        Self { depth: self.depth + 1, ..self }
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Node<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let Some(left) = self.left.get().checked_sub(1) else {
            return Err(D::Error::custom(format!("too many values, more than {MAX_VALUES}")));
        };
        self.left.set(left);
        if self.depth > MAX_DEPTH {
            return Err(D::Error::custom(format!("too deep, more than {MAX_DEPTH} levels")));
        }
        deserializer.deserialize_any(self).map(|value| Node::new(0, value))
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value<'de>, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value<'de>, E> {
        let value = i32::try_from(value).map_or(f64::MIN, f64::from);
        Ok(Value::Number { value, whole: true })
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value<'de>, E> {
        let value = u32::try_from(value).map_or(f64::MAX, f64::from);
        Ok(Value::Number { value, whole: true })
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value<'de>, E> {
        Ok(Value::Number { value, whole: value.fract() == 0.0 })
    }

    fn visit_str<E>(self, value: &str) -> Result<Value<'de>, E> {
        Ok(Value::Text(Cow::Owned(value.to_owned())))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Value<'de>, E> {
        Ok(Value::Text(Cow::Borrowed(value)))
    }

    fn visit_unit<E>(self) -> Result<Value<'de>, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value<'de>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(self.deeper())? {
            items.push(item);
        }
        items.shrink_to_fit();
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value<'de>, A::Error> {
        let mut fields = Vec::new();
        while let Some(key) = map.next_key_seed(Key)? {
            fields.push((key, map.next_value_seed(self.deeper())?));
        }
        fields.shrink_to_fit();
        Ok(Value::Object(fields))
    }
}

/// A key, borrowed where it has no escapes.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(value.to_owned()))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(value))
    }
}
