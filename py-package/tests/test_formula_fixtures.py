"""Walks fixtures/formula: what R's terms and model.matrix give for a formula, deciban must give too."""

import datetime
import json
import math
import pathlib

import numpy as np
import pytest
from conftest import library

import deciban
from deciban import _convert, _core

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "fixtures" / "formula"
GROUPS = (
    "operators",
    "contrasts",
    "functions",
    "splines",
    "missing",
    "names",
    "more",
    "extensions",
    "new_data",
    "errors",
)
NUMBERS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf, "NA": math.nan, None: math.nan}


def read(name):
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def walk():
    for group in GROUPS:
        cases = read(group)
        assert cases, f"fixtures/formula/{group}.json holds no case"
        for number, case in enumerate(cases):
            yield pytest.param(case, id=f"{group}-{number}")


def numbers(values):
    return np.array([NUMBERS[value] if value is None or isinstance(value, str) else value for value in values], float)


def column(pandas, kind, described):
    values = described["values"]
    if kind == "text":
        return pandas.Series(values, dtype=object)
    if kind in ("factor", "ordered"):
        return pandas.Categorical(values, categories=described["levels"], ordered=kind == "ordered")
    if kind == "date":
        days = [None if value is None else datetime.date.fromisoformat(value) for value in values]
        return pandas.Series(days, dtype=object)
    if kind == "logical":
        return pandas.array(values, dtype="boolean")
    return numbers(values)


@pytest.fixture(scope="module")
def frames():
    pandas = library("pandas")
    return {
        name: pandas.DataFrame(
            {name: column(pandas, described["type"], described) for name, described in frame["columns"].items()}
        )
        for name, frame in read("frames").items()
    }


def call_arguments(case):
    arguments = dict(case["arguments"] or {})  # R writes an empty list as []
    return {name: value for name, value in arguments.items() if name != "unseen"}


def public(case, data):
    arguments = call_arguments(case)
    if case.get("function") == "fit_glm":
        arguments.setdefault("family", "gaussian")
        return deciban.fit_glm(case["formula"], data, **arguments)
    return deciban.model_matrix(case["formula"], data, **arguments)


def expect_matrix(expected, names, values):
    assert names == expected["column_names"]
    wanted = numbers(expected["values"]).reshape(np.shape(values), order="F")
    assert (np.isnan(wanted) == np.isnan(values)).all()
    with np.errstate(invalid="ignore"):
        difference = np.abs(wanted - values) / np.maximum(1.0, np.abs(wanted))
    assert np.nanmax(difference, initial=0.0) <= 1e-12


def expect_error(case, run):
    code = case["expected"]["error"]
    with pytest.raises(deciban.DecibanError) as caught:
        run()
    assert caught.value.code == code
    if code.startswith("formula."):
        assert isinstance(caught.value, deciban.FormulaError)


def new_matrix(case, data, new):
    arguments = {"formula": case["formula"], **call_arguments(case)}
    learned = _core.learn_design(
        arguments, _convert.columns_of(data, _core.referenced_columns(arguments)), _convert.columns_of_vectors({}), None
    )
    again = _core.design_from_json(learned.to_json())
    given = {"unseen": (case["arguments"] or {}).get("unseen")}
    wanted = [str(name) for name in new.columns]
    return deciban.ModelMatrix(again.model_matrix(given, _convert.columns_of(new, wanted), None), new)


@pytest.mark.parametrize("case", list(walk()))
@pytest.mark.filterwarnings("ignore::deciban.DecibanWarning")
def test_formula_equals_r(case, frames):
    data = frames[case["frame"]]
    expected = case["expected"]

    def run():
        if "new_frame" in case:
            return new_matrix(case, data, frames[case["new_frame"]])
        return public(case, data)

    if "error" in expected:
        expect_error(case, run)
        return
    found = run()
    expect_matrix(expected, found.names, found.values)
    assert found.assign == expected["assign"]
    if "new_frame" not in case:
        assert found.term_labels == expected["term_labels"]
        assert found.rows.tolist() == expected["rows_kept"]
