//! Reads the instance document: strict, in one pass, without a copy of the ids, and with the place of every flaw.

use std::cell::Cell;
use std::collections::HashMap;
use std::fmt;
use std::io::Read;

use serde::de::{self, DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::instance::{Flaw, Instance, Need, Pair, Volunteer, amount, repeated_id};

/// Reads an instance from the bytes of a JSON document, unpacking them first when they are gzipped.
///
/// # Errors
/// A [`Flaw`] with line and column, and for what is no mere matter of syntax the JSON Pointer too.
pub fn read_json(bytes: &[u8]) -> Result<Instance, Flaw> {
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut text = Vec::with_capacity(bytes.len().saturating_mul(6));
        if let Err(cause) = flate2::read::MultiGzDecoder::new(bytes).read_to_end(&mut text) {
            let place = format!("after {} unpacked bytes", text.len());
            return Err(Flaw::new(place, format!("the gzip data is broken or ends half-way ({cause})")));
        }
        return parse(&text);
    }
    parse(bytes)
}

fn parse(text: &[u8]) -> Result<Instance, Flaw> {
    let mut draft = Draft::default();
    // Pairs that stand before the lists they refer to are read in a second pass, once the ids are known.
    for pass in 0..2 {
        draft.pass = pass;
        let mut json = serde_json::Deserializer::from_slice(text);
        draft.spot.set(Spot::Top);
        let read = Top(&mut draft).deserialize(&mut json).and_then(|()| {
            draft.spot.set(Spot::Top);
            json.end()
        });
        read.map_err(|cause| flaw(&cause, draft.spot.get()))?;
        if draft.pairs.is_some() {
            break;
        }
    }
    Instance::new(
        draft.volunteers.unwrap_or_default(),
        draft.needs.unwrap_or_default(),
        draft.pairs.unwrap_or_default(),
    )
}

/// Where in the document the reader is, kept so that an error can name it.
#[derive(Clone, Copy, Default)]
enum Spot {
    #[default]
    Top,
    List(&'static str),
    Row(&'static str, usize),
    Field(&'static str, usize, &'static str),
}

fn flaw(cause: &serde_json::Error, spot: Spot) -> Flaw {
    let at = format!("line {}, column {}", cause.line(), cause.column());
    let said = cause.to_string();
    let said = said.rsplit_once(" at line ").map_or(said.as_str(), |(head, _)| head);
    match cause.classify() {
        serde_json::error::Category::Eof => Flaw::new(at, "the file ends half-way: the JSON document is not complete"),
        serde_json::error::Category::Data => {
            let pointer = match spot {
                Spot::Top => String::from("/"),
                Spot::List(list) => format!("/{list}"),
                Spot::Row(list, row) => format!("/{list}/{row}"),
                Spot::Field(list, row, field) => format!("/{list}/{row}/{field}"),
            };
            Flaw::new(format!("{pointer} ({at})"), said)
        }
        _ => Flaw::new(at, format!("not valid JSON: {said}")),
    }
}

#[derive(Default)]
struct Draft {
    pass: u8,
    spot: Cell<Spot>,
    volunteers: Option<Vec<Volunteer>>,
    needs: Option<Vec<Need>>,
    pairs: Option<Vec<Pair>>,
    volunteer_at: HashMap<Box<str>, u32>,
    need_at: HashMap<Box<str>, u32>,
}

const LISTS: &[&str] = &["volunteers", "needs", "pairs"];

struct Top<'d>(&'d mut Draft);

impl<'de> DeserializeSeed<'de> for Top<'_> {
    type Value = ();
    fn deserialize<D: de::Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Top<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with `volunteers`, `needs` and `pairs`")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let draft = self.0;
        let mut seen = [false; 3];
        while let Some(list) = map.next_key_seed(Field(LISTS))? {
            if std::mem::replace(seen.get_mut(list).unwrap_or(&mut false), true) {
                return Err(A::Error::duplicate_field(name_of(LISTS, list)));
            }
            draft.spot.set(Spot::List(name_of(LISTS, list)));
            match (list, draft.pass) {
                (0, 0) => draft.volunteers = Some(map.next_value_seed(Rows::volunteers(draft))?),
                (1, 0) => draft.needs = Some(map.next_value_seed(Rows::needs(draft))?),
                (2, pass) if pass == 1 || (draft.volunteers.is_some() && draft.needs.is_some()) => {
                    draft.pairs = Some(map.next_value_seed(PairRows(draft))?);
                }
                _ => map.next_value::<IgnoredAny>().map(drop)?,
            }
            draft.spot.set(Spot::Top);
        }
        match LISTS.iter().zip(seen).find(|(_, seen)| !seen) {
            Some((list, _)) => Err(A::Error::missing_field(list)),
            None => Ok(()),
        }
    }
}

