"""Intervals of predictions, bootstrap and simulation of a fitted model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from . import _convert, _core
from ._bootstrap import Bootstrap
from ._errors import InputError
from ._prediction import Prediction
from ._query import Queries
from ._rows import NewRows, frame_like_rows, like_rows

if TYPE_CHECKING:
    from ._source import Source
    from ._types import ColumnArgument, Data, Frame, Vector


class PredictionResults(Queries):
    """Part of `GLMResult`."""

    def predict(
        self,
        data: Data | None = None,
        type: Literal["response", "link", "terms"] = "response",
        exposure: ColumnArgument = None,
        offset: ColumnArgument = None,
        unseen: Literal["error", "missing", "reference"] | None = None,
        n_threads: int | None = None,
        *,
        weights: ColumnArgument = None,
        se_fit: bool = False,
        interval: Literal["none", "confidence", "prediction"] = "none",
        level: float = 0.95,
    ) -> Vector | Frame:
        """Predict the mean, the linear predictor or its terms, with standard errors and intervals if wanted.

        Exposure, offset and weights given to the fit as columns are read from `data`; those given as vectors must be
        given again.

        Standard errors come from the covariance of the model, also where it is robust. Intervals of the mean are those
        of the linear predictor (t where the dispersion is estimated, else normal) sent through the inverse link.
        Prediction intervals are quantiles of the family's law averaged over what the fit does not know: the linear
        predictor (normal), the dispersion (that of the fit times ``df_resid`` / chi-squared) and an estimated theta
        (log-normal); ``var_power`` counts as known. The averages are integrals, so no seed is needed. A response of
        weight w is the mean of w responses. Intervals of counts cover more than `level`, since they end at possible
        values.

        Parameters
        ----------
        data : data frame, optional
            New rows with the columns of the formula (a matrix for `fit_glm_xy`); by default the rows of the fit.
        type : {"response", "link", "terms"}
            Mean, linear predictor, or the part of each term in it, centred at its mean over the rows of the fit when
            there is an intercept (as R's ``predict.glm``); offsets belong to no term.
        exposure, offset : str or array-like, optional
            Override those of the fit.
        unseen : {"error", "missing", "reference"}, optional
            What a level that the fit has not seen gives: an error, NaN, or the value of the base level. By default as
            in the fit.
        n_threads : int, optional
            Threads to use; by default ``DECIBAN_NUM_THREADS``, else all processors.
        weights : str or array-like, optional
            Prior weights of the new rows, used by prediction intervals.
        se_fit : bool, default False
            Standard errors too.
        interval : {"none", "confidence", "prediction"}
            Interval of the mean (or of the linear predictor), or of a new response.
        level : float, default 0.95
            Coverage of the interval, between 0 and 1.

        Returns
        -------
        array of shape (rows,), or a Series with the index of a pandas `data`
            NaN where a predictor is missing.
        frame
            With `se_fit` or `interval`: columns ``fit``, ``se_fit``, ``lower, upper`` as far as wanted. With
            ``type="terms"``: a column per term, then with `se_fit` columns ``"<term> se"``, and ``(constant)``, the part
            of the linear predictor that is the same in all rows.

        Raises
        ------
        InputError
            ``data.unknown_column``, ``predict.opaque_missing`` (a loaded model whose formula called a function of
            Python's: give a column named as the term), ``predict.exposure_missing``, ``predict.offset_missing``,
            ``predict.weights_missing``, ``predict.weights`` (no numbers of trials), ``predict.no_law`` (prediction
            interval of a quasi family, or of Tweedie with ``var_power=1``), ``covariance.not_kept``,
            ``data.length_mismatch``, ``input.type``, ``input.interval``, ``input.level``, ``input.unseen``.
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
        _require_interval(interval)
        columns = {"exposure": exposure, "offset": offset, "weights": weights}
        plain = interval == "none" and not se_fit and type != "terms"
        if plain and data is None and exposure is None and offset is None and type in ("response", "link"):
            what = "fitted" if type == "response" else "linear"
            return self._row_values(what, "fitted values", self._source, n_threads)
        if plain:
            rows, arguments = self._prediction_rows(data, {**columns, "weights": None}, False, n_threads, fresh=True)
            arguments.update(type=type, unseen=unseen)
            given = _convert.columns_of_vectors(rows.vectors)
            values = self._model.predict(arguments, rows.columns(self._model), given, n_threads)
            return like_rows(values, rows.data)
        if type == "terms":
            if interval != "none":
                raise _wrong_interval(interval, "Terms have no intervals.", "Use se_fit=True.")
            return self._terms(data, columns, unseen, se_fit, n_threads)
        rows, arguments = self._prediction_rows(data, columns, interval == "prediction", n_threads)
        flags = {"confidence": interval == "confidence", "prediction": interval == "prediction", "level": level}
        answer = self._query("prediction", {**arguments, "type": type, "unseen": unseen, **flags}, rows, n_threads)
        prefix = "prediction_" if interval == "prediction" else ""
        names = {"fit": "fit", **({"se_fit": "se_fit"} if se_fit else {})}
        if interval != "none":
            names.update(lower=prefix + "lower", upper=prefix + "upper")
        table = {shown: answer.columns[name] for shown, name in names.items()}
        return self._frame_like_rows(table, data, rows, answer.rows)

    def get_prediction(
        self,
        data: Data | None = None,
        *,
        exposure: ColumnArgument = None,
        offset: ColumnArgument = None,
        weights: ColumnArgument = None,
        unseen: Literal["error", "missing", "reference"] | None = None,
        n_threads: int | None = None,
    ) -> Prediction:
        """Predictions with standard errors, confidence and prediction intervals, in the form of statsmodels.

        Parameters
        ----------
        data, exposure, offset, weights, unseen, n_threads
            As in `predict`.

        Returns
        -------
        Prediction
            With ``predicted_mean``, ``se_mean``, ``conf_int()`` and ``summary_frame()``.

        Raises
        ------
        InputError, DataError
            As in `predict`.

        Examples
        --------
        >>> import deciban
        >>> data = {"claims": [0, 1, 2, 1], "area": ["A", "A", "B", "B"]}
        >>> model = deciban.fit_glm("claims ~ area", data, "poisson")
        >>> prediction = model.get_prediction({"area": ["B", "A"]})
        >>> prediction.conf_int().round(3)
        array([[0.484, 4.651],
               [0.07 , 3.55 ]])
        """
        given = {"exposure": exposure, "offset": offset, "weights": weights}
        rows, arguments = self._prediction_rows(data, given, True, n_threads)
        arguments["unseen"] = unseen
        library = self._library if data is None else _convert.library_of(data)

        def ask(**flags: Any) -> Any:
            answer = self._query("prediction", {**arguments, **flags}, rows, n_threads, stacklevel=4)
            return answer.columns, answer.rows if len(answer.rows) else None

        return Prediction(ask, rows.data, library)

    def pit(
        self,
        data: Data | None = None,
        seed: int = 0,
        *,
        y: Any = None,
        weights: ColumnArgument = None,
        exposure: ColumnArgument = None,
        offset: ColumnArgument = None,
        freq_weights: ColumnArgument = None,
        n_threads: int | None = None,
    ) -> Vector:
        """Predictive probability integral transforms of responses.

        P(Y < y) + u P(Y = y) by the law of prediction intervals (see `predict`), u uniform on (0, 1). If the model holds
        for these rows, they are uniform on (0, 1). Czado, Gneiting and Held (2009), Biometrics 65, 1254-1261.

        Parameters
        ----------
        data : data frame, optional
            Rows with all columns of the model, the response too; by default the rows of the fit.
        seed : int, default 0
            Key of the random numbers u; continuous laws need none.
        y, weights, exposure, offset, freq_weights : array-like, optional
            Used with `data`: what the fit got as a vector must be given again (`y` for `fit_glm_xy`).
        n_threads : int, optional
            As in `predict`.

        Returns
        -------
        array or Series of shape (complete rows,)
            NaN for rows without weight.

        Raises
        ------
        InputError
            ``predict.no_law``, ``predict.weights``, ``input.seed``.
        DataError
            ``model.no_data``, ``model.data_changed``.
        """
        source = self._given_rows(
            "predictive residuals",
            data,
            y,
            weights=weights,
            exposure=exposure,
            offset=offset,
            freq_weights=freq_weights,
        )
        answer = self._query("pit", {"training": data is None, "seed": seed}, source, n_threads)
        return like_rows(answer.columns["pit"], source.data, answer.rows)

    def simulate(
        self,
        nsim: int = 1,
        seed: int = 0,
        data: Data | None = None,
        *,
        exposure: ColumnArgument = None,
        offset: ColumnArgument = None,
        weights: ColumnArgument = None,
        unseen: Literal["error", "missing", "reference"] | None = None,
        n_threads: int | None = None,
    ) -> Frame:
        """Draw responses from the law of the model at its estimates.

        The family at the fitted means, the dispersion of the fit and the prior weights: a response of weight w is the
        mean of w responses (binomial: the share of successes in w trials). `seed` alone decides: R draws the same
        values.

        Parameters
        ----------
        nsim : int, default 1
            Number of simulations, at least 1.
        seed : int, default 0
            Key of the random numbers.
        data : data frame, optional
            Rows to simulate; by default the rows of the fit.
        exposure, offset, weights, unseen, n_threads
            As in `predict`.

        Returns
        -------
        frame
            A column ``sim_1``, ``sim_2``, ... per simulation, a row per row; NaN for rows without weight and, with
            ``na_action="exclude"``, for rows that the fit dropped. Two-level responses are 0 and 1.

        Raises
        ------
        InputError
            ``predict.no_law`` (quasi families, Tweedie with ``var_power=1``), ``predict.weights``, ``input.seed``,
            ``input.argument``.
        DataError
            ``model.no_data``, ``model.data_changed``.

        Examples
        --------
        >>> import deciban
        >>> data = {"claims": [0, 1, 2, 1], "area": ["A", "A", "B", "B"]}
        >>> model = deciban.fit_glm("claims ~ area", data, "poisson")
        >>> list(model.simulate(2, seed=1))
        ['sim_1', 'sim_2']
        """
        given = {"exposure": exposure, "offset": offset, "weights": weights}
        rows, arguments = self._prediction_rows(data, given, True, n_threads)
        arguments.update(nsim=nsim, seed=seed, unseen=unseen)
        answer = self._query("simulate", arguments, rows, n_threads)
        return self._frame_like_rows(answer.columns, data, rows, answer.rows)

    def bootstrap(
        self,
        n_boot: int = 999,
        type: Literal["parametric", "weighted"] = "parametric",
        interval: Literal["bca", "percentile", "studentised"] | None = None,
        level: float = 0.95,
        seed: int = 0,
        data: Data | None = None,
        *,
        y: Any = None,
        weights: ColumnArgument = None,
        exposure: ColumnArgument = None,
        offset: ColumnArgument = None,
        freq_weights: ColumnArgument = None,
        n_threads: int | None = None,
    ) -> Bootstrap:
        """Refit to responses drawn from the model, or to random weights, for intervals of the coefficients.

        Parametric: responses are drawn as `simulate` does; theta, ``var_power`` and dispersion are those of the fit.
        Weighted: each row gets a weight drawn from the exponential law of mean 1, which says nothing about the law of
        the responses; t* = (b* - b) / se* with HC0 standard errors of each replicate whose meat is halved, since
        squares of these weights have mean 2.

        Quantiles stand at position (n_boot + 1) p among the sorted replicates, linear between neighbours. The bits
        depend on `seed` alone, not on threads, and are the same in R and Python. A replicate whose data are separated
        has infinite coefficients, which count as such.

        Parameters
        ----------
        n_boot : int, default 999
            Number of replicates, at least 2.
        type : {"parametric", "weighted"}
            What is random.
        interval : {"bca", "percentile", "studentised"}, optional
            For parametric "bca" (default), bias-corrected and accelerated with the family's third cumulants, or
            "percentile"; for weighted "studentised".
        level : float, default 0.95
            Coverage of the intervals, between 0 and 1.
        seed : int, default 0
            Key of the random numbers.
        data, y, weights, exposure, offset, freq_weights
            The rows of the fit again, for a model that was loaded: see `residuals`.
        n_threads : int, optional
            As in `predict`.

        Returns
        -------
        Bootstrap
            With ``intervals`` and ``replicates``.

        Raises
        ------
        InputError
            ``predict.no_law``, ``predict.weights``, ``bootstrap.wide_factor`` ("bca" with a factor of 1,024 columns or
            more), ``input.type``, ``input.interval``, ``input.level``, ``input.seed``, ``input.argument``.
        DataError
            ``model.no_data``, ``model.data_changed``.

        Warns
        -----
        DecibanWarning
            ``bootstrap.few_replicates``, ``bootstrap.refits_failed``.

        References
        ----------
        Efron (1987), JASA 82, 171-185; Davison and Hinkley (1997), Bootstrap Methods and their Application; Newton and
        Raftery (1994), J. R. Stat. Soc. B 56, 3-48.
        """
        source = self._given_rows(
            "the bootstrap", data, y, weights=weights, exposure=exposure, offset=offset, freq_weights=freq_weights
        )
        arguments = {"type": type, "interval": interval, "level": level, "n_boot": n_boot, "seed": seed}
        return Bootstrap(self._query("bootstrap", arguments, source, n_threads), level, seed, self._library)

    # Helpers ----------------------------------------------------------------------------------------------------------

    def _prediction_rows(
        self, data: Any, columns: dict[str, Any], with_weights: bool, n_threads: int | None, fresh: bool = False
    ) -> tuple[Source | NewRows, dict[str, Any]]:
        """The rows of a prediction and the arguments that say which they are; `fresh`: rows of the fit as new ones."""
        if data is None:
            source = self._training_rows("predictions")
            if not fresh and all(value is None for value in columns.values()):
                return source, {"training": True}
            data = source.data
        arguments, vectors = _convert.split_vectors(columns)
        arguments = {name: value for name, value in arguments.items() if value is not None}
        wanted = self._model.required_columns(False) + _core.referenced_columns(arguments)
        if with_weights:
            wanted += self._query("prediction_columns").columns["column"]
        return NewRows(data, self._new_rows(data, wanted, n_threads), vectors), arguments

    def _terms(self, data: Any, given: dict[str, Any], unseen: Any, se_fit: bool, n_threads: int | None) -> Frame:
        rows, arguments = self._prediction_rows(data, given, False, n_threads)
        centred = "(Intercept)" in self._model.names
        source = self._training_rows("centred terms") if centred else None
        means = self._query("column_means", {}, source, n_threads).columns["mean"]
        arguments.update(means=[float(mean) for mean in means] or None, unseen=unseen)
        answer = self._query("prediction_terms", arguments, rows, n_threads)
        names = list(answer.columns)
        table = {name: answer.columns[name] for name in (names if se_fit else names[: len(names) // 2])}
        count = len(next(iter(answer.columns.values()), ()))
        table["(constant)"] = np.full(count, answer.notes["constant"])
        return self._frame_like_rows(table, data, rows, answer.rows)

    def _frame_like_rows(self, columns: dict[str, Any], data: Any, rows: Any, kept: Sequence[int]) -> Frame:
        library = self._library if data is None else _convert.library_of(data)
        return frame_like_rows(columns, rows.data, library, kept if len(kept) else None)

    if TYPE_CHECKING:

        def _row_values(self, what: str, name: str, source: Any, n_threads: int | None = None) -> Any: ...

        def _new_rows(self, data: Any, wanted: Sequence[str], n_threads: int | None = None) -> _core.Columns: ...


def _require_interval(interval: Any) -> None:
    if interval not in ("none", "confidence", "prediction"):
        raise _wrong_interval(interval, f"`interval` is {interval!r}.", 'Use "none", "confidence" or "prediction".')


def _wrong_interval(interval: Any, message: str, hint: str) -> InputError:
    context = {"argument": "interval", "value": str(interval)}
    return InputError(message, code="input.interval", hint=hint, context=context)
