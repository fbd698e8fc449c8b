#!/usr/bin/env python3
"""Target encoding of 1,000,000 rows with 10,000 levels beside RustyStats, scikit-learn and category_encoders.

    python tests/bench/encoders.py [--rounds 5] [--threads 2]

Whole calls that fit and give the training values, from Arrow-backed strings (polars) and from categorical codes. Rounds
alternate between deciban and its peers; medians and their ratio are printed, and whether the bar is reached. A peer that is not
installed is left out.
"""

import argparse
import os
import statistics
import time

import numpy as np

ROWS, LEVELS = 1_000_000, 10_000


def data():
    rng = np.random.default_rng(1)
    codes = rng.integers(0, LEVELS, ROWS).astype(np.int32)
    labels = np.array([f"level_{i:05d}" for i in range(LEVELS)], dtype=object)
    return codes, labels, rng.poisson(0.1, ROWS).astype(float)


def calls():
    """Name -> a call; and the bars: deciban's name, the peer's name, how many times faster at least."""
    import pandas as pd
    import polars as pl

    import deciban

    codes, labels, y = data()
    strings = pl.DataFrame({"x": pl.Series(labels.tolist())[codes]})
    categories = pd.DataFrame({"x": pd.Categorical.from_codes(codes, labels)})
    out = {
        "deciban strings ordered": lambda: deciban.TargetEncoder("ordered").fit_transform(strings, y),
        "deciban strings kfold": lambda: deciban.TargetEncoder("kfold").fit_transform(strings, y),
        "deciban codes ordered": lambda: deciban.TargetEncoder("ordered").fit_transform(categories, y),
        "deciban codes kfold": lambda: deciban.TargetEncoder("kfold").fit_transform(categories, y),
    }
    bars = []
    try:
        import rustystats

        texts = strings["x"].to_list()
        out["RustyStats target_encode"] = lambda: rustystats.target_encode(texts, y, "x", n_permutations=4, seed=0)
        bars.append(("deciban strings ordered", "RustyStats target_encode", 8))
    except ImportError:
        pass
    try:
        from sklearn.model_selection import KFold
        from sklearn.preprocessing import TargetEncoder

        def scikit_learn(X, categories="auto"):
            encoder = TargetEncoder(target_type="continuous", cv=KFold(5, shuffle=True, random_state=0), categories=categories)
            return lambda: encoder.fit_transform(X, y)

        out["scikit-learn strings"] = scikit_learn(labels[codes].reshape(-1, 1))
        out["scikit-learn codes"] = scikit_learn(codes.reshape(-1, 1))
        bars += [("deciban strings kfold", "scikit-learn strings", 5), ("deciban codes kfold", "scikit-learn codes", 10)]
    except ImportError:
        pass
    try:
        import category_encoders as ce

        frame = pd.DataFrame({"x": labels[codes]})
        out["category_encoders TargetEncoder"] = lambda: ce.TargetEncoder().fit_transform(frame, y)
        out["category_encoders CatBoostEncoder"] = lambda: ce.CatBoostEncoder().fit_transform(categories, y)
        bars += [("deciban strings kfold", "category_encoders TargetEncoder", 15),
                 ("deciban codes ordered", "category_encoders CatBoostEncoder", 5)]
    except ImportError:
        pass
    return out, bars


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    for name in ("DECIBAN_NUM_THREADS", "RAYON_NUM_THREADS", "POLARS_MAX_THREADS", "OMP_NUM_THREADS"):
        os.environ[name] = str(arguments.threads)
    made, bars = calls()
    times = {name: [] for name in made}
    for round_ in range(arguments.rounds + 1):
        for name, call in made.items():
            start = time.perf_counter()
            call()
            if round_:  # the first round warms up
                times[name].append(time.perf_counter() - start)
    for name, seconds in times.items():
        print(f"{name:36s} {1000 * statistics.median(seconds):9.1f} ms   fastest {1000 * min(seconds):9.1f} ms")
    for own, peer, bar in bars:
        ratio = statistics.median(times[peer]) / statistics.median(times[own])
        print(f"{own} against {peer}: {ratio:.1f} times as fast, bar {bar}: {'reached' if ratio >= bar else 'MISSED'}")


if __name__ == "__main__":
    main()
