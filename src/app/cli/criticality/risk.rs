//! `mainstay criticality risk`: how much would break with each project of a graph, without a server.

use super::Format;
use crate::app::cli::Failure;
use crate::features::projects::import::unpack;
use crate::features::risk::fragility::{Facts, Fragility, Known, fragility, level_wanted, need_for_help};
use crate::features::risk::graph::{Changed, Graph, Ranked, changes, rank, read};
use clap::Args;
use comfy_table::Table;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};

/// Rank the projects of a dependency graph by how much would break with them.
///
/// What counts is the criticality of everything that depends on a project, halved at each step. The graph is a file of
/// tab-separated lines: N, name, orphan or nothing, home page for each project; E, who needs, who is needed for each
/// dependency (places among the N lines, from 0, or names). The order of the lines makes no difference; gzip is read as it is.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mainstay criticality risk graph.tsv.gz
  mainstay criticality risk --project xz-utils --format json graph.tsv.gz
  mainstay criticality risk --signals signals.csv --by need --top 10 graph.tsv.gz
  mainstay criticality risk --plan my-product:libarchive graph.tsv.gz")]
pub(super) struct RiskArgs {
    /// CSV with a column name and any of criticality (0 to 1), maintainers, maintained (0 to 10), `open_advisories`, `as_of`.
    /// Without a column criticality every project counts 1; with it only those that it names.
    #[arg(long, value_name = "FILE.csv")]
    signals: Option<PathBuf>,

    /// In which order.
    #[arg(long, value_enum, default_value_t = By::Risk)]
    by: By,

    /// How many projects to show; 0 for all.
    #[arg(long, value_name = "N", default_value_t = 20)]
    top: usize,

    /// Show only this project; may be given more than once.
    #[arg(long, value_name = "NAME")]
    project: Vec<String>,

    /// Show what a planned dependency would change: who would need, a colon, who would be needed. May be given more than once.
    #[arg(long, value_name = "FROM:TO")]
    plan: Vec<String>,

    /// How to write the answer.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,

    /// The graph; - is standard input.
    #[arg(value_name = "GRAPH")]
    graph: PathBuf,
}

/// What rows are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum By {
    /// How much would break.
    Risk,
    /// Risk times fragility; needs signals.
    Need,
}

/// Bytes that a packed graph may hold.
const MOST: u64 = 1 << 30;

/// A project to be shown.
struct Row {
    name: String,
    ranked: Ranked,
    fragility: Fragility,
    need: Option<f64>,
    reason: String,
}

pub(super) fn run(args: &RiskArgs, input: &mut dyn BufRead, out: &mut dyn Write) -> Result<(), Failure> {
    let name = args.graph.display();
    let graph = read(&bytes(&args.graph, input)?).map_err(|error| Failure::failed(format!("{name}, {error}")))?;
    let signals = args.signals.as_deref().map(signals).transpose()?.unwrap_or_default();
    let graph = if signals.values().any(|one| one.criticality.is_some()) {
        graph.weighted(|node| signals.get(&node.name).and_then(|one| one.criticality).unwrap_or(0.0))
    } else {
        graph
    };
    if !args.plan.is_empty() {
        let planned = args.plan.iter().map(|text| plan(&graph, text)).collect::<Result<Vec<_>, _>>()?;
        return write_changes(args, &graph, &changes(&graph, &planned), out);
    }
    let wanted = args.project.iter().map(|name| find(&graph, name)).collect::<Result<Vec<_>, _>>()?;
    let mut rows: Vec<Row> = rank(&graph)
        .ranked
        .into_iter()
        .filter(|ranked| wanted.is_empty() || wanted.contains(&ranked.node))
        .map(|ranked| row(&graph, &signals, ranked))
        .collect();
    if args.by == By::Need {
        // Stable: equals stay in the order of their risk, and those of which nothing is known come last.
        rows.sort_by(|one, other| other.need.unwrap_or(-1.0).total_cmp(&one.need.unwrap_or(-1.0)));
    }
    if args.top > 0 && wanted.is_empty() {
        rows.truncate(args.top);
    }
    write_rows(args.format, &rows, out)
}

