"""Walks fixtures/: every case is one test, as in GoogleTest (tests/core/fixtures) and testthat (test-fixtures.R)."""

import csv
import json
import math
import os
import subprocess
import sys
import warnings
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
import pytest

import deciban

pandas = pytest.importorskip("pandas")

FIXTURES = Path(os.environ.get("DECIBAN_FIXTURES") or Path(__file__).resolve().parents[2] / "fixtures")
DATA = os.environ.get("DECIBAN_DATA")
PREPARED = Path(os.environ.get("DECIBAN_PREPARED") or FIXTURES.parent / "build" / "prepared")
CASES = sorted(
    p.relative_to(FIXTURES).with_suffix("").as_posix()
    for area in ("glm", "errors", "warnings")
    for p in (FIXTURES / area).glob("*.json")
)
FIGURES = {  # field of a case -> property
    "deviance": "deviance",
    "null_deviance": "null_deviance",
    "pearson_chi2": "pearson_chi2",
    "dispersion": "scale",
    "df_residual": "df_resid",
    "rank": "rank",
    "nobs": "nobs",
    "aic": "aic",
    "bic": "bic",
    "log_likelihood": "llf",
    "theta": "theta",
    "theta_std_error": "theta_se",
    "var_power": "var_power",
    "dispersion_ml": "scale_ml",
}


# ---- data


def number(text):
    """A value of a CSV file or of a case; "" is missing."""
    words = {"": math.nan, "TRUE": 1.0, "FALSE": 0.0, "Infinity": math.inf, "-Infinity": -math.inf}
    return words[text] if text in words else float(text)


def column(spec, values):
    """A pandas column of texts, or of NumPy doubles or codes."""
    kind = spec["type"]
    if kind in ("factor", "string"):
        if not isinstance(values, np.ndarray):
            levels = spec.get("levels") or sorted({v for v in values if v}, key=lambda text: text.encode())
            codes = {level: code for code, level in enumerate(levels)}
            values = np.array([codes[v] if v else -1 for v in values], dtype=np.int32)
        else:
            levels = spec["levels"]
        if kind == "factor":
            return pandas.Categorical.from_codes(values, levels)
        return pandas.Series(np.array([*levels, None], dtype=object)[values])
    values = np.array([number(v) for v in values]) if not isinstance(values, np.ndarray) else values
    missing = np.isnan(values).any()
    if kind == "logical":
        return pandas.Series(values).astype("boolean") if missing else values.astype(bool)
    if kind == "integer":
        return pandas.Series(values).astype("Int64") if missing else values.astype(np.int64)
    return values


