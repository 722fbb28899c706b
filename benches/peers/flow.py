"""OR-tools and HiGHS on an instance written by `cargo bench --bench allocate -- generate`.

Needs `pip install ortools highspy numpy`.  Use: flow.py ortools|highs INSTANCE.bin    prints one JSON line
Only the solver's own run is timed, in CPU seconds; building its model is not.
"""

import json
import resource
import sys
import time

import numpy as np


def columns(path):
    words = np.fromfile(path, dtype="<u4")
    assert words[0] == 0x414C4331, "not an instance"
    volunteers, needs, pairs = (int(x) for x in words[1:4])
    cuts = np.cumsum([4, volunteers, needs, pairs, pairs, pairs])
    return [x.astype(np.int64) for x in np.split(words, cuts)[1:]]


def ortools(offered, wanted, person, need, value, limit):
    from ortools.graph.python import min_cost_flow

    people, needs = len(offered), len(wanted)
    sink = people + needs
    solver = min_cost_flow.SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(
        np.concatenate([person, np.arange(people), people + np.arange(needs)]).astype(np.int32),
        np.concatenate([people + need, np.full(people, sink), np.full(needs, sink)]).astype(np.int32),
        np.concatenate([np.minimum(np.minimum(offered[person], wanted[need]), limit), offered, wanted]),
        np.concatenate([-value, np.zeros(people + needs, np.int64)]),
    )
    solver.set_nodes_supplies(
        np.concatenate([np.arange(people), [sink]]).astype(np.int32), np.concatenate([offered, [-offered.sum()]])
    )
    start = time.process_time()
    status = solver.solve()
    seconds = time.process_time() - start
    return seconds, -solver.optimal_cost(), status == solver.OPTIMAL


def highs(offered, wanted, person, need, value, limit):
    import highspy

    people, needs, pairs = len(offered), len(wanted), len(value)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = pairs, people + needs
    model.col_cost_ = -value.astype(float)
    model.col_lower_ = np.zeros(pairs)
    model.col_upper_ = np.minimum(np.minimum(offered[person], wanted[need]), limit).astype(float)
    model.row_lower_ = np.zeros(people + needs)
    model.row_upper_ = np.concatenate([offered, wanted]).astype(float)
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = (2 * np.arange(pairs + 1)).astype(np.int32)
    model.a_matrix_.index_ = np.stack([person, people + need], axis=1).ravel().astype(np.int32)
    model.a_matrix_.value_ = np.ones(2 * pairs)
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.passModel(model)
    start = time.process_time()
    solver.run()
    seconds = time.process_time() - start
    value = -solver.getInfo().objective_function_value
    return seconds, round(value), solver.getModelStatus() == highspy.HighsModelStatus.kOptimal


def main():
    name, path = sys.argv[1:3]
    seconds, value, optimal = {"ortools": ortools, "highs": highs}[name](*columns(path))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"solver": name, "seconds": seconds, "peak_mb": peak, "value": int(value), "optimal": optimal}))


main()
