"""Two nodes on one PostgreSQL, 50 writers: what either acknowledges is in the index of both within a second, and stays there over
the restart of a node, of the database, and connections that are cut. While the database is stopped, both say so and answer nothing.

    nodes.py [ROUNDS]
"""

import base64
import http.client
import json
import os
import sys
import tempfile
import threading
import time

from aiosmtpd.controller import Controller

from inbox import Inbox, sign_in
from postgres import Postgres, programs
from program import Program, free_port, wait_for

WRITERS = 50
# Of each writer in a round, at least and at most: needs published, and every other of them paused again. At most, because writers go
# on until what goes wrong is over: fast ones would be done before it begins.
NEEDS, MOST_NEEDS = 4, 12
# So often something is made to go wrong until a writer notices.
TIMES = 5
# Seconds until a commit shows on the other node: of half of them, and of each when nothing is wrong and when something restarts.
HALF, EACH, DISTURBED = 1, 10, 60
# What a node answers from its indexes or the database; with a word of what it is found by.
LISTS = ["/api/v1/needs", "/api/v1/needs?q=round", "/api/v1/projects", "/api/v1/me/matches", "/api/v1/matching/shortages"]


class Writers:
    """Each writes to one node and looks at the other; a request that gets no answer is asked again."""

    def __init__(self, nodes, number, keeper, volunteer, limit):
        self.nodes, self.number, self.tokens, self.limit = nodes, number, (keeper, volunteer), limit
        self.lock = threading.Lock()
        self.open, self.paused, self.doubtful, self.delays, self.wrong = set(), set(), set(), [], []
        self.disturbed, self.over = threading.Event(), threading.Event()
        self.threads = [threading.Thread(target=self.work, args=(n,)) for n in range(WRITERS)]
        for thread in self.threads:
            thread.start()

    def work(self, writer):
        here, there = self.nodes if writer % 2 else self.nodes[::-1]
        try:
            for serial in range(MOST_NEEDS):
                if serial >= NEEDS and self.over.is_set():
                    break
                self.write(here, there, f"Round {self.number}, writer {writer}, need {serial}", serial % 2 == 1)
        except Exception as wrong:  # noqa: BLE001 -- whatever it is, the test fails with it
            with self.lock:
                self.wrong.append(wrong)

    def ask(self, node, method, path, body=None, token=None):
        """The answer, or none when the node or its database was gone."""
        try:
            status, answer = node.get(path, token) if method == "GET" else node.post(path, body or {}, token)
        except (OSError, http.client.HTTPException, json.JSONDecodeError):
            status, answer = None, None
        if status in (None, 500, 503):
            self.disturbed.set()
            time.sleep(0.05)
            return None, answer
        return status, answer

    def write(self, here, there, title, pausing):
        keeper, _ = self.tokens
        body = {
            "title": title, "kind": "fuzzing", "description": "Written to be found.", "size": "small", "hours_per_week": 1,
            "weeks": 4, "seats": 1, "urgency": "normal", "access_level": 0, "visibility": "public",
            "skills": [{"skill": "rust", "level": 2, "required": True}],
        }
        while True:
            status, made = self.ask(here, "POST", "/api/v1/projects/parser/needs", body, keeper)
            if status is not None:
                break
        assert status == 201, (status, made)
        need = made["id"]
        for action, kept in (("publish", self.open), ("pause", self.paused))[: 2 if pausing else 1]:
            with self.lock:
                self.doubtful.add(need)
            while True:
                status, answer = self.ask(here, "POST", f"/api/v1/needs/{need}/{action}", {}, keeper)
                if status is not None:
                    break
            # 409: the answer to the request before got lost, and it was done.
            assert status in (200, 409), (status, answer)
            began = time.monotonic()
            with self.lock:
                self.open.discard(need)
                kept.add(need)
                self.doubtful.discard(need)
            if action == "publish" or status == 200:
                self.look(there, need, action == "publish", began)

    def look(self, node, need, listed, began):
        """The other node knows it: asked at once, and again until it is so."""
        _, volunteer = self.tokens
        while True:
            status, answer = self.ask(node, "GET", f"/api/v1/matching/explain?need={need}", token=volunteer)
            if status == 200:
                blocked = {blocker["code"] for blocker in answer["blockers"]}
                if ("need_not_open" not in blocked) == listed:
                    break
            elif status is not None:
                assert status == 404, (status, answer)
            assert time.monotonic() - began < self.limit, f"{need} is not in the other node's index: {status} {answer}"
        with self.lock:
            self.delays.append(time.monotonic() - began)


def listed(node, token):
    """Every need that the node's index ranks for the volunteer."""
    found, address = set(), "/api/v1/me/matches?limit=100"
    cursor = ""
    while True:
        status, page = node.get(address + cursor, token)
        assert status == 200, (status, page)
        found |= {item["need"]["id"] for item in page["items"]}
        if not page["next_cursor"]:
            return found
        cursor = f"&cursor={page['next_cursor']}"


