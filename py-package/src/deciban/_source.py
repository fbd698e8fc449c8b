"""The rows that a model was fitted on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from . import _convert, _opaque

if TYPE_CHECKING:
    from . import _core


@dataclass(frozen=True)
class Source:
    """A reference to what the model was fitted on, for results with one value per row."""

    data: Any
    vectors: dict[str, Any]
    y: Any = None  # the response of fit_glm_xy, whose design is `data`
    calls: Sequence[_opaque.Call] = ()

    def with_vectors(self, more: dict[str, Any]) -> Source:
        return replace(self, vectors={**self.vectors, **more}) if more else self

    def columns(self, model: _core.Model, also: Sequence[str] = ()) -> _core.Columns:
        """What the model reads of the rows, and columns of the data that are named in `also`."""
        if self.y is None:
            wanted = [*model.required_columns(True), *also]
            return _opaque.columns_of_rows(self.data, wanted, self.calls)
        columns = _convert.columns_of_design(self.data, model.required_columns(False))
        _convert.add_column(columns, model.describe()["response"], self.y)
        return columns
