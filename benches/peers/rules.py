"""HiGHS on a round with all its rules, as a mixed-integer program: first the worst served critical need, then the total.

Needs `pip install highspy numpy`.  Use: rules.py ROUND.json    prints one JSON line
"""

import json
import sys
import time

import highspy
import numpy as np

SECONDS = 120.0


def solver():
    it = highspy.Highs()
    it.setOptionValue("output_flag", False)
    it.setOptionValue("threads", 1)
    it.setOptionValue("time_limit", SECONDS)
    it.setOptionValue("mip_rel_gap", 1e-4)
    return it


def main():
    with open(sys.argv[1]) as file:
        given = json.load(file)
    floor, pairs, openings = given["floor"], given["candidates"], given["openings"]
    model = solver()
    count = len(pairs)
    # Hours of each pair, then whether it is used, then the part of its floor that the worst served gets.
    for helper, opening, value in pairs:
        model.addVar(0.0, openings[opening][3])
    for _ in pairs:
        model.addVar(0.0, 1.0)
    for at in range(count, 2 * count):
        model.changeColIntegrality(at, highspy.HighsVarType.kInteger)
    model.addVar(0.0, 1.0)

    def row(low, high, terms):
        model.addRow(low, high, len(terms), np.array([x[0] for x in terms], np.int32), np.array([x[1] for x in terms], float))

    infinite = highspy.kHighsInf
    by_helper, by_opening, by_project = {}, {}, {}
    for at, (helper, opening, _) in enumerate(pairs):
        by_helper.setdefault(helper, []).append(at)
        by_opening.setdefault(opening, []).append(at)
        by_project.setdefault(openings[opening][4], []).append(at)
        row(-infinite, 0.0, [(at, 1.0), (count + at, -openings[opening][3])])
        row(0.0, infinite, [(at, 1.0), (count + at, -openings[opening][2])])
    for helper, list_ in by_helper.items():
        hours, most = given["helpers"][helper]
        row(-infinite, hours, [(at, 1.0) for at in list_])
        row(-infinite, most, [(count + at, 1.0) for at in list_])
    for opening, list_ in by_opening.items():
        row(-infinite, openings[opening][0], [(at, 1.0) for at in list_])
        row(-infinite, openings[opening][1], [(count + at, 1.0) for at in list_])
    for project, list_ in by_project.items():
        row(-infinite, given["budgets"][project], [(at, 1.0) for at in list_])
    for opening, (hours, _, _, _, _, tier) in enumerate(openings):
        if tier == 1:
            row(0.0, infinite, [(at, 1.0) for at in by_opening.get(opening, [])] + [(2 * count, -min(floor, hours))])

    start = time.process_time()
    model.changeColCost(2 * count, -1.0)
    model.run()
    worst = -model.getInfo().objective_function_value
    model.changeColCost(2 * count, 0.0)
    model.changeColBounds(2 * count, worst - 1e-6, 1.0)
    for at, (_, _, value) in enumerate(pairs):
        model.changeColCost(at, -value)
    model.run()
    info = model.getInfo()
    print(json.dumps({
        "worst": round(worst, 6), "value": -info.objective_function_value, "bound": -info.mip_dual_bound,
        "seconds": time.process_time() - start,
    }))


main()
