"""Weight of evidence: what the Python idioms add to the core, the numbers of other packages, the reference data."""

import csv
import gzip
import json
import os
import pickle
import warnings
from pathlib import Path

import numpy as np
import pytest
from conftest import bits, library

import deciban
from deciban import DataError, InputError, NotFittedError, WoeEncoder, WoePreprocessor

FIXTURES = Path(os.environ.get("DECIBAN_FIXTURES", Path(__file__).resolve().parents[2] / "fixtures"))
COMPAT = json.loads((FIXTURES / "woe" / "compat.json").read_text())


def draw(n=400, seed=1):
    rng = np.random.default_rng(seed)
    job = rng.choice(["a", "b", "c"], n, p=[0.6, 0.3, 0.1]).astype(object)
    job[rng.uniform(size=n) < 0.05] = None
    x = np.round(rng.normal(size=n), 2)
    p = 0.2 + 0.3 * (job == "b") + 0.2 * (x > 0.5)
    return {"job": job, "x": x}, (rng.uniform(size=n) < p).astype(int)


@pytest.fixture(scope="module")
def fitted():
    X, y = draw()
    return WoeEncoder().fit(X, y), X, y


@pytest.mark.parametrize("case", COMPAT["cases"], ids=lambda case: f"{case['compat']}-{case['target']}")
def test_compat_modes_give_the_numbers_of_the_packages(case):
    X = {name: COMPAT["data"][name] for name in case["columns"]}
    encoder = WoeEncoder(compat=case["compat"], per_variable=case["per_variable"]).fit(
        X, COMPAT["data"][case["target"]]
    )
    found = encoder.transform(X)
    assert sorted(found) == sorted(case["woe"])
    for name, expected in case["woe"].items():
        np.testing.assert_allclose(found[name], expected, rtol=0, atol=1e-10)
    if "proba" in case:
        np.testing.assert_allclose(encoder.predict_proba(X, warn=False), case["proba"], rtol=0, atol=1e-10)


def reference_variables():
    folder = os.environ.get("DECIBAN_DATA")
    if not folder or not (Path(folder) / "reference_woe.json").exists():
        return []
    data = json.loads((Path(folder) / "reference_woe.json").read_text())["data"]
    return [(one, name) for one in data for name in one["variables"]]


@pytest.mark.skipif(not reference_variables(), reason="DECIBAN_DATA has no reference_woe.json")
def test_reference_data():
    tables = {}
    for one, name in reference_variables():
        if one["file"] not in tables:
            with gzip.open(Path(os.environ["DECIBAN_DATA"]) / one["file"], "rt", newline="") as lines:
                rows = list(csv.DictReader(lines))
            tables[one["file"]] = {key: [row[key] or None for row in rows] for key in rows[0]}
        table, expected = tables[one["file"]], one["variables"][name]
        encoder = WoeEncoder(smoothing=0).fit({name: table[name]}, [float(v) for v in table[one["target"]]])
        found = encoder.get_mapping(name)
        by_level = dict(zip(found["level"], zip(found["events"], found["non_events"], found["woe"])))
        for level, bad, good, woe in zip(expected["levels"], expected["bad"], expected["good"], expected["woe"]):
            events, non_events, value = by_level["missing" if level in ("", None) else str(level)]
            assert (events, non_events) == (bad, good)
            if woe is not None:
                assert value == pytest.approx(woe, abs=1e-10)
        if expected.get("iv_total") is not None:
            assert encoder.get_iv_analysis()["iv"][0] == pytest.approx(expected["iv_total"], abs=1e-10)


@pytest.mark.parametrize("name", ["pandas", "polars", "pyarrow"])
def test_frames_come_back_in_the_library_of_the_caller(name, fitted):
    encoder, X, y = fitted
    made = library(name)
    frame = made.table(X) if name == "pyarrow" else made.DataFrame(X)
    again = WoeEncoder().fit(frame, y)
    found = again.transform(frame)
    assert type(found) is type(frame)
    assert bits(np.asarray(found["job"])) == bits(encoder.transform(X)["job"])
    assert type(again.get_mapping("job")) is type(frame)


def test_outputs(fitted):
    encoder, X, _ = fitted
    out = {
        name: encoder.transform(X, name) for name in ("woe", "woe_se", "lower", "upper", "wald", "event_rate", "bin")
    }
    assert set(out["bin"]["job"]) == {"a", "b", "c", "missing"}
    mapping = encoder.get_mapping("job")
    at = list(mapping["level"]).index("b")
    rows = np.flatnonzero(np.asarray(X["job"]) == "b")
    for name, column in (("woe", "woe"), ("woe_se", "woe_se"), ("lower", "woe_lower"), ("event_rate", "event_rate")):
        assert set(out[name]["job"][rows]) == {mapping[column][at]}
    with np.errstate(all="ignore"):
        raw = np.log(mapping["events"] / mapping["non_events"]) - np.log(
            mapping["events"].sum() / mapping["non_events"].sum()
        )
    np.testing.assert_allclose(out["wald"]["job"][rows], raw[at] / mapping["woe_se"][at], atol=1e-12)


