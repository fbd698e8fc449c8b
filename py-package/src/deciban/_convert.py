"""From the caller's objects to the columns that the core reads. Idioms of the data libraries only: nothing is computed
here, and a library is used only when its object came in (nothing but NumPy is imported)."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from . import _core
from ._dataset import Dataset
from ._errors import DataError, InputError

VECTOR_ARGUMENTS = ("weights", "exposure", "offset", "freq_weights")

_TIME_UNITS = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}


def _is_a(value: Any, module: str, *names: str) -> bool:
    """Whether `value` is an instance of a class of a library that the caller has imported."""
    loaded = sys.modules.get(module)
    classes = tuple(getattr(loaded, name) for name in names if hasattr(loaded, name))
    return isinstance(value, classes)


def library_of(data: Any) -> str:
    """The library that results come back in: "pandas", "polars", "pyarrow" or "dict"."""
    if _is_a(data, "pandas", "DataFrame"):
        return "pandas"
    if _is_a(data, "polars", "DataFrame"):
        return "polars"
    if _is_a(data, "pyarrow", "Table", "RecordBatch", "RecordBatchReader"):
        return "pyarrow"
    return data._library if isinstance(data, Dataset) else "dict"


def is_record_batch(data: Any) -> bool:
    """Whether data are one record batch of pyarrow."""
    return _is_a(data, "pyarrow", "RecordBatch")


def table_of_batches(batches: Sequence[Any]) -> Any:
    """One table of record batches, over their memory; a single batch is itself."""
    return batches[0] if len(batches) == 1 else sys.modules["pyarrow"].Table.from_batches(batches)


def index_of(data: Any) -> Any:
    """The index of a pandas frame; None for other data."""
    return data.index if _is_a(data, "pandas", "DataFrame") else None


def _type_name(value: Any) -> str:
    kind = type(value)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _unsupported(what: str, value: Any, hint: str = "") -> InputError:
    name = _type_name(value)
    message = f"{what} cannot be an object of type {name}."
    return InputError(message, code="data.unsupported_type", hint=hint, context={"argument": what, "type": name})


# Frames ---------------------------------------------------------------------------------------------------------------


def is_frame(data: Any) -> bool:
    """Whether `data` is one of the forms that `columns_of` reads."""
    known = isinstance(data, (Mapping, Dataset)) or library_of(data) != "dict"
    structured = isinstance(data, np.ndarray) and data.dtype.names is not None
    return known or structured or hasattr(data, "__arrow_c_stream__") or hasattr(data, "__arrow_c_array__")


def names_of(data: Any) -> list[str]:
    """Names of the columns of a frame; empty for what is no frame."""
    if _is_a(data, "pandas", "DataFrame") or _is_a(data, "polars", "DataFrame"):
        return [str(name) for name in data.columns]
    if isinstance(data, np.ndarray):
        return list(data.dtype.names or ())
    if isinstance(data, Mapping):
        return [str(name) for name in data]
    if isinstance(data, Dataset):
        return data.names + list(data._left_out)
    schema = getattr(data, "schema", None)  # pyarrow
    return list(getattr(schema, "names", ()))


def _with_all(data: Any, wanted: Sequence[str]) -> Sequence[str]:
    """A "." stands for all columns, in the order of the data."""
    if "." not in wanted:
        return wanted
    names = names_of(data)
    return names + [name for name in wanted if name != "." and name not in names]


def columns_of(data: Any, wanted: Sequence[str], what: str = "data") -> _core.Columns:
    """The columns of `data` named in `wanted`. Where one is not there, all other names come along without values, so
    that the core can say which name was meant."""
    columns = _core.Columns()
    wanted = _with_all(data, list(dict.fromkeys(wanted)))
    if isinstance(data, Dataset):
        _add_dataset(columns, data, wanted)
        rows = len(data)
    elif _is_a(data, "polars", "DataFrame"):
        _add_polars(columns, data, wanted)
        rows = data.height
    elif _is_a(data, "pandas", "DataFrame"):
        _add_named(columns, list(data.columns), wanted, lambda name: _pandas_column(data, name), len(data))
        rows = len(data)
    elif isinstance(data, np.ndarray) and data.dtype.names is not None:
        _add_named(columns, list(data.dtype.names), wanted, data.__getitem__, len(data))
        rows = len(data)
    elif isinstance(data, Mapping):
        rows = _length(next(iter(data.values()), ()))
        _add_named(columns, list(data), wanted, data.__getitem__, rows)
    elif hasattr(data, "__arrow_c_stream__") or hasattr(data, "__arrow_c_array__"):
        columns.add_frame(data, wanted, [])
        rows = getattr(data, "num_rows", columns.rows)
    else:
        raise _unsupported(what, data, _frame_hint(data))
    if not wanted and not columns.names:  # the model reads no column, but the number of rows counts
        columns.add_absent(".rows", rows)
    return columns


def _add_dataset(columns: _core.Columns, data: Dataset, wanted: Sequence[str]) -> None:
    chosen = [name for name in wanted if name in data]
    for name in chosen:
        columns.add_shared(name, data._columns)
    if len(chosen) < len(wanted):
        for name in names_of(data):
            columns.add_absent(name, len(data))


def _frame_hint(data: Any) -> str:
    if _is_a(data, "polars", "LazyFrame"):
        return "Collect it first: `.collect()`."
    if isinstance(data, np.ndarray):
        return "Use a structured array, a data frame or a dict of arrays; `fit_glm_xy` takes a matrix."
    return "Use a pandas or polars data frame, a pyarrow table, a dict of arrays or a structured NumPy array."


def _length(values: Any) -> int:
    return len(values) if hasattr(values, "__len__") and not isinstance(values, (str, bytes)) else 0


def _add_named(columns: _core.Columns, names: list[Any], wanted: Iterable[str], get: Any, rows: int) -> None:
    keys = {str(name): name for name in names}  # pandas may number its columns
    complete = True
    for name in wanted:
        if name in keys:
            add_column(columns, name, get(keys[name]))
        else:
            complete = False
    if not complete:
        for name in keys:
            columns.add_absent(name, columns.rows or rows)


def _pandas_column(data: Any, name: str) -> Any:
    column = data[name]
    if _is_a(column, "pandas", "DataFrame"):
        raise InputError(
            f"The data frame has {column.shape[1]} columns named `{name}`.",
            code="data.duplicate_column",
            hint="Rename or drop all but one.",
            context={"column": name, "count": column.shape[1]},
        )
    return column


def _add_polars(columns: _core.Columns, data: Any, wanted: Sequence[str]) -> None:
    schema = data.schema
    chosen = [name for name in wanted if name in schema]
    if chosen:
        declared = [name for name in chosen if _is_a(schema[name], "polars", "Enum")]
        columns.add_frame(data.select(chosen), chosen, declared)
    if len(chosen) < len(wanted):
        for name in schema:
            columns.add_absent(name, data.height)


# Columns --------------------------------------------------------------------------------------------------------------


def add_column(columns: _core.Columns, name: str, values: Any) -> None:
    """Add one column in any of the forms that the libraries have for it."""
    if _is_a(values, "pandas", "Series", "Index"):
        _add_pandas(columns, name, values)
    elif _is_a(values, "pandas", "Categorical"):
        _add_categorical(columns, name, values)
    elif _is_a(values, "pandas.api.extensions", "ExtensionArray"):
        _add_extension(columns, name, values)
    elif isinstance(values, np.ma.MaskedArray):
        _add_numpy(columns, name, np.asarray(values), np.ma.getmaskarray(values))
    elif isinstance(values, np.ndarray):
        _add_numpy(columns, name, values)
    elif _is_a(values, "polars", "Series"):  # as a frame: older polars exports the dates of a series as numbers
        columns.add_frame(values.to_frame(name), [name], [name] if _is_a(values.dtype, "polars", "Enum") else [])
    elif hasattr(values, "__arrow_c_stream__") or hasattr(values, "__arrow_c_array__"):
        columns.add_arrow(name, values)
    elif isinstance(values, (str, bytes)) or np.isscalar(values) or values is None:
        raise _unsupported(f"Column `{name}`", values, "Give one value per row.")
    elif hasattr(values, "__array__") or isinstance(values, memoryview):
        _add_numpy(columns, name, np.asarray(values))
    elif isinstance(values, Iterable) and not isinstance(values, Mapping):
        _add_numpy(columns, name, _object_array(name, values))
    else:
        raise _unsupported(f"Column `{name}`", values, "Give one value per row.")


def _object_array(name: str, values: Iterable[Any]) -> np.ndarray:
    # Not np.asarray, which turns [1, "a"] into text without a word.
    values = list(values)
    out = np.empty(len(values), dtype=object)
    try:
        out[:] = values
    except ValueError:
        raise _unsupported(f"Column `{name}`", values[0], "Give one value per row.") from None
    return out


def _add_numpy(columns: _core.Columns, name: str, values: np.ndarray, mask: Any = None) -> None:
    kind = values.dtype.kind
    if kind == "M":
        values, meaning, unit = _as_time(values)
        columns.add_array(name, values, mask, meaning, unit)
    elif kind in "UT":  # text of fixed width, and NumPy's StringDType
        _add_numpy(columns, name, values.astype(object), mask)
    elif kind == "O":
        if mask is not None:
            values = np.where(mask, np.asarray(None, dtype=object), values)
        columns.add_array(name, values)
    else:
        if not values.dtype.isnative:
            values = values.astype(values.dtype.newbyteorder("="))
        columns.add_array(name, values, mask)


def _as_time(values: np.ndarray) -> tuple[np.ndarray, str, int]:
    unit, count = np.datetime_data(values.dtype)
    if unit in ("Y", "M", "W", "D"):
        values = values.astype("datetime64[D]", copy=False)
        return values.view("int64"), "date", 1
    if unit not in _TIME_UNITS or count != 1 or not values.dtype.isnative:
        unit = "s" if unit in ("h", "m", "s") else unit if unit in _TIME_UNITS else "ns"
        values = values.astype(f"datetime64[{unit}]")
    return values.view("int64"), "datetime", _TIME_UNITS[unit]


def _add_pandas(columns: _core.Columns, name: str, values: Any) -> None:
    if isinstance(values.dtype, np.dtype):
        _add_numpy(columns, name, values.to_numpy())
    else:
        _add_extension(columns, name, values.array)


def _add_extension(columns: _core.Columns, name: str, values: Any) -> None:
    """A pandas extension array: what is behind it, without a copy where pandas lets us see it."""
    if _is_a(values, "pandas", "Categorical"):
        _add_categorical(columns, name, values)
    elif hasattr(values, "_pa_array") and hasattr(values, "__arrow_array__"):  # text and other types kept by pyarrow
        add_column(columns, name, values.__arrow_array__())
    elif isinstance(getattr(values, "_mask", None), np.ndarray):  # nullable integers, floats and booleans
        _add_numpy(columns, name, values._data, values._mask)
    elif hasattr(values, "tz"):  # datetimes with a time zone: their UTC time; dates and times without one as they are
        _add_numpy(columns, name, np.asarray(values, dtype=f"datetime64[{values.unit}]"))
    elif values.dtype.kind in "biuf":
        _add_numpy(columns, name, np.asarray(values))
    else:
        _add_numpy(columns, name, np.asarray(values, dtype=object))


def _add_categorical(columns: _core.Columns, name: str, values: Any) -> None:
    categories = values.categories
    if isinstance(categories.dtype, np.dtype):
        levels = categories.to_numpy()
    elif getattr(categories.dtype, "kind", "O") in "biuf":  # nullable or pyarrow numbers
        levels = categories.to_numpy(dtype=categories.dtype.numpy_dtype)
    elif hasattr(categories, "tz"):
        levels = np.asarray(categories, dtype=f"datetime64[{categories.unit}]")
    else:
        levels = np.asarray(categories, dtype=object)
    meaning, unit = "number", 1
    if levels.dtype.kind == "M":
        levels, meaning, unit = _as_time(levels)
    columns.add_codes(name, values.codes, levels, meaning, unit, bool(values.ordered))


# Arguments ------------------------------------------------------------------------------------------------------------


def split_vectors(arguments: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Arguments for the core, where True stands for a vector, and the vectors by name."""
    vectors = {}
    plain = dict(arguments)
    for name in VECTOR_ARGUMENTS:
        value = arguments.get(name)
        if value is not None and not isinstance(value, str):
            # one number serves all rows of a prediction
            vectors[name] = np.asarray([value]) if isinstance(value, (int, float, np.number)) else value
            plain[name] = True
    return plain, vectors


