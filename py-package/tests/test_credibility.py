import json
import pickle

import numpy as np
import pytest
from test_fixtures import FIXTURES

import deciban

CASES = sorted((FIXTURES / "credibility").glob("*.json"))
assert CASES, "no fixtures of credibility"


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_agrees_with_actuar(path):
    case = json.loads(path.read_text())
    columns, expected = case["columns"], case["expected"]
    fit = deciban.credibility(columns, "level", "y", "weights" if "weights" in columns else None)
    for name in ("collective", "within", "between_raw"):
        assert getattr(fit, name) == pytest.approx(expected[name], rel=1e-11), name
    assert fit.between == max(fit.between_raw, 0.0)
    assert fit.table["level"].tolist() == expected["level"]
    for name in ("mean", "weight", "credibility", "premium"):
        np.testing.assert_allclose(fit.table[name], expected[name], rtol=1e-11)


def test_vectors_and_text():
    data = {"state": ["a", "a", "b", "b"], "claims": [3, 1, 9, 8], "years": [10.0, 12.0, 9.0, 11.0]}
    by_name = deciban.credibility(data, "state", "claims", "years", method="gamma_poisson")
    by_vector = deciban.credibility(
        data, np.array(data["state"]), np.array(data["claims"]), np.array(data["years"]), "gamma_poisson"
    )
    assert by_name.table["premium"].tolist() == by_vector.table["premium"].tolist()
    assert "gamma_poisson" in repr(by_name) and "premium" in repr(by_name)
    expected = (np.array([4.0, 17.0]) + by_name.prior_weight * by_name.collective) / (
        np.array([22.0, 20.0]) + by_name.prior_weight
    )
    np.testing.assert_allclose(by_name.table["premium"], expected, rtol=1e-14)


def test_files_and_pickles(tmp_path):
    data = {
        "state": ["a", "a", "b", "b", None],
        "ratio": [1.0, 1.2, 2.0, 2.2, 9.0],
        "volume": [10.0, 12.0, 5.0, 6.0, 0.0],
    }
    fit = deciban.credibility(data, "state", "ratio", "volume")
    deciban.save_model(fit, tmp_path / "credibility.json")
    for again in (deciban.load_model(tmp_path / "credibility.json"), pickle.loads(pickle.dumps(fit))):
        assert repr(again) == repr(fit)
        assert deciban.model_to_json(again) == deciban.model_to_json(fit)
        assert again.table["premium"].tolist() == fit.table["premium"].tolist()
    with pytest.raises(deciban.FormatError) as caught:
        deciban.model_from_json(fit.to_json().replace('"rows"', '"lines"'))
    assert caught.value.code == "format.missing_key"


def test_standard_errors_are_those_of_simulated_levels():
    """Mean squared errors of premiums, over 400 portfolios: the book's formula takes the variances as known."""
    rng = np.random.default_rng(3)
    volume = np.tile(np.repeat([1.0, 4.0, 20.0], 10), 1)
    found, said = [], []
    for _ in range(400):
        mean = rng.normal(10.0, 1.0, 30)
        ratio = rng.normal(mean[:, None], 3.0 / np.sqrt(volume)[:, None], (30, 6))
        data = {"level": np.repeat(np.arange(30), 6), "x": ratio.ravel(), "w": np.repeat(volume, 6)}
        table = deciban.credibility(data, "level", "x", "w").table
        found.append((table["premium"] - mean) ** 2)
        said.append(table["std_error"] ** 2)
    for part in (slice(0, 10), slice(10, 20), slice(20, 30)):
        assert np.mean(np.array(found)[:, part]) == pytest.approx(np.mean(np.array(said)[:, part]), rel=0.08)


@pytest.mark.parametrize(
    ("code", "change", "method"),
    [
        ("credibility.missing", {"y": [1.0, None, 2.0]}, "buhlmann_straub"),
        ("credibility.weights", {"w": [1.0, -1.0, 2.0]}, "buhlmann_straub"),
        ("credibility.counts", {"y": [1.0, 0.5, 2.0]}, "gamma_poisson"),
        ("encoder.no_weight", {"w": [0.0, 0.0, 0.0]}, "buhlmann_straub"),
        ("credibility.method", {}, "jewell"),
        ("data.empty", {"x": [], "y": [], "w": []}, "buhlmann_straub"),
    ],
)
def test_errors(code, change, method):
    data = {"x": ["a", "a", "b"], "y": [1.0, 2.0, 3.0], "w": [1.0, 1.0, 1.0]} | change
    with pytest.raises(deciban.DecibanError) as caught:
        deciban.credibility(data, "x", "y", "w", method)
    assert caught.value.code == code
