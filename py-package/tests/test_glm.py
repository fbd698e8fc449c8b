"""Figures and idioms of the result against R 4.2.2, glm(..., control = glm.control(epsilon = 1e-14)).

R takes standard errors from the step before the last, so they agree to about 1e-8.
"""

import copy
import inspect
import pickle

import numpy as np
import pytest
from conftest import MOTOR, bits, fit, library

import deciban

# glm(claims ~ area + log(age), poisson, offset = log(years))
POISSON = {
    "params": [-2.15294916965793126, 0.81413217197307064, 1.59966648964499436, 0.49749199660507015],
    "bse": [2.25226551697135546, 0.83666377945007042, 0.75603299423727433, 0.58624653650095992],
    "tvalues": [-0.95590380149895648, 0.97306969892755535, 2.11586862192280600, 0.84860543411373413],
    "pvalues": [0.339120838224158949, 0.330518662580764955, 0.034355982792308122, 0.396100882188233194],
}
POISSON_FIGURES = {
    "deviance": 7.2281671365387101,
    "null_deviance": 15.066843476756842,
    "aic": 38.807486392586341,
    "bic": 40.747112991738341,
    "llf": -15.403743196293171,
    "pearson_chi2": 6.7886451657915581,
    "scale": 1.0,
    "df_resid": 8,
    "df_model": 3,
    "nobs": 12,
    "rank": 4,
}
POISSON_ROWS = {
    "resid_response": [-0.55209929784739675, 0.42396347493209918, -0.17433598110568393],
    "resid_pearson": [-0.74303384704022513, 0.55860321661934398, -0.097849944626190427],
    "resid_deviance": [-1.0508085437865422, 0.50521427887255721, -0.098766746651766393],
    "resid_working": [-1, 0.73600102854957694, -0.054920456480778465],
    "fittedvalues": [0.55209929784739675, 0.57603652506790082, 3.1743359811056839],
}
CLOTTING = {"u": [5, 10, 15, 20, 30, 40, 60, 80, 100], "lot1": [118, 58, 42, 35, 27, 25, 21, 19, 18]}


def close(actual, expected, tolerance=1e-9):
    np.testing.assert_allclose(np.asarray(actual, dtype=float), expected, rtol=tolerance, atol=1e-12)


@pytest.mark.parametrize("name", POISSON)
def test_coefficients(model, name):
    close(getattr(model, name), POISSON[name], 1e-7)


@pytest.mark.parametrize("name", POISSON_FIGURES)
def test_figures(model, name):
    close(getattr(model, name), POISSON_FIGURES[name])


@pytest.mark.parametrize("name", POISSON_ROWS)
def test_rows(model, name):
    close(getattr(model, name)[:3], POISSON_ROWS[name], 1e-8)


def test_intervals_are_wald_intervals(model):
    interval = model.conf_int()
    assert interval.shape == (4, 2)
    close(interval[1], [-0.8256987029182300, 2.4539630468643714], 1e-7)


def test_covariance(model):
    covariance = model.cov_params()
    expected = [[5.07269995893824621, -0.50536281942973604], [-0.50536281942973604, 0.70000627984367614]]
    close(covariance[:2, :2], expected, 1e-7)
    assert bits(covariance) == bits(covariance.T)


def test_names_and_words(model):
    assert model.param_names == ["(Intercept)", "areaB", "areaC", "log(age)"]
    assert (model.family, model.link, model.status, model.converged) == ("poisson", "log", "converged", True)
    assert model.formula == "claims ~ area + log(age)"
    assert isinstance(model.n_iter, int)
    assert model.n_iter < 10
    assert model.warnings == []
    assert model.llf_reason == ""


def test_predict_reads_the_exposure_of_the_new_rows(model):
    new = {"area": ["A", "C"], "age": [20, 70], "years": [1, 0.5]}
    close(model.predict(new), [0.5155111534435064, 2.3801476414008853])
    close(model.predict(new, type="link"), np.log([0.5155111534435064, 2.3801476414008853]))
    one_year = model.predict(new, exposure=1)
    close(one_year, [0.5155111534435064, 2 * 2.3801476414008853])
    assert bits(model.predict({"area": ["A", "C"], "age": [20, 70]}, exposure=[1, 1])) == bits(one_year)
    assert bits(model.predict({**new, "one": [1, 1]}, exposure="one")) == bits(one_year)


