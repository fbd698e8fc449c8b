"""Plain functions for tests of a fitted model; the methods of `GLMResult` of the same names say what they do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .result import GLMResult, require_model

if TYPE_CHECKING:
    from ._types import Frame

__all__ = [
    "add1",
    "anova",
    "drop1",
    "goodness_of_fit",
    "link_test",
    "overdispersion_test",
    "profile",
    "term_importance",
]


def anova(model: GLMResult, *others: GLMResult, **options: Any) -> Frame:
    """Analysis of deviance: tests of the terms, or a comparison with other models. See `GLMResult.anova`."""
    return require_model(model).anova(*others, **options)


def drop1(model: GLMResult, *args: Any, **options: Any) -> Frame:
    """Each term left out. See `GLMResult.drop1`."""
    return require_model(model).drop1(*args, **options)


def add1(model: GLMResult, *args: Any, **options: Any) -> Frame:
    """Terms that the model does not have. See `GLMResult.add1`."""
    return require_model(model).add1(*args, **options)


def term_importance(model: GLMResult, n_threads: int | None = None) -> Frame:
    """How much of the deviance each term explains. See `GLMResult.term_importance`."""
    return require_model(model).term_importance(n_threads)


def profile(model: GLMResult, *args: Any, **options: Any) -> Frame:
    """Points of the profile likelihood of coefficients. See `GLMResult.profile`."""
    return require_model(model).profile(*args, **options)


def goodness_of_fit(model: GLMResult) -> Frame:
    """Deviance and Pearson's chi-squared. See `GLMResult.goodness_of_fit`."""
    return require_model(model).goodness_of_fit()


def overdispersion_test(model: GLMResult, *args: Any, **options: Any) -> Frame:
    """Whether responses vary more than the model says. See `GLMResult.overdispersion_test`."""
    return require_model(model).overdispersion_test(*args, **options)


def link_test(model: GLMResult, n_threads: int | None = None) -> Frame:
    """Whether the square of the linear predictor would be a term. See `GLMResult.link_test`."""
    return require_model(model).link_test(n_threads)
