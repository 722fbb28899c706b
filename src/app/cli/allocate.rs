//! `mainstay allocate`: the best use of everybody's hours, from a file and without a server.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::features::matching::allocate::{
    Claim, Effort, Flaw, Instance, Progress, Sheet, Solution, allocate, check, read_csv, read_json, write_csv,
    write_json,
};

/// What to read, how hard to try, and what to write.
#[derive(Args, Debug, Clone, Default)]
#[command(
    about = "Allocate everybody's hours to their best use, provably",
    long_about = "Reads {volunteers: [{id, hours}], needs: [{id, hours, seats?}], pairs: [{volunteer, need, value, \
        max_hours?}]} and answers {value, bound, gap, pairs: [{volunteer, need, hours}], prices: {volunteers, needs}}. \
        Hours never exceed what anybody offers, wants, or a pair's max_hours; at most `seats` people work on a need. \
        Without seats the answer is the proven optimum (gap 0); with seats the bound says how much better an answer could be \
        at most. A price says what one more hour there would be worth.",
    after_help = "Examples:\n  \
        mainstay allocate instance.json.gz > solution.json\n  \
        mainstay allocate instance.json --format table\n  \
        mainstay allocate instance.json --check solution.json\n  \
        mainstay allocate --volunteers volunteers.csv --needs needs.csv --pairs pairs.csv > pairs_out.csv\n\n\
        volunteers.csv: id,hours   needs.csv: id,hours[,seats]   pairs.csv: volunteer,need,value[,max_hours]\n\
        Exit codes: 0 fine, 1 failed (also when --check finds the solution wrong), 2 usage."
)]
pub struct AllocateArgs {
    /// The instance as JSON, gzipped or not; `-` for standard input.
    #[arg(value_name = "INSTANCE.json", required_unless_present = "volunteers", conflicts_with_all = ["volunteers", "needs", "pairs"])]
    pub instance: Option<PathBuf>,
    /// Volunteers as CSV: id,hours.
    #[arg(long, value_name = "FILE.csv", requires_all = ["needs", "pairs"])]
    pub volunteers: Option<PathBuf>,
    /// Needs as CSV: id,hours and maybe seats.
    #[arg(long, value_name = "FILE.csv", requires = "volunteers")]
    pub needs: Option<PathBuf>,
    /// Pairs as CSV: volunteer,need,value and maybe `max_hours`.
    #[arg(long, value_name = "FILE.csv", requires = "volunteers")]
    pub pairs: Option<PathBuf>,
    /// What to write; JSON for a JSON instance and CSV for CSV files when not said.
    #[arg(long, value_enum)]
    pub format: Option<AllocateFormat>,
    /// Write here instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Be content with this relative gap between value and bound, such as 0.0002; the proven optimum when not said.
    #[arg(long, value_name = "GAP", value_parser = part, conflicts_with = "check")]
    pub gap: Option<f64>,
    /// Stop after so many seconds with the best so far and its bound.
    #[arg(long, value_name = "SECONDS", value_parser = seconds, conflicts_with = "check")]
    pub seconds: Option<f64>,
    /// Don't allocate but verify this solution of the instance: limits, value, bound, complementary slackness.
    #[arg(long, value_name = "SOLUTION.json", conflicts_with = "output")]
    pub check: Option<PathBuf>,
}

/// How an allocation is written.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum AllocateFormat {
    /// The whole answer with its prices.
    Json,
    /// The pairs alone: volunteer,need,hours,value.
    Csv,
    /// For reading.
    Table,
}

/// Why `mainstay allocate` failed.
#[derive(Debug, thiserror::Error)]
pub enum AllocateError {
    /// A file could not be read.
    #[error("cannot read {path}: {cause}")]
    Read {
        /// Its path as given.
        path: String,
        /// What the system said.
        cause: io::Error,
    },
    /// A file's content is not what it has to be.
    #[error("{path}: {flaw}")]
    Flawed {
        /// Its path as given.
        path: String,
        /// What is wrong where.
        flaw: Flaw,
    },
    /// The answer could not be written.
    #[error("cannot write the answer: {0}")]
    Write(#[from] io::Error),
    /// `--check` found the solution wrong; what is wrong has been written.
    #[error("the solution is not valid: {0} finding(s)")]
    Invalid(usize),
}

fn part(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|x| (0.0..1.0).contains(x))
        .ok_or_else(|| "a number from 0 to below 1 is wanted".to_owned())
}

