"""Bad input is an error by code, of the right class, that names what is wrong."""

import datetime as dt
import pickle
import sys
import types

import numpy as np
import pytest
from conftest import MOTOR, fit, library

import deciban
from deciban import ConvergenceError, DataError, FormulaError, InputError

ROWS = {"y": [1.0, 2.0, 4.0], "x": [1.0, 2.0, 3.0], "w": [1.0, 1.0, 1.0]}


def gaussian(formula="y ~ x", data=None, family="gaussian", **arguments):
    return deciban.fit_glm(formula, {**ROWS, **(data or {})}, family, **arguments)


FITS = {
    "unknown column": (InputError, "data.unknown_column", lambda: gaussian("y ~ xx")),
    "unknown weights": (InputError, "data.unknown_column", lambda: gaussian(weights="ww")),
    "unknown family": (InputError, "family.unknown", lambda: gaussian(family="poison")),
    "unknown link": (InputError, "link.unknown", lambda: gaussian(link="logg")),
    "negative counts": (DataError, "response.domain", lambda: gaussian(data={"y": [1, -1, 2]}, family="poisson")),
    "gamma zero": (DataError, "response.domain", lambda: gaussian(data={"y": [1, 0, 2]}, family="gamma")),
    "no counts for theta": (
        DataError,
        "family.no_estimate",
        lambda: gaussian(data={"y": [0, 0, 0]}, family="negative_binomial"),
    ),
    "no amounts for var_power": (
        DataError,
        "family.no_estimate",
        lambda: gaussian(data={"y": [0, 0, 2.5]}, family="tweedie"),
    ),
    "zero exposure": (
        InputError,
        "exposure.not_positive",
        lambda: gaussian(data={"w": [1, 0, 1]}, family="poisson", exposure="w"),
    ),
    "NaN weight": (InputError, "weights.not_finite", lambda: gaussian(weights=[1.0, np.nan, 1.0])),
    "infinite weight": (InputError, "weights.not_finite", lambda: gaussian(weights=[1.0, np.inf, 1.0])),
    "negative weight": (InputError, "weights.negative", lambda: gaussian(weights=[1.0, -1.0, 1.0])),
    "all rows missing": (DataError, "data.all_missing", lambda: gaussian(data={"x": [None, None, None]})),
    "zero rows": (InputError, "data.empty", lambda: gaussian(data={"y": [], "x": [], "w": []})),
    "missing with fail": (DataError, "data.missing", lambda: gaussian(data={"x": [1, None, 2]}, na_action="fail")),
    "infinite predictor": (DataError, "data.non_finite", lambda: gaussian(data={"x": [1.0, np.inf, 2.0]})),
    "columns of different length": (InputError, "data.length_mismatch", lambda: gaussian(data={"x": [1.0, 2.0]})),
    "vector of other length": (InputError, "data.length_mismatch", lambda: gaussian(weights=[1.0, 2.0])),
    "scalar weights": (InputError, "data.length_mismatch", lambda: gaussian(weights=2)),
    "mixed types": (DataError, "data.mixed_types", lambda: gaussian(data={"x": ["a", 1, "b"]})),
    "text response": (DataError, "response.not_numeric", lambda: gaussian(data={"y": ["a", "b", "c"]})),
    "log of text": (DataError, "data.not_numeric", lambda: gaussian("y ~ log(x)", {"x": ["a", "b", "c"]})),
    "two dimensions": (InputError, "data.dimension", lambda: gaussian(data={"x": np.ones((3, 1))})),
    "no vector": (InputError, "data.unsupported_type", lambda: gaussian(data={"x": "abc"})),
    "nested lists": (DataError, "data.unsupported_type", lambda: gaussian(data={"x": [[1, 2], [3, 4], [5, 6]]})),
    "objects": (DataError, "data.unsupported_type", lambda: gaussian(data={"x": [object(), object(), object()]})),
    "bytes": (DataError, "data.unsupported_type", lambda: gaussian(data={"x": [b"a", b"b", b"c"]})),
    "float16": (DataError, "data.unsupported_type", lambda: gaussian(data={"x": np.ones(3, dtype="f2")})),
    "complex": (DataError, "data.unsupported_type", lambda: gaussian(data={"x": np.ones(3, dtype="c16")})),
    "durations": (DataError, "data.unsupported_type", lambda: gaussian(data={"x": np.ones(3, dtype="m8[s]")})),
    "huge int": (DataError, "data.unsupported_type", lambda: gaussian(data={"x": [1, 10**400, 2]})),
    "data is a matrix": (
        InputError,
        "data.unsupported_type",
        lambda: deciban.fit_glm("y ~ x", np.ones((3, 2)), "gaussian"),
    ),
    "data is a list": (InputError, "data.unsupported_type", lambda: deciban.fit_glm("y ~ x", [1, 2], "gaussian")),
    "data is None": (InputError, "data.unsupported_type", lambda: deciban.fit_glm("y ~ x", None, "gaussian")),
    "formula is no text": (InputError, "input.argument", lambda: gaussian(formula=1)),
    "family is no text": (InputError, "input.argument", lambda: gaussian(family=2)),
    "family is an object": (InputError, "input.argument_type", lambda: gaussian(family=object())),
    "formula syntax": (FormulaError, "formula.syntax", lambda: gaussian("y ~ x +")),
    "unknown function": (FormulaError, "formula.unknown_function", lambda: gaussian("y ~ lg(x)")),
    "na_action": (InputError, "input.na_action", lambda: gaussian(na_action="drop")),
    "unseen": (InputError, "input.unseen", lambda: gaussian(unseen="skip")),
    "max_iter": (InputError, "input.argument", lambda: gaussian(max_iter=0)),
    "rank_tol": (InputError, "input.argument", lambda: gaussian(rank_tol=2)),
    "strict": (InputError, "input.argument", lambda: gaussian(strict="yes")),
    "n_threads zero": (InputError, "input.n_threads", lambda: gaussian(n_threads=0)),
    "n_threads half": (InputError, "input.argument_type", lambda: gaussian(n_threads=1.5)),
    "n_threads text": (InputError, "input.argument_type", lambda: gaussian(n_threads="2")),
    "no convergence": (ConvergenceError, "fit.not_converged", lambda: fit(MOTOR, max_iter=1, strict=True)),
    "X and y": (InputError, "data.length_mismatch", lambda: deciban.fit_glm_xy(np.ones((3, 1)), [1, 2], "gaussian")),
    "X is a vector": (InputError, "data.dimension", lambda: deciban.fit_glm_xy(np.ones(3), [1, 2, 3], "gaussian")),
    "X is text": (InputError, "data.unsupported_type", lambda: deciban.fit_glm_xy("X", [1, 2, 3], "gaussian")),
    "y is a matrix": (
        InputError,
        "data.dimension",
        lambda: deciban.fit_glm_xy(np.ones((3, 1)), np.ones((3, 1)), "gaussian"),
    ),
}


