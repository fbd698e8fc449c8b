"""Result tables of the core in the library of the caller."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Mapping
from typing import Any

import numpy as np

from . import _core
from ._errors import InputError

_LIBRARIES = ("pandas", "polars", "pyarrow", "dict")
_SHOWN_ROWS = 60


class Table(dict[str, Any]):
    """A table as a dict of NumPy arrays, one per column.

    It prints as a table, with the same text as in R, and is a dict in all else: ``table["term"]``.
    """

    def to_frame(self, frame: str | None = None) -> Any:
        """The table as a data frame.

        Parameters
        ----------
        frame : {"pandas", "polars", "pyarrow", "dict"}, optional
            Library of the data frame; by default pandas if it is installed, else polars, else this dict.

        Returns
        -------
        frame
            With the columns of the table.

        Raises
        ------
        InputError
            ``input.frame``.
        """
        columns = {name: list(values) if values.dtype.kind == "O" else values for name, values in self.items()}
        return to_frame(columns, chosen_library(frame))

    def __repr__(self) -> str:
        rows = max((len(column) for column in self.values()), default=0)
        text = _core.render_columns({str(name): _shown(column) for name, column in self.items()}).rstrip()
        return text if rows <= _SHOWN_ROWS else f"{text}\n... {rows} rows in all"

    def _repr_html_(self) -> str:
        from ._html import table_html

        columns = [_shown(column) for column in self.values()]
        rows = max((len(column) for column in self.values()), default=0)
        shown = [[f"{one:.6g}" if isinstance(one, float) else one for one in row] for row in zip(*columns)]
        caption = f"The first {_SHOWN_ROWS} of {rows} rows" if rows > _SHOWN_ROWS else ""
        return table_html([str(name) for name in self], shown, caption)


def _shown(column: Any) -> Any:
    head = np.asarray(column)[:_SHOWN_ROWS]
    return head if head.dtype.kind in "bif" else [str(value) for value in head]


def default_library() -> str:
    """For results without a caller's frame: pandas if it is installed, else polars, else a dict of arrays."""
    for name in ("pandas", "polars"):
        if importlib.util.find_spec(name) is not None:
            return name
    return "dict"


def chosen_library(frame: str | None) -> str:
    """The argument `frame` of the public functions."""
    if frame is None:
        return default_library()
    if frame not in _LIBRARIES:
        raise InputError(
            f"Argument `frame` is {frame!r}.",
            code="input.frame",
            hint=f"Choose one of {', '.join(_LIBRARIES)}.",
            context={"frame": str(frame), "choices": list(_LIBRARIES)},
        )
    return frame


def to_frame(columns: Mapping[str, Any], library: str) -> Any:
    """Columns from the glue as a frame: text is a list of str, a category a tuple of codes and levels."""
    make = {"pandas": _pandas_frame, "polars": _polars_frame, "pyarrow": _pyarrow_frame, "dict": as_table}
    return make[library](columns)


def _pandas_frame(columns: Mapping[str, Any]) -> Any:
    pandas = importlib.import_module("pandas")
    made = {
        name: pandas.Categorical.from_codes(*values) if isinstance(values, tuple) else values
        for name, values in columns.items()
    }
    return pandas.DataFrame(made, copy=False)


def _polars_frame(columns: Mapping[str, Any]) -> Any:
    polars = importlib.import_module("polars")
    made = {}
    for name, values in columns.items():
        if isinstance(values, tuple):
            codes, levels = values
            made[name] = polars.Series(levels, dtype=polars.Enum(levels))[codes]
        else:
            made[name] = polars.Series(values, dtype=polars.String if isinstance(values, list) else None)
    return polars.DataFrame(made)


def _pyarrow_frame(columns: Mapping[str, Any]) -> Any:
    pyarrow = importlib.import_module("pyarrow")
    made = {}
    for name, values in columns.items():
        if isinstance(values, tuple):
            made[name] = pyarrow.DictionaryArray.from_arrays(*values)
        else:
            made[name] = pyarrow.array(values, pyarrow.string() if isinstance(values, list) else None)
    return pyarrow.table(made)


def as_table(columns: Mapping[str, Any]) -> Table:
    made = Table()
    for name, values in columns.items():
        if isinstance(values, tuple):
            codes, levels = values
            made[name] = np.asarray(levels, dtype=object)[codes]
        else:
            made[name] = np.asarray(values, dtype=object) if isinstance(values, list) else values
    return made