def test_arrays_and_output_choice(fitted):
    encoder, X, y = fitted
    matrix = np.column_stack([X["x"], X["x"] ** 2])
    found = WoeEncoder().fit_transform(matrix, y)
    assert isinstance(found, np.ndarray) and found.shape == matrix.shape
    pandas = library("pandas")
    chosen = WoeEncoder().set_output(transform="pandas").fit(matrix, y)
    assert isinstance(chosen.transform(matrix), pandas.DataFrame)
    assert encoder.get_feature_names_out().tolist() == ["job", "x"]


def test_probabilities_classes_and_intervals(fitted):
    encoder, X, y = fitted
    p = encoder.predict_proba(X)
    assert p.shape == (len(y), 2)
    assert encoder.classes_.tolist() == [0, 1]
    assert bits(encoder.predict_proba_class(X, 1)) == bits(p[:, 1])
    assert encoder.predict(X).tolist() == (p[:, 1] > 0.5).astype(int).tolist()
    ci = encoder.predict_ci(X, warn=False)
    assert list(ci) == ["probability", "lower", "upper"]
    assert np.all(ci["lower"] <= p[:, 1]) and np.all(p[:, 1] <= ci["upper"])
    narrow = encoder.predict_ci(X, alpha=0.5, warn=False)
    assert np.all(narrow["lower"] >= ci["lower"])


@pytest.mark.parametrize(
    "y, classes",
    [
        ([True, False] * 10, [False, True]),
        (["no", "yes"] * 10, ["no", "yes"]),
        ([1, 2] * 10, [1, 2]),
        (["c", "a", "b", "a"] * 5, ["a", "b", "c"]),
    ],
)
def test_classes_are_the_values_of_the_target(y, classes):
    encoder = WoeEncoder().fit({"x": ["u", "v", "v", "u", "w"] * 4}, y)
    assert encoder.classes_.tolist() == classes
    assert set(encoder.predict({"x": ["u", "v", "w"]}, warn=False).tolist()) <= set(classes)
    shares = encoder.predict_proba({"x": ["u", "v", "new"]})
    np.testing.assert_allclose(shares.sum(axis=1), 1.0, atol=1e-12)
    for label in classes:
        ci = encoder.predict_ci_class({"x": ["u", "v"]}, label, warn=False)
        assert bits(ci["probability"]) == bits(encoder.predict_proba_class({"x": ["u", "v"]}, label))


def test_fractional_target_and_weights():
    X, y = draw()
    rng = np.random.default_rng(2)
    share, w = rng.uniform(size=len(y)), rng.integers(0, 4, len(y))
    encoder = WoeEncoder().fit(X, share, sample_weight=w)
    mapping = encoder.get_mapping("job")
    assert mapping["events"].sum() == pytest.approx((share * w).sum())
    doubled = WoeEncoder().fit(X, y, freq_weights=w)
    repeated = {name: np.repeat(np.asarray(column), w) for name, column in X.items()}
    plain = WoeEncoder().fit(repeated, np.repeat(y, w))
    for column in ("events", "woe", "woe_se", "woe_lower", "count"):
        assert bits(doubled.get_mapping("job")[column]) == bits(plain.get_mapping("job")[column])


def test_files_and_pickles(fitted, tmp_path):
    encoder, X, _y = fitted
    deciban.save_model(encoder, tmp_path / "encoder.json")
    for again in (
        deciban.load_model(tmp_path / "encoder.json"),
        deciban.model_from_json(deciban.model_to_json(encoder)),
        pickle.loads(pickle.dumps(encoder)),
    ):
        assert isinstance(again, WoeEncoder)
        assert bits(again.predict_proba(X)) == bits(encoder.predict_proba(X))
        assert again.to_json() == encoder.to_json()
    merged = WoePreprocessor(min_count=50).fit({"job": X["job"]})
    again = deciban.model_from_json(merged.to_json())
    assert isinstance(again, WoePreprocessor)
    assert again.transform({"job": X["job"]})["job"].tolist() == merged.transform({"job": X["job"]})["job"].tolist()


def test_explanations_multiply_to_the_odds(fitted):
    encoder, X, _ = fitted
    table = encoder.explain({name: column[:5] for name, column in X.items()})
    p = encoder.predict_proba({name: column[:5] for name, column in X.items()})
    factors = np.asarray(table["odds_factor"]).reshape(5, 4)
    np.testing.assert_allclose(factors[:, :3].prod(axis=1), factors[:, 3], rtol=1e-12)
    np.testing.assert_allclose(factors[:, 3], p[:, 1] / p[:, 0], rtol=1e-12)
    np.testing.assert_allclose(table["decibans"], 10 * np.log10(table["odds_factor"]), atol=1e-12)