@pytest.mark.parametrize("case", FITS)
def test_fits(case, raises):
    kind, code, call = FITS[case]
    with raises(kind, code) as caught:
        call()
    assert str(caught.error)
    assert isinstance(caught.error.context, dict)


def test_the_message_names_column_count_and_value(raises):
    with raises(DataError, "response.domain") as caught:
        gaussian(data={"y": [1, -1, -2.5]}, family="poisson")
    assert "y" in str(caught.error)
    assert "2" in str(caught.error)
    assert "-1" in str(caught.error)


def test_a_near_name_is_suggested(raises):
    forms = [MOTOR]
    for name in ("pandas", "polars"):
        forms.append(library(name).DataFrame(MOTOR))
    forms.append(library("pyarrow").table(MOTOR))
    for data in forms:
        with raises(InputError, "data.unknown_column") as caught:
            deciban.fit_glm("claims ~ aera", data, "poisson")
        assert "area" in caught.error.hint


def test_the_position_in_a_formula(raises):
    with raises(FormulaError, "formula.unknown_function") as caught:
        gaussian("y ~ x + lg(x)")
    assert caught.error.position == 8


@pytest.mark.parametrize(
    ("values", "types", "row"),
    [
        (["a", None, 1], ["str", "int"], 2),
        ([1, "a", 2], ["int", "str"], 1),
        ([1, True, 2], ["int", "bool"], 1),
        ([dt.date(2020, 1, 1), dt.datetime(2020, 1, 1), None], ["datetime.date", "datetime.datetime"], 1),
        ([1.5, 2, np.str_("a")], ["float", "numpy.str_"], 2),
    ],
)
def test_mixed_types_are_named(values, types, row, raises):
    with raises(DataError, "data.mixed_types") as caught:
        gaussian(data={"x": np.asarray(values, dtype=object)})
    assert caught.error.context == {"column": "x", "types": types, "row": row}
    for word in ("x", *types, str(row + 1)):
        assert word in str(caught.error)


