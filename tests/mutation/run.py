#!/usr/bin/env python3
"""Whether the authorization table would notice a policy that lets everybody in.

Builds the tests from a copy of the sources in which each function of a `policy` that answers with a `Decision` answers `Allow`
when an environment variable names it, and runs the three tables once for each name. One that stays green is listed: what
only that policy keeps is out of the tables' sight, and has to be kept by another test.

    tests/mutation/run.py [PART OF A NAME]...

One build, below target/mutated, then some seconds for each policy.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
COPY = ROOT / "target" / "mutation"
ANSWERS = re.compile(r"^( *)pub(?:\([^)]*\))? fn (\w+)\(([^{;]*?)\) -> Decision \{\n", re.MULTILINE)
TABLES = ["authorization::sqlite", "authorization_scopes::sqlite", "authorization_tenants::sqlite"]


def copy():
    """The sources as they stand, and the names of the policies in them."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    shutil.rmtree(COPY, ignore_errors=True)
    names = []
    for path in filter(None, listed.split("\0")):
        if not (ROOT / path).exists():
            continue
        target = COPY / path
        target.parent.mkdir(parents=True, exist_ok=True)
        feature = re.fullmatch(r"src/features/(\w+)/policy\.rs", path)
        if not feature:
            shutil.copy2(ROOT / path, target)
            continue

        def switch(found):
            name = f"{feature[1]}::{found[2]}"
            names.append(name)
            inner = found[1] + "    "
            asked = f'std::env::var_os("MAINSTAY_MUTATION").is_some_and(|name| name == "{name}")'
            return f"{found[0]}{inner}if {asked} {{\n{inner}    return Decision::Allow;\n{inner}}}\n"

        target.write_text(ANSWERS.sub(switch, (ROOT / path).read_text()))
    return names


def build():
    cargo = [*os.environ.get("CARGO", "cargo").split(), "test", "--no-run", "--test", "api", "--message-format", "json"]
    # Not the usual one: cargo takes this for the same package, and would take its files for the real ones.
    env = os.environ | {"CARGO_TARGET_DIR": str(ROOT / "target" / "mutated")}
    done = subprocess.run(cargo, cwd=COPY, env=env, check=True, stdout=subprocess.PIPE, text=True)
    made = (json.loads(line) for line in done.stdout.splitlines() if line.startswith("{"))
    return next(one["executable"] for one in made if one.get("executable") and one["target"]["name"] == "api")


def cells(binary, mutation):
    """How many cells there are and how many are wrong, with this policy answering `Allow`; None when a table could not be drawn."""
    env = {key: value for key, value in os.environ.items() if key != "MAINSTAY_MUTATION"}
    if mutation:
        env["MAINSTAY_MUTATION"] = mutation
    command = [binary, "--nocapture", *TABLES]
    done = subprocess.run(command, cwd=COPY, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    told = re.findall(r"(\d+) of (\d+) cells are wrong", done.stdout)
    fine = re.findall(r"authorization: (\d+) cells", done.stdout)
    if done.returncode != 0 and not told:
        return None
    return sum(int(all) for _, all in told) + sum(map(int, fine)), sum(int(wrong) for wrong, _ in told)


def main(wanted):
    names = copy()
    assert len(names) > 40, f"only {len(names)} policies were found"
    binary = build()
    whole = cells(binary, None)
    assert whole and whole[1] == 0, f"the tables are red without any mutation: {whole}"
    print(f"{len(names)} policies, {whole[0]} cells, all right", flush=True)
    found, unseen = 0, []
    for name in names:
        if wanted and not any(part in name for part in wanted):
            continue
        told = cells(binary, name)
        if told == (whole[0], 0):
            unseen.append(name)
            print(f"{name}: unseen", flush=True)
            continue
        found += 1
        print(f"{name}: " + (f"{told[1]} cells are wrong" if told else "the world of the tables can't be made"), flush=True)
    print(f"{found} of {found + len(unseen)} policies turn the tables red when they let everybody in")
    if unseen:
        print("unseen: " + ", ".join(unseen))


main(sys.argv[1:])
