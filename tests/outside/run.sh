#!/usr/bin/env bash
# Runs the program beside real servers that are not ours, and checks from outside what passes between them.
#
#   tests/outside/run.sh smtp      aiosmtpd, a mail server: what arrives, and that an outage loses nothing
#   tests/outside/run.sh oidc      oidc-provider, an OpenID provider: whole sign-ins, linking, and what was tampered with
#   tests/outside/run.sh dns       dnsmasq, a name server: proofs of a domain, their lapse, and names that lead inside
#   tests/outside/run.sh crash [ROUNDS [SEED]]
#                                  SIGKILL at random instants under load, on SQLite and PostgreSQL: no acknowledged write and
#                                  no mail is lost (3 rounds each)
#   tests/outside/run.sh nodes [ROUNDS]
#                                  two nodes on one PostgreSQL and 50 writers: both indexes have all that is committed, over
#                                  restarts of a node, of the database, and connections that are cut (4 rounds)
#
# Needs Python 3 with venv, Node.js with npm for `oidc`, and for `dns` dnsmasq and the right to listen on port 80 of loopback
# (as root, dnsmasq is installed); what else it takes is installed below target/outside. MAINSTAY names the program to test
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

provider() {
    # Also runs on the Node.js 18 that Debian 12 has.
    local wanted="oidc-provider@8.8.1"
    if [ "$(cat "$tools/node/wanted" 2> /dev/null)" != "$wanted" ]; then
        mkdir -p "$tools/node"
        npm install --prefix "$tools/node" --ignore-scripts --no-fund --no-audit --no-save --loglevel=error "$wanted"
        echo "$wanted" > "$tools/node/wanted"
    fi
    export OUTSIDE_NODE=$tools/node
}

dnsmasq_is_here() {
    command -v dnsmasq > /dev/null && return
    if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
        apt-get update -q > /dev/null
        DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends dnsmasq-base > /dev/null
    else
        echo "dnsmasq is wanted (Debian: apt-get install dnsmasq-base)" >&2
        return 1
    fi
}

mkdir -p "$tools"
case "${1:-}" in
    smtp) python "$here/smtp.py" ;;
    oidc) provider; python "$here/oidc.py" ;;
    dns) dnsmasq_is_here; python "$here/dns.py" ;;
    crash) python "$here/crash.py" "${@:2}" ;;
    nodes) python "$here/nodes.py" "${@:2}" ;;
    *) sed -n '2,/^set /{/^#/p}' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
esac
