//! Marks the words of a question in a text.

use super::found::Highlight;
use super::question::Question;
use super::token::{Token, tokens};
use std::collections::BTreeSet;

/// How long a part of a text is, in bytes, and how much of it stands before the first word that is marked.
const LENGTH: usize = 200;
const BEFORE: usize = 40;
/// Words of one text that are looked at as the beginning of its part.
const MOST_STARTS: usize = 200;

impl Question {
    /// Where the words stand in a title and a text.
    pub fn highlight(&self, title: &str, text: &str) -> Highlight {
        Highlight { title: self.mark(title), text: self.snippet(text) }
    }

    /// The whole text with marks; none when there is nothing to mark.
    fn mark(&self, text: &str) -> Option<String> {
        let hits = self.hits(text);
        if hits.is_empty() { None } else { Some(marked(text, 0, text.len(), &hits)) }
    }

    /// The part of the text that answers most of the question, with marks.
    fn snippet(&self, text: &str) -> Option<String> {
        let hits = self.hits(text);
        let (start, _) = hits
            .iter()
            .take(MOST_STARTS)
            .enumerate()
            .map(|(n, first)| {
                let near = hits.iter().skip(n).take_while(|hit| hit.token.until <= first.token.from + LENGTH - BEFORE);
                let parts: BTreeSet<usize> = near.flat_map(|hit| hit.parts.iter().copied()).collect();
                (first.token.from, parts.len())
            })
            // The first of the best: `max_by_key` would take the last.
            .reduce(|best, other| if other.1 > best.1 { other } else { best })?;
        let (from, until) = around(text, start);
        let (head, tail) = (if from > 0 { "…" } else { "" }, if until < text.len() { "…" } else { "" });
        Some(format!("{head}{}{tail}", marked(text, from, until, &hits)))
    }

    fn hits(&self, text: &str) -> Vec<Hit> {
        tokens(text)
            .into_iter()
            .map(|token| Hit { parts: self.answered_by(&token.text).collect(), token })
            .filter(|hit| !hit.parts.is_empty())
            .collect()
    }
}

struct Hit {
    token: Token,
    parts: Vec<usize>,
}

/// A window around this byte that begins and ends between words.
fn around(text: &str, start: usize) -> (usize, usize) {
    let words = tokens(text);
    let from = words.iter().map(|word| word.from).find(|from| from + BEFORE >= start).unwrap_or(start).min(start);
    let until = words.iter().map(|word| word.until).take_while(|until| *until <= from + LENGTH).last();
    let last = words.last().map_or(text.len(), |word| word.until);
    let until = until.unwrap_or(from).max(words.iter().find(|word| word.from == start).map_or(from, |word| word.until));
    // What stands before the first word and after the last goes with them.
    let first = words.first().map_or(0, |word| word.from);
    (
        if from == first && first <= BEFORE { 0 } else { from },
        if until == last { text.len().min(until + BEFORE) } else { until },
    )
}

/// The bytes `from..until` of the text as HTML, on one line, with marks around the hits that lie whole within them.
fn marked(text: &str, from: usize, until: usize, hits: &[Hit]) -> String {
    let mut html = String::new();
    let mut at = from;
    for Hit { token, .. } in hits.iter().filter(|hit| hit.token.from >= from && hit.token.until <= until) {
        escape(text.get(at..token.from).unwrap_or_default(), &mut html);
        html.push_str("<mark>");
        escape(text.get(token.from..token.until).unwrap_or_default(), &mut html);
        html.push_str("</mark>");
        at = token.until;
    }
    let until = (0..=until).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(at);
    escape(text.get(at..until).unwrap_or_default(), &mut html);
    html.trim().to_owned()
}

/// Escapes for HTML; runs of white space become one space.
fn escape(text: &str, html: &mut String) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c if c.is_whitespace() => {
                if !html.ends_with(' ') {
                    html.push(' ');
                }
            }
            c => html.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn highlight(question: &str, text: &str) -> Highlight {
        Question::parse(question).highlight(text, text)
    }

    #[test]
    fn words_prefixes_and_typos_are_marked_and_the_rest_is_escaped() {
        let title = |question, text| highlight(question, text).title;
        let marked = |text: &str| Some(text.to_owned());
        assert_eq!(
            title("parser fuzz", "Fuzzing <b>the</b> Parser & more"),
            marked("<mark>Fuzzing</mark> &lt;b&gt;the&lt;/b&gt; <mark>Parser</mark> &amp; more")
        );
        assert_eq!(title("praser", "The parser"), marked("The <mark>parser</mark>"));
        assert_eq!(title("c++", "C++ 'only'"), marked("<mark>C++</mark> &#39;only&#39;"));
        assert_eq!(title("arger", "Ärger"), marked("<mark>Ärger</mark>"));
        assert_eq!(title("nothing", "The parser"), None);
        assert_eq!(title("<script>", "a <script> here"), marked("a &lt;<mark>script</mark>&gt; here"));
    }

    #[test]
    fn a_long_text_is_cut_around_what_answers_most() {
        let text = format!(
            "parser {}and here the parser is fuzzed by us.\n\n{}",
            "dull words ".repeat(60),
            "more ".repeat(60)
        );
        let cut = highlight("fuzzed parser", &text).text.unwrap();
        assert!(cut.contains("the <mark>parser</mark> is <mark>fuzzed</mark> by us. more"), "{cut}");
        assert!(cut.starts_with('…') && cut.ends_with('…') && cut.len() < 300, "{cut}");
        assert_eq!(highlight("fuzzed", "It is fuzzed.").text.as_deref(), Some("It is <mark>fuzzed</mark>."));
        let long = "é".repeat(500);
        assert!(highlight(&long, &long).text.is_some(), "a word longer than the part");
    }
}
