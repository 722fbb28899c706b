#!/usr/bin/env bash
# Holds the contract against tools that are not ours.
#
#   tests/contract/run.sh lint              redocly and spectral on openapi.yaml
#   tests/contract/run.sh fuzz [EXAMPLES]   schemathesis, all checks, against a demo server; EXAMPLES an operation (8)
#
# Needs node and npm for the first, Python 3 with venv for the second; everything else is installed below target/contract.
# MAINSTAY names the program to test (target/debug/mainstay); FUZZ_AS who calls: anonymous, or the first part of a demo address.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
here=$root/tests/contract
tools=$root/target/contract
mainstay=${MAINSTAY:-$root/target/debug/mainstay}
password=mainstay-demo-2026
server=

stop_server() {
    [ -z "$server" ] || { kill "$server" 2>/dev/null && wait "$server" 2>/dev/null; } || true
    server=
}
trap stop_server EXIT

lint() {
    local node=$tools/node
    # One release that also runs on the Node.js 18 that Debian 12 has.
    local wanted="@redocly/cli@1.34.5 @stoplight/spectral-cli@6.16.3"
    if [ "$(cat "$node/wanted" 2>/dev/null)" != "$wanted" ]; then
        mkdir -p "$node"
        # shellcheck disable=SC2086 # two words on purpose
        npm install --prefix "$node" --ignore-scripts --no-fund --no-audit --no-save --loglevel=error $wanted
        echo "$wanted" > "$node/wanted"
    fi
    export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true
    local report
    report=$("$node/node_modules/.bin/redocly" lint "$root/openapi.yaml" --config "$here/redocly.yaml" --format json 2>/dev/null) || true
    # A warning fails as well, and so does a report that says nothing.
    node -e '
        const { totals, problems } = JSON.parse(process.argv[1]);
        for (const p of problems) console.log(p.severity, p.ruleId, p.location?.[0]?.pointer, p.message);
        console.log("redocly:", totals.errors, "errors,", totals.warnings, "warnings");
        process.exit(totals.errors + totals.warnings > 0 ? 1 : 0);' "$report"
    "$node/node_modules/.bin/spectral" lint "$root/openapi.yaml" --ruleset "$here/.spectral.yaml" --fail-severity hint
}

# A free port is whatever the system gives out; between here and the server's start it may be taken, so the start is checked.
free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

start_server() {
    local port data=$tools/demo
    port=$(free_port)
    base=http://127.0.0.1:$port
    rm -rf "$data"
    mkdir -p "$data"
    # Made-up requests come by the thousand: no rate limit, tokens that outlive the run, and cheap password hashes.
    (
        cd "$data"
        export MAINSTAY_RATE_LIMIT__ENABLED=false MAINSTAY_AUTH__ACCESS_MINUTES=600 MAINSTAY_LOG__FILTER=warn
        export MAINSTAY_AUTH__ARGON2_MEMORY_KIB=7168 MAINSTAY_AUTH__ARGON2_ITERATIONS=1
        exec "$mainstay" demo --data-dir "$data/data" --listen "127.0.0.1:$port"
    ) > "$data/server.log" 2>&1 < /dev/null &
    server=$!
    for _ in $(seq 300); do
        if python3 -c "import urllib.request as r; r.urlopen('$base/health/ready')" 2>/dev/null; then
            return
        fi
        kill -0 "$server" 2>/dev/null || break
        sleep 0.2
    done
    echo "the demo server did not come up:" >&2
    cat "$data/server.log" >&2
    return 1
}

sign_in() {
    python3 - "$base" "$1@example.org" "$password" <<'PYTHON'
import json, sys, urllib.request
base, email, password = sys.argv[1:]
body = json.dumps({"email": email, "password": password}).encode()
request = urllib.request.Request(f"{base}/api/v1/auth/login", body, {"content-type": "application/json"})
print(json.load(urllib.request.urlopen(request))["access_token"])
PYTHON
}

fuzz_as() {
    local who=$1 examples=$2 token
    local command=("$tools/venv/bin/schemathesis" --config-file "$here/schemathesis.toml" run "$base/openapi.json" --url "$base"
        --checks all --max-examples "$examples" --seed 20261122 --generation-database none --no-color --continue-on-failure)
    echo "== schemathesis as $who, $examples examples an operation"
    if [ "$who" = anonymous ]; then
        "${command[@]}"
    else
        token=$(sign_in "$who")
        # What ends the session that all other requests use is left to the tests through HTTP; so are two addresses of
        # passkeys, where another method is one at /me/passkeys/{passkey_id}, whose id is then wrong: 422, not 405.
        "${command[@]}" -H "Authorization: Bearer $token" --exclude-operation-id log_out --exclude-operation-id end_session \
            --exclude-operation-id delete_me --exclude-operation-id start_passkey --exclude-operation-id finish_passkey
    fi
}

fuzz() {
    local examples=${1:-8} failed=0
    if ! cmp -s "$here/requirements.txt" "$tools/venv/wanted"; then
        python3 -m venv "$tools/venv"
        "$tools/venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
        cp "$here/requirements.txt" "$tools/venv/wanted"
    fi
    cd "$tools"
    start_server
    for who in ${FUZZ_AS:-anonymous maintainer coordinator}; do
        fuzz_as "$who" "$examples" || { failed=1; echo "schemathesis as $who found something" >&2; }
    done
    kill -0 "$server" || { echo "the server died:"; cat "$tools/demo/server.log"; failed=1; } >&2
    stop_server
    return $failed
}

case "${1:-}" in
    lint) lint ;;
    fuzz) fuzz "${2:-}" ;;
    *) sed -n '2,/^set /{/^#/p}' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
esac
