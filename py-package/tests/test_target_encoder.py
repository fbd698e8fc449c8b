import json
import pickle

import numpy as np
import pytest
from test_fixtures import FIXTURES

import deciban

N = 600


@pytest.fixture
def data():
    rng = np.random.default_rng(4)
    model = rng.integers(0, 40, N)
    return {
        "make": np.array([f"make{m % 7}" for m in model]),
        "model": np.array([f"model{m:02d}" for m in model]),
        "year": rng.integers(2015, 2024, N),
        "years": 0.2 + rng.random(N),
        "claims": rng.poisson(0.3 + 0.1 * (model % 7)).astype(float),
    }


SCHEMES = ["ordered", "kfold", "group", "time", "loo"]


def vectors(data, scheme):
    by = {"groups": data["year"]} if scheme == "group" else {"time": data["year"]} if scheme == "time" else {}
    return {"exposure": data["years"], **by}


@pytest.mark.parametrize("prior_weight", [2.0, "auto", "auto_ml"])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_row_sees_its_own_target(data, scheme, prior_weight):
    X = {name: data[name] for name in ("make", "model")}
    encoder = deciban.TargetEncoder(scheme, prior_weight, columns=["model", "make/model"])
    before = encoder.fit_transform(X, data["claims"], **vectors(data, scheme))
    others = False
    for row in range(0, N, 120):
        claims = data["claims"].copy()
        claims[row] += 4
        after = encoder.fit_transform(X, claims, **vectors(data, scheme))
        assert before[row].tobytes() == after[row].tobytes()
        others = others or (before != after).any()
    assert others


@pytest.mark.parametrize("scheme", SCHEMES)
def test_threads_do_not_matter(data, scheme):
    by = {"groups": "year"} if scheme == "group" else {"time": "year"} if scheme == "time" else {}
    made = [
        deciban.target_encode(data, ["model"], "claims", exposure="years", scheme=scheme, n_threads=n, **by)[0]["model"]
        for n in (1, 2, 3)
    ]
    assert made[0].tobytes() == made[1].tobytes() == made[2].tobytes()


CASES = sorted((FIXTURES / "encoders").glob("*.json"))
assert CASES, "no fixtures of encoders"


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_agrees_with_scikit_learn_and_category_encoders(path):
    case = json.loads(path.read_text())
    encoded, encoder = deciban.target_encode(case["columns"], **case["arguments"])
    found = {"training": encoded["x"], "full": deciban.apply_target_encoding(encoder, case["columns"])["x"]}
    for what, expected in case["expected"].items():
        np.testing.assert_allclose(found[what], expected, rtol=1e-12, err_msg=what)


def test_kfold_with_given_folds_is_scikit_learns(data):
    preprocessing = pytest.importorskip("sklearn.preprocessing")
    model_selection = pytest.importorskip("sklearn.model_selection")
    X = data["model"].reshape(-1, 1)
    folds = np.empty(N, dtype=int)
    for k, (_, test) in enumerate(model_selection.KFold(5, shuffle=True, random_state=3).split(X)):
        folds[test] = k
    for smooth in (0.5, 20.0):
        theirs = preprocessing.TargetEncoder(
            target_type="continuous", smooth=smooth, cv=5, shuffle=True, random_state=3
        )
        expected = theirs.fit_transform(X, data["claims"])
        ours = deciban.TargetEncoder("kfold", smooth)
        np.testing.assert_allclose(ours.fit_transform(X, data["claims"], folds=folds), expected, rtol=1e-12)
        np.testing.assert_allclose(ours.transform(X), theirs.transform(X), rtol=1e-12)


def test_auto_is_scikit_learns_where_levels_are_large_and_vary_alike():
    """Its m is the level's own variance over that of all rows, ours that within over that between levels: with 2,000 rows
    per level both leave each level its mean, to a few thousandths of the spread between levels."""
    preprocessing = pytest.importorskip("sklearn.preprocessing")
    rng = np.random.default_rng(8)
    level = np.repeat(np.arange(10), 2000)
    y = rng.normal(size=10)[level] + rng.normal(size=20_000)
    X = np.array([f"l{i}" for i in level]).reshape(-1, 1)
    fold = deciban.folds(20_000, seed=4).fold[0]
    ours = deciban.TargetEncoder("kfold", "auto")
    training = ours.fit_transform(X, y, folds=fold)[:, 0]
    for k in range(5):
        theirs = preprocessing.TargetEncoder(smooth="auto", target_type="continuous").fit(X[fold != k], y[fold != k])
        np.testing.assert_allclose(training[fold == k], theirs.transform(X[fold == k])[:, 0], atol=0.005)


