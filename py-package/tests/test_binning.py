"""Binner: one bin for a number wherever it is asked for; idioms of Python."""

import json
import math
import pickle
import sqlite3

import numpy as np
import pytest

import deciban
from deciban import Binner, DataError, DecibanWarning, InputError, NotFittedError, Scorecard

METHODS = ["optimal", "tree", "quantile", "uniform", "kmeans", "mdlp", "chimerge", "isotonic"]


def rows(n=4000, seed=1):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    z = np.round(rng.gamma(2.0, size=n), 1)
    y = (rng.random(n) < 1 / (1 + np.exp(1 - x - 0.3 * z))).astype(int)
    x[rng.random(n) < 0.03] = np.nan
    z[rng.random(n) < 0.03] = -999.0
    return {"x": x, "z": z}, y


def hard_values(edges, n=10**6):
    """Random numbers, every edge and its neighbours, infinities, NaN, subnormal, out of range."""
    rng = np.random.default_rng(2)
    near = np.concatenate([[e, np.nextafter(e, -np.inf), np.nextafter(e, np.inf)] for e in edges])
    special = [np.inf, -np.inf, np.nan, 0.0, -0.0, 5e-324, -5e-324, 1e308, -1e308, -999.0]
    drawn = rng.normal(size=n - len(near) - len(special)) * 3
    return np.concatenate([near, special, drawn])


def bins_by_definition(values, edges, closed, special, missing):
    """Written apart from the core."""
    found = np.searchsorted(edges, values, side="left" if closed == "right" else "right")
    found[values == -999.0] = special
    found[np.isnan(values)] = missing
    return found


@pytest.mark.parametrize("closed", ["right", "left"])
def test_a_number_has_the_same_bin_everywhere(closed, tmp_path):
    X, y = rows()
    card = Scorecard(binning={"closed": closed, "special_codes": [-999.0]}).fit(X, y)
    binner = Binner(closed=closed, special_codes=[-999.0]).fit(X, y)
    edges = binner.edges["x"]
    values = hard_values(edges)
    new = {"x": values, "z": values}
    bins = binner.transform(new)["x"]
    expected = bins_by_definition(values, edges, closed, len(edges) + 1, len(edges) + 2)
    assert np.array_equal(bins, expected)
    counts = np.asarray(binner.table("x")["count"])
    assert np.array_equal(counts, np.bincount(binner.transform(X)["x"], minlength=len(counts)))
    path = tmp_path / "binner.json"
    binner.save(path)
    assert np.array_equal(deciban.load_model(path).transform(new)["x"], bins)
    in_sqlite(card, new, bins)
    in_duckdb(card, new, bins)


def in_sqlite(card, new, bins):
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE data (x REAL, z REAL)")
    missing = [None if math.isnan(v) else v for v in new["x"].tolist()]
    database.executemany("INSERT INTO data VALUES (?, ?)", zip(missing, missing, strict=True))
    found = np.array(database.execute(card.sql("sqlite", output="bins")).fetchall())
    assert np.array_equal(found[:, 0], bins)
    scores = np.array(database.execute(card.sql("sqlite")).fetchall())[:, 0]
    assert np.array_equal(scores, card.predict_score(new))


def in_duckdb(card, new, bins):
    duckdb = pytest.importorskip("duckdb")
    connection = duckdb.connect()
    connection.register("data", pytest.importorskip("pandas").DataFrame(new))
    found = connection.execute(card.sql("duckdb", output="bins")).fetchnumpy()
    assert np.array_equal(found["x"], bins)
    assert np.array_equal(connection.execute(card.sql("duckdb")).fetchnumpy()["score"], card.predict_score(new))
    probability = connection.execute(card.sql("duckdb", output="probability")).fetchnumpy()["probability"]
    assert np.allclose(probability, card.predict_proba(new)[:, 1], rtol=1e-12, atol=0)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_gives_bins_that_cover_the_line(method):
    X, y = rows()
    binner = Binner(method=method).fit(X, y)
    for name in X:
        table = binner.table(name)
        assert sum(table["count"]) == len(y)
        assert np.all(np.diff(binner.edges[name]) > 0)
        assert binner.transform({"x": [-np.inf, np.inf], "z": [-np.inf, np.inf]})[name].tolist() == [
            0,
            len(binner.edges[name]),
        ]
    assert Binner(method=method).fit(X, y).to_json() == binner.to_json()


def test_threads_and_storage_do_not_change_a_bit():
    X, y = rows()
    whole = {"a": np.arange(4000) % 37, "b": X["x"]}
    text = Binner(n_threads=1).fit(whole, y).to_json()
    for threads in (2, 3):
        assert Binner(n_threads=threads).fit(whole, y).to_json() == text
    assert Binner().fit({"a": whole["a"].astype(float), "b": whole["b"]}, y).to_json() == text
    assert Binner().fit(whole, y.astype(bool).astype(float)).to_json() == text


