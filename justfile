# Every chore of the house; `just` alone lists them. Nothing here is needed to build, run or test: see README.md.

set shell := ["bash", "-euo", "pipefail", "-c"]

# List the recipes.
default:
    @just --list --unsorted

# Everything that CI checks, exactly as it does.
check *parts:
    .ci/run {{parts}}

# All tests: on SQLite, and on PostgreSQL where it is installed.
test *args:
    cargo test {{args}}

# The tests without the PostgreSQL half.
test-sqlite:
    cargo test -- --skip postgres::

# The tests, failing where PostgreSQL is not installed.
test-both:
    MAINSTAY_REQUIRE_POSTGRES=1 cargo test

# A marketplace filled with sample data, at http://127.0.0.1:8080.
run-demo *args:
    cargo run --release -- demo {{args}}

# Format the code.
fmt:
    cargo fmt --all

# Clippy without warnings, and the documentation too.
lint:
    cargo clippy --all-targets -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --lib --no-deps

# Write openapi.yaml anew from the handlers.
openapi:
    cargo run --quiet -- openapi > openapi.yaml

# Draw docs/state-machines.md anew from the transition tables.
state-machines:
    UPDATE_STATE_MACHINES=1 cargo test --quiet --test state_machines

# The contract against redocly, spectral and schemathesis, as CI does.
contract:
    cargo build
    tests/contract/run.sh lint
    tests/contract/run.sh fuzz

# The program beside real servers: mail, an OpenID provider, names.
outside:
    cargo build
    tests/outside/run.sh smtp
    tests/outside/run.sh oidc
    tests/outside/run.sh dns

# The process killed at random instants under load, on each database, with a mail server beside it.
crash rounds="50" *seed:
    cargo build
    tests/outside/run.sh crash {{rounds}} {{seed}}

# Two nodes on one PostgreSQL and 50 writers, over restarts of a node, of the database, and connections that are cut.
nodes rounds="4":
    cargo build
    tests/outside/run.sh nodes {{rounds}}

# Schemathesis at length, as every kind of caller.
contract-full examples="100":
    cargo build
    FUZZ_AS="anonymous volunteer maintainer company coordinator" tests/contract/run.sh fuzz {{examples}}

# Whether the time of an answer tells that an address has an account; wants a quiet machine.
timing:
    cargo test --test api -- --ignored --nocapture --test-threads 1 timing::

# Whether the authorization table notices each policy that lets everybody in; takes as long as a build and some minutes.
mutation *parts:
    tests/mutation/run.py {{parts}}

# Licences, banned crates and sources.
deny:
    cargo deny --locked check licenses bans sources

# Known vulnerabilities of dependencies; fetches the advisory database.
advisories:
    cargo deny --locked check advisories

# A new pair of migration files, named after the instant: just migration add_badges
migration name:
    dir=migrations/$(date -u +%Y%m%d%H%M%S)_{{name}} && mkdir -p $dir && touch $dir/up.sql $dir/down.sql && echo $dir

# A program with TLS to PostgreSQL, as release images have it; needs perl and make.
tls:
    CARGO_PROFILE_RELEASE_LTO=thin cargo build --release --features tls

# The benchmarks beside their peers, and docs/benchmarks.md written anew from them; wants a quiet machine. `just bench large` also
# measures the large sizes.
bench *args:
    benches/run.sh {{args}}

# A million needs and a million volunteers end to end through HTTP, beside the same question in SQL; wants PostgreSQL and 8 GB of memory.
million size="1000000":
    cargo build --release
    benches/million/measure.py target/release/mainstay {{size}}

# The lists of the index against the plain formula's: 1,000 people and 1,000 needs over 100,000 needs after 10,000 changes.
verify-ranking:
    cargo bench --bench rank -- verify

# The lists of a node that follows the change feed against the plain formula over everything read anew, on both databases.
verify-feed needs="100000" changes="10000" asked="1000" seed="1":
    MAINSTAY_FOLLOW_NEEDS={{needs}} MAINSTAY_FOLLOW_CHANGES={{changes}} MAINSTAY_FOLLOW_ASKED={{asked}} MAINSTAY_FOLLOW_SEED={{seed}} cargo test --release --test api -- --nocapture --test-threads 1 followed::

# The Log4Shell drill with larger bills of materials, and its figures; see docs/log4shell-drill.md.
drill components="500":
    DRILL_COMPONENTS={{components}} cargo test --release --test api -- --nocapture --test-threads 1 drill::

# A bill of materials with 22,000 components end to end, beside cyclonedx-bom reading the same file; `postgres` is the address of an
# empty database, to measure on that too.
sbom postgres="":
    cargo build --release
    python3 -m venv target/bench/sbom
    target/bench/sbom/bin/pip install -q 'cyclonedx-bom==7.5.0'
    benches/sbom/measure.py target/release/mainstay target/bench/sbom/bin/python "{{postgres}}"

# Random commands at length against the invariants, one seed after the other, on both databases.
flow steps="10000" seeds="20":
    for seed in $(seq {{seeds}}); do MAINSTAY_FLOW_STEPS={{steps}} MAINSTAY_FLOW_SEED=$seed cargo test --release --test api -- --nocapture --test-threads 2 whatever_is_asked; done

# Every reader of what comes from outside, fed with bent documents: so many seconds for each, and which documents.
fuzz seconds="600" seed="20261128" reader="":
    MAINSTAY_FUZZ_SECONDS={{seconds}} MAINSTAY_FUZZ_SEED={{seed}} cargo test --test fuzz -- --nocapture --test-threads 2 {{reader}}

# Many for the last seat and the last hours, at length.
races rounds="200":
    MAINSTAY_RACES={{rounds}} cargo test --release --test api -- --test-threads 1 races::
