"""Scorecards: points from a logistic regression on weights of evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from . import _core
from ._errors import DataError
from ._fitted import FittedThing, classes_of, given

if TYPE_CHECKING:
    from ._types import Data, Frame

__all__ = ["Scorecard"]

_FIT_ONLY = ("binning", "digits", "n_threads")


class Scorecard(FittedThing):
    """A scorecard: bins, a logistic regression on their weights of evidence, and points.

    score = base_score + factor (ln(odds) - ln(base_odds)) with factor = pdo / ln 2 and odds = (1 - p)/p: a high score means
    few events. Each variable carries an equal part of the constant, and the score is the sum of its points.

    Parameters
    ----------
    base_score : float, default 600
        Points at `base_odds`.
    base_odds : float, default 50
        Non-events per event, above 0.
    pdo : float, default 20
        Points that double the odds, above 0.
    digits : int, optional, default 0
        Decimals of the points; None: not rounded. The probability never is.
    wrong_sign : {"warn", "drop", "keep"}, default "warn"
        WOE is positive for more events, so coefficients should be positive. "warn" names the others, "drop" leaves them
        out in steps, the one with the most negative z first.
    min_iv : float, default 0
        Variables with a smaller information value are left out.
    binning : dict, optional
        Parameters of `Binner`, such as ``{"monotonic": "auto", "max_bins": 6}``.
    per_variable : dict, optional
        As in `Binner`.
    n_threads : int, optional

    Attributes
    ----------
    fitted_
        What was learned.
    n_features_in_, feature_names_in_
        As in scikit-learn.
    classes_ : array
        The two values of the response.

    Raises
    ------
    InputError
        From `fit`: ``scorecard.no_variables``, ``scorecard.base_score``, ``scorecard.base_odds``, ``scorecard.pdo``,
        ``scorecard.wrong_sign``, and those of `Binner` and `fit_glm_xy`.

    Warns
    -----
    DecibanWarning
        ``scorecard.wrong_sign`` names variables; those of `Binner`.

    References
    ----------
    Siddiqi (2006), Credit Risk Scorecards.

    Examples
    --------
    >>> import numpy, deciban
    >>> x = numpy.arange(2000.0) % 100
    >>> y = (numpy.arange(2000) * 7919 % 100 > x).astype(int)
    >>> card = deciban.Scorecard(binning={"max_bins": 3}).fit({"x": x}, y)
    >>> card.points()["points"].size
    4
    >>> bool(card.predict_score({"x": [90.0]})[0] > card.predict_score({"x": [10.0]})[0])
    True
    """

    _core_kind = "scorecard"

    def __init__(
        self,
        base_score: float = 600.0,
        base_odds: float = 50.0,
        pdo: float = 20.0,
        digits: int | None = 0,
        wrong_sign: Literal["warn", "drop", "keep"] = "warn",
        min_iv: float = 0.0,
        binning: Mapping[str, Any] | None = None,
        per_variable: Mapping[str, Mapping[str, Any]] | None = None,
        n_threads: int | None = None,
    ):
        self.base_score = base_score
        self.base_odds = base_odds
        self.pdo = pdo
        self.digits = digits
        self.wrong_sign = wrong_sign
        self.min_iv = min_iv
        self.binning = binning
        self.per_variable = per_variable
        self.n_threads = n_threads

    def fit(self, X: Data, y: Any, sample_weight: Any = None) -> Scorecard:
        """Find bins, fit the regression, set the points.

        Parameters
        ----------
        X : data frame or array of shape (rows, columns)
        y : array-like
            0/1, shares in [0, 1], or two other values, of which the later (sorted, or in declared order) is the event.
        sample_weight : array-like, optional

        Returns
        -------
        Scorecard
            It refers to X, y and the weights, for `adjust`.
        """
        arguments = {name: value for name, value in self.get_params().items() if name not in _FIT_ONLY}
        arguments = given(dict(self.binning or {}) | arguments)
        arguments["digits"] = False if self.digits is None else self.digits
        self._learn_from(arguments, X, {"y": y, "weights": sample_weight}, 2)
        self._training = (X, y, sample_weight)
        self._set_classes()
        return self

    def _set_classes(self) -> None:
        levels = self._ask("describe")[1]["binner"].get("classes")
        levels = levels or {"type": "number", "labels": []}
        self.classes_ = classes_of(levels["type"], levels["labels"], levels.get("values"))

    def _predict(self, output: str, X: Data, n: int | None = None) -> dict[str, Any]:
        return self._ask("predict", given({"output": output, "n": n}), X)[0]

    def predict_score(self, X: Data) -> np.ndarray:
        """The score of each row: the sum of its points.

        A level that was not seen has the points of WOE 0.
        """
        return self._predict("score", X)["score"]

    def predict_proba(self, X: Data) -> np.ndarray:
        """Probabilities of non-event and event, shape (n, 2), from the coefficients (no rounding)."""
        event = self._predict("probability", X)["probability"]
        return np.column_stack([1.0 - event, event])

    def predict(self, X: Data) -> np.ndarray:
        """The likelier class."""
        likelier = (self.predict_proba(X)[:, 1] > 0.5).astype(int)
        return self.classes_[likelier]

    def decision_function(self, X: Data) -> np.ndarray:
        """Log odds of an event."""
        return self._predict("link", X)["link"]

    def transform(self, X: Data) -> Frame:
        """Points of each row and variable, one column per used variable."""
        return self._rows(self._predict("points", X), X)

    def fit_transform(self, X: Data, y: Any = None, sample_weight: Any = None) -> Any:
        """`fit`, then `transform` of the same rows."""
        return self.fit(X, y, sample_weight).transform(X)

    def reasons(self, X: Data, n: int = 3) -> Frame:
        """Why rows score low: the variables that lose most points against their best bin, from the greatest loss on.

        Parameters
        ----------
        X : data frame or array
        n : int, default 3
            Columns `reason_1`, ..., `reason_n`; "" where nothing more is lost.
        """
        return self._frame(self._predict("reasons", X, n), X)

    def points(self) -> Frame:
        """One row per variable and bin: `variable`, `bin`, `label`, `lower`, `upper`, `count`, `event_rate`, `woe`,
        `points`."""
        return self._frame(self._ask("points")[0])

    def coefficients(self) -> Frame:
        """One row for the intercept and per variable: `variable`, `used`, `reason` (why not: "constant", "iv", "sign",
        "aliased"), `monotonic`, `iv`, `coefficient`, `std_error`, `statistic`, `p_value`. They take the bins as given."""
        return self._frame(self._ask("coefficients")[0])

    def binning_table(self, variable: str, alpha: float = 0.05) -> Frame:
        """As `Binner.table`."""
        return self._frame(self._ask("table", {"variable": variable, "alpha": alpha})[0])

    def stability(self, X: Data, alpha: float = 0.05) -> Frame:
        """How the score and its variables moved from the training rows to X.

        Returns
        -------
        frame
            A row for the score (in ten groups of the training rows) and for each variable (in its bins): `variable`,
            `bins`, `psi`, `psi_unbiased`, `psi_lower`, `psi_upper`, `chi2`, `p_value`, and `points_shift`, the change of the
            mean points.
        """
        return self._frame(self._ask("stability", {"alpha": alpha}, X)[0])

    def sql(
        self,
        dialect: Literal["duckdb", "sqlite"] = "duckdb",
        table: str = "data",
        output: Literal["score", "points", "probability", "bins"] = "score",
    ) -> str:
        """A query that gives what the model gives: the same bins for every number, NULL and NaN being missing.

        Parameters
        ----------
        dialect : {"duckdb", "sqlite"}, default "duckdb"
        table : str, default "data"
            Name of the table. Numbers are read from it as numbers; dates must be there as days, times as seconds since
            1970.
        output : {"score", "points", "probability", "bins"}, default "score"
            "probability" agrees to rounding (the database has its own exp); the others exactly.

        Raises
        ------
        InputError
            ``scorecard.dialect``, ``scorecard.output``.
        """
        return self._ask("sql", {"dialect": dialect, "table": table, "output": output})[1]["text"]

    def adjust(self, feature: str, splits: Sequence[Any]) -> Scorecard:
        """A scorecard with other bins of one variable, fitted again to the same rows. This one stays as it is.

        Parameters
        ----------
        feature : str
        splits : sequence of float, or of sequences of levels
            Edges of a numeric variable (none: one bin), or groups of levels; levels that are in none are one more group.

        Returns
        -------
        Scorecard

        Raises
        ------
        DataError
            ``model.no_data`` after loading or unpickling.
        InputError
            ``binner.variable``, ``binning.splits``, ``binning.groups``.
        """
        training = getattr(self, "_training", None)
        self._ask("table", {"variable": feature})
        if training is None:
            raise DataError(
                "The scorecard has no rows to fit again: it was loaded from a file or unpickled.",
                code="model.no_data",
                hint="Fit it again, with `per_variable`.",
                context={},
            )
        merged = {name: dict(value) for name, value in (self.per_variable or {}).items()}
        merged[feature] = chosen_bins(splits)
        params = self.get_params() | {"per_variable": merged}
        return type(self)(**params).fit(*training)

    def __str__(self) -> str:
        return self._ask("print")[1]["text"] if hasattr(self, "fitted_") else repr(self)

    def plot(self, variable: str, alpha: float = 0.05, ax: Any = None) -> Any:
        """As `Binner.plot`."""
        from ._binning_plots import plot_bins

        return plot_bins(self._ask("table", {"variable": variable, "alpha": alpha})[0], variable, ax)

    def plot_scores(self, X: Data, y: Any, ax: Any = None) -> Any:
        """Distribution of the scores of events and non-events (needs matplotlib).

        Parameters
        ----------
        X : data frame or array
        y : array-like
            0/1, or the two levels of the fit.
        ax : matplotlib axes, optional

        Returns
        -------
        matplotlib.axes.Axes
        """
        from ._binning_plots import plot_scores

        event = np.asarray(y) == self.classes_[1]
        return plot_scores(self.predict_score(X), event, ax)

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        state.pop("_training", None)
        return state

    @classmethod
    def _from_core(cls, fitted: _core.Fitted) -> Scorecard:
        _, notes, _ = fitted.query("describe", {}, None, None, None)
        arguments = dict(notes["arguments"])
        own = {name: arguments.pop(name) for name in cls._parameters() if name in arguments}
        own["digits"] = None if own.get("digits") is False else own.get("digits", 0)
        made = cls(**own, binning=arguments or None)
        made.fitted_ = fitted
        made._columns = [variable["bins"]["variable"] for variable in notes["binner"]["variables"]]
        made.n_features_in_ = len(made._columns)
        made._set_classes()
        return made


def chosen_bins(splits: Sequence[Any]) -> dict[str, Any]:
    """Arguments of a variable whose bins are given."""
    free = {
        "method": "quantile",
        "min_bins": 1,
        "max_bins": None,
        "min_bin_size": 0.0,
        "min_bin_events": 0.0,
        "min_bin_non_events": 0.0,
        "monotonic": "none",
        "min_rate_diff": 0.0,
        "max_p_value": 1.0,
        "fixed": None,
    }
    values = list(splits)
    if values and isinstance(values[0], (str, list, tuple)):
        return free | {"groups": [[str(level) for level in _members(group)] for group in values], "splits": None}
    return free | ({"splits": [float(edge) for edge in values]} if values else {"max_bins": 1})


def _members(group: Any) -> list[Any]:
    return [group] if isinstance(group, str) else list(group)
