"""Robust covariances: R's sandwich (fixtures/covariance), properties, bad input."""

import json
import warnings

import numpy as np
import pytest

import deciban

pandas = pytest.importorskip("pandas")
from inference_cases import CASES, DATA, fit_case, read_case, trouble


def triangle(values):
    return np.array([[float(v) for v in row] + [np.nan] * (len(values) - len(row)) for row in values])


def test_cases_are_found():
    assert len(CASES) >= 20


@pytest.mark.parametrize("name", CASES)
def test_covariances_equal_those_of_sandwich(name):
    case = read_case(name)
    if "prepared" in case["data"] and not DATA:
        pytest.skip("DECIBAN_DATA is not set")
    model, data, vectors = fit_case(case)
    assert list(model.param_names) == case["names"]
    warnings.simplefilter("ignore", deciban.DecibanWarning)
    for expected in case["covariances"]:
        got = np.asarray(model.cov_params(vcov=expected["vcov"]))
        wanted = triangle(expected["lower_triangle"])
        scale = np.sqrt(np.abs(np.outer(np.diag(wanted), np.diag(wanted))))
        rows, columns = np.tril_indices(len(wanted))
        assert not trouble(got[rows, columns], wanted[rows, columns], scale[rows, columns], expected["vcov"])
        assert np.array_equal(got, got.T, equal_nan=True)
    expected = case["covariances"][-1]["vcov"]
    at_once = deciban.fit_glm(data=data, vcov=expected, **case["arguments"], **vectors)
    assert at_once.to_json() == model.with_vcov(expected).to_json(), "at the fit and afterwards"


@pytest.fixture(scope="module")
def portfolio():
    data = pandas.DataFrame(deciban.simulate_portfolio(3000, seed=3))
    data["broker"] = data["policy_id"] % 40
    return data


@pytest.fixture(scope="module")
def model(portfolio):
    return deciban.fit_glm("claim_count ~ area + log(density)", portfolio, "poisson", exposure="exposure")


def test_all_tables_use_it(model):
    robust = model.with_vcov("HC1")
    assert robust.vcov_type == "HC1" and model.vcov_type == "model"
    errors = np.sqrt(np.diag(model.cov_params(vcov="HC1")))
    for got in (robust.bse, robust.coef_table()["std_error"], model.coef_table(vcov="HC1")["std_error"]):
        assert np.array_equal(got, errors)
    assert np.array_equal(robust.params, model.params)
    assert np.array_equal(robust.conf_int(), model.conf_int(vcov="HC1"))
    assert robust.relativities().equals(model.relativities(vcov="HC1"))
    assert not robust.relativities().equals(model.relativities())
    assert str(robust.summary()) == str(model.summary(vcov="HC1"))
    assert "Standard errors: HC1" in str(robust.summary()) and "Standard errors" not in str(model.summary())
    assert deciban.with_vcov(model, "HC1").to_json() == robust.to_json()


def test_the_model_file_keeps_it(model):
    robust = model.with_vcov("~ broker")
    again = deciban.model_from_json(robust.to_json())
    assert again.vcov_type == "~ broker"
    assert np.array_equal(again.bse, robust.bse)
    document = json.loads(robust.to_json())
    assert document["covariance"]["estimator"] == "~ broker"
    assert document["schema_version"]["minor"] >= 2
    del document["covariance"]["estimator"]
    assert deciban.model_from_json(json.dumps(document)).vcov_type == "model"


def test_back_to_the_model_based_one(model):
    back = model.with_vcov("HC3").with_vcov("model")
    assert back.vcov_type == "model"
    np.testing.assert_allclose(back.cov_params(), model.cov_params(), rtol=1e-9)
    assert model.with_vcov("model") is model


def test_a_loaded_model_takes_the_data_again(model, portfolio):
    loaded = deciban.model_from_json(model.to_json())
    with pytest.raises(deciban.DataError) as caught:
        loaded.with_vcov("HC1")
    assert caught.value.code == "model.no_data"
    assert loaded.with_vcov("~ broker", portfolio).to_json() == model.with_vcov("~ broker").to_json()
    again = loaded.with_vcov("~ broker", portfolio, exposure="exposure")  # the fit's own column
    assert again.to_json() == model.with_vcov("~ broker").to_json()
    changed = portfolio.assign(density=portfolio["density"] + 1)
    with pytest.raises(deciban.DataError) as caught:
        loaded.with_vcov("~ broker", changed)
    assert caught.value.code == "model.data_changed"
    other = portfolio.assign(broker=portfolio["policy_id"] % 7)  # only the clusters differ: those are not of the fit
    assert loaded.with_vcov("~ broker", other).vcov_type == "~ broker"


def test_rows_of_their_own_are_hc0_times_g(model, portfolio):
    n = len(portfolio)
    clustered = model.cov_params(vcov={"row": np.arange(n)})
    np.testing.assert_allclose(clustered, model.cov_params(vcov="HC0") * n / (n - 1), rtol=1e-12)


def test_equal_clusters_in_any_storage(model, portfolio):
    texts = [f"B{value:02d}" for value in portfolio["broker"]]
    wanted = np.asarray(model.cov_params(vcov="~ broker"))
    for clusters in (
        texts,
        pandas.Categorical(texts),
        portfolio["broker"].to_numpy(float),
        pandas.Series(texts)[::-1][::-1],
    ):
        assert np.array_equal(model.cov_params(vcov={"g": clusters}), wanted)
    one, three = (model.with_vcov("~ broker + area", n_threads=n).to_json() for n in (1, 3))
    assert one == three


