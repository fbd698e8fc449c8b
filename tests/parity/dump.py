"""The Python side of tests/parity/run: dump.py JOBS.json FOLDER (see README.md). Integers go in as int64; the data
frames are pandas or polars as DECIBAN_PARITY_FRAME says."""

import json
import math
import os
import struct
import sys
import warnings
from functools import cache
from pathlib import Path

import deciban
import numpy as np

LONG = 1000
FIGURES = "deviance null_deviance pearson_chi2 scale llf aic bic df_resid nobs rank".split()
FRAME = os.environ.get("DECIBAN_PARITY_FRAME", "pandas")


def hexadecimal(values):
    return " ".join("nan" if math.isnan(v) else struct.pack(">d", v).hex() for v in values)


class Results:
    def __init__(self, folder):
        self.folder, self.files = folder, 0
        self.out = open(folder / "results.tsv", "w", encoding="utf-8", newline="\n")

    def put(self, job, threads, field, value):
        print(job, threads, field, value, sep="\t", file=self.out)

    def bytes(self, job, threads, field, content, name=None):
        name = name or f"f{self.files}"
        self.files += 1
        (self.folder / name).write_bytes(content)
        self.put(job, threads, field, f"@{name}")

    def values(self, job, threads, field, values):
        values = np.asarray(values, dtype="<f8")
        if len(values) <= LONG:
            self.put(job, threads, field, hexadecimal(values.tolist()))
        else:
            self.bytes(job, threads, field, values.tobytes())


@cache
def read(path, name, kind, levels, rows, frame):
    if kind in ("factor", "ordered", "string"):
        codes = np.fromfile(f"{path}/{name}.i32", dtype="<i4", count=rows)
        texts = np.array([*levels, None], dtype=object)
        if frame == "polars":
            import polars

            return polars.Series(
                texts[codes].tolist(), dtype=polars.Enum(levels) if kind == "factor" else polars.String
            )
        import pandas

        if kind == "string":
            return pandas.Series(texts[codes])
        return pandas.Categorical.from_codes(codes, list(levels), ordered=kind == "ordered")
    values = np.fromfile(f"{path}/{name}.f64", dtype="<f8", count=rows)
    if np.isnan(values).any():
        return values
    return values.astype(np.int64) if kind == "integer" else values.astype(bool) if kind == "logical" else values


def table(data):
    ordered = any(spec["type"] == "ordered" for spec in data["columns"].values())  # polars has no such thing
    frame = "pandas" if ordered else FRAME
    columns = {
        name: read(data["path"], name, spec["type"], tuple(spec.get("levels", ())), data["rows"], frame)
        for name, spec in data["columns"].items()
    }
    if frame == "polars":
        import polars

        return polars.DataFrame(columns)
    import pandas

    return pandas.DataFrame(columns, copy=False)


def put_predictions(results, job, threads, model, data):
    for label, rows in (("predict", data), ("new", table(job["new"]) if "new" in job else None)):
        if rows is None:
            continue
        given = {key: value for key, value in vectors_of(job, rows).items() if key in ("exposure", "offset")}
        for kind in ("response", "link"):
            values = model.predict(rows, type=kind, n_threads=threads, **given)
            results.values(job["name"], threads, f"{label} {kind}", values)


def vectors_of(job, data):
    given = {key: value for key, value in job["arguments"].items() if isinstance(value, dict) and "values_of" in value}
    return {key: data[value["values_of"]] for key, value in given.items()}


def fit(job, threads, results):
    name, data = job["name"], table(job["data"])
    vectors = vectors_of(job, data)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model = deciban.fit_glm(data=data, **{**job["arguments"], **vectors}, n_threads=threads)
    results.put(name, threads, "names", "".join(f"{n}|" for n in model.param_names))
    results.put(
        name,
        threads,
        "warnings",
        "".join(f"{w.message.code}|" for w in caught if isinstance(w.message, deciban.DecibanWarning)),
    )
    results.values(name, threads, "coefficients", model.params)
    results.values(name, threads, "std_errors", model.bse)
    results.values(name, threads, "figures", [getattr(model, figure) for figure in FIGURES])
    results.bytes(name, threads, "model file", deciban.model_to_json(model).encode())
    put_predictions(results, job, threads, model, data)
    for query in job.get("queries", ()):  # of core/src/models/queries.cpp, over the rows of the fit
        answer = model._query(query["name"], query["arguments"], model._training_rows("parity"), threads)
        for column, values in answer.columns.items():
            if getattr(values, "dtype", None) == np.float64:
                results.values(name, threads, f"{query['name']} {column}", values)
    if job.get("save") and threads == 1:
        deciban.save_model(model, results.folder / f"{name}.model.json")


def predict(job, threads, results):
    data = table(job["data"])
    model = deciban.load_model(job["model"])
    put_predictions(results, job, threads, model, data)
    results.bytes(job["name"], threads, "model file", deciban.model_to_json(model).encode())


CLASSES = {
    "woe_encoder": deciban.WoeEncoder,
    "woe_preprocessor": deciban.WoePreprocessor,
    "binner": deciban.Binner,
    "scorecard": deciban.Scorecard,
}


