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
import platform
import re
import sys
import time
from importlib.metadata import version
from pathlib import Path

import deciban
import numpy as np
import pandas as pd

folder = Path(sys.argv[1])
meta = json.loads((folder / "meta.json").read_text())
plan = json.loads((folder / "plan.json").read_text())


def read_data():
    columns = {}
    for name, entry in meta["columns"].items():
        if entry["type"] == "factor":
            columns[name] = pd.Categorical.from_codes(np.fromfile(folder / entry["file"], "<i4"), entry["levels"])
        else:
            values = np.fromfile(folder / entry["file"], "<f8")
            columns[name] = values.astype("int64") if entry["type"] == "integer" else values
    return pd.DataFrame(columns)


def poisson_deviance(y, mu):
    y, mu = np.asarray(y, float), np.asarray(mu, float)
    return 2 * float(np.sum(np.where(y > 0, y * np.log(np.where(y > 0, y, 1) / mu), 0) - (y - mu)))


class Problem:
    def __init__(self, data, formula, exposure):
        self.data, self.formula, self.exposure = data, formula, exposure
        self.response, right = (text.strip() for text in formula.split("~"))
        self.terms = [term.strip() for term in right.split("+")]

    def design(self):
        """The columns that peers without formulas take: categories, numbers, logs computed."""
        columns = {}
        for term in self.terms:
            columns[term] = np.log(self.data[term[4:-1]]) if term.startswith("log(") else self.data[term]
        return pd.DataFrame(columns)


def fit_deciban(problem, threads=2):
    model = deciban.fit_glm(problem.formula, problem.data, "poisson", exposure=problem.exposure, n_threads=threads)
    return lambda: (model.bse, model.deviance)[1]


def fit_statsmodels(problem, threads=2):
    import statsmodels.api as sm
    import statsmodels.formula.api as smf

    formula = problem.formula.replace("log(", "np.log(")
    fit = smf.glm(formula, problem.data, family=sm.families.Poisson(), exposure=problem.data[problem.exposure]).fit()
    _ = fit.bse
    return lambda: fit.deviance


def fit_glum(problem, threads=2):
    from glum import GeneralizedLinearRegressor

    X, weights = problem.design(), problem.data[problem.exposure].to_numpy()
    y = problem.data[problem.response].to_numpy() / weights
    fit = GeneralizedLinearRegressor(family="poisson", alpha=0, drop_first=True, gradient_tol=1e-7)
    fit.fit(X, y, sample_weight=weights)
    fit.std_errors(X, y, sample_weight=weights, robust=False)
    return lambda: poisson_deviance(problem.data[problem.response], fit.predict(X) * weights)


def fit_sklearn(problem, threads=2):
    from sklearn.compose import make_column_transformer
    from sklearn.linear_model import PoissonRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    X, weights = problem.design(), problem.data[problem.exposure].to_numpy()
    y = problem.data[problem.response].to_numpy() / weights
    factors = [name for name in X if X[name].dtype == "category"]
    encoder = make_column_transformer((OneHotEncoder(drop="first", sparse_output=False), factors), remainder="passthrough")
    solver = PoissonRegressor(alpha=0, solver="newton-cholesky", tol=1e-7, max_iter=100)
    fit = make_pipeline(encoder, solver).fit(X, y, poissonregressor__sample_weight=weights)
    return lambda: poisson_deviance(problem.data[problem.response], fit.predict(X) * weights)


FITS = {"deciban": fit_deciban, "statsmodels": fit_statsmodels, "glum": fit_glum, "scikit-learn": fit_sklearn}


def seconds(fit, problem, **options):
    start = time.perf_counter()
    done = fit(problem, **options)
    return time.perf_counter() - start, done


def measure_times(rounds, peers, problem, repeat):
    out = {"deciban": [], "deciban_1_thread": [], **{peer: [] for peer in peers}}
    deviances = {}
    for _ in range(rounds):
        for _ in range(repeat):
            elapsed, done = seconds(fit_deciban, problem)
            out["deciban"].append(elapsed)
            out["deciban_1_thread"].append(seconds(fit_deciban, problem, threads=1)[0])
        deviances["deviance"] = done()
        for peer in peers:
            gc.collect()
            elapsed, done = seconds(FITS[peer], problem)
            out[peer].append(elapsed)
            deviances[f"{peer}_deviance"] = done()
            del done
    return {**out, **deviances}


def status(field):
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) * 1024


def measure_memory(name, problem):
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    before = status("VmRSS")
    done = FITS[name](problem)
    return {"extra": status("VmHWM") - before, "deviance": done()}


def small_problem():
    data = deciban.simulate_portfolio(1000, seed=3, frame="pandas")
    return Problem(data, "claim_count ~ vehicle_gas + vehicle_age + driver_age + bonus_malus", "exposure")


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
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    before = status("VmRSS")
    made = DESIGNS[name](data)
    return {"extra": status("VmHWM") - before, "made": bool(np.all(made()))}


def measure_design_held(data):
    from deciban import _convert, _core, _opaque

    arguments = {"formula": plan["design"]}
    columns, _ = _opaque.columns_of_formula(arguments, data, sys._getframe())
    return {"held": _core.design_bytes(arguments, columns, _convert.columns_of_vectors({}), 2)}


what, argument, *rest = sys.argv[3:]
peers = [peer for peer in (rest[0].split(",") if rest else []) if peer]
if what == "small":
    result = measure_times(int(argument), peers, small_problem(), 1)
elif what == "design":
    result = measure_design(int(argument), peers, read_data())
elif what == "design_memory":
    result = measure_design_memory(argument, read_data())
elif what == "design_held":
    result = measure_design_held(read_data())
else:
    portfolio = Problem(read_data(), plan["formula"], plan["exposure"])
    result = measure_memory(argument, portfolio) if what == "memory" else measure_times(int(argument), peers, portfolio, 3)
result["version"] = {"Python": platform.python_version(), "pandas": pd.__version__, "numpy": np.__version__,
                     "deciban": deciban.__version__, **{peer: version(peer) for peer in peers}}
Path(sys.argv[2]).write_text(json.dumps(result))