fn bytes(path: &Path, input: &mut dyn BufRead) -> Result<Vec<u8>, Failure> {
    let name = path.display();
    let unreadable = |error: std::io::Error| Failure::failed(format!("{name} cannot be read: {error}"));
    let packed = if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        input.read_to_end(&mut bytes).map_err(unreadable)?;
        bytes
    } else {
        std::fs::read(path).map_err(unreadable)?
    };
    unpack(packed, MOST).map_err(|error| Failure::failed(format!("{name}: {}", error.detail())))
}

fn find(graph: &Graph, name: &str) -> Result<usize, Failure> {
    graph.find(name).ok_or_else(|| Failure::failed(format!("there is no project {name:?} in the graph")))
}

fn plan(graph: &Graph, text: &str) -> Result<(usize, usize), Failure> {
    let (from, to) = text
        .split_once(':')
        .ok_or_else(|| Failure::usage(format!("--plan {text}: write who would need, a colon, who would be needed")))?;
    Ok((find(graph, from)?, find(graph, to)?))
}

/// What a line of the signals says.
#[derive(Debug, Default)]
struct Said {
    criticality: Option<f64>,
    facts: Facts,
}

fn signals(path: &Path) -> Result<HashMap<String, Said>, Failure> {
    let name = path.display();
    let mut reader =
        csv::Reader::from_path(path).map_err(|error| Failure::failed(format!("{name} cannot be read: {error}")))?;
    let header = reader.headers().map_err(|error| Failure::failed(format!("{name}: {error}")))?.clone();
    let at = |wanted: &str| header.iter().position(|column| column.trim() == wanted);
    let name_at = at("name").ok_or_else(|| Failure::failed(format!("{name}, line 1: there is no column name")))?;
    let mut found = HashMap::new();
    for record in reader.records() {
        let record = record.map_err(|error| Failure::failed(format!("{name}: {error}")))?;
        let line = record.position().map_or(0, csv::Position::line);
        let cell =
            |column: &str| at(column).and_then(|at| record.get(at)).map(str::trim).filter(|text| !text.is_empty());
        let wrong = |column: &str, wanted: &str| Failure::failed(format!("{name}, line {line}: {column} is {wanted}"));
        let as_of = cell("as_of").map(str::parse).transpose();
        let as_of = as_of.map_err(|_no| wrong("as_of", "an instant such as 2026-11-01T00:00:00Z"))?;
        let count = |column: &str| -> Result<Option<Known<u32>>, Failure> {
            let value = cell(column).map(str::parse).transpose().map_err(|_no| wrong(column, "a whole number"))?;
            Ok(value.map(|value| Known { value, source: name.to_string(), as_of }))
        };
        let criticality = cell("criticality")
            .map(str::parse::<f64>)
            .transpose()
            .ok()
            .filter(|value| value.is_none_or(|value| (0.0..=1.0).contains(&value)));
        let criticality = criticality.ok_or_else(|| wrong("criticality", "a number from 0 to 1"))?;
        let maintained = count("maintained")?;
        if maintained.as_ref().is_some_and(|known| known.value > 10) {
            return Err(wrong("maintained", "a number from 0 to 10"));
        }
        let maintained = maintained.map(|known| Known {
            value: i16::try_from(known.value).unwrap_or(10),
            source: known.source,
            as_of: known.as_of,
        });
        let facts = Facts {
            maintainers: count("maintainers")?,
            orphaned: None,
            maintained,
            open_advisories: count("open_advisories")?,
        };
        let key = record.get(name_at).unwrap_or("").trim().to_owned();
        found.insert(key, Said { criticality, facts });
    }
    Ok(found)
}

fn row(graph: &Graph, signals: &HashMap<String, Said>, ranked: Ranked) -> Row {
    let node = graph.nodes().get(ranked.node).cloned().unwrap_or_default();
    let mut facts = signals.get(&node.name).map(|said| said.facts.clone()).unwrap_or_default();
    facts.orphaned = node.is_orphan.then(|| Known { value: true, source: "graph".to_owned(), as_of: None });
    let fragility = fragility(&facts);
    let need = need_for_help(Some(ranked.risk), &fragility);
    let mut reason = ranked.reason(graph.len());
    for signal in fragility.signals.iter().filter(|signal| signal.weight > 0.0) {
        reason.push(' ');
        reason.push_str(&signal.text);
    }
    Row { name: node.name, ranked, fragility, need, reason }
}

