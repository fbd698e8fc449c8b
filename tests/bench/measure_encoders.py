"""measure_encoders.py FOLDER OUT ROUNDS PEERS: target encoding beside RustyStats, scikit-learn and category_encoders, by
bench.py.

Seconds of whole calls that fit and give the training values of 1,000,000 rows with 10,000 levels, from Arrow-backed
strings (polars) and from categorical codes, in rounds that go through all of them in turn; the first round warms up. Peers
get the form that they are fastest with: RustyStats a list of texts, scikit-learn arrays, category_encoders pandas. The
random numbers have a fixed seed.
"""

import gc
import json
import sys
import warnings
from pathlib import Path

import deciban
import numpy as np
import pandas as pd
import polars as pl
from peers import seconds, versions

ROWS, LEVELS = 1_000_000, 10_000


def data():
    rng = np.random.default_rng(1)
    codes = rng.integers(0, LEVELS, ROWS).astype(np.int32)
    labels = np.array([f"level_{i:05d}" for i in range(LEVELS)], dtype=object)
    return codes, labels, rng.poisson(0.1, ROWS).astype(float)


def of_deciban(codes, labels, y):
    strings = pl.DataFrame({"x": pl.Series(labels.tolist())[codes]})
    categories = pd.DataFrame({"x": pd.Categorical.from_codes(codes, labels)})
    for kind, X in (("strings", strings), ("codes", categories)):
        for scheme in ("ordered", "kfold"):
            yield f"deciban {kind} {scheme}", lambda X=X, scheme=scheme: deciban.TargetEncoder(scheme).fit_transform(X, y)


def of_peers(peers, codes, labels, y):
    if "rustystats" in peers:
        import rustystats

        texts = labels[codes].tolist()
        yield "rustystats strings", lambda: rustystats.target_encode(texts, y, "x", n_permutations=4, seed=0)
    if "scikit-learn" in peers:
        from sklearn.model_selection import KFold
        from sklearn.preprocessing import TargetEncoder

        encoder = TargetEncoder(target_type="continuous", cv=KFold(5, shuffle=True, random_state=0))
        for kind, X in (("strings", labels[codes]), ("codes", codes)):
            yield f"scikit-learn {kind}", lambda X=X.reshape(-1, 1): encoder.fit_transform(X, y)
    if "category_encoders" in peers:
        import category_encoders

        frame = pd.DataFrame({"x": labels[codes]})
        categories = pd.DataFrame({"x": pd.Categorical.from_codes(codes, labels)})
        yield "category_encoders strings", lambda: category_encoders.TargetEncoder().fit_transform(frame, y)
        yield "category_encoders codes", lambda: category_encoders.CatBoostEncoder().fit_transform(categories, y)


def measure(rounds, peers):
    made = data()
    works = {**dict(of_deciban(*made)), **dict(of_peers(peers, *made))}
    out = {name: [] for name in works}
    for round_ in range(rounds + 1):
        for name, work in works.items():
            gc.collect()
            elapsed = seconds(work)[0]
            out[name] += [elapsed] if round_ else []
    return out


folder, out, rounds, *rest = sys.argv[1:]
peers = [peer for peer in (rest[0].split(",") if rest else []) if peer]
warnings.simplefilter("ignore")
Path(out).write_text(json.dumps({**measure(int(rounds), peers), "version": versions(peers)}))
