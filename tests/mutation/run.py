#!/usr/bin/env python3
"""Whether the tests would notice a policy that lets everybody in.

Builds the tests from a copy of the sources in which each function of a `policy` that answers with a `Decision` answers `Allow`
when an environment variable names it, and runs the three authorization tables once for each name. What looks at more than
who calls (whose words, which state, which embargo) is out of the tables' sight: such a policy stands in BY_NAME with the
feature's own test that keeps it, which has to turn red instead. Fails when a policy is seen by neither.

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
# Each is a promise that this test fails when the policy lets everybody in; it is kept by running it.
BY_NAME = {
    "advisories::may_see": "advisories::sqlite::an_embargoed_record_is_there_for_its_author_alone_until_it_is_over",
    "assignments::may_answer": "assignments_ends::sqlite::a_colleague_takes_over_when_both_want_it",
    "assignments::may_approve": "assignments_access::sqlite::high_access_is_earned_and_two_houses_agree",
    "assignments::may_end": "ownership::sqlite::a_second_proof_against_a_verified_lead_is_disputed",
    "assignments::may_see_contacts": "assignments::sqlite::an_assignment_is_its_sides_own_business",
    "assignments::may_see_pledge": "assignments::sqlite::an_assignment_is_its_sides_own_business",
    "feedback::may_give": "feedback::sqlite::both_sides_speak_once_and_neither_answers_in_kind",
    "feedback::may_read": "feedback::sqlite::both_sides_speak_once_and_neither_answers_in_kind",
    "moderation::may_decide": "moderation::sqlite::a_report_that_is_right_suspends_and_another_moderator_hears_the_appeal",
    "moderation::may_lift": "moderation::sqlite::a_suspended_profile_shows_nowhere",
    "moderation::may_see": "moderation::sqlite::any_listing_is_reported_once_and_never_by_a_name",
    "moderation::may_suspend_account": "moderation::sqlite::a_suspended_account_is_locked_out_and_appeals_by_its_mail",
    "organizations::may_remove": "members::sqlite::managers_handle_everybody_but_owners",
    "organizations::may_see": "moderation::sqlite::a_suspended_organization_neither_invites_nor_pledges_nor_shows",
    "organizations::may_set_role": "members::sqlite::managers_handle_everybody_but_owners",
    "projects::may_answer_contest": "criticality::sqlite::nobody_answers_their_own_objection",
    "projects::may_move": "ownership::sqlite::a_moved_repository_is_asked_for_again",
    "projects::may_see": "projects::sqlite::a_project_comes_and_goes",
    "swarms::may_know": "swarms::sqlite::under_embargo_nothing_leaks",
    "time_entries::may_see_pledge": "time_entries::sqlite::confirmed_work_is_paid_for_by_the_pledge",
    "volunteers::may_look_behind": "moderation::sqlite::a_suspended_profile_shows_nowhere",
    "volunteers::may_see": "moderation::sqlite::any_listing_is_reported_once_and_never_by_a_name",
}


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


def run(binary, mutation, *arguments):
    """The tests of these names, with this policy answering `Allow`."""
    env = {key: value for key, value in os.environ.items() if key != "MAINSTAY_MUTATION"}
    if mutation:
        env["MAINSTAY_MUTATION"] = mutation
    return subprocess.run([binary, *arguments], cwd=COPY, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def cells(binary, mutation):
    """How many cells there are and how many are wrong, with this policy answering `Allow`; None when a table could not be drawn."""
    done = run(binary, mutation, "--nocapture", *TABLES)
    told = re.findall(r"(\d+) of (\d+) cells are wrong", done.stdout)
    fine = re.findall(r"authorization: (\d+) cells", done.stdout)
    if done.returncode != 0 and not told:
        return None
    return sum(int(all) for _, all in told) + sum(map(int, fine)), sum(int(wrong) for wrong, _ in told)


def turns_red(binary, mutation, test):
    """Whether that one test fails with this policy answering `Allow`, and passes without."""
    asked = ["--exact", test]
    sound = run(binary, None, *asked)
    assert " 1 passed" in sound.stdout, f"{test} has to be there and to pass without any mutation:\n{sound.stdout[-2000:]}"
    return " 1 failed" in run(binary, mutation, *asked).stdout


def main(wanted):
    names = copy()
    assert len(names) > 40, f"only {len(names)} policies were found"
    gone = sorted(set(BY_NAME) - set(names))
    assert not gone, f"no such policies any more: {gone}"
    binary = build()
    whole = cells(binary, None)
    assert whole and whole[1] == 0, f"the tables are red without any mutation: {whole}"
    print(f"{len(names)} policies, {whole[0]} cells, all right", flush=True)
    found, named, unseen, named_in_vain = 0, 0, [], []
    for name in names:
        if wanted and not any(part in name for part in wanted):
            continue
        told = cells(binary, name)
        if told != (whole[0], 0):
            found += 1
            named_in_vain += [name] if name in BY_NAME else []
            print(f"{name}: " + (f"{told[1]} cells are wrong" if told else "the world of the tables can't be made"), flush=True)
        elif name in BY_NAME and turns_red(binary, name, BY_NAME[name]):
            named += 1
            print(f"{name}: out of the tables' sight; {BY_NAME[name]} is red", flush=True)
        else:
            unseen.append(name)
            print(f"{name}: unseen", flush=True)
    print(f"of {found + named + len(unseen)} policies that let everybody in {found} turn the tables red, {named} the test named for them")
    if named_in_vain:
        sys.exit("the tables see what a test is named for: " + ", ".join(named_in_vain))
    if unseen:
        sys.exit("unseen: " + ", ".join(unseen))


main(sys.argv[1:])
