//! The lines of a data file.
//!
//! ```text
//! # a comment
//! actix-web = Actix Web; aka actix, actix-rs; implies rust, web-backend; related axum
//! ```
//!
//! Slug, `=`, name; then, each at most once and in this order if present, what else it is called, what it implies and
//! what is close to it. Empty lines and lines that begin with `#` say nothing.

use super::Kind;

/// A data file in memory.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// For messages.
    pub name: &'a str,
    /// The kind of every skill in it.
    pub kind: Kind,
    /// Its lines.
    pub text: &'a str,
}

/// What is wrong with the data, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}, line {line}: {problem}")]
pub struct DataError {
    /// The [`Source::name`].
    pub file: String,
    /// From 1.
    pub line: usize,
    /// What is wrong and what to do.
    pub problem: String,
}

/// One line, taken apart but not yet tied to others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    pub(super) file: &'a str,
    pub(super) line: usize,
    pub(super) kind: Kind,
    pub(super) slug: &'a str,
    pub(super) name: &'a str,
    pub(super) aliases: Vec<&'a str>,
    pub(super) parents: Vec<&'a str>,
    pub(super) related: Vec<&'a str>,
}

impl Entry<'_> {
    /// A complaint about this line.
    pub(super) fn error(&self, problem: String) -> DataError {
        DataError { file: self.file.to_owned(), line: self.line, problem }
    }
}

/// Reads all lines of a file; those that can't be read are reported and left out.
pub(super) fn read<'a>(source: &Source<'a>, errors: &mut Vec<DataError>) -> Vec<Entry<'a>> {
    let mut entries = Vec::new();
    for (number, line) in (1..).zip(source.text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match read_line(source, number, line) {
            Ok(entry) => entries.push(entry),
            Err(problem) => errors.push(DataError { file: source.name.to_owned(), line: number, problem }),
        }
    }
    entries
}

fn read_line<'a>(source: &Source<'a>, number: usize, line: &'a str) -> Result<Entry<'a>, String> {
    let mut fields = line.split(';').map(str::trim);
    let (slug, name) = fields
        .next()
        .and_then(|head| head.split_once(" = "))
        .ok_or("a skill begins with `slug = Name`; comments begin with `#`")?;
    let (slug, name) = (slug.trim(), name.trim());
    check_slug(slug)?;
    if name.is_empty() || name.chars().any(char::is_control) {
        return Err(format!("`{slug}` needs a name after `=`, without control characters"));
    }
    let mut entry = Entry {
        file: source.name,
        line: number,
        kind: source.kind,
        slug,
        name,
        aliases: Vec::new(),
        parents: Vec::new(),
        related: Vec::new(),
    };
    let mut seen = "";
    for field in fields {
        let (word, list) = field.split_once(' ').unwrap_or((field, ""));
        let place = match word {
            "aka" if seen.is_empty() => &mut entry.aliases,
            "implies" if matches!(seen, "" | "aka") => &mut entry.parents,
            "related" if seen != "related" => &mut entry.related,
            "aka" | "implies" | "related" => {
                return Err(format!("`{word}` after `{seen}`: each comes once, in the order aka, implies, related"));
            }
            _ => return Err(format!("`{word}` means nothing here: use aka, implies or related")),
        };
        *place = list.split(',').map(str::trim).collect();
        if place.iter().any(|item| item.is_empty()) {
            return Err(format!("`{word}` has an empty place in its list: name something between the commas"));
        }
        seen = word;
    }
    Ok(entry)
}

fn check_slug(slug: &str) -> Result<(), String> {
    const LONGEST: usize = 50;
    let sound = !slug.is_empty()
        && slug.len() <= LONGEST
        && slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !slug.starts_with('-')
        && !slug.ends_with('-')
        && !slug.contains("--");
    if sound {
        return Ok(());
    }
    Err(format!(
        "`{slug}` is no slug: lower-case letters and digits with single hyphens between, at most {LONGEST} characters"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> (Vec<Entry<'_>>, Vec<DataError>) {
        let mut errors = Vec::new();
        let entries = read(&Source { name: "test.skills", kind: Kind::Framework, text }, &mut errors);
        (entries, errors)
    }

    #[test]
    fn a_line_is_taken_apart() {
        let (entries, errors) = read_text(
            "# web\n\n  actix-web = Actix Web; aka actix, a b ; implies rust,web; related axum\nrust = Rust\r\n",
        );
        assert_eq!(errors, []);
        let first = &entries[0];
        assert_eq!((first.line, first.slug, first.name, first.kind), (3, "actix-web", "Actix Web", Kind::Framework));
        assert_eq!(first.aliases, ["actix", "a b"]);
        assert_eq!(first.parents, ["rust", "web"]);
        assert_eq!(first.related, ["axum"]);
        assert_eq!((entries[1].line, entries[1].slug, entries[1].name), (4, "rust", "Rust"));
    }

    #[test]
    fn each_fault_is_told_with_its_line_and_the_rest_is_read() {
        let text = "good = Good\nno name\nBad_Slug = X\nx = \na = A; implies b; aka c\na = A; is b\na = A; aka b,,c\n\
                    a = A; aka b; aka c\n-a = A\na--b = A\nfine = Fine";
        let (entries, errors) = read_text(text);
        assert_eq!(entries.iter().map(|e| e.slug).collect::<Vec<_>>(), ["good", "fine"]);
        let told: Vec<_> = errors.iter().map(ToString::to_string).collect();
        let expected = [
            (2, "begins with `slug = Name`"),
            (3, "`Bad_Slug` is no slug"),
            (4, "begins with `slug = Name`"),
            (5, "`aka` after `implies`"),
            (6, "`is` means nothing here"),
            (7, "`aka` has an empty place"),
            (8, "`aka` after `aka`"),
            (9, "`-a` is no slug"),
            (10, "`a--b` is no slug"),
        ];
        assert_eq!(told.len(), expected.len(), "{told:#?}");
        for (message, (line, part)) in told.iter().zip(expected) {
            assert!(message.starts_with(&format!("test.skills, line {line}: ")) && message.contains(part), "{message}");
        }
    }

    #[test]
    fn a_slug_may_be_fifty_long_and_no_longer() {
        assert!(check_slug(&"a".repeat(50)).is_ok());
        assert!(check_slug(&"a".repeat(51)).is_err());
    }
}
