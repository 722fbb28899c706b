//! Chance that falls the same way each time, on every machine.

/// `SplitMix64` (G. L. Steele, D. Lea, C. H. Flood, 2014).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// The next 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 to `n − 1`; 0 where `n` is 0.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        let n = u64::try_from(n).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % n).unwrap_or(0)
    }

    pub(crate) fn shuffle(&mut self, list: &mut [u32]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.below(at + 1));
        }
    }

    /// Nearly exponential with mean 1: the logarithm is a straight line between powers of two, the same on every machine.
    pub(crate) fn exponential(&mut self) -> f64 {
        let drawn = self.next();
        let rest = u32::try_from(drawn & 0xF_FFFF).unwrap_or(0);
        let halvings = f64::from((drawn >> 20).trailing_zeros());
        std::f64::consts::LN_2 * (halvings + f64::from(rest) / 1_048_576.0)
    }
}
