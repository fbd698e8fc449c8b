"""The rows that a model was fitted on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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

    def columns(self, model: _core.Model) -> _core.Columns:
        if self.y is None:
            return _opaque.columns_of_rows(self.data, model.required_columns(True), self.calls)
        columns = _convert.columns_of_design(self.data, model.required_columns(False))
        _convert.add_column(columns, model.describe()["response"], self.y)
        return columns