def test_predict_without_data_gives_the_rows_of_the_fit(model, motor):
    assert bits(model.predict()) == bits(model.fittedvalues) == bits(model.predict(motor))
    assert bits(model.predict(type="link")) == bits(model.predict(motor, type="link"))
    close(model.predict(exposure=1) * np.asarray(MOTOR["years"]), model.fittedvalues)


def test_predict_gives_nan_where_a_predictor_is_missing(model):
    predicted = model.predict({"area": ["A", None, "B"], "age": [20.0, 30.0, np.nan], "years": [1, 1, 1]})
    assert np.isnan(predicted).tolist() == [False, True, True]


def test_predict_with_unseen_levels(model):
    new = {"area": ["A", "Z"], "age": [20, 20], "years": [1, 1]}
    assert np.isnan(model.predict(new, unseen="missing")).tolist() == [False, True]
    reference = model.predict(new, unseen="reference")
    assert reference[0] == reference[1]


def test_gamma_with_inverse_link():
    # McCullagh and Nelder (1989), 8.4.2; glm(lot1 ~ log(u), Gamma)
    model = deciban.fit_glm("lot1 ~ log(u)", CLOTTING, "gamma", link="inverse")
    close(model.params, [-0.016554381726200273, 0.015343114910324664])
    close(model.bse, [0.00092754913862415040, 0.00041495964266633455], 1e-7)
    close(model.tvalues, [-17.847444449957305, 36.974956918068123], 1e-7)
    close(model.pvalues, [4.2792295935531796e-07, 2.7511909097892766e-09], 1e-6)
    close(
        model.conf_int(), [[-0.018747686913934938, -0.014361076538465609], [0.014361891275843574, 0.016324338544805753]]
    )
    close([model.deviance, model.null_deviance], [0.016729715178483769, 3.5128262638285168])
    close([model.aic, model.bic, model.llf], [37.989923949554488, 38.581597681563146, -15.994961974777244])
    close([model.scale, model.pearson_chi2], [0.0024460362422595939, 0.017122253694653089])
    close(model.resid_deviance[:3], [-0.04008348908851872, 0.086411183195461053, 0.049008960484319339], 1e-8)
    close(model.resid_working[:3], [0.00032191139644556998, -0.0016693836480785249, -0.0012450988955271423], 1e-8)


WEIGHTED = {"y": [1.2, 3.4, 2.2, 5.9, 4.1, 6.3], "x": [1, 2, 3, 4, 5, 6], "w": [1, 2, 1, 0.5, 1, 3]}


@pytest.mark.parametrize(
    "weights", ["w", "exp(log(w))", WEIGHTED["w"], np.asarray(WEIGHTED["w"]), tuple(WEIGHTED["w"])]
)
def test_weights_as_name_expression_or_vector(weights):
    # glm(y ~ x, weights = w)
    model = deciban.fit_glm("y ~ x", WEIGHTED, "gaussian", weights=weights)
    close(model.params, [0.88971428571428479, 0.86628571428571444])
    close([model.deviance, model.aic, model.scale], [5.7654857142857141, 21.689429709018725, 1.4413714285714285])
    close(model.resid_pearson[:3], [-0.55599999999999938, 1.0998540905084475, -1.2885714285714278])


def test_matrix():
    X = np.column_stack([np.ones(6), WEIGHTED["x"]])
    formula = deciban.fit_glm("y ~ x", WEIGHTED, "gaussian", weights="w")
    model = deciban.fit_glm_xy(X, WEIGHTED["y"], "gaussian", weights=WEIGHTED["w"])
    assert model.param_names == ["x1", "x2"]
    close(model.params, formula.params, 1e-13)
    other = deciban.fit_glm_xy(X[:, 1:], WEIGHTED["y"], "gaussian", weights=WEIGHTED["w"], intercept=True)
    assert other.param_names == ["(Intercept)", "x1"]
    assert bits(other.params) == bits(formula.params)
    close(model.fittedvalues, formula.fittedvalues, 1e-13)
    assert bits(model.predict(X)) == bits(model.predict(X.tolist())) == bits(model.fittedvalues)
    assert bits(model.residuals("pearson")) == bits(model.resid_pearson)


