"""Generalised linear models as scikit-learn estimators: `GLMRegressor` and `GLMClassifier`.

Constructor arguments, attributes and behaviour follow scikit-learn, the numbers are those of `deciban.fit_glm`. This
module needs scikit-learn 1.6 or newer, the rest of the package does not.

Data frames keep their columns: text, categorical and bool columns become factors, as in the formula ``y ~ .``. Arrays
are designs of numbers. ``sample_weight``, ``exposure`` and ``offset`` are metadata of ``fit``, ``predict`` and
``score``, either one value per row or, with data frames, the name of a column of X, which is then no predictor.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from . import _convert, _core
from ._errors import DataError, InputError
from .glm import fit_glm, fit_glm_xy

try:
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
    from sklearn.utils import check_array, check_consistent_length, column_or_1d
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data
except ImportError as error:
    raise ImportError(
        "deciban.sklearn needs scikit-learn 1.6 or newer: `pip install -U scikit-learn`. "
        "`deciban.fit_glm` works without it."
    ) from error

if TYPE_CHECKING:
    from ._types import Array, ColumnArgument
    from .result import GLMResult

__all__ = ["GLMClassifier", "GLMRegressor"]

_POSITIVE = ("poisson", "gamma", "inverse_gaussian", "tweedie", "negative_binomial", "quasipoisson")
_POSITIVE_VARIANCES = ("mu", "mu^2", "mu^3")
_SYMMETRIC_LINKS = ("logit", "probit", "cauchit")  # their predictor is 0 where the probability is 1/2


class _GLMEstimator(BaseEstimator):
    """What both estimators share: columns in, a model out."""

    result_: GLMResult

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = False
        return tags

    # Rows -------------------------------------------------------------------------------------------------------------

    def _rows(self, X: Any, reset: bool) -> Any:
        """X checked as scikit-learn does: an array of doubles, or a dict of the columns of a frame with names."""
        if _is_named_frame(X):
            validate_data(self, X, reset=reset, skip_check_array=True)
            columns = {name: X[name] for name in _convert.names_of(X)}
            if not columns or not len(X):
                check_array(np.empty((len(X), len(columns))))  # raises, in scikit-learn's words
            return columns
        array = validate_data(self, X, reset=reset, dtype=np.float64, accept_sparse=False)
        if self.formula is None:
            return array
        return {f"x{j}": array[:, j - 1] for j in range(1, array.shape[1] + 1)}

    def _vector(self, name: str, value: ColumnArgument, X: Any) -> ColumnArgument:
        """Metadata: the name of a column as it is, else one double per row."""
        if value is None or (isinstance(value, str) and isinstance(X, dict)):
            return value
        if isinstance(value, str):
            raise InputError(
                f"`{name}` is the name {value!r}, and X is an array, which has no names.",
                code="input.argument_type",
                hint="Give one value per row, or a data frame.",
                context={"argument": name, "type": "str"},
            )
        return column_or_1d(check_array(value, ensure_2d=False, dtype=np.float64, input_name=name))

    # Fit --------------------------------------------------------------------------------------------------------------

    def _fit(self, X: Any, y: Array, sample_weight: Any, exposure: Any, offset: Any, **family: Any) -> None:
        rows = X if isinstance(X, dict) else None
        given = {
            "weights": self._weights(sample_weight, X, y),
            "exposure": self._vector("exposure", exposure, X),
            "offset": self._vector("offset", offset, X),
        }
        common = {
            **family,
            **given,
            "link": self.link,
            "na_action": "fail",
            "rank_tol": self.rank_tol,
            "max_iter": self.max_iter,
            "n_threads": self.n_threads,
        }
        if rows is None:
            result = fit_glm_xy(X, y, intercept=bool(self.fit_intercept), **common)
        else:
            response = _response_name(rows)
            formula = self._formula(response, rows, given)
            result = fit_glm(formula, {**rows, response: y}, contrasts=self.contrasts, unseen=self.unseen, **common)
        self.result_ = result
        self.n_iter_ = result.n_iter
        self._names = {name: value for name, value in given.items() if isinstance(value, str)}

    def _weights(self, value: Any, X: Any, y: np.ndarray) -> Any:
        if value is None or (isinstance(value, str) and isinstance(X, dict)):
            return value
        self._vector("sample_weight", value, X)
        return _check_sample_weight(value, y, dtype=np.float64, ensure_non_negative=True)

    def _formula(self, response: str, rows: Mapping[str, Any], given: Mapping[str, Any]) -> str:
        if self.formula is None:
            # Columns that serve as weights, exposure or offset are no predictors.
            beside = [f"`{name}`" for name in given.values() if isinstance(name, str) and name in rows]
            right = " - ".join(["~ .", *beside])
        else:
            right = _right_hand_side(self.formula)
        return f"`{response}` {right}" + ("" if self.fit_intercept else " - 1")

    def _coefficients(self) -> tuple[Array, float]:
        """Slopes and intercept; aliased columns have no part in predictions, which is 0 to scikit-learn."""
        values = np.nan_to_num(np.asarray(self.result_._model.coefficients), nan=0.0)
        intercept = np.asarray([name == "(Intercept)" for name in self.result_.param_names], dtype=bool)
        return values[~intercept], float(values[intercept][0]) if intercept.any() else 0.0

    # Predictions ------------------------------------------------------------------------------------------------------

    def _predict(self, X: Any, type: Literal["response", "link"], exposure: Any, offset: Any) -> Array:
        check_is_fitted(self, "result_")
        rows = self._rows(X, reset=False)
        given = {"exposure": self._vector("exposure", exposure, rows), "offset": self._vector("offset", offset, rows)}
        for value in given.values():
            if value is not None and not isinstance(value, str):
                check_consistent_length(X, value)
        values = self.result_.predict(rows, type, unseen=self.unseen, n_threads=self.n_threads, **given)
        missing = np.flatnonzero(np.isnan(values))
        if len(missing) and self.unseen != "missing":
            raise DataError(
                f"X has missing values in {len(missing)} of {len(values)} rows, the first one is row {missing[0]}: "
                "Input contains NaN.",
                code="data.missing",
                hint='Impute them, or give them a level of their own: formula="~ factor(x, na = TRUE)".',
                context={"rows": len(missing), "first_row": int(missing[0])},
            )
        return values


class GLMRegressor(RegressorMixin, _GLMEstimator):
    """Generalised linear model as a scikit-learn regressor.

    Parameters
    ----------
    family : str, default "gaussian"
        As in `deciban.fit_glm`.
    link : str, optional
        As in `deciban.fit_glm`; by default identity for gaussian and quasi, logit for binomial and quasibinomial, log
        for all others.
    var_power, theta : float, optional
        Of tweedie and negative_binomial; estimated by default.
    variance : str, optional
        Of the quasi family.
    formula : str, optional
        Right-hand side in R's language, such as ``"~ area + bs(age, df=5)"``; columns of an array are called x1, x2, ...
        By default all columns of X enter as they are: ``~ .``.
    contrasts : dict, optional
        Coding of factors by variable, as in `deciban.fit_glm`; for data frames and formulas.
    fit_intercept : bool, default True
        Whether there is an intercept. Without one the first factor has a column per level, as in R.
    unseen : {"error", "missing", "reference"}, default "error"
        What ``predict`` does with levels that the fit has not seen: an error, NaN, or the value of the base level.
    rank_tol, max_iter, n_threads
        As in `deciban.fit_glm`.

    Attributes
    ----------
    result_ : GLMResult
        The fitted model with everything that it offers: ``result_.summary()``, ``result_.coef_table()``, ...
    coef_ : array of shape (p,)
        Coefficients without the intercept, named by ``result_.param_names``; 0 where a column is aliased.
    intercept_ : float
        0 without an intercept.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : array of str
        Names of the columns, for data frames.
    n_iter_ : int
        Newton steps taken.

    Notes
    -----
    Rows with missing values are an error, as elsewhere in scikit-learn. ``exposure`` and ``offset`` that the fit got as
    vectors must be given to ``predict`` and ``score``, too (``predict.exposure_missing``); names of columns are read
    from the new X.

    Examples
    --------
    >>> from deciban.sklearn import GLMRegressor
    >>> X = {"area": ["A", "A", "B", "B"], "years": [1.0, 0.5, 1.0, 1.0]}
    >>> import pandas
    >>> model = GLMRegressor("poisson").fit(pandas.DataFrame(X), [1, 1, 1, 2], exposure="years")
    >>> model.result_.param_names
    ['(Intercept)', 'areaB']
    >>> model.predict(pandas.DataFrame({"area": ["A"], "years": [3.0]})).round(6)
    array([4.])
    """

    def __init__(
        self,
        family: str = "gaussian",
        *,
        link: str | None = None,
        var_power: float | None = None,
        theta: float | None = None,
        variance: str | None = None,
        formula: str | None = None,
        contrasts: Mapping[str, str] | None = None,
        fit_intercept: bool = True,
        unseen: Literal["error", "missing", "reference"] = "error",
        rank_tol: float = 1e-7,
        max_iter: int = 100,
        n_threads: int | None = None,
    ):
        self.family = family
        self.link = link
        self.var_power = var_power
        self.theta = theta
        self.variance = variance
        self.formula = formula
        self.contrasts = contrasts
        self.fit_intercept = fit_intercept
        self.unseen = unseen
        self.rank_tol = rank_tol
        self.max_iter = max_iter
        self.n_threads = n_threads

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        quasi = self.family == "quasi" and self.variance in _POSITIVE_VARIANCES
        tags.target_tags.positive_only = quasi or self.family in _POSITIVE
        return tags

    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: ColumnArgument = None,
        exposure: ColumnArgument = None,
        offset: ColumnArgument = None,
    ) -> GLMRegressor:
        """Fit the model.

        Parameters
        ----------
        X : array of shape (rows, columns), or pandas or polars data frame
            Predictors.
        y : array-like of shape (rows,)
            Response.
        sample_weight : str or array-like of shape (rows,), optional
            Prior weights, at least 0.
        exposure : str or array-like of shape (rows,), optional
            Positive; adds log(exposure) to the predictor of a log or cloglog link.
        offset : str or array-like of shape (rows,), optional
            Added to the predictor as it is.

        Returns
        -------
        GLMRegressor
            The estimator itself.

        Raises
        ------
        InputError, DataError, FormulaError, ConvergenceError
            Those of `deciban.fit_glm`, all ValueErrors but the last; ``input.formula`` for a formula with a response.
        """
        rows = self._rows(X, reset=True)
        y = _numbers(y, X, self)
        family = {name: getattr(self, name) for name in ("family", "var_power", "theta", "variance")}
        self._fit(rows, y, sample_weight, exposure, offset, **family)
        self.coef_, self.intercept_ = self._coefficients()
        return self

    def predict(self, X: Any, exposure: ColumnArgument = None, offset: ColumnArgument = None) -> Array:
        """Means of new rows.

        Parameters
        ----------
        X : array of shape (rows, columns), or data frame
            New rows with the columns of the fit.
        exposure, offset : str or array-like of shape (rows,), optional
            As in `fit`; needed where the fit got a vector.

        Returns
        -------
        array of shape (rows,)

        Raises
        ------
        DataError
            ``data.unseen_level``, ``data.missing``.
        InputError
            ``predict.exposure_missing``, ``predict.offset_missing``.
        """
        return self._predict(X, "response", exposure, offset)

    def score(
        self,
        X: Any,
        y: Any,
        sample_weight: ColumnArgument = None,
        exposure: ColumnArgument = None,
        offset: ColumnArgument = None,
    ) -> float:
        """Share of the deviance explained on new rows, D2 = 1 - D(y, mu) / D(y, null).

        Parameters
        ----------
        X, y, sample_weight, exposure, offset
            As in `fit`.

        Returns
        -------
        float
            1 at best. For the gaussian family with the identity link it is R2. The null model is the intercept with
            exposure and offset, fitted to these rows.
        """
        linear = self._predict(X, "link", exposure, offset)
        rows = self._rows(X, reset=False)
        y = _numbers(y, X, self)
        given = {"weights": sample_weight, "exposure": exposure, "offset": offset}
        given = {name: self._names.get(name) if value is None else value for name, value in given.items()}
        given["weights"] = self._weights(given["weights"], rows, y)
        for name in ("exposure", "offset"):
            given[name] = self._vector(name, given[name], rows)
        columns = rows if isinstance(rows, dict) else {}
        response = _response_name(columns)
        columns = {**columns, response: y}
        # Deviance of a predictor without coefficients, and that of the null model: both are the core's.
        null = self._scored(f"`{response}` ~ 1", columns, given)
        model = self._scored(f"`{response}` ~ 0", columns, {"weights": given["weights"], "offset": linear})
        return 1.0 - model / null if null > 0.0 else float(model == 0.0)

    def _scored(self, formula: str, columns: Mapping[str, Any], given: Mapping[str, Any]) -> float:
        family = dict(self.result_.family_parameters)
        name = family.pop("id")
        if self.result_.theta == np.inf:
            name, family = "poisson", {}
        arguments = {"formula": formula, "family": name, "link": self.result_.link, **family, **given}
        arguments, vectors = _convert.split_vectors(arguments)
        wanted = _core.referenced_columns(arguments)
        data, beside = _convert.columns_of(columns, wanted), _convert.columns_of_vectors(vectors)
        return _core.fit_glm(arguments, data, beside, self.n_threads).describe()["deviance"]


class GLMClassifier(ClassifierMixin, _GLMEstimator):
    """Binomial model of two classes as a scikit-learn classifier.

    Parameters
    ----------
    link : {"logit", "probit", "cloglog", "loglog", "cauchit", ...}, default "logit"
        As in `deciban.fit_glm`.
    formula, contrasts, fit_intercept, unseen, rank_tol, max_iter, n_threads
        As in `GLMRegressor`.

    Attributes
    ----------
    classes_ : array of shape (2,)
        The two classes in order; the second one is the event.
    result_ : GLMResult
        The fitted model.
    coef_ : array of shape (1, p)
        Coefficients without the intercept, named by ``result_.param_names``; 0 where a column is aliased.
    intercept_ : array of shape (1,)
        0 without an intercept.
    n_features_in_, feature_names_in_, n_iter_
        As `GLMRegressor`.

    Notes
    -----
    Maximum likelihood without a penalty. Classes that a predictor separates are a warning (``fit.separation``); the
    predictions of such a fit are good, its coefficients are not.

    Examples
    --------
    >>> from deciban.sklearn import GLMClassifier
    >>> X = [[0.0], [1.0], [2.0], [3.0], [4.0], [5.0]]
    >>> y = ["no", "no", "yes", "no", "yes", "yes"]
    >>> model = GLMClassifier().fit(X, y)
    >>> [str(label) for label in model.predict([[1.0], [4.0]])]
    ['no', 'yes']
    """

    def __init__(
        self,
        *,
        link: str = "logit",
        formula: str | None = None,
        contrasts: Mapping[str, str] | None = None,
        fit_intercept: bool = True,
        unseen: Literal["error", "missing", "reference"] = "error",
        rank_tol: float = 1e-7,
        max_iter: int = 100,
        n_threads: int | None = None,
    ):
        self.link = link
        self.formula = formula
        self.contrasts = contrasts
        self.fit_intercept = fit_intercept
        self.unseen = unseen
        self.rank_tol = rank_tol
        self.max_iter = max_iter
        self.n_threads = n_threads

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags

    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: ColumnArgument = None,
        exposure: ColumnArgument = None,
        offset: ColumnArgument = None,
    ) -> GLMClassifier:
        """Fit the model.

        Parameters
        ----------
        X : array of shape (rows, columns), or pandas or polars data frame
            Predictors.
        y : array-like of shape (rows,)
            Labels of two classes.
        sample_weight : str or array-like of shape (rows,), optional
            Prior weights, at least 0.
        exposure : str or array-like of shape (rows,), optional
            With ``link="cloglog"``: positive; adds log(exposure) to the predictor.
        offset : str or array-like of shape (rows,), optional
            Added to the predictor as it is.

        Returns
        -------
        GLMClassifier
            The estimator itself.

        Raises
        ------
        InputError, DataError, FormulaError
            Those of `deciban.fit_glm`, all ValueErrors; ``response.classes`` unless there are two classes in rows with
            positive weight.
        """
        rows = self._rows(X, reset=True)
        y = column_or_1d(y, warn=True)
        check_consistent_length(X, y)
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        self._refuse_classes(self.classes_, "")
        weights = self._weights(sample_weight, rows, codes)
        if isinstance(weights, np.ndarray):
            self._refuse_classes(np.unique(codes[weights > 0.0]), " in rows with positive weight")
        self._fit(rows, codes.astype(np.float64), weights, exposure, offset, family="binomial")
        coefficients, intercept = self._coefficients()
        self.coef_, self.intercept_ = coefficients.reshape(1, -1), np.asarray([intercept])
        return self

    @staticmethod
    def _refuse_classes(found: np.ndarray, where: str) -> None:
        if len(found) == 2:
            return
        many = len(found) > 2
        raise DataError(
            f"Only binary classification is supported. The target has {len(found)} classes{where}."
            if many
            else f"The target has {len(found)} class{where}, and a classifier needs 2 classes.",
            code="response.classes",
            hint="Use sklearn.multiclass.OneVsRestClassifier." if many else "Give rows of both classes.",
            context={"classes": len(found)},
        )

    def decision_function(self, X: Any, exposure: ColumnArgument = None, offset: ColumnArgument = None) -> Array:
        """Confidence in the second class, which is predicted where it is positive.

        The linear predictor for the links that are 0 at a probability of 1/2 (logit, probit, cauchit), the probability
        minus 1/2 for others.

        Parameters
        ----------
        X, exposure, offset
            As in `GLMRegressor.predict`.

        Returns
        -------
        array of shape (rows,)
        """
        if self.link in _SYMMETRIC_LINKS:
            return self._predict(X, "link", exposure, offset)
        return self._predict(X, "response", exposure, offset) - 0.5

    def predict_proba(self, X: Any, exposure: ColumnArgument = None, offset: ColumnArgument = None) -> Array:
        """Probabilities of the two classes of new rows.

        Parameters
        ----------
        X, exposure, offset
            As in `GLMRegressor.predict`.

        Returns
        -------
        array of shape (rows, 2)
            In the order of ``classes_``.
        """
        event = self._predict(X, "response", exposure, offset)
        return np.column_stack([1.0 - event, event])

    def predict(self, X: Any, exposure: ColumnArgument = None, offset: ColumnArgument = None) -> np.ndarray:
        """The class with the higher probability.

        Parameters
        ----------
        X, exposure, offset
            As in `GLMRegressor.predict`.

        Returns
        -------
        array of shape (rows,)
            Labels of ``classes_``.

        Raises
        ------
        DataError
            ``predict.no_class`` for rows whose probability is missing (``unseen="missing"``).
        """
        event = self.decision_function(X, exposure, offset)
        missing = np.flatnonzero(np.isnan(event))
        if len(missing):
            raise DataError(
                f"{len(missing)} of {len(event)} rows have no probability, the first one is row {missing[0]}.",
                code="predict.no_class",
                hint='`predict_proba` gives NaN there; `unseen="reference"` takes the base level.',
                context={"rows": len(missing), "first_row": int(missing[0])},
            )
        return self.classes_[(event > 0.0).astype(np.intp)]


def _is_named_frame(X: Any) -> bool:
    """Data frames with text as names keep their columns; all else is an array to scikit-learn."""
    return _convert.library_of(X) in ("pandas", "polars", "pyarrow") and all(
        isinstance(name, str) for name in getattr(X, "columns", ())
    )


def _numbers(y: Any, X: Any, estimator: Any) -> Array:
    if y is None:
        raise ValueError(f"This {type(estimator).__name__} estimator requires y to be passed, but the target y is None")
    y = column_or_1d(y, warn=True)
    if y.dtype.kind == "O":
        y = y.astype(np.float64)
    check_array(y, ensure_2d=False, dtype=None, input_name="y")
    check_consistent_length(X, y)
    return y


def _response_name(columns: Mapping[str, Any]) -> str:
    name = "y"
    while name in columns:
        name = f".{name}"
    return name


def _right_hand_side(formula: Any) -> str:
    text = formula.strip() if isinstance(formula, str) else ""
    if not text.startswith("~"):
        raise InputError(
            f"`formula` is {formula!r}.",
            code="input.formula",
            hint='It is a right-hand side, such as "~ area + bs(age, df=5)"; the response is y.',
            context={"formula": str(formula)},
        )
    return text
