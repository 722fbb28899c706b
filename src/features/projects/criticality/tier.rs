//! From a score to one of three tiers.

/// Scores from here on are tier 1. Of the 1,000 projects that scored highest worldwide in 2022 (all above 0.7 by
/// `original_pike`), one in ten is here: the Linux kernel, Node.js, Kubernetes.
pub const TIER_1_FROM: f64 = 0.8;

/// Scores from here on are tier 2: the rest of those 1,000, and what comes close.
pub const TIER_2_FROM: f64 = 0.6;

/// The tier of a score: 1 (the most critical), 2 or 3 (all others). A coordinator may override it with a reason;
/// a project without a score has no tier.
pub fn tier(score: f64) -> u8 {
    if score >= TIER_1_FROM {
        1
    } else if score >= TIER_2_FROM {
        2
    } else {
        3
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiers_begin_at_their_thresholds() {
        assert_eq!([1.0, 0.8, 0.799_999, 0.6, 0.599_999, 0.0].map(tier), [1, 1, 2, 2, 3, 3]);
    }
}
