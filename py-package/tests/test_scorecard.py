"""Scorecards: points, reasons, signs, editing, files."""

import numpy as np
import pytest

import deciban
from deciban import DataError, DecibanWarning, InputError, Scorecard


def rows(n=4000, seed=1):
    rng = np.random.default_rng(seed)
    x, z = rng.normal(size=n), np.round(rng.gamma(2.0, size=n), 1)
    g = rng.choice(list("abc"), n)
    y = (rng.random(n) < 1 / (1 + np.exp(1 - x - 0.3 * z - 0.5 * (g == "a")))).astype(int)
    return {"x": x, "z": z, "g": g}, y


def test_the_regression_is_that_of_the_woe_columns():
    X, y = rows()
    card = Scorecard(digits=None).fit(X, y)
    binner = deciban.Binner(output="woe").fit(X, y)
    woe = binner.transform(X)
    matrix = np.column_stack([woe[name] for name in X])
    model = deciban.fit_glm_xy(matrix, y.astype(float), "binomial", intercept=True)
    assert np.allclose(np.asarray(card.coefficients()["coefficient"]), np.asarray(model.params), rtol=1e-9)
    assert np.allclose(card.predict_proba(X)[:, 1], model.predict(matrix), rtol=1e-9)


def test_points_scale_as_asked():
    X, y = rows()
    card = Scorecard(base_score=500, base_odds=20, pdo=40, digits=None).fit(X, y)
    probability = card.predict_proba(X)[:, 1]
    expected = 500 + 40 / np.log(2) * (np.log((1 - probability) / probability) - np.log(20))
    assert np.allclose(card.predict_score(X), expected, rtol=1e-10)
    rounded = Scorecard().fit(X, y)
    points = np.asarray(rounded.points()["points"])
    assert np.array_equal(points, np.round(points))
    columns = rounded.transform(X)
    assert np.array_equal(sum(np.asarray(columns[name]) for name in X), rounded.predict_score(X))
    assert (
        np.max(np.abs(rounded.predict_score(X) - (600 + 20 / np.log(2) * (-card.decision_function(X) - np.log(50)))))
        < 2
    )


def test_reasons_name_the_greatest_losses():
    X, y = rows()
    card = Scorecard().fit(X, y)
    columns = card.transform(X)
    table = card.points()
    best = {name: max(p for v, p in zip(table["variable"], table["points"], strict=True) if v == name) for name in X}
    lost = np.column_stack([best[name] - np.asarray(columns[name]) for name in X])
    first = np.array(list(X))[np.argmax(lost, axis=1)]
    found = np.asarray(card.reasons(X, 2)["reason_1"], dtype=object)
    assert np.array_equal(found[lost.max(axis=1) > 0], first[lost.max(axis=1) > 0])


def test_wrong_signs_are_named_and_dropped():
    rng = np.random.default_rng(3)
    x = rng.normal(size=5000)
    worse = x + 0.7 * rng.normal(size=5000)  # more events where it is high, fewer at the same x
    y = (rng.random(5000) < 1 / (1 + np.exp(worse - 3 * x))).astype(int)
    X = {"x": x, "worse": worse, "noisy": x + rng.normal(size=5000)}
    quiet = Scorecard(wrong_sign="keep").fit(X, y).coefficients()
    negative = [n for n, c in zip(quiet["variable"], quiet["coefficient"], strict=True) if n != "(Intercept)" and c < 0]
    assert negative
    with pytest.warns(DecibanWarning) as caught:
        Scorecard().fit(X, y)
    assert caught[0].message.code == "scorecard.wrong_sign"
    assert set(caught[0].message.context["variables"]) == set(negative)
    with pytest.warns(DecibanWarning):
        dropped = Scorecard(wrong_sign="drop").fit(X, y)
    table = dropped.coefficients()
    left = [c for n, u, c in zip(table["variable"], table["used"], table["coefficient"], strict=True) if u and n in X]
    assert min(left) >= 0
    assert "sign" in list(table["reason"])