fn write_rows(format: Format, rows: &[Row], out: &mut dyn Write) -> Result<(), Failure> {
    match format {
        Format::Table => {
            let mut table = Table::new();
            let columns = ["#", "project", "risk", "reach", "direct", "all", "need", "why"];
            table.load_style(comfy_table::presets::UTF8_BORDERS_ONLY).set_header(columns);
            for row in rows {
                table.add_row(cells(row));
            }
            writeln!(out, "{table}")?;
        }
        Format::Csv => {
            let mut writer = csv::Writer::from_writer(&mut *out);
            let columns = ["rank", "name", "risk", "reach", "direct", "dependents", "need_for_help", "reason"];
            writer.write_record(columns).map_err(std::io::Error::from)?;
            for row in rows {
                writer.write_record(cells(row)).map_err(std::io::Error::from)?;
            }
            writer.flush()?;
        }
        Format::Json => {
            let rows: Vec<Value> = rows.iter().map(object).collect();
            serde_json::to_writer_pretty(&mut *out, &rows).map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
    }
    Ok(())
}

fn cells(row: &Row) -> [String; 8] {
    let ranked = &row.ranked;
    [
        ranked.rank.to_string(),
        row.name.clone(),
        format!("{:.4}", ranked.risk),
        format!("{:.3}", ranked.reach),
        ranked.direct().to_string(),
        ranked.dependents().to_string(),
        row.need.map(|need| format!("{need:.4}")).unwrap_or_default(),
        row.reason.clone(),
    ]
}

fn object(row: &Row) -> Value {
    let ranked = &row.ranked;
    let rings = ranked.rings.iter().enumerate().map(
        |(distance, ring)| json!({"distance": distance, "projects": ring.projects, "criticality": ring.criticality}),
    );
    let signals = row.fragility.signals.iter().map(|signal| {
        json!({"name": signal.name, "weight": signal.weight, "most": signal.most, "text": signal.text,
            "source": signal.source, "as_of": signal.as_of})
    });
    json!({
        "rank": ranked.rank, "name": row.name, "risk": ranked.risk, "reach": ranked.reach, "page_rank": ranked.walk,
        "direct": ranked.direct(), "direct_rank": ranked.direct_rank, "dependents": ranked.dependents(),
        "by_distance": rings.collect::<Vec<_>>(), "fragility": row.fragility.value, "signals": signals.collect::<Vec<_>>(),
        "need_for_help": row.need, "level_wanted": level_wanted(ranked.risk), "reason": row.reason,
    })
}

fn write_changes(args: &RiskArgs, graph: &Graph, changes: &[Changed], out: &mut dyn Write) -> Result<(), Failure> {
    let shown = if args.top == 0 { changes.len() } else { args.top };
    let rows = changes.iter().take(shown).map(|one| {
        let name = graph.nodes().get(one.node).map_or("", |node| node.name.as_str());
        (name.to_owned(), one.before.reach, one.after.reach, one.before.rank, one.after.rank)
    });
    match args.format {
        Format::Table => {
            let mut table = Table::new();
            let columns = ["project", "reach", "would be", "rank", "would be"];
            table.load_style(comfy_table::presets::UTF8_BORDERS_ONLY).set_header(columns);
            for (name, before, after, rank, new_rank) in rows {
                let cells =
                    [name, format!("{before:.3}"), format!("{after:.3}"), rank.to_string(), new_rank.to_string()];
                table.add_row(cells);
            }
            writeln!(out, "{table}\n{} projects would reach further", changes.len())?;
        }
        Format::Csv => {
            let mut writer = csv::Writer::from_writer(&mut *out);
            let columns = ["name", "reach", "planned_reach", "rank", "planned_rank"];
            writer.write_record(columns).map_err(std::io::Error::from)?;
            for (name, before, after, rank, new_rank) in rows {
                let cells = [name, before.to_string(), after.to_string(), rank.to_string(), new_rank.to_string()];
                writer.write_record(cells).map_err(std::io::Error::from)?;
            }
            writer.flush()?;
        }
        Format::Json => {
            let rows: Vec<Value> = rows
                .map(|(name, before, after, rank, new_rank)| {
                    json!({"name": name, "reach": before, "planned_reach": after, "rank": rank, "planned_rank": new_rank})
                })
                .collect();
            serde_json::to_writer_pretty(&mut *out, &json!({"changed": changes.len(), "projects": rows}))
                .map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{CriticalityArgs, run};
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        args: CriticalityArgs,
    }

    const GRAPH: &str = "N\tapp\nN\tlibrary\torphan\nN\ttool\nE\tapp\tlibrary\nE\ttool\tapp\n";

    fn ran(arguments: &[&str], input: &str) -> Result<String, Failure> {
        let cli = Cli::try_parse_from([&["x", "risk"], arguments, &["-"]].concat()).unwrap();
        let mut out = Vec::new();
        run(&cli.args, &mut input.as_bytes(), &mut out)?;
        Ok(String::from_utf8(out).unwrap())
    }

    fn json(arguments: &[&str], input: &str) -> Value {
        serde_json::from_str(&ran(&[&["--format", "json"], arguments].concat(), input).unwrap()).unwrap()
    }

    #[test]
    fn the_order_of_the_lines_makes_no_difference() {
        let shuffled = "E\ttool\tapp\nN\ttool\nE\tapp\tlibrary\nN\tlibrary\torphan\nN\tapp\n";
        assert_eq!(ran(&["--format", "json"], GRAPH).unwrap(), ran(&["--format", "json"], shuffled).unwrap());
        let rows = json(&[], GRAPH);
        let order: Vec<&str> = rows.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect();
        assert_eq!(order, ["library", "app", "tool"]);
        assert_eq!(
            (&rows[0]["reach"], &rows[0]["dependents"], &rows[0]["fragility"]),
            (&json!(1.75), &json!(2), &json!(0.8))
        );
        assert_eq!((&rows[1]["fragility"], &rows[1]["need_for_help"]), (&Value::Null, &Value::Null));
    }

    #[test]
    fn signals_tell_who_is_critical_and_who_is_fragile() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"name,criticality,maintainers,as_of\napp,0.5,1,2026-11-01T00:00:00Z\ntool,,9,\n").unwrap();
        let path = file.path().to_str().unwrap().to_owned();
        let path = path.as_str();
        let rows = json(&["--signals", path, "--by", "need"], GRAPH);
        assert_eq!((&rows[0]["name"], &rows[0]["reach"]), (&json!("app"), &json!(0.5)));
        assert_eq!((&rows[1]["name"], &rows[1]["reach"]), (&json!("library"), &json!(0.25)));
        assert_eq!(
            (&rows[0]["signals"][0]["as_of"], &rows[0]["signals"][0]["source"]),
            (&json!("2026-11-01T00:00:00Z"), &json!(path))
        );
        file.write_all(b"x,2,,\n").unwrap();
        assert!(ran(&["--signals", path], GRAPH).unwrap_err().to_string().contains("line 4: criticality is a number"));
    }

    #[test]
    fn a_plan_is_shown_with_what_it_changes() {
        let changed = json(&["--plan", "tool:library"], GRAPH);
        let row = json!({"name": "library", "reach": 1.75, "planned_reach": 2.0, "rank": 1, "planned_rank": 1});
        assert_eq!(changed, json!({"changed": 1, "projects": [row]}));
        assert!(ran(&["--plan", "tool"], GRAPH).unwrap_err().exit_code() == 2);
        assert!(ran(&["--plan", "tool:none"], GRAPH).unwrap_err().to_string().contains("no project \"none\""));
    }

    #[test]
    fn what_is_no_graph_is_told_with_its_line() {
        assert_eq!(
            ran(&[], "N\ta\nE\t0\t9\n").unwrap_err().to_string(),
            "-, line 2: \"9\" is neither the place nor the name of a project"
        );
        let csv = ran(&["--format", "csv", "--top", "1"], GRAPH).unwrap();
        assert_eq!(csv.lines().count(), 2, "{csv}");
        assert!(ran(&["--project", "app"], GRAPH).unwrap().contains("depend on it directly"));
    }
}
