"""Columns in coded form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from . import _core


class Dataset:
    """Columns in coded form, made by `dataset`; accepted wherever a data frame is.

    Text and categorical columns are held as codes of one, two or four bytes, numbers that repeat (at most 65,536
    distinct values) too, other numbers as doubles. A dataset does not change. It cannot be pickled: it is made from the data again.
    """

    def __init__(self, columns: _core.Columns, nbytes: int, library: str, left_out: Sequence[str] = ()):
        self._columns = columns
        self._nbytes = nbytes
        self._library = library  # that tables come in
        self._left_out = left_out  # columns of the source that were not wanted

    @property
    def names(self) -> list[str]:
        """Names of the columns."""
        return list(self._columns.names)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self), len(self._columns.names)

    @property
    def nbytes(self) -> int:
        """Bytes that the coded rows take, in memory or in the temporary file."""
        return self._nbytes

    def __len__(self) -> int:
        return self._columns.rows

    def __contains__(self, name: object) -> bool:
        return name in self._columns.names

    def __getitem__(self, name: str) -> np.ndarray:
        """The values of a column: float64 with NaN for missing, datetime64 with NaT, bool, or object with None (text,
        and bool where values are missing).

        Raises
        ------
        InputError
            ``data.unknown_column``.
        """
        meaning, values, levels = _core.column_values(self._columns, name)
        missing = values < 0 if levels is not None else np.isnan(values)
        if levels is not None:
            texts = np.array([*levels, None], dtype=object)  # code -1 is the last one
            return texts[values]
        if meaning == "boolean":
            out = values == 1.0
            return np.where(missing, np.asarray(None, dtype=object), out) if missing.any() else out
        if meaning == "date":
            return np.where(missing, np.datetime64("NaT", "D"), np.nan_to_num(values).astype("datetime64[D]"))
        if meaning == "datetime":
            seconds, rest = np.divmod(np.nan_to_num(values), 1.0)
            times = seconds.astype("datetime64[s]") + np.rint(rest * 1e6).astype("timedelta64[us]")
            return np.where(missing, np.datetime64("NaT", "us"), times)
        return values

    def __reduce__(self) -> Any:
        raise TypeError("a deciban Dataset cannot be pickled: make it from the data again")

    def __repr__(self) -> str:
        names = ", ".join(self.names[:8]) + (", ..." if len(self.names) > 8 else "")
        return f"<deciban.Dataset: {len(self):,} rows, {len(self.names)} columns, {self._nbytes:,} bytes: {names}>"