@pytest.mark.parametrize("order", ["C", "F", "strided", "transposed", "reversed"])
@pytest.mark.parametrize("dtype", ["float64", "float32", "int64", "int8"])
def test_matrix_of_any_memory_order(order, dtype):
    rng = np.random.default_rng(1)
    X = rng.integers(0, 5, size=(40, 3)).astype(dtype)
    y = rng.poisson(1.0, 40)
    expected = deciban.fit_glm_xy(np.ascontiguousarray(X, dtype="float64"), y, "poisson", intercept=True).params
    if order == "strided":
        wide = np.zeros((80, 6), dtype=dtype)
        wide[::2, ::2] = X
        X = wide[::2, ::2]
    elif order == "transposed":
        X = np.ascontiguousarray(X.T).T
    elif order == "reversed":
        X = np.ascontiguousarray(X[::-1])[::-1]
    else:
        X = np.array(X, order=order)
    assert bits(deciban.fit_glm_xy(X, y, "poisson", intercept=True).params) == bits(expected)


def test_matrix_from_a_data_frame():
    pd = library("pandas")
    X = pd.DataFrame({"one": np.ones(6), "x": WEIGHTED["x"]}, index=list("fedcba"))
    model = deciban.fit_glm_xy(X, pd.Series(WEIGHTED["y"]), "gaussian")
    assert list(model.params.index) == ["one", "x"]
    assert list(model.fittedvalues.index) == list("fedcba")
    assert bits(model.predict(X[["x", "one"]])) == bits(model.fittedvalues)
    numbered = deciban.fit_glm_xy(X.set_axis([0, 1], axis=1), WEIGHTED["y"], "gaussian")
    assert numbered.param_names == ["0", "1"]
    assert bits(numbered.predict(X.set_axis([0, 1], axis=1))) == bits(model.fittedvalues)


def test_rows_dropped_for_missing_values(motor):
    data = {**motor, "age": np.where(np.arange(12) == 3, np.nan, motor["age"])}
    omit, exclude = fit(data), fit(data, na_action="exclude")
    assert omit.nobs == exclude.nobs == 11
    assert len(omit.resid_deviance) == 11
    assert np.isnan(exclude.resid_deviance).tolist() == [row == 3 for row in range(12)]
    assert bits(omit.params) == bits(exclude.params)


def test_freq_weights_count_rows():
    short = {"y": [1.0, 3.0, 2.0, 5.0], "x": [0, 1, 1, 2], "n": [2, 1, 3, 1]}
    long = {"y": np.repeat(short["y"], short["n"]), "x": np.repeat(short["x"], short["n"])}
    counted, repeated = (
        deciban.fit_glm("y ~ x", short, "gaussian", freq_weights="n"),
        deciban.fit_glm("y ~ x", long, "gaussian"),
    )
    assert counted.nobs == repeated.nobs == 7
    close(counted.bse, repeated.bse)
    close(counted.llf, repeated.llf)


def test_plain_functions_are_the_methods(model):
    assert (deciban.coef_table(model, 0.9)["lower"] == model.coef_table(0.9)["lower"]).all()
    assert deciban.relativities(model).keys() == model.relativities().keys()
    assert repr(deciban.actual_expected(model)) == repr(model.actual_expected())
    assert deciban.model_to_json(model) == model.to_json()


def test_log_likelihood_that_does_not_exist_is_nan_with_a_reason(motor):
    model = fit(motor, family="quasipoisson")
    assert np.isnan([model.llf, model.aic, model.bic]).all()
    assert model.llf_reason


def test_family_parameters_are_kept(motor):
    model = fit(motor, family="negative_binomial", theta=2)
    assert model.family == "negative_binomial"
    assert 2.0 in model.family_parameters.values()
    assert (model.theta, model.theta_se, model.var_power, model.var_power_interval) == (2.0, None, None, None)


