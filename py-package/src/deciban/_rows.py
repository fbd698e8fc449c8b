"""Values and tables with one row per row of the caller's data."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import _convert
from ._tables import to_frame

if TYPE_CHECKING:
    from . import _core
    from ._types import Array

__all__ = ["NewRows", "frame_like_rows", "like_rows", "series"]


def series(values: Array, index: Any) -> Any:
    return importlib.import_module("pandas").Series(values, index=index, copy=False)


def _index_of_rows(data: Any, kept: Any) -> Any:
    index = _convert.index_of(data)
    everything = index is None or kept is None or len(kept) == len(index)
    return index if everything else index.take(kept)


def like_rows(values: Array, data: Any, kept: Any = None) -> Any:
    """Values per row as the data are: pandas has its index on them, for the rows kept."""
    index = _index_of_rows(data, kept)
    return values if index is None else series(values, index)


def frame_like_rows(columns: Mapping[str, Any], data: Any, library: str, kept: Any = None) -> Any:
    """A table with a row per row of the data: pandas has the index of the rows kept."""
    frame = to_frame(columns, library)
    index = _index_of_rows(data, kept) if library == "pandas" else None
    return frame if index is None else frame.set_axis(index, axis=0)


@dataclass(frozen=True)
class NewRows:
    """Rows that a model was not fitted on, as the source of a question."""

    data: Any
    read: _core.Columns
    vectors: dict[str, Any]

    def columns(self, model: _core.Model, also: Any = ()) -> _core.Columns:
        return self.read
