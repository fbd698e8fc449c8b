"""Contrasts, model matrices, bases and the table of a design."""

import pickle
import sys

import numpy as np
import pytest
from conftest import MOTOR, bits, fit, library

import deciban
from deciban import DataError, FormulaError, InputError

FRAMES = ("dict", "pandas", "polars", "pyarrow")


def frame(kind):
    if kind == "dict":
        return MOTOR
    return library(kind).table(MOTOR) if kind == "pyarrow" else library(kind).DataFrame(MOTOR)


def names_of(made):
    return list(getattr(made, "column_names", getattr(made, "columns", made)))


# Contrasts and dots ---------------------------------------------------------------------------------------------------


def test_contrasts_of_a_fit():
    model = fit(MOTOR, contrasts={"area": "sum"})
    assert model.param_names == ["(Intercept)", "area1", "area2", "log(age)"]
    np.testing.assert_allclose(model.fittedvalues, fit(MOTOR).fittedvalues, rtol=1e-10)


def test_wrong_contrasts(raises):
    with raises(InputError, "input.contrasts"):
        fit(MOTOR, contrasts={"area": "nonsense"})
    with raises(InputError, "input.contrasts"):
        fit(MOTOR, "claims ~ age", contrasts={"age": "sum"})
    with raises(InputError, "input.argument"):
        fit(MOTOR, contrasts="sum")
    with raises(InputError, "input.contrasts"):
        deciban.model_matrix(fit(MOTOR), MOTOR, contrasts={"area": "sum"})


@pytest.mark.parametrize("kind", FRAMES)
def test_dot_is_all_other_columns(kind):
    model = deciban.fit_glm("claims ~ .", frame(kind), "poisson")
    assert model.param_names == ["(Intercept)", "areaB", "areaC", "age", "years"]
    assert deciban.model_matrix("claims ~ . - years", frame(kind)).term_labels == ["area", "age"]


def test_dot_of_a_structured_array():
    data = np.array([(1.0, 2.0), (2.0, 5.0), (4.0, 7.0)], dtype=[("y", float), ("x", float)])
    assert deciban.model_matrix("y ~ .", data).names == ["(Intercept)", "x"]


# model_matrix ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", FRAMES)
def test_matrix_of_a_formula(kind):
    design = deciban.model_matrix("~ area * age", frame(kind))
    assert design.names == ["(Intercept)", "areaB", "areaC", "age", "areaB:age", "areaC:age"]
    assert design.assign == [0, 1, 1, 2, 3, 3]
    assert design.term_labels == ["area", "age", "area:age"]
    assert design.values.dtype == np.float64 and design.values.flags.f_contiguous
    assert design.shape == (12, 6)
    assert np.asarray(design) is design.values
    assert design.values[:, 3].tolist() == MOTOR["age"]
    assert design.rows.tolist() == list(range(12))
    made = design.to_frame()
    assert names_of(made) == design.names
    assert np.asarray(made["areaB:age"]).tolist() == design.values[:, 4].tolist()
    assert "12 rows x 6 columns" in repr(design)


def test_rows_kept():
    data = {"y": [1.0, None, 3.0, 4.0], "x": [1.0, 2.0, None, 4.0]}
    assert deciban.model_matrix("y ~ x", data).rows.tolist() == [0, 3]
    assert deciban.model_matrix("~ x", data).rows.tolist() == [0, 1, 3]
    pandas = library("pandas")
    made = deciban.model_matrix("y ~ x", pandas.DataFrame(data, index=list("abcd"))).to_frame()
    assert made.index.tolist() == ["a", "d"]


def test_copies_and_types():
    design = deciban.model_matrix("~ age", MOTOR)
    assert np.array(design, copy=True) is not design.values
    assert np.asarray(design, dtype=np.float32).dtype == np.float32
    assert deciban.model_matrix("~ 0", MOTOR).values.shape == (12, 0)


@pytest.mark.parametrize("kind", FRAMES)
def test_sparse_matrix(kind):
    sparse = pytest.importorskip("scipy.sparse")
    dense = deciban.model_matrix("~ area * age", frame(kind))
    design = deciban.model_matrix("~ area * age", frame(kind), sparse=True)
    assert isinstance(design.values, sparse.csc_matrix)
    assert design.values.nnz == np.count_nonzero(dense.values)
    assert bits(design) == bits(dense)
    made = design.to_frame()
    assert np.asarray(made["areaB:age"]).tolist() == dense.values[:, 4].tolist()
    assert "sparse" in repr(design)
    with pytest.raises(ValueError):
        design.__array__(copy=False)


