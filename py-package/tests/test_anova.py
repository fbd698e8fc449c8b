"""Tests of terms in Python: frames, arguments, errors. Figures are in test_questions.py."""

import numpy as np
import pytest

import deciban

pandas = pytest.importorskip("pandas")


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(5)
    n = 400
    frame = pandas.DataFrame({"a": rng.choice(list("pqr"), n), "x": rng.normal(size=n), "e": rng.uniform(0.2, 1, n)})
    frame["gap"] = np.where(np.arange(n) % 40 == 0, np.nan, frame["x"])
    frame["y"] = rng.poisson(frame["e"] * np.exp(0.3 * frame["x"]))
    return frame


@pytest.fixture(scope="module")
def model(data):
    return deciban.fit_glm("y ~ a + x", data, "poisson", exposure="e")


def code(call):
    with pytest.raises(deciban.DecibanError) as caught:
        call()
    return caught.value.code


def test_tables_come_as_frames(model):
    table = model.anova()
    assert isinstance(table, pandas.DataFrame)
    assert list(table["term"]) == ["NULL", "a", "x"]
    assert list(model.drop1()["term"]) == ["<none>", "a", "x"]
    assert list(model.term_importance().columns) == ["term", "df", "deviance", "share", "also_dropped"]


def test_functions_are_the_methods(model, data):
    small = deciban.fit_glm("y ~ a", data, "poisson", exposure="e")
    pairs = [
        (deciban.anova(model, type=2), model.anova(type=2)),
        (deciban.anova(small, model), small.anova(model)),
        (deciban.drop1(model), model.drop1()),
        (deciban.add1(small, ["x"]), small.add1(["x"])),
        (deciban.term_importance(model), model.term_importance()),
        (deciban.profile(model, "x"), model.profile("x")),
        (deciban.goodness_of_fit(model), model.goodness_of_fit()),
        (deciban.overdispersion_test(model), model.overdispersion_test()),
        (deciban.link_test(model), model.link_test()),
    ]
    for left, right in pairs:
        pandas.testing.assert_frame_equal(left, right)


def test_column_of_the_larger_model_only(data):
    small = deciban.fit_glm("y ~ a", data, "poisson")
    large = deciban.fit_glm("y ~ a + x + log(e)", data, "poisson")
    forth, back = small.anova(large), large.anova(small)
    assert forth["df"][1] == 2 and back["df"][1] == -2
    assert forth["p_value"][1] == back["p_value"][1]


def test_vectors_and_matrices(data):
    e = data["e"].to_numpy()
    small = deciban.fit_glm("y ~ a", data, "poisson", exposure=e)
    large = deciban.fit_glm("y ~ a + x", data, "poisson", exposure=e)
    assert small.anova(large)["df"][1] == 1
    X = np.column_stack([np.ones(len(data)), data["x"], data["e"]])
    xy = deciban.fit_glm_xy(X, data["y"], "poisson")
    assert len(xy.drop1()["term"]) == 4
    assert deciban.fit_glm_xy(X[:, :2], data["y"], "poisson").anova(xy)["df"][1] == 1


def test_terms_to_add_read_other_columns(data):
    model = deciban.fit_glm("y ~ a", data, "poisson")
    table = model.add1(["x", "log(e)", "a:x"])
    assert list(table["term"]) == ["<none>", "x", "log(e)", "a:x"]
    assert np.isnan(table["deviance"][1])
    assert np.isfinite(model.add1("x", test="LRT")["aic"]).all()


def test_errors(model, data):
    small = deciban.fit_glm("y ~ a", data, "poisson", exposure="e")
    with_gap = deciban.fit_glm("y ~ a + gap", data, "poisson", exposure="e")
    assert code(lambda: small.anova(with_gap)) == "anova.other_rows"
    assert code(lambda: model.anova(with_gap)) == "anova.other_rows"
    assert code(lambda: small.anova(deciban.fit_glm("y ~ x", data, "poisson", exposure="e"))) == "anova.not_nested"
    assert code(lambda: small.anova(deciban.fit_glm("y ~ a + x", data, "quasipoisson"))) == "anova.other_family"
    assert code(lambda: small.anova(3)) == "input.argument_type"
    assert code(lambda: model.anova(test="chi")) == "input.test"
    assert code(lambda: small.add1(["gap"])) == "add1.other_rows"
    assert code(lambda: small.add1([])) == "add1.no_terms"
    assert code(lambda: model.drop1(["z"])) == "input.term"
    loaded = deciban.model_from_json(model.to_json())
    assert code(lambda: loaded.anova()) == "model.no_data"
    changed = data.copy()
    kept = deciban.fit_glm("y ~ a + x", changed, "poisson")
    changed.loc[0, "y"] += 1
    assert code(lambda: kept.drop1()) == "model.data_changed"


def test_f_with_a_known_dispersion_warns(model):
    with pytest.warns(deciban.DecibanWarning, match="F test"):
        model.anova(test="F")


def test_quasi_families_are_tested_on_the_scaled_deviance(data):
    quasi = deciban.fit_glm("y ~ a + x", data, "quasipoisson")
    plain = deciban.fit_glm("y ~ a + x", data, "poisson")
    scaled = quasi.anova(test="Chisq")["statistic"][1:] * quasi.scale
    np.testing.assert_allclose(scaled, plain.anova()["statistic"][1:], rtol=1e-10)
    assert quasi.drop1()["aic"].isna().all()


def test_polars_in_polars_out(data):
    polars = pytest.importorskip("polars")
    model = deciban.fit_glm("y ~ a + x", polars.from_pandas(data), "poisson")
    assert isinstance(model.anova(), polars.DataFrame)
    assert isinstance(model.conf_int(method="profile"), polars.DataFrame)