fn name_of(names: &'static [&'static str], at: usize) -> &'static str {
    names.get(at).copied().unwrap_or("")
}

/// Reads an object's key as its position in a fixed list of names.
struct Field(&'static [&'static str]);

impl<'de> DeserializeSeed<'de> for Field {
    type Value = usize;
    fn deserialize<D: de::Deserializer<'de>>(self, json: D) -> Result<usize, D::Error> {
        json.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Field {
    type Value = usize;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field name")
    }
    fn visit_str<E: Error>(self, key: &str) -> Result<usize, E> {
        self.0.iter().position(|name| *name == key).ok_or_else(|| E::unknown_field(key, self.0))
    }
}

/// One row under reading: hands out its fields one by one, each at most once, and knows where it is.
struct Row<'r> {
    spot: &'r Cell<Spot>,
    list: &'static str,
    at: usize,
    names: &'static [&'static str],
    needed: usize,
}

impl Row<'_> {
    fn read<'de, A: MapAccess<'de>>(
        &self,
        map: &mut A,
        mut field: impl FnMut(&mut A, usize) -> Result<(), A::Error>,
    ) -> Result<(), A::Error> {
        let mut seen = 0u32;
        loop {
            self.spot.set(Spot::Row(self.list, self.at));
            let Some(key) = map.next_key_seed(Field(self.names))? else { break };
            self.spot.set(Spot::Field(self.list, self.at, name_of(self.names, key)));
            if seen & (1 << key) != 0 {
                return Err(A::Error::duplicate_field(name_of(self.names, key)));
            }
            seen |= 1 << key;
            field(map, key)?;
        }
        match (0..self.needed).find(|key| seen & (1 << key) == 0) {
            Some(key) => Err(A::Error::missing_field(name_of(self.names, key))),
            None => Ok(()),
        }
    }
}

fn number<'de, A: MapAccess<'de>>(map: &mut A) -> Result<f64, A::Error> {
    let x = map.next_value::<f64>()?;
    amount(x).map_err(|why| A::Error::custom(format_args!("{x} {why}")))?;
    // A negative zero would print as one.
    Ok(x + 0.0)
}

/// The list of volunteers or of needs, by what makes a row of it.
struct Rows<'d, T> {
    spot: &'d Cell<Spot>,
    list: &'static str,
    names: &'static [&'static str],
    ids: &'d mut HashMap<Box<str>, u32>,
    make: fn(Box<str>, f64, Option<u32>) -> T,
}

impl<'d> Rows<'d, Volunteer> {
    fn volunteers(draft: &'d mut Draft) -> Self {
        let make = |id, hours, _| Volunteer { id, hours };
        Rows { spot: &draft.spot, list: "volunteers", names: &["id", "hours"], ids: &mut draft.volunteer_at, make }
    }
}

impl<'d> Rows<'d, Need> {
    fn needs(draft: &'d mut Draft) -> Self {
        let make = |id, hours, seats| Need { id, hours, seats };
        Rows { spot: &draft.spot, list: "needs", names: &["id", "hours", "seats"], ids: &mut draft.need_at, make }
    }
}

impl<'de, T> DeserializeSeed<'de> for Rows<'_, T> {
    type Value = Vec<T>;
    fn deserialize<D: de::Deserializer<'de>>(self, json: D) -> Result<Vec<T>, D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de, T> Visitor<'de> for Rows<'_, T> {
    type Value = Vec<T>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of {}", self.list)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<T>, A::Error> {
        let mut rows = Vec::new();
        loop {
            let row = Row { spot: self.spot, list: self.list, at: rows.len(), names: self.names, needed: 2 };
            self.spot.set(Spot::Row(self.list, rows.len()));
            let Some((id, hours, seats)) = seq.next_element_seed(Party(&row))? else { break };
            let at = u32::try_from(rows.len()).map_err(A::Error::custom)?;
            if let Some(first) = self.ids.insert(id.clone(), at) {
                self.spot.set(Spot::Field(self.list, rows.len(), "id"));
                let first = usize::try_from(first).map_err(A::Error::custom)?;
                return Err(A::Error::custom(repeated_id(self.list, first, rows.len(), &id).detail));
            }
            rows.push((self.make)(id, hours, seats));
        }
        Ok(rows)
    }
}

