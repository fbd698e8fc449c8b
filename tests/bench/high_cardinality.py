#!/usr/bin/env python3
"""Out-of-fold Poisson deviance of a vehicle tariff with its high-cardinality columns dropped, one-hot or target-encoded.

    python tests/bench/high_cardinality.py DATA [--repeats 10]

DATA is the folder with pg17trainpol.csv.gz and pg17trainclaim.csv.gz (French pricing game 2017, 100,000 policies of one
year each). Every variant is fitted on the same five folds, repeated; the gain over the tariff without the column is paired by
repeat. Prints the table of vignettes/high-cardinality.md.
"""

import argparse
import csv
import gzip
from collections import Counter
from pathlib import Path

import numpy as np

import deciban

BASE = "claims ~ pol_coverage + pol_usage + drv_sex1 + ns(drv_age1, df = 4) + ns(vh_age, df = 3) + log(pol_bonus)"
VARIANTS = [
    ("none of them", "", {}),
    ("te(vh_model)", " + log(te(vh_model, prior_weight = 'auto_ml'))", {}),
    ("te(vh_make/vh_model)", " + log(te(vh_make/vh_model, prior_weight = 'auto_ml'))", {}),
    ("te(vh_make:vh_model)", " + log(te(vh_make:vh_model, prior_weight = 'auto_ml'))", {}),
    ("te(pol_insee_code)", " + log(te(pol_insee_code, prior_weight = 'auto_ml'))", {}),
    ("te(vh_make/vh_model) + te(pol_insee_code)",
     " + log(te(vh_make/vh_model, prior_weight = 'auto_ml')) + log(te(pol_insee_code, prior_weight = 'auto_ml'))", {}),
    ("te(vh_model), m = 1", " + log(te(vh_model, prior_weight = 1))", {}),
    ("vh_make as a factor", " + vh_make", {"unseen": "reference"}),
    ("vh_model as a factor", " + vh_model", {"unseen": "reference"}),
    ("pol_insee_code as a factor", " + pol_insee_code", {"unseen": "reference"}),
]


def rows(path):
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def portfolio(folder):
    claims = Counter((row["id_client"], row["id_vehicle"]) for row in rows(folder / "pg17trainclaim.csv.gz"))
    policies = list(rows(folder / "pg17trainpol.csv.gz"))
    data = {"claims": np.array([claims[row["id_client"], row["id_vehicle"]] for row in policies], dtype=float)}
    for name in ("pol_coverage", "pol_usage", "drv_sex1", "vh_make", "vh_model", "pol_insee_code"):
        data[name] = np.array([row[name] for row in policies], dtype=object)
    for name in ("drv_age1", "vh_age", "pol_bonus"):
        data[name] = np.array([float(row[name] or "nan") for row in policies])
    keep = ~np.isnan(data["vh_age"])
    return {name: values[keep] for name, values in data.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--repeats", type=int, default=10)
    arguments = parser.parse_args()
    data = deciban.dataset(portfolio(arguments.data))
    n = len(data)
    shares = deciban.folds(n, n_folds=5, n_repeats=arguments.repeats, seed=2017)
    print(f"{n} policies, 5 folds, {arguments.repeats} repeats\n")
    print("| vehicle and place | out-of-fold deviance | gain | standard error |\n|---|---|---|---|")
    base = None
    for name, more, options in VARIANTS:
        try:
            fit = deciban.cross_fit(BASE + more, data, shares, "poisson", **options)
        except deciban.DecibanError as error:
            print(f"| {name} | {error.code} | | |", flush=True)
            continue
        base = fit.deviance if base is None else base
        gain = base - fit.deviance
        error = gain.std(ddof=1) / np.sqrt(len(gain)) if len(gain) > 1 else float("nan")
        print(f"| {name} | {fit.deviance.mean():.1f} | {gain.mean():.1f} | {error:.1f} |", flush=True)


if __name__ == "__main__":
    main()
