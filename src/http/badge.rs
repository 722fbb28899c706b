//! Pictures for other people's pages: a label and a value.

use crate::kernel::{Error, Result};
use askama::Template;

/// Width of a letter, in pixels; `textLength` makes every font keep to it.
const LETTER: usize = 7;
/// Room at both ends of a text, in pixels.
const MARGIN: usize = 6;

#[derive(Template)]
#[template(
    ext = "svg",
    escape = "html",
    source = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{{ left + right }}\" height=\"20\" role=\"img\" aria-label=\"{{ label }}: {{ value }}\">\
        <title>{{ label }}: {{ value }}</title>\
        <rect width=\"{{ left + right }}\" height=\"20\" rx=\"3\" fill=\"{{ color }}\"/><path d=\"M3 0h{{ left - 3 }}v20h-{{ left - 3 }}a3 3 0 0 1-3-3v-14a3 3 0 0 1 3-3z\" fill=\"#444\"/>\
        <g fill=\"#fff\" font-family=\"Verdana,DejaVu Sans,sans-serif\" font-size=\"11\" text-anchor=\"middle\">\
        <text x=\"{{ left / 2 }}\" y=\"14\" textLength=\"{{ left - 12 }}\">{{ label }}</text>\
        <text x=\"{{ left + right / 2 }}\" y=\"14\" textLength=\"{{ right - 12 }}\">{{ value }}</text></g></svg>\n"
)]
struct Badge<'a> {
    label: &'a str,
    value: &'a str,
    left: usize,
    right: usize,
    color: &'static str,
}

fn width(text: &str) -> usize {
    text.chars().count() * LETTER + 2 * MARGIN
}

/// Draws one; green where there is something, gray where there is nothing.
pub fn draw(label: &str, value: &str, something: bool) -> Result<String> {
    let color = if something { "#1a7f37" } else { "#6e7781" };
    Badge { label, value, left: width(label), right: width(value), color }.render().map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_picture_with_a_text_for_those_who_do_not_see_it() {
        for (value, something, color) in [("0", false, "#6e7781"), ("1", true, "#1a7f37"), ("12345", true, "#1a7f37")] {
            let svg = draw("helpers wanted", value, something).unwrap();
            assert!(svg.contains(&format!("aria-label=\"helpers wanted: {value}\"")) && svg.contains(color), "{svg}");
            let mut reader = quick_xml::Reader::from_str(&svg);
            while reader.read_event().unwrap() != quick_xml::events::Event::Eof {}
        }
    }
}
