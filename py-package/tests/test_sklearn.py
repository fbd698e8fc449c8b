"""The estimators behave as scikit-learn asks, and their numbers are those of fit_glm."""

import importlib
import pickle
import subprocess
import sys

import conftest
import numpy as np
import pytest

import deciban

pytest.importorskip("sklearn", minversion="1.6")
pytestmark = pytest.mark.filterwarnings("ignore::deciban.DecibanWarning")

from sklearn import config_context
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.linear_model import GammaRegressor, LinearRegression, LogisticRegression, PoissonRegressor
from sklearn.metrics import d2_tweedie_score
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from deciban.sklearn import GLMClassifier, GLMRegressor

# The checks fit 15 rows by 30 columns, or one row: var_power has no estimate where the fit is exact.
EXACT = "var_power cannot be estimated from a fit without residuals"
EXPECTED_FAILURES = {
    "check_sample_weights_shape": EXACT,
    "check_sample_weights_not_overwritten": EXACT,
    "check_sample_weight_equivalence_on_dense_data": EXACT,
    "check_fit2d_1sample": EXACT,
}

ESTIMATORS = [
    GLMRegressor(),
    GLMRegressor(formula="~ ."),
    GLMRegressor(fit_intercept=False),
    GLMRegressor("poisson"),
    GLMRegressor("gamma"),
    GLMRegressor("inverse_gaussian"),
    GLMRegressor("tweedie", var_power=1.5),
    GLMRegressor("tweedie"),
    GLMRegressor("negative_binomial"),
    GLMRegressor("negative_binomial", theta=2.0),
    GLMRegressor("quasi", variance="mu", link="log"),
    GLMClassifier(),
    GLMClassifier(link="probit"),
    GLMClassifier(link="cloglog"),
    GLMClassifier(fit_intercept=False),
]


def expected_failures(estimator):
    estimated = getattr(estimator, "family", None) == "tweedie" and estimator.var_power is None
    return EXPECTED_FAILURES if estimated else {}


@parametrize_with_checks(ESTIMATORS, expected_failed_checks=expected_failures)
def test_scikit_learns_own_checks(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def motor_rows():
    data = deciban.simulate_portfolio(3000, seed=5, frame="dict")
    return {
        name: np.asarray(data[name])
        for name in ("area", "vehicle_gas", "driver_age", "exposure", "claim_count", "bonus_malus")
    }


def as_frame(name, columns):
    kind = conftest.library(name)
    rows = {key: [str(v) for v in column] if column.dtype == object else column for key, column in columns.items()}
    return kind.DataFrame(rows)


# Numbers --------------------------------------------------------------------------------------------------------------


def test_coefficients_are_those_of_scikit_learn_without_penalty():
    X, y = load_diabetes(return_X_y=True)
    ours, theirs = GLMRegressor().fit(X, y), LinearRegression().fit(X, y)
    np.testing.assert_allclose(ours.coef_, theirs.coef_, rtol=1e-8)
    np.testing.assert_allclose(ours.intercept_, theirs.intercept_, rtol=1e-10)
    # lbfgs stops at a gradient of 1e-10, which leaves some 1e-6 of the coefficients
    for family, peer in (("poisson", PoissonRegressor), ("gamma", GammaRegressor)):
        theirs = peer(alpha=0.0, tol=1e-10, max_iter=10000, solver="newton-cholesky").fit(X, y)
        np.testing.assert_allclose(GLMRegressor(family).fit(X, y).coef_, theirs.coef_, rtol=1e-6)


def test_probabilities_are_those_of_scikit_learn_without_penalty():
    X, y = load_breast_cancer(return_X_y=True)
    X = StandardScaler().fit_transform(X[:, :3])
    ours = GLMClassifier().fit(X, y)
    theirs = LogisticRegression(C=np.inf, tol=1e-10, solver="newton-cholesky", max_iter=1000).fit(X, y)
    assert ours.coef_.shape == (1, 3) and ours.intercept_.shape == (1,)
    np.testing.assert_allclose(ours.coef_, theirs.coef_, rtol=1e-6)
    np.testing.assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), rtol=1e-6, atol=1e-12)
    assert (ours.predict(X) == theirs.predict(X)).all()


