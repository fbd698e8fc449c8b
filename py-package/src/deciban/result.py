"""The fitted model."""

from __future__ import annotations

import html
import importlib
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from . import _convert, _core, _opaque
from ._chunks import readable
from ._matrix import ModelMatrix
from ._result_covariance import CovarianceResults
from ._result_plots import PlotResults
from ._result_predict import PredictionResults
from ._result_tables import TableResults
from ._result_tests import TestResults
from ._source import Source
from ._tables import default_library, to_frame

if TYPE_CHECKING:
    from ._types import Array, ColumnArgument, Data, Frame, Matrix, Path, Vector

__all__ = ["GLMResult", "Summary"]


class Summary:
    """The summary of a model; `str` and `repr` give its text."""

    def __init__(self, text: str):
        self._text = text

    def as_text(self) -> str:
        """The text, the same as R's ``summary()`` prints."""
        return self._text

    def __str__(self) -> str:
        return self._text

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(self._text)}</pre>"


class GLMResult(CovarianceResults, TestResults, PredictionResults, TableResults, PlotResults):
    """A fitted generalised linear model, made by `fit_glm`, `fit_glm_xy` or `load_model`.

    Vectors with one value per coefficient are pandas Series named by coefficient if the model was fitted on a pandas
    data frame, else NumPy arrays in the order of `param_names`. Coefficients of aliased columns are NaN. Tables come in
    the library of the data: pandas, polars or pyarrow, else a dict of NumPy arrays that prints as a table; for a model
    that was loaded, pandas if it is installed, else polars, else a dict.

    The model keeps a reference to the caller's data, not a copy. Results with one value per row (`fittedvalues`,
    ``resid_*``) are computed from it when asked for: DataError ``model.data_changed`` says that the data are no longer
    those of the fit, ``model.no_data`` that there are none (a model that was loaded or unpickled). Pickling goes through
    the JSON document of the model file.
    """

    def __init__(
        self,
        model: _core.Model,
        source: Source | None = None,
        library: str | None = None,
        calls: Sequence[_opaque.Call] = (),
    ):
        self._model = model
        self._source = source
        self._calls = calls
        self._library = default_library() if library is None else library

    # Coefficients -----------------------------------------------------------------------------------------------------

    @property
    def params(self) -> Vector:
        """Coefficients on the scale of the link, shape (p,)."""
        return self._named(self._model.coefficients)

    @property
    def param_names(self) -> list[str]:
        """Names of the coefficients, as R names them, length p."""
        return self._model.names

    @property
    def bse(self) -> Vector:
        """Standard errors, shape (p,): root of dispersion times diagonal of the inverse information."""
        return self._named(self._wald["std_error"])

    @property
    def tvalues(self) -> Vector:
        """Estimate over standard error, shape (p,): z where the dispersion is known, t where it is estimated."""
        return self._named(self._wald["statistic"])

    @property
    def pvalues(self) -> Vector:
        """Two-sided p-values of `tvalues`, shape (p,): normal, or t with `df_resid` degrees of freedom."""
        return self._named(self._wald["p_value"])

    def conf_int(self, level: float = 0.95) -> Matrix:
        """Wald intervals of the coefficients.

        Parameters
        ----------
        level : float, default 0.95
            Coverage, between 0 and 1.

        Returns
        -------
        array of shape (p, 2), or a frame with columns ``lower, upper``
            pandas has the names as index, polars and pyarrow as column ``term``.

        Raises
        ------
        InputError
            ``input.level``.
        """
        table = self._model.coef_table(level)
        return self._matrix({"lower": table["lower"], "upper": table["upper"]})

    def cov_params(self) -> Matrix:
        """Covariance of the coefficients: dispersion times inverse information, NaN for aliased columns.

        Returns
        -------
        array of shape (p, p), or a frame with a column per coefficient
            pandas has the names as index, polars and pyarrow as column ``term``.

        Raises
        ------
        InputError
            ``covariance.too_large`` beyond 8,192 coefficients; `coef_table` and `bse` have their standard errors.
        """
        return self._matrix(dict(zip(self.param_names, self._model.covariance.T)))

    # Fit statistics ---------------------------------------------------------------------------------------------------

    @property
    def deviance(self) -> float:
        """Residual deviance."""
        return self._figures["deviance"]

    @property
    def null_deviance(self) -> float:
        """Deviance of the model with intercept and offset only."""
        return self._figures["null_deviance"]

    @property
    def pearson_chi2(self) -> float:
        """Sum of squared Pearson residuals."""
        return self._figures["pearson_chi2"]

    @property
    def scale(self) -> float:
        """Dispersion: 1 for binomial, poisson and negative_binomial, else `pearson_chi2` / `df_resid`."""
        return self._figures["dispersion"]

    @property
    def llf(self) -> float:
        """Log-likelihood as R's ``logLik``, for Tweedie at `scale_ml`; NaN where there is none, see `llf_reason`."""
        return self._figures["log_likelihood"]

    @property
    def llf_reason(self) -> str:
        """Why `llf`, `aic` and `bic` are NaN; empty when they are not."""
        return self._figures["log_likelihood_reason"] or ""

    @property
    def aic(self) -> float:
        """Akaike's criterion as R's ``AIC``."""
        return self._figures["aic"]

    @property
    def bic(self) -> float:
        """Schwarz' criterion as R's ``BIC``."""
        return self._figures["bic"]

    @property
    def df_resid(self) -> float:
        """Residual degrees of freedom: `nobs` - `rank`."""
        return self._figures["df_residual"]

    @property
    def df_model(self) -> float:
        """Rank of the design without the intercept."""
        return self._figures["df_model"]

    @property
    def rank(self) -> int:
        """Number of coefficients that are not aliased."""
        return self._figures["rank"]

    @property
    def nobs(self) -> float:
        """Rows with positive weight, or the sum of `freq_weights`."""
        return self._figures["nobs"]

    @property
    def converged(self) -> bool:
        """Whether `status` is "converged"."""
        return self._figures["converged"]

    @property
    def status(self) -> str:
        """One of "converged", "max_iter", "separated", "diverged"."""
        return self._figures["status"]

    @property
    def n_iter(self) -> int:
        """Newton steps taken."""
        return self._figures["n_iter"]

    @property
    def formula(self) -> str:
        """Canonical text of the formula."""
        return self._figures["formula"]

    @property
    def family(self) -> str:
        """Name of the family."""
        return self._figures["family"]

    @property
    def family_parameters(self) -> dict[str, Any]:
        """The family with its parameters, such as ``var_power`` or ``theta``."""
        return self._figures["family_parameters"]

    @property
    def theta(self) -> float | None:
        """Shape of the negative binomial, given or estimated; infinite without overdispersion. None for others."""
        return self._figures.get("theta")

    @property
    def theta_se(self) -> float | None:
        """Standard error of an estimated `theta`, from the observed information at fixed means; else None."""
        return self._figures.get("theta_std_error")

    @property
    def var_power(self) -> float | None:
        """Variance power of the Tweedie family, given or estimated; None for others."""
        return self._figures.get("var_power")

    @property
    def var_power_interval(self) -> tuple[float, float] | None:
        """Likelihood-ratio interval (95 %) of an estimated `var_power`; else None. An end outside 1.01 to 1.99 is 1 or 2."""
        if "var_power_lower" not in self._figures:
            return None
        return self._figures["var_power_lower"], self._figures["var_power_upper"]

    @property
    def scale_ml(self) -> float | None:
        """Dispersion that maximises the Tweedie likelihood, used by `llf`; None for other families."""
        return self._figures.get("dispersion_ml")

    @property
    def link(self) -> str:
        """Name of the link."""
        return self._figures["link"]

    @property
    def warnings(self) -> list[dict[str, Any]]:
        """What did not stop the fit: dicts with ``code, severity, message, context``."""
        return self._model.warnings

    # Rows -------------------------------------------------------------------------------------------------------------

    @property
    def fittedvalues(self) -> Vector:
        """Fitted means of the training rows, shape (rows kept,); exposure included."""
        return self._row_values("fitted", "fitted values", self._source)

    @property
    def resid_response(self) -> Vector:
        """Response minus fitted mean, shape (rows kept,)."""
        return self.residuals("response")

    @property
    def resid_pearson(self) -> Vector:
        """(y - mu) sqrt(w / V(mu)), shape (rows kept,)."""
        return self.residuals("pearson")

    @property
    def resid_deviance(self) -> Vector:
        """Signed root of the row's share of the deviance, shape (rows kept,)."""
        return self.residuals("deviance")

    @property
    def resid_working(self) -> Vector:
        """(y - mu) d eta / d mu, shape (rows kept,)."""
        return self.residuals("working")

    def residuals(
        self,
        type: Literal["deviance", "pearson", "response", "working"] = "deviance",
        data: Data | None = None,
        *,
        y: Any = None,
        weights: ColumnArgument = None,
        exposure: ColumnArgument = None,
        offset: ColumnArgument = None,
        freq_weights: ColumnArgument = None,
    ) -> Vector:
        """Residuals of the training rows.

        Parameters
        ----------
        type : {"deviance", "pearson", "response", "working"}
            Which residuals, defined as R's ``residuals.glm``.
        data : data frame, optional
            The training data again, for a model that was loaded; by default the data of the fit.
        y, weights, exposure, offset, freq_weights : array-like, optional
            Used with `data`: what the fit got as a vector must be given again (`y` for `fit_glm_xy`).

        Returns
        -------
        array or Series of shape (rows kept,)
            Rows that the fit dropped are left out, or NaN with ``na_action="exclude"``.

        Raises
        ------
        DataError
            ``model.no_data``, ``model.data_changed``.
        InputError
            ``input.type``.
        """
        source = self._given_rows(
            "residuals", data, y, weights=weights, exposure=exposure, offset=offset, freq_weights=freq_weights
        )
        return self._row_values(type, "residuals", source)

    def predict(
        self,
        data: Data | None = None,
        type: Literal["response", "link"] = "response",
        exposure: ColumnArgument = None,
        offset: ColumnArgument = None,
        unseen: Literal["error", "missing", "reference"] | None = None,
        n_threads: int | None = None,
    ) -> Vector:
        """Predict the mean, or the linear predictor, of new rows.

        Exposure and offset given to the fit as columns are read from `data`; those given as vectors must be given
        again.

        Parameters
        ----------
        data : data frame, optional
            New rows with the columns of the formula (a matrix for `fit_glm_xy`); by default the rows of the fit.
        type : {"response", "link"}
            Mean, or linear predictor.
        exposure, offset : str or array-like, optional
            Override those of the fit.
        unseen : {"error", "missing", "reference"}, optional
            What a level that the fit has not seen gives: an error, NaN, or the value of the base level. By default as
            in the fit.
        n_threads : int, optional
            Threads to use; by default ``DECIBAN_NUM_THREADS``, else all processors.

        Returns
        -------
        array of shape (rows,), or a Series with the index of a pandas `data`
            NaN where a predictor is missing.

        Raises
        ------
        InputError
            ``data.unknown_column``, ``predict.opaque_missing`` (a loaded model whose formula called a function of
            Python's: give a column named as the term), ``predict.exposure_missing``, ``predict.offset_missing``,
            ``data.length_mismatch``, ``input.type``, ``input.unseen``.
        DataError
            ``data.unseen_level``; ``model.no_data`` without `data`.

        Examples
        --------
        >>> import deciban
        >>> data = {"claims": [0, 1, 2, 1], "area": ["A", "A", "B", "B"]}
        >>> model = deciban.fit_glm("claims ~ area", data, "poisson")
        >>> model.predict({"area": ["B", "A"]}).round(6)
        array([1.5, 0.5])
        """
        if data is None:
            if exposure is None and offset is None and type in ("response", "link"):
                what = "fitted" if type == "response" else "linear"
                return self._row_values(what, "fitted values", self._source, n_threads)
            if self._source is None:
                raise _convert.no_data("rows to predict")
            data = self._source.data
        arguments, vectors = _convert.split_vectors({"exposure": exposure, "offset": offset})
        arguments.update(type=type, unseen=unseen)
        wanted = self._model.required_columns(False) + _core.referenced_columns(arguments)
        given = _convert.columns_of_vectors(vectors)
        values = self._model.predict(arguments, self._new_rows(data, wanted, n_threads), given, n_threads)
        return _like_rows(values, data)

    def model_matrix(
        self,
        data: Data,
        sparse: bool = False,
        unseen: Literal["error", "missing", "reference"] | None = None,
        n_threads: int | None = None,
    ) -> ModelMatrix:
        """The design of new rows, one column per coefficient.

        Parameters
        ----------
        data : data frame
            Rows with the columns of the formula (a matrix for `fit_glm_xy`).
        sparse : bool, default False
            Store the non-zero values only, as `scipy.sparse.csc_matrix`.
        unseen : {"error", "missing", "reference"}, optional
            As in `predict`.
        n_threads : int, optional
            As in `predict`.

        Returns
        -------
        ModelMatrix
            All rows of `data`; NaN where a predictor is missing.

        Examples
        --------
        >>> import deciban
        >>> data = {"claims": [0, 1, 2, 1], "area": ["A", "A", "B", "B"]}
        >>> deciban.fit_glm("claims ~ area", data, "poisson").model_matrix({"area": ["B"]}).values
        array([[1., 1.]])
        """
        rows = self._new_rows(data, self._model.required_columns(False))
        return ModelMatrix(self._model.model_matrix({"sparse": sparse, "unseen": unseen}, rows, n_threads), data)

    def _explain_plan(self, data: Data, n_threads: int | None) -> dict[str, Any]:
        rows = self._new_rows(data, self._model.required_columns(False))
        return self._model.query("explain_plan", {}, rows, _core.Columns(), (), n_threads)[0]

    # Tables -----------------------------------------------------------------------------------------------------------

    def coef_table(self, level: float = 0.95) -> Frame:
        """Coefficients with tests and Wald intervals.

        Parameters
        ----------
        level : float, default 0.95
            Coverage of the intervals, between 0 and 1.

        Returns
        -------
        frame
            Columns ``term, estimate, std_error, statistic, p_value, lower, upper``, a row per coefficient.

        Raises
        ------
        InputError
            ``input.level``.
        """
        return to_frame(self._model.coef_table(level), self._library)

    def relativities(self, level: float = 0.95) -> Frame:
        """Multipliers of the tariff: exp of the coefficients with Wald intervals.

        Parameters
        ----------
        level : float, default 0.95
            Coverage of the intervals, between 0 and 1.

        Returns
        -------
        frame
            Columns ``term, level, rows, exposure, observed, relativity, lower, upper, base``: a row per level of each
            factor (the base level has relativity 1) and per numeric column (level is empty).

        Raises
        ------
        InputError
            ``input.level``; ``relativities.link`` unless the link is log, logit or cloglog.
        """
        return to_frame(self._model.relativities(level), self._library)

    def actual_expected(self) -> Frame:
        """Observed and fitted totals by level of each factor, over the training rows.

        Returns
        -------
        frame
            Columns ``term, level, rows, exposure, observed, fitted, ratio``; the last row is the total.
        """
        return to_frame(self._model.actual_expected(), self._library)

    def summary(self, level: float = 0.95) -> Summary:
        """Coefficients with significance codes, and the figures of the fit.

        Parameters
        ----------
        level : float, default 0.95
            Coverage of the intervals, between 0 and 1.

        Returns
        -------
        Summary
            Prints as text; notebooks show it too.

        Raises
        ------
        InputError
            ``input.level``.
        """
        return Summary(self._model.summary_text(level).rstrip())

    # Keeping ----------------------------------------------------------------------------------------------------------

    def save(self, path: Path) -> None:
        """Write the model file, which R reads too. See `save_model`."""
        self._model.save(_convert.path_text(path))

    def to_json(self) -> str:
        """The text of the model file. See `model_to_json`."""
        return self._model.to_json()

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpickled, (self.to_json(), self._library)

    def __copy__(self) -> GLMResult:
        return self

    def __deepcopy__(self, memo: Any) -> GLMResult:
        return self

    def __repr__(self) -> str:
        return self._model.print_text().rstrip()

    # Helpers ----------------------------------------------------------------------------------------------------------

    @cached_property
    def _figures(self) -> dict[str, Any]:
        return self._model.describe()

    @cached_property
    def _wald(self) -> dict[str, Any]:
        return self._model.coef_table(0.95)

    def _named(self, values: Array) -> Vector:
        return _series(values, self.param_names) if self._library == "pandas" else values

    def _matrix(self, columns: dict[str, Array]) -> Matrix:
        """Columns over the coefficients, with their names beside."""
        if self._library == "dict":
            return np.column_stack(list(columns.values()))
        if self._library == "pandas":
            return importlib.import_module("pandas").DataFrame(columns, index=self.param_names)
        return to_frame({"term": self.param_names, **columns}, self._library)

    def _new_rows(self, data: Any, wanted: Sequence[str], n_threads: int | None = None) -> _core.Columns:
        # Columns by position are for models of a matrix only, which a loaded model shows by their names.
        numbered = all(name == f"x{j}" for j, name in enumerate(wanted, 1))
        if numbered or (self._source is not None and self._source.y is not None):
            return _convert.columns_of_design(_convert.as_matrix(data), wanted)
        return _opaque.columns_of_rows(readable(data, wanted, n_threads), wanted, self._calls)

    def _row_values(self, what: str, name: str, source: Source | None, n_threads: int | None = None) -> Vector:
        if source is None:
            raise _convert.no_data(name)
        vectors = _convert.columns_of_vectors(source.vectors)
        values, kept = self._model.row_values(what, source.columns(self._model), vectors, n_threads)
        return _like_rows(values, source.data, kept)


def _series(values: Array, index: Any) -> Any:
    return importlib.import_module("pandas").Series(values, index=index, copy=False)


def _like_rows(values: Array, data: Any, kept: Any = None) -> Any:
    """Values per row as the data are: pandas has its index on them, for the rows kept."""
    index = _convert.index_of(data)
    if index is None:
        return values
    everything = kept is None or len(kept) == len(index)
    return _series(values, index if everything else index.take(kept))


def _unpickled(text: str, library: str) -> GLMResult:
    return GLMResult(_core.model_from_json(text), None, library)


def require_model(model: Any) -> GLMResult:
    """The argument `model` of the plain functions."""
    if not isinstance(model, GLMResult):
        raise _convert.wrong_argument("model", "a fitted model", model)
    return model
