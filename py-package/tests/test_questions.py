"""Walks fixtures/tests: what R says of tests and profile intervals, asked of the public functions."""

import json
import warnings
from functools import lru_cache

import numpy as np
import pytest
from test_fixtures import DATA, FIXTURES, number, read_data

import deciban

CASES = sorted(path.stem for path in (FIXTURES / "tests").glob("*.json"))


def read_json(path):
    return json.loads(path.read_text(encoding="utf-8"))


@lru_cache(maxsize=2)
def source(fit):
    case = read_json(FIXTURES / "glm" / f"{fit}.json")
    return case["arguments"], read_data(case["data"])


def fitted(fit, formula):
    arguments, data = source(fit)
    return deciban.fit_glm(**{**arguments, "formula": formula}, data=data)


def answer(model, question, others):
    arguments = dict(question["arguments"])
    if question["function"] == "confint":
        limits = model.conf_int(arguments["level"], method="profile").loc[arguments["parm"]]
        return {"lower": limits["lower"], "upper": limits["upper"]}
    return getattr(model, question["function"])(*others, **arguments)


def trouble(case, question):
    model = fitted(case["fit"], question.get("formula", case["formula"]))
    others = [fitted(case["fit"], formula) for formula in question.get("others", ())]
    got = answer(model, question, others)
    for column, expected in question["expected"].items():
        if column == "term":
            continue
        values = np.asarray(got[column], dtype=float)
        if "term" in question["expected"]:
            order = [same_term(label, got["term"]) for label in question["expected"]["term"]]
            values = values[order]
        allowed = question["allowed"].get(column, [0.0] * len(expected))
        for row, (value, right, margin) in enumerate(zip(values, expected, allowed, strict=True)):
            right = number(right)
            same = np.isnan(value) and np.isnan(right) or value == right
            if not same and not abs(value - right) <= number(margin):
                yield f"{question['function']} {question['arguments']} {column}[{row}]: {value!r}, expected {right!r}"


def same_term(label, terms):
    """The row of a term, whose variables R may have in another order."""
    return [sorted(str(term).split(":")) for term in terms].index(sorted(label.split(":")))


def test_there_are_cases():
    assert len(CASES) >= 20


@pytest.mark.parametrize("name", CASES)
def test_answers_are_those_of_r(name):
    case = read_json(FIXTURES / "tests" / f"{name}.json")
    if "prepared" in read_json(FIXTURES / "glm" / f"{case['fit']}.json")["data"] and not DATA:
        pytest.skip("DECIBAN_DATA is not set")
    assert case["questions"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", deciban.DecibanWarning)
        lines = [line for question in case["questions"] for line in trouble(case, question)]
    assert not lines, "\n".join(lines)
