"""Linear hypotheses: R's car (fixtures/covariance), properties, bad input."""

import warnings

import numpy as np
import pytest

import deciban

pandas = pytest.importorskip("pandas")
from inference_cases import CASES, DATA, fit_case, read_case, trouble


@pytest.mark.parametrize("name", CASES)
def test_hypotheses_equal_those_of_car(name):
    case = read_case(name)
    if "prepared" in case["data"] and not DATA:
        pytest.skip("DECIBAN_DATA is not set")
    model = fit_case(case)[0]
    assert case["hypotheses"]
    warnings.simplefilter("ignore", deciban.DecibanWarning)
    for vcov in {expected["vcov"] for expected in case["hypotheses"]}:
        robust = model.with_vcov(vcov)
        for expected in (one for one in case["hypotheses"] if one["vcov"] == vcov):
            got = robust.linear_hypothesis(expected["hypotheses"], test=expected["test"])
            assert got.df == expected["df"] and got.vcov_type == vcov
            what = f"{vcov} {expected['hypotheses']} {expected['test']}"
            assert not trouble([got.statistic], [expected["statistic"]], 1e-6, what)
            # a p-value moves by statistic / 2 times the relative error of the statistic
            assert not trouble([got.p_value], [expected["p_value"]], 1e-300, what, 1e-8 * (1 + got.statistic * got.df))
    for kind in ("model", "HC3"):
        table = model.term_tests(vcov=kind, test="Chisq").query("df > 0")  # car knows no term that is aliased
        assert list(table["term"]) == [term["term"] for term in case["terms"]]
        assert list(table["df"]) == [term["df"] for term in case["terms"]]
        assert not trouble(table["statistic"], [term[kind] for term in case["terms"]], 0.0, f"terms, {kind}")


@pytest.fixture(scope="module")
def model():
    data = pandas.DataFrame(deciban.simulate_portfolio(2000, seed=8))
    return deciban.fit_glm(
        "claim_count ~ area + log(density) + bs(driver_age, df = 4) + vehicle_gas", data, "quasipoisson"
    )


def test_one_coefficient_is_its_t_test(model):
    for j, name in enumerate(model.param_names):
        test = model.wald_test(name)
        np.testing.assert_allclose(test.statistic, np.asarray(model.tvalues)[j] ** 2, rtol=1e-12)
        np.testing.assert_allclose(test.p_value, np.asarray(model.pvalues)[j], rtol=1e-9)
        np.testing.assert_allclose(test.conf_int()[0], np.asarray(model.conf_int())[j], rtol=1e-12)
        assert test.test == "F" and test.df == 1


def test_texts_and_matrices_mean_the_same(model):
    names = model.param_names
    L = np.zeros((2, len(names)))
    L[0, names.index("areaB")], L[0, names.index("areaC")] = 1.0, -1.0
    L[1, names.index("log(density)")], L[1, names.index("bs(driver_age, df = 4)2")] = 2.0, 0.5
    texts = ["areaB = areaC", "2 * log(density) + bs(driver_age, df = 4)2 / 2 = 0.25"]
    wanted = model.wald_test(L, [0.0, 0.25])
    spellings = [
        texts,
        ", ".join(texts),
        ["areaB - `areaC`", "0.5 `bs(driver_age, df = 4)2` + (log(density) + log(density)) == 1/4"],
        ["-(areaC - areaB) + 1 = 1", "2*log(density) - 0.25 = -5e-1 * bs(driver_age, df = 4)2"],
    ]
    for spelling in spellings:
        got = model.linear_hypothesis(spelling)
        assert got.statistic == wanted.statistic and got.p_value == wanted.p_value
        assert list(got.summary_frame()["hypothesis"]) == list(wanted.summary_frame()["hypothesis"])
    assert model.wald_test(["areaB = areaC"], rhs=0.0).statistic == model.wald_test("areaB = areaC").statistic
    mixed = np.array([[1.0, 2.0], [0.0, 3.0]])  # another way to say the same
    again = model.wald_test(mixed @ L, mixed @ [0.0, 0.25])
    np.testing.assert_allclose(again.statistic, wanted.statistic, rtol=1e-10)