def test_scikit_learns_auto_keeps_the_mean_of_pure_levels():
    preprocessing = pytest.importorskip("sklearn.preprocessing")
    rng = np.random.default_rng(8)
    X = np.array([f"single{i}" for i in range(200)] + [f"l{i % 10}" for i in range(500)]).reshape(-1, 1)
    y = rng.poisson(0.5 + 0.1 * (np.arange(700) % 10)).astype(float)
    theirs = preprocessing.TargetEncoder(smooth="auto", target_type="continuous").fit(X, y).transform(X)[:200, 0]
    assert (theirs == y[:200]).all()  # one row says all about its level
    encoder = deciban.TargetEncoder("full", "auto").fit(X, y)
    ours, collective = encoder.transform(X)[:200, 0], encoder.terms()["collective"][0]
    assert (np.abs(ours - collective) < 0.5 * np.abs(theirs - collective)).all()


def test_full_is_category_encoders_mestimate(data):
    category_encoders = pytest.importorskip("category_encoders")
    pandas = pytest.importorskip("pandas")
    X = pandas.DataFrame({"model": data["model"]})
    theirs = category_encoders.MEstimateEncoder(m=3.0).fit(X, data["claims"]).transform(X)
    ours = deciban.TargetEncoder("full", 3.0).fit_transform(X, data["claims"])
    np.testing.assert_allclose(ours, theirs.to_numpy(), rtol=1e-12)


def weighted_quantile(values, weights, p):
    """Akinshin (2023), Weighted quantile estimators, type 7."""
    order = np.argsort(values, kind="stable")
    values, weights = values[order], weights[order]
    n = weights.sum() ** 2 / (weights**2).sum()
    start = p * (n - 1)
    share = np.clip(np.cumsum(weights) / weights.sum() * n - start, 0.0, 1.0)
    return float(np.sum(np.diff(share, prepend=0.0) * values))


@pytest.mark.parametrize("p", [0.0, 0.3, 0.5, 1.0])
@pytest.mark.parametrize("weighted", [False, True])
def test_quantiles(data, p, weighted):
    folds = deciban.folds(N, n_folds=4, seed=1).fold[0]
    y, w = data["claims"] + data["years"], data["years"] if weighted else np.ones(N)
    given = {"sample_weight": w} if weighted else {}
    reference = weighted_quantile if weighted else (lambda values, weights, p: np.quantile(values, p))

    def encoded(rows, level):
        own = rows & (data["make"] == level)
        q, total = reference(y[own], w[own], p), reference(y[rows], w[rows], p)
        return (w[own].sum() * q + 2.0 * total) / (w[own].sum() + 2.0)

    X = {"make": data["make"]}
    got = deciban.TargetEncoder("kfold", 2.0, statistic="quantile", quantile=p).fit_transform(
        X, y, folds=folds, **given
    )
    expected = [encoded(folds != folds[i], data["make"][i]) for i in range(N)]
    np.testing.assert_allclose(got[:, 0], expected, rtol=1e-7 if weighted else 1e-13)  # weights are rounded to 2^-30
    full = deciban.TargetEncoder("full", 2.0, statistic="quantile", quantile=p).fit(X, y, **given)
    expected = [encoded(np.full(N, True), level) for level in full.levels()["level"]]
    np.testing.assert_allclose(full.levels()["value"], expected, rtol=1e-7 if weighted else 1e-13)
    assert np.isfinite(full.levels()["std_error"]).all()
    alone = deciban.TargetEncoder("loo", 2.0, statistic="quantile", quantile=p).fit_transform(X, y, **given)
    i = 17
    own = (data["make"] == data["make"][i]) & (np.arange(N) != i)
    hash_folds = deciban.folds(N, n_folds=5, seed=0).fold[0]
    prior = reference(y[hash_folds != hash_folds[i]], w[hash_folds != hash_folds[i]], p)
    expected = (w[own].sum() * reference(y[own], w[own], p) + 2.0 * prior) / (w[own].sum() + 2.0)
    assert alone[i, 0] == pytest.approx(expected, rel=1e-7)


