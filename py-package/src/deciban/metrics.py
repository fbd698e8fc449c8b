"""Measures of scores: how they rank, and how they move between samples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from . import _convert, _core
from ._fitted import _with_columns, given
from ._tables import Table, as_table, chosen_library, to_frame

if TYPE_CHECKING:
    from ._types import Data, Frame

__all__ = ["auc", "csi", "gains_table", "gini", "ks", "psi"]


def _measure(name: str, arguments: Mapping[str, Any], **vectors: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    columns = _convert.columns_of_vectors({key: value for key, value in vectors.items() if value is not None})
    table, notes, _ = _core.metric(name, dict(arguments), columns)
    return table, notes


def auc(y: Any, score: Any, weights: Any = None) -> float:
    """Area under the ROC curve: P(score of an event > score of a non-event) + P(equal) / 2.

    Parameters
    ----------
    y : array-like of shape (n,)
        0, 1, or a share in [0, 1]: such a row is y events and 1 - y non-events.
    score : array-like of shape (n,)
        Higher means an event. Infinite scores are allowed.
    weights : array-like of shape (n,), optional
        At least 0.

    Returns
    -------
    float

    Raises
    ------
    InputError
        ``metric.value`` (NaN or out of range; names the row), ``data.length_mismatch``.
    DataError
        ``metric.one_class``, ``metric.no_rows``.

    References
    ----------
    Hanley and McNeil (1982), The meaning and use of the area under a ROC curve.

    Examples
    --------
    >>> import deciban
    >>> deciban.auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.75
    """
    return _measure("auc", {}, y=y, score=score, weights=weights)[1]["auc"]


def gini(y: Any, score: Any, weights: Any = None, exposure: Any = None, normalized: bool = True) -> float:
    """Gini index of the Lorenz curve of y against exposure, in the order of the score; ties are averaged.

    Parameters
    ----------
    y : array-like of shape (n,)
        Totals (events, claims, amounts), at least 0.
    score : array-like of shape (n,)
    weights : array-like of shape (n,), optional
        Multiply y and exposure.
    exposure : array-like of shape (n,), optional
        Above 0; 1 when left out.
    normalized : bool, default True
        Divide by the index of the perfect order, by y / exposure. For 0/1 responses that is 2 `auc` - 1; the raw index is
        (1 - event rate) times it. For other responses the area under the ROC curve is not (Gini + 1) / 2.

    Returns
    -------
    float
        NaN when y / exposure is the same in all rows and `normalized`.

    Raises
    ------
    InputError
        ``metric.value``, ``data.length_mismatch``.
    DataError
        ``metric.one_class`` (y is 0 everywhere), ``metric.no_rows``.

    Examples
    --------
    >>> import deciban
    >>> deciban.gini([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.5
    """
    vectors = {"y": y, "score": score, "weights": weights, "exposure": exposure}
    return _measure("gini", {"normalized": normalized}, **vectors)[1]["gini"]


def ks(y: Any, score: Any, weights: Any = None) -> float:
    """Kolmogorov-Smirnov distance between the scores of events and of non-events.

    Parameters
    ----------
    y : array-like of shape (n,)
        0, 1, or a share in [0, 1].
    score : array-like of shape (n,)
        Higher means an event. Infinite scores are allowed.
    weights : array-like of shape (n,), optional
        At least 0.

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    InputError
        ``metric.value`` (NaN or out of range; names the row), ``data.length_mismatch``.
    DataError
        ``metric.one_class``, ``metric.no_rows``.

    Examples
    --------
    >>> import deciban
    >>> deciban.ks([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.5
    """
    return _measure("ks", {}, y=y, score=score, weights=weights)[1]["ks"]


def gains_table(
    y: Any,
    score: Any,
    weights: Any = None,
    bins: int = 10,
    order: Literal["high", "low"] = "high",
    frame: str | None = None,
) -> Frame:
    """Gains (lift) table of a score in groups of about equal weight. Equal scores are never parted.

    Parameters
    ----------
    y, score, weights
        As `auc`.
    bins : int, default 10
        Groups, at least 1; there may be fewer where scores are equal.
    order : {"high", "low"}, default "high"
        Which scores come first: those that mean an event.
    frame : {"pandas", "polars", "pyarrow", "dict"}, optional
        Library of the result; by default pandas if it is installed, else polars, else a dict.

    Returns
    -------
    frame
        `bin` (from 1), `score_min`, `score_max`, `count`, `weight`, `events`, `non_events`, `event_rate`, `lift`,
        `cum_weight_share`, `cum_event_share`, `cum_non_event_share`, `cum_lift`, `ks`.

    Raises
    ------
    InputError
        ``metric.value``, ``metric.order``, ``data.length_mismatch``, ``input.argument``.
    DataError
        ``metric.one_class``, ``metric.no_rows``.
    """
    library = chosen_library(frame)
    table, _ = _measure("gains_table", {"bins": bins, "order": order}, y=y, score=score, weights=weights)
    return to_frame(table, library)


class Stability(float):
    """The population stability index, a float that knows its interval and its bins.

    Attributes
    ----------
    unbiased : float
        Nearly unbiased estimate: finite with empty bins, and near 0 (also below) when nothing moved.
    lower, upper : float
        Limits of the index.
    chi2, p_value : float
        Pearson's X2 and the p-value of "nothing moved".
    table : Table
        `label`, `expected`, `actual` (weights), `expected_share`, `actual_share`, `contribution`.
    """

    unbiased: float
    lower: float
    upper: float
    chi2: float
    p_value: float
    table: Table


def _stability(
    name: str, expected: Any, actual: Any, expected_weights: Any, actual_weights: Any, arguments: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    before, now = _with_columns(expected), _with_columns(actual)
    if name == "psi":
        before, now = {"score": _one_column(expected)}, {"score": _one_column(actual)}
    vectors = given({"expected_weights": expected_weights, "actual_weights": actual_weights})
    n_threads = arguments.pop("n_threads", None)
    table, notes, _ = _core.stability(
        name,
        given(arguments),
        _convert.columns_of_matrix(before),
        _convert.columns_of_matrix(now),
        _convert.columns_of_vectors(vectors),
        n_threads,
    )
    return table, notes


def _one_column(values: Any) -> Any:
    return np.asarray(values) if isinstance(values, (list, tuple)) else values


def psi(
    expected: Any,
    actual: Any,
    expected_weights: Any = None,
    actual_weights: Any = None,
    method: str = "quantile",
    max_bins: int = 10,
    splits: Any = None,
    alpha: float = 0.05,
) -> Stability:
    """Population stability index of a score (or any column) between two samples.

    Parameters
    ----------
    expected, actual : array-like
        The column in the sample of development and in the new one. Text is compared by level; missing values and levels
        that are new are bins of their own.
    expected_weights, actual_weights : array-like, optional
    method : {"quantile", "uniform", "kmeans"}, default "quantile"
        How bins of numbers are found in `expected`, see `Binner`.
    max_bins : int, default 10
    splits : sequence of float, optional
        Edges instead.
    alpha : float, default 0.05
        1 - coverage of the interval.

    Returns
    -------
    Stability
        sum (A_i - E_i) ln(A_i / E_i), which is infinite when a bin is empty in one sample; with the nearly unbiased
        estimate, limits and a test. The index is an information value (actual rows as events), and so are they.

    Raises
    ------
    InputError
        ``metric.value`` (weights), ``input.alpha``, ``binning.*``.
    DataError
        ``metric.no_rows``.

    Examples
    --------
    >>> import deciban
    >>> moved = deciban.psi(["a"] * 60 + ["b"] * 40, ["a"] * 50 + ["b"] * 50)
    >>> round(moved, 4), moved.lower < moved < moved.upper
    (0.0405, True)
    """
    arguments = {"method": method, "max_bins": max_bins, "splits": splits, "alpha": alpha}
    table, notes = _stability("psi", expected, actual, expected_weights, actual_weights, arguments)
    made = Stability(notes["psi"])
    made.unbiased, made.lower, made.upper = notes["psi_unbiased"], notes["psi_lower"], notes["psi_upper"]
    made.chi2, made.p_value, made.table = notes["chi2"], notes["p_value"], as_table(table)
    return made


def csi(
    expected: Data,
    actual: Data,
    expected_weights: Any = None,
    actual_weights: Any = None,
    method: str = "quantile",
    max_bins: int = 10,
    alpha: float = 0.05,
    n_threads: int | None = None,
) -> Frame:
    """Characteristic stability: the population stability index of each column of two samples.

    Parameters
    ----------
    expected, actual : data frame
        `actual` has the columns of `expected`.
    expected_weights, actual_weights, method, max_bins, alpha
        As `psi`.
    n_threads : int, optional

    Returns
    -------
    frame
        One row per column: `variable`, `bins`, `psi`, `psi_unbiased`, `psi_lower`, `psi_upper`, `chi2`, `p_value`.

    Raises
    ------
    InputError
        ``data.unknown_column`` and those of `psi`.
    """
    arguments = {"method": method, "max_bins": max_bins, "alpha": alpha, "n_threads": n_threads}
    table, _ = _stability("csi", expected, actual, expected_weights, actual_weights, arguments)
    return to_frame(table, chosen_library(None))