def test_sparse_without_scipy(monkeypatch, raises):
    for name in [name for name in sys.modules if name.split(".")[0] == "scipy"]:
        monkeypatch.delitem(sys.modules, name)

    class Hidden:
        def find_spec(self, name, path=None, target=None):
            if name.split(".")[0] == "scipy":
                raise ModuleNotFoundError(name)

    monkeypatch.setattr(sys, "meta_path", [Hidden(), *sys.meta_path])
    with raises(InputError, "package.missing") as caught:
        deciban.model_matrix("~ age", MOTOR, sparse=True)
    assert caught.error.context == {"package": "scipy"}


@pytest.mark.parametrize("kind", FRAMES)
def test_matrix_of_a_model(kind, tmp_path):
    model = fit(frame(kind), "claims ~ area + bs(age, df = 4)")
    design = deciban.model_matrix(model, frame(kind))
    assert design.names == model.param_names
    link = np.asarray(design) @ np.asarray(model.params) + np.log(MOTOR["years"])
    np.testing.assert_allclose(link, np.asarray(model.predict(type="link")), rtol=1e-12)
    new = {"area": ["C", None], "age": [30, 40]}
    model.save(tmp_path / "model.json")
    for one in (model, deciban.load_model(tmp_path / "model.json")):
        values = one.model_matrix(new).values
        assert bits(values) == bits(model.model_matrix(new).values)
        assert np.isnan(values[1, 1]) and values[0, 2] == 1


def test_matrix_of_a_model_of_a_matrix():
    X = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
    model = deciban.fit_glm_xy(X, [1.0, 3.0, 6.0], "gaussian")
    assert model.model_matrix(X).values.tolist() == X.tolist()


def test_unseen_levels(raises):
    model = fit(MOTOR)
    new = {"area": ["A", "Z"], "age": [30, 30]}
    with raises(DataError, "data.unseen_level"):
        model.model_matrix(new)
    assert np.isnan(deciban.model_matrix(model, new, unseen="missing").values[1, 1])
    assert deciban.model_matrix(model, new, unseen="reference").values[1, 1] == 0.0


def test_errors_of_model_matrix(raises):
    with raises(FormulaError, "formula.syntax"):
        deciban.model_matrix("~ area +", MOTOR)
    with raises(InputError, "data.unknown_column"):
        deciban.model_matrix("~ aera", MOTOR)
    with raises(InputError, "input.argument_type"):
        deciban.model_matrix(3, MOTOR)
    with raises(InputError, "input.na_action"):
        deciban.model_matrix("~ area", MOTOR, na_action="drop")
    with raises(DataError, "data.missing"):
        deciban.model_matrix("~ x", {"x": [1.0, None]}, na_action="fail")


def test_threads_do_not_matter():
    data = deciban.simulate_portfolio(20000, seed=1, frame="dict")
    formula = "~ area * bs(driver_age, df = 5) + log(density)"
    one, two = (deciban.model_matrix(formula, data, n_threads=n) for n in (1, 2))
    assert one.values.tobytes() == two.values.tobytes()


# basis ----------------------------------------------------------------------------------------------------------------

AGE = np.array(MOTOR["age"], dtype=float)


