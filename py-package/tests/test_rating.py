"""Rating tables, collinearity and aliased coefficients: R's figures (fixtures/rating), properties, bad input."""

import itertools
import json
import warnings

import numpy as np
import pytest

import deciban

pandas = pytest.importorskip("pandas")
from conftest import bits
from inference_cases import trouble
from test_fixtures import FIXTURES, read_data

CASES = sorted(path.stem for path in (FIXTURES / "rating").glob("*.json"))


def test_cases_are_found():
    assert len(CASES) >= 10


@pytest.mark.parametrize("name", CASES)
def test_figures_equal_those_of_r(name):
    case = json.loads((FIXTURES / "rating" / f"{name}.json").read_text(encoding="utf-8"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", deciban.DecibanWarning)
        model = deciban.fit_glm(data=read_data(case["data"]), **case["arguments"])
    for table in case["tables"]:
        got = model.rating_table(**table["arguments"])
        expected = table["expected"]
        assert got["base"].tolist() == expected["base"]
        for column in ("relativity", "lower", "upper"):
            assert not trouble(got[column], expected[column], 0.0, f"{table['arguments']} {column}")
    if case["vif"]:
        got = model.vif()
        assert got["df"].tolist() == case["vif"]["df"]
        for column in ("gvif", "gvif_scaled"):
            # beside an interaction the correlation matrix is nearly singular: its condition is the loss of digits
            relative = 1e-8 if max(case["vif"]["gvif"]) < 1e3 else 1e-6
            assert not trouble(got[column], case["vif"][column], 0.0, column, relative)


@pytest.fixture(scope="module")
def portfolio():
    data = deciban.simulate_portfolio(4000, seed=9, frame="pandas")
    data["claim_count"] += data["policy_id"] % 5 == 0
    return data


FORMULA = (
    "claim_count ~ area * vehicle_gas + bs(driver_age, df = 4) + vehicle_gas:ns(vehicle_age, df = 2) + bonus_malus"
)


@pytest.fixture(scope="module")
def model(portfolio):
    return deciban.fit_glm(FORMULA, portfolio, "poisson", exposure="exposure")


def test_tables_multiply_to_the_mean(portfolio, model):
    rows = portfolio.iloc[[3, 77, 1200, 3999]]
    predicted = model.predict(rows, exposure=1.0)
    product = np.ones(len(rows))
    for term in deciban.design_info(model)["term"][1:]:
        tables = [
            model.rating_table(
                term,
                at={name: [float(row[name])] for name in ("driver_age", "vehicle_age", "bonus_malus") if name in term}
                or None,
                base={
                    name: value
                    for name, value in (("driver_age", 40), ("vehicle_age", 5), ("bonus_malus", 50))
                    if name in term
                }
                or None,
            )
            for _, row in rows.iterrows()
        ]
        for i, (table, (_, row)) in enumerate(zip(tables, rows.iterrows())):
            keep = np.ones(len(table), dtype=bool)
            for name in ("area", "vehicle_gas"):
                if name in table:
                    keep &= (table[name] == row[name]).to_numpy()
            assert keep.sum() == 1
            product[i] *= table["relativity"].to_numpy()[keep][0]
    ratio = predicted.to_numpy() / product
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-11)


def test_a_factor_has_the_rows_of_relativities(portfolio):
    model = deciban.fit_glm("claim_count ~ area + region", portfolio, "poisson", exposure="exposure")
    shown = model.relativities()
    for term in ("area", "region"):
        ours, theirs = model.rating_table(term), shown[shown["term"] == term]
        assert ours[term].tolist() == theirs["level"].tolist()
        for column in ("rows", "exposure", "claims", "observed", "base"):
            assert ours[column].tolist() == theirs[column].tolist()
        for column in ("relativity", "lower", "upper"):
            np.testing.assert_allclose(ours[column], theirs[column], rtol=1e-14)


def test_cells_of_an_interaction_know_their_totals(portfolio, model):
    table = model.rating_table("vehicle_gas:area")
    for level, gas in itertools.product("AF", ("Diesel", "Regular")):
        inside = portfolio[(portfolio["area"] == level) & (portfolio["vehicle_gas"] == gas)]
        row = table[(table["area"] == level) & (table["vehicle_gas"] == gas)].iloc[0]
        assert row["rows"] == len(inside)
        assert row["exposure"] == pytest.approx(inside["exposure"].sum(), rel=1e-12)
        assert row["claims"] == pytest.approx(inside["claim_count"].sum(), rel=1e-12)
        assert row["observed"] == pytest.approx(inside["claim_count"].sum() / inside["exposure"].sum(), rel=1e-12)
    again = deciban.model_from_json(model.to_json()).rating_table("area:vehicle_gas")
    assert list(again.columns) == ["area", "vehicle_gas", "relativity", "lower", "upper", "base"]
    wide = model.rating_table("area:vehicle_gas", wide=True)
    assert wide["Regular"].tolist() == table["relativity"][table["vehicle_gas"] == "Regular"].tolist()


def test_terms_are_found_by_their_variables(model):
    assert model.rating_table("driver_age").equals(model.rating_table("bs(driver_age, df = 4)"))
    assert len(model.rating_table("vehicle_age:vehicle_gas", points=7)) in (14, 16)


def test_the_base_has_relativity_one_and_no_width(model):
    table = model.rating_table("driver_age", base=31.5)
    row = table[table["base"]]
    assert row["driver_age"].tolist() == [31.5]
    assert (row[["relativity", "lower", "upper"]] == 1.0).all(axis=None)


def test_links_without_factors_have_effects(portfolio):
    model = deciban.fit_glm("claim_amount ~ area", portfolio, "gaussian")
    table = model.rating_table("area", scale="link")
    np.testing.assert_allclose(table["effect"][1:], model.params[1:], rtol=1e-15)
    np.testing.assert_allclose(table["lower"][1:], model.conf_int()["lower"][1:], rtol=1e-12)


@pytest.mark.parametrize("n_threads", [1, 2, 3])
def test_threads_do_not_change_bits(portfolio, model, n_threads, monkeypatch):
    monkeypatch.setenv("DECIBAN_NUM_THREADS", str(n_threads))
    table = model.rating_table("area:vehicle_gas")
    monkeypatch.setenv("DECIBAN_NUM_THREADS", "1")
    for column in ("exposure", "observed", "relativity", "upper"):
        assert bits(table[column]) == bits(model.rating_table("area:vehicle_gas")[column])


@pytest.mark.parametrize("name", ["polars", "pyarrow"])
def test_tables_come_in_the_callers_library(portfolio, name):
    library = pytest.importorskip(name)
    data = library.from_pandas(portfolio) if name == "polars" else library.Table.from_pandas(portfolio)
    model = deciban.fit_glm("claim_count ~ area", data, "poisson")
    kind = library.DataFrame if name == "polars" else library.Table
    for table in (model.rating_table("area"), model.vif(), model.aliased()):
        assert isinstance(table, kind)


def test_aliased_coefficients_are_named():
    data = {"y": [1, 2, 3, 4, 2], "x": [1.0, 2.0, 3.0, 4.0, 5.0], "z": [2.0, 4.0, 6.0, 8.0, 10.0], "f": list("aabbc")}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = deciban.fit_glm("y ~ x + z + f + f:x", data, "poisson")
    found = model.aliased()
    named = dict(zip(found["coefficient"].tolist(), found["whole_term"].tolist()))
    missing = [name for name, value in zip(model.param_names, np.isnan(model.params)) if value]
    assert list(named) == missing and named["z"] is True
    assert np.isnan(model.rating_table("z", at=[1.0, 2.0])["relativity"][0])
    gvif = dict(zip(model.vif()["term"].tolist(), model.vif()["gvif"].tolist()))
    assert np.isnan(gvif["z"]) and np.isfinite(gvif["f"])


def test_vif_without_intercept_warns(portfolio):
    model = deciban.fit_glm("claim_count ~ 0 + area + bonus_malus", portfolio, "poisson")
    with pytest.warns(deciban.DecibanWarning, match="no intercept") as caught:
        model.vif()
    assert caught[0].message.code == "vif.no_intercept"


def test_bad_input_by_code(portfolio, model, raises):
    bad = [
        ("rating_table.term", {"term": "aera"}),
        ("rating_table.term", {"term": "vehicle_gas:driver_age"}),
        ("rating_table.at", {"term": "driver_age", "at": ["old"]}),
        ("rating_table.at", {"term": "driver_age", "at": [np.nan]}),
        ("rating_table.at", {"term": "driver_age", "at": {"age": [3.0]}}),
        ("rating_table.at", {"term": "area:vehicle_gas", "at": [3.0]}),
        ("rating_table.base", {"term": "area:vehicle_gas", "base": {"area": "Z"}}),
        ("rating_table.base", {"term": "area:vehicle_gas", "base": "A"}),
        ("rating_table.base", {"term": "driver_age", "base": "old"}),
        ("rating_table.wide", {"term": "bonus_malus", "wide": True}),
        ("rating_table.cells", {"term": "vehicle_gas:vehicle_age", "points": 1_000_000}),
        ("input.scale", {"term": "bonus_malus", "scale": "log"}),
        ("input.level", {"term": "bonus_malus", "level": 1.0}),
        ("input.argument", {"term": "bonus_malus", "points": 1}),
    ]
    for code, arguments in bad:
        with raises(deciban.InputError, code):
            model.rating_table(**arguments)
    with raises(deciban.InputError, "relativities.link"):
        deciban.fit_glm("claim_count ~ area", portfolio, "gaussian").rating_table("area")
    with raises(deciban.InputError, "rating_table.at"):
        deciban.model_from_json(model.to_json()).rating_table("bonus_malus")
    with raises(deciban.InputError, "input.argument_type"):
        deciban.rating_table("model", "area")
