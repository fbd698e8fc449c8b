"""Covariances, Wald tests and influence of a fitted model."""

from __future__ import annotations

from ._query import Queries


class CovarianceResults(Queries):
    """Part of `GLMResult`."""