def prepare(nodes, inbox):
    first, second = nodes
    keeper = sign_in(first, inbox, "keeper")
    project = {
        "slug": "parser", "name": "Parser", "description": "Reads what others write.",
        "repository_url": "https://github.com/example/parser", "review_hours_per_week": 1000, "ai_policy": "disclose", "cla": "dco",
    }
    status, answer = first.post("/api/v1/projects", project, keeper())
    assert status == 201, (status, answer)
    warden = sign_in(first, inbox, "warden")
    first.run("admin", "grant", "warden@mail.example", "coordinator")
    status, answer = first.post("/api/v1/projects/parser/list", {}, warden())
    assert status == 200, (status, answer)
    ada = sign_in(second, inbox, "ada")
    profile = {
        "skills": [{"skill": "rust", "level": 4}], "hours_per_week": 10, "time_zone": "Europe/Berlin", "languages": ["en"],
        "interests": ["fuzzing"], "domains": [], "max_access_level": 0, "unavailable": [], "visibility": "members", "learning": [],
    }
    status, answer = second.put("/api/v1/me/profile", profile, ada())
    assert status in (200, 201), (status, answer)
    return keeper, ada


KINDS = ("nothing", "a node restarted", "connections cut", "the database restarted")


def disturb(kind, nodes, postgres):
    """What goes wrong in this round, while everybody writes."""
    time.sleep(0.5)
    if kind == "a node restarted":
        nodes[1].kill()
        time.sleep(0.3)
        nodes[1].start()
    elif kind == "connections cut":
        for _ in range(5):
            postgres.sql("select pg_terminate_backend(pid) from pg_stat_activity where datname = 'mainstay' and pid <> pg_backend_pid()")
            time.sleep(0.2)
    elif kind == "the database restarted":
        postgres.restart()


def stopped(nodes, postgres, token):
    """Without its database a node is not ready and says why, and gives no list of what it still remembers."""
    for node in nodes:
        for path in LISTS:
            status, page = node.get(path, token)
            assert status == 200 and page["items"], (path, status, page)
    postgres.halt()
    try:
        for node in nodes:
            status, ready = node.get("/health/ready")
            checks = {check["name"]: check["ok"] for check in ready["checks"]}
            assert (status, ready["status"], checks["database"]) == (503, "unavailable", False), (status, ready)
            for path in LISTS:
                for caller in (token, None):
                    status, answer = node.get(path, caller)
                    # Whoever is not signed in has no matches, database or not.
                    wanted = (401, 503) if caller is None and "/me/" in path else (503,)
                    assert status in wanted and "items" not in answer, (path, caller is not None, status, answer)
            assert node.get("/health/live")[0] == 200, "it lives all the same"
    finally:
        postgres.go_on()
    for node in nodes:
        wait_for("the node to be ready again", node.is_ready, 60)
        for path in LISTS:
            status, page = node.get(path, token)
            assert status == 200 and page["items"], (path, status, page)
    print(f"nodes: the database stopped: both not ready, {len(LISTS)} lists answered 503 and came back", flush=True)


def run(postgres, rounds):
    inbox, port = Inbox(), free_port()
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        settings = {
            "DATABASE__URL": postgres.url,
            "SERVER__PUBLIC_URL": "http://mainstay.example",
            "MAIL__TRANSPORT": "smtp",
            "MAIL__FROM": "noreply@mainstay-market.org",
            "MAIL__SMTP_HOST": "127.0.0.1",
            "MAIL__SMTP_PORT": str(port),
            "MAIL__SMTP_TLS": "none",
            "RATE_LIMIT__ENABLED": "false",
            "SECRETS__MASTER_KEY": base64.b64encode(bytes(range(32))).decode(),
        }
        nodes = [Program(place, **settings) for place in (one, two)]
        try:
            play(nodes, inbox, postgres, rounds)
        finally:
            for node in nodes:
                node.kill()
    controller.stop()


def play(nodes, inbox, postgres, rounds):
    keeper, ada = prepare(nodes, inbox)
    is_open, is_paused = set(), set()
    for number in range(rounds):
        kind = KINDS[number % len(KINDS)]
        writers = Writers(nodes, number, keeper(), ada(), EACH if kind == "nothing" else DISTURBED)
        for _ in range(1 if kind == "nothing" else TIMES):
            disturb(kind, nodes, postgres)
            if writers.disturbed.is_set():
                break
        writers.over.set()
        for thread in writers.threads:
            thread.join()
        assert not writers.wrong, writers.wrong[:3]
        assert not writers.doubtful, "every request got its answer in the end"
        assert writers.disturbed.is_set() or kind == "nothing", f"nobody noticed: {kind}"
        is_open |= writers.open
        is_paused |= writers.paused
        for node in nodes:
            wait_for("the node to be ready", node.is_ready, 60)
            found = listed(node, ada())
            assert found == is_open, (len(is_open - found), "lost,", len(found - is_open), "too many")
        late = sorted(writers.delays)
        half = late[len(late) // 2]
        print(
            f"nodes: {kind}: {len(late)} changes of {WRITERS} writers seen on the other node, half after {half * 1000:.0f} ms,"
            f" the last after {late[-1] * 1000:.0f} ms; both list the same {len(is_open)} needs",
            flush=True,
        )
        assert half < HALF, f"{kind}: half of the changes took longer than {HALF} s"
    stopped(nodes, postgres, ada())
    for node in nodes:
        node.stop()
    assert is_open and is_paused, "the test tested nothing"


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 4
    if programs() is None:
        assert os.environ.get("MAINSTAY_REQUIRE_POSTGRES") != "1", "PostgreSQL is required here and not installed"
        print("SKIPPED: two nodes, because PostgreSQL is not installed", file=sys.stderr)
        print("0 passed, 0 failed")
        return
    postgres = Postgres()
    try:
        run(postgres, rounds)
    finally:
        postgres.stop()
    print("1 passed, 0 failed")


main()
