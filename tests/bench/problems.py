"""The five problems: seeded synthetic portfolios, as a folder that measure.py, measure.R and solve.cpp read.

narrow, intermediate and tariff are what rating plans look like, wide has factors with many levels, dense none at all.
Poisson with log link: the fit is y ~ c0 + ... + x0 + ... with y claims per unit of exposure and the exposure w as weight.
"""

import json
import zlib

import numpy as np

ROWS, LARGE_ROWS = 678_013, 5_000_000
#            levels of the factors              numbers
PROBLEMS = {
    "narrow": ([6, 3, 7, 11, 2, 22], 3),
    "intermediate": ([6, 3, 7, 11, 2, 22, 51], 3),
    "tariff": ([22, 12, 11, 6, 7, 5, 9, 6, 2], 4),
    "wide": ([6, 12, 78, 83, 115, 11, 2, 22], 1),
    "dense": ([], 28),
}


def coefficients(name):
    levels, numbers = PROBLEMS[name]
    return 1 + sum(levels) - len(levels) + numbers


def make(name, rows, seed=0):
    """Factors (int32 codes), numbers (rows x k), y, w."""
    levels, k = PROBLEMS[name]
    rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
    factors = []
    for count in levels:
        p = 1.0 / np.arange(1, count + 1) ** 0.8  # skewed, as real rating factors are
        factors.append(np.searchsorted(np.cumsum(rng.permutation(p / p.sum()))[:-1], rng.random(rows)).astype(np.int32))
    numbers = rng.standard_normal((rows, k))
    eta = np.full(rows, -2.6)
    for codes, count in zip(factors, levels):
        eta += rng.normal(0.0, 0.2, count)[codes]
    eta += numbers @ rng.normal(0.0, 0.1, k)
    w = rng.uniform(0.05, 1.0, rows)
    y = rng.poisson(np.exp(eta) * w) / w
    return factors, numbers, y, w


def write(name, rows, folder):
    """One little-endian file per column, meta.json (columns) and plan.json (the fit)."""
    folder.mkdir(parents=True)
    factors, numbers, y, w = make(name, rows)
    columns = {}
    for i, (codes, count) in enumerate(zip(factors, PROBLEMS[name][0])):
        columns[f"c{i}"] = {"file": f"c{i}.i32", "type": "factor", "levels": [f"L{j:03d}" for j in range(count)]}
        codes.astype("<i4").tofile(folder / f"c{i}.i32")
    numeric = {**{f"x{j}": numbers[:, j] for j in range(numbers.shape[1])}, "y": y, "w": w}
    for column, values in numeric.items():
        columns[column] = {"file": f"{column}.f64", "type": "number"}
        np.ascontiguousarray(values, dtype="<f8").tofile(folder / f"{column}.f64")
    formula = "y ~ " + " + ".join(column for column in columns if column not in ("y", "w"))
    (folder / "meta.json").write_text(json.dumps({"rows": rows, "columns": columns}))
    (folder / "plan.json").write_text(json.dumps({"formula": formula, "weights": "w", "coefficients": coefficients(name)}))