def test_a_matrix_of_ones_own(portfolio):
    X = np.column_stack([np.ones(len(portfolio)), np.log(portfolio["density"])])
    y, broker = portfolio["claim_count"], portfolio["broker"]
    model = deciban.fit_glm_xy(X, y, "poisson", vcov={"broker": broker})
    assert model.vcov_type == "~ broker"
    formula = deciban.fit_glm("claim_count ~ log(density)", portfolio, "poisson", vcov="~ broker")
    np.testing.assert_allclose(np.asarray(model.cov_params()), np.asarray(formula.cov_params()), rtol=1e-9)
    assert np.array_equal(model.cov_params(vcov="HC3"), deciban.fit_glm_xy(X, y, "poisson", vcov="HC3").cov_params())


def test_rows_of_weight_zero_and_frequencies(portfolio):
    head = portfolio.head(400).assign(w=lambda d: (d["policy_id"] % 4 > 0) * 1.5, f=lambda d: d["policy_id"] % 3 + 1)
    arguments = {"formula": "claim_count ~ log(density) + vehicle_gas", "family": "quasipoisson"}
    zero = deciban.fit_glm(data=head, weights="w", **arguments)
    left = deciban.fit_glm(data=head[head["w"] > 0], weights="w", **arguments)
    often = deciban.fit_glm(data=head, freq_weights="f", **arguments)
    written = deciban.fit_glm(data=head.loc[head.index.repeat(head["f"])], **arguments)
    for vcov in ("HC1", "HC3", "~ broker", "HC1 ~ broker + area"):
        np.testing.assert_allclose(zero.cov_params(vcov=vcov), left.cov_params(vcov=vcov), rtol=1e-9)
        np.testing.assert_allclose(often.cov_params(vcov=vcov), written.cov_params(vcov=vcov), rtol=1e-9)


def test_wide_factors_know_variances():
    rng = np.random.default_rng(5)
    n, levels = 6000, 1300
    data = pandas.DataFrame(
        {
            "zip": pandas.Categorical.from_codes(
                np.r_[np.arange(levels), rng.integers(0, levels, n - levels)], [f"Z{k:04d}" for k in range(levels)]
            )
        }
    )
    data["x"] = rng.normal(size=n)
    data["area"] = pandas.Categorical.from_codes(rng.integers(0, 3, n), list("abc"))
    data["y"] = np.exp(0.2 * data["x"]) * rng.gamma(2.0, size=n)
    wide = deciban.fit_glm("y ~ x + zip + area", data, "gamma")
    X = deciban.model_matrix("y ~ x + zip + area", data).values
    scores = (data["y"] / wide.fittedvalues - 1.0).to_numpy()[:, None] * X
    bread = np.linalg.inv(X.T @ X)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", deciban.DecibanWarning)
        for vcov, meat in (("HC0", scores), ("HC3", None)):
            if meat is None:
                leverage = np.einsum("ij,jk,ik->i", X, bread, X)
                meat = scores / (1.0 - leverage)[:, None]
            wanted = np.sqrt(np.diag(bread @ (meat.T @ meat) @ bread))
            robust = wide.with_vcov(vcov)
            rough = wanted > 1e-6 * np.median(wanted)
            np.testing.assert_allclose(np.asarray(robust.bse)[rough], wanted[rough], rtol=1e-8)
    assert deciban.model_from_json(robust.to_json()).to_json() == robust.to_json()
    for call, code in (
        (lambda: robust.cov_params(), "covariance.not_kept"),
        (lambda: wide.with_vcov("~ area"), "vcov.wide_factor"),
    ):
        with pytest.raises(deciban.InputError) as caught:
            call()
        assert caught.value.code == code


def test_leverage_one_is_named(portfolio):
    data = portfolio.head(300).assign(lonely=lambda d: (d["policy_id"] == d["policy_id"].iloc[5]).astype(str))
    data.loc[data["lonely"] == "True", "claim_count"] = 2
    model = deciban.fit_glm("claim_count ~ lonely + log(density)", data, "poisson")
    with pytest.warns(deciban.DecibanWarning) as caught:
        model.with_vcov("HC3")
    assert [w.message.code for w in caught] == ["vcov.full_leverage"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.with_vcov("HC1")


@pytest.mark.parametrize(
    ("vcov", "code"),
    [
        ("hc1", "vcov.unknown"),
        (3, "vcov.unknown"),
        ({}, "vcov.unknown"),
        ("~ log(density)", "vcov.formula"),
        ("~ broker:area", "vcov.formula"),
        ("HC3 ~ broker", "vcov.formula"),
        ("~ ", "vcov.formula"),
        ("~ nobody", "data.unknown_column"),
        ({"g": [1, 2, 3]}, "data.length_mismatch"),
    ],
)
def test_bad_input(model, portfolio, vcov, code):
    with pytest.raises(deciban.InputError) as caught:
        model.with_vcov(vcov)
    assert caught.value.code == code
    with pytest.raises(deciban.InputError) as caught:
        deciban.fit_glm("claim_count ~ area", portfolio, "poisson", vcov=vcov)
    assert caught.value.code == code


def test_missing_clusters(model, portfolio):
    holes = portfolio["broker"].astype(float).mask(portfolio["policy_id"] < 5)
    with pytest.raises(deciban.DataError) as caught:
        model.with_vcov({"broker": holes})
    assert caught.value.code == "vcov.cluster_missing"
    assert caught.value.context["count"] == int(holes.isna().sum())
    dropped = portfolio.assign(broker=holes, area=portfolio["area"].astype(object).mask(holes.isna()))
    deciban.fit_glm("claim_count ~ area", dropped, "poisson", vcov="~ broker")  # these rows are not in the fit
    with pytest.raises(deciban.DataError) as caught:
        model.with_vcov({"all": np.ones(len(portfolio))})
    assert caught.value.code == "vcov.one_cluster"
