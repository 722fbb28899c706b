"""The process is killed at random instants under load, on each database: what it acknowledged is there afterwards, ledgers add
up, and each due mail arrives at a real mail server at least once, repeats with the same Message-ID.

    crash.py ROUNDS [SEED]
"""

import base64
import http.client
import json
import os
import random
import sys
import tempfile
import threading
import time

from aiosmtpd.controller import Controller

from inbox import PASSWORD, Inbox, sign_in, verify
from postgres import Postgres, programs
from program import Program, free_port, wait_for


SENDER = "noreply@mainstay-market.org"
CLIENTS = 6


class Load:
    """Clients that write until the server is gone, and know what was acknowledged."""

    def __init__(self, program, owner, number):
        self.program, self.owner, self.number = program, owner, number
        self.lock = threading.Lock()
        self.registered, self.unanswered, self.organizations, self.pledges, self.wrong = [], [], [], [], []
        self.stop = threading.Event()
        self.threads = [threading.Thread(target=self.work, args=(n,)) for n in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def work(self, client):
        serial = 0
        while not self.stop.is_set():
            serial += 1
            name = f"r{self.number}c{client}n{serial}"
            try:
                if client % 2 == 0:
                    self.register(name)
                else:
                    self.pledge(name)
            except (OSError, http.client.HTTPException, json.JSONDecodeError):
                # The process died in the middle; whether it was done is not known.
                time.sleep(0.01)
            except AssertionError as wrong:
                with self.lock:
                    self.wrong.append(wrong)
                return

    def register(self, name):
        address = f"{name}@mail.example"
        body = {"email": address, "password": PASSWORD, "handle": name, "display_name": name}
        with self.lock:
            self.unanswered.append(address)
        status, answer = self.program.post("/api/v1/auth/register", body)
        if status in (201, 202):
            with self.lock:
                self.unanswered.remove(address)
                self.registered.append(address)
        else:
            assert status in (429, 503), (status, answer)

    def pledge(self, name):
        slug = f"org-{name}"
        made = {"slug": slug, "name": name, "kind": "company"}
        status, answer = self.program.post("/api/v1/organizations", made, self.owner)
        assert status in (201, 503), (status, answer)
        if status != 201:
            return
        with self.lock:
            self.organizations.append(slug)
        body = {"hours_per_week": 8, "starts_on": "2030-01-01", "ends_on": "2030-06-30", "approval": "auto"}
        status, answer = self.program.post(f"/api/v1/organizations/{slug}/pledges", body, self.owner)
        assert status in (201, 503), (status, answer)
        if status != 201:
            return
        pledge = answer["id"]
        status, answer = self.program.post(f"/api/v1/pledges/{pledge}/activate", {}, self.owner)
        assert status in (200, 503), (status, answer)
        with self.lock:
            self.pledges.append((pledge, "active" if status == 200 else None))

    def end(self):
        self.stop.set()
        for thread in self.threads:
            thread.join()


def check_writes(program, token, load):
    """Everything acknowledged is there, and ledgers add up."""
    for slug in load.organizations:
        status, _ = program.get(f"/api/v1/organizations/{slug}")
        assert status == 200, f"the organization {slug} was acknowledged and is gone"
    for pledge, expected in load.pledges:
        status, found = program.get(f"/api/v1/pledges/{pledge}", token)
        assert status == 200, f"the pledge {pledge} was acknowledged and is gone"
        assert expected in (None, found["status"]), f"the pledge {pledge} is {found['status']}"
        status, ledger = program.get(f"/api/v1/pledges/{pledge}/ledger", token)
        assert status == 200
        granted = sum(entry["minutes"] for entry in ledger["items"] if entry["kind"] in ("grant", "adjust", "expire"))
        assert granted / 60 == found["balance"]["granted"], (ledger, found["balance"])


def run(database, url, rounds, seed):
    chance = random.Random(f"{seed} {database}")
    inbox, port = Inbox(random.Random(f"mail {seed} {database}")), free_port()
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    kept = []
    with tempfile.TemporaryDirectory() as directory:
        settings = {
            "MAIL__TRANSPORT": "smtp",
            "MAIL__FROM": SENDER,
            "MAIL__SMTP_HOST": "127.0.0.1",
            "MAIL__SMTP_PORT": str(port),
            "MAIL__SMTP_TLS": "none",
            "RATE_LIMIT__ENABLED": "false",
            # At most one owner's key for all lives of the process.
            "SECRETS__MASTER_KEY": base64.b64encode(bytes(range(32))).decode(),
        }
        if url:
            settings["DATABASE__URL"] = url
        program = Program(directory, **settings)
        token = sign_in(program, inbox, "owner")
        for number in range(rounds):
            load = Load(program, token(), number)
            time.sleep(chance.uniform(0.05, 2.0))
            program.kill()
            load.end()
            assert not load.wrong, load.wrong
            program.start()
            check_writes(program, token(), load)
            kept.append(load)
        registered = [address for load in kept for address in load.registered]
        due = time.monotonic()
        for address in registered:
            letters = wait_for(f"the letter to {address}", lambda: inbox.to(address), 240)
            assert all(letter["to"] == address for letter in letters)
        late = time.monotonic() - due
        # What was never acknowledged may have been done or not; a letter says that it was.
        told = [address for load in kept for address in load.unanswered if inbox.to(address)]
        for address in told:
            verify(program, inbox.to(address)[0])
        for address, letters in inbox.taken.items():
            ids = {letter["message-id"] for letter in letters}
            assert len(ids) == 1, f"one letter was due to {address}, and {len(ids)} came"
        program.stop()
        queue = json.loads(program.run("admin", "jobs", "list", "--format", "json"))
        assert not queue["dead"], queue
        # Fails when a transition was written without its event, or an event without its place in the chain.
        program.run("audit", "verify")
    controller.stop()
    repeats = inbox.times - len(inbox.taken)
    writes = sum(len(load.organizations) + 2 * len(load.pledges) + len(load.registered) for load in kept)
    print(
        f"crash: {database}: {rounds} kills, {writes} acknowledged writes all there, {len(registered)} letters due and arrived"
        f" ({repeats} repeats told by their Message-ID, the last {late:.0f} s after the last kill), {len(told)} of unanswered requests",
        flush=True,
    )
    assert registered and writes and (repeats or rounds < 5), "the test tested nothing"


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    seed = sys.argv[2] if len(sys.argv) > 2 else str(random.randrange(10**9))
    print(f"crash: seed {seed}", flush=True)
    run("SQLite", None, rounds, seed)
    if programs() is None:
        assert os.environ.get("MAINSTAY_REQUIRE_POSTGRES") != "1", "PostgreSQL is required here and not installed"
        print("SKIPPED: PostgreSQL half of the crash test, because it is not installed", file=sys.stderr)
        print("1 passed, 0 failed")
        return
    postgres = Postgres()
    try:
        run("PostgreSQL", postgres.url, rounds, seed)
    finally:
        postgres.stop()
    print("2 passed, 0 failed")


main()
