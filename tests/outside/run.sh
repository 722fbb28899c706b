#!/usr/bin/env bash
# Runs the program beside real servers that are not ours, and checks from outside what passes between them.
#
#   tests/outside/run.sh smtp      aiosmtpd, a mail server: what arrives, and that an outage loses nothing
#   tests/outside/run.sh crash [ROUNDS [SEED]]
#                                  SIGKILL at random instants under load, on SQLite and PostgreSQL: no acknowledged write and
#                                  no mail is lost (3 rounds each)
#   tests/outside/run.sh nodes [ROUNDS]
#                                  two nodes on one PostgreSQL and 50 writers: both indexes have all that is committed, over
#                                  restarts of a node, of the database, and connections that are cut (4 rounds)
#
# Needs Python 3 with venv; what else it takes is installed below target/outside. MAINSTAY names the program to test
# (target/debug/mainstay).
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
here=$root/tests/outside
tools=$root/target/outside

python() {
    if ! cmp -s "$here/requirements.txt" "$tools/venv/wanted"; then
        python3 -m venv "$tools/venv"
        "$tools/venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
        cp "$here/requirements.txt" "$tools/venv/wanted"
    fi
    MAINSTAY=${MAINSTAY:-$root/target/debug/mainstay} "$tools/venv/bin/python" "$@"
}

mkdir -p "$tools"
case "${1:-}" in
    smtp) python "$here/smtp.py" ;;
    crash) python "$here/crash.py" "${@:2}" ;;
    nodes) python "$here/nodes.py" "${@:2}" ;;
    *) sed -n '2,/^set /{/^#/p}' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
esac
