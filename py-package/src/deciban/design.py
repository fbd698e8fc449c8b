"""The design of a formula or a model, and the spline and polynomial bases by themselves."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from . import _convert, _core, _opaque
from ._chunks import readable
from ._errors import InputError
from ._matrix import ModelMatrix
from ._tables import Table, as_table
from .result import GLMResult

if TYPE_CHECKING:
    from ._types import Array, ColumnArgument, Data

__all__ = ["Basis", "basis", "design_info", "explain_plan", "model_matrix"]


def model_matrix(
    formula_or_model: str | GLMResult,
    data: Data,
    sparse: bool = False,
    contrasts: Mapping[str, str] | None = None,
    na_action: Literal["omit", "exclude", "fail"] = "omit",
    unseen: Literal["error", "missing", "reference"] | None = None,
    n_threads: int | None = None,
    weights: ColumnArgument = None,
    exposure: ColumnArgument = None,
) -> ModelMatrix:
    """Write out the columns of a design, for a look at them and for solvers of your own; fits never make them.

    Parameters
    ----------
    formula_or_model : str or GLMResult
        A formula as in `fit_glm` (rows without its response, if it has one, are dropped), or a fitted model, whose
        knots, levels and other learned state are applied to `data`.
    data : data frame
        As in `fit_glm`.
    sparse : bool, default False
        Store the non-zero values only, as `scipy.sparse.csc_matrix`; needs SciPy.
    contrasts : dict, optional
        As in `fit_glm`; for formulas.
    na_action : {"omit", "exclude", "fail"}, default "omit"
        What happens to rows of a formula with a missing value; for a model they hold NaN.
    unseen : {"error", "missing", "reference"}, optional
        What a level that a model has not seen gives; by default as in the fit.
    n_threads : int, optional
        Threads to use; by default ``DECIBAN_NUM_THREADS``, else all processors. Does not change the result.
    weights, exposure : str or array-like, optional
        For formulas, as in `fit_glm`; the level with most of it is the base of ``C(x, base="largest")``.

    Returns
    -------
    ModelMatrix
        With ``values``, ``names``, ``assign``, ``term_labels``, ``rows`` and ``to_frame()``.

    Raises
    ------
    FormulaError
        As `fit_glm`.
    InputError
        ``data.unknown_column``, ``input.contrasts``, ``package.missing`` (SciPy).
    DataError
        ``data.unseen_level``, ``data.missing`` (``na_action="fail"``), ``data.empty``.

    Examples
    --------
    >>> import deciban
    >>> design = deciban.model_matrix("~ area + x", {"area": ["A", "B", "A"], "x": [1.0, 2.0, None]})
    >>> design.names
    ['(Intercept)', 'areaB', 'x']
    >>> design.values
    array([[1., 0., 1.],
           [1., 1., 2.]])
    >>> design.rows
    array([0, 1])
    """
    if isinstance(formula_or_model, GLMResult):
        _refuse_contrasts(contrasts)
        return formula_or_model.model_matrix(data, sparse, unseen, n_threads)
    arguments = {
        "formula": _formula(formula_or_model),
        "contrasts": _convert.plain_dict(contrasts),
        "na_action": na_action,
        "unseen": unseen,
        "sparse": sparse,
        "weights": weights,
        "exposure": exposure,
    }
    arguments, vectors = _convert.split_vectors(arguments)
    data = readable(data, _core.referenced_columns(arguments), n_threads)
    columns, _ = _opaque.columns_of_formula(arguments, data, sys._getframe(1))
    return ModelMatrix(_core.model_matrix(arguments, columns, _convert.columns_of_vectors(vectors), n_threads), data)


def design_info(
    formula_or_model: str | GLMResult,
    data: Data | None = None,
    contrasts: Mapping[str, str] | None = None,
    weights: ColumnArgument = None,
    exposure: ColumnArgument = None,
    n_threads: int | None = None,
) -> Table:
    """What each term of a formula or a model became: columns, levels, knots, base levels.

    Parameters
    ----------
    formula_or_model : str or GLMResult
        A formula as in `fit_glm`, or a fitted model.
    data : data frame, optional
        The data of the formula; models need none.
    contrasts : dict, optional
        As in `fit_glm`; for formulas.
    weights, exposure : str or array-like, optional
        As in `model_matrix`.
    n_threads : int, optional
        As in `model_matrix`; models need none.

    Returns
    -------
    Table
        Columns ``term, variables, columns, first_column`` (counted from 1), ``kind, details``, a row per term. A dict
        of arrays that prints as a table (the same text as in R) and has ``to_frame()``.

    Raises
    ------
    FormulaError
        As `fit_glm`.
    InputError
        ``input.data`` for a formula without data; ``data.unknown_column``.

    Examples
    --------
    >>> import deciban
    >>> info = deciban.design_info("~ area + log(x)", {"area": ["A", "B", "A"], "x": [1.0, 2.0, 4.0]})
    >>> list(info["term"])
    ['(Intercept)', 'area', 'log(x)']
    >>> info["details"][1]
    'levels A, B; treatment contrasts, base A'
    >>> info.to_frame("dict")["columns"]
    array([1, 1, 1])
    """
    if isinstance(formula_or_model, GLMResult):
        _refuse_contrasts(contrasts)
        return as_table(formula_or_model._model.design_info())
    arguments = {
        "formula": _formula(formula_or_model),
        "contrasts": _convert.plain_dict(contrasts),
        "weights": weights,
        "exposure": exposure,
    }
    if data is None:
        raise _no_data()
    arguments, vectors = _convert.split_vectors(arguments)
    data = readable(data, _core.referenced_columns(arguments), n_threads)
    columns, _ = _opaque.columns_of_formula(arguments, data, sys._getframe(1))
    learned = _core.learn_design(arguments, columns, _convert.columns_of_vectors(vectors), n_threads)
    return as_table(learned.info())


def explain_plan(
    formula_or_model: str | GLMResult,
    data: Data | None = None,
    contrasts: Mapping[str, str] | None = None,
    weights: ColumnArgument = None,
    exposure: ColumnArgument = None,
    n_threads: int | None = None,
) -> Table:
    """Say how a fit sums the rows of a design, without fitting and without writing it out.

    Parameters
    ----------
    formula_or_model : str or GLMResult
        A formula as in `fit_glm`, or a fitted model.
    data : data frame
        The data of the formula, or rows with the columns of the model.
    contrasts : dict, optional
        As in `fit_glm`; for formulas.
    weights, exposure : str or array-like, optional
        As in `model_matrix`.
    n_threads : int, optional
        As in `model_matrix`.

    Returns
    -------
    Table
        A row per term (``part`` is ``"term"``), then one per table of sums: ``"arrow"`` (the widest factor, when it has
        1,024 columns or more), ``"group"`` (joint cells of several codes; every pair of codes lies in some group),
        ``"dense"`` (products of columns with a value per row), ``"varying"`` (a factor times such a column), and the
        ``"total"``. Columns ``part, name, stored, enters, covers`` (terms whose pairs have their cross-tables there),
        ``cells, bytes`` (of one partial sum), ``bytes_per_row`` that a pass reads, ``work_per_row`` (additions) and
        ``reason``, the rule of the cost model that decided. Prints the same text as in R; has ``to_frame()``.

    Raises
    ------
    FormulaError
        As `fit_glm`.
    InputError
        ``input.data`` without data; ``data.unknown_column``.

    Notes
    -----
    The plan depends on levels, distinct values and numbers of columns only, never on the machine.

    Examples
    --------
    >>> import deciban
    >>> plan = deciban.explain_plan("~ area + x", {"area": ["A", "B", "A"], "x": [1.5, 2.0, 4.0]})
    >>> [str(part) for part in plan["part"]]
    ['term', 'term', 'group', 'dense', 'total']
    >>> str(plan["enters"][0])
    'levels of a joint code'
    """
    if data is None:
        raise _no_data()
    if isinstance(formula_or_model, GLMResult):
        _refuse_contrasts(contrasts)
        return as_table(formula_or_model._explain_plan(data, n_threads))
    arguments = {
        "formula": _formula(formula_or_model),
        "contrasts": _convert.plain_dict(contrasts),
        "weights": weights,
        "exposure": exposure,
    }
    arguments, vectors = _convert.split_vectors(arguments)
    columns, _ = _opaque.columns_of_formula(arguments, data, sys._getframe(1))
    return as_table(_core.explain_plan(arguments, columns, _convert.columns_of_vectors(vectors), n_threads))


def basis(
    x: Any,
    kind: Literal["bs", "ns", "ms", "poly", "scale"] = "bs",
    df: int | None = None,
    knots: Any = None,
    degree: int | None = None,
    intercept: bool = False,
    boundary: Any = None,
    raw: bool = False,
) -> Basis:
    """Learn a basis of one variable, as the functions of the same name in formulas do.

    Parameters
    ----------
    x : array-like of shape (rows,)
        Values to learn from; missing ones are left out.
    kind : {"bs", "ns", "ms", "poly", "scale"}, default "bs"
        B-splines, natural cubic splines, I-splines (increasing), orthogonal or raw polynomials, or centred and scaled
        values.
    df : int, optional
        Number of columns of a spline; inner knots are then quantiles of `x`.
    knots : array-like, optional
        Inner knots of a spline.
    degree : int, optional
        Of the splines (3) or the polynomial (1).
    intercept : bool, default False
        Whether the columns of a spline span the constant.
    boundary : pair of numbers, optional
        Outer knots of a spline; by default the range of `x`.
    raw : bool, default False
        Powers of `x` in place of orthogonal polynomials.

    Returns
    -------
    Basis

    Raises
    ------
    FormulaError
        ``formula.df``, ``formula.degree``, ``formula.knots``, ``formula.boundary``, ``formula.constant``.
    InputError
        ``input.kind``; ``input.unknown_argument`` for one that the kind does not take.

    Notes
    -----
    Columns and knots are those of R's ``splines`` and ``poly`` (de Boor, A Practical Guide to Splines, 1978, chapter X;
    Ramsay, Statistical Science 3, 1988).

    Examples
    --------
    >>> import deciban
    >>> curve = deciban.basis([1.0, 2.0, 3.0, 4.0], "poly", degree=2, raw=True)
    >>> curve.values[1]
    array([2., 4.])
    >>> curve.transform([5.0])
    array([[ 5., 25.]])
    """
    given = {
        "kind": kind,
        "df": df,
        "knots": _plain_numbers(knots),
        "degree": degree,
        "intercept": intercept or None,
        "boundary": _plain_numbers(boundary),
        "raw": raw or None,
    }
    columns = _one_column(x)
    learned = _core.learn_basis({name: value for name, value in given.items() if value is not None}, columns)
    return Basis(learned, _evaluate(learned, columns))


class Basis:
    """A basis of one variable with everything that it learned, made by `basis`. Pickling goes through its JSON."""

    def __init__(self, learned: _core.Basis, values: Array):
        self._basis = learned
        self._values = values

    @property
    def values(self) -> Array:
        """The columns at the values that it was learned from, shape (rows, columns); NaN where those are missing."""
        return self._values

    @property
    def names(self) -> list[str]:
        """What a formula appends to the name of the term for each column."""
        return self._basis.names

    def transform(self, new_x: Any, n_threads: int | None = None) -> Array:
        """The columns at new values.

        Parameters
        ----------
        new_x : array-like of shape (rows,)
            Also beyond the boundary: bs and polynomials go on, ns goes on as a line, ms stays at 0 and 1.
        n_threads : int, optional
            As in `model_matrix`.

        Returns
        -------
        array of shape (rows, columns)
        """
        return _evaluate(self._basis, _one_column(new_x), n_threads)

    def to_json(self) -> str:
        """What was learned, as JSON that R reads too; doubles read back to the same bits."""
        return self._basis.to_json()

    @classmethod
    def from_json(cls, text: str) -> Basis:
        """A basis from the text of `to_json`; it has no rows in `values`."""
        learned = _core.basis_from_json(text)
        return cls(learned, np.empty((0, len(learned.names)), order="F"))

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpickled, (self.to_json(), self._values)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self._values, dtype=dtype, copy=True) if copy else np.asarray(self._values, dtype=dtype)

    def __repr__(self) -> str:
        parts = self._basis.describe()
        shown = [f"{name} {parts[name]}" for name in ("degree", "knots", "boundary") if name in parts]
        return f"Basis {parts['kind']}, {len(self.names)} columns" + "".join(f", {text}" for text in shown)


def _unpickled(text: str, values: Array) -> Basis:
    return Basis(_core.basis_from_json(text), values)


def _refuse_contrasts(contrasts: Any) -> None:
    if contrasts is not None:
        raise InputError(
            "`contrasts` was given for a fitted model, which has those of its fit.",
            code="input.contrasts",
            hint="Leave `contrasts` out.",
            context={"argument": "contrasts"},
        )


def _no_data() -> InputError:
    return InputError(
        "A formula by itself has no columns: `data` is missing.",
        code="input.data",
        hint="Give the data, or a fitted model instead of the formula.",
        context={"argument": "data"},
    )


def _formula(value: Any) -> Any:
    if not isinstance(value, str):
        raise InputError(
            f"Argument `formula_or_model` takes a formula or a fitted model, not an object of type "
            f"{type(value).__qualname__}.",
            code="input.argument_type",
            context={"argument": "formula_or_model", "type": type(value).__qualname__},
        )
    return value


def _one_column(x: Any) -> _core.Columns:
    columns = _core.Columns()
    _convert.add_column(columns, "x", x)
    return columns


def _evaluate(learned: _core.Basis, columns: _core.Columns, n_threads: int | None = None) -> Array:
    return learned.evaluate(columns, n_threads).reshape((columns.rows, len(learned.names)), order="F")


def _plain_numbers(value: Any) -> Any:
    return None if value is None else np.asarray(value, dtype=np.float64).tolist()
