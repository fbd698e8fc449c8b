"""Measures of scores against scikit-learn, scipy and their definitions."""

import numpy as np
import pytest

import deciban


def scores(n=2000, seed=1):
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.3).astype(int)
    return y, np.round(rng.normal(size=n) + y, 1), rng.uniform(0.1, 3, n)


def test_auc_is_that_of_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics")
    y, score, weights = scores()
    assert np.isclose(deciban.auc(y, score), metrics.roc_auc_score(y, score), rtol=1e-12)
    assert np.isclose(
        deciban.auc(y, score, weights), metrics.roc_auc_score(y, score, sample_weight=weights), rtol=1e-12
    )


def test_ks_is_that_of_scipy():
    stats = pytest.importorskip("scipy.stats")
    y, score, _ = scores()
    assert np.isclose(deciban.ks(y, score), stats.ks_2samp(score[y == 1], score[y == 0]).statistic, rtol=1e-12)


def test_gini_ties_to_auc_and_averages_ties():
    y, score, weights = scores()
    assert np.isclose(deciban.gini(y, score, weights), 2 * deciban.auc(y, score, weights) - 1, rtol=1e-12)
    order = np.random.default_rng(3).permutation(len(y))
    assert np.isclose(deciban.gini(y[order], score[order]), deciban.gini(y, score), rtol=1e-12)
    claims = np.random.default_rng(2).poisson(0.3, len(y))
    assert abs(deciban.gini(claims, np.zeros(len(y)), exposure=weights)) < 1e-12
    assert np.isclose(deciban.gini(claims, claims / weights, exposure=weights), 1.0, rtol=1e-12)


def test_gains_table_adds_up():
    y, score, weights = scores()
    table = deciban.gains_table(y, score, weights, frame="dict")
    assert np.isclose(table["events"].sum(), (y * weights).sum(), rtol=1e-12)
    assert np.isclose(table["cum_event_share"][-1], 1)
    assert np.all(table["score_max"][1:] < table["score_min"][:-1])
    assert table["ks"].max() <= deciban.ks(y, score, weights) + 1e-12


def test_psi_by_its_definition_and_its_interval():
    rng = np.random.default_rng(4)
    before, now = rng.normal(size=3000), rng.normal(0.2, 1, 2000)
    moved = deciban.psi(before, now)
    edges = np.quantile(before, np.arange(1, 10) / 10, method="inverted_cdf")
    e = np.bincount(np.searchsorted(edges, before), minlength=10) / 3000
    a = np.bincount(np.searchsorted(edges, now), minlength=10) / 2000
    assert np.isclose(moved, np.sum((a - e) * np.log(a / e)), atol=2e-3)  # edges lie between values, not on them
    table = moved.table
    assert np.isclose(moved, table["contribution"].sum(), rtol=1e-12)
    assert moved.lower < moved.unbiased < moved.upper and moved.p_value < 1e-6
    same = deciban.psi(before, rng.normal(size=2000))
    assert same.p_value > 0.001 and same.lower == 0
    with_missing = deciban.psi([1.0, 2.0, np.nan] * 50, [1.0, 2.0, 2.0] * 50, max_bins=2)
    assert np.isinf(with_missing) and np.isfinite(with_missing.unbiased)


def test_csi_has_a_row_per_column():
    rng = np.random.default_rng(5)
    before = {"a": rng.normal(size=500), "b": rng.choice(list("xyz"), 500)}
    now = {"a": rng.normal(size=500) + 1, "b": rng.choice(list("xyzw"), 500)}
    table = deciban.csi(before, now)
    assert list(table["variable"]) == ["a", "b"]
    assert next(iter(table["p_value"])) < 1e-6
    with pytest.raises(deciban.InputError) as error:
        deciban.csi(before, {"a": now["a"]})
    assert error.value.code == "data.unknown_column"


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: deciban.auc([0, 1], [1.0]), "data.length_mismatch"),
        (lambda: deciban.auc([0, 2], [1.0, 2.0]), "metric.value"),
        (lambda: deciban.auc([0, 1], [1.0, np.nan]), "metric.value"),
        (lambda: deciban.auc([1, 1], [1.0, 2.0]), "metric.one_class"),
        (lambda: deciban.ks([0, 1], [1.0, 2.0], [0, 0]), "metric.no_rows"),
        (lambda: deciban.gains_table([0, 1], [1.0, 2.0], order="up"), "metric.order"),
        (lambda: deciban.gains_table([0, 1], [1.0, 2.0], bins=0), "input.argument"),
        (lambda: deciban.psi([1.0, 2.0], [1.0], alpha=2), "input.alpha"),
    ],
)
def test_errors_have_codes(call, code):
    with pytest.raises(deciban.DecibanError) as error:
        call()
    assert error.value.code == code
