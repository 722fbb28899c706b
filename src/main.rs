//! The `mainstay` program: parse the command, run it.

use std::process::ExitCode;

fn main() -> ExitCode {
    mainstay::app::cli::main()
}
