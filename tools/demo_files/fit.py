"""fit.py JOB fit|cross: the models of a job in Python; fit.R does the same in R, line by line.

fit    fits each model, saves it in OUT/python and writes its numbers to WORK/python
cross  predicts with the model files that R has written to OUT/r
"""

import json
import sys
import time
from pathlib import Path

import deciban
import numpy as np
import pandas as pd

job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
work, out = Path(job["work"]), Path(job["out"])


def read_table(name):
    folder = work / name
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    columns = {}
    for column, entry in meta["columns"].items():
        if entry["type"] == "factor":
            codes = np.fromfile(folder / entry["file"], "<i4")
            columns[column] = pd.Categorical.from_codes(codes, entry["levels"])
        else:
            values = np.fromfile(folder / entry["file"], "<f8")
            columns[column] = values.astype("int64") if entry["type"] == "integer" else values
    return pd.DataFrame(columns)


def keep(values, folder, name):
    (work / folder).mkdir(exist_ok=True)
    np.asarray(values, "<f8").tofile(work / folder / name)


def numbers(table):
    return np.concatenate([np.asarray(table[name], float) for name in table if name not in ("term", "level")])


def fit(spec):
    name = spec["name"]
    start = time.perf_counter()
    model = deciban.fit_glm(spec["formula"], tables[spec["table"]], **spec["arguments"], n_threads=job["threads"])
    fitted = time.perf_counter()
    predictions = model.predict(tables[spec["table"]])
    predicted = time.perf_counter()
    model.save(out / "python" / f"{name}.json")

    keep(model.params, "python", f"{name}-coefficients")
    keep(model.bse, "python", f"{name}-std_errors")
    keep([model.deviance, model.null_deviance, model.scale], "python", f"{name}-deviance")
    keep(predictions, "python", f"{name}-predictions")
    actual = model.actual_expected()
    keep(numbers(actual), "python", f"{name}-actual_expected")
    actual.to_csv(out / f"{name}-actual-expected.csv", index=False)
    if model.link in ("log", "logit", "cloglog"):
        table = model.relativities()
        keep(numbers(table), "python", f"{name}-relativities")
        table.to_csv(out / f"{name}-relativities.csv", index=False)
    (out / f"{name}-summary.txt").write_text(str(model.summary()) + "\n", encoding="utf-8")
    figures = {"deviance": model.deviance, "null_deviance": model.null_deviance, "dispersion": model.scale,
               "coefficients": len(model.param_names), "iterations": model.n_iter, "status": model.status,
               "nobs": model.nobs, "warnings": [warning["message"] for warning in model.warnings]}
    return {"fit": fitted - start, "predict": predicted - fitted, **figures}


def cross(spec):
    model = deciban.load_model(out / "r" / f"{spec['name']}.json")
    keep(model.predict(tables[spec["table"]]), "python", f"{spec['name']}-cross")
    return {}


try:
    start = time.perf_counter()
    tables = {name: read_table(name) for name in job["tables"]}
    results = {"read": time.perf_counter() - start, "version": deciban.__version__}
    results["models"] = {spec["name"]: (fit if sys.argv[2] == "fit" else cross)(spec) for spec in job["models"]}
except deciban.DecibanError as error:
    sys.exit(f"{error}")
(work / f"python-{sys.argv[2]}.json").write_text(json.dumps(results), encoding="utf-8")
