//! The instance: whose hours there are, which needs want them, and what an hour of each pairing is worth.

use super::pairs::Pairs;
use std::fmt;

/// Someone who offers hours.
#[derive(Debug, Clone, PartialEq)]
pub struct Volunteer {
    /// Unique among the volunteers.
    pub id: Box<str>,
    /// Hours on offer, finite and at least 0; fractions are fine.
    pub hours: f64,
}

/// Work that asks for hours.
#[derive(Debug, Clone, PartialEq)]
pub struct Need {
    /// Unique among the needs.
    pub id: Box<str>,
    /// Hours wanted, finite and at least 0; fractions are fine.
    pub hours: f64,
    /// At most so many people may work on it; `None` for no limit.
    pub seats: Option<u32>,
}

/// One volunteer could work on one need.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// Position in [`Instance::volunteers`].
    pub volunteer: u32,
    /// Position in [`Instance::needs`].
    pub need: u32,
    /// What one hour is worth, finite and at least 0. A pair worth 0 is never used.
    pub value: f64,
    /// At most so many hours of this volunteer on this need; infinite for no limit of its own.
    pub max_hours: f64,
}

/// A checked allocation instance: if you hold one, every rule of its fields is met.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Instance {
    volunteers: Vec<Volunteer>,
    needs: Vec<Need>,
    pairs: Pairs,
}

/// What is wrong with an input, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// A JSON Pointer with line and column, or a file with its line.
    pub place: String,
    /// What was wrong and what is wanted instead.
    pub detail: String,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.detail)
    }
}

impl std::error::Error for Flaw {}

impl Flaw {
    pub(crate) fn new(place: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { place: place.into(), detail: detail.into() }
    }
}

impl Instance {
    /// Checks every field of every row; places in the answer are JSON Pointers into the instance document.
    pub fn new(volunteers: Vec<Volunteer>, needs: Vec<Need>, pairs: Vec<Pair>) -> Result<Self, Flaw> {
        for (list, name) in [(volunteers.len(), "volunteers"), (needs.len(), "needs"), (pairs.len(), "pairs")] {
            if u32::try_from(list).is_err() {
                return Err(Flaw::new(format!("/{name}"), "more than 4,294,967,295 entries: split the instance"));
            }
        }
        for (at, volunteer) in volunteers.iter().enumerate() {
            amount(volunteer.hours).map_err(|why| Flaw::new(format!("/volunteers/{at}/hours"), why))?;
        }
        for (at, need) in needs.iter().enumerate() {
            amount(need.hours).map_err(|why| Flaw::new(format!("/needs/{at}/hours"), why))?;
        }
        unique(volunteers.iter().map(|x| &*x.id), "volunteers")?;
        unique(needs.iter().map(|x| &*x.id), "needs")?;
        for (at, pair) in pairs.iter().enumerate() {
            amount(pair.value).map_err(|why| Flaw::new(format!("/pairs/{at}/value"), why))?;
            if pair.max_hours.is_nan() || pair.max_hours < 0.0 {
                return Err(Flaw::new(format!("/pairs/{at}/max_hours"), NOT_AN_AMOUNT));
            }
            if usize_of(pair.volunteer) >= volunteers.len() {
                return Err(Flaw::new(format!("/pairs/{at}/volunteer"), "no such volunteer in the instance"));
            }
            if usize_of(pair.need) >= needs.len() {
                return Err(Flaw::new(format!("/pairs/{at}/need"), "no such need in the instance"));
            }
        }
        let instance = Self { volunteers, needs, pairs: pairs.into() };
        match instance.repeated_pair() {
            None => Ok(instance),
            Some((first, second)) => Err(Flaw::new(
                format!("/pairs/{second}"),
                format!(
                    "volunteer {:?} and need {:?} are already paired in /pairs/{first}: list each pair once",
                    instance.volunteer_id(second),
                    instance.need_id(second),
                ),
            )),
        }
    }

    /// Everybody who offers hours.
    pub fn volunteers(&self) -> &[Volunteer] {
        &self.volunteers
    }

    /// All the work that asks for hours.
    pub fn needs(&self) -> &[Need] {
        &self.needs
    }

    /// Who could work on what.
    pub fn pairs(&self) -> &Pairs {
        &self.pairs
    }

    /// Whether any need limits its people: the allocation is then no longer a pure flow.
    pub fn has_seats(&self) -> bool {
        self.needs.iter().any(|need| need.seats.is_some())
    }

    /// The volunteer's id of the pair at this position; empty for a position that does not exist.
    pub fn volunteer_id(&self, pair: usize) -> &str {
        let row = self.pairs.get(pair).and_then(|x| self.volunteers.get(usize_of(x.volunteer)));
        row.map_or("", |x| &x.id)
    }

    /// The need's id of the pair at this position; empty for a position that does not exist.
    pub fn need_id(&self, pair: usize) -> &str {
        self.pairs.get(pair).and_then(|x| self.needs.get(usize_of(x.need))).map_or("", |x| &x.id)
    }

