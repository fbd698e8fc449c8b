"""Plots of a fitted model."""

from __future__ import annotations

from ._query import Queries


class PlotResults(Queries):
    """Part of `GLMResult`."""
