"""Fitting generalised linear models, and the plain functions around a fitted model."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from . import _convert, _core, _opaque
from ._chunks import readable
from ._errors import raise_warnings
from ._result_covariance import Hypotheses, HypothesisTest, read_vcov
from .binning import Binner
from .credibility import Credibility
from .encoders import _Encoder, encoder_of
from .result import GLMResult, Source, Summary, require_model
from .scorecard import Scorecard
from .woe import WoeEncoder, WoePreprocessor

if TYPE_CHECKING:
    from ._types import ColumnArgument, Covariance, Data, Frame, Path

__all__ = [
    "GLMResult",
    "Summary",
    "actual_expected",
    "aliased",
    "coef_table",
    "fit_glm",
    "fit_glm_xy",
    "linear_hypothesis",
    "load_model",
    "model_from_json",
    "model_to_json",
    "rating_table",
    "relativities",
    "save_model",
    "term_tests",
    "vif",
    "with_vcov",
]


def fit_glm(
    formula: str,
    data: Data,
    family: str,
    link: str | None = None,
    weights: ColumnArgument = None,
    exposure: ColumnArgument = None,
    offset: ColumnArgument = None,
    var_power: float | None = None,
    theta: float | None = None,
    variance: str | None = None,
    freq_weights: ColumnArgument = None,
    contrasts: Mapping[str, str] | None = None,
    na_action: Literal["omit", "exclude", "fail"] = "omit",
    unseen: Literal["error", "missing", "reference"] = "error",
    vcov: Covariance = "model",
    rank_tol: float = 1e-7,
    max_iter: int = 100,
    strict: bool = False,
    n_threads: int | None = None,
) -> GLMResult:
    """Fit a generalised linear model.

    E(y) = mu, Var(y) = scale * V(mu) / weights, link(mu) = design * params + offset + log(exposure). The numbers are the
    same bits as in R, for any number of threads and any library that the data come in.

    Parameters
    ----------
    formula : str
        R's language, such as ``"claims ~ area * bs(age, df=5) + log(density) + factor(year) + offset(w)"``; ``- 1``
        leaves the intercept out, ``.`` stands for all other columns. Text, categorical and bool columns become factors.
        ``te(x)`` encodes a factor with many levels by the response, ``te(a:b)`` joint levels, ``te(a/b)`` levels of b that
        shrink to those of a, ``fe(x)`` by the share of rows, with the arguments of `TargetEncoder` (and columns as ``groups``
        or ``time`` where the scheme reads them): training rows have
        values that do not depend on their own response, new rows those of all training rows. ``woe(x)`` is the weight of
        evidence for a response in [0, 1], with arguments of `WoeEncoder` (``smoothing``, ``min_count``, ``min_share``,
        ``max_levels``, ``top_p``), from all training rows; numbers are binned by looking at the response.
        Functions that the language does not have, such as ``np.sin(age)`` or your own, are called as Python calls
        them, with the names of columns and those seen where the formula is written: do not take formulas from strangers.
    data : data frame
        pandas or polars data frame, pyarrow table, any object with ``__arrow_c_stream__``, dict of arrays or lists, or
        structured NumPy array. Only the columns that are used are looked at, without a copy where their type allows.
        Also what `dataset` made, or a source of chunks as there: the columns that are used are gathered in coded form.
        Declared orders of levels count (pandas categories, polars Enum); other levels are sorted.
    family : str
        ``"gaussian"``, ``"binomial"``, ``"poisson"``, ``"gamma"``, ``"inverse_gaussian"``, ``"tweedie"``,
        ``"negative_binomial"``, ``"quasi"``, ``"quasipoisson"`` or ``"quasibinomial"``.
    link : str, optional
        ``"identity"``, ``"log"``, ``"logit"``, ``"probit"``, ``"cloglog"``, ``"loglog"``, ``"cauchit"``, ``"inverse"``,
        ``"1/mu^2"``, ``"sqrt"`` or ``"power(0.5)"``. By default identity for gaussian and quasi, logit for binomial and
        quasibinomial, log for all others.
    weights : str or array-like of shape (rows,), optional
        Prior weights, at least 0: the name of a column, an expression over columns, or one value per row (by position;
        a pandas index is not looked at).
    exposure : str or array-like of shape (rows,), optional
        Positive; adds log(exposure) to the predictor of a log or cloglog link. For counts; rates of amounts have
        ``weights=exposure`` and the rate as the response.
    offset : str or array-like of shape (rows,), optional
        Added to the predictor as it is.
    var_power : float, optional
        Power of Tweedie's variance function, from 1 (Poisson) to 2 (gamma). By default it is estimated: the maximum of
        the likelihood over 1.01 to 1.99, which takes some 35 fits; see `GLMResult.var_power_interval`.
    theta : float, optional
        Shape of the negative binomial, positive: Var(y) = mu + mu^2 / theta. By default it is estimated by maximum
        likelihood together with the coefficients, as R's ``MASS::glm.nb``; infinite (the Poisson fit) where the counts
        are not overdispersed.
    variance : {"constant", "mu", "mu^2", "mu^3", "mu(1-mu)"}, optional
        Variance function of the quasi family.
    freq_weights : str or array-like of shape (rows,), optional
        Replication counts: a row counts as so many.
    contrasts : dict, optional
        Coding of factors by variable, such as ``{"area": "sum"}``: "treatment" (the default), "sum", "helmert" or
        "poly" (the default of ordered factors).
    na_action : {"omit", "exclude", "fail"}, default "omit"
        Rows with a missing value in a used column are dropped and counted; "exclude" gives them NaN in results with one
        value per row; "fail" is an error. None, NaN, NaT and null are missing alike.
    unseen : {"error", "missing", "reference"}, default "error"
        What `GLMResult.predict` does with levels that the fit has not seen.
    vcov : str or dict, default "model"
        Covariance of the coefficients: ``"model"``, robust ``"HC0"`` to ``"HC3"``, or by clusters such as
        ``"~ policy_id"``; see `GLMResult.with_vcov`, which changes it afterwards.
    rank_tol : float, default 1e-7
        Columns whose norm falls below this fraction after the earlier columns are taken out are aliased, as in R.
        Below 1e-8 every step takes a QR decomposition.
    max_iter : int, default 100
        Largest number of Newton steps.
    strict : bool, default False
        Raise ConvergenceError instead of a warning.
    n_threads : int, optional
        Threads to use; by default the environment variable ``DECIBAN_NUM_THREADS``, else all processors. Does not
        change the result.

    Returns
    -------
    GLMResult

    Raises
    ------
    FormulaError
        ``formula.syntax``, ``formula.unknown_function``, ``formula.unsupported``, ``formula.arguments``, ``formula.df``,
        ``formula.knots`` and others; with ``position``.
    InputError
        ``data.unknown_column``, ``data.length_mismatch``, ``data.duplicate_column``, ``data.unsupported_type``,
        ``data.dimension``, ``data.empty``, ``data.too_many_rows``, ``family.*`` and ``link.*`` (unknown, or a parameter
        is out of range), ``vcov.*`` (see `GLMResult.with_vcov`), ``weights.negative``, ``weights.not_finite``, ``exposure.not_positive``, ``exposure.link``,
        ``input.*``.
    DataError
        ``data.all_missing``, ``data.missing``, ``data.non_finite``, ``data.mixed_types``, ``data.not_numeric``,
        ``data.unsupported_type`` (values of a column), ``response.domain``, ``response.not_numeric``,
        ``family.no_estimate`` (theta or var_power cannot be estimated).
    ConvergenceError
        ``fit.separation``, ``fit.not_converged``, with ``strict=True``.
    KeyboardInterrupt
        The fit stops soon after Ctrl-C.

    Warns
    -----
    DecibanWarning
        ``fit.aliased``, ``fit.separation``, ``fit.not_converged``, ``fit.no_overdispersion`` (theta is infinite),
        ``fit.var_power_bound``, ``factor.one_level``, ``offset.raw_exposure``, ``vcov.full_leverage``,
        ``vcov.not_positive``.

    Notes
    -----
    Newton's method with Fisher scoring (McCullagh and Nelder, Generalized Linear Models, 1989, section 2.5). Figures are
    those of R's ``glm``, but that the dispersion of the negative binomial is 1. The log-likelihood of the Tweedie family
    is that of its exact density (Dunn and Smyth, Statistics and Computing 15, 2005, and 18, 2008) at the dispersion that
    maximises it.

    Examples
    --------
    >>> import deciban
    >>> data = {"claims": [0, 1, 2, 1], "area": ["A", "A", "B", "B"]}
    >>> model = deciban.fit_glm("claims ~ area", data, "poisson")
    >>> model.param_names
    ['(Intercept)', 'areaB']
    >>> model.params.round(6)
    array([-0.693147,  1.098612])
    >>> def late(area):
    ...     return area == "B"
    >>> deciban.fit_glm("claims ~ late(area)", data, "poisson").param_names
    ['(Intercept)', 'late(area)TRUE']
    """
    vcov, clusters = read_vcov(vcov)
    arguments = {
        "formula": formula,
        "family": family,
        "link": link,
        "weights": weights,
        "exposure": exposure,
        "offset": offset,
        "var_power": var_power,
        "theta": theta,
        "variance": variance,
        "freq_weights": freq_weights,
        "contrasts": _convert.plain_dict(contrasts),
        "na_action": na_action,
        "unseen": unseen,
        "vcov": vcov,
        "rank_tol": rank_tol,
        "max_iter": max_iter,
        "strict": strict,
    }
    arguments, vectors = _convert.split_vectors(arguments)
    data = readable(data, _core.referenced_columns(arguments), n_threads)
    columns, calls = _opaque.columns_of_formula(arguments, data, sys._getframe(1))
    model = _core.fit_glm(arguments, columns, _convert.columns_of_vectors({**vectors, **clusters}), n_threads)
    raise_warnings(model.warnings, stacklevel=2)
    return GLMResult(model, Source(data, vectors, calls=calls), _convert.library_of(data), calls)


def fit_glm_xy(
    X: Any,
    y: Any,
    family: str,
    link: str | None = None,
    weights: ColumnArgument = None,
    exposure: ColumnArgument = None,
    offset: ColumnArgument = None,
    var_power: float | None = None,
    theta: float | None = None,
    variance: str | None = None,
    freq_weights: ColumnArgument = None,
    na_action: Literal["omit", "exclude", "fail"] = "omit",
    vcov: Covariance = "model",
    rank_tol: float = 1e-7,
    max_iter: int = 100,
    strict: bool = False,
    intercept: bool = False,
    n_threads: int | None = None,
) -> GLMResult:
    """Fit a generalised linear model on a design of your own.

    Parameters
    ----------
    X : array of shape (rows, p), or data frame
        Numeric columns, used as they are: an array in any memory order (nothing is copied), whose columns are named
        x1, x2, ..., or a data frame, whose columns keep their names.
    y : array-like of shape (rows,)
        Response.
    family, link, weights, exposure, offset, var_power, theta, variance, freq_weights, na_action, vcov, rank_tol, \