def test_adjust_gives_another_scorecard():
    X, y = rows()
    card = Scorecard().fit(X, y)
    before = card.to_json()
    changed = card.adjust("x", [-1.0, 0.0, 1.0]).adjust("g", [["a"], ["c", "b"]])
    assert card.to_json() == before
    labels = [
        label for v, label in zip(changed.points()["variable"], changed.points()["label"], strict=True) if v == "x"
    ]
    assert labels[:4] == ["(-Inf, -1]", "(-1, 0]", "(0, 1]", "(1, Inf)"]
    assert list(changed.binning_table("g")["label"])[:2] == ["a", "{b, c}"]
    assert len([v for v in card.adjust("x", []).points()["variable"] if v == "x"]) == 0  # one bin says nothing
    with pytest.raises(InputError) as error:
        card.adjust("w", [1.0])
    assert error.value.code == "binner.variable"
    with pytest.raises(InputError) as error:
        card.adjust("g", [["a", "nowhere"]])
    assert error.value.code == "binning.groups"


def test_files_keep_everything(tmp_path):
    X, y = rows()
    card = Scorecard(binning={"max_bins": 4}, pdo=30).fit(X, y)
    path = tmp_path / "card.json"
    deciban.save_model(card, path)
    again = deciban.load_model(path)
    assert np.array_equal(again.predict_score(X), card.predict_score(X))
    assert again.to_json() == card.to_json()
    assert again.get_params()["pdo"] == 30 and again.get_params()["binning"] == {"max_bins": 4}
    with pytest.raises(DataError) as error:
        again.adjust("x", [0.0])
    assert error.value.code == "model.no_data"


def test_stability_finds_what_moved():
    X, y = rows()
    card = Scorecard().fit(X, y)
    same = card.stability(X)
    assert max(same["psi"]) < 1e-12
    moved = card.stability({"x": X["x"] + 1, "z": X["z"], "g": X["g"]})
    assert list(moved["variable"]) == ["score", "x", "z", "g"]
    assert list(moved["p_value"])[1] < 1e-6 and list(moved["points_shift"])[1] < 0
    shift = np.mean(card.predict_score({"x": X["x"] + 1, "z": X["z"], "g": X["g"]})) - np.mean(card.predict_score(X))
    assert np.isclose(next(iter(moved["points_shift"])), shift, rtol=1e-9)


def test_new_levels_and_missing_values_have_points():
    X, y = rows()
    card = Scorecard().fit(X, y)
    new = {"x": [0.0, np.nan], "z": [1.0, 1.0], "g": ["new", None]}
    assert np.all(np.isfinite(card.predict_score(new)))
    woe0 = Scorecard(digits=None).fit(X, y)
    known = {name: [values[0]] for name, values in X.items()}
    unseen = dict(known, g=["new"])
    table = woe0.points()
    lowest = min(p for v, p in zip(table["variable"], table["points"], strict=True) if v == "g")
    highest = max(p for v, p in zip(table["variable"], table["points"], strict=True) if v == "g")
    assert lowest < woe0.transform(unseen)["g"][0] < highest


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"pdo": 0}, "scorecard.pdo"),
        ({"base_odds": -1}, "scorecard.base_odds"),
        ({"wrong_sign": "flip"}, "scorecard.wrong_sign"),
        ({"min_iv": 50}, "scorecard.no_variables"),
        ({"binning": {"max_bin": 3}}, "input.unknown_argument"),
    ],
)
def test_errors_have_codes(arguments, code):
    X, y = rows(500)
    with pytest.raises(InputError) as error:
        Scorecard(**arguments).fit(X, y)
    assert error.value.code == code


@pytest.mark.parametrize("classes", [[False, True], [1, 2], ["bad", "good"]])
def test_classes_are_the_values_of_the_response(classes):
    X, y = rows(800)
    card = Scorecard().fit(X, np.asarray(classes)[y])
    assert card.classes_.tolist() == classes
    assert np.array_equal(card.predict_proba(X), Scorecard().fit(X, y).predict_proba(X))
    assert set(card.predict(X).tolist()) == set(classes)
    again = deciban.model_from_json(card.to_json())
    assert again.classes_.tolist() == classes
    matrix = np.column_stack([X["x"], X["z"]])
    assert isinstance(Scorecard().fit_transform(matrix, y), np.ndarray)


def test_sql_of_names_and_dialects():
    X, y = rows(500)
    card = Scorecard().fit({'od"d': X["x"], "g": np.where(X["g"] == "a", "it's", X["g"])}, y)
    assert '"od""d"' in card.sql() and "'it''s'" in card.sql("sqlite", 'the "table"')
    with pytest.raises(InputError) as error:
        card.sql("oracle")
    assert error.value.code == "scorecard.dialect"