def test_printing_and_names(model):
    test = model.wald_test("areaB = areaC", vcov="HC1", test="Chisq")
    assert "areaB - areaC = 0" in str(test) and "HC1" in str(test) and "Chisq" in str(test)
    assert deciban.linear_hypothesis(model, "areaB = areaC", vcov="HC1", test="Chisq").statistic == test.statistic
    frame = model.t_test(["areaB", "areaC"]).summary_frame()
    assert list(frame.columns) == ["hypothesis", "estimate", "std_error", "statistic", "p_value", "lower", "upper"]
    terms = deciban.term_tests(model)
    assert list(terms["term"]) == ["area", "log(density)", "bs(driver_age, df = 4)", "vehicle_gas"]
    joint = model.wald_test([name for name in model.param_names if name.startswith("area")])
    assert terms["statistic"][0] == joint.statistic and terms["df"][0] == joint.df


@pytest.mark.parametrize(
    ("hypotheses", "code"),
    [
        ("areaB = ", "hypothesis.syntax"),
        ("areaB areaC", "hypothesis.syntax"),
        ("(areaB", "hypothesis.syntax"),
        ("areaB ? 2", "hypothesis.syntax"),
        ("`areaB", "hypothesis.syntax"),
        ("areaB = areaC = 0", "hypothesis.syntax"),
        ("areaX = 0", "hypothesis.unknown_name"),
        ("areaBC = 0", "hypothesis.unknown_name"),
        ("areaB * areaC", "hypothesis.not_linear"),
        ("1 / areaB", "hypothesis.not_linear"),
        ("areaB / 0", "hypothesis.not_linear"),
        ("areaB = areaB", "hypothesis.constant"),
        ("1 = 2", "hypothesis.constant"),
        (["areaB", "areaC", "areaB = areaC"], "hypothesis.redundant"),
        ([1.0, 2.0], "hypothesis.dimension"),
        ([[np.nan] * 10], "hypothesis.not_finite"),
        ([], "input.argument"),
        (3.0, "input.argument_type"),
        (["areaB", 2], "input.argument_type"),
    ],
)
def test_bad_hypotheses(model, hypotheses, code):
    if isinstance(hypotheses, list) and hypotheses and isinstance(hypotheses[0], list):
        hypotheses = [[np.nan] * len(model.param_names)]
    with pytest.raises(deciban.InputError) as caught:
        model.wald_test(hypotheses)
    assert caught.value.code == code


def test_other_bad_input(model):
    for call, code in (
        (lambda: model.wald_test("areaB", test="LR"), "input.test"),
        (lambda: model.wald_test("areaB", rhs=[1, 2]), "hypothesis.dimension"),
        (lambda: model.wald_test("areaB", level=1.0), "input.level"),
        (lambda: model.wald_test("areaB", vcov="HC9"), "vcov.unknown"),
        (lambda: deciban.linear_hypothesis(None, "areaB"), "input.argument_type"),
    ):
        with pytest.raises(deciban.InputError) as caught:
            call()
        assert caught.value.code == code


def test_aliased_coefficients():
    data = pandas.DataFrame(deciban.simulate_portfolio(500, seed=8)).assign(twice=lambda d: 2 * d["density"])
    with pytest.warns(deciban.DecibanWarning):
        model = deciban.fit_glm("claim_count ~ density + twice + area", data, "poisson")
    with pytest.raises(deciban.InputError) as caught:
        model.wald_test("twice = 0")
    assert caught.value.code == "hypothesis.aliased"
    table = model.term_tests()
    assert list(table["df"][:2]) == [1, 0] and np.isnan(table["p_value"][1])
