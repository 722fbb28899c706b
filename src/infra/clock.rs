//! Real time and real chance. Everything else asks the injected [`Clock`] and [`Entropy`].

use crate::kernel::{Clock, Entropy, Timestamp};
use chrono::Utc;
use rand::Rng as _;
use rand::rand_core::UnwrapErr;
use rand::rngs::SysRng;

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the machine's clock is read")]
    fn now(&self) -> Timestamp {
        Utc::now().into()
    }
}

/// The operating system's random source.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    /// Ends the calling thread by a panic when the system has no randomness to give: no secret may be made then.
    fn fill(&self, buffer: &mut [u8]) {
        UnwrapErr(SysRng).fill_bytes(buffer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Timelike as _;

    #[test]
    fn instants_hold_no_more_than_microseconds() {
        let (first, second) = (SystemClock.now(), SystemClock.now());
        assert_eq!((first.nanosecond() % 1000, second.nanosecond() % 1000), (0, 0));
        assert!(first.timestamp() > 1_700_000_000, "{first}");
    }

    #[test]
    fn chance_differs_and_fills_the_whole_buffer() {
        let (mut first, mut second) = ([0u8; 64], [0u8; 64]);
        OsEntropy.fill(&mut first);
        OsEntropy.fill(&mut second);
        assert_ne!(first, second);
        assert!(first.chunks(16).all(|part| part.iter().any(|byte| *byte != 0)), "{first:?}");
    }
}
