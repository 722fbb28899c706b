//! Writes `docs/benchmarks.md` and `docs/benchmarks.svg` from the lines that the other benchmarks left in
//! `MAINSTAY_BENCH_RESULTS`; run by `benches/run.sh`.

mod goals;

use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let results = std::env::var("MAINSTAY_BENCH_RESULTS")
        .map_err(|error| format!("MAINSTAY_BENCH_RESULTS: {error}; benches/run.sh sets it"))?;
    let text = std::fs::read_to_string(results)?;
    let lines: Vec<Value> = text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    std::fs::write(docs.join("benchmarks.svg"), plot(&lines))?;
    std::fs::write(docs.join("benchmarks.md"), page(&lines)?)?;
    Ok(())
}

fn number(line: &Value, key: &str) -> f64 {
    line.get(key).and_then(Value::as_f64).unwrap_or(f64::NAN)
}

fn text<'v>(line: &'v Value, key: &str) -> &'v str {
    line.get(key).and_then(Value::as_str).unwrap_or("")
}

/// What `/proc` says of the machine.
fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let (cpu, memory) = (read("/proc/cpuinfo"), read("/proc/meminfo"));
    let after = |text: &str, name: &str| {
        text.lines()
            .find_map(|line| line.strip_prefix(name)?.split_once(':').map(|x| x.1.trim().to_owned()))
            .unwrap_or_default()
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let kilobytes: f64 = after(&memory, "MemTotal").trim_end_matches(" kB").parse().unwrap_or(f64::NAN);
    let kernel = read("/proc/sys/kernel/osrelease");
    format!(
        "{cores} cores of {}, {:.0} GB of memory, Linux {}",
        after(&cpu, "model name"),
        kilobytes / 1e6,
        kernel.trim()
    )
}

fn page(lines: &[Value]) -> Result<String, Failure> {
    let mut page = String::from(
        "# Benchmarks\n\nWritten by `just bench`, which measures ours and the peers in one run, interleaved: ",
    );
    writeln!(
        page,
        "medians of 5 runs for allocation, of 200 queries for ranking (20 of the slow ways). Peers that were not installed are left out."
    )?;
    writeln!(page, "\nMachine: {}.\n\n![Times of ours and the peers](benchmarks.svg)\n", machine())?;
    goals::goals(&mut page, lines)?;
    writeln!(
        page,
        "## Allocation\n\nThe exact transportation problem, as many people as needs, about 41 pairs a person; CPU seconds, and how many times ours that is. All ways find the same value, but for the one that may stop at a proven gap of 0.02 %.\n"
    )?;
    writeln!(
        page,
        "| people and needs | variant | way | seconds | times ours | peak memory |\n| ---: | --- | --- | ---: | ---: | ---: |"
    )?;
    for line in lines.iter().filter(|line| text(line, "bench") == "allocate") {
        let variant = if text(line, "variant").is_empty() { "base" } else { text(line, "variant") };
        let share = 100.0 * number(line, "share");
        let differs = if (share - 100.0).abs() > 1e-7 { format!(" ({share:.4} % of the best)") } else { String::new() };
        writeln!(
            page,
            "| {} | {variant} | {}{differs} | {:.3} | {:.2} | {:.0} MB |",
            number(line, "size"),
            text(line, "way"),
            number(line, "seconds"),
            number(line, "ratio"),
            number(line, "peak_mb"),
        )?;
    }
    writeln!(
        page,
        "\n## Ranking\n\nThe best 20 needs for a person by the whole score, and the best 20 people for a need; a tenth as many people as needs. `plain` is the formula over everything, and its lists are identical, ties included; `tantivy` (postings, then the whole score from fast fields) finds the same scores; `postgres` is asked for skills, priority, balance and hours alone, and `tantivy, bm25` only for what full-text search takes for the best. The ways take turns in blocks of ten queries, so that each finds its own caches as a server would; a query's time is the median of five turns, but one of `plain` and `postgres`.\n"
    )?;
    writeln!(
        page,
        "| needs | way | p50 ms | times the index | p99 ms | times the index |\n| ---: | --- | ---: | ---: | ---: | ---: |"
    )?;
    for line in lines.iter().filter(|line| text(line, "bench") == "rank") {
        writeln!(
            page,
            "| {} | {} | {:.3} | {:.1} | {:.3} | {:.1} |",
            number(line, "size"),
            text(line, "way"),
            number(line, "p50_ms"),
            number(line, "ratio_p50"),
            number(line, "p99_ms"),
            number(line, "ratio_p99"),
        )?;
    }
    market(&mut page, lines)?;
    Ok(page)
}