@pytest.mark.parametrize("name", ["pandas", "polars"])
def test_frames_give_the_bits_of_fit_glm(motor_rows, name):
    frame = as_frame(name, {key: motor_rows[key] for key in ("area", "vehicle_gas", "driver_age", "exposure")})
    y = motor_rows["claim_count"]
    ours = GLMRegressor("poisson").fit(frame, y, exposure="exposure")
    theirs = deciban.fit_glm(
        "claim_count ~ area + vehicle_gas + driver_age", motor_rows, "poisson", exposure="exposure"
    )
    assert ours.result_.param_names == theirs.param_names
    assert conftest.bits(ours.result_.params) == conftest.bits(theirs.params)
    assert list(ours.feature_names_in_) == list(frame.columns)
    assert conftest.bits(ours.predict(frame)) == conftest.bits(theirs.predict(motor_rows))
    assert conftest.bits(np.r_[ours.intercept_, ours.coef_]) == conftest.bits(theirs.params)


def test_declared_categories_count(motor_rows):
    pandas = conftest.library("pandas")
    order = ["F", "E", "D", "C", "B", "A"]
    frame = pandas.DataFrame({"area": pandas.Categorical(motor_rows["area"], categories=order)})
    model = GLMRegressor("poisson").fit(frame, motor_rows["claim_count"])
    assert model.result_.param_names == ["(Intercept)", "areaE", "areaD", "areaC", "areaB", "areaA"]


def test_a_formula_and_contrasts(motor_rows):
    frame = as_frame("pandas", {key: motor_rows[key] for key in ("area", "driver_age", "exposure")})
    settings = {"formula": "~ area + bs(driver_age, df = 4)", "contrasts": {"area": "sum"}}
    ours = GLMRegressor("poisson", **settings).fit(frame, motor_rows["claim_count"], exposure="exposure")
    theirs = deciban.fit_glm(
        "claim_count ~ area + bs(driver_age, df = 4)",
        motor_rows,
        "poisson",
        exposure="exposure",
        contrasts={"area": "sum"},
    )
    assert conftest.bits(ours.result_.params) == conftest.bits(theirs.params)
    of_array = GLMRegressor("poisson", formula="~ bs(x1, df = 4)").fit(
        motor_rows["driver_age"].reshape(-1, 1).astype(float), motor_rows["claim_count"]
    )
    assert of_array.result_.param_names[1] == "bs(x1, df = 4)1"


def test_without_intercept_a_factor_has_all_levels(motor_rows):
    frame = as_frame("pandas", {"vehicle_gas": motor_rows["vehicle_gas"]})
    model = GLMRegressor(fit_intercept=False).fit(frame, motor_rows["claim_count"])
    assert len(model.coef_) == len(set(motor_rows["vehicle_gas"])) and model.intercept_ == 0.0


def test_aliased_columns_have_no_part():
    X = np.array([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0], [4.0, 8.0]])
    y = np.array([1.0, 2.0, 2.5, 4.5])
    model = GLMRegressor().fit(X, y)
    assert model.coef_[1] == 0.0 and np.isnan(model.result_.params[1 + 1])
    np.testing.assert_allclose(model.predict(X), X @ model.coef_ + model.intercept_, rtol=1e-13)


def test_score_is_d2(motor_rows):
    X = motor_rows["driver_age"].reshape(-1, 1).astype(float)
    y = motor_rows["claim_count"] + 1.0
    weights = motor_rows["exposure"]
    for family, power in (("gaussian", 0), ("poisson", 1), ("gamma", 2), ("inverse_gaussian", 3)):
        model = GLMRegressor(family).fit(X[:2000], y[:2000])
        expected = d2_tweedie_score(y[2000:], model.predict(X[2000:]), sample_weight=weights[2000:], power=power)
        assert model.score(X[2000:], y[2000:], sample_weight=weights[2000:]) == pytest.approx(expected, abs=1e-9)
    model = GLMRegressor("tweedie", var_power=1.5).fit(X, y)
    expected = d2_tweedie_score(y, model.predict(X), power=1.5)
    assert model.score(X, y) == pytest.approx(expected, abs=1e-9)
    result = model.result_
    assert model.score(X, y) == pytest.approx(1.0 - result.deviance / result.null_deviance, abs=1e-9)


# Metadata -------------------------------------------------------------------------------------------------------------