TOO_MANY = 2**31 + 1


@pytest.mark.parametrize("value", [np.float64(1.5), np.int8(1), np.bool_(True)])
def test_too_many_rows(value, raises):
    endless = np.broadcast_to(value, (TOO_MANY,))  # stride 0: one value in memory
    ones = np.broadcast_to(np.float64(1), (TOO_MANY,))
    with raises(InputError, "data.too_many_rows"):
        deciban.fit_glm("y ~ x", {"y": ones, "x": endless}, "poisson")
    with raises(InputError, "data.too_many_rows"):
        deciban.fit_glm_xy(np.broadcast_to(np.float64(1), (TOO_MANY, 2)), ones, "poisson")


def test_too_many_rows_of_objects(raises):
    ones = np.broadcast_to(np.float64(1), (TOO_MANY,))
    names = np.lib.stride_tricks.as_strided(np.asarray(["a"], dtype=object), (TOO_MANY,), (0,))
    with raises(InputError, "data.too_many_rows"):
        deciban.fit_glm("y ~ x", {"y": ones, "x": names}, "poisson")


def test_duplicate_columns(raises):
    pd, pa = library("pandas"), library("pyarrow")
    frame = pd.DataFrame([[1.0, 2.0, 3.0]] * 3, columns=["y", "x", "x"])
    with raises(InputError, "data.duplicate_column") as caught:
        deciban.fit_glm("y ~ x", frame, "gaussian")
    assert caught.error.context["column"] == "x"
    table = pa.table([[1.0, 2.0], [1.0, 2.0], [1.0, 2.0]], names=["y", "x", "x"])
    with raises(InputError, "data.duplicate_column"):
        deciban.fit_glm("y ~ x", table, "gaussian")
    model = deciban.fit_glm("y ~ 1", frame, "gaussian")  # the others do not matter
    assert model.nobs == 3


def test_types_that_arrow_has_and_a_model_has_not(raises):
    pa = library("pyarrow")
    with raises(DataError, "data.unsupported_type") as caught:
        deciban.fit_glm("y ~ x", pa.table({"y": [1.0, 2.0], "x": [[1], [2]]}), "gaussian")
    assert caught.error.context["column"] == "x"


def test_lazy_frames_are_not_collected(raises):
    pl = library("polars")
    with raises(InputError, "data.unsupported_type") as caught:
        deciban.fit_glm("y ~ x", pl.DataFrame(ROWS).lazy(), "gaussian")
    assert "collect" in caught.error.hint


def test_sparse_matrices(raises, monkeypatch):
    class Sparse:  # stands for scipy's, which need not be installed
        shape = (3, 3)

    module = types.ModuleType("scipy.sparse")
    module.sparray = Sparse
    monkeypatch.setitem(sys.modules, "scipy.sparse", module)
    with raises(InputError, "data.unsupported_type") as caught:
        deciban.fit_glm_xy(Sparse(), [1.0, 2.0, 3.0], "gaussian")
    assert "toarray" in caught.error.hint


