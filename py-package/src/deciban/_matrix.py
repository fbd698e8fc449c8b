"""The columns of a design."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _convert
from ._errors import InputError
from ._tables import to_frame

if TYPE_CHECKING:
    import scipy.sparse

    from ._types import Array, Frame

__all__ = ["ModelMatrix"]


class ModelMatrix:
    """A design written out, made by `model_matrix`.

    ``numpy.asarray`` gives its values as a dense array.

    Attributes
    ----------
    values : array of shape (rows, p) in Fortran order, or scipy.sparse.csc_matrix
        One column per coefficient.
    names : list of str
        Names of the columns, as R names them.
    assign : list of int
        For each column 0 for the intercept, k for the k-th term.
    term_labels : list of str
        The terms in order.
    rows : array of int64
        0-based rows of the data that `values` belongs to.
    """

    values: Array | scipy.sparse.csc_matrix
    names: list[str]
    assign: list[int]
    term_labels: list[str]
    rows: np.ndarray

    def __init__(self, parts: dict[str, Any], data: Any):
        self.names = parts["names"]
        self.assign = parts["assign"]
        self.term_labels = parts["term_labels"]
        shape = (parts["rows"], len(self.names))
        kept = parts["kept"]
        self.rows = kept if len(kept) == shape[0] else np.arange(shape[0])
        if "row_index" in parts:
            self.values = _sparse_module().csc_matrix(
                (parts["values"], parts["row_index"], parts["column_start"]), shape=shape
            )
        else:
            self.values = parts["values"].reshape(shape, order="F")
        self._library = _convert.library_of(data)
        self._index: Any = _convert.index_of(data)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return (len(self.rows), len(self.names))

    def to_frame(self) -> Frame:
        """The columns under their names in the library of the data.

        Returns
        -------
        frame
            A pandas frame has the index of the rows kept, and sparse columns where `values` is sparse.
        """
        if self._library == "pandas":
            pandas = importlib.import_module("pandas")
            index = None if self._index is None else self._index.take(self.rows)
            if not isinstance(self.values, np.ndarray):
                return pandas.DataFrame.sparse.from_spmatrix(self.values, index=index, columns=self.names)
            return pandas.DataFrame(self.values, index=index, columns=self.names)
        dense = np.asarray(self)
        return to_frame({name: dense[:, j] for j, name in enumerate(self.names)}, self._library)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if isinstance(self.values, np.ndarray):
            values = self.values if dtype is None else self.values.astype(dtype, copy=False)
            return values.copy(order="K") if copy and values is self.values else values
        if copy is False:
            raise ValueError("A sparse matrix has no dense array to share: ask for a copy.")
        return self.values.toarray(order="F").astype(dtype or np.float64, copy=False)

    def __repr__(self) -> str:
        kind = "dense" if isinstance(self.values, np.ndarray) else "sparse"
        shown = self.names[:8] + ["..."] * (len(self.names) > 8)
        return f"ModelMatrix, {kind}, {self.shape[0]} rows x {self.shape[1]} columns: {', '.join(shown)}"


def _sparse_module() -> Any:
    try:
        return importlib.import_module("scipy.sparse")
    except ImportError:
        raise InputError(
            "Sparse matrices need SciPy, which is not installed.",
            code="package.missing",
            hint="Install it: `pip install scipy`; or leave `sparse` out.",
            context={"package": "scipy"},
        ) from None