def test_assumptions():
    rng = np.random.default_rng(3)
    a = rng.choice(["u", "v", "w"], 300)
    X = {"a": a, "same": a, "near": np.where(rng.uniform(size=300) < 0.1, "u", a)}
    y = rng.integers(0, 2, 300)
    encoder = WoeEncoder().fit(X, y)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        encoder.predict_proba(X)
    assert [w.message.code for w in caught] == ["woe.duplicate_features", "woe.dependent_features"]
    assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        encoder.predict_proba(X, warn=False)
    table = encoder.get_assumption_diagnostics()
    assert list(table["check"]) == ["cramers_v"] * 3
    assert table["message"][0] == "the same feature twice"
    conditional = WoeEncoder().fit({"x": rng.normal(size=300)}, y)
    assert "bins" in list(conditional.get_assumption_diagnostics()["check"])
    assert "conditional on the bins" in conditional.summary()


def test_pairwise_dependence():
    rng = np.random.default_rng(3)
    a = rng.choice(["u", "v", "w"], 300)
    encoder = WoeEncoder(dependence="pairwise").fit({"a": a, "b": a}, rng.integers(0, 2, 300))
    wide = encoder.predict_ci({"a": a, "b": a}, warn=False)
    narrow = encoder.predict_ci({"a": a, "b": a}, dependence="independent", warn=False)
    assert np.all(wide["upper"] - wide["lower"] > narrow["upper"] - narrow["lower"])


def test_preprocessor():
    X = {"town": ["A"] * 6 + ["B"] * 3 + ["C"] + [None], "x": list(range(11))}
    merged = WoePreprocessor(min_count=2).fit(X)
    found = merged.transform(X)
    assert found["town"].tolist() == ["A"] * 6 + ["B"] * 3 + ["other", "missing"]
    assert found["x"].tolist() == list(range(11))
    summary = merged.get_reduction_summary()
    shown = {name: column[0] for name, column in summary.items()}
    assert shown == {
        "feature": "town", "levels": 3, "kept": 2, "merged": 1, "rows": 10, "merged_rows": 1, "merged_share": 0.1,
        "missing_rows": 1,
    }  # fmt: skip
    inside = WoeEncoder(min_count=2).fit(X, [0, 1] * 5 + [1]).get_mapping("town")
    assert list(inside["level"]) == ["A", "B", "other", "missing"]


def test_errors(raises, fitted):
    encoder, X, y = fitted
    with raises(NotFittedError, "woe_encoder.not_fitted"):
        WoeEncoder().transform(X)
    with raises(DataError, "woe.one_class"):
        WoeEncoder().fit(X, np.ones(len(y)))
    with raises(InputError, "woe.feature"):
        encoder.get_mapping("jobs")
    with raises(InputError, "woe.class"):
        encoder.predict_proba_class(X, 7)
    with raises(InputError, "woe.alpha"):
        encoder.predict_ci(X, alpha=0)
    with raises(DataError, "woe.weights"):
        WoeEncoder().fit(X, y, sample_weight=-np.ones(len(y)))
    with raises(DataError, "woe.unseen"):
        WoeEncoder(unseen="error").fit(X, y).transform({"job": ["zz"], "x": [1.0]})
    with raises(InputError, "woe.no_categorical"):
        WoePreprocessor().fit({"x": [1.0, 2.0]})
    with raises(InputError, "input.unknown_argument"):
        WoeEncoder().set_params(alfa=1)


def test_a_million_levels():
    n = 1_000_000
    codes = np.arange(n).astype(str)
    y = np.arange(n) % 2
    encoder = WoeEncoder().fit({"id": codes}, y)
    assert encoder.get_iv_analysis()["p_value"][0] > 0.0
    assert encoder.transform({"id": ["5", "none"]})["id"][1] == 0.0


def test_scikit_learn():
    sklearn = library("sklearn")
    pipeline, linear = library("sklearn.pipeline"), library("sklearn.linear_model")
    pandas = library("pandas")
    X, y = draw()
    frame = pandas.DataFrame(X)
    encoder = WoeEncoder(smoothing=2.0, min_count=3)
    copy = sklearn.clone(encoder)
    assert copy.get_params() == encoder.get_params()
    model = pipeline.make_pipeline(encoder, linear.LogisticRegression()).set_output(transform="pandas")
    assert model.fit(frame, y).score(frame, y) > 0.5
    assert list(model[:-1].transform(frame).columns) == ["job", "x"]
    assert list(model[:-1].get_feature_names_out()) == ["job", "x"]


def test_plots():
    library("matplotlib").use("Agg")
    X, y = draw()
    encoder = WoeEncoder().fit(X, y)
    assert encoder.plot("job").get_title() == "job"
    assert "conditional on the bins" in encoder.plot("x").get_title()
    assert len(encoder.plot_iv().get_yticks()) == 2
    assert len(encoder.plot_contributions(X, 3).get_yticks()) == 4