def test_exposure_by_name_and_by_vector_are_one(motor_rows):
    frame = as_frame("pandas", {key: motor_rows[key] for key in ("area", "exposure")})
    y, exposure = motor_rows["claim_count"], motor_rows["exposure"]
    by_name = GLMRegressor("poisson").fit(frame, y, exposure="exposure")
    by_vector = GLMRegressor("poisson").fit(frame[["area"]], y, exposure=exposure)
    assert conftest.bits(by_name.coef_) == conftest.bits(by_vector.coef_)
    assert conftest.bits(by_name.predict(frame)) == conftest.bits(by_vector.predict(frame[["area"]], exposure=exposure))
    score = by_name.score(frame, y)
    assert score == by_vector.score(frame[["area"]], y, exposure=exposure)
    assert score == pytest.approx(1.0 - by_name.result_.deviance / by_name.result_.null_deviance, abs=1e-9)


def test_offset_is_a_log_exposure(motor_rows):
    X = motor_rows["driver_age"].reshape(-1, 1)
    y, exposure = motor_rows["claim_count"], motor_rows["exposure"]
    one = GLMRegressor("poisson").fit(X, y, exposure=exposure)
    other = GLMRegressor("poisson").fit(X, y, offset=np.log(exposure))
    np.testing.assert_allclose(one.coef_, other.coef_, rtol=1e-9)
    np.testing.assert_allclose(one.predict(X, exposure=exposure), other.predict(X, offset=np.log(exposure)), rtol=1e-9)


