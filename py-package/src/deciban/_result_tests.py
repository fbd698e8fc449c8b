"""Likelihood-ratio and score tests, profiles and goodness of fit of a fitted model."""

from __future__ import annotations

from ._query import Queries


class TestResults(Queries):
    """Part of `GLMResult`."""
