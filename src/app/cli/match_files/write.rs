//! Matches for people, and for programs.

use super::Answer;
use crate::features::matching::board::{Board, Ranked};
use crate::features::matching::score::{Factor, Match, NeedFacts};
use crate::kernel::NeedId;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{ContentArrangement, Table};
use serde::Serialize;
use std::collections::HashMap;
use std::io::{self, Write};

/// Columns of a terminal that can't be asked.
const USUAL_WIDTH: u16 = 120;

/// All answers, with what their ids stand for.
pub(super) struct Report<'a> {
    pub(super) board: &'a Board,
    /// The needs' names in the file.
    pub(super) ids: &'a HashMap<NeedId, String>,
    pub(super) answers: &'a [Answer<'a>],
    pub(super) warnings: &'a [String],
}

impl Report<'_> {
    fn need(&self, id: NeedId) -> Option<&NeedFacts> {
        self.board.need(id)
    }

    fn id(&self, id: NeedId) -> &str {
        self.ids.get(&id).map_or("", String::as_str)
    }

    /// A table for each volunteer.
    pub(super) fn table(&self, out: &mut dyn Write) -> io::Result<()> {
        for (at, answer) in self.answers.iter().enumerate() {
            if at > 0 {
                writeln!(out)?;
            }
            let person = answer.person;
            let zone = person.time_zone.map(|zone| format!(", {zone}")).unwrap_or_default();
            writeln!(out, "{}: {} hours a week{zone}", person.handle, person.hours_per_week)?;
            if answer.matches.is_empty() {
                self.nothing(answer, out)?;
                continue;
            }
            let mut table = Table::new();
            table.load_style(UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
            if !table.is_tty() {
                table.set_width(USUAL_WIDTH);
            }
            table.set_header(["#", "Score", "Need", "Why: points of at most"]);
            for (at, row) in answer.matches.iter().enumerate() {
                let need = self.need(row.id);
                let title = need.map_or("", |need| need.title.as_str());
                let project = need.map(|need| need.project.slug.as_str()).filter(|name| !name.is_empty());
                let id = self.id(row.id);
                let place = project.map_or_else(|| id.to_owned(), |project| format!("{project}, {id}"));
                let score = format!("{:.2}", row.matching.score);
                table.add_row([(at + 1).to_string(), score, format!("{title}\n({place})"), why(&row.matching)]);
            }
            writeln!(out, "{table}")?;
        }
        if self.answers.is_empty() {
            writeln!(out, "No volunteers.")?;
        }
        Ok(())
    }

    fn nothing(&self, answer: &Answer<'_>, out: &mut dyn Write) -> io::Result<()> {
        let Some(nearest) = &answer.nearest else { return writeln!(out, "  There are no needs.") };
        let title = self.need(nearest.id).map_or("", |need| need.title.as_str());
        writeln!(
            out,
            "  No need fits. The nearest is {title} ({}), {:.2} points, but:",
            self.id(nearest.id),
            nearest.matching.score
        )?;
        for blocker in &nearest.matching.blockers {
            writeln!(out, "  - {} {}", blocker.text, blocker.remedy)?;
        }
        Ok(())
    }

    /// One JSON document.
    pub(super) fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        let one = |row: &Ranked<NeedId>| Pair {
            need: NeedName {
                id: self.id(row.id).to_owned(),
                title: self.need(row.id).map(|need| need.title.clone()).unwrap_or_default(),
                project: self.need(row.id).map(|need| need.project.slug.clone()).unwrap_or_default(),
            },
            score: row.matching.score,
            eligible: row.matching.eligible,
            reasons: row
                .matching
                .reasons
                .iter()
                .map(|r| Part { factor: r.factor, points: r.points, max_points: r.max_points, text: r.text.clone() })
                .collect(),
            blockers: row
                .matching
                .blockers
                .iter()
                .map(|b| Stop { code: b.code.as_str(), text: b.text.clone(), remedy: b.remedy.clone() })
                .collect(),
        };
        let document = Document {
            date: self.board.market().today.to_string(),
            needs: self.board.need_count(),
            volunteers: self
                .answers
                .iter()
                .map(|answer| Person {
                    volunteer: &answer.person.handle,
                    matches: answer.matches.iter().map(one).collect(),
                    nearest_blocked: answer.nearest.as_ref().map(one),
                })
                .collect(),
            warnings: self.warnings,
        };
        serde_json::to_writer_pretty(&mut *out, &document).map_err(io::Error::from)?;
        writeln!(out)
    }

    /// A row per pair.
    pub(super) fn csv(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut writer = csv::Writer::from_writer(out);
        let mut header = vec!["volunteer", "rank", "need", "title", "project", "score"];
        header.extend(Factor::ALL.iter().map(|factor| factor.as_str()));
        header.push("why");
        writer.write_record(&header)?;
        for answer in self.answers {
            for (at, row) in answer.matches.iter().enumerate() {
                let need = self.need(row.id);
                let mut cells = vec![
                    harmless(&answer.person.handle),
                    (at + 1).to_string(),
                    harmless(self.id(row.id)),
                    harmless(need.map_or("", |need| need.title.as_str())),
                    harmless(need.map_or("", |need| need.project.slug.as_str())),
                    row.matching.score.to_string(),
                ];
                cells.extend(row.matching.reasons.iter().map(|reason| reason.points.to_string()));
                let texts: Vec<&str> = row.matching.reasons.iter().map(|reason| reason.text.as_str()).collect();
                cells.push(harmless(&texts.join(" ")));
                writer.write_record(&cells)?;
            }
        }
        writer.flush()
    }
}

fn why(matching: &Match) -> String {
    let line = |reason: &crate::features::matching::score::Reason| {
        format!(
            "{:.2} of {} {}: {}",
            reason.points,
            reason.max_points,
            reason.factor.as_str().replace('_', " "),
            reason.text
        )
    };
    matching.reasons.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A cell that no spreadsheet takes for a formula.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

#[derive(Serialize)]
struct Document<'a> {
    date: String,
    needs: usize,
    volunteers: Vec<Person<'a>>,
    warnings: &'a [String],
}

#[derive(Serialize)]
struct Person<'a> {
    volunteer: &'a str,
    matches: Vec<Pair>,
    nearest_blocked: Option<Pair>,
}

#[derive(Serialize)]
struct Pair {
    need: NeedName,
    score: f64,
    eligible: bool,
    reasons: Vec<Part>,
    blockers: Vec<Stop>,
}

#[derive(Serialize)]
struct NeedName {
    id: String,
    title: String,
    project: String,
}

#[derive(Serialize)]
struct Part {
    factor: Factor,
    points: f64,
    max_points: f64,
    text: String,
}

#[derive(Serialize)]
struct Stop {
    code: &'static str,
    text: String,
    remedy: String,
}
