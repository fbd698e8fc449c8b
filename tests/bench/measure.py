"""measure.py FOLDER OUT WHAT...: measurements in Python; measure.R does the same in R.

times ROUNDS PEERS   seconds of whole calls on the portfolio, peers in turn
memory NAME          peak extra memory of one whole call, in this fresh process
small ROUNDS PEERS   seconds of whole calls on 1,000 rows, 5 coefficients
design ROUNDS PEERS  seconds of learning the coded design from text columns, peers in turn
design_memory NAME   peak extra memory of that, in this fresh process; NAME/category starts from categories
design_held          bytes that the coded design holds

Each fit starts from a data frame with categories and ends with coefficients and standard errors. Text columns are
pandas' own ("str") or Python objects ("object").
"""

import gc
import json
import re
import sys
from pathlib import Path

import deciban
import numpy as np
from peers import PEERS, Problem, extra_memory, fit_deciban, memory_of, read, seconds, time_whole, versions


def measure_times(rounds, names, problem, repeat):
    out = {"deciban": [], "deciban_1_thread": [], **{name: [] for name in names}}
    peers = {name: PEERS[name]() for name in names}
    for peer in peers.values():
        peer.prepare(problem)
    for _ in range(rounds):
        for _ in range(repeat):
            elapsed, out["deviance"] = seconds(fit_deciban, problem)
            out["deciban"].append(elapsed)
            out["deciban_1_thread"].append(seconds(fit_deciban, problem, threads=1)[0])
        for name, peer in peers.items():
            elapsed, out[f"{name}_gap"] = time_whole(peer, problem, out["deviance"])
            out[name].append(elapsed)
    return out


def small_problem():
    data = deciban.simulate_portfolio(1000, seed=3, frame="pandas")
    formula = "claim_count ~ vehicle_gas + vehicle_age + driver_age + bonus_malus"
    return Problem(data, {"formula": formula, "exposure": "exposure"})


# The peers have no ns(): their natural splines are cr(), with other columns. The columns of bs() are the same.
def design_deciban(data, threads=2):
    info = deciban.design_info(plan["design"], data, n_threads=threads)
    return lambda: int(np.sum(info["columns"]))


def peer_formula():
    return re.sub(r"ns\(log\((\w+)\), (\d+)\)", r"cr(np.log(\1), df=\2)", plan["design"].lstrip("~ ").replace(" = ", "="))


def design_formulaic(data):
    import formulaic

    made = formulaic.model_matrix(peer_formula(), data, context={"np": np})
    return lambda: made.to_numpy()[:, [k for k, name in enumerate(made.columns) if is_spline(name)]].sum(axis=0)


def design_patsy(data):
    import patsy

    made = patsy.dmatrix(peer_formula(), data)
    return lambda: np.asarray(made)[:, [k for k, name in enumerate(made.design_info.column_names) if is_spline(name)]].sum(axis=0)


def is_spline(name):
    return name.startswith("bs(") and ":" not in name


DESIGNS = {"deciban": design_deciban, "formulaic": design_formulaic, "patsy": design_patsy}


def with_text(data, kind):
    return data.assign(**{name: data[name].astype(str).astype(kind) for name in data if data[name].dtype == "category"})


def measure_design(rounds, peers, data):
    out, gap = {}, 0.0
    names = deciban.model_matrix(plan["design"], data.head(1000)).names
    columns = [k for k, name in enumerate(names) if is_spline(name)]
    expected = deciban.model_matrix(plan["design"], data).values[:, columns].sum(axis=0)
    for kind in ("str", "object"):
        text = with_text(data, kind)
        times = {"deciban": [], **{peer: [] for peer in peers}}
        for _ in range(rounds):
            times["deciban"] += [seconds(design_deciban, text)[0] for _ in range(5)]
            for peer in peers:
                gc.collect()
                elapsed, made = seconds(DESIGNS[peer], text)
                times[peer].append(elapsed)
                gap = max(gap, float(np.max(np.abs(made() / expected - 1))))
                del made
        out[kind] = times
    return {**out, "gap": gap}


def measure_design_memory(name, data):
    name, _, kind = name.partition("/")
    data = data if kind == "category" else with_text(data, "str")
    extra, made = extra_memory(lambda: DESIGNS[name](data))
    return {"extra": extra, "made": bool(np.all(made()))}


def measure_design_held(data):
    from deciban import _convert, _core, _opaque

    arguments = {"formula": plan["design"]}
    columns, _ = _opaque.columns_of_formula(arguments, data, sys._getframe())
    return {"held": _core.design_bytes(arguments, columns, _convert.columns_of_vectors({}), 2)}


folder, out, what, argument, *rest = sys.argv[1:]
peers = [peer for peer in (rest[0].split(",") if rest else []) if peer]
data, plan = read(folder)
if what == "small":
    result = measure_times(int(argument), peers, small_problem(), 1)
elif what == "design":
    result = measure_design(int(argument), peers, data)
elif what == "design_memory":
    result = measure_design_memory(argument, data)
elif what == "design_held":
    result = measure_design_held(data)
elif what == "memory":
    result = memory_of(argument, Problem(data, plan))
else:
    result = measure_times(int(argument), peers, Problem(data, plan), 3)
result["version"] = versions(peers)
Path(out).write_text(json.dumps(result))
