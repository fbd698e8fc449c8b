"""Encoders of categorical columns: target, frequency and ordinal encoding."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from . import _convert, _core
from ._chunks import readable
from ._errors import DataError, InputError, NotFittedError, raise_warnings
from ._tables import Table, as_table, to_frame
from .folds import Folds, fold_vector

if TYPE_CHECKING:
    from ._types import ColumnArgument, Data, Frame, Path

__all__ = [
    "FrequencyEncoder",
    "OrdinalEncoder",
    "TargetEncoder",
    "apply_target_encoding",
    "target_encode",
]


class _Encoder:
    """What the encoders share: scikit-learn's API without scikit-learn."""

    _kind = ""
    _needs_y = False
    _output = "default"

    # scikit-learn's protocol ------------------------------------------------------------------------------------------

    @classmethod
    def _parameters(cls) -> list[str]:
        return [name for name in inspect.signature(cls.__init__).parameters if name != "self"]

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Parameters of the constructor."""
        return {name: getattr(self, name) for name in self._parameters()}

    def set_params(self, **params: Any) -> Any:
        """Change parameters of the constructor."""
        known = self._parameters()
        for name, value in params.items():
            if name not in known:
                raise InputError(
                    f"`{name}` is not a parameter of {type(self).__name__}.",
                    code="input.unknown_argument",
                    hint=f"Parameters are {', '.join(known)}.",
                    context={"argument": name},
                )
            setattr(self, name, value)
        return self

    def set_output(self, *, transform: Literal["default", "pandas", "polars"] | None = None) -> Any:
        """Choose what `transform` gives: an array ("default"), or a data frame."""
        if transform is not None:
            if transform not in ("default", "pandas", "polars"):
                raise InputError(
                    f"`transform` is {transform!r}.",
                    code="input.argument",
                    hint='Choose "default", "pandas" or "polars".',
                    context={"argument": "transform"},
                )
            self._output = transform
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "encoder_")

    def __sklearn_tags__(self) -> Any:
        tags = importlib.import_module("sklearn.utils")
        made = tags.Tags(
            estimator_type=None,
            target_tags=tags.TargetTags(required=self._needs_y),
            transformer_tags=tags.TransformerTags(),
            input_tags=tags.InputTags(categorical=True, string=True, allow_nan=True),
        )
        made.no_validation = False
        return made

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Names of the encoded columns."""
        return np.asarray(self._fitted().describe()["terms"], dtype=object)

    def __repr__(self) -> str:
        defaults = inspect.signature(type(self).__init__).parameters
        shown = [
            f"{name}={getattr(self, name)!r}"
            for name in self._parameters()
            if getattr(self, name) is not defaults[name].default and getattr(self, name) != defaults[name].default
        ]
        return f"{type(self).__name__}({', '.join(shown)})"

    # Fitting and encoding ---------------------------------------------------------------------------------------------

    def _arguments(self) -> dict[str, Any]:
        return {name: value for name, value in self.get_params().items() if value is not None}

    def _learn(self, X: Any, vectors: dict[str, Any], training: bool, n_threads: int | None = None) -> dict[str, Any]:
        arguments = _plain(self._arguments()) | {name: True for name in vectors} | {"training": training}
        columns, names = _columns_of_x(X, arguments)
        self.n_features_in_ = len(names)
        if not _convert.is_matrix(X):
            self.feature_names_in_ = np.asarray(names, dtype=object)
        given = _convert.columns_of_vectors(vectors)
        self.encoder_, values, warnings = _core.fit_encoder(self._kind, arguments, columns, given, n_threads)
        raise_warnings(warnings, stacklevel=3)
        return values

    def _fitted(self) -> _core.Encoder:
        if not hasattr(self, "encoder_"):
            raise NotFittedError(
                f"This {type(self).__name__} is not fitted yet.",
                code="encoder.not_fitted",
                hint="Call fit() first.",
                context={"class": type(self).__name__},
            )
        return self.encoder_

    def _result(self, columns: dict[str, Any], X: Any) -> Any:
        if self._output == "default":
            values = list(columns.values())
            return values[0].reshape(-1, 1) if len(values) == 1 else np.column_stack(values)
        frame = to_frame(columns, self._output)
        index = _convert.index_of(X)
        if self._output == "pandas" and index is not None:
            frame.index = index
        return frame

    def transform(self, X: Data) -> Any:
        """Encode rows by what was learned from all training rows.

        Parameters
        ----------
        X : data frame or array of shape (rows, columns)
            With the columns of the fit.

        Returns
        -------
        array of float64, shape (rows, terms)
            Or a data frame, see `set_output`.

        Raises
        ------
        NotFittedError
            ``encoder.not_fitted``.
        InputError
            ``data.unknown_column``, ``data.dimension`` (an array with another number of columns).
        DataError
            ``encoder.unseen_level``, when the encoder refuses unseen levels.
        """
        encoder = self._fitted()
        columns = _columns_to_encode(type(self).__name__, encoder, X, self.n_features_in_)
        return self._result(encoder.encode(columns, None), X)

    # Looking into it and keeping it -----------------------------------------------------------------------------------

    def levels(self) -> Table:
        """One row per level of each term: what it has in the training rows, and its encoded value."""
        return as_table(self._fitted().table("levels"))

    def to_json(self) -> str:
        """The text of the encoder's file, which R reads too."""
        return self._fitted().to_json()

    def save(self, path: Path) -> None:
        """Write the encoder to a file that R and Python read (`load_model`)."""
        self._fitted().save(_convert.path_text(path))

    @classmethod
    def from_json(cls, text: str) -> Any:
        """An encoder from the text of its file. Raises FormatError as `load_model`."""
        return encoder_of(_core.encoder_from_json(text))

    def __getstate__(self) -> dict[str, Any]:
        state = dict(self.__dict__)
        if "encoder_" in state:
            state["encoder_"] = self.encoder_.to_json()
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        if "encoder_" in state:
            self.encoder_ = _core.encoder_from_json(state["encoder_"])