def test_metadata_is_routed_through_pipeline_and_search(motor_rows):
    frame = as_frame("pandas", {key: motor_rows[key] for key in ("area", "driver_age")})
    y, exposure = motor_rows["claim_count"], motor_rows["exposure"]
    weights = np.repeat([1.0, 2.0], len(y) // 2)
    with config_context(enable_metadata_routing=True):
        wants = {"sample_weight": True, "exposure": True}
        model = (
            GLMRegressor("poisson")
            .set_fit_request(**wants)
            .set_score_request(**wants)
            .set_predict_request(exposure=True)
        )
        scale = ColumnTransformer(
            [("scale", StandardScaler().set_fit_request(sample_weight=False), ["driver_age"])],
            remainder="passthrough",
            verbose_feature_names_out=False,
        ).set_output(transform="pandas")
        search = GridSearchCV(
            make_pipeline(scale, model),
            {"glmregressor__formula": ["~ area", "~ area + poly(driver_age, 2)"]},
            cv=3,
            error_score="raise",
        )
        search.fit(frame, y, sample_weight=weights, exposure=exposure)
        best = search.best_estimator_[-1]
        predicted = search.best_estimator_.predict(frame, exposure=exposure)
        # each fold's score is that of a fit with the same rows of weights and exposure
        fold = search.cv_results_["split0_test_score"][0]
    assert list(best.feature_names_in_) == ["driver_age", "area"]
    np.testing.assert_allclose(predicted, best.predict(scale.fit_transform(frame), exposure=exposure), rtol=1e-12)
    held = np.arange(len(y)) < len(y) // 3
    alone = GLMRegressor("poisson", formula="~ area").fit(
        frame[~held], y[~held], sample_weight=weights[~held], exposure=exposure[~held]
    )
    expected = alone.score(frame[held], y[held], sample_weight=weights[held], exposure=exposure[held])
    assert fold == pytest.approx(expected, abs=1e-12)


def test_names_pass_through_cross_validation_without_routing(motor_rows):
    frame = as_frame("pandas", {key: motor_rows[key] for key in ("area", "driver_age", "exposure")})
    scores = cross_validate(
        GLMRegressor("poisson"),
        frame,
        motor_rows["claim_count"],
        cv=3,
        params={"exposure": "exposure"},
        error_score="raise",
    )
    assert np.isfinite(scores["test_score"]).all()


def test_set_output_upstream_gives_names():
    pandas = conftest.library("pandas")
    X, y = load_diabetes(return_X_y=True, as_frame=True)
    pipe = make_pipeline(StandardScaler(), GLMRegressor()).set_output(transform="pandas").fit(X, y)
    assert list(pipe[-1].feature_names_in_) == list(X.columns)
    assert pipe[-1].result_.param_names[1:] == list(X.columns)
    assert isinstance(pipe[:-1].transform(X), pandas.DataFrame)


# Life of an estimator -------------------------------------------------------------------------------------------------


def test_clone_and_pickle(motor_rows):
    frame = as_frame("pandas", {key: motor_rows[key] for key in ("area", "exposure")})
    model = GLMRegressor("tweedie", var_power=1.4).fit(frame, motor_rows["claim_count"], exposure="exposure")
    again = pickle.loads(pickle.dumps(model))
    assert conftest.bits(again.predict(frame)) == conftest.bits(model.predict(frame))
    assert clone(model).get_params() == model.get_params() and not hasattr(clone(model), "result_")


def test_the_result_offers_everything(motor_rows):
    X = motor_rows["driver_age"].reshape(-1, 1)
    model = GLMRegressor("poisson").fit(X, motor_rows["claim_count"])
    assert "x1" in str(model.result_.summary())
    assert len(model.result_.resid_deviance) == len(X)


def test_threads_do_not_change_bits(motor_rows):
    X = motor_rows["driver_age"].reshape(-1, 1)
    fits = [GLMRegressor("poisson", n_threads=n).fit(X, motor_rows["claim_count"]) for n in (1, 2, 3)]
    assert conftest.bits(fits[0].coef_) == conftest.bits(fits[1].coef_) == conftest.bits(fits[2].coef_)


def test_without_scikit_learn_the_import_says_so():
    code = "import sys; sys.modules['sklearn'] = None\nimport deciban, deciban.sklearn"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "needs scikit-learn 1.6 or newer" in done.stderr


def test_deciban_does_not_import_scikit_learn():
    code = "import sys, deciban; sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert importlib.import_module("deciban.sklearn").GLMRegressor is GLMRegressor


# Bad input ------------------------------------------------------------------------------------------------------------


def test_bad_input_by_code(motor_rows, raises):
    frame = as_frame("pandas", {key: motor_rows[key] for key in ("area", "exposure")})
    y = motor_rows["claim_count"]
    X = motor_rows["driver_age"].reshape(-1, 1)
    with raises(deciban.InputError, "input.formula"):
        GLMRegressor("poisson", formula="y ~ area").fit(frame, y)
    with raises(deciban.InputError, "input.argument_type"):
        GLMRegressor("poisson").fit(X, y, exposure="exposure")
    with raises(deciban.InputError, "data.unknown_column"):
        GLMRegressor("poisson").fit(frame, y, exposure="exposures")
    with raises(deciban.InputError, "predict.exposure_missing"):
        GLMRegressor("poisson").fit(X, y, exposure=motor_rows["exposure"]).predict(X)
    with raises(deciban.InputError, "family.unknown"):
        GLMRegressor("poison").fit(X, y)
    with raises(deciban.DataError, "response.domain"):
        GLMRegressor("gamma").fit(X, y)
    with raises(deciban.DataError, "data.missing"):
        GLMRegressor().fit(frame.assign(area=[None, *frame["area"][1:]]), y)
    with raises(deciban.DataError, "response.classes"):
        GLMClassifier().fit(X, np.arange(len(y)) % 3)
    with raises(deciban.DataError, "response.classes"):
        GLMClassifier().fit(X, y > 0, sample_weight=(y == 0).astype(float))
    with pytest.raises(ValueError, match="non-negative|Negative values"):
        GLMRegressor().fit(X, y, sample_weight=np.full(len(y), -1.0))


def test_missing_values_and_unseen_levels_of_new_rows(motor_rows, raises):
    pandas = conftest.library("pandas")
    frame = as_frame("pandas", {"area": motor_rows["area"]})
    y = motor_rows["claim_count"]
    new = pandas.DataFrame({"area": ["A", "Z"]})
    model = GLMRegressor("poisson").fit(frame, y)
    with raises(deciban.DataError, "data.unseen_level"):
        model.predict(new)
    with raises(deciban.DataError, "data.missing") as caught:
        model.predict(pandas.DataFrame({"area": ["A", None]}))
    assert caught.error.context["first_row"] == 1
    base = GLMRegressor("poisson", unseen="reference").fit(frame, y).predict(new)
    assert base[0] == base[1]
    classifier = GLMClassifier(unseen="missing").fit(frame, y > 0)
    assert np.isnan(classifier.predict_proba(new)[1]).all()
    with raises(deciban.DataError, "predict.no_class"):
        classifier.predict(new)
