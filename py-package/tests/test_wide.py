"""Factors with very many levels."""

import numpy as np
import pytest

import deciban
from deciban import InputError


def portfolio(n, levels):
    random = np.random.default_rng(4)
    zips = random.integers(0, levels, n)
    area = random.integers(0, 6, n)
    x = random.random(n)
    return {
        "zip": np.array([f"Z{code:06d}" for code in zips]),
        "area": np.array(list("abcdef"))[area],
        "x": x,
        "y": random.poisson(np.exp(0.3 * x + area / 10 + (zips % 7) / 10)) + 0.0,
    }


def test_slopes_are_those_within_levels():
    data = portfolio(12000, 1500)
    model = deciban.fit_glm("y ~ area + zip + x", data, "gaussian")
    _, codes = np.unique(data["zip"], return_inverse=True)
    counts = np.bincount(codes)

    def within(values):
        return values - (np.bincount(codes, values) / counts)[codes]

    columns = [within((data["area"] == level) * 1.0) for level in "bcdef"] + [within(data["x"])]
    design = np.column_stack(columns)
    slopes = np.linalg.lstsq(design, within(data["y"]), rcond=None)[0]
    params = np.asarray(model.params)
    at = [1, 2, 3, 4, 5, len(params) - 1]
    np.testing.assert_allclose(params[at], slopes, rtol=1e-9)
    rest = within(data["y"]) - design @ slopes
    sigma2 = rest @ rest / (12000 - len(params))
    errors = np.sqrt(np.diag(np.linalg.inv(design.T @ design)) * sigma2)
    np.testing.assert_allclose(np.asarray(model.bse)[at], errors, rtol=1e-9)
    covariance = np.asarray(model.cov_params())
    np.testing.assert_allclose(np.sqrt(np.diag(covariance)), np.asarray(model.bse), rtol=1e-12)
    np.testing.assert_array_equal(covariance, covariance.T)
    again = deciban.model_from_json(model.to_json())
    np.testing.assert_array_equal(np.asarray(again.cov_params()), covariance)


def test_threads_do_not_change_the_bits():
    data = portfolio(40000, 3000)
    models = [deciban.fit_glm("y ~ zip + area + x", data, "gaussian", n_threads=t) for t in (1, 2, 3)]
    for other in models[1:]:
        assert np.asarray(other.params).tobytes() == np.asarray(models[0].params).tobytes()
        assert np.asarray(other.bse).tobytes() == np.asarray(models[0].bse).tobytes()


def test_very_wide_models_have_errors_but_no_covariance(raises):
    data = portfolio(20000, 10)
    data["zip"] = np.array([f"Z{k % 19950:06d}" for k in range(20000)])
    model = deciban.fit_glm("y ~ x + zip", data, "gaussian")
    assert np.isfinite(np.asarray(model.bse)).all()
    with raises(InputError, "covariance.too_large"):
        model.cov_params()
    assert "more coefficients: coef_table() has all" in str(model.summary())


def test_levels_without_claims_are_separated():
    data = portfolio(20000, 15000)
    with pytest.warns(deciban.DecibanWarning, match="separated"):
        model = deciban.fit_glm("y ~ zip + x", data, "poisson")
    assert model.status == "separated"
    assert model.n_iter <= 40


def test_explain_plan(raises):
    data = portfolio(5000, 1500)
    plan = deciban.explain_plan("y ~ area + zip + x", data)
    assert list(plan) == [
        "part", "name", "stored", "enters", "covers", "cells", "bytes", "bytes_per_row", "work_per_row", "reason"
    ]  # fmt: skip
    assert [str(text) for text in plan["enters"][:3]] == ["levels of a joint code", "arrow", "dense columns"]
    assert plan["part"][-1] == "total"
    assert str(plan).startswith("part ")
    assert len(plan.to_frame("dict")["cells"]) == len(plan["part"])
    model = deciban.fit_glm("y ~ area + zip + x", data, "gaussian")
    assert str(deciban.explain_plan(model, data)) == str(plan)
    with raises(InputError, "input.data"):
        deciban.explain_plan("y ~ area")
    with raises(InputError, "input.contrasts"):
        deciban.explain_plan(model, data, contrasts={"area": "sum"})
