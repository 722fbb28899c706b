#!/usr/bin/env python3
"""A million needs and a million volunteers end to end: loaded by a node, and asked through HTTP for the best matches of a person.

    benches/million/measure.py PROGRAM [HOW_MANY]

Fills a private PostgreSQL by COPY, starts PROGRAM on it, and tells how many needs and how many people a second came from the database onto
the board, how long it took until the node was ready, with search built too, how much memory it has, and p50 and p99 of `GET /api/v1/me/matches` for 50 people, beside those of the same question in SQL on the same server. The SQL knows only skills (with
the nearest ones), priority, and hours, which is less than the whole score. Deterministic but for time.
"""

import base64
import datetime
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import time
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "outside"))
from postgres import Postgres  # noqa: E402
from program import PASSWORD, Program, wait_for  # noqa: E402

ASKERS = 50
QUERIES = 200
SQL_QUERIES = 20
NEEDS_A_PROJECT = 5
ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "America/Los_Angeles", "Asia/Tokyo"]
KINDS = ["triage", "code_review", "bug_fixing", "security_audit", "fuzzing", "testing", "documentation"]
NOW = datetime.datetime.now(datetime.timezone.utc).isoformat()


class Chance(random.Random):
    """Skills by Zipf's law, over an order that has nothing to do with names."""

    def __init__(self, seed, skills):
        super().__init__(seed)
        self.skills = skills

    def skill(self):
        rank = int(len(self.skills) ** self.random()) - 1
        return self.skills[(rank * 7919 + 13) % len(self.skills)]

    def some(self, fewest, most):
        return {self.skill(): self.randint(1, 5) for _ in range(self.randint(fewest, most))}


def skills():
    files = sorted((ROOT / "src/features/skills/taxonomy/data").glob("*.skills"))
    return [found[1] for file in files for found in re.finditer(r"^([a-z0-9][^\s=]*) = ", file.read_text(), re.MULTILINE)]


def number(kind, n):
    return uuid.UUID(int=kind << 96 | 0x7000 << 64 | 0x8000 << 48 | n)


def text(value):
    if value is None:
        return r"\N"
    return ("t" if value else "f") if isinstance(value, bool) else str(value)


class Table:
    """Rows on their way into a table."""

    def __init__(self, postgres, name, columns):
        copy = f"copy {name} ({', '.join(columns)}) from stdin"
        command = [*postgres.prefix, f"{postgres.bin}/psql", "-q", "-h", postgres.folder, "-U", "mainstay", "-d", "mainstay", "-c", copy]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, text=True, cwd="/")
        self.columns = columns

    def add(self, **row):
        self.process.stdin.write("\t".join(text(row[column]) for column in self.columns) + "\n")

    def end(self):
        self.process.stdin.close()
        assert self.process.wait() == 0