/// One volunteer or need.
struct Party<'r>(&'r Row<'r>);

impl<'de> DeserializeSeed<'de> for Party<'_> {
    type Value = (Box<str>, f64, Option<u32>);
    fn deserialize<D: de::Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Party<'_> {
    type Value = (Box<str>, f64, Option<u32>);
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with an `id` and `hours`")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut id, mut hours, mut seats) = (Box::<str>::default(), 0.0, None);
        self.0.read(&mut map, |map, key| {
            match key {
                0 => id = map.next_value()?,
                1 => hours = number(map)?,
                _ => seats = map.next_value()?,
            }
            Ok(())
        })?;
        Ok((id, hours, seats))
    }
}

struct PairRows<'d>(&'d Draft);

impl<'de> DeserializeSeed<'de> for PairRows<'_> {
    type Value = Vec<Pair>;
    fn deserialize<D: de::Deserializer<'de>>(self, json: D) -> Result<Vec<Pair>, D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for PairRows<'_> {
    type Value = Vec<Pair>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of pairs")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<Pair>, A::Error> {
        let mut pairs = Vec::new();
        let mut last = 0;
        loop {
            self.0.spot.set(Spot::Row("pairs", pairs.len()));
            let Some(pair) = seq.next_element_seed(PairRow { draft: self.0, at: pairs.len(), last })? else { break };
            last = pair.volunteer;
            pairs.push(pair);
        }
        Ok(pairs)
    }
}

const PAIR_FIELDS: &[&str] = &["volunteer", "need", "value", "max_hours"];

struct PairRow<'d> {
    draft: &'d Draft,
    at: usize,
    /// The row before's volunteer: most files list a volunteer's pairs together, which saves the look-up.
    last: u32,
}

impl<'de> DeserializeSeed<'de> for PairRow<'_> {
    type Value = Pair;
    fn deserialize<D: de::Deserializer<'de>>(self, json: D) -> Result<Pair, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for PairRow<'_> {
    type Value = Pair;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with `volunteer`, `need` and `value`")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pair, A::Error> {
        let Self { draft, at, last } = self;
        let row = Row { spot: &draft.spot, list: "pairs", at, names: PAIR_FIELDS, needed: 3 };
        let hint = draft.volunteers.as_deref().and_then(|x| x.get(usize::try_from(last).ok()?)).map(|x| &*x.id);
        let mut pair = Pair { volunteer: 0, need: 0, value: 0.0, max_hours: f64::INFINITY };
        row.read(&mut map, |map, key| {
            match key {
                0 => {
                    let known = Known { ids: &draft.volunteer_at, what: "volunteer", hint, last };
                    pair.volunteer = map.next_value_seed(known)?;
                }
                1 => pair.need = map.next_value_seed(Known { ids: &draft.need_at, what: "need", hint: None, last })?,
                2 => pair.value = number(map)?,
                _ => {
                    if let Some(cap) = map.next_value::<Option<f64>>()? {
                        amount(cap).map_err(|why| A::Error::custom(format_args!("{cap} {why}")))?;
                        pair.max_hours = cap + 0.0;
                    }
                }
            }
            Ok(())
        })?;
        Ok(pair)
    }
}

/// Reads an id as the position of the row that has it.
struct Known<'d> {
    ids: &'d HashMap<Box<str>, u32>,
    what: &'static str,
    hint: Option<&'d str>,
    last: u32,
}

impl<'de> DeserializeSeed<'de> for Known<'_> {
    type Value = u32;
    fn deserialize<D: de::Deserializer<'de>>(self, json: D) -> Result<u32, D::Error> {
        json.deserialize_str(self)
    }
}

