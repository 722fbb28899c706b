//! Several rows in one text: sending and reading rows costs more than putting them together.

/// What is added to a number so that it always has five digits.
const BASE: i32 = 10_000;
const DIGITS: usize = 5;

/// The named numbers of such a text, a line each: a number of 0 to 32,767, to which 10,000 is added, and the name right behind it.
pub fn unpacked(text: &str) -> impl Iterator<Item = (i16, &str)> {
    text.split('\n').filter_map(|line| {
        let (number, name) = line.split_at_checked(DIGITS)?;
        Some((i16::try_from(number.parse::<i32>().ok()? - BASE).ok()?, name))
    })
}

#[cfg(test)]
mod tests {
    use super::unpacked;

    #[test]
    fn names_may_begin_with_digits() {
        assert_eq!(unpacked("10042rust\n100093d-printing").collect::<Vec<_>>(), [(42, "rust"), (9, "3d-printing")]);
        assert_eq!(unpacked("42767c").collect::<Vec<_>>(), [(i16::MAX, "c")]);
        assert_eq!(unpacked("").count(), 0);
    }
}