def fill_needs(postgres, many, chance):
    projects = Table(postgres, "projects", ["id", "slug", "name", "name_folded", "search", "description", "repository_url", "repository_key",
                     "review_hours_per_week", "ai_policy", "cla", "status", "criticality_curated", "systemic_risk", "source", "sample", "version",
                     "created_at", "updated_at"])
    for n in range(-(-many // NEEDS_A_PROJECT)):
        projects.add(id=number(1, n), slug=f"p{n}", name=f"P{n}", name_folded=f"p{n}", search=f"p{n}", description="",
                     repository_url=f"https://example.org/p{n}", repository_key=f"example.org/p{n}", review_hours_per_week=100, ai_policy="welcome",
                     cla="none", status="listed", criticality_curated=False, systemic_risk=chance.random() ** 3, source="curated", sample=True,
                     version=1, created_at=NOW, updated_at=NOW)
    projects.end()
    needs = Table(postgres, "needs", ["id", "project_id", "title", "search", "kind", "description", "size", "hours_per_week", "weeks", "seats",
                  "urgency", "access_level", "visibility", "time_zones", "links", "response_days", "status", "revision", "version", "opened_at",
                  "renew_by", "created_at", "updated_at"])
    rows = Table(postgres, "need_skills", ["need_id", "skill", "position", "level", "required"])
    renew = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=60)).isoformat()
    for n in range(many):
        zone = chance.choice([*ZONES, None])
        needs.add(id=number(2, n), project_id=number(1, n // NEEDS_A_PROJECT), title=f"Need {n}", search=f"need {n}", kind=chance.choice(KINDS),
                  description="", size="small", hours_per_week=1 + chance.randrange(16) / 2, weeks=12, seats=1,
                  urgency=chance.choice(["low", "normal", "high", "critical"]), access_level=0, visibility="public",
                  time_zones=json.dumps([zone] if zone else []), links="[]", response_days=7, status="open", revision=1, version=1, opened_at=NOW,
                  renew_by=renew, created_at=NOW, updated_at=NOW)
        required = chance.randint(2, 5)
        for at, (skill, level) in enumerate(chance.some(required, required + 1).items()):
            rows.add(need_id=number(2, n), skill=skill, position=at, level=level, required=at < required)
    needs.end()
    rows.end()


def fill_people(postgres, many, chance, password_hash):
    accounts = Table(postgres, "accounts", ["id", "email", "email_folded", "email_verified_at", "handle", "display_name", "password_hash", "status",
                     "consented_at", "version", "created_at", "updated_at"])
    held = {}
    for n in range(many):
        accounts.add(id=number(3, n), email=f"v{n}@example.org", email_folded=f"v{n}@example.org", email_verified_at=NOW, handle=f"v{n}",
                     display_name=f"V {n}", password_hash=password_hash if n < ASKERS else None, status="active", consented_at=NOW, version=1,
                     created_at=NOW, updated_at=NOW)
    accounts.end()
    profiles = Table(postgres, "volunteer_profiles", ["account_id", "hours_per_week", "time_zone", "languages", "interests", "domains", "learning",
                     "max_access_level", "unavailable", "visibility", "version", "created_at", "updated_at"])
    hours = {}
    for n in range(many):
        hours[n] = 2 + chance.randrange(12)
        liked = [chance.choice(KINDS)] if chance.random() < 0.5 else []
        profiles.add(account_id=number(3, n), hours_per_week=hours[n], time_zone=chance.choice(ZONES), languages="[]", interests=json.dumps(liked),
                     domains="[]", learning="[]", max_access_level=4, unavailable="[]", visibility="public", version=1, created_at=NOW,
                     updated_at=NOW)
    profiles.end()
    rows = Table(postgres, "profile_skills", ["account_id", "skill", "position", "level"])
    for n in range(many):
        some = chance.some(3, 10)
        if n < ASKERS:
            held[n] = (some, hours[n])
        for at, (skill, level) in enumerate(some.items()):
            rows.add(account_id=number(3, n), skill=skill, position=at, level=level)
    rows.end()
    return held


def settle_sql(postgres, many):
    """What the SQL needs beside the marketplace's own tables: weights of skills, and points that are the same for everybody."""
    postgres.sql(f"""
create table bench_weights as select skill, ln(1 + {many} / (1.0 + count(*)))::double precision as weight from need_skills group by skill;
create table bench_needs as select n.id, n.hours_per_week as hours, 8 + 18 * (0.5 * coalesce(p.systemic_risk, 0) + 0.3 *
  (case n.urgency when 'low' then 0 when 'normal' then 1 when 'high' then 2 else 3 end) / 3.0) as prior from needs n join projects p on p.id = n.project_id;
create table bench_skills as select s.need_id as need, s.skill, s.level, s.required, w.weight from need_skills s join bench_weights w using (skill);
alter table bench_needs add primary key (id);
create index on bench_skills (skill, need) include (level, required, weight); create index on bench_skills (need);
analyze;""")


def question(fits, hours):
    values = ",".join(f"('{skill}',{level},{fit})" for (skill, level), fit in fits.items())
    return f"""with fit(skill, level, fit) as (values {values}), near as (select distinct s.need from bench_skills s join fit using (skill)),
scored as (select s.need, sum(s.weight * coalesce(f.fit, 0)) filter (where s.required) / nullif(sum(s.weight) filter (where s.required), 0) as required,
  sum(s.weight * coalesce(f.fit, 0)) filter (where not s.required) / nullif(sum(s.weight) filter (where not s.required), 0) as optional,
  bool_or(s.required and s.level >= 2 and f.fit is null) as blocked
  from near join bench_skills s using (need) left join fit f on f.skill = s.skill and f.level = s.level group by s.need)
select count(*) from (select n.id, n.prior + 36 * coalesce(required, 1) + 8 * coalesce(optional, 1) + 10 * least({hours} / n.hours, 1) as score
  from scored join bench_needs n on n.id = scored.need where not blocked order by score desc, n.id limit 20) best"""


def fits(program, held):
    """How well somebody's skills meet others: themselves, what they imply directly, and what is close; the whole score knows more."""
    found = {}
    for skill, have in held.items():
        status, told = program.get(f"/api/v1/skills/{skill}")
        assert status == 200, (skill, told)
        near = {skill: 1.0}
        for name, similarity in (("implies", 0.9), ("related", 0.25)):
            for other in told[name]:
                near.setdefault(other, similarity)
        for want, similarity in near.items():
            for level in range(1, 6):
                fit = similarity * max(0.0, 1 - 0.25 * max(0, level - have))
                if fit > 0:
                    found[want, level] = max(fit, found.get((want, level), 0.0))
    return found


def ask_sql(postgres, questions):
    """Milliseconds of each question, by the server's own client."""
    script = "set jit = off; set max_parallel_workers_per_gather = 0; set work_mem = '256MB';\n\\timing on\n" + "".join(q.replace("\n", " ") + ";\n" for q in questions)
    command = [*postgres.prefix, f"{postgres.bin}/psql", "-q", "-h", postgres.folder, "-U", "mainstay", "-d", "mainstay"]
    told = subprocess.run(command, input=script, capture_output=True, text=True, check=True, cwd="/").stdout
    return [float(found[1]) for found in re.finditer(r"Time: ([\d.]+) ms", told)]


def built(log):
    """What the node says of its board: needs (with their projects) and people a second, and then the filing of all."""
    with open(log) as lines:
        told = [line for line in lines if "the board is built" in line][-1]
    number = lambda name: float(re.search(rf'\b{name}"?[=:]\s*([\d.e-]+)', told)[1])  # noqa: E731
    projects, needs, people, filing = (number(f"{what}_seconds") for what in ("projects", "needs", "volunteers", "filing"))
    board = projects + needs + people + filing
    return {"projects_seconds": round(projects, 2), "needs_seconds": round(needs, 2), "needs_a_second": round(number("needs") / (projects + needs)), "people_seconds": round(people, 2),
            "people_a_second": round(number("volunteers") / people), "filing_seconds": round(filing, 2), "board_seconds": round(board, 2),
            "rows_a_second": round((number("needs") + number("volunteers")) / board)}


def quantiles(times):
    times = sorted(times)
    at = lambda part: round(times[round((len(times) - 1) * part)], 2)  # noqa: E731
    return {"p50_ms": at(0.5), "p99_ms": at(0.99), "questions": len(times)}


def memory(process, what):
    with open(f"/proc/{process.pid}/status") as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith(what))


