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
from ._html import summary_html
from ._matrix import ModelMatrix
from ._result_covariance import CovarianceResults
from ._result_plots import PlotResults
from ._result_predict import PredictionResults
from ._result_tables import TableResults
from ._result_tests import TestResults, require_method
from ._rows import like_rows as _like_rows
from ._rows import series as _series
from ._source import Source
from ._tables import default_library, to_frame

if TYPE_CHECKING:
    from ._types import Array, ColumnArgument, Covariance, Data, Frame, Matrix, Path, Vector

__all__ = ["GLMResult", "Summary"]


class Summary:
    """The summary of a model; `str` and `repr` give its text, notebooks show it as HTML tables."""

    def __init__(self, text: str, model: _core.Model | None = None, level: float = 0.95):
        self._text = text
        self._of = model
        self._level = level

    def as_text(self) -> str:
        """The text, the same as R's ``summary()`` prints."""
        return self._text

    def as_html(self) -> str:
        """HTML tables of the same figures, every text escaped."""
        if self._of is None:
            return f"<pre>{html.escape(self._text)}</pre>"
        return summary_html(self._of.describe(), self._of.coef_table(self._level), self._level, self._of.warnings)

    def __str__(self) -> str:
        return self._text

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return self.as_html()

    def __reduce__(self) -> tuple[Any, ...]:
        return _summary, (None if self._of is None else self._of.to_json(), self._text, self._level)


