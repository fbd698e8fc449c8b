"""Intervals of predictions, bootstrap and simulation of a fitted model."""

from __future__ import annotations

from ._query import Queries


class PredictionResults(Queries):
    """Part of `GLMResult`."""