class TargetEncoder(_Encoder):
    """Encode levels by their mean target, shrunk by credibility, without letting a row see its own target.

    `fit_transform` gives the values to train a model on: none of them depends on the row's own target, in not one bit.
    `transform` gives those of new rows, from all training rows. The same bits come out in R and Python.

    Parameters
    ----------
    scheme : {"ordered", "kfold", "group", "time", "loo", "full"}, default "ordered"
        How `fit_transform` keeps the own target out. "ordered": running estimate over the earlier rows of the level in
        random orders, mean over `n_permutations` of them (CatBoost). "kfold": from the other folds. "group": the same,
        with folds that keep `groups` together. "time": from earlier periods (rolling origin); rows of the first period
        get the mean of other rows of that period. "loo": from all other rows. "full": the own target included.
    prior_weight : float or {"auto", "auto_ml"}, default "auto"
        Weight m of the collective mean p: a level with sum S over weight W gets (S + m p) / (W + m). In units of weight
        (of exposure, where given). "auto": Buhlmann-Straub, within over between variance; levels are pooled where the
        between variance is not positive. "auto_ml": gamma-Poisson maximum likelihood, the better choice for counts.
        Computed without the row's own fold.
    seed : int, default 0
        Key of the random orders and folds.
    n_folds : int, default 5
        Folds of "kfold", "group" and "time"; "ordered" and "loo" take prior and weight from as many.
    n_permutations : int, default 4
        Random orders of "ordered".
    statistic : {"mean", "rate", "quantile", "log_odds"}, default "mean"
        "mean": of the target, or claims over exposure where `exposure` is given; "rate": the same, and exposure must be
        given; "log_odds": of that mean, for targets in [0, 1]; "quantile": (W q + m Q) / (W + m)
        with the quantiles q of the level and Q of all rows (of the target, or of claims per exposure), type 7 of Hyndman
        and Fan, where weights (exposure) differ that of Akinshin (2023); "auto" then is the weight for means.
    quantile : float, default 0.5
        For statistic "quantile".
    columns : sequence of str, optional
        Terms: a column, "a:b" for joint levels of columns, "a/b" for a hierarchy (levels are pairs and shrink to their
        level of a, which shrinks to the collective). By default every column of X.
    hierarchy : dict, optional
        Child column to parent column: levels of the child shrink to those of the parent.
    missing : {"level", "prior", "nan"}, default "level"
        What missing values get: a level of their own, the prior (of the parent), or NaN.
    unseen : {"prior", "nan", "error"}, default "prior"
        What levels without training rows get.
    min_rows : int, default 0
        Levels with fewer training rows are one level together; below a parent they take the parent's value.

    Attributes
    ----------
    encoder_
        What was learned; `levels` and `terms` show it.
    n_features_in_, feature_names_in_
        As in scikit-learn.

    Notes
    -----
    Levels that are pure or have one row shrink as others do, because the within variance is that of all levels together.
    (The "auto" of scikit-learn's TargetEncoder takes each level's own variance, which is zero for such levels: they keep
    the mean of their few rows.)

    References
    ----------
    Micci-Barreca (2001), A preprocessing scheme for high-cardinality categorical attributes. Prokhorenkova et al.
    (2018), CatBoost. Buhlmann and Gisler (2005), A Course in Credibility Theory.

    Examples
    --------
    >>> import deciban
    >>> X = {"make": ["A", "A", "B", "B", "B", "C"]}
    >>> encoder = deciban.TargetEncoder(prior_weight=1.0)
    >>> train = encoder.fit_transform(X, [1, 0, 0, 1, 0, 1])
    >>> encoder.transform({"make": ["B", "new"]}).round(3).tolist()
    [[0.375], [0.5]]
    """

    _kind = "target_encoder"
    _needs_y = True

    def __init__(
        self,
        scheme: Literal["ordered", "kfold", "group", "time", "loo", "full"] = "ordered",
        prior_weight: float | Literal["auto", "auto_ml"] = "auto",
        seed: int = 0,
        n_folds: int = 5,
        n_permutations: int = 4,
        statistic: Literal["mean", "rate", "quantile", "log_odds"] = "mean",
        quantile: float = 0.5,
        columns: Sequence[str] | None = None,
        hierarchy: Mapping[str, str] | None = None,
        missing: Literal["level", "prior", "nan"] = "level",
        unseen: Literal["prior", "nan", "error"] = "prior",
        min_rows: int = 0,
    ):
        self.scheme = scheme
        self.prior_weight = prior_weight
        self.seed = seed
        self.n_folds = n_folds
        self.n_permutations = n_permutations
        self.statistic = statistic
        self.quantile = quantile
        self.columns = columns
        self.hierarchy = hierarchy
        self.missing = missing
        self.unseen = unseen
        self.min_rows = min_rows

    def fit(
        self,
        X: Data,
        y: Any,
        sample_weight: Any = None,
        exposure: Any = None,
        groups: Any = None,
        time: Any = None,
        folds: Any = None,
    ) -> TargetEncoder:
        """Learn the full statistics. Parameters as `fit_transform`; `groups`, `time` and `folds` are not looked at."""
        self._learn(X, _given(y=_required_target(y, self), weights=sample_weight, exposure=exposure), False)
        return self

    def fit_transform(
        self,
        X: Data,
        y: Any,
        sample_weight: Any = None,
        exposure: Any = None,
        groups: Any = None,
        time: Any = None,
        folds: Any = None,
    ) -> Any:
        """Learn, and encode the training rows without their own target.

        Parameters
        ----------
        X : data frame or array of shape (rows, columns)
        y : array-like
            Target. With `exposure`, the total (claims), not the rate.
        sample_weight : array-like, optional
            Weights, at least 0.
        exposure : array-like, optional
            Positive; the encoding is a rate then.
        groups, time : array-like
            For schemes "group" and "time".
        folds : Folds or array of int, optional
            Folds from 0 for schemes "kfold", "group" and "time"; -1 for a first period.

        Returns
        -------
        array of float64, shape (rows, terms)
            Or a data frame, see `set_output`. NaN where no other row can speak for a row.

        Raises
        ------
        DataError
            ``encoder.target_missing``, ``encoder.target_not_finite``, ``encoder.target_range``, ``encoder.counts``,
            ``encoder.weights``, ``encoder.exposure``, ``encoder.no_weight``, ``encoder.hierarchy``, ``data.empty``.
        InputError
            ``encoder.scheme``, ``encoder.prior_weight``, ``encoder.statistic``, ``encoder.quantile``,
            ``encoder.n_folds``, ``encoder.n_permutations``, ``encoder.exposure_missing``, ``encoder.columns``,
            ``encoder.unused_argument``, ``folds.*``, ``data.unknown_column``.

        Warns
        -----
        DecibanWarning
            ``encoder.constant_target``.
        """
        vectors = _given(
            y=_required_target(y, self),
            weights=sample_weight,
            exposure=exposure,
            groups=groups,
            time=time,
            folds=fold_vector(folds),
        )
        return self._result(self._learn(X, vectors, True), X)

    def terms(self) -> Table:
        """Collective, variances within and between levels and prior weight of each term (and depth of a hierarchy)."""
        return as_table(self._fitted().table("terms"))


