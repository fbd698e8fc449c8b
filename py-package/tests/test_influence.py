"""Leverage and influence: R's methods for glm (fixtures/covariance), properties, bad input."""

import numpy as np
import pytest

import deciban

pandas = pytest.importorskip("pandas")
from inference_cases import CASES, DATA, fit_case, read_case, trouble

NAMES = {  # field of a case -> property
    "hatvalues": "hat_values",
    "rstandard_deviance": "resid_standardized",
    "rstandard_pearson": "resid_standardized_pearson",
    "rstudent": "resid_studentized",
    "cooks_distance": "cooks_distance",
    "sigma": "sigma",
    "dffits": "dffits",
    "covratio": "cov_ratio",
}


@pytest.mark.parametrize("name", CASES)
def test_influence_equals_that_of_r(name):
    case = read_case(name)
    if "prepared" in case["data"] and not DATA:
        pytest.skip("DECIBAN_DATA is not set")
    model = fit_case(case)[0]
    expected = case["influence"]
    rows = [row - 1 for row in expected["rows"]]
    influence = model.get_influence()
    for field, attribute in NAMES.items():
        got = getattr(influence, attribute).loc[rows]
        size = np.nanmedian(np.abs([float(v) for v in expected[field]]))
        assert not trouble(got, expected[field], 1e-3 * size, field)
    for field in ("dfbeta", "dfbetas"):
        got, wanted = getattr(influence, field).loc[rows], np.array(expected[field], dtype=float)
        size = np.nanmedian(np.abs(wanted), axis=0)
        assert not trouble(np.asarray(got).ravel(), wanted, np.tile(size, len(rows)), field)
    frequencies = 1.0
    if "freq_weights" in case["arguments"]:
        frequencies = model._source.data[case["arguments"]["freq_weights"]]
    total = np.nansum(np.asarray(influence.hat_values) * np.asarray(frequencies))
    assert not trouble([total], [expected["sum_of_hatvalues"]], 0.0, "sum of hat values")


@pytest.fixture(scope="module")
def data():
    return pandas.DataFrame(deciban.simulate_portfolio(900, seed=11)).set_index("policy_id", drop=False)


def test_gaussian_leave_one_out_is_exact(data):
    data = data.head(40)
    formula = "density ~ driver_age + vehicle_gas"
    model = deciban.fit_glm(formula, data, "gaussian")
    influence = model.get_influence()
    for row in data.index[:5]:
        without = deciban.fit_glm(formula, data.drop(row), "gaussian")
        np.testing.assert_allclose(model.params - without.params, influence.dfbeta.loc[row], rtol=1e-8)
        np.testing.assert_allclose(np.sqrt(without.scale), influence.sigma[row], rtol=1e-10)


def test_storage_and_threads(data):
    model = deciban.fit_glm("claim_count ~ area + log(density)", data, "poisson", exposure="exposure")
    frame = model.get_influence(n_threads=1).summary_frame()
    assert list(frame.index) == list(data.index)
    assert frame.equals(model.get_influence(n_threads=3).summary_frame())
    plain = deciban.fit_glm("claim_count ~ area + log(density)", data.to_dict("list"), "poisson", exposure="exposure")
    influence = plain.get_influence()
    assert isinstance(influence.hat_values, np.ndarray)
    assert np.array_equal(influence.hat_matrix_diag, frame["hat"])
    assert influence.dfbetas.shape == (len(data), len(plain.params))


def test_dropped_rows(data):
    holes = data.assign(area=data["area"].astype(object).mask(data["policy_id"] % 10 == 0))
    kept = holes["area"].notna().to_numpy()
    omit = deciban.fit_glm("claim_count ~ area", holes, "poisson").get_influence()
    exclude = deciban.fit_glm("claim_count ~ area", holes, "poisson", na_action="exclude").get_influence()
    assert list(omit.cooks_distance.index) == list(data.index[kept])
    assert np.array_equal(np.isnan(exclude.cooks_distance), ~kept)
    assert np.array_equal(exclude.cooks_distance[kept], omit.cooks_distance)