max_iter, strict, n_threads
        As in `fit_glm`.
    intercept : bool, default False
        Put a column of ones before those of X.

    Returns
    -------
    GLMResult
        Its ``predict`` takes an array with the columns of X in their order, or a data frame with their names.

    Raises
    ------
    InputError
        ``data.length_mismatch`` (X and y), ``data.dimension`` (X is no matrix), ``data.unsupported_type`` (sparse X),
        and those of `fit_glm`.
    DataError, ConvergenceError
        As `fit_glm`.

    Examples
    --------
    >>> import deciban
    >>> import numpy as np
    >>> X = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
    >>> deciban.fit_glm_xy(X, [1.0, 3.0, 5.0], "gaussian").params.round(6)
    array([1., 2.])
    """
    vcov, clusters = read_vcov(vcov)
    arguments = {
        "family": family,
        "link": link,
        "weights": weights,
        "exposure": exposure,
        "offset": offset,
        "var_power": var_power,
        "theta": theta,
        "variance": variance,
        "freq_weights": freq_weights,
        "na_action": na_action,
        "vcov": vcov,
        "rank_tol": rank_tol,
        "max_iter": max_iter,
        "strict": strict,
        "intercept": intercept,
    }
    X = _convert.as_matrix(X)
    arguments, vectors = _convert.split_vectors(arguments)
    given = _convert.columns_of_vectors({"y": y, **vectors, **clusters})
    model = _core.fit_glm_xy(arguments, _convert.columns_of_matrix(X), given, n_threads)
    raise_warnings(model.warnings, stacklevel=2)
    return GLMResult(model, Source(X, vectors, y), _convert.library_of(X))


def save_model(model: GLMResult, path: Path) -> None:
    """Write a fitted model to a file that R and Python read.

    The file is UTF-8 JSON. It is written beside its place and moved there, so a failure leaves the old file as it was.

    Parameters
    ----------
    model : GLMResult
        What `fit_glm` returned.
    path : str or os.PathLike
        File to write.

    Raises
    ------
    IoError
        ``io.write``.

    Examples
    --------
    >>> import deciban, os, tempfile
    >>> model = deciban.fit_glm("y ~ x", {"y": [1.0, 2.0, 4.0], "x": [1.0, 2.0, 3.0]}, "gaussian")
    >>> path = os.path.join(tempfile.mkdtemp(), "model.json")
    >>> deciban.save_model(model, path)
    >>> deciban.load_model(path).to_json() == model.to_json()
    True
    """
    (model if isinstance(model, (_Encoder, Credibility)) else require_model(model)).save(path)


def load_model(path: Path) -> Any:
    """Read a model file written in R or Python.

    Parameters
    ----------
    path : str or os.PathLike
        File to read.

    Returns
    -------
    GLMResult
        Without data: results with one value per row need the data again. A file of an encoder gives that encoder.

    Raises
    ------
    IoError
        ``io.read``.
    FormatError
        ``format.json`` (truncated or no JSON), ``format.foreign``, ``format.newer``, ``format.kind``,
        ``format.missing_key``, ``format.invalid``.
    """
    return model_from_json(_core.read_model_file(_convert.path_text(path)))


def model_to_json(model: GLMResult) -> str:
    """The text of the model file.

    Parameters
    ----------
    model : GLMResult
        What `fit_glm` returned.

    Returns
    -------
    str
        JSON; doubles read back to the same bits.
    """
    return (model if isinstance(model, (_Encoder, Credibility)) else require_model(model)).to_json()


def model_from_json(text: str) -> Any:
    """A fitted model from the text of a model file.

    Parameters
    ----------
    text : str
        What `model_to_json` gave, in R or Python.

    Returns
    -------
    GLMResult

    Raises
    ------
    FormatError
        As `load_model`.
    """
    if not isinstance(text, str):
        raise _convert.wrong_argument("text", "a text", text)
    kind = _core.file_kind(text)
    if kind in ("woe_encoder", "woe_preprocessor"):
        return (WoeEncoder if kind == "woe_encoder" else WoePreprocessor).from_json(text)
    if kind.endswith("_encoder"):
        return encoder_of(_core.encoder_from_json(text))
    if kind == "binner":
        return Binner.from_json(text)
    if kind == "credibility":
        return Credibility.from_json(text)
    if kind == "scorecard":
        return Scorecard.from_json(text)
    return GLMResult(_core.model_from_json(text))


def coef_table(
    model: GLMResult, level: float = 0.95, method: Literal["wald", "profile"] = "wald", vcov: Covariance | None = None
) -> Frame:
    """Coefficients with tests and intervals. See `GLMResult.coef_table`."""
    return require_model(model).coef_table(level, method, vcov)


def relativities(
    model: GLMResult, level: float = 0.95, method: Literal["wald", "profile"] = "wald", vcov: Covariance | None = None
) -> Frame:
    """Multipliers of the tariff with intervals. See `GLMResult.relativities`."""
    return require_model(model).relativities(level, method, vcov)


def linear_hypothesis(
    model: GLMResult,
    hypotheses: Hypotheses,
    rhs: Any = None,
    vcov: Covariance | None = None,
    test: Literal["F", "Chisq"] | None = None,
    level: float = 0.95,
) -> HypothesisTest:
    """Wald test of linear hypotheses about the coefficients. See `GLMResult.wald_test`."""
    return require_model(model).wald_test(hypotheses, rhs, vcov, test, level)


def term_tests(model: GLMResult, vcov: Covariance | None = None, test: Literal["F", "Chisq"] | None = None) -> Frame:
    """Wald tests of each term of the formula. See `GLMResult.term_tests`."""
    return require_model(model).term_tests(vcov, test)


def with_vcov(
    model: GLMResult,
    vcov: Covariance,
    data: Data | None = None,
    y: Any = None,
    weights: ColumnArgument = None,
    exposure: ColumnArgument = None,
    offset: ColumnArgument = None,
    freq_weights: ColumnArgument = None,
    n_threads: int | None = None,
) -> GLMResult:
    """The same fit with another covariance of its coefficients. See `GLMResult.with_vcov`."""
    return require_model(model).with_vcov(
        vcov,
        data,
        y=y,
        weights=weights,
        exposure=exposure,
        offset=offset,
        freq_weights=freq_weights,
        n_threads=n_threads,
    )


def actual_expected(model: GLMResult) -> Frame:
    """Observed and fitted totals by level of each factor. See `GLMResult.actual_expected`."""
    return require_model(model).actual_expected()


def rating_table(
    model: GLMResult,
    term: str,
    level: float = 0.95,
    at: Any = None,
    base: Any = None,
    points: int = 25,
    scale: Literal["relativity", "link"] = "relativity",
    wide: bool = False,
) -> Frame:
    """What one term does to the mean, level by level or along a grid. See `GLMResult.rating_table`."""
    return require_model(model).rating_table(term, level, at, base, points, scale, wide)


def vif(model: GLMResult) -> Frame:
    """Generalised variance-inflation factors of the terms. See `GLMResult.vif`."""
    return require_model(model).vif()


def aliased(model: GLMResult) -> Frame:
    """Coefficients that cannot be estimated. See `GLMResult.aliased`."""
    return require_model(model).aliased()