def test_theta_is_estimated_when_it_is_left_out():
    portfolio = deciban.simulate_portfolio(3000, seed=5)
    model = deciban.fit_glm("claim_count ~ vehicle_gas", portfolio, "negative_binomial")
    assert 0 < model.theta_se < model.theta < np.inf
    given = deciban.fit_glm("claim_count ~ vehicle_gas", portfolio, "negative_binomial", theta=model.theta)
    assert bits(given.params) == bits(model.params)
    assert given.llf == model.llf
    assert given.aic == model.aic - 2
    assert "maximum likelihood, std. error" in str(model.summary())
    loaded = deciban.model_from_json(model.to_json())
    assert (loaded.theta, loaded.theta_se) == (model.theta, model.theta_se)


def test_theta_is_infinite_without_overdispersion():
    data = {"n": [0, 1, 2, 1, 0, 3], "x": [1, 2, 3, 4, 5, 6.5]}
    with pytest.warns(deciban.DecibanWarning, match="theta is infinite"):
        model = deciban.fit_glm("n ~ x", data, "negative_binomial")
    poisson = deciban.fit_glm("n ~ x", data, "poisson")
    assert model.theta == np.inf
    assert np.isnan(model.theta_se)
    assert bits(model.params) == bits(poisson.params)
    assert deciban.model_from_json(model.to_json()).theta == np.inf


def test_var_power_is_estimated_when_it_is_left_out():
    portfolio = deciban.simulate_portfolio(4000, seed=3)
    rate = np.asarray(portfolio["claim_amount"]) / np.asarray(portfolio["exposure"])

    def tweedie(power=None):
        return deciban.fit_glm("rate ~ gas", data, "tweedie", weights="w", var_power=power)

    data = {"rate": rate, "gas": portfolio["vehicle_gas"], "w": np.asarray(portfolio["exposure"])}
    model = tweedie()
    lower, upper = model.var_power_interval
    assert 1 < lower < model.var_power < upper < 2
    assert tweedie(model.var_power).llf == model.llf
    for end in (lower, upper):
        close(2 * (model.llf - tweedie(end).llf), 3.841458820694124, 1e-7)
    loaded = deciban.model_from_json(model.to_json())
    assert loaded.var_power_interval == model.var_power_interval
    assert loaded.scale_ml == model.scale_ml


def test_printing(model, capsys):
    assert repr(model).splitlines()[0] == "Generalized linear model: poisson family, log link"
    summary = model.summary()
    assert str(summary) == repr(summary) == summary.as_text()
    assert "areaC" in str(summary)
    assert "*" in str(summary)
    assert summary._repr_html_().startswith("<div class=\"deciban-summary\">")
    assert "Pr(&gt;|z|)" in summary._repr_html_()
    assert "lower 90%" in str(model.summary(level=0.9))
    assert capsys.readouterr() == ("", "")


def test_pickle_goes_through_the_document(model, motor, raises):
    again = pickle.loads(pickle.dumps(model))
    assert again.to_json() == model.to_json()
    assert bits(again.predict(motor)) == bits(model.fittedvalues)
    assert isinstance(again.relativities(), deciban.Table)
    with raises(deciban.DataError, "model.no_data"):
        again.fittedvalues
    assert bits(copy.deepcopy(model).fittedvalues) == bits(model.fittedvalues)
    assert copy.copy(model) is model


def test_the_signature_is_the_public_one():
    expected = (
        "formula, data, family, link=None, weights=None, exposure=None, offset=None, var_power=None, theta=None, "
        "variance=None, freq_weights=None, contrasts=None, na_action='omit', unseen='error', vcov='model', "
        "rank_tol=1e-07, max_iter=100, strict=False, n_threads=None"
    )
    parameters = inspect.signature(deciban.fit_glm).parameters.values()
    plain = [p.name if p.default is p.empty else f"{p.name}={p.default!r}" for p in parameters]
    assert ", ".join(plain) == expected
