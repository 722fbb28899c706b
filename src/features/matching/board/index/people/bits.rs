//! A set of places.

/// One bit a place.
#[derive(Debug)]
pub(super) struct Bits(Vec<u64>);

/// The word that a place is in, and its bit there.
fn spot(place: usize) -> (usize, u64) {
    (place / 64, 1 << (place % 64))
}

impl Bits {
    /// No place out of so many.
    pub(super) fn new(places: usize) -> Self {
        Self(vec![0; places.div_ceil(64)])
    }

    pub(super) fn clear(&mut self) {
        self.0.fill(0);
    }

    pub(super) fn add(&mut self, places: &[u32]) {
        for place in places {
            let (word, bit) = spot(super::usize_of(*place));
            if let Some(word) = self.0.get_mut(word) {
                *word |= bit;
            }
        }
    }

    /// Takes out what is not in the other.
    pub(super) fn keep(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word &= other);
    }

    pub(super) fn has(&self, place: usize) -> bool {
        let (word, bit) = spot(place);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }

    /// Every place, in order.
    pub(super) fn for_each(&self, mut visit: impl FnMut(usize)) {
        for (n, word) in self.0.iter().enumerate() {
            let mut left = *word;
            while left != 0 {
                visit(n * 64 + super::usize_of(left.trailing_zeros()));
                left &= left - 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_in_order() {
        let list = |bits: &Bits| {
            let mut all = Vec::new();
            bits.for_each(|place| all.push(place));
            all
        };
        let mut bits = Bits::new(200);
        bits.add(&[199, 0, 63, 64, 64]);
        assert_eq!(list(&bits), [0, 63, 64, 199]);
        let mut other = Bits::new(200);
        other.add(&[63, 64, 65]);
        bits.keep(&other);
        assert_eq!(list(&bits), [63, 64]);
        assert!(bits.has(63) && !bits.has(65) && !bits.has(10_000));
        bits.clear();
        assert!(list(&bits).is_empty());
    }
}