/// One change against a solve from cold, and what people reach who choose for themselves.
fn market(page: &mut String, lines: &[Value]) -> Result<(), Failure> {
    let of = |bench: &'static str| lines.iter().filter(move |line| text(line, "bench") == bench);
    writeln!(
        page,
        "\n## One changed pledge or need\n\nThe kept optimum made the best again after 200 changes of hours, every fortieth held against a solve from cold; CPU seconds.\n\n| people and needs | from cold | a change, median | times faster | slowest of 200 | times faster |\n| ---: | ---: | ---: | ---: | ---: | ---: |"
    )?;
    for line in of("change") {
        let (cold, warm, worst) = (number(line, "cold"), number(line, "warm"), number(line, "worst"));
        writeln!(
            page,
            "| {} | {cold:.3} s | {:.3} ms | {:.0} | {:.3} ms | {:.0} |",
            number(line, "size"),
            warm * 1e3,
            cold / warm,
            worst * 1e3,
            cold / worst
        )?;
    }
    rules(page, of("rules"))?;
    writeln!(
        page,
        "\n## Who chooses for themselves\n\nOf the best value, in percent, when everybody takes hours from an own list, sorted by worth or by worth less the need's price; prices are learned from other volunteers. See `benches/allocate/simulate.rs` for the rules.\n\n| people and needs | way | of the best |\n| ---: | --- | ---: |"
    )?;
    for line in of("simulate") {
        writeln!(page, "| {} | {} | {:.1} % |", number(line, "size"), text(line, "way"), number(line, "percent"))?;
    }
    Ok(())
}

/// Rounds with all their rules.
fn rules<'l>(page: &mut String, lines: impl Iterator<Item = &'l Value>) -> Result<(), Failure> {
    writeln!(
        page,
        "\n## Rounds with all rules\n\nSeats, least and most hours of a person, three needs a person at most, review budgets of projects; see `benches/allocate/rules.rs`. The exact way is HiGHS on the mixed-integer program, with the worst critical need first and then the total.\n\n| people and needs | policy | of the bound | gap | worst critical need, of its floor | seconds | of the exact way's total | its worst need | its seconds |\n| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    )?;
    for line in lines {
        let percent = |x: f64| if x.is_finite() { format!("{:.2} %", 100.0 * x) } else { String::new() };
        let exact = line.get("exact").unwrap_or(&Value::Null);
        let seconds = number(exact, "seconds");
        writeln!(
            page,
            "| {} | {} | {} | {} | {} | {:.2} | {} | {} | {} |",
            number(line, "size"),
            text(line, "policy"),
            percent(number(line, "value") / number(line, "bound")),
            percent(number(line, "gap")),
            percent(number(line, "worst")),
            number(line, "seconds"),
            percent(number(line, "value") / number(exact, "value")),
            percent(number(exact, "worst")),
            if seconds.is_finite() { format!("{seconds:.1}") } else { String::new() },
        )?;
    }
    Ok(())
}

/// Bars on a logarithmic scale: the median of each way, a group for each size.
fn plot(lines: &[Value]) -> String {
    let mut groups: BTreeMap<String, Vec<(&str, f64)>> = BTreeMap::new();
    for line in lines {
        if !matches!(text(line, "bench"), "allocate" | "rank") {
            continue;
        }
        let (group, seconds) = if text(line, "bench") == "allocate" {
            if !matches!(text(line, "variant"), "" | "base") {
                continue;
            }
            (format!("allocate {}", number(line, "size")), number(line, "seconds"))
        } else {
            (format!("rank {}", number(line, "size")), number(line, "p50_ms") / 1e3)
        };
        groups.entry(group).or_default().push((text(line, "way"), seconds));
    }
    let (left, width, row) = (230.0, 480.0, 18.0);
    let all = groups.values().flatten().map(|x| x.1).filter(|x| *x > 0.0);
    let (low, high) = all.fold((f64::INFINITY, 0f64), |(low, high), x| (low.min(x), high.max(x)));
    let (low, high) = (low.log10().floor(), high.log10().ceil().max(low.log10().floor() + 1.0));
    let (mut y, mut body) = (24.0, String::new());
    for (group, bars) in &groups {
        let _ = writeln!(body, r#"<text x="8" y="{:.0}" font-weight="bold">{group}</text>"#, y + 12.0);
        for (way, seconds) in bars {
            y += row;
            let length = ((seconds.log10() - low) / (high - low) * width).max(1.0);
            let color = if matches!(*way, "mainstay" | "index" | "index, people") { "#2b6cb0" } else { "#a0aec0" };
            let _ = writeln!(body, r#"<text x="{:.0}" y="{:.0}" text-anchor="end">{way}</text>"#, left - 6.0, y + 12.0);
            let _ = writeln!(
                body,
                r#"<rect x="{left}" y="{:.0}" width="{length:.1}" height="{:.0}" fill="{color}"/>"#,
                y + 2.0,
                row - 5.0
            );
            let _ = writeln!(
                body,
                r#"<text x="{:.1}" y="{:.0}">{}</text>"#,
                left + length + 5.0,
                y + 12.0,
                readable(*seconds)
            );
        }
        y += row + 12.0;
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"820\" height=\"{:.0}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n<text x=\"8\" y=\"16\">Median times on a logarithmic scale; shorter is better</text>\n{body}</svg>\n",
        y + 8.0
    )
}

fn readable(seconds: f64) -> String {
    if seconds >= 1.0 {
        format!("{seconds:.2} s")
    } else if seconds >= 1e-3 {
        format!("{:.2} ms", seconds * 1e3)
    } else {
        format!("{:.0} µs", seconds * 1e6)
    }
}
