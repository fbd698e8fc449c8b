"""Bins of numeric columns and groups of levels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from . import _core
from ._fitted import FittedThing, given

if TYPE_CHECKING:
    from ._types import Data, Frame

__all__ = ["Binner"]

_FIT_ONLY = ("output", "n_threads")


class Binner(FittedThing):
    """Find bins of columns and put rows into them: one definition for fit, table, transform, file and SQL.

    A bin is a pair of edges (doubles) with one closed end, a group of levels, a set of special codes, or "missing".
    Every row is put into its bin by the same function, so that counts in `table` are the rows that `transform` puts
    there. The outer bins reach to -Inf and Inf, which they contain. Text, categories and booleans get groups of levels.

    Parameters
    ----------
    method : str, default "optimal"
        "optimal": the partition of `max_prebins` fine intervals that has the greatest information value (binary), mean
        one-vs-rest information value (multiclass), or share of deviance explained (others), found by dynamic
        programming: exact under every rule below. "tree": best-first binary splits. "quantile" (or "kbins"): equal
        weights. "uniform": equal widths. "kmeans" (or "faiss_kmeans"): the exact one-dimensional k-means partition.
        "mdlp": entropy splits with Fayyad and Irani's stopping rule. "chimerge": Kerber's merging of neighbours.
        "isotonic": blocks of the isotonic regression. Levels are always grouped as by "optimal", in the order of their
        rates.
    target : {"binary", "multiclass", "counts", "continuous", "none"}, optional
        Kind of the response. By default: 0/1 or two levels of text are binary, more levels multiclass, a response with
        `exposure` counts, other numbers continuous. "binary" also takes shares in [0, 1].
    min_bins, max_bins : int, optional
        Number of bins, without those of missing values and special codes. `max_bins` left out: as many as the other
        rules allow; 10 for "quantile", "uniform" and "kmeans".
    min_bin_size : float, optional
        Least share of the weight in a bin. 0.05 when left out, but 0 for "quantile", "uniform", "kmeans" and "mdlp",
        and where all of `splits` are fixed.
    min_bin_events, min_bin_non_events : float, default 0
        Least (weighted) events and non-events in a bin; claims for counts, rows of each class for multiclass.
    monotonic : {"none", "increasing", "decreasing", "auto", "peak", "valley", "convex", "concave"}, default "none"
        Shape of the rate by the number of the bin. "auto": increasing or decreasing, whichever gives more. It holds for
        the rates of the training rows, and so for what `transform(output="rate")` gives at any number.
    min_rate_diff : float, default 0
        Least difference between the rates of neighbours.
    max_p_value : float, default 1
        Largest p-value of the test that neighbours have the same rate (Pearson; Poisson rates; Welch). Weights count as
        (sum w)^2 / sum w^2 rows. For "chimerge" the level of its test (0.05 when it is 1).
    max_prebins : int, default 100
        Intervals that "optimal" starts from, where a column has more distinct values. To a grid of equal weights it adds
        the cuts of a tree with 20 leaves.
    closed : {"right", "left"}, default "right"
        Intervals (a, b] or [a, b).
    splits : sequence of float, optional
        Edges to choose from ("optimal") or to take as they are. With `per_variable` for one column.
    fixed : bool or sequence of bool, optional
        Which of `splits` must be edges of the result.
    special_codes : sequence of float, or dict of name to number(s), optional
        Values that are no measurements; each (each name) has a bin of its own.
    special, missing : {"separate", "nearest"}, default "separate"
        "nearest": they join the bin with the nearest rate at which the shape still holds.
    smoothing : float, default 1
        Pseudo-rows, in the proportion of the portfolio, of the weight of evidence in `table` and `transform`.
    var_power : float, default 0
        Of a continuous response: 0 squared error, 2 gamma, between them Tweedie deviance.
    pairs : sequence of pairs of str, optional
        Two-dimensional bins "a:b" of two columns: the cells of the grid of their own bins are grouped, in the order of
        their rates, by the same programme. They are further columns of `transform`.
    per_variable : dict, optional
        Column names, and arguments that replace the common ones: ``{"age": {"monotonic": "decreasing"}}``.
    output : {"bin", "label", "rate", "woe"}, default "bin"
        What `transform` gives.
    n_threads : int, optional

    Attributes
    ----------
    fitted_
        What was learned.
    n_features_in_, feature_names_in_
        As in scikit-learn.

    Raises
    ------
    InputError
        From `fit`: ``binning.infeasible`` (the message names the rules in conflict), ``binning.target``,
        ``binning.weights``, ``binning.exposure``, ``binning.method``, ``binning.monotonic``, ``binning.closed``,
        ``binning.splits``, ``input.argument``, ``input.unknown_argument``, ``input.no_variables``,
        ``data.length_mismatch``.
    DataError
        ``binning.one_class``, ``data.missing`` (in y).

    Warns
    -----
    DecibanWarning
        ``binning.few_values``: more bins asked for than distinct values; ``binning.no_values``: nothing but missing and
        special values.

    References
    ----------
    Fayyad and Irani (1993), Multi-interval discretization. Kerber (1992), ChiMerge. Aggarwal et al. (1987), Geometric
    applications of a matrix-searching algorithm. Breiman et al. (1984), CART.

    Examples
    --------
    >>> import numpy, deciban
    >>> x = numpy.arange(1000.0)
    >>> y = (x % 7 < x / 200).astype(int)
    >>> binner = deciban.Binner(max_bins=3, monotonic="increasing").fit({"x": x}, y)
    >>> binner.edges["x"].size
    2
    >>> binner.transform({"x": [-1e9, float("nan")]})["x"].tolist()
    [0, 3]
    """

    _core_kind = "binner"

    def __init__(
        self,
        method: str = "optimal",
        target: Literal["binary", "multiclass", "counts", "continuous", "none"] | None = None,
        min_bins: int = 1,
        max_bins: int | None = None,
        min_bin_size: float | None = None,
        min_bin_events: float = 0.0,
        min_bin_non_events: float = 0.0,
        monotonic: str = "none",
        min_rate_diff: float = 0.0,
        max_p_value: float = 1.0,
        max_prebins: int = 100,
        closed: Literal["right", "left"] = "right",
        splits: Sequence[float] | None = None,
        fixed: bool | Sequence[bool] | None = None,
        special_codes: Sequence[float] | Mapping[str, Any] | None = None,
        special: Literal["separate", "nearest"] = "separate",
        missing: Literal["separate", "nearest"] = "separate",
        smoothing: float = 1.0,
        var_power: float = 0.0,
        pairs: Sequence[tuple[str, str]] | None = None,
        per_variable: Mapping[str, Mapping[str, Any]] | None = None,
        output: Literal["bin", "label", "rate", "woe"] = "bin",
        n_threads: int | None = None,
    ):
        self.method = method
        self.target = target
        self.min_bins = min_bins
        self.max_bins = max_bins
        self.min_bin_size = min_bin_size
        self.min_bin_events = min_bin_events
        self.min_bin_non_events = min_bin_non_events
        self.monotonic = monotonic
        self.min_rate_diff = min_rate_diff
        self.max_p_value = max_p_value
        self.max_prebins = max_prebins
        self.closed = closed
        self.splits = splits
        self.fixed = fixed
        self.special_codes = special_codes
        self.special = special
        self.missing = missing
        self.smoothing = smoothing
        self.var_power = var_power
        self.pairs = pairs
        self.per_variable = per_variable
        self.output = output
        self.n_threads = n_threads

    def _core_arguments(self) -> dict[str, Any]:
        return given({name: value for name, value in self.get_params().items() if name not in _FIT_ONLY})

    def fit(self, X: Data, y: Any = None, sample_weight: Any = None, exposure: Any = None) -> Binner:
        """Find the bins of the columns of X.

        Parameters
        ----------
        X : data frame, array of shape (rows, columns), or one vector
        y : array-like, optional
            Response, without missing values. Not needed by "quantile", "uniform", "kmeans" and `splits`.
        sample_weight : array-like, optional
            At least 0; rows of weight 0 count for nothing.
        exposure : array-like, optional
            Of counts; above 0.

        Returns
        -------
        Binner
        """
        self._learn_from(self._core_arguments(), X, {"y": y, "weights": sample_weight, "exposure": exposure}, 2)
        return self

    def fit_transform(self, X: Data, y: Any = None, sample_weight: Any = None, exposure: Any = None) -> Any:
        """`fit`, then `transform` of the same rows."""
        return self.fit(X, y, sample_weight, exposure).transform(X)

    def transform(self, X: Data, output: Literal["bin", "label", "rate", "woe"] | None = None) -> Any:
        """Put rows into the bins.

        Parameters
        ----------
        X : data frame, array, or one vector
        output : {"bin", "label", "rate", "woe"}, optional
            "bin": its number, from 0 (-1 for a level that has none); "label": its text, for display; "rate": event rate,
            mean, or claims per exposure of its training rows; "woe": its weight of evidence (binary). By default the
            parameter of the constructor.

        Returns
        -------
        array or frame
            A data frame where X is one (see also `set_output`), else an array.

        Raises
        ------
        InputError
            ``binner.output``, ``data.unknown_column``.
        DataError
            ``data.not_numeric`` (text in a numeric column).
        """
        table, _ = self._ask("transform", {"output": self.output if output is None else output}, X)
        return self._rows(table, X)

    def table(self, variable: str | None = None, alpha: float = 0.05) -> Frame:
        """One row per bin of a variable.

        Parameters
        ----------
        variable : str, optional
            Not needed when there is one.
        alpha : float, default 0.05
            1 - coverage of the intervals. They hold given the bins, and do not know that these were found by looking at
            the response.

        Returns
        -------
        frame
            `bin`, `label`, `lower`, `upper`, `count`, `share`, and by the response: `events`, `non_events`, `event_rate`,
            `event_rate_lower`, `event_rate_upper`, `woe`, `woe_se`, `woe_lower`, `woe_upper`, `iv`; or `claims`,
            `exposure`, `rate`, `relativity`; or `weight`, `mean`, `relativity`; or `n_CLASS`, `rate_CLASS` per class.
            Where a bin lacks events or non-events, its `iv` adds 0.5 to both.

        Raises
        ------
        InputError
            ``binner.variable``, ``input.alpha``.
        """
        table, _ = self._ask("table", given({"variable": variable, "alpha": alpha}))
        return self._frame(table)

    def summary(self) -> Frame:
        """One row per variable: `variable`, `kind`, `bins`, `monotonic`, and `iv`, `iv_unbiased`, `p_value` (binary, over
        all bins) or `gain` (share of deviance, mean information value)."""
        table, _ = self._ask("summary")
        return self._frame(table)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Names of the columns that `transform` gives: those of X, then the pairs."""
        variables = self._ask("describe")[1]["variables"]
        return np.asarray([one["bins"]["variable"] for one in variables], dtype=object)

    @property
    def edges(self) -> dict[str, np.ndarray]:
        """Inner edges of each numeric variable."""
        _, notes = self._ask("describe")
        bins = [variable["bins"] for variable in notes["variables"]]
        return {one["variable"]: np.asarray(one["edges"], dtype=float) for one in bins if one["kind"] == "numeric"}

    def __str__(self) -> str:
        return self._ask("print")[1]["text"] if hasattr(self, "fitted_") else repr(self)

    def plot(self, variable: str | None = None, alpha: float = 0.05, ax: Any = None) -> Any:
        """Share of the rows and rate of each bin (needs matplotlib).

        Parameters
        ----------
        variable : str, optional
        alpha : float, default 0.05
            1 - coverage of the intervals of event rates.
        ax : matplotlib axes, optional

        Returns
        -------
        matplotlib.axes.Axes
            That of the rates.
        """
        from ._binning_plots import plot_bins

        columns, _ = self._ask("table", given({"variable": variable, "alpha": alpha}))
        return plot_bins(columns, variable if variable is not None else self._columns[0], ax)

    @classmethod
    def _from_core(cls, fitted: _core.Fitted) -> Binner:
        _, notes, _ = fitted.query("describe", {}, None, None, None)
        made = cls(**{name: value for name, value in notes["arguments"].items()})
        made.fitted_ = fitted
        made._columns = [one["bins"]["variable"] for one in notes["variables"] if "pair" not in one]
        made.n_features_in_ = len(made._columns)
        return made
