"""What binners and scorecards share in Python."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _convert, _core
from ._errors import NotFittedError, raise_warnings
from ._tables import default_library, to_frame
from .encoders import _Encoder

if TYPE_CHECKING:
    from ._types import Data, Path


class FittedThing(_Encoder):
    """scikit-learn's protocol around a `_core.Fitted`."""

    _output = "auto"
    _core_kind = ""

    fitted_: _core.Fitted

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "fitted_")

    def _learn_from(self, arguments: Mapping[str, Any], X: Any, vectors: Mapping[str, Any], stacklevel: int) -> None:
        X = _with_columns(X)
        columns = _convert.columns_of_matrix(X)
        given = _convert.columns_of_vectors({name: value for name, value in vectors.items() if value is not None})
        self.n_features_in_ = len(columns.names)
        if not _convert.is_matrix(X):
            self.feature_names_in_ = np.asarray(columns.names, dtype=object)
        self.fitted_ = _core.fit_fitted(self._core_kind, arguments, columns, given, getattr(self, "n_threads", None))
        self._columns = list(columns.names)
        self._library = _convert.library_of(X)
        raise_warnings(self.fitted_.warnings, stacklevel + 1)

    def _require(self) -> _core.Fitted:
        if not hasattr(self, "fitted_"):
            name = type(self).__name__
            raise NotFittedError(
                f"This {name} is not fitted yet.",
                code=f"{self._core_kind}.not_fitted",
                hint="Call fit() first.",
                context={"class": name},
            )
        return self.fitted_

    def _ask(self, name: str, arguments: Mapping[str, Any] | None = None, X: Any = None) -> tuple[Any, Any]:
        fitted = self._require()
        data = None if X is None else _convert.columns_of_design(_with_columns(X), self._columns)
        table, notes, warnings = fitted.query(name, dict(arguments or {}), data, None, getattr(self, "n_threads", None))
        raise_warnings(warnings, 3)
        return table, notes

    def _frame(self, columns: Any, X: Any = None) -> Any:
        """A table in the library of the caller's data."""
        if self._output in ("pandas", "polars"):
            library = self._output
        else:
            library = getattr(self, "_library", "dict") if X is None else _convert.library_of(X)
            library = default_library() if library == "dict" and X is None else library
        frame = to_frame(columns, library)
        index = _convert.index_of(X)
        if library == "pandas" and index is not None:
            frame.index = index
        return frame

    def _rows(self, table: dict[str, Any], X: Any) -> Any:
        """An array where X is one, else a frame."""
        if self._output != "default" and (self._output != "auto" or _convert.is_frame(X)):
            return self._frame(table, X)
        columns = [np.asarray(v[1], dtype=object)[v[0]] if isinstance(v, tuple) else v for v in table.values()]
        return columns[0] if np.asarray(X).ndim == 1 else np.column_stack(columns)

    def to_json(self) -> str:
        """The text of the model file, which R reads too."""
        return self._require().to_json()

    def save(self, path: Path) -> None:
        """Write a file that R and Python read (`load_model`)."""
        self._require().save(_convert.path_text(path))

    @classmethod
    def from_json(cls, text: str) -> Any:
        """The thing from the text of its file. Raises FormatError as `load_model`."""
        return cls._from_core(_core.fitted_from_json(text))

    @classmethod
    def _from_core(cls, fitted: _core.Fitted) -> Any:
        raise NotImplementedError

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Names of the columns that `transform` gives."""
        self._require()
        return np.asarray(self._columns, dtype=object)

    def __getstate__(self) -> dict[str, Any]:
        state = dict(self.__dict__)
        if "fitted_" in state:
            state["fitted_"] = self.fitted_.to_json()
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        if "fitted_" in state:
            self.fitted_ = _core.fitted_from_json(state["fitted_"])


def _with_columns(X: Data) -> Any:
    """One vector is a matrix of one column."""
    made = _convert.as_matrix(X)
    if _convert.is_matrix(made) and made.ndim == 1:
        return made.reshape(-1, 1)
    return made


def classes_of(meaning: str, labels: Any, numbers: Any) -> np.ndarray:
    """Classes as the values that the response had."""
    if meaning == "boolean":
        return np.asarray([bool(number) for number in numbers])
    if meaning == "number":
        values = np.asarray(numbers if numbers else [0.0, 1.0])
        whole = values.astype(np.int64)
        return whole if np.array_equal(whole, values) else values
    return np.asarray(labels, dtype=object)


def given(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments that are not None (inside of mappings None stays: it resets), arrays as lists."""
    return {name: _plain(value) for name, value in arguments.items() if value is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    return value