class FrequencyEncoder(_Encoder):
    """Encode levels by how often they occur.

    Parameters
    ----------
    normalize : bool, default True
        The share of all rows (of all weight); otherwise the number of rows (the weight).
    columns : sequence of str, optional
        Columns, or "a:b" for joint levels. By default every column of X.
    missing : {"level", "nan"}, default "level"
        Missing values are a level of their own, or give NaN.
    unseen : {"zero", "nan", "error"}, default "zero"
        What levels without training rows get.
    min_rows : int, default 0
        Levels with fewer training rows are one level together.

    Examples
    --------
    >>> import deciban
    >>> deciban.FrequencyEncoder().fit_transform({"make": ["A", "A", "B", "A"]}).ravel().tolist()
    [0.75, 0.75, 0.25, 0.75]
    """

    _kind = "frequency_encoder"

    def __init__(
        self,
        normalize: bool = True,
        columns: Sequence[str] | None = None,
        missing: Literal["level", "nan"] = "level",
        unseen: Literal["zero", "nan", "error"] = "zero",
        min_rows: int = 0,
    ):
        self.normalize = normalize
        self.columns = columns
        self.missing = missing
        self.unseen = unseen
        self.min_rows = min_rows

    def fit(self, X: Data, y: Any = None, sample_weight: Any = None) -> FrequencyEncoder:
        """Count. `y` is not looked at. Raises DataError ``data.empty``, ``encoder.weights``, ``encoder.no_weight``."""
        self._learn(X, _given(weights=sample_weight), False)
        return self

    def fit_transform(self, X: Data, y: Any = None, sample_weight: Any = None) -> Any:
        """Count and encode the same rows."""
        return self._result(self._learn(X, _given(weights=sample_weight), True), X)