def test_standard_error_of_a_median_is_that_of_repeated_samples():
    rng = np.random.default_rng(7)
    found, said = [], []
    for _ in range(60):
        y = rng.exponential(size=(10, 200))
        x = np.repeat(np.array([f"l{i}" for i in range(10)]), 200)
        encoder = deciban.TargetEncoder("full", 1e-9, statistic="quantile").fit({"x": x}, y.ravel())
        found.append(encoder.levels()["value"])
        said.append(encoder.levels()["std_error"])
    # exponential median: 1 / sqrt(n)
    assert np.std(found) == pytest.approx(np.mean(said), rel=0.1)
    assert np.mean(said) == pytest.approx(1 / np.sqrt(200), rel=0.1)


def test_the_ordered_quantile_of_one_permutation_is_that_of_earlier_rows(data):
    X, y = {"make": data["make"]}, data["claims"] + data["years"]
    encoder = deciban.TargetEncoder("ordered", 1.0, seed=3, n_permutations=1, statistic="quantile")
    quantile = encoder.fit_transform(X, y)[:, 0]
    folds = deciban.folds(N, n_folds=5, seed=3).fold[0]
    for level in np.unique(data["make"]):
        rows = np.flatnonzero(data["make"] == level)
        priors = np.array([np.median(y[folds != folds[i]]) for i in rows])
        first = np.flatnonzero(np.isclose(quantile[rows], priors, rtol=1e-14))
        assert len(first) >= 1  # the first row of the order has the prior alone
        second = [(y[rows[f]] + priors) / 2.0 for f in first]
        assert any(np.isclose(quantile[rows], values, rtol=1e-14).any() for values in second)


# scikit-learn's "auto" takes each level's own variance: a level of one row or of equal targets keeps its mean.
def test_pure_levels_shrink():
    rng = np.random.default_rng(1)
    x = np.array([f"l{i % 50:02d}" for i in range(500)] + ["alone"])
    y = np.append((rng.random(500) < 0.1 + 0.01 * (np.arange(500) % 50)).astype(float), 1.0)
    encoder = deciban.TargetEncoder().fit({"x": x}, y)
    value = encoder.transform({"x": ["alone"]})[0, 0]
    assert np.mean(y) < value < 1.0


def test_encoders_of_the_frame_library(data):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(data, index=range(1000, 1000 + N))
    encoded, encoder = deciban.target_encode(frame, "make:model", "claims", exposure="years")
    assert list(encoded.columns) == ["make:model"] and encoded.index[0] == 1000
    new = deciban.apply_target_encoding(encoder, frame.head(5))
    assert isinstance(new, pandas.DataFrame) and len(new) == 5
    polars = pytest.importorskip("polars")
    same, _ = deciban.target_encode(polars.DataFrame(data), "make:model", "claims", exposure="years")
    assert same["make:model"].to_numpy().tobytes() == encoded["make:model"].to_numpy().tobytes()
    categories = frame.assign(model=frame["model"].astype("category"))
    again, _ = deciban.target_encode(categories, "make:model", "claims", exposure="years")
    assert again["make:model"].tolist() == encoded["make:model"].tolist()


def test_array_and_frame_of_numbers_agree(data):
    X = np.column_stack([data["year"], data["year"] % 3]).astype(float)
    encoder = deciban.TargetEncoder(columns=None)
    out = encoder.fit_transform(X, data["claims"])
    assert out.shape == (N, 2) and encoder.n_features_in_ == 2
    assert list(encoder.get_feature_names_out()) == ["x1", "x2"]
    with pytest.raises(deciban.InputError, match="expecting 2 features"):
        encoder.transform(X[:, :1])


def test_output_frames(data):
    pytest.importorskip("pandas")
    encoder = deciban.TargetEncoder(columns=["make"]).set_output(transform="pandas")
    assert list(encoder.fit_transform(data, data["claims"]).columns) == ["make"]


def test_tables_and_hierarchy(data):
    encoder = deciban.TargetEncoder("loo", 5.0, columns=["model"], hierarchy={"model": "make"})
    encoder.fit(data, data["claims"], exposure=data["years"])
    levels, terms = encoder.levels(), encoder.terms()
    assert levels["parent"][0] == "make0" and len(levels["level"]) == 40
    assert deciban.model_from_json(encoder.to_json()).get_params() == encoder.get_params()
    assert terms["term"].tolist() == ["make", "model"]
    unseen = encoder.transform({"make": ["make3", "none"], "model": ["new", "new"]})[:, 0]
    make = deciban.TargetEncoder("loo", 5.0, columns=["make"]).fit(data, data["claims"], exposure=data["years"])
    assert unseen[0] == make.transform({"make": ["make3"]})[0, 0]
    assert unseen[1] == terms["collective"][0]
    z = levels["weight"] / (levels["weight"] + 5.0)
    np.testing.assert_allclose(levels["credibility"], z, rtol=1e-14)


