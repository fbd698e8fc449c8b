"""What measure.py and measure_problems.py share: the data of a folder, deciban's fit and those of its peers."""

import gc
import importlib
import json
import time
from importlib.metadata import version
from pathlib import Path

import deciban
import numpy as np
import pandas as pd

GAP = 1e-8  # relative, of the deviance: where a peer counts as having solved the problem


class Problem:
    """A Poisson fit with log link. Counts with an exposure, or claims per unit of exposure with it as the weight."""

    def __init__(self, data, plan):
        self.data, self.formula = data, plan["formula"]
        self.response, right = (text.strip() for text in self.formula.split("~"))
        self.terms = [term.strip() for term in right.split("+")]
        self.by_weight = "weights" in plan
        self.unit = plan["weights" if self.by_weight else "exposure"]
        self.arguments = {"weights" if self.by_weight else "exposure": self.unit}
        self.w = data[self.unit].to_numpy()
        y = data[self.response].to_numpy()
        self.rates, self.counts = (y, np.round(y * self.w)) if self.by_weight else (y / self.w, y)

    def design(self):
        """The columns that peers without formulas take: categories, numbers, logs computed."""
        columns = {}
        for term in self.terms:
            columns[term] = np.log(self.data[term[4:-1]]) if term.startswith("log(") else self.data[term]
        return pd.DataFrame(columns)

    def deviance(self, rates):
        y, mu = self.rates, np.asarray(rates, float)
        return 2 * float(np.sum(self.w * (np.where(y > 0, y * np.log(np.where(y > 0, y, 1) / mu), 0) - (y - mu))))


def read(folder):
    meta, plan = (json.loads((Path(folder) / name).read_text()) for name in ("meta.json", "plan.json"))
    columns = {}
    for name, entry in meta["columns"].items():
        path = Path(folder) / entry["file"]
        if entry["type"] == "factor":
            columns[name] = pd.Categorical.from_codes(np.fromfile(path, "<i4"), entry["levels"])
        else:
            values = np.fromfile(path, "<f8")
            columns[name] = values.astype("int64") if entry["type"] == "integer" else values
    return pd.DataFrame(columns), plan


def factors_of(design):
    return [name for name in design if design[name].dtype == "category"]


def fit_deciban(problem, threads=2, data=None, formula=None):
    """Coefficients and standard errors from a data frame; the deviance."""
    data = problem.data if data is None else data
    model = deciban.fit_glm(formula or problem.formula, data, "poisson", n_threads=threads, **problem.arguments)
    _ = model.bse
    return model.deviance


class Peer:
    """A peer's way to a fit, in steps that are timed apart. Its tolerances go from the loosest one on: the first that
    reaches the optimum is used, here and in later calls."""

    tolerances = (None,)
    separates = True  # False: only the whole call can be timed
    encodes_again = False  # True: the whole call is not encode and solve, one after the other
    modules = ()

    def __init__(self):
        self.tolerance = self.tolerances[0]

    def prepare(self, problem):
        """What is not timed: imports, and the data in the frame that the peer reads."""
        for module in self.modules:
            importlib.import_module(module)

    def encode(self, problem):
        """Coded data."""

    def solve(self, problem, coded):
        """A fit on coded data."""

    def errors(self, problem, fit):
        """Standard errors of a fit, where the peer has them."""

    def whole(self, problem):
        coded = self.encode(problem)
        fit = self.solve(problem, coded)
        self.errors(problem, fit)
        return fit, coded

    def deviance(self, problem, fit, coded):
        return problem.deviance(fit.predict(coded))


class Glum(Peer):
    """By data frame in the whole call, by tabmat's split matrix where encoding and solving are timed apart."""

    tolerances = (1e-4, 1e-5, 1e-6, 1e-7)
    encodes_again = True
    modules = ("glum", "tabmat")

    def encode(self, problem):
        import tabmat

        return tabmat.from_df(problem.design(), drop_first=True)

    def solve(self, problem, coded):
        from glum import GeneralizedLinearRegressor

        fit = GeneralizedLinearRegressor(family="poisson", alpha=0, drop_first=True, gradient_tol=self.tolerance)
        return fit.fit(coded, problem.rates, sample_weight=problem.w)

    def whole(self, problem):
        X = problem.design()
        fit = self.solve(problem, X)
        fit.std_errors(X, problem.rates, sample_weight=problem.w, robust=False)
        return fit, X


