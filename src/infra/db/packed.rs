//! Several rows in one text: sending and reading rows costs more than putting them together.

/// The named numbers of such a text, a line each: a number, a space, and the name.
pub fn unpacked(text: &str) -> impl Iterator<Item = (i32, &str)> {
    text.split('\n').filter_map(|line| {
        let (number, name) = line.split_once(' ')?;
        Some((number.parse().ok()?, name))
    })
}

#[cfg(test)]
mod tests {
    use super::unpacked;

    #[test]
    fn names_may_begin_with_digits() {
        assert_eq!(unpacked("42 rust\n9 3d-printing").collect::<Vec<_>>(), [(42, "rust"), (9, "3d-printing")]);
        assert_eq!(unpacked("655359 c").collect::<Vec<_>>(), [(655_359, "c")]);
        assert_eq!(unpacked("").count(), 0);
    }
}
