//! `mainstay match`: the main job on two spreadsheets, without a server.

mod cells;
mod columns;
mod needs;
mod sheet;
mod volunteers;
mod write;

use super::failure::Failure;
use crate::features::matching::board::{Board, NeedFilter, Ranked, Show};
use crate::features::matching::score::{Market, VolunteerFacts};
use crate::kernel::NeedId;
use cells::Notes;
use chrono::NaiveDate;
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use needs::{NeedRow, note_blocked_projects, read_needs};
use rayon::prelude::*;
use sheet::{Fault, Sheet};
use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use volunteers::read_volunteers;
use write::Report;

/// What to match, and how to write it.
#[derive(Args, Debug, Clone)]
#[command(
    about = "Rank needs for volunteers from two CSV files",
    long_about = "Ranks the needs of one CSV file for each volunteer of another, and says why: the points of the reasons sum to the \
        score, 0 to 100. All rows are checked before anything is printed. A skill that is not in the taxonomy is kept as a tag that \
        only equals itself, with a warning.",
    after_long_help = columns::HELP,
    after_help = "Examples:\n  \
        mainstay match --needs needs.csv --volunteers volunteers.csv\n  \
        mainstay match --needs needs.csv --volunteers volunteers.csv --top 20 --format csv > matches.csv\n\n\
        --help describes the columns."
)]
pub struct MatchArgs {
    /// The needs, a row each.
    #[arg(long, value_name = "FILE.csv")]
    pub needs: PathBuf,
    /// The volunteers, a row each.
    #[arg(long, value_name = "FILE.csv")]
    pub volunteers: PathBuf,
    /// How many needs to show for each volunteer, 1 to 1000.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub top: u16,
    /// How to write the matches.
    #[arg(long, value_enum, default_value_t = MatchFormat::Table)]
    pub format: MatchFormat,
    /// Match as of this day (YYYY-MM-DD) instead of today.
    #[arg(long, value_name = "DATE")]
    pub date: Option<NaiveDate>,
}

/// How matches are written.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchFormat {
    /// For people.
    Table,
    /// Everything, for programs.
    Json,
    /// A row per pair with the points of each factor.
    Csv,
}

/// What one volunteer gets.
struct Answer<'a> {
    person: &'a VolunteerFacts,
    matches: Vec<Ranked<NeedId>>,
    /// When nothing fits: the need that would fit best, and what excludes it.
    nearest: Option<Ranked<NeedId>>,
}

/// Runs the command. `today` is the day to match for when the arguments name none.
///
/// # Errors
/// When a file can't be read or holds faults, all of which are named with their place, or when the output can't be written.
pub fn run(args: &MatchArgs, today: NaiveDate, out: &mut dyn Write, err: &mut dyn Write) -> Result<(), Failure> {
    let today = args.date.unwrap_or(today);
    let (mut faults, mut warnings): (Vec<Fault>, Vec<String>) = (Vec::new(), Vec::new());
    let (needs, volunteers) = (load(&args.needs)?, load(&args.volunteers)?);
    let volunteers = Sheet::parse(&name(&args.volunteers), &volunteers, columns::VOLUNTEERS, &mut faults);
    let people = volunteers.map(|sheet| read_volunteers(&sheet, &mut Notes::new(&mut faults, &mut warnings)));
    let mut people = people.unwrap_or_default();
    let needs = Sheet::parse(&name(&args.needs), &needs, columns::NEEDS, &mut faults);
    let needs = needs.map(|sheet| read_needs(&sheet, today, &people, &mut Notes::new(&mut faults, &mut warnings)));
    let needs = needs.unwrap_or_default();
    if !faults.is_empty() {
        return Err(refused(&faults));
    }
    for warning in &warnings {
        writeln!(err, "warning: {warning}")?;
    }
    note_blocked_projects(&needs, &mut people);
    let people: Vec<VolunteerFacts> = people.into_iter().map(|row| row.facts).collect();
    let mut board = Board::new(Market::new(today));
    let mut ids: HashMap<NeedId, String> = HashMap::new();
    for NeedRow { id, facts } in needs {
        ids.insert(facts.id, id);
        board.upsert_need(facts);
    }
    let answers = rank(&board, &people, usize::from(args.top));
    let report = Report { board: &board, ids: &ids, answers: &answers, warnings: &warnings };
    let written = match args.format {
        MatchFormat::Table => report.table(out),
        MatchFormat::Json => report.json(out),
        MatchFormat::Csv => report.csv(out),
    };
    match written {
        // Whoever reads the first lines and closes the pipe has what they wanted.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

fn rank<'a>(board: &Board, people: &'a [VolunteerFacts], top: usize) -> Vec<Answer<'a>> {
    // Drawn only where standard error is a terminal, and only when it takes long enough to wonder.
    let bar = if people.len() * board.need_count() > 2_000_000 {
        ProgressBar::with_draw_target(u64::try_from(people.len()).ok(), ProgressDrawTarget::stderr())
    } else {
        ProgressBar::hidden()
    };
    bar.set_style(
        ProgressStyle::with_template("{bar:40} {pos} of {len} volunteers, {eta} left")
            .unwrap_or_else(|_e| ProgressStyle::default_bar()),
    );
    let answers = people
        .par_iter()
        .map(|person| {
            let matches = board.rank_needs(person, &NeedFilter::default(), None, top);
            let blocked = NeedFilter { show: Show::Blocked, ..NeedFilter::default() };
            let nearest = if matches.is_empty() { board.rank_needs(person, &blocked, None, 1).pop() } else { None };
            bar.inc(1);
            Answer { person, matches, nearest }
        })
        .collect();
    bar.finish_and_clear();
    answers
}

fn load(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| Failure::failed(format!("{} cannot be read: {error}", path.display())))
}

fn name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// Faults shown before the rest is only counted.
const SHOWN_FAULTS: usize = 50;

fn refused(faults: &[Fault]) -> Failure {
    let plural = if faults.len() == 1 { "" } else { "s" };
    let mut lines = vec![format!("{} fault{plural} in the input; nothing was matched.", faults.len())];
    lines.extend(faults.iter().take(SHOWN_FAULTS).map(|fault| format!("  {fault}")));
    if faults.len() > SHOWN_FAULTS {
        lines.push(format!("  … and {} more.", faults.len() - SHOWN_FAULTS));
    }
    Failure::failed(lines.join("\n"))
}

#[cfg(test)]
mod tests;
