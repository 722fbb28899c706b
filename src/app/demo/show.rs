//! What the demo prints: the best matches with their reasons, the sign-ins, the addresses.

use super::fill::PASSWORD;
use super::sample::SIGN_INS;
use crate::app::cli::Failure;
use crate::app::state::State;
use crate::features::matching::board::Board;
use crate::features::matching::rounds::{Aim, Inputs, Pairing, solve};
use crate::features::matching::score::Reader;
use comfy_table::{ContentArrangement, Table, TableStyle};
use std::io::{self, Write};
use std::net::SocketAddr;

/// How many of the round's pairs are shown.
const SHOWN: usize = 10;

/// A pair as a line of the table.
struct Line {
    volunteer: String,
    need: String,
    project: String,
    score: f64,
    hours: f64,
    reasons: Vec<String>,
}

/// Runs a round over what is in the database, and prints its figures and its best pairs with their reasons.
pub async fn print_round(state: &State, out: &mut dyn Write) -> Result<(), Failure> {
    state.matcher.refresh(&state.ctx).await?;
    let inputs = state.matcher.look(|board| Inputs::freeze(board, Aim::TOTAL)).await?;
    let solved = solve(&inputs, &mut || true).map_err(|flaw| Failure::failed(flaw.to_string()))?;
    let Some(solved) = solved else { return Ok(()) };
    let pairings = solved.pairings;
    let count = pairings.len();
    let lines = state
        .matcher
        .look(move |board| best(&pairings).iter().filter_map(|pair| line(board, pair)).collect::<Vec<Line>>())
        .await?;
    let outcome = solved.outcome;
    writeln!(
        out,
        "\nA round over {} volunteers and {} open needs: {count} pairings worth {:.0} of at most {:.0} (gap {:.2} %).",
        outcome.volunteers,
        outcome.needs,
        outcome.value,
        outcome.bound,
        outcome.gap * 100.0
    )?;
    writeln!(out, "Its best pairings, one a volunteer:\n")?;
    print_lines(out, &lines)?;
    Ok(())
}

/// The best pairs, at most one for each volunteer, so that the table shows more than one person.
fn best(pairings: &[Pairing]) -> Vec<&Pairing> {
    let mut seen = Vec::new();
    pairings
        .iter()
        .filter(|pair| {
            let new = !seen.contains(&pair.volunteer);
            seen.push(pair.volunteer);
            new
        })
        .take(SHOWN)
        .collect()
}

fn line(board: &Board, pair: &Pairing) -> Option<Line> {
    let (need, person) = (board.need(pair.need)?, board.volunteer(pair.volunteer)?);
    let mut reasons = board.explain(need, person, Reader::Other).matching.reasons;
    reasons.sort_by(|a, b| b.points.total_cmp(&a.points));
    Some(Line {
        volunteer: person.handle.clone(),
        need: need.title.clone(),
        project: need.project.name.clone(),
        score: pair.score,
        hours: pair.hours,
        reasons: reasons.iter().take(3).map(|reason| format!("{:.1} {}", reason.points, reason.text)).collect(),
    })
}

fn print_lines(out: &mut dyn Write, lines: &[Line]) -> io::Result<()> {
    let mut table = Table::new();
    table.load_style(TableStyle::new()).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["Volunteer", "Need", "Project", "Score", "h/week", "Why"]);
    for line in lines {
        let (score, hours) = (format!("{:.1}", line.score), line.hours.to_string());
        table.add_row([&line.volunteer, &line.need, &line.project, &score, &hours, &line.reasons.join("\n")]);
    }
    writeln!(out, "{table}")
}

/// Prints how to sign in and where to look.
pub fn print_addresses(out: &mut dyn Write, listen: SocketAddr) -> io::Result<()> {
    writeln!(out, "\nSign-ins, all with the password {PASSWORD}:")?;
    for (email, who) in SIGN_INS {
        writeln!(out, "  {email:<26} {who}")?;
    }
    writeln!(out, "\nServing at http://{listen}")?;
    for (path, what) in [
        ("/docs/", "interactive documentation"),
        ("/openapi.json", "the contract"),
        ("/api/v1/needs", "open needs"),
        ("/health/ready", "readiness"),
    ] {
        writeln!(out, "  http://{listen}{path:<16} {what}")?;
    }
    writeln!(out, "\nStop it with Ctrl-C; the data stays for the next start.")?;
    out.flush()
}
