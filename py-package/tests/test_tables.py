"""Result tables in each library, and the synthetic portfolio."""

import numpy as np
import pytest
from conftest import bits, fit, library

import deciban
from deciban import InputError

COLUMNS = {
    "coef_table": ["term", "estimate", "std_error", "statistic", "p_value", "lower", "upper"],
    "relativities": ["term", "level", "rows", "exposure", "claims", "observed", "relativity", "lower", "upper", "base"],
    "actual_expected": ["term", "level", "rows", "exposure", "observed", "fitted", "ratio"],
}


@pytest.mark.parametrize("name", COLUMNS)
def test_columns(model, name):
    table = getattr(model, name)()
    assert isinstance(table, deciban.Table)
    assert list(table) == COLUMNS[name]
    assert len({len(column) for column in table.values()}) == 1


def test_relativities(model):
    table = model.relativities()
    assert table["term"].tolist() == ["area", "area", "area", "log(age)"]
    assert table["level"].tolist() == ["A", "B", "C", ""]
    assert table["base"].tolist() == [True, False, False, False]
    assert table["rows"].tolist() == [4, 4, 4, 12]
    np.testing.assert_allclose(table["exposure"], [2.85, 3.15, 4.0, 10.0])
    assert table["claims"].tolist() == [2, 5, 14, 21]
    np.testing.assert_allclose(table["observed"], [2 / 2.85, 5 / 3.15, 14 / 4, 21 / 10])
    np.testing.assert_allclose(table["relativity"][1:], np.exp(model.params[1:]))
    assert table["relativity"][0] == table["lower"][0] == table["upper"][0] == 1.0


def test_actual_expected(model):
    table = model.actual_expected()
    assert table["term"][-1] == "(Total)"
    np.testing.assert_allclose(table["ratio"], 1.0)  # the fit of a factor balances its levels
    np.testing.assert_allclose(table["observed"], [2, 5, 14, 21])


def test_printing_a_table(model):
    lines = repr(model.coef_table()).splitlines()
    assert lines[0].split() == COLUMNS["coef_table"]
    assert len(lines) == 5
    assert repr(deciban.Table()) == ""
    long = deciban.Table(n=np.arange(100), word=np.asarray(["w"] * 100, dtype=object))
    assert repr(long).splitlines()[-1] == "... 100 rows in all"
    changed = model.coef_table()
    changed["estimate"] = changed["estimate"] * 0
    assert repr(changed) != repr(model.coef_table())


@pytest.mark.parametrize("name", COLUMNS)
def test_each_library_has_the_same_values(model, motor, name):
    plain = getattr(model, name)()
    lists = {key: list(values) for key, values in motor.items()}
    frames = [library("pandas").DataFrame(lists), library("polars").DataFrame(lists), library("pyarrow").table(lists)]
    for frame in frames:
        table = getattr(fit(frame), name)()
        assert list(getattr(table, "column_names", table.columns)) == COLUMNS[name]
        for column in COLUMNS[name]:
            values = np.asarray(table[column])
            if plain[column].dtype.kind == "f":
                assert bits(values) == bits(plain[column])
            else:
                assert values.tolist() == plain[column].tolist()


def test_the_portfolio_is_the_same_in_each_library():
    plain = deciban.simulate_portfolio(2000, seed=9, frame="dict")
    assert list(plain) == [
        "policy_id", "area", "vehicle_brand", "vehicle_gas", "region", "vehicle_power", "vehicle_age", "driver_age",
        "bonus_malus", "density", "exposure", "claim_count", "claim_amount",
    ]  # fmt: skip
    models = []
    for name in ("dict", "pandas", "polars", "pyarrow"):
        if name != "dict":
            library(name)
        frame = deciban.simulate_portfolio(2000, seed=9, frame=name)
        for column in plain:
            assert np.asarray(frame[column]).tolist() == plain[column].tolist()
        models.append(
            deciban.fit_glm("claim_count ~ vehicle_gas + log(density)", frame, "poisson", exposure="exposure")
        )
    assert len({model.to_json() for model in models}) <= 2  # a declared order of levels is part of the model
    assert len({tuple(bits(model.params)) for model in models}) == 1


def test_the_first_policies_do_not_depend_on_n():
    short, long = (deciban.simulate_portfolio(n, seed=1, frame="dict") for n in (100, 50_000))
    for name, values in short.items():
        assert values.tolist() == long[name][:100].tolist()
    other = deciban.simulate_portfolio(100, seed=2, frame="dict")
    assert other["exposure"].tolist() != short["exposure"].tolist()
    assert len(deciban.simulate_portfolio(0, frame="dict")["area"]) == 0


def test_the_portfolio_has_the_true_coefficients():
    truth = deciban.portfolio_truth(frame="dict")
    assert list(truth) == ["model", "term", "level", "coefficient"]
    data = deciban.simulate_portfolio(200_000, seed=3, frame="dict")
    model = deciban.fit_glm(
        "claim_count ~ area + vehicle_brand + vehicle_gas + region + vehicle_power + vehicle_age + driver_age"
        " + bonus_malus + log(density)",
        data,
        "poisson",
        exposure="exposure",
    )
    fitted = dict(zip(model.param_names, zip(model.params, model.bse)))
    checked = 0
    for kind, term, level, coefficient in zip(*truth.values()):
        name = f"{term}{level}"
        if kind == "frequency" and name in fitted and term != "(Intercept)":
            estimate, error = fitted[name]
            assert abs(estimate - coefficient) < 5 * error, name
            checked += 1
    assert checked > 20


def test_the_library_of_the_portfolio(raises):
    pd = library("pandas")
    frame = deciban.simulate_portfolio(10)
    assert isinstance(frame, pd.DataFrame)
    assert isinstance(frame["area"].dtype, pd.CategoricalDtype)
    assert isinstance(deciban.portfolio_truth(), pd.DataFrame)
    with raises(InputError, "input.frame"):
        deciban.simulate_portfolio(10, frame="arrow")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"n": -1}, "input.rows"),
        ({"n": 2**31}, "input.rows"),
        ({"n": 2**70}, "input.argument_type"),
        ({"n": 1.5}, "input.argument_type"),
        ({"n": "5"}, "input.argument_type"),
        ({"n": True}, "input.argument_type"),
        ({"n": 5, "seed": -1}, "input.seed"),
        ({"n": 5, "seed": "x"}, "input.argument_type"),
        ({"n": 5, "n_threads": 0}, "input.n_threads"),
    ],
)
def test_wrong_arguments_of_the_portfolio(arguments, code, raises):
    with raises(InputError, code):
        deciban.simulate_portfolio(**arguments)


def test_numbers_of_rows_from_numpy_or_as_floats():
    for n in (np.int32(7), np.float64(7), 7.0):
        assert len(deciban.simulate_portfolio(n, frame="dict")["area"]) == 7
