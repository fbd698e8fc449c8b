"""Warnings by code, raised where the user called."""

import warnings

import numpy as np
import pytest
from conftest import fit

import deciban


def warnings_of(call):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model = call()
    return model, caught


SEPARATED = {"y": [0, 0, 0, 1, 1, 1], "x": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]}
CASES = {
    "fit.aliased": lambda: deciban.fit_glm(
        "y ~ x + z", {"y": [1.0, 2.0, 4.0], "x": [1.0, 2.0, 3.0], "z": [2.0, 4.0, 6.0]}, "gaussian"
    ),
    "factor.one_level": lambda: deciban.fit_glm(
        "y ~ f + x", {"y": [1.0, 2.0, 4.0], "x": [1.0, 2.0, 3.0], "f": ["a", "a", "a"]}, "gaussian"
    ),
    "fit.separation": lambda: deciban.fit_glm("y ~ x", SEPARATED, "binomial"),
    "fit.not_converged": lambda: deciban.fit_glm(
        "y ~ x", {"y": [0, 9, 40], "x": [1.0, 2.0, 5.0]}, "poisson", max_iter=1
    ),
    "offset.raw_exposure": lambda: deciban.fit_glm(
        "y ~ x + offset(e)", {"y": [0, 1, 2, 1], "x": [1.0, 2.0, 3.0, 1.0], "e": [0.1, 1.0, 0.5, 1.0]}, "poisson"
    ),
}


@pytest.mark.parametrize("code", CASES)
def test_code_category_and_line(code):
    model, caught = warnings_of(CASES[code])
    assert [one.message.code for one in caught] == [code]
    assert caught[0].category is deciban.DecibanWarning
    assert caught[0].filename == __file__
    assert isinstance(caught[0].message.context, dict)
    assert [one["code"] for one in model.warnings] == [code]
    assert str(caught[0].message) == model.warnings[0]["message"]


def test_matrix_fits_point_to_the_caller_too():
    _, caught = warnings_of(lambda: deciban.fit_glm_xy(np.ones((4, 2)), [1.0, 2.0, 3.0, 5.0], "gaussian"))
    assert [(one.message.code, one.filename) for one in caught] == [("fit.aliased", __file__)]


def test_a_constant_column_has_no_coefficient():
    with pytest.warns(deciban.DecibanWarning, match="NA"):
        model = deciban.fit_glm("y ~ x + c", {"y": [1.0, 2.0, 4.0], "x": [1, 2, 3], "c": [7, 7, 7]}, "gaussian")
    assert np.isnan(model.params).tolist() == [False, False, True]
    assert np.isnan(model.cov_params()[2]).all()
    assert model.rank == 2


def test_the_status_says_that_a_fit_did_not_converge():
    with pytest.warns(deciban.DecibanWarning):
        model = CASES["fit.separation"]()
    assert (model.status, model.converged) == ("separated", False)


@pytest.mark.parametrize(("code", "arguments"), [("fit.separation", {}), ("fit.not_converged", {"max_iter": 1})])
def test_strict_makes_it_an_error(code, arguments, raises):
    data = SEPARATED if code == "fit.separation" else {"y": [0, 1, 1, 0, 1], "x": [1.0, 2.0, 3.0, 4.0, 9.0]}
    with raises(deciban.ConvergenceError, code) as caught:
        deciban.fit_glm("y ~ x", data, "binomial", strict=True, **arguments)
    assert isinstance(caught.error, RuntimeError)


def test_warnings_can_be_errors(motor):
    with warnings.catch_warnings():
        warnings.simplefilter("error", deciban.DecibanWarning)
        with pytest.raises(deciban.DecibanWarning):
            CASES["fit.aliased"]()
        fit(motor)
