"""measure_woe.py FOLDER OUT WHAT...: weights of evidence and bins beside fastwoe and optbinning, by bench.py.

woe ROUNDS PEERS      seconds of fit and transform of a factor, from Arrow-backed strings and from categories
optimal ROUNDS PEERS  seconds of the bins of 20 numbers, and the information value of each
methods ROUNDS PEERS  seconds of k-means and tree bins of four numbers
woe_memory NAME       peak extra memory of fit and transform without the result, in this fresh process:
                      "categories", "strings" or "numbers"

Medians come from rounds in turn. The random numbers have a fixed seed.
"""

import gc
import json
import logging
import sys
import warnings
from pathlib import Path

import deciban
import numpy as np
import pandas as pd
from peers import extra_memory, seconds, versions

ROWS, LEVELS = 700_000, 50
NUMBERS, NUMBER_ROWS, FEW = 20, 100_000, 4
BINS = 5


def factor(kind):
    rng = np.random.default_rng(1)
    labels = np.array([f"category_{i:02d}" for i in range(LEVELS)])
    codes = rng.integers(0, LEVELS, ROWS)
    y = pd.Series((rng.uniform(size=ROWS) < 0.1 + 0.004 * codes).astype(int))
    if kind == "categories":
        return pd.DataFrame({"x": pd.Categorical.from_codes(codes, labels)}), y
    return pd.DataFrame({"x": pd.Series(labels[codes], dtype="string[pyarrow]")}), y


def numbers(columns):
    rng = np.random.default_rng(2)
    X = pd.DataFrame({f"x{j:02d}": rng.normal(size=NUMBER_ROWS) for j in range(columns)})
    risk = sum((0.03 * (j + 1)) * (X[name] if j % 3 else np.abs(X[name])) for j, name in enumerate(X))
    y = pd.Series((rng.logistic(size=NUMBER_ROWS) + risk > 2.0).astype(int))
    return X, y


def information_value(codes, y):
    events, others = (np.bincount(codes[y == kind]) for kind in (1, 0))
    p, q = events / events.sum(), others / others.sum()
    return float(np.sum((p - q) * np.log(p / q)))


def woe_deciban(X, y):
    encoder = deciban.WoeEncoder(n_threads=2).fit(X, y)
    return encoder.transform(X)


def woe_fastwoe(X, y, **options):
    from fastwoe import FastWoe

    encoder = FastWoe(**options)
    encoder.fit(X, y)
    return encoder.transform(X)


def in_turn(rounds, works):
    """Name -> seconds; the first round warms up."""
    out = {name: [] for name in works}
    for round_ in range(rounds + 1):
        for name, work in works.items():
            gc.collect()
            elapsed = seconds(work)[0]
            out[name] += [elapsed] if round_ else []
    return out


def measure_woe(rounds, peers):
    out = {}
    for kind in ("strings", "categories"):
        X, y = factor(kind)
        works = {"deciban": lambda: woe_deciban(X, y)}
        if "fastwoe" in peers:
            works["fastwoe"] = lambda: woe_fastwoe(X, y)
            gap = np.abs(np.asarray(woe_fastwoe(X, y))[:, 0] - np.asarray(woe_deciban(X, y))[:, 0]).max()
            out["gap"] = max(out.get("gap", 0.0), float(gap))
        out[kind] = in_turn(rounds, works)
    return out


def measure_optimal(rounds, peers):
    X, y = numbers(NUMBERS)
    made = {}

    def ours():
        made["deciban"] = deciban.Binner(n_threads=2).fit(X, y)

    def theirs():
        from optbinning import BinningProcess

        made["optbinning"] = BinningProcess(list(X.columns), n_jobs=2).fit(X, y)

    times = in_turn(rounds, {"deciban": ours, **({"optbinning": theirs} if "optbinning" in peers else {})})
    values = y.to_numpy()
    codes = made["deciban"].transform(X)
    iv = {"deciban": [information_value(np.asarray(codes[name]), values) for name in X]}
    if "optbinning" in peers:
        splits = [made["optbinning"].get_binned_variable(name).splits for name in X]
        iv["optbinning"] = [
            information_value(np.searchsorted(edges, X[name], side="right"), values) for name, edges in zip(X, splits)
        ]
    return {"seconds": times, "iv": iv}


def measure_methods(rounds, peers):
    X, y = numbers(FEW)
    options = {
        "kmeans": {"binning_method": "kbins", "binner_kwargs": {"n_bins": BINS, "strategy": "kmeans"}},
        "tree": {"binning_method": "tree", "tree_kwargs": {"max_leaf_nodes": BINS}},
    }
    out = {}
    for method, theirs in options.items():
        works = {
            "deciban": lambda method=method: deciban.Binner(method, max_bins=BINS, n_threads=2).fit_transform(X, y)
        }
        if "fastwoe" in peers:
            works["fastwoe"] = lambda theirs=theirs: woe_fastwoe(X, y, numerical_threshold=BINS, **theirs)
        out[method] = in_turn(rounds, works)
    return out


def measure_memory(name):
    def work():
        if name == "numbers":
            binner = deciban.Binner(n_threads=2).fit(X, y)
            return binner.transform(X)
        return woe_deciban(X, y)

    X, y = numbers(NUMBERS) if name == "numbers" else factor(name)
    # the code paths and their libraries are loaded before
    deciban.WoeEncoder(n_threads=2).fit_transform(X.head(1000), y.head(1000))
    deciban.Binner(n_threads=2).fit_transform(X.head(1000), y.head(1000))
    extra, made = extra_memory(work)
    return {"extra": extra, "result": int(made.memory_usage(index=False, deep=True).sum()), "values": int(X.size)}


folder, out, what, argument, *rest = sys.argv[1:]
peers = [peer for peer in (rest[0].split(",") if rest else []) if peer]
warnings.simplefilter("ignore")
logging.disable(logging.WARNING)
measures = {"woe": measure_woe, "optimal": measure_optimal, "methods": measure_methods}
result = measure_memory(argument) if what == "woe_memory" else measures[what](int(argument), peers)
Path(out).write_text(json.dumps({**result, "version": versions(peers)}))
