"""Names for annotations: which types come out depends on the library that the data came in."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Union

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from ._tables import Table

Array = npt.NDArray[np.float64]
Vector = Union[Array, "pd.Series[float]"]
Matrix = Union[Array, "pd.DataFrame", "pl.DataFrame", "pa.Table"]
Frame = Union["Table", "pd.DataFrame", "pl.DataFrame", "pa.Table"]
# A data frame of any library: also objects with __arrow_c_stream__, for which there is no nominal type.
Data = Union[Mapping[str, Any], np.ndarray, "pd.DataFrame", "pl.DataFrame", "pa.Table", Any]
# The name of a column, an expression over columns, or one value per row.
ColumnArgument = Union[str, Sequence[float], np.ndarray, "pd.Series[Any]", "pl.Series", "pa.ChunkedArray", None]
# "model", "HC0" to "HC3", clusters such as "~ policy_id", or the clusters themselves.
Covariance = Union[str, Mapping[str, Any]]
Path = Union[str, "os.PathLike[str]"]