def put_fitted(results, job, threads, thing):
    name = job["name"]
    thing.n_threads = threads
    for query in job["queries"]:
        rows = table(job[query["rows"]])[job["features"]] if "rows" in query else None
        answer, notes = thing._ask(query["name"], query["arguments"], rows)
        if "text" in notes:
            results.bytes(name, threads, f"{query['as']} text", notes["text"].encode())
        for column, values in answer.items():
            if getattr(values, "dtype", None) in (np.float64, np.int64):
                results.values(name, threads, f"{query['as']} {column}", values)
    results.bytes(name, threads, "model file", thing.to_json().encode())


def unnamed(series):
    return series.alias("") if hasattr(series, "alias") else series.rename(None)


def fitted(job, threads, results):
    data = table(job["data"])
    names = {"weights": "sample_weight"}
    vectors = {names.get(name, name): unnamed(data[column]) for name, column in job["vectors"].items()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        thing = CLASSES[job["kind"]](**job["arguments"], n_threads=threads).fit(data[job["features"]], **vectors)
        put_fitted(results, job, threads, thing)
    if job.get("save") and threads == 1:
        deciban.save_model(thing, results.folder / f"{job['name']}.model.json")


def ask(job, threads, results):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        put_fitted(results, job, threads, deciban.load_model(job["model"]))


def put_table(results, job, threads, field, columns):
    """Columns of a table one after the other."""
    results.values(job["name"], threads, field, np.concatenate([np.asarray(v, dtype=float) for v in columns]))


def columns_of(frame):
    return [np.asarray(frame[name], dtype=float) for name in frame.columns]


def numbers_of(table):
    columns = (table[name] for name in table)
    return [v for v in columns if getattr(v, "dtype", None) in (np.float64, np.int64)]


def put_encoder(results, job, threads, encoder, data):
    for label, rows in (("encoded", data), ("new", table(job["new"]))):
        frame = deciban.apply_target_encoding(encoder, rows, n_threads=threads)
        put_table(results, job, threads, label, columns_of(frame))
    put_table(results, job, threads, "levels", numbers_of(encoder.levels()))
    results.bytes(job["name"], threads, "model file", encoder.to_json().encode())


def encode(job, threads, results):
    data, arguments = table(job["data"]), dict(job["arguments"])
    if job["kind"] == "target_encoder":
        encoded, encoder = deciban.target_encode(data, **arguments, n_threads=threads)
        training = columns_of(encoded)
    else:
        weights = {"sample_weight": data[arguments.pop("weights")]} if "weights" in arguments else {}
        kinds = {"frequency_encoder": deciban.FrequencyEncoder, "ordinal_encoder": deciban.OrdinalEncoder}
        encoder = kinds[job["kind"]](**arguments)
        training = list(encoder.fit_transform(data, **weights).T)
    put_table(results, job, threads, "training", training)
    put_encoder(results, job, threads, encoder, data)
    if job.get("save") and threads == 1:
        deciban.save_model(encoder, results.folder / f"{job['name']}.model.json")


def read_encoder(job, threads, results):
    put_encoder(results, job, threads, deciban.load_model(job["model"]), table(job["data"]))


def of_rows(folds):
    return [np.where(fold < 0, np.nan, fold) for fold in folds.fold.astype(float)]


def make_folds(job, threads, results):
    data, by = table(job["data"]), job["by"]
    vectors = {name: data[column] for name, column in by.items()}
    made = deciban.folds(len(data), **vectors, **job["arguments"], n_threads=threads)
    put_table(results, job, threads, "folds", of_rows(made))


def credibility(job, threads, results):
    fit = deciban.credibility(table(job["data"]), **job["arguments"], n_threads=threads)
    put_table(results, job, threads, "levels", numbers_of(fit.table))
    figures = [fit.collective, fit.within, fit.between, fit.between_raw, fit.prior_weight]
    results.values(job["name"], threads, "figures", figures)


def cross_fit(job, threads, results):
    data = table(job["data"])
    shares = deciban.folds(len(data), n_folds=3, n_repeats=2, seed=5, n_threads=threads)
    fit = deciban.cross_fit(data=data, folds=shares, **job["arguments"], n_threads=threads)
    put_table(results, job, threads, "folds", of_rows(shares))
    put_table(results, job, threads, "predictions", list(fit.predictions))
    results.values(job["name"], threads, "deviance", fit.deviance)


def simulate(job, threads, results):
    frame = deciban.simulate_portfolio(job["rows"], job["seed"], n_threads=threads)
    for name in frame.columns:
        values, levels = frame[name], []
        if FRAME == "pandas" and str(values.dtype) == "category":
            levels, content, suffix = (
                list(values.cat.categories),
                values.cat.codes.to_numpy().astype("<i4").tobytes(),
                "i32",
            )
        else:
            content, suffix = np.asarray(values).astype("<f8").tobytes(), "f64"
        results.put("simulate", threads, f"{name} levels", "".join(f"{level}|" for level in levels))
        results.bytes("simulate", threads, name, content, f"{name}.{suffix}")


DO = {
    "simulate": simulate,
    "fit": fit,
    "predict": predict,
    "fitted": fitted,
    "ask": ask,
    "encode": encode,
    "read_encoder": read_encoder,
    "folds": make_folds,
    "credibility": credibility,
    "cross_fit": cross_fit,
}


def main():
    jobs, results = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), Results(Path(sys.argv[2]))
    for job in jobs["jobs"]:
        for threads in job.get("threads") or jobs["threads"]:
            try:
                DO[job["what"]](job, threads, results)
            except deciban.DecibanError as error:
                results.put(job["name"], threads, "error", error.code)
    results.out.close()


if __name__ == "__main__":
    main()
