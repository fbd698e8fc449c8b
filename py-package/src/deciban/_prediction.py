"""Predictions of a fitted model with their uncertainty."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ._errors import InputError
from ._rows import frame_like_rows, like_rows

if TYPE_CHECKING:
    from ._types import Frame, Matrix, Vector

__all__ = ["Prediction"]


class Prediction:
    """Means of rows with standard errors and intervals, made by `GLMResult.get_prediction`.

    Vectors and tables have one row per row of the data: pandas Series and frames with its index for pandas, else NumPy
    arrays and frames of the caller's library. NaN where a predictor is missing.
    """

    def __init__(self, ask: Callable[..., Any], data: Any, library: str):
        self._ask = ask  # columns and kept rows of the question, by its flags
        self._data = data
        self._library = library

    @property
    def predicted_mean(self) -> Vector:
        """Means (of totals, where the model has an exposure), shape (rows,)."""
        return self._column("fit", type="response")

    @property
    def se_mean(self) -> Vector:
        """Standard errors of the means by the delta method, shape (rows,)."""
        return self._column("se_fit", type="response")

    @property
    def linpred(self) -> Vector:
        """Linear predictors, offset included, shape (rows,)."""
        return self._column("fit", type="link")

    @property
    def linpred_se(self) -> Vector:
        """Standard errors sqrt(x' V x) of the linear predictors, shape (rows,)."""
        return self._column("se_fit", type="link")

    def conf_int(self, level: float = 0.95, obs: bool = False) -> Matrix:
        """Intervals of the means, or of new responses.

        Parameters
        ----------
        level : float, default 0.95
            Coverage, between 0 and 1.
        obs : bool, default False
            Prediction intervals of a new response instead of confidence intervals of the mean.

        Returns
        -------
        array of shape (rows, 2), or for pandas a frame with columns ``lower, upper``

        Raises
        ------
        InputError
            ``input.level``; with `obs` also ``predict.no_law``, ``predict.weights``, ``predict.weights_missing``.
        """
        columns, kept = self._ask(type="response", confidence=not obs, prediction=obs, level=level)
        prefix = "prediction_" if obs else ""
        limits = {"lower": columns[prefix + "lower"], "upper": columns[prefix + "upper"]}
        if self._library == "pandas":
            return frame_like_rows(limits, self._data, "pandas", kept)
        return np.column_stack(list(limits.values()))

    def summary_frame(self, level: float = 0.95) -> Frame:
        """All of it as a table, with the columns of statsmodels.

        Parameters
        ----------
        level : float, default 0.95
            Coverage of the intervals, between 0 and 1.

        Returns
        -------
        frame
            Columns ``mean, mean_se, mean_ci_lower, mean_ci_upper, obs_ci_lower, obs_ci_upper``: the mean, its standard
            error and confidence interval, and the prediction interval of a new response, which is NaN for families
            without a law of single responses (quasi families, Tweedie with ``var_power=1``).

        Raises
        ------
        InputError
            ``input.level``, ``predict.weights``, ``predict.weights_missing``.
        """
        try:
            columns, kept = self._ask(type="response", confidence=True, prediction=True, level=level)
        except InputError as error:
            if error.code != "predict.no_law":
                raise
            columns, kept = self._ask(type="response", confidence=True, prediction=False, level=level)
            nothing = np.full(len(columns["fit"]), np.nan)
            columns = {**columns, "prediction_lower": nothing, "prediction_upper": nothing}
        names = {
            "mean": "fit",
            "mean_se": "se_fit",
            "mean_ci_lower": "lower",
            "mean_ci_upper": "upper",
            "obs_ci_lower": "prediction_lower",
            "obs_ci_upper": "prediction_upper",
        }
        table = {shown: columns[name] for shown, name in names.items()}
        return frame_like_rows(table, self._data, self._library, kept)

    def __repr__(self) -> str:
        return repr(self.summary_frame())

    def _column(self, name: str, **flags: Any) -> Vector:
        columns, kept = self._ask(confidence=False, prediction=False, level=0.95, **flags)
        return like_rows(columns[name], self._data, kept)