def test_optimal_bins_of_weights_are_those_of_repeated_rows():
    X, y = rows(1500)
    weights = np.random.default_rng(5).integers(0, 4, len(y))
    repeated = {name: np.repeat(values, weights) for name, values in X.items()}
    a = Binner(max_bins=5).fit(X, y, sample_weight=weights).edges
    b = Binner(max_bins=5).fit(repeated, np.repeat(y, weights)).edges
    assert all(np.array_equal(a[name], b[name]) for name in a)


def test_information_value_is_that_of_its_definition():
    X, y = rows()
    binner = Binner(max_bins=6).fit(X, y)
    table = binner.table("x")
    e, n = np.asarray(table["events"]), np.asarray(table["non_events"])
    p, q = e / e.sum(), n / n.sum()
    assert np.allclose(np.asarray(table["iv"]), (p - q) * np.log(p / q), rtol=1e-12)
    assert np.isclose(np.asarray(binner.summary()["iv"])[0], np.sum((p - q) * np.log(p / q)), rtol=1e-12)


@pytest.mark.parametrize(
    ("target", "extra"),
    [("multiclass", {}), ("counts", {}), ("continuous", {}), ("continuous", {"var_power": 2.0}), ("none", {})],
)
def test_other_responses(target, extra):
    X, y = rows()
    classes = np.array(["a", "b", "c"])[np.where(np.arange(len(y)) % 5 == 0, 2, y)]
    response = {"multiclass": classes, "counts": y * 2}.get(target, 1.0 + y)
    method = "quantile" if target == "none" else "optimal"
    binner = Binner(method=method, target=target, max_bins=4, **extra).fit(X, None if target == "none" else response)
    assert len(binner.edges["x"]) == 3
    if target != "none":
        assert np.all(np.asarray(binner.summary()["gain"]) > 0)
    again = Binner.from_json(binner.to_json())
    assert again.to_json() == binner.to_json()
    assert np.array_equal(again.transform(X)["x"], binner.transform(X)["x"])


def test_deviance_explained_is_that_of_the_fit():
    rng = np.random.default_rng(3)
    x, exposure = rng.normal(size=3000), rng.uniform(0.2, 1, 3000)
    y = rng.poisson(exposure * np.exp(-1 + 0.5 * x))
    binner = Binner(max_bins=4).fit({"x": x}, y, exposure=exposure)
    frame = {"bin": binner.transform({"x": x}, "label")["x"], "y": y.astype(float), "e": exposure}
    model = deciban.fit_glm("y ~ bin", frame, "poisson", exposure="e")
    assert np.isclose(np.asarray(binner.summary()["gain"])[0], 1 - model.deviance / model.null_deviance, rtol=1e-9)


def test_text_gets_groups_and_unseen_levels_none():
    rng = np.random.default_rng(4)
    region = rng.choice(list("abcdef"), 5000)
    y = rng.random(5000) < np.where(np.isin(region, ["a", "d"]), 0.6, 0.2)
    binner = Binner(max_bins=2).fit({"region": region}, y.astype(int))
    found = binner.transform({"region": ["a", "d", "b", "new", None]})["region"]
    assert found.tolist() == [1, 1, 0, -1, 2]


def test_pairs_group_the_cells_of_a_grid():
    rng = np.random.default_rng(6)
    a, b = rng.uniform(-1, 1, 6000), rng.uniform(-1, 1, 6000)
    y = (rng.random(6000) < np.where(a * b > 0, 0.7, 0.2)).astype(int)  # neither says anything alone
    X = {"a": a, "b": b}
    options = {"a": {"splits": [0.0], "fixed": True}, "b": {"splits": [0.0], "fixed": True}}
    binner = Binner(max_bins=2, per_variable=options, pairs=[("a", "b")]).fit(X, y)
    out = binner.transform({"a": [0.5, 0.5, -0.5, -0.5], "b": [0.5, -0.5, 0.5, -0.5]})["a:b"]
    assert out.tolist() == [1, 0, 0, 1]
    iv = np.asarray(binner.summary()["iv"])
    assert iv[2] > 20 * max(iv[:2])
    assert sum(binner.table("a:b")["count"]) == 6000
    again = Binner.from_json(binner.to_json())
    assert again.get_feature_names_out().tolist() == ["a", "b", "a:b"]
    assert np.array_equal(again.transform(X)["a:b"], binner.transform(X)["a:b"])