class OrdinalEncoder(_Encoder):
    """Encode levels as whole numbers 1, 2, ... in an order that is kept.

    Parameters
    ----------
    order : {"level", "frequency"}, default "level"
        Declared or sorted levels, or the most frequent first.
    levels_of : dict, optional
        Orders that are given: column to its levels. Other values of these columns raise ``encoder.unseen_level``.
    columns : sequence of str, optional
        By default every column of X.
    missing : {"nan", "level"}, default "nan"
        Missing values give NaN, or are the last level.
    unseen : {"nan", "error"}, default "nan"
        What levels without training rows get.

    Examples
    --------
    >>> import deciban
    >>> encoder = deciban.OrdinalEncoder(levels_of={"size": ["small", "large"]})
    >>> encoder.fit_transform({"size": ["large", "small"]}).ravel().tolist()
    [2.0, 1.0]
    """

    _kind = "ordinal_encoder"

    def __init__(
        self,
        order: Literal["level", "frequency"] = "level",
        levels_of: Mapping[str, Sequence[str]] | None = None,
        columns: Sequence[str] | None = None,
        missing: Literal["nan", "level"] = "nan",
        unseen: Literal["nan", "error"] = "nan",
    ):
        self.order = order
        self.levels_of = levels_of
        self.columns = columns
        self.missing = missing
        self.unseen = unseen

    def _arguments(self) -> dict[str, Any]:
        arguments = super()._arguments()
        if "levels_of" in arguments:
            arguments["levels"] = {key: list(value) for key, value in arguments.pop("levels_of").items()}
        return arguments

    def fit(self, X: Data, y: Any = None) -> OrdinalEncoder:
        """Learn the levels. `y` is not looked at."""
        self._learn(X, {}, False)
        return self

    def fit_transform(self, X: Data, y: Any = None) -> Any:
        """Learn the levels and encode the same rows."""
        return self._result(self._learn(X, {}, True), X)


