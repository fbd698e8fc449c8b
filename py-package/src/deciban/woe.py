"""Weight of evidence: encoders with intervals that hold, and the merging of rare levels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from . import _convert, _core
from ._fitted import FittedThing, classes_of, given

if TYPE_CHECKING:
    from ._types import Data, Frame

__all__ = ["WoeEncoder", "WoePreprocessor"]

_NO_ARGUMENTS = ("n_threads",)


class WoeEncoder(FittedThing):
    """Encode features by their weight of evidence (WOE), with intervals, tests, probabilities and explanations.

    The WOE of a level is ln(P / Q), its share P of all events against its share Q of all non-events: the factor by which
    it multiplies the odds, as a logarithm. Positive means more events. The encoded value is smoothed towards the
    portfolio, ln[(e + a pi) / (n + a (1 - pi))] - logit(pi); intervals and tests come from the unsmoothed counts. The
    encoded value of a sparse level, and the plug-in information value, may therefore lie outside of their intervals.

    Text, categories and booleans are taken level by level, as given; numbers are binned by `Binner`'s optimal method,
    looking at the target: what is said after that is conditional on the bins. Missing values are a level of their own.

    Parameters
    ----------
    smoothing : float or "auto", default 1
        Pseudo-rows a, in the proportion of the portfolio; a row is worth the mean weight. "auto": from the variance
        between levels (beta-binomial, moments); no variance beyond chance pools all levels (WOE 0).
    alpha : float, default 0.05
        1 - coverage of intervals.
    method : {"auto", "score"}, default "auto"
        Intervals of the WOE: Wald, and Clopper-Pearson for levels with fewer than five events or non-events; or
        Koopman's score intervals.
    sign : {"events", "non_events"}, optional
        What a positive WOE means more of; "events" unless `compat` says otherwise.
    min_count, min_share, max_levels, top_p : float or int, optional
        Merge rare levels into "other" first, see `WoePreprocessor`.
    unseen : {"neutral", "error", "other"}, default "neutral"
        Levels that the fit did not see: WOE 0 with the variance between levels, an error, or the level "other".
    dependence : {"independent", "pairwise"}, default "independent"
        Variance of probabilities: features independent given the target, or from the joint counts of all pairs, which
        are kept then (two classes only).
    compat : {"fastwoe", "scorecard", "optbinning"}, optional
        Encoded values, sign, closed end of the bins and multiclass probabilities as these packages have them.
    categorical : sequence of str, optional
        Columns of numbers whose values are levels.
    binning : dict, optional
        Arguments of `Binner` for numeric columns.
    per_variable : dict, optional
        The same by column, also for categorical ones, whose levels are grouped then; or a list of splits.
    n_threads : int, optional

    Attributes
    ----------
    classes_
        The classes; the second of two is the event.
    priors_
        Share of each class.
    n_features_in_, feature_names_in_

    Raises
    ------
    InputError
        From `fit`: ``woe.smoothing``, ``woe.alpha``, ``woe.method``, ``woe.sign``, ``woe.unseen_policy``,
        ``woe.dependence``, ``woe.compat``, ``woe.no_features``, ``woe.pairwise_too_large``, ``woe.pairwise_multiclass``,
        ``input.argument``, ``data.length_mismatch``, ``data.unknown_column``, and those of `Binner`.
    DataError
        ``woe.one_class``, ``woe.target`` (numbers that are no classes and no shares), ``woe.target_missing``,
        ``woe.weights``, ``woe.freq_weights``.

    Warns
    -----
    DecibanWarning
        ``woe.constant_feature``; probabilities: ``woe.dependent_features``, ``woe.duplicate_features``; intervals of
        probabilities: ``woe.sparse_levels``; those of `Binner`.

    References
    ----------
    Good (1950), Probability and the Weighing of Evidence. Koopman (1984), Confidence intervals for the ratio of two
    binomial proportions. Clopper and Pearson (1934). Kish (1965), Survey Sampling.

    Examples
    --------
    >>> import deciban
    >>> X = {"job": ["a", "a", "a", "b", "b", "b", "b", "b"]}
    >>> y = [1, 0, 1, 0, 0, 1, 0, 0]
    >>> encoder = deciban.WoeEncoder(smoothing=0).fit(X, y)
    >>> encoder.transform(X)["job"][:4].round(4).tolist()
    [1.204, 1.204, 1.204, -0.8755]
    >>> encoder.predict_proba(X)[0].round(4).tolist()
    [0.3333, 0.6667]
    """

    _core_kind = "woe_encoder"
    _needs_y = True

    def __init__(
        self,
        smoothing: float | Literal["auto"] = 1.0,
        alpha: float = 0.05,
        method: Literal["auto", "score"] = "auto",
        sign: Literal["events", "non_events"] | None = None,
        min_count: float | None = None,
        min_share: float | None = None,
        max_levels: int | None = None,
        top_p: float | None = None,
        unseen: Literal["neutral", "error", "other"] = "neutral",
        dependence: Literal["independent", "pairwise"] = "independent",
        compat: Literal["fastwoe", "scorecard", "optbinning"] | None = None,
        categorical: Sequence[str] | None = None,
        binning: Mapping[str, Any] | None = None,
        per_variable: Mapping[str, Any] | None = None,
        n_threads: int | None = None,
    ):
        self.smoothing = smoothing
        self.alpha = alpha
        self.method = method
        self.sign = sign
        self.min_count = min_count
        self.min_share = min_share
        self.max_levels = max_levels
        self.top_p = top_p
        self.unseen = unseen
        self.dependence = dependence
        self.compat = compat
        self.categorical = categorical
        self.binning = binning
        self.per_variable = per_variable
        self.n_threads = n_threads

    # Fitting ----------------------------------------------------------------------------------------------------------

    def fit(self, X: Data, y: Any, sample_weight: Any = None, freq_weights: Any = None) -> WoeEncoder:
        """Learn the evidence of all columns of X.

        Parameters
        ----------
        X : data frame, array of shape (rows, features), or dict of columns
        y : array-like
            0/1, booleans or two values: binary, the later value (sorted, or in declared order) is the event. Other
            numbers in [0, 1]: shares of an event. Three or more levels, or whole numbers: classes.
        sample_weight : array-like, optional
            At least 0; a row of weight 0 counts for nothing. Variances are those of weighted rows.
        freq_weights : array-like, optional
            Whole numbers: how often a row stands for itself.

        Returns
        -------
        WoeEncoder
        """
        vectors = {"y": y, "sample_weight": sample_weight, "freq_weights": freq_weights}
        target = getattr(y, "name", None)
        arguments = given({name: value for name, value in self.get_params().items() if name not in _NO_ARGUMENTS})
        if isinstance(target, str) and target:
            arguments["target"] = target
        self._learn_from(arguments, X, vectors, 2)
        self._describe()
        return self

    def fit_transform(
        self, X: Data, y: Any = None, sample_weight: Any = None, freq_weights: Any = None, output: str = "woe"
    ) -> Any:
        """`fit`, then `transform` of the same rows."""
        return self.fit(X, y, sample_weight, freq_weights).transform(X, output)

    def _describe(self) -> None:
        _, notes, _ = self.fitted_.query("describe", {}, None, None, None)
        self._notes = notes
        self.classes_ = classes_of(notes["class_meaning"], notes["classes"], notes["class_numbers"])
        self.priors_ = np.asarray(notes["priors"])

    # Rows -------------------------------------------------------------------------------------------------------------

    def transform(
        self,
        X: Data,
        output: Literal["woe", "woe_se", "lower", "upper", "wald", "event_rate", "bin"] = "woe",
        finite: bool = False,
        alpha: float | None = None,
    ) -> Any:
        """Encode rows.

        Parameters
        ----------
        X : data frame or array
            With the columns of the fit.
        output : str, default "woe"
            "woe": encoded value; "woe_se": standard error of the raw WOE (infinite at a zero count); "lower", "upper":
            its interval; "wald": raw WOE / standard error; "event_rate": rate of the level; "bin": its label.
        finite : bool, default False
            Replace infinite ends of intervals (levels without events or non-events) by limits from a Beta(1/2, .) law.
        alpha : float, optional
            1 - coverage; that of the encoder by default.

        Returns
        -------
        array or frame
            A frame where X is one. One column per feature, for more than two classes one per feature and class
            (``feature_class_label``). Levels that the fit did not see: WOE 0, standard error tau (see
            `get_feature_stats`), the event rate of the portfolio, bin "unseen".

        Raises
        ------
        InputError
            ``woe.output``, ``woe.alpha``, ``data.unknown_column``.
        DataError
            ``woe.unseen`` with ``unseen="error"``.
        NotFittedError
            ``woe_encoder.not_fitted``.
        """
        table, _ = self._ask("transform", given({"output": output, "finite": finite, "alpha": alpha}), X)
        return self._rows(table, X)

    def predict_proba(self, X: Data, warn: bool = True) -> np.ndarray:
        """Probabilities of the classes, in the order of `classes_`: sigmoid(logit(prior) + sum of WOE) for two; for more
        proportional to the prior times the product of P(level | class).

        Parameters
        ----------
        X : data frame or array
        warn : bool, default True
            Warn where features depend on each other.

        Returns
        -------
        array of shape (rows, classes)
            Rows sum to 1.
        """
        table, _ = self._ask("predict_proba", {"warn": warn}, X)
        return np.column_stack(list(table.values()))

    def predict_proba_class(self, X: Data, class_label: Any, warn: bool = True) -> np.ndarray:
        """Probability of one class. Raises InputError ``woe.class``."""
        table, _ = self._ask("predict_proba", {"warn": warn, "class": self._label(class_label)}, X)
        return next(iter(table.values()))

    def predict(self, X: Data, warn: bool = True) -> np.ndarray:
        """The most probable class of each row."""
        table, _ = self._ask("predict", {"warn": warn}, X)
        return self.classes_[table["class"][0]]

    def predict_ci(
        self,
        X: Data,
        alpha: float | None = None,
        dependence: Literal["independent", "pairwise"] | None = None,
        warn: bool = True,
    ) -> Frame:
        """Intervals of the probability, extended to contain it.

        Parameters
        ----------
        X : data frame or array
        alpha : float, optional
            1 - coverage; that of the encoder by default.
        dependence : {"independent", "pairwise"}, optional
            That of the encoder by default. "pairwise" needs an encoder fitted with it.
        warn : bool, default True
            Warn where features depend on each other, and of sparse levels.

        Returns
        -------
        frame
            `probability`, `lower`, `upper`; for more than two classes these by class (``lower_label``).

        Raises
        ------
        InputError
            ``woe.alpha``, ``woe.no_pairs``, ``woe.pairwise_multiclass``.
        """
        arguments = given({"alpha": alpha, "dependence": dependence, "warn": warn})
        return self._frame(self._ask("predict_ci", arguments, X)[0], X)

    def predict_ci_class(self, X: Data, class_label: Any, alpha: float | None = None, warn: bool = True) -> Frame:
        """Intervals of the probability of one class: `probability`, `lower`, `upper`. Raises InputError
        ``woe.class``."""
        arguments = given({"alpha": alpha, "class": self._label(class_label), "warn": warn})
        return self._frame(self._ask("predict_ci", arguments, X)[0], X)

    def explain(self, X: Data, alpha: float | None = None, class_label: Any = None, finite: bool = False) -> Frame:
        """What each feature says for each row: contributions as WOE, odds factors and decibans (10 log10 of the factor).

        Posterior odds are prior odds times the factors. For more than two classes it is the evidence for one class
        against all others, by default the first; those do not add up to the probabilities of `predict_proba`.

        Parameters
        ----------
        X : data frame or array
        alpha : float, optional
        class_label : optional
        finite : bool, default False
            As in `transform`.

        Returns
        -------
        frame
            `row` (from 1), `feature`, `level`, `woe`, `woe_se`, `woe_lower`, `woe_upper`, `odds_factor`, `factor_lower`,
            `factor_upper`, `decibans`, `decibans_lower`, `decibans_upper`: a row "(prior)", one per feature, and a row
            "(posterior)" for each row of X.
        """
        return self._table("explain", {"alpha": alpha, "class": self._label(class_label), "finite": finite}, X)

    # Tables -----------------------------------------------------------------------------------------------------------

    def get_mapping(self, feature: str, class_label: Any = None, alpha: float | None = None) -> Frame:
        """One row per level (bin) of a feature that the fit saw.

        Parameters
        ----------
        feature : str
        class_label : optional
            One class against the others; for more than two classes all by default, with a column `class`.
        alpha : float, optional

        Returns
        -------
        frame
            `level`, `count`, `share`, `events`, `non_events` (weighted), `event_rate`, `event_rate_lower`,
            `event_rate_upper`, `woe` (encoded), `woe_se`, `woe_lower`, `woe_upper` (raw), `decibans`. Where there are no
            intervals (one level, one outcome), pandas' ``attrs["no_interval"]`` says why.

        Raises
        ------
        InputError
            ``woe.feature``, ``woe.class``, ``woe.alpha``.
        """
        return self._table("mapping", {"feature": feature, "class": self._label(class_label), "alpha": alpha})

    def get_feature_stats(self, class_label: Any = None) -> Frame:
        """One row per feature (and class): `feature`, `kind`, `levels`, `missing` (rows), `iv`, `iv_unbiased`, `gini`,
        `min_woe`, `max_woe`, `smoothing` (pseudo-rows, in units of the weights), `tau` (standard deviation of log odds
        between levels), `bins` ("levels", "given", "chosen with the target"), `monotonic` (shape that the event rates
        of the bins were held to)."""
        return self._table("feature_stats", {"class": self._label(class_label)})

    def get_feature_summary(self, class_label: Any = None) -> Frame:
        """Features by falling `iv_unbiased`: `feature`, `gini`, `iv`, `iv_unbiased`, `levels`, `monotonic`."""
        return self._table("feature_summary", {"class": self._label(class_label)})

    def get_iv_analysis(self, alpha: float | None = None, class_label: Any = None) -> Frame:
        """Information values with intervals and tests.

        Parameters
        ----------
        alpha : float, optional
            1 - coverage of the intervals; that of the encoder by default.
        class_label : optional

        Returns
        -------
        frame
            `feature`, `iv` (plug-in; a level with an empty cell enters by its encoded WOE), `iv_unbiased`, `iv_lower`,
            `iv_upper`, `chi2` (Pearson's), `p_value`, `significant` (p below 0.05). Where bins were chosen with the
            target, all of it is conditional on the bins (pandas: ``attrs["label"]``).
        """
        return self._table("iv_analysis", {"alpha": alpha, "class": self._label(class_label)})

    def get_assumption_diagnostics(self, threshold: float = 0.3) -> Frame:
        """What may be wrong with probabilities and intervals: `check` ("cramers_v" of each pair of features, bias
        corrected; "sparse_level"; "bins"), `feature`, `other`, `level`, `value`, `message`.

        Parameters
        ----------
        threshold : float, default 0.3
            Cramer's V from which features are said to depend on each other.
        """
        return self._table("diagnostics", {"threshold": threshold})

    def _table(self, name: str, arguments: Mapping[str, Any], X: Any = None) -> Any:
        columns, notes = self._ask(name, given(arguments), X)
        frame = self._frame(columns)
        for key in ("label", "no_interval"):
            if notes.get(key) and hasattr(frame, "attrs"):
                frame.attrs[key] = notes[key]
        return frame

    def _label(self, class_label: Any) -> str | None:
        if class_label is None or not hasattr(self, "classes_"):
            return class_label
        found = [i for i, known in enumerate(self.classes_.tolist()) if known == class_label]
        return self._notes["classes"][found[0]] if found else str(class_label)

    def summary(self) -> str:
        """Features with their information values, intervals and tests, as text; the same in R."""
        return self._ask("text", {"summary": True})[1]["text"]

    def __str__(self) -> str:
        return self._ask("text")[1]["text"] if hasattr(self, "fitted_") else repr(self)

    # Plots ------------------------------------------------------------------------------------------------------------

    def plot(self, feature: str, class_label: Any = None, alpha: float | None = None, ax: Any = None) -> Any:
        """WOE of the levels of a feature with their intervals, and their counts (needs matplotlib).

        Returns
        -------
        matplotlib.axes.Axes
        """
        from ._woe_plots import plot_woe

        if class_label is None and len(self.classes_) > 2:
            class_label = self.classes_[0]
        arguments = {"feature": feature, "class": self._label(class_label), "alpha": alpha}
        return plot_woe(*self._ask("mapping", given(arguments)), ax)

    def plot_iv(self, alpha: float | None = None, class_label: Any = None, ax: Any = None) -> Any:
        """Information values of the features with their intervals, ranked (needs matplotlib)."""
        from ._woe_plots import plot_iv

        if class_label is None and len(self.classes_) > 2:
            class_label = self.classes_[0]
        arguments = {"alpha": alpha, "class": self._label(class_label)}
        return plot_iv(*self._ask("iv_analysis", given(arguments)), ax)

    def plot_contributions(self, X: Data, row: int = 0, class_label: Any = None, ax: Any = None) -> Any:
        """A waterfall from the prior to the posterior of one row, in decibans (needs matplotlib).

        Parameters
        ----------
        X : data frame or array
        row : int, default 0
            Position of the row in X.
        """
        from ._woe_plots import plot_contributions

        arguments = given({"class": self._label(class_label), "finite": True})
        return plot_contributions(*self._ask("explain", arguments, X), row, ax)

    # scikit-learn and files -------------------------------------------------------------------------------------------

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Names of the columns that `transform` gives."""
        self._require()
        return np.asarray(self._notes["columns"], dtype=object)

    @classmethod
    def _from_core(cls, fitted: _core.Fitted) -> WoeEncoder:
        _, notes, _ = fitted.query("describe", {}, None, None, None)
        options = {name: value for name, value in notes["options"].items() if value is not None}
        if options["compat"] == "none":
            del options["compat"]
        made = cls(**options)
        made.fitted_ = fitted
        made._columns = list(notes["features"])
        made.n_features_in_ = len(made._columns)
        made._describe()
        return made


class WoePreprocessor(FittedThing):
    """Merge the rare levels of categorical columns into one, and name missing values.

    Levels are ranked by their rows, ties by their order. A level stays when all of this holds: it has at least
    `min_count` rows, and `min_share` of the rows with a value; it is among the first `max_levels`; the levels before it
    cover less than `top_p` of the rows with a value (the smallest set that covers `top_p` stays). The others become
    `other`. Missing values become `missing`. Numeric columns pass through.

    Parameters
    ----------
    min_count : float, optional
    min_share : float, optional
        Between 0 and 1.
    max_levels : int, optional
        Besides `other` and `missing`.
    top_p : float, optional
        Above 0, at most 1.
    other, missing : str, default "other", "missing"
        Names of the two; put in brackets where a level has that name.
    unseen : {"other", "error"}, default "other"
    categorical : sequence of str, optional
        Columns of numbers whose values are levels.
    n_threads : int, optional

    Raises
    ------
    InputError
        ``woe.no_categorical``, ``woe.unseen_policy``, ``input.argument``, ``data.unknown_column``.
    DataError
        ``woe.unseen`` from `transform`.

    Examples
    --------
    >>> import deciban
    >>> X = {"town": ["A"] * 6 + ["B"] * 3 + ["C"]}
    >>> deciban.WoePreprocessor(min_count=2).fit_transform(X)["town"][-2:].tolist()
    ['B', 'other']
    """

    _core_kind = "woe_preprocessor"

    def __init__(
        self,
        min_count: float | None = None,
        min_share: float | None = None,
        max_levels: int | None = None,
        top_p: float | None = None,
        other: str = "other",
        missing: str = "missing",
        unseen: Literal["other", "error"] = "other",
        categorical: Sequence[str] | None = None,
        n_threads: int | None = None,
    ):
        self.min_count = min_count
        self.min_share = min_share
        self.max_levels = max_levels
        self.top_p = top_p
        self.other = other
        self.missing = missing
        self.unseen = unseen
        self.categorical = categorical
        self.n_threads = n_threads

    def fit(self, X: Data, y: Any = None, freq_weights: Any = None) -> WoePreprocessor:
        """Learn which levels stay. `y` is not used.

        Parameters
        ----------
        X : data frame, array or dict of columns
        y : ignored
        freq_weights : array-like, optional

        Returns
        -------
        WoePreprocessor
        """
        arguments = given({name: value for name, value in self.get_params().items() if name not in _NO_ARGUMENTS})
        self._learn_from(arguments, X, {"freq_weights": freq_weights}, 2)
        self._all = list(self._columns)
        self._columns = list(self.fitted_.query("describe", {}, None, None, None)[1]["features"])
        return self

    def fit_transform(self, X: Data, y: Any = None, freq_weights: Any = None) -> Any:
        """`fit`, then `transform` of the same rows."""
        return self.fit(X, y, freq_weights).transform(X)

    def transform(self, X: Data) -> Any:
        """The columns of X with rare levels merged; categories in frames, text in arrays and dicts.

        Returns
        -------
        array or frame
            With the columns of the fit.
        """
        fitted = self._require()
        if _convert.is_matrix(X):
            data = _convert.columns_of_design(X, self._all)
        else:
            data = _convert.columns_of(X, self._columns)
        table, _, _ = fitted.query("transform", {}, data, None, self.n_threads)
        columns = {name: table[name] if name in table else _column(X, name, j) for j, name in enumerate(self._all)}
        if not _convert.is_frame(X) and self._output in ("auto", "default"):
            shown = [np.asarray(v[1], dtype=object)[v[0]] if isinstance(v, tuple) else v for v in columns.values()]
            return np.column_stack([np.asarray(column, dtype=object) for column in shown])
        return self._frame(columns, X)

    def get_reduction_summary(self) -> Frame:
        """One row per column: `feature`, `levels`, `kept`, `merged`, `rows` (with a value), `merged_rows`,
        `merged_share`, `missing_rows`."""
        return self._frame(self._ask("summary")[0])

    def get_category_mapping(self) -> Frame:
        """What became of every level: `feature`, `level`, `merged`."""
        return self._frame(self._ask("mapping")[0])

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Names of the columns that `transform` gives."""
        self._require()
        return np.asarray(self._all, dtype=object)

    def __str__(self) -> str:
        return self._ask("describe")[1]["text"] if hasattr(self, "fitted_") else repr(self)

    @classmethod
    def _from_core(cls, fitted: _core.Fitted) -> WoePreprocessor:
        _, notes, _ = fitted.query("describe", {}, None, None, None)
        made = cls(**{name: value for name, value in notes["options"].items() if value is not None})
        made.fitted_ = fitted
        made._columns = made._all = list(notes["features"])
        made.n_features_in_ = len(made._columns)
        return made


def _column(X: Any, name: str, position: int) -> Any:
    values = X[:, position] if _convert.is_matrix(X) else X[name]
    return values if isinstance(values, np.ndarray) else np.asarray(values)
