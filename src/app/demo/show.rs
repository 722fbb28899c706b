//! What the demo prints: the best matches with their reasons, the sign-ins, the addresses.

use super::fill::PASSWORD;
use super::sample::SIGN_INS;
use comfy_table::{ContentArrangement, Table, presets};
use std::io::{self, Write};
use std::net::SocketAddr;

/// A match as a line of the table.
#[derive(Debug, Clone)]
pub struct Line {
    /// The volunteer's handle.
    pub volunteer: String,
    /// The need's title.
    pub need: String,
    /// The project's name.
    pub project: String,
    /// 0 to 100.
    pub score: f64,
    /// Hours a week in the round.
    pub hours: f64,
    /// The reasons that weigh most: points and text.
    pub reasons: Vec<(f64, String)>,
}

/// Prints matches as a table, with the three reasons that weigh most.
pub fn print_matches(out: &mut dyn Write, lines: &[Line]) -> io::Result<()> {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["Volunteer", "Need", "Project", "Score", "h/week", "Why"]);
    for line in lines {
        let reasons: Vec<String> =
            line.reasons.iter().take(3).map(|(points, text)| format!("{points:.1}: {text}")).collect();
        let score = format!("{:.1}", line.score);
        let hours = format!("{}", line.hours);
        table.add_row([&line.volunteer, &line.need, &line.project, &score, &hours, &reasons.join("\n")]);
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