@pytest.mark.parametrize(
    "kind, more",
    [
        ("bs", {"df": 5}),
        ("ns", {"df": 3}),
        ("ms", {"df": 5}),
        ("scale", {}),
        ("poly", {"degree": 3}),
        ("poly", {"degree": 2, "raw": True}),
        ("bs", {"knots": [30, 40], "degree": 2, "intercept": True, "boundary": (10, 80)}),
    ],
)
def test_basis_is_that_of_the_formula(kind, more):
    curve = deciban.basis(AGE, kind, **more)
    text = {"knots": "c(30, 40)", "boundary": "c(10, 80)"}
    name = {"boundary": "Boundary.knots"}
    written = ", ".join(f"{name.get(key, key)} = {text.get(key, str(value).upper())}" for key, value in more.items())
    if kind == "poly":
        written = written.replace("degree = ", "")
    design = deciban.model_matrix(f"~ 0 + {kind}(age{', ' + written if written else ''})", MOTOR)
    assert bits(curve.values) == bits(design.values)
    assert [n[len(design.term_labels[0]) :] for n in design.names] == curve.names
    assert bits(curve.transform(AGE[::-1])) == bits(curve.values[::-1])
    new = curve.transform([20.0, np.nan, 90.0])
    assert np.isnan(new[1]).all()
    again = pickle.loads(pickle.dumps(curve))
    assert bits(again.values) == bits(curve.values)
    for other in (again, deciban.Basis.from_json(curve.to_json())):
        assert bits(other.transform([20.0, np.nan, 90.0])) == bits(new)
        assert other.names == curve.names
    assert repr(curve).startswith("Basis ")
    assert np.asarray(curve) is curve.values


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow"])
def test_basis_of_a_column(kind):
    assert bits(deciban.basis(frame(kind)["age"], df=5).values) == bits(deciban.basis(AGE, df=5).values)


def test_errors_of_basis(raises):
    with raises(FormulaError, "formula.df"):
        deciban.basis(AGE, df=1)
    with raises(FormulaError, "formula.constant"):
        deciban.basis([1.0, 1.0, 1.0], df=4)
    with raises(InputError, "input.kind"):
        deciban.basis(AGE, "tp")
    with raises(InputError, "input.unknown_argument"):
        deciban.basis(AGE, "poly", df=3)
    with raises(deciban.FormatError, "format.json"):
        deciban.Basis.from_json("{")


# design_info ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", FRAMES)
def test_info(kind):
    formula = "claims ~ area + bs(age, df = 4) + offset(log(years))"
    info = deciban.design_info(formula, frame(kind))
    model = deciban.fit_glm(formula, frame(kind), "poisson")
    same = deciban.design_info(model)
    columns = ["term", "variables", "columns", "first_column", "kind", "details"]
    assert names_of(info) == columns
    assert type(same) is type(info)
    assert str(info) == str(same)
    assert str(info).startswith("term ")
    assert names_of(info.to_frame(kind)) == columns
    for name in columns:
        assert list(np.asarray(info[name])) == list(np.asarray(same[name]))
    assert list(np.asarray(info["columns"])) == [1, 2, 4, 0]
    assert str(deciban.design_info(formula, frame(kind), n_threads=2)) == str(info)


def test_errors_of_info(raises):
    with raises(InputError, "input.data"):
        deciban.design_info("~ area")
    with raises(InputError, "input.argument_type"):
        deciban.design_info(None, MOTOR)
    with raises(InputError, "input.n_threads"):
        deciban.design_info("~ area", MOTOR, n_threads=0)
    with pytest.raises(deciban.FormulaError) as caught:
        deciban.design_info("~ area + bs(age, df = 1)", MOTOR)
    assert caught.value.code == "formula.df"
    assert "\n~ area + bs(age, df = 1)\n         ^" in str(caught.value)
    with raises(InputError, "input.contrasts"):
        deciban.design_info(fit(MOTOR), contrasts={"area": "sum"})


def test_text_of_every_length():
    pytest.importorskip("scipy.sparse")
    texts = ["", "\0", "a", "a\0", "\0a", "abcd", "abc\0", "\xe9", "\u6771\u4eac\u90fd"]
    texts += ["abcdefgh", "abcdefgi", "abcdefghi"]
    texts += [f"{k:x}" for k in range(300)] + [f"a longer level {k}" for k in range(300)]
    rows = [text for _ in range(40) for text in texts]
    fresh = np.empty(len(rows), dtype=object)
    fresh[:] = [bytes(text, "utf-8").decode() for text in rows]  # an object of its own in nearly every row
    levels = sorted(set(texts), key=lambda text: text.encode())
    design = deciban.model_matrix("~ 0 + text", {"text": fresh}, sparse=True)
    assert design.names == [f"text{level}" for level in levels]
    assert design.values.indices.size == len(rows)
    codes = design.values.tocsr().indices
    assert [levels[code] for code in codes] == rows


def test_info_with_contrasts():
    info = deciban.design_info("~ area", MOTOR, contrasts={"area": "helmert"})
    assert info["details"][1] == "levels A, B, C; helmert contrasts"
