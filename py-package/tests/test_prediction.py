"""Predictions with uncertainty: against R (fixtures/prediction), in their forms, and by error code."""

import json
import warnings

import numpy as np
import pytest
from conftest import bits, library
from test_fixtures import FIXTURES, read_data

import deciban

pandas = pytest.importorskip("pandas")

CASES = sorted(path.stem for path in (FIXTURES / "prediction").glob("*.json"))


def read_case(name):
    case = json.loads((FIXTURES / "prediction" / f"{name}.json").read_text(encoding="utf-8"))
    fit = json.loads((FIXTURES / "glm" / f"{case['case']}.json").read_text(encoding="utf-8"))
    data = read_data(fit["data"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", deciban.DecibanWarning)
        model = deciban.fit_glm(data=data, **fit["arguments"])
    return case, model, data.iloc[np.array(case["rows"]) - 1]


def close(got, wanted, what, relative=1e-8):
    got, wanted = np.asarray(got, dtype=float), np.array([float(value) for value in np.atleast_1d(wanted)])
    scale = np.maximum(np.abs(wanted), 1e-3 * np.max(np.abs(wanted[np.isfinite(wanted)]), initial=0.0))
    same = (got == wanted) | (np.abs(got - wanted) <= relative * scale)
    assert same.all(), (what, got, wanted)


def test_there_are_cases():
    assert len(CASES) >= 25


@pytest.mark.parametrize("name", CASES)
def test_as_r(name):
    case, model, new = read_case(name)
    expected, level = case["expected"], case["level"]
    prediction = model.get_prediction(new)
    close(prediction.linpred, expected["link"], "link")
    close(prediction.linpred_se, expected["link_se"], "link_se")
    close(prediction.predicted_mean, expected["response"], "response")
    close(prediction.se_mean, expected["response_se"], "response_se")
    limits = model.predict(new, interval="confidence", level=level)
    close(limits["lower"], expected["lower"], "lower")
    close(limits["upper"], expected["upper"], "upper")
    terms = model.predict(new, type="terms", se_fit=True)
    for label, values in expected["terms"].items():
        close(terms[label], values, label)
        close(terms[f"{label} se"], expected["terms_se"][label], f"{label} se")
    close(terms["(constant)"].iloc[0], expected["constant"], "constant")
    if "prediction_lower" in expected:
        # quadrature on both sides: nine digits where much is known, four with seven degrees of freedom
        relative = 1e-7 if model.df_resid > 30 else 1e-3
        limits = model.predict(new, interval="prediction", level=level)
        close(limits["lower"], expected["prediction_lower"], "prediction_lower", relative)
        close(limits["upper"], expected["prediction_upper"], "prediction_upper", relative)


@pytest.fixture(scope="module")
def frame():
    random = np.random.default_rng(1)
    x = random.normal(size=120)
    return pandas.DataFrame(
        {
            "x": x,
            "g": random.choice(["a", "b", "c"], 120),
            "e": random.uniform(0.2, 1, 120),
            "n": random.poisson(np.exp(0.3 * x)),
            "y": random.gamma(2.0, np.exp(0.2 * x)),
        },
        index=np.arange(1000, 1120),
    )


def test_forms_follow_the_library(frame):
    model = deciban.fit_glm("n ~ x + g", frame, "poisson", exposure="e")
    table = model.get_prediction(frame[:5]).summary_frame(level=0.9)
    assert list(table) == ["mean", "mean_se", "mean_ci_lower", "mean_ci_upper", "obs_ci_lower", "obs_ci_upper"]
    assert list(table.index) == [1000, 1001, 1002, 1003, 1004]
    assert list(model.predict(frame[:5], interval="prediction", se_fit=True)) == ["fit", "se_fit", "lower", "upper"]
    assert list(model.simulate(2).index) == list(frame.index)
    polars = library("polars")
    other = polars.from_pandas(frame)
    again = deciban.fit_glm("n ~ x + g", other, "poisson", exposure="e")
    shown = again.get_prediction(other[:5]).summary_frame(level=0.9)
    assert isinstance(shown, polars.DataFrame)
    assert bits(shown.to_numpy()) == bits(table.to_numpy())
    plain = model.get_prediction({name: frame[name].to_numpy()[:5] for name in frame})
    assert plain.conf_int().shape == (5, 2)


def test_as_statsmodels(frame):
    library("statsmodels")
    import statsmodels.api as statsmodels
    import statsmodels.formula.api as formula

    own = deciban.fit_glm("n ~ x + g", frame, "poisson").get_prediction(frame[:9]).summary_frame()
    peer = formula.glm("n ~ x + g", frame, family=statsmodels.families.Poisson()).fit(tol=1e-14)
    wanted = peer.get_prediction(frame[:9]).summary_frame()
    for name in ("mean", "mean_se", "mean_ci_lower", "mean_ci_upper"):
        np.testing.assert_allclose(own[name], wanted[name], rtol=1e-8, err_msg=name)


def test_robust_covariance_reaches_predictions(frame):
    plain = deciban.fit_glm("y ~ x + g", frame, "gamma")
    robust = deciban.fit_glm("y ~ x + g", frame, "gamma", vcov="HC1")
    X = plain.model_matrix(frame[:4]).values
    cov = np.asarray(robust.cov_params())
    wanted = np.sqrt(np.einsum("ij,jk,ik->i", X, cov, X))
    np.testing.assert_allclose(robust.get_prediction(frame[:4]).linpred_se, wanted, rtol=1e-10)


def test_rows_of_the_fit(frame):
    data = frame.copy()
    data.loc[1003, "x"] = np.nan
    model = deciban.fit_glm("n ~ x", data, "poisson", exposure=data["e"].to_numpy(), na_action="exclude")
    table = model.get_prediction().summary_frame()
    assert len(table) == 120 and np.isnan(table.loc[1003]).all()
    assert bits(table["mean"]) == bits(model.fittedvalues)
    assert len(deciban.fit_glm("n ~ x", data, "poisson").get_prediction().summary_frame()) == 119
    assert np.isnan(model.simulate().loc[1003, "sim_1"])


def test_families_without_a_law(frame, raises):
    model = deciban.fit_glm("n ~ x", frame, "quasipoisson")
    table = model.get_prediction(frame[:3]).summary_frame()
    assert np.isnan(table["obs_ci_lower"]).all() and (table["mean_ci_lower"] > 0).all()
    for call in (
        lambda: model.predict(frame[:3], interval="prediction"),
        lambda: model.get_prediction(frame[:3]).conf_int(obs=True),
        model.simulate,
        model.pit,
        model.bootstrap,
    ):
        with raises(deciban.InputError, "predict.no_law"):
            call()


def test_wrong_calls(frame, raises):
    model = deciban.fit_glm("n ~ x + g", frame, "poisson", weights=frame["e"].to_numpy())
    with raises(deciban.InputError, "predict.weights_missing"):
        model.predict(frame[:3], interval="prediction")
    assert len(model.predict(frame[:3], interval="prediction", weights=1.0)) == 3
    with raises(deciban.InputError, "input.interval"):
        model.predict(frame[:3], interval="tolerance")
    with raises(deciban.InputError, "input.interval"):
        model.predict(frame[:3], type="terms", interval="confidence")
    with raises(deciban.InputError, "input.interval"):
        model.predict(frame[:3], type="link", interval="prediction", weights=1.0)
    with raises(deciban.InputError, "input.level"):
        model.predict(frame[:3], interval="confidence", level=0.0)
    with raises(deciban.InputError, "input.seed"):
        model.simulate(seed=-1)
    loaded = deciban.model_from_json(model.to_json())
    with raises(deciban.DataError, "model.no_data"):
        loaded.simulate()
    with raises(deciban.DataError, "model.no_data"):
        loaded.predict(frame[:3], type="terms")
    with raises(deciban.DataError, "model.no_data"):
        loaded.bootstrap()
    assert loaded.get_prediction(frame[:3]).conf_int().shape == (3, 2)


def test_opaque_terms(frame, raises):
    model = deciban.fit_glm("n ~ np.hypot(x, e) + g", frame, "poisson")
    terms = model.predict(frame[:3], type="terms")
    assert len(list(terms)) == 3
    loaded = deciban.model_from_json(model.to_json())
    with raises(deciban.InputError, "predict.opaque_missing"):
        loaded.get_prediction(frame[:3]).conf_int()


def test_pit_of_new_rows(frame):
    model = deciban.fit_glm("n ~ x + g", frame[:80], "poisson", exposure="e")
    inside, outside = model.pit(seed=3), model.pit(frame[80:], seed=3)
    assert len(inside) == 80 and len(outside) == 40
    assert inside.between(0, 1).all() and outside.between(0, 1).all()
    assert bits(model.pit(frame[:80], seed=3)) == bits(inside)
    assert bits(model.pit(seed=4)) != bits(inside)


def test_bootstrap_intervals_from_its_replicates(frame):
    model = deciban.fit_glm("n ~ x + g", frame, "poisson", exposure="e")
    found = model.bootstrap(n_boot=199, interval="percentile", seed=1, level=0.9)
    assert found.replicates.shape == (199, 4)
    table = found.intervals
    assert list(table) == ["term", "estimate", "std_error", "lower", "upper"]
    wanted = np.quantile(found.replicates, [0.05, 0.95], axis=0, method="weibull")
    np.testing.assert_allclose(table["lower"], wanted[0], rtol=1e-12)
    np.testing.assert_allclose(table["upper"], wanted[1], rtol=1e-12)
    np.testing.assert_allclose(table["std_error"], found.replicates.std(axis=0, ddof=1), rtol=1e-12)
    assert bits(model.bootstrap(n_boot=199, seed=1, n_threads=3).replicates) == bits(found.replicates)
    assert "parametric bootstrap of 199 replicates" in repr(found)


def test_bootstrap_agrees_with_wald(frame):
    model = deciban.fit_glm("n ~ x + g", frame, "poisson")
    for kind in ("parametric", "weighted"):
        errors = np.asarray(model.bootstrap(n_boot=400, type=kind, seed=2).intervals["std_error"])
        assert (np.abs(np.log(errors / np.asarray(model.bse))) < 0.35).all(), kind


def test_conf_int_by_bootstrap(frame, raises):
    model = deciban.fit_glm("n ~ x + g", frame, "poisson")
    limits = model.conf_int(method="bootstrap", n_boot=199, seed=4, level=0.9)
    table = deciban.bootstrap(model, n_boot=199, seed=4, level=0.9).intervals
    assert bits(limits["lower"]) == bits(table["lower"]) and bits(limits["upper"]) == bits(table["upper"])
    with raises(deciban.InputError, "input.interval"):
        model.conf_int(method="bootstrap", interval="studentised")


def test_few_replicates_warn(frame):
    model = deciban.fit_glm("n ~ x", frame, "poisson")
    with pytest.warns(deciban.DecibanWarning, match="too few"):
        model.bootstrap(n_boot=20)
