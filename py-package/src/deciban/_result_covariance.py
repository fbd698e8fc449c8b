"""Covariances, Wald tests and influence of a fitted model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import _convert, _core
from ._errors import InputError
from ._query import Queries

if TYPE_CHECKING:
    from ._types import ColumnArgument, Covariance, Data
    from .result import GLMResult


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
            function. ``"~ policy_id"``, ``"~ policy_id + year"``, ``"HC1 ~ policy_id"``: columns of the data whose equal
            values make clusters of rows that may be correlated. A dict of such columns by name, for clusters that are
            not in the data.
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
        G / (G - 1), for HC1 also (n - 1) / (n - rank); for several columns these with alternating signs over all
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

    @property
    def vcov_type(self) -> str:
        """Which covariance the coefficients have: "model", or what `vcov` was."""
        return self._figures["vcov"]


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