def test_per_variable_splits_and_fixed_edges():
    X, y = rows()
    own = {"x": {"splits": [-1.0, 0.0, 0.5, 1.0], "fixed": [False, True, False, False], "max_bins": 2}}
    assert Binner(per_variable=own).fit(X, y).edges["x"].tolist() == [0.0]
    assert Binner(method="quantile", splits=[0.0, 1.0]).fit(X).edges["z"].tolist() == [0.0, 1.0]


def test_arrays_frames_and_pickles():
    X, y = rows()
    matrix = np.column_stack([X["x"], X["z"]])
    binner = Binner().fit(matrix, y)
    assert binner.transform(matrix).shape == matrix.shape
    assert Binner().fit(X["x"], y).transform(X["x"]).shape == y.shape
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(X, index=np.arange(len(y))[::-1])
    fitted = Binner(output="woe").fit(frame, y)
    out = fitted.transform(frame)
    assert list(out.columns) == ["x", "z"] and out.index.equals(frame.index)
    assert pickle.loads(pickle.dumps(fitted)).transform(frame).equals(out)
    assert "optimal" not in repr(fitted) and "woe" in repr(fitted)


def test_scikit_learn_clones_and_pipes():
    pytest.importorskip("sklearn")
    from sklearn.base import clone
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    X, y = rows()
    matrix = np.column_stack([X["x"], X["z"]])
    piped = make_pipeline(Binner(output="woe"), LogisticRegression()).fit(matrix, y)
    assert piped.score(matrix, y) > 0.6
    assert clone(Binner(max_bins=3)).max_bins == 3


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"method": "best"}, "binning.method"),
        ({"monotonic": "up"}, "binning.monotonic"),
        ({"closed": "both"}, "binning.closed"),
        ({"max_bins": 0}, "input.argument"),
        ({"min_bin_size": 2.0}, "input.argument"),
        ({"splits": [1.0, 1.0]}, "binning.splits"),
        ({"special_codes": [1.0, 1.0]}, "input.argument"),
        ({"min_bins": 30}, "binning.infeasible"),
        ({"per_variable": {"w": {}}}, "data.unknown_column"),
        ({"per_variable": {"x": {"max_bin": 3}}}, "input.unknown_argument"),
        ({"target": "ordinal"}, "binning.target"),
        ({"missing": "drop"}, "binning.missing"),
    ],
)
def test_errors_have_codes(arguments, code):
    X, y = rows(500)
    with pytest.raises(InputError) as error:
        Binner(**arguments).fit(X, y)
    assert error.value.code == code


def test_bad_rows_and_questions():
    X, y = rows(500)
    with pytest.raises(DataError) as error:
        Binner().fit(X, np.ones(500))
    assert error.value.code == "binning.one_class"
    with pytest.raises(DataError) as error:
        Binner().fit(X, np.where(np.arange(500) == 7, np.nan, y))
    assert error.value.code == "data.missing"
    with pytest.raises(InputError) as error:
        Binner().fit(X, y, sample_weight=-np.ones(500))
    assert error.value.code == "binning.weights"
    with pytest.raises(NotFittedError):
        Binner().transform(X)
    binner = Binner().fit(X, y)
    for call, code in [
        (lambda: binner.transform(X, "rank"), "binner.output"),
        (lambda: binner.table("w"), "binner.variable"),
        (lambda: binner.table("x", alpha=0), "input.alpha"),
        (lambda: binner.transform({"x": X["x"]}), "data.unknown_column"),
    ]:
        with pytest.raises(InputError) as error:
            call()
        assert error.value.code == code


def test_more_bins_than_values_is_a_warning():
    y = np.arange(100) % 3 == 0
    with pytest.warns(DecibanWarning) as caught:
        binner = Binner(method="kmeans", max_bins=5).fit({"x": np.arange(100) % 2, "w": np.arange(100) % 3}, y)
    assert [w.message.code for w in caught] == ["binning.few_values"]
    assert len(binner.edges["x"]) == 1


def test_a_binner_file_has_its_kind():
    X, y = rows(500)
    text = Binner().fit(X, y).to_json()
    document = json.loads(text)
    assert document["kind"] == "binner"
    document["variables"][0]["bins"]["edges"] = [1, 1]
    with pytest.raises(deciban.FormatError) as error:
        Binner.from_json(json.dumps(document))
    assert error.value.code == "format.invalid"


def test_plots_are_drawn():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    X, y = rows()
    binner = Binner(max_bins=4).fit(X, y)
    axes = binner.plot("x")
    assert len(axes.figure.axes[0].patches) == len(binner.table("x")["label"])
    assert Scorecard().fit(X, y).plot_scores(X, y).get_xlabel() == "score"