def _summary(model: str | None, text: str, level: float) -> Summary:
    return Summary(text, None if model is None else _core.model_from_json(model), level)


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
        """Standard errors, shape (p,): roots of the diagonal of `cov_params`."""
        return self._named(self._wald["std_error"])

    @property
    def tvalues(self) -> Vector:
        """Estimate over standard error, shape (p,): z where the dispersion is known, t where it is estimated."""
        return self._named(self._wald["statistic"])

    @property
    def pvalues(self) -> Vector:
        """Two-sided p-values of `tvalues`, shape (p,): normal, or t with `df_resid` degrees of freedom."""
        return self._named(self._wald["p_value"])

    def conf_int(
        self,
        level: float = 0.95,
        method: Literal["wald", "profile", "bootstrap"] = "wald",
        vcov: Covariance | None = None,
        *,
        type: Literal["parametric", "weighted"] = "parametric",
        interval: Literal["bca", "percentile", "studentised"] | None = None,
        n_boot: int = 999,
        seed: int = 0,
    ) -> Matrix:
        """Intervals of the coefficients.

        Parameters
        ----------
        level : float, default 0.95
            Coverage, between 0 and 1.
        method : {"wald", "profile", "bootstrap"}, default "wald"
            "wald": t with `df_resid` degrees of freedom where the dispersion is estimated, else normal. "profile": the
            values at which the deviance, fitted over all other coefficients, has risen by the squared normal quantile
            times the dispersion, exact to 1e-8; it needs the rows of the fit. "bootstrap": see `bootstrap`.
        vcov : str or dict, optional
            Another covariance than the model has, such as ``"HC1"`` or ``"~ policy_id"``: see `with_vcov`.
        type, interval, n_boot, seed
            Of the bootstrap: see `bootstrap`.

        Returns
        -------
        array of shape (p, 2), or a frame with columns ``lower, upper``
            pandas has the names as index, polars and pyarrow as column ``term``.

        Raises
        ------
        InputError
            ``input.level``, ``input.method``.
        DataError
            ``model.no_data``, ``model.data_changed`` ("profile").

        Warns
        -----
        DecibanWarning
            ``profile.open``: the deviance never rises so far, and the limit is infinite; ``profile.failed``.
        """
        if require_method(method, ("wald", "profile", "bootstrap"), vcov=vcov) == "bootstrap":
            found = self.bootstrap(n_boot, type, interval, level, seed)
            return self._matrix(found._limits())
        table = self._interval_table("profile_intervals", "coef_table", level, method, vcov)
        return self._matrix({"lower": table["lower"], "upper": table["upper"]})

    def cov_params(self, vcov: Covariance | None = None) -> Matrix:
        """Covariance of the coefficients, NaN for aliased columns.

        Parameters
        ----------
        vcov : str or dict, optional
            Another covariance than the model has, such as ``"HC1"`` or ``"~ policy_id"``: see `with_vcov`.

        Returns
        -------
        array of shape (p, p), or a frame with a column per coefficient
            pandas has the names as index, polars and pyarrow as column ``term``.

        Raises
        ------
        InputError
            ``covariance.too_large`` beyond 8,192 coefficients, ``covariance.not_kept`` for robust ones with a factor of
            1,024 columns or more; `coef_table` and `bse` have the standard errors.
        """
        return self._matrix(dict(zip(self.param_names, self._choose_vcov(vcov)._model.covariance.T)))

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
        type: Literal["deviance", "pearson", "response", "working", "anscombe", "quantile"] = "deviance",
        data: Data | None = None,
        *,
        y: Any = None,
        weights: ColumnArgument = None,
        exposure: ColumnArgument = None,
        offset: ColumnArgument = None,
        freq_weights: ColumnArgument = None,
        seed: int = 0,
    ) -> Vector:
        """Residuals of the training rows.

        Parameters
        ----------
        type : {"deviance", "pearson", "response", "working", "anscombe", "quantile"}
            Which residuals. The first four are those of R's ``residuals.glm``; "anscombe" are of (A(y) - A(mu)) with A
            the integral of V^(-1/3), divided to have variance 1 over weights, "quantile" the normal quantiles of the
            family's distribution function at the estimates, randomised where it jumps: standard normal when the model is
            right (Dunn and Smyth, J. Comput. Graph. Stat. 5, 1996).
        data : data frame, optional
            The training data again, for a model that was loaded; by default the data of the fit.
        y, weights, exposure, offset, freq_weights : array-like, optional
            Used with `data`: what the fit got as a vector must be given again (`y` for `fit_glm_xy`).
        seed : int, default 0
            Key of the random numbers of "quantile", at least 0: with the row it decides, R has the same residuals.

        Returns
        -------
        array or Series of shape (rows kept,)
            Rows that the fit dropped are left out, or NaN with ``na_action="exclude"``.

        Raises
        ------
        DataError
            ``model.no_data``, ``model.data_changed``.
        InputError
            ``input.type``; for "quantile" ``predict.no_law`` (quasi families, Tweedie with ``var_power=1``),
            ``predict.weights``, ``input.seed``.
        """
        source = self._given_rows(
            "residuals", data, y, weights=weights, exposure=exposure, offset=offset, freq_weights=freq_weights
        )
        if type == "quantile":
            answer = self._query("quantile_residuals", {"seed": seed}, source)
            return _like_rows(answer.columns["residual"], source.data, answer.rows)
        return self._row_values(type, "residuals", source)

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

    def coef_table(
        self,
        level: float = 0.95,
        method: Literal["wald", "profile"] = "wald",
        vcov: Covariance | None = None,
    ) -> Frame:
        """Coefficients with tests and intervals.

        Parameters
        ----------
        level : float, default 0.95
            Coverage of the intervals, between 0 and 1.
        method : {"wald", "profile"}, default "wald"
            As in `conf_int`.
        vcov : str or dict, optional
            Another covariance than the model has, such as ``"HC1"`` or ``"~ policy_id"``: see `with_vcov`.

        Returns
        -------
        frame
            Columns ``term, estimate, std_error, statistic, p_value, lower, upper``, a row per coefficient.

        Raises
        ------
        InputError
            ``input.level``, ``input.method``.
        """
        return self._frame(self._interval_table("profile_coef_table", "coef_table", level, method, vcov))

    def relativities(
        self,
        level: float = 0.95,
        method: Literal["wald", "profile"] = "wald",
        vcov: Covariance | None = None,
    ) -> Frame:
        """Multipliers of the tariff: exp of the coefficients with intervals.

        Parameters
        ----------
        level : float, default 0.95
            Coverage of the intervals, between 0 and 1.
        method : {"wald", "profile"}, default "wald"
            As in `conf_int`.
        vcov : str or dict, optional
            Another covariance than the model has, such as ``"HC1"`` or ``"~ policy_id"``: see `with_vcov`.

        Returns
        -------
        frame
            Columns ``term, level, rows, exposure, claims, observed, relativity, lower, upper, base``: a row per level of
            each factor (the base level has relativity 1) and per numeric column (level is empty). `claims` is the
            observed total (sum of weight times response), `observed` its mean per unit of exposure.

        Raises
        ------
        InputError
            ``input.level``, ``input.method``; ``relativities.link`` unless the link is log, logit or cloglog.
        """
        return self._frame(self._interval_table("profile_relativities", "relativities", level, method, vcov))

    def actual_expected(self) -> Frame:
        """Observed and fitted totals by level of each factor, over the training rows.

        Returns
        -------
        frame
            Columns ``term, level, rows, exposure, observed, fitted, ratio``; the last row is the total.
        """
        return to_frame(self._model.actual_expected(), self._library)

    def summary(self, level: float = 0.95, vcov: Covariance | None = None) -> Summary:
        """Coefficients with significance codes, and the figures of the fit.

        Parameters
        ----------
        level : float, default 0.95
            Coverage of the intervals, between 0 and 1.
        vcov : str or dict, optional
            Another covariance than the model has, such as ``"HC1"`` or ``"~ policy_id"``: see `with_vcov`.

        Returns
        -------
        Summary
            Prints as text; notebooks show it too.

        Raises
        ------
        InputError
            ``input.level``.
        """
        model = self._choose_vcov(vcov)._model
        return Summary(model.summary_text(level).rstrip(), model, level)

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

    def _repr_html_(self) -> str:
        return self.summary()._repr_html_()

    def _with_model(self, model: _core.Model) -> GLMResult:
        """This result with another model of the core over the same data."""
        return self if model is self._model else GLMResult(model, self._source, self._library, self._calls)

    # Helpers ----------------------------------------------------------------------------------------------------------

    @cached_property
    def _figures(self) -> dict[str, Any]:
        return self._model.describe()

    @cached_property
    def _wald(self) -> dict[str, Any]:
        return self._model.coef_table(0.95)

    def _named(self, values: Array) -> Vector:
        return _series(values, self.param_names) if self._library == "pandas" else values

    def _interval_table(self, profile: str, wald: str, level: float, method: str, vcov: Any) -> dict[str, Any]:
        """A table of the core with Wald limits, or with those of the profile likelihood."""
        if require_method(method, vcov=vcov) == "profile":
            return self._profile_table(profile, level)
        return getattr(self._choose_vcov(vcov)._model, wald)(level)

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


def _unpickled(text: str, library: str) -> GLMResult:
    return GLMResult(_core.model_from_json(text), None, library)


def require_model(model: Any) -> GLMResult:
    """The argument `model` of the plain functions."""
    if not isinstance(model, GLMResult):
        raise _convert.wrong_argument("model", "a fitted model", model)
    return model