def main():
    os.environ["MAINSTAY"] = os.path.abspath(sys.argv[1])
    many = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    postgres = Postgres()
    directory, program = f"{postgres.folder}-node", None
    try:
        chance = Chance(7, skills())
        settings = {"DATABASE__URL": postgres.url, "SECRETS__MASTER_KEY": base64.b64encode(bytes(range(32))).decode(),
                    "RATE_LIMIT__BURST": "1000000", "RATE_LIMIT__PER_ADDRESS_PER_MINUTE": "1000000",
                    "RATE_LIMIT__PER_ACCOUNT_PER_MINUTE": "1000000", "RATE_LIMIT__AUTH_PER_MINUTE": "1000000"}
        os.mkdir(directory)
        program = Program(directory, **settings)
        program.register("first", "first@example.org")
        program.stop()
        command = [*postgres.prefix, f"{postgres.bin}/psql", "-At", "-h", postgres.folder, "-U", "mainstay", "-d", "mainstay",
                   "-c", "select password_hash from accounts where handle = 'first'"]
        password_hash = subprocess.run(command, capture_output=True, text=True, check=True, cwd="/").stdout.strip()
        begun = time.monotonic()
        fill_needs(postgres, many, chance)
        held = fill_people(postgres, many, chance, password_hash)
        settle_sql(postgres, many)
        print(json.dumps({"filled_seconds": round(time.monotonic() - begun), "needs": many, "people": many}), flush=True)

        begun = time.monotonic()
        log = open(f"{directory}/server.log", "ab")
        program.process = subprocess.Popen([os.environ["MAINSTAY"], "serve"], env=program.env, cwd=directory, stdout=log, stderr=log)
        wait_for("the index of a million", program.is_ready, 3600)
        ready = time.monotonic() - begun
        print(json.dumps(built(f"{directory}/server.log")), flush=True)
        print(json.dumps({"ready_seconds": round(ready, 1), "resident_mib": memory(program.process, "VmRSS"),
                          "peak_mib": memory(program.process, "VmHWM")}), flush=True)

        tokens = [program.sign_in(f"v{n}@example.org") for n in range(ASKERS)]
        times = []
        for query in range(QUERIES + ASKERS):
            begun = time.perf_counter()
            status, page = program.get("/api/v1/me/matches?limit=20", tokens[query % ASKERS])
            took = (time.perf_counter() - begun) * 1e3
            assert status == 200 and page["items"], page
            # Everybody's first question finds cold caches.
            if query >= ASKERS:
                times.append(took)
        http = quantiles(times)
        print(json.dumps({"way": "GET /me/matches", **http}), flush=True)
        questions = [question(fits(program, some), hours) for some, hours in list(held.values())[:SQL_QUERIES]]
        # Twice, and the second time counts: neither way answers from the disk.
        sql = quantiles(ask_sql(postgres, questions * 2)[-len(questions):])
        print(json.dumps({"way": "SQL", **sql, "times_p50": round(sql["p50_ms"] / http["p50_ms"], 1),
                          "times_p99": round(sql["p99_ms"] / http["p99_ms"], 1)}), flush=True)
        program.stop()
    finally:
        if program:
            program.kill()
        postgres.stop()
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