def target_encode(
    data: Data,
    columns: Sequence[str] | str,
    y: ColumnArgument,
    weights: ColumnArgument = None,
    exposure: ColumnArgument = None,
    groups: ColumnArgument = None,
    time: ColumnArgument = None,
    folds: Folds | ColumnArgument = None,
    scheme: str = "ordered",
    prior_weight: float | str = "auto",
    seed: int = 0,
    n_folds: int = 5,
    n_permutations: int = 4,
    statistic: str = "mean",
    quantile: float = 0.5,
    missing: str = "level",
    unseen: str = "prior",
    min_rows: int = 0,
    hierarchy: Mapping[str, str] | None = None,
    n_threads: int | None = None,
) -> tuple[Frame, TargetEncoder]:
    """Target-encode columns of a data frame for training, and keep the encoder for new rows.

    Parameters
    ----------
    data : data frame
        As in `fit_glm`.
    columns : str or sequence of str
        Terms, as in `TargetEncoder`: "a", "a:b", "a/b".
    y, weights, exposure : str or array-like
        As in `fit_glm`: a column, an expression over columns, or one value per row. With `exposure`, `y` is a total.
    groups, time, folds : str or array-like
        A column or one value per row, for the schemes that read them; `folds` may be what `folds` made.
    scheme, prior_weight, seed, n_folds, n_permutations, statistic, quantile, missing, unseen, min_rows, hierarchy
        As in `TargetEncoder`.
    n_threads : int, optional
        As in `fit_glm`.

    Returns
    -------
    encoded : frame of the caller's library
        One column per term: the leakage-free values of the rows of `data`.
    encoder : TargetEncoder
        For `apply_target_encoding`.

    Raises
    ------
    InputError, DataError
        As `TargetEncoder.fit_transform`.

    Examples
    --------
    >>> import deciban
    >>> policies = deciban.simulate_portfolio(500, seed=1, frame="dict")
    >>> encoded, encoder = deciban.target_encode(policies, "region", "claim_count", exposure="exposure")
    >>> new = deciban.apply_target_encoding(encoder, policies)
    >>> len(new["region"])
    500
    """
    terms = [columns] if isinstance(columns, str) else list(columns)
    encoder = TargetEncoder(
        scheme, prior_weight, seed, n_folds, n_permutations, statistic, quantile, terms, hierarchy, missing, unseen,
        min_rows,
    )  # fmt: skip
    given = {
        "y": y,
        "weights": weights,
        "exposure": exposure,
        "groups": groups,
        "time": time,
        "folds": fold_vector(folds),
    }
    vectors = {name: value for name, value in given.items() if value is not None and not isinstance(value, str)}
    named = {name: value for name, value in given.items() if isinstance(value, str)}
    arguments = _plain(encoder._arguments()) | named | {name: True for name in vectors} | {"training": True}
    wanted = _core.encoder_references(arguments, _convert.names_of(data))
    data = readable(data, wanted, n_threads)
    encoder.encoder_, values, warnings = _core.fit_encoder(
        encoder._kind, arguments, _convert.columns_of(data, wanted), _convert.columns_of_vectors(vectors), n_threads
    )
    raise_warnings(warnings, stacklevel=2)
    encoder.n_features_in_ = len(encoder.encoder_.describe()["columns"])
    return _frame_like(values, data), encoder


