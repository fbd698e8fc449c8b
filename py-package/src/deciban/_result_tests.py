"""Likelihood-ratio and score tests, profiles and goodness of fit of a fitted model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from . import _convert, _core, _opaque
from ._errors import InputError
from ._query import Queries
from ._source import Source

if TYPE_CHECKING:
    from ._types import Frame

__all__ = ["METHODS", "TestResults", "require_method"]

METHODS = ("wald", "profile")


def require_method(method: str, choices: Sequence[str] = METHODS, vcov: Any = None) -> str:
    """The argument `method` of intervals; only Wald intervals take another covariance."""
    if method in choices and (method == "wald" or vcov is None):
        return method
    if method in choices:
        raise InputError(
            f"Intervals by method {method!r} do not depend on `vcov`.",
            code="input.method",
            hint="Leave one of them out.",
            context={"argument": "method", "value": method},
        )
    raise InputError(
        f"`method` is {method!r}.",
        code="input.method",
        hint=f"Use {' or '.join(repr(choice) for choice in choices)}.",
        context={"argument": "method", "value": str(method)},
    )


@dataclass(frozen=True)
class _Wider(Source):
    """The rows of a fit with more columns than its model reads."""

    names: Sequence[str] = ()

    def columns(self, model: _core.Model, also: Sequence[str] = ()) -> _core.Columns:
        if self.y is None:
            wanted = dict.fromkeys([*model.required_columns(True), *self.names, *also])
            return _opaque.columns_of_rows(self.data, list(wanted), self.calls)
        columns = _convert.columns_of_design(self.data, list(dict.fromkeys([*self.names, *also])))
        _convert.add_column(columns, model.describe()["response"], self.y)
        return columns


class TestResults(Queries):
    """Part of `GLMResult`."""

    __test__ = False  # not a class of tests

    def anova(
        self,
        *others: TestResults,
        type: Literal[1, 2, 3, "I", "II", "III"] = 1,
        test: Literal["Chisq", "LRT", "F", "Rao", "none"] | None = None,
        dispersion: float | Literal["pearson", "deviance"] | None = None,
        n_threads: int | None = None,
    ) -> Frame:
        """Analysis of deviance: tests of the terms, or a comparison with other models.

        Smaller models are fitted on the model's own design with coefficients held at 0, several in one pass over the
        rows. The rows are those of the fit, checked by their fingerprint.

        Parameters
        ----------
        *others : GLMResult
            Models to compare with, in this order, each with the one before. They must be nested and have the same rows,
            response, weights, family and link.
        type : {1, 2, 3, "I", "II", "III"}, default 1
            1: terms added one by one, in the order of the formula (as R's ``anova``). 2: each term after all others that
            do not contain it. 3: each term after all others, whose meaning depends on the contrasts. Both as ``Anova``
            of R's package car.
        test : {"Chisq", "LRT", "F", "Rao", "none"}, optional
            Likelihood ratio, F, score test, or none. By default F where the dispersion is estimated, else Chisq.
        dispersion : float or {"pearson", "deviance"}, optional
            By default 1 where it is known, else Pearson's chi-squared over the residual degrees of freedom (of the
            largest model where several are compared). A number is taken for known.
        n_threads : int, optional
            As in `fit_glm`.

        Returns
        -------
        frame
            One model, type 1: ``term, df, deviance, df_residual, residual_deviance, statistic, p_value`` with a first row
            "NULL" (intercept and offset); types 2 and 3: ``term, df, deviance, statistic, p_value``. Test "Rao" adds
            ``rao``, the score statistic before it is divided by the dispersion. Several models: ``model, df_residual,
            residual_deviance, df, deviance, statistic, p_value``. Where theta or var_power was estimated or differs,
            each model keeps its own and ``two_log_likelihood`` and its ``change`` are compared (as R's MASS does).

        Raises
        ------
        InputError
            ``anova.not_nested``, ``anova.other_rows``, ``anova.other_family``, ``input.test``, ``input.type``,
            ``input.dispersion``.
        DataError
            ``model.no_data``, ``model.data_changed``.

        Warns
        -----
        DecibanWarning
            ``anova.f_known_dispersion``, ``anova.not_converged``.

        Examples
        --------
        >>> import deciban
        >>> data = {"n": [2, 3, 6, 7, 8, 9], "area": ["A", "A", "A", "B", "B", "B"], "x": [0, 1, 2, 0, 1, 2]}
        >>> model = deciban.fit_glm("n ~ area + x", data, "poisson")
        >>> list(model.anova()["term"])
        ['NULL', 'area', 'x']
        """
        arguments: dict[str, Any] = {"test": test, "dispersion": dispersion}
        if not others:
            arguments["type"] = type
            return self._frame(self._query("anova", arguments, self._training_rows("tests"), n_threads).columns)
        for other in others:
            if not isinstance(other, TestResults):
                raise _convert.wrong_argument("others", "fitted models", other)
        models = [self, *others]
        return self._frame(
            self._query("compare_models", arguments, _common_rows(models), n_threads, more=others).columns
        )

    def drop1(
        self,
        scope: Sequence[str] | None = None,
        test: Literal["Chisq", "LRT", "F", "Rao", "none"] | None = None,
        dispersion: float | Literal["pearson", "deviance"] | None = None,
        k: float = 2,
        n_threads: int | None = None,
    ) -> Frame:
        """Each term left out, as R's ``drop1``.

        Parameters
        ----------
        scope : sequence of str, optional
            Labels of terms; by default all that no other term contains.
        test, dispersion : optional
            As in `anova`. R's ``drop1(test = "F")`` is ``dispersion="deviance"``.
        k : float, default 2
            Penalty per coefficient in ``aic``.
        n_threads : int, optional
            As in `fit_glm`.

        Returns
        -------
        frame
            ``term, df, deviance, aic, statistic, p_value``; the first row is the model. ``aic`` is shifted as R does, so
            that the model itself has its own; NaN for quasi families.

        Raises
        ------
        InputError
            ``input.term``, ``input.test``, ``input.dispersion``.
        DataError
            ``model.no_data``, ``model.data_changed``.
        """
        arguments = {"scope": _texts(scope), "test": test, "dispersion": dispersion, "k": k}
        return self._frame(self._query("drop1", arguments, self._training_rows("tests"), n_threads).columns)

    def add1(
        self,
        scope: Sequence[str] | str,
        test: Literal["Rao", "Chisq", "LRT", "F", "none"] | None = None,
        dispersion: float | Literal["pearson", "deviance"] | None = None,
        k: float = 2,
        n_threads: int | None = None,
    ) -> Frame:
        """Terms that the model does not have: score tests without a new fit, as R's ``add1(test = "Rao")``.

        Parameters
        ----------
        scope : str or sequence of str
            Terms to try, such as ``["log(x)", "a:b"]``; their columns come from the data of the fit.
        test : {"Rao", "Chisq", "LRT", "F", "none"}, optional
            "Rao", the default, needs one pass over the rows; the others fit each larger model.
        dispersion, k, n_threads : optional
            As in `drop1`. The dispersion of an F test is that of the larger model.

        Returns
        -------
        frame
            As `drop1`; ``deviance`` and ``aic`` are NaN with test "Rao".

        Raises
        ------
        InputError
            ``add1.no_terms``, ``add1.coding`` (the terms would change the coding of the model's own), ``input.test``,
            ``input.dispersion``, ``data.unknown_column``.
        DataError
            ``add1.other_rows`` (a term is missing in rows of the fit), ``model.no_data``, ``model.data_changed``.
        """
        texts = _texts(scope) or []
        source = self._training_rows("tests")
        also = self._model.required_columns(False)
        also += _core.referenced_columns({"formula": "~ " + " + ".join(texts)}) if texts else []
        wider = _Wider(source.data, source.vectors, source.y, source.calls, [name for name in also if name != "."])
        arguments = {"scope": texts, "test": test, "dispersion": dispersion, "k": k}
        return self._frame(self._query("add1", arguments, wider, n_threads).columns)

    def term_importance(self, n_threads: int | None = None) -> Frame:
        """How much of the deviance each term explains.

        Returns
        -------
        frame
            ``term, df, deviance`` (its rise without the term), ``share`` (of what the model explains: null deviance less
            deviance), ``also_dropped`` (terms that contain the term, which go with it).

        Raises
        ------
        DataError
            ``model.no_data``, ``model.data_changed``.
        """
        return self._frame(self._query("term_importance", {}, self._training_rows("tests"), n_threads).columns)

    def profile(
        self,
        parm: Sequence[str] | str | None = None,
        level: float = 0.99,
        steps: int = 10,
        n_threads: int | None = None,
    ) -> Frame:
        """Points of the profile likelihood of coefficients: one is held at a value, all others are fitted.

        ``conf_int(method="profile")`` has the intervals; they are solved for, not read off this grid.

        Parameters
        ----------
        parm : str or sequence of str, optional
            Names of coefficients; by default all that are not aliased.
        level : float, default 0.99
            The grid reaches as far as the Wald interval of this level.
        steps : int, default 10
            Points on either side of the estimate.
        n_threads : int, optional
            As in `fit_glm`.

        Returns
        -------
        frame
            ``term, value, tau, deviance``; tau is the signed root of the rise of the deviance over the dispersion.

        Raises
        ------
        InputError
            ``input.parm``, ``input.level``, ``input.argument``.
        DataError
            ``model.no_data``, ``model.data_changed``.
        """
        arguments = {"parm": _texts(parm), "level": level, "steps": steps}
        return self._frame(self._query("profile", arguments, self._training_rows("profiles"), n_threads).columns)

    def goodness_of_fit(self) -> Frame:
        """Deviance and Pearson's chi-squared against chi-squared on the residual degrees of freedom.

        That law holds for counts and proportions with means that are not small (grouped data), not for single policies
        or 0/1 responses. NaN where the dispersion is estimated from the same statistic.

        Returns
        -------
        frame
            ``test, statistic, df, p_value``.
        """
        return self._frame(self._query("goodness_of_fit").columns)

    def overdispersion_test(self, power: Literal[1, 2] = 2, n_threads: int | None = None) -> Frame:
        """Whether the responses of a poisson or binomial model vary more than it says.

        One-sided, against the normal law. Poisson, with counts y (rates times their weights) and means mu:
        ``cameron_trivedi`` is t of alpha in the regression of ((y - mu)^2 - y) / mu on mu (`power` 2, variance mu + alpha
        mu^2) or on 1 (`power` 1, variance (1 + alpha) mu), without intercept; ``dean_quadratic`` is
        sum((y - mu)^2 - y) / sqrt(2 sum(mu^2)), the score test against a negative binomial; ``dean_linear`` is
        sum(((y - mu)^2 - y) / mu) / sqrt(2 n). Binomial with m trials (weights): ``dean_beta_binomial``, NaN where every
        m is 1.

        Returns
        -------
        frame
            ``test, statistic, p_value, estimate`` (of alpha).

        Raises
        ------
        InputError
            ``overdispersion.family`` for other families, ``input.argument``.
        DataError
            ``model.no_data``, ``model.data_changed``.

        References
        ----------
        Cameron and Trivedi (1990), Journal of Econometrics 46, 347-364; Dean (1992), JASA 87, 451-457.
        """
        source = self._training_rows("tests")
        return self._frame(self._query("overdispersion_test", {"power": power}, source, n_threads).columns)

    def link_test(self, n_threads: int | None = None) -> Frame:
        """Whether the square of the linear predictor would be a term: if so, the link or the form of the terms is wrong.

        Returns
        -------
        frame
            ``test, statistic, df, p_value``: score test (no fit), likelihood ratio and Wald test after a fit; F where the
            dispersion is estimated, else chi-squared (the score test always).

        Raises
        ------
        DataError
            ``model.no_data``, ``model.data_changed``.

        References
        ----------
        Pregibon (1980), Applied Statistics 29, 15-24.
        """
        return self._frame(self._query("link_test", {}, self._training_rows("tests"), n_threads).columns)

    def _profile_table(self, name: str, level: float) -> dict[str, Any]:
        return self._query(name, {"level": level}, self._training_rows("profiles"), stacklevel=3).columns


def _texts(names: Sequence[str] | str | None) -> list[str] | None:
    if names is None:
        return None
    return [names] if isinstance(names, str) else [str(name) for name in names]


def _common_rows(models: Sequence[TestResults]) -> Source:
    """The rows of the largest model, with all columns that any of the models reads."""
    largest = max(models, key=lambda model: model.rank)  # type: ignore[attr-defined]
    source = largest._training_rows("tests")
    with_response = source.y is None
    names = [name for model in (largest, *models) for name in model._model.required_columns(with_response)]
    calls = {call.text: call for model in models for call in model._calls}
    return _Wider(source.data, source.vectors, source.y, list(calls.values()), names)