def test_a_row_of_its_own_has_leverage_one(data):
    alone = data.assign(lonely=(data["policy_id"] == data["policy_id"].iloc[7]).astype(str))
    alone.loc[alone["lonely"] == "True", "claim_count"] = 3
    influence = deciban.fit_glm("claim_count ~ lonely + log(density)", alone, "quasipoisson").get_influence()
    row = alone.index[7]
    assert influence.hat_values[row] == 1.0
    assert np.isnan([influence.cooks_distance[row], influence.resid_studentized[row], influence.dffits[row]]).all()
    assert (influence.dfbeta.loc[row] == 0.0).all()
    assert influence.cooks_distance.drop(row).notna().all()


def test_weight_zero_has_no_influence(data):
    weighted = data.assign(w=(data["policy_id"] % 3 > 0) * 2.0)
    influence = deciban.fit_glm("claim_count ~ area", weighted, "quasipoisson", weights="w").get_influence()
    zero = (weighted["w"] == 0).to_numpy()
    assert (influence.hat_values[zero] == 0).all() and (influence.cooks_distance[zero] == 0).all()
    assert (influence.hat_values[~zero] > 0).all()


def test_bad_input(data):
    model = deciban.fit_glm("claim_count ~ area", data, "poisson")
    loaded = deciban.model_from_json(model.to_json())
    with pytest.raises(deciban.DataError) as caught:
        _ = loaded.get_influence().hat_values
    assert caught.value.code == "model.no_data"
    wide = pandas.DataFrame({"zip": [f"Z{k % 1200}" for k in range(3000)], "y": np.arange(3000.0) % 7 + 1})
    influence = deciban.fit_glm("y ~ zip", wide, "gamma").get_influence()
    np.testing.assert_allclose(np.sum(influence.hat_values), 1200, rtol=1e-10)
    with pytest.raises(deciban.InputError) as caught:
        _ = influence.dfbetas
    assert caught.value.code == "influence.wide_factor"


def test_anscombe_residuals_by_their_definition(data):
    weighted = data.assign(w=(data["policy_id"] % 3) * 0.5, amount=data["density"] + 1.0)
    gamma = deciban.fit_glm("amount ~ area", weighted, "gamma", weights="w")
    y, mu, w = weighted["amount"], gamma.fittedvalues, weighted["w"]
    wanted = 3.0 * (np.cbrt(y) - np.cbrt(mu)) / np.cbrt(mu) * np.sqrt(w)
    np.testing.assert_allclose(gamma.residuals("anscombe"), wanted, rtol=1e-10, atol=1e-14)
    poisson = deciban.fit_glm("claim_count ~ area", data, "poisson", exposure="exposure")
    y, mu = data["claim_count"], poisson.fittedvalues
    wanted = 1.5 * (np.cbrt(y) ** 2 - np.cbrt(mu) ** 2) / mu ** (1.0 / 6.0)
    np.testing.assert_allclose(poisson.residuals("anscombe"), wanted, rtol=1e-12)


def test_quantile_residuals(data):
    model = deciban.fit_glm("claim_count ~ area + log(density)", data, "poisson", exposure="exposure")
    first, again, other = (model.residuals("quantile", seed=seed) for seed in (1, 1, 2))
    assert first.equals(again) and not first.equals(other)
    assert list(first.index) == list(data.index)
    zero = (data["claim_count"] == 0).to_numpy()
    assert first[zero].max() < first[~zero].max() and np.isfinite(first).all()
    # standard normal under the model: five standard errors of mean and variance
    assert abs(first.mean()) < 5 / np.sqrt(len(data)) and abs(first.var() - 1) < 5 * np.sqrt(2 / len(data))
    loaded = deciban.model_from_json(model.to_json())
    assert np.array_equal(loaded.residuals("quantile", data, seed=1), first)
    gaussian = deciban.fit_glm("log(density) ~ area", data, "gaussian")
    wanted = gaussian.residuals("pearson") / np.sqrt(gaussian.scale)
    np.testing.assert_allclose(gaussian.residuals("quantile"), wanted, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    ("family", "arguments", "code"),
    [
        ("quasipoisson", {"type": "quantile"}, "predict.no_law"),
        ("poisson", {"type": "quantile", "seed": -1}, "input.seed"),
        ("poisson", {"type": "quantile", "seed": 0.5}, "input.seed"),
        ("poisson", {"type": "partial"}, "input.type"),
    ],
)
def test_bad_residuals(data, family, arguments, code):
    with pytest.raises(deciban.InputError) as caught:
        deciban.fit_glm("claim_count ~ area", data, family).residuals(**arguments)
    assert caught.value.code == code