def plain_dict(value: Any) -> Any:
    """A mapping as a dict; anything else is the core's to refuse."""
    return dict(value) if isinstance(value, Mapping) else value


def columns_of_vectors(vectors: Mapping[str, Any]) -> _core.Columns:
    columns = _core.Columns()
    for name, values in vectors.items():
        add_column(columns, name, values)
    return columns


def is_matrix(data: Any) -> bool:
    return isinstance(data, np.ndarray) and data.dtype.names is None


def as_matrix(X: Any) -> Any:
    """X as an array or a frame; sparse matrices and others are refused."""
    if _is_a(X, "scipy.sparse", "spmatrix", "sparray"):
        raise _unsupported("X", X, "Sparse matrices are not supported yet: use `X.toarray()`.")
    if _is_a(X, "pandas", "Series") or _is_a(X, "polars", "Series"):
        return X.to_frame()
    if isinstance(X, (list, tuple)):
        return np.asarray(X)
    known = isinstance(X, np.ndarray) or is_frame(X)
    if not known and hasattr(X, "__array__"):
        return np.asarray(X)
    if not known:
        raise _unsupported("X", X, "Use a two-dimensional NumPy array or a data frame.")
    return X


def columns_of_matrix(X: Any) -> _core.Columns:
    """The columns of X in order: those of a frame under their names, those of an array as x1, x2, ..."""
    columns = _core.Columns()
    if is_matrix(X):
        if X.ndim != 2:
            raise InputError(
                f"X has {X.ndim} dimensions.",
                code="data.dimension",
                hint="X is a matrix with one row per observation; `X.reshape(-1, 1)` makes one of a single column.",
                context={"dimensions": X.ndim},
            )
        add_matrix(columns, X, [f"x{j}" for j in range(1, X.shape[1] + 1)])
    elif _is_a(X, "pandas", "DataFrame"):
        for j, name in enumerate(X.columns):
            add_column(columns, str(name), X.iloc[:, j])
    elif isinstance(X, (Mapping, Dataset)) or _is_a(X, "polars", "DataFrame"):
        return columns_of(X, names_of(X), "X")
    else:
        return columns_of(X, [], "X")
    return columns


