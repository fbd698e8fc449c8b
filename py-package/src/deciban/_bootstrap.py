"""Bootstrap of a fitted model."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

import numpy as np

from ._tables import as_table, to_frame

if TYPE_CHECKING:
    from ._query import Answer
    from ._types import Array, Frame

__all__ = ["Bootstrap"]


class Bootstrap:
    """Replicates of a fit and intervals from them, made by `GLMResult.bootstrap`.

    Attributes
    ----------
    replicates : array of shape (n_boot, p)
        Coefficients of each replicate: infinite where it is separated, NaN where its fit failed.
    type : {"parametric", "weighted"}
    interval : {"bca", "percentile", "studentised"}
    level : float
    seed : int
    """

    def __init__(self, answer: Answer, level: float, seed: int, library: str):
        notes = answer.notes
        self._columns = {name: notes[name] for name in ("term", "estimate", "std_error", "lower", "upper")}
        for name in ("estimate", "std_error", "lower", "upper"):
            self._columns[name] = np.asarray(self._columns[name], dtype=float)
        self._library = library
        self.replicates: Array = np.column_stack(list(answer.columns.values()))
        self.type: str = notes["type"]
        self.interval: str = notes["interval"]
        self.level = level
        self.seed = seed

    @property
    def intervals(self) -> Frame:
        """Columns ``term, estimate, std_error`` (standard deviation of the replicates), ``lower, upper``."""
        return to_frame(self._columns, self._library)

    def __repr__(self) -> str:
        head = (
            f"{self.type} bootstrap of {len(self.replicates)} replicates, "
            f"{self.interval} intervals of level {self.level:g}"
        )
        return f"{head}\n{as_table(self._columns)!r}"

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(repr(self))}</pre>"

    def _limits(self) -> dict[str, Any]:
        return {"lower": self._columns["lower"], "upper": self._columns["upper"]}