@pytest.mark.parametrize("kind", ["target", "frequency", "ordinal"])
def test_files_and_pickles(data, kind, tmp_path):
    X = {name: data[name] for name in ("make", "model")}
    encoder = {
        "target": deciban.TargetEncoder(prior_weight="auto_ml", columns=["make/model", "make"], min_rows=5),
        "frequency": deciban.FrequencyEncoder(columns=["make:model", "make"]),
        "ordinal": deciban.OrdinalEncoder(order="frequency"),
    }[kind]
    encoder.fit(X, data["claims"])
    path = tmp_path / "encoder.json"
    deciban.save_model(encoder, path)
    expected = encoder.transform(X)
    for again in (
        deciban.load_model(path),
        pickle.loads(pickle.dumps(encoder)),
        deciban.model_from_json(encoder.to_json()),
    ):
        assert type(again) is type(encoder)
        assert again.transform(X).tobytes() == expected.tobytes()
        assert deciban.model_to_json(again) == path.read_text()


def test_frequency_and_ordinal_values():
    X = {"x": ["b", "a", "b", None], "w": [1.0, 2.0, 3.0, 4.0]}
    share = deciban.FrequencyEncoder(columns=["x"])
    assert share.fit_transform(X).ravel().tolist() == [0.5, 0.25, 0.5, 0.25]
    assert share.fit_transform(X, sample_weight=X["w"]).ravel().tolist() == [0.4, 0.2, 0.4, 0.4]
    assert share.transform({"x": ["new", "a"]}).ravel().tolist() == [0.0, 0.2]
    count = deciban.FrequencyEncoder(normalize=False, columns=["x"], missing="nan").fit_transform(X).ravel()
    assert count[:3].tolist() == [2, 1, 2] and np.isnan(count[3])
    ordinal = deciban.OrdinalEncoder(columns=["x"], missing="level").fit(X)
    assert ordinal.transform(X).ravel().tolist() == [2, 1, 2, 3]
    assert np.isnan(ordinal.transform({"x": ["new"]})[0, 0])
    given = deciban.OrdinalEncoder(levels_of={"x": ["b", "c", "a"]}, columns=["x"]).fit(X)
    assert given.transform({"x": ["a", "b", "c"]}).ravel().tolist() == [3, 1, 2]
    assert given.levels()["level"].tolist() == ["b", "c", "a"]


def test_scikit_learn_takes_it(data):
    base = pytest.importorskip("sklearn.base")
    pipeline = pytest.importorskip("sklearn.pipeline")
    linear = pytest.importorskip("sklearn.linear_model")
    selection = pytest.importorskip("sklearn.model_selection")
    pandas = pytest.importorskip("pandas")
    X = pandas.DataFrame({"model": data["model"]})
    encoder = deciban.TargetEncoder("kfold", 3.0)
    assert base.clone(encoder).get_params() == encoder.get_params()
    model = pipeline.make_pipeline(encoder, linear.LinearRegression())
    scores = selection.cross_val_score(model, X, data["claims"], cv=3)
    assert np.isfinite(scores).all()
    search = selection.GridSearchCV(model, {"targetencoder__prior_weight": [1.0, "auto"]}, cv=3)
    search.fit(X, data["claims"])
    assert search.best_params_["targetencoder__prior_weight"] in (1.0, "auto")


