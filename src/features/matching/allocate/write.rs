//! Writes a solution as the document of `mainstay allocate`.

use std::io::{self, Write};

use serde::ser::{SerializeMap, SerializeSeq, SerializeStruct};
use serde::{Serialize, Serializer};

use super::instance::{Instance, usize_of};
use super::solve::{Share, Solution};

/// Writes `{value, bound, gap, pairs: [{volunteer, need, hours}], prices: {volunteers: {id: price}, needs: {id: price}}}`
/// and a line's end; where needs have seats, the prices have `seats: {id: price}` too.
pub fn write_json(out: &mut dyn Write, instance: &Instance, solution: &Solution) -> io::Result<()> {
    serde_json::to_writer(&mut *out, &Document { instance, solution }).map_err(io::Error::from)?;
    writeln!(out)
}

struct Document<'a> {
    instance: &'a Instance,
    solution: &'a Solution,
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Self { instance, solution } = self;
        let mut document = to.serialize_struct("Solution", 5)?;
        document.serialize_field("value", &Figure(solution.value))?;
        document.serialize_field("bound", &Figure(solution.bound))?;
        document.serialize_field("gap", &Figure(solution.gap))?;
        document.serialize_field("pairs", &Pairs { instance, shares: &solution.shares })?;
        document.serialize_field("prices", &Prices { instance, solution })?;
        document.end()
    }
}

/// A number without a fraction is written as a whole one: 4, not 4.0.
struct Figure(f64);

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        // Above 2^53 the plain double says more than its digits.
        if self.0.fract() == 0.0 && self.0.abs() < 9e15 {
            #[expect(
                clippy::as_conversions,
                clippy::cast_possible_truncation,
                reason = "a whole number in the range of i64, by the test above"
            )]
            return to.serialize_i64(self.0 as i64);
        }
        to.serialize_f64(self.0)
    }
}

struct Pairs<'a> {
    instance: &'a Instance,
    shares: &'a [Share],
}

impl Serialize for Pairs<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut list = to.serialize_seq(Some(self.shares.len()))?;
        for share in self.shares {
            list.serialize_element(&Entry { instance: self.instance, share })?;
        }
        list.end()
    }
}

struct Entry<'a> {
    instance: &'a Instance,
    share: &'a Share,
}

impl Serialize for Entry<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let pair = usize_of(self.share.pair);
        let mut entry = to.serialize_struct("Share", 3)?;
        entry.serialize_field("volunteer", self.instance.volunteer_id(pair))?;
        entry.serialize_field("need", self.instance.need_id(pair))?;
        entry.serialize_field("hours", &Figure(self.share.hours))?;
        entry.end()
    }
}

struct Prices<'a> {
    instance: &'a Instance,
    solution: &'a Solution,
}

impl Serialize for Prices<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Self { instance, solution } = self;
        let mut prices = to.serialize_struct("Prices", 3)?;
        let volunteers = instance.volunteers().iter().map(|x| &*x.id).zip(&solution.volunteer_prices);
        prices.serialize_field("volunteers", &ById(volunteers.collect()))?;
        let needs = instance.needs().iter().map(|x| &*x.id).zip(&solution.need_prices);
        prices.serialize_field("needs", &ById(needs.collect()))?;
        if !solution.seat_prices.is_empty() {
            let seats = instance.needs().iter().zip(&solution.seat_prices).filter(|(need, _)| need.seats.is_some());
            prices.serialize_field("seats", &ById(seats.map(|(need, price)| (&*need.id, price)).collect()))?;
        }
        prices.end()
    }
}

struct ById<'a>(Vec<(&'a str, &'a f64)>);

impl Serialize for ById<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(self.0.len()))?;
        for (id, price) in &self.0 {
            map.serialize_entry(id, &Figure(**price))?;
        }
        map.end()
    }
}