fn seconds(text: &str) -> Result<f64, String> {
    let wanted = || "a number of seconds, more than 0 and at most a million, is wanted".to_owned();
    text.parse().ok().filter(|x| *x > 0.0 && *x <= 1e6).ok_or_else(wanted)
}

/// Runs the command: reads, allocates or checks, and writes to `out` (or to `--output`).
///
/// # Errors
/// [`AllocateError`]; all of its kinds are exit code 1.
pub fn run(args: &AllocateArgs, out: &mut dyn Write) -> Result<(), AllocateError> {
    let instance = read_instance(args)?;
    if let Some(path) = &args.check {
        return verify(&instance, path, out);
    }
    let effort = Effort { gap: args.gap.unwrap_or(0.0), time: args.seconds.map(Duration::from_secs_f64) };
    let bar = indicatif::ProgressBar::new_spinner();
    bar.enable_steady_tick(Duration::from_millis(200));
    let solution = allocate(&instance, &effort, &mut |progress| {
        if let Some(Progress { value, bound }) = progress {
            bar.set_message(format!("value {value:.0}, bound {bound:.0}"));
        }
        true
    });
    bar.finish_and_clear();
    let of_csv = args.volunteers.is_some();
    let format = args.format.unwrap_or(if of_csv { AllocateFormat::Csv } else { AllocateFormat::Json });
    let mut file;
    let target: &mut dyn Write = if let Some(path) = &args.output {
        file = std::fs::File::create(path)?;
        &mut file
    } else {
        out
    };
    let mut target = io::BufWriter::new(target);
    write(&mut target, &instance, &solution, format)?;
    Ok(target.flush()?)
}

fn read_instance(args: &AllocateArgs) -> Result<Instance, AllocateError> {
    if let (Some(volunteers), Some(needs), Some(pairs)) = (&args.volunteers, &args.needs, &args.pairs) {
        let names = [volunteers, needs, pairs].map(|path| path.display().to_string());
        let contents = [read(volunteers)?, read(needs)?, read(pairs)?];
        let [first, second, third] = [0, 1, 2].map(|at: usize| Sheet {
            name: names.get(at).map_or("", String::as_str),
            bytes: contents.get(at).map_or(&[], Vec::as_slice),
        });
        return read_csv(first, second, third)
            .map_err(|flaw| AllocateError::Flawed { path: "CSV input".to_owned(), flaw });
    }
    let path = args.instance.clone().unwrap_or_else(|| PathBuf::from("-"));
    let bytes = read(&path)?;
    read_json(&bytes).map_err(|flaw| AllocateError::Flawed { path: path.display().to_string(), flaw })
}

fn read(path: &Path) -> Result<Vec<u8>, AllocateError> {
    let content = if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        io::Read::read_to_end(&mut io::stdin().lock(), &mut bytes).map(|_| bytes)
    } else {
        std::fs::read(path)
    };
    content.map_err(|cause| AllocateError::Read { path: path.display().to_string(), cause })
}

fn write(out: &mut dyn Write, instance: &Instance, solution: &Solution, format: AllocateFormat) -> io::Result<()> {
    match format {
        AllocateFormat::Json => write_json(out, instance, solution),
        AllocateFormat::Csv => write_csv(out, instance, solution),
        AllocateFormat::Table => write_table(out, instance, solution),
    }
}

fn write_table(out: &mut dyn Write, instance: &Instance, solution: &Solution) -> io::Result<()> {
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::UTF8_BORDERS_ONLY).set_header(["volunteer", "need", "hours", "value/hour"]);
    for share in &solution.shares {
        let at = usize::try_from(share.pair).unwrap_or(usize::MAX);
        let value = instance.pairs().get(at).map_or(0.0, |x| x.value);
        let (volunteer, need) = (instance.volunteer_id(at), instance.need_id(at));
        table.add_row([volunteer, need, &share.hours.to_string(), &value.to_string()]);
    }
    writeln!(out, "{table}")?;
    let Solution { value, bound, gap, .. } = solution;
    let hours: f64 = solution.shares.iter().map(|x| x.hours).sum();
    writeln!(out, "{} pairs, {hours} hours, worth {value}", solution.shares.len())?;
    if *gap <= 0.0 {
        writeln!(out, "proven: no allocation is worth more")
    } else {
        writeln!(out, "proven: no allocation is worth more than {bound} ({:.4}% more)", gap * 100.0)
    }
}