BAD = [
    ("encoder.target_missing", {}, {"y": "nan"}),
    ("encoder.exposure", {}, {"exposure": -1.0}),
    ("encoder.weights", {}, {"sample_weight": -1.0}),
    ("encoder.scheme", {"scheme": "random"}, {}),
    ("encoder.prior_weight", {"prior_weight": "mle"}, {}),
    ("encoder.prior_weight", {"prior_weight": -1.0}, {}),
    ("encoder.statistic", {"statistic": "median"}, {}),
    ("encoder.quantile", {"statistic": "quantile", "quantile": 1.5}, {}),
    ("encoder.quantile", {"statistic": "quantile", "prior_weight": "auto_ml"}, {}),
    ("encoder.n_folds", {"n_folds": 1}, {}),
    ("folds.n_folds", {"n_folds": 1, "scheme": "kfold"}, {}),
    ("folds.by_missing", {"scheme": "group"}, {}),
    ("encoder.unused_argument", {}, {"groups": 1.0}),
    ("folds.too_few_groups", {"scheme": "group"}, {"groups": 1.0}),
    ("encoder.hierarchy", {"columns": ["year"], "hierarchy": {"year": "make"}}, {}),
    ("data.unknown_column", {"columns": ["modell"]}, {}),
    ("encoder.exposure_missing", {"statistic": "rate"}, {}),
    ("encoder.missing", {"missing": "drop"}, {}),
    ("encoder.unseen", {"unseen": "zero"}, {}),
    ("input.argument", {"min_rows": -1}, {}),
]


@pytest.mark.parametrize(("code", "parameters", "change"), BAD)
def test_bad_input(data, code, parameters, change):
    given = {name: np.full(N, value) for name, value in change.items() if name != "y"}
    y = data["claims"].copy()
    if "y" in change:
        y[5] = np.nan
    with pytest.raises(deciban.DecibanError) as caught:
        deciban.TargetEncoder(**parameters).fit_transform(data, y, **given)
    assert caught.value.code == code


def test_edges():
    with pytest.raises(deciban.NotFittedError):
        deciban.TargetEncoder().transform({"x": ["a"]})
    for kind in (deciban.TargetEncoder(), deciban.FrequencyEncoder(), deciban.OrdinalEncoder()):
        with pytest.raises(deciban.DataError) as caught:
            kind.fit_transform({"x": []}, [])
        assert caught.value.code == "data.empty"
    with pytest.warns(deciban.DecibanWarning, match="every row"):
        deciban.TargetEncoder().fit({"x": ["a", "b"]}, [1.0, 1.0])
    with pytest.raises(deciban.DataError) as caught:
        deciban.TargetEncoder(unseen="error").fit({"x": ["a", "b"] * 3}, [1, 0] * 3).transform({"x": ["c"]})
    assert caught.value.code == "encoder.unseen_level"


# In formulas ----------------------------------------------------------------------------------------------------------


def test_formula_training_values_are_the_encoders(data):
    matrix = deciban.model_matrix('claims ~ te(make/model, scheme="kfold", seed=2)', data, exposure="years")
    encoded, _ = deciban.target_encode(data, "make/model", "claims", exposure="years", scheme="kfold", seed=2)
    assert matrix.values[:, 1].tobytes() == encoded["make/model"].tobytes()


@pytest.mark.parametrize(("scheme", "by"), [("group", "groups"), ("time", "time")])
def test_formula_reads_groups_and_times(data, scheme, by, tmp_path):
    formula = f"claims ~ te(model, scheme='{scheme}', {by} = year, n_folds=4)"
    matrix = deciban.model_matrix(formula, data, exposure="years")
    encoded, _ = deciban.target_encode(
        data, "model", "claims", exposure="years", scheme=scheme, n_folds=4, **{by: "year"}
    )
    assert matrix.values[:, 1].tobytes() == encoded["model"].tobytes()
    model = deciban.fit_glm(formula, data, "poisson", exposure="years")
    model.save(tmp_path / "model.json")
    again = deciban.load_model(tmp_path / "model.json")
    new = {"model": data["model"], "years": data["years"]}  # new rows need no groups
    assert again.predict(new).tobytes() == model.predict(new).tobytes()
    assert np.sum(model.resid_response) == pytest.approx(0.0, abs=1e-6)  # the training values, which need them
    if scheme == "time":
        return  # rows of the first period share hash folds, which go by row numbers
    gap = data | {"claims": data["claims"].copy()}
    gap["claims"][::7] = np.nan
    kept = {name: values[~np.isnan(gap["claims"])] for name, values in gap.items()}
    assert (deciban.fit_glm(formula, gap, "poisson").params == deciban.fit_glm(formula, kept, "poisson").params).all()


