//! Allocation against its peers, side by side in one run.
//!
//! `cargo bench --bench allocate` compares at 1,000 and 10,000; `-- compare 100000` at another size, `-- compare 10000 tight 5`
//! a variant with so many repetitions; `-- generate SIZE VARIANT FILE` writes an instance for the peers' own drivers; `-- solve
//! FILE [GAP]` is one run of ours; `-- simulate SIZE` is what people reach who choose for themselves from lists with and without
//! prices; `-- change SIZE` is one changed pledge or need against a solve from cold; `-- rules SIZE` are rounds with all their
//! rules, against the bound and, where small, against the exact way. Peers are found by `MAINSTAY_BENCH_PYTHON` (a Python with `ortools`, `highspy`, `numpy`)
//! and `MAINSTAY_BENCH_LEMON` (`benches/peers/lemon.cpp`, compiled); those that are missing are said to be.
//! `MAINSTAY_BENCH_RESULTS` names a file to which a JSON line is added for each row.
//! Times are CPU seconds of a process of its own: ours with reading the instance's pairs into rows, the peers' of their
//! solvers alone.

mod change;
mod market;
mod rules;
mod simulate;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use mainstay::features::matching::allocate::{Effort, Instance, Need, Pair, Volunteer, transport};
use market::{VARIANTS, market};

pub(crate) type Failure = Box<dyn std::error::Error>;

const SEED: u64 = 7;
/// What takes less is done so many times.
const SHORT_SECONDS: f64 = 0.1;
const SHORT_TIMES: u32 = 50;

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).filter(|x| x != "--bench").collect();
    let word = |at: usize| words.get(at).map_or("", String::as_str);
    match word(0) {
        "generate" => generate(word(1).parse()?, word(2), Path::new(word(3))),
        "solve" => solve(Path::new(word(1)), word(2).parse().unwrap_or(0.0)),
        "change" => change::change(SEED, word(1).parse().unwrap_or(10_000)),
        "simulate" => simulate::simulate(SEED, word(1).parse().unwrap_or(50_000)),
        "compare" => compare(word(1).parse()?, word(2), word(3).parse().unwrap_or(5)),
        "rules" => rules::rules(SEED, word(1).parse().unwrap_or(1_000)),
        "" => [1_000, 10_000].into_iter().try_for_each(|size| compare(size, "", 5)),
        other => Err(format!("unknown word {other:?}: generate, solve, compare, change, simulate or rules").into()),
    }
}

fn generate(size: usize, variant: &str, path: &Path) -> Result<(), Failure> {
    let mut market = market(SEED, size);
    market.vary(variant);
    let bytes: Vec<u8> = market.words().into_iter().flat_map(u32::to_le_bytes).collect();
    Ok(std::fs::write(path, bytes)?)
}

/// CPU seconds of this thread, by the kernel's scheduler: not inflated by what else the machine does.
pub(crate) fn cpu_seconds() -> Result<f64, Failure> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds: f64 = text.split(' ').next().unwrap_or("").parse()?;
    Ok(nanoseconds * 1e-9)
}

fn peak_megabytes() -> Result<f64, Failure> {
    let text = std::fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find_map(|x| x.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1024.0)
}

fn instance(path: &Path) -> Result<Instance, Failure> {
    let bytes = std::fs::read(path)?;
    let mut words = bytes.as_chunks().0.iter().map(|x| u32::from_le_bytes(*x));
    let mut head = [0u32; 4];
    head.fill_with(|| words.next().unwrap_or(0));
    let [_, people, needs, pairs] = head;
    let mut hours = |count: u32| (0..count).filter_map(|_| words.next()).map(f64::from).collect::<Vec<f64>>();
    let volunteers =
        (0..).zip(hours(people)).map(|(i, hours)| Volunteer { id: format!("v{i}").into(), hours }).collect();
    let needs =
        (0..).zip(hours(needs)).map(|(j, hours)| Need { id: format!("n{j}").into(), hours, seats: None }).collect();
    let mut list = vec![Pair { volunteer: 0, need: 0, value: 0.0, max_hours: f64::INFINITY }; usize::try_from(pairs)?];
    list.iter_mut().zip(&mut words).for_each(|(pair, x)| pair.volunteer = x);
    list.iter_mut().zip(&mut words).for_each(|(pair, x)| pair.need = x);
    list.iter_mut().zip(&mut words).for_each(|(pair, x)| pair.value = f64::from(x));
    let limited = list.iter_mut().zip(&mut words).filter(|(_, x)| *x < u32::MAX);
    limited.for_each(|(pair, x)| pair.max_hours = f64::from(x));
    drop(bytes);
    Ok(Instance::new(volunteers, needs, list)?)
}

fn solve(path: &Path, gap: f64) -> Result<(), Failure> {
    let instance = instance(path)?;
    let before = peak_megabytes()?;
    let start = cpu_seconds()?;
    let mut log = Vec::new();
    let solution = transport(&instance, &Effort { gap, time: None }, &mut |progress| {
        if let (Some(x), Ok(now)) = (progress, cpu_seconds()) {
            log.push(serde_json::json!([now - start, (x.bound - x.value) / x.bound]));
        }
        true
    });
    let mut seconds = cpu_seconds()? - start;
    // The kernel counts in steps of some milliseconds: what is short is done many times.
    if seconds < SHORT_SECONDS {
        let start = cpu_seconds()?;
        for _ in 0..SHORT_TIMES {
            transport(&instance, &Effort { gap, time: None }, &mut |_| true);
        }
        seconds = (cpu_seconds()? - start) / f64::from(SHORT_TIMES);
    }
    let line = serde_json::json!({
        "solver": "mainstay", "seconds": seconds, "peak_mb": peak_megabytes()?, "instance_mb": before,
        "value": solution.value, "gap": solution.gap, "steps": log,
    });
    Ok(writeln!(io::stdout(), "{line}")?)
}