def apply_target_encoding(encoder: TargetEncoder, data: Data, n_threads: int | None = None) -> Frame:
    """Encode new rows by the full statistics of a target encoder.

    Parameters
    ----------
    encoder : TargetEncoder
        Fitted, or loaded from a file. Frequency and ordinal encoders are taken too.
    data : data frame
        With the columns of the fit.
    n_threads : int, optional
        As in `fit_glm`.

    Returns
    -------
    frame of the caller's library
        One column per term.

    Raises
    ------
    InputError
        ``data.unknown_column``, ``input.argument_type``.
    DataError
        ``encoder.unseen_level``.
    """
    if not isinstance(encoder, _Encoder):
        raise _convert.wrong_argument("encoder", "an encoder", encoder)
    fitted = encoder._fitted()
    wanted = fitted.describe()["columns"]
    data = readable(data, wanted, n_threads)
    return _frame_like(fitted.encode(_convert.columns_of(data, wanted), n_threads), data)


def encoder_of(fitted: _core.Encoder) -> TargetEncoder | FrequencyEncoder | OrdinalEncoder:
    """The object around an encoder that was read from a file."""
    about = fitted.describe()
    kinds = {kind._kind: kind for kind in (TargetEncoder, FrequencyEncoder, OrdinalEncoder)}
    made = kinds[about["kind"]](columns=about["terms"], **about["options"])
    made.encoder_ = fitted
    made.n_features_in_ = len(about["columns"])
    return made


def _given(**vectors: Any) -> dict[str, Any]:
    return {name: value for name, value in vectors.items() if value is not None}


def _plain(arguments: dict[str, Any]) -> dict[str, Any]:
    """Parameters as the core takes them."""
    plain = dict(arguments)
    if "columns" in plain and not isinstance(plain["columns"], str):
        plain["columns"] = [str(name) for name in plain["columns"]]
    if "hierarchy" in plain:
        plain["hierarchy"] = _convert.plain_dict(plain["hierarchy"])
    return plain


def _required_target(y: Any, encoder: TargetEncoder) -> Any:
    if y is None:
        raise InputError(
            f"This {type(encoder).__name__} estimator requires y to be passed, but the target y is None.",
            code="input.argument",
            hint="Give one target per row.",
            context={"argument": "y"},
        )
    return y


def _columns_of_array(X: Any) -> tuple[_core.Columns, list[str]]:
    if X.ndim != 2:
        raise InputError(
            f"X has {X.ndim} dimensions. Reshape your data: X.reshape(-1, 1) makes one column.",
            code="data.dimension",
            context={"dimensions": X.ndim},
        )
    if X.shape[1] == 0:
        raise InputError(
            f"Found array with 0 feature(s) (shape={X.shape}) while a minimum of 1 is required.",
            code="encoder.columns",
            hint="Give at least one column.",
            context={"columns": 0},
        )
    if X.dtype.kind == "c":
        raise DataError(
            "Complex data not supported: levels are numbers, text or dates.",
            code="data.unsupported_type",
            hint="Take the real part, if that is what identifies a level.",
            context={"type": str(X.dtype)},
        )
    columns = _core.Columns()
    names = [f"x{j}" for j in range(1, X.shape[1] + 1)]
    for j, name in enumerate(names):
        _convert.add_column(columns, name, X[:, j])
    return columns, names


def _columns_of_x(X: Any, arguments: Mapping[str, Any]) -> tuple[_core.Columns, list[str]]:
    X = _convert.as_matrix(X)
    if _convert.is_matrix(X):
        return _columns_of_array(X)
    names = _convert.names_of(X)
    wanted = _core.encoder_references(arguments, names) if "columns" in arguments else names
    return _convert.columns_of(X, wanted, "X"), names


def _columns_to_encode(name: str, encoder: _core.Encoder, X: Any, expected: int) -> _core.Columns:
    X = _convert.as_matrix(X)
    if not _convert.is_matrix(X):
        return _convert.columns_of(X, encoder.describe()["columns"], "X")
    columns, names = _columns_of_array(X)
    if len(names) != expected:
        raise InputError(
            f"X has {len(names)} features, but {name} is expecting {expected} features as input.",
            code="data.dimension",
            hint="Give the columns of the fit.",
            context={"columns": len(names), "expected": expected},
        )
    return columns


def _frame_like(columns: dict[str, Any], data: Any) -> Any:
    frame = to_frame(columns, _convert.library_of(data))
    index = _convert.index_of(data)
    if index is not None:
        frame.index = index
    return frame