@pytest.mark.parametrize(
    ("code", "term"),
    [
        ("formula.arguments", "te(model, scheme='group')"),
        ("formula.arguments", "te(model, groups = year)"),
        ("formula.arguments", "te(model, scheme='time', groups = year, time = year)"),
        ("formula.arguments", "te(model, scheme='time', time = log(year))"),
        ("data.unknown_column", "te(model, scheme='group', groups = policy)"),
        ("folds.too_few_groups", "te(model, scheme='group', groups = year, n_folds = 10)"),
        ("formula.arguments", "te(model, scheme='random')"),
        ("encoder.prior_weight", "te(model, prior_weight=-1)"),
        ("formula.arguments", "te(log(year))"),
        ("formula.encoder_response", None),
    ],
)
def test_bad_terms(data, code, term):
    with pytest.raises(deciban.DecibanError) as caught:
        if term is None:
            deciban.model_matrix("~ te(model)", data)
        else:
            deciban.fit_glm(f"claims ~ {term}", data, "poisson")
    assert caught.value.code == code


def test_severity_is_encoded_with_claim_counts_as_weights(data):
    claims = data["claims"] + 1.0
    severity = 100.0 * np.exp(np.sin(np.arange(N))) * (1 + (data["years"] > 0.7))
    frame = data | {"severity": severity, "n": claims}
    encoder = deciban.TargetEncoder("full", 20.0, columns=["make"]).fit(frame, severity, sample_weight=claims)
    own = data["make"] == "make3"
    mean = np.sum(claims * severity) / np.sum(claims)
    expected = (np.sum((claims * severity)[own]) + 20.0 * mean) / (np.sum(claims[own]) + 20.0)
    assert encoder.transform({"make": ["make3"]})[0, 0] == pytest.approx(expected, rel=1e-13)
    model = deciban.fit_glm("severity ~ log(te(make, scheme='kfold'))", frame, "gamma", link="log", weights="n")
    encoded, _ = deciban.target_encode(frame, "make", "severity", weights="n", scheme="kfold")
    frame["z"] = np.log(encoded["make"])
    by_hand = deciban.fit_glm("severity ~ z", frame, "gamma", link="log", weights="n")
    assert model.params.tobytes() == by_hand.params.tobytes()


def test_formula_model_predicts_by_full_statistics(data, tmp_path):
    model = deciban.fit_glm("claims ~ log(TE(model)) + FE(make)", data, "poisson", exposure="years")
    assert model.param_names == ["(Intercept)", "log(te(model))", "fe(make)"]
    full = deciban.TargetEncoder(columns=["model"]).fit(data, data["claims"], exposure=data["years"])
    share = deciban.FrequencyEncoder(columns=["make"]).fit(data)
    b = model.params
    eta = b[0] + b[1] * np.log(full.transform(data)[:, 0]) + b[2] * share.transform(data)[:, 0]
    np.testing.assert_allclose(model.predict(data), data["years"] * np.exp(eta), rtol=1e-13)
    model.save(tmp_path / "model.json")
    again = deciban.load_model(tmp_path / "model.json")
    assert again.predict(data).tobytes() == model.predict(data).tobytes()
    unseen = again.predict({"model": ["new"], "make": ["new"], "years": [1.0]})
    np.testing.assert_allclose(unseen, np.exp(b[0] + b[1] * np.log(full.terms()["collective"][0])), rtol=1e-13)


def test_cross_fit(data):
    shares = deciban.folds(N, n_folds=3, n_repeats=2, seed=5)
    fit = deciban.cross_fit("claims ~ te(model)", data, shares, "poisson", exposure="years")
    assert fit.predictions.shape == (2, N) and not np.isnan(fit.predictions).any()
    for row, (train, test) in enumerate(shares):
        part = {name: values[train] for name, values in data.items()}
        rest = {name: values[test] for name, values in data.items()}
        model = deciban.fit_glm("claims ~ te(model)", part, "poisson", exposure="years")
        mu = model.predict(rest)
        assert fit.predictions[row // 3][test].tobytes() == mu.tobytes()
        y = rest["claims"]
        deviance = 2 * np.sum(np.where(y > 0, y * np.log(np.maximum(y, 1) / mu), 0.0) - (y - mu))
        assert fit.table["deviance"][row] == pytest.approx(deviance, rel=1e-12)
    assert fit.deviance[1] == pytest.approx(fit.table["deviance"][3:].sum(), rel=1e-14)
    assert "Out-of-fold" in repr(fit)
    vector = deciban.cross_fit("claims ~ te(model)", data, shares.fold[0], "poisson", exposure=data["years"])
    assert vector.predictions[0].tobytes() == fit.predictions[0].tobytes()
