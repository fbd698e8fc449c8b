"""Leverage and influence of the training rows."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ._rows import frame_like_rows, like_rows

if TYPE_CHECKING:
    from ._query import Answer
    from ._types import Frame, Matrix, Vector
    from .result import GLMResult

__all__ = ["Influence"]


class Influence:
    """What each training row does to a fit, made by `GLMResult.get_influence`.

    Definitions are those of R's methods for ``glm``, names those of statsmodels. Values come as a pandas Series with the
    index of the data if the model was fitted on a pandas data frame, else as NumPy arrays of shape (rows kept,); NaN for
    rows that were dropped, with ``na_action="exclude"``. Rows with leverage 1 have NaN where 1 - h divides; a row with
    frequency f is one of f equal rows; rows of weight 0 have leverage 0.

    Everything is computed when it is first asked for, in one pass over the rows, and kept here.
    """

    def __init__(self, results: GLMResult, n_threads: int | None = None):
        self.results = results
        self._n_threads = n_threads

    @property
    def _data(self) -> Any:
        return self.results._training_rows("influence").data

    def _query(self, name: str, arguments: dict[str, Any]) -> Answer:
        source = self.results._training_rows("influence")
        return self.results._query(name, arguments, source, self._n_threads)

    @cached_property
    def _answer(self) -> Answer:
        return self._query("influence", {})

    def _column(self, name: str) -> Vector:
        return like_rows(self._answer.columns[name], self._data, self._answer.rows)

    @property
    def hat_values(self) -> Vector:
        """Leverages h: diagonal of the hat matrix (R: ``hatvalues``)."""
        return self._column("hat")

    hat_matrix_diag = hat_values

    @property
    def cooks_distance(self) -> Vector:
        """(r / (1 - h))^2 h / (scale rank) with Pearson residuals r (R: ``cooks.distance``)."""
        return self._column("cooks")

    @property
    def resid_standardized(self) -> Vector:
        """Deviance residuals over sqrt(scale (1 - h)) (R: ``rstandard``)."""
        return self._column("standard_deviance")

    @property
    def resid_standardized_pearson(self) -> Vector:
        """Pearson residuals over sqrt(scale (1 - h)) (R: ``rstandard(type = "pearson")``)."""
        return self._column("standard_pearson")

    @property
    def resid_studentized(self) -> Vector:
        """Likelihood residuals sign(d) sqrt(d^2 + h r^2 / (1 - h)), over `sigma` unless binomial or poisson (R:
        ``rstudent``)."""
        return self._column("student")

    @property
    def sigma(self) -> Vector:
        """Root of the deviance-based dispersion without the row (R: ``influence()$sigma``)."""
        return self._column("sigma")

    @property
    def dffits(self) -> Vector:
        """d sqrt(h) / (sigma (1 - h)) with deviance residuals d (R: ``dffits``)."""
        return self._column("dffits")

    @property
    def cov_ratio(self) -> Vector:
        """Change of the determinant of the covariance (R: ``covratio``)."""
        return self._column("covratio")

    @property
    def dfbeta(self) -> Matrix:
        """One-step change of each estimated coefficient when the row is left out (R: ``dfbeta``), rows x coefficients."""
        return self._changes(False)

    @property
    def dfbetas(self) -> Matrix:
        """`dfbeta` over `sigma` and the root of the unscaled variance (R: ``dfbetas``), rows x coefficients.

        Raises
        ------
        InputError
            ``influence.wide_factor`` with a factor of 1,024 columns or more.
        """
        return self._changes(True)

    def _changes(self, scaled: bool) -> Matrix:
        answer = self._query("dfbeta", {"scaled": scaled})
        if self.results._library == "dict":
            return np.column_stack(list(answer.columns.values()))
        return frame_like_rows(answer.columns, self._data, self.results._library, answer.rows)

    def summary_frame(self) -> Frame:
        """All of it but the changes of coefficients as a frame: ``hat, sigma, standard_deviance, standard_pearson,
        student, cooks, dffits, covratio``, a row per training row."""
        return frame_like_rows(self._answer.columns, self._data, self.results._library, self._answer.rows)