@lru_cache(maxsize=1)
def csv_columns(path):
    with open(path, newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    return {name: [row[name] for row in rows] for name in rows[0]}


@cache
def prepare(name):
    script = FIXTURES.parent / "tests" / "prepare_data.py"
    subprocess.run([sys.executable, str(script), "--out", str(PREPARED), name], check=True, stdout=subprocess.DEVNULL)
    return json.loads((PREPARED / f"{name}.json").read_text(encoding="utf-8"))


def read_data(data):
    specs = data["columns"]
    if "file" in data:
        texts = csv_columns(FIXTURES / data["file"])
        return pandas.DataFrame({name: column(spec, texts[name]) for name, spec in specs.items()})
    if "prepared" not in data:
        return pandas.DataFrame({name: column(spec, spec["values"]) for name, spec in specs.items()})
    meta, folder = prepare(data["prepared"])["columns"], PREPARED / data["prepared"]
    out = {}
    for name in specs:
        kind, suffix = ("<i4", "i32") if meta[name]["type"] in ("factor", "string") else ("<f8", "f64")
        out[name] = column(meta[name], np.fromfile(folder / f"{name}.{suffix}", dtype=kind))
    return pandas.DataFrame(out)


# ---- comparing

TOLERANCES = json.loads((FIXTURES / "tolerances.json").read_text(encoding="utf-8"))


def tolerance(case, field):
    own = case.get("tolerance", {}).get(field)
    assert own is None or own["reason"], f"the tolerance of {field} lacks a reason"
    return TOLERANCES["classes"][own["class"] if own else TOLERANCES["fields"][field]]


def trouble(case, field, item, got, expected, se=0.0):
    """None when `got` is close enough, else a line that says what differs."""
    rule, got, expected = tolerance(case, field), float(got), number(expected)
    if math.isnan(expected) and math.isnan(got) or got == expected:
        return None
    allowed = rule.get("absolute", 0.0)
    if "standard_errors" in rule:
        allowed = 0.0 if math.isnan(se) else min(allowed, rule["standard_errors"] * se)
    difference = abs(got - expected)
    if math.isfinite(expected) and difference <= max(rule["relative"] * abs(expected), allowed):
        return None
    relative = difference / abs(expected) if expected else math.inf
    in_se = f" ({difference / se:.3g} standard errors)" if se > 0 else ""
    return (
        f"{case['name']}, {field} {item}: got {got!r}, expected {expected!r}, relative difference {relative:.3g}{in_se}"
    )


def differences(case, model, data, vectors):
    expected = case["expected"]
    for field in ("coefficients", "std_errors"):
        if field in expected:
            got = model.params if field == "coefficients" else model.bse
            assert list(model.param_names) == list(expected[field]), f"names of {field}"
            assert list(got.index) == list(model.param_names)
            for name, value in expected[field].items():
                yield trouble(case, field, name, got[name], value, number(expected["std_errors"][name]))
    for field, name in FIGURES.items():
        if field in expected:
            yield trouble(case, field, "", getattr(model, name), expected[field])
    for field, end in (("var_power_lower", 0), ("var_power_upper", 1)):
        if field in expected:
            yield trouble(case, field, "", model.var_power_interval[end], expected[field])
    if "df_null" in expected:
        yield trouble(case, "df_null", "", model.df_resid + model.df_model, expected["df_null"])
    if "fitted" in expected:
        given = {name: values for name, values in vectors.items() if name in ("exposure", "offset")}
        got = np.asarray(model.predict(data, type="response", **given))
        for row, value in zip(expected["fitted"]["rows"], expected["fitted"]["values"]):
            yield trouble(case, "fitted", f"row {row}", got[row - 1], value)
    if "predictions" in expected:
        rows = read_data(expected["predictions"])
        for kind in ("link", "response"):
            got, wanted = np.asarray(model.predict(rows, type=kind)), expected["predictions"][kind]
            assert len(got) == len(wanted)
            for row, value in enumerate(wanted):
                yield trouble(case, "predictions", f"{kind} of row {row + 1}", got[row], value)


def fit(case, data):
    arguments = dict(case["arguments"])
    vectors = {name: data[value["values_of"]] for name, value in arguments.items() if isinstance(value, dict)}
    if "family" not in arguments:
        arguments["family"] = None
    model = deciban.fit_glm(data=data, **{**arguments, **vectors}, n_threads=2)
    return model, vectors


# ---- the tests


def test_cases_are_found():
    for area in ("glm", "errors", "warnings"):
        assert any(name.startswith(f"{area}/") for name in CASES), f"no case in {FIXTURES}/{area}"


@pytest.mark.parametrize("name", CASES)
def test_pandas_fixture(name):
    case = json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))
    assert case["function"] == "fit_glm"
    if "prepared" in case["data"] and not DATA:
        pytest.skip(f"reads {case['data']['prepared']} of DECIBAN_DATA, which is not set")
    data = read_data(case["data"])
    expected = case["expected"]
    if "error" in expected:
        with pytest.raises(deciban.DecibanError) as caught:
            fit(case, data)
        assert caught.value.code == expected["error"], str(caught.value)
        return
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model, vectors = fit(case, data)
    assert model.status == expected["status"]
    codes = [w.message.code for w in caught if isinstance(w.message, deciban.DecibanWarning)]
    assert codes == expected.get("warnings", [])
    found = [line for line in differences(case, model, data, vectors) if line]
    assert not found, "\n".join(found)
