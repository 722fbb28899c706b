//! The exposure as a table for spreadsheets and as a page to print.

use super::Exposure;
use crate::kernel::{Error, Result};
use askama::Template;

const HEADINGS: [&str; 16] = [
    "project",
    "name",
    "status",
    "use",
    "depth",
    "products",
    "versions",
    "criticality",
    "tier",
    "systemic_risk",
    "baseline_level",
    "open_needs",
    "maintainers",
    "advisories",
    "priority",
    "why",
];

/// One project as a row of texts, in the order of the headings.
struct Row(Vec<String>);

fn some<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn rows(exposure: &Exposure) -> Vec<Row> {
    let row = |exposed: &super::Exposed| {
        let list = |names: &std::collections::BTreeSet<String>| names.iter().cloned().collect::<Vec<_>>().join("; ");
        let advisories =
            exposed.advisories.iter().flatten().map(|concern| concern.id.as_str()).collect::<Vec<_>>().join("; ");
        let why: Vec<_> = exposed.priority.reasons.iter().map(|reason| reason.text.as_str()).collect();
        Row(vec![
            exposed.project.slug.clone(),
            exposed.project.name.clone(),
            exposed.project.status.to_string(),
            if exposed.depth == Some(1) { "direct" } else { "transitive" }.to_owned(),
            some(exposed.depth),
            list(&exposed.products),
            list(&exposed.versions),
            some(exposed.project.criticality_score),
            some(exposed.project.criticality_tier),
            some(exposed.project.systemic_risk),
            some(exposed.baseline_level),
            exposed.open_needs.to_string(),
            exposed.maintainers.to_string(),
            advisories,
            format!("{:.1}", exposed.priority.score()),
            why.join(" "),
        ])
    };
    exposure.projects.iter().map(row).collect()
}

/// A cell that no spreadsheet takes for a formula.
fn cell(text: String) -> String {
    if text.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text }
}

/// The table as CSV.
pub(super) fn csv(exposure: &Exposure) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(HEADINGS).map_err(Error::internal)?;
    for Row(texts) in rows(exposure) {
        writer.write_record(texts.into_iter().map(cell)).map_err(Error::internal)?;
    }
    writer.into_inner().map_err(|error| Error::internal(error.to_string()))
}

#[derive(Template)]
#[template(
    ext = "html",
    source = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>What {{ organization }} depends on</title></head>\n<body>\
        <h1>What {{ organization }} depends on</h1><p>{{ summary }}</p>\
        <table border=\"1\" cellpadding=\"4\"><caption>Listed projects, those first on which a pledge would be spent best</caption>\
        <thead><tr>{% for heading in headings %}<th scope=\"col\">{{ heading }}</th>{% endfor %}</tr></thead><tbody>\n\
        {% for row in rows %}<tr>{% for text in row.0 %}<td>{{ text }}</td>{% endfor %}</tr>\n{% endfor %}</tbody></table></body></html>\n"
)]
struct Page<'a> {
    organization: &'a str,
    summary: String,
    headings: [&'static str; 16],
    rows: Vec<Row>,
}

/// The page to print.
pub(super) fn page(exposure: &Exposure) -> Result<String> {
    let summary = format!(
        "As of {}: {} products with {} components, of which {} belong to {} projects that are listed.",
        exposure.as_of.date_naive(),
        exposure.products,
        exposure.components,
        exposure.traced,
        exposure.projects.len()
    );
    let page = Page { organization: &exposure.organization, summary, headings: HEADINGS, rows: rows(exposure) };
    page.render().map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for text in ["=1+1", "+1", "-1", "@x", " =1", "\t=1"] {
            assert!(cell(text.to_owned()).starts_with('\''), "{text:?}");
        }
        assert_eq!(cell("a-b".to_owned()), "a-b");
    }
}
