//! The pairs of an instance, of which there may be millions: limits, which most instances don't have, lie apart.

use super::instance::Pair;

/// Who could work on what, in the order in which the instance lists them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pairs {
    rows: Vec<Row>,
    /// Limits of hours; empty where no pair has one.
    limits: Vec<f64>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Row {
    volunteer: u32,
    need: u32,
    value: f64,
}

impl Pairs {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The pair at this position, if there is one.
    #[inline]
    pub fn get(&self, at: usize) -> Option<Pair> {
        self.rows.get(at).map(|row| self.pair(at, row))
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Pair> + Clone + '_ {
        self.rows.iter().enumerate().map(|(at, row)| self.pair(at, row))
    }

    #[inline]
    fn pair(&self, at: usize, row: &Row) -> Pair {
        let Row { volunteer, need, value } = *row;
        Pair { volunteer, need, value, max_hours: self.limits.get(at).copied().unwrap_or(f64::INFINITY) }
    }
}

impl From<Vec<Pair>> for Pairs {
    fn from(pairs: Vec<Pair>) -> Self {
        let limited = pairs.iter().any(|pair| pair.max_hours < f64::INFINITY);
        Self {
            rows: pairs.iter().map(|x| Row { volunteer: x.volunteer, need: x.need, value: x.value }).collect(),
            limits: if limited { pairs.iter().map(|x| x.max_hours).collect() } else { Vec::new() },
        }
    }
}
