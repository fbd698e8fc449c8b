"""Rating tables and collinearity of a fitted model."""

from __future__ import annotations

from ._query import Queries


class TableResults(Queries):
    """Part of `GLMResult`."""
