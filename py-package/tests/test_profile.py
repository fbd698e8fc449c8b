"""Profile likelihood in Python: intervals through all doors, errors. Figures are in test_questions.py."""

import numpy as np
import pytest

import deciban

pandas = pytest.importorskip("pandas")


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(5)
    n = 300
    frame = pandas.DataFrame({"a": rng.choice(list("pqr"), n), "x": rng.normal(size=n)})
    frame["y"] = np.where(frame["a"] == "r", 0, rng.poisson(np.exp(0.3 * frame["x"])))
    return frame


def test_one_interval_through_all_doors(data):
    model = deciban.fit_glm("y ~ x", data, "poisson")
    limits = model.conf_int(0.9, method="profile")
    table = model.coef_table(0.9, method="profile")
    np.testing.assert_array_equal(limits["lower"], table["lower"])
    relativity = model.relativities(0.9, method="profile")
    np.testing.assert_allclose(relativity["upper"], np.exp(limits["upper"].iloc[1:]), rtol=1e-14)
    assert (model.conf_int(0.9) != limits).to_numpy().all()
    np.testing.assert_array_equal(table["std_error"], model.bse)


def test_open_interval(data):
    with pytest.warns(deciban.DecibanWarning):
        model = deciban.fit_glm("y ~ a + x", data, "poisson")
    with pytest.warns(deciban.DecibanWarning, match="ar") as caught:
        limits = model.conf_int(method="profile")
    assert caught[0].message.code == "profile.open"
    assert limits.loc["ar", "lower"] == -np.inf
    assert -10 < limits.loc["ar", "upper"] < 0


def test_errors(data):
    model = deciban.fit_glm("y ~ x", data, "poisson")
    with pytest.raises(deciban.InputError) as caught:
        model.conf_int(method="likelihood")
    assert caught.value.code == "input.method"
    with pytest.raises(deciban.InputError) as caught:
        model.profile("z")
    assert caught.value.code == "input.parm"
    with pytest.raises(deciban.DataError) as caught:
        deciban.model_from_json(model.to_json()).conf_int(method="profile")
    assert caught.value.code == "model.no_data"


def test_grid(data):
    model = deciban.fit_glm("y ~ x", data, "poisson")
    grid = model.profile("x", steps=5)
    assert len(grid) == 11
    assert (np.diff(grid["tau"]) > 0).all()
    assert grid["value"][5] == model.params["x"]
