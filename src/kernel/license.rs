//! Whether a license expression is covered by a list of allowed licenses.

/// An SPDX license expression (SPDX 2.3, annex D), parsed leniently: what can't be read is one license of that name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum License {
    /// One license, with its exception if it has one; lower case.
    One {
        /// Its SPDX id.
        id: String,
        /// Its exception.
        exception: Option<String>,
    },
    /// All of them apply.
    All(Vec<License>),
    /// Any of them may be chosen.
    Any(Vec<License>),
}

impl License {
    /// Reads an expression.
    pub fn parse(text: &str) -> Self {
        let spaced = text.to_lowercase().replace('(', " ( ").replace(')', " ) ");
        let mut words = Words { words: spaced.split_whitespace().collect(), at: 0 };
        match words.any(0) {
            Some(license) if words.at == words.words.len() => license,
            _ => Self::One { id: text.trim().to_lowercase(), exception: None },
        }
    }

    /// Whether contributing under this expression needs no license but the allowed ones (lower case).
    pub fn is_allowed(&self, allowed: &[String]) -> bool {
        match self {
            // An exception only adds permissions, so the license alone is enough.
            Self::One { id, exception } => {
                covers(allowed, id)
                    || exception.as_ref().is_some_and(|exception| allowed.contains(&format!("{id} with {exception}")))
            }
            Self::All(parts) => parts.iter().all(|part| part.is_allowed(allowed)),
            Self::Any(parts) => parts.iter().any(|part| part.is_allowed(allowed)),
        }
    }
}

/// "Or later" includes the license itself, so a list that has the latter covers the former; `-only` is the plain id's new name.
fn covers(allowed: &[String], id: &str) -> bool {
    let id = plain(id);
    let without = id.strip_suffix("-or-later");
    allowed.iter().map(|entry| plain(entry)).any(|entry| entry == id || Some(entry.as_str()) == without)
}

fn plain(id: &str) -> String {
    let id = id.trim().to_lowercase();
    match (id.strip_suffix("-only"), id.strip_suffix('+')) {
        (Some(id), _) => id.to_owned(),
        (_, Some(id)) => format!("{id}-or-later"),
        _ => id,
    }
}

struct Words<'a> {
    words: Vec<&'a str>,
    at: usize,
}

/// Nesting beyond any real license.
const DEEPEST: u8 = 20;

impl Words<'_> {
    fn take(&mut self, word: &str) -> bool {
        let found = self.words.get(self.at) == Some(&word);
        self.at += usize::from(found);
        found
    }

    fn any(&mut self, depth: u8) -> Option<License> {
        let mut parts = vec![self.all(depth)?];
        while self.take("or") {
            parts.push(self.all(depth)?);
        }
        Some(if parts.len() == 1 { parts.remove(0) } else { License::Any(parts) })
    }

    fn all(&mut self, depth: u8) -> Option<License> {
        let mut parts = vec![self.one(depth)?];
        while self.take("and") {
            parts.push(self.one(depth)?);
        }
        Some(if parts.len() == 1 { parts.remove(0) } else { License::All(parts) })
    }

    fn one(&mut self, depth: u8) -> Option<License> {
        if self.take("(") {
            let inner = if depth < DEEPEST { self.any(depth + 1)? } else { return None };
            return self.take(")").then_some(inner);
        }
        let id = self.id()?;
        let exception = if self.take("with") { Some(self.id()?) } else { None };
        Some(License::One { id, exception })
    }

    fn id(&mut self) -> Option<String> {
        let word = self.words.get(self.at).filter(|word| !matches!(**word, "(" | ")" | "or" | "and" | "with"))?;
        self.at += 1;
        Some((*word).to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_read_as_spdx_says() {
        let allowed: Vec<String> =
            ["mit", "apache-2.0", "gpl-2.0-only", "lgpl-2.1 with some-exception"].map(str::to_owned).to_vec();
        for (text, fine) in [
            ("MIT", true),
            ("mit", true),
            ("BSD-3-Clause", false),
            ("MIT OR BSD-3-Clause", true),
            ("MIT AND BSD-3-Clause", false),
            ("MIT AND Apache-2.0", true),
            ("BSD-3-Clause OR MIT AND Apache-2.0", true),
            ("(BSD-3-Clause OR MIT) AND ISC", false),
            ("(BSD-3-Clause OR (MIT)) AND Apache-2.0", true),
            ("Apache-2.0 WITH LLVM-exception", true),
            ("LGPL-2.1 WITH some-exception", true),
            ("LGPL-2.1", false),
            ("GPL-2.0", true),
            ("GPL-2.0-or-later", true),
            ("GPL-2.0+", true),
            ("GPL-3.0-only", false),
            ("MIT OR", false),
            ("(MIT", false),
            ("", false),
        ] {
            assert_eq!(License::parse(text).is_allowed(&allowed), fine, "{text}");
        }
        let deep = format!("{}MIT{}", "(".repeat(90), ")".repeat(90));
        assert!(matches!(License::parse(&deep), License::One { .. }));
    }
}
