"""Covariances, Wald tests and influence of a fitted model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Union

import numpy as np

from . import _convert, _core
from ._errors import InputError
from ._influence import Influence
from ._query import Queries
from ._tables import to_frame

if TYPE_CHECKING:
    from ._types import Array, ColumnArgument, Covariance, Data, Frame
    from .result import GLMResult

__all__ = ["CovarianceResults", "Hypotheses", "HypothesisTest", "read_vcov"]

Hypotheses = Union[str, Sequence[str], Sequence[float], Sequence[Sequence[float]], np.ndarray]


class CovarianceResults(Queries):
    """Part of `GLMResult`."""

    def with_vcov(
        self,
        vcov: Covariance,
        data: Data | None = None,
        *,
        y: Any = None,
        weights: ColumnArgument = None,
        exposure: ColumnArgument = None,
        offset: ColumnArgument = None,
        freq_weights: ColumnArgument = None,
        n_threads: int | None = None,
    ) -> GLMResult:
        """The same fit with another covariance of its coefficients.

        Everything that reads standard errors of the result uses it: `summary`, `coef_table`, `relativities`, `bse`,
        `conf_int`, `cov_params`, `wald_test`, and the model file. The argument `vcov` of these methods, and that of
        `fit_glm`, are short for it.

        Parameters
        ----------
        vcov : str or dict
            ``"model"``: dispersion times inverse information. ``"HC0"`` to ``"HC3"``: robust against a wrong variance
            function. ``"~ policy_id"``, ``"~ policy_id + year"``, ``"HC1 ~ policy_id"``, ``"CR0 ~ policy_id"``: columns
            of the data whose equal values make clusters of rows that may be correlated. A dict of such columns by name,
            for clusters that are not in the data.
        data : data frame, optional
            The training data again, for a model that was loaded; by default the data of the fit.
        y, weights, exposure, offset, freq_weights : array-like, optional
            Used with `data`: what the fit got as a vector must be given again (`y` for `fit_glm_xy`).
        n_threads : int, optional
            As in `fit_glm`.

        Returns
        -------
        GLMResult
            `vcov_type` says which covariance it has.

        Raises
        ------
        InputError
            ``vcov.unknown``, ``vcov.formula``, ``vcov.wide_factor`` (clusters beside a factor of 1,024 columns or more),
            ``data.unknown_column``, ``data.length_mismatch``.
        DataError
            ``vcov.cluster_missing`` (a row of the fit has no cluster), ``vcov.one_cluster``, ``model.no_data``,
            ``model.data_changed``.

        Warns
        -----
        DecibanWarning
            ``vcov.full_leverage`` (HC2, HC3: rows with leverage 1 are left out), ``vcov.not_positive`` (few clusters in
            several directions leave a negative variance).

        Notes
        -----
        With A the inverse information for dispersion 1, s the scores of the rows and h their leverages, the robust
        covariances are A M A: M sums s^2 x x' (HC0), that times n / (n - rank) (HC1), s^2 / (1 - h) (HC2) or
        s^2 / (1 - h)^2 (HC3) in place of s^2; for G clusters outer products of sums of s x over each of them, times
        G / (G - 1), for HC1 also (n - 1) / (n - rank), for CR0 neither (CR1 and CR1S name the first two); for several columns these with alternating signs over all
        combinations. They equal R's ``sandwich::vcovHC`` and ``vcovCL`` (Zeileis, J. Stat. Softw. 16 (9), 2006; Zeileis,
        Koell and Graham, J. Stat. Softw. 95 (1), 2020). Rows of weight 0 are left out first, and a row with frequency f
        counts as f rows. Tests and intervals have the law that they have with "model".

        With a factor of 1,024 columns or more, a robust covariance knows the variances of its levels and everything
        between the other coefficients.

        Examples
        --------
        >>> import deciban
        >>> data = {"claims": [0, 1, 2, 1, 0, 3], "area": ["A", "A", "B", "B", "A", "B"], "id": [1, 2, 1, 2, 3, 3]}
        >>> model = deciban.fit_glm("claims ~ area", data, "poisson")
        >>> model.with_vcov("HC0").bse.round(6)
        array([0.816497, 0.849837])
        >>> model.with_vcov("~ id").vcov_type
        '~ id'
        """
        text, clusters = read_vcov(vcov)
        if text == "model" and self._figures["vcov"] == "model":
            return self._with_model(self._model)
        columns = [name for name in _core.referenced_columns({"vcov": text}) if name not in clusters]
        source = self._given_rows(
            "another covariance",
            data,
            y,
            columns,
            weights=weights,
            exposure=exposure,
            offset=offset,
            freq_weights=freq_weights,
        ).with_vectors(clusters)
        answer = self._query("with_vcov", {"vcov": text}, source, n_threads, stacklevel=3, also=columns)
        assert answer.model is not None
        return self._with_model(answer.model)

    def _choose_vcov(self, vcov: Covariance | None) -> GLMResult:
        """The argument `vcov` of methods."""
        return self._with_model(self._model) if vcov is None else self.with_vcov(vcov)

    def wald_test(
        self,
        hypotheses: Hypotheses,
        rhs: Any = None,
        vcov: Covariance | None = None,
        test: Literal["F", "Chisq"] | None = None,
        level: float = 0.95,
    ) -> HypothesisTest:
        """Wald test of linear hypotheses about the coefficients, alone and together.

        Parameters
        ----------
        hypotheses : str, sequence of str, or array of shape (p,) or (q, p)
            Texts of names of coefficients, numbers, ``+ - * /``, brackets and ``=``: ``"areaB = areaC"``,
            ``"2*x + y = 1"``; several in one text with commas between them. Without ``=`` the expression is 0. Names are
            those of `param_names`, such as ``log(density)``; where they might be read otherwise, in backticks. Or one
            row per hypothesis and one column per coefficient.
        rhs : float or array-like of shape (q,), optional
            Right-hand sides; by default those of the texts, or 0.
        vcov : str or dict, optional
            Another covariance than the model has, such as ``"HC1"`` or ``"~ policy_id"``: see `with_vcov`.
        test : {"F", "Chisq"}, optional
            By default F where the dispersion is estimated, as for single coefficients.
        level : float, default 0.95
            Coverage of the intervals, between 0 and 1.

        Returns
        -------
        HypothesisTest

        Raises
        ------
        InputError
            ``hypothesis.syntax``, ``hypothesis.unknown_name``, ``hypothesis.not_linear``, ``hypothesis.constant``,
            ``hypothesis.empty``, ``hypothesis.dimension``, ``hypothesis.not_finite``, ``hypothesis.aliased`` (a
            coefficient that is not estimated), ``hypothesis.redundant``, ``input.argument``, ``input.test``,
            ``input.level``.

        Notes
        -----
        (L b - r)' (L V L')^-1 (L b - r), chi-squared with q degrees of freedom; for F divided by q, with q and `df_resid`
        degrees of freedom. As ``linearHypothesis`` of R's car (Fox, Applied Regression Analysis and Generalized Linear
        Models, 2016, section 9.4).

        Examples
        --------
        >>> import deciban
        >>> data = {"claims": [0, 1, 2, 1, 0, 3], "area": ["A", "A", "B", "B", "C", "C"]}
        >>> model = deciban.fit_glm("claims ~ area", data, "poisson")
        >>> test = model.wald_test("areaB = areaC")
        >>> round(test.statistic, 6), test.df
        (0.0, 1)
        """
        model = self._choose_vcov(vcov)
        arguments = {"hypotheses": read_hypotheses(hypotheses), "rhs": _numbers(rhs), "test": test, "level": level}
        answer = model._query("linear_hypothesis", arguments)
        return HypothesisTest(answer.columns, answer.notes, self._library)

    def linear_hypothesis(
        self,
        hypotheses: Hypotheses,
        rhs: Any = None,
        vcov: Covariance | None = None,
        test: Literal["F", "Chisq"] | None = None,
        level: float = 0.95,
    ) -> HypothesisTest:
        """The same as `wald_test`, by the name that it has in R."""
        return self.wald_test(hypotheses, rhs, vcov, test, level)

    def t_test(
        self, hypotheses: Hypotheses, rhs: Any = None, vcov: Covariance | None = None, level: float = 0.95
    ) -> HypothesisTest:
        """Each hypothesis alone: read `HypothesisTest.summary_frame`. Arguments are those of `wald_test`."""
        return self.wald_test(hypotheses, rhs, vcov, None, level)

    def term_tests(self, vcov: Covariance | None = None, test: Literal["F", "Chisq"] | None = None) -> Frame:
        """Wald tests that all coefficients of a term are 0, for each term of the formula.

        Parameters
        ----------
        vcov, test
            As in `wald_test`.

        Returns
        -------
        frame
            Columns ``term, df`` (coefficients that are estimated), ``statistic, p_value``. With treatment contrasts the
            test of a main effect beside its interaction is that at the base level.
        """
        return self._frame(self._choose_vcov(vcov)._query("term_tests", {"test": test}).columns)

    def get_influence(self, n_threads: int | None = None) -> Influence:
        """Leverage and influence of the training rows: hat values, Cook's distances, studentised residuals, dfbetas.

        Parameters
        ----------
        n_threads : int, optional
            As in `fit_glm`.

        Returns
        -------
        Influence

        Raises
        ------
        DataError
            ``model.no_data``, ``model.data_changed``, when values are asked for.

        Examples
        --------
        >>> import deciban
        >>> data = {"claims": [0, 1, 2, 1], "area": ["A", "A", "B", "B"]}
        >>> model = deciban.fit_glm("claims ~ area", data, "poisson")
        >>> model.get_influence().hat_values.round(6)
        array([0.5, 0.5, 0.5, 0.5])
        """
        return Influence(self, n_threads)  # type: ignore[arg-type]

    @property
    def vcov_type(self) -> str:
        """Which covariance the coefficients have: "model", or what `vcov` was."""
        return self._figures["vcov"]


class HypothesisTest:
    """Wald test of linear hypotheses, made by `GLMResult.wald_test`. Prints as text.

    Attributes
    ----------
    statistic, p_value : float
        All hypotheses together: F or chi-squared, as `test` says.
    df : int
        Number of hypotheses.
    df_resid : float
        Residual degrees of freedom of the model.
    test : str
        "F" or "Chisq".
    vcov_type : str
        Which covariance it used.
    effect, sd, tvalue, pvalues : array of shape (q,)
        Each hypothesis alone: estimate of L b - r, its standard error, z or t, and two-sided p-value.
    """

    def __init__(self, columns: dict[str, Any], notes: dict[str, Any], library: str):
        self._columns, self._library, self._text = columns, library, notes["text"]
        self.statistic: float = notes["statistic"]
        self.p_value: float = notes["p_value"]
        self.df: int = notes["df"]
        self.df_resid: float = notes["df_residual"]
        self.test: str = notes["test"]
        self.vcov_type: str = notes["vcov"]
        self.effect, self.sd = columns["estimate"], columns["std_error"]
        self.tvalue, self.pvalues = columns["statistic"], columns["p_value"]

    @property
    def pvalue(self) -> float:
        """`p_value`, as statsmodels calls it."""
        return self.p_value

    def conf_int(self) -> Array:
        """Limits of each hypothesis alone, shape (q, 2)."""
        return np.column_stack([self._columns["lower"], self._columns["upper"]])

    def summary_frame(self) -> Frame:
        """Each hypothesis alone: ``hypothesis, estimate, std_error, statistic, p_value, lower, upper``."""
        return to_frame(self._columns, self._library)

    def __repr__(self) -> str:
        return self._text.rstrip()


def read_hypotheses(hypotheses: Any) -> Any:
    """Texts, or rows of numbers, as the core takes them."""
    if isinstance(hypotheses, str):
        return [hypotheses]
    if isinstance(hypotheses, Sequence) and all(isinstance(one, str) for one in hypotheses):
        return list(hypotheses)
    try:
        rows = np.asarray(hypotheses, dtype=float)
    except (TypeError, ValueError):
        rows = np.empty(0)
    if rows.ndim not in (1, 2) or not rows.size:
        raise _convert.wrong_argument("hypotheses", "texts, or a matrix of numbers", hypotheses)
    return np.atleast_2d(rows).tolist()


def _numbers(values: Any) -> Any:
    return None if values is None else np.atleast_1d(np.asarray(values, dtype=float)).tolist()


def read_vcov(vcov: Any) -> tuple[str, dict[str, Any]]:
    """The argument `vcov` as a text for the core, and clusters that are given as vectors."""
    if isinstance(vcov, str):
        return vcov, {}
    if vcov is None:
        return "model", {}
    if isinstance(vcov, Mapping) and vcov:
        return "~ " + " + ".join(_quoted(str(name)) for name in vcov), {str(name): vcov[name] for name in vcov}
    raise InputError(
        f"`vcov` cannot be an object of type {type(vcov).__name__}.",
        code="vcov.unknown",
        hint='Use "model", "HC0" to "HC3", "~ policy_id", or a dict of clusters.',
        context={"argument": "vcov"},
    )


def _quoted(name: str) -> str:
    return name if name.isidentifier() else "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"