class RustyStats(Peer):
    """Its builder makes the design matrix, its fit has the standard errors. Reads polars; Enum is its fastest column."""

    modules = ("rustystats", "polars")

    def prepare(self, problem):
        super().prepare(problem)
        import polars as pl

        design = problem.design()
        factors = factors_of(design)
        self.terms = {name: {"type": "categorical" if name in factors else "linear"} for name in design}
        self.data = pl.from_pandas(design.assign(claims_=problem.counts.astype(float), exposure_=problem.w)).with_columns(
            [pl.col(name).cast(pl.String).cast(pl.Enum([str(level) for level in design[name].cat.categories])) for name in factors])

    def encode(self, problem):
        import rustystats

        return rustystats.glm_dict(response="claims_", terms=self.terms, data=self.data, family="poisson", exposure="exposure_")

    def solve(self, problem, coded):
        fit = coded.fit()
        _ = fit.bse()
        return fit

    def deviance(self, problem, fit, coded):
        return problem.deviance(np.asarray(fit.fittedvalues) / problem.w)


class Sklearn(Peer):
    """One-hot columns, sparse where there are factors (several times faster than dense ones); it has no standard errors."""

    tolerances = (1e-4, 1e-5, 1e-6, 1e-7, 1e-8)
    solver = "newton-cholesky"
    modules = ("sklearn.compose", "sklearn.linear_model", "sklearn.preprocessing")

    def encode(self, problem):
        from sklearn.compose import make_column_transformer
        from sklearn.preprocessing import OneHotEncoder

        X = problem.design()
        factors = factors_of(X)
        if not factors:
            return X.to_numpy()
        return make_column_transformer((OneHotEncoder(drop="first"), factors), remainder="passthrough", sparse_threshold=1.0).fit_transform(X)

    def solve(self, problem, coded):
        from sklearn.linear_model import PoissonRegressor

        fit = PoissonRegressor(alpha=0, solver=self.solver, tol=self.tolerance, max_iter=1000)
        return fit.fit(coded, problem.rates, sample_weight=problem.w)


class SklearnLbfgs(Sklearn):
    tolerances = (1e-6, 1e-7, 1e-8)
    solver = "lbfgs"


class Statsmodels(Peer):
    separates = False
    modules = ("statsmodels.api", "statsmodels.formula.api")

    def whole(self, problem):
        import statsmodels.api as sm
        import statsmodels.formula.api as smf

        unit = {"var_weights" if problem.by_weight else "exposure": problem.data[problem.unit]}
        fit = smf.glm(problem.formula.replace("log(", "np.log("), problem.data, family=sm.families.Poisson(), **unit).fit()
        _ = fit.bse
        return fit, None

    def deviance(self, problem, fit, coded):
        return problem.deviance(fit.fittedvalues if problem.by_weight else fit.fittedvalues / problem.w)


PEERS = {"statsmodels": Statsmodels, "glum": Glum, "scikit-learn": Sklearn, "rustystats": RustyStats}


def seconds(function, *arguments, **options):
    start = time.perf_counter()
    result = function(*arguments, **options)
    return time.perf_counter() - start, result


def to_optimum(peer, problem, expected, measure):
    """`measure()` gives a result with a deviance; again with tighter tolerances until the optimum is reached. The gap
    is that of the last one."""
    for tolerance in peer.tolerances[peer.tolerances.index(peer.tolerance):]:
        peer.tolerance = tolerance
        gc.collect()
        result, deviance = measure()
        gap = abs(deviance / expected - 1)
        if gap <= GAP:
            break
    return result, gap


def time_whole(peer, problem, expected):
    """Seconds of a whole call, and the gap."""

    def measure():
        elapsed, made = seconds(peer.whole, problem)
        return elapsed, peer.deviance(problem, *made)

    return to_optimum(peer, problem, expected, measure)


def time_steps(peer, problem, expected):
    """Seconds of encoding, solving and the whole call, and the gap."""

    def measure():
        encode, coded = seconds(peer.encode, problem)
        solve, fit = seconds(peer.solve, problem, coded)
        return {"encode": encode, "solve": solve, "whole": encode + solve}, peer.deviance(problem, fit, coded)

    found, gap = to_optimum(peer, problem, expected, measure)
    if peer.encodes_again and gap <= GAP:
        found["whole"], gap = time_whole(peer, problem, expected)
    return found, gap


def status(field):
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) * 1024


def extra_memory(work):
    """Peak bytes above those before, and the result of the work."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    before = status("VmRSS")
    result = work()
    return status("VmHWM") - before, result


def memory_of(name, problem):
    """Peak extra memory of one whole call, in a fresh process."""
    if name == "deciban":
        extra, deviance = extra_memory(lambda: fit_deciban(problem))
        return {"extra": extra, "deviance": deviance}
    peer = PEERS[name]()
    peer.tolerance = peer.tolerances[-1]
    peer.prepare(problem)
    extra, made = extra_memory(lambda: peer.whole(problem))
    return {"extra": extra, "deviance": peer.deviance(problem, *made)}


def versions(peers):
    import platform

    return {"Python": platform.python_version(), "pandas": pd.__version__, "numpy": np.__version__,
            "deciban": deciban.__version__, **{peer: version(peer) for peer in peers}}
