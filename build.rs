//! Lists the migrations, so that a new directory is compiled in without a list kept by hand.
#![allow(clippy::print_stdout, reason = "this is how a build script talks to cargo")]

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// The directories of what only one of the databases gets; everything beside them goes to both.
const ONLY: [(&str, &str); 2] = [("postgres-only", "Backend::Postgres"), ("sqlite-only", "Backend::Sqlite")];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=migrations");
    println!("cargo::rerun-if-changed=build.rs");
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("migrations");
    let mut list = String::from("&[\n");
    list_into(&mut list, &root, "None")?;
    for (folder, backend) in ONLY {
        if root.join(folder).is_dir() {
            list_into(&mut list, &root.join(folder), &format!("Some({backend})"))?;
        }
    }
    list.push_str("]\n");
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("migrations.rs"), list)?;
    Ok(())
}

fn list_into(list: &mut String, folder: &Path, only: &str) -> Result<(), Box<dyn Error>> {
    let mut paths = fs::read_dir(folder)?.map(|entry| entry.map(|e| e.path())).collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    for path in paths.iter().filter(|path| path.is_dir()) {
        let name = path.file_name().and_then(|name| name.to_str()).ok_or("a migration's name is no UTF-8")?;
        if ONLY.iter().any(|(folder, _)| *folder == name) || name.starts_with('.') {
            continue;
        }
        let version = name.split('_').next().unwrap_or_default();
        if version.len() != 14
            || !version.bytes().all(|digit| digit.is_ascii_digit())
            || version.len() + 1 >= name.len()
        {
            return Err(format!(
                "migrations/{name}: the name must be <utc>_<verb_object>, with the instant in 14 digits"
            )
            .into());
        }
        let file = |which: &str| -> Result<String, Box<dyn Error>> {
            let file = path.join(which);
            if !file.is_file() {
                return Err(format!("migrations/{name} has no {which}").into());
            }
            Ok(file.to_str().ok_or("the path of a migration is no UTF-8")?.to_owned())
        };
        let (up, down) = (file("up.sql")?, file("down.sql")?);
        writeln!(
            list,
            "File {{ name: {name:?}, up: include_str!({up:?}), down: include_str!({down:?}), only: {only} }},"
        )?;
    }
    Ok(())
}