/// One solver as a command that takes an instance's file and prints a JSON line.
struct Peer {
    name: &'static str,
    command: Vec<String>,
    /// A word after the file.
    last: Option<&'static str>,
}

/// The gap at which the inexact way may stop.
const CONTENT: &str = "0.0002";

/// Up to this size every peer takes part in every variant; beyond it the slow ones would take hours.
const SMALL: usize = 10_000;

fn peers(size: usize, variant: &str) -> Result<Vec<Peer>, Failure> {
    let own = std::env::current_exe()?.display().to_string();
    let own = |name, last| Peer { name, command: vec![own.clone(), "solve".into()], last };
    let mut list = vec![own("mainstay", None), own("mainstay, gap 0.02 %", Some(CONTENT))];
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peers");
    match std::env::var("MAINSTAY_BENCH_PYTHON") {
        Ok(python) => {
            let solvers: &[&'static str] = if size <= SMALL { &["ortools", "highs"] } else { &["ortools"] };
            let command = |name: &str| vec![python.clone(), format!("{folder}/flow.py"), name.into()];
            list.extend(solvers.iter().map(|name| Peer { name, command: command(name), last: None }));
        }
        Err(_) => writeln!(io::stderr(), "SKIPPED: OR-tools and HiGHS (set MAINSTAY_BENCH_PYTHON)")?,
    }
    match std::env::var("MAINSTAY_BENCH_LEMON") {
        Ok(lemon) => {
            let solvers = [("lemon simplex", "simplex"), ("lemon scaling", "scaling")];
            let all = size <= SMALL || variant == "base";
            for (name, solver) in solvers.into_iter().take(if all { 2 } else { 1 }) {
                list.push(Peer { name, command: vec![lemon.clone(), solver.into()], last: None });
            }
        }
        Err(_) => writeln!(io::stderr(), "SKIPPED: LEMON (set MAINSTAY_BENCH_LEMON)")?,
    }
    Ok(list)
}

pub(crate) fn median(mut list: Vec<f64>) -> f64 {
    list.sort_by(f64::total_cmp);
    list.get(list.len() / 2).copied().unwrap_or(f64::NAN)
}

fn compare(size: usize, variant: &str, repetitions: usize) -> Result<(), Failure> {
    let variants: Vec<&str> = if variant.is_empty() { VARIANTS.to_vec() } else { vec![variant] };
    let folder = std::env::temp_dir().join(format!("mainstay-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    for variant in variants {
        let path: PathBuf = folder.join(format!("{size}-{variant}.bin"));
        generate(size, variant, &path)?;
        let peers = peers(size, variant)?;
        let mut seconds: Vec<Vec<f64>> = vec![Vec::new(); peers.len()];
        let mut last = vec![serde_json::Value::Null; peers.len()];
        for _ in 0..repetitions {
            for ((peer, seconds), last) in peers.iter().zip(&mut seconds).zip(&mut last) {
                let (program, words) = peer.command.split_first().ok_or("no command")?;
                let output = Command::new(program).args(words).arg(&path).args(peer.last).output()?;
                // Some solvers introduce themselves first.
                let said = String::from_utf8_lossy(&output.stdout);
                let line: serde_json::Value = serde_json::from_str(said.trim().lines().last().unwrap_or(""))
                    .map_err(|cause| format!("{}: {cause}: {}", peer.name, String::from_utf8_lossy(&output.stderr)))?;
                seconds.push(line.get("seconds").and_then(serde_json::Value::as_f64).ok_or("no seconds")?);
                *last = line;
            }
        }
        report(size, variant, &peers, &seconds, &last)?;
        std::fs::remove_file(&path)?;
    }
    Ok(std::fs::remove_dir(&folder)?)
}

fn report(
    size: usize,
    variant: &str,
    peers: &[Peer],
    seconds: &[Vec<f64>],
    last: &[serde_json::Value],
) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let number =
        |line: &serde_json::Value, key: &str| line.get(key).and_then(serde_json::Value::as_f64).unwrap_or(f64::NAN);
    let own = seconds.first().cloned().map_or(f64::NAN, median);
    let value = last.first().map_or(f64::NAN, |x| number(x, "value"));
    for ((peer, seconds), line) in peers.iter().zip(seconds).zip(last) {
        let time = median(seconds.clone());
        let share = number(line, "value") / value;
        let same = (number(line, "value") - value).abs() < 0.5;
        writeln!(
            out,
            "{size:>7} {variant:<14}{:<21}{time:>9.3} s {:>6.2}x {:>7.0} MB  value {}{}",
            peer.name,
            time / own,
            number(line, "peak_mb"),
            number(line, "value"),
            if same { String::new() } else { format!("  {:.4} %", 100.0 * share) },
        )?;
        if let Ok(path) = std::env::var("MAINSTAY_BENCH_RESULTS") {
            let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path)?;
            let line = serde_json::json!({
                "bench": "allocate", "size": size, "variant": variant, "way": peer.name, "seconds": time, "ratio": time / own,
                "peak_mb": number(line, "peak_mb"), "share": share,
            });
            writeln!(file, "{line}")?;
        }
    }
    Ok(())
}
