"""The bootstrap and predictive residuals of a fitted model as functions, as in R."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from ._bootstrap import Bootstrap
from .result import require_model

if TYPE_CHECKING:
    from ._types import Data, Vector
    from .result import GLMResult

__all__ = ["bootstrap", "pit"]


def bootstrap(
    model: GLMResult,
    n_boot: int = 999,
    type: Literal["parametric", "weighted"] = "parametric",
    interval: Literal["bca", "percentile", "studentised"] | None = None,
    level: float = 0.95,
    seed: int = 0,
    data: Data | None = None,
    **rows: Any,
) -> Bootstrap:
    """Refit a model to drawn responses, or to random weights, for intervals of its coefficients.

    Parameters
    ----------
    model : GLMResult
        A fitted model.
    n_boot, type, interval, level, seed, data, **rows
        See `GLMResult.bootstrap`.

    Returns
    -------
    Bootstrap
        With ``intervals`` and ``replicates``.

    Raises
    ------
    InputError, DataError
        As `GLMResult.bootstrap`.

    Examples
    --------
    >>> import deciban
    >>> data = {"claims": [0, 1, 2, 1, 3, 1], "area": ["A", "A", "B", "B", "B", "A"]}
    >>> model = deciban.fit_glm("claims ~ area", data, "poisson")
    >>> deciban.bootstrap(model, n_boot=50, level=0.8, seed=1).replicates.shape
    (50, 2)
    """
    return require_model(model).bootstrap(n_boot, type, interval, level, seed, data, **rows)


def pit(model: GLMResult, data: Data | None = None, seed: int = 0, **rows: Any) -> Vector:
    """Predictive probability integral transforms of responses, randomised for counts.

    Parameters
    ----------
    model : GLMResult
        A fitted model.
    data, seed, **rows
        See `GLMResult.pit`.

    Returns
    -------
    array or Series of shape (complete rows,)
        Uniform on (0, 1) if the model holds.

    Raises
    ------
    InputError, DataError
        As `GLMResult.pit`.

    Examples
    --------
    >>> import deciban
    >>> data = {"claims": [0, 1, 2, 1, 3, 1], "area": ["A", "A", "B", "B", "B", "A"]}
    >>> len(deciban.pit(deciban.fit_glm("claims ~ area", data, "poisson"), seed=1))
    6
    """
    return require_model(model).pit(data, seed, **rows)