    /// Positions of the first pair that is listed twice, found in linear time by bucketing per volunteer.
    fn repeated_pair(&self) -> Option<(usize, usize)> {
        let mut start = vec![0usize; self.volunteers.len() + 1];
        for pair in self.pairs.iter() {
            *start.get_mut(usize_of(pair.volunteer) + 1)? += 1;
        }
        let mut sum = 0;
        for slot in &mut start {
            sum += *slot;
            *slot = sum;
        }
        let mut order = vec![0u32; self.pairs.len()];
        for (at, pair) in (0u32..).zip(self.pairs.iter()) {
            let next = start.get_mut(usize_of(pair.volunteer))?;
            *order.get_mut(*next)? = at;
            *next += 1;
        }
        // Which pair last touched the need; the volunteer of that pair tells whether it is a repeat.
        let mut last = vec![u32::MAX; self.needs.len()];
        let mut found: Option<(usize, usize)> = None;
        for at in order {
            let pair = self.pairs.get(usize_of(at))?;
            let slot = last.get_mut(usize_of(pair.need))?;
            if self.pairs.get(usize_of(*slot)).is_some_and(|before| before.volunteer == pair.volunteer) {
                let repeat = (usize_of(*slot), usize_of(at));
                found = Some(found.map_or(repeat, |known| if repeat.1 < known.1 { repeat } else { known }));
            }
            *slot = at;
        }
        found
    }
}

/// What is said of a number that is NaN, infinite or negative.
pub(crate) const NOT_AN_AMOUNT: &str = "must be a finite number of at least 0";

/// Refuses NaN, infinities and negative numbers.
pub(crate) fn amount(x: f64) -> Result<(), &'static str> {
    if x.is_finite() && x >= 0.0 { Ok(()) } else { Err(NOT_AN_AMOUNT) }
}

/// A position as an index: lossless on every target of at least 32 bits.
pub(crate) fn usize_of(x: u32) -> usize {
    usize::try_from(x).unwrap_or(usize::MAX)
}

fn unique<'a>(ids: impl ExactSizeIterator<Item = &'a str>, list: &str) -> Result<(), Flaw> {
    let mut seen = std::collections::HashMap::with_capacity(ids.len());
    for (at, id) in ids.enumerate() {
        if let Some(first) = seen.insert(id, at) {
            return Err(repeated_id(list, first, at, id));
        }
    }
    Ok(())
}

pub(crate) fn repeated_id(list: &str, first: usize, at: usize, id: &str) -> Flaw {
    Flaw::new(format!("/{list}/{at}/id"), format!("{id:?} is already the id of /{list}/{first}: ids must be unique"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn volunteer(id: &str, hours: f64) -> Volunteer {
        Volunteer { id: id.into(), hours }
    }
    fn need(id: &str, hours: f64) -> Need {
        Need { id: id.into(), hours, seats: None }
    }
    fn pair(volunteer: u32, need: u32, value: f64) -> Pair {
        Pair { volunteer, need, value, max_hours: f64::INFINITY }
    }
    fn place(volunteers: Vec<Volunteer>, needs: Vec<Need>, pairs: Vec<Pair>) -> String {
        Instance::new(volunteers, needs, pairs).unwrap_err().place
    }

    #[test]
    fn every_rule_names_its_place() {
        let v = || vec![volunteer("a", 1.0), volunteer("b", 2.0)];
        let n = || vec![need("x", 1.0), need("y", 0.0)];
        assert!(Instance::new(v(), n(), vec![pair(0, 0, 1.0), pair(1, 0, 0.0), pair(0, 1, 2.5)]).is_ok());
        for bad in [f64::NAN, f64::INFINITY, -1.0] {
            assert_eq!(place(vec![volunteer("a", bad)], n(), vec![]), "/volunteers/0/hours");
            assert_eq!(place(v(), vec![need("x", 0.0), need("y", bad)], vec![]), "/needs/1/hours");
            assert_eq!(place(v(), n(), vec![pair(0, 0, 1.0), pair(0, 1, bad)]), "/pairs/1/value");
        }
        assert_eq!(place(v(), n(), vec![Pair { max_hours: -0.5, ..pair(0, 0, 1.0) }]), "/pairs/0/max_hours");
        assert_eq!(place(vec![volunteer("a", 1.0), volunteer("a", 1.0)], n(), vec![]), "/volunteers/1/id");
        assert_eq!(place(v(), vec![need("x", 1.0), need("x", 1.0)], vec![]), "/needs/1/id");
        assert_eq!(place(v(), n(), vec![pair(2, 0, 1.0)]), "/pairs/0/volunteer");
        assert_eq!(place(v(), n(), vec![pair(0, 2, 1.0)]), "/pairs/0/need");
        assert_eq!(place(v(), n(), vec![pair(0, 1, 1.0), pair(1, 1, 1.0), pair(0, 1, 2.0)]), "/pairs/2");
    }
}
