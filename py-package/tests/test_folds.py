import numpy as np
import pytest

import deciban
from deciban import InputError


def test_folds_share_out_all_rows():
    folds = deciban.folds(1003, n_folds=4, n_repeats=2, seed=3)
    assert folds.fold.shape == (2, 1003)
    assert len(folds) == folds.get_n_splits() == 8
    tested = np.concatenate([test for _, test in folds][:4])
    assert sorted(tested) == list(range(1003))
    for train, test in folds.split(np.zeros(1003)):
        assert len(train) + len(test) == 1003 and not set(train) & set(test)
    assert folds.sizes["test_rows"].tolist() == [len(test) for _, test in folds]
    assert folds.sizes["train_rows"].tolist() == [len(train) for train, _ in folds]


def test_same_bits_for_the_same_seed_and_any_threads():
    one = deciban.folds(70_000, seed=1, n_threads=1).fold
    assert (one == deciban.folds(70_000, seed=1, n_threads=3).fold).all()
    assert (one != deciban.folds(70_000, seed=2).fold).any()


# What R gives as well (test-folds.R): a lock on the bits, not a reference.
def test_the_first_folds_are_those_of_r():
    assert deciban.folds(12, n_folds=3, seed=7).fold[0].tolist() == [1, 0, 2, 1, 1, 1, 2, 2, 0, 0, 2, 0]


def test_groups_and_strata_by_name_of_any_type():
    groups = ["a", "b", "a", "c", "b", "c"]
    folds = deciban.folds(groups=groups, scheme="group", n_folds=3)
    for group in "abc":
        assert len({folds.fold[0][i] for i in range(6) if groups[i] == group}) == 1
    assert deciban.folds(strata=np.array([0, 0, 1, 1]), scheme="stratified", n_folds=2).rows == 4


def test_time_rolls_forward():
    time = np.array(["2020-01-01", "2021-01-01", "2022-01-01", "2023-01-01"] * 5, dtype="datetime64[D]")
    folds = deciban.folds(time=time, scheme="time", n_folds=3)
    assert folds.ordered and (folds.fold == -1).sum() == 5
    for train, test in folds:
        assert time[train].max() < time[test].min()


def test_cross_validation_of_scikit_learn_takes_them():
    model_selection = pytest.importorskip("sklearn.model_selection")
    linear = pytest.importorskip("sklearn.linear_model")
    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(60, 2)), rng.normal(size=60)
    scores = model_selection.cross_val_score(linear.LinearRegression(), X, y, cv=deciban.folds(60, n_folds=3))
    assert len(scores) == 3


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        ("folds.n_folds", {"n": 10, "n_folds": 1}),
        ("folds.too_few_rows", {"n": 3}),
        ("folds.n_repeats", {"n": 10, "n_repeats": 0}),
        ("folds.scheme", {"n": 10, "scheme": "loo"}),
        ("folds.by_missing", {"n": 10, "scheme": "group"}),
        ("folds.too_few_groups", {"groups": [1, 1, 2, 2, 1, 2], "scheme": "group"}),
        ("folds.too_few_times", {"time": [1, 1, 2, 2, 1, 2], "scheme": "time"}),
        ("folds.missing", {"groups": [1, None, 2, 3, 4, 5], "scheme": "group"}),
        ("folds.unused_argument", {"n": 10, "groups": [1] * 10}),
        ("data.length_mismatch", {"n": 9, "groups": [1] * 10, "scheme": "group"}),
        ("input.argument", {}),
        ("input.seed", {"n": 10, "seed": -1}),
    ],
)
def test_errors(code, arguments):
    with pytest.raises(deciban.DecibanError) as caught:
        deciban.folds(**arguments)
    assert caught.value.code == code


def test_small_strata_warn():
    with pytest.warns(deciban.DecibanWarning, match="fewer rows"):
        deciban.folds(strata=[0, 0, 0, 0, 1], scheme="stratified", n_folds=3)


def test_repeats_are_no_folds_of_an_encoder():
    with pytest.raises(InputError) as caught:
        deciban.TargetEncoder("kfold").fit_transform(
            {"x": ["a", "b"] * 5}, [0, 1] * 5, folds=deciban.folds(10, n_folds=2, n_repeats=2)
        )
    assert caught.value.code == "encoder.folds"
