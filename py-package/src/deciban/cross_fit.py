"""Out-of-fold predictions of a model that is refitted in each fold."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _convert, _core, _opaque
from ._chunks import readable
from ._errors import raise_warnings
from ._tables import Table, as_table
from .folds import Folds

if TYPE_CHECKING:
    from ._types import Array, ColumnArgument, Data

__all__ = ["CrossFit", "cross_fit"]


class CrossFit:
    """Out-of-fold predictions and deviance: what `cross_fit` made.

    Attributes
    ----------
    predictions : array of float64, shape (n_repeats, rows)
        Means on the scale of the response; NaN for rows that are never tested or have a missing value.
    deviance : array of float64, shape (n_repeats,)
        Total deviance of the test rows by repeat.
    weight : array of float64, shape (n_repeats,)
        Their total weight.
    table : Table
        One row per repeat and fold: ``repeat``, ``fold`` (from 1), ``train_rows``, ``test_rows``, ``weight``,
        ``deviance``, ``train_deviance``.
    """

    def __init__(self, table: Table, predictions: Array, notes: dict[str, Any]):
        self.table = table
        self.predictions = predictions
        self.deviance: Array = np.asarray(notes["deviance"], dtype=float)
        self.weight: Array = np.asarray(notes["weight"], dtype=float)

    def __repr__(self) -> str:
        totals = ", ".join(f"{total:.8g}" for total in self.deviance[:5])
        return f"Out-of-fold deviance by repeat: {totals}{', ...' if len(self.deviance) > 5 else ''}\n{self.table!r}"


def cross_fit(
    formula: str,
    data: Data,
    folds: Folds | ColumnArgument,
    family: str,
    link: str | None = None,
    weights: ColumnArgument = None,
    exposure: ColumnArgument = None,
    offset: ColumnArgument = None,
    n_threads: int | None = None,
    **arguments: Any,
) -> CrossFit:
    """Fit a model once per fold on its training rows and predict its test rows.

    Everything that is learned from data is learned again in each fold, from its training rows alone: coefficients,
    encoders (``te()``, ``fe()``), knots, levels.

    Parameters
    ----------
    formula, data, family, link, weights, exposure, offset
        As in `fit_glm`.
    folds : Folds or array of int
        What `folds` made for the rows of `data`, or a fold per row, from 0.
    n_threads : int, optional
        As in `fit_glm`.
    **arguments
        Further arguments of `fit_glm`, such as ``unseen="reference"`` for levels that the training rows of a fold have
        not.

    Returns
    -------
    CrossFit

    Raises
    ------
    InputError
        ``cross_fit.folds``, ``data.length_mismatch``, and as `fit_glm`.
    DataError
        ``data.unseen_level``, and as `fit_glm`.

    Examples
    --------
    >>> import deciban
    >>> policies = deciban.simulate_portfolio(600, seed=1, frame="dict")
    >>> shares = deciban.folds(600, n_folds=3, seed=1)
    >>> fit = deciban.cross_fit("claim_count ~ te(region)", policies, shares, "poisson", exposure="exposure")
    >>> fit.predictions.shape
    (1, 600)
    """
    given = {
        "formula": formula,
        "family": family,
        "link": link,
        "weights": weights,
        "exposure": exposure,
        "offset": offset,
    } | arguments
    given["contrasts"] = _convert.plain_dict(given.get("contrasts"))
    given, vectors = _convert.split_vectors(given)
    data = readable(data, _core.referenced_columns(given), n_threads)
    columns, _ = _opaque.columns_of_formula(given, data, sys._getframe(1))
    by_repeat = list(folds.fold) if isinstance(folds, Folds) else [folds]
    of_row = _core.Columns()
    for number, fold in enumerate(by_repeat, start=1):
        _convert.add_column(of_row, f"fold_{number}", fold)
    settings = {"fold_base": 0, "ordered": isinstance(folds, Folds) and folds.ordered}
    table, predictions, notes, warnings = _core.cross_fit(
        given, columns, _convert.columns_of_vectors(vectors), of_row, settings, n_threads
    )
    raise_warnings(warnings, stacklevel=2)
    return CrossFit(as_table(table), np.stack(list(predictions.values())), notes)
