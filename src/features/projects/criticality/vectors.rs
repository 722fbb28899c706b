//! Upstream's own scores, by its Go code, of real projects and of edge cases.

use std::fs;

use super::{Parameters, SignalsReader};

fn data(name: &str) -> Option<String> {
    let path = crate::published::published(&format!("criticality/{name}"))?;
    Some(fs::read_to_string(path).unwrap())
}

/// Scores a file and compares with the column that holds upstream's scores; how many rows there were.
fn compare(file: &str, column: &str, parameters: &Parameters, tolerance: f64) -> Option<usize> {
    let text = data(file)?;
    let rows = SignalsReader::new(text.as_bytes(), &parameters.fields()).unwrap();
    let place = rows.header().iter().position(|name| name == column).unwrap();
    let mut seen = 0;
    for row in rows {
        let row = row.unwrap();
        let theirs: f64 = row.cells[place].parse().unwrap();
        match parameters.score_value(&row.signals) {
            None => assert!(theirs.is_nan(), "{file} line {}: nothing instead of {theirs}", row.line),
            Some(ours) => {
                assert!((ours - theirs).abs() <= tolerance, "{file} line {}: {ours} is not {theirs}", row.line);
            }
        }
        seen += 1;
    }
    eprintln!("{file}: {seen} scores by {} as upstream's", parameters.id());
    Some(seen)
}

#[test]
fn every_vector_equals_upstream() {
    for name in Parameters::BUILT_IN {
        let parameters = Parameters::built_in(name).unwrap();
        for (file, least) in
            [("1000_critical_projects.upstream-go-scores.csv", 100), ("edge_vectors.upstream-go.csv", 100)]
        {
            let Some(seen) = compare(file, name, parameters, 1e-9) else { return };
            assert!(seen > least);
        }
    }
    // Upstream's README has its default set's scores with five digits.
    let depsdev = Parameters::built_in("pike_depsdev").unwrap();
    compare("scorer-readme-example.csv", "default_score", depsdev, 5e-6);
}

#[test]
fn upstreams_files_say_what_is_built_in() {
    for name in Parameters::BUILT_IN {
        let Some(text) = data(&format!("{name}.yml")) else { return };
        assert_eq!(&Parameters::from_yaml(name, &text).unwrap(), Parameters::built_in(name).unwrap());
    }
}