def test_predictions(model, raises):
    new = {"area": ["A", "Z", "Y"], "age": [20, 20, 30], "years": [1, 1, 1]}
    with raises(DataError, "data.unseen_level") as caught:
        model.predict(new)
    assert caught.error.context["column"] == "area"
    assert caught.error.context["count"] == 2
    assert caught.error.context["levels"] == ["Z", "Y"]
    with raises(InputError, "data.unknown_column") as caught:
        model.predict({"area": ["A"], "ages": [20], "years": [1]})
    assert "ages" in caught.error.hint
    with raises(InputError, "input.type"):
        model.predict({"area": ["A"], "age": [20], "years": [1]}, type="mean")
    with raises(InputError, "input.unseen"):
        model.predict(new, unseen="drop")
    with raises(InputError, "data.length_mismatch"):
        model.predict(new, exposure=[1, 1], unseen="missing")
    with raises(InputError, "input.type"):
        model.residuals("raw")


def test_vectors_must_be_given_again(motor, raises):
    model = fit(motor, exposure=MOTOR["years"], offset=np.zeros(12))
    with raises(InputError, "predict.exposure_missing"):
        model.predict(motor)
    with raises(InputError, "predict.offset_missing"):
        model.predict(motor, exposure="years")
    assert len(model.predict(motor, exposure="years", offset=0.0)) == 12


def test_matrices_with_other_columns(raises):
    model = deciban.fit_glm_xy(np.eye(3)[:, :2] + 1, [1.0, 2.0, 4.0], "gaussian")
    with raises(InputError, "data.dimension"):
        model.predict(np.ones((3, 3)))
    with raises(InputError, "data.unknown_column"):
        model.predict({"x1": [1.0]})


def test_a_matrix_has_no_names_for_a_formula(model, raises):
    with raises(InputError, "data.unsupported_type"):
        model.predict(np.ones((3, 3)))


def test_levels_of_intervals(model, raises):
    for level in (0, 1, -0.5, 95):
        with raises(InputError, "input.level"):
            model.conf_int(level)
        with raises(InputError, "input.level"):
            model.relativities(level)


def test_relativities_need_a_multiplicative_link(raises):
    with raises(InputError, "relativities.link"):
        gaussian().relativities()


def test_data_that_changed(motor, raises):
    data = {name: values.copy() for name, values in motor.items()}
    model = fit(data)
    data["age"][0] += 1
    with raises(DataError, "model.data_changed"):
        model.resid_deviance
    data["age"][0] -= 1
    assert len(model.resid_deviance) == 12
    del data["age"]
    with raises(DataError, "model.data_changed"):
        model.fittedvalues


def test_functions_that_take_a_model(raises):
    for function in (deciban.coef_table, deciban.relativities, deciban.actual_expected, deciban.model_to_json):
        with raises(InputError, "input.argument_type"):
            function("model")


def test_errors_have_natural_bases_and_survive_pickling(raises):
    bases = {
        "InputError": ValueError,
        "FormulaError": ValueError,
        "DataError": ValueError,
        "NumericError": ArithmeticError,
        "ConvergenceError": RuntimeError,
        "NotFittedError": AttributeError,
        "FormatError": ValueError,
        "IoError": OSError,
        "Cancelled": Exception,
    }
    for name, base in bases.items():
        kind = getattr(deciban, name)
        assert issubclass(kind, base)
        assert issubclass(kind, deciban.DecibanError)
        error = kind("message", code="a.b", hint="hint", context={"n": 1})
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again), again.code, again.context) == (kind, "message\nhint", "a.b", {"n": 1})
    with raises(InputError, "family.unknown") as caught:
        gaussian(family="poison")
    assert str(caught.error) == f"{caught.error.message}\n{caught.error.hint}"
