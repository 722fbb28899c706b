//! Which counts may be told: none of fewer than five, and none from which such a one could be worked out.

/// The smallest count that is told.
pub(super) const SMALLEST: i64 = 5;

/// The count, when it is of so many that nobody stands out.
pub(super) fn told(count: i64) -> Option<i64> {
    (count >= SMALLEST).then_some(count)
}

/// The rows that may be told beside their total, largest first. Small ones are left out; when what is left out could be
/// worked out from the total, the smallest of the others is left out with it.
pub(super) fn breakdown(rows: Vec<(String, i64)>) -> Vec<(String, i64)> {
    let (mut kept, small): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(_, count)| *count >= SMALLEST);
    kept.sort_by(|(left, many), (right, more)| more.cmp(many).then_with(|| left.cmp(right)));
    let mut hidden: i64 = small.iter().map(|(_, count)| *count).sum();
    while (1..SMALLEST).contains(&hidden) {
        let Some((_, count)) = kept.pop() else { break };
        hidden += count;
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(counts: &[i64]) -> Vec<(String, i64)> {
        counts.iter().enumerate().map(|(at, count)| (format!("row{at}"), *count)).collect()
    }

    #[test]
    fn small_cells_are_neither_told_nor_left_to_be_worked_out() {
        let counts = |input: &[i64]| breakdown(rows(input)).into_iter().map(|(_, count)| count).collect::<Vec<_>>();
        assert_eq!((told(4), told(5)), (None, Some(5)));
        assert_eq!(counts(&[5, 9, 7]), [9, 7, 5]);
        assert_eq!(counts(&[3, 4, 9]), [9], "seven are left out: of which row they are can't be told");
        assert_eq!(counts(&[3, 9, 7]), [9], "9 + 7 told beside a total of 19 would tell the 3");
        assert_eq!(counts(&[1, 6]), [0i64; 0]);
        assert_eq!(counts(&[0, 8]), [8]);
    }

    proptest! {
        #[test]
        fn what_is_left_out_is_nothing_or_large(counts in proptest::collection::vec(0i64..20, 0..12)) {
            let shown = breakdown(rows(&counts));
            let total: i64 = counts.iter().sum();
            let hidden = total - shown.iter().map(|(_, count)| *count).sum::<i64>();
            prop_assert!(shown.iter().all(|(_, count)| *count >= SMALLEST));
            prop_assert!(hidden == 0 || hidden >= SMALLEST || shown.is_empty());
        }
    }
}
