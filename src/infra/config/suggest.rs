//! "Did you mean …?"

/// The known name that is closest to the given one, if any is close: by what was typed wrongly, or by its last part
/// standing in another section.
pub(super) fn closest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let given = given.to_ascii_lowercase();
    let last = |name: &str| name.rsplit(['.', '_']).next().map(str::to_owned).unwrap_or_default();
    let key = |name: &str| name.split_once('.').map_or(name, |(_, key)| key).to_owned();
    let within = given.chars().count() / 3;
    let ranked = known.into_iter().filter_map(|name| {
        let lower = name.to_ascii_lowercase();
        let away = distance(&given, &lower);
        let rank = if away <= within.min(4) {
            Some(away)
        } else if key(&given) == key(&lower) {
            Some(5)
        } else {
            (distance(&key(&given), &key(&lower)) <= 1 && last(&given) == last(&lower)).then_some(6)
        };
        rank.map(|rank| (rank, name))
    });
    ranked.min_by_key(|(rank, _)| *rank).map(|(_, name)| name)
}

/// The least insertions, deletions and replacements that make one text of the other (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, from) in one.chars().enumerate() {
        let mut next = vec![at + 1];
        for (to, pair) in other.iter().zip(row.windows(2)) {
            let left = next.last().copied().unwrap_or(at) + 1;
            if let [diagonal, above] = pair {
                next.push(left.min(above + 1).min(diagonal + usize::from(from != *to)));
            }
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_the_textbook() {
        for (one, other, away) in
            [("kitten", "sitting", 3), ("", "abc", 3), ("abc", "", 3), ("same", "same", 0), ("flaw", "lawn", 2)]
        {
            assert_eq!(distance(one, other), away, "{one} {other}");
        }
    }

    #[test]
    fn near_names_and_other_sections_are_found_and_strangers_are_not() {
        let known = ["server.listen", "server.public_url", "auth.access_minutes", "mail.smtp_port"];
        for (given, found) in [
            ("server.listn", Some("server.listen")),
            ("SERVER.LISTEN", Some("server.listen")),
            ("sever.public-url", Some("server.public_url")),
            ("server.access_minutes", Some("auth.access_minutes")),
            ("frobnicate.everything", None),
            ("", None),
        ] {
            assert_eq!(closest(given, known), found, "{given}");
        }
    }
}