def add_matrix(columns: _core.Columns, X: np.ndarray, names: Sequence[str]) -> None:
    if X.dtype.kind == "U" or not X.dtype.isnative:
        X = X.astype(object) if X.dtype.kind == "U" else X.astype(X.dtype.newbyteorder("="))
    columns.add_matrix(X, list(names))


def columns_of_design(data: Any, wanted: Sequence[str]) -> _core.Columns:
    """New rows: the columns of a matrix by position, those of a frame by name."""
    if not is_matrix(data):
        return columns_of(data, wanted)
    columns = _core.Columns()
    add_matrix(columns, data, wanted)
    return columns


def wrong_argument(name: str, expected: str, value: Any) -> InputError:
    kind = _type_name(value)
    return InputError(
        f"Argument `{name}` takes {expected}, not an object of type {kind}.",
        code="input.argument_type",
        context={"argument": name, "type": kind},
    )


def path_text(path: Any) -> str:
    try:
        return os.fsdecode(path)
    except TypeError:
        raise wrong_argument("path", "a path", path) from None


def no_data(what: str) -> DataError:
    """Row results need the rows, which a loaded model has not."""
    return DataError(
        f"The model keeps no data, so it has no {what}: it was loaded from a file or unpickled.",
        code="model.no_data",
        hint="Hand the data in: `model.residuals(type, data=...)`, `model.predict(data)`.",
        context={"what": what},
    )