fn verify(instance: &Instance, path: &Path, out: &mut dyn Write) -> Result<(), AllocateError> {
    let bytes = read(path)?;
    let claim = Claim::read_json(&bytes, instance)
        .map_err(|flaw| AllocateError::Flawed { path: path.display().to_string(), flaw })?;
    let verdict = check(instance, &claim);
    writeln!(out, "value {} (stated {})", verdict.value, claim.value)?;
    writeln!(out, "bound {} by the prices (stated {})", verdict.bound, claim.bound)?;
    writeln!(out, "gap   {:.3e}", verdict.gap)?;
    if verdict.slackness_checked > 0 {
        writeln!(out, "complementary slackness: {} conditions looked at", verdict.slackness_checked)?;
    }
    for finding in &verdict.findings {
        writeln!(out, "WRONG {finding}")?;
    }
    if verdict.findings.is_empty() {
        writeln!(out, "the solution is valid")?;
        Ok(())
    } else {
        Err(AllocateError::Invalid(verdict.findings.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(folder: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn answer(args: &AllocateArgs) -> Result<String, AllocateError> {
        let mut out = vec![];
        run(args, &mut out).map(|()| String::from_utf8(out).unwrap())
    }

    #[test]
    fn an_instance_is_solved_checked_and_a_wrong_solution_refused() {
        let folder = tempfile::tempdir().unwrap();
        let text = r#"{"volunteers":[{"id":"ann","hours":2},{"id":"bo","hours":3}],"needs":[{"id":"fix","hours":4}],
            "pairs":[{"volunteer":"ann","need":"fix","value":5},{"volunteer":"bo","need":"fix","value":1.5}]}"#;
        let instance = Some(file(&folder, "instance.json", text));
        let solution = answer(&AllocateArgs { instance: instance.clone(), ..Default::default() }).unwrap();
        let known = r#"{"value":13,"bound":13,"gap":0,"pairs":[{"volunteer":"ann","need":"fix","hours":2},"#;
        assert!(solution.starts_with(known), "{solution}");
        let check = Some(file(&folder, "solution.json", &solution));
        let verdict = answer(&AllocateArgs { instance: instance.clone(), check, ..Default::default() }).unwrap();
        assert!(verdict.contains("the solution is valid"), "{verdict}");
        let wrong = solution.replace(r#""hours":2}"#, r#""hours":3}"#);
        assert_ne!(wrong, solution);
        let check = Some(file(&folder, "wrong.json", &wrong));
        let refused = answer(&AllocateArgs { instance: instance.clone(), check, ..Default::default() });
        assert!(matches!(refused, Err(AllocateError::Invalid(_))), "{refused:?}");
        let format = Some(AllocateFormat::Table);
        let table = answer(&AllocateArgs { instance, format, ..Default::default() }).unwrap();
        assert!(table.contains("no allocation is worth more"), "{table}");
    }

    #[test]
    fn spreadsheets_and_empty_instances_are_answered() {
        let folder = tempfile::tempdir().unwrap();
        let args = AllocateArgs {
            volunteers: Some(file(&folder, "v.csv", "id,hours\na,4\n")),
            needs: Some(file(&folder, "n.csv", "id,hours\nx,3\n")),
            pairs: Some(file(&folder, "p.csv", "volunteer,need,value\na,x,2\n")),
            ..Default::default()
        };
        assert_eq!(answer(&args).unwrap(), "volunteer,need,hours,value\na,x,3,2\n");
        let instance = Some(file(&folder, "empty.json", r#"{"volunteers":[],"needs":[],"pairs":[]}"#));
        let nothing = answer(&AllocateArgs { instance, ..Default::default() }).unwrap();
        let known = r#"{"value":0,"bound":0,"gap":0,"pairs":[],"prices":{"volunteers":{},"needs":{}}}"#;
        assert_eq!(nothing.trim_end(), known);
        let instance = Some(folder.path().join("absent.json"));
        let absent = answer(&AllocateArgs { instance, ..Default::default() });
        assert!(matches!(absent, Err(AllocateError::Read { .. })), "{absent:?}");
    }
}