impl Visitor<'_> for Known<'_> {
    type Value = u32;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the id of a {}", self.what)
    }
    fn visit_str<E: Error>(self, id: &str) -> Result<u32, E> {
        if self.hint == Some(id) {
            return Ok(self.last);
        }
        match self.ids.get(id) {
            Some(at) => Ok(*at),
            None => Err(E::custom(format_args!("no {} has the id {id:?}", self.what))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"volunteers":[{"id":"a","hours":2},{"id":"b","hours":0.5}],
        "needs":[{"id":"x","hours":3,"seats":1},{"hours":0,"id":"y"}],
        "pairs":[{"volunteer":"a","need":"x","value":4.25},{"volunteer":"b","need":"x","value":0,"max_hours":1}]}"#;

    fn place(text: &str) -> String {
        read_json(text.as_bytes()).unwrap_err().place
    }

    #[test]
    fn reads_lists_in_any_order_and_gzip() {
        let instance = read_json(GOOD.as_bytes()).unwrap();
        assert_eq!(instance.volunteers().len(), 2);
        assert_eq!(instance.needs()[0].seats, Some(1));
        let second = Pair { volunteer: 1, need: 0, value: 0.0, max_hours: 1.0 };
        assert_eq!(instance.pairs().get(1), Some(second));
        let turned = r#"{"pairs":[{"need":"x","value":4.25,"volunteer":"a"}],
            "needs":[{"id":"x","hours":3,"seats":null}],"volunteers":[{"id":"a","hours":2}]}"#;
        assert_eq!(read_json(turned.as_bytes()).unwrap().pairs().len(), 1);
        let mut packed = flate2::write::GzEncoder::new(vec![], flate2::Compression::fast());
        std::io::Write::write_all(&mut packed, GOOD.as_bytes()).unwrap();
        let packed = packed.finish().unwrap();
        assert_eq!(read_json(&packed).unwrap(), instance);
        let half = read_json(&packed[..packed.len() / 2]).unwrap_err();
        assert!(half.to_string().contains("ends half-way"), "{half}");
        let empty = read_json(br#"{"volunteers":[],"needs":[],"pairs":[]}"#).unwrap();
        assert_eq!(empty, Instance::default());
    }

    #[test]
    fn every_cut_is_refused_as_half_a_file() {
        for length in 0..GOOD.len() {
            let flaw = read_json(&GOOD.as_bytes()[..length]).unwrap_err();
            assert!(flaw.detail.contains("half-way"), "{length}: {flaw}");
            assert!(flaw.place.starts_with("line "), "{length}: {flaw}");
        }
    }

    #[test]
    fn flaws_name_pointer_line_and_column() {
        let swap = |from: &str, to: &str| {
            assert!(GOOD.contains(from));
            place(&GOOD.replacen(from, to, 1))
        };
        assert_eq!(swap(r#""hours":0.5"#, r#""hours":-0.5"#), "/volunteers/1/hours (line 1, column 59)");
        assert_eq!(swap(r#""id":"b""#, r#""id":"a""#).split(' ').next(), Some("/volunteers/1/id"));
        assert_eq!(swap(r#""id":"y""#, r#""id":"x""#).split(' ').next(), Some("/needs/1/id"));
        assert_eq!(swap(r#""seats":1"#, r#""seats":1.5"#).split(' ').next(), Some("/needs/0/seats"));
        assert_eq!(swap(r#""seats":1"#, r#""chairs":1"#).split(' ').next(), Some("/needs/0"));
        assert_eq!(swap(r#","seats":1"#, r#","hours":1"#).split(' ').next(), Some("/needs/0/hours"));
        assert_eq!(swap(r#""need":"x""#, r#""need":"z""#).split(' ').next(), Some("/pairs/0/need"));
        assert_eq!(swap(r#""volunteer":"b""#, r#""volunteer":"c""#).split(' ').next(), Some("/pairs/1/volunteer"));
        assert_eq!(swap(r#""volunteer":"b""#, r#""volunteer":"a""#), "/pairs/1");
        assert_eq!(swap("4.25", r#""4.25""#).split(' ').next(), Some("/pairs/0/value"));
        assert_eq!(swap(r#""max_hours":1"#, r#""max_hours":-1"#).split(' ').next(), Some("/pairs/1/max_hours"));
        assert_eq!(swap(r#","value":4.25"#, "").split(' ').next(), Some("/pairs/0"));
        assert_eq!(swap("4.25", "NaN").split(' ').next(), Some("line"));
        assert_eq!(swap("4.25", "1e999").split(' ').next(), Some("line"));
        assert_eq!(swap(r#""pairs""#, r#""pears""#).split(' ').next(), Some("/"));
        assert_eq!(place(&format!("{GOOD} x")).split(' ').next(), Some("line"));
        assert_eq!(place("[]").split(' ').next(), Some("/"));
        assert_eq!(place(r#"{"volunteers":3,"needs":[],"pairs":[]}"#).split(' ').next(), Some("/volunteers"));
    }
}
